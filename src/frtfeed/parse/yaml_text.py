"""
YAML whose scalars stay text: `title: no` is "no", `10:00` is "10:00". The only home of PyYAML.

Strategy: the tree is built here from the parser's events, on a stack of our own, so that
neither libyaml nor Python recurses into what a stranger nested. What YAML can do and a story
file never needs (aliases, tags, several documents) is refused: aliases multiply (ten lines
make a billion nodes), tags call constructors.
"""

import json
import re
from collections.abc import Callable
from typing import Any, TypeAlias

import yaml

from frtfeed.parse.tree import NULLS, UNYAML, Items, Mapping, Node, Text
from frtfeed.records import Struct, field

__all__ = ["MAX_DEPTH", "Outweighs", "Repeated", "Span", "Tree", "Unreadable", "compose", "quoted", "salvage", "spans"]

# Of a key that is there twice: does its earlier value count, rather than its later one?
Outweighs: TypeAlias = Callable[[str, Node, Node], bool]

MAX_DEPTH = 64  # a picture of a related story lies five deep
LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # libyaml's, where it was built in: 9x as fast on seed 002
STANDARD_TAGS = "tag:yaml.org,2002:"
# Of the standard tags those that say no more than a story file does anyway; !!python/… calls constructors.
TAGS_OF_TEXT = frozenset(f"{STANDARD_TAGS}{name}" for name in "str int float bool null timestamp seq map".split())
# `name: value` at the beginning of a line, its value perhaps on the next one; a tag or an anchor is passed over.
FIELD = re.compile(
    r"""^["']?(\w+)["']?[ \t]*:(?:[ \t]*(?:\#.*)?\n[ \t]+)?[ \t]*(?:[&!]\S*[ \t]+)?(.*)$""", re.MULTILINE
)
VEIL = 0xF0000  # plane 15 is for private use
# What JSON leaves as it is and YAML takes for a line break, or not at all.
NOT_IN_QUOTES = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


class Unreadable(Exception):  # noqa: N818  a finding about their text, turned into a Problem in this room
    """Say why a text gives no tree, at which line of the file, and what to do about it."""

    def __init__(self, fault: str, *, line: int, remedy: str, value: str = "") -> None:
        """Keep what a Problem wants to know."""
        super().__init__(fault)
        self.fault, self.line, self.remedy, self.value = fault, line, remedy, value


class Repeated(Struct, frozen=True):
    """A key that one mapping has twice; counts: the line, of the two, whose value does."""

    key: str
    first_line: int
    line: int
    counts: int


class Tree(Struct, frozen=True):
    """What a text means. root: None when it holds nothing."""

    root: Node | None
    repeated: tuple[Repeated, ...] = ()


class Span(Struct, frozen=True):
    """
    Where a field of the outermost mapping stands, as offsets into the text.

    start: of its name, at the beginning of a line. value_start, value_end: of its value as written.
    end: where the next field begins. scalar: its value is text within one line.
    """

    start: int
    value_start: int
    value_end: int
    end: int
    scalar: bool


class _Open(Struct):
    """A list or mapping whose end has not been seen yet. entries: None for a list."""

    line: int
    entries: dict[str, Node] | None = None
    nodes: list[Node] = field(default_factory=list)
    key: str | None = None
    key_line: int = 0
    key_lines: dict[str, int] = field(default_factory=dict)


def last_counts(key: str, earlier: Node, later: Node) -> bool:
    """Let the last value of a repeated key count, as YAML loaders do."""
    return False


def compose(text: str, *, first_line: int = 1, outweighs: Outweighs = last_counts, loader: Any = LOADER) -> Tree:
    """
    Read YAML as a tree of text.

    Characters that YAML does not take pass through: repairing them is not this module's business.

    Args:
        first_line: the line of the file that text begins at.
        outweighs: settles which value of a repeated key counts.

    Raises:
        Unreadable: not YAML; nested deeper than 64; an alias, a tag or a second document.
    """
    veiled = re.sub(UNYAML, _veil, text)
    try:
        return _build(veiled, first_line, loader, outweighs=outweighs, veil=veiled != text)
    except yaml.MarkedYAMLError as error:
        raise _unparsed(error, text, first_line) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # an escape beyond Unicode, from the Python loader
        raise Unreadable(
            f"YAML that does not parse: {error}", line=first_line, remedy="Write the character itself."
        ) from error


def salvage(text: str, *, outweighs: Outweighs = last_counts) -> Mapping:
    """Return the fields that can be made out at the beginnings of lines, in a text that may not be YAML at all."""
    entries: dict[str, Node] = {}
    for found in FIELD.finditer(text):
        value = re.split(r"(?:^|\s)#", found[2], maxsplit=1)[0].strip().strip("\"' ,")
        node = Text(value, null=value in NULLS)
        if found[1] not in entries or not outweighs(found[1], entries[found[1]], node):
            entries[found[1]] = node
    return Mapping(entries)


def spans(text: str) -> dict[str, Span]:
    """
    Return where each field of a text stands that compose() has read; nothing for fields that share a line.

    A field that is there twice is left out: which of the two is meant is for a person to say.
    """
    veiled = re.sub(UNYAML, _veil, text)
    depth, key, opened = 0, None, 0
    found: list[tuple[str, int, int, int, bool]] = []
    for event in yaml.parse(veiled, Loader=yaml.BaseLoader):
        start, end = (mark.index if mark else 0 for mark in (event.start_mark, event.end_mark))
        nested = isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        depth += nested
        if nested > 0 and depth == 2:
            opened = start
        elif depth == 1 and key and nested < 0:
            found.append((*key, opened, end, False))
            key = None
        elif depth == 1 and key and isinstance(event, yaml.ScalarEvent):
            one_line = event.style not in ("|", ">") and "\n" not in veiled[start:end]
            found.append((*key, start, end, one_line))
            key = None
        elif depth == 1 and isinstance(event, yaml.ScalarEvent):
            key = (event.value, start)
    if not found or any(at and veiled[at - 1] != "\n" for _, at, *_ in found):
        return {}
    ends = [at for _, at, *_ in found[1:]] + [len(text)]
    names = [name for name, *_ in found]
    return {
        name: Span(start=start, value_start=first, value_end=last, end=end, scalar=scalar)
        for (name, start, first, last, scalar), end in zip(found, ends, strict=True)
        if names.count(name) == 1
    }


