"""Pages for people: front page, topics, incidents, our own stories, the digest, feeds, search; and what they load."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from html import escape
from itertools import groupby
from urllib.parse import quote

from frtfeed.briefs import briefs_of
from frtfeed.fingerprints import fingerprint
from frtfeed.model import Band, Dossier, Edition, Feed, Group, Job, Page, Publication, Site, Story
from frtfeed.records import Struct, replace
from frtfeed.render import linked
from frtfeed.render.entry import rtl
from frtfeed.render.fragments import Fragments, fragment_key
from frtfeed.render.inputs import of_dossier, of_edition, of_feed, of_groups, of_publication, reach_far
from frtfeed.render.kept import Kept
from frtfeed.render.pace import reading_minutes
from frtfeed.render.search import search_index
from frtfeed.render.shelves import FRONT_BYTES, SHELF, Shelf, shelves
from frtfeed.render.sketches import Sketch, sketched
from frtfeed.render.templates import Fill, bind, cleaned, source
from frtfeed.render.timeline import timeline
from frtfeed.text import excerpt

__all__ = ["render"]

HTML = "text/html; charset=utf-8"
# What pages load, copied as it stands: the template's name and its media type.
ASSETS = (
    ("style.css", "text/css; charset=utf-8"),
    ("search.js", "text/javascript; charset=utf-8"),
    ("copy.js", "text/javascript; charset=utf-8"),
    ("favicon.svg", "image/svg+xml"),
)
NAVIGATION = 8  # topics that every page names; a site may have hundreds, and topics/ has them all
TOPIC_LEADS = 100  # of up to 500 in the topic's feed: the page stays below a megabyte
NEWEST = 5  # what a person wants to see of a feed before subscribing
TOLD_EDITIONS = 30  # that the digest's index tells the top headline of; a daily digest has thousands
ON_THE_SIDE = 5  # editions and incidents beside the front page's bands
MAX_TITLE = 70  # characters as written, "&amp;" is five; search engines and tabs cut what is longer


class Alternate(Struct, frozen=True, kw_only=True):
    """A feed as a page announces it (`<link rel="alternate">`): path below the site; form: "Atom"."""

    type: str
    form: str
    title: str
    path: str


class Offer(Struct, frozen=True, kw_only=True):
    """A feed as the feeds page offers it, with its last entries: events, or for the digest editions."""

    label: str
    about: str
    path: str
    forms: tuple[Alternate, ...]
    newest: tuple[Group, ...] = ()
    editions: tuple[Edition, ...] = ()


class Topic(Struct, frozen=True, kw_only=True):
    """A topic as every page names it; size: how many events its feed holds."""

    label: str
    path: str
    size: int


class _Press(Struct, frozen=True, kw_only=True):
    """
    What every page is made with, worked out once.

    led: the group that a story leads, by the story's id: its list, and its place there.
    topics: the largest topics, for the navigation.
    incidents: those with a page, the latest to happen first.
    told: the path of the edition that told an event first, by the group's id.
    mark: of what every page shows.
    fragments, shipped: as in Kept.
    """

    publication: Publication
    fill: Fill
    led: Mapping[str, tuple[Sequence[Group], int]]
    topics: tuple[Topic, ...]
    incidents: tuple[Dossier, ...]
    told: Mapping[str, str]
    mark: object
    fragments: Fragments
    shipped: frozenset[str]


def render(publication: Publication, *, templates: Mapping[str, str], kept: Kept | None = None) -> Iterator[Job]:
    """Plan the pages, then the search index, then the files that pages load."""
    kept = kept or Kept()
    press = _press(publication, templates, kept)
    front = _front_marks(press)
    yield _job(press, "", front, partial(_front, press))
    everything = tuple(map(of_feed, publication.topics))
    if publication.topics:
        yield _job(press, "topics/", everything, partial(_topics, press))
    for feed in publication.topics:
        yield _job(press, feed.path, of_feed(feed), partial(_topic, press, feed))
    records = tuple(map(of_dossier, press.incidents))
    yield _job(press, "incidents/", (of_feed(publication.incidents), records), partial(_incidents, press))
    for dossier in publication.dossiers:
        led = press.led.get(dossier.story.id)
        of_led = of_groups(led[0])[led[1]] if led else ""
        yield _job(press, dossier.story.page, (of_dossier(dossier), of_led), partial(_dossier, press, dossier))
    editions = publication.editions
    marked = tuple(map(of_edition, editions))
    yield _job(press, "digest/", marked, partial(_editions, press))
    for at, edition in enumerate(editions):
        newer, older = at - 1 if at else None, at + 1 if at + 1 < len(editions) else None
        marks = tuple(marked[each] if each is not None else () for each in (newer, at, older))
        make = partial(
            _edition,
            press,
            edition,
            newer=None if newer is None else editions[newer],
            older=None if older is None else editions[older],
        )
        yield _job(press, edition.path, marks, make)
    closed = tuple(edition for edition in editions if not edition.draft)[:NEWEST]
    offered = (of_feed(publication.feed), of_feed(publication.incidents), tuple(map(of_edition, closed)), everything)
    yield _job(press, "feeds/", offered, partial(_feeds, press, closed))
    volumes = search_index(publication, kept.fragments)
    names = tuple(path for volume in volumes for path in volume.paths)
    yield _job(press, "search/", (names, everything), partial(_search, press, names))
    yield from volumes
    for name, media_type in ASSETS:
        page = Page(path=f"assets/{name}", media_type=media_type, content=source(templates, name).encode())
        yield Job(paths=(page.path,), inputs=page.etag, make=partial(iter, [page]))


def _press(publication: Publication, templates: Mapping[str, str], kept: Kept) -> _Press:
    largest = sorted(publication.topics, key=lambda feed: (-len(feed.groups), feed.path))[:NAVIGATION]
    topics = tuple(Topic(label=feed.label, path=feed.path, size=len(feed.groups)) for feed in largest)
    return _Press(
        publication=publication,
        fill=_bound_late(templates, publication.site, kept),
        led=_led(publication),
        topics=topics,
        incidents=_incident_records(publication),
        told=_told(publication),
        mark=(topics, len(publication.topics), of_publication(publication) if reach_far(templates) else ""),
        fragments=kept.fragments,
        shipped=kept.shipped,
    )


def _bound_late(templates: Mapping[str, str], site: Site, kept: Kept) -> Fill:
    """Return the function that fills the templates; they are compiled when a page is made, if any is."""
    bound = cache(lambda: bind(templates, site=site, compiled=kept.compiled))

    def fill(name: str, /, **variables: object) -> str:
        return bound()(name, **variables)

    return fill


def _job(press: _Press, path: str, marks: object, make: Callable[[], Page]) -> Job:
    """Plan the page of a folder."""
    return Job(paths=(f"{path}index.html",), inputs=fingerprint(press.mark, marks), make=lambda: [make()])


def _front_marks(press: _Press) -> object:
    """Return what the front page is made of: of the bands what it may show, and where that is told."""
    shown = tuple(briefs_of(band.groups)[: SHELF + 1] for band in press.publication.bands)
    return (
        tuple((band.title, len(band.groups)) for band in press.publication.bands),
        tuple((brief.digest, press.told.get(brief.id)) for briefs in shown for brief in briefs),
        tuple(map(of_dossier, press.incidents[:ON_THE_SIDE])),
        tuple(map(of_edition, press.publication.editions[:ON_THE_SIDE])),
        len(press.publication.editions),
    )


# Strategy: a page that opens at once on a poor line is worth more than one that holds everything, and
# how long titles and addresses are is not known before. So the page is written with long shelves, and
# again with shorter ones until it fits: their share of its size tells how much shorter.
def _front(press: _Press) -> Page:
    """Return the front page, each band cut to a length at which the whole page has room."""
    publication, length = press.publication, SHELF
    while True:
        page = _page(
            press,
            "front.html",
            path="",
            title=publication.site.title,
            description=publication.site.description,
            linked=linked.front(publication),
            bands=_sketched_shelves(press, shelves(publication.bands, length)),
            incidents=tuple(dossier.story for dossier in press.incidents[:ON_THE_SIDE]),
            editions=publication.editions[:ON_THE_SIDE],
            all_editions=len(publication.editions),
            told=press.told,
        )
        if len(page.content) <= FRONT_BYTES or length <= 1:
            return page
        length = max(1, min(length - 1, length * FRONT_BYTES // len(page.content)))


def _topics(press: _Press) -> Page:
    publication = press.publication
    return _page(
        press,
        "topics.html",
        path="topics/",
        title="Topics",
        description="Every topic, each with its feeds.",
        linked=linked.topics(publication.site, "topics/", "Topics", publication.topics),
    )


def _topic(press: _Press, feed: Feed) -> Page:
    return _page(
        press,
        "topic.html",
        path=feed.path,
        title=feed.label,
        description=feed.description,
        own=_alternates(feed),
        linked=linked.collection(press.publication.site, feed.path, feed.label, feed.groups),
        feed=feed,
        groups=_sketched(press, "topic.html", feed.groups[:TOPIC_LEADS]),
        more=max(0, len(feed.groups) - TOPIC_LEADS),
    )


def _incidents(press: _Press) -> Page:
    feed = press.publication.incidents
    incidents = tuple(dossier.story for dossier in press.incidents)
    return _page(
        press,
        "incidents.html",
        path=feed.path,
        title=feed.label,
        description="Recorded incidents, the latest to happen first.",  # the feed is ranked, and says so
        own=_alternates(feed),
        linked=linked.records(press.publication.site, feed.path, feed.label, incidents),
        feed=feed,
        incidents=incidents,
    )


def _dossier(press: _Press, dossier: Dossier) -> Page:
    story = dossier.story
    incident = story.kind == "incident"
    led = press.led.get(story.id)
    group = led[0][led[1]] if led else None
    return _page(
        press,
        "incident.html" if incident else "story.html",
        path=story.page,
        title=story.title,
        description=story.excerpt,
        own=_alternates(press.publication.incidents) if incident else (),
        linked=linked.record(story, press.publication.site),
        story=story,
        dossier=dossier,
        group=group,
        moments=timeline(dossier, led=group),
    )


def _editions(press: _Press) -> Page:
    publication = press.publication
    editions = tuple(
        replace(each, groups=_sketched(press, "editions.html", each.groups)) if at < TOLD_EDITIONS else each
        for at, each in enumerate(publication.editions)
    )
    return _page(
        press,
        "editions.html",
        path="digest/",
        title="Digest",
        description=publication.site.description,
        own=_digest(press),
        linked=linked.archive(publication.site, "digest/", "Digest", publication.editions),
        years=tuple((year, tuple(each)) for year, each in groupby(editions, lambda each: each.key[:4])),
        recent=frozenset(edition.key for edition in publication.editions[:TOLD_EDITIONS]),
    )


def _edition(press: _Press, edition: Edition, *, newer: Edition | None, older: Edition | None) -> Page:
    """Return an edition's page; it knows the one before and the one after."""
    return _page(
        press,
        "edition.html",
        path=edition.path,
        title=edition.title,
        description="; ".join(group.lead.title for group in edition.groups[:3]),
        own=_digest(press),
        linked=linked.edition(press.publication.site, edition),
        minutes=reading_minutes,
        edition=replace(edition, groups=_sketched(press, "edition.html", edition.groups)),
        newer=newer,
        older=older,
    )


