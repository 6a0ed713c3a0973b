"""
Telling again what some changes on the desk tell otherwise: the days that they reach, the events, the groups.

Design note: docs/design/incremental.md.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from math import inf

from frtfeed.edit.cluster import named_beside
from frtfeed.edit.event import Event, events_of
from frtfeed.edit.group import Chosen, choose, event_id, rater, tell
from frtfeed.edit.incidents import recognise
from frtfeed.edit.known import KeptStory, KnownDesk
from frtfeed.edit.rank import by_date, day_of
from frtfeed.edit.recall import OPEN_DAYS
from frtfeed.edit.regroup import (
    SETTLED_DAYS,
    Track,
    is_near,
    mark_of,
    names_after,
    place_stretch,
)
from frtfeed.edit.revise import Revision
from frtfeed.edit.weights import WINDOW_DAYS
from frtfeed.model import Group, Problem, Story
from frtfeed.policies import PublishRule, ScorePolicy, Threshold
from frtfeed.records import Struct, field, replace

__all__ = ["Retold", "catch_up"]

Names = Mapping[str, tuple[str, float]]
Retelling = tuple[Group, tuple[Problem, ...]]
REACH_DAYS = 5  # looked at beyond the days that a change reaches for certain


class Retold(Struct, kw_only=True):
    """
    What is told otherwise than before; None stands for what is told no more.

    told, related: by id. groups: by id, with the problems that only their events show.
    names: which event each name of the editor's stands for, and that event's day.
    """

    names: Names
    told: dict[str, KeptStory | None] = field(default_factory=dict)
    related: dict[str, tuple[str, ...]] = field(default_factory=dict)
    groups: dict[str, Retelling | None] = field(default_factory=dict)


# Strategy: what was and what is are compared story by story, and only what differs is followed: the days
# that it reaches are placed again (regroup.py); the events that it was in and is in now are told again, and
# those whose editors named it. Whether [publish] holds a story back hangs on its event alone; where that
# turns, those that named the story are told again, too.
def catch_up(
    desk: KnownDesk,
    revision: Revision,
    *,
    names: Names,
    policy: ScorePolicy,
    publish: PublishRule,
    threshold: Threshold,
) -> Retold | None:
    """
    Work out what a revision tells otherwise; None where it takes to tell everything again.

    Args:
        names: as in Retold, of what is known.
    """
    changes = _Changes(desk, revision)
    if any(kept.track is None for kept in changes.was.values()):  # an incident is known to all events
        return None
    placing = _Placing(desk, changes, keywords=policy.keywords, names=names)
    placing.place()
    return _Telling(desk, changes, placing, policy=policy, publish=publish, threshold=threshold).tell()


class _Changes:
    """
    What differs, story by story.

    was: what is gone, or told otherwise, as it was. told: what is told otherwise, or for the first time.
    related: what editors name otherwise. marks: of the stories whose marks that may change.
    """

    def __init__(self, desk: KnownDesk, revision: Revision) -> None:
        self.desk = desk
        known = desk.told(revision.gone | revision.told.keys())
        self.gone = revision.gone & known.keys()
        self.told = {
            id_: story for id_, story in revision.told.items() if id_ not in known or known[id_].story != story
        }
        self.was = {id_: kept for id_, kept in known.items() if id_ in self.gone or id_ in self.told}
        lists = {**revision.related, **dict.fromkeys(self.gone, ())}
        before = desk.related(lists.keys())
        self.related = {id_: others for id_, others in lists.items() if before.get(id_, ()) != others}
        touched = self.gone | self.told.keys() | self.related.keys()
        touched |= {other for id_ in self.related for other in (*self.related[id_], *before.get(id_, ()))}
        touched |= {other for others in self._beside(touched).values() for other in others}
        self.near = dict(desk.told(touched - self.gone - self.told.keys()))
        self.marks = {
            id_: self._mark(id_, beside) for id_, beside in self._beside(self.told.keys() | self.near.keys()).items()
        }

    def story(self, id_: str) -> Story:
        """Return a story that is told now."""
        return self.told[id_] if id_ in self.told else self.near[id_].story

    def days(self) -> set[float]:
        """Return the days on which something else is to be placed than before."""
        days = {kept.track.day for id_, kept in self.was.items() if kept.track and self._moves(id_, kept.track)}
        days |= {day_of(story) for id_, story in self.told.items() if id_ not in self.was}
        for id_, story in self.told.items():
            if id_ in self.was and (track := self.was[id_].track) and self._moves(id_, track):
                days.add(day_of(story))
        return days | {
            kept.track.day
            for id_, kept in self.near.items()
            if kept.track and id_ in self.marks and kept.track.mark != self.marks[id_]
        }

    def come_or_go(self) -> bool:
        """Tell whether any day has more stories or fewer: then all words of the days after it weigh otherwise."""
        was = {id_: kept.track.day for id_, kept in self.was.items() if kept.track}
        return was != {id_: day_of(story) for id_, story in self.told.items()}

    def _moves(self, id_: str, track: Track) -> bool:
        """Tell whether a story that was told is to be placed otherwise."""
        return id_ in self.gone or (track.day, track.mark) != (day_of(self.told[id_]), self.marks[id_])

    def _beside(self, ids: Set[str]) -> dict[str, set[str]]:
        """Return, for some stories, what their editors name now, and who names them."""
        lists = dict(self.desk.related(ids - self.related.keys())) | {
            id_: self.related[id_] for id_ in ids & self.related.keys()
        }
        naming = self.desk.naming(ids)
        beside = {id_: set(lists.get(id_, ())) | (naming.get(id_, set()) - self.related.keys()) for id_ in ids}
        for id_, others in self.related.items():
            for other in others:
                beside[other].add(id_)
        return beside

    def _mark(self, id_: str, beside: Iterable[str]) -> int:
        days = {other: self._day(other) for other in (id_, *beside)}
        own = days.pop(id_)
        near = [other for other, day in days.items() if day is not None and own is not None and is_near(own, day)]
        return mark_of(self.story(id_), near)

    def _day(self, id_: str) -> float | None:
        """Return the day of an article that is told now; None for anything else."""
        if id_ in self.told:
            return day_of(self.told[id_])
        kept = self.near.get(id_)
        return kept.track.day if kept and kept.track else None


class _Placing:
    """
    The stretches of days that changes reach, placed again.

    rows: the articles of these days as they were. now: those that stand otherwise now.
    """

    def __init__(self, desk: KnownDesk, changes: _Changes, *, keywords: Iterable[str], names: Names) -> None:
        self._desk, self._changes, self._keywords = desk, changes, tuple(keywords)
        self._last = max([desk.last_day(), *(day_of(story) for story in changes.told.values())])
        self.names = dict(names)
        self.rows: dict[str, KeptStory] = {}
        self.now: dict[str, KeptStory] = {}

    def place(self) -> None:
        """Place every stretch; a story that is only told otherwise keeps its place."""
        pending = _stretches(self._changes.days())
        while pending:
            first, last = pending.pop(0)
            limit = pending[0][0] - SETTLED_DAYS if pending else inf
            reach = (SETTLED_DAYS if self._changes.come_or_go() else WINDOW_DAYS) + REACH_DAYS
            while not self._place(first, min(last + reach, limit)):
                if last + reach >= limit:  # it runs into the next one: both together
                    pending[0] = (first, pending[0][1])
                    break
                reach *= 2
        for id_, story in self._changes.told.items():
            if id_ not in self.now:
                self.now[id_] = replace(self._changes.was[id_], story=story)

    def _place(self, first: float, last: float) -> bool:
        """Place the stories from a change on, to a day; False where a change reaches beyond that."""
        changes, since = self._changes, first - OPEN_DAYS
        followed = self._desk.placed(since, first)
        rows = dict(sorted(self._desk.between(first, last).items(), key=lambda row: by_date(row[1].story)))
        before = {id_: kept.track for id_, kept in rows.items() if kept.track}
        stories = [kept.story for id_, kept in rows.items() if id_ not in changes.gone and id_ not in changes.told]
        stories += [story for story in changes.told.values() if first <= day_of(story) <= last]
        stories.sort(key=by_date)
        ids = followed.keys() | {story.id for story in stories}
        lists = {**self._desk.related(ids), **{id_: changes.related[id_] for id_ in ids & changes.related.keys()}}
        marks = {id_: track.mark for id_, track in before.items()} | changes.marks
        names = {name: event for name, (event, day) in self.names.items() if day < since}
        tracks, settled = place_stretch(
            stories,
            marks=marks,
            named=named_beside(lists),
            keywords=self._keywords,
            before=before,
            names=names,
            heard=self._desk.heard(first - SETTLED_DAYS, since),
            followed=followed,
            fetch=self._story,
        )
        if not settled and last < self._last:
            return False
        if not settled:
            self._rename(names_after(tracks.values(), names), tracks)
        was, is_ = _events({**followed, **before}), _events(tracks)
        rows |= self._desk.told({id_ for id_ in followed if was[id_] != is_[id_]})
        self.rows |= rows
        for story in (*stories, *(rows[id_].story for id_ in rows.keys() & followed.keys())):
            row = rows.get(story.id)
            event = row.event if row and was[story.id] == is_[story.id] else is_[story.id]
            kept = KeptStory(story, event, tracks[story.id], held=row.held if row else False)
            if kept != row:
                self.now[story.id] = kept
        return True

    def _story(self, id_: str) -> Story:
        """Return a story that is told as it was."""
        return self._desk.told((id_,))[id_].story

    def _rename(self, names: Mapping[str, str], tracks: Mapping[str, Track]) -> None:
        """Take over what names stand for after the last story."""
        days = dict(self.names.values())
        days |= {event: tracks[event].day for event in names.values() if event in tracks}
        self.names = {name: (event, days[event]) for name, event in names.items()}


def _stretches(days: Iterable[float]) -> list[tuple[float, float]]:
    """Return the first and the last of days that lie so close that one stretch has them all."""
    found: list[tuple[float, float]] = []
    for day in sorted(days):
        if found and day - found[-1][1] <= 2 * SETTLED_DAYS:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def _events(tracks: Mapping[str, Track]) -> dict[str, str]:
    """Return the event that each story is in after all of some, by id."""
    merged: dict[str, str] = {}
    for track in tracks.values():
        merged |= {newer: older for older, newer in track.placed.merged}

    def last(event: str) -> str:
        while event in merged:
            event = merged[event]
        return event

    return {id_: last(track.placed.event) for id_, track in tracks.items()}


class _Telling:
    """The events that changes touch, told again."""

    def __init__(
        self,
        desk: KnownDesk,
        changes: _Changes,
        placing: _Placing,
        *,
        policy: ScorePolicy,
        publish: PublishRule,
        threshold: Threshold,
    ) -> None:
        self._desk, self._changes, self._placing = desk, changes, placing
        self._policy, self._publish, self._threshold = policy, publish, threshold
        self._rate = rater(policy)
        self._now = placing.now
        self._turned: set[str] = set()  # stories that [publish] holds now and did not, or the reverse

    def tell(self) -> Retold | None:
        """Tell again what changes touch; None where an event does not come out whole."""
        touched = self._touched()
        chosen: dict[str, Chosen | None] = {}
        while touched:
            fresh = self._chosen(touched)
            if fresh is None:
                return None
            chosen |= fresh
            touched = self._naming(self._turned) - chosen.keys()
        told: dict[str, KeptStory | None] = {**dict.fromkeys(self._changes.gone), **self._now}
        return Retold(
            names=self._placing.names, told=told, related=self._changes.related, groups=dict(self._groups(chosen))
        )

    def _touched(self) -> set[str]:
        """Return the events whose stories differ, or are named otherwise."""
        changes, rows = self._changes, self._placing.rows
        before = {id_: rows[id_] for id_ in self._now if id_ in rows} | changes.was
        events = {kept.event for kept in (*before.values(), *self._now.values())}
        return events | self._naming(changes.gone | changes.told.keys()) | self._homes(changes.related.keys())

    def _naming(self, ids: Set[str]) -> set[str]:
        """Return the events of the stories whose editors named any of some."""
        return self._homes({owner for owners in self._desk.naming(ids).values() for owner in owners})

    def _homes(self, ids: Set[str]) -> set[str]:
        """Return the events that some stories are in now."""
        events = {self._now[id_].event for id_ in ids & self._now.keys()}
        unmoved = ids - self._now.keys() - self._changes.gone
        return events | {kept.event for kept in self._desk.told(unmoved).values()}

    def _chosen(self, events: Set[str]) -> dict[str, Chosen | None] | None:
        """Choose who speaks for some events, None for one that is no more; None for all where one is not whole."""
        members = {id_: kept for id_, kept in self._desk.members(events).items() if id_ not in self._changes.gone}
        members |= self._now
        found: dict[str, Chosen | None] = dict.fromkeys(events)
        of: dict[str, list[KeptStory]] = {}
        for kept in sorted(members.values(), key=lambda kept: by_date(kept.story)):
            if kept.event in found:
                of.setdefault(kept.event, []).append(kept)
        for id_, stories in of.items():
            whole = _event(stories)
            if whole is None or event_id(whole) != id_:
                return None
            choice = choose(whole, rate=self._rate, publish=self._publish, threshold=self._threshold)
            found[id_] = choice
            self._hold(stories, choice.held)
        return found

    def _hold(self, stories: Iterable[KeptStory], held: Collection[str]) -> None:
        """Note which stories are held now."""
        for kept in stories:
            id_ = kept.story.id
            if kept.held != (id_ in held):
                self._now[id_] = replace(kept, held=not kept.held)
                self._turned.add(id_)

    def _groups(self, chosen: Mapping[str, Chosen | None]) -> Iterator[tuple[str, Retelling | None]]:
        """Yield each event's group, None where it has none, by id."""
        yield from ((id_, None) for id_, each in chosen.items() if each is None or each.lead is None)
        led = {id_: each for id_, each in chosen.items() if each and each.lead}
        lists = self._lists({story.id for each in led.values() for story in each.stories})
        known = self._known({other for others in lists.values() for other in others})
        incidents = self._desk.incidents().values()
        records = recognise(kept.story for kept in incidents if not kept.held)
        for id_, each in led.items():
            group = tell(each, related=lists, known=known, records=records, policy=self._policy, rate=self._rate)
            yield id_, (group, each.problems)

    def _lists(self, ids: Set[str]) -> dict[str, tuple[str, ...]]:
        """Return what the editors of some stories name."""
        related = self._changes.related
        return {**self._desk.related(ids), **{id_: related[id_] for id_ in ids & related.keys()}}

    def _known(self, ids: Set[str]) -> dict[str, Story]:
        """Return those of some stories that are told and not held."""
        kept = {**self._desk.told(ids), **{id_: self._now[id_] for id_ in ids & self._now.keys()}}
        return {id_: each.story for id_, each in kept.items() if not each.held and id_ not in self._changes.gone}


def _event(stories: Sequence[KeptStory]) -> Event | None:
    """Return the event that some stories are in, in order of date; None where they are not one."""
    if len(stories) == 1 and stories[0].track is None:
        return Event(stories=[stories[0].story])
    try:
        events = events_of((kept.story, kept.track.placed) for kept in stories if kept.track)
    except KeyError:
        return None
    return events[0] if len(events) == 1 else None
