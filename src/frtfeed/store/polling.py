"""
What is remembered of each source between polls.

Losing it costs a poll of everything, never a story: which items became stories is the ledger's.
A row that cannot be read is therefore treated as if it were not there.
"""

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from frtfeed.records import fields
from frtfeed.sources import Polled
from frtfeed.store.database import prepare

__all__ = ["forget", "prepare_polling", "recall", "remember"]

STEPS = (
    """CREATE TABLE polled (
        key TEXT PRIMARY KEY, url TEXT NOT NULL, etag TEXT NOT NULL, last_modified TEXT NOT NULL,
        next_poll TEXT, last_success TEXT, last_try TEXT, failures INTEGER NOT NULL, last_fault TEXT NOT NULL,
        retired INTEGER NOT NULL, ttl_s INTEGER, body_hash TEXT NOT NULL, moved_to TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
)
COLUMNS = tuple(each.name for each in fields(Polled))
INSTANTS = ("next_poll", "last_success", "last_try")


def prepare_polling(connection: sqlite3.Connection) -> None:
    """
    Make sure that this module's table is there. Call it once for each connection.

    Raises:
        StoreError: a later frtfeed wrote it.
    """
    prepare(connection, "polling", steps=STEPS)


def recall(connection: sqlite3.Connection) -> Mapping[str, Polled]:
    """Return what is remembered, by the sources' keys."""
    rows = connection.execute(f"SELECT key, {', '.join(COLUMNS)} FROM polled ORDER BY key")  # noqa: S608  our own names
    found = {}
    for key, *values in rows:
        try:
            found[key] = _polled(dict(zip(COLUMNS, values, strict=True)))
        except ValueError:  # not a date: somebody else has written here
            continue
    return found


def remember(connection: sqlite3.Connection, key: str, polled: Polled) -> None:
    """Keep what a poll has brought; it is safe when this returns."""
    values = [_stored(getattr(polled, name)) for name in COLUMNS]
    marks = ", ".join("?" * (len(COLUMNS) + 1))
    connection.execute(f"INSERT OR REPLACE INTO polled (key, {', '.join(COLUMNS)}) VALUES ({marks})", (key, *values))  # noqa: S608


def forget(connection: sqlite3.Connection, key: str) -> None:
    """Remember nothing of a source: it is asked at the next poll, as if it were new."""
    connection.execute("DELETE FROM polled WHERE key = ?", (key,))


def _stored(value: object) -> object:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _polled(row: dict[str, Any]) -> Polled:
    """Turn a row into what it was; ValueError where a date is none."""
    for name in INSTANTS:
        written = row[name]
        row[name] = _instant(written) if isinstance(written, str) else None
    row["retired"] = bool(row["retired"])
    return Polled(**row)  # the table is STRICT: SQLite holds the types


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
