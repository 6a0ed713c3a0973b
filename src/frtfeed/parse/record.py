"""
The fields of one mapping, ready to be read: by their names here, each with its place in the file.

Strategy: a field that cannot be read is a Problem of its own and counts as missing. Field names
stand here only, in the order of docs/formats.md; files may capitalise them as they like.
"""

from collections.abc import Iterable, Set
from datetime import tzinfo
from typing import Final

from frtfeed.model import Severity
from frtfeed.parse import fields
from frtfeed.parse.faults import Faults
from frtfeed.parse.tree import Items, Mapping, Node, Text
from frtfeed.records import Struct

__all__ = [
    "ADDRESSES",
    "AUTO",
    "FACT_LISTS",
    "KNOWN",
    "PICTURE",
    "PROVIDER",
    "STORY",
    "Record",
    "Vocabulary",
    "entries_of",
    "is_auto",
    "names_of",
    "number_of",
    "outweighs",
    "record_of",
    "scalar",
    "skip",
    "skipped",
    "text_of",
    "twice",
    "withdraws",
    "within",
    "wrong_kind",
]

# Field of a file, or label of an incident record, to field of Facts.
FACT_LISTS = {
    "operator": "operators",
    "developer": "developers",
    "country": "countries",
    "sector": "sectors",
    "purpose": "purposes",
    "technology": "technologies",
    "issue": "issues",
    "transparency": "transparency",
}
ADDRESSES = ("webUrl", "originalUrl", "ampWebUrl", "cdnAmpWebUrl")
KNOWN = frozenset(
    [
        *ADDRESSES,
        *"category title excerpt publishedDateTime updatedDateTime type quality heat published".split(),
        *"provider topics images related secured id language lang group solo pin lead".split(),
    ]
)
AUTO = "auto"  # of `published`: the threshold of [publish] decides at each build


class Vocabulary(Struct, frozen=True):
    """
    The names of fields that mean something in one place.

    names: as they are; those of an incident's facts are not among them, since elsewhere they mean nothing.
    by_lower: all of them, by their form in lower case.
    """

    names: frozenset[str]
    by_lower: dict[str, str]


def _vocabulary(names: Iterable[str], *, facts: Iterable[str] = ()) -> Vocabulary:
    exact = frozenset(names)
    return Vocabulary(exact, {name.lower(): name for name in (*exact, *facts)})


STORY = _vocabulary(KNOWN, facts=["occurred", *FACT_LISTS])
PROVIDER = _vocabulary("name domain images".split())
PICTURE = _vocabulary("url width height title alt".split())


class Record(Struct):
    """
    The fields of one mapping and how to read them. Not frozen, for the reason that the nodes are not (tree.py).

    named: the fields by their names here, however the file capitalises them.
    others: the names in the file that are none of those here as they stand.
    present: those of them that are not null or empty text.
    prefix: where in the file they stand, for messages: "related[2].", counted from 1.
    mention: this is an entry of somebody's `related` list, or stands within one.
    """

    fields: Final[Mapping]
    named: Final[dict[str, Node]]
    others: Final[Set[str]]
    present: Final[dict[str, Node]]
    faults: Final[Faults]
    zone: Final[tzinfo]
    prefix: Final[str]
    mention: Final[bool]


def record_of(mapping: Mapping, *, faults: Faults, zone: tzinfo, prefix: str = "", known: Vocabulary = STORY) -> Record:
    """
    Make a mapping's fields ready to be read; a field in two spellings is a problem, and the exact one counts.

    Args:
        known: the names of fields.
    """
    named = mapping.entries
    others = named.keys() - known.names
    if others and not known.by_lower.keys().isdisjoint(map(str.lower, others)):
        named = _by_name(mapping, faults=faults, prefix=prefix, known=known)
    return Record(mapping, named, others, _present(named), faults, zone, prefix, bool(prefix))


def _present(named: dict[str, Node]) -> dict[str, Node]:
    """Return the fields that are not null or empty text: of most mappings all."""
    for node in named.values():
        if type(node) is Text and (node.null or not node.value.strip()):
            return {key: node for key, node in named.items() if not _is_empty(node)}
    return named


def _is_empty(node: Node) -> bool:
    return isinstance(node, Text) and (node.null or not node.value.strip())


def _by_name(mapping: Mapping, *, faults: Faults, prefix: str, known: Vocabulary) -> dict[str, Node]:
    """Return fields by the names that they have here; which of two spellings counts is told."""
    entries = mapping.entries
    spelled: dict[str, str] = {}
    for key, node in entries.items():
        name = known.by_lower.get(key.lower(), key)
        other = spelled.setdefault(name, key)
        if other == key:
            continue
        held = entries[other]
        if outweighs(name, node, held) or (other != name and not outweighs(name, held, node)):
            spelled[name] = key
        counts = entries[spelled[name]].line
        twice(f"{prefix}{name}", lines=(held.line, node.line), counts=counts, faults=faults)
    return {name: entries[key] for name, key in spelled.items()}


