"""One edition as a letter, in HTML and in plain text, cut so that it fits."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from frtfeed.model import Edition, Group, Site
from frtfeed.render.inline import css_of, styled
from frtfeed.render.message import ANYBODY, Letter, encoded_bytes, subject_line, ways_out
from frtfeed.render.templates import Fill, bind
from frtfeed.text import excerpt

__all__ = ["MAX_HTML_BYTES", "write_letter"]

MAX_HTML_BYTES = 80_000  # Gmail clips a letter at 102,400; what the transport adds is not known here
MAX_BODY_BYTES = 98_000  # both forms encoded; the rest of 102,400 is for the headers, some of them added on the way
MAX_PREHEADER = 140  # characters; about as many as a list of mail shows behind the subject
MAX_MISSED = 3  # headlines that "just missed" names: a line or two
MAX_CONTENTS = 90  # characters of a headline in the contents
CONTENTS_LINE_BYTES = 100  # what a line of the contents takes besides its words, roughly; the end result is measured
MAX_TITLE = 300  # characters of a headline, in the templates
MIN_CONTENTS = 11  # leads; fewer are seen at a glance
WORDS_PER_MINUTE = 230  # Brysbaert 2019: silent reading of English non-fiction, 238
UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")  # Thai, Lao, Khmer, Japanese, Chinese
TAGS = re.compile("<[^>]*>")
MARK = re.compile(r"<!--lead (\d+)-->")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """
    An event as the letter tells it, finished in both forms. A template that prints it gets a mark for its HTML.

    first, links: how many links the text has numbered before it, and by its end.
    """

    number: int
    group: Group
    html: str
    text: str
    words: int
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
    return _fit(replace(desk, css=css_of(fill("email.html", **_variables(desk, (), CUTS[0])))))


@lru_cache(maxsize=4)
def _bound(templates: tuple[tuple[str, str], ...], site: Site) -> Fill:
    """Compile the templates once for all editions: it takes longer than to write one."""
    return bind(dict(templates), site=site)


# Strategy: a letter that is clipped loses its end, and with it the way to unsubscribe. So it is filled
# from the top with finished leads, whose bytes are known, into the room that the frame leaves. Where
# not all fit, they are written again shorter (CUTS); where that is not enough, the last ones stay out
# and are counted: "3 more on the web". At each cut only so many are written as there is room for, and
# a cut that cannot be enough is left out. What comes of it is measured, as HTML and as a message.
def _fit(desk: _Desk) -> Letter:
    """Write the letter with the first cut at which everything fits; at the last, with what fits."""
    groups = desk.edition.groups
    room = _room(_written(desk, (), CUTS[-1]))
    leads: tuple[Lead, ...] = ()
    known = CUTS[0]
    for cut in CUTS:
        if cut is not CUTS[-1] and _hopeless(groups, cut, room=room):
            continue
        leads = tuple(_filled(desk, leads, cut, known=known, room=room))
        known = cut
        if len(leads) == len(groups) and _fits(letter := _written(desk, leads, cut)):
            return letter
    while not _fits(letter := _written(desk, leads, known)) and len(leads) > 1:
        leads = leads[:-1]
    return letter


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """Bytes: of HTML, and of a message's body."""

    html: int
    body: int


def _room(letter: Letter) -> _Room:
    """Return how much more a letter can take."""
    return _Room(
        html=MAX_HTML_BYTES - len(letter.html),
        body=MAX_BODY_BYTES - encoded_bytes(letter.html) - encoded_bytes(letter.text),
    )


def _fits(letter: Letter) -> bool:
    room = _room(letter)
    return min(room.html, room.body) >= 0


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


def _written(desk: _Desk, leads: Sequence[Lead], cut: Cut) -> Letter:
    told = desk.edition.groups[: len(leads)]
    return Letter(
        subject=subject_line(desk.edition, site=desk.site),
        html=_framed(desk, leads, cut),
        text=desk.fill("email.txt", **_variables(desk, leads, cut)),
        told=len(leads),
        shortened=_shortened(told, cut),
        folded=_folded(told, cut),
    )


