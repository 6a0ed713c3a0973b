"""One edition as a letter, in HTML and in plain text, cut so that it fits."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from itertools import accumulate

from frtfeed.model import Edition, Group, Member, Site, Story
from frtfeed.records import Struct, replace
from frtfeed.render.entry import day, href, rtl
from frtfeed.render.inline import Styles, css_of, styled
from frtfeed.render.message import ANYBODY, Letter, Weight, encoded_bytes, subject_line, ways_out, weigh
from frtfeed.render.pace import Length, length_of, minutes
from frtfeed.render.templates import Compiled, Fill, bind
from frtfeed.render.why import Named, outlet, runs, why
from frtfeed.text import excerpt

__all__ = ["MAX_HTML_BYTES", "write_letter"]

MAX_HTML_BYTES = 80_000  # Gmail clips a letter at 102,400; what the transport adds is not known here
MAX_BODY_BYTES = 98_000  # both forms encoded; the rest of 102,400 is for the headers, some of them added on the way
SPARE_BYTES = 600  # what the numbers of links and the words on what was done may add when leads get longer again
MAX_PREHEADER = 140  # characters; about as many as a list of mail shows behind the subject
MAX_MISSED = 3  # headlines that "just missed" names: a line or two
MAX_CONTENTS = 90  # characters of a headline in the contents
CONTENTS_LINE_BYTES = 100  # what a line of the contents takes besides its words, roughly; the end result is measured
# What an event and a link in its lists take at least besides their words and addresses: markup, mostly.
LEAD_BYTES, LINK_BYTES = 400, 150
FOLD_BYTES = 500  # what "and 12 more on the web" takes at most, in both forms
SLACK_BYTES = 100  # what an ellipsis, shorter numbers and other line breaks can save at most
MAX_NAME = 80  # characters of an outlet's name
MAX_TITLE = 300  # characters of a headline, in the templates
FEW_LEADS = 10  # as many are seen at a glance; of more a contents list names the first ten
MARK = re.compile(r"<!--lead (\d+)-->")
# What a story says in a template's own marks, or a mail merge's: the programs on its way take it for what
# somebody forgot to fill in. A word joiner (U+2060) takes it apart, and nobody sees it.
BRACES = r"\{(?=[{%#a-z_-])|\*(?=\|)"
IN_TEXT = re.compile(f"({BRACES})", re.IGNORECASE)
IN_HTML = re.compile(f'<style\\b.*?</style>|<!--.*?-->|(?:href|src)="[^"]*"|({BRACES})', re.DOTALL | re.IGNORECASE)
APART = re.compile(r"<!--.*?-->|<style\b.*?</style>", re.DOTALL)  # where braces may stand, as they do in a style block


class Cut(Struct, frozen=True, kw_only=True):
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


class Line(Struct, frozen=True, kw_only=True):
    """
    A story of a list, as both forms name it: who tells it ("" when unknown), and when ("" for incidents).

    title: cut to what a line may take. address: where it is read, "" when nowhere.
    """

    story: Story
    name: Named | str
    day: str
    title: str
    address: str


class List(Struct, frozen=True, kw_only=True):
    """The stories of a list that the letter has room for, and how many more there are."""

    lines: tuple[Line, ...]
    more: int


class Lead(Struct, frozen=True, kw_only=True):
    """
    An event as the letter tells it, finished in both forms. A template that prints it gets a mark for its HTML.

    told: what its templates got.
    first, links: how many links the text has numbered before it, and by its end.
    html_weight, text_weight: what both forms take in a message.
    length: what there is to read.
    """

    number: int
    group: Group
    cut: Cut
    told: Mapping[str, object]
    html: str
    text: str
    first: int
    links: int
    html_weight: Weight
    text_weight: Weight
    length: Length

    @property
    def body(self) -> int:
        """The bytes of both forms in a message."""
        return encoded_bytes(self.html_weight) + encoded_bytes(self.text_weight)

    def __html__(self) -> str:
        return f"<!--lead {self.number}-->"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """
    What a letter is written from.

    To hash all of an edition takes as long as to write a tenth of it; who is told tells it apart, and equal it
    is only where all of it is. styles, compiled: what is kept there changes no letter.
    """

    told: tuple[str, ...]
    edition: Edition = field(hash=False)
    site: Site = field(hash=False)
    templates: tuple[tuple[str, str], ...] = field(hash=False)
    styles: Styles = field(compare=False)
    compiled: Compiled = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Press:
    """What templates are compiled for."""

    templates: tuple[tuple[str, str], ...]
    site: Site
    compiled: Compiled = field(compare=False)


class _Desk(Struct, frozen=True, kw_only=True):
    """What one edition is written with. css: the rules for tags and classes of email.html."""

    edition: Edition
    site: Site
    fill: Fill
    styles: Styles
    css: str = ""


class _Room(Struct, frozen=True, kw_only=True):
    """Bytes: of HTML, and of a message's body."""

    html: int
    body: int

    def less(self, *, html: int, body: int) -> "_Room":
        """Return what is left when so much more stands in the letter."""
        return _Room(html=self.html - html, body=self.body - body)

    def has(self, bytes_: int) -> bool:
        return min(self.html, self.body) >= bytes_


