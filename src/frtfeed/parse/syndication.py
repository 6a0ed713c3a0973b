"""
RSS 0.9x to 2.0, RSS 1.0, Atom 0.3 and 1.0, JSON Feed: bytes become a FeedDocument.

The only home of fastfeedparser and feedparser.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from itertools import islice, zip_longest
from typing import Any

from frtfeed.model import Severity
from frtfeed.parse.faults import Faults
from frtfeed.parse.feed_item import RawImage, RawItem, address, finished, label
from frtfeed.parse.feed_xml import FeedXml, ItemExtras, NotXmlError, Survey, decoded, defused, survey
from frtfeed.parse.json_feed import NotJsonFeedError, read
from frtfeed.records import Struct, replace
from frtfeed.sources import FeedDocument, FeedItem

__all__ = ["parse"]

# Strategy: our own pass over the text first takes out what is dangerous (feed_xml.defused), then
# expat notes what fastfeedparser 0.6.5 leaves out: xml:base, languages, ttl, self, source elements,
# dates as written, whether an Atom title is text or markup. fastfeedparser brings the rest.
# feedparser is asked where that raises or finds nothing. Nothing of either is believed to be clean.
FEED_ROOTS = ("rss", "feed", "rdf", "channel")
PAGE_ROOTS = ("html", "head", "body")
SLOW_CHARACTERS = 2**20  # 4 s of feedparser at worst, 0.2 s as a rule; of a larger feed fastfeedparser's word counts
PUBLISHED, UPDATED = ("pubDate", "published", "issued", "date"), ("updated", "modified")
# Both parsers document less than they let through when a feed is odd enough.
STUMBLES = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)
YEAR = re.compile(r"\d{4}")
LOST = "Nothing is read from it."
XML_TYPES = ("xml", "rss", "atom", "rdf")


class _RawFeed(Struct, frozen=True, kw_only=True):
    """What either parser found; in_all counts the items that there were, left_out those it never saw."""

    title: str
    site_url: str
    language: str
    self_url: str
    ttl_s: int | None
    items: Iterable[RawItem]
    in_all: int
    base: str
    left_out: int = 0


def parse(
    body: bytes,
    *,
    content_type: str,
    url: str,
    key: str,
    now: datetime,
    max_items: int = 1000,
    max_depth: int = 100,
    short: bool = False,
) -> FeedDocument:
    """
    Read a feed, whatever state it is in. Raises nothing for bad input.

    Args:
        body: decompressed.
        content_type: as the server sent it, "" for none; only its charset is believed.
        url: where the body came from, the base of relative addresses.
        key: the source's, the path of problems.
        now: later dates are kept and noted.
        max_items: the first so many are read.
        max_depth: of elements within elements.
        short: the body is shorter than the server said; noted where nothing else tells of it.

    Returns:
        The items in the feed's order, each guid once. A problem of severity "error" means that
        the feed, or its end, was lost; problems of single items are warnings and notes.
    """
    faults = Faults(key)
    try:
        raw = _read(body, content_type=content_type, url=url, limits=(max_items, max_depth), faults=faults)
    except (NotXmlError, NotJsonFeedError) as error:
        faults.add("error", f"not a feed: {error}", f"{LOST} Open the address in a browser.", value=url)
        return FeedDocument(problems=faults.problems())
    kept = min(max_items, raw.in_all - raw.left_out)
    if raw.in_all > kept:
        faults.add(
            "warning",
            f"{raw.in_all:,} items",
            f"The first {kept:,} are read. Raise max_items in [fetch] for more.",
        )
    if short and not any(problem.severity == "error" for problem in faults.problems()):
        faults.add("note", "shorter than its Content-Length", "It does not break off, and is read.")
    rows = [
        (row, item)
        for number, row in enumerate(islice(raw.items, max_items), 1)
        if (item := finished(row, number=number, now=now, faults=faults))
    ]
    _tell_lacks(rows, faults)
    items = [item for _, item in rows]
    return FeedDocument(
        title=faults.mend(label(raw.title)),
        site_url=address(raw.site_url, base=raw.base),
        language=raw.language.strip()[:35],
        items=tuple(_unique(items, faults)),
        ttl_s=raw.ttl_s,
        self_url=address(raw.self_url, base=raw.base),
        problems=faults.problems(),
    )


def _read(body: bytes, *, content_type: str, url: str, limits: tuple[int, int], faults: Faults) -> _RawFeed:
    """Tell JSON from XML by the first character, and read either."""
    max_items, max_depth = limits
    if not body.strip(b" \t\r\n\x00"):
        raise NotXmlError("an empty answer")
    if body.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")[:1] in (b"{", b"["):
        text, encoding, _ = decoded(body, content_type="")
        if encoding == "cp1252":
            faults.add("note", "not UTF-8", "Read as cp1252.")
        feed = read(text, url=url, max_items=max_items)
        return _RawFeed(
            title=feed.title,
            site_url=feed.site_url,
            language=feed.language,
            self_url=feed.self_url,
            ttl_s=None,
            items=feed.items,
            in_all=feed.in_all,
            base=url,
        )
    xml = defused(body, content_type=content_type, max_depth=max_depth, max_items=max_items)
    _tell(xml, content_type, faults)
    if xml.root not in FEED_ROOTS:
        raise NotXmlError("a web page (HTML)" if xml.root in PAGE_ROOTS else "neither RSS, Atom nor JSON Feed")
    found = _read_xml(xml.text, url=url, faults=faults)
    return replace(found, in_all=found.in_all + xml.left_out, left_out=xml.left_out)


def _read_xml(text: str, *, url: str, faults: Faults) -> _RawFeed:
    found = survey(text, url=url)
    feed = _by_fastfeedparser(text, found, url=url)
    if feed is None and len(text) > SLOW_CHARACTERS:
        raise NotXmlError("too damaged for its size")
    if feed is None or (found.broken and not found.cut and len(text) <= SLOW_CHARACTERS):
        # libxml2 goes on after an error as it thinks best, and may swallow what follows.
        slow = _by_feedparser(text, found, url=url)
        feed = slow if feed is None or slow.in_all > feed.in_all else feed
    if found.broken:
        severity: Severity = "error" if found.cut or not feed.in_all else "warning"
        what = "breaks off" if found.cut else "not well-formed XML"
        faults.add(severity, f"{what}: {found.broken}", "What could be read is kept.")
    return feed


def _tell(xml: FeedXml, content_type: str, faults: Faults) -> None:
    """Note what is odd about a feed that can be read all the same."""
    if xml.entities:
        faults.add("warning", "declares entities of its own", "They are not resolved.")
    if xml.expected and xml.encoding != xml.expected:
        faults.add("note", f"says {xml.expected}, and is not", f"Read as {xml.encoding}.")
    elif not xml.expected and xml.encoding == "cp1252":
        faults.add("note", "names no encoding, and is not UTF-8", "Read as cp1252.")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type and not any(word in media_type for word in XML_TYPES):
        faults.add("note", "sent as something else than a feed", "Read as the feed that it is.", value=media_type)


def _tell_lacks(rows: Sequence[tuple[RawItem, FeedItem]], faults: Faults) -> None:
    """Note once for the feed, with their number, which items come without a date, a guid or a link."""
    undated = sum(not any(text.strip() for text in (*raw.published, *raw.updated)) for raw, _ in rows)
    unnamed = sum(not (raw.named and raw.guid.strip()) for raw, _ in rows)
    unlinked = sum(not raw.url.strip() and not item.url for raw, item in rows)
    for number, what, remedy in (
        (undated, "date", "Dated when first seen."),
        (unnamed, "guid", "The address stands in, else a digest of the text."),
        (unlinked, "link", "Kept without one."),
    ):
        if number:
            faults.add("note", f"{number:,} {'item' if number == 1 else 'items'} without a {what}", remedy)


def _by_fastfeedparser(text: str, found: Survey, *, url: str) -> _RawFeed | None:
    """Ask fastfeedparser; None where it raises or finds nothing."""
    import fastfeedparser

    try:
        feed = fastfeedparser.parse(text.encode())  # bytes: a text that begins with "http" would be fetched
    except STUMBLES:
        return None
    entries = feed["entries"]
    if not entries:
        return None
    if found.cut:  # the last one is incomplete, and would be taken for a story that has changed
        entries = entries[: len(found.items)]
    extras = found.items if len(found.items) == len(entries) else []
    return _feed(feed["feed"], entries, extras, found, url=url, item=_from_fast)


def _feed(
    head: Mapping[str, Any],
    entries: Sequence[Mapping[str, Any]],
    extras: Sequence[ItemExtras],
    found: Survey,
    *,
    url: str,
    item: Callable[..., RawItem],
) -> _RawFeed:
    """Put together what a parser found and what the survey found; extras: one for each entry, or none."""
    site_url = head.get("link") or ""
    base = found.base
    if base == url and not found.atom:  # RSS has no rule; a feed may live far from the site that it is of
        base = address(site_url, base=url) or url
    spare = ItemExtras(base=url, language="", named=True)
    return _RawFeed(
        title=head.get("title") or "",
        site_url=site_url,
        language=found.texts.get("language", "") or found.language or head.get("language") or "",
        self_url=found.self_url,
        ttl_s=found.ttl_s,
        items=(
            item(entry, extra, base=base if extra.base == url else extra.base, based=found.atom or extra.base != url)
            for entry, extra in zip_longest(entries, extras, fillvalue=spare)
        ),
        in_all=len(entries),
        base=base,
    )


def _from_fast(entry: Mapping[str, Any], extra: ItemExtras, *, base: str, based: bool) -> RawItem:
    texts = extra.texts
    guid = entry.get("id") or ""
    content = next((each.get("value") or "" for each in entry.get("content") or ()), "")
    return RawItem(
        base=base,
        based=based,
        guid=guid,
        named=extra.named or guid != entry.get("link"),  # where there is none, fastfeedparser takes the link for one
        permalink=extra.permalink,
        url=_link(entry),
        title=entry.get("title") or "",
        title_is_text=extra.title_type == "text",
        # Where there is none, fastfeedparser makes one of the content's start, words and points apart.
        summary=entry.get("description") or "" if extra.summarised or not content else "",
        content=content,
        authors=tuple(extra.authors) or tuple(each.get("name") or "" for each in entry.get("authors") or ()),
        published=_dates(texts, PUBLISHED, entry.get("published")),
        updated=_dates(texts, UPDATED, entry.get("updated")),
        images=tuple(_images((*extra.images, *_media(entry)))),
        categories=tuple(_terms(entry)),
        language=texts.get("language", "") or extra.language,
        source_title=texts.get("sourceTitle", "") or texts.get("source", ""),
        source_url=extra.source_url,
    )


def _dates(texts: Mapping[str, str], names: tuple[str, ...], read: str | None) -> tuple[str, ...]:
    """
    Return what may be the date, the text as written first: only that says how exact it is.

    The parser's own reading comes last, and only of a text that holds a year: it fills what is
    missing from today's date.
    """
    written = [texts[name] for name in names if name in texts]
    trusted = read and (not texts or any(YEAR.search(text) for text in written))
    return (*written, read) if trusted and read else tuple(written)


def _by_feedparser(text: str, found: Survey, *, url: str) -> _RawFeed:
    """Ask feedparser, slow and forgiving."""
    import feedparser

    # A stream: it would take a text for an address or a file name. Addresses and markup are ours to clean.
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        feed = feedparser.parse(
            BytesIO(text.encode()), sanitize_html=False, resolve_relative_uris=False, response_headers=headers
        )
    except STUMBLES as error:
        raise NotXmlError(f"no parser can read it: {error}") from error
    entries = feed["entries"][: len(found.items)] if found.cut else feed["entries"]
    extras = found.items if len(found.items) == len(entries) else []
    return _feed(feed["feed"], entries, extras, found, url=url, item=_from_slow)


def _from_slow(entry: dict[str, Any], extra: ItemExtras, *, base: str, based: bool) -> RawItem:
    source = entry.get("source") or {}
    return RawItem(
        base=base,
        based=based,
        guid=entry.get("id") or "",
        permalink=bool(entry.get("guidislink", extra.permalink)),
        url=_link(entry),
        title=entry.get("title") or "",
        title_is_text=extra.title_type == "text",
        summary=entry.get("summary") or "",
        content=next((each.get("value") or "" for each in entry.get("content") or ()), ""),
        authors=tuple(each.get("name") or "" for each in entry.get("authors") or () if each),
        # As a plain mapping: feedparser's own get() gives one date for the other, and warns of it.
        published=_dates(extra.texts, PUBLISHED, dict.get(entry, "published")),
        updated=_dates(extra.texts, UPDATED, dict.get(entry, "updated")),
        images=tuple(_images((*extra.images, *_media(entry)))),
        categories=tuple(_terms(entry)),
        language=extra.texts.get("language", "") or extra.language,
        source_title=source.get("title") or extra.texts.get("source", ""),
        source_url=source.get("href") or extra.source_url,
    )


def _link(entry: Mapping[str, Any]) -> str:
    """Return the address of the story itself: the first alternate link that is a page, else any link."""
    links = [each for each in entry.get("links") or () if each.get("href")]
    pages = [each["href"] for each in links if (each.get("rel") or "alternate") == "alternate"]
    return str(entry.get("link") or next(iter(pages), ""))


def _media(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return whatever an entry carries beside its text, pictures and others."""
    return [
        each
        for name in ("media_content", "media_thumbnail", "enclosures", "links")
        for each in entry.get(name) or ()
        if name != "links" or each.get("rel") == "enclosure"
    ]


