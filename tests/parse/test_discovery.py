"""Where a web page says that its feeds are, and where to look when it says nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.parse.discovery import Candidate, find_feeds, well_known

URL = "https://paper.example/news/index.html"


def found(head: str, *, content_type: str = "text/html; charset=utf-8") -> list[tuple[str, str]]:
    """Return the addresses and titles that a page names."""
    page = f"<!doctype html><html><head>{head}</head><body></body></html>".encode()
    return [(each.url, each.title) for each in find_feeds(page, content_type=content_type, url=URL)]


def test_links_are_found_in_order() -> None:
    """The feeds of a page come in its order, with their titles, absolute; the same address once."""
    page = (
        b"<link rel='stylesheet' href='x.css'>"
        b"<LINK REL='feed Alternate' TYPE='Application/RSS+XML; x' HREF='/rss' TITLE='A &amp; B'>"
        b"<link rel=alternate type=application/atom+xml href=atom.xml>"
        b"<link rel=alternate type=application/rss+xml href=/rss>"
    )
    expected = (
        Candidate(url="https://paper.example/rss", title="A & B", media_type="application/rss+xml"),
        Candidate(url="https://paper.example/news/atom.xml", title="", media_type="application/atom+xml"),
    )
    assert expected == find_feeds(page, content_type="", url=URL)


@pytest.mark.parametrize(
    "link",
    [
        "<link rel=alternate hreflang=de href=/de>",
        "<link rel=alternate type=application/json+oembed href=/oembed>",
        "<link rel=alternate type=application/rss+xml>",
        "<link rel=alternate type=application/rss+xml href='javascript:alert(1)'>",
        "<link rel=alternate type=application/rss+xml href='http://[x'>",
        "<link rel=icon type=application/rss+xml href=/rss>",
        "<link>",
        "<!-- <link rel=alternate type=application/rss+xml href=/rss> -->",
    ],
)
def test_other_links_are_no_feeds(link: str) -> None:
    """Translations, embeds, icons, comments and addresses that cannot be asked are no feeds."""
    assert [] == found(link)


def test_a_base_counts() -> None:
    """Addresses are relative to the page's base, if that is an address."""
    link = "<link rel=alternate type=application/feed+json href=feed.json>"
    assert [("https://cdn.example/x/feed.json", "")] == found(f"<base href='https://cdn.example/x/'>{link}")
    assert [("https://paper.example/news/feed.json", "")] == found(f"<base href='mailto:x@example.org'>{link}")


def test_feeds_of_comments_come_last() -> None:
    """Nobody who adds a page means its comments first."""
    head = (
        "<link rel=alternate type=application/rss+xml href=/comments/feed><link rel=alternate type=application/rss+xml "
        "href=/a title='Comments on A'><link rel=alternate type=application/rss+xml href=/feed>"
    )
    urls = ["https://paper.example/feed", "https://paper.example/comments/feed", "https://paper.example/a"]
    assert urls == [url for url, _ in found(head)]


def test_candidates_are_bounded() -> None:
    """A page that names a thousand feeds gives fifty."""
    assert 50 == len(found("".join(f"<link rel=alternate type=application/rss+xml href=/{n}>" for n in range(1000))))


@given(st.binary(max_size=300))
def test_no_page_breaks_it(page: bytes) -> None:
    """Whatever bytes a page has, there is an answer."""
    assert isinstance(find_feeds(page, content_type="", url=URL), tuple)


def test_well_known_places() -> None:
    """Where a page names nothing, its own folder and its site's top are tried, each address once."""
    tried = well_known("https://paper.example/blog/")
    assert ("https://paper.example/blog/feed", "https://paper.example/blog/atom.xml") == tried[:2]
    assert "https://paper.example/feed" in tried
    assert len(tried) == len(set(tried)) == 2 * len(well_known("https://paper.example/"))
    assert well_known("https://paper.example") == well_known("https://paper.example/")
