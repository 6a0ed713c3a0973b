"""Texts become the words by which events are told apart, in any script."""

import re
import unicodedata
from functools import lru_cache

__all__ = ["capitals", "cut", "normal", "plain", "tokens"]

# Letters, digits, and the marks that some scripts write vowels with (Hebrew, Arabic, Indic, Thai,
# Lao, Burmese, Khmer): Python's \w leaves these out and would cut words at them.
MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0d63"
    "\u0e31-\u0e4e\u0eb1-\u0ecd\u102b-\u109d\u17b4-\u17d3"
)
ASCII_WORD = re.compile(r"[a-z0-9]{2,}(?:'[a-z0-9]+)*")
WORD = re.compile(rf"(?:[^\W_]|[{MARKS}])+(?:['’](?:[^\W_]|[{MARKS}])+)*")
# Scripts written without spaces, and Korean, whose particles hang on to its words: pairs of
# characters stand for words (README of the labelled stories; the reference does the same).
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+"
)
PUNCTUATION = (("'", "’"), ("'", "‘"), ('"', "“"), ('"', "”"), ("-", "–"), ("-", "—"), ("...", "…"), (" ", "\u00a0"))
VOWEL_POINTS = re.compile("[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640]")
ARABIC_LETTERS = str.maketrans("أإآىة", "ااايه")
# A capital within a sentence, or two capitals in a row. The capital first: most letters are none.
ASCII_CAPITAL = re.compile(r"[A-Z](?:(?<=[\w,;] [A-Z])\w+|(?<=\b[A-Z])[A-Z]+\b)")
CAPITAL = re.compile(r"(?<=[\w,;] )[^\W\d_]\w+|\b[^\W\d_]{2,}\b")


@lru_cache(maxsize=16)  # a title is asked for several times in a row
def tokens(text: str) -> tuple[str, ...]:
    """Return a text's words in their order, each as normal() has it; those of one letter are left out."""
    return tuple(map(normal, cut(plain(text))))


def plain(text: str) -> str:
    """Write typographic punctuation in ASCII, so that most texts are all ASCII; other scripts in one form (NFKC)."""
    if text.isascii():
        return text
    for ours, theirs in PUNCTUATION:
        text = text.replace(theirs, ours)
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def cut(text: str) -> list[str]:
    """
    Cut a text into its words, in lower case, in their order; those of one letter are left out.

    Args:
        text: as plain() returns it.
    """
    if text.isascii():
        return ASCII_WORD.findall(text.lower())
    found = []
    for word in WORD.findall(text.lower()):
        if not word.isascii() and UNSPACED.search(word):
            found.extend(_pairs(word))
        elif len(word) > 1:
            found.append(word)
    return found


def capitals(text: str) -> list[str]:
    """
    Return the words that are written as names, in lower case: a capital inside a sentence, or capitals throughout.

    Args:
        text: as plain() returns it.
    """
    if text.isascii():
        return [word.lower() for word in ASCII_CAPITAL.findall(text)]
    return [word.lower() for word in CAPITAL.findall(text) if word[0].isupper()]


@lru_cache(maxsize=65_536)
def normal(word: str) -> str:
    """
    Return the form in which words are compared: case, apostrophes, plurals and commonest endings folded.

    A light hand on purpose: a full stemmer gained nothing on the labelled stories (docs/design/grouping.md).
    """
    word = word.casefold().replace("’", "'")
    if word.isascii():
        if "'" in word:
            word = re.sub(r"'s?$", "", word)
        return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
    first = ord(word[0])
    if 0x0590 <= first <= 0x06FF:
        word = VOWEL_POINTS.sub("", word).translate(ARABIC_LETTERS)
        return word[2:] if len(word) > 4 and word.startswith("ال") else word
    if 0x0400 <= first <= 0x04FF:
        return word[: max(4, len(word) - 2)]  # case endings
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _pairs(run: str) -> list[str]:
    """Cut what is written without spaces into overlapping pairs; what is not stays whole."""
    found = []
    for part in re.split(f"({UNSPACED.pattern})", run):
        if UNSPACED.fullmatch(part):
            letters = "".join(char for char in part if not unicodedata.combining(char))
            found += [letters[at : at + 2] for at in range(len(letters) - 1)] or [letters]
        elif len(part) > 1:
            found.append(part)
    return found
