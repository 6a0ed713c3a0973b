"""The flow of `frtfeed fetch`: sources that are due are asked, their items taken in, and each poll remembered."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime

from frtfeed.config import Config
from frtfeed.fetch.http import web
from frtfeed.newsdesk.library import Library
from frtfeed.newsdesk.taking import Desk, Taken, recover, take
from frtfeed.poll import OpenWeb, poll
from frtfeed.sources import Outcome, Polled, Source
from frtfeed.store import ledger, polling
from frtfeed.store.database import DATABASE_NAME, database

__all__ = ["Fetched", "fetch", "open_desk", "remembered"]

Tell = Callable[[Outcome, tuple[Taken, ...]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
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
            items = outcome.document.items if outcome.document else ()
            became = take(items, source=outcome.source, desk=desk) if items else ()
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
    library = Library(config.seeds, config.site.zone)
    path = config.state / DATABASE_NAME
    if dry:
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
            if path.exists():
                with database(path) as connection:
                    connection.backup(copy)
            else:
                copy.execute("CREATE TABLE part (name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT")
            _prepare(copy)
            yield Desk(config=config, connection=copy, library=library, now=now, dry=True)
        return
    with database(path) as connection:
        _prepare(connection)
        desk = Desk(config=config, connection=connection, library=library, now=now)
        recover(desk)
        yield desk


def remembered(config: Config) -> dict[str, Polled]:
    """Return what is remembered of each source, by key; nothing where nothing was ever asked."""
    path = config.state / DATABASE_NAME
    if not path.exists():
        return {}
    with database(path) as connection:
        polling.prepare_polling(connection)
        return dict(polling.recall(connection))


def _prepare(connection: sqlite3.Connection) -> None:
    polling.prepare_polling(connection)
    ledger.open_ledger(connection)
