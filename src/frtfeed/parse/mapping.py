"""
A mapping of fields, read as a story: the fields of a file and of an entry of its `related` list.

Strategy: one reader per field. A field that cannot be read is a Problem of its own and counts
as missing; only what nothing can stand in for (a title, a date, an address or a text) takes
the story with it, after all other fields were read: one look tells all problems.
"""

import json
from collections.abc import Collection
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from frtfeed import text, urls
from frtfeed.model import Facts, Image, Kind, Provider, Section, Story, When
from frtfeed.parse import fields
from frtfeed.parse.faults import Faults, shown
from frtfeed.parse.record import (
    ADDRESSES,
    FACT_LISTS,
    KNOWN,
    PICTURE,
    PROVIDER,
    STORY,
    Record,
    entries_of,
    is_auto,
    names_of,
    number_of,
    record_of,
    scalar,
    skip,
    skipped,
    text_of,
    within,
    wrong_kind,
)
from frtfeed.parse.tree import Items, Mapping, Node, Text, untyped
from frtfeed.records import Struct, replace

__all__ = ["facts_topics", "names", "story"]

KINDS: dict[str, Kind] = {"article": "article", "video": "video", "incident": "incident"}
QUALITY = (0, 1_000)  # the rule that the format comes from gave about 140 at most (docs/scores.md)
HEAT = (0, 10_000)
PIXELS = (1, 100_000)
NAME_AND_DOMAIN = frozenset(["name", "domain"])
MAX_REMEMBERED = 200  # characters of a publisher's name and domain


class _Addresses(Struct):
    """What a story is known by: identity and names as in Story; url as printed and its host, "" when it has none."""

    identity: Final[str]
    names: Final[tuple[str, ...]]
    url: Final[str]
    host: Final[str]
    amp: Final[bool]


def names(record: Record, *, path: str) -> tuple[str, ...]:
    """Return what the story of a file is known by (Story.names), whether it is one or not; reports nothing."""
    quiet = replace(record, faults=Faults(path))
    return _addresses(quiet, path=path, needed=False).names


def story(
    record: Record,
    *,
    path: str,
    body: tuple[Section, ...] = (),
    excerpt: str = "",
    topics: tuple[str, ...] = (),
    hidden_mentions: bool = True,
) -> Story | None:
    """
    Read a mapping as a story; that of a file with its `related` list.

    Args:
        path: of the file; its stem is the identity of a story without an address.
        body, excerpt: the story's own text, and what to say of it where the fields do not.
        topics: what it is about where the fields do not say.
        hidden_mentions: read the list of a story that is not published, too.

    Returns:
        None, with the problem that says why, for a story without title, date, or both address
        and text; a mention may lack a date.
    """
    published = _published(record)
    title = _title(record)
    where = _addresses(record, path=path, needed=not body)
    kind = _kind(record)
    facts = _facts(record) if kind == "incident" else None
    heat, covered = _heat(record)
    whole = bool(title and (published or record.mention) and (where.url or body))
    found = Story(
        id=_id(record) or urls.story_id(where.identity),
        title=title,
        names=where.names,
        url=where.url,
        kind=kind,
        category=text_of(record, "category"),
        excerpt=text_of(record, "excerpt") or excerpt,
        published=published,
        updated=_updated(record, published),
        provider=_provider(record, where.host),
        topics=(about := names_of(record, "topics") or facts_topics(facts) or topics),
        images=_images(record),
        amp=where.amp,
        language=_language(record),
        quality=number_of(record, "quality", QUALITY),
        heat=heat,
        covered=covered,
        hidden=(hidden := _hidden(record)),
        stated="published" in record.present and not _says_auto(record),
        auto=not record.mention and _says_auto(record),
        group="" if record.mention else text_of(record, "group"),
        solo=_hand(record, "solo"),
        pin=_hand(record, "pin"),
        lead=_hand(record, "lead"),
        body=body,
        facts=facts,
        path="" if record.mention else path,
        extra=_extra(record, incident=kind == "incident"),
        related=()
        if record.mention or (hidden and not hidden_mentions)
        else _related(record, names=where.names, topics=about, whole=whole),
    )
    return found if whole else None