def _feeds(press: _Press, closed: tuple[Edition, ...]) -> Page:
    publication = press.publication
    main, incidents = publication.feed, publication.incidents
    offers = (
        Offer(label="Everything", about=main.description, path="", forms=_alternates(main), newest=_newest(main)),
        Offer(
            label="The digest",
            about="One entry for each period, once it has ended.",
            path="digest/",
            forms=_digest(press),
            editions=closed,
        ),
        Offer(
            label="Incidents",
            about=incidents.description,
            path=incidents.path,
            forms=_alternates(incidents),
            newest=_newest(incidents),
        ),
    )
    return _page(
        press,
        "feeds.html",
        path="feeds/",
        title="Subscribe",
        description="What a feed is, every feed of this site, and its newest entries.",
        offers=offers,
    )


def _search(press: _Press, volumes: tuple[str, ...]) -> Page:
    return _page(
        press,
        "search.html",
        path="search/",
        title="Search",
        description="Search every headline and excerpt of this site.",
        volumes=tuple(path.rpartition("/")[2].removesuffix(".js") for path in volumes),
    )


def _page(
    press: _Press,
    template: str,
    *,
    path: str,
    title: str,
    description: str,
    own: tuple[Alternate, ...] = (),
    linked: Mapping[str, object] | None = None,
    **variables: object,
) -> Page:
    """
    Return the page of a folder.

    Args:
        path: the folder below the site, "" or ending in "/".
        own: the page's own feeds; the main feed's follow them.
        linked: what the page is about, as JSON-LD.
        variables: what only this template gets.
    """
    content = press.fill(
        template,
        publication=press.publication,
        path=path,
        root="../" * path.count("/"),
        direction="rtl" if rtl(press.publication.site.language) else "ltr",
        canonical=press.publication.site.url + quote(path),
        title=title,
        tab=_tab(title, press.publication.site.title),
        description=description,
        feeds=own + _alternates(press.publication.feed),
        topics=press.topics,
        all_topics=len(press.publication.topics),
        linked=linked,
        once=_once(press, template, path),
        **variables,
    )
    return Page(path=f"{path}index.html", media_type=HTML, content=content.encode())


