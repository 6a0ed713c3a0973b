"""Which feeds are followed: found by an address, added, changed, removed; how each of them does."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from frtfeed.config import Config
from frtfeed.deliver.settings import add_sources, change_source, edit_settings, remove_source
from frtfeed.errors import ConfigError, FetchError
from frtfeed.model import Problem, When
from frtfeed.parse import opml, syndication
from frtfeed.parse.discovery import find_feeds, well_known
from frtfeed.sources import FeedDocument, FetchPolicy, Polled, Reply, Source
from frtfeed.store import polling
from frtfeed.store.database import DATABASE_NAME, database
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
    "look",
    "pause",
    "read_feed",
    "remove",
    "source_problems",
]

AskOnce = Callable[[str], Reply]
FAILING = 3  # polls in a row: one or two are a bad day


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
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
    for place in well_known(reply.url):
        reply = ask(place)
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
        raise ConfigError(f"--name: {fault}: {name!r}. Try {_free_key(slug(name), config.sources)!r}.")
    key = name or _free_key(slug(feed.title) or slug(domain_of(feed.url)), config.sources)
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
    """Ask a source no more, or again."""
    edit_settings(config.path, lambda text: change_source(text, source.key, {"paused": paused}))


def remove(source: Source, *, config: Config) -> None:
    """Follow a source no longer. Its stories stay, and so does the memory that they were told."""
    edit_settings(config.path, lambda text: remove_source(text, source.key))
    path = config.state / DATABASE_NAME
    if path.exists():
        with database(path) as connection:
            polling.prepare_polling(connection)
            polling.forget(connection, source.key)


def import_opml(content: bytes, *, path: str, config: Config) -> tuple[tuple[Source, ...], int, tuple[Problem, ...]]:
    """
    Follow every feed of an OPML file that is not followed yet; folders become topics.

    Returns: the sources added, how many were there already, and what was wrong with the file.
    """
    found, problems = opml.parse(content, path=path)
    known = {canonical(source.url) for source in config.sources}
    new: list[Source] = []
    for source in found:
        if canonical(source.url) not in known:
            new.append(replace(source, key=_free_key(source.key, (*config.sources, *new))))
    if new:
        edit_settings(config.path, lambda text: add_sources(text, [_table(source) for source in new]))
    return tuple(new), len(found) - len(new), problems


def export_opml(config: Config, *, now: datetime) -> bytes:
    """Write the sources as OPML. Their rules have no place there."""
    return opml.unparse(config.sources, title=f"Sources of {config.site.title}", now=now)


def is_failing(polled: Polled) -> bool:
    """Tell whether somebody should look after a source."""
    return polled.retired or polled.failures >= FAILING


def health(source: Source, polled: Polled, *, config: Config, now: datetime) -> str:
    """Say in words how a source does: its last success, its next poll, its error."""
    success = f"last read {_day(polled.last_success, config)}" if polled.last_success else "never read"
    if source.paused:
        return f"paused, {success}"
    if polled.retired:
        return f"gone for good (410), {success}: remove it"
    if polled.last_try is None:
        return "never asked"
    due = "with the next fetch" if not polled.next_poll or polled.next_poll <= now else _day(polled.next_poll, config)
    if polled.failures:
        times = "once" if polled.failures == 1 else f"{polled.failures} times"
        return f"failed {times}, {success}: {polled.last_fault} Next poll {due}"
    moved = f"; moved to {polled.moved_to}: write that into frtfeed.toml" if polled.moved_to else ""
    return f"well, {success}, next poll {due}{moved}"


def source_problems(config: Config, memory: Mapping[str, Polled]) -> Iterator[Problem]:
    """Yield what is wrong with the sources, for `frtfeed check`; path is the configuration file's."""
    for source in config.sources:
        polled = memory.get(source.key, Polled())
        if source.paused or not (polled.failures or polled.retired):
            continue
        since = f", last read {_day(polled.last_success, config)}" if polled.last_success else ", never read"
        times = "once" if polled.failures == 1 else f"{polled.failures} times"
        yield Problem(
            path=str(config.path),
            field=f"[[source]] {source.key}",
            fault="gone for good (410)" if polled.retired else f"failed {times}{since}",
            value=polled.last_fault.rstrip("."),
            remedy=f"See: frtfeed source check. To stop asking: frtfeed source pause {source.key}",
            severity="warning" if is_failing(polled) else "note",
        )


def _feed(reply: Reply, *, now: datetime, policy: FetchPolicy) -> FeedDocument | None:
    """Return the feed that an answer holds; None when it holds none."""
    document = syndication.parse(
        reply.body,
        content_type=reply.headers.get("content-type", ""),
        url=reply.url,
        key=reply.url,
        now=now,
        max_items=policy.max_items,
        max_depth=policy.max_depth,
    )
    broken = any(problem.severity == "error" for problem in document.problems)
    return document if document.items or not broken else None


def _keys(sources: Iterable[Source]) -> frozenset[str]:
    return frozenset(source.key for source in sources)


def _free_key(key: str, sources: Iterable[Source]) -> str:
    """Return a key that is not taken, numbered where it must be."""
    taken = _keys(sources)
    key = key or "source"
    number = 1
    free = key
    while free in taken:
        number += 1
        free = f"{key}-{number}"
    return free


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
