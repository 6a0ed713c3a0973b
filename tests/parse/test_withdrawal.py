"""Tests of src/frtfeed/parse/withdrawal.py."""

import pytest

from frtfeed.model import Parsed, Problem
from frtfeed.parse.withdrawal import by_its_lines, withdrawing

PROBLEMS = Parsed(problems=(Problem(path="x/a.md", fault="f", remedy="r", value="secret"),))


def test_withdrawing() -> None:
    """What is withdrawn is sorted and unique; the problems stay without their values."""
    expected = Parsed(
        problems=(Problem(path="x/a.md", fault="f", remedy="r"),), withdrawn=("b", "c"), withdrawn_paths=("x/a.md",)
    )
    assert expected == withdrawing(PROBLEMS, names=["c", "b", "c"], path="x/a.md")


@pytest.mark.parametrize(
    ("content", "names"),
    [
        pytest.param("T\nPublished: no\n", ("a",), id="by its stem"),
        pytest.param("published: false\r\nURL: https://www.b.org/b\r\n", ("https://b.org/b",), id="by its address"),
        pytest.param(
            "Published: no\nSource: https://b.org/b\nSource: https://c.org/c", ("https://b.org/b",), id="the first one"
        ),
        pytest.param(
            "heat: 5\npublished: no\nwebUrl: https://b.org/b\nampWebUrl: https://c.org/c",
            ("https://b.org/b", "https://c.org/c"),
            id="fields without fences",
        ),
    ],
)
def test_by_its_lines(content: str, names: tuple[str, ...]) -> None:
    """A text with a line that says no withdraws what it would have been known by."""
    assert names == by_its_lines(PROBLEMS, content=content, path="x/a.md").withdrawn


@pytest.mark.parametrize(
    "content", ["Published: March 2023", "Published: maybe", "Published: yes\nURL: https://b.org/b", "no", ""]
)
def test_no_withdrawal(content: str) -> None:
    """A text that says nothing of the kind withdraws nothing."""
    assert PROBLEMS == by_its_lines(PROBLEMS, content=content, path="x/a.md")
