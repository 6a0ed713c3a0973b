"""Tests of src/frtfeed/parse/ordinary.py: the quick reader and the full one never differ."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from frtfeed.parse.ordinary import read_ordinary
from frtfeed.parse.tree import Items, Mapping, Text, Untyped, untyped
from frtfeed.parse.yaml_text import Tree, Unreadable, compose
from tests.parse.samples import LEAD

PROJECT = Path(__file__).parents[2]
FOLDERS = [PROJECT / "seeds", PROJECT.parent / "shared" / "seeds"]


def fields_of(content: str) -> str:
    """Return what stands between a file's fences."""
    return content.removeprefix("---").rpartition("\n---")[0] + "\n"


def agree(text: str) -> bool:
    """Check that what the quick reader takes means the same to the full one; tell whether it took it."""
    root = read_ordinary(text, first_line=7)
    if root is not None:
        assert compose(text, first_line=7) == Tree(root)
    return root is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a: b c", {"a": "b c"}, id="plain"),
        pytest.param(
            "a: 2024\nb: no\nc: 10:00\nd: -1\ne: 1.5",
            {"a": "2024", "b": "no", "c": "10:00", "d": "-1", "e": "1.5"},
            id="plain stays text",
        ),
        pytest.param('a: "b: c # d"\ne: "it\'s"\nf: ""', {"a": "b: c # d", "e": "it's", "f": ""}, id="double quotes"),
        pytest.param('a: "say \\"b\\" \\\\ c"', {"a": 'say "b" \\ c'}, id="escaped"),
        pytest.param('a:\n  - "\\"b\\""\n  - "\\\\"', {"a": ['"b"', "\\"]}, id="nothing but escaped at an end"),
        pytest.param("a: 'b \" \\ c'\nd: 'it''s'\ne: ''", {"a": 'b " \\ c', "d": "it's", "e": ""}, id="single quotes"),
        pytest.param(
            "a:\nb: ~\nc: null\nd: NULL\ne: 'null'",
            {"a": None, "b": None, "c": None, "d": None, "e": "null"},
            id="null",
        ),
        pytest.param("a:   b\nc:  \nd: e", {"a": "b", "c": None, "d": "e"}, id="spaces behind a name"),
        pytest.param("\n# x\na: b\n\n  # y: z\nc: d\n\n", {"a": "b", "c": "d"}, id="blank lines and comments"),
        pytest.param("a:\n  b: c\n  d:\n    e: f\ng: h", {"a": {"b": "c", "d": {"e": "f"}}, "g": "h"}, id="nested"),
        pytest.param("a:\n  - b\n  - 'c'\nd: e", {"a": ["b", "c"], "d": "e"}, id="list"),
        pytest.param(
            "a:\n- b\n- c: d\n  e: f\ng: h", {"a": ["b", {"c": "d", "e": "f"}], "g": "h"}, id="list not indented"
        ),
        pytest.param(
            "a:\n  - b: c\n    d:\n      - e: f\n        g: h\n      - i: j\n  - k:\n    l: m",
            {"a": [{"b": "c", "d": [{"e": "f", "g": "h"}, {"i": "j"}]}, {"k": None, "l": "m"}]},
            id="lists in lists",
        ),
        pytest.param(
            "a:\n  - b:\n    - c\n  - d:\n      e: f",
            {"a": [{"b": ["c"]}, {"d": {"e": "f"}}]},
            id="below an entry's first name",
        ),
        pytest.param(
            "a: Köln – 日本 “x” \U0001f525\nb: é", {"a": "Köln – 日本 “x” \U0001f525", "b": "é"}, id="any script"
        ),
        pytest.param("a: x\u00a0y\u200d\nb: c", {"a": "x\u00a0y\u200d", "b": "c"}, id="not printable, but YAML"),
        pytest.param(
            "a: b#c\nd: https://example.org/#e?f=[g]",
            {"a": "b#c", "d": "https://example.org/#e?f=[g]"},
            id="within a word",
        ),
    ],
)
def test_taken(text: str, expected: Untyped) -> None:
    """What story files are ordinarily made of is read, each value with the line of its name."""
    root = read_ordinary(text)
    assert root is not None
    assert expected == untyped(root)
    assert agree(text)


