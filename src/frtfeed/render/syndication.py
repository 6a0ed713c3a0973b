"""
Atom and RSS: atom.xml and rss.xml for every rolling feed, digest/atom.xml for the editions.

The only home of feedgen.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from frtfeed import __version__
from frtfeed.fingerprints import fingerprint
from frtfeed.model import Edition, Feed, Job, Page, Publication, Site
from frtfeed.records import Struct
from frtfeed.render.entry import Channel, Entry, Planned, address, channel, digest, href, tidy
from frtfeed.render.fragments import Fragments, fragment_key
from frtfeed.render.inputs import closed_editions, of_edition, of_feed, rolling
from frtfeed.render.kept import Kept
from frtfeed.times import rfc3339

__all__ = ["ATOM", "RSS", "Format", "render", "write_feed"]

# Strategy: feedgen writes the elements that it writes well; the four classes below, registered with
# its register_extension(), write what it loses or lacks, and correct what it gets wrong. One
# generator per format, because it gives both formats the same self link and cannot put the site's
# page into RSS unless that is the last link it was told of. What feedgen 1.0.0 does wrong is held by
# the tests named test_feedgen_*: when one fails, a correction here may go.

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
MEDIA = "http://search.yahoo.com/mrss/"
DC = "http://purl.org/dc/elements/1.1/"
SY = "http://purl.org/rss/1.0/modules/syndication/"
# README's cron line and frtfeed.toml's schedule build each quarter of an hour: asking more often finds
# nothing. Miniflux takes the longer of this and what the host says by Cache-Control.
TTL_MINUTES = 15


class Format(Struct, frozen=True, kw_only=True):
    """
    How feedgen is told to write one of the two formats.

    end: what follows a feed's last entry. begin: returns a generator. add: gives it an entry.
    """

    file: str
    media_type: str
    end: bytes
    begin: Callable[[Channel, Site], Any]
    add: Callable[[Any, Entry, Site], None]
    write: Callable[[Any], bytes]


def render(publication: Publication, *, templates: Mapping[str, str], kept: Kept | None = None) -> Iterator[Job]:
    """Plan Atom and RSS of every rolling feed, then Atom of the closed editions."""
    site, fragments = publication.site, (kept or Kept()).fragments
    for feed in rolling(publication):
        paths = (f"{feed.path}atom.xml", f"{feed.path}rss.xml")
        make = partial(_both, feed, site=site, fragments=fragments)
        yield Job(paths=paths, inputs=fingerprint(of_feed(feed)), make=make)
    closed = closed_editions(publication)
    inputs = fingerprint(tuple(map(of_edition, closed)))
    make = partial(_digest, closed, site=site, fragments=fragments)
    yield Job(paths=("digest/atom.xml",), inputs=inputs, make=make)


def _both(feed: Feed, *, site: Site, fragments: Fragments) -> Iterator[Page]:
    """Write a rolling feed in both formats."""
    told = channel(feed, site=site)
    yield _page(told, ATOM, site=site, fragments=fragments)
    yield _page(told, RSS, site=site, fragments=fragments)


def _digest(closed: Sequence[Edition], *, site: Site, fragments: Fragments) -> Iterator[Page]:
    yield _page(digest(closed, site=site), ATOM, site=site, fragments=fragments)


# Strategy: an entry's text is the same in whatever feed it stands. So it is written once, as a feed of it alone
# from which the rest is cut away, and joined: that is what the whole feed would be, as a test holds. Where all
# is known, feedgen is not even imported, which takes as long as to write a hundred entries.
def _page(channel: Channel, form: Format, *, site: Site, fragments: Fragments) -> Page:
    """Write a feed."""
    path = f"{channel.path}{form.file}"
    of_site = fingerprint(site)
    about = fingerprint(channel.id, channel.path, channel.title, channel.description, channel.updated)
    head_key = fragment_key(f"{form.file} head", of_site, about)
    head = fragments.written(
        path, head_key, lambda: write_feed(channel, (), form=form, site=site).removesuffix(form.end)
    )

    def cut(planned: Planned) -> bytes:
        alone = write_feed(channel, (planned.tell(),), form=form, site=site)
        return alone.removesuffix(form.end).removeprefix(head)

    entries = [
        fragments.written(path, fragment_key(form.file, of_site, each.mark), partial(cut, each))
        for each in channel.planned
    ]
    return Page(path=path, media_type=form.media_type, content=b"".join((head, *entries, form.end)))


def write_feed(channel: Channel, entries: Iterable[Entry], *, form: Format, site: Site) -> bytes:
    """Write a feed of some entries, whole."""
    feed = form.begin(channel, site)
    for entry in entries:
        form.add(feed, entry, site)
    return form.write(feed)


def _atom(channel: Channel, site: Site) -> Any:
    """Begin an Atom feed (RFC 4287)."""
    feed = _generator(channel, site=site)
    feed.register_extension("frtfeed", _AtomFeed, _AtomEntry, rss=False)
    feed.link(href=address(channel.path, site), rel="alternate", type="text/html")
    feed.link(href=address(f"{channel.path}atom.xml", site), rel="self", type="application/atom+xml")
    return feed


def _add_to_atom(feed: Any, entry: Entry, site: Site) -> None:
    item = _item(feed, entry, site=site)
    item.author(name=entry.author, uri=entry.author_url or None)


def _rss(channel: Channel, site: Site) -> Any:
    """Begin an RSS 2.0 feed, after the RSS Advisory Board's profile."""
    feed = _generator(channel, site=site)
    feed.register_extension("frtfeed", _RssFeed, _RssEntry, atom=False)
    feed.ttl(TTL_MINUTES)
    feed.link(href=address(f"{channel.path}rss.xml", site), rel="self", type="application/rss+xml")
    feed.link(href=address(channel.path, site), rel="alternate", type="text/html")  # last: the channel's link
    return feed


