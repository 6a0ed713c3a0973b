"""Tests of src/frtfeed/parse/lines.py."""

import pytest

from frtfeed.parse.faults import Faults
from frtfeed.parse.lines import Line, address_in, is_navigation, is_prose, lines_of, said_published, trim


def test_lines_of() -> None:
    """Lines keep their numbers; white space and damage are gone, empty lines too."""
    faults = Faults("a")
    expected = (Line(2, "A title"), Line(3, "workers’ rights"), Line(6, "last"))
    assert expected == lines_of("\n A  title\u00a0\nworkersâ€™ rights\n\n \t\nlast", faults=faults)
    assert 1 == len(faults.problems())


WRAPPED = (
    "The regulator has told an operator of leisure centres to\n"
    "stop scanning the faces of its staff, and to destroy what\n"
    "it kept."
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(WRAPPED, [WRAPPED.replace("\n", " ")], id="a broken paragraph"),
        pytest.param(f"{WRAPPED}\n\nx", [WRAPPED.replace("\n", " "), "x"], id="up to the empty line"),
        pytest.param(WRAPPED[:-1], WRAPPED[:-1].split("\n"), id="no sentence"),
        pytest.param("Operator: A\nDeveloper: B.", ["Operator: A", "Developer: B."], id="short lines"),
        pytest.param(
            "A line that is rather long but a line of its own.\nAnother line that is long, of its own.",
            ["A line that is rather long but a line of its own.", "Another line that is long, of its own."],
            id="upper case",
        ),
    ],
)
def test_broken_paragraphs(content: str, expected: list[str]) -> None:
    """A paragraph that an editor broke into lines is one again; other lines stay apart."""
    assert expected == [line.text for line in lines_of(content, faults=Faults("a"))]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("System 🤖", "System"),
        ("🔥 Report incident 🔥", "Report incident"),
        ("Legal, regulatory 👩🏼‍⚖️", "Legal, regulatory"),
        ("## Head", "Head"),
        ("#1 in sales", "#1 in sales"),
        ("Example Vision™", "Example Vision™"),
        ("🔥", ""),
        ("a 🔥 b", "a 🔥 b"),
    ],
)
def test_trim(written: str, expected: str) -> None:
    """Emoji go from the ends of a heading, and only from there."""
    assert expected == trim(written)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("It was found.", True),
        ("“It was found.”", True),
        ("They said (it was found.)", True),
        ("また、見つかりました。", True),
        ("- an entry", True),
        ("• an entry", True),
        ("word " * 22, True),
        ("word " * 21, False),
        ("Misleading statements", False),
        ("-entry", False),
        ("Who was harmed?", False),
        ("It was denied. Who was harmed?", True),
        ("Who was harmed by the system that scanned every face at the station?", True),
    ],
)
def test_is_prose(line: str, expected: bool) -> None:
    """What ends a sentence, is long, or is an entry of a list, is a paragraph."""
    assert expected == is_prose(line.strip())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Report incident 🔥 | Improve page | Access database", True),
        ("Home | News", True),
        ("Home > News > Police", True),
        ("Home › News › Police", True),
        ("Home > News", False),
        ("No menu", False),
        ("The trial began in May. | It ended in June.", False),
        (f"Home | {'word ' * 9}", False),
    ],
)
def test_is_navigation(line: str, expected: bool) -> None:
    """Short parts between bars or arrows are a menu."""
    assert expected == is_navigation(line)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("URL: https://example.org/a", "https://example.org/a"),
        ("source https://example.org/a", "https://example.org/a"),
        ("Link:https://example.org/a", "https://example.org/a"),
        ("Source: Example News", ""),
        ("Read https://example.org/a", ""),
        ("URL: https://exa<mple/", ""),
        ("URL: https://example.org/" + "a" * 5000, ""),
    ],
)
def test_address_in(line: str, expected: str) -> None:
    """A labelled address is the page's own."""
    assert expected == address_in(line)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        *((line, False) for line in ("Published: false", "published : NO", "Published: Off.", "Published: n 🔥")),
        *((line, True) for line in ("Published: true", "PUBLISHED:yes", "Published: 1")),
        ("Published: March 2023", None),
        ("Published: 2021", None),
        ("Published:", None),
        ("Published: no faces were found", None),
        ("It was published: no", None),
    ],
)
def test_said_published(line: str, expected: bool | None) -> None:
    """A line of its own says whether a text is published; a date or a sentence does not."""
    assert expected is said_published(line)