def test_lines() -> None:
    """A value has the line of its name, an entry of a list its own."""
    expected = Mapping(
        {
            "a": Text("b", 12),
            "c": Items((Text("d", 14), Mapping({"e": Text("f", 15)}, 15)), 13),
            "g": Mapping({"h": Text("", 17, True)}, 16),
        },
        12,
    )
    assert expected == read_ordinary("\n\na: b\nc:\n  - d\n  - e: f\ng:\n  h:\n", first_line=10)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("# x\n", id="only a comment"),
        pytest.param("just text", id="text"),
        pytest.param("- a\n- b", id="a list"),
        pytest.param("  a: b", id="indented from the start"),
        pytest.param("a: b\na: c", id="a name twice"),
        pytest.param("a: b\n  c", id="text goes on below"),
        pytest.param("a: b\n  c: d", id="fields below text"),
        pytest.param("a: b\n- c", id="a list below text"),
        pytest.param("a:\n  b", id="text below its name"),
        pytest.param("a:\n  - b\n  c: d", id="a name in a list"),
        pytest.param("a:\n    b: c\n  d: e", id="a column nobody began"),
        pytest.param("a:\n    - b\n  - c", id="a dash in a column nobody began"),
        pytest.param("a:\n  b: c\n  - d", id="a dash among names"),
        pytest.param("a:\n  - b: c\n   d: e", id="between two columns"),
        pytest.param("a:\n  -  b: c\n     d: e", id="two spaces behind a dash"),
        pytest.param("a:\n  -  b", id="two spaces before text"),
        pytest.param("a:\n  -  - b", id="two dashes apart"),
        pytest.param("a:\n  - - b", id="a list in a list"),
        pytest.param("a:\n  -\n    b: c", id="a dash alone"),
        pytest.param("a:\n  - \n", id="an empty entry"),
        pytest.param("a: b: c", id="a colon"),
        pytest.param("a: b:", id="a colon at the end"),
        pytest.param("a: b # c", id="a comment behind text"),
        pytest.param('a: "b" # c', id="a comment behind quotes"),
        pytest.param("a: b ", id="a space at the end"),
        pytest.param("a:b", id="no space behind the colon"),
        pytest.param('"a": b', id="a name in quotes"),
        pytest.param("a b: c", id="a name of two words"),
        pytest.param(f"{'a' * 65}: b", id="a long name"),
        pytest.param('a: "b', id="an open quote"),
        pytest.param('a: "', id="a quote alone"),
        pytest.param("a: 'b' 'c'", id="two texts"),
        pytest.param('a: "b" # "c"', id="a comment between quotes"),
        pytest.param('a: "b\\n"', id="another escape"),
        pytest.param("a: |\n  b", id="a block"),
        pytest.param("a: [b]", id="brackets"),
        pytest.param("a: &b c", id="an anchor"),
        pytest.param("a: *b", id="an alias"),
        pytest.param("a: !b c", id="a tag"),
        pytest.param("a: -", id="a dash for a value"),
        pytest.param("a: - b", id="an entry for a value"),
        pytest.param("a: @b", id="reserved"),
        pytest.param("a:\tb", id="a tab"),
        pytest.param("a: b\u2028c", id="a line separator"),
        pytest.param("a: \x07", id="a control character"),
        pytest.param("a: b\n--- c", id="another document"),
        pytest.param("".join(f"{'  ' * depth}a:\n" for depth in range(20)), id="deep"),
        pytest.param("a:\n" + "".join(f"{'  ' * depth}- a:\n" for depth in range(1, 20)), id="deep lists"),
    ],
)
def test_handed_over(text: str) -> None:
    """What YAML takes for something else, or might, is left to the full reader."""
    assert read_ordinary(text) is None


VALUES = [
    "",
    "b",
    "b c",
    "~",
    "null",
    "-1",
    "b:c",
    "b: c",
    "b:",
    "b #c",
    "b#c",
    '"b"',
    '"b\\"c"',
    '"b\\nc"',
    '""',
    '"',
    "'b'",
    "'b''c'",
    "'b'c'",
    "[b]",
    "{b: c}",
    "|",
    ">",
    "&b",
    "*b",
    "!b",
    "- b",
    "-",
    "?",
    "? b",
    "%b",
    "é",
    "\u00a0b",
    "b ",
    " b",
    "2024-01-31T12:00:00Z",
    "...",
    "---",
    "#b",
    "=",
    "<<",
    "\\",
    "\u2028",
    "\x85",
    "\t",
]
LINES = st.builds(
    lambda indent, dash, name, value: f"{' ' * indent}{dash}{name}{value}",
    st.sampled_from([0, 0, 0, 2, 2, 2, 4, 4, 1, 3, 6]),
    st.sampled_from(["", "", "", "- ", "- ", "-", "-  ", "- - "]),
    st.sampled_from(["a: ", "b: ", "c: ", "d: ", "e:", "f:", "g:", "", "a b: ", '"a": ', "é: ", "a :"]),
    st.sampled_from(VALUES) | st.text("ab:- #'\"\\[]{}\t,é", max_size=6),
)


