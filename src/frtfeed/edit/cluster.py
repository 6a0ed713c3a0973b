"""Which stories are about one event: one pass over them in order of date."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations, islice
from math import sqrt
from operator import attrgetter, itemgetter

from frtfeed.edit.headlines import Headline, are_strangers, is_reissue, read_headline, share_a_template
from frtfeed.edit.score import outlet_key
from frtfeed.edit.weights import Vector, Weigher
from frtfeed.model import Story

__all__ = ["Event", "Join", "Near", "cluster"]

# What each is worth, and what its neighbours give: the table in docs/design/grouping.md.
JOIN = 0.25  # likeness from which a story joins an event
MERGE = 0.28  # likeness of two events' sums from which a story that fits both joins them
MERGE_OVER_USUAL = 2.0  # and their stories' average likeness, so many times that of the stories of the week
BEST_SHARE = 0.6  # of the likeness: the best member's; the rest is the likeness to the whole
AGE_COST = 0.04  # likeness lost per day between two stories
NAMED_BONUS = 0.02  # likeness gained where an editor named one beside the other: likelier, never decided
STRANGERS_COST = 0.2  # likeness lost where each title names somebody and neither story says whom the other names
MIN_AVERAGE = 0.05  # an event's members are at least so like a story that joins, on average, ...
OVER_USUAL = 5.0  # ... and so many times as like as the stories of the week are
USUAL_WORDS = 8  # by the heaviest words of each
USUAL_PRIOR = 20  # as many strangers count beside the stories of the week: a young feed has few
SAME_OUTLET = 0.7  # an outlet seldom tells one event twice: only near copies of its own count ...
SAME_TEXT = 0.5  # ... that share half of their words beyond the title
WORTH_TELLING = 0.1  # an event less like a story was not nearly joined
WORTH_ASKING = 0.12  # below it no member's likeness makes a story join
MIN_WORDS = 4  # a story of fewer words is like too many others
WINDOW_DAYS = 7  # a story is compared with those of so many days before
OPEN_DAYS = 30  # an event takes stories for so long after its first; so does a title that comes again
HEAVY_WORDS = 8  # a story's candidates share one of its heaviest words
MAX_POSTING = 12  # so many of the newest stories are looked at for each of them
MIN_SHARED = 0.08  # a candidate's likeness by heavy words alone
MAX_CANDIDATES = 8  # best by that likeness
TITLE_WORDS = 4  # a re-issued title shares a pair of so many of its heaviest words


@dataclass(frozen=True, slots=True)
class Near:
    """The event that a story came closest to without joining it: its first story, how like, why not."""

    id: str
    likeness: float
    why_not: str


@dataclass(frozen=True, slots=True)
class Join:
    """Why a story is in its event: in words, how like it was (0 to 1), and what it nearly joined."""

    reason: str
    likeness: float = 0.0
    near: Near | None = None


@dataclass(slots=True)
class Event:
    """
    Stories about one event, in the order they joined.

    name: what the editor called it (`group:`), "" where nobody did.
    """

    name: str = ""
    stories: list[Story] = field(default_factory=list)
    joins: dict[str, Join] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class _Open:
    """
    An event in the making.

    number: counts events from the first of the stream, so that the older of two has the lower.
    sum: of its stories' vectors; square: of the sum's length.
    """

    number: int
    first_day: float
    event: Event
    members: list["_Seen"] = field(default_factory=list)
    sum: Vector = field(default_factory=dict)
    square: float = 0.0
    closed: bool = False

    def takes(self, day: float) -> bool:
        """Tell whether it still takes stories."""
        return not self.closed and day - self.first_day <= OPEN_DAYS

    def add(self, vector: Vector) -> None:
        """Add a vector to the sum. Most events stay with one story: its own vector is the sum until another comes."""
        if not self.members:
            self.sum, self.square = vector, 1.0 if vector else 0.0
            return
        total, square = dict(self.sum) if len(self.members) == 1 else self.sum, self.square
        for word, weight in vector.items():
            had = total.get(word, 0.0)
            total[word] = had + weight
            square += weight * (2 * had + weight)
        self.sum, self.square = total, square

    def likeness(self, vector: Vector, usual: float) -> float:
        """
        Return the cosine between a story and the whole event.

        -1 where its members are hardly more like it, on average, than any story of the week.
        """
        product = _dot(vector, self.sum)
        if product < (MIN_AVERAGE + OVER_USUAL * usual) * len(self.members):
            return -1.0
        return product / sqrt(self.square) if self.square else 0.0


@dataclass(slots=True, eq=False)
class _Seen:
    """What is remembered of a story; vector: heaviest words first."""

    story: Story
    day: float
    outlet: str
    headline: Headline
    vector: Vector
    home: _Open = field(init=False)  # once it is placed


class _Index:
    """
    Which stories of the last days have a word, newest first.

    Two generations, each of so many days: the older goes as a whole, nothing is ever swept.
    """

    def __init__(self, days: float) -> None:
        self._days = days
        self._begun = 0.0
        self._young: dict[str, list[_Seen]] = {}
        self._old: dict[str, list[_Seen]] = {}

    def turn(self, day: float) -> None:
        """Begin a new generation where it is time."""
        if day - self._begun > self._days:
            self._old = self._young if day - self._begun <= 2 * self._days else {}
            self._young, self._begun = {}, day

    def add(self, word: str, seen: _Seen) -> None:
        """Note that a story has a word."""
        self._young.setdefault(word, []).append(seen)

    def newest(self, word: str) -> list[_Seen]:
        """Return the newest stories with a word, some perhaps older than the index's days."""
        young, old = self._young.get(word), self._old.get(word)
        found = young[: -MAX_POSTING - 1 : -1] if young else _NONE
        if old and len(found) < MAX_POSTING:
            return found + old[: len(found) - MAX_POSTING - 1 : -1]
        return found


