"""
YAML whose scalars stay text: `title: no` is "no", `10:00` is "10:00". The only home of PyYAML.

Strategy: the tree is built here from the parser's events, on a stack of our own, so that
neither libyaml nor Python recurses into what a stranger nested. What YAML can do and a story
file never needs (aliases, tags, several documents) is refused: aliases multiply (ten lines
make a billion nodes), tags call constructors.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from frtfeed.parse.tree import Items, Mapping, Node, Text

__all__ = ["MAX_DEPTH", "Repeated", "Tree", "Unreadable", "compose"]

MAX_DEPTH = 64  # a picture of a related story lies five deep
LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # libyaml's, where it was built in: 9x as fast on seed 002
NULLS = frozenset(["", "~", "null", "Null", "NULL"])
STANDARD_TAG = "tag:yaml.org,2002:"
# What YAML 1.1 §5.1 forbids or, further line breaks, would make its line numbers differ from an editor's.
UNYAML = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
VEIL = 0xF0000  # plane 15 is for private use


class Unreadable(Exception):  # noqa: N818  a finding about their text, turned into a Problem in this room
    """Say why a text gives no tree, at which line of the file, and what to do about it."""

    def __init__(self, fault: str, *, line: int, remedy: str, value: str = "") -> None:
        """Keep what a Problem wants to know."""
        super().__init__(fault)
        self.fault, self.line, self.remedy, self.value = fault, line, remedy, value


@dataclass(frozen=True, slots=True)
class Repeated:
    """A key that one mapping has twice: the value at line counts, the one at first_line is lost."""

    key: str
    first_line: int
    line: int


@dataclass(frozen=True, slots=True)
class Tree:
    """What a text means. root: None when it holds nothing."""

    root: Node | None
    repeated: tuple[Repeated, ...] = ()


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been seen yet. entries: None for a list."""

    line: int
    entries: dict[str, Node] | None = None
    nodes: list[Node] = field(default_factory=list)
    key: str | None = None
    key_line: int = 0
    key_lines: dict[str, int] = field(default_factory=dict)


def compose(text: str, *, first_line: int = 1, loader: Any = LOADER) -> Tree:
    """
    Read YAML as a tree of text.

    Of a key that is repeated the last value counts, as YAML loaders do. Characters that YAML
    does not take pass through: repairing them is not this module's business.

    Args:
        first_line: the line of the file that text begins at.

    Raises:
        Unreadable: not YAML; nested deeper than 64; an alias, a tag or a second document.
    """
    veiled = UNYAML.sub(_veil, text)
    try:
        return _build(veiled, first_line, loader, veil=veiled != text)
    except yaml.MarkedYAMLError as error:
        raise _unparsed(error, text, first_line) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # an escape beyond Unicode, from the Python loader
        raise Unreadable(
            f"YAML that does not parse: {error}", line=first_line, remedy="Write the character itself."
        ) from error


def _build(text: str, first_line: int, loader: Any, *, veil: bool) -> Tree:
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
            _place(node, stack[-1], line, repeated)
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
    """Refuse anchors, aliases and tags; a standard tag such as !!str changes nothing for text."""
    tag = getattr(event, "tag", None) or ""
    if event.anchor:
        mark = "*" if isinstance(event, yaml.AliasEvent) else "&"
        fault, value = "an anchor or alias, which story files do not have", f"{mark}{event.anchor}"
    elif tag and not tag.startswith(STANDARD_TAG):
        fault, value = "a tag, which story files do not have", tag
    else:
        return
    raise Unreadable(fault, line=line, value=value, remedy="If it is text, put it in double quotes.")


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


def _place(node: Node, parent: _Open, line: int, repeated: list[Repeated]) -> None:
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
        key = parent.key
        if key in parent.entries:
            repeated.append(Repeated(key, parent.key_lines[key], parent.key_line))
        parent.entries[key] = _at_line(node, parent.key_line)
        parent.key_lines[key] = parent.key_line
        parent.key = None


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
