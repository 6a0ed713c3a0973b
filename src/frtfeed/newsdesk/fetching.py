"""The flow of `frtfeed fetch`: sources that are due are asked, their items taken in, and each poll remembered."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime

from frtfeed.config import Config
from frtfeed.fetch.http import web
from frtfeed.model import Problem
from frtfeed.newsdesk.library import Library
from frtfeed.newsdesk.taking import Desk, Taken, recover, take
from frtfeed.poll import OpenWeb, poll
from frtfeed.records import Struct, replace
from frtfeed.sources import Outcome, Polled, Source
from frtfeed.store import ledger, notices, polling
from frtfeed.store.database import DATABASE_NAME, database, knows, reading
from frtfeed.store.parse_cache import CACHE_NAME

__all__ = ["Fetched", "fetch", "noticed", "open_desk", "remembered"]

Tell = Callable[[Outcome, tuple[Taken, ...]], None]


class Fetched(Struct, frozen=True, kw_only=True):
    """
    What a fetch did.

    asked: how many sources. failed: keys of those that gave nothing that could be read, in order.
    taken: how many items became what (Taken.what).
    """

    asked: int
    failed: tuple[str, ...]
    taken: Counter[str]


def fetch(
    config: Config,
    *,
    sources: tuple[Source, ...],
    now: datetime,
    tell: Tell,
    at_once: bool = False,
    dry: bool = False,
    open_web: OpenWeb = web,
) -> Fetched:
    """
    Ask sources and write what is new into the inbox.

    Args:
        now: aware, UTC.
        tell: is told what each source brought, after its files are written.
        at_once: ask also those that are not due, for all that they have: rules may have changed.
        dry: write nothing and remember nothing; implies at_once.

    Raises:
        DeliveryError: the inbox cannot be written; the poll under way is not remembered.
        StoreError: the store cannot be used.
    """
    taken: Counter[str] = Counter()
    failed: list[str] = []
    asked = 0
    with open_desk(config, now=now, dry=dry) as desk:
        outcomes = poll(
            sources,
            memory=polling.recall(desk.connection),
            keep=lambda key, polled: polling.remember(desk.connection, key, polled),
            now=now,
            policy=config.fetch,
            all_now=at_once or dry,
            afresh=at_once or dry,
            open_web=open_web,
        )
        for outcome in outcomes:
            became = _taken(outcome, desk)
            asked += 1
            taken.update(each.what for each in became)
            if outcome.polled.failures:
                failed.append(outcome.source.key)
            tell(outcome, became)
    return Fetched(asked=asked, failed=tuple(failed), taken=taken)


@contextmanager
def open_desk(config: Config, *, now: datetime, dry: bool = False) -> Iterator[Desk]:
    """
    Open the store and the inbox, and finish what a killed run left.

    Args:
        dry: work on a copy of the store that is thrown away.
    """
    library = Library(config.seeds, config.site.zone, config.state / CACHE_NAME)
    path = config.state / DATABASE_NAME
    if dry:
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
            with reading(path) as connection:
                connection.backup(copy)
            _prepare(copy, config)
            yield Desk(config=config, connection=copy, library=library, now=now, dry=True)
        return
    with database(path) as connection:
        _prepare(connection, config)
        desk = Desk(config=config, connection=connection, library=library, now=now)
        recover(desk)
        yield desk


def remembered(config: Config) -> dict[str, Polled]:
    """Return what is remembered of each source, by key; nothing where nothing was ever asked. Writes nothing."""
    with reading(config.state / DATABASE_NAME) as connection:
        return dict(polling.recall(connection)) if knows(connection, "polling") else {}


def noticed(config: Config) -> dict[str, tuple[Problem, ...]]:
    """Return what was wrong with each source's feed when it was last read, by key. Writes nothing."""
    with reading(config.state / DATABASE_NAME) as connection:
        return dict(notices.recall(connection)) if knows(connection, "notices") else {}


def _taken(outcome: Outcome, desk: Desk) -> tuple[Taken, ...]:
    """Take in what a source brought, and keep what was wrong with it."""
    if outcome.document is None:
        return ()
    source, document = outcome.source, outcome.document
    notices.remember(desk.connection, source.key, document.problems)
    # A source that says no title or site of its own is called as its feed calls itself.
    named = replace(source, title=source.title or document.title, site_url=source.site_url or document.site_url)
    return take(document.items, source=named, desk=desk) if document.items else ()


def _prepare(connection: sqlite3.Connection, config: Config) -> None:
    polling.prepare_polling(connection)
    notices.prepare_notices(connection)
    ledger.open_ledger(connection)
    _follow_renamed(connection, config.sources)


def _follow_renamed(connection: sqlite3.Connection, sources: Iterable[Source]) -> None:
    """Know a source again that is called otherwise in the configuration by now: by its address."""
    memory = polling.recall(connection)
    orphans = {polled.url: key for key, polled in memory.items() if key not in {each.key for each in sources}}
    for source in sources:
        if source.key not in memory and source.url in orphans:
            key = orphans.pop(source.url)
            with ledger.together(connection):
                ledger.rename_source(connection, key, to=source.key)
                polling.remember(connection, source.key, memory[key])
                polling.forget(connection, key)
                notices.forget(connection, key)