def write_letter(
    edition: Edition,
    *,
    site: Site,
    templates: Mapping[str, str],
    styles: Styles | None = None,
    compiled: Compiled | None = None,
) -> Letter:
    """
    Write an edition as a letter that fits: once for all who get the same selection.

    Args:
        styles: what tags are known to look like; what has to be asked for is added to it.
        compiled: the templates that need not be compiled; those that have to be are added to it.

    Raises:
        TemplateError: a template does not render, or its styles break the rules in templates/README.md.
    """
    told = (edition.key, *(group.id for group in edition.groups))
    return _letter(
        _Order(
            told=told,
            edition=edition,
            site=site,
            templates=tuple(sorted(templates.items())),
            styles=styles or Styles(),
            compiled=compiled or Compiled(),
        )
    )


@lru_cache(maxsize=8)
def _letter(order: _Order) -> Letter:
    fill = _bound(_Press(templates=order.templates, site=order.site, compiled=order.compiled))
    desk = _Desk(edition=order.edition, site=order.site, fill=fill, styles=order.styles)
    variables = _variables(desk, ())
    frame = fill("email.html", **variables)
    desk = replace(desk, css=css_of(frame, template=dict(order.templates)["email.html"]))
    bare = _put_together(desk, (), html=frame, text=fill("email.txt", **variables))
    return _fit(desk, room=_room(bare, ()))


@lru_cache(maxsize=4)
def _bound(press: _Press) -> Fill:
    """Compile the templates once for all editions: it takes longer than to write one."""
    fill = bind(dict(press.templates), site=press.site, compiled=press.compiled)

    def filled(name: str, /, **variables: object) -> str:
        text = fill(name, **variables)
        if not name.endswith(".html"):
            return IN_TEXT.sub(_taken_apart, text) if _has_marks(text) else text
        if not _has_marks(text) or not _has_marks(APART.sub("", text)):
            return text
        return IN_HTML.sub(_taken_apart, text)

    return filled


def _has_marks(text: str) -> bool:
    """Tell whether a text may hold what looks like a template's mark."""
    return "{" in text or "*|" in text


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
# Nothing is written of which its bare words and addresses tell that there is no room for it (_least).
def _fit(desk: _Desk, *, room: _Room) -> Letter:
    """
    Write the letter whole if that fits, else with as many leads as fit, the first of them in full.

    Args:
        room: what the frame leaves.
    """
    groups = desk.edition.groups
    if not _overflows(groups[1:], room, site=desk.site):
        ahead = tuple(accumulate(_least(group, WHOLE, site=desk.site) for group in reversed(groups)))[::-1]
        leads = tuple(_filled(desk, WHOLE, room=room, ahead=ahead))
        if len(leads) == len(groups) and _room(letter := _written(desk, leads), leads).has(0):
            return letter
    leads = tuple(_filled(desk, LEAST, room=room, ahead=(0,) * len(groups)))
    while not (left := _room(letter := _written(desk, leads), leads)).has(0) and len(leads) > 1:
        leads = leads[:-1]
    leads = _numbered(desk, _lengthened(desk, leads, room=left))
    longer = _written(desk, leads)
    return longer if _room(longer, leads).has(0) else letter


def _overflows(groups: Sequence[Group], room: _Room, *, site: Site) -> bool:
    """Tell whether there is no room for the whole events, for certain: of most only the first need be looked at."""
    least = accumulate(_least(group, WHOLE, site=site) for group in groups)
    return any(bytes_ > room.body for bytes_ in least)


