"""How much each word of a story tells: by a general prior and by the stories just before it."""

from collections import deque
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import islice, repeat
from math import log, sqrt
from typing import NamedTuple, Protocol
from zlib import crc32

from frtfeed.edit.prior import LEVELS
from frtfeed.edit.tokens import capitals, cut, normal, plain, tokens
from frtfeed.fingerprints import checksum
from frtfeed.records import Struct

__all__ = ["Gist", "Heard", "Said", "Vector", "Weigher", "gist_of"]

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
MAX_TERMS = 2**16  # words that are kept at hand; then those of the window are kept
NOTHING = " "  # what a word that says nothing is taken for; no word has a blank
TIE_BREAK = 2.0**-50  # of the words of equal weight, the same come first in every story: by their checksums
# How much a word said so many times weighs, by times; the list ends beyond what an excerpt can hold.
LOUDNESS = (0.0, *(1 + log(times) for times in range(1, MAX_EXCERPT_LETTERS + TITLE_WEIGHT)))


class Said(Protocol):
    """What a story says."""

    @property
    def title(self) -> str: ...
    @property
    def excerpt(self) -> str: ...


class Gist(NamedTuple):
    """
    The words of a story that tell something, as the weigher takes them: cut and folded once, and kept.

    words: as normal() has them, each once, the title's first.
    titled: how many of them are the title's. times: how often the story says each; at which ones are written as names.
    text: a checksum of the excerpt, 0 where there is none.
    """

    words: tuple[str, ...]
    titled: int
    times: bytes
    names: tuple[int, ...]
    text: int


def gist_of(story: Said) -> Gist:
    """Cut a story into the words that tell something."""
    excerpt, stop_words = plain(story.excerpt[:MAX_EXCERPT_LETTERS]), _stop_words()
    counts = dict.fromkeys([word for word in tokens(story.title) if word not in stop_words], TITLE_WEIGHT)
    titled = len(counts)
    for word in map(_telling, cut(excerpt)):
        counts[word] = counts.get(word, 0) + 1
    counts.pop(NOTHING, None)
    named = set(map(_telling, capitals(f"{plain(story.title)} . {excerpt}")))
    return Gist(
        words=tuple(counts),
        titled=titled,
        times=bytes(counts.values()),
        names=tuple([at for at, word in enumerate(counts) if word in named]),
        text=checksum(excerpt) if excerpt else 0,
    )


class _Term(Struct, eq=False):
    """
    A word that tells something.

    imagined: in how many of the imagined stories it stands; count: in how many of the window.
    """

    word: str
    imagined: float
    is_keyword: bool
    count: int = 0


class Heard(Struct, eq=False):
    """
    A story's words as they stood when its turn came, from which its weights can be worked out at any time.

    counts: in how many stories of the window each of its terms stood; size: how many those were.
    """

    gist: Gist
    terms: Sequence[_Term]
    counts: Sequence[int]
    size: int
    boilerplate: bool

    def vector(self) -> Vector:
        """Return the story's heaviest words with their weights, heaviest first, of unit length."""
        weights = _weights(self, self.terms)
        heaviest = sorted(weights, key=weights.__getitem__, reverse=True)[:MAX_WORDS]
        length = sqrt(sum([weights[word] * weights[word] for word in heaviest])) or 1.0
        return {word: weights[word] / length for word in heaviest}

    def title(self) -> list[str]:
        """Return the words of the title that vector() has, heaviest first; quicker."""
        titled = self.gist.titled
        if len(self.terms) > MAX_WORDS:
            words = set(self.gist.words[:titled])
            return [word for word in self.vector() if word in words]
        weights = _weights(self, self.terms[:titled])
        return sorted(weights, key=weights.__getitem__, reverse=True)


def _weights(heard: Heard, terms: Sequence[_Term]) -> Vector:
    """Return the weights of the first words of a story."""
    counts, size = heard.counts, heard.size
    times = repeat(TITLE_WEIGHT) if heard.boilerplate else heard.gist.times
    common = KEYWORD_SHARE * size if size >= ENOUGH_STORIES else size + 1
    log_all = log(size + PRIOR_STORIES)
    weights = {
        term.word: sqrt(log_all - log(count + term.imagined)) * LOUDNESS[said]
        for term, count, said in zip(terms, counts, times, strict=False)
    }
    everywhere = {term.word for term, count in zip(terms, counts, strict=False) if count > common or term.is_keyword}
    for word in everywhere:
        weights[word] *= KEYWORD_WEIGHT
    for at in heard.gist.names:
        if at < len(terms) and (word := terms[at].word) not in everywhere:
            weights[word] *= NAME_BONUS
    return weights


