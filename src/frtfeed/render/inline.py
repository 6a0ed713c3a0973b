"""
The styles of a letter, written into its tags.

The only home of premailer.
"""

import re
from functools import lru_cache
from html import escape, unescape

from frtfeed.errors import TemplateError

__all__ = ["css_of", "styled"]

# Strategy: premailer parses and walks a whole letter, which costs a tenth of a second for each. The
# first style block of a letter may hold rules for tags and classes only, so that what a tag looks
# like depends on its name and its classes and on nothing else. premailer is asked once in a process
# for each such pair, about forty in all; the answers are written into any number of letters.

SILENT = 60  # above logging.CRITICAL: cssutils warns of properties that mail programs need
FIRST_BLOCK = re.compile(r"<style>(.*?)</style>\s*", re.DOTALL)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
RULE = re.compile(r"\s*([^{}]*?)\s*\{([^{}]*)\}")
SELECTOR = re.compile(r"[a-z][a-z0-9]*(?:\.[\w-]+)*|(?:\.[\w-]+)+", re.IGNORECASE)
# What is written in a comment or a style block is not a tag, conditional comments included. A value may
# stand in quotes or not, and a tag may end in "/>" (HTML §13.1.2).
TAG = re.compile(
    r"<!--.*?-->|<style\b.*?</style>"
    r"|<([a-z][a-z0-9]*)((?:\s+[^\s\"'<>/=]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>=`]+))?)*)(\s*/?)>",
    re.DOTALL | re.IGNORECASE,
)
OWN_STYLE = re.compile(r"\sstyle\s*=", re.IGNORECASE)
CLASS = re.compile(r"\sclass\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>=`]+))", re.IGNORECASE)


def css_of(html: str, *, template: str = "") -> str:
    """
    Return the rules of the first style block, the one without attributes; "" when there is none.

    Args:
        template: what the HTML was made from, which knows the line of a fault.

    Raises:
        TemplateError: a rule depends on where a tag stands, or is no rule for tags and classes.
    """
    block = FIRST_BLOCK.search(html)
    css = COMMENT.sub("", block[1]).strip() if block else ""
    _check(css, template)
    return css


def styled(html: str, css: str) -> str:
    """
    Write the rules of css into the tags of a stretch of HTML, drop their block; the result is ASCII.

    A tag that has a style of its own keeps it and gets no other.
    """

    def with_style(tag: re.Match[str]) -> str:
        if not tag[1] or OWN_STYLE.search(tag[2]):
            return tag[0]
        classes = CLASS.search(tag[2])
        style = _style(css, tag[1].lower(), next(filter(None, classes.groups()), "") if classes else "")
        return f'<{tag[1]}{tag[2]} style="{style}"{tag[3]}>' if style else tag[0]

    return TAG.sub(with_style, FIRST_BLOCK.sub("", html, count=1)).encode("ascii", "xmlcharrefreplace").decode()


def _check(css: str, template: str) -> None:
    """Refuse what would look one way in a tag and another way in the letter."""
    end = 0
    for rule in RULE.finditer(css):
        if rule.start() != end or not all(SELECTOR.fullmatch(each.strip()) for each in rule[1].split(",")):
            break
        end = rule.end()
    if fault := css[end:].strip():
        raise TemplateError(
            f"template email.html{_line(fault, template)}: the first style block: "
            f"no rule for a tag or a class: {fault[:40]!r}. "
            "Close every brace, and move other rules to the second block, which stays as it stands."
        )


def _line(fault: str, template: str) -> str:
    """Say on which line of the template a fault begins: ", line 12"; "" where the template has it from elsewhere."""
    at = template.find(fault.splitlines()[0].rstrip(), max(0, template.find("<style>")))
    return "" if at < 0 else f", line {template.count(chr(10), 0, at) + 1}"


@lru_cache(maxsize=1024)
def _style(css: str, tag: str, classes: str) -> str:
    """Return the declarations that a tag with these classes gets, "" for none."""
    if not css:
        return ""
    from premailer import Premailer  # 400 ms

    specimen = f'<x><style>{escape(css)}</style><{tag} class="{escape(classes)}">x</{tag}></x>'
    inlined: str = Premailer(
        method="xml",  # so that a td may stand outside a table
        strip_important=False,
        allow_network=False,
        allow_loading_external_files=False,
        disable_validation=True,
        disable_leftover_css=True,
        disable_basic_attributes=["width", "height", "align", "valign", "bgcolor", "cellpadding", "cellspacing"],
        align_floating_images=False,
        disable_link_rewrites=True,
        cssutils_logging_level=SILENT,
    ).transform(specimen, pretty_print=False)
    found = re.search(r'style="([^"]*)"', inlined)
    declared = re.sub(r"\s*([:;])\s*", r"\1", unescape(found[1])).rstrip(";") if found else ""
    return escape(declared)
