"""What a letter's HTML holds, as a mail program reads it: links, headings, pictures, words and their colours."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser

from frtfeed.records import Struct, field

__all__ = ["Reading", "Run", "contrast", "inverted", "is_colour", "read_letter"]

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
HEADING = re.compile(r"h([1-6])$")
DARK_BLOCK = re.compile(r"@media\s*\(prefers-color-scheme:\s*dark\)\s*\{((?:[^{}]*\{[^{}]*\})*)\s*\}")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
COLOUR = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE)
# What leaves a colour as it is around the tag.
NO_COLOUR = frozenset("currentcolor inherit initial none revert transparent unset".split())
LENGTH = re.compile(r"(?:^|\s)(\d+(?:\.\d+)?|\.\d+)(px|pt|em|rem|%)(?:/\S+)?(?=\s|$)")
INK, PAPER, SIZE = "#000000", "#ffffff", 16.0  # of a program that is told nothing
SMALLER = frozenset({"small", "sub", "sup"})  # five sixths of what is around them (HTML §15.3.4)
CONDITIONAL = re.compile(r"^\[if[^\]]*\]>|<!(?:\[endif\])?$")
# Python's reader falls over a section of an unknown kind; browsers take it for a comment.
UNKNOWN_SECTION = re.compile(r"<!\[(?!(?:if|else|endif|temp|cdata|ignore|include|rcdata)\b)", re.IGNORECASE)


class Run(Struct, frozen=True):
    """
    Words in one pair of colours, in the light scheme and in the dark, and their size in CSS pixels.

    A colour is "#rrggbb", or as it stands where it is of another kind; the size is 0 where it is.
    """

    words: str
    light: tuple[str, str]
    dark: tuple[str, str]
    size: float = SIZE


class Reading(Struct):
    """
    What was found, in the order of the letter.

    links: address and words. headings: levels. pictures, tables: their attributes.
    tags, attributes (tag, name, value): in what only Outlook reads, too.
    """

    doctype: bool = False
    language: str = ""
    title: str = ""
    postal: str = ""
    styles: str = ""
    tags: set[str] = field(default_factory=set)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    pictures: list[dict[str, str]] = field(default_factory=list)
    tables: list[dict[str, str]] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)


class _Place(Struct, frozen=True, kw_only=True):
    """Where the reader is: the tags around it count by what they hand down."""

    tag: str
    light: tuple[str, str] = (INK, PAPER)
    dark: tuple[str, str] = (INK, PAPER)
    size: float = SIZE
    hidden: bool = False


def read_letter(html: str) -> Reading:
    """Read a letter; of what is in comments only what Outlook reads there counts."""
    styles = "".join(re.findall(r"<style\b[^>]*>(.*?)</style>", html, re.DOTALL))
    reader = _Reader(_dark_rules(styles))
    reader.feed(UNKNOWN_SECTION.sub("<!", html))
    reader.close()
    reader.found.styles = styles
    return reader.found


def is_colour(value: str) -> bool:
    """Tell whether a colour is one that contrast and inverted take: "#rrggbb"."""
    return len(value) == 7 and bool(COLOUR.fullmatch(value))


def contrast(pair: tuple[str, str]) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    darker, lighter = sorted(map(_luminance, pair))
    return (lighter + 0.05) / (darker + 0.05)


def inverted(pair: tuple[str, str]) -> tuple[str, str]:
    """Return two colours as a program shows them that turns everything round by force."""
    ink, paper = (f"#{0xFFFFFF - int(colour[1:], 16):06x}" for colour in pair)
    return ink, paper


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _dark_rules(styles: str) -> dict[str, str]:
    """Return what the dark scheme declares, by selector: ".page", "body"."""
    rules: dict[str, str] = {}
    for block in DARK_BLOCK.findall(styles):
        for selectors, declared in RULE.findall(block):
            for selector in selectors.split(","):
                rules[selector.strip()] = rules.get(selector.strip(), "") + ";" + declared
    return rules


def _last(style: str, *names: str) -> str:
    """Return the last value that declarations give to one of these properties, "" for none."""
    pairs = (each.partition(":") for each in style.lower().split(";"))
    values = [value.replace("!important", "").strip() for key, _, value in pairs if key.strip() in names]
    return values[-1] if values else ""


def _colour(value: str) -> str:
    """Return a colour as "#rrggbb", "" for none, else as it stands: nobody can tell its contrast."""
    value = value.strip().lower()
    if value in NO_COLOUR:
        return ""
    found = COLOUR.fullmatch(value)
    if not found:
        return value
    digits = found[1]
    return "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))


def _paper(style: str) -> str:
    return _colour(_last(style, "background-color", "background"))


def _size(style: str, *, tag: str, above: float) -> float:
    """Return how large words are in a tag, in CSS pixels; 0 where its style says so in words."""
    stated = _last(style, "font-size", "font")
    if not stated or stated == "inherit":
        return above * 5 / 6 if tag in SMALLER else above
    found = LENGTH.search(stated)
    if not found:
        return 0.0
    return float(found[1]) * {"px": 1, "pt": 4 / 3, "em": above, "rem": SIZE, "%": above / 100}[found[2]]


class _Reader(HTMLParser):
    """Walks a letter once and notes what it holds."""

    def __init__(self, dark: Mapping[str, str]) -> None:
        super().__init__()
        self.found = Reading()
        self._dark = dark
        self._places = [_Place(tag="")]

    def handle_decl(self, decl: str) -> None:
        self.found.doctype = decl.lower() == "doctype html"

    def handle_comment(self, data: str) -> None:
        if data.startswith("[if"):
            for_outlook = _Reader({})
            for_outlook.feed(CONDITIONAL.sub("", data))
            self.found.tags |= for_outlook.found.tags
            self.found.attributes += for_outlook.found.attributes

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        found = self.found
        found.tags.add(tag)
        found.attributes += [(tag, name, value) for name, value in given.items()]
        if tag == "html":
            found.language = given.get("lang", "")
        elif tag == "img":
            found.pictures.append(given)
        elif tag == "table":
            found.tables.append(given)
        elif tag == "a":
            found.links.append((given.get("href", ""), ""))
        elif level := HEADING.match(tag):
            found.headings.append(int(level[1]))
        if tag not in VOID:
            self._places.append(self._below(tag, given))

    def handle_endtag(self, tag: str) -> None:
        open_tags = [place.tag for place in self._places]
        if tag in open_tags:
            del self._places[len(open_tags) - 1 - open_tags[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        inside = {place.tag for place in self._places}
        words = " ".join(data.split())
        if not words or "style" in inside:
            return
        if "title" in inside:
            self.found.title += words
            return
        if self._places[-1].hidden:
            return
        if "address" in inside:
            self.found.postal += words
        if "a" in inside:
            href, said = self.found.links[-1]
            self.found.links[-1] = (href, f"{said} {words}".strip())
        place = self._places[-1]
        self.found.runs.append(Run(words, place.light, place.dark, place.size))

    def _below(self, tag: str, given: Mapping[str, str]) -> _Place:
        """Return the place inside a tag."""
        above = self._places[-1]
        style = given.get("style", "")
        selectors = (tag, *(f".{name}" for name in given.get("class", "").split()))
        dark_style = ";".join(self._dark.get(selector, "") for selector in selectors)
        ink = _colour(_last(style, "color") or given.get("color", ""))
        paper = _paper(style) or _colour(given.get("bgcolor", ""))
        return _Place(
            tag=tag,
            light=(ink or above.light[0], paper or above.light[1]),
            dark=(
                _colour(_last(dark_style, "color")) or ink or above.dark[0],
                _paper(dark_style) or paper or above.dark[1],
            ),
            size=_size(style, tag=tag, above=above.size),
            hidden=above.hidden or "display:none" in style.replace(" ", ""),
        )
