"""What a page is about, as JSON-LD in the words of schema.org: for search engines and archives."""

from collections.abc import Iterable, Mapping
from itertools import islice

from frtfeed.model import Edition, Feed, Group, Publication, Site, Story
from frtfeed.render.entry import address, author, by_us, elsewhere, href, picture, tidy
from frtfeed.render.templates import machine
from frtfeed.times import rfc3339

__all__ = ["archive", "collection", "edition", "front", "record", "records", "topics"]

Linked = dict[str, object]
LISTED = 10  # headlines of a collection: a list of results shows no more
MAX_HEADLINE = 110  # characters; schema.org's readers reject longer ones


def front(publication: Publication) -> Linked:
    """Describe the front page: the site, and what it tells first."""
    groups = (group for band in publication.bands for group in band.groups[:LISTED])
    return collection(publication.site, "", publication.site.title, groups) | {
        "description": tidy(publication.site.description),
        "isPartOf": _site(publication.site) | {"description": tidy(publication.site.description)},
    }


def collection(site: Site, path: str, name: str, groups: Iterable[Group]) -> Linked:
    """Describe a page that lists events, ranked."""
    return _listing(site, path, name, ((group.lead.title, href(group.lead, site)) for group in groups))


def topics(site: Site, path: str, name: str, feeds: Iterable[Feed]) -> Linked:
    """Describe the page that lists the topics."""
    return _listing(site, path, name, ((feed.label, address(feed.path, site)) for feed in feeds))


def records(site: Site, path: str, name: str, incidents: Iterable[Story]) -> Linked:
    """Describe the page that lists the incidents."""
    return _listing(site, path, name, ((story.title, href(story, site)) for story in incidents))


def archive(site: Site, path: str, name: str, editions: Iterable[Edition]) -> Linked:
    """Describe the page that lists the editions."""
    return _listing(site, path, name, ((each.title, address(each.path, site)) for each in editions))


def _listing(site: Site, path: str, name: str, entries: Iterable[tuple[str, str]]) -> Linked:
    """Describe a page that lists things: a title and an address each; without an address one is passed over."""
    places = [
        {"@type": "ListItem", "position": position, "name": tidy(title), "url": link}
        for position, (title, link) in enumerate(islice(entries, LISTED), 1)
        if link
    ]
    return _stated(
        {
            "@context": "https://schema.org",
            "@type": "CollectionPage",
            "@id": address(path, site),
            "url": address(path, site),
            "name": tidy(name),
            "inLanguage": site.language,
            "isPartOf": _site(site),
            "mainEntity": {"@type": "ItemList", "itemListElement": places} if places else "",
        }
    )


def edition(site: Site, told: Edition) -> Linked:
    """Describe an edition: a collection with a date and a period."""
    return collection(site, told.path, told.title, told.groups) | {
        "datePublished": rfc3339(told.updated if told.draft else told.end),
        "dateModified": rfc3339(told.updated),
        "temporalCoverage": f"{rfc3339(told.start)}/{rfc3339(told.end)}",
    }


def record(story: Story, site: Site) -> Linked:
    """
    Describe a page of our own: an incident's record as a Report, any other text as a NewsArticle.

    A text by somebody else names its author, and where it was taken from.
    """
    image = picture(story)
    facts = story.facts
    return _stated(
        {
            "@context": "https://schema.org",
            "@type": "Report" if story.kind == "incident" else "NewsArticle",
            "@id": address(story.page, site),
            "url": address(story.page, site),
            "mainEntityOfPage": address(story.page, site),
            "headline": tidy(story.title)[:MAX_HEADLINE],
            "description": tidy(story.excerpt),
            "inLanguage": tidy(story.language) or site.language,
            "datePublished": machine(story.published, site=site) if story.published else "",
            "dateModified": rfc3339(story.updated) if story.updated else "",
            "author": {"@type": "Organization", "name": author(story, site)},
            "publisher": {"@type": "Organization", "name": tidy(site.title), "url": site.url},
            "image": image.url if image else "",
            "isBasedOn": "" if by_us(story, site) else elsewhere(story),
            "keywords": [tidy(topic) for topic in story.topics],
            "temporalCoverage": machine(facts.occurred, site=site) if facts and facts.occurred else "",
            "spatialCoverage": [tidy(country) for country in facts.countries] if facts else [],
            "isAccessibleForFree": True,
        }
    )


def _site(site: Site) -> Linked:
    return {"@type": "WebSite", "@id": site.url, "url": site.url, "name": tidy(site.title)}


def _stated(facts: Mapping[str, object]) -> Linked:
    """Leave out what is not known."""
    return {name: value for name, value in facts.items() if value not in ("", [])}
