"""Events become Groups: who leads, who else covered it, what came before."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import nsmallest
from operator import attrgetter, itemgetter

from frtfeed.edit.cluster import cluster
from frtfeed.edit.event import Event, events_of
from frtfeed.edit.incidents import Records, occurred, recognise, touched_incidents
from frtfeed.edit.merge import Material
from frtfeed.edit.rank import by_date
from frtfeed.edit.regroup import Track, place_again
from frtfeed.edit.score import Spread, heat_parts, heat_points, outlet_key, quality_parts, quality_points, total
from frtfeed.model import Group, Member, Problem, Story
from frtfeed.policies import PublishRule, ScorePolicy, Threshold
from frtfeed.records import Struct, field

__all__ = [
    "Chosen",
    "Grouping",
    "choose",
    "event_id",
    "group",
    "rater",
    "tell",
    "with_hidden",
]

MAX_BACKGROUND = 3  # what came before, in print

Rate = Callable[[Story], int]  # tells a story's quality


UPSTREAM = Threshold()


class Grouping(Struct, frozen=True, kw_only=True):
    """
    What grouping found.

    groups: unique by id, by id: one for each event that has a lead.
    events: every story and mention in exactly one, in order of their first stories.
    held: ids of stories that [publish] keeps back, for want of quality and of an editor's word.
    problems: contradictions in the editor's hand that only an event shows, by the id of its group.
    tracks: how the articles were placed, by id, in order of (published, id).
    """

    groups: tuple[Group, ...]
    events: tuple[Event, ...]
    held: frozenset[str] = frozenset()
    problems: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    tracks: Mapping[str, Track] = field(default_factory=dict)


def group(
    material: Material,
    *,
    policy: ScorePolicy,
    publish: PublishRule = "all",
    threshold: Threshold = UPSTREAM,
    before: Mapping[str, Track] | None = None,
) -> Grouping:
    """
    Tell which stories are about the same event, and who speaks for it.

    Incidents stand alone: what names them is background to each other (edit/incidents.py).
    A mention, and a story that says `heat: -1`, never leads.

    Args:
        publish: "threshold" lets a story that does not say `published:` lead only above the
            threshold; one that says `published: auto` always needs that.
        before: the tracks of an earlier grouping under the same policy: they save work.
    """
    incidents = [story for story in material.stories if story.kind == "incident"]
    articles = [story for story in (*material.stories, *material.mentions) if story.kind != "incident"]
    articles.sort(key=by_date)
    tracks = place_again(articles, related=material.related, keywords=policy.keywords, before=before or {})
    events = events_of((story, tracks[story.id].placed) for story in articles)
    events += [Event(stories=[incident]) for incident in incidents]
    rate = rater(policy)
    chosen = [choose(event, rate=rate, publish=publish, threshold=threshold) for event in events]
    held = frozenset(id_ for each in chosen for id_ in each.held)
    known = {story.id: story for story in (*articles, *incidents) if story.id not in held}
    records = recognise(incident for incident in incidents if incident.id not in held)
    groups = [
        tell(each, related=material.related, known=known, records=records, policy=policy, rate=rate)
        for each in chosen
        if each.lead
    ]
    return Grouping(
        groups=tuple(sorted(groups, key=attrgetter("id"))),
        events=tuple(sorted(events, key=lambda event: by_date(event.stories[0]))),
        held=held,
        problems={each.stories[0].id: each.problems for each in chosen if each.problems},
        tracks=tracks,
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


class Chosen(Struct, frozen=True):
    """
    An event with the story that speaks for it, None when no story may.

    stories: by date. held: ids of those that [publish] keeps back, for want of a lead. problems: as in Grouping.
    """

    event: Event
    stories: Sequence[Story]
    spread: Spread
    lead: Story | None
    held: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def choose(event: Event, *, rate: Rate, publish: PublishRule, threshold: Threshold) -> Chosen:
    """Choose who speaks for an event."""
    stories = sorted(event.stories, key=by_date) if len(event.stories) > 1 else event.stories
    spread = Spread(stories)
    lead = _lead(stories, spread, rate=rate, publish=publish, threshold=threshold)
    if lead is None:
        return Chosen(event, stories, spread, None, held=tuple(each.id for each in stories if _waits(each, publish)))
    return Chosen(event, stories, spread, lead, problems=tuple(_beaten_leads(stories, lead)))


def tell(
    chosen: Chosen,
    *,
    related: Mapping[str, Iterable[str]],
    known: Mapping[str, Story],
    records: Records,
    policy: ScorePolicy,
    rate: Rate,
) -> Group:
    """
    Put lead, coverage and background of an event with a lead together.

    Args:
        related: for each of its stories, the ids that its editor named.
        known: by id: at least those of these that are told and not held.
        records: of the incidents that are not held.
    """
    if chosen.lead is None:
        raise ValueError(f"no lead: {chosen.stories[0].id}")
    background = _background(chosen, chosen.lead, related=related, known=known, records=records, rate=rate)
    return _group(chosen, chosen.lead, background=background, policy=policy, rate=rate)


def rater(policy: ScorePolicy) -> Rate:
    """Return what tells a story's quality, worked out once for all that ask."""
    rated: dict[str, int] = {}

    def rate(story: Story) -> int:
        points = rated.get(story.id)
        if points is None:
            points = rated[story.id] = quality_points(story, policy=policy)
        return points

    return rate


