"""feeds.opml: every feed we publish, for a reader to import at once (OPML 2.0)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from frtfeed.fingerprints import fingerprint
from frtfeed.model import Job, Page, Publication, Site
from frtfeed.render.entry import EMPTY_SINCE, address, tidy
from frtfeed.render.inputs import rolling
from frtfeed.render.kept import Kept

__all__ = ["render"]

MEDIA_TYPE = "text/x-opml; charset=utf-8"


def render(publication: Publication, *, templates: Mapping[str, str], kept: Kept | None = None) -> Iterator[Job]:
    """
    Plan feeds.opml: the main feed, the incidents, the digest, and a folder of topics.

    Each feed is named once, by its Atom address: an importer subscribes to all that it finds.
    """
    inputs = fingerprint(tuple((feed.path, feed.title, feed.updated) for feed in rolling(publication)))
    yield Job(paths=("feeds.opml",), inputs=inputs, make=lambda: [_page(publication)])


def _page(publication: Publication) -> Page:
    site = publication.site
    root = ET.Element("opml", version="2.0")
    head = ET.SubElement(root, "head")
    ET.SubElement(head, "title").text = tidy(site.title)
    ET.SubElement(head, "dateCreated").text = format_datetime(_newest(publication))
    body = ET.SubElement(root, "body")
    _outline(body, publication.feed.title, publication.feed.path, site)
    _outline(body, publication.incidents.title, publication.incidents.path, site)
    _outline(body, f"{site.title}: digest", "digest/", site)
    if publication.topics:
        folder = ET.SubElement(body, "outline", text="Topics", title="Topics")
        for topic in publication.topics:
            _outline(folder, topic.title, topic.path, site)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    content = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()
    return Page(path="feeds.opml", media_type=MEDIA_TYPE, content=content)


def _outline(parent: ET.Element, title: str, path: str, site: Site) -> None:
    """Add a feed. type is "rss" for every format: the specification knows no other."""
    name = tidy(title) or tidy(site.title)
    ET.SubElement(
        parent,
        "outline",
        type="rss",
        text=name,
        title=name,
        xmlUrl=address(f"{path}atom.xml", site),
        htmlUrl=address(path, site),
    )


def _newest(publication: Publication) -> datetime:
    """Return the date of the newest feed: the file is as old as what it lists, whenever it is written."""
    dates = [each.updated for each in rolling(publication) if each.updated]
    return max(dates, default=EMPTY_SINCE)