# Strategy: most of a page are events that it showed before. A template of ours says of such a stretch what it
# hangs on, by `call once(…)`; where that is known, the stretch is taken from the page as it was, and the event is
# not even fetched. A template that somebody has changed may look at anything: then all is written.
def _once(press: _Press, template: str, path: str) -> Callable[..., str]:
    """Return what writes a stretch of a page once, as long as it hangs on the same; `root` is among that."""
    of_page = fingerprint(press.publication.site, template, path.count("/"))

    def once(kind: str, group: Group | Sketch, *marks: str | int, caller: Callable[[], str]) -> str:
        if not isinstance(group, Sketch):
            return caller()
        key = fragment_key(kind, of_page, group.mark, repr(marks))
        written = press.fragments.written(f"{path}index.html", key, lambda: cleaned(caller()).encode()).decode()
        group.let_go()
        return written

    return once


def _known(press: _Press, template: str) -> bool:
    """Tell whether it is known what the fragments of a page hang on."""
    return press.shipped.issuperset((template, "base.html", "macros.html"))


def _sketched(press: _Press, template: str, groups: Sequence[Group]) -> Sequence[Group]:
    return sketched(groups) if _known(press, template) else groups


def _sketched_shelves(press: _Press, bands: Iterable[Shelf]) -> tuple[Shelf, ...]:
    return tuple(replace(band, groups=_sketched(press, "front.html", band.groups)) for band in bands)