def _add_to_rss(feed: Any, entry: Entry, site: Site) -> None:
    item = _item(feed, entry, site=site)
    item.link(href=entry.link)


ATOM = Format(
    file="atom.xml",
    media_type="application/atom+xml; charset=utf-8",
    end=b"</feed>\n",
    begin=_atom,
    add=_add_to_atom,
    write=lambda feed: bytes(feed.atom_str(pretty=True)),
)
RSS = Format(
    file="rss.xml",
    media_type="application/rss+xml; charset=utf-8",
    end=b"  </channel>\n</rss>\n",
    begin=_rss,
    add=_add_to_rss,
    write=lambda feed: bytes(feed.rss_str(pretty=True)),
)


def _generator(channel: Channel, *, site: Site) -> Any:
    """Return a feedgen generator that says what both formats say of the feed."""
    from feedgen.feed import FeedGenerator  # brings lxml

    feed = FeedGenerator()
    feed.id(channel.id)
    feed.title(channel.title)
    feed.subtitle(channel.description)
    feed.language(site.language)
    feed.updated(channel.updated)  # else it is now, and the bytes differ at each build
    feed.generator("frtfeed", version=__version__)
    feed.author(name=tidy(site.author) or channel.title, uri=site.url)
    if rights := tidy(site.rights):
        feed.rights(rights)
    return feed


def _item(feed: Any, entry: Entry, *, site: Site) -> Any:
    """Add what both formats say of an entry; feedgen's own order is newest last."""
    item = feed.add_entry(order="append")
    item.frtfeed.entry = entry
    item.frtfeed.site = site
    item.guid(entry.id, permalink=False)
    item.title(entry.title)
    item.updated(entry.updated)
    item.published(entry.published)
    if entry.summary:
        item.summary(entry.summary)  # RSS: the description, before content:encoded
    item.content(entry.content, type="html")
    for topic in entry.topics:
        item.category(term=topic, scheme=address("topics/", site), label=topic)
    return item


class _AtomFeed:
    """Corrects the feed's own elements in Atom."""

    def extend_ns(self) -> dict[str, str]:
        """Name the namespaces that the root element declares."""
        return {"media": MEDIA}

    def extend_atom(self, feed: Any) -> None:
        """feedgen writes +00:00, which one reader drops together with what it means."""
        _in_zulu(feed)
        _as_text(feed)


class _AtomEntry:
    """Writes what feedgen loses in an Atom entry: links with their rel, a whole source, a plain thumbnail."""

    entry: Entry
    site: Site

    def extend_atom(self, element: Any) -> None:
        """Complete an entry; NetNewsWire takes the first alternate as the story, the first related beside it."""
        entry = self.entry
        _in_zulu(element)
        _as_text(element, language=entry.language)
        _add(element, "link", {"rel": "alternate", "type": "text/html", "href": entry.link})
        if entry.original:
            _add(element, "link", {"rel": "via", "type": "text/html", "href": entry.original})
        for story in (*entry.coverage, *entry.background):
            link = href(story, self.site)
            _add(element, "link", {"rel": "related", "href": link, "title": tidy(story.title) or link})
        if entry.outlet:
            source = _add(element, "source")
            _add(source, "id", text=entry.outlet.url)
            _add(source, "title", text=entry.outlet.name)
            _add(source, "updated", text=rfc3339(entry.published))
            _add(source, "link", {"rel": "alternate", "type": "text/html", "href": entry.outlet.url})
        _add_thumbnail(element, entry)


class _RssFeed:
    """Writes the channel's update period, which feedgen's own module writes in the wrong case."""

    def extend_ns(self) -> dict[str, str]:
        """Name the namespaces that the root element declares."""
        return {"dc": DC, "media": MEDIA, "sy": SY}

    def extend_rss(self, rss: Any) -> None:
        """Complete the channel."""
        channel = rss.find("channel")
        _add(channel, f"{{{SY}}}updatePeriod", text="hourly")
        _add(channel, f"{{{SY}}}updateFrequency", text=str(60 // TTL_MINUTES))


class _RssEntry:
    """Writes what feedgen lacks in an item: an author's name without e-mail, a plain thumbnail."""

    entry: Entry
    site: Site

    def extend_rss(self, item: Any) -> None:
        """Complete an item."""
        _add(item, f"{{{DC}}}creator", text=self.entry.author)
        _add_thumbnail(item, self.entry)


def _add(parent: Any, name: str, attributes: Mapping[str, str] | None = None, *, text: str = "") -> Any:
    """Append an element and return it. It gets the prefix that the root element declares for its namespace."""
    child = parent.makeelement(name, dict(attributes or {}))
    child.text = text or None
    parent.append(child)
    return child


def _add_thumbnail(parent: Any, entry: Entry) -> None:
    """Append the entry's picture; outside of media:group, where validators allow only renditions of one picture."""
    if image := entry.image:
        sizes = {"width": image.width, "height": image.height}
        known = {name: str(size) for name, size in sizes.items() if size}
        _add(parent, f"{{{MEDIA}}}thumbnail", {"url": image.url, **known})


def _as_text(element: Any, *, language: str = "") -> None:
    """Say that texts are plain, and in which language when it is not the feed's."""
    for name in ("title", "subtitle", "rights", "summary"):
        for text in element.findall(name):
            text.set("type", "text")
            if language:
                text.set(XML_LANG, language)


def _in_zulu(element: Any) -> None:
    """Rewrite the dates that feedgen wrote in Atom as RFC 3339 with Z."""
    for name in ("updated", "published"):
        for date in element.findall(name):
            date.text = rfc3339(datetime.fromisoformat(date.text))
