"""How far a change has reached: in what a pass differs from an earlier one, story by story."""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations
from math import inf

from frtfeed.edit.event import Placed
from frtfeed.edit.recall import OPEN_DAYS, WINDOW_DAYS, Seen, heavy_words, title_keys
from frtfeed.edit.weights import WINDOW_DAYS as WEIGHED_DAYS
from frtfeed.edit.weights import Gist, Heard

__all__ = ["Drift"]


# Strategy: where a story goes hangs on how its words weigh, which stories are found by them, how these words weigh,
# and on the events that those are in. As long as all of that is as it was, the story goes where it went, and
# nothing has to be compared. What is not looked into exactly counts as another: that costs time only.
class Drift:
    """
    What a pass has otherwise than an earlier one had when the same story's turn came.

    events: those that differ, by id. stories: those whose words weigh otherwise, or that are new, by number.
    touched: the ids of stories that went, came, or weigh otherwise. last: the day of the last one that differed.
    """

    def __init__(self) -> None:
        self.events: set[str] = set()
        self.stories: set[int] = set()
        self.touched: set[str] = set()
        self.last = -inf
        self._words: dict[str, int] = {}  # in how many stories of the window more each stands; none that is 0
        self._size = 0  # how many stories more the window has
        self._window: deque[tuple[float, tuple[str, ...], int]] = deque()
        self._found: dict[str, float] = {}  # the last day of a story that is, or was, found by a heavy word
        self._titled: dict[str, float] = {}  # or by the key of a title

    def turn(self, day: float) -> None:
        """Go on to a day."""
        while self._window and self._window[0][0] < day - WEIGHED_DAYS:
            _, words, more = self._window.popleft()
            self._count(words, -more)

    def is_spent(self, day: float) -> bool:
        """Tell whether no event that takes stories differs, nor by what stories are found."""
        return day > self.last + OPEN_DAYS

    def is_over(self, day: float) -> bool:
        """Tell whether nothing differs any more that a story could ask for."""
        return not self._window and self.is_spent(day)

    def weighs(self, heard: Heard, *, boilerplate: bool) -> bool:
        """
        Tell whether the words of a story weigh what they weighed.

        Args:
            boilerplate: whether its excerpt was.
        """
        same = heard.boilerplate == boilerplate and not self._size
        return same and self._words.keys().isdisjoint(heard.gist.words)

    def is_found_by(self, day: float, words: Iterable[str], keys: Iterable[str]) -> bool:
        """Tell whether other stories than before may be found by heavy words, or by the keys of a title."""
        recent, open_ = day - WINDOW_DAYS, day - OPEN_DAYS
        found, titled = self._found, self._titled
        return any(word in found and found[word] >= recent for word in words) or any(
            key in titled and titled[key] >= open_ for key in keys
        )

    def has(self, seen: Seen) -> bool:
        """Tell whether an earlier story differs, or its event."""
        return seen.number in self.stories or seen.home.id in self.events

    def went(self, id_: str, day: float, gist: Gist, placed: Placed) -> None:
        """Take note of a story that stood here and does so no more, or otherwise."""
        self.touched.add(id_)
        words = _counted(gist, boilerplate=placed.boilerplate)
        self._take(day, words, -1)
        self._stir(day, words, _any_keys(gist))
        self._differ(day, placed)

    def came(self, seen: Seen, placed: Placed) -> None:
        """Take note of a story that stands here and did not, or otherwise."""
        self._take(seen.day, _counted(seen.heard.gist, boilerplate=placed.boilerplate), 1)
        self._stir(seen.day, heavy_words(seen.vector), title_keys(seen))
        self._differ(seen.day, placed)
        self._mark(seen)

    def stayed(self, seen: Seen, placed: Placed, was: Placed, *, weighs: bool) -> None:
        """Take note of where a story was placed that stands where it stood."""
        if placed.boilerplate != was.boilerplate:
            self.went(seen.id, seen.day, seen.heard.gist, was)
            self.came(seen, placed)
        elif not weighs:
            before = replace(seen, heard=self._before(seen.heard))
            self._stir(seen.day, {*heavy_words(seen.vector)} ^ {*heavy_words(before.vector)}, ())
            self._stir(seen.day, (), {*title_keys(seen)} ^ {*title_keys(before)})
            self._mark(seen)
            self._differ(seen.day, placed)
            self._differ(seen.day, was)
        elif placed != was:
            self._differ(seen.day, placed)
            self._differ(seen.day, was)
        else:
            for older, newer in placed.merged:  # one by one: what takes an event that differs may be taken itself
                if newer in self.events:
                    self.events.add(older)

    def _mark(self, seen: Seen) -> None:
        self.stories.add(seen.number)
        self.touched.add(seen.id)

    def _before(self, heard: Heard) -> Heard:
        """Return the words of a story as they stood in the earlier pass."""
        counts = [count - self._words.get(term.word, 0) for term, count in zip(heard.terms, heard.counts, strict=True)]
        return Heard(heard.gist, heard.terms, counts, heard.size - self._size, heard.boilerplate)

    def _take(self, day: float, words: tuple[str, ...], more: int) -> None:
        self._window.append((day, words, more))
        self._count(words, more)

    def _count(self, words: tuple[str, ...], more: int) -> None:
        self._size += more
        for word in words:
            count = self._words[word] = self._words.get(word, 0) + more
            if not count:
                del self._words[word]

    def _stir(self, day: float, words: Iterable[str], keys: Iterable[str]) -> None:
        self._found |= dict.fromkeys(words, day)
        self._titled |= dict.fromkeys(keys, day)

    def _differ(self, day: float, placed: Placed) -> None:
        self.last = day
        self.events |= {placed.event, *(id_ for merged in placed.merged for id_ in merged)}


def _counted(gist: Gist, *, boilerplate: bool) -> tuple[str, ...]:
    """Return the words of a story that count."""
    return gist.words[: gist.titled] if boilerplate else gist.words


def _any_keys(gist: Gist) -> Iterable[str]:
    """Return all keys that a title may be found by, however its words weigh."""
    return (f"{one} {other}" for one, other in combinations(sorted(gist.words[: gist.titled]), 2))
