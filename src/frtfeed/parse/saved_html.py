"""Format 3, saved as HTML. The only home of trafilatura."""

import re
from datetime import tzinfo
from typing import Any

from frtfeed import text, times
from frtfeed.model import Image, Parsed, When
from frtfeed.parse import fields
from frtfeed.parse.article import Article, story_of
from frtfeed.parse.faults import Faults
from frtfeed.parse.lines import is_prose, lines_of
from frtfeed.parse.tree import Text

__all__ = ["is_html", "parse"]

HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?>(?:<!--.*?-->\s*)*)<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
# What nearly all news sites state: Open Graph, schema.org in attributes or as JSON, in this order.
STATED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"<meta\b[^<>]{0,200}?[\"']article:published_time[\"'][^<>]{0,200}?\scontent=[\"']([^\"'<>]{4,40})[\"']",
        r"<meta\b[^<>]{0,200}?\scontent=[\"']([^\"'<>]{4,40})[\"'][^<>]{0,200}?[\"']article:published_time[\"']",
        r"[\"']datePublished[\"'][^<>]{0,80}?(?:content|datetime)=[\"']([^\"'<>]{4,40})[\"']",
        r"\"datePublished\"\s*:\s*\"([^\"<>]{4,40})\"",
    )
)
# original: when it was published, not changed. A fixed end of time: its default is today, and
# what a build says must not depend on when it runs.
DATE_SEARCH = {"extensive_search": False, "original_date": True, "max_date": "9999-12-31"}


def is_html(content: str) -> bool:
    """Tell whether a text is an HTML document."""
    return bool(HTML_START.match(content[:10_000]))


def parse(content: str, *, path: str, zone: tzinfo) -> Parsed:
    """Read a saved web page: the article that trafilatura finds on it, without the page's furniture."""
    faults = Faults(path)
    found = _extracted(content)
    title = fields.title(Text(found.title or ""), field="title", faults=faults) if found else ""
    paragraphs = _paragraphs(found.text or "", title=title, faults=faults) if found else ()
    if found is None or not title or not paragraphs:
        remedy = "Story skipped. Save the article's own page, or write the story as front matter: see docs/formats.md."
        faults.add("error", "no article on this page", remedy)
        return Parsed(problems=faults.problems())
    published = _published(content, found.date or "", zone=zone, faults=faults)
    if published is None:
        remedy = (
            'Story skipped. Add <meta property="article:published_time" content="2022-08-02T12:00:00Z"> to its head.'
        )
        faults.add("error", "no date", remedy, field="published")
        return Parsed(problems=faults.problems())
    article = Article(
        title=title,
        paragraphs=paragraphs,
        published=published,
        standfirst=fields.prose(found.description or "", faults=faults),
        url=_address(found.url),
        site=fields.prose(found.sitename or "", faults=faults),
        images=tuple(Image(url=url) for url in (_address(found.image),) if url),
        language=_language(content),
    )
    return Parsed(stories=(story_of(article, path=path),), problems=faults.problems())


def _extracted(content: str) -> Any:
    """Return trafilatura's Document, or None where it finds no text."""
    import trafilatura  # 160 ms, and few folders hold saved pages

    return trafilatura.bare_extraction(
        text.printable(content),
        include_comments=False,
        include_tables=False,
        with_metadata=True,
        date_extraction_params=dict(DATE_SEARCH),
    )


def _paragraphs(extracted: str, *, title: str, faults: Faults) -> tuple[str, ...]:
    """Return the paragraphs of an extracted text, without the title that some pages repeat among them."""
    return tuple(line.text for line in lines_of(extracted, faults=faults) if is_prose(line.text) and line.text != title)


def _published(content: str, guess: str, *, zone: tzinfo, faults: Faults) -> When | None:
    """Return the date that the page states, else trafilatura's, marked as estimated with a note."""
    for pattern in STATED:
        for stated in pattern.finditer(content):
            try:
                return times.parse_when(stated[1].strip(), zone=zone)[0]
            except ValueError:
                continue
    try:
        when, _ = times.parse_when(guess, zone=zone)
    except ValueError:
        return None
    remedy = 'Estimated from the page. <meta property="article:published_time" content="…"> in its head would set it.'
    faults.add("note", "no stated date", remedy, field="published", value=guess)
    return When(at=when.at, precision=when.precision, estimated=True)


def _address(url: str | None) -> str:
    """Return an http or https address; "" for anything else."""
    url = text.printable(url or "").strip()
    return url if fields.is_address(url) else ""


def _language(content: str) -> str:
    """Return the language that the document states, "" when it states none."""
    found = re.search(
        r"<html\b[^<>]{0,400}?\slang=[\"']?([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\b", content[:10_000], re.IGNORECASE
    )
    return found[1] if found else ""
