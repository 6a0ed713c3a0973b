"""From text to what a field means, the same in all formats. What does not convert is a Problem, never an exception."""

import math
import re
import unicodedata
from collections.abc import Iterable
from datetime import tzinfo
from functools import lru_cache

from frtfeed import markup, text, times, urls
from frtfeed.model import Severity, When
from frtfeed.parse.faults import Faults, shown
from frtfeed.parse.tree import Text

__all__ = [
    "address",
    "date",
    "domain",
    "flag",
    "is_address",
    "is_visible",
    "language",
    "listed",
    "named_address",
    "number",
    "prose",
    "refuse_address",
    "stem_of",
    "title",
    "unique",
]

DATE_EXAMPLE = "2024-01-31T12:00:00Z"
EXCERPT_CHARACTERS = 300  # two or three sentences
MAX_URL_CHARACTERS = 4096  # the longest in the seeds has 179; far beyond it nothing is meant to be read
MAX_DIGITS = 15  # as many as a float holds
NUMBER = re.compile(rf"[+-]?[0-9]{{1,{MAX_DIGITS}}}(?:\.[0-9]*)?")
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")  # RFC 5646 §2.1, without its rarities
FLAGS = dict.fromkeys("true yes on y 1".split(), True) | dict.fromkeys("false no off n 0".split(), False)


def prose(written: str, *, faults: Faults) -> str:
    """Return a text for people: without markup, repaired, on one line; "" when nothing of it can be seen."""
    if "<" in written or "&" in written:
        written = markup.plain(written)
    if written.isascii() and written.isprintable() and "  " not in written:  # nothing to repair and nothing to fold
        return written.strip(" ")
    line = text.one_line(faults.mend(written))
    return line if is_visible(line) else ""


def title(written: Text, *, field: str, faults: Faults) -> str:
    """Return a title as prose; a note when tags were taken out of it, since some are meant: "Vec<T>"."""
    line = prose(written.value, faults=faults)
    if line and markup.tagged(written.value):
        faults.add(
            "note",
            "tags in a title",
            f'Read as "{shown(line)}". Write &lt; for a < that belongs to it.',
            line=written.line,
            field=field,
            value=written.value,
        )
    return line


def is_visible(line: str) -> bool:
    """Tell whether a text has a character that leaves ink."""
    if line[:1].isalnum():
        return True
    return any(char.isprintable() and not char.isspace() for char in line)


def is_address(url: str) -> bool:
    """Tell whether a text is an http or https address of at most 4,096 characters."""
    return len(url) <= MAX_URL_CHARACTERS and urls.is_web(url)


def address(written: Text, *, field: str, faults: Faults) -> str:
    """Return an http or https address as given; "" with a warning for any other."""
    url = text.printable(written.value).strip()
    if is_address(url):
        return url
    refuse_address(written, field=field, faults=faults, severity="warning", consequence="Ignored.")
    return ""


def named_address(written: Text) -> tuple[str, str]:
    """Return an http or https address as given, and its canonical form; "" and "" for any other."""
    url = text.printable(written.value).strip()
    canonical = urls.canonical(url) if len(url) <= MAX_URL_CHARACTERS else ""
    return (url, canonical) if canonical else ("", "")


def refuse_address(written: Text, *, field: str, faults: Faults, severity: Severity, consequence: str) -> None:
    """Say that a text is no address that frtfeed takes."""
    faults.add(
        severity,
        "not an http or https address",
        f"{consequence} Write it as https://example.org/path.",
        line=written.line,
        field=field,
        value=written.value,
    )


def date(
    written: Text, *, field: str, zone: tzinfo, faults: Faults, severity: Severity, consequence: str
) -> When | None:
    """
    Read a date; a note when a zone had to be assumed, None with a problem when it is none.

    Args:
        zone: taken where the text names none.
        severity, consequence: of the problem, when the text is not a date; "Story skipped."
    """
    try:
        when, assumed = times.parse_when(written.value, zone=zone)
    except ValueError as error:
        faults.add(
            severity,
            "outside the calendar" if isinstance(error, times.CalendarError) else "not a date",
            f"{consequence} Write it as {DATE_EXAMPLE}.",
            line=written.line,
            field=field,
            value=written.value,
        )
        return None
    if assumed:
        faults.add(
            "note",
            "a time without its zone",
            f"Read as {zone}. Write it as {DATE_EXAMPLE}, or with an offset such as +01:00.",
            line=written.line,
            field=field,
            value=written.value,
        )
    return when


def number(written: Text, *, field: str, low: int, high: int, faults: Faults) -> int | None:
    """Return a number within [low, high], rounded; None with a warning for anything else."""
    value = written.value.strip()
    if value.isascii() and value.isdecimal() and len(value) <= MAX_DIGITS:  # as nearly all are
        rounded: int | None = int(value)
    else:
        rounded = math.floor(float(value) + 0.5) if NUMBER.fullmatch(value) else None
    if rounded is not None and low <= rounded <= high:
        return rounded
    faults.add(
        "warning",
        f"not a number from {low} to {high}",
        "Treated as missing.",
        line=written.line,
        field=field,
        value=written.value,
    )
    return None


def flag(written: Text) -> bool | None:
    """Read yes or no in the words people use; None for any other text."""
    return FLAGS.get(written.value.strip().lower())


def language(written: Text, *, field: str, faults: Faults) -> str:
    """Return a language tag such as "en" or "pt-BR"; "" with a warning for anything else."""
    tag = written.value.strip().replace("_", "-")
    if LANGUAGE_TAG.fullmatch(tag):
        return tag
    faults.add(
        "warning",
        "not a language tag",
        "Ignored. Write it as en or pt-BR.",
        line=written.line,
        field=field,
        value=written.value,
    )
    return ""


def domain(written: Text, *, field: str, faults: Faults) -> str:
    """Return a domain in lower case without www; "" with a warning when it is none."""
    name = text.printable(written.value).strip()
    found = _domain_in(name) if len(name) <= MAX_URL_CHARACTERS else ""
    if "." in found:
        return found
    faults.add(
        "warning",
        "not a domain",
        "Taken from the story's address instead. Write it as example.org.",
        line=written.line,
        field=field,
        value=written.value,
    )
    return ""


@lru_cache(maxsize=1024)  # publishers come again and again
def _domain_in(name: str) -> str:
    """Return the domain that a text of at most 4,096 characters names, or the address in it has; "" for none."""
    return urls.domain_of(name if "://" in name else f"https://{name}")


def listed(written: str) -> tuple[str, ...]:
    """Split a list written on one line with ";" between its entries."""
    return unique(text.one_line(entry) for entry in written.split(";"))


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Return names in their order, each once however it is capitalised, without empty ones."""
    seen: dict[str, str] = {}
    for name in names:
        if name:
            seen.setdefault(text.fold(name), name)
    return tuple(seen.values())


def stem_of(path: str) -> str:
    """Return a file's name without its ending, in NFC: the same on every file system."""
    name = path.rpartition("/")[2]
    stem = name.rpartition(".")[0] or name
    # A name that is no UTF-8 comes with surrogates, which cannot be hashed.
    return unicodedata.normalize("NFC", stem.encode(errors="replace").decode())
