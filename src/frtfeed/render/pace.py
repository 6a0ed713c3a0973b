"""How long a text takes to read."""

import re
from collections.abc import Iterable

from frtfeed.records import Struct

__all__ = ["Length", "length_of", "minutes", "reading_minutes"]

WORDS_PER_MINUTE = 230  # Brysbaert 2019: silent reading of English non-fiction, 238
UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")  # Thai, Lao, Khmer, Japanese, Chinese
TAGS = re.compile("<[^>]*>")


class Length(Struct, frozen=True, kw_only=True):
    """How much there is to read: words between blanks, and characters of scripts that are written without blanks."""

    words: int
    unspaced: int


def length_of(html: str) -> Length:
    """Measure a stretch of HTML."""
    text = TAGS.sub(" ", html)
    return Length(words=len(text.split()), unspaced=0 if text.isascii() else len(UNSPACED.findall(text)))


def minutes(lengths: Iterable[Length]) -> int:
    """Tell how many minutes it takes to read all of these, one at least."""
    words = unspaced = 0
    for each in lengths:
        words, unspaced = words + each.words, unspaced + each.unspaced
    # Two characters make a word where nobody writes blanks.
    return max(1, round((words + unspaced // 2) / WORDS_PER_MINUTE))


def reading_minutes(html: str) -> int:
    """Tell how many minutes a stretch of HTML takes to read, one at least."""
    return minutes([length_of(html)])
