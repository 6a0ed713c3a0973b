"""What a letter says of an event in a few words: why it is here, who was first, what an incident's record states."""

from datetime import timedelta, tzinfo

from frtfeed.model import Edition, Group, Story, When
from frtfeed.times import for_people
from frtfeed.urls import domain_of

__all__ = ["brief", "facts", "outlet", "outlets", "why"]

# How far apart two dates can lie and still be in either order.
SPANS = {"time": timedelta(), "day": timedelta(days=1), "month": timedelta(days=31), "year": timedelta(days=366)}


def why(group: Group, *, edition: Edition, zone: tzinfo) -> tuple[str, ...]:
    """
    Return why an event stands where it does: "heat 77", "3 outlets", "first reported by Sky, 23 February".

    The first outlet is named only when the dates tell who it was.
    """
    count = outlets(group)
    year = (edition.end - timedelta(hours=12)).astimezone(zone).year
    reasons = (
        "chosen by the editor" if group.lead.pin else "",
        f"heat {group.heat}" if group.heat else "",
        f"{count} outlets" if count > 1 else "",
        _first(group, year=year, zone=zone) if count > 1 else "",
        "grown since it was told before" if group.id in edition.updates else "",
    )
    return tuple(reason for reason in reasons if reason)


def _first(group: Group, *, year: int, zone: tzinfo) -> str:
    """Say who was first, and when; only when, where two dates are too rough to tell."""
    dated = [
        (story.published, story)
        for story in (group.lead, *(member.story for member in group.coverage))
        if story.published and story.kind != "incident"
    ]
    if not dated:
        return ""
    (when, first), *others = sorted(dated, key=lambda each: (each[0].at, each[1].id))
    who, day = outlet(first), brief(when, year=year, zone=zone)
    known = who and all(who == outlet(story) or when.at + SPANS[when.precision] < other.at for other, story in others)
    return f"first reported by {who}, {day}" if known else f"first reported {day}"


def brief(when: When, *, year: int, zone: tzinfo) -> str:
    """Write a date for people, without the year where it is the one given: "23 February"."""
    return for_people(when, zone=zone).replace(f" {year}", "")


def facts(story: Story) -> tuple[tuple[str, str], ...]:
    """
    Return what an incident's record states, in the order in which people ask.

    The words are the record's own: "alleged" stays where it says so.
    """
    stated = story.facts
    if stated is None:
        return ()
    lines = (
        ("Developed by", stated.developers),
        ("Deployed by", stated.operators),
        ("Where", stated.countries),
        ("Issue", stated.issues),
    )
    return tuple((label, ", ".join(values)) for label, values in lines if values)


def outlet(story: Story) -> str:
    """Return the name a story's publisher goes by, else its domain, "" when unknown."""
    known = (story.provider.name or story.provider.domain) if story.provider else ""
    return known or domain_of(story.url)


def outlets(group: Group) -> int:
    """Count the publishers that tell an event: the lead's, and every other that is known, as heat does."""
    own = group.lead.provider.key if group.lead.provider else ""
    others = {member.story.provider.key for member in group.coverage if member.story.provider}
    return len({own} | others)
