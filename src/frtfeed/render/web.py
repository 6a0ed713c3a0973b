"""Pages for people: front page, topics, incidents, stories of our own, the digest on the web; and their stylesheet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from frtfeed.model import Band, Dossier, Edition, Feed, Group, Page, Publication, Story
from frtfeed.render.templates import Fill, bind, source

__all__ = ["render"]

HTML = "text/html; charset=utf-8"
CSS = "text/css; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternate:
    """A feed as a page announces it (`<link rel="alternate">`); path below the site."""

    type: str
    title: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Press:
    """
    What every page is made with.

    led: the group that a story leads, by the story's id.
    """

    publication: Publication
    fill: Fill
    led: Mapping[str, Group]


def render(publication: Publication, *, templates: Mapping[str, str]) -> Iterator[Page]:
    """Yield the pages: front page, topics, incidents, dossiers, the digest and its editions, the stylesheet."""
    fill = bind(templates, site=publication.site)
    press = _Press(publication=publication, fill=fill, led=_led(publication))
    yield _front(press)
    for feed in publication.topics:
        yield _topic(press, feed)
    yield _incidents(press)
    for dossier in publication.dossiers:
        yield _dossier(press, dossier)
    yield _editions(press)
    for edition in publication.editions:
        yield _edition(press, edition)
    yield Page(path="assets/style.css", media_type=CSS, content=source(templates, "style.css").encode())


def _front(press: _Press) -> Page:
    site = press.publication.site
    return _page(press, "front.html", path="", title=site.title, description=site.description)


def _topic(press: _Press, feed: Feed) -> Page:
    return _page(
        press,
        "topic.html",
        path=feed.path,
        title=feed.label,
        description=feed.description,
        own=_alternates(feed),
        feed=feed,
    )


def _incidents(press: _Press) -> Page:
    feed = press.publication.incidents
    records = [dossier.story for dossier in press.publication.dossiers if dossier.story.kind == "incident"]
    latest_first = sorted(records, key=_happened, reverse=True)
    return _page(
        press,
        "incidents.html",
        path=feed.path,
        title=feed.label,
        description="Recorded incidents, the latest to happen first.",  # the feed is ranked, and says so
        own=_alternates(feed),
        feed=feed,
        incidents=tuple(latest_first),
    )


def _dossier(press: _Press, dossier: Dossier) -> Page:
    story = dossier.story
    incident = story.kind == "incident"
    return _page(
        press,
        "incident.html" if incident else "story.html",
        path=story.page,
        title=story.title,
        description=story.excerpt,
        own=_alternates(press.publication.incidents) if incident else (),
        dossier=dossier,
        story=story,
        group=press.led.get(story.id),
    )


def _editions(press: _Press) -> Page:
    site = press.publication.site
    return _page(
        press, "editions.html", path="digest/", title="Digest", description=site.description, own=_digest(press)
    )


def _edition(press: _Press, edition: Edition) -> Page:
    return _page(
        press,
        "edition.html",
        path=edition.path,
        title=edition.title,
        description="; ".join(group.lead.title for group in edition.groups[:3]),
        own=_digest(press),
        edition=edition,
    )


def _page(
    press: _Press,
    template: str,
    *,
    path: str,
    title: str,
    description: str,
    own: tuple[Alternate, ...] = (),
    **variables: object,
) -> Page:
    """
    Return the page of a folder.

    Args:
        path: the folder below the site, "" or ending in "/".
        own: the page's own feeds; the main feed's follow them.
        variables: what only this template gets.
    """
    content = press.fill(
        template,
        publication=press.publication,
        path=path,
        root="../" * path.count("/"),
        canonical=press.publication.site.url + quote(path),
        title=title,
        description=description,
        feeds=own + _alternates(press.publication.feed),
        **variables,
    )
    return Page(path=f"{path}index.html", media_type=HTML, content=content.encode())


def _alternates(feed: Feed) -> tuple[Alternate, ...]:
    """Return a feed's three forms, Atom first: some readers take the first they see."""
    forms = (
        ("application/atom+xml", "Atom", "atom.xml"),
        ("application/rss+xml", "RSS", "rss.xml"),
        ("application/feed+json", "JSON Feed", "feed.json"),
    )
    return tuple(
        Alternate(type=media_type, title=f"{feed.title} ({form})", path=feed.path + name)
        for media_type, form, name in forms
    )


def _digest(press: _Press) -> tuple[Alternate, ...]:
    """Return the digest's feed: it has one form."""
    title = f"{press.publication.site.title}: digest (Atom)"
    return (Alternate(type="application/atom+xml", title=title, path="digest/atom.xml"),)


def _led(publication: Publication) -> dict[str, Group]:
    """Find the group that each lead leads, wherever it is published: a dossier holds those that name it."""
    feeds = (publication.feed, publication.incidents, *publication.topics)
    lists: tuple[Feed | Edition | Band, ...] = (*feeds, *publication.editions, *publication.bands)
    return {group.lead.id: group for each in lists for group in each.groups}


def _happened(incident: Story) -> tuple[bool, datetime | None, str]:
    """Return when an incident happened; where its record does not say, when it appeared."""
    when = incident.facts.occurred if incident.facts and incident.facts.occurred else incident.published
    return (when is not None, when.at if when else None, incident.id)
