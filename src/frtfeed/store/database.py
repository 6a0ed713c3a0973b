"""The SQLite file that the store's modules share: opened, checked, brought to the version that each needs."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from frtfeed.errors import StoreError

__all__ = ["DATABASE_NAME", "database", "knows", "prepare", "reading"]

DATABASE_NAME = "frtfeed.sqlite"  # in the state folder (config.py)
# Another frtfeed holds the file while it records one feed, or edits frtfeed.toml. The folder of stories is read,
# and their texts are flushed to the disk, before that (newsdesk/taking.py).
BUSY_S = 10.0
PARTS = "CREATE TABLE IF NOT EXISTS part (name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT"


@contextmanager
def database(path: Path) -> Iterator[sqlite3.Connection]:
    """
    Open the store, made new where there is none; it is closed at the end.

    Every statement is a transaction of its own unless the caller opens one (`with connection:`
    after `connection.execute("BEGIN IMMEDIATE")`). In WAL mode a reader never waits, and a
    process that is killed leaves what it committed.

    A damaged file is an error and no fresh start: it also knows which stories an editor has
    deleted, and without it they would come back. The editor decides.

    Raises:
        StoreError: it cannot be opened, written or understood; also for whatever SQLite raises
            while it is open.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path}: cannot be opened: {error}. Check the folder's permissions.") from error
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may lose the last commits, never the file
        connection.execute(PARTS)
        yield connection
    except sqlite3.Error as error:
        raise _told(path, error) from error
    finally:
        connection.close()


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """
    Open the store to read it, an empty one where there is none. Nothing in it changes, and nothing is left beside.

    Raises:
        StoreError: it cannot be opened or understood; also for whatever SQLite raises while it is open.
    """
    connection = None
    try:
        connection = _readable(path)
        yield connection
    except sqlite3.Error as error:
        raise _told(path, error) from error
    finally:
        if connection:
            connection.close()


def knows(connection: sqlite3.Connection, part: str) -> bool:
    """Tell whether a module's tables are there."""
    return connection.execute("SELECT 1 FROM part WHERE name = ?", (part,)).fetchone() is not None


def prepare(connection: sqlite3.Connection, part: str, *, steps: tuple[str, ...]) -> None:
    """
    Bring one module's tables to its version: the number of its steps.

    Args:
        part: the module's name; each has a version of its own, so that they change apart.
        steps: one SQL statement each, in order, only ever added to.

    Raises:
        StoreError: the file was written by a later frtfeed.
    """
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        row = connection.execute("SELECT version FROM part WHERE name = ?", (part,)).fetchone()
        version = row[0] if row else 0
        if version > len(steps):
            raise StoreError(
                f"{_place(connection)}: {part}: written by a later frtfeed: version {version}, "
                f"known here: {len(steps)}. Upgrade frtfeed."
            )
        for step in steps[version:]:
            connection.execute(step)
        connection.execute("INSERT OR REPLACE INTO part VALUES (?, ?)", (part, len(steps)))


def _readable(path: Path) -> sqlite3.Connection:
    if not path.exists():
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.execute(PARTS)
        return connection
    # In WAL mode SQLite makes two files beside, also to read, and only who may write takes them away again. Where it
    # may not make them, and nobody has left any, the file alone is whole.
    if os.access(path.parent, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        mode = "mode=rw"
    else:
        mode = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "mode=ro&immutable=1"
    address = f"file:{quote(str(path.absolute()))}?{mode}"
    connection = sqlite3.connect(address, uri=True, timeout=BUSY_S, isolation_level=None)
    connection.execute("PRAGMA query_only = ON")
    connection.execute("SELECT 1 FROM part").fetchone()
    return connection


def _place(connection: sqlite3.Connection) -> str:
    """Return the file that a connection is of."""
    return str(connection.execute("PRAGMA database_list").fetchone()[2])


def _told(path: Path, error: sqlite3.Error) -> StoreError:
    """Say what SQLite found, with the next step."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_BUSY"):
        return StoreError(f"{path}: in use by another frtfeed for over {BUSY_S:.0f} s. Try again when it is done.")
    if name.startswith("SQLITE_FULL"):
        return StoreError(f"{path}: the disk is full. Make room and run it again; no story is lost.")
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
        return StoreError(f"{path}: cannot be written: {error}. Check its permissions.")
    return StoreError(
        f"{path}: damaged: {error}. Restore it from a backup, or move it away: every source is then "
        "asked afresh, and items that were deleted from the inbox may come back."
    )
