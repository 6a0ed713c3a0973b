"""How much each word of a story tells: by a general prior and by the stories just before it."""

from collections import deque
from collections.abc import Iterable
from functools import lru_cache
from math import log, sqrt

from frtfeed.edit.prior import LEVELS
from frtfeed.edit.tokens import names, normal, tokens
from frtfeed.model import Story

__all__ = ["Vector", "Weigher"]

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
MAX_WORDS = 32  # the heaviest of a story's words; the rest add time, not judgement
MAX_EXCERPT_LETTERS = 240  # what comes later adds time, not judgement
# How much a word said so many times weighs, by times; the list ends beyond what an excerpt can hold.
LOUDNESS = (0.0, *(1 + log(times) for times in range(1, MAX_EXCERPT_LETTERS + TITLE_WEIGHT)))


class Weigher:
    """
    Weighs the words of stories that come in order of date.

    keywords: the feed's own phrases (configuration); their words weigh less from the first story on.
    """

    def __init__(self, keywords: Iterable[str] = ()) -> None:
        self.keywords = frozenset(word for phrase in keywords for word in tokens(phrase))
        self._spread: dict[str, int] = {}
        self._window: deque[tuple[float, tuple[str, ...]]] = deque()

    def weigh(self, story: Story, day: float) -> Vector:
        """
        Return a story's heaviest words with their weights, heaviest first, of unit length; take it into the window.

        Args:
            day: when it was published, in days of any era; never less than that of the story before.
        """
        title, excerpt = story.title, story.excerpt[:MAX_EXCERPT_LETTERS]
        stop = _stop_words()
        counts = {word: TITLE_WEIGHT for word in tokens(title) if word not in stop}
        for word in tokens(excerpt):
            if word not in stop:
                counts[word] = counts.get(word, 0) + 1
        named = names(f"{title} . {excerpt}")
        spread, imagined, keywords = self._spread, _imagined(), self.keywords
        self._window.append((day, tuple(counts)))
        self._forget(day - WINDOW_DAYS)
        size = len(self._window)
        common = KEYWORD_SHARE * size if size >= ENOUGH_STORIES else size + 1
        log_all = log(size + PRIOR_STORIES)
        weighed: list[tuple[float, str]] = []
        for word, times in counts.items():
            spread[word] = count = spread.get(word, 0) + 1
            # max: a word that every text holds may come out a rounding error below zero
            weight = sqrt(max(0.0, log_all - log(count + imagined.get(word, RARE)))) * LOUDNESS[times]
            if count > common or word in keywords:
                weight *= KEYWORD_WEIGHT
            elif word in named:
                weight *= NAME_BONUS
            weighed.append((-weight, word))
        weighed.sort()
        del weighed[MAX_WORDS:]
        length = -sqrt(sum([weight * weight for weight, _ in weighed])) or 1.0
        return {word: weight / length for weight, word in weighed}

    def _forget(self, before: float) -> None:
        """Let those stories out of the window that are older than a day."""
        window, spread = self._window, self._spread
        while window[0][0] < before:
            for word in window.popleft()[1]:
                if spread[word] == 1:
                    del spread[word]
                else:
                    spread[word] -= 1


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    """Return the words that say nothing of any event."""
    return frozenset(normal(word) for listed in LEVELS[: STOP_LEVEL + 1] for word in listed.split())


def is_rare(word: str) -> bool:
    """Tell whether the prior does not know a word: most such words are names."""
    return word not in _imagined()


@lru_cache(maxsize=1)
def _imagined() -> dict[str, float]:
    """Return in how many of the imagined stories each word of the prior stands."""
    return {normal(word): PRIOR_STORIES * 2.0**-level for level, listed in enumerate(LEVELS) for word in listed.split()}
