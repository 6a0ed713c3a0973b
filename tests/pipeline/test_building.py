"""The rooms in order, and what a build does when there is nothing to do."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from frtfeed.asked import Asked
from frtfeed.deliver.folder import Receipt
from frtfeed.model import Document, Parsed
from frtfeed.pipeline import Built, Stopwatch, build, rebuilding
from frtfeed.pipeline.publishing import publish
from frtfeed.store import last_build

NOW = datetime(2024, 3, 13, 9, tzinfo=UTC)
STORY = """---
title: {title}
excerpt: What happened.
publishedDateTime: 2024-03-12T10:00:00Z
webUrl: https://outlet.example/{name}
---
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a project of two stories, whose files' times are trusted although they are a moment old."""
    monkeypatch.setattr(last_build, "RACY_NS", -(10**15))
    (tmp_path / "frtfeed.toml").write_text('[site]\nurl = "https://site.example/"\n')
    (tmp_path / "seeds").mkdir()
    for name in ("one", "two"):
        (tmp_path / "seeds" / f"{name}.md").write_text(STORY.format(title=f"Story {name} of the day", name=name))
    return tmp_path


def built(project: Path, *, now: datetime = NOW, use_memory: bool = True) -> tuple[Built, tuple[str, ...]]:
    """Build, and tell which stages it took."""
    stopwatch = Stopwatch(clock=float)
    done = build(Asked(config=project / "frtfeed.toml"), now=now, stopwatch=stopwatch, use_memory=use_memory)
    return done, tuple(stopwatch.seconds)


def outputs(project: Path) -> dict[str, bytes]:
    """Return every file of the output."""
    out = project / "out"
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_a_build_with_no_change_ends_after_the_walk(project: Path) -> None:
    """The second build only looks at the files' names and times, and says what the first one said."""
    first, stages = built(project)
    assert ("walk", "parse", "merge", "group", "compose", "keep", "render", "deliver") == stages
    before = outputs(project)
    second, stages = built(project, now=NOW + timedelta(minutes=5))
    assert ("walk",) == stages
    assert (first.counts, first.problems) == (second.counts, second.problems)
    assert set(before) == set(second.receipt.unchanged)
    assert before == outputs(project)


def _edit(project: Path) -> None:
    (project / "seeds" / "one.md").write_text(STORY.format(title="Another title", name="one"))


def _add(project: Path) -> None:
    (project / "seeds" / "three.md").write_text(STORY.format(title="A third story", name="three"))


def _remove(project: Path) -> None:
    (project / "seeds" / "one.md").unlink()


def _configure(project: Path) -> None:
    (project / "frtfeed.toml").write_text('[site]\nurl = "https://site.example/"\ntitle = "Renamed"\n')


def _design(project: Path) -> None:
    (project / "templates").mkdir()
    (project / "templates" / "style.css").write_text("body { color: green }")


def _spoil(project: Path) -> None:
    (project / "out" / "index.html").write_text("spoilt")


def _lose(project: Path) -> None:
    (project / "out" / "rss.xml").unlink()


def _damage(project: Path) -> None:
    (project / ".frtfeed" / "last-build.json").write_bytes(b"\x00garbage")


@pytest.mark.parametrize("change", [_edit, _add, _remove, _configure, _design, _spoil, _lose, _damage])
def test_any_change_is_built(project: Path, change: Callable[[Path], None]) -> None:
    """Whatever changes of what a build reads, or of what it wrote: the next output is that of a first build."""
    built(project)
    change(project)
    _, stages = built(project)
    assert "render" in stages
    after = outputs(project)
    built(project, use_memory=False)
    assert {path: content for path, content in after.items() if path != "build.json"} == {
        path: content for path, content in outputs(project).items() if path != "build.json"
    }


def test_what_changes_while_a_build_runs_is_for_the_next(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A design saved after the pages were made is not taken for the one that they were made with."""

    def publish_slowly(*given: Any, **named: Any) -> Receipt:
        receipt = publish(*given, **named)
        _design(project)
        return receipt

    with monkeypatch.context() as patched:
        patched.setattr(rebuilding, "publish", publish_slowly)
        built(project)
    assert "render" in built(project)[1]
    assert "green" in (project / "out/assets/style.css").read_text()


def test_time_is_a_change(project: Path) -> None:
    """When the hour alone changes what is told, the build is done; so is one for an earlier instant."""
    built(project)
    assert ("walk",) == built(project, now=NOW + timedelta(hours=14))[1]
    assert "render" in built(project, now=NOW + timedelta(hours=15, seconds=1))[1]
    assert "render" in built(project, now=NOW)[1]


def test_without_memory_all_is_done(project: Path) -> None:
    """`--no-cache` does the whole work."""
    built(project)
    assert "render" in built(project, use_memory=False)[1]


def test_a_file_of_the_last_seconds_is_read_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A story saved while a build ran may change once more and look the same: it is not taken for known."""
    monkeypatch.setattr(last_build, "RACY_NS", 2 * 10**9)
    built(project)
    assert "render" in built(project)[1]


def test_only_what_changed_is_parsed(project: Path) -> None:
    """A story that is as it was is not read again; one put back with other times is known by its bytes."""
    asked: list[str] = []

    def counting(read: Callable[[Document], Parsed], documents: Iterable[Document]) -> Iterator[Parsed]:
        for document in documents:
            asked.append(document.path)
            yield read(document)

    def build_now() -> list[str]:
        asked.clear()
        build(Asked(config=project / "frtfeed.toml"), now=NOW, stopwatch=Stopwatch(clock=float), run_map=counting)
        return list(asked)

    assert ["one.md", "two.md"] == build_now()
    _edit(project)
    assert ["one.md"] == build_now()
    same = project / "seeds" / "two.md"
    same.write_bytes(same.read_bytes())
    _add(project)
    assert ["three.md"] == build_now()
