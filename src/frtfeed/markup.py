"""
HTML and Markdown, made safe: what enters leaves as plain text or as clean HTML.

The only home of nh3 and markdown-it-py.
"""

import html
import re

from frtfeed.records import Struct
from frtfeed.text import printable

__all__ = ["Cleaned", "clean", "from_markdown", "from_paragraphs", "plain", "tagged"]

TAGS = frozenset(
    "a abbr b blockquote br cite code dd del dl dt em figcaption figure h3 h4 h5 h6 hr i img ins li ol p pre q "
    "s small strong sub sup table tbody td th thead tr ul".split()
)
ATTRIBUTES = {
    "a": {"href", "title", "hreflang"},
    "img": {"src", "alt", "width", "height"},
    "abbr": {"title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
# Strategy: nh3 mends HTML as browsers do, which may cost the square of a text's length and more. So
# before each call _costly counts how much it would have to add: tags that are open at once, and
# formatting (HTML Living Standard §13.2.4.3) that its block leaves open and every later one repeats.
# The second count may be too high, never too low; what goes over either is shown as text.
TAG_LIKE = re.compile(r"<[a-zA-Z!/?][^<>]*+>")  # with its end: what follows a lone "<y" would be lost as a tag
TAG_START = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*+)")
MAX_DEPTH = 512  # nh3 takes time by the square of the depth: 100,000 nested tags keep it busy for 20 s
NEVER_CLOSED = frozenset("area base br col dd dt embed hr img input li link meta option p source td th tr wbr".split())
FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
ONE_AT_A_TIME = ("a", "nobr")  # the next one ends the one before
REPEATED = 3  # alike: "Noah's Ark", §13.2.4.3
INLINE = frozenset("abbr bdi bdo cite del dfn ins kbd label mark q samp span sub sup time var".split())
EMPTY = frozenset("br img wbr".split())
RAW = "iframe noembed noframes noscript script style textarea title xmp"  # what looks like a tag there is text
GROWTH = (4, 2**18)  # so many times a text's length, and so many characters: 100 MiB for the largest content
# As a browser finds a tag's end (§13.2.5.32 to 39). Possessive: one pass.
GIVEN = r"""(?:[\s/]++|[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+)*+"""
FORMATTED = re.compile(rf"<({'|'.join(sorted(FORMATTING))})(?=[\s/>]){GIVEN}", re.IGNORECASE)
PIECE = re.compile(
    rf"<(?P<raw>{RAW.replace(' ', '|')})(?=[\s/>]){GIVEN}>(?P<within>.*?)(?:</(?P=raw)(?=[\s/>])|\Z)"
    rf"|<(?P<end>/?)(?P<name>[a-z][^\s/>]*+){GIVEN}|<!--(?:-?>|.*?(?:--!?>|\Z))|<[!?/]",
    re.IGNORECASE | re.DOTALL,
)
# Within these, RAW is none: what ends in a picture's style sheet may end nothing, or begin something.
FOREIGN = re.compile(r"<(?:svg|math)(?=[\s/>])", re.IGNORECASE)
RAW_TAG = re.compile(rf"<(?:{RAW.replace(' ', '|')})(?=[\s/>])", re.IGNORECASE)
HEADING = re.compile(r"<(/?)h([12])(?=[\s>])", re.IGNORECASE)
# As nh3 writes them: attributes in double quotes, with no double quote and no bare < within.
WITH_ADDRESS = re.compile(r'<(/?)(a|img)((?:\s[^\s="]+="[^"]*")*)>')
ATTRIBUTE = re.compile(r'\s([^\s="]+)="([^"]*)"')
LEADING = re.compile(
    r'<a(?:\s[^\s="]+="[^"]*")*?\shref="(?:https?://|mailto:)|<img(?:\s[^\s="]+="[^"]*")*?\ssrc="https://'
)
EMPTIED = re.compile(r"<(p|figure)>\s*</\1>\n?")
LINKED = ("https://", "http://", "mailto:")
SHOWN = ("https://",)  # a page by https does not load a picture by http, and mail shows none


class Cleaned(Struct, frozen=True):
    """
    HTML that is safe to publish, and what it lost.

    pictures, links: the addresses that are not there any more, in order; "" where there was none.
    """

    html: str
    pictures: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


def plain(text: str) -> str:
    """
    Take the markup out of a text: tags go, scripts and styles with what they hold, entities become characters.

    "x < y" stays as it is. The result is text: escape it wherever it is printed. Characters
    that XML forbids are gone, also those that an entity stood for.
    """
    if _costly(text):
        text = TAG_LIKE.sub(" ", text)
    elif TAG_LIKE.search(text):
        import nh3

        # A tag that ends a line or a cell parts words that would run together without it.
        text = nh3.clean(re.sub(r"(?i)<(?=/?(?:br|p|div|li|td|h\d)\b)", " <", text), tags=set())
    return printable(html.unescape(text)) if "&" in text else text


def tagged(text: str) -> bool:
    """Tell whether plain() takes tags out of a text."""
    return "<" in text and bool(TAG_LIKE.search(text))


def clean(markup: str, *, base: str = "") -> Cleaned:
    """
    Make HTML safe to publish: a short list of tags, http, https and mailto links, nothing that runs.

    Headings start at h3: a page's h1 and h2 are the template's. A picture without an https
    address goes; of a link without an address the text stays. Of markup nested more than
    512 deep, or that leaves so much formatting open that it would grow out of all measure,
    only the text is left.

    Args:
        base: absolute URL that relative links are resolved against; without one they lead nowhere.
    """
    import nh3

    if _costly(markup):
        return Cleaned(html.escape(plain(markup), quote=False).strip())
    lowered = HEADING.sub(lambda tag: f"<{tag[1]}h{int(tag[2]) + 2}", markup)
    safe = nh3.clean(
        lowered,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        url_relative=("rewrite_with_base", base) if base else "pass_through",  # _addressed tells of them
        link_rel=None,
    )
    return _addressed(printable(safe).strip())


def from_markdown(text: str) -> Cleaned:
    """Render Markdown (CommonMark with tables) as clean HTML."""
    if not text:  # most story files have no text, and MarkdownIt takes its time
        return Cleaned("")
    from markdown_it import MarkdownIt

    return clean(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))


