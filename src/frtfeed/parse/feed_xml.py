"""
What a feed's bytes are before any XML parser sees them: text in the right encoding, without traps;
and what the XML says that fastfeedparser leaves out.
"""

import codecs
import html
import re
from collections.abc import Iterator
from html.entities import html5
from urllib.parse import urljoin
from xml.parsers import expat

from frtfeed.records import Struct, field
from frtfeed.text import BOMS, printable

__all__ = ["FeedXml", "ItemExtras", "NotXmlError", "Survey", "decoded", "defused", "survey"]

DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._-]+)""", re.IGNORECASE)
# Two bytes a character and no mark: which of "<" and NUL comes first tells the order.
UNMARKED = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
# These write every character in 7 bits: their bytes are good UTF-8 and mean something else.
SEVEN_BIT = ("iso-2022", "iso2022", "hz", "utf-7")
# XML 1.0 §2.8. Possessive: text that is none costs one pass.
DOCTYPE = re.compile(
    r"<!DOCTYPE(?:[^\[>\"']++|\"[^\"]*+\"|'[^']*+')*+(?:\[(?P<subset>(?:[^\]\"'<]++|\"[^\"]*+\"|'[^']*+'|<!--.*?-->|<)*+)\]\s*+)?>",
    re.IGNORECASE | re.DOTALL,
)
MAX_DOCTYPE_CHARACTERS = 2**14  # the longest one seen has 2,000; what may lie within makes it slow to tell the end
# What may stand before the root: declaration, comments, instructions; and what a server lets slip out.
BEFORE_ROOT = re.compile(r"(?:[^<]++|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
# What a parser stumbles over: a bare "&", a name that only HTML knows, the number of a character
# that XML forbids. A CDATA section is matched as a whole and stays as it is.
REFERENCE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!(?:amp|lt|gt|quot|apos);)(?:([A-Za-z][A-Za-z0-9]{1,31});|#(\d{1,7});|#[xX]([0-9a-fA-F]{1,6});)?",
    re.DOTALL,
)
TAG = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<(/?)[A-Za-z_](?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+>", re.DOTALL
)
# Parsers compare each attribute with every other, and hold the interpreter meanwhile: 80,000 take 8 s.
MAX_ATTRIBUTES = 200  # feeds have 10 to an element
ATTRIBUTED = re.compile(
    r"""<(?:(!\[CDATA\[|!--|\?(?=[^\W\d]|:))|[^\s<>/=!?]++(?:\s*+[^\s"'<>/=]++\s*+=\s*+(?:"[^"]*+"|'[^']*+'))++)"""
)
ENDS = {"![CDATA[": "]]>", "!--": "-->", "?": "?>"}  # of what holds no elements, however much it looks like them
ATTRIBUTE = re.compile(r"""=\s*+(?:"[^"]*+"|'[^']*+')""")
ITEM_TAG = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<(/?)((?:[a-z_][\w.-]*:)?(?:item|entry))(?=[\s/>])[^<>]*+>",
    re.DOTALL | re.IGNORECASE,
)
# Begins within an item that do not count, for each item that may be read: else one strange item holds all others.
WITHIN_ITEM = 4
MAX_CODE = 0x10FFFF
CUT_OFF = frozenset(("no element found", "unclosed token", "unclosed CDATA section", "partial character"))

ATOM = ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#")
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
SYNDICATION = "http://purl.org/rss/1.0/modules/syndication/"
XML = "http://www.w3.org/XML/1998/namespace"
XML_BASE, XML_LANG = f"{XML} base", f"{XML} lang"
MEDIA = "http://search.yahoo.com/mrss/"
ITEM = ("item", "entry")
PERIODS_S = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000, "yearly": 31536000}
KEPT = frozenset(  # elements whose text is wanted, of the feed or of an item
    "pubDate published issued updated modified date language ttl updatePeriod updateFrequency guid source".split()
)


class NotXmlError(ValueError):
    """Bytes that no feed can be read from; says why in a few words."""


class FeedXml(Struct, frozen=True, kw_only=True):
    """
    A feed's text, safe to hand to an XML parser: from its root on, without DTD and forbidden characters.

    root: its name without prefix, in lower case.
    encoding: what it was read as. expected: what it said that it was, "" when it said nothing.
    entities: it declares entities of its own, which are not resolved.
    left_out: how many items are not in the text any more.
    """

    text: str
    root: str
    encoding: str
    expected: str
    entities: bool
    left_out: int = 0


class ItemExtras(Struct, kw_only=True):
    """
    What the XML says of one item beside what fastfeedparser returns.

    texts: by element's local name, the first of each. summarised, named: it has a summary, a guid of its own.
    """

    base: str
    language: str
    texts: dict[str, str] = field(default_factory=dict)
    authors: list[str] = field(default_factory=list)
    summarised: bool = False
    named: bool = False
    permalink: bool = True
    title_type: str = ""
    source_title: str = ""
    source_url: str = ""
    images: list[dict[str, str]] = field(default_factory=list)


class Survey(Struct, kw_only=True):
    """
    What the XML says of a feed and its items.

    atom: it is Atom, where relative addresses have a rule of their own.
    items: those that are complete, in order.
    broken: where and why the XML ends early, "" when it is well-formed. cut: nothing follows that place.
    """

    base: str
    language: str = ""
    self_url: str = ""
    atom: bool = False
    texts: dict[str, str] = field(default_factory=dict)
    items: list[ItemExtras] = field(default_factory=list)
    broken: str = ""
    cut: bool = False

    @property
    def ttl_s(self) -> int | None:
        """How long the feed asks to be left alone (RSS ttl in minutes; RSS 1.0 syndication module)."""
        ttl = self.texts.get("ttl", "").strip()
        if ttl.isdecimal() and len(ttl) < 9:
            return int(ttl) * 60
        period = PERIODS_S.get(self.texts.get("updatePeriod", "").strip().lower())
        frequency = self.texts.get("updateFrequency", "1").strip()
        if period is None or not frequency.isdecimal() or len(frequency) > 9:
            return None
        return period // max(1, int(frequency))


def decoded(content: bytes, *, content_type: str) -> tuple[str, str, str]:
    """
    Read a feed's bytes as text: its mark, then UTF-8 if it is that, then what it says, then cp1252.

    What is good UTF-8 and more than ASCII is UTF-8, whatever is declared: a wrong declaration is
    common, an accident of that kind is not.

    Returns:
        The text, the encoding it was read as, and the one that was declared ("" for none).
    """
    charset = CHARSET.search(content_type)
    declaration = DECLARED.match(content[:400].lstrip(b"\xef\xbb\xbf"))
    expected = _known(declaration[1].decode("ascii") if declaration else "") or _known(charset[1] if charset else "")
    for mark, name in BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, errors="replace"), name, expected or name
    start = content[:64].lstrip(b" \t\r\n")
    for mark, name in UNMARKED:
        if start.startswith(mark):
            return content.decode(name, errors="replace"), name, expected or name
    if not expected.startswith(SEVEN_BIT):
        try:
            return content.decode(), "utf-8", expected
        except UnicodeDecodeError:
            pass
    if expected and not expected.startswith(("utf-16", "utf-32", "utf-8")):
        # HTML's rule for old labels (WHATWG Encoding Standard §4.2): latin-1 means cp1252.
        name = "cp1252" if expected in ("iso8859-1", "ascii") else expected
        return content.decode(name, errors="replace"), name, name
    return content.decode("cp1252", errors="replace"), "cp1252", expected


def defused(content: bytes, *, content_type: str, max_depth: int, max_items: int | None = None) -> FeedXml:
    """
    Make a feed's bytes safe for an XML parser.

    The DTD goes, and with it every entity it declares: nothing is expanded, nothing is fetched.
    The names that HTML gives to characters become those characters, as readers show them.
    Items after the first max_items go.

    Raises:
        NotXmlError: nothing there, no end to the DTD, elements nested deeper than max_depth, or
            one with more than 200 attributes.
    """
    text, encoding, expected = decoded(content, content_type=content_type)
    if not text.strip():
        raise NotXmlError("an empty answer")
    text, entities = _from_root(text)
    root = ROOT.match(text)
    if root is None:
        raise NotXmlError("neither XML nor JSON")
    text, left_out = _first_items(text, max_items)
    text = REFERENCE.sub(_character, printable(text)).strip()
    if any(len(ATTRIBUTE.findall(tag)) > MAX_ATTRIBUTES for tag in _attributed(text) if len(tag) > MAX_ATTRIBUTES):
        raise NotXmlError(f"an element with more than {MAX_ATTRIBUTES} attributes")
    if _deeper(text, max_depth):
        raise NotXmlError(f"elements nested more than {max_depth} deep")
    return FeedXml(
        text=text, root=root[1].lower(), encoding=encoding, expected=expected, entities=entities, left_out=left_out
    )


def survey(text: str, *, url: str) -> Survey:
    """
    Read from a feed what fastfeedparser leaves out, as far as the XML is well-formed.

    Args:
        text: as defused() returns it.
        url: where the feed was found, the base of all others (RFC 3986 §5.1).
    """
    reader = _Reader(url)
    parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code) or "not well-formed"
        reader.found.broken = f"{reason} at line {error.lineno}"
        reader.found.cut = reason in CUT_OFF
    return reader.found


