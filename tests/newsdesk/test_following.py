"""Finding the feed of a page without asking its server for more than it takes."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from frtfeed.config import Config
from frtfeed.errors import ConfigError, FetchError, StoreError
from frtfeed.newsdesk.fetching import remembered
from frtfeed.newsdesk.following import look, pause, read_feed, remove
from frtfeed.sources import FetchPolicy, Polled, Reply
from frtfeed.store import database, polling
from tests.newsdesk.desk import desk_of, project

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


GONE = Polled(url=f"{SITE}/feed", retired=True)
FORGETTING = [pytest.param(remove, id="remove"), pytest.param(partial(pause, paused=False), id="resume")]
Forget = Callable[..., None]


def followed(folder: Path, table: str) -> Config:
    """Follow a source that has said that it is gone, and remember that."""
    config = project(folder, table)
    with desk_of(config) as desk:
        polling.remember(desk.connection, "paper", GONE)
    return config


@pytest.mark.parametrize("forget", FORGETTING)
def test_a_busy_store_leaves_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forget: Forget) -> None:
    """While another frtfeed holds the store nothing of a source is changed; afterwards all is."""
    config = followed(tmp_path, f'[[source]]\nname = "paper"\nurl = "{SITE}/feed"\npaused = true\n')
    assert config.path
    (source,), before = config.sources, config.path.read_bytes()
    monkeypatch.setattr(database, "BUSY_S", 0.0)
    with closing(sqlite3.connect(config.state / database.DATABASE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="in use by another frtfeed"):
            forget(source, config=config)
    assert (before, {"paper": GONE}) == (config.path.read_bytes(), remembered(config))
    forget(source, config=config)
    assert (True, {}) == (config.path.read_bytes() != before, remembered(config))


def test_a_busy_store_keeps_no_source_from_being_paused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pausing forgets nothing, so it waits for nobody."""
    config = followed(tmp_path, f'[[source]]\nname = "paper"\nurl = "{SITE}/feed"\n')
    assert config.path
    monkeypatch.setattr(database, "BUSY_S", 0.0)
    with closing(sqlite3.connect(config.state / database.DATABASE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        pause(config.sources[0], config=config, paused=True)
    assert "paused = true" in config.path.read_text(encoding="utf-8")


@pytest.mark.parametrize("forget", FORGETTING)
def test_a_configuration_that_needs_a_person_loses_no_memory(tmp_path: Path, forget: Forget) -> None:
    """Where the file cannot be changed, what is known of the source stays."""
    config = followed(tmp_path, f'[["source"]]\nname = "paper"\nurl = "{SITE}/feed"\npaused = true\n')
    with pytest.raises(ConfigError, match="edit the file by hand"):
        forget(config.sources[0], config=config)
    assert {"paper": GONE} == remembered(config)