_NONE: list[_Seen] = []


# Strategy: single linkage is the trap (one group of 6,129 in a dense stream of 6,366 headlines):
# a story must be like an event's best member and like the whole of it. One pass in order of
# (published, id): a later story changes no earlier decision, except that it may show two events
# to be one. Then both wholes must be alike, and the older event stays.
def cluster(
    stories: Iterable[Story], *, related: Mapping[str, Iterable[str]], keywords: Iterable[str] = ()
) -> list[Event]:
    """
    Cluster stories by event.

    Args:
        stories: dated, unique by id, in order of (published, id).
        related: for a story's id, the ids that its editor named beside it.
        keywords: phrases that every story of the feed may hold.

    Returns: every story in exactly one event; events in the order of their first stories.
    """
    run = _Pass(related, keywords)
    for story in stories:
        run.place(story)
    return [run.events[number] for number in sorted(run.events)]


class _Pass:
    """The state of one pass. Everything that grows with the stream is bounded by the window, but for the result."""

    def __init__(self, related: Mapping[str, Iterable[str]], keywords: Iterable[str]) -> None:
        self.events: dict[int, Event] = {}
        self._weigher = Weigher(keywords)
        self._named: dict[str, set[str]] = defaultdict(set)
        for id_, others in related.items():
            for other in others:
                self._named[id_].add(other)
                self._named[other].add(id_)
        self._by_name: dict[str, _Open] = {}
        self._by_id = _Index(WINDOW_DAYS)
        self._by_word = _Index(WINDOW_DAYS)
        self._by_title = _Index(OPEN_DAYS)
        self._week: deque[_Seen] = deque()
        self._week_sum: Vector = {}
        self._count = 0

    def place(self, story: Story) -> None:
        """Put a story into an event, or begin one with it."""
        self._count += 1
        day = story.at.timestamp() / 86_400
        for index in (self._by_id, self._by_word, self._by_title):
            index.turn(day)
        vector = self._weigher.weigh(story, day)
        headline = read_headline(story.title, said=vector.keys(), keywords=self._weigher.keywords)
        mine = _Seen(story, day, outlet_key(story.provider), headline, vector)
        self._take_into_week(mine)
        if story.solo:
            self._begin(mine, Join("kept apart by its editor")).closed = True
            return
        heavy = list(islice(vector, HEAVY_WORDS))
        keys = _title_keys(vector, headline)
        if not (self._join_by_hand(mine) or self._join_by_title(mine, keys)):
            self._join_by_likeness(mine, heavy)
        if story.id in self._named:
            self._by_id.add(story.id, mine)
        for word in heavy:
            self._by_word.add(word, mine)
        for key in keys:
            self._by_title.add(key, mine)

    def _take_into_week(self, mine: _Seen) -> None:
        """Keep the sum of the last week's vectors, this story's among them."""
        week, total = self._week, self._week_sum
        while week and week[0].day < mine.day - WINDOW_DAYS:
            for word, weight in islice(week.popleft().vector.items(), USUAL_WORDS):
                left = total.pop(word, 0.0) - weight
                if left > 1e-9:  # else what rounding left of words that have gone
                    total[word] = left
        for word, weight in islice(mine.vector.items(), USUAL_WORDS):
            total[word] = total.get(word, 0.0) + weight
        week.append(mine)

    def _usual_likeness(self, mine: _Seen) -> float:
        """Return how like a story is to the others of its week, on average."""
        total = self._week_sum
        alike = sum(
            [weight * (total.get(word, weight) - weight) for word, weight in islice(mine.vector.items(), USUAL_WORDS)]
        )
        return max(0.0, alike) / (len(self._week) - 1 + USUAL_PRIOR)

    def _join_by_hand(self, mine: _Seen) -> bool:
        """Join the event that the editor named; the first story of that name begins it."""
        name = mine.story.group
        if not name:
            return False
        join = Join(f"its editor calls the event “{name}”")
        if name in self._by_name:
            self._join(self._by_name[name], mine, join)
        else:
            self._by_name[name] = self._begin(mine, join, name=name)
        return True

    def _join_by_title(self, mine: _Seen, keys: list[str]) -> bool:
        """Join the event of a story whose title this one carries again, if that event still takes stories."""
        likely = {other: True for key in keys for other in self._by_title.newest(key)}
        same = [other for other in likely if is_reissue(mine.headline, other.headline)]
        for other in sorted(same, key=lambda seen: (seen.day, seen.story.id), reverse=True):
            home = other.home
            if (
                mine.day - other.day <= OPEN_DAYS
                and home.takes(mine.day)
                and not share_a_template(mine.headline, other.headline)
                and (not _same_outlet(mine, other) or _retells(mine, other))
            ):
                whose = f"{other.story.provider.name}’s" if other.story.provider else "an earlier story’s"
                self._join(home, mine, Join(f"its title is {whose}, but for a word or two", 1.0))
                return True
        return False

    def _join_by_likeness(self, mine: _Seen, heavy: list[str]) -> None:
        """Join the event that a story is most like, or begin one; merge events that it shows to be one."""
        fitting: list[tuple[float, int, _Fit]] = []
        near: Near | None = None
        fits = self._fits(mine, heavy)
        usual = self._usual_likeness(mine) if fits else 0.0
        for fit in fits:
            whole = fit.home.likeness(mine.vector, usual) if fit.best > 0 else 0.0
            likeness = BEST_SHARE * fit.best + (1 - BEST_SHARE) * whole
            if likeness >= JOIN:
                fitting.append((-likeness, fit.home.number, fit))
                continue
            came = round(max(likeness, fit.barred), 3)
            if came >= WORTH_TELLING and (near is None or came > near.likeness):
                near = Near(fit.home.event.stories[0].id, came, fit.why_not or f"{came:.3f} is below {JOIN}")
        if not fitting:
            self._begin(mine, Join("first on the event", near=near))
            return
        fitting.sort(key=itemgetter(0, 1))
        negative, _, best = fitting[0]
        home = best.home
        for _, _, fit in fitting[1:]:
            home = self._merge(home, fit.home, usual)
        reason = "its words are like the event’s" + (", and an editor named them together" if best.named else "")
        self._join(home, mine, Join(reason, round(-negative, 3), near))

    def _fits(self, mine: _Seen, heavy: list[str]) -> list["_Fit"]:
        """Return how an event fits a story, for each that still takes stories and shares a heavy word with it."""
        found: dict[_Open, _Fit] = {}
        named = self._named.get(mine.story.id, ())
        for other in self._candidates(mine, heavy, named):
            home = other.home
            if not home.takes(mine.day) or mine.day - other.day > WINDOW_DAYS:
                continue
            fit = found.get(home)
            if fit is None:
                fit = found[home] = _Fit(home)
            is_named = other.story.id in named
            fit.named = fit.named or is_named
            alike = _dot(mine.vector, other.vector)
            likeness = alike - AGE_COST * (mine.day - other.day) + NAMED_BONUS * is_named
            if likeness <= fit.best:
                continue
            if likeness < WORTH_ASKING:  # the costlier questions only of what could count
                fit.best = likeness
                continue
            if min(len(mine.vector), len(other.vector)) < MIN_WORDS:
                fit.bar(likeness, "too few words to tell")
            elif _same_outlet(mine, other) and not _retells(mine, other):
                fit.bar(likeness, "its outlet tells each event once")
            elif share_a_template(mine.headline, other.headline):
                fit.bar(likeness, "the titles are one template with other names")
            else:
                strange = are_strangers(mine.headline, other.headline)
                fit.best = max(fit.best, likeness - STRANGERS_COST * strange)
        return list(found.values())

    def _candidates(self, mine: _Seen, heavy: list[str], named: Collection[str]) -> list[_Seen]:
        """Return the stories most like one by its heavy words alone, and those that an editor named."""
        partial: dict[_Seen, float] = {}
        for word in heavy:
            weight = mine.vector[word]
            for other in self._by_word.newest(word):
                partial[other] = partial.get(other, 0.0) + weight * other.vector[word]
        since = mine.day - WINDOW_DAYS
        likely = [
            (-alike, other.story.id, other)
            for other, alike in partial.items()
            if alike >= MIN_SHARED and other.day >= since
        ]
        likely.sort(key=itemgetter(0, 1))
        candidates = [other for _, _, other in likely[:MAX_CANDIDATES]]
        for id_ in sorted(named):
            candidates += [other for other in self._by_id.newest(id_) if other not in candidates]
        return candidates

    def _begin(self, mine: _Seen, join: Join, *, name: str = "") -> _Open:
        """Begin an event."""
        begun = _Open(self._count, mine.day, Event(name=name))
        self.events[begun.number] = begun.event
        self._join(begun, mine, join)
        return begun

    def _join(self, home: _Open, mine: _Seen, join: Join) -> None:
        home.event.stories.append(mine.story)
        home.event.joins[mine.story.id] = join
        home.add(mine.vector)
        home.members.append(mine)
        mine.home = home

    def _merge(self, one: _Open, other: _Open, usual: float) -> _Open:
        """
        Make two events one where their wholes are alike; return the one that stays for the story at hand.

        Their stories must on average be more like each other than the stories of the week are, too.
        """
        older, newer = sorted((one, other), key=attrgetter("number"))
        both_named = older.event.name and newer.event.name
        product = _dot(older.sum, newer.sum)
        average = product / (len(older.members) * len(newer.members))
        if both_named or product < MERGE * sqrt(older.square * newer.square) or average < MERGE_OVER_USUAL * usual:
            return one
        older.add(newer.sum)
        older.members += newer.members
        for seen in newer.members:
            seen.home = older
        if newer.event.name:
            older.event.name = newer.event.name
            self._by_name[newer.event.name] = older
        older.event.stories += newer.event.stories
        older.event.joins |= newer.event.joins
        del self.events[newer.number]
        return older