class Weigher:
    """
    Weighs the words of stories that come in order of date.

    keywords: the feed's own phrases (configuration); their words weigh less from the first story on.
    """

    def __init__(self, keywords: Iterable[str] = ()) -> None:
        self.keywords = frozenset(word for phrase in keywords for word in tokens(phrase))
        self._terms = _Terms(self.keywords)
        self._window: deque[tuple[float, int, Sequence[_Term]]] = deque()
        self._titled: dict[int, list[tuple[str, ...]]] = {}  # the words of each title that an excerpt came under

    def hear(self, gist: Gist, day: float, *, boilerplate: bool | None = None) -> Heard:
        """
        Take the next story into the window.

        Args:
            day: when it was published, in days of any era; never less than that of the story before.
            boilerplate: whether its excerpt is about other stories as much, where that is known already.
        """
        boilerplate, terms = self._count(gist, day, boilerplate)
        counts = [each.count for each in terms]
        return Heard(gist, terms, counts, len(self._window), boilerplate)

    def count(self, gist: Gist, day: float, *, boilerplate: bool) -> None:
        """Take no more of the next story than that its words weigh on those that follow."""
        self._count(gist, day, boilerplate)

    def _count(self, gist: Gist, day: float, boilerplate: bool | None) -> tuple[bool, Sequence[_Term]]:
        self._forget(day - WINDOW_DAYS)
        self._terms.trim()
        words = gist.words
        if gist.text:
            found = self._is_boilerplate(gist.text, words[: gist.titled])
            if boilerplate is None:
                boilerplate = found
        if boilerplate:
            words = words[: gist.titled]
        terms = list(map(self._terms.__getitem__, words))
        self._window.append((day, gist.text, terms))
        for each in terms:
            each.count += 1
        return bool(boilerplate), terms

    def usual_likeness(self, vector: Vector) -> float:
        """
        Return how like the last story is to the others of the window, on average, by its heaviest words.

        Args:
            vector: that story's.
        """
        heaviest = islice(vector, USUAL_WORDS)
        shared = sum([(self._terms[word].count - 1) * vector[word] * vector[word] for word in heaviest])
        return shared / (len(self._window) - 1 + USUAL_PRIOR)

    def _forget(self, before: float) -> None:
        """Let those stories out of the window that are older than a day."""
        window = self._window
        while window and window[0][0] < before:
            _, text, terms = window.popleft()
            if text and len(self._titled[text]) == 1:
                del self._titled[text]
            elif text:
                self._titled[text].pop(0)
            for each in terms:
                each.count -= 1

    def _is_boilerplate(self, text: int, title: tuple[str, ...]) -> bool:
        """Tell whether an excerpt came before under titles that share no word with this one: it is about neither."""
        titles = self._titled.get(text)
        if titles is None:
            self._titled[text] = [title]
            return False
        strange = bool(title) and all(map(set(title).isdisjoint, titles))
        titles.append(title)
        return strange


class _Terms(dict[str, _Term]):
    """The term of each word, made when it is first asked for."""

    def __init__(self, keywords: Collection[str]) -> None:
        super().__init__()
        self._keywords = keywords
        self._most = MAX_TERMS

    def trim(self) -> None:
        """Forget the words of no story of the window, if there are many."""
        if len(self) > self._most:
            unsaid = [word for word, term in self.items() if not term.count]
            for word in unsaid:
                del self[word]
            self._most = max(MAX_TERMS, 2 * len(self))

    def __missing__(self, word: str) -> _Term:
        imagined = _imagined().get(word, RARE) * (1 + TIE_BREAK * crc32(word.encode("utf-8", "replace")))
        term = self[word] = _Term(word, imagined, word in self._keywords)
        return term


@lru_cache(maxsize=MAX_TERMS)
def _telling(written: str) -> str:
    """Return a word as it is compared; NOTHING for one that says nothing of any event."""
    word = normal(written)
    return NOTHING if word in _stop_words() else word


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
