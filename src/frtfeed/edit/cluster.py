"""Which stories are about one event: one pass over them in order of date."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from math import inf, sqrt
from operator import attrgetter, itemgetter

from frtfeed.edit.drift import Drift
from frtfeed.edit.event import Event, Join, Near, Placed, events_of
from frtfeed.edit.headlines import are_strangers, is_reissue, share_a_template
from frtfeed.edit.rank import day_of
from frtfeed.edit.recall import (
    MAX_TITLES,
    OPEN_DAYS,
    WINDOW_DAYS,
    Fetch,
    Index,
    OpenEvent,
    Seen,
    heavy_words,
    likely_alike,
    product,
    title_keys,
)
from frtfeed.edit.weights import Gist, Weigher, gist_of
from frtfeed.model import Story
from frtfeed.records import Struct

__all__ = ["Pass", "cluster", "named_beside"]

# What each is worth, and what its neighbours give: the table in docs/design/grouping.md.
JOIN = 0.25  # likeness from which a story joins an event
MERGE = 0.32  # likeness of two events' sums from which a story that fits both joins them
MERGE_OVER_USUAL = 2.0  # and their stories' average likeness, so many times that of any stories of the window
BEST_SHARE = 0.6  # of the likeness: the best member's; the rest is the likeness to the whole
AGE_COST = 0.04  # likeness lost per day between two stories
NAMED_BONUS = 0.02  # likeness gained where an editor named one beside the other: likelier, never decided
STRANGERS_COST = 0.3  # likeness lost where each title names somebody and neither story says whom the other names
MIN_AVERAGE = 0.05  # an event's members are at least so like a story that joins, on average, ...
OVER_USUAL = 3.0  # ... and so many times as like as any story of the window is
SAME_OUTLET = 0.7  # an outlet seldom tells one event twice: only near copies of its own count ...
SAME_TEXT = 0.5  # ... that share half of their words beyond the title
WORTH_TELLING = 0.1  # an event less like a story was not nearly joined
WORTH_ASKING = 0.12  # below it no member's likeness makes a story join
MAX_OF_EVENT = 4  # of an event's likely members so many are compared: one that counts is enough
APART = Join("kept apart by its editor")
MIN_WORDS = 4  # a story of fewer words is like too many others


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
    followed: dict[str, Story] = {}  # none
    run = Pass(named_beside(related), keywords, followed.__getitem__)
    return events_of((story, run.place(story, gist_of(story))) for story in stories)


def named_beside(related: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Return, for a story's id, the ids that an editor named beside it, or it beside."""
    named: dict[str, set[str]] = defaultdict(set)
    for id_, others in related.items():
        for other in others:
            named[id_].add(other)
            named[other].add(id_)
    return dict(named)


