"""How much each word of a story tells: by a general prior and by the stories just before it."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from math import log, sqrt
from typing import Protocol
from zlib import crc32

from frtfeed.edit.prior import LEVELS
from frtfeed.edit.tokens import capitals, cut, normal, plain, tokens
from frtfeed.model import Story

__all__ = ["Said", "Vector", "Weigher"]

Vector = dict[str, float]

# Strategy: a word weighs by the square root of -ln(share), the share being that of the texts that
# hold it: so many stories of the last sixty days, and as many imagined ones, spread like the
# prior, as PRIOR_STORIES says. A small folder thus weighs like a large one, and a story's weights
# depend on the prior and on stories no newer than itself, so that a change reaches sixty days.
# What each constant is worth stands in the table of docs/design/grouping.md.
WINDOW_DAYS = 60
PRIOR_STORIES = 60
RARE = PRIOR_STORIES * 2**-10  # in so many of them stands a word that the prior does not know
TITLE_WEIGHT = 3  # a word of the title counts like three of the excerpt
NAME_BONUS = 1.3  # names tell events apart better than what happened
KEYWORD_WEIGHT = 0.3  # what every story of the feed says ...
KEYWORD_SHARE = 0.3  # ... such as words in so large a part of the window ...
ENOUGH_STORIES = 10  # ... once that holds so many
STOP_LEVEL = 4  # words in one text of sixteen or more are left out: they add time, not judgement
MAX_WORDS = 28  # the heaviest of a story's words; the rest add time, not judgement
MAX_EXCERPT_LETTERS = 240  # what comes later adds time, not judgement
USUAL_WORDS = 12  # how like a story is to any other: by its heaviest words ...
USUAL_PRIOR = 20  # ... and as many strangers count beside the window: a young feed has few
MAX_TERMS = 2**16  # words as written that are kept at hand; then those of the window are kept
TIE_BREAK = 2.0**-50  # of the words of equal weight, the same come first in every story: by their checksums
# How much a word said so many times weighs, by times; the list ends beyond what an excerpt can hold.
LOUDNESS = (0.0, *(1 + log(times) for times in range(1, MAX_EXCERPT_LETTERS + TITLE_WEIGHT)))


@dataclass(slots=True, eq=False)
class _Term:
    """
    A word that tells something.

    imagined: in how many of the imagined stories it stands; count: in how many of the window.
    """

    word: str
    imagined: float
    is_keyword: bool
    count: int = 0


class Said(Protocol):
    """What a story says, and when."""

    @property
    def title(self) -> str: ...
    @property
    def excerpt(self) -> str: ...
    @property
    def at(self) -> datetime: ...


class Weigher:
    """
    Weighs the words of stories that come in order of date.

    keywords: the feed's own phrases (configuration); their words weigh less from the first story on.
    """

    def __init__(self, keywords: Iterable[str] = ()) -> None:
        self.keywords = frozenset(word for phrase in keywords for word in tokens(phrase))
        self._terms = _Terms(self.keywords)
        self._window: deque[tuple[float, str, tuple[_Term, ...]]] = deque()
        self.boilerplate = False  # of the last story
        self._titled: dict[str, list[tuple[_Term, ...]]] = {}  # the words of each title that an excerpt came under

    def weigh(self, story: Story, day: float, *, title: Iterable[str]) -> Vector:
        """
        Return a story's heaviest words with their weights, heaviest first, of unit length; take it into the window.

        Args:
            day: when it was published, in days of any era; never less than that of the story before.
            title: the words of its title, as cut() returns them.
        """
        return self.weighed(story, self.count(story, day, title=title))

    def count(
        self, story: Said, day: float, *, title: Iterable[str], boilerplate: bool | None = None
    ) -> "dict[_Term, int]":
        """
        Take a story into the window; return its words with how often it says them.

        Args:
            boilerplate: whether its excerpt is about other stories as much, where that is known already.
        """
        excerpt = plain(story.excerpt[:MAX_EXCERPT_LETTERS])
        self._forget(day - WINDOW_DAYS)
        self._terms.trim()
        term = self._terms.__getitem__
        counts = dict.fromkeys(map(term, title), TITLE_WEIGHT)
        counts.pop(NOTHING, None)
        found = bool(excerpt) and self._is_boilerplate(excerpt, tuple(counts))
        self.boilerplate = found if boilerplate is None else boilerplate
        if excerpt and not self.boilerplate:
            for each in map(term, cut(excerpt)):
                counts[each] = counts.get(each, 0) + 1
            counts.pop(NOTHING, None)
        self._window.append((day, excerpt, tuple(counts)))
        for each in counts:
            each.count += 1
        return counts

    def weighed(self, story: Story, counts: "Mapping[_Term, int]") -> Vector:
        """Return the weights of the words of the last story."""
        _, excerpt, _ = self._window[-1]
        named = set(map(self._terms.__getitem__, capitals(f"{plain(story.title)} . {excerpt}")))
        size = len(self._window)
        common = KEYWORD_SHARE * size if size >= ENOUGH_STORIES else size + 1
        log_all = log(size + PRIOR_STORIES)
        weights: dict[_Term, float] = {}
        for each, times in counts.items():
            count = each.count
            weight = sqrt(log_all - log(count + each.imagined)) * LOUDNESS[times]
            if count > common or each.is_keyword:
                weight *= KEYWORD_WEIGHT
            elif each in named:
                weight *= NAME_BONUS
            weights[each] = weight
        heaviest = sorted(weights, key=weights.__getitem__, reverse=True)[:MAX_WORDS]
        length = sqrt(sum([weights[each] * weights[each] for each in heaviest])) or 1.0
        return {each.word: weights[each] / length for each in heaviest}

    def usual_likeness(self, vector: Vector) -> float:
        """
        Return how like the last story is to the others of the window, on average, by its heaviest words.

        Args:
            vector: that story's, as weigh() returned it.
        """
        counts = self._terms.counts(islice(vector, USUAL_WORDS))
        shared = sum([(count - 1) * vector[word] * vector[word] for word, count in counts])
        return shared / (len(self._window) - 1 + USUAL_PRIOR)

    def _forget(self, before: float) -> None:
        """Let those stories out of the window that are older than a day."""
        window = self._window
        while window and window[0][0] < before:
            _, excerpt, terms = window.popleft()
            if excerpt and len(self._titled[excerpt]) == 1:
                del self._titled[excerpt]
            elif excerpt:
                self._titled[excerpt].pop(0)
            for each in terms:
                each.count -= 1

    def _is_boilerplate(self, excerpt: str, title: tuple[_Term, ...]) -> bool:
        """Tell whether an excerpt came before under titles that share no word with this one: it is about neither."""
        titles = self._titled.get(excerpt)
        if titles is None:
            self._titled[excerpt] = [title]
            return False
        strange = bool(title) and all(map(set(title).isdisjoint, titles))
        titles.append(title)
        return strange


NOTHING = _Term("", RARE, is_keyword=False)  # what a word that says nothing of any event is taken for


class _Terms(dict[str, _Term]):
    """
    The term of each word as it is written.

    Looked up some forty times a story: a word is folded, and sought in the prior, once.
    """

    def __init__(self, keywords: Collection[str]) -> None:
        super().__init__()
        self._keywords = keywords
        self._by_word: dict[str, _Term] = {}

    def trim(self) -> None:
        """Forget the words of no story of the window, if there are many."""
        if len(self) > MAX_TERMS:
            self.clear()
            self._by_word = {word: term for word, term in self._by_word.items() if term.count}

    def counts(self, words: Iterable[str]) -> Iterator[tuple[str, int]]:
        """Yield in how many stories of the window each of some words stands."""
        return ((word, self._by_word[word].count) for word in words)

    def __missing__(self, written: str) -> _Term:
        word = normal(written)
        if word in _stop_words():
            self[written] = NOTHING
            return NOTHING
        term = self._by_word.get(word)
        if term is None:
            imagined = _imagined().get(word, RARE) * (1 + TIE_BREAK * crc32(word.encode("utf-8", "replace")))
            term = self._by_word[word] = _Term(word, imagined, word in self._keywords)
        self[written] = term
        return term


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    """Return the words that say nothing of any event."""
    return frozenset(normal(word) for listed in LEVELS[: STOP_LEVEL + 1] for word in listed.split())


def says_nothing(word: str) -> bool:
    """Tell whether a word is one of those that stand in any text."""
    return word in _stop_words()


def is_rare(word: str) -> bool:
    """Tell whether the prior does not know a word: most such words are names."""
    return word not in _imagined()


@lru_cache(maxsize=1)
def _imagined() -> dict[str, float]:
    """Return in how many of the imagined stories each word of the prior stands."""
    return {normal(word): PRIOR_STORIES * 2.0**-level for level, listed in enumerate(LEVELS) for word in listed.split()}
