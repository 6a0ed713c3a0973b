"""
A mapping of fields, read as a story: the fields of a file and of an entry of its `related` list.

Strategy: one reader per field. A field that cannot be read is a Problem of its own and counts
as missing; only what nothing can stand in for (a title, a date, an address or a text) takes
the story with it. Field names stand here only, in the order of docs/formats.md.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from difflib import get_close_matches
from urllib.parse import urlsplit

from frtfeed import text, urls
from frtfeed.model import Facts, Image, Kind, Provider, Section, Story, When
from frtfeed.parse import fields
from frtfeed.parse.faults import Faults, shown
from frtfeed.parse.tree import Items, Mapping, Node, Text, untyped

__all__ = ["FACT_LISTS", "KNOWN", "Record", "facts_topics", "story"]

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
        *"provider topics images related secured id language lang".split(),
    ]
)
KINDS: dict[str, Kind] = {"article": "article", "video": "video", "incident": "incident"}
QUALITY = (0, 1_000)  # about 140 is the most that the rule of docs/concepts.md gives
HEAT = (0, 10_000)
PIXELS = (1, 100_000)


@dataclass(frozen=True, slots=True)
class Record:
    """
    The fields of one mapping and how to read them.

    prefix: where in the file they stand, for messages: "related[2].", counted from 1.
    """

    fields: Mapping
    faults: Faults
    zone: tzinfo
    prefix: str = ""

    @property
    def mention(self) -> bool:
        """Whether this is an entry of somebody's `related` list."""
        return bool(self.prefix)


@dataclass(frozen=True, slots=True)
class _Addresses:
    """What a story is known by: identity and names as in Story, url as printed, "" when it has none."""

    identity: str
    names: tuple[str, ...]
    url: str = ""
    amp: bool = False


def story(record: Record, *, path: str, body: tuple[Section, ...] = (), excerpt: str = "") -> Story | None:
    """
    Read a mapping as a story.

    Args:
        path: of the file; its stem is the identity of a story without an address.
        body, excerpt: the story's own text, and what to say of it where the fields do not.

    Returns:
        None, with the problem that says why, for a story without title, date, or both address
        and text; a mention may lack a date.
    """
    title = _text(record, "title")
    published = _published(record)
    where = _addresses(record, stem=fields.stem_of(path))
    if not title:
        _skip(record, "title", "no title", 'Write one as title: "…".')
    if not where.url and not body:
        _skip(record, "webUrl", "neither an address nor a text", 'Write its address as webUrl: "https://…".')
    if not title or (published is None and not record.mention) or not (where.url or body):
        return None
    kind = _kind(record)
    facts = _facts(record) if kind == "incident" else None
    heat, covered = _heat(record)
    return Story(
        id=_id(record) or urls.story_id(where.identity),
        title=title,
        names=where.names,
        url=where.url,
        kind=kind,
        category=_text(record, "category"),
        excerpt=_text(record, "excerpt") or excerpt,
        published=published,
        updated=_updated(record, published),
        provider=_provider(record, where.url),
        topics=_names(record, "topics") or facts_topics(facts),
        images=_images(record),
        amp=where.amp,
        language=_language(record),
        quality=_number(record, "quality", QUALITY),
        heat=heat,
        covered=covered,
        hidden=_hidden(record),
        body=body,
        facts=facts,
        path="" if record.mention else path,
        extra=_extra(record, incident=kind == "incident"),
    )


def related(record: Record, *, lead: Story) -> tuple[Story, ...]:
    """
    Read the `related` list of a story.

    Entries that are the story itself under another address, and repeats, vanish.
    An entry without topics is about the story's.
    """
    node = _present(record, "related")
    if node is not None and not isinstance(node, Items):
        _wrong_kind(record, "related", node, "a list of stories")
    if not isinstance(node, Items):
        return ()
    mentions: dict[str, Story] = {}
    for name, entry in _entries("related", node):
        if not isinstance(entry, Mapping):
            _wrong_kind(record, name, entry, "the fields of a story")
            continue
        found = story(replace(record, fields=entry, prefix=f"{name}."), path="")
        if found is None or set(found.names) & set(lead.names):
            continue
        mentions.setdefault(found.id, replace(found, topics=found.topics or lead.topics))
    return tuple(mentions.values())


def facts_topics(facts: Facts | None) -> tuple[str, ...]:
    """Return what an incident is about: its technologies, then its issues."""
    return fields.unique((*facts.technologies, *facts.issues)) if facts else ()


# Reading one field ------------------------------------------------------------------------------


def _present(record: Record, key: str) -> Node | None:
    """Return a field's node; None when it is missing, null or empty text."""
    node = record.fields.entries.get(key)
    if isinstance(node, Text) and (node.null or not node.value.strip()):
        return None
    return node


def _scalar(record: Record, key: str) -> Text | None:
    """Return a field that is text; None when missing, with a warning when it is a list or a mapping."""
    node = _present(record, key)
    if node is None or isinstance(node, Text):
        return node
    _wrong_kind(record, key, node, "text")
    return None


