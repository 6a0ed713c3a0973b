"""Tests of src/frtfeed/parse/faults.py."""

import pytest

from frtfeed.model import Problem
from frtfeed.parse.faults import Faults, shown


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("2021-13-40", "2021-13-40", id="short"),
        pytest.param("é ‘x’", "é ‘x’", id="not ascii"),
        pytest.param("a\nb\x07\u202e", "a\\nb\\x07\\u202e", id="invisible"),
        pytest.param("x" * 60, "x" * 60, id="sixty"),
        pytest.param("x" * 61, "x" * 59 + "…", id="longer"),
        pytest.param("\x07" * 61, "\\x07" * 14 + "\\x0…", id="longer when visible"),
    ],
)
def test_shown(value: str, expected: str) -> None:
    """A message shows a value on one line, at most 60 characters, with nothing invisible in it."""
    assert expected == shown(value)


def test_problems() -> None:
    """Problems come in the order found; what was repaired is one note, at the end."""
    faults = Faults("a.md")
    assert "a’b" == faults.mend("aâ€™b")
    assert "ab" == faults.mend("a\x07b")
    assert "ab" == faults.mend("a\x07b")
    faults.add("warning", "f", "r", line=3, field="title", value="v")
    problem, note = faults.problems()
    assert Problem(path="a.md", fault="f", remedy="r", line=3, field="title", value="v", severity="warning") == problem
    assert ("note", "text was damaged: control characters removed, wrong decoding undone") == (
        note.severity,
        note.fault,
    )


def test_no_problems() -> None:
    """Without a fault and a repair there is nothing to say."""
    faults = Faults("a.md")
    faults.mend("whole")
    assert () == faults.problems()