class _Reader:
    """Follows expat through a feed. The only thing here that changes while it is used."""

    __slots__ = ("_bases", "_item", "_languages", "_path", "_text", "_wanted", "found")

    def __init__(self, url: str) -> None:
        self.found = Survey(base=url)
        self._bases = [url]
        self._languages = [""]
        self._path: list[str] = []
        self._item: ItemExtras | None = None
        self._text: list[str] = []
        self._wanted = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note what an element's attributes say."""
        space, _, local = name.rpartition(" ")
        self._path.append(local)
        base = attributes.get(XML_BASE)
        self._bases.append(_joined(self._bases[-1], base) if base else self._bases[-1])
        self._languages.append(attributes.get(XML_LANG, self._languages[-1]))
        if self._item is None and local in ITEM:
            self._item = ItemExtras(base=self._bases[-1], language=self._languages[-1])
        elif self._item is not None:
            self._start_in_item(self._item, space, local, attributes)
        elif local in ("feed", "rss", "RDF", "channel"):
            self.found.base = self._bases[-1]
            self.found.language = self.found.language or self._languages[-1]
            self.found.atom = self.found.atom or space in ATOM
        elif local == "link" and space in ATOM and attributes.get("rel") == "self":
            self.found.self_url = _joined(self._bases[-1], attributes.get("href", ""))
        self._wanted = self._name_of_text(space, local)
        self._text = []

    def end(self, name: str) -> None:
        """Keep an element's text where it is wanted; close an item."""
        if self._wanted and (value := "".join(self._text).strip()):
            if self._item is None:
                self.found.texts.setdefault(self._wanted, value)
            elif self._wanted == "author":
                self._item.authors.append(value)
            else:
                self._item.texts.setdefault(self._wanted, value)
        self._wanted = ""
        self._path.pop()
        self._bases.pop()
        self._languages.pop()
        if self._item is not None and name.rpartition(" ")[2] in ITEM and not set(ITEM) & set(self._path):
            self.found.items.append(self._item)
            self._item = None

    def characters(self, text: str) -> None:
        """Gather an element's text."""
        if self._wanted:
            self._text.append(text)

    def _name_of_text(self, space: str, local: str) -> str:
        """Return under which name an element's text is kept; "" where it is not."""
        parents = self._path[:-1]
        if "source" in parents:
            return "sourceTitle" if local == "title" else ""
        if (local == "creator" and space == DUBLIN_CORE) or (local == "name" and parents[-1:] == ["author"]):
            return "author" if self._item is not None else ""
        return local if local in KEPT and not (local == "source" and space in ATOM) else ""

    def _start_in_item(self, item: ItemExtras, space: str, local: str, attributes: dict[str, str]) -> None:
        item.named = item.named or (local in ("guid", "id") and self._path[-2] in ITEM)
        if local in ("description", "summary"):
            item.summarised = True
        elif local == "guid":
            item.permalink = attributes.get("isPermaLink", "true").strip().lower() != "false"
        elif local == "title" and self._path[-2] in ITEM and space in ATOM:
            item.title_type = attributes.get("type", "text")
        elif local == "source" and "url" in attributes:
            item.source_url = attributes["url"]
        elif local == "link" and "source" in self._path and attributes.get("rel", "alternate") == "alternate":
            item.source_url = _joined(self._bases[-1], attributes.get("href", ""))
        elif space == MEDIA and local in ("content", "thumbnail"):
            item.images.append({"element": local, **attributes})


