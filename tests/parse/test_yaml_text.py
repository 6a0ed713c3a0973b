"""Tests of src/frtfeed/parse/yaml_text.py and tree.py."""

import json
import subprocess
import sys

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.parse.tree import Items, Mapping, Text, Untyped, untyped
from frtfeed.parse.yaml_text import LOADER, MAX_DEPTH, Repeated, Tree, Unreadable, compose

LOADERS = [pytest.param(LOADER, id="libyaml"), pytest.param(yaml.BaseLoader, id="python")]


def plain(text: str, loader: object = LOADER) -> Untyped:
    """Return YAML as lists, dicts and strings."""
    root = compose(text, loader=loader).root
    assert root is not None
    return untyped(root)


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("title: no", {"title": "no"}, id="no"),
        pytest.param("title: 2024", {"title": "2024"}, id="number"),
        pytest.param("at: 10:00", {"at": "10:00"}, id="clock"),
        pytest.param("at: 2024-01-31T12:00:00Z", {"at": "2024-01-31T12:00:00Z"}, id="date"),
        pytest.param("at: !!str 1", {"at": "1"}, id="standard tag"),
        pytest.param("a: 'it''s'\nb: \"\\u00e9\\n\"", {"a": "it's", "b": "é\n"}, id="quotes"),
        pytest.param("a: |\n  x\n  y\nb: >\n  x\n  y\n", {"a": "x\ny\n", "b": "x y\n"}, id="blocks"),
        pytest.param("a: ~\nb:\nc: null\nd: NULL", {"a": None, "b": None, "c": None, "d": None}, id="null"),
        pytest.param("a: ''\nb: 'null'", {"a": "", "b": "null"}, id="quoted is not null"),
        pytest.param("- a\n- [b, {c: d}]", ["a", ["b", {"c": "d"}]], id="nested"),
        pytest.param("2024: a\n~: b", {"2024": "a", "~": "b"}, id="names are text"),
        pytest.param(
            "a: x\x07y\u0085z\u2028\ufeff\x80", {"a": "x\x07y\u0085z\u2028\ufeff\x80"}, id="what YAML forbids"
        ),
        pytest.param("a: \U000f0007", {"a": "\U000f0007"}, id="private use"),
        pytest.param("a: {}\nb: []", {"a": {}, "b": []}, id="empty"),
    ],
)
def test_scalars_stay_text(written: str, expected: Untyped, loader: object) -> None:
    """Every scalar is what was written, whatever YAML would make of it, with either parser."""
    assert expected == plain(written, loader)


@pytest.mark.parametrize("loader", LOADERS)
def test_lines(loader: object) -> None:
    """A value has the line of its name, an entry of a list its own; odd line ends do not count."""
    root = compose("a: x\u2028\x85\nb:\n  - c\n  - d: e\nf:\n  g: h", first_line=10, loader=loader).root
    expected = Mapping(
        {
            "a": Text("x\u2028\x85", 10),
            "b": Items((Text("c", 12), Mapping({"d": Text("e", 13)}, 13)), 11),
            "f": Mapping({"g": Text("h", 15)}, 14),
        },
        10,
    )
    assert expected == root


@pytest.mark.parametrize("loader", LOADERS)
def test_nothing(loader: object) -> None:
    """A text without YAML in it has no root."""
    assert Tree(None) == compose("\n# a comment\n", loader=loader)


