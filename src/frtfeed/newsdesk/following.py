"""Which feeds are followed: found by an address, added, changed, removed; how each of them does."""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from frtfeed.config import Config
from frtfeed.deliver.settings import add_sources, change_source, edit_settings, remove_source
from frtfeed.errors import ConfigError, FetchError
from frtfeed.model import Problem, When
from frtfeed.parse import opml
from frtfeed.parse.discovery import find_feeds, well_known
from frtfeed.poll import AskOnce, feed_of
from frtfeed.records import Struct, replace
from frtfeed.sources import FeedDocument, FetchPolicy, Polled, Reply, Source
from frtfeed.store import ledger, notices, polling
from frtfeed.store.database import DATABASE_NAME, database
from frtfeed.text import words
from frtfeed.times import for_people
from frtfeed.urls import canonical, domain_of, slug

__all__ = [
    "FoundFeed",
    "add",
    "export_opml",
    "find",
    "health",
    "import_opml",
    "is_failing",
    "is_gone",
    "look",
    "pause",
    "read_feed",
    "remove",
    "source_problems",
    "unasked",
]

FAILING = 3  # polls in a row: one or two are a bad day
UNHEARD = re.compile(r"[^\w\s'’‘.,&/-]|(?<!\w)\.(?=\w)")  # what tells words apart that would be one without it
PLACES_BESIDE, PLACES_AT_TOP = 3, 6  # of parse/discovery.py's; each is a request with its gap before it
LEAVE_ALONE = (429, 503)


class FoundFeed(Struct, frozen=True, kw_only=True):
    """A feed at an address; document is None while it was only named by a page."""

    url: str
    title: str = ""
    media_type: str = ""
    document: FeedDocument | None = None


def look(url: str, *, ask: AskOnce, now: datetime, policy: FetchPolicy) -> tuple[FoundFeed, ...]:
    """
    Find the feeds at an address: itself, else those that the page names, else at a well-known place.

    Raises:
        FetchError: nobody answers there, or there is no feed.
    """
    url = url if "://" in url else f"https://{url}"
    reply = ask(url)
    if reply.fault:
        raise FetchError(f"{url}: {reply.fault}")
    if document := _feed(reply, now=now, policy=policy):
        return (FoundFeed(url=reply.moved_to or url, title=document.title, document=document),)
    named = find_feeds(reply.body, content_type=reply.headers.get("content-type", ""), url=reply.url)
    if named:
        return tuple(FoundFeed(url=each.url, title=each.title, media_type=each.media_type) for each in named)
    for place in _places(reply.url):
        reply = ask(place)
        if not reply.status or reply.status in LEAVE_ALONE:
            raise FetchError(f"{place}: {reply.fault}")
        if not reply.fault and (document := _feed(reply, now=now, policy=policy)):
            return (FoundFeed(url=reply.moved_to or place, title=document.title, document=document),)
    raise FetchError(f"{url}: no feed, and the page names none. Look for a link to RSS or Atom, and add that address.")


def read_feed(feed: FoundFeed, *, ask: AskOnce, now: datetime, policy: FetchPolicy) -> FoundFeed:
    """
    Read a feed that a page has named.

    Raises:
        FetchError: it does not answer, or is none.
    """
    if feed.document:
        return feed
    reply = ask(feed.url)
    document = None if reply.fault else _feed(reply, now=now, policy=policy)
    if document is None:
        raise FetchError(f"{feed.url}: {reply.fault or 'not a feed. Choose another one.'}")
    return replace(feed, url=reply.moved_to or feed.url, title=document.title or feed.title, document=document)


