"""Finding the feed of a page without asking its server for more than it takes."""

from datetime import UTC, datetime

import pytest

from frtfeed.errors import FetchError
from frtfeed.newsdesk.following import look, read_feed
from frtfeed.sources import FetchPolicy, Reply

NOW = datetime(2024, 3, 13, tzinfo=UTC)
FEED = b"<rss version='2.0'><channel><title>T</title><item><title>x</title></item></channel></rss>"
SITE = "https://paper.example"


class Web:
    """Answers with what there is, remembers what it was asked."""

    def __init__(self, **there: bytes | int) -> None:
        self.there = there
        self.asked: list[str] = []

    def __call__(self, url: str) -> Reply:
        """Answer as poll.asking's asker does."""
        path = url.removeprefix(SITE)
        self.asked.append(path)
        found = self.there.get(path, 404)
        if isinstance(found, bytes):
            return Reply(asked=url, url=url, status=200, body=found)
        return Reply(asked=url, url=url, status=found, fault=f"answered {found}.")


@pytest.mark.parametrize(
    ("page", "places"),
    [
        pytest.param("/", ["/feed", "/atom.xml", "/rss.xml", "/feed.xml", "/rss", "/index.xml"], id="the front page"),
        pytest.param(
            "/news/",
            ["/news/feed", "/news/atom.xml", "/news/rss.xml",
             "/feed", "/atom.xml", "/rss.xml", "/feed.xml", "/rss", "/index.xml"],
            id="a section",
        ),
        pytest.param(
            "/news/story.html", ["/feed", "/atom.xml", "/rss.xml", "/feed.xml", "/rss", "/index.xml"], id="a file"
        ),
    ],
)  # fmt: skip
def test_a_server_is_asked_for_few_places(page: str, places: list[str]) -> None:
    """A page that names no feed costs its server nine requests at most; nothing lies beside a file."""
    web = Web(**{page: b"<html></html>"})
    with pytest.raises(FetchError, match="no feed, and the page names none"):
        look(SITE + page, ask=web, now=NOW, policy=FetchPolicy())
    assert [page, *places] == web.asked


def test_a_place_that_holds_a_feed_ends_the_search() -> None:
    """The first place that answers with a feed is taken."""
    web = Web(**{"/": b"<html></html>", "/rss.xml": FEED})
    (found,) = look("paper.example/", ask=web, now=NOW, policy=FetchPolicy())
    assert ("T", f"{SITE}/rss.xml") == (found.title, found.url)
    assert found == read_feed(found, ask=web, now=NOW, policy=FetchPolicy())
    assert "/rss.xml" == web.asked[-1]


@pytest.mark.parametrize("status", [429, 503, 0])
def test_a_server_that_wants_to_be_left_alone_is(status: int) -> None:
    """A server that refuses, or does not answer any more, is asked for no further place."""
    web = Web(**{"/": b"<html></html>", "/feed": status})
    with pytest.raises(FetchError, match=f"/feed: answered {status}"):
        look(f"{SITE}/", ask=web, now=NOW, policy=FetchPolicy())
    assert ["/", "/feed"] == web.asked