def facts_topics(facts: Facts | None) -> tuple[str, ...]:
    """Return what an incident is about: its technologies, then its issues."""
    return fields.unique((*facts.technologies, *facts.issues)) if facts else ()


def _title(record: Record) -> str:
    """Read title; without one there is no story."""
    node = record.present.get("title")
    if node is not None and not isinstance(node, Text):
        severity, consequence = skipped(record)
        wrong_kind(record, "title", node, "text belongs", severity=severity, consequence=consequence)
        return ""
    title = fields.title(node, field=f"{record.prefix}title", faults=record.faults) if node else ""
    if not title:
        skip(record, "title", "no title", 'Write one as title: "…".')
    return title


def _published(record: Record) -> When | None:
    """Read publishedDateTime. Missing, it is an error; in a mention it may be missing."""
    node = record.present.get("publishedDateTime")
    severity, consequence = skipped(record)
    if record.mention:
        consequence = "Kept without a date."
    if isinstance(node, Text):
        return fields.date(
            node,
            field=f"{record.prefix}publishedDateTime",
            zone=record.zone,
            faults=record.faults,
            severity=severity,
            consequence=consequence,
        )
    if node is not None:
        wrong_kind(record, "publishedDateTime", node, "text belongs", severity=severity, consequence=consequence)
    elif not record.mention:
        unknown = [key for key in record.named if key not in KNOWN]
        near = get_close_matches("publishedDateTime", unknown[:100], n=1) or [
            key for key in unknown if "date" in key.lower()
        ]
        hint = f" Is {shown(near[0])} meant?" if near else ""
        skip(record, "publishedDateTime", "no date", f"Write publishedDateTime: {fields.DATE_EXAMPLE}.{hint}")
    return None


def _updated(record: Record, published: When | None) -> datetime | None:
    """Read updatedDateTime; what lies before the publication cannot be an update."""
    node = scalar(record, "updatedDateTime")
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


def _addresses(record: Record, *, path: str, needed: bool) -> _Addresses:
    """Read the four addresses; DESIGN: The words, Story. needed: without one there is no story."""
    given: dict[str, tuple[str, str]] = {}
    refused: dict[str, Node] = {}
    for key in ADDRESSES:
        node = record.present.get(key)
        if node is None:
            continue
        address, canonical = fields.named_address(node) if isinstance(node, Text) else ("", "")
        if address:
            given[key] = address, canonical
        else:
            refused[key] = node
    url, identity = given.get("webUrl") or given.get("originalUrl") or ("", fields.stem_of(path))
    if refused or not url:
        _refuse(record, refused, missing=needed and not url)
    return _Addresses(
        identity=identity,
        names=_known_by(identity, given.values()),
        url=urls.printed(url) if url else "",
        host=urls.domain_of(identity) if url else "",
        amp="ampWebUrl" in given or "cdnAmpWebUrl" in given,
    )


def _known_by(identity: str, given: Collection[tuple[str, str]]) -> tuple[str, ...]:
    """Return the names of a story: its identity, its addresses in their canonical form, those behind redirectors."""
    aliases = {canonical for _, canonical in given}
    for address, _ in given:
        if "?" in address and (behind := urls.behind_redirector(address)):
            aliases.add(urls.canonical(behind))
    aliases.discard(identity)
    # A home page or an aggregator's front door names many stories, so it unifies none.
    return tuple(sorted((identity, *filter(_names_a_page, aliases)))) if aliases else (identity,)


def _refuse(record: Record, refused: dict[str, Node], *, missing: bool) -> None:
    """Say what is wrong with addresses. missing: there is no story for want of one; one message says so."""
    for key, node in refused.items():
        decisive = missing and key in ("webUrl", "originalUrl")
        severity, consequence = skipped(record) if decisive else ("warning", "Ignored.")
        missing = missing and not decisive
        name = record.prefix + key
        if isinstance(node, Text):
            fields.refuse_address(node, field=name, faults=record.faults, severity=severity, consequence=consequence)
        else:
            wrong_kind(record, key, node, "text belongs", severity=severity, consequence=consequence)
    if missing:
        skip(record, "webUrl", "neither an address nor a text", 'Write its address as webUrl: "https://…".')


