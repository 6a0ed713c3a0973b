"""Which stories name which incident: years may lie between them, so names count, not likeness."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from frtfeed.edit.weights import is_rare
from frtfeed.model import Story
from frtfeed.records import Struct
from frtfeed.text import words
from frtfeed.urls import canonical

__all__ = ["Records", "occurred", "recognise", "touched_incidents"]

# Two capitalised words or more: one alone ("London", "Police", a title's first word) names too much.
TITLE_NAME = re.compile(r"[A-ZÀ-ÞĀ-ŽА-Я][\w'’]*(?:[ -][A-ZÀ-ÞĀ-ŽА-Я][\w'’]*)+")
HREF = re.compile(r'href="([^"]+)"')


class _Record(Struct, frozen=True):
    """An incident with what it is recognised by; every name is folded words joined by spaces."""

    incident: Story
    occurred: datetime
    places: tuple[str, ...]
    actors: tuple[str, ...]
    technologies: tuple[str, ...]
    addresses: frozenset[str]


class Records(Struct, frozen=True):
    """
    Incidents as they are recognised, the latest to occur first.

    by_word: the numbers of those whose title names a place that begins with a word. by_address: of those
    that an address means. A story can name no others: the text of each is not sought through for all.
    """

    records: tuple[_Record, ...]
    by_word: Mapping[str, Collection[int]]
    by_address: Mapping[str, Collection[int]]


# Strategy: precision first, a wrong link is worse than none. A story names an incident when it
# links to it, or names two of what the record names: a name from its title (a place, a scheme)
# and another one among operators and developers; or, where operator and title name are the
# same and no common word, that name and the record's technology. One name alone ("Metropolitan
# Police Service", "facial recognition") is in half of all stories.
def recognise(incidents: Iterable[Story]) -> Records:
    """Work out once what each incident is recognised by."""
    ordered = sorted(incidents, key=lambda incident: (occurred(incident), incident.id), reverse=True)
    records = tuple(_record(incident) for incident in ordered)
    by_word: dict[str, set[int]] = defaultdict(set)
    by_address: dict[str, set[int]] = defaultdict(set)
    for number, record in enumerate(records):
        for place in record.places:
            by_word[place.split()[0]].add(number)
        for address in record.addresses:
            by_address[address].add(number)
    return Records(records, by_word, by_address)


def touched_incidents(stories: Iterable[Story], known: Records, *, before: datetime) -> Iterator[tuple[Story, str]]:
    """
    Yield the incidents that any of some stories names, with the reason in words; latest first.

    Args:
        before: only incidents that occurred before this instant.
    """
    told: dict[int, list[tuple[str, frozenset[str]]]] = defaultdict(list)
    for story in stories if known.records else ():
        text, links = _spoken(story), _addresses(story)
        likely = {number for word in known.by_word.keys() & text.split() for number in known.by_word[word]}
        likely.update(number for link in known.by_address.keys() & links for number in known.by_address[link])
        for number in likely:
            told[number].append((text, links))
    for number in sorted(told):
        record = known.records[number]
        if record.occurred < before:
            reason = next(filter(None, (_reason(text, links, record) for text, links in told[number])), "")
            if reason:
                yield record.incident, reason


def occurred(incident: Story) -> datetime:
    """Return when an incident happened; where the record does not say, when it appeared."""
    return incident.facts.occurred.at if incident.facts and incident.facts.occurred else incident.at


def _reason(text: str, links: frozenset[str], record: _Record) -> str:
    """Say why a text names an incident, "" when it does not."""
    if not links.isdisjoint(record.addresses):
        return "the article links to it"
    for place in record.places:
        if f" {place} " not in text:
            continue
        for actor in record.actors:
            if place not in actor and actor not in place and f" {actor} " in text:
                return f"the article names {place} and {actor}"
        technology = next((name for name in record.technologies if f" {name} " in text), "")
        if technology and place in record.actors and any(map(is_rare, place.split())):
            return f"the article names {place} and {technology}"
    return ""


def _record(incident: Story) -> _Record:
    """Collect what a record can be recognised by."""
    facts = incident.facts
    actors = {_folded(_without_brackets(name)) for name in (*facts.operators, *facts.developers)} if facts else set()
    technologies = {_folded(name) for name in facts.technologies} if facts else set()
    spoken_of = {word for name in technologies for word in name.split()}
    # "Live Facial Recognition" in a title is no place.
    title_names = {_folded(name) for name in TITLE_NAME.findall(incident.title)}
    return _Record(
        incident=incident,
        occurred=occurred(incident),
        places=tuple(sorted(name for name in title_names if name and spoken_of.isdisjoint(name.split()))),
        actors=tuple(sorted(actors - {""})),
        technologies=tuple(sorted(technologies)),
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