def _tab(title: str, site: str) -> str:
    """Return what a page is called in a tab or a list of results: its title, and the site's where there is room."""
    both = f"{title} · {site}"
    if title != site and len(escape(both)) <= MAX_TITLE:
        return both
    return excerpt(title, limit=MAX_TITLE + len(title) - len(escape(title)))


def _alternates(feed: Feed) -> tuple[Alternate, ...]:
    """Return a feed's three forms, Atom first: some readers take the first they see."""
    forms = (
        ("application/atom+xml", "Atom", "atom.xml"),
        ("application/rss+xml", "RSS", "rss.xml"),
        ("application/feed+json", "JSON Feed", "feed.json"),
    )
    return tuple(
        Alternate(type=media_type, form=form, title=f"{feed.title} ({form})", path=feed.path + name)
        for media_type, form, name in forms
    )


def _digest(press: _Press) -> tuple[Alternate, ...]:
    """Return the digest's feed: it has one form."""
    title = f"{press.publication.site.title}: digest (Atom)"
    return (Alternate(type="application/atom+xml", form="Atom", title=title, path="digest/atom.xml"),)


def _newest(feed: Feed) -> tuple[Group, ...]:
    """Return what entered a feed last; the feed itself is ranked."""
    briefs = briefs_of(feed.groups)
    newest = sorted(range(len(briefs)), key=lambda at: (briefs[at].updated, briefs[at].id), reverse=True)
    return tuple(feed.groups[at] for at in newest[:NEWEST])


def _led(publication: Publication) -> dict[str, tuple[Sequence[Group], int]]:
    """Find the group that each lead leads, wherever it is published: a dossier holds those that name it."""
    feeds = (publication.feed, publication.incidents, *publication.topics)
    lists: tuple[Feed | Edition | Band, ...] = (*feeds, *publication.editions, *publication.bands)
    return {brief.lead: (each.groups, at) for each in lists for at, brief in enumerate(briefs_of(each.groups))}


def _told(publication: Publication) -> dict[str, str]:
    """Find the edition that holds each event whole; of several the first, which later ones only update."""
    return {brief.id: edition.path for edition in publication.editions for brief in briefs_of(edition.groups)}


def _incident_records(publication: Publication) -> tuple[Dossier, ...]:
    """Return the incidents that have a page, the latest to happen first."""
    records = (dossier for dossier in publication.dossiers if dossier.story.kind == "incident")
    return tuple(sorted(records, key=lambda dossier: _happened(dossier.story), reverse=True))


def _happened(incident: Story) -> tuple[bool, datetime | None, str]:
    """Return when an incident happened; where its record does not say, when it appeared."""
    when = incident.facts.occurred if incident.facts and incident.facts.occurred else incident.published
    return (when is not None, when.at if when else None, incident.id)
