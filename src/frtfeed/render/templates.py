"""
The templates that people edit, as one function that fills them.

The only home of Jinja2.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from html import escape
from traceback import walk_tb
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from frtfeed.errors import TemplateError
from frtfeed.model import Group, Image, Member, Site, Story, When
from frtfeed.records import Struct, field, replace
from frtfeed.render import entry
from frtfeed.render.why import facts, outlet, outlets, runs, why
from frtfeed.text import FORBIDDEN, are_joined, excerpt
from frtfeed.times import rfc3339
from frtfeed.urls import https

if TYPE_CHECKING:
    from jinja2 import BytecodeCache, Environment
    from jinja2.bccache import Bucket

__all__ = ["Compiled", "Fill", "bind", "cleaned", "machine", "source"]

CHECKSUM_BYTES = 32  # of SHA-256
COLUMNS = 72  # of plain text: leaves room for two levels of quoting within 80
DATES = 32_768  # kept as they are written: those of 20,000 stories, in a few megabytes
PERIODS = {"daily": "day", "weekly": "week", "monthly": "month"}
MIN_PICTURE_PX = 48  # what is known to be smaller is an icon or a tracking pixel
# Latin, Greek, Cyrillic, Arabic, punctuation and arrows take one column each (Unicode Standard Annex 11).
PERHAPS_WIDE = re.compile("[^\x00-\u0377\u0400-\u052f\u0600-\u06ff\u2000-\u2064\u2190-\u2319]")
# What a template can raise besides Jinja's own errors: it is a program that somebody else writes.
TEMPLATE_FAULTS = (TypeError, ValueError, AttributeError, ArithmeticError, LookupError, RecursionError)


class Fill(Protocol):
    """Fill the template of that name; TemplateError names the file and the line at fault."""

    def __call__(self, name: str, /, **variables: object) -> str: ...


class Compiled(Struct, frozen=True):
    """
    Templates as Python runs them. Who keeps them from one build to the next need not compile them again.

    codes: by template, each behind its checksum. What was compiled from another text, or by another version of
        Jinja or Python, is not taken, nor is what is damaged; what anybody else wrote there would be run.
        What has to be compiled is added.
    """

    codes: dict[str, bytes] = field(default_factory=dict)


class Attributes(Struct, frozen=True):
    """What is said within a tag, escaped: a template prints it as it is."""

    written: str

    def __html__(self) -> str:
        return self.written


def bind(templates: Mapping[str, str], *, site: Site, compiled: Compiled | None = None) -> Fill:
    """
    Return the function that fills these templates.

    Args:
        templates: name ("front.html") → text. What ends in .html is escaped, anything else is not.
        site: known to every template; dates are written for its zone.
        compiled: what need not be compiled; what had to be is added to it.
    """
    import jinja2  # 50 ms

    environment = _environment(templates, site)
    environment.bytecode_cache = _kept(compiled or Compiled())

    def fill(name: str, /, **variables: object) -> str:
        try:
            text = environment.get_template(name).render(variables)
        except (jinja2.TemplateError, *TEMPLATE_FAULTS) as error:
            raise TemplateError(f"template {_place(error, name, templates)}: {_fault(error)}") from error
        return cleaned(text)

    return fill


def cleaned(text: str) -> str:
    """Return a text without what no page can hold."""
    return text if text.replace("\n", "").isprintable() else FORBIDDEN.sub("", text)


def _kept(compiled: Compiled) -> "BytecodeCache":
    """Return what Jinja asks for compiled templates."""
    import jinja2

    class Kept(jinja2.BytecodeCache):
        def load_bytecode(self, bucket: "Bucket") -> None:
            checksum, code = (kept := compiled.codes.get(bucket.key, b""))[:CHECKSUM_BYTES], kept[CHECKSUM_BYTES:]
            if checksum == sha256(code).digest():
                bucket.bytecode_from_string(code)

        def dump_bytecode(self, bucket: "Bucket") -> None:
            code = bucket.bytecode_to_string()
            compiled.codes[bucket.key] = sha256(code).digest() + code

    return Kept()


def source(templates: Mapping[str, str], name: str) -> str:
    """Return the text of a file that is copied as it stands; TemplateError where there is none."""
    if name not in templates:
        raise TemplateError(f"template {name}: not found. Copy it from a new project (frtfeed init).")
    return templates[name]


def _environment(templates: Mapping[str, str], site: Site) -> "Environment":
    """Return an environment in which every mistake is an error and every build the same."""
    import jinja2

    # The name goes along with the text, so that a traceback can tell it.
    loader = jinja2.FunctionLoader(lambda name: (templates[name], name, None) if name in templates else None)
    environment = jinja2.Environment(
        loader=loader,
        autoescape=jinja2.select_autoescape(enabled_extensions=["html"], default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        extensions=["jinja2.ext.do"],
    )
    # Same input, same bytes: a template cannot throw dice.
    del environment.globals["lipsum"], environment.filters["random"]
    environment.globals["site"] = site
    environment.filters |= _filters(site)
    return environment


def _filters(site: Site) -> dict[str, Callable[..., object]]:
    """Return the filters that templates/README.md lists. A date stands on several pages: it is written once."""
    return {
        "day": lambda when: entry.day(_when(when), site.zone),
        "machine": lru_cache(DATES)(lambda when: machine(_when(when), site=site)),
        "href": lambda story, root=None: _href(story, root=root, site=site),
        "link": lambda path, root=None: _link(path, root=root, site=site),
        "original": lambda story: _original(story, site=site),
        "period": lambda edition: PERIODS[edition.period],
        "origin": lambda story: _origin(story, site=site),
        "outlet": outlet,
        "outlets": outlets,
        "why": lambda group, edition: why(group, edition=edition, zone=site.zone),
        "facts": facts,
        "tongue": lambda story, text="", direction="": _tongue(story, text, direction, site=site),
        "cite": _cite,
        "capfirst": lambda text: text[:1].upper() + text[1:],
        "anchor": _anchor,
        "sources": lambda members, limit: _sources(members, limit, site=site),
        "here": lambda image, root: _here(image, root=root, site=site),
        "picture": _picture,
        "fit": _fit,
        "short": lambda text, limit: excerpt(text, limit=limit),
        "wrap": _wrap,
    }


def _place(error: Exception, name: str, templates: Mapping[str, str]) -> str:
    """Say which file and line of the templates an error comes from: "front.html, line 12"."""
    lineno = getattr(error, "lineno", None)  # of a syntax error, which the traceback has elsewhere
    if lineno is not None:
        return f"{getattr(error, 'name', None) or name}, line {lineno}"
    for frame, line in walk_tb(error.__traceback__):
        if frame.f_code.co_filename in templates:
            name, lineno = frame.f_code.co_filename, line
    return name if lineno is None else f"{name}, line {lineno}"


def _fault(error: Exception) -> str:
    """Say what is wrong, in a line."""
    import jinja2

    if isinstance(error, jinja2.TemplateNotFound):
        return f"there is no template {error.name!r}. Copy it from a new project (frtfeed init)."
    if isinstance(error, jinja2.UndefinedError):
        return f"{error}. templates/README.md lists what each template gets."
    return f"{error}" if isinstance(error, jinja2.TemplateError) else f"{type(error).__name__}: {error}"


def _when(date: When | datetime) -> When:
    return date if isinstance(date, When) else When(at=date)


def machine(when: When, *, site: Site) -> str:
    """Write a date for `<time datetime>`, as exact as it is known (HTML §4.5.14): "2023-03"."""
    if when.precision == "time":
        return rfc3339(when.at)
    length = {"day": 10, "month": 7, "year": 4}[when.precision]
    return when.at.astimezone(site.zone).date().isoformat()[:length]


def _link(path: str, *, root: str | None, site: Site) -> str:
    """
    Return the address of a path below the site: absolute, or from a page at root ("../").

    A folder gets its index.html in the second case, so that pages open from a disk as well.
    """
    if root is None:
        return entry.address(path, site)
    folder = not path or path.endswith("/")
    return f"{root}{quote(path)}{'index.html' if folder else ''}"


def _href(story: Story, *, root: str | None, site: Site) -> str:
    """Return where a story is read, "" when nowhere: absolute, or from root if on a page of ours."""
    if root is not None and entry.ours(story):
        return _link(story.page, root=root, site=site)
    return entry.href(story, site)


def _original(story: Story, *, site: Site) -> str:
    """Return where a story lives besides a page of ours, "" when nowhere."""
    return entry.href(replace(story, page=""), site)


def _origin(story: Story, *, site: Site) -> str:
    """Return what a story is told apart by in a list: "incident, August 2019", else its outlet."""
    if story.kind != "incident":
        return outlet(story)
    when = story.facts.occurred if story.facts and story.facts.occurred else story.published
    return f"incident, {entry.day(when, site.zone)}" if when else "incident"


def _tongue(story: Story, text: str, direction: str, *, site: Site) -> "Attributes | str":
    """
    Return the attributes that a text of a story needs: its language where it is not the site's, and which way it runs.

    Args:
        direction: of what is around it; without one nothing is said of the text's.
    """
    foreign = story.language if story.language != site.language else ""
    way = runs(text, within=direction) if direction else ""
    if not foreign and not way:
        return ""
    attributes = (("lang", foreign), ("dir", way))
    return Attributes("".join(f' {name}="{escape(value)}"' for name, value in attributes if value))


def _cite(address: str, links: list[str], before: int) -> str:
    """Note an address among the links of a text; return its number there: " [7]"."""
    if not address:
        return ""
    links.append(address)
    return f" [{before + len(links)}]"


def _sources(members: Sequence[Member], limit: int, *, site: Site) -> list[str]:
    """Name the first of those that tell or told something, each once, and count the others: "2 more"."""
    names = list(dict.fromkeys(name for each in members if (name := _origin(each.story, site=site))))
    if not names:
        return [f"{len(members)} more"]
    more = [f"{len(names) - limit} more"] if len(names) > limit else []
    return [*names[:limit], *more]


def _picture(story: Story) -> Image | None:
    """Return a story's first picture that is safe to show from elsewhere: by https, and no pixel."""
    for image in story.images:
        sizes = [size for size in (image.width, image.height) if size is not None]
        if https(image.url) and min(sizes, default=MIN_PICTURE_PX) >= MIN_PICTURE_PX:
            return replace(image, url=quote(image.url, safe=entry.URI_CHARACTERS))
    return None


