"""The same event, told once: stories become Groups of lead, coverage and background."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from math import log, sqrt

from frtfeed.edit.incidents import occurred, touched_incidents
from frtfeed.edit.merge import Material
from frtfeed.edit.rank import by_date
from frtfeed.edit.score import ScorePolicy, heat_parts, outlet_key, quality_parts, total
from frtfeed.model import Group, Member, Story
from frtfeed.text import words

__all__ = ["group"]

WINDOW = timedelta(days=7)  # a story joins an event whose members are at most this old
JOIN = 0.22  # likeness at which a story joins a group; flat around this value (docs/design/grouping.md)
JOIN_RELATED = 0.15  # the same where an editor named one beside the other: likelier, never decided
SAME_OUTLET = 0.7  # an outlet seldom tells one event twice: only near copies of its own join
AGE_COST = 0.02  # likeness lost per day between two stories
RARE_WORDS = 8  # a story's candidates share one of its heaviest words ...
COMMON_POSTING = 200  # ... of which so many, the newest, are looked at for each word ...
MAX_CANDIDATES = 100  # ... and so many in all
MAX_BACKGROUND = 3  # what came before, in print

Vector = Mapping[str, float]


@dataclass(slots=True)
class _Event:
    """A group in the making: its stories and the sum of their vectors."""

    stories: list[Story] = field(default_factory=list)
    sum: dict[str, float] = field(default_factory=dict)
    square: float = 0.0  # of the length of the sum
    reasons: dict[str, tuple[str, float]] = field(default_factory=dict)

    def add(self, story: Story, vector: Vector, reason: str, likeness: float) -> None:
        self.stories.append(story)
        for word, weight in vector.items():
            had = self.sum.get(word, 0.0)
            self.sum[word] = had + weight
            self.square += weight * (2 * had + weight)
        self.reasons[story.id] = (reason, likeness)


# Strategy: one pass in order of (published, id), so that a later story never changes what stood
# before it. A story joins the event it is most like, by half the likeness to the best member and
# half the likeness to the whole: the second half is what keeps chains from forming. Incidents
# stand alone: what names them is background to each other (edit/incidents.py).
def group(material: Material, *, policy: ScorePolicy) -> tuple[Group, ...]:
    """
    Tell which stories are about the same event.

    Returns: unique by id, by id. Every story with a file that may lead is in one of them;
        a mention, and a story that says `heat: -1`, never leads.
    """
    incidents = [story for story in material.stories if story.kind == "incident"]
    articles = [story for story in (*material.stories, *material.mentions) if story.kind != "incident"]
    articles.sort(key=by_date)
    events = _events(articles, _vectors(articles), related=_pairs(material.related))
    for incident in incidents:
        alone = _Event()
        alone.add(incident, {}, "", 0.0)
        events.append(alone)
    known = {story.id: story for story in (*material.stories, *material.mentions)}
    groups = (
        _compose_group(event, lead, material=material, known=known, incidents=incidents, policy=policy)
        for event in events
        if (lead := _lead(event, policy))
    )
    return tuple(sorted(groups, key=lambda group: group.id))


def _events(stories: Sequence[Story], vectors: Mapping[str, Vector], *, related: set[frozenset[str]]) -> list[_Event]:
    """Cluster stories in one pass; every story is in exactly one event."""
    events: dict[int, _Event] = {}
    event_of: dict[str, int] = {}
    postings: dict[str, list[Story]] = defaultdict(list)
    for number, story in enumerate(stories):
        vector = vectors[story.id]
        heavy = sorted(vector, key=lambda word: (-vector[word], word))[:RARE_WORDS]
        near: dict[int, list[Story]] = defaultdict(list)
        for other in _candidates(story, heavy, postings):
            near[event_of[other.id]].append(other)
        scores = []
        for home, others in near.items():
            likeness, threshold, reason = _likeness(story, others, events[home], vectors, related)
            if likeness >= threshold:
                scores.append((-likeness, home, reason))
        if scores:
            negative, home, reason = min(scores)
            events[home].add(story, vector, reason, round(-negative, 3))
        else:
            home, events[number] = number, _Event()
            events[home].add(story, vector, "first on the event", 0.0)
        event_of[story.id] = home
        for word in heavy:
            postings[word].append(story)
    return list(events.values())


def _candidates(story: Story, heavy: Sequence[str], postings: Mapping[str, list[Story]]) -> list[Story]:
    """Return the earlier stories within the window that share a telling word with a story, newest first."""
    found = {}
    for word in heavy:
        posting = postings.get(word, [])
        for other in posting[: -COMMON_POSTING - 1 : -1]:
            if _age_days(other, story) > WINDOW.days:
                break
            found[other.id] = other
    return sorted(found.values(), key=by_date, reverse=True)[:MAX_CANDIDATES]


def _likeness(
    story: Story,
    others: Sequence[Story],
    event: _Event,
    vectors: Mapping[str, Vector],
    related: set[frozenset[str]],
) -> tuple[float, float, str]:
    """Return how alike a story and an event are (0 to 1), what it takes to join, and the reason in words."""
    best, named = 0.0, False
    vector, outlet = vectors[story.id], outlet_key(story.provider)
    for other in others:
        alike = _dot(vector, vectors[other.id])
        if outlet and outlet == outlet_key(other.provider) and alike < SAME_OUTLET:
            continue
        named = named or frozenset((story.id, other.id)) in related
        best = max(best, alike - AGE_COST * _age_days(other, story))
    likeness = 0.5 * best + 0.5 * _dot(vector, event.sum) / (sqrt(event.square) or 1.0) if best > 0 else 0.0
    reason = "its words are like the group's" + (", and an editor named them together" if named else "")
    return likeness, JOIN_RELATED if named else JOIN, reason


def _vectors(stories: Sequence[Story]) -> dict[str, Vector]:
    """Weigh each story's words by how few stories have them; unit length."""
    counts = {story.id: Counter(_telling_words(story)) for story in stories}
    spread = Counter(word for count in counts.values() for word in count)
    vectors: dict[str, Vector] = {}
    for story_id, count in counts.items():
        weights = {
            word: (1 + log(times)) * log((len(stories) + 1) / (spread[word] + 1)) for word, times in count.items()
        }
        length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        vectors[story_id] = {word: weight / length for word, weight in weights.items() if weight}
    return vectors


