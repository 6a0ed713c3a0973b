"""One item of somebody's feed made safe: plain text, clean HTML, absolute addresses, dates in UTC."""

import html
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import urljoin

from frtfeed import markup
from frtfeed.model import When
from frtfeed.parse.faults import Faults
from frtfeed.records import Struct
from frtfeed.sources import FeedItem
from frtfeed.text import excerpt, one_line, printable
from frtfeed.times import parse_when
from frtfeed.urls import canonical, domain_of

__all__ = ["RawImage", "RawItem", "address", "finished", "label"]

TITLE_CHARACTERS = 500  # the longest headline of 4,958 stories has 243
SUMMARY_CHARACTERS = 2000  # three paragraphs; excerpts are shortened again where they are shown
CONTENT_CHARACTERS = 2**18  # a long read is 60,000; a page that holds a book is no story
MAX_NAMES = 50  # authors or categories: more is a feed's error
CLOCK_SKEW = timedelta(hours=24)  # a date without its zone is up to 14 hours off
GUID_CHARACTERS = 1000
OUTSIDE = "".join(map(chr, range(0x21))) + "\x7f\xa0\u200b\ufeff"
# "Tue, 03 Jun 2008 11:05:30 EST": zones that RFC 5322 §4.3 does not know are guessed as UTC.
UNKNOWN_ZONE = re.compile(r"\s+\(?[A-Z]{2,5}\)?$")


class RawImage(Struct, frozen=True, kw_only=True):
    """A picture as a feed names it."""

    url: str
    width: str = ""
    height: str = ""


class RawItem(Struct, frozen=True, kw_only=True):
    """
    An item as a feed has it, whatever the format; nothing in it is to be trusted.

    base: what relative addresses are resolved against. based: the format or the feed says so; else
        those within the text are meant from the item's own page.
    named: the guid is the feed's own, no parser's.
    permalink: the guid is an address.
    title_is_text: "<b>" in the title is to be read, not a tag.
    published, updated: candidates, the best first.
    summary, content: HTML.
    """

    base: str
    based: bool = False
    guid: str = ""
    named: bool = True
    permalink: bool = True
    url: str = ""
    title: str = ""
    title_is_text: bool = False
    summary: str = ""
    content: str = ""
    authors: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    images: tuple[RawImage, ...] = ()
    categories: tuple[str, ...] = ()
    language: str = ""
    source_title: str = ""
    source_url: str = ""


def finished(raw: RawItem, *, number: int, now: datetime, faults: Faults) -> FeedItem | None:
    """
    Make an item safe to keep; None, with a problem, when it tells nothing.

    Args:
        number: its place in the feed, from 1, for problems.
        now: a date more than a day later is kept and noted.
    """
    url = address(raw.url, base=raw.base) or (address(raw.guid, base="") if raw.permalink else "")
    title = excerpt(raw.title if raw.title_is_text else label(raw.title[:CONTENT_CHARACTERS]), limit=TITLE_CHARACTERS)
    title = faults.mend(title)
    content = _content(raw.content, base=raw.base if raw.based else url or raw.base)
    told = (raw.summary or raw.content)[:CONTENT_CHARACTERS]
    summary = faults.mend(excerpt(label(told), limit=SUMMARY_CHARACTERS))
    place = f"item {number}"
    if not (url or title or summary):
        faults.add("warning", "an item without title, link and text", "Skipped.", field=place)
        return None
    if not title:
        faults.add("note", "an item without a title", "Its text stands in.", field=place, value=url)
    if raw.url.strip() and not url:
        faults.add("warning", "not an http or https address", "The link is dropped.", field=place, value=raw.url)
    published, updated = (_date(each, place=place, faults=faults) for each in (raw.published, raw.updated))
    if published is not None and published.at > now + CLOCK_SKEW:
        faults.add(
            "note",
            "dated in the future",
            "Its story is dated when it was first seen, until that day comes.",
            field=place,
            value=published.at.isoformat(),
        )
    image_url, image = _best(raw.images, base=raw.base)
    return FeedItem(
        guid=_guid(raw, url=url, title=title, summary=summary),
        url=url,
        title=title,
        summary=summary,
        content_html=content,
        authors=_names(raw.authors),
        published=published,
        updated=updated,
        image_url=image_url,
        image_width=_pixels(image.width),
        image_height=_pixels(image.height),
        categories=_names(raw.categories),
        language=one_line(raw.language)[:35],  # RFC 5646 §4.4.1
        provider=excerpt(label(raw.source_title), limit=TITLE_CHARACTERS),
        provider_domain=domain_of(address(raw.source_url, base=raw.base)),
    )


def label(text: str) -> str:
    """Return a short text without its markup, on one line."""
    return one_line(printable(markup.plain(text)))


def address(url: str, *, base: str) -> str:
    """Return an absolute http or https address; "" for any other, however it is spelt."""
    if not url:
        return ""
    # As a browser reads it (WHATWG URL Standard §4.4), so that "java&#10;script:" is seen for what it is.
    url = re.sub(r"[\t\n\r]+", "", html.unescape(url)).strip(OUTSIDE).replace(" ", "%20")
    try:
        whole = urljoin(base, url) if url else ""
    except ValueError:
        return ""
    return whole if canonical(whole) else ""


def _content(content: str, *, base: str) -> str:
    if len(content) > CONTENT_CHARACTERS:
        return ""  # cut in two it would be another text; the summary stands for it
    if not content.strip():
        return ""
    try:
        cleaned = markup.clean(content, base=base).html
    except ValueError:  # a base that nh3 cannot read, though a browser might: relative links lead nowhere
        cleaned = markup.clean(content).html
    return cleaned if len(cleaned) <= CONTENT_CHARACTERS else ""  # "&" becomes "&amp;", tags are closed


def _guid(raw: RawItem, *, url: str, title: str, summary: str) -> str:
    guid = one_line(printable(raw.guid))
    if 0 < len(guid) <= GUID_CHARACTERS:
        return guid
    told = "\n".join((guid, title, summary))
    return url or f"sha256:{sha256(told.encode()).hexdigest()}"


def _date(candidates: Iterable[str], *, place: str, faults: Faults) -> When | None:
    """Read the first date that is one; note it when none is."""
    written = [text.strip() for text in candidates if text.strip()]
    for text in written:
        for form in (text, UNKNOWN_ZONE.sub("", text)):
            try:
                return parse_when(form, zone=UTC)[0]
            except ValueError:
                continue
    if written:
        faults.add("note", "not a date", "The item counts as undated.", field=place, value=written[0])
    return None


def _best(images: Iterable[RawImage], *, base: str) -> tuple[str, RawImage]:
    """Return the widest picture with an address, and that; the first where none gives its width."""
    usable = [(url, image) for image in images if (url := address(image.url, base=base))]
    return max(usable, key=lambda each: _pixels(each[1].width) or 0, default=("", RawImage(url="")))


def _pixels(text: str) -> int | None:
    return int(text) if text.isdecimal() and 0 < len(text) < 6 and int(text) else None


def _names(names: Iterable[str]) -> tuple[str, ...]:
    """Return names as plain text, each once, in order."""
    plain = (excerpt(label(name), limit=200) for name in names)
    return tuple(dict.fromkeys(name for name in plain if name))[:MAX_NAMES]
