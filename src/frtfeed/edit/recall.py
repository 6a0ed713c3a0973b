"""Which earlier stories a new one is compared with."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, islice
from math import sqrt

from frtfeed.edit.headlines import Headline, read_headline
from frtfeed.edit.score import outlet_key
from frtfeed.edit.weights import Heard, Vector
from frtfeed.model import Story

__all__ = [
    "MAX_TITLES",
    "OPEN_DAYS",
    "WINDOW_DAYS",
    "Fetch",
    "Index",
    "OpenEvent",
    "Seen",
    "heavy_words",
    "likely_alike",
    "product",
    "title_keys",
]

# What each is worth, and what its neighbours give: the table in docs/design/grouping.md.
WINDOW_DAYS = 7  # a story is compared with those of so many days before
OPEN_DAYS = 30  # an event takes stories for so long after its first; so does a title that comes again
HEAVY_WORDS = 8  # a story's candidates share one of its heaviest words
MAX_POSTING = 10  # so many of the newest stories are looked at for each of them
MIN_SHARED = 0.1  # a candidate's likeness by heavy words alone
MAX_CANDIDATES = 8  # best by that likeness
MAX_TITLES = 4  # so many of the newest titles with such a pair are looked at
TITLE_WORDS = 4  # a re-issued title shares a pair of so many of its heaviest words


Fetch = Callable[[str], Story]


@dataclass(slots=True, eq=False)
class OpenEvent:
    """
    An event in the making.

    id: of the story that began it.
    number: that story's, so that the older of two has the lower.
    name: what the editor called it, "" where nobody did.
    open_until: the last day on which it takes stories.
    """

    id: str
    number: int
    open_until: float
    name: str = ""
    members: list["Seen"] = field(default_factory=list)
    _sum: Vector = field(default_factory=dict)
    _square: float = 0.0
    _added: int = 0  # how many are in the sum
    _later: list["Seen | OpenEvent"] = field(default_factory=list)  # what is added to it when somebody asks

    def whole(self) -> tuple[Vector, float]:
        """Return the sum of its stories' vectors, and the square of that sum's length."""
        if self._later:
            self._add_up()
        return self._sum, self._square

    def add(self, seen: "Seen") -> None:
        """Add a story."""
        self.members.append(seen)
        self._later.append(seen)

    def take(self, other: "OpenEvent") -> None:
        """Take the stories of another event, which is no more."""
        self.members += other.members
        self._later.append(other)

    def _add_up(self) -> None:
        """Add what waits to the sum. Most events stay with one story: its own vector is the sum until another comes."""
        for each in self._later:
            vector = each.vector if isinstance(each, Seen) else each.whole()[0]
            if not self._added:
                self._sum, self._square = vector, 1.0 if vector else 0.0
            else:
                total, square = dict(self._sum) if self._added == 1 else self._sum, self._square
                for word, weight in vector.items():
                    had = total.get(word, 0.0)
                    total[word] = had + weight
                    square += weight * (2 * had + weight)
                self._sum, self._square = total, square
            self._added += 1 if isinstance(each, Seen) else len(each.members)
        self._later.clear()

    def likeness(self, vector: Vector, *, at_least: float) -> float:
        """
        Return the cosine between a story and the whole event.

        -1 where the event's members are not so like the story, on average, as they must at least be.
        """
        whole, square = self.whole()
        alike = product(vector, whole)
        if alike < at_least * len(self.members):
            return -1.0
        return alike / sqrt(square) if square else 0.0


# No slots: what a comparison asks for is worked out when it is first asked for, and kept.
@dataclass(eq=False)
class Seen:
    """
    What is remembered of a story.

    number: counts stories from the first of the stream, and so grows with their dates.
    keywords: as in Headline. fetch: returns the story of an id.
    """

    number: int
    id: str
    day: float
    heard: Heard
    keywords: frozenset[str]
    fetch: Fetch
    home: OpenEvent = field(init=False)  # once it is placed

    def know(self, story: Story) -> None:
        """Work out now what is asked of every story that is placed: that is quicker than one by one."""
        self.story = story
        self.outlet = outlet_key(story.provider)
        self.vector = self.heard.vector()

    @cached_property
    def story(self) -> Story:
        """The story itself, which most of those before a change are never asked for."""
        return self.fetch(self.id)

    @cached_property
    def vector(self) -> Vector:
        """Its heaviest words, heaviest first."""
        return self.heard.vector()

    @cached_property
    def headline(self) -> Headline:
        """Its title, for comparison."""
        return read_headline(self.story.title, said=self.vector, keywords=self.keywords)

    @cached_property
    def outlet(self) -> str:
        """Whose it is."""
        return outlet_key(self.story.provider)


# Strategy: numbers in arrays, since a stream touches a hundred notes a story: whatever is an object
# of its own is fetched from all over the memory, and looked at by the cyclic garbage collector.
class Index:
    """
    Which stories of the last days have a word, by number, the newest last.

    Swept once in so many days, so that what is old goes in time and each note is looked at once or twice.
    """

    def __init__(self, days: float, *, most: int = MAX_POSTING) -> None:
        self._days = days
        self._most = most
        self._swept = 0.0
        self._begun = 0  # the number at the last sweep
        self._notes: dict[str, array[int]] = {}

    def sweep(self, number: int, day: float) -> None:
        """Forget what was old at the last sweep already, if a new one is due."""
        if day - self._swept > self._days:
            since = self._begun
            self._notes = {
                word: numbers[-self._most :] for word, numbers in self._notes.items() if numbers[-1] >= since
            }
            self._swept, self._begun = day, number

    def add(self, number: int, words: Iterable[str]) -> None:
        """Note that a story has some words."""
        notes = self._notes
        for word in words:
            if word in notes:
                notes[word].append(number)
            else:
                notes[word] = array("q", (number,))

    def newest(self, word: str) -> Iterable[int]:
        """Return the newest stories with a word, some perhaps older than the index's days."""
        return self._notes[word][-self._most :] if word in self._notes else ()


def heavy_words(vector: Vector) -> tuple[str, ...]:
    """Return the words of a story by which others are found."""
    return tuple(islice(vector, HEAVY_WORDS))


def likely_alike(vector: Vector, heavy: Iterable[str], index: Index, *, since: int) -> list[int]:
    """
    Return the stories from a number on that are most like one, best first.

    By its heavy words alone, and as if these weighed the same in both.
    """
    partial: defaultdict[int, float] = defaultdict(float)
    for word in heavy:
        alike = vector[word] * vector[word]
        for number in index.newest(word):
            partial[number] += alike
    likely = [(-alike, number) for number, alike in partial.items() if alike >= MIN_SHARED and number >= since]
    likely.sort()
    return [number for _, number in likely[:MAX_CANDIDATES]]


def title_keys(seen: Seen) -> list[str]:
    """Return the pairs of a title's heaviest words, under which it is found again."""
    if "vector" in vars(seen):
        gist = seen.heard.gist
        said = set(gist.words[: gist.titled])
        found = sorted(islice((word for word in seen.vector if word in said), TITLE_WORDS))
    else:
        found = sorted(seen.heard.title()[:TITLE_WORDS])
    return [f"{one} {other}" for one, other in combinations(found, 2)]


def product(one: Vector, other: Vector) -> float:
    """Return the inner product of two vectors; quicker with the one first that was in use just now."""
    return sum([one[word] * other[word] for word in one if word in other])