def _room(letter: Letter, leads: Sequence[Lead]) -> _Room:
    """Return how much more a letter of these leads can take."""
    html = weigh(letter.html, known=((lead.html, lead.html_weight) for lead in leads))
    text = weigh(letter.text, known=((lead.text, lead.text_weight) for lead in leads))
    body = encoded_bytes(html) + encoded_bytes(text)
    return _Room(html=MAX_HTML_BYTES, body=MAX_BODY_BYTES).less(html=len(letter.html), body=body)


def _least(group: Group, cut: Cut, *, site: Site) -> int:
    """Return what an event takes at least in a message's body."""
    stories = [group.lead]
    stories += (each.story for each in group.coverage[: _listed(group.coverage, cut)])
    stories += (each.story for each in group.background[: _listed(group.background, cut)])
    words = _kept(group.lead.excerpt, cut.excerpt)
    return LEAD_BYTES + 2 * words + sum(_bare_bytes(story, site) for story in stories)


def _least_more(group: Group, before: Cut, after: Cut, *, site: Site) -> int:
    """Return how much more an event takes at least in a message's body at the longer of two cuts."""
    words = _kept(group.lead.excerpt, after.excerpt) - min(len(group.lead.excerpt), before.excerpt)
    more = 2 * max(0, words) - SLACK_BYTES
    for members in (group.coverage, group.background):
        first, last = _listed(members, before), _listed(members, after)
        more += sum(_bare_bytes(each.story, site) for each in members[first:last])
        more -= FOLD_BYTES if first < last == len(members) else 0
    return more


def _bare_bytes(story: Story, site: Site) -> int:
    """Return what a story of a list takes at least in a message's body: its title and its address, in both forms."""
    link = href(story, site)
    return 2 * (_kept(story.title, MAX_TITLE) + len(link)) + (LINK_BYTES if link else 0)


def _kept(text: str, limit: int) -> int:
    """Return how many characters are left at least of a text that is cut between words."""
    return len(text) if len(text) <= limit else limit // 2


def _written(desk: _Desk, leads: Sequence[Lead]) -> Letter:
    variables = _variables(desk, leads)
    html, text = (desk.fill(name, **variables) for name in ("email.html", "email.txt"))
    return _put_together(desk, leads, html=html, text=text)


def _put_together(desk: _Desk, leads: Sequence[Lead], *, html: str, text: str) -> Letter:
    """Return the letter of which both frames are filled."""
    frame = styled(html, desk.css, styles=desk.styles).rstrip() + "\n"
    return Letter(
        subject=subject_line(desk.edition, site=desk.site),
        html=MARK.sub(lambda mark: leads[int(mark[1]) - 1].html, frame),
        text=text,
    )


def _filled(desk: _Desk, cut: Cut, *, room: _Room, ahead: Sequence[int]) -> Iterator[Lead]:
    """
    Yield leads until there is no room for the next; one at least.

    Args:
        ahead: bytes that have to be left for each lead and all that follow it, else nothing more is written.
    """
    groups = desk.edition.groups
    links = 0
    for number, group in enumerate(groups, 1):
        if number > 1 and ahead[number - 1] > room.body:
            return
        lead = _lead(desk, group, cut, told=_event(desk, group, number=number), number=number, links=links)
        room = room.less(html=len(lead.html), body=lead.body)
        if len(groups) > FEW_LEADS and number <= FEW_LEADS:
            line = _contents_bytes(group)
            room = room.less(html=line, body=2 * line)
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
            candidate = _longer(desk, lead, cut, room=room)
            left = room
            if candidate:
                left = room.less(html=len(candidate.html) - len(lead.html), body=candidate.body - lead.body)
            if candidate and left.has(SPARE_BYTES):
                longer[at], room = candidate, left
            else:
                skipped = True
        if skipped:
            break
    return longer


def _longer(desk: _Desk, lead: Lead, cut: Cut, *, room: _Room) -> Lead | None:
    """Return a lead at another cut; what that leaves alone is kept. None where there is no room for it, for certain."""
    if not room.has(SPARE_BYTES):
        return None
    if _size(lead.group, lead.cut) == _size(lead.group, cut):
        return replace(lead, cut=cut)
    if _least_more(lead.group, lead.cut, cut, site=desk.site) > room.body - SPARE_BYTES:
        return None
    return _lead(desk, lead.group, cut, told=lead.told, number=lead.number, links=lead.first)


