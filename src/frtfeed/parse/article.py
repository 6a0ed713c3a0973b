"""
Format 3: the text of a web page, an article with the site's furniture around it (docs/formats.md).

Strategy: three regions. The head runs to the first paragraph below the title: notices, title,
standfirst, byline, captions. The body is paragraphs, up to the first line that opens one of
the site's own lists. Below, only two things are read: who publishes, and, where the head told
no date, the dates of what is recommended.
"""

import re
from collections.abc import Sequence
from datetime import datetime, tzinfo

from frtfeed import markup, text, times, urls
from frtfeed.model import Image, Parsed, Provider, Section, Story, When
from frtfeed.parse import fields, withdrawal
from frtfeed.parse.faults import Faults
from frtfeed.parse.furniture import (
    BYLINE,
    BYLINE_WORDS,
    DATELINE,
    PAID_FOR,
    SELF_NAMES,
    ends_article,
    is_around_article,
    is_dateline,
    is_notice,
    is_recommended,
)
from frtfeed.parse.lines import Line, address_in, is_navigation, is_prose, lines_of, said_published, trim
from frtfeed.records import Struct, replace

__all__ = ["WHAT_A_STORY_IS", "Article", "parse", "story_of"]

WHAT_A_STORY_IS = (
    "Story skipped. A story file is front matter between lines ---, an incident record with a line Occurred:, "
    "or the text of an article page: a title and at least two paragraphs. See docs/formats.md."
)
MIN_PARAGRAPHS = 2
MAX_TITLE_CHARACTERS = 300
STANDFIRST_WORDS = 10  # what is shorter is a caption or a section's name
TITLE_MARK = re.compile(r"^(?:#{1,6}\s+|title:\s*)", re.IGNORECASE)
DATE_LABEL = re.compile(r"^(?:(?:(?:first |originally )?(?:published|posted)(?: on)?|date)\s*:?\s*)?", re.IGNORECASE)


class Article(Struct, frozen=True, kw_only=True):
    """What was found of an article on a page, however that page was saved. title and paragraphs are never empty."""

    title: str
    paragraphs: tuple[str, ...]
    published: When
    updated: datetime | None = None
    standfirst: str = ""
    url: str = ""
    site: str = ""
    images: tuple[Image, ...] = ()
    language: str = ""


class _Regions(Struct, frozen=True):
    """A page's lines: what stands around the title, the paragraphs, and all below them."""

    title: str
    head: tuple[Line, ...]
    body: tuple[Line, ...]
    tail: tuple[Line, ...]


def parse(content: str, *, path: str, zone: tzinfo) -> Parsed:
    """Read the text of an article page; a page without any date gives no story."""
    faults = Faults(path)
    lines = lines_of(content, faults=faults)
    said = [said_published(line.text) for line in lines]
    page = [line for line, flag in zip(lines, said, strict=True) if flag is None]
    article = _article(page, zone=zone, faults=faults)
    if article is None:
        return withdrawal.by_its_lines(Parsed(problems=faults.problems()), content=content, path=path)
    story = replace(story_of(article, path=path), hidden=False in said, stated=len(page) < len(lines))
    return Parsed(stories=(story,), problems=faults.problems())


def _article(page: Sequence[Line], *, zone: tzinfo, faults: Faults) -> Article | None:
    """Return what a page tells; None, with the problem that says why, when it tells no story."""
    regions = _regions(page, zone)
    paragraphs = tuple(line.text for line in regions.body if _is_paragraph(line.text, zone)) if regions else ()
    if regions is None or len(paragraphs) < MIN_PARAGRAPHS:
        faults.add("error", "not a story", WHAT_A_STORY_IS)
        return None
    published, updated = _dates(regions, zone)
    published = published or _estimated(regions.tail, zone=zone, faults=faults)
    if published is None:
        remedy = "Story skipped. Add a line such as Published: 2 August 2022 below the title."
        faults.add("error", "no date", remedy, field="published")
        return None
    lines = [line.text for line in (*regions.head, *regions.body, *regions.tail)]
    return Article(
        title=regions.title,
        paragraphs=paragraphs,
        published=published,
        updated=updated,
        standfirst=_standfirst(regions.head, zone),
        url=next(filter(None, map(address_in, lines)), ""),
        site=_site(lines),
    )


