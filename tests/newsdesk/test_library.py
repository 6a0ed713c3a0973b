"""What the folder tells already is looked up without reading it all again."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from frtfeed.asked import Asked
from frtfeed.model import Document, Parsed
from frtfeed.newsdesk import library
from frtfeed.newsdesk.library import Library
from frtfeed.parse import parse
from frtfeed.pipeline import Stopwatch, build
from frtfeed.store.parse_cache import CACHE_NAME
from tests.newsdesk.desk import NOW, project


@pytest.mark.parametrize("cached", [True, False])
def test_only_what_changed_since_the_last_build_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cached: bool
) -> None:
    """What a build has read is not read again; without its cache the answer is the same."""
    config = project(tmp_path)
    for number in range(3):
        path = config.seeds / f"{number}.md"
        fields = f"title: Police scan faces\npublishedDateTime: 2024-03-12\nwebUrl: https://a.example/{number}"
        path.write_text(f"---\n{fields}\n---\n", encoding="utf-8")
        os.utime(path, (0, 0))
    monkeypatch.setattr("frtfeed.store.parse_cache.SETTLED_NS", -(2**62))  # files of this very second count as old
    build(Asked(config=config.path), now=NOW, stopwatch=Stopwatch(clock=lambda: 0.0))
    if not cached:
        (config.state / CACHE_NAME).unlink()
    (config.seeds / "2.md").write_text("---\npublished: no\nwebUrl: https://a.example/9\n---\n", encoding="utf-8")
    read: list[str] = []

    def counted(document: Document, **given: object) -> Parsed:
        read.append(document.path)
        return parse(document, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(library, "parse", counted)
    shelf = Library(config.seeds, config.site.zone, config.state / CACHE_NAME)
    told = [
        shelf.tells((f"https://a.example/{number}",), provider="", title="", published=NOW, days=0)
        for number in (0, 1, 2, 9)
    ]
    assert ["0.md", "1.md", "", "2.md"] == told
    assert (["2.md"] if cached else ["0.md", "1.md", "2.md"]) == read


@pytest.mark.parametrize(("days", "found"), [(0, ""), (1, "own.md")])
def test_a_title_tells_only_where_it_may(tmp_path: Path, days: int, found: str) -> None:
    """With no days between them two stories of one title are two, of one instant too."""
    config = project(tmp_path)
    fields = "title: Press release\npublishedDateTime: 2024-03-12\nwebUrl: https://a.example/1"
    (config.seeds / "own.md").write_text(f"---\n{fields}\n---\n", encoding="utf-8")
    shelf = Library(config.seeds, config.site.zone, tmp_path / "none")
    day = NOW - timedelta(days=1)
    told = shelf.tells((), provider="a.example", title="press release", published=day, days=days)
    assert found == told
