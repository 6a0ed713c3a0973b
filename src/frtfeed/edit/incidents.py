"""Which stories name which incident: years may lie between them, so names count, not likeness."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from frtfeed.model import Story
from frtfeed.text import words
from frtfeed.urls import canonical

__all__ = ["occurred", "touched_incidents"]

# Two capitalised words or more: one alone ("London", "Police", a title's first word) names too much.
TITLE_NAME = re.compile(r"[A-ZÀ-ÞĀ-ŽА-Я][\w'’]*(?:[ -][A-ZÀ-ÞĀ-ŽА-Я][\w'’]*)+")
HREF = re.compile(r'href="([^"]+)"')


@dataclass(frozen=True, slots=True)
class _Marks:
    """What an incident is recognised by; every name is folded words joined by spaces."""

    places: frozenset[str]
    actors: frozenset[str]
    technologies: frozenset[str]
    addresses: frozenset[str]


# Strategy: precision first, a wrong link is worse than none. A story names an incident when it
# links to it, or names two of what the record names: a name from its title (a place, a scheme)
# and another one among operators and developers; or, where operator and title name are the
# same, that name and the record's technology. One name alone ("Metropolitan Police Service",
# "facial recognition") is in half of all stories.
def touched_incidents(
    stories: Iterable[Story], incidents: Sequence[Story], *, before: datetime
) -> Iterator[tuple[Story, str]]:
    """
    Yield the incidents that any of some stories names, with the reason in words; latest first.

    Args:
        before: only incidents that occurred before this instant.
    """
    told = [(_spoken(story), _addresses(story)) for story in stories]
    for incident in sorted(incidents, key=lambda incident: (occurred(incident), incident.id), reverse=True):
        if occurred(incident) >= before:
            continue
        marks = _marks(incident)
        reason = next(filter(None, (_reason(text, links, marks) for text, links in told)), "")
        if reason:
            yield incident, reason


def occurred(incident: Story) -> datetime:
    """Return when an incident happened; where the record does not say, when it appeared."""
    return incident.facts.occurred.at if incident.facts and incident.facts.occurred else incident.at


def _reason(text: str, links: frozenset[str], marks: _Marks) -> str:
    """Say why a text names an incident, "" when it does not."""
    if links & marks.addresses:
        return "the article links to it"
    places = sorted(name for name in marks.places if f" {name} " in text)
    actors = sorted(name for name in marks.actors if f" {name} " in text)
    for place in places:
        for actor in actors:
            if place not in actor and actor not in place:
                return f"the article names {place} and {actor}"
        technology = next((name for name in sorted(marks.technologies) if f" {name} " in text), "")
        if place in actors and technology:
            return f"the article names {place} and {technology}"
    return ""


def _marks(incident: Story) -> _Marks:
    """Collect what a record can be recognised by."""
    facts = incident.facts
    title_names = {_folded(name) for name in TITLE_NAME.findall(incident.title)}
    actors = {_folded(_without_brackets(name)) for name in (*facts.operators, *facts.developers)} if facts else set()
    actors.discard("")
    return _Marks(
        places=frozenset(title_names),
        actors=frozenset(actors),
        technologies=frozenset(_folded(name) for name in facts.technologies) if facts else frozenset(),
        addresses=frozenset(name for name in incident.names if name.startswith("https://")),
    )


def _spoken(story: Story) -> str:
    """Return all of a story's text as folded words between spaces."""
    body = " ".join(re.sub(r"<[^>]+>", " ", section.html) for section in story.body)
    return f" {_folded(f'{story.title} {story.excerpt} {body}')} "


def _addresses(story: Story) -> frozenset[str]:
    """Return the canonical addresses that a story's own text links to."""
    return frozenset(canonical(link) for section in story.body for link in HREF.findall(section.html))


def _folded(text: str) -> str:
    """Return a text as compared: folded words, and the two names of the field's one technology as one."""
    return " ".join(words(text)).replace("face recognition", "facial recognition")


def _without_brackets(name: str) -> str:
    """Drop an abbreviation that stands in brackets behind a name."""
    return re.sub(r"\s*\([^)]*\)", "", name)
