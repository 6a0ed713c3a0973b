"""
HTML and Markdown, made safe: what enters leaves as plain text or as clean HTML.

The only home of nh3 and markdown-it-py.
"""

import html
import re

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
TAG_LIKE = re.compile(r"<[a-zA-Z!/?]")
HEADING = re.compile(r"<(/?)h([12])(?=[\s>])", re.IGNORECASE)


def plain(text: str) -> str:
    """
    Take the markup out of a text: tags go, scripts and styles with what they hold, entities become characters.

    "x < y" stays as it is. The result is text: escape it wherever it is printed.
    """
    import nh3

    if TAG_LIKE.search(text):
        # A tag that ends a line or a cell parts words that would run together without it.
        text = nh3.clean(re.sub(r"(?i)<(?=/?(?:br|p|div|li|td|h\d)\b)", " <", text), tags=set())
    return html.unescape(text) if "&" in text else text


def clean(markup: str, *, base: str = "") -> str:
    """
    Make HTML safe to publish: a short list of tags, http, https and mailto links, nothing that runs.

    Headings start at h3: a page's h1 and h2 are the template's.

    Args:
        base: absolute URL that relative links are resolved against; without one they are dropped.
    """
    import nh3

    lowered = HEADING.sub(lambda tag: f"<{tag[1]}h{int(tag[2]) + 2}", markup)
    return nh3.clean(
        lowered,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        url_relative=("rewrite_with_base", base) if base else "deny",
        link_rel=None,
    ).strip()


def from_markdown(text: str) -> str:
    """Render Markdown (CommonMark with tables) as clean HTML."""
    from markdown_it import MarkdownIt

    return clean(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))


def from_paragraphs(paragraphs: list[str]) -> str:
    """Render plain paragraphs as HTML."""
    return "\n".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in paragraphs)
