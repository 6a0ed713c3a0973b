"""One edition as a letter, in HTML and in plain text, cut so that it fits."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import unescape
from unicodedata import bidirectional

from frtfeed.model import Edition, Group, Member, Site, Story
from frtfeed.render.entry import rtl
from frtfeed.render.inline import css_of, styled
from frtfeed.render.message import ANYBODY, Letter, encoded_bytes, subject_line, ways_out
from frtfeed.render.pace import reading_minutes
from frtfeed.render.templates import Fill, bind
from frtfeed.render.why import Named, outlet
from frtfeed.text import excerpt
from frtfeed.times import for_people

__all__ = ["MAX_HTML_BYTES", "write_letter"]

MAX_HTML_BYTES = 80_000  # Gmail clips a letter at 102,400; what the transport adds is not known here
MAX_BODY_BYTES = 98_000  # both forms encoded; the rest of 102,400 is for the headers, some of them added on the way
SPARE_BYTES = 600  # what the numbers of links and the words on what was done may add when leads get longer again
MAX_PREHEADER = 140  # characters; about as many as a list of mail shows behind the subject
MAX_MISSED = 3  # headlines that "just missed" names: a line or two
MAX_CONTENTS = 90  # characters of a headline in the contents
CONTENTS_LINE_BYTES = 100  # what a line of the contents takes besides its words, roughly; the end result is measured
MAX_NAME = 80  # characters of an outlet's name
MAX_TITLE = 300  # characters of a headline, in the templates
FEW_LEADS = 10  # as many are seen at a glance; of more a contents list names the first ten
MARK = re.compile(r"<!--lead (\d+)-->")
# What a story says in a template's own marks, or a mail merge's: the programs on its way take it for what
# somebody forgot to fill in. A word joiner (U+2060) takes it apart, and nobody sees it.
BRACES = r"\{(?=[{%#a-z_-])|\*(?=\|)"
IN_TEXT = re.compile(f"({BRACES})", re.IGNORECASE)
IN_HTML = re.compile(f'<style\\b.*?</style>|<!--.*?-->|(?:href|src)="[^"]*"|({BRACES})', re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """How much of each event a letter tells: characters of an excerpt, stories in a list."""

    excerpt: int
    listed: int


# The steps by which a letter is made to fit: excerpts get shorter, then lists are folded. A lead
# keeps two stories of its coverage: without them it is a headline like any other.
CUTS = (
    Cut(excerpt=600, listed=12),
    Cut(excerpt=300, listed=12),
    Cut(excerpt=160, listed=12),
    Cut(excerpt=160, listed=5),
    Cut(excerpt=160, listed=2),
)
WHOLE, LEAST = CUTS[0], CUTS[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A story of a list, as both forms name it: who tells it ("" when unknown), and when ("" for incidents)."""

    story: Story
    name: Named | str
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class List:
    """The stories of a list that the letter has room for, and how many more there are."""

    lines: tuple[Line, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """
    An event as the letter tells it, finished in both forms. A template that prints it gets a mark for its HTML.

    first, links: how many links the text has numbered before it, and by its end.
    """

    number: int
    group: Group
    cut: Cut
    html: str
    text: str
    first: int
    links: int

    def __html__(self) -> str:
        return f"<!--lead {self.number}-->"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What one edition is written with. css: the rules for tags and classes of email.html."""

    edition: Edition
    site: Site
    fill: Fill
    css: str = ""


def write_letter(edition: Edition, *, site: Site, templates: Mapping[str, str]) -> Letter:
    """
    Write an edition as a letter that fits: once for all who get the same selection.

    Raises:
        TemplateError: a template does not render, or its styles break the rules in templates/README.md.
    """
    return _letter(edition, site, tuple(sorted(templates.items())))


@lru_cache(maxsize=8)
def _letter(edition: Edition, site: Site, templates: tuple[tuple[str, str], ...]) -> Letter:
    fill = _bound(templates, site)
    desk = _Desk(edition=edition, site=site, fill=fill)
    frame = fill("email.html", **_variables(desk, ()))
    return _fit(replace(desk, css=css_of(frame, template=dict(templates)["email.html"])))


@lru_cache(maxsize=4)
def _bound(templates: tuple[tuple[str, str], ...], site: Site) -> Fill:
    """Compile the templates once for all editions: it takes longer than to write one."""
    fill = bind(dict(templates), site=site)

    def filled(name: str, /, **variables: object) -> str:
        marks = IN_HTML if name.endswith(".html") else IN_TEXT
        return marks.sub(_taken_apart, fill(name, **variables))

    return filled


def _taken_apart(found: re.Match[str]) -> str:
    """Return what looks like a template's mark with a word joiner in it; in an address its brace is encoded."""
    if found[1]:
        return f"{found[1]}\u2060"
    return found[0] if found[0].startswith("<") else found[0].replace("{", "%7B")


# Strategy: a letter that is clipped loses its end, and with it the way to unsubscribe. Where all of it
# does not fit, it is filled from the top with finished leads, each as short as it gets, whose bytes are
# known, into the room that the frame leaves; the last ones stay out and are counted: "3 more on the
# web". Then, step by step (CUTS, backwards), leads get longer again from the top as long as there is
# room: what is shortened is the end of the letter. What comes of it is measured, as HTML and as a message.
def _fit(desk: _Desk) -> Letter:
    """Write the letter whole if that fits, else with as many leads as fit, the first of them in full."""
    groups = desk.edition.groups
    room = _room(_written(desk, ()))
    if not _hopeless(groups, WHOLE, room=room):
        leads = tuple(_filled(desk, WHOLE, room=room))
        if len(leads) == len(groups) and _fits(letter := _written(desk, leads)):
            return letter
    leads = tuple(_filled(desk, LEAST, room=room))
    while not _fits(letter := _written(desk, leads)) and len(leads) > 1:
        leads = leads[:-1]
    longer = _written(desk, _numbered(desk, _lengthened(desk, leads, room=_room(letter))))
    return longer if _fits(longer) else letter


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """Bytes: of HTML, and of a message's body."""

    html: int
    body: int

    def less(self, html: str, text: str) -> "_Room":
        """Return what is left when these stand in the letter as well."""
        return _Room(html=self.html - len(html), body=self.body - encoded_bytes(html) - encoded_bytes(text))

    def has(self, bytes_: int) -> bool:
        return min(self.html, self.body) >= bytes_


def _room(letter: Letter) -> _Room:
    """Return how much more a letter can take."""
    return _Room(html=MAX_HTML_BYTES, body=MAX_BODY_BYTES).less(letter.html, letter.text)


def _fits(letter: Letter) -> bool:
    return _room(letter).has(0)


def _hopeless(groups: Sequence[Group], cut: Cut, *, room: _Room) -> bool:
    """Tell whether the bare words and addresses, which stand in both forms, are too much already."""
    least = 0
    for group in groups:
        listed = (*group.coverage[: cut.listed], *group.background[: cut.listed])
        least += min(len(group.lead.excerpt), cut.excerpt)
        least += sum(
            len(story.title[:MAX_TITLE]) + len(story.url) for story in (group.lead, *(each.story for each in listed))
        )
    return 2 * least > room.body


def _written(desk: _Desk, leads: Sequence[Lead]) -> Letter:
    return Letter(
        subject=subject_line(desk.edition, site=desk.site),
        html=_framed(desk, leads),
        text=desk.fill("email.txt", **_variables(desk, leads)),
    )


def _filled(desk: _Desk, cut: Cut, *, room: _Room) -> Iterator[Lead]:
    """Yield leads until there is no room for the next; one at least."""
    groups = desk.edition.groups
    links = 0
    for number, group in enumerate(groups, 1):
        lead = _lead(desk, group, cut, number=number, links=links)
        room = room.less(lead.html, lead.text)
        if len(groups) > FEW_LEADS and number <= FEW_LEADS:
            line = _contents_bytes(group)
            room = _Room(html=room.html - line, body=room.body - 2 * line)
        if not room.has(0) and number > 1:
            return
        links = lead.links
        yield lead


def _contents_bytes(group: Group) -> int:
    """Return what a lead's line in the contents takes, roughly: the letter is measured in the end."""
    return CONTENTS_LINE_BYTES + len(group.lead.title[:MAX_CONTENTS].encode("ascii", "xmlcharrefreplace"))


def _lengthened(desk: _Desk, leads: Sequence[Lead], *, room: _Room) -> list[Lead]:
    """Return the leads, those that come first as much longer as there is room; their links keep their numbers."""
    longer = list(leads)
    for cut in CUTS[-2::-1]:
        skipped = False
        for at, lead in enumerate(longer):
            candidate = _longer(desk, lead, cut) if room.has(SPARE_BYTES) else None
            left = room.less(candidate.html, candidate.text) if candidate else room
            left = replace(left, html=left.html + len(lead.html))
            left = replace(left, body=left.body + encoded_bytes(lead.html) + encoded_bytes(lead.text))
            if candidate and left.has(SPARE_BYTES):
                longer[at], room = candidate, left
            else:
                skipped = True
        if skipped:
            break
    return longer


def _longer(desk: _Desk, lead: Lead, cut: Cut) -> Lead:
    """Return a lead at another cut; what that leaves alone is kept."""
    if _size(lead.group, lead.cut) == _size(lead.group, cut):
        return replace(lead, cut=cut)
    return _lead(desk, lead.group, cut, number=lead.number, links=lead.first)


def _numbered(desk: _Desk, leads: Sequence[Lead]) -> tuple[Lead, ...]:
    """Return the leads with the links of their texts numbered one after another."""
    numbered: list[Lead] = []
    links = 0
    for lead in leads:
        kept = lead
        if lead.first != links:
            text, cited = _text(desk, lead.group, lead.cut, number=lead.number, links=links)
            kept = replace(lead, text=text, first=links, links=links + cited)
        links = kept.links
        numbered.append(kept)
    return tuple(numbered)


def _size(group: Group, cut: Cut) -> tuple[int, int, int]:
    """Return what a cut leaves of a group."""
    return (
        min(len(group.lead.excerpt), cut.excerpt),
        _listed(group.coverage, cut),
        _listed(group.background, cut),
    )


def _listed(members: Sequence[Member], cut: Cut) -> int:
    """Return how many of a list are told: "and 1 more" takes as much room as the one."""
    return cut.listed if len(members) > cut.listed + 1 else len(members)


def _shortened(leads: Sequence[Lead]) -> bool:
    """Tell whether an excerpt is shorter than it would be in a letter with room for all."""
    return any(lead.cut.excerpt < WHOLE.excerpt and len(lead.group.lead.excerpt) > lead.cut.excerpt for lead in leads)


def _folded(leads: Sequence[Lead]) -> bool:
    """Tell whether a list is shorter than it would be in a letter with room for all."""
    return any(_size(lead.group, lead.cut)[1:] < _size(lead.group, WHOLE)[1:] for lead in leads)


def _lead(desk: _Desk, group: Group, cut: Cut, *, number: int, links: int) -> Lead:
    """Write a lead in both forms."""
    text, cited = _text(desk, group, cut, number=number, links=links)
    html = desk.fill("email-lead.html", **_event(desk, group, cut, number=number))
    return Lead(
        number=number,
        group=group,
        cut=cut,
        html=styled(html, desk.css).strip(),
        text=text,
        first=links,
        links=links + cited,
    )


def _text(desk: _Desk, group: Group, cut: Cut, *, number: int, links: int) -> tuple[str, int]:
    """Write a lead as plain text; return with it how many links it cites."""
    cited: list[str] = []
    text = desk.fill("email-lead.txt", **_event(desk, group, cut, number=number), before=links, links=cited)
    return text.strip("\n"), len(cited)


def _framed(desk: _Desk, leads: Sequence[Lead]) -> str:
    frame = styled(desk.fill("email.html", **_variables(desk, leads)), desk.css).rstrip() + "\n"
    return MARK.sub(lambda mark: leads[int(mark[1]) - 1].html, frame)


def _event(desk: _Desk, group: Group, cut: Cut, *, number: int) -> dict[str, object]:
    """Return what both forms of a lead get."""
    lead, site = group.lead, desk.site
    byline = (_name(lead, site), "video" if lead.kind == "video" else "", _day(lead, site))
    return {
        "edition": desk.edition,
        "group": group,
        "number": number,
        "cut": cut,
        "byline": [part for part in byline if part],
        "coverage": _list(group.coverage, cut, site=site),
        "background": _list(group.background, cut, site=site),
        "direction": "rtl" if rtl(site.language) else "ltr",
        "turned": _turner(site),
    }


def _list(members: Sequence[Member], cut: Cut, *, site: Site) -> List:
    told = members[: _listed(members, cut)]
    return List(
        lines=tuple(Line(story=each.story, name=_name(each.story, site), day=_day(each.story, site)) for each in told),
        more=len(members) - len(told),
    )


def _name(story: Story, site: Site) -> Named | str:
    """Return who tells a story; of an incident when it happened: "Incident, August 2019"."""
    if story.kind == "incident":
        when = story.facts.occurred if story.facts and story.facts.occurred else story.published
        return f"Incident, {for_people(when, zone=site.zone)}" if when else "Incident"
    name = excerpt(outlet(story), limit=MAX_NAME)
    return Named("", name) if name else ""


def _day(story: Story, site: Site) -> str:
    return for_people(story.published, zone=site.zone) if story.published and story.kind != "incident" else ""


def _turner(site: Site) -> Callable[[str], str]:
    """Return the function that says which way a text runs, "rtl" or "ltr"; "" where the letter runs that way."""
    letter = "rtl" if rtl(site.language) else "ltr"

    def turned(text: str) -> str:
        if letter == "ltr" and text.isascii():
            return ""
        strong = next((kind for kind in map(bidirectional, text) if kind in ("L", "R", "AL")), "")
        runs = {"": letter, "L": "ltr"}.get(strong, "rtl")
        return "" if runs == letter else runs

    return turned


def _variables(desk: _Desk, leads: Sequence[Lead]) -> dict[str, object]:
    """Return what both forms of a letter get."""
    edition = desk.edition
    contents = leads[: len(leads) if len(leads) <= FEW_LEADS + 1 else FEW_LEADS] if len(leads) > FEW_LEADS else ()
    return {
        "edition": edition,
        "leads": leads,
        "contents": contents,
        "below": len(leads) - len(contents),
        "more": len(edition.groups) - len(leads),
        "missed": edition.groups[len(leads) : len(leads) + MAX_MISSED],
        "shortened": _shortened(leads),
        "folded": _folded(leads),
        "minutes": reading_minutes(unescape("".join(lead.html for lead in leads))),
        "subject": subject_line(edition, site=desk.site),
        "preheader": _preheader(edition),
        "unsubscribe": ways_out(desk.site, token=ANYBODY.token),
        "direction": "rtl" if rtl(desk.site.language) else "ltr",
        "turned": _turner(desk.site),
    }


def _preheader(edition: Edition) -> str:
    """Return what a list of mail shows behind the subject: the headlines that the subject has no room for."""
    titles = [group.lead.title for group in edition.groups]
    return excerpt(" · ".join(titles[1:4] or titles), limit=MAX_PREHEADER)