def quoted(value: str) -> str:
    """Write text as a YAML scalar that means itself to every reader: in double quotes, on one line."""
    written = json.dumps(value, ensure_ascii=False)
    return NOT_IN_QUOTES.sub(lambda char: f"\\u{ord(char[0]):04x}", written)


def _build(text: str, first_line: int, loader: Any, *, outweighs: Outweighs, veil: bool) -> Tree:
    """Follow the parser's events, each scalar and end closing over what came before."""
    stack: list[_Open] = []
    repeated: list[Repeated] = []
    root: Node | None = None
    documents = 0
    for event in yaml.parse(text, Loader=loader):
        line = first_line + (event.start_mark.line if event.start_mark else 0)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise Unreadable("more than one YAML document", line=line, remedy="Keep one story per file.")
            continue
        if isinstance(event, yaml.NodeEvent):
            _refuse_magic(event, line)
        if isinstance(event, yaml.CollectionStartEvent):
            if len(stack) == MAX_DEPTH:
                raise Unreadable(
                    f"nested deeper than {MAX_DEPTH}", line=line, remedy="Put text with brackets or dashes in quotes."
                )
            stack.append(_Open(line, {} if isinstance(event, yaml.MappingStartEvent) else None))
            continue
        node = _finished(event, stack, line, veil=veil)
        if node is None:
            continue
        if stack:
            _place(node, stack[-1], line, repeated, outweighs)
        else:
            root = node
    return Tree(root, tuple(repeated))


def _unparsed(error: yaml.MarkedYAMLError, text: str, first_line: int) -> Unreadable:
    """Say where and why YAML does not parse."""
    context = error.context or ""
    # A quote that is never closed is noticed at the end of the file, but belongs to where it opened.
    mark = error.context_mark if "quoted scalar" in context else error.problem_mark
    line = mark.line if mark else 0
    return Unreadable(
        f"YAML that does not parse: {error.problem}{context and f' ({context})'}",
        line=first_line + line,
        remedy="Put text with a colon, quote or bracket in double quotes; indent with spaces.",
        value=[*text.split("\n"), ""][line].strip(),
    )


def _refuse_magic(event: yaml.NodeEvent, line: int) -> None:
    """Refuse anchors, aliases and tags; one such as !!str changes nothing for text."""
    tag = getattr(event, "tag", None) or ""
    if event.anchor:
        mark = "*" if isinstance(event, yaml.AliasEvent) else "&"
        fault, value = "an anchor or alias, which story files do not have", f"{mark}{event.anchor}"
    elif tag and tag not in TAGS_OF_TEXT:
        fault, value = "a custom tag, which story files do not have", tag.replace(STANDARD_TAGS, "!!", 1)
    else:
        return
    raise Unreadable(fault, line=line, value=value, remedy="If it is text, put it in double quotes; else remove it.")


def _finished(event: yaml.Event, stack: list[_Open], line: int, *, veil: bool) -> Node | None:
    """Return the node that an event completes; None for the stream's own events."""
    if isinstance(event, yaml.ScalarEvent):
        null = not event.style and event.value in NULLS  # libyaml says "", Python None for plain
        return Text(VEILED.sub(_unveil, event.value) if veil else event.value, line, null)
    if isinstance(event, yaml.CollectionEndEvent):
        closed = stack.pop()
        if closed.entries is None:
            return Items(tuple(closed.nodes), closed.line)
        return Mapping(closed.entries, closed.line)
    return None


def _place(node: Node, parent: _Open, line: int, repeated: list[Repeated], outweighs: Outweighs) -> None:
    """Put a node where it belongs: into a list, or into a mapping as the next key or its value."""
    if parent.entries is None:
        parent.nodes.append(node)
    elif parent.key is None:
        if not isinstance(node, Text):
            raise Unreadable(
                "a list or mapping where the name of a field belongs",
                line=line,
                remedy="Put text with brackets or braces in double quotes.",
            )
        parent.key, parent.key_line = node.value, line
    else:
        key, key_line, parent.key = parent.key, parent.key_line, None
        if key in parent.entries:
            first_line = parent.key_lines[key]
            stays = outweighs(key, parent.entries[key], node)
            repeated.append(Repeated(key, first_line, key_line, counts=first_line if stays else key_line))
            if stays:
                return
        parent.entries[key] = _at_line(node, key_line)
        parent.key_lines[key] = key_line


def _at_line(node: Node, line: int) -> Node:
    """Return a node with the line of its name, where an editor looks for it."""
    if isinstance(node, Text):
        return Text(node.value, line, node.null)
    return Items(node.nodes, line) if isinstance(node, Items) else Mapping(node.entries, line)


def _veil(found: re.Match[str]) -> str:
    """Move a character out of YAML's sight."""
    return chr(VEIL + ord(found[0]))


def _unveil(found: re.Match[str]) -> str:
    """Bring a character back that was moved."""
    return chr(ord(found[0]) - VEIL)


VEILED = re.compile(f"[{chr(VEIL)}-{chr(VEIL + 0xFFFF)}]")
