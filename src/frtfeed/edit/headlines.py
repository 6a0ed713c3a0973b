"""What two titles say of each other: re-issued, or filled into one template."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from frtfeed.edit.tokens import normal, plain, tokens
from frtfeed.edit.weights import is_rare, says_nothing

__all__ = ["Headline", "are_strangers", "is_reissue", "read_headline", "share_a_template"]

MIN_WORDS = 4  # shorter titles ("Live facial recognition") come again by themselves
REISSUE_OVERLAP = 0.7  # shared words of all words: "ICO orders Serco to stop …", "Serco ordered to stop …"
MIN_FRAME = 3  # pairs of neighbouring words that a template has at least ...
FRAME = 0.5  # ... and the part of the shorter title's that two titles of one template share
HAS_DIGIT = re.compile(r"\d")
TITLE_CASE = 0.75  # share of capitals from which a capital says nothing
# Market reports are sold by the hundred: whatever differs between two of them is the market.
REPORT_WORDS = frozenset(("market", "forecast"))
# "Revealed: …", "Daily roundup: …": what a paper calls its piece names nobody in it. Two words at most:
# in "Sydney rules against Idemia: …" stand the names.
LABEL = re.compile(r"^(?:[^\s:]+\s+){0,1}[^\s:]+:\s")
WORD = re.compile(r"[^\W_]{2,}(?:'[^\W_]+)*")


# No slots: what a title names and its pairs of words are worked out when they are first asked for, and kept.
@dataclass(frozen=True)
class Headline:
    """
    A title for comparison.

    words: in order, as compared; set: the same. said: the words of the whole story.
    keywords: words that every story of the feed may hold: they name nothing.
    """

    title: str
    words: tuple[str, ...]
    set: frozenset[str]
    said: Collection[str]
    keywords: frozenset[str]

    @cached_property
    def names(self) -> frozenset[str]:
        """Which of the words are names."""
        return _names(self.title) - self.keywords

    @cached_property
    def pairs(self) -> frozenset[str]:
        """Each word with the one behind it."""
        return frozenset([f"{word} {following}" for word, following in pairwise(self.words)])


def read_headline(title: str, *, said: Collection[str], keywords: frozenset[str] = frozenset()) -> Headline:
    """
    Prepare a title for comparison.

    Args:
        said: the words of the whole story, title included, as tokens() has them; quick to look into.
        keywords: words that every story of the feed may hold.
    """
    words = tokens(title)
    return Headline(title, words, frozenset(words), said, keywords)


def _names(title: str) -> frozenset[str]:
    """Return which words of a title are names."""
    raw = WORD.findall(LABEL.sub("", plain(title)) if ":" in title else plain(title))
    capital = [word for word in raw if word[0].isupper()]
    telling = capital if raw and capital and raw[0] is not capital[0] else capital[1:]
    if len(capital) >= TITLE_CASE * len(raw):
        telling = []
    found = set(map(normal, telling))
    found.update(filter(is_rare, map(normal, capital)))
    if HAS_DIGIT.search(title):
        found.update(normal(word) for word in raw if HAS_DIGIT.search(word))
    return frozenset(found)


def is_reissue(one: Headline, other: Headline) -> bool:
    """Tell whether two titles are the same but for a word or two."""
    mine, theirs = one.set, other.set
    shared = len(mine & theirs)
    alike = shared >= REISSUE_OVERLAP * (len(mine) + len(theirs) - shared)
    return alike and min(len(one.words), len(other.words)) >= MIN_WORDS


def share_a_template(one: Headline, other: Headline) -> bool:
    """
    Tell whether two titles are one sentence filled with different names.

    "X earned the Y specialisation", "Airports using biometrics in Kansas": most pairs of
    neighbouring words are the same, and each title has a name that the other story never says.
    """
    shorter = min(len(one.words), len(other.words)) - 1
    frame = max(MIN_FRAME, FRAME * shorter)
    if shorter < MIN_FRAME or len(one.pairs & other.pairs) < frame or len(one.set & other.set) < frame:
        return False
    if one.set >= REPORT_WORDS and other.set >= REPORT_WORDS:
        return one.set != other.set
    if one.words[1:] == other.words[1:]:  # "Kansas airports …", "Texas airports …": any first word has a capital
        mine, theirs = _opening(one), _opening(other)
    else:
        mine, theirs = one.names - other.set, other.names - one.set
    return bool(mine and theirs) and _unsaid(mine, other) and _unsaid(theirs, one)


def _opening(headline: Headline) -> frozenset[str]:
    """Return a title's first word, if it may be a name: a capital, and no word that says nothing."""
    first = headline.words[0]
    may_be = headline.title[:1].isupper() and not says_nothing(first) and first not in headline.keywords
    return frozenset((first,)) if may_be else frozenset()


def are_strangers(one: Headline, other: Headline) -> bool:
    """Tell whether two titles name somebody each, and neither story says whom the other names."""
    mine, theirs = one.names, other.names
    return bool(mine and theirs) and _unsaid(mine, other) and _unsaid(theirs, one)


def _unsaid(names: frozenset[str], story: Headline) -> bool:
    """Tell whether a story says none of some names."""
    return names.isdisjoint(story.set) and not any(map(story.said.__contains__, names))