def outweighs(key: str, earlier: Node, later: Node) -> bool:
    """Tell whether the earlier value of a field that is there twice counts: of two `published` a no does."""
    return key.lower() == "published" and _says_no(earlier) and not _says_no(later)


def twice(field: str, *, lines: tuple[int | None, int | None], counts: int | None, faults: Faults) -> None:
    """Say that a field is there twice: an error where it decides whether the story is seen at all."""
    decides = field.lower().rpartition(".")[2] == "published"
    faults.add(
        "error" if decides else "warning",
        f"written twice, on lines {lines[0]} and {lines[1]}",
        f"The value on line {counts} counts{' (of a yes and a no, the no)' if decides else ''}. Remove the other.",
        line=lines[1],
        field=field,
    )


def withdraws(record: Record) -> bool:
    """Tell whether `published` is there and is anything but yes."""
    node = record.present.get("published")
    return node is not None and _says_no(node)


def _says_no(node: Node) -> bool:
    """Tell whether a value of `published` is there and is anything but yes."""
    if not isinstance(node, Text):
        return True
    return not (node.null or not node.value.strip() or fields.flag(node) or is_auto(node))


def is_auto(node: Node | None) -> bool:
    """Tell whether a value of `published` leaves it to the threshold."""
    return isinstance(node, Text) and node.value.strip().lower() == AUTO


def scalar(record: Record, key: str) -> Text | None:
    """Return a field that is text; None when missing, with a warning when it is a list or a mapping."""
    node = record.present.get(key)
    if node is None or isinstance(node, Text):
        return node
    wrong_kind(record, key, node, "text belongs")
    return None


def within(record: Record, name: str, node: Mapping, *, known: Vocabulary) -> Record:
    """Return the fields that stand within a field."""
    return record_of(node, faults=record.faults, zone=record.zone, prefix=f"{record.prefix}{name}.", known=known)


def wrong_kind(
    record: Record,
    name: str,
    node: Node,
    expected: str,
    *,
    severity: Severity = "warning",
    consequence: str = "Ignored.",
) -> None:
    """Say that a field has the wrong shape. expected: "text belongs"."""
    found = {Text: "text", Items: "a list", Mapping: "fields"}[type(node)]
    quote = " Put text with brackets or braces in double quotes." if expected == "text belongs" else ""
    record.faults.add(
        severity,
        f"{found}, where {expected}",
        f"{consequence}{quote}",
        line=node.line,
        field=record.prefix + name,
        value=node.value if isinstance(node, Text) else "",
    )


def skipped(record: Record) -> tuple[Severity, str]:
    """Return how bad it is, and what happens, when there is no story."""
    return ("warning", "Entry dropped.") if record.mention else ("error", "Story skipped.")


def skip(record: Record, key: str, fault: str, remedy: str) -> None:
    """Say why there is no story: at the field's line, where it has one."""
    severity, consequence = skipped(record)
    record.faults.add(
        severity,
        fault,
        f"{consequence} {remedy}",
        line=record.named.get(key, record.fields).line,
        field=record.prefix + key,
    )


def entries_of(record: Record, key: str) -> tuple[Node, ...]:
    """Return the entries of a list, none when missing; anything else is a list of one."""
    node = record.present.get(key)
    if node is None:
        return ()
    return node.nodes if isinstance(node, Items) else (node,)


def text_of(record: Record, key: str) -> str:
    """Return a field for people to read, "" when missing."""
    node = scalar(record, key)
    return fields.prose(node.value, faults=record.faults) if node else ""


def number_of(record: Record, key: str, bounds: tuple[int, int]) -> int | None:
    """Return a number within bounds, both included; None when missing or not one."""
    node = scalar(record, key)
    if node is None:
        return None
    low, high = bounds
    return fields.number(node, field=record.prefix + key, low=low, high=high, faults=record.faults)


def names_of(record: Record, key: str) -> tuple[str, ...]:
    """Return a list of names; text alone is a list of one."""
    found = []
    for index, entry in enumerate(entries_of(record, key), 1):
        if isinstance(entry, Text):
            found.append("" if entry.null else fields.prose(entry.value, faults=record.faults))
        else:
            wrong_kind(record, f"{key}[{index}]", entry, "text belongs")
    return fields.unique(found) if found else ()
