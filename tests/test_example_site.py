"""The project's own stories, built as `make build` does: what a newcomer sees first."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import feedparser
import pytest
from click.testing import CliRunner

from frtfeed.cli import main
from frtfeed.fetch.listing import project_files


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the example site as of 13 March 2024."""
    folder = tmp_path_factory.mktemp("example") / "out"
    words = ["--config", project_files() / "frtfeed.toml", "--out", folder, "--now", "2024-03-13T00:00:00Z"]
    built = CliRunner().invoke(main, ["build", "--strict", *map(str, words)], catch_exceptions=False)
    assert 0 == built.exit_code, built.output
    return folder


@pytest.fixture(scope="module")
def report(out: Path) -> dict[str, object]:
    """What build.json says."""
    told: dict[str, object] = json.loads((out / "build.json").read_bytes())
    return told


def test_it_is_worth_looking_at(out: Path, report: dict[str, object]) -> None:
    """At least twenty stories, several editions, events told by three outlets, an incident behind a story."""
    counts, groups = report["counts"], report["groups"]
    assert counts["stories"] >= 20  # type: ignore[index]
    assert counts["editions"] >= 5  # type: ignore[index]
    assert counts["incidents"] >= 2  # type: ignore[index]
    assert any(len(group["members"]) >= 3 for group in groups)  # type: ignore[attr-defined]
    incidents = {item["id"] for item in json.loads((out / "incidents/feed.json").read_bytes())["items"]}
    assert any(incidents & set(group["background"]) for group in groups)  # type: ignore[attr-defined]


def test_the_report_lists_every_file(out: Path, report: dict[str, object]) -> None:
    """build.json names exactly the files of the output beside itself."""
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert files - {"build.json"} == set(report["files"])  # type: ignore[call-overload]


def test_every_story_is_told_once(out: Path, report: dict[str, object]) -> None:
    """No story is in two groups, and each group is in one edition; others that tell it say that it is an update."""
    members = [id_ for group in report["groups"] for id_ in group["members"]]  # type: ignore[attr-defined]
    assert len(members) == len(set(members))
    told = [
        line
        for page in (out / "digest").glob("*/email.txt")
        for line in page.read_text(encoding="utf-8").splitlines()
        if re.match(r"\d+\. (?!Update: )", line)
    ]
    assert len(report["groups"]) == len(told)  # type: ignore[arg-type]


class _Links(HTMLParser):
    """Collects where a page leads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


def test_every_link_inside_the_site_leads_somewhere(out: Path) -> None:
    """Each relative link of each page leads to a file of the output."""
    broken = []
    for path in out.rglob("index.html"):
        links = _Links()
        links.feed(path.read_text(encoding="utf-8"))
        for link in links.found:
            parts = urlsplit(link)
            if not parts.scheme and parts.path and not (path.parent / unquote(parts.path)).resolve().is_file():
                broken.append((path.relative_to(out).as_posix(), link))
    assert [] == broken


@pytest.mark.parametrize("name", ["atom.xml", "rss.xml"])
def test_a_reader_takes_every_feed(out: Path, name: str) -> None:
    """Somebody else's parser finds no fault in any feed, and the same ids in Atom, RSS and JSON."""
    for path in out.rglob(name):
        parsed = feedparser.parse(path.read_bytes())
        assert not parsed.bozo, path
        companion = path.parent / "feed.json"
        if companion.exists():
            items = json.loads(companion.read_bytes())["items"]
            assert [item["id"] for item in items] == [entry.id for entry in parsed.entries]


def test_the_withdrawn_example_leaves_no_trace(out: Path) -> None:
    """The example that says `published: false` is in no file."""
    text = "".join(path.read_text(encoding="utf-8") for path in out.rglob("*") if path.is_file())
    assert "theroot" not in text
    assert "Mugshots" not in text