def _names_a_page(canonical: str) -> bool:
    """Tell whether an address has more than a host."""
    place = canonical.removeprefix("https://")
    return "/" in place or "?" in place


def _id(record: Record) -> str:
    """Return the file's own id: as it is when it is an absolute URI, else one derived from it; "" when missing."""
    given = text_of(record, "id")
    if not given or urls.absolute_uri(given):
        return given
    record.faults.add(
        "warning",
        "not an absolute URI",
        "An id was derived from it. Write it as urn:uuid:… or tag:….",
        line=record.named["id"].line,
        field=f"{record.prefix}id",
        value=given,
    )
    return urls.story_id(given)


def _kind(record: Record) -> Kind:
    """Read type; what is none of the three is an article."""
    node = scalar(record, "type")
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
    node = record.present.get("heat")
    if isinstance(node, Text) and node.value.strip() in ("-1", "-1.0"):
        return None, True
    return number_of(record, "heat", HEAT), False


def _says_auto(record: Record) -> bool:
    return is_auto(record.present.get("published"))


def _hidden(record: Record) -> bool:
    """Read published. What is neither yes nor no hides the story: a hidden one does no harm, an exposed one might."""
    node = record.present.get("published")
    said = fields.flag(node) if isinstance(node, Text) else None
    if node is None or said is not None or is_auto(node):
        return said is False
    record.faults.add(
        "error",
        "neither yes nor no",
        "Story hidden, to be safe. Write true, false or auto; the date is publishedDateTime.",
        line=node.line,
        field=f"{record.prefix}published",
        value=node.value if isinstance(node, Text) else "",
    )
    return True


def _hand(record: Record, key: str) -> bool:
    """Read solo, pin or lead: the editor's hand on a file's own story. What is neither yes nor no is no."""
    node = None if record.mention else record.present.get(key)
    if node is None:
        return False
    said = fields.flag(node) if isinstance(node, Text) else None
    if said is None:
        record.faults.add(
            "warning",
            "neither yes nor no",
            "Ignored. Write true or false.",
            line=node.line,
            field=key,
            value=node.value if isinstance(node, Text) else "",
        )
    return bool(said)


def _provider(record: Record, host: str) -> Provider | None:
    """Read the publisher; what it does not say of itself is told by the host of the story's address."""
    node = record.present.get("provider")
    if isinstance(node, Text):  # a name alone
        name = fields.prose(node.value, faults=record.faults)
        return Provider(name=name, domain=host) if name else None
    if isinstance(node, Items):
        wrong_kind(record, "provider", node, "its name and domain belong")
    if not isinstance(node, Mapping):
        return Provider(name=host, domain=host) if host else None
    return _publisher(node) or _described(within(record, "provider", node, known=PROVIDER), host)


def _described(inner: Record, host: str) -> Provider | None:
    """Read the fields of a publisher; None where they, and the host of the story's address, tell nothing."""
    given = scalar(inner, "domain")
    domain = fields.domain(given, field=f"{inner.prefix}domain", faults=inner.faults) if given else ""
    name = text_of(inner, "name") or domain or host
    return Provider(name=name, domain=domain or host, images=_images(inner)) if name else None


# Strategy: a few hundred publishers write nearly all stories, and most mentions say of theirs just a name and a
# domain. What these two mean is worked out once, as long as nothing has to be told about them.
def _publisher(node: Mapping) -> Provider | None:
    """Return a publisher that has a name and a domain, nothing else and no fault; None for any other."""
    if node.entries.keys() != NAME_AND_DOMAIN:
        return None
    name, domain = node.entries["name"], node.entries["domain"]
    if not isinstance(name, Text) or not isinstance(domain, Text) or name.null or domain.null:
        return None
    short = len(name.value) + len(domain.value) <= MAX_REMEMBERED
    return _named_publisher(name.value, domain.value) if short else None


@lru_cache(maxsize=1024)
def _named_publisher(name: str, domain: str) -> Provider | None:
    faults = Faults("")
    written = Mapping({"name": Text(name), "domain": Text(domain)})
    provider = _described(record_of(written, faults=faults, zone=UTC, known=PROVIDER), "")
    return provider if provider and provider.domain and not faults.problems() else None