def _anchor(group: Group) -> str:
    """Return the name of an event's place on a page: it outlives a change of lead, as the group's id does."""
    return f"e{sha256(group.id.encode()).hexdigest()[:12]}"


def _here(image: Image, *, root: str, site: Site) -> str:
    """Return the address, from a page at root, of a picture that lies on this site; "" for any other."""
    return f"{root}{image.url.removeprefix(site.url)}" if image.url.startswith(site.url) else ""


def _fit(image: Image, width: int, height: int) -> tuple[int, int] | None:
    """Return width and height in CSS pixels at which a picture fits in a box, never enlarged; None when unknown."""
    if not image.width or not image.height:
        return None
    scale = min(1, width / image.width, height / image.height)
    return max(1, round(image.width * scale)), max(1, round(image.height * scale))


def _wrap(text: str, first: str = "", rest: str | None = None, width: int = COLUMNS) -> str:
    """
    Set a text in lines of at most width columns.

    Args:
        first: begins the first line, rest (else as many blanks) every other.

    An address is never broken; another word is when it fills a line by itself, as scripts
    without blanks between words do.
    """
    indent = " " * _columns(first) if rest is None else rest
    begun, further = width - _columns(first), width - _columns(indent)
    narrow = min(begun, further)
    words = text.split()
    if _is_plain(text):
        if max(map(len, words), default=0) > narrow:
            words = list(_pieces(words, narrow))
        lines = _filled(" ".join(words), begun, further)
    else:
        lines = _set(list(_pieces(words, narrow)), begun, further)
    return first + f"\n{indent}".join(lines)