def add(feed: FoundFeed, *, config: Config, name: str = "", topics: Sequence[str] = (), publish: str = "") -> Source:
    """
    Follow a feed from now on.

    Args:
        name: its key; made from its title where there is none.
        publish: "review" or "auto"; "" leaves it to the configuration.

    Raises:
        ConfigError: it is followed already, the name is taken, or the file cannot be changed.
    """
    if same := next((each for each in config.sources if canonical(each.url) == canonical(feed.url)), None):
        raise ConfigError(f"{feed.url}: followed already, as {same.key}.")
    if name and (slug(name) != name or name in _keys(config.sources)):
        fault = "taken already" if name in _keys(config.sources) else "not lower case letters and digits joined by -"
        raise ConfigError(
            f"--name: {fault}: {name!r}. Try {opml.free_key(slug(name) or 'source', _keys(config.sources))!r}."
        )
    key = name or opml.free_key(slug(feed.title) or slug(domain_of(feed.url)) or "source", _keys(config.sources))
    site_url = feed.document.site_url if feed.document else ""
    source = Source(key=key, url=feed.url, title=feed.title, site_url=site_url, topics=tuple(topics))
    table = _table(source) | ({"publish": publish} if publish else {})
    edit_settings(config.path, lambda text: add_sources(text, [table]))
    return source


def find(name: str, sources: Iterable[Source]) -> Source:
    """
    Return the source of a name.

    Raises:
        ConfigError: there is none.
    """
    listed = tuple(sources)
    if found := next((source for source in listed if name in (source.key, source.url)), None):
        return found
    known = f"Known: {', '.join(source.key for source in listed)}." if listed else "There is none yet."
    raise ConfigError(f"{name}: no such source. {known}")


def pause(source: Source, *, config: Config, paused: bool) -> None:
    """Ask a source no more, or again: also one that has said that it is gone for good."""
    with nullcontext() if paused else _forgetting(config) as connection:
        if connection and is_gone(source, polling.recall(connection).get(source.key, Polled())):
            polling.forget(connection, source.key)
        if source.paused != paused:
            edit_settings(config.path, lambda text: change_source(text, source.key, {"paused": paused}))


def remove(source: Source, *, config: Config) -> None:
    """Follow a source no longer. Its stories stay, and so does the memory that they were told."""
    with _forgetting(config) as connection:
        if connection:
            polling.forget(connection, source.key)
            notices.forget(connection, source.key)
        edit_settings(config.path, lambda text: remove_source(text, source.key))


def import_opml(content: bytes, *, path: str, config: Config) -> tuple[tuple[Source, ...], int, tuple[Problem, ...]]:
    """
    Follow every feed of an OPML file that is not followed yet; folders become topics.

    Returns: the sources added, how many were there already, and what was wrong with the file.
    """
    found, problems = opml.parse(content, path=path)
    known = {canonical(source.url) for source in config.sources}
    taken = set(_keys(config.sources))
    new = opml.with_own_keys((source for source in found if canonical(source.url) not in known), taken=taken)
    if new:
        edit_settings(config.path, lambda text: add_sources(text, [_table(source) for source in new]))
    return new, len(found) - len(new), problems


def export_opml(config: Config, *, now: datetime) -> bytes:
    """Write the sources as OPML. Their rules have no place there."""
    return opml.unparse(config.sources, title=f"Sources of {config.site.title}", now=now)


def is_gone(source: Source, polled: Polled) -> bool:
    """Tell whether a source has said that it is gone for good, at the address that it has now."""
    return polled.retired and polled.url == source.url


def unasked(source: Source, memory: Mapping[str, Polled]) -> str:
    """Say why a source is not asked, whenever that is; "" where it is."""
    if source.paused:
        return "paused"
    return "gone for good (410)" if is_gone(source, memory.get(source.key, Polled())) else ""


def is_failing(polled: Polled) -> bool:
    """Tell whether somebody should look after a source."""
    return polled.retired or polled.failures >= FAILING


def health(source: Source, polled: Polled, *, config: Config, now: datetime) -> str:
    """Say in words how a source does: its last success, its next poll, its error."""
    success = f"last read {_day(polled.last_success, config)}" if polled.last_success else "never read"
    if source.paused:
        return f"paused, {success}"
    if polled.retired:
        return f"gone for good (410), {success}: remove it, or ask again with: frtfeed source resume {source.key}"
    if polled.last_try is None:
        return "never asked"
    due = "with the next fetch" if not polled.next_poll or polled.next_poll <= now else _day(polled.next_poll, config)
    if polled.failures:
        return f"failed {_times(polled.failures)}, {success}: {polled.last_fault} Next poll {due}"
    moved = f"; moved to {polled.moved_to}: write that into frtfeed.toml" if polled.moved_to else ""
    return f"well, {success}, next poll {due}{moved}"