@settings(max_examples=60)
@given(st.lists(LINES, max_size=8))
@example(["a:", "- b", "-", "c: d"])
def test_any_lines(lines: list[str]) -> None:
    """Whatever lines follow each other, a tree that the quick reader gives is the one that the full reader gives."""
    agree("\n".join(lines))


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Draw a story's fields with some characters gone, added or moved."""
    text = fields_of(LEAD)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        end = at + draw(st.sampled_from([0, 0, 1, 2, 5, 40]))
        new = draw(
            st.sampled_from(
                [
                    "",
                    " ",
                    "  ",
                    "\n",
                    "\n  ",
                    "-",
                    "- ",
                    ":",
                    ": ",
                    '"',
                    "'",
                    "#",
                    " #",
                    "\t",
                    "\\",
                    "[",
                    "&",
                    "\n---\n",
                    "\r",
                    "é",
                ]
            )
            | st.text(max_size=3)
        )
        text = text[:at] + new + text[end:]
    return text


@settings(max_examples=50)
@given(damaged())
def test_damaged_fields(text: str) -> None:
    """However front matter was damaged, the quick reader gives the full reader's tree, or none."""
    agree(text)


@pytest.mark.slow
def test_thousands_of_damaged_fields() -> None:
    """The law holds where chance rarely leads: 8,000 damaged files, the same ones every time."""
    chance = random.Random(5)  # noqa: S311  the same every time on purpose
    text = fields_of(LEAD)
    taken = 0
    for _ in range(8_000):
        damaged_text = text
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(damaged_text))
            new = chance.choice([*" \n-:#'\"\\[]{}&*!|>%@`?,ab\t~", "  ", "\n  ", "\n- ", ""])
            damaged_text = damaged_text[:at] + new + damaged_text[at + chance.choice([0, 0, 1, 2, 9]) :]
        taken += agree(damaged_text)
    assert taken > 800


NAMES = st.text("abcdefgXYZ_09", min_size=1, max_size=8)
SCALARS = st.text(max_size=12)
ENTRIES = st.lists(st.dictionaries(NAMES, SCALARS, min_size=1, max_size=3), min_size=1, max_size=3)
STORIES = st.dictionaries(NAMES, SCALARS | ENTRIES, min_size=1, max_size=4)


def written(tree: dict[str, str | list[dict[str, str]]], indent: str) -> str:
    """Write fields as story files are written."""
    lines = []
    for name, value in tree.items():
        if isinstance(value, str):
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            lines.append(f'{name}: "{escaped}"')
            continue
        lines.append(f"{name}:")
        for entry in value:
            first, *others = written(entry, indent).split("\n")  # type: ignore[arg-type]
            lines += [f"{indent}- {first}", *(f"{indent}  {line}" for line in others)]
    return "\n".join(lines)


def leaves(tree: dict[str, str | list[dict[str, str]]]) -> Iterator[str]:
    """Yield every name and every text of some fields."""
    for name, value in tree.items():
        yield name
        if isinstance(value, str):
            yield value
        else:
            for entry in value:
                yield from leaves(entry)  # type: ignore[arg-type]


@settings(max_examples=50)
@given(STORIES, st.sampled_from(["", "  ", "    "]))
def test_ordinary_fields_are_taken(tree: dict[str, str | list[dict[str, str]]], indent: str) -> None:
    """Fields, and lists of fields, in double quotes are all taken, but for characters that nobody can see."""
    text = written(tree, indent)
    if agree(text):
        assert tree == untyped(compose(text).root)  # type: ignore[arg-type]
    else:
        assert not all(map(str.isprintable, leaves(tree)))


@pytest.mark.parametrize("folder", [folder for folder in FOLDERS if folder.exists()], ids=str)
def test_examples(folder: Path) -> None:
    """Of the example stories nearly all are ordinary, and read the same either way."""
    contents = [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*")) if path.is_file()]
    stories = [fields_of(content) for content in contents if content.startswith("---\n")]
    taken = sum(agree(text) for text in stories)
    assert stories
    assert taken >= 0.8 * len(stories)


def test_the_sample() -> None:
    """The story that the other tests are about is ordinary."""
    assert agree(fields_of(LEAD))


def test_never_where_yaml_does_not_parse() -> None:
    """A text that the full reader refuses is none that the quick one takes."""
    for text in ("a: b: c", "a: *b", "a: 1\n---\nb: 2"):
        assert not agree(text)
        with pytest.raises(Unreadable):
            compose(text)
