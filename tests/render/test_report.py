"""build.json: what it says, and when it stays as it was."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.model import Page
from frtfeed.render.report import REPORT_PATH, group_text, listed_files, report_page

FACTS: dict[str, object] = {"counts": {"files": 2}}
GROUPS: tuple[dict[str, object], ...] = ({"title": "Gesichter für alle"},)
PAGES = tuple(Page(path=path, media_type="text/plain", content=path.encode()) for path in ("b.xml", "a/index.html"))
SECONDS = {"parse": 0.25, "render": 1.5}


def read(page: Page) -> dict[str, Any]:
    """Return a report as a program reads it."""
    report: dict[str, Any] = json.loads(page.content)
    return report


def report(facts: dict[str, object] = FACTS, pages: tuple[Page, ...] = PAGES, **rest: Any) -> Page:
    """Return the report of a first build, unless a previous one is given."""
    given: dict[str, Any] = {"timings": SECONDS, "previous": b"", "problems": [], "groups": GROUPS, **rest}
    given["groups"] = map(group_text, given["groups"])
    before = given["previous"]
    given["previous"] = lambda beginning: before[len(beginning) :] if before.startswith(beginning) else b""
    return report_page(facts, etags={page.path: page.etag for page in pages}, **given)


def test_a_report_holds_the_facts_the_files_and_the_timings() -> None:
    """Facts stand first and as they were given, files by path with the hash that is their ETag, timings last."""
    page = report()
    assert (REPORT_PATH, "application/json") == (page.path, page.media_type)
    expected = {
        **FACTS,
        "groups": list(GROUPS),
        "problems": [],
        "files": {"a/index.html": PAGES[1].etag.strip('"'), "b.xml": PAGES[0].etag.strip('"')},
        "timings": SECONDS,
    }
    assert list(expected.items()) == list(read(page).items())
    assert ["a/index.html", "b.xml"] == list(read(page)["files"])
    assert page.content.decode() == json.dumps(expected, ensure_ascii=False, indent=1) + "\n"


def test_the_order_of_the_pages_does_not_matter() -> None:
    """Renderers may run in any order; the report is the same."""
    assert report() == report(pages=PAGES[::-1])


def test_a_report_can_be_read_by_people() -> None:
    """One value on a line, letters of any script as they are, a line end at the end."""
    text = report().content.decode()
    assert '   "title": "Gesichter für alle"\n' in text
    assert text.endswith("}\n")


def test_a_build_without_a_change_leaves_the_report_as_it_was() -> None:
    """However long it took: the bytes are those of the build before."""
    before = report()
    assert before == report(timings={"parse": 9.0}, previous=before.content)


@pytest.mark.parametrize(
    ("change", "pages"),
    [
        pytest.param({"problems": [{"path": "x"}]}, PAGES, id="another problem"),
        pytest.param({"groups": ()}, PAGES, id="a group less"),
        pytest.param({}, PAGES[:1], id="a file less"),
        pytest.param({}, (PAGES[0], Page(path="a/index.html", media_type="", content=b"")), id="another content"),
    ],
)
def test_a_change_brings_the_timings_of_this_build(change: dict[str, object], pages: tuple[Page, ...]) -> None:
    """A report that is written anew says how long this build took."""
    page = report(pages=pages, timings={"parse": 9.0}, previous=report().content, **change)
    assert {"parse": 9.0} == read(page)["timings"]


@pytest.mark.parametrize(
    "previous",
    [
        b"",
        b"{}",
        b'{\n "files": []\n}\n',
        report().content[:-9],
        report().content[:-9] + b"\n}\n",
        report().content.partition(b'"timings": ')[0] + b'"timings": []\n}\n',
        b"\xff\x00",
    ],
)
def test_a_previous_report_of_another_kind_does_no_harm(previous: bytes) -> None:
    """Whatever lay there before, the report of this build is whole."""
    assert report() == report(previous=previous)


@pytest.mark.parametrize(
    ("content", "files"),
    [
        pytest.param(report().content, ("a/index.html", "b.xml"), id="a report"),
        pytest.param(b"", (), id="none"),
        pytest.param(b'{\n "files": [1]\n}\n', (), id="of another kind"),
        pytest.param(b'{\n "files": {"a', (), id="cut off"),
    ],
)
def test_the_next_build_reads_the_list_of_files(content: bytes, files: tuple[str, ...]) -> None:
    """Only the files on a report's list may be removed; what cannot be understood lists none."""
    assert files == listed_files(content)


def test_a_title_that_looks_like_the_list_is_no_list() -> None:
    """What a story says cannot make the next build remove a file."""
    told = {"title": '\n "files": {"index.html": "x"}\u2028 "files": {}'}
    assert ("a/index.html", "b.xml") == listed_files(report(groups=(told,)).content)
    assert [told] == read(report(groups=(told,)))["groups"]


@given(st.text(st.characters(), max_size=12), st.text(st.characters(categories=["Cs"]), min_size=1, max_size=3))
def test_a_path_that_is_no_text_can_be_reported(name: str, broken: str) -> None:
    """A file's name may hold bytes that are no UTF-8; the report is UTF-8, says all of it, and settles."""
    path = f"{name}{broken}\\"
    problems = [{"path": path}]
    pages = (Page(path=path, media_type="", content=b""),)
    page = report(pages=pages, problems=problems)
    assert page.content.decode()
    # Two halves of a character side by side are that character, in JSON (RFC 8259 §7).
    whole = path.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    assert ([{"path": whole}], [whole]) == (read(page)["problems"], list(read(page)["files"]))
    assert page == report(pages=pages, problems=problems, timings={"parse": 9.0}, previous=page.content)
