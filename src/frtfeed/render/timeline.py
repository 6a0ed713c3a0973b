"""What happened around a story, in the order in which it happened."""

from collections.abc import Iterator

from frtfeed.model import Dossier, Group, Story, When
from frtfeed.records import Struct

__all__ = ["Moment", "timeline"]


class Moment(Struct, frozen=True, kw_only=True):
    """A point of a timeline: a story by somebody, or what happened, in words."""

    when: When
    story: Story | None = None
    what: str = ""


def timeline(dossier: Dossier, *, led: Group | None) -> tuple[Moment, ...]:
    """
    Put in order what an incident is and every story that touches it: the oldest first, each once.

    Those are the leads and the coverage of the events that name it, and of the one it leads.

    Args:
        led: the event that the dossier's story leads.
    """
    own = dossier.story
    groups = (*dossier.groups, *((led,) if led else ()))
    told = {story.id: moment for group in groups for story, moment in _told(group) if story.id != own.id}
    return tuple(sorted([*_milestones(own), *told.values()], key=_order))


def _told(group: Group) -> Iterator[tuple[Story, Moment]]:
    """Yield the stories that tell an event, with when they did; of an incident when it happened."""
    for story in (group.lead, *(member.story for member in group.coverage)):
        occurred = story.facts.occurred if story.facts else None
        if when := occurred or story.published:
            yield story, Moment(when=when, story=story)


def _milestones(story: Story) -> Iterator[Moment]:
    """Yield the dates of an incident that no story tells; a story of ours is its own teller."""
    if story.kind == "incident":
        if story.facts and story.facts.occurred:
            yield Moment(when=story.facts.occurred, what="It happened")
        if story.published:
            yield Moment(when=story.published, what="It was recorded")
    elif story.published:
        yield Moment(when=story.published, story=story)


def _order(moment: Moment) -> tuple[object, ...]:
    return moment.when.at, moment.story is not None, moment.what, moment.story.id if moment.story else ""
