"""
Clustering again what a change can reach, and leaving the rest as it was.

Design note: docs/design/incremental.md.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, takewhile

from frtfeed.edit.cluster import Pass, named_beside
from frtfeed.edit.drift import Drift
from frtfeed.edit.event import Placed
from frtfeed.edit.rank import day_of
from frtfeed.edit.recall import OPEN_DAYS, Fetch
from frtfeed.edit.recall import WINDOW_DAYS as COMPARED_DAYS
from frtfeed.edit.score import outlet_key
from frtfeed.edit.weights import WINDOW_DAYS, Gist, gist_of
from frtfeed.fingerprints import checksum
from frtfeed.model import Story
from frtfeed.records import Struct, replace

__all__ = [
    "SETTLED_DAYS",
    "Track",
    "is_near",
    "mark_of",
    "names_after",
    "place_again",
    "place_stretch",
]

SETTLED_DAYS = WINDOW_DAYS + OPEN_DAYS  # a story weighs on others for the one, is compared with them for the other


class Track(Struct, frozen=True):
    """
    A story's place in a pass.

    day: of its date. mark: of all that placing it asks of it. gist: its words. name: what its editor calls its event.
    """

    day: float
    mark: int
    placed: Placed
    gist: Gist
    name: str = ""


# Strategy: a story changes the weights of words for sixty days, and an event takes stories for thirty.
# So a pass that has counted the words of sixty days and followed thirty goes on from there as one from the
# beginning would; and once the words of sixty days are the same and nothing has differed for thirty (drift.py),
# everything that follows goes the same way, too. Only names that an editor gave reach further: where one of them
# has come to stand for another event, the pass goes on to the end.
def place_again(
    stories: Sequence[Story],
    *,
    related: Mapping[str, Iterable[str]],
    keywords: Iterable[str],
    before: Mapping[str, Track],
) -> dict[str, Track]:
    """
    Place stories as cluster() does, but only those that a change can reach.

    Args:
        stories: as for cluster().
        before: what this function returned for other stories under the same keywords; empty the first time.

    Returns: each story's track, by id, in the order of the stories.
    """
    named = named_beside(related)
    days = {story.id: day_of(story) for story in stories}
    marks = {story.id: mark_of(story, _near(story.id, named, days)) for story in stories}
    by_id = {story.id: story for story in stories}
    return place_stretch(
        stories,
        marks=marks,
        named=named,
        keywords=keywords,
        before=before,
        names={},
        followed={},
        fetch=by_id.__getitem__,
    )[0]


def place_stretch(
    stories: Sequence[Story],
    *,
    marks: Mapping[str, int],
    named: Mapping[str, Collection[str]],
    keywords: Iterable[str],
    before: Mapping[str, Track],
    names: Mapping[str, str],
    heard: Iterable[tuple[float, Gist, bool]] = (),
    followed: Mapping[str, Track],
    fetch: Fetch,
) -> tuple[dict[str, Track], bool]:
    """
    Do what place_again() does for some days of a stream.

    Args:
        stories: all of those days.
        followed: the tracks of those of the OPEN_DAYS before them, in order of date; fetch: returns any of these by id.
        heard: of those of the WINDOW_DAYS before these: the day, the gist, whether it is boilerplate.
        marks: as mark_of() returns them. named: as named_beside() returns it, for these stories at least.
        before: the tracks of those days.
        names: which event each name of the editor's stood for before all of them, those followed included.

    Returns: the tracks, and whether every change has spent itself: else it may reach what follows.
    """
    days = [day_of(story) for story in stories]
    changed = _changed(stories, days, marks, before)
    changes = deque(sorted(changed))
    gone = deque(sorted((before[id_].day, id_) for id_ in {id_ for _, id_ in changed} if id_ in before))
    tracks, told = dict(followed), {**followed, **before}
    done = 0
    while changes:
        first, _ = changes[0]
        start = bisect_left(days, first)
        tracks |= {story.id: before[story.id] for story in stories[done:start]}
        past = list(tracks.items())
        past_days = [track.day for _, track in past]
        counted, known = bisect_left(past_days, first - SETTLED_DAYS), bisect_left(past_days, first - OPEN_DAYS)
        run, drift = Pass(named, keywords, fetch), Drift()
        counting = ((track.day, track.gist, track.placed.boilerplate) for _, track in past[counted:known])
        for day, gist, boilerplate in chain(heard, counting):
            run.count(gist, day, boilerplate=boilerplate)
        heard = ()  # a further change is so far from this one that the tracks reach back far enough
        run.know(names_after((track for _, track in past[:known]), names))
        for id_, track in past[known:]:
            run.follow(id_, track.day, track.gist, track.placed, name=track.name)
        is_asked = True  # what the names stand for
        for done in range(start, len(stories)):
            story, day = stories[done], days[done]
            while gone and gone[0] <= (day, story.id):
                _, id_ = gone.popleft()
                drift.went(id_, before[id_].day, before[id_].gist, before[id_].placed)
            is_settled = not changes or changes[0][0] > day
            while changes and changes[0] <= (day, story.id):
                changes.popleft()
                is_asked = True
            drift.turn(day)
            was, mark = before.get(story.id), marks[story.id]
            if was and (was.day, was.mark, was.name) != (day, mark, _name(story)):
                was = None
            if is_settled and is_asked and drift.is_over(day):
                if names_after(tracks.values(), names) == names_after(_until(story.id, told), names):
                    break
                is_asked = False
            if was:
                placed = run.place_again(story, was.gist, was.placed, drift)
                tracks[story.id] = was if placed is was.placed else replace(was, placed=placed)
            else:
                gist = gist_of(story)
                placed = run.place(story, gist, drift if before else None)
                tracks[story.id] = Track(day, mark, placed, gist, _name(story))
        else:
            return tracks, False
    return tracks | {story.id: before[story.id] for story in stories[done:]}, True


def _changed(
    stories: Sequence[Story], days: Sequence[float], marks: Mapping[str, int], before: Mapping[str, Track]
) -> set[tuple[float, str]]:
    """Return the days on which something else is placed than before, and what."""
    now = {story.id: (day, marks[story.id], _name(story)) for story, day in zip(stories, days, strict=True)}
    then = {id_: (track.day, track.mark, track.name) for id_, track in before.items()}
    changed = {(each[0], id_) for id_, each in now.items() if then.get(id_) != each}
    return changed | {(each[0], id_) for id_, each in then.items() if now.get(id_) != each}


def _name(story: Story) -> str:
    return "" if story.solo else story.group


def mark_of(story: Story, beside: Iterable[str]) -> int:
    """
    Return what changes when the story itself would be placed otherwise, or another one beside it.

    Args:
        beside: the ids that an editor named beside it, or it beside, of stories near it (is_near).
    """
    provider = story.provider.name if story.provider else ""
    return checksum(
        story.title, story.excerpt, outlet_key(story.provider), provider, story.group, str(story.solo), *sorted(beside)
    )


def _near(id_: str, named: Mapping[str, Collection[str]], days: Mapping[str, float]) -> Iterator[str]:
    """Yield the ids named beside a story that it is compared with."""
    for other in named.get(id_, ()):
        if other in days and is_near(days[id_], days[other]):
            yield other


def is_near(day: float, other: float) -> bool:
    """Tell whether two stories of such days are compared with each other."""
    return abs(day - other) <= COMPARED_DAYS


def names_after(tracks: Iterable[Track], begin: Mapping[str, str]) -> dict[str, str]:
    """Return which event each name of the editor's stands for after some stories, and what before."""
    names = dict(begin)
    for track in tracks:
        for older, newer in track.placed.merged:
            names |= {name: older for name, event in names.items() if event == newer}
        if track.name:
            names[track.name] = track.placed.event
    return names


def _until(id_: str, tracks: Mapping[str, Track]) -> Iterator[Track]:
    """Yield the tracks of the stories before one."""
    return (track for _, track in takewhile(lambda each: each[0] != id_, tracks.items()))
