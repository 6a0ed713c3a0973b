"""What is known of an event: its stories, and why each is in it."""

from collections.abc import Iterable

from frtfeed.model import Story
from frtfeed.records import Struct, field

__all__ = ["Event", "Join", "Near", "Placed", "events_of"]


class Near(Struct, frozen=True):
    """The event that a story came closest to without joining it: its first story, how like, why not."""

    id: str
    likeness: float
    why_not: str


class Join(Struct, frozen=True):
    """Why a story is in its event: in words, how like it was (0 to 1), and what it nearly joined."""

    reason: str
    likeness: float = 0.0
    near: Near | None = None


class Placed(Struct, frozen=True):
    """
    What became of a story when its turn came. Events go by the id of the story that began them.

    event: the one that it joined; its own id where it began one.
    merged: events that it showed to be one before it joined, the older of each two first: the newer is no more.
    boilerplate: its excerpt says nothing about it.
    """

    event: str
    join: Join
    merged: tuple[tuple[str, str], ...] = ()
    boilerplate: bool = False


class Event(Struct):
    """
    Stories about one event, in the order they joined.

    name: what the editor called it (`group:`), "" where nobody did.
    """

    name: str = ""
    stories: list[Story] = field(default_factory=list)
    joins: dict[str, Join] = field(default_factory=dict)


def events_of(placed: Iterable[tuple[Story, Placed]]) -> list[Event]:
    """
    Return the events that come of placing stories, in the order of their first stories.

    Args:
        placed: in the order in which they were placed.
    """
    events: dict[str, Event] = {}
    for story, place in placed:
        for older, newer in place.merged:
            gone = events.pop(newer)
            kept = events[older]
            kept.name = gone.name or kept.name
            kept.stories += gone.stories
            kept.joins |= gone.joins
        if place.event == story.id:
            events[story.id] = Event(name="" if story.solo else story.group)
        event = events[place.event]
        event.stories.append(story)
        event.joins[story.id] = place.join
    return list(events.values())
