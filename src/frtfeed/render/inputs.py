"""What pages are made of, in marks: they change when a page has to be made again."""

import re
from collections.abc import Iterable, Mapping, Sequence

from frtfeed.briefs import briefs_of
from frtfeed.fingerprints import fingerprint
from frtfeed.model import Dossier, Edition, Feed, Group, Publication

__all__ = [
    "closed_editions",
    "of_dossier",
    "of_edition",
    "of_feed",
    "of_groups",
    "of_publication",
    "reach_far",
    "rolling",
]

MAX_EDITIONS = 30  # in digest/atom.xml: half a year of weeks; what grows for ever is fetched whole, for ever
# The project's own templates ask the publication for its topics, and only for the pages that have them in their marks.
REACHES_FAR = re.compile(r"\bpublication\b(?!\.site\b)")
REACHES_BEYOND_TOPICS = re.compile(r"\bpublication\b(?!\.(?:topics|site)\b)")
TOPICS_MARKED = ("feeds.html", "search.html", "topics.html")


def of_groups(groups: Sequence[Group]) -> tuple[str, ...]:
    """Return the marks of groups, in their order."""
    return tuple(brief.digest for brief in briefs_of(groups))


def of_feed(feed: Feed) -> tuple[object, ...]:
    """Return the marks of a rolling feed."""
    return feed.id, feed.path, feed.label, feed.title, feed.description, feed.updated, of_groups(feed.groups)


def of_edition(edition: Edition) -> tuple[object, ...]:
    """Return the marks of an edition."""
    about = (edition.id, edition.key, edition.title, edition.draft, edition.updated, edition.start, edition.end)
    return *about, of_groups(edition.groups), sorted(edition.updates)


def of_dossier(dossier: Dossier) -> tuple[object, ...]:
    """Return the marks of a page of our own."""
    return dossier.story.page, fingerprint(dossier.story), of_groups(dossier.groups)


def of_publication(publication: Publication) -> str:
    """Return one mark of everything: for a page that may show any of it."""
    return fingerprint(
        tuple(of_feed(feed) for feed in rolling(publication)),
        tuple((band.title, of_groups(band.groups)) for band in publication.bands),
        tuple(map(of_edition, publication.editions)),
        tuple(map(of_dossier, publication.dossiers)),
    )


def reach_far(templates: Mapping[str, str]) -> bool:
    """Tell whether a template may show anything that is published on any page; none of the project's own does."""
    return any(
        (REACHES_BEYOND_TOPICS if name in TOPICS_MARKED else REACHES_FAR).search(text)
        for name, text in templates.items()
        if name.endswith(".html")
    )


def rolling(publication: Publication) -> Iterable[Feed]:
    """Return every rolling feed: the main one, the topics' by title, the incidents'."""
    return publication.feed, *publication.topics, publication.incidents


def closed_editions(publication: Publication) -> tuple[Edition, ...]:
    """Return the editions that the digest's feed holds, newest first. A draft is still changing: it is not in it."""
    closed = (each for each in publication.editions if not each.draft)
    return tuple(sorted(closed, key=lambda each: each.key, reverse=True)[:MAX_EDITIONS])
