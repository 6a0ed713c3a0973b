"""Where a web page says that its feeds are, and where to look when it says nothing."""

from html.parser import HTMLParser
from urllib.parse import urljoin

from frtfeed.parse.feed_item import address, label
from frtfeed.parse.feed_xml import decoded
from frtfeed.records import Struct

__all__ = ["Candidate", "find_feeds", "well_known"]

# RFC 4287 §8, jsonfeed.org; the rest is what servers and page builders write for the same.
FEED_TYPES = (
    "application/atom+xml",
    "application/rss+xml",
    "application/feed+json",
    "application/rdf+xml",
    "application/x.atom+xml",
    "application/x-atom+xml",
)
# Tried in this order; what WordPress, Ghost, Hugo, Jekyll, Drupal, Substack and Squarespace serve.
WELL_KNOWN = ("feed", "atom.xml", "rss.xml", "feed.xml", "rss", "index.xml", "feed.json", "feeds/posts/default")
MAX_CANDIDATES = 50
HEAD_BYTES = 2**20  # links stand in the head; some pages carry a megabyte of styles before it ends


class Candidate(Struct, frozen=True, kw_only=True):
    """A feed that a page names: title is "" where the page gives none."""

    url: str
    title: str
    media_type: str


def find_feeds(page: bytes, *, content_type: str, url: str) -> tuple[Candidate, ...]:
    """
    Read the feeds that an HTML page names by `<link rel=alternate>`, in its order, each address once.

    Comment feeds come last: nobody who adds a page means them first.

    Args:
        url: of the page, the base of relative addresses unless it has a `<base>`.
    """
    reader = _Links(url)
    reader.feed(decoded(page[:HEAD_BYTES], content_type=content_type)[0])
    unique = {candidate.url: candidate for candidate in reversed(reader.found)}
    candidates = [unique.pop(each.url) for each in reader.found if each.url in unique]
    return tuple(sorted(candidates, key=_of_comments)[:MAX_CANDIDATES])


def well_known(url: str) -> tuple[str, ...]:
    """Return the addresses to try where a page names no feed: beside the page, then at its site's top."""
    folder = url if url.endswith("/") else f"{url}/"
    tried = [urljoin(base, path) for base in (folder, urljoin(url, "/")) for path in WELL_KNOWN]
    return tuple(dict.fromkeys(tried))


class _Links(HTMLParser):
    """Gathers the links of a page as it reads on. The only thing here that changes while it is used."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.found: list[Candidate] = []
        self._base = url

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a base and a feed."""
        given = {name: value or "" for name, value in attrs}
        if tag == "base":
            self._base = address(given.get("href", ""), base=self._base) or self._base
        elif tag in ("link", "a") and "alternate" in given.get("rel", "").lower().split():
            media_type = given.get("type", "").partition(";")[0].strip().lower()
            url = address(given.get("href", ""), base=self._base)
            if url and media_type in FEED_TYPES:
                self.found.append(Candidate(url=url, title=label(given.get("title", "")), media_type=media_type))


def _of_comments(candidate: Candidate) -> bool:
    return "comments" in candidate.url.lower() or "comments" in candidate.title.lower()
