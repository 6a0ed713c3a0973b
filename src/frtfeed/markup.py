"""
HTML and Markdown, made safe: what enters leaves as plain text or as clean HTML.

The only home of nh3 and markdown-it-py.
"""

import html
import re
from dataclasses import dataclass

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
TAG_LIKE = re.compile(r"<[a-zA-Z!/?][^<>]*+>")  # with its end: what follows a lone "<y" would be lost as a tag
TAG_START = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*+)")
MAX_DEPTH = 512  # nh3 takes time by the square of the depth: 100,000 nested tags keep it busy for 20 s
NEVER_CLOSED = frozenset("area base br col dd dt embed hr img input li link meta option p source td th tr wbr".split())
HEADING = re.compile(r"<(/?)h([12])(?=[\s>])", re.IGNORECASE)
# As nh3 writes them: attributes in double quotes, with no double quote and no bare < within.
WITH_ADDRESS = re.compile(r'<(/?)(a|img)((?:\s[^\s="]+="[^"]*")*)>')
ATTRIBUTE = re.compile(r'\s([^\s="]+)="([^"]*)"')
EMPTIED = re.compile(r"<(p|figure)>\s*</\1>\n?")
LINKED = ("https://", "http://", "mailto:")
SHOWN = ("https://",)  # a page by https does not load a picture by http, and mail shows none


@dataclass(frozen=True, slots=True)
class Cleaned:
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
    if _too_deep(text):
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
    512 deep only the text is left.

    Args:
        base: absolute URL that relative links are resolved against; without one they lead nowhere.
    """
    import nh3

    if _too_deep(markup):
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
