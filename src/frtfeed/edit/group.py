"""Events become Groups: who leads, who else covered it, what came before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from frtfeed.edit.cluster import cluster
from frtfeed.edit.event import Event
from frtfeed.edit.incidents import Record, occurred, recognise, touched_incidents
from frtfeed.edit.merge import Material
from frtfeed.edit.rank import by_date
from frtfeed.edit.score import ScorePolicy, Spread, heat_parts, outlet_key, quality_parts, text_key, total
from frtfeed.model import Group, Member, Problem, Story

__all__ = ["Grouping", "PublishRule", "Threshold", "event_id", "group", "with_hidden"]

MAX_BACKGROUND = 3  # what came before, in print

PublishRule = Literal["all", "threshold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """
    The quality from which a story may lead without its editor's word.

    The defaults are what the system that the format comes from published: 5,631 of 5,632 stories (DESIGN).

    alone: whatever else is known. with_others: with a second outlet on the event.
    """

    alone: int = 70
    with_others: int = 50


UPSTREAM = Threshold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """
    What grouping found.

    groups: unique by id, by id: one for each event that has a lead.
    events: every story and mention in exactly one, in order of their first stories.
    held: ids of stories that [publish] keeps back, for want of quality and of an editor's word.
    problems: contradictions in the editor's hand that only an event shows.
    """

    groups: tuple[Group, ...]
    events: tuple[Event, ...]
    held: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


def group(
    material: Material, *, policy: ScorePolicy, publish: PublishRule = "all", threshold: Threshold = UPSTREAM
) -> Grouping:
    """
    Tell which stories are about the same event, and who speaks for it.

    Incidents stand alone: what names them is background to each other (edit/incidents.py).
    A mention, and a story that says `heat: -1`, never leads.

    Args:
        publish: "threshold" lets a story that does not say `published:` lead only above the
            threshold; one that says `published: auto` always needs that.
    """
    incidents = [story for story in material.stories if story.kind == "incident"]
    articles = [story for story in (*material.stories, *material.mentions) if story.kind != "incident"]
    events = cluster(sorted(articles, key=by_date), related=material.related, keywords=policy.keywords)
    events += [Event(stories=[incident]) for incident in incidents]
    leads = {event_id(event): _lead(event, policy=policy, publish=publish, threshold=threshold) for event in events}
    leaderless = [event for event in events if not leads[event_id(event)]]
    held = {story.id for event in leaderless for story in event.stories if _waits(story, publish)}
    known = {story.id: story for event in events for story in event.stories if story.id not in held}
    records = recognise(incident for incident in incidents if incident.id not in held)
    groups: list[Group] = []
    problems: list[Problem] = []
    for event in events:
        if lead := leads[event_id(event)]:
            groups.append(_group(event, lead, material=material, known=known, records=records, policy=policy))
            problems += _beaten_leads(event, lead)
    return Grouping(
        groups=tuple(sorted(groups, key=lambda group: group.id)),
        events=tuple(sorted(events, key=lambda event: by_date(event.stories[0]))),
        held=frozenset(held),
        problems=tuple(problems),
    )


def with_hidden(material: Material, grouping: Grouping, *, policy: ScorePolicy) -> dict[str, str]:
    """
    Tell, for the editor's eyes, which event each hidden story belongs to.

    The hidden stories join a second pass that nothing is printed from: what is shown never
    depends on what is not.

    Returns: for a hidden story's id, the id of the earliest shown story of its event; nothing
        for one whose event has none.
    """
    articles = [*material.stories, *material.mentions, *(story for story in material.hidden if story.published)]
    everything = sorted((story for story in articles if story.kind != "incident"), key=by_date)
    hidden = {story.id for story in material.hidden}
    home = {story.id: event_id(event) for event in grouping.events for story in event.stories}
    found: dict[str, str] = {}
    for event in cluster(everything, related=material.related, keywords=policy.keywords):
        shown = min((story for story in event.stories if story.id not in hidden), key=by_date, default=None)
        if shown:
            found |= {story.id: home[shown.id] for story in event.stories if story.id in hidden}
    return found


def event_id(event: Event) -> str:
    """Return the id of an event's earliest story, which is its group's."""
    return min(event.stories, key=by_date).id


# Strategy: the editor's word first (`lead: true`, then `pin: true`), then the highest heat, then
# quality, then the earliest. Of the copies of one text only the earliest may lead, unless its
# editor says more: the lead does not flip between copies as they come in.
def _lead(event: Event, *, policy: ScorePolicy, publish: PublishRule, threshold: Threshold) -> Story | None:
    """Return the story that speaks for an event, None when no story may."""
    spread = Spread(event.stories)
    able = []
    first_with: set[tuple[str, ...]] = set()
    for story in sorted(event.stories, key=by_date):
        if not story.path or story.covered:
            continue
        text = text_key(story)
        if text in first_with and not (story.lead or story.pin or story.heat is not None):
            continue
        quality = total(quality_parts(story, policy=policy))
        if _waits(story, publish) and not _is_good(story, quality, event, threshold):
            continue
        first_with.add(text)
        heat = total(heat_parts(story, quality, spread=spread))
        able.append(((not story.lead, not story.pin, -heat, -quality, by_date(story)), story))
    return min(able, key=lambda each: each[0])[1] if able else None


def _waits(story: Story, publish: PublishRule) -> bool:
    """Tell whether a story needs more than its own file to lead: its editor said nothing."""
    asked = story.auto or publish == "threshold"
    return asked and bool(story.path) and not (story.stated or story.lead or story.covered)


def _is_good(story: Story, quality: int, event: Event, threshold: Threshold) -> bool:
    """Tell whether a story may lead without its editor's word."""
    if quality >= threshold.alone:
        return True
    own = outlet_key(story.provider)
    others = (outlet_key(other.provider) for other in event.stories)
    return quality >= threshold.with_others and any(other not in ("", own) for other in others)