def _known(encoding: str) -> str:
    """Return Python's name for an encoding; "" for none and for one it does not know."""
    try:
        name = codecs.lookup(encoding).name if encoding else ""
        "".encode(name or "utf-8")  # base64 and its like are codecs, too, but no encodings
    except LookupError:
        return ""
    return name


def _from_root(text: str) -> tuple[str, bool]:
    """Return a document from its root on; tell whether its DTD, which goes, declares entities."""
    text = BEFORE_ROOT.sub("", text, count=1)
    if not text[:9].upper().startswith("<!DOCTYPE"):
        return text, False
    found = DOCTYPE.match(text, 0, MAX_DOCTYPE_CHARACTERS)
    if found is None:
        raise NotXmlError("a document type declaration too long, or without an end")
    return BEFORE_ROOT.sub("", text[found.end() :], count=1), "<!ENTITY" in (found["subset"] or "").upper()


def _first_items(text: str, limit: int | None) -> tuple[str, int]:
    """Cut the items after the first so many out of a feed, and count them; what follows the last one stays."""
    lowered = text.lower()
    if limit is None or lowered.count("item") + lowered.count("entry") <= limit:  # as of most feeds
        return text, 0
    begins: list[int] = []
    within, depth, end, spared = "", 0, 0, WITHIN_ITEM * limit
    for tag in ITEM_TAG.finditer(text):
        if tag[1] is None:
            continue
        name, empty = tag[2].lower(), tag[0].endswith("/>")
        if not tag[1] and depth:
            spared -= 1
            depth = depth if spared >= 0 else 0
        if not tag[1] and not depth:
            begins.append(tag.start())
            within = name
        if name == within and not empty:  # within an item, another name that ends in "item" is no item
            depth = max(0, depth - 1) if tag[1] else depth + 1
        if tag[1] or empty:
            end = tag.end()
    if len(begins) <= limit:
        return text, 0
    return text[: begins[limit]] + text[max(end, begins[limit]) :], len(begins) - limit