STOP_WORDS = frozenset(
    "a about after all also an and are as at be been before but by can could for from had has have he her his how if "
    "in into is it its more new no not of off on or our out over said say says she so some than that the their them "
    "then there they this to up us using use used uses was we were what when which while who why will with would "
    "you".split()
)


def _telling_words(story: Story) -> list[str]:
    """Return the words of title (twice) and excerpt that could tell an event, light plurals stripped."""
    said = [*words(story.title), *words(story.title), *words(story.excerpt)]
    return [_singular(word) for word in said if word not in STOP_WORDS and len(word) > 1]


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _lead(event: _Event, policy: ScorePolicy) -> Story | None:
    """Return the story that speaks for an event: highest heat, then quality, then earliest, then id."""
    able = [story for story in event.stories if story.path and not story.covered]

    def order(story: Story) -> tuple[object, ...]:
        quality = total(quality_parts(story, policy=policy))
        heat = total(heat_parts(story, quality, others=_others(event, story)))
        return -heat, -quality, by_date(story)

    return min(able, key=order, default=None)


def _others(event: _Event, story: Story) -> list[Story]:
    return [other for other in event.stories if other.id != story.id]


def _compose_group(
    event: _Event,
    lead: Story,
    *,
    material: Material,
    known: Mapping[str, Story],
    incidents: Sequence[Story],
    policy: ScorePolicy,
) -> Group:
    """Put lead, coverage and background of one event together."""
    others = _others(event, lead)
    coverage = [
        Member(story=story, reason=event.reasons[story.id][0], likeness=event.reasons[story.id][1]) for story in others
    ]
    coverage.sort(key=lambda member: (-total(quality_parts(member.story, policy=policy)), by_date(member.story)))
    parts = quality_parts(lead, policy=policy)
    quality = total(parts)
    heat = heat_parts(lead, quality, others=others)
    return Group(
        id=min(event.stories, key=by_date).id,
        lead=lead,
        coverage=tuple(coverage),
        background=_background(event, lead, material, known, incidents)[:MAX_BACKGROUND],
        updated=max(lead.updated or lead.at, *(story.at for story in event.stories)),
        quality=quality,
        heat=total(heat),
        quality_parts=parts,
        heat_parts=heat,
    )


def _background(
    event: _Event, lead: Story, material: Material, known: Mapping[str, Story], incidents: Sequence[Story]
) -> tuple[Member, ...]:
    """Return incidents that the event's stories name, then what its editors named, nearest in time first."""
    inside = {story.id for story in event.stories}
    found = {
        incident.id: Member(story=incident, reason=reason)
        for incident, reason in touched_incidents(event.stories, incidents, before=lead.at)
        if incident.id not in inside
    }
    named = {
        id_: known[id_] for story in event.stories for id_ in material.related.get(story.id, ()) if id_ not in inside
    }
    for story in sorted(named.values(), key=lambda story: (abs(story.at - lead.at), story.id)):
        if story.kind != "incident" or occurred(story) < lead.at:
            found.setdefault(story.id, Member(story=story, reason="an editor named it beside the story"))
    return tuple(found.values())


def _pairs(related: Mapping[str, Iterable[str]]) -> set[frozenset[str]]:
    return {frozenset((id_, other)) for id_, others in related.items() for other in others}


def _dot(one: Vector, other: Vector) -> float:
    if len(other) < len(one):
        one, other = other, one
    return sum(weight * other[word] for word, weight in sorted(one.items()) if word in other)


def _age_days(other: Story, story: Story) -> float:
    return abs((story.at - other.at).total_seconds()) / 86_400