def _wrong_kind(record: Record, name: str, node: Node, expected: str) -> None:
    """Say that a field has the wrong shape."""
    found = {Text: "text", Items: "a list", Mapping: "fields"}[type(node)]
    record.faults.add(
        "warning",
        f"{found}, where {expected} belongs",
        "Ignored.",
        line=node.line,
        field=record.prefix + name,
        value=node.value if isinstance(node, Text) else "",
    )


def _skip(record: Record, key: str, fault: str, remedy: str) -> None:
    """Say why there is no story."""
    consequence = "Entry dropped." if record.mention else "Story skipped."
    record.faults.add(
        "warning" if record.mention else "error",
        fault,
        f"{consequence} {remedy}",
        line=record.fields.line,
        field=record.prefix + key,
    )


def _entries(name: str, node: Node) -> Iterator[tuple[str, Node]]:
    """Name the entries of a list, from 1; anything else is a list of one."""
    nodes: Sequence[Node] = node.nodes if isinstance(node, Items) else (node,)
    return ((f"{name}[{index}]", entry) for index, entry in enumerate(nodes, 1))


def _text(record: Record, key: str) -> str:
    """Return a field for people to read, "" when missing."""
    node = _scalar(record, key)
    return fields.prose(node.value, faults=record.faults) if node else ""


def _number(record: Record, key: str, bounds: tuple[int, int]) -> int | None:
    """Return a number within bounds, both included; None when missing or not one."""
    node = _scalar(record, key)
    if node is None:
        return None
    low, high = bounds
    return fields.number(node, field=record.prefix + key, low=low, high=high, faults=record.faults)


def _names(record: Record, key: str) -> tuple[str, ...]:
    """Return a list of names; text alone is a list of one."""
    node = _present(record, key)
    names = []
    for name, entry in _entries(key, node) if node else ():
        if isinstance(entry, Text):
            names.append("" if entry.null else fields.prose(entry.value, faults=record.faults))
        else:
            _wrong_kind(record, name, entry, "text")
    return fields.unique(names)


# The fields ---------------------------------------------------------------------------------------


def _published(record: Record) -> When | None:
    """Read publishedDateTime. Missing, it is an error; in a mention it may be missing."""
    node = _scalar(record, "publishedDateTime")
    if node is not None:
        return fields.date(
            node,
            field=f"{record.prefix}publishedDateTime",
            zone=record.zone,
            faults=record.faults,
            severity="warning" if record.mention else "error",
            consequence="Kept without a date." if record.mention else "Story skipped.",
        )
    if not record.mention:
        unknown = [key for key in record.fields.entries if key not in KNOWN]
        near = get_close_matches("publishedDateTime", unknown[:100], n=1) or [
            key for key in unknown if "date" in key.lower()
        ]
        hint = f" Is {shown(near[0])} meant?" if near else ""
        _skip(record, "publishedDateTime", "no date", f"Write publishedDateTime: {fields.DATE_EXAMPLE}.{hint}")
    return None


def _updated(record: Record, published: When | None) -> datetime | None:
    """Read updatedDateTime; what lies before the publication cannot be an update."""
    node = _scalar(record, "updatedDateTime")
    if node is None:
        return None
    name = f"{record.prefix}updatedDateTime"
    when = fields.date(
        node, field=name, zone=record.zone, faults=record.faults, severity="warning", consequence="Ignored."
    )
    if when is None or published is None or when.at >= published.at:
        return when.at if when else None
    record.faults.add(
        "warning",
        "earlier than publishedDateTime",
        "Ignored. Write the date of the last change.",
        line=node.line,
        field=name,
        value=node.value,
    )
    return None


def _addresses(record: Record, *, stem: str) -> _Addresses:
    """Read the four addresses; DESIGN: The words, Story."""
    given = {}
    for key in ADDRESSES:
        node = _scalar(record, key)
        given[key] = fields.address(node, field=record.prefix + key, faults=record.faults) if node else ""
    url = given["webUrl"] or given["originalUrl"]
    identity = urls.canonical(url) if url else stem
    # A home page or an aggregator's front door names many stories, so it unifies none.
    aliases = {alias for alias in map(urls.canonical, given.values()) if _names_a_page(alias)}
    return _Addresses(
        identity=identity,
        names=tuple(sorted({identity} | aliases)),
        url=urls.printed(url) if url else "",
        amp=bool(given["ampWebUrl"] or given["cdnAmpWebUrl"]),
    )


def _names_a_page(canonical: str) -> bool:
    """Tell whether an address has more than a host."""
    parts = urlsplit(canonical)
    return bool(parts.path or parts.query)


def _id(record: Record) -> str:
    """Return the file's own id: as it is when it is an absolute URI, else one derived from it; "" when missing."""
    given = _text(record, "id")
    if not given or urls.absolute_uri(given):
        return given
    record.faults.add(
        "warning",
        "not an absolute URI",
        "An id was derived from it. Write it as urn:uuid:… or tag:….",
        line=record.fields.entries["id"].line,
        field=f"{record.prefix}id",
        value=given,
    )
    return urls.story_id(given)