def source_problems(config: Config, memory: Mapping[str, Polled]) -> Iterator[Problem]:
    """Yield what is wrong with sources and rules, for `frtfeed check`; path is the configuration file's."""
    yield from _rule_problems(config)
    for source in config.sources:
        polled = memory.get(source.key, Polled())
        if source.paused or not (polled.failures or polled.retired):
            continue
        since = f", last read {_day(polled.last_success, config)}" if polled.last_success else ", never read"
        yield Problem(
            path=str(config.path),
            field=f"[[source]] {source.key}",
            fault="gone for good (410)" if polled.retired else f"failed {_times(polled.failures)}{since}",
            value=polled.last_fault.rstrip("."),
            remedy=f"See: frtfeed source check. To stop asking: frtfeed source pause {source.key}",
            severity="warning" if is_failing(polled) else "note",
        )


@contextmanager
def _forgetting(config: Config) -> Iterator[sqlite3.Connection | None]:
    """
    Open what is remembered of sources, None where there is nothing yet.

    All is forgotten or nothing. The configuration is edited within: where the store cannot be written
    it stays as it is, and where it cannot be edited nothing is forgotten.
    """
    path = config.state / DATABASE_NAME
    if not path.exists():
        yield None
        return
    with database(path) as connection:
        polling.prepare_polling(connection)
        notices.prepare_notices(connection)
        with ledger.together(connection):
            yield connection


def _places(url: str) -> tuple[str, ...]:
    """Return where to look for the feed of a page: beside it, unless it is named like a file, then at the top."""
    path = urlsplit(url).path
    beside = () if path in ("", "/") or "." in path.rpartition("/")[2] else well_known(url)[:PLACES_BESIDE]
    return tuple(dict.fromkeys((*beside, *well_known(urljoin(url, "/"))[:PLACES_AT_TOP])))


def _feed(reply: Reply, *, now: datetime, policy: FetchPolicy) -> FeedDocument | None:
    """Return the feed that an answer holds; None when it holds none."""
    document = feed_of(reply, key=reply.url, now=now, policy=policy)
    broken = any(problem.severity == "error" for problem in document.problems)
    return document if document.items or not broken else None


def _rule_problems(config: Config) -> Iterator[Problem]:
    """Yield the words of rules and topics that are read as something else than they say: "C++" is "c"."""
    rules = (*config.intake.rules, *(rule for source in config.sources for rule in source.rules))
    said = [(rule.name, word) for rule in rules if rule.field == "words" for word in rule.values]
    said += [(f"[intake.topics] {topic}", word) for topic, keywords in config.intake.topics for word in keywords]
    for place, word in said:
        if lost := dict.fromkeys(UNHEARD.findall(word.strip().rstrip("*"))):
            heard = " ".join(words(word))
            yield Problem(
                path=str(config.path),
                field=place,
                fault=f"{' '.join(lost)} does not count: it is read as “{heard}”",
                value=word,
                remedy="Letters and digits count. Write the words that come with it.",
                severity="warning",
            )


def _keys(sources: Iterable[Source]) -> frozenset[str]:
    return frozenset(source.key for source in sources)


def _times(failures: int) -> str:
    return "once" if failures == 1 else f"{failures} times"


def _table(source: Source) -> dict[str, Any]:
    """Return the keys of a source's table in frtfeed.toml, without those that say nothing."""
    table = {
        "name": source.key,
        "url": source.url,
        "title": source.title,
        "site_url": source.site_url,
        "topics": list(source.topics),
        "publish": source.publish,
        "paused": source.paused,
    }
    return {key: value for key, value in table.items() if value}


def _day(at: datetime | None, config: Config) -> str:
    """Write an instant for people, to the minute."""
    if at is None:
        return "never"
    local = at.astimezone(config.site.zone)
    return f"{for_people(When(at=at), zone=config.site.zone)} at {local:%H:%M}"