# Strategy: the editor's word first (`lead: true`, then `pin: true`), then the highest heat, then
# quality, then the earliest. Of the copies of one text only the earliest may lead, unless its
# editor says more: the lead does not flip between copies as they come in.
def _lead(
    stories: Sequence[Story], spread: Spread, *, rate: Rate, publish: PublishRule, threshold: Threshold
) -> Story | None:
    """Return the story that speaks for an event, None when no story may."""
    able = []
    told: set[str] = set()
    for story in stories:
        if not story.path or story.covered:
            continue
        text = spread.original(story).id
        if text in told and not (story.lead or story.pin or story.heat is not None):
            continue
        quality = rate(story)
        if _waits(story, publish) and not _is_good(story, quality, stories, threshold):
            continue
        told.add(text)
        heat = heat_points(story, quality, spread=spread)
        able.append(((not story.lead, not story.pin, -heat, -quality), story))
    return min(able, key=itemgetter(0))[1] if able else None  # the earliest of the best


def _waits(story: Story, publish: PublishRule) -> bool:
    """Tell whether a story needs more than its own file to lead: its editor said nothing."""
    asked = story.auto or publish == "threshold"
    return asked and bool(story.path) and not (story.stated or story.lead or story.covered)


def _is_good(story: Story, quality: int, stories: Iterable[Story], threshold: Threshold) -> bool:
    """Tell whether a story may lead without its editor's word."""
    if quality >= threshold.alone:
        return True
    own = outlet_key(story.provider)
    others = (outlet_key(other.provider) for other in stories)
    return quality >= threshold.with_others and any(other not in ("", own) for other in others)


def _group(chosen: Chosen, lead: Story, *, background: Sequence[Member], policy: ScorePolicy, rate: Rate) -> Group:
    """Put lead, coverage and background of one event together."""
    stories, spread = chosen.stories, chosen.spread
    covering = sorted((story for story in stories if story is not lead), key=lambda story: -rate(story))  # then by date
    parts = quality_parts(lead, policy=policy)
    quality = total(parts)
    heat = heat_parts(lead, quality, spread=spread)
    return Group(
        id=stories[0].id,
        lead=lead,
        coverage=tuple(_member(story, chosen, lead) for story in covering),
        background=tuple(background[:MAX_BACKGROUND]),
        incidents=tuple(member.story.id for member in background if member.story.kind == "incident"),
        texts=spread.texts,
        updated=max(lead.updated or lead.at, stories[-1].at),
        quality=quality,
        heat=total(heat),
        quality_parts=parts,
        heat_parts=heat,
    )


def _member(story: Story, chosen: Chosen, lead: Story) -> Member:
    """Say why a story is in an event; that it is a copy says more than how alike it is."""
    join = chosen.event.joins[story.id]
    original = chosen.spread.original(story)
    if original is chosen.spread.original(lead):
        original = lead
    if original is not story and outlet_key(original.provider) != outlet_key(story.provider):
        whose = original.provider.name if original.provider else "an earlier story"
        return Member(story=story, reason=f"the same text as {whose}: it counts once", likeness=join.likeness)
    return Member(story=story, reason=join.reason, likeness=join.likeness)


def _background(
    chosen: Chosen,
    lead: Story,
    *,
    related: Mapping[str, Iterable[str]],
    known: Mapping[str, Story],
    records: Records,
    rate: Rate,
) -> list[Member]:
    """
    Return the incidents that an event's stories name, then what its editors named, best first.

    All incidents; of the others no more than are printed.
    """
    stories = chosen.event.stories
    inside = {story.id for story in stories}
    found = {
        incident.id: Member(story=incident, reason=reason)
        for incident, reason in touched_incidents(stories, records, before=lead.at)
        if incident.id not in inside
    }
    ids = {id_ for story in stories for id_ in related.get(story.id, ())} - inside
    named = [known[id_] for id_ in ids if id_ in known and id_ not in found]
    incidents = [story for story in named if story.kind == "incident" and occurred(story) < lead.at]
    articles = [story for story in named if story.kind != "incident"]

    at = lead.at

    def order(story: Story) -> tuple[object, ...]:
        return -rate(story), abs(story.at - at), story.id

    best = [*sorted(incidents, key=order), *nsmallest(MAX_BACKGROUND, articles, key=order)]
    return [*found.values(), *(Member(story=story, reason="an editor named it beside the story") for story in best)]


def _beaten_leads(stories: Iterable[Story], lead: Story) -> Iterable[Problem]:
    """Name the stories that say `lead: true` in an event that another one leads."""
    for story in stories:
        if story.lead and not story.covered and story.id != lead.id:
            yield Problem(
                path=story.path,
                field="lead",
                fault=f"{lead.path} leads the same event",
                value="true",
                remedy="The other one leads. Keep the line in one of the two.",
                severity="warning",
            )