def story_of(article: Article, *, path: str) -> Story:
    """Return an article as a story; its excerpt is the standfirst, else the beginning of the text."""
    identity = urls.canonical(article.url) or fields.stem_of(path)
    domain = urls.domain_of(article.url)
    name = article.site or domain
    return Story(
        id=urls.story_id(identity),
        title=article.title,
        names=(identity,),
        url=urls.printed(article.url) if article.url else "",
        excerpt=text.excerpt(article.standfirst or article.paragraphs[0], limit=fields.EXCERPT_CHARACTERS),
        published=article.published,
        updated=article.updated,
        provider=Provider(name=name, domain=domain) if name else None,
        images=article.images,
        language=article.language,
        body=(Section(html=markup.from_paragraphs(list(article.paragraphs))),),
        path=path,
    )


def _regions(lines: Sequence[Line], zone: tzinfo) -> _Regions | None:
    """Cut a page into its regions; None for one without a title, or without a paragraph below it."""
    at = next((index for index, line in enumerate(lines) if not is_around_article(line.text, zone=zone)), len(lines))
    title = TITLE_MARK.sub("", lines[at].text) if at < len(lines) else ""
    if not fields.is_visible(title) or len(title) > MAX_TITLE_CHARACTERS:
        return None
    below = lines[at + 1 :]
    opens = (n for n, line in enumerate(below) if _is_paragraph(line.text, zone) or ends_article(line.text))
    start = next(opens, len(below))
    closes = (n for n, line in enumerate(below[start:], start) if ends_article(line.text, after_text=n > start))
    end = next(closes, len(below))
    return _Regions(title, (*lines[:at], *below[:start]), tuple(below[start:end]), tuple(below[end:]))


def _is_paragraph(line: str, zone: tzinfo) -> bool:
    """Tell whether a line is part of the article's text."""
    furniture = is_notice(line) or is_navigation(line) or address_in(line) or is_dateline(line, zone=zone)
    return is_prose(line) and not furniture


def _dates(regions: _Regions, zone: tzinfo) -> tuple[When | None, datetime | None]:
    """Return the dates of publication and change that the page states, around its title or between paragraphs."""
    published: When | None = None
    updated: When | None = None
    head = {line.number for line in regions.head}
    for line in (*regions.head, *regions.body):
        dateline = DATELINE.fullmatch(line.text) if is_dateline(line.text, zone=zone) else None
        if dateline and dateline["updated"]:
            updated = updated or times.find_day(line.text, zone=zone)
        elif dateline or (line.number in head and _is_byline(line.text)):
            published = published or _stated(line.text, zone)
    if published is None or updated is None or updated.at < published.at:
        return published or updated, None
    return published, updated.at


def _is_byline(line: str) -> bool:
    """Tell whether a line of the head may name its date: a date alone, or "By Jane Doe, 2 August 2022"."""
    return times.is_date_only(line) or bool(BYLINE.fullmatch(line) and len(line.split()) <= BYLINE_WORDS)


def _stated(line: str, zone: tzinfo) -> When | None:
    """Return the date of a dateline or byline, with its time of day when the date stands alone."""
    alone = DATE_LABEL.sub("", line)
    if times.is_date_only(alone):
        return times.parse_when(alone, zone=zone)[0]
    return times.find_day(line, zone=zone)


def _standfirst(head: Sequence[Line], zone: tzinfo) -> str:
    """Return the line of the head that sums the article up, "" when none does."""
    for line in head:
        if len(line.text.split()) >= STANDFIRST_WORDS and not is_around_article(line.text, zone=zone):
            return line.text
    return ""


def _site(lines: Sequence[str]) -> str:
    """Return who publishes, where the page names itself; the first pattern that finds a name wins."""
    for pattern in SELF_NAMES:
        for line in lines:
            if found := pattern.fullmatch(line):
                return trim(found[1])
    return ""


def _estimated(tail: Sequence[Line], *, zone: tzinfo, faults: Faults) -> When | None:
    """
    Return the newest date among the recommended articles, marked as estimated, with a note.

    A page is not newer than the list that hangs on it. What is paid for and what is popular
    is not chosen by date.
    """
    dated: list[tuple[Line, When]] = []
    recommended = paid_for = False
    for line in tail:
        if ends_article(line.text) and not PAID_FOR.fullmatch(line.text):
            recommended, paid_for = is_recommended(line.text), False
        elif PAID_FOR.fullmatch(line.text):
            paid_for = True
        elif times.is_date_only(line.text):
            if recommended and not paid_for:
                dated.append((line, times.parse_when(line.text, zone=zone)[0]))
            paid_for = False
    if not dated:
        return None
    line, newest = max(dated, key=lambda entry: (entry[1].at, -entry[0].number))
    faults.add(
        "note",
        "no date of its own",
        "Estimated from what it recommends. A line such as Published: 2 August 2022 below the title would set it.",
        line=line.number,
        field="published",
        value=line.text,
    )
    return replace(newest, estimated=True)
