"""Tests of src/frtfeed/parse/yaml_text.py and tree.py."""

import json
import subprocess
import sys

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.parse.tree import Items, Mapping, Node, Text, Untyped, untyped
from frtfeed.parse.yaml_text import LOADER, MAX_DEPTH, Repeated, Tree, Unreadable, compose, quoted, salvage, spans

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
        pytest.param(
            "a: !!int 1\nb: !!bool no\nc: !!timestamp 2024-01-31\nd: !!float 1.0\ne: !!null ~",
            {"a": "1", "b": "no", "c": "2024-01-31", "d": "1.0", "e": None},
            id="tags of scalars",
        ),
        pytest.param("a: !!seq [b]\nc: !!map {d: e}", {"a": ["b"], "c": {"d": "e"}}, id="tags of lists and fields"),
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
    assert (Repeated("a", 1, 3, counts=3), Repeated("a", 3, 4, counts=4)) == tree.repeated
    assert tree.root is not None
    assert {"a": "4", "b": "2"} == untyped(tree.root)


def first_counts(key: str, earlier: Node, later: Node) -> bool:
    """Let the first value of a key win, unless a later one is a list."""
    return key == "a" and not isinstance(later, Items) and isinstance(earlier, Text)


@pytest.mark.parametrize("loader", LOADERS)
def test_repeated_by_another_rule(loader: object) -> None:
    """A caller may say which value of a repeated key counts."""
    tree = compose("a: 1\na: 2\na: 3\nb: 1\nb: 2", outweighs=first_counts, loader=loader)
    assert Mapping({"a": Text("1", 1), "b": Text("2", 5)}, 1) == tree.root
    assert (
        Repeated("a", 1, 2, counts=1),
        Repeated("a", 1, 3, counts=1),
        Repeated("b", 4, 5, counts=5),
    ) == tree.repeated


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("a: b: c\npublished: no", {"a": "b: c", "published": "no"}, id="a colon"),
        pytest.param('a: "b\nc: \'d\'\n"e": f, # g', {"a": "b", "c": "d", "e": "f"}, id="quotes and comments"),
        pytest.param("a: &x b\nc: !y d\ne: !f", {"a": "b", "c": "d", "e": "!f"}, id="anchors and tags"),
        pytest.param(
            "a:\n  no\nb:   # why\n\t no # so\nc:\nd: e", {"a": "no", "b": "no", "c": None, "d": "e"}, id="below"
        ),
        pytest.param("a: ~\nb: # nothing\nc:NULL", {"a": None, "b": None, "c": None}, id="null"),
        pytest.param("a: https://b.org/#c", {"a": "https://b.org/#c"}, id="fragment"),
        pytest.param(" a: b\n- c: d\ntext\n\te: f", {}, id="not at the beginning of a line"),
        pytest.param("a: 1\na: 2\nb: 1\nb: 2", {"a": "1", "b": "2"}, id="twice, by a rule"),
    ],
)
def test_salvage(written: str, expected: Untyped) -> None:
    """Of a text that does not parse, the fields that begin its lines can still be made out."""
    assert expected == untyped(salvage(written, outweighs=first_counts))


def test_salvage_by_the_usual_rule() -> None:
    """Without a rule the last value counts here, too."""
    assert {"a": "2"} == untyped(salvage("a: 1\na: 2"))


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(
    ("written", "fault", "line"),
    [
        pytest.param("a: b: c", "mapping values are not allowed", 1, id="colon"),
        pytest.param("a: 1\nb: @x", "cannot start any token", 2, id="reserved"),
        pytest.param('a: 1\nb: "x\nc: y\n', "unexpected end of stream .*quoted scalar", 2, id="open quote"),
        pytest.param("a: &x 1", "anchor or alias", 1, id="anchor"),
        pytest.param("a: *Breaking", "anchor or alias", 1, id="alias"),
        pytest.param("a: 1\nb: !python/object:os.system x", "a custom tag", 2, id="tag"),
        pytest.param("a: 1\nb: !!python/object/apply:os.system [x]", "a custom tag", 2, id="constructor"),
        pytest.param("a: !!binary aGk=", "a custom tag", 1, id="binary"),
        pytest.param("a: !!set {b}", "a custom tag", 1, id="set"),
        pytest.param("a: !important b", "a custom tag", 1, id="text that begins like one"),
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


@pytest.mark.parametrize(
    ("written", "value"),
    [("a: !!python/object/apply:os.system [x]", "!!python/object/apply:os.system"), ("a: !important b", "!important")],
)
def test_a_tag_is_shown_as_written(written: str, value: str) -> None:
    """A refused tag is shown as it stands in the file, not as YAML spells it out."""
    with pytest.raises(Unreadable) as caught:
        compose(written)
    assert value == caught.value.value


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
    "entries": "a:\n" + "".join("  " * depth + "- k:\n" for depth in range(1, 600)),
    "mixed": "a: " + "[{b: " * 15_000,
    "mixed, closed": "a: " + "[{b: " * 10_000 + "}]" * 10_000,
    "brackets on lines": "a:\n" + " [\n" * 30_000,
    "anchors": "a: " + "".join(f"&x{number} [" for number in range(8_000)),
    "anchors and aliases": "a0: &a0 [b]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}]\n" for n in range(1, 10)),
    "tags": "a: " + "!!seq [" * 8_000,
    "names": "a: " + "? [" * 15_000,
    "quotes": "a: " + "['" * 15_000,
    "bare": "[" * 30_000,
}  # fmt: skip


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
    assert ended.stdout.startswith((b"0 ['nested deeper than 64']", b"0 ['an anchor or alias")) or (
        b"does not parse" in ended.stdout
    )


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a: 1\nb: 2\n", {"a": ("1", True), "b": ("2", True)}, id="texts"),
        pytest.param("a: 'x' # y\n", {"a": ("'x'", True)}, id="a comment is no part of it"),
        pytest.param("a:\n  - x\n\n# y\nb: {}\n", {"a": ("- x\n\n# y\n", False), "b": ("{}", False)}, id="nested"),
        pytest.param("a: |\n  x\n", {"a": ("|\n  x\n", False)}, id="a block"),
        pytest.param("a: 'x\n  y'\n", {"a": ("'x\n  y'", False)}, id="two lines"),
        pytest.param("a:\nb: 2\n", {"a": ("", True), "b": ("2", True)}, id="nothing"),
        pytest.param("a: 1\na: 2\nb: \x85\n", {"b": ("\x85", True)}, id="twice, and what YAML does not take"),
        pytest.param("{a: 1}\n", {}, id="on one line"),
        pytest.param("- a\n- b\n", {}, id="a list"),
        pytest.param("", {}, id="empty"),
    ],
)  # fmt: skip
def test_where_fields_stand(text: str, expected: dict[str, tuple[str, bool]]) -> None:
    """The place of each field of the outermost mapping is known to the character."""
    found = spans(text)
    assert expected == {name: (text[at.value_start : at.value_end], at.scalar) for name, at in found.items()}
    assert all(text[at.start :].startswith(name) for name, at in found.items())


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_quoted_text_means_itself(text: str) -> None:
    """What is put in quotes is read back, here and by any YAML reader."""
    assert Text(text, 1) == compose(f"a: {quoted(text)}").root.entries["a"]
    assert {"a": text} == yaml.safe_load(f"a: {quoted(text)}")
