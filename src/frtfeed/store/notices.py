"""
What was wrong with each source's feed when it was last read, for whoever asks later.

Losing it costs a few lines of `frtfeed source show`, until the feed is read again.
"""

import sqlite3
from collections.abc import Iterable, Mapping

from frtfeed.model import Problem
from frtfeed.store.database import prepare

__all__ = ["forget", "prepare_notices", "recall", "remember"]

STEPS = (
    """CREATE TABLE notice (
        key TEXT NOT NULL, number INTEGER NOT NULL, severity TEXT NOT NULL, field TEXT NOT NULL,
        fault TEXT NOT NULL, value TEXT NOT NULL, remedy TEXT NOT NULL, PRIMARY KEY (key, number)
    ) STRICT, WITHOUT ROWID""",
)
KEPT = 100  # of one feed: what is wrong with a thousand items is wrong with the first hundred


def prepare_notices(connection: sqlite3.Connection) -> None:
    """
    Make sure that this module's table is there. Call it once for each connection.

    Raises:
        StoreError: a later frtfeed wrote it.
    """
    prepare(connection, "notices", steps=STEPS)


def remember(connection: sqlite3.Connection, key: str, problems: Iterable[Problem]) -> None:
    """Keep what was wrong with a source's feed, in the place of what was before; the first hundred of it."""
    rows = [
        (key, number, each.severity, each.field, each.fault, each.value, each.remedy)
        for number, each in enumerate(problems)
        if number < KEPT
    ]
    stored = connection.execute("SELECT * FROM notice WHERE key = ? ORDER BY number", (key,)).fetchall()
    if stored == rows:  # as at most polls: nothing needs to be written
        return
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        forget(connection, key)
        connection.executemany("INSERT INTO notice VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def recall(connection: sqlite3.Connection) -> Mapping[str, tuple[Problem, ...]]:
    """Return what was wrong, by the sources' keys; the problems' path is the key."""
    found: dict[str, tuple[Problem, ...]] = {}
    for key, _, severity, field, fault, value, remedy in connection.execute(
        "SELECT * FROM notice ORDER BY key, number"
    ):
        problem = Problem(path=key, severity=severity, field=field, fault=fault, value=value, remedy=remedy)
        found[key] = (*found.get(key, ()), problem)
    return found


def forget(connection: sqlite3.Connection, key: str) -> None:
    """Know nothing of a source's feed."""
    connection.execute("DELETE FROM notice WHERE key = ?", (key,))