def _filled(text: str, begun: int, further: int) -> list[str]:
    """Break a text, each character of which takes a column, at blanks; the first line has another length."""
    lines, room = [], begun
    while len(text) > room:
        at = text.rfind(" ", 0, max(room, 0) + 1)
        if at < 0 and (at := text.find(" ")) < 0:
            break
        lines.append(text[:at])
        text, room = text[at + 1 :], further
    return [*lines, text]


def _set(words: Iterable[str], begun: int, further: int) -> list[str]:
    """Set words in lines by the columns that they take; the first line has another length."""
    lines: list[list[str]] = [[]]
    left = begun
    for word in words:
        wide = _columns(word)
        if lines[-1] and 1 + wide > left:
            lines.append([])
            left = further
        left -= wide + (1 if lines[-1] else 0)
        lines[-1].append(word)
    return [" ".join(line) for line in lines]


def _pieces(words: Iterable[str], width: int) -> Iterator[str]:
    """Yield words; what is no address in pieces that fit."""
    for word in words:
        if _columns(word) <= width or "://" in word:
            yield word
            continue
        piece, used = "", 0
        for char in word:
            wide = _columns(char)
            if used + wide > width and not (piece and are_joined(piece[-1], char)):
                yield piece
                piece, used = "", 0
            piece, used = piece + char, used + wide
        yield piece


def _is_plain(text: str) -> bool:
    """Tell whether each character of a text takes one column, without asking for each."""
    return (text.isascii() or not PERHAPS_WIDE.search(text)) and "{" not in text and "*|" not in text


def _columns(text: str) -> int:
    """
    Count the columns that a terminal gives a text (Unicode Standard Annex 11).

    A mark over a letter counts, since some programs count characters; so does what letter.py puts
    behind a brace and an asterisk.
    """
    if _is_plain(text):
        return len(text)
    marks = text.count("{") + text.count("*|")
    return marks + sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
