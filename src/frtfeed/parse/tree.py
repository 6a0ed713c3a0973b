"""A file's fields as a tree of text: every scalar as it was written, each with its line."""

from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["Items", "Mapping", "Node", "Text", "untyped"]


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar. null: written as nothing, `~` or `null` without quotes."""

    value: str
    line: int | None = None
    null: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    nodes: "tuple[Node, ...]"
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """Fields by name, in the order of the file. The line of a value is that of its name."""

    entries: "dict[str, Node]"
    line: int | None = None


Node: TypeAlias = Text | Items | Mapping
Untyped: TypeAlias = "str | list[Untyped] | dict[str, Untyped] | None"


def untyped(node: Node) -> Untyped:
    """Return a tree as plain lists, dicts and strings; null is None."""
    if isinstance(node, Text):
        return None if node.null else node.value
    if isinstance(node, Items):
        return [untyped(entry) for entry in node.nodes]
    return {key: untyped(value) for key, value in node.entries.items()}