class Pass:
    """The state of one pass. Everything that grows with the stream is bounded by the window."""

    def __init__(self, named: Mapping[str, Collection[str]], keywords: Iterable[str], fetch: Fetch) -> None:
        """
        Begin a pass.

        Args:
            fetch: returns a story by its id, where somebody asks for one that was followed.
        """
        self._fetch = fetch
        self._merged: list[tuple[str, str]] = []  # by the story at hand
        self._weigher = Weigher(keywords)
        self._named = named
        self._by_name: dict[str, OpenEvent] = {}
        self._events: dict[str, OpenEvent] = {}
        self._by_id = Index(WINDOW_DAYS)
        self._by_word = Index(WINDOW_DAYS)
        self._by_title = Index(OPEN_DAYS, most=MAX_TITLES)
        self._count = 0
        self._seen: dict[int, Seen] = {}  # of the last thirty days, by number
        self._followed: list[Seen] = []  # that are not noted yet
        self._oldest = 1  # the number of the first of them
        self._since = 1  # the number of the first story of the week

    def place(self, story: Story, gist: Gist, drift: Drift | None = None) -> Placed:
        """
        Put a story into an event, or begin one with it.

        Args:
            drift: from an earlier pass, for which the story is another one, or a new one.
        """
        mine = self._see(story.id, day_of(story), gist)
        mine.know(story)
        placed = self._place(mine)
        if drift:
            drift.came(mine, placed)
        return placed

    def place_again(self, story: Story, gist: Gist, was: Placed, drift: Drift) -> Placed:
        """Place a story that an earlier pass placed: where it went, unless what that hangs on has drifted."""
        mine = self._see(story.id, day_of(story), gist)
        mine.story = story
        drift.turn(mine.day)
        weighs = drift.weighs(mine.heard, boilerplate=was.boilerplate)
        if weighs and not story.group and (drift.is_spent(mine.day) or not self._meets(drift, mine)):
            self._put(mine, was, name="")
            return was
        placed = self._place(mine)
        drift.stayed(mine, placed, was, weighs=weighs)
        return placed

    def count(self, gist: Gist, day: float, *, boilerplate: bool) -> None:
        """Take no more of a story than that its words weigh on those that follow."""
        self._weigher.count(gist, day, boilerplate=boilerplate)

    def follow(self, id_: str, day: float, gist: Gist, placed: Placed, *, name: str) -> None:
        """Put a story where an earlier pass put it; name: what its editor calls the event."""
        self._put(self._see(id_, day, gist, boilerplate=placed.boilerplate), placed, name=name)

    def _place(self, mine: Seen) -> Placed:
        story = mine.story
        self._merged = []
        if story.solo:
            self._begin(mine).open_until = -inf
            return Placed(story.id, APART, boilerplate=mine.heard.boilerplate)
        self._note_followed()
        heavy, keys = heavy_words(mine.vector), title_keys(mine)
        join = self._join_by_hand(mine) or self._join_by_title(mine, keys) or self._join_by_likeness(mine, heavy)
        self._note(mine, heavy, keys)
        return Placed(mine.home.id, join, tuple(self._merged), mine.heard.boilerplate)

    def _put(self, mine: Seen, placed: Placed, *, name: str) -> None:
        """Put a story into an event that is known; it is noted once another one asks for it."""
        for older, newer in placed.merged:
            self._unite(self._event(older), self._event(newer))
        if placed.event != mine.id:
            self._join(self._event(placed.event), mine)
        elif placed.join == APART:
            self._begin(mine).open_until = -inf
            return
        else:
            self._begin(mine, name=name)
        if name:
            self._by_name[name] = mine.home
        self._followed.append(mine)

    def _note_followed(self) -> None:
        """Let the stories that were put somewhere be found, as far as they still may."""
        for seen in self._followed:
            if seen.number >= self._oldest:
                heavy = heavy_words(seen.vector) if seen.number >= self._since else ()
                self._note(seen, heavy, title_keys(seen))
        self._followed.clear()

    def _meets(self, drift: Drift, mine: Seen) -> bool:
        """Tell whether anything has drifted that a story is compared with."""
        self._note_followed()
        named = self._named.get(mine.id, ())
        heavy, keys = heavy_words(mine.vector), title_keys(mine)
        if drift.is_found_by(mine.day, heavy, keys) or not drift.touched.isdisjoint(named):
            return True
        if any(drift.has(self._seen[number]) for number in self._near(mine, heavy, named)):
            return True
        titled = (self._seen.get(number) for number in self._titled(keys))
        return any(other and drift.has(other) and is_reissue(mine.headline, other.headline) for other in titled)

    def know(self, names: Mapping[str, str]) -> None:
        """Learn which events have names; those that began before all that this pass knows."""
        for name, id_ in names.items():
            event = self._by_name[name] = self._event(id_)
            event.name = name

    def _event(self, id_: str) -> OpenEvent:
        """Return an event; one that began before all that this pass knows takes no stories by their words."""
        if id_ not in self._events:
            self._events[id_] = OpenEvent(id_, 0, -inf)
        return self._events[id_]

    def _see(self, id_: str, day: float, gist: Gist, *, boilerplate: bool | None = None) -> Seen:
        """Go on to the next story."""
        self._count += 1
        for index in (self._by_id, self._by_word, self._by_title):
            index.sweep(self._count, day)
        heard = self._weigher.hear(gist, day, boilerplate=boilerplate)
        mine = Seen(self._count, id_, day, heard, self._weigher.keywords, self._fetch)
        self._seen[self._count] = mine
        self._forget(day)
        return mine

    def _note(self, mine: Seen, heavy: Iterable[str], keys: Iterable[str]) -> None:
        """Let a story be found by those that follow."""
        if mine.id in self._named:
            self._by_id.add(mine.number, (mine.id,))
        self._by_word.add(mine.number, heavy)
        self._by_title.add(mine.number, keys)

    def _forget(self, day: float) -> None:
        """Let go of stories that are too old to be compared with."""
        while self._seen[self._since].day < day - WINDOW_DAYS:
            self._since += 1
        while self._seen[self._oldest].day < day - OPEN_DAYS:
            old = self._seen.pop(self._oldest)
            del old.home  # the event knows it too: a circle, and nobody to collect those
            self._events.pop(old.id, None)  # if it began one, that takes no more
            self._oldest += 1

    def _join_by_hand(self, mine: Seen) -> Join | None:
        """Join the event that the editor named; the first story of that name begins it."""
        name = mine.story.group
        if not name:
            return None
        if name in self._by_name:
            self._join(self._by_name[name], mine)
        else:
            self._begin(mine, name=name)
        return Join(f"its editor calls the event “{name}”")

    def _join_by_title(self, mine: Seen, keys: Iterable[str]) -> Join | None:
        """Join the event of a story whose title this one carries again, if that event still takes stories."""
        headline, seen = mine.headline, self._seen
        for number in sorted(self._titled(keys), reverse=True):
            other = seen.get(number)
            if other is None or not is_reissue(headline, other.headline):
                continue
            home = other.home
            if (
                home.open_until >= mine.day
                and not share_a_template(headline, other.headline)
                and (not _same_outlet(mine, other) or _retells(mine, other, product(mine.vector, other.vector)))
            ):
                whose = f"{other.story.provider.name}’s" if other.story.provider else "an earlier story’s"
                self._join(home, mine)
                return Join(f"its title is {whose}, but for a word or two", 1.0)
        return None

    def _titled(self, keys: Iterable[str]) -> set[int]:
        """Return the newest stories with a key of a title, some perhaps too old."""
        return {number for key in keys for number in self._by_title.newest(key)}

    def _join_by_likeness(self, mine: Seen, heavy: Iterable[str]) -> Join:
        """Join the event that a story is most like, or begin one; merge events that it shows to be one."""
        fitting: list[tuple[float, int, _Fit]] = []
        near: Near | None = None
        fits = self._fits(mine, heavy)
        usual = self._weigher.usual_likeness(mine.vector) if fits else 0.0
        for fit in fits:
            home = fit.home
            whole = home.likeness(mine.vector, at_least=MIN_AVERAGE + OVER_USUAL * usual) if fit.best > 0 else 0.0
            likeness = BEST_SHARE * fit.best + (1 - BEST_SHARE) * whole
            if likeness >= JOIN:
                fitting.append((-likeness, home.number, fit))
                continue
            came = max(likeness, fit.barred)
            if came >= WORTH_TELLING and (near is None or came > near.likeness):
                near = Near(home.id, came, fit.why_not or f"{came:.3f} is below {JOIN}")
        if not fitting:
            self._begin(mine)
            return Join("first on the event", near=near)
        fitting.sort(key=itemgetter(0, 1))
        negative, _, best = fitting[0]
        home = best.home
        for _, _, fit in fitting[1:]:
            home = self._merge(home, fit.home, usual)
        reason = "its words are like the event’s" + (", and an editor named them together" if best.named else "")
        self._join(home, mine)
        return Join(reason, round(-negative, 3), near)

    def _fits(self, mine: Seen, heavy: Iterable[str]) -> list["_Fit"]:
        """Return how an event fits a story, for each that still takes stories and shares a heavy word with it."""
        named = self._named.get(mine.id, ())
        vector, day, seen = mine.vector, mine.day, self._seen
        alike: dict[OpenEvent, list[tuple[float, float, Seen]]] = {}
        for number in self._near(mine, heavy, named):
            other = seen[number]
            home = other.home
            members = alike.get(home)
            if members is None:
                if home.open_until < day:
                    continue
                members = alike[home] = []
            elif len(members) >= MAX_OF_EVENT and other.id not in named:
                continue
            cosine = product(vector, other.vector)
            likeness = cosine - AGE_COST * (day - other.day)
            if named and other.id in named:
                likeness += NAMED_BONUS
            members.append((likeness, cosine, other))
        return [_fit(mine, home, members, named=named) for home, members in alike.items()]

    def _near(self, mine: Seen, heavy: Iterable[str], named: Collection[str]) -> list[int]:
        """Return the stories that one is compared with: the most like by its heavy words, and those named beside it."""
        numbers = likely_alike(mine.vector, heavy, self._by_word, since=self._since)
        for id_ in sorted(named):
            numbers += [each for each in self._by_id.newest(id_) if each >= self._since and each not in numbers]
        return numbers

    def _begin(self, mine: Seen, *, name: str = "") -> OpenEvent:
        """Begin an event."""
        begun = OpenEvent(mine.id, mine.number, mine.day + OPEN_DAYS, name)
        self._events[begun.id] = begun
        if name:
            self._by_name[name] = begun
        self._join(begun, mine)
        return begun

    def _join(self, home: OpenEvent, mine: Seen) -> None:
        home.add(mine)
        mine.home = home

    def _merge(self, one: OpenEvent, other: OpenEvent, usual: float) -> OpenEvent:
        """
        Make two events one where their wholes are alike; return the one that stays for the story at hand.

        Their stories must on average be more like each other than any stories of the window are, too.
        """
        older, newer = sorted((one, other), key=attrgetter("number"))
        both_named = older.name and newer.name
        (one_whole, one_square), (other_whole, other_square) = older.whole(), newer.whole()
        alike = product(one_whole, other_whole)
        average = alike / (len(older.members) * len(newer.members))
        if both_named or alike < MERGE * sqrt(one_square * other_square) or average < MERGE_OVER_USUAL * usual:
            return one
        if share_a_template(older.members[0].headline, newer.members[0].headline):
            return one
        self._unite(older, newer)
        self._merged.append((older.id, newer.id))
        return older

    def _unite(self, older: OpenEvent, newer: OpenEvent) -> None:
        """Let the older of two events take the other's stories, and its name."""
        older.take(newer)
        for seen in newer.members:
            seen.home = older
        if newer.name:
            older.name = newer.name
            self._by_name[newer.name] = older
        del self._events[newer.id]