def _group(
    event: Event,
    lead: Story,
    *,
    material: Material,
    known: Mapping[str, Story],
    records: Sequence[Record],
    policy: ScorePolicy,
) -> Group:
    """Put lead, coverage and background of one event together."""
    originals = {text_key(story): story for story in (*sorted(event.stories, key=by_date, reverse=True), lead)}
    coverage = [_member(story, event, originals) for story in event.stories if story.id != lead.id]
    coverage.sort(key=lambda member: (-total(quality_parts(member.story, policy=policy)), by_date(member.story)))
    parts = quality_parts(lead, policy=policy)
    quality = total(parts)
    heat = heat_parts(lead, quality, spread=Spread(event.stories))
    background = _background(event, lead, material=material, known=known, records=records, policy=policy)
    return Group(
        id=event_id(event),
        lead=lead,
        coverage=tuple(coverage),
        background=background[:MAX_BACKGROUND],
        incidents=tuple(member.story.id for member in background if member.story.kind == "incident"),
        texts=len({text_key(story) for story in event.stories}),
        updated=max(lead.updated or lead.at, *(story.at for story in event.stories)),
        quality=quality,
        heat=total(heat),
        quality_parts=parts,
        heat_parts=heat,
    )


def _member(story: Story, event: Event, originals: Mapping[tuple[str, ...], Story]) -> Member:
    """Say why a story is in an event; that it is a copy says more than how alike it is."""
    join = event.joins[story.id]
    original = originals[text_key(story)]
    if outlet_key(original.provider) != outlet_key(story.provider):
        whose = original.provider.name if original.provider else "an earlier story"
        return Member(story=story, reason=f"the same text as {whose}: it counts once", likeness=join.likeness)
    return Member(story=story, reason=join.reason, likeness=join.likeness)


def _background(
    event: Event,
    lead: Story,
    *,
    material: Material,
    known: Mapping[str, Story],
    records: Sequence[Record],
    policy: ScorePolicy,
) -> tuple[Member, ...]:
    """Return the incidents that an event's stories name, then what its editors named, best first."""
    inside = {story.id for story in event.stories}
    found = {
        incident.id: Member(story=incident, reason=reason)
        for incident, reason in touched_incidents(event.stories, records, before=lead.at)
        if incident.id not in inside
    }
    named = {
        id_: known[id_]
        for story in event.stories
        for id_ in material.related.get(story.id, ())
        if id_ not in inside and id_ in known
    }

    def order(story: Story) -> tuple[object, ...]:
        far = abs((story.at - lead.at).total_seconds())
        return story.kind != "incident", -total(quality_parts(story, policy=policy)), far, story.id

    for story in sorted(named.values(), key=order):
        if story.kind != "incident" or occurred(story) < lead.at:
            found.setdefault(story.id, Member(story=story, reason="an editor named it beside the story"))
    return tuple(found.values())


def _beaten_leads(event: Event, lead: Story) -> Iterable[Problem]:
    """Name the stories that say `lead: true` in an event that another one leads."""
    for story in sorted(event.stories, key=by_date):
        if story.lead and not story.covered and story.id != lead.id:
            yield Problem(
                path=story.path,
                field="lead",
                fault=f"{lead.path} leads the same event",
                value="true",
                remedy="The other one leads. Keep the line in one of the two.",
                severity="warning",
            )