def _attributed(text: str) -> Iterator[str]:
    """Yield each begin of an element as far as its attributes go; not those in comments, CDATA and instructions."""
    at = 0
    endless: set[str] = set()  # looked for once: a million begins without an end are no million searches
    while found := ATTRIBUTED.search(text, at):
        at = found.end()
        if found[1] is None:
            yield found[0]
        elif found[1] not in endless:
            end = text.find(ENDS[found[1]], at)
            if end < 0:  # what follows may be read all the same
                endless.add(found[1])
            at = max(at, end)


def _character(reference: re.Match[str]) -> str:
    """Return what an XML parser takes for a reference: what nobody knows stays as text."""
    name, decimal, hexadecimal = reference.groups()
    if reference[0].startswith("<"):
        return reference[0]
    if decimal or hexadecimal:
        code = int(decimal) if decimal else int(hexadecimal, 16)
        return reference[0] if code <= MAX_CODE and printable(chr(code)) else ""
    if name and (character := html5.get(f"{name};")):
        return html.escape(character, quote=False)
    return f"&amp;{reference[0][1:]}"


def _deeper(text: str, limit: int) -> bool:
    """Tell whether elements are nested deeper than limit, in whatever state the XML is."""
    depth = 0
    for tag in TAG.finditer(text):
        if tag[1] is None or tag[0].endswith("/>"):
            continue
        depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > limit:
            return True
    return False


def _joined(base: str, address: str) -> str:
    """Resolve an address; one that cannot be leaves the base as it is."""
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return base
