"""
The styles of a letter, written into its tags.

The only home of premailer.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from html import escape, unescape

from frtfeed.errors import TemplateError
from frtfeed.records import Struct, field
from frtfeed.render.looks import LOOKS

__all__ = ["Styles", "css_of", "known_styles", "styled"]

# Strategy: premailer parses and walks a whole letter, which costs a tenth of a second for each. The
# first style block of a letter may hold rules for tags and classes only, so that what a tag looks
# like depends on its name and its classes and on nothing else. premailer is asked once in a process
# for each such pair, about forty in all; the answers are written into any number of letters. Those for
# the templates that frtfeed brings are known beforehand (looks.py).

SILENT = 60  # above logging.CRITICAL: cssutils warns of properties that mail programs need
FIRST_BLOCK = re.compile(r"<style>(.*?)</style>\s*", re.DOTALL)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
RULE = re.compile(r"\s*([^{}]*?)\s*\{([^{}]*)\}")
SELECTOR = re.compile(r"[a-z][a-z0-9]*(?:\.[\w-]+)*|(?:\.[\w-]+)+", re.IGNORECASE)
# What is written in a comment or a style block is not a tag, conditional comments included. A value may
# stand in quotes or not, and a tag may end in "/>" (HTML §13.1.2).
# Nothing is tried twice (*+, ++): what does not go on as a tag does is none.
TAG = re.compile(
    r"<!--.*?-->|<[sS][tT][yY][lL][eE]\b.*?</[sS][tT][yY][lL][eE]>"
    r"|<([a-zA-Z][a-zA-Z0-9]*+)"
    r"((?:\s++[^\s\"'<>/=]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'<>=`]++))?+)*+)(\s*+/?)>",
    re.DOTALL,
)
OWN_STYLE = re.compile(r"\sstyle\s*=", re.IGNORECASE)
CLASS = re.compile(r"\sclass\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>=`]+))", re.IGNORECASE)
FIRST_CLASS = ' class="'
# What a caller kept: the name of a style sheet, a tag and its classes; declarations as an attribute holds them.
ANSWERED = re.compile(r"[0-9a-f]{16} [a-z][a-z0-9]* [^\"]*")
DECLARED = re.compile(r"[ !#-;=?-~]*")


class Styles(Struct, frozen=True):
    """
    What tags look like. Who keeps the answers from one build to the next need not ask for them again.

    answers: the declarations that a tag gets, by the name of the style sheet, the tag and its classes; they
        hold for one version of premailer. What is asked is added.
    """

    answers: dict[str, str] = field(default_factory=dict)


def known_styles(kept: object) -> Styles:
    """Return the styles that a caller kept, as JSON has them; what is none of them counts as unknown."""
    pairs = kept.items() if isinstance(kept, Mapping) else ()
    answers = {
        key: style
        for key, style in pairs
        if isinstance(key, str) and isinstance(style, str) and ANSWERED.fullmatch(key) and DECLARED.fullmatch(style)
    }
    return Styles(answers)


def css_of(html: str, *, template: str = "") -> str:
    """
    Return the rules of the first style block, the one without attributes; "" when there is none.

    Args:
        template: what the HTML was made from, which knows the line of a fault.

    Raises:
        TemplateError: a rule depends on where a tag stands, or is no rule for tags and classes.
    """
    block = FIRST_BLOCK.search(html)
    return _checked(block[1], template) if block else ""


def styled(html: str, css: str, *, styles: Styles) -> str:
    """
    Write the rules of css into the tags of a stretch of HTML, drop their block; the result is ASCII.

    A tag that has a style of its own keeps it and gets no other.
    """
    sheet = _name_of(css)

    def with_style(tag: re.Match[str]) -> str:
        name, attributes, end = tag.groups()
        if not name or ("style" in attributes.lower() and OWN_STYLE.search(attributes)):
            return tag[0]
        classes = _classes(attributes) if attributes else ""
        known = f"{sheet} {name.lower()} {classes}"
        style = styles.answers.get(known)
        if style is None:
            style = styles.answers[known] = LOOKS[known] if known in LOOKS else _style(css, name.lower(), classes)
        return f'<{name}{attributes} style="{style}"{end}>' if style else tag[0]

    if "<style" in html:
        html = FIRST_BLOCK.sub("", html, count=1)
    html = TAG.sub(with_style, html)
    return html if html.isascii() else html.encode("ascii", "xmlcharrefreplace").decode()


def _classes(attributes: str) -> str:
    """Return the classes among a tag's attributes, as they are written."""
    if attributes.startswith(FIRST_CLASS):
        return attributes[len(FIRST_CLASS) : attributes.index('"', len(FIRST_CLASS))]
    found = CLASS.search(attributes)
    return next(filter(None, found.groups()), "") if found else ""


@lru_cache(maxsize=16)  # all letters of a site have the same rules
def _checked(block: str, template: str) -> str:
    """Return the rules of a style block; refuse what would look one way in a tag and another way in the letter."""
    css = COMMENT.sub("", block).strip()
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
    return css


def _line(fault: str, template: str) -> str:
    """Say on which line of the template a fault begins: ", line 12"; "" where the template has it from elsewhere."""
    at = template.find(fault.splitlines()[0].rstrip(), max(0, template.find("<style>")))
    return "" if at < 0 else f", line {template.count(chr(10), 0, at) + 1}"


@lru_cache(maxsize=16)
def _name_of(css: str) -> str:
    """Return what tells style sheets apart in a short key."""
    return sha256(css.encode()).hexdigest()[:16]


def _concerning(css: str, tag: str, classes: str) -> str:
    """Return the rules that can say something of a tag with these classes: premailer reads each of them."""
    own = frozenset(classes.lower().split())

    def concerns(selector: str) -> bool:
        name, *named = selector.strip().lower().split(".")
        return name in ("", tag) and own.issuperset(named)

    rules = (rule for rule in RULE.finditer(css) if any(map(concerns, rule[1].split(","))))
    return "".join(f"{rule[1]} {{{rule[2]}}}\n" for rule in rules)


@lru_cache(maxsize=1024)
def _style(css: str, tag: str, classes: str) -> str:
    """Return the declarations that a tag with these classes gets, "" for none."""
    css = _concerning(css, tag, classes)
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
