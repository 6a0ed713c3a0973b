"""
HTML and Markdown, made safe: what enters leaves as plain text or as clean HTML.

The only home of nh3 and markdown-it-py.
"""

import html
import re

from frtfeed.text import printable

__all__ = ["clean", "from_markdown", "from_paragraphs", "plain"]

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


def plain(text: str) -> str:
    """
    Take the markup out of a text: tags go, scripts and styles with what they hold, entities become characters.

    "x < y" stays as it is. The result is text: escape it wherever it is printed. Characters
    that XML forbids are gone, also those that an entity stood for.
    """
    import nh3

    if _too_deep(text):
        text = TAG_LIKE.sub(" ", text)
    elif TAG_LIKE.search(text):
        # A tag that ends a line or a cell parts words that would run together without it.
        text = nh3.clean(re.sub(r"(?i)<(?=/?(?:br|p|div|li|td|h\d)\b)", " <", text), tags=set())
    return printable(html.unescape(text)) if "&" in text else text


def clean(markup: str, *, base: str = "") -> str:
    """
    Make HTML safe to publish: a short list of tags, http, https and mailto links, nothing that runs.

    Headings start at h3: a page's h1 and h2 are the template's. Of markup nested
    more than 512 deep only the text is left.

    Args:
        base: absolute URL that relative links are resolved against; without one they are dropped.
    """
    import nh3

    if _too_deep(markup):
        return html.escape(plain(markup), quote=False).strip()
    lowered = HEADING.sub(lambda tag: f"<{tag[1]}h{int(tag[2]) + 2}", markup)
    safe = nh3.clean(
        lowered,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        url_relative=("rewrite_with_base", base) if base else "deny",
        link_rel=None,
    )
    return printable(safe).strip()


def from_markdown(text: str) -> str:
    """Render Markdown (CommonMark with tables) as clean HTML."""
    from markdown_it import MarkdownIt

    return clean(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))


def from_paragraphs(paragraphs: list[str]) -> str:
    """Render plain paragraphs as HTML."""
    return "\n".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in paragraphs)


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