def _filled(desk: _Desk, before: Sequence[Lead], cut: Cut, *, known: Cut, room: _Room) -> Iterator[Lead]:
    """
    Yield leads until there is no room for the next; one at least.

    Args:
        before: as they were written with the cut that was known: what the new one leaves alone is kept.
    """
    groups = desk.edition.groups
    html, body, links = room.html, room.body, 0
    for number, group in enumerate(groups, 1):
        kept = before[number - 1] if number <= len(before) and _size(group, known) == _size(group, cut) else None
        lead = _lead(desk, group, cut, number=number, links=links, kept=kept)
        line = _contents_bytes(group) if len(groups) >= MIN_CONTENTS else 0
        html -= len(lead.html) + line
        body -= encoded_bytes(lead.html) + encoded_bytes(lead.text) + 2 * line
        if min(html, body) < 0 and number > 1:
            return
        links = lead.links
        yield lead


def _contents_bytes(group: Group) -> int:
    """Return what a lead's line in the contents takes, roughly: the letter is measured in the end."""
    return CONTENTS_LINE_BYTES + len(group.lead.title[:MAX_CONTENTS].encode("ascii", "xmlcharrefreplace"))


def _size(group: Group, cut: Cut) -> tuple[int, int, int]:
    """Return what a cut leaves of a group."""
    return (
        min(len(group.lead.excerpt), cut.excerpt),
        min(len(group.coverage), cut.listed),
        min(len(group.background), cut.listed),
    )


def _shortened(groups: Sequence[Group], cut: Cut) -> bool:
    return any(len(group.lead.excerpt) > cut.excerpt for group in groups)


def _folded(groups: Sequence[Group], cut: Cut) -> bool:
    return any(max(len(group.coverage), len(group.background)) > cut.listed for group in groups)


def _lead(desk: _Desk, group: Group, cut: Cut, *, number: int, links: int, kept: Lead | None) -> Lead:
    """Write a lead in both forms; what is kept of it already, as far as its links keep their numbers."""
    variables = {"edition": desk.edition, "group": group, "number": number, "cut": cut}
    cited: list[str] = []
    if kept and kept.first == links:
        return kept
    text = desk.fill("email-lead.txt", **variables, before=links, links=cited).strip("\n")
    if kept:
        return replace(kept, text=text, first=links, links=links + len(cited))
    html = desk.fill("email-lead.html", **variables)
    return Lead(
        number=number,
        group=group,
        html=styled(html, desk.css).strip(),
        text=text,
        words=_words(html),
        first=links,
        links=links + len(cited),
    )


def _framed(desk: _Desk, leads: Sequence[Lead], cut: Cut) -> str:
    frame = styled(desk.fill("email.html", **_variables(desk, leads, cut)), desk.css).rstrip() + "\n"
    return MARK.sub(lambda mark: leads[int(mark[1]) - 1].html, frame)


def _variables(desk: _Desk, leads: Sequence[Lead], cut: Cut) -> dict[str, object]:
    """Return what both forms of a letter get."""
    edition = desk.edition
    groups = edition.groups[: len(leads)]
    return {
        "edition": edition,
        "leads": leads,
        "contents": len(leads) >= MIN_CONTENTS,
        "cut": cut,
        "more": len(edition.groups) - len(leads),
        "missed": edition.groups[len(leads) : len(leads) + MAX_MISSED],
        "shortened": _shortened(groups, cut),
        "folded": _folded(groups, cut),
        "minutes": max(1, round(sum(lead.words for lead in leads) / WORDS_PER_MINUTE)),
        "subject": subject_line(edition, site=desk.site),
        "preheader": _preheader(edition),
        "unsubscribe": ways_out(desk.site, token=ANYBODY.token),
    }


def _words(html: str) -> int:
    """Count the words that a stretch of HTML shows; two characters make one where nobody writes blanks."""
    text = TAGS.sub(" ", html)
    return len(text.split()) + (0 if text.isascii() else len(UNSPACED.findall(text)) // 2)


def _preheader(edition: Edition) -> str:
    """Return what a list of mail shows behind the subject: the headlines that the subject has no room for."""
    titles = [group.lead.title for group in edition.groups]
    return excerpt(" · ".join(titles[1:4] or titles), limit=MAX_PREHEADER)