@dataclass(slots=True, eq=False)
class _Fit:
    """
    How an event fits a story: the likeness of its best member that counts, whether an editor named
    one, and of the best that does not count, its likeness and why not.
    """

    home: _Open
    best: float = 0.0
    named: bool = False
    barred: float = 0.0
    why_not: str = ""

    def bar(self, likeness: float, why_not: str) -> None:
        """Note a member that does not count."""
        if likeness > self.barred:
            self.barred, self.why_not = likeness, why_not


def _title_keys(vector: Vector, headline: Headline) -> list[str]:
    """Return the pairs of a title's heaviest words, under which it is found again."""
    heaviest = sorted(islice((word for word in vector if word in headline.set), TITLE_WORDS))
    return [f"{one} {other}" for one, other in combinations(heaviest, 2)]


def _same_outlet(one: _Seen, other: _Seen) -> bool:
    return bool(one.outlet) and one.outlet == other.outlet


def _retells(one: _Seen, other: _Seen) -> bool:
    """Tell whether an outlet's two stories are one story: near copies, not a column's title over another text."""
    if _dot(one.vector, other.vector) < SAME_OUTLET:
        return False
    mine, theirs = one.vector.keys() - one.headline.set, other.vector.keys() - other.headline.set
    return len(mine & theirs) >= SAME_TEXT * min(len(mine), len(theirs))


def _dot(one: Vector, other: Vector) -> float:
    """Return the inner product of two vectors."""
    if len(other) < len(one):
        one, other = other, one
    return sum([weight * other[word] for word, weight in one.items() if word in other])