class _Fit(Struct, eq=False):
    """
    How an event fits a story: the likeness of its best member that counts, whether an editor named
    one, and of the best that does not count, its likeness and why not.
    """

    home: OpenEvent
    best: float = 0.0
    named: bool = False
    barred: float = 0.0
    why_not: str = ""


def _fit(mine: Seen, home: OpenEvent, members: list[tuple[float, float, Seen]], *, named: Collection[str]) -> _Fit:
    """Ask an event's members (likeness, cosine, story), the most like first, until one counts."""
    fit = _Fit(home, named=bool(named) and any(other.id in named for _, _, other in members))
    members.sort(key=itemgetter(0), reverse=True)
    for likeness, cosine, other in members:
        if likeness <= fit.best:
            break
        if likeness < WORTH_ASKING:  # the costlier questions only of what could count
            fit.best = likeness
            break
        if why_not := _bar(mine, other, cosine):
            if likeness > fit.barred:
                fit.barred, fit.why_not = likeness, why_not
        elif are_strangers(mine.headline, other.headline):
            fit.best = max(fit.best, likeness - STRANGERS_COST)
        else:
            fit.best = likeness
            break
    return fit


def _bar(mine: Seen, other: Seen, cosine: float) -> str:
    """Say why a story does not count for another, however like it is; "" where it does."""
    if min(len(mine.vector), len(other.vector)) < MIN_WORDS:
        return "too few words to tell"
    if _same_outlet(mine, other) and not _retells(mine, other, cosine):
        return "its outlet tells each event once"
    if share_a_template(mine.headline, other.headline):
        return "the titles are one template with other names"
    return ""


def _same_outlet(one: Seen, other: Seen) -> bool:
    return bool(one.outlet) and one.outlet == other.outlet


def _retells(one: Seen, other: Seen, cosine: float) -> bool:
    """Tell whether an outlet's two stories are one story: near copies, not a column's title over another text."""
    if cosine < SAME_OUTLET:
        return False
    mine, theirs = one.vector.keys() - one.headline.set, other.vector.keys() - other.headline.set
    return len(mine & theirs) >= SAME_TEXT * min(len(mine), len(theirs))
