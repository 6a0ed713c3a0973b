"""
What an Atom feed must satisfy, read from RFC 4287 and the W3C validator's messages, not from our writer.

Names in brackets are the validator's.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from xml.etree import ElementTree as ET

ATOM = "{http://www.w3.org/2005/Atom}"
MEDIA = "{http://search.yahoo.com/mrss/}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
URI = re.compile(r"(https?://[^\s/?#<>\"{}|\\^`]+[^\s<>\"{}|\\^`]*|urn:[a-z0-9-]+:\S+|tag:\S+)")
RELATIVE = re.compile(r"""<[^<>]*\s(?:href|src)=["'](?!https?://|mailto:)""")
ONCE = {"id": (1, 1), "title": (1, 1), "updated": (1, 1)}
AT_MOST = {"rights": (0, 1)}
FEED = ONCE | AT_MOST | {"subtitle": (0, 1), "generator": (0, 1), "icon": (0, 1), "logo": (0, 1)}
ENTRY = ONCE | AT_MOST | {"published": (0, 1), "summary": (0, 1), "content": (0, 1), "source": (0, 1)}
MANY = {"author", "category", "contributor", "link"}


def violations(content: bytes) -> list[str]:
    """Return what is wrong with an Atom document, in its order; raises ParseError if it is not XML."""
    return list(_violations(content))


def _violations(content: bytes) -> Iterator[str]:
    if not re.match(rb"<\?xml version=['\"]1.0['\"] encoding=['\"]UTF-8['\"]\?>", content):
        yield "no XML declaration with UTF-8"
    feed = ET.fromstring(content)  # noqa: S314  our own output
    if feed.tag != f"{ATOM}feed":
        yield f"the root is {feed.tag}"
    entries = feed.findall(f"{ATOM}entry")
    if not feed.get(LANG):
        yield "no xml:lang"
    yield from _counted(feed, FEED | {"entry": (0, len(entries))})
    yield from _linked(feed, "feed")
    if [link.get("rel") for link in feed.findall(f"{ATOM}link")] != ["alternate", "self"]:
        yield "the feed's links are not its page and itself, in this order [MissingSelf]"
    yield from _ids(feed, entries)
    yield from _dates(feed, entries)
    for entry in entries:
        yield from _entry(entry)


def _entry(entry: ET.Element) -> Iterator[str]:
    name = entry.findtext(f"{ATOM}id") or "?"
    yield from _counted(entry, ENTRY)
    yield from _linked(entry, name)
    rels = [link.get("rel") for link in entry.findall(f"{ATOM}link")]
    if rels[:1] != ["alternate"]:
        yield f"{name}: the first link is not the alternate"
    if not entry.findtext(f"{ATOM}author/{ATOM}name"):
        yield f"{name}: no author"
    html = entry.find(f"{ATOM}content")
    if html is None or html.get("type") != "html" or not html.text or RELATIVE.search(html.text):
        yield f"{name}: no content, or a relative address in it [ContainsRelRef]"
    for text in (entry.find(f"{ATOM}title"), entry.find(f"{ATOM}summary")):
        if text is not None and (text.get("type") != "text" or not text.text):
            yield f"{name}: {text.tag} is empty or not plain text"
    for source in entry.findall(f"{ATOM}source"):
        yield from _counted(source, FEED)  # [MissingSourceElement]
    for category in entry.findall(f"{ATOM}category"):
        if not category.get("term"):
            yield f"{name}: a category without a term"
    for picture in entry.iter(f"{MEDIA}thumbnail"):
        sizes = [picture.get(side, "1") for side in ("width", "height")]
        if picture not in list(entry) or not URI.fullmatch(picture.get("url", "")) or not all(map(str.isdigit, sizes)):
            yield f"{name}: a bad thumbnail"


def _counted(element: ET.Element, rules: dict[str, tuple[int, int]]) -> Iterator[str]:
    found = Counter(child.tag.removeprefix(ATOM) for child in element)
    for name, (least, most) in rules.items():
        if not least <= found[name] <= most:
            yield f"{element.tag}: {found[name]} {name}"
    for name in found:
        if name not in rules and name not in MANY and not name.startswith("{"):
            yield f"{element.tag}: {name} is not allowed here"
    for person in element.findall(f"{ATOM}author"):
        if not person.findtext(f"{ATOM}name") or not URI.fullmatch(person.findtext(f"{ATOM}uri", "")):
            yield f"{element.tag}: an author without name or absolute uri"


def _linked(element: ET.Element, name: str) -> Iterator[str]:
    links = element.findall(f"{ATOM}link")
    for link in links:
        if not URI.fullmatch(link.get("href", "")):
            yield f"{name}: not an absolute address: {link.get('href')} [ContainsRelRef]"
    alternates = Counter(
        (link.get("type"), link.get("hreflang")) for link in links if link.get("rel", "alternate") == "alternate"
    )
    if any(count > 1 for count in alternates.values()):
        yield f"{name}: two alternates of one type [DuplicateAtomLink]"
    pairs = Counter((link.get("rel"), link.get("href")) for link in links)
    if any(count > 1 for count in pairs.values()):
        yield f"{name}: one link twice"


def _ids(feed: ET.Element, entries: list[ET.Element]) -> Iterator[str]:
    ids = [element.findtext(f"{ATOM}id") or "" for element in (feed, *entries)]
    for each in ids:
        if not URI.fullmatch(each):
            yield f"not a URI: {each}"
    if len(set(ids)) < len(ids):
        yield "one id twice [DuplicateIds]"


def _dates(feed: ET.Element, entries: list[ET.Element]) -> Iterator[str]:
    dates = [date for name in ("updated", "published") for date in feed.iter(f"{ATOM}{name}")]
    for date in dates:
        if not DATE.fullmatch(date.text or ""):
            yield f"not RFC 3339 in UTC: {date.text}"
    newest = max((_date(entry, "updated") for entry in entries), default=None)
    if newest and newest != _date(feed, "updated"):
        yield "the feed's updated is not its newest entry's"
    for entry in entries:
        if entry.find(f"{ATOM}published") is not None and _date(entry, "published") > _date(entry, "updated"):
            yield f"{entry.findtext(f'{ATOM}id')}: published after updated"


def _date(element: ET.Element, name: str) -> datetime:
    return datetime.fromisoformat(element.findtext(f"{ATOM}{name}") or "")