@pytest.mark.parametrize("loader", LOADERS)
def test_repeated(loader: object) -> None:
    """Of a key that is there twice the last value counts, and both lines are told."""
    tree = compose("a: 1\nb: 2\na: 3\na: 4", loader=loader)
    assert (Repeated("a", 1, 3), Repeated("a", 3, 4)) == tree.repeated
    assert tree.root is not None
    assert {"a": "4", "b": "2"} == untyped(tree.root)


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(
    ("written", "fault", "line"),
    [
        pytest.param("a: b: c", "mapping values are not allowed", 1, id="colon"),
        pytest.param("a: 1\nb: @x", "cannot start any token", 2, id="reserved"),
        pytest.param('a: 1\nb: "x\nc: y\n', "unexpected end of stream .*quoted scalar", 2, id="open quote"),
        pytest.param("a: &x 1", "anchor or alias", 1, id="anchor"),
        pytest.param("a: *Breaking", "anchor or alias", 1, id="alias"),
        pytest.param("a: 1\nb: !python/object:os.system x", "a tag", 2, id="tag"),
        pytest.param("a: 1\n--- b", "more than one YAML document", 2, id="documents"),
        pytest.param("a: 1\n[x]: 2", "where the name of a field belongs", 2, id="a list as name"),
        pytest.param("a: 1\n? {b: c}\n: d", "where the name of a field belongs", 2, id="a mapping as name"),
        pytest.param("[" * 65, "nested deeper than 64", 1, id="depth"),
    ],
)
def test_unreadable(written: str, fault: str, line: int, loader: object) -> None:
    """What is no plain tree is refused, with its line and a next step."""
    with pytest.raises(Unreadable, match=fault) as caught:
        compose(written, loader=loader)
    assert line == caught.value.line
    assert caught.value.remedy


def test_unreadable_escape() -> None:
    """An escape beyond Unicode is refused by the Python parser too, which raises something else for it."""
    for loader in (LOADER, yaml.BaseLoader):
        with pytest.raises(Unreadable, match="YAML that does not parse"):
            compose('a: "\\UFFFFFFFF"', loader=loader)


def test_depth_limit() -> None:
    """What is nested as deep as allowed is read."""
    assert "[" * MAX_DEPTH + "]" * MAX_DEPTH == json.dumps(plain("[" * MAX_DEPTH + "]" * MAX_DEPTH))


BOMBS = {
    "flow": "a: " + "[" * 30_000,
    "braces": "{a: " * 30_000,
    "dashes": "a:\n  " + "- " * 30_000,
    "questions": "? " * 30_000,
    "indentation": "".join(" " * depth + "k:\n" for depth in range(2_000)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_deep_nesting(name: str) -> None:
    """Thirty thousand brackets neither crash the interpreter nor take a second; another process, as it might die."""
    script = """if True:
        import sys, time
        from datetime import UTC
        from frtfeed.model import Document
        from frtfeed.parse import parse
        document = Document(path="bomb.md", content=sys.stdin.buffer.read())
        before = time.process_time()
        parsed = parse(document, zone=UTC)
        assert time.process_time() - before < 1
        print(len(parsed.stories), [problem.fault for problem in parsed.problems])
    """
    content = f"---\ntitle: A title\n{BOMBS[name]}\n---\n".encode()
    ended = subprocess.run([sys.executable, "-c", script], input=content, capture_output=True, timeout=60, check=False)
    assert (0, b"") == (ended.returncode, ended.stderr)
    assert ended.stdout.startswith(b"0 ['nested deeper than 64']") or b"does not parse" in ended.stdout


# Private characters of plane 15 stand for what YAML forbids while it parses.
WORDS = st.text(st.characters(codec="utf-8", max_codepoint=0xEFFFF))
TREES = st.recursive(
    WORDS, lambda children: st.lists(children, max_size=4) | st.dictionaries(WORDS, children, max_size=4), max_leaves=20
)


@given(TREES)
def test_round_trip(tree: Untyped) -> None:
    """Whatever JSON says comes back as it was: JSON is YAML."""
    assert tree == plain(json.dumps(tree, ensure_ascii=False))


@given(st.text(alphabet="ab:- \n\t[]{}'\"|>#&*!%@?,~\x07\u2028\U000f0007"), st.sampled_from([LOADER, yaml.BaseLoader]))
def test_anything(written: str, loader: object) -> None:
    """Any text is a tree or Unreadable, and never anything else, with either parser."""
    try:
        tree = compose(written, loader=loader)
    except Unreadable:
        return
    assert isinstance(tree, Tree)