def _images(record: Record) -> tuple[Image, ...]:
    """Read a list of pictures, each once; an address alone is a picture too."""
    images: dict[str, Image] = {}
    for index, entry in enumerate(entries_of(record, "images"), 1):
        name = f"images[{index}]"
        if isinstance(entry, Text):
            url = "" if entry.null else fields.address(entry, field=record.prefix + name, faults=record.faults)
            image = Image(url=url)
        elif isinstance(entry, Mapping):
            image = _image(within(record, name, entry, known=PICTURE))
        else:
            wrong_kind(record, name, entry, "a picture's url belongs")
            continue
        if image.url:
            images.setdefault(image.url, image)
    return tuple(images.values())


def _image(record: Record) -> Image:
    """Read one picture; its url is "" when it has none."""
    given = scalar(record, "url")
    if given is None:
        record.faults.add(
            "warning", "a picture without an address", "Ignored.", line=record.fields.line, field=f"{record.prefix}url"
        )
        return Image(url="")
    return Image(
        url=fields.address(given, field=f"{record.prefix}url", faults=record.faults),
        width=number_of(record, "width", PIXELS),
        height=number_of(record, "height", PIXELS),
        alt=text_of(record, "title") or text_of(record, "alt"),
    )


def _related(record: Record, *, names: tuple[str, ...], topics: tuple[str, ...], whole: bool) -> tuple[Story, ...]:
    """
    Read the `related` list of a file's story; an entry without topics is about the story's.

    Args:
        names, topics: of the story.
        whole: there is a story; the list of one that is skipped is read for its problems.

    Returns:
        Each mention once, without those that are the story itself; a note tells of what is left out.
    """
    node = record.present.get("related")
    if node is None:
        return ()
    if not isinstance(node, Items):
        wrong_kind(record, "related", node, "a list of stories belongs")
        return ()
    own = frozenset(names if whole else ())
    mentions: dict[str, Story] = {}
    for index, entry in enumerate(node.nodes, 1):
        name = f"related[{index}]"
        if not isinstance(entry, Mapping):
            wrong_kind(record, name, entry, "the fields of a story belong")
            continue
        found = story(within(record, name, entry, known=STORY), path="", topics=topics)
        if found is None:
            continue
        if not own.isdisjoint(found.names):
            _left_out(record, name, entry, "the story itself, under this or another address", found.url)
        elif found.id in mentions:
            _left_out(record, name, entry, "a story that this list has already", found.url)
        else:
            mentions[found.id] = found
    return tuple(mentions.values())


def _left_out(record: Record, name: str, entry: Mapping, fault: str, url: str) -> None:
    """Say that a mention adds nothing."""
    remedy = "Left out. Nothing to do; removing the entry ends this note."
    record.faults.add("note", fault, remedy, line=entry.line, field=record.prefix + name, value=url)


def _language(record: Record) -> str:
    """Read language, or lang."""
    key = "language" if "language" in record.present else "lang"
    node = scalar(record, key)
    return fields.language(node, field=record.prefix + key, faults=record.faults) if node else ""


def _facts(record: Record) -> Facts:
    """Read the facts of an incident; lists may be written on one line with ";" between."""
    node = scalar(record, "occurred")
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
        lists[fact] = fields.unique(name for entry in names_of(record, key) for name in fields.listed(entry))
    return Facts(occurred=occurred, **lists)


def _extra(record: Record, *, incident: bool) -> tuple[tuple[str, str], ...]:
    """Return the fields that mean nothing here, sorted: text as it is, anything else as JSON."""
    if not record.others:
        return ()
    facts = {"occurred", *FACT_LISTS} if incident else set()
    extra = {}
    for key, node in record.fields.entries.items():
        name = STORY.by_lower.get(key.lower(), key)
        if name in KNOWN or name in facts:
            continue
        plain = untyped(node)
        written = plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
        extra[text.one_line(record.faults.mend(key))] = record.faults.mend(written)
    return tuple(sorted(extra.items()))
