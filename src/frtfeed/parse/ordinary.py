"""
A quick reader for the YAML that nearly all story files are written in; whatever else YAML can do is left to yaml_text.

Strategy: one pass over the lines. Taken are names of ASCII letters and digits, each with its text
on the same line or with deeper lines below it; lists of text or of such fields, one space behind
the dash; text as it is or in quotes; blank lines, and comments on lines of their own. One line of
anything else, and the whole text is handed over: this reader gives the tree that
`yaml_text.compose` gives, or none. It knows no faults: those are for the full reader to tell.
"""

import re
from typing import TypeAlias

from frtfeed.parse.tree import NULLS, UNYAML, Items, Mapping, Node, Text

__all__ = ["read_ordinary"]

_Entries: TypeAlias = dict[str, Node]
_Nodes: TypeAlias = list[Node]

# A line and its end: indentation, a dash, a name, and its text: what stands between the first and the last double
# quote of the line, or is plain beyond doubt, without a colon or a hash; else all that follows. So every line is one
# match. YAML's own limit for names is 1,024.
LINE = re.compile(
    r"""([ ]*+)(-[ ])?(?:([A-Za-z0-9_]{1,64}+):(?:[ ]++|(?=\n)))?"""
    r"""(?:"(.+)"|([A-Za-z0-9](?:[^:#\n]*[^:#\n ])?)|(.*))\n"""
)
# One line in quotes; of the escapes only those of the quote and the backslash.
DOUBLE_QUOTED = re.compile(r'"([^"\\]*(?:\\["\\][^"\\]*)*)"')
SINGLE_QUOTED = re.compile(r"'([^']*(?:''[^']*)*)'")
ESCAPED = re.compile(r'\\(["\\])')
# With these no text begins as it is (YAML 1.1 §5.3): some may before a letter, and the full reader knows when.
INDICATORS = frozenset(" ?:,[]{}#&*!|>%@`")
MAX_OPEN = 16  # a picture of a related story lies five deep
NOWHERE = -1  # the column of names while a list of text is read


class _Strange(Exception):  # noqa: N818  no fault of the text, only of this reader
    """What was read is not plainly ordinary."""


def read_ordinary(text: str, *, first_line: int = 1) -> Mapping | None:
    """
    Read fields as `yaml_text.compose` does, about eight times as fast; None for what is not plainly ordinary.

    Args:
        first_line: the line of the file that text begins at.
    """
    if not text.replace("\n", "").isprintable() and ("\t" in text or re.search(UNYAML, text)):
        return None
    try:
        root = _fields(text if text.endswith("\n") else f"{text}\n", first_line)
    except _Strange:
        return None
    return Mapping(root, next(iter(root.values())).line) if root else None


def _fields(text: str, first_line: int) -> _Entries:
    """Return the fields of a text whose last line ends, too; _Strange at the first line that is not taken."""
    entries: _Entries = {}
    nodes: _Nodes = []
    column = 0  # where the names of entries begin
    open_at: list[tuple[int, _Entries | _Nodes]] = [(0, entries)]
    root = entries
    lists: list[tuple[_Entries, str, _Nodes, int]] = []
    waiting = ""  # the name on the line before, when its value may follow below
    for line, (spaces, dash, name, quoted, plain, written) in enumerate(LINE.findall(text), first_line):
        at = len(spaces)
        if dash:
            nodes = _list_at(at, waiting, open_at, lists)
            column = NOWHERE
            if name:
                entries, column = {}, at + 2
                nodes.append(Mapping(entries, line))
                open_at.append((column, entries))
        elif not name:
            if quoted or plain or written[:1] not in ("", "#"):
                raise _Strange
            continue
        elif at != column:
            entries, column = _mapping_at(at, waiting, open_at), at
        waiting = "" if quoted or plain or written else name
        if quoted:
            escaped = "\\" in quoted or '"' in quoted
            node = Text(_unescaped(f'"{quoted}"') if escaped else quoted, line)
        else:
            node = Text(plain, line, plain in NULLS) if plain else _text(written, line, named=bool(name))
        if not name:
            nodes.append(node)
        elif entries.setdefault(name, node) is not node:  # which of the two counts is not for this reader to say
            raise _Strange
    for parent, name, found, line in lists:
        parent[name] = Items(tuple(found), line)
    return root


def _list_at(
    at: int,
    waiting: str,
    open_at: list[tuple[int, _Entries | _Nodes]],
    lists: list[tuple[_Entries, str, _Nodes, int]],
) -> _Nodes:
    """Return the list that a dash in a column belongs to, begun or returned to; what lay deeper is closed."""
    column, top = open_at[-1]
    if waiting and at >= column and isinstance(top, dict):
        nodes: _Nodes = []
        lists.append((top, waiting, nodes, top[waiting].line or 0))
        _open(nodes, at, open_at)
        return nodes
    while column > at or (column == at and isinstance(top, dict) and len(open_at) > 1):
        open_at.pop()
        column, top = open_at[-1]
    if column == at and isinstance(top, list):
        return top
    raise _Strange


def _mapping_at(at: int, waiting: str, open_at: list[tuple[int, _Entries | _Nodes]]) -> _Entries:
    """Return the mapping that a name in a column belongs to, begun or returned to; what lay deeper is closed."""
    column, top = open_at[-1]
    if waiting and at > column and isinstance(top, dict):
        entries: _Entries = {}
        top[waiting] = Mapping(entries, top[waiting].line)
        _open(entries, at, open_at)
        return entries
    while column > at or (column == at and isinstance(top, list)):
        open_at.pop()
        column, top = open_at[-1]
    if column == at and isinstance(top, dict):
        return top
    raise _Strange


def _open(inner: _Entries | _Nodes, at: int, open_at: list[tuple[int, _Entries | _Nodes]]) -> None:
    """Begin a list or mapping."""
    if len(open_at) >= MAX_OPEN:
        raise _Strange
    open_at.append((at, inner))


def _text(written: str, line: int, *, named: bool) -> Text:
    """Read one line's text, plain or in quotes; behind a name it may be empty."""
    if named and not written:
        return Text("", line, True)
    first = written[:1]
    if first in ('"', "'"):
        inner = written[1:-1]
        if first in inner or "\\" in inner or written[-1] != first or len(written) == 1:
            inner = _unescaped(written)
        return Text(inner, line)
    if (
        not first
        or first in INDICATORS
        or written[-1] in ": "
        or ": " in written
        or " #" in written
        or (first == "-" and written[1:2] in ("", " "))
    ):
        raise _Strange
    return Text(written, line, written in NULLS)


def _unescaped(written: str) -> str:
    """Take off quotes that have such quotes or a backslash within."""
    if DOUBLE_QUOTED.fullmatch(written):
        return ESCAPED.sub(r"\1", written[1:-1])
    if SINGLE_QUOTED.fullmatch(written):
        return written[1:-1].replace("''", "'")
    raise _Strange
