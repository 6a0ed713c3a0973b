"""
The text of a page as lines, and what a line looks like: prose, a heading, navigation.

Strategy: a paragraph ends a sentence or is long; what is short and ends none is furniture, a
heading or a caption. Nothing else of a page survives being saved as text.
"""

import re
from collections.abc import Iterator

from frtfeed import text
from frtfeed.parse import fields
from frtfeed.parse.faults import Faults
from frtfeed.parse.tree import Text
from frtfeed.records import Struct

__all__ = ["Line", "address_in", "is_navigation", "is_prose", "lines_of", "said_published", "trim"]

LONG_WORDS = 22  # in seed 004 the standfirst without full stop has 17 words, the paragraph without one 29
QUESTION_WORDS = 10  # "Who was harmed?" is a heading
SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
BULLET = re.compile(r"^[•‣▪·*–-]\s+\S")
WRAPPED = range(40, 101)  # the width of lines that an editor or a mail program broke
NAVIGATION_PART = 40  # characters of a link in a menu, at most
# Pictographs, arrows and what joins them; ™ © ® ° are older than emoji and stay.
EMOJI_RANGES = ((0x2190, 0x2BFF), (0x1F000, 0x1FAFF), (0xE0020, 0xE007F))
EMOJI = "\u3030\u303d\u3297\u3299\u200d\u20e3\ufe0e\ufe0f\ufffd" + "".join(
    chr(code) for first, last in EMOJI_RANGES for code in range(first, last + 1)
)
ADDRESS_LABEL = re.compile(r"(?:url|source|link|permalink|original)\s*:?\s*(https?://\S+)", re.IGNORECASE)
PUBLISHED = re.compile(r"published\s*:\W*(\w+)\W*", re.IGNORECASE)


class Line(Struct, frozen=True):
    """A line that is not empty, its white space folded, with its number in the file."""

    number: int
    text: str


def lines_of(content: str, *, faults: Faults) -> tuple[Line, ...]:
    """Return the lines of a text, repaired; a paragraph that was broken into several becomes one again."""
    lines: list[Line] = []
    block: list[Line] = []
    for number, raw in enumerate(content.split("\n"), 1):
        line = text.one_line(faults.mend(raw))
        if line:
            block.append(Line(number, line))
            continue
        lines += _joined(block)
        block = []
    return (*lines, *_joined(block))


def trim(line: str) -> str:
    """Take emoji off the ends of a heading, label or value, and the marks of a Markdown heading."""
    return re.sub(r"^#{1,6}\s+", "", line).strip(EMOJI + " ")


def is_prose(line: str) -> bool:
    """Tell whether a line is a paragraph: it ends a sentence, is long, or is an entry of a list."""
    count = len(line.split())
    if line.endswith("?") and count <= QUESTION_WORDS and not re.search(r"[.!?]\s", line):
        return False
    return bool(SENTENCE_END.search(line) or BULLET.match(line)) or count >= LONG_WORDS


def is_navigation(line: str) -> bool:
    """Tell whether a line is a menu ("A | B | C") or a trail of crumbs ("Home > News > Police")."""
    parts = re.split(r"\s[|›»>•]\s", f" {line} ")
    crumbs = len(parts) > 2 or (len(parts) > 1 and "|" in line)
    return crumbs and all(len(part) <= NAVIGATION_PART and not SENTENCE_END.search(part.strip()) for part in parts)


def address_in(line: str) -> str:
    """Return the address that a line such as "Source: https://…" gives, "" when it gives none."""
    found = ADDRESS_LABEL.fullmatch(line)
    return found[1] if found and fields.is_address(found[1]) else ""


def said_published(line: str) -> bool | None:
    """Read a line such as "Published: no"; None for any other, "Published: March 2023" among them."""
    found = PUBLISHED.fullmatch(trim(line))
    return fields.flag(Text(found[1])) if found else None


def _joined(block: list[Line]) -> Iterator[Line]:
    """Join lines that follow each other directly, if they look like one broken paragraph."""
    broken = (
        len(block) > 1
        and all(len(line.text) in WRAPPED for line in block[:-1])
        and any(line.text[0].islower() for line in block[1:])
        and SENTENCE_END.search(block[-1].text)
    )
    if not broken:
        yield from block
        return
    yield Line(block[0].number, " ".join(line.text for line in block))
