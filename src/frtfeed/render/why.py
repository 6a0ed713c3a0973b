"""What a letter says of an event in a few words: why it is here, who was first, what an incident's record states."""

from datetime import timedelta, tzinfo
from html import escape
from unicodedata import bidirectional

from frtfeed.model import Edition, Group, Part, Story, When
from frtfeed.records import Struct
from frtfeed.times import for_people
from frtfeed.urls import domain_of

__all__ = ["Named", "brief", "facts", "outlet", "outlets", "runs", "why"]

# How far apart two dates can lie and still be in either order.
SPANS = {"time": timedelta(), "day": timedelta(days=1), "month": timedelta(days=31), "year": timedelta(days=366)}
MERITS = {"an official source": "an official source", "a listed provider": "a listed outlet"}


class Named(Struct, frozen=True):
    """
    Words around a name that may run the other way: it is kept apart from them, so that dates stay where they are.

    As text the name stands between isolates (Unicode Standard Annex 9) where it needs them, in HTML in <bdi>.
    """

    before: str
    name: str
    after: str = ""

    def __str__(self) -> str:
        turns = not self.name.isascii() and any(bidirectional(char) in ("R", "AL") for char in self.name)
        return f"{self.before}\u2068{self.name}\u2069{self.after}" if turns else f"{self.before}{self.name}{self.after}"

    def __html__(self) -> str:
        name = escape(self.name)
        return f"{escape(self.before)}{name if self.name.isascii() else f'<bdi>{name}</bdi>'}{escape(self.after)}"


def why(group: Group, *, edition: Edition, zone: tzinfo) -> tuple[str | Named, ...]:
    """
    Return why an event stands where it does: "heat 77", "3 outlets", "first reported by Sky, 23 February".

    Never empty, and never begins with a name. The first outlet is named only when the dates tell who it was.
    """
    count = outlets(group)
    alone = count == 1
    year = (edition.end - timedelta(hours=12)).astimezone(zone).year
    reasons = (
        "chosen by the editor" if group.lead.pin else "",
        f"heat {group.heat}" if group.heat else "",
        _told_by(group, count),
        "" if alone else _first(group, year=year, zone=zone),
        ", ".join(_merits(group.quality_parts)) if alone else "",
        "grown since it was told before" if group.id in edition.updates else "",
    )
    return tuple(reason for reason in reasons if reason)


def _told_by(group: Group, count: int) -> str:
    """Say how many outlets tell an event, and how many texts that is: "5 outlets, one text"."""
    told = group.texts or count
    if count > 1:
        return (
            f"{count} outlets" if told >= count else f"{count} outlets, {'one text' if told == 1 else f'{told} texts'}"
        )
    if group.lead.kind == "incident":
        return "an incident record"
    return "one outlet" if outlet(group.lead) else "told here only"


def _merits(parts: tuple[Part, ...]) -> list[str]:
    """Say for which of its own merits a story counts that stands alone: who tells it, and the words of its title."""
    good = {part.name: part.because for part in parts if part.points > 0}
    words_in_title = good.get("keywords", "")
    if "quality" in good:
        return ["rated by its editor"]
    reasons = (
        MERITS.get(good.get("provider", ""), ""),
        words_in_title if words_in_title.startswith("“") else "listed words in the title" if words_in_title else "",
        "featured" if "featured" in good else "",
    )
    return [reason for reason in reasons if reason]


def _first(group: Group, *, year: int, zone: tzinfo) -> str | Named:
    """Say who was first, and when; only when, where two dates are too rough to tell."""
    dated = [
        (story.published, story)
        for story in (group.lead, *(member.story for member in group.coverage))
        if story.published and story.kind != "incident"
    ]
    if not dated:
        return ""
    when, first = min(dated, key=lambda each: (each[0].at, each[1].id))
    who, day = outlet(first), brief(when, year=year, zone=zone)
    surely_later = when.at + SPANS[when.precision]
    known = who and all(surely_later < other.at or who == outlet(story) for other, story in dated)
    return Named("first reported by ", who, f", {day}") if known else f"first reported {day}"


def runs(text: str, *, within: str) -> str:
    """Say which way a text runs, "rtl" or "ltr"; "" where it runs as what is around it."""
    if within == "ltr" and text.isascii():
        return ""
    strong = next((kind for kind in map(bidirectional, text) if kind in ("L", "R", "AL")), "")
    way = {"": within, "L": "ltr"}.get(strong, "rtl")
    return "" if way == within else way


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
    """Count the publishers that tell an event: the lead's, and every other that is known."""
    own = group.lead.provider.key if group.lead.provider else ""
    others = {member.story.provider.key for member in group.coverage if member.story.provider}
    return len({own} | others)
