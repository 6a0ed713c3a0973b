"""JSON Feed 1.1 of every rolling feed: feed.json."""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from frtfeed.fingerprints import fingerprint
from frtfeed.model import Feed, Job, Page, Publication, Site, Story, When
from frtfeed.render.entry import Channel, Entry, Planned, address, channel, href, tidy
from frtfeed.render.fragments import Fragments, fragment_key
from frtfeed.render.inputs import of_feed, rolling
from frtfeed.render.kept import Kept
from frtfeed.times import rfc3339

__all__ = ["render"]

MEDIA_TYPE = "application/feed+json"  # JSON has no charset parameter: it is UTF-8 (RFC 8259 §8.1, §11)
VERSION = "https://jsonfeed.org/version/1.1"
ABOUT = "docs/feeds.md of frtfeed says what these fields mean"


def render(publication: Publication, *, templates: Mapping[str, str], kept: Kept | None = None) -> Iterator[Job]:
    """Plan feed.json of every rolling feed."""
    fragments = (kept or Kept()).fragments
    for feed in rolling(publication):
        make = partial(_page, feed, site=publication.site, fragments=fragments)
        yield Job(paths=(f"{feed.path}feed.json",), inputs=fingerprint(of_feed(feed)), make=make)


def _page(feed: Feed, *, site: Site, fragments: Fragments) -> Iterator[Page]:
    """Write a feed with one item on a line: small, and a difference of two builds can be read."""
    told = channel(feed, site=site)
    path = f"{told.path}feed.json"
    of_site = fingerprint(site)
    lines = [
        fragments.written(path, fragment_key("feed.json", of_site, each.mark), partial(_line, each, site=site))
        for each in told.planned
    ]
    head = _json(_head(told, site=site)).removesuffix("}") + ',\n"items":['
    items = b"\n" + b",\n".join(lines) + b"\n" if lines else b""
    yield Page(path=path, media_type=MEDIA_TYPE, content=head.encode() + items + b"]}\n")


def _head(channel: Channel, *, site: Site) -> dict[str, Any]:
    """Say what a feed is in JSON Feed's words."""
    return _filled(
        version=VERSION,
        title=channel.title,
        home_page_url=address(channel.path, site),
        feed_url=address(f"{channel.path}feed.json", site),
        description=channel.description,
        authors=[_filled(name=tidy(site.author) or channel.title, url=site.url)],
        language=site.language,
    )


def _line(planned: Planned, *, site: Site) -> bytes:
    """Write an entry as JSON."""
    return _json(_item(planned.tell(), site=site)).encode()


def _item(entry: Entry, *, site: Site) -> dict[str, Any]:
    """Say an entry in JSON Feed's words."""
    return _filled(
        id=entry.id,
        url=entry.link,
        external_url=entry.original,
        title=entry.title,
        content_html=entry.content,
        summary=entry.summary,
        image=entry.image.url if entry.image else "",
        date_published=rfc3339(entry.published),
        date_modified=rfc3339(entry.updated),
        authors=[_filled(name=entry.author, url=entry.author_url)],
        tags=list(entry.topics),
        language=entry.language or site.language,
        _frtfeed=_extension(entry, site=site),
    )


def _extension(entry: Entry, *, site: Site) -> dict[str, Any]:
    """Say what JSON Feed has no words for (docs/feeds.md)."""
    return {
        "about": ABOUT,
        "heat": entry.heat,
        "quality": entry.quality,
        "group": entry.id,
        "sources": [_source(each, site=site) for each in entry.coverage],
        "background": [_source(each, site=site) for each in entry.background],
    }


def _source(story: Story, *, site: Site) -> dict[str, Any]:
    """Say who else tells the event, or what happened before."""
    link = href(story, site)
    occurred = story.facts.occurred if story.facts else None
    return _filled(
        title=tidy(story.title) or link,
        url=link,
        provider=tidy(story.provider.name) if story.provider else "",
        date_published=rfc3339(story.published.at) if story.published else "",
        language=tidy(story.language),
        kind="incident" if story.kind == "incident" else "",
        occurred=_as_known(occurred, site=site) if occurred else "",
    )


def _as_known(when: When, *, site: Site) -> str:
    """Write a date no more exactly than it is known: "2023-03" (ISO 8601-1 §5.2.2)."""
    length = {"year": 4, "month": 7, "day": 10, "time": 10}[when.precision]
    return when.at.astimezone(site.zone).date().isoformat()[:length]


def _filled(**fields: Any) -> dict[str, Any]:
    """Return the fields that say something, in their order."""
    return {name: value for name, value in fields.items() if value not in ("", [])}


def _json(fields: dict[str, Any]) -> str:
    """Write JSON without white space, its text as it is."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
