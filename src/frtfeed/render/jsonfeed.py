"""JSON Feed 1.1 of every rolling feed: feed.json."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from typing import Any

from frtfeed.fingerprints import fingerprint
from frtfeed.model import Feed, Job, Page, Publication, Site, Story, When
from frtfeed.render.entry import ENTRIES, Channel, Entry, Told, address, channel, href, tidy
from frtfeed.render.inputs import of_feed, rolling
from frtfeed.render.kept import Kept
from frtfeed.times import rfc3339

__all__ = ["render"]

MEDIA_TYPE = "application/feed+json"  # JSON has no charset parameter: it is UTF-8 (RFC 8259 §8.1, §11)
VERSION = "https://jsonfeed.org/version/1.1"
ABOUT = "docs/feeds.md of frtfeed says what these fields mean"


def render(publication: Publication, *, templates: Mapping[str, str], kept: Kept | None = None) -> Iterator[Job]:
    """Plan feed.json of every rolling feed."""
    for feed in rolling(publication):
        make = partial(_page, feed, site=publication.site)
        yield Job(paths=(f"{feed.path}feed.json",), inputs=fingerprint(of_feed(feed)), make=make)


def _page(feed: Feed, *, site: Site) -> Iterator[Page]:
    content = _feed(channel(feed, site=site), site=site).encode()
    yield Page(path=f"{feed.path}feed.json", media_type=MEDIA_TYPE, content=content)


def _feed(channel: Channel, *, site: Site) -> str:
    """Write a feed with one item on a line: small, and a difference of two builds can be read."""
    head = _filled(
        version=VERSION,
        title=channel.title,
        home_page_url=address(channel.path, site),
        feed_url=address(f"{channel.path}feed.json", site),
        description=channel.description,
        authors=[_filled(name=tidy(site.author) or channel.title, url=site.url)],
        language=site.language,
    )
    items = ",\n".join(_line(Told(id=each.id, what=each, site=site)) for each in channel.entries)
    return _json(head).removesuffix("}") + ',\n"items":[' + (f"\n{items}\n" if items else "") + "]}\n"


@lru_cache(maxsize=ENTRIES)  # most entries stand in the main feed and in a topic's
def _line(told: Told[Entry]) -> str:
    """Write an entry as JSON."""
    return _json(_item(told.what, site=told.site))


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