def _numbered(desk: _Desk, leads: Sequence[Lead]) -> tuple[Lead, ...]:
    """Return the leads with the links of their texts numbered one after another."""
    numbered: list[Lead] = []
    links = 0
    for lead in leads:
        kept = lead
        if lead.first != links:
            text, cited = _text(desk, lead.told, links=links)
            kept = replace(lead, text=text, text_weight=weigh(text), first=links, links=links + cited)
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


def _lead(desk: _Desk, group: Group, cut: Cut, *, told: Mapping[str, object], number: int, links: int) -> Lead:
    """
    Write a lead in both forms.

    Args:
        told: what its templates get whatever the cut.
    """
    lists = {
        "coverage": _list(group.coverage, cut, site=desk.site),
        "background": _list(group.background, cut, site=desk.site),
    }
    told = {**told, "cut": cut, **lists}
    text, cited = _text(desk, told, links=links)
    filled = desk.fill("email-lead.html", **told)
    html = styled(filled, desk.css, styles=desk.styles).strip()
    return Lead(
        number=number,
        group=group,
        cut=cut,
        told=told,
        html=html,
        text=text,
        first=links,
        links=links + cited,
        html_weight=weigh(html),
        text_weight=weigh(text),
        length=length_of(unescape(filled)),
    )


def _text(desk: _Desk, told: Mapping[str, object], *, links: int) -> tuple[str, int]:
    """Write a lead as plain text; return with it how many links it cites."""
    cited: list[str] = []
    text = desk.fill("email-lead.txt", **told, before=links, links=cited)
    return text.strip("\n"), len(cited)


def _event(desk: _Desk, group: Group, *, number: int) -> dict[str, object]:
    """Return what both forms of a lead get, whatever the cut."""
    lead, site = group.lead, desk.site
    byline = (_name(lead, site), "video" if lead.kind == "video" else "", _day(lead, site))
    return {
        "edition": desk.edition,
        "group": group,
        "number": number,
        "reasons": why(group, edition=desk.edition, zone=site.zone),
        "byline": [part for part in byline if part],
        "direction": _direction(site),
        "turned": _turner(site),
    }


def _list(members: Sequence[Member], cut: Cut, *, site: Site) -> List:
    told = members[: _listed(members, cut)]
    return List(lines=tuple(_line(each.story, site) for each in told), more=len(members) - len(told))


def _line(story: Story, site: Site) -> Line:
    return Line(
        story=story,
        name=_name(story, site),
        day=_day(story, site),
        title=excerpt(story.title, limit=MAX_TITLE),
        address=href(story, site),
    )


def _name(story: Story, site: Site) -> Named | str:
    """Return who tells a story; of an incident when it happened: "Incident, August 2019"."""
    if story.kind == "incident":
        when = story.facts.occurred if story.facts and story.facts.occurred else story.published
        return f"Incident, {day(when, site.zone)}" if when else "Incident"
    return _named(outlet(story))


@lru_cache(maxsize=1024)  # few outlets tell most stories
def _named(name: str) -> Named | str:
    name = excerpt(name, limit=MAX_NAME)
    return Named("", name) if name else ""


def _day(story: Story, site: Site) -> str:
    return day(story.published, site.zone) if story.published and story.kind != "incident" else ""


def _turner(site: Site) -> Callable[[str], str]:
    """Return the function that says which way a text runs, "" where it runs as the letter does."""
    direction = _direction(site)
    return lambda text: runs(text, within=direction)


def _direction(site: Site) -> str:
    return "rtl" if rtl(site.language) else "ltr"


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
        "minutes": minutes(lead.length for lead in leads),
        "subject": subject_line(edition, site=desk.site),
        "preheader": _preheader(edition),
        "unsubscribe": ways_out(desk.site, token=ANYBODY.token),
        "direction": _direction(desk.site),
        "turned": _turner(desk.site),
    }


def _preheader(edition: Edition) -> str:
    """Return what a list of mail shows behind the subject: the headlines that the subject has no room for."""
    titles = [group.lead.title for group in edition.groups]
    return excerpt(" · ".join(titles[1:4] or titles), limit=MAX_PREHEADER)
