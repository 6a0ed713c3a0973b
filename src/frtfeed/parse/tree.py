"""
A file's fields as a tree of text: every scalar as it was written, each with its line.

Strategy: a story file of 3.65 kB has sixty nodes, and a frozen one takes three times as long to make
(285 ns, not 82). So here the type checker alone sees to it that nobody changes one: `Final`.
"""

from typing import Final, TypeAlias

from frtfeed.records import Struct

__all__ = ["NULLS", "UNYAML", "Items", "Mapping", "Node", "Text", "untyped"]

NULLS = frozenset(["", "~", "null", "Null", "NULL"])
# What YAML 1.1 §5.1 forbids or, further line breaks, would make its line numbers differ from an editor's.
# Compiled where it is needed, which is seldom, and takes longer than to import all of this room.
UNYAML = "[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"


class Text(Struct):
    """A scalar. null: written as nothing, `~` or `null` without quotes."""

    value: Final[str]
    line: Final[int | None] = None
    null: Final[bool] = False


class Items(Struct):
    """A list."""

    nodes: "Final[tuple[Node, ...]]"
    line: Final[int | None] = None


class Mapping(Struct):
    """Fields by name, in the order of the file. The line of a value is that of its name."""

    entries: "Final[dict[str, Node]]"
    line: Final[int | None] = None


Node: TypeAlias = Text | Items | Mapping
Untyped: TypeAlias = "str | list[Untyped] | dict[str, Untyped] | None"


def untyped(node: Node) -> Untyped:
    """Return a tree as plain lists, dicts and strings; null is None."""
    if isinstance(node, Text):
        return None if node.null else node.value
    if isinstance(node, Items):
        return [untyped(entry) for entry in node.nodes]
    return {key: untyped(value) for key, value in node.entries.items()}
