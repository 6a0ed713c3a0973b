"""
OPML 2.0 (opml.org/spec2.opml): a list of subscriptions, read and written.

The standard library's XML is enough: the format is elements and attributes.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit, urlunsplit
from xml.etree import ElementTree as ET

from frtfeed.model import Problem
from frtfeed.parse.faults import Faults
from frtfeed.parse.feed_item import address, label
from frtfeed.parse.feed_xml import NotXmlError, defused
from frtfeed.records import replace
from frtfeed.sources import Source
from frtfeed.text import one_line, printable
from frtfeed.urls import canonical, domain_of, slug

__all__ = ["free_key", "parse", "plain_address", "shown_address", "unparse", "with_own_keys"]

MAX_DEPTH = 30  # folders within folders; nobody files deeper
KINDS = ("", "rss", "atom", "link")  # programs write type="rss" for every format, some "atom", some nothing
# Attributes of ours: other programs pass over what they do not know (OPML 2.0, "Extending OPML").
KEY, PAUSED, PUBLISH = "frtfeedKey", "frtfeedPaused", "frtfeedPublish"
# "feed://host/path" and "feed:https://host/path": how browsers once handed a feed to a reader.
FEED_SCHEME = re.compile(r"\s*feed:(?:(?P<web>https?://)|//)", re.IGNORECASE)
PUBLISH_WORDS: dict[str, Literal["review", "auto", ""]] = {"review": "review", "auto": "auto"}


def parse(content: bytes, *, path: str) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
    """
    Read subscriptions; the folders that one lies in become its topics, outermost first.

    A feed in several folders is one source with all their topics. `category` attributes count
    as folders, too.

    Args:
        path: of the file, for problems.

    Returns:
        The sources in the file's order, unique by canonical address and by key; and every problem.
    """
    faults = Faults(path)
    try:
        root = ET.fromstring(defused(content, content_type="", max_depth=MAX_DEPTH).text)  # noqa: S314  no DTD is left
    except (NotXmlError, ET.ParseError) as error:
        faults.add("error", f"not OPML: {error}", "Nothing is read from it. Export the file again.")
        return (), faults.problems()
    body = root.find("body")
    if root.tag.lower() != "opml" or body is None:
        faults.add("error", "not OPML: no <body> in <opml>", "Nothing is read from it. Export the file again.")
        return (), faults.problems()
    found: dict[str, Source] = {}
    for source in _sources(body, (), faults):
        name = canonical(source.url)
        earlier = found.get(name)
        found[name] = source if earlier is None else _with_topics(earlier, source.topics)
    return with_own_keys(found.values()), faults.problems()


def unparse(sources: Iterable[Source], *, title: str, now: datetime) -> bytes:
    """
    Write subscriptions: a folder for each topic, and each source once.

    A source with several topics lies in the folder of the first and names all in `category`.
    Rules have no place in OPML and are left out, and so are names and passwords in addresses: lists
    of feeds are passed on.

    Args:
        sources: their order is kept within each folder; folders come in the order of their first source.
    """
    root = ET.Element("opml", version="2.0")
    head = ET.SubElement(root, "head")
    ET.SubElement(head, "title").text = one_line(printable(title))
    ET.SubElement(head, "dateCreated").text = now.astimezone(UTC).strftime("%d %b %Y %H:%M:%S GMT")
    body = ET.SubElement(root, "body")
    folders: dict[str, ET.Element] = {"": body}
    for source in sources:
        topic = one_line(printable(source.topics[0])) if source.topics else ""
        if topic not in folders:
            folders[topic] = ET.SubElement(body, "outline", text=topic, title=topic)
        ET.SubElement(folders[topic], "outline", _attributes(source))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'.encode()


def with_own_keys(sources: Iterable[Source], *, taken: Collection[str] = ()) -> tuple[Source, ...]:
    """
    Number the keys that several sources would share: "news", "news-2".

    Args:
        taken: keys that others have.
    """
    keys = set(taken)
    named = []
    for source in sources:
        named.append(replace(source, key=free_key(source.key, keys)))
        keys.add(named[-1].key)
    return tuple(named)


def free_key(key: str, taken: Collection[str]) -> str:
    """Return a key that is not taken, numbered where it must be."""
    number, free = 1, key
    while free in taken:
        number += 1
        free = f"{key}-{number}"
    return free


def plain_address(written: str) -> str:
    """Return the web address that a feed: address stands for, any other as it is."""
    found = FEED_SCHEME.match(written)
    return written if found is None else f"{found['web'] or 'http://'}{written[found.end() :]}"


def shown_address(url: str) -> str:
    """Return an address without the name and the password that may stand in it."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if "@" in parts.netloc else url


def _sources(parent: ET.Element, folders: tuple[str, ...], faults: Faults) -> Iterator[Source]:
    for outline in parent.iterfind("outline"):
        name = label(outline.get("title") or outline.get("text") or "")
        written = outline.get("xmlUrl") or outline.get("xmlurl") or ""
        if not written:
            yield from _sources(outline, (*folders, name) if name else folders, faults)
            continue
        url = address(plain_address(written), base="")
        if not url:
            faults.add("warning", "not an http or https address", "Subscription skipped.", field=name, value=written)
            continue
        if outline.get("type", "").lower() not in KINDS:
            faults.add("note", "not said to be a feed", "Read all the same.", field=name, value=outline.get("type", ""))
        named = (part.strip().strip("/") for part in outline.get("category", "").split(","))
        yield Source(
            key=slug(outline.get(KEY, "")) or slug(name) or slug(domain_of(url)),
            url=url,
            title=name,
            site_url=address(outline.get("htmlUrl", ""), base=""),
            topics=tuple(dict.fromkeys((*folders, *(topic for topic in named if topic)))),
            paused=outline.get(PAUSED) == "true",
            publish=PUBLISH_WORDS.get(outline.get(PUBLISH, ""), ""),
        )


def _with_topics(source: Source, topics: tuple[str, ...]) -> Source:
    return replace(source, topics=tuple(dict.fromkeys((*source.topics, *topics))))


def _attributes(source: Source) -> dict[str, str]:
    """Return an outline's attributes, those of the standard first; text is required by it."""
    shown = one_line(printable(source.title)) or source.key
    attributes = {
        "type": "rss",
        "text": shown,
        "title": shown,
        "xmlUrl": shown_address(source.url),
        "htmlUrl": shown_address(source.site_url),
        "category": ",".join(one_line(printable(topic)) for topic in source.topics) if len(source.topics) > 1 else "",
        KEY: source.key if source.key != slug(shown) else "",
        PAUSED: "true" if source.paused else "",
        PUBLISH: source.publish,
    }
    return {name: value for name, value in attributes.items() if value}
