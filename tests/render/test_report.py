"""build.json: what it says, and when it stays as it was."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.model import Page
from frtfeed.render.report import REPORT_PATH, report_page

FACTS: dict[str, object] = {"counts": {"files": 2}, "groups": [{"title": "Gesichter für alle"}], "problems": []}
PAGES = tuple(Page(path=path, media_type="text/plain", content=path.encode()) for path in ("b.xml", "a/index.html"))
SECONDS = {"parse": 0.25, "render": 1.5}


def read(page: Page) -> dict[str, Any]:
    """Return a report as the next build reads it."""
    report: dict[str, Any] = json.loads(page.content)
    return report


def report(facts: dict[str, object] = FACTS, pages: tuple[Page, ...] = PAGES, **rest: dict[str, Any]) -> Page:
    """Return the report of a first build, unless a previous one is given."""
    return report_page(facts, {page.path: page.etag for page in pages}, **{"seconds": SECONDS, "previous": {}, **rest})  # type: ignore[arg-type]


def test_a_report_holds_the_facts_the_files_and_the_timings() -> None:
    """Facts stand first and as they were given, files by path with the hash that is their ETag, timings last."""
    page = report()
    assert (REPORT_PATH, "application/json") == (page.path, page.media_type)
    expected = {
        **FACTS,
        "files": {"a/index.html": PAGES[1].etag.strip('"'), "b.xml": PAGES[0].etag.strip('"')},
        "timings": SECONDS,
    }
    assert list(expected.items()) == list(read(page).items())
    assert ["a/index.html", "b.xml"] == list(read(page)["files"])


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
    assert before == report(seconds={"parse": 9.0}, previous=read(before))


def test_facts_of_any_shape_are_recognised() -> None:
    """What JSON reads back as something else, a tuple or a number as a key, is no change."""
    facts: dict[str, object] = {"groups": ("a", "b"), "counts": {1: 2}}
    before = report(facts)
    assert before == report(facts, seconds={"parse": 9.0}, previous=read(before))


@pytest.mark.parametrize(
    ("facts", "pages"),
    [
        pytest.param({**FACTS, "problems": ["x"]}, PAGES, id="another fact"),
        pytest.param(FACTS, PAGES[:1], id="a file less"),
        pytest.param(FACTS, (PAGES[0], Page(path="a/index.html", media_type="", content=b"")), id="another content"),
    ],
)
def test_a_change_brings_the_timings_of_this_build(facts: dict[str, object], pages: tuple[Page, ...]) -> None:
    """A report that is written anew says how long this build took."""
    assert {"parse": 9.0} == read(report(facts, pages, seconds={"parse": 9.0}, previous=read(report())))["timings"]


@pytest.mark.parametrize("previous", [{}, {"timings": {"parse": 1.0}}, {"files": []}])
def test_a_previous_report_of_another_kind_does_no_harm(previous: dict[str, Any]) -> None:
    """Whatever lay there before, the report of this build is whole."""
    assert report() == report(previous=previous)


def test_a_previous_report_without_timings_gets_some() -> None:
    """Somebody may have cut them out."""
    previous = read(report())
    del previous["timings"]
    assert report() == report(previous=previous)


@given(st.text(st.characters(), max_size=12), st.text(st.characters(categories=["Cs"]), min_size=1, max_size=3))
def test_a_path_that_is_no_text_can_be_reported(name: str, broken: str) -> None:
    """A file's name may hold bytes that are no UTF-8; the report is UTF-8, says all of it, and settles."""
    path = f"{name}{broken}\\"
    facts: dict[str, object] = {"problems": [{"path": path}]}
    pages = (Page(path=path, media_type="", content=b""),)
    page = report(facts, pages)
    assert page.content.decode()
    # Two halves of a character side by side are that character, in JSON (RFC 8259 §7).
    whole = path.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    assert ([{"path": whole}], [whole]) == (read(page)["problems"], list(read(page)["files"]))
    assert page == report(facts, pages, seconds={"parse": 9.0}, previous=read(page))
