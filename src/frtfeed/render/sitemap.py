"""What search engines ask for: sitemap.xml, and robots.txt where one can lie."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from html import escape
from urllib.parse import urlsplit

from frtfeed.briefs import briefs_of
from frtfeed.fingerprints import fingerprint
from frtfeed.model import Dossier, Job, Page, Publication, Site
from frtfeed.render.entry import address
from frtfeed.render.kept import Kept
from frtfeed.times import rfc3339

__all__ = ["render"]

XML = "application/xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
MOST = 50_000  # addresses in one file, by the protocol (sitemaps.org)
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"

Entry = tuple[str, datetime | None]


def render(publication: Publication, *, templates: Mapping[str, str], kept: Kept | None = None) -> Iterator[Job]:
    """Plan sitemap.xml, in parts where there are too many pages for one file; then robots.txt."""
    site = publication.site
    entries = list(_entries(publication))
    parts = range(1, -(-len(entries) // MOST) + 1) if len(entries) > MOST else ()
    robots = ("robots.txt",) if urlsplit(site.url).path == "/" else ()  # RFC 9309 §2.3: anywhere else nobody looks
    yield Job(
        paths=(*(f"sitemap-{number}.xml" for number in parts), "sitemap.xml", *robots),
        inputs=fingerprint(tuple(entries)),
        make=partial(_pages, entries, site=site),
    )


def _pages(entries: list[Entry], *, site: Site) -> Iterator[Page]:
    """Write the addresses, and where they stand."""
    if len(entries) <= MOST:
        yield _page("sitemap.xml", "urlset", "url", entries, site=site)
    else:
        parts: list[Entry] = []
        for number, start in enumerate(range(0, len(entries), MOST), 1):
            parts.append((f"sitemap-{number}.xml", None))
            yield _page(parts[-1][0], "urlset", "url", entries[start : start + MOST], site=site)
        yield _page("sitemap.xml", "sitemapindex", "sitemap", parts, site=site)
    if urlsplit(site.url).path == "/":
        robots = f"User-agent: *\nAllow: /\n\nSitemap: {address('sitemap.xml', site)}\n"
        yield Page(path="robots.txt", media_type=TEXT, content=robots.encode())


def _entries(publication: Publication) -> Iterator[Entry]:
    """Yield the path of every page and when what it tells last changed; None where nothing tells."""
    feeds, editions = (publication.feed, *publication.topics, publication.incidents), publication.editions
    yield from ((feed.path, feed.updated) for feed in feeds)
    yield from ((path, publication.feed.updated) for path in (("topics/",) if publication.topics else ()))
    yield "feeds/", publication.feed.updated
    yield "digest/", max((edition.updated for edition in editions), default=None)
    yield from ((edition.path, edition.updated) for edition in editions)
    yield from ((dossier.story.page, _changed(dossier)) for dossier in publication.dossiers)


def _changed(dossier: Dossier) -> datetime | None:
    """Return when a page of our own last changed: its story, or one that names it."""
    story = dossier.story
    own = story.updated or (story.published.at if story.published else None)
    return max((*(brief.updated for brief in briefs_of(dossier.groups)), *((own,) if own else ())), default=None)


def _page(path: str, root: str, tag: str, entries: list[Entry], *, site: Site) -> Page:
    """Write a list of addresses."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{NAMESPACE}">']
    for below, changed in entries:
        modified = f"<lastmod>{rfc3339(changed)}</lastmod>" if changed else ""
        lines.append(f"<{tag}><loc>{escape(address(below, site))}</loc>{modified}</{tag}>")
    lines.append(f"</{root}>")
    return Page(path=path, media_type=XML, content=("\n".join(lines) + "\n").encode())