def _images(media: Iterable[Mapping[str, Any]]) -> Iterable[RawImage]:
    for each in media:
        kind = str(each.get("type") or "")
        picture = kind.startswith("image/") or each.get("medium") == "image" or each.get("element") == "thumbnail"
        url = str(each.get("url") or each.get("href") or "")
        bare = each.get("element") is None and not kind and not each.get("medium") and "url" in each
        if url and (picture or (bare and _names_a_picture(url))):
            yield RawImage(url=url, width=str(each.get("width") or ""), height=str(each.get("height") or ""))


def _names_a_picture(url: str) -> bool:
    return url.partition("?")[0].lower().endswith((".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif"))


def _terms(entry: Mapping[str, Any]) -> Iterable[str]:
    for tag in entry.get("tags") or ():
        yield tag.get("label") or tag.get("term") or ""


def _unique(items: Iterable[FeedItem], faults: Faults) -> Iterable[FeedItem]:
    """
    Yield each guid once, the first time.

    A guid on two addresses is no guid: publishers who give every item the same are told apart
    by the addresses, as a reader would.
    """
    seen: dict[str, str] = {}
    for item in items:
        if item.guid not in seen:
            seen[item.guid] = item.url
            yield item
            continue
        other = item.url and item.url != seen[item.guid] and item.url not in seen
        kept = "Kept under its address." if other else "The first is kept."
        faults.add("note", "the same guid twice", kept, field="guid", value=item.guid)
        if other:
            seen[item.url] = item.url
            yield replace(item, guid=item.url)