def from_paragraphs(paragraphs: list[str]) -> str:
    """Render plain paragraphs as HTML."""
    return "\n".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in paragraphs)


def _addressed(safe: str) -> Cleaned:
    """
    Take out the pictures and links that lead nowhere: relative ones, and those that nh3 took the address of.

    Args:
        safe: as nh3 writes it: every tag that opens is closed, in order.
    """
    if len(LEADING.findall(safe)) == safe.count("<a ") + safe.count("<a>") + safe.count("<img"):
        return Cleaned(safe)
    pictures: list[str] = []
    links: list[str] = []
    kept: list[bool] = []  # of the links that are open

    def settle(tag: re.Match[str]) -> str:
        closing, name, written = tag.groups()
        if closing:
            return tag[0] if kept.pop() else ""
        attributes = dict(ATTRIBUTE.findall(written))
        address = html.unescape(attributes.get("src" if name == "img" else "href", "")).strip()
        leads = address.lower().startswith(SHOWN if name == "img" else LINKED)
        if name == "a":
            kept.append(leads)
        if not leads:
            (pictures if name == "img" else links).append(address)
        return tag[0] if leads else ""

    whole = WITH_ADDRESS.sub(settle, safe)
    if pictures or links:
        whole = EMPTIED.sub("", whole).strip()
    return Cleaned(whole, tuple(pictures), tuple(links))


def _costly(markup: str) -> bool:
    """Tell whether nh3 would take too long over a text, or make too much of it."""
    return _too_deep(markup) or _overgrown(markup)


def _too_deep(markup: str) -> bool:
    """Tell whether more tags are open at once than anybody writes by hand."""
    if markup.count("<") <= MAX_DEPTH:
        return False
    still_open: dict[str, int] = {}
    depth = 0
    for closing, name in TAG_START.findall(markup):
        tag = name.lower()
        if tag in NEVER_CLOSED:
            continue
        before = still_open.get(tag, 0)
        still_open[tag] = max(0, before + (-1 if closing else 1))
        depth += still_open[tag] - before
        if depth > MAX_DEPTH:
            return True
    return False


def _overgrown(markup: str) -> bool:
    """Tell whether formatting that is left open would make a text several times as long."""
    times, more = GROWTH
    allowed = times * len(markup) + more
    tags = markup.count("<")
    if tags * len(markup) <= allowed:
        return False
    none_ended = _LeftOpen()
    for tag in FORMATTED.finditer(markup):
        none_ended.leave(tag[1].lower(), tag[0])
    if tags * none_ended.each <= allowed:  # as of nearly every honest text
        return False
    if FOREIGN.search(markup) and RAW_TAG.search(markup):
        return True
    left = _LeftOpen()
    return any(left.pass_by(piece) > allowed for piece in PIECE.finditer(markup))


class _LeftOpen:
    """Follows which formatting a text leaves open. The only thing here that changes while it is used."""

    __slots__ = ("_added", "_open", "_seen", "_single", "each")

    def __init__(self) -> None:
        self.each = 0  # characters that every block from here on repeats
        self._open: list[tuple[str, str]] = []  # name and tag, since the last block began or ended
        self._seen: dict[str, int] = {}
        self._single: dict[str, int] = {}
        self._added = 0

    def pass_by(self, piece: re.Match[str]) -> int:
        """Take note of a tag; return how many characters were added until here."""
        name = (piece["name"] or "").lower()
        ends = bool(piece["end"])
        self._added += self.each
        if name in FORMATTING | INLINE and not ends and len(self._open) < MAX_DEPTH:
            self._open.append((name, piece[0]))
        elif name in FORMATTING and ends:
            self._end(name)
        elif name not in EMPTY:  # whatever was opened since stays behind
            start = self._since(name) if name in INLINE else 0
            for left in self._open[start:]:
                self.leave(*left)
            del self._open[start:]
        return self._added

    def leave(self, name: str, tag: str) -> None:
        """Count a tag as left open from here on."""
        size = len(tag) + len(f"></{name}>")
        if name in ONE_AT_A_TIME:
            longer = max(0, size - self._single.get(name, 0))
            self._single[name] = self._single.get(name, 0) + longer
            self.each += longer
        elif name in FORMATTING and self._seen.get(tag, 0) < REPEATED:
            self._seen[tag] = self._seen.get(tag, 0) + 1
            self.each += size

    def _end(self, name: str) -> None:
        """Forget the last one of a name, if it was opened since the last block."""
        at = self._since(name)
        if self._open[at : at + 1] and self._open[at][0] == name:
            del self._open[at]

    def _since(self, name: str) -> int:
        """Return where the last one of a name was opened; 0 for none."""
        return next((at for at in range(len(self._open) - 1, -1, -1) if self._open[at][0] == name), 0)
