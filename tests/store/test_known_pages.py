"""What each page of the output was made of."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from frtfeed.model import Job, Page
from frtfeed.store.known_pages import KnownPage, known_pages, recall_pages, remember_pages

CONTENT = {"index.html": b"<p>", "topics/law/atom.xml": b"<feed/>", "topics/law/rss.xml": b"<rss/>"}


@dataclass(slots=True)
class Output:
    """A folder of pages, and the file that knows them."""

    root: Path

    @property
    def path(self) -> Path:
        """Where it is remembered what the pages are made of."""
        return self.root / "pages.json"

    def remembered(self, *, salt: str = "x", known: Mapping[str, KnownPage] | None = None) -> dict[str, KnownPage]:
        """Remember all pages as just made, but for those known; return what is recalled."""
        made = {
            path: Page(path=path, media_type="", content=content).etag
            for path, content in CONTENT.items()
            if path not in (known or {})
        }
        remember_pages(self.path, salt=salt, root=self.root, jobs=JOBS, made=made, known=known or {})
        return recall_pages(self.path, salt=salt)


def job(*paths: str, inputs: str = "i") -> Job:
    """Return a job that is never done."""
    return Job(paths=paths, inputs=inputs, make=tuple)


FRONT, FEEDS = job("index.html"), job("topics/law/atom.xml", "topics/law/rss.xml")
JOBS = (FRONT, FEEDS)


@pytest.fixture
def output(tmp_path: Path) -> Output:
    """Write the pages."""
    for name, content in CONTENT.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return Output(tmp_path)


def test_what_was_delivered_is_known(output: Output) -> None:
    """Pages that lie as they were delivered, made of the same, need not be made again."""
    known = output.remembered()
    for each in JOBS:
        standing = known_pages(each, root=output.root, known=known)
        assert standing is not None
        assert {path: Page(path=path, media_type="", content=CONTENT[path]).etag for path in each.paths} == {
            path: page.etag for path, page in standing.items()
        }


def test_what_stands_is_taken_over(output: Output) -> None:
    """A page that was not made again is known as it was before, and counts as touched if it has been."""
    known = output.remembered()
    assert known == output.remembered(known=known)
    front = {"index.html": known["index.html"]}
    (output.root / "index.html").write_bytes(b"touched")
    assert known_pages(FRONT, root=output.root, known=output.remembered(known=front)) is None


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(job("index.html", inputs="j"), id="made of something else"),
        pytest.param(job("other.html"), id="never delivered"),
        pytest.param(job("index.html", "other.html"), id="one of two never delivered"),
    ],
)
def test_what_is_not_known(output: Output, asked: Job) -> None:
    """A job is done again, all of it, where one of its pages is not known to be what it would be."""
    assert known_pages(asked, root=output.root, known=output.remembered()) is None


def _other_time(page: Path) -> None:
    os.utime(page, ns=(1, 1))


def _other_size(page: Path) -> None:
    times = page.stat().st_atime_ns, page.stat().st_mtime_ns
    page.write_bytes(page.read_bytes() + b" ")
    os.utime(page, ns=times)


def _link(page: Path) -> None:
    page.rename(page.with_name("other"))
    page.symlink_to("other")


def _folder(page: Path) -> None:
    page.unlink()
    page.mkdir()


@pytest.mark.parametrize("harm", [Path.unlink, _other_time, _other_size, _link, _folder])
@pytest.mark.parametrize("path", FEEDS.paths)
def test_what_somebody_touched_is_not_known(output: Output, path: str, harm: Callable[[Path], None]) -> None:
    """A page that is gone, changed, or a link by now is made again, and what is made with it."""
    known = output.remembered()
    harm(output.root / path)
    assert known_pages(FEEDS, root=output.root, known=known) is None
    assert known_pages(FRONT, root=output.root, known=known) is not None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\x00", id="garbage"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"{}", id="no salt"),
        pytest.param(json.dumps({"salt": "x"}).encode(), id="no pages"),
        pytest.param(json.dumps({"salt": "x", "pages": []}).encode(), id="pages in a list"),
        pytest.param(json.dumps({"salt": "x", "pages": {"a": 1}}).encode(), id="a page that is a number"),
        pytest.param(json.dumps({"salt": "x", "pages": {"a": ["i", "e", 1]}}).encode(), id="a page without a time"),
        pytest.param(json.dumps({"salt": "x", "pages": {"a": ["i", "e", "?", 1]}}).encode(), id="no size"),
        pytest.param(json.dumps({"salt": "x", "pages": {"a": ["i", "e", None, 1]}}).encode(), id="null for a size"),
    ],
)
def test_damage(output: Output, text: bytes) -> None:
    """What cannot be understood counts as nothing, and is whole again after the next build."""
    expected = output.remembered()
    output.path.write_bytes(text)
    assert {} == recall_pages(output.path, salt="x")
    assert expected == output.remembered()


def test_cut_off_anywhere(output: Output) -> None:
    """Wherever the file ends too early, nothing is known."""
    output.remembered()
    whole = output.path.read_bytes()
    for end in range(len(whole)):
        output.path.write_bytes(whole[:end])
        assert {} == recall_pages(output.path, salt="x")


def test_another_salt(output: Output) -> None:
    """What was made by another program or from other templates is made again."""
    output.remembered()
    assert {} == recall_pages(output.path, salt="y")


def test_no_file_yet_and_none_that_can_be_written(output: Output, tmp_path: Path) -> None:
    """Where nothing can be remembered, nothing is known, and nothing fails."""
    assert {} == recall_pages(tmp_path / "none", salt="x")
    (tmp_path / "pages.json").mkdir()
    assert {} == output.remembered()
    assert {} == Output(tmp_path / "nowhere").remembered()