def _kind(record: Record) -> Kind:
    """Read type; what is none of the three is an article."""
    node = _scalar(record, "type")
    if node is None:
        return "article"
    kind = KINDS.get(node.value.strip().lower())
    if kind is None:
        record.faults.add(
            "warning",
            "not a type of story",
            "Kept as an article. Write article, video or incident.",
            line=node.line,
            field=f"{record.prefix}type",
            value=node.value,
        )
    return kind or "article"


def _heat(record: Record) -> tuple[int | None, bool]:
    """Return the heat, and whether it is -1: a role, covered by a better lead."""
    node = _present(record, "heat")
    if isinstance(node, Text) and node.value.strip() in ("-1", "-1.0"):
        return None, True
    return _number(record, "heat", HEAT), False


def _hidden(record: Record) -> bool:
    """Read published. What is neither yes nor no hides the story: a hidden one does no harm, an exposed one might."""
    node = _present(record, "published")
    if node is None:
        return False
    published = fields.flag(node) if isinstance(node, Text) else None
    if published is None:
        record.faults.add(
            "error",
            "neither yes nor no",
            "Story hidden, to be safe. Write true or false; the date is publishedDateTime.",
            line=node.line,
            field=f"{record.prefix}published",
            value=node.value if isinstance(node, Text) else "",
        )
    return not published


def _provider(record: Record, url: str) -> Provider | None:
    """Read the publisher; what it does not say of itself is told by the story's address."""
    node = _present(record, "provider")
    host = urls.domain_of(url)
    if isinstance(node, Text):  # a name alone
        name = fields.prose(node.value, faults=record.faults)
        return Provider(name=name, domain=host) if name else None
    if isinstance(node, Items):
        _wrong_kind(record, "provider", node, "its name and domain")
    if not isinstance(node, Mapping):
        return Provider(name=host, domain=host) if host else None
    inner = replace(record, fields=node, prefix=f"{record.prefix}provider.")
    given = _scalar(inner, "domain")
    domain = fields.domain(given, field=f"{inner.prefix}domain", faults=record.faults) if given else ""
    name = _text(inner, "name") or domain or host
    return Provider(name=name, domain=domain or host, images=_images(inner)) if name else None


def _images(record: Record) -> tuple[Image, ...]:
    """Read a list of pictures, each once; an address alone is a picture too."""
    node = _present(record, "images")
    images: dict[str, Image] = {}
    for name, entry in _entries("images", node) if node else ():
        if isinstance(entry, Text):
            url = "" if entry.null else fields.address(entry, field=record.prefix + name, faults=record.faults)
            image = Image(url=url)
        elif isinstance(entry, Mapping):
            image = _image(replace(record, fields=entry, prefix=f"{record.prefix}{name}."))
        else:
            _wrong_kind(record, name, entry, "a picture's url")
            continue
        if image.url:
            images.setdefault(image.url, image)
    return tuple(images.values())


def _image(record: Record) -> Image:
    """Read one picture; its url is "" when it has none."""
    given = _scalar(record, "url")
    if given is None:
        record.faults.add(
            "warning", "a picture without an address", "Ignored.", line=record.fields.line, field=f"{record.prefix}url"
        )
        return Image(url="")
    return Image(
        url=fields.address(given, field=f"{record.prefix}url", faults=record.faults),
        width=_number(record, "width", PIXELS),
        height=_number(record, "height", PIXELS),
        alt=_text(record, "title") or _text(record, "alt"),
    )


def _language(record: Record) -> str:
    """Read language, or lang."""
    key = "language" if _present(record, "language") else "lang"
    node = _scalar(record, key)
    return fields.language(node, field=record.prefix + key, faults=record.faults) if node else ""


def _facts(record: Record) -> Facts:
    """Read the facts of an incident; lists may be written on one line with ";" between."""
    node = _scalar(record, "occurred")
    occurred = (
        None
        if node is None
        else fields.date(
            node,
            field=f"{record.prefix}occurred",
            zone=record.zone,
            faults=record.faults,
            severity="warning",
            consequence="Ignored.",
        )
    )
    lists = {}
    for key, fact in FACT_LISTS.items():
        lists[fact] = fields.unique(name for entry in _names(record, key) for name in fields.listed(entry))
    return Facts(occurred=occurred, **lists)


def _extra(record: Record, *, incident: bool) -> tuple[tuple[str, str], ...]:
    """Return the fields that mean nothing here, sorted: text as it is, anything else as JSON."""
    facts = {"occurred", *FACT_LISTS} if incident else set()
    extra = {}
    for key, node in record.fields.entries.items():
        if key in KNOWN or key in facts:
            continue
        plain = untyped(node)
        written = plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
        extra[text.one_line(record.faults.mend(key))] = record.faults.mend(written)
    return tuple(sorted(extra.items()))
