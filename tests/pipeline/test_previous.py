"""The last build's report, of which only what is asked for is read."""

from pathlib import Path

import pytest

from frtfeed.pipeline import previous
from frtfeed.pipeline.previous import Previous
from frtfeed.render.report import REPORT_PATH, group_text, report_page


def report(out: Path, *, groups: int, files: int = 3) -> bytes:
    """Write a report, and return its bytes."""
    page = report_page(
        {"counts": {"groups": groups}},
        groups=(group_text({"title": f"Gesichter für alle {number}"}) for number in range(groups)),
        problems=[],
        etags={f"{number}.html": '"etag"' for number in range(files)},
        timings={"parse": 1.0},
        previous=Previous(out).after,
    )
    (out / REPORT_PATH).write_bytes(page.content)
    return page.content


@pytest.fixture(autouse=True, params=[7, 2**18])
def _pieces(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read a report in pieces smaller and larger than it is."""
    monkeypatch.setattr(previous, "PIECE_BYTES", request.param)


def test_no_report(tmp_path: Path) -> None:
    """Before the first build nothing was told, and nothing is ours."""
    before = Previous(tmp_path)
    assert (False, (), b"") == (before.told_some(), before.files(), before.after(memoryview(b"{")))


def test_the_files_of_a_report(tmp_path: Path) -> None:
    """However many files a report lists, and however much stands before them, all are known."""
    report(tmp_path, groups=20, files=40)
    assert {f"{number}.html" for number in range(40)} == set(Previous(tmp_path).files())


def test_what_is_no_report(tmp_path: Path) -> None:
    """A file that somebody put in its place lists nothing and told nothing."""
    (tmp_path / REPORT_PATH).write_bytes(b"no report\n" * 50)
    assert ((), False) == (Previous(tmp_path).files(), Previous(tmp_path).told_some())


def test_what_follows(tmp_path: Path) -> None:
    """What follows a beginning is told to the end of the report, and only where it begins so."""
    content = report(tmp_path, groups=3)
    for at in (0, 1, 7, 14, len(content) - 1, len(content)):
        assert content[at:] == Previous(tmp_path).after(memoryview(content[:at]))
        assert b"" == Previous(tmp_path).after(memoryview(content[:at] + b"\x00"))


def test_a_report_that_stays(tmp_path: Path) -> None:
    """The same report of another build is the file that lies there, times included."""
    first = report(tmp_path, groups=3)
    (tmp_path / REPORT_PATH).write_bytes(changed := first.replace(b"1.0", b"2.0"))
    assert changed == report(tmp_path, groups=3) != report(tmp_path, groups=2)


@pytest.mark.parametrize("groups", [0, 1])
def test_whether_anything_was_told(tmp_path: Path, groups: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report without groups does not keep the next one from being empty."""
    monkeypatch.setattr(previous, "PIECE_BYTES", 2**18)
    report(tmp_path, groups=groups)
    assert bool(groups) == Previous(tmp_path).told_some()
