"""
Which item became which file, and with which fields: what a story file alone cannot tell.

Strategy: a file is written in four steps: its text beside (deliver/inbox.py), its plan here,
the rename, the plan's end. Killed between any two of them, `open_plans` and what lies beside
tell what was done: a plan whose text still lies beside was not carried out, any other was.
So nothing is lost, and nothing written twice, whatever an editor deletes in between.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from frtfeed.records import Struct, field
from frtfeed.store.database import prepare
from frtfeed.times import rfc3339

__all__ = [
    "Entry",
    "OpenPlan",
    "abandon",
    "adopt",
    "end_plans",
    "find",
    "know",
    "know_title",
    "mark_gone",
    "move",
    "open_ledger",
    "open_plans",
    "plan",
    "plan_change",
    "rename_source",
    "together",
    "unknown",
]

STEPS = (
    """CREATE TABLE story (
        file TEXT PRIMARY KEY,
        source TEXT NOT NULL,
        provider TEXT NOT NULL,
        title_key TEXT NOT NULL,
        published TEXT NOT NULL,
        fields TEXT,
        pending TEXT
    ) STRICT""",
    "CREATE TABLE story_name (name TEXT PRIMARY KEY, file TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE INDEX story_title ON story (title_key, provider)",
    "CREATE INDEX story_pending ON story (file) WHERE pending IS NOT NULL",
    "DROP INDEX story_title",
    # A source may give a story another title: a re-issue is known by each that it had, also when its file is gone.
    """CREATE TABLE story_title (
        title_key TEXT NOT NULL,
        provider TEXT NOT NULL,
        file TEXT NOT NULL,
        published TEXT NOT NULL,
        PRIMARY KEY (title_key, provider, file)
    ) STRICT, WITHOUT ROWID""",
    "INSERT INTO story_title SELECT title_key, provider, file, published FROM story WHERE title_key <> ''",
    "ALTER TABLE story ADD COLUMN gone INTEGER NOT NULL DEFAULT 0",
)
STORY = "story.file, source, story.provider, story.title_key, story.published, fields, pending, gone"  # as _entry reads


class Entry(Struct, frozen=True, kw_only=True):
    """
    A story that an item became.

    file: below the seeds, with forward slashes, where it was last seen.
    source: key of the source whose changes it follows, "" for a file that an editor made.
    provider, title_key, published: by which a re-issue is known; published is aware, UTC.
    fields: as they were written last (story_file.fields_of).
    names: further names only; those known before are not read back.
    gone: it was not there any more when it was last looked for.
    """

    file: str
    source: str = ""
    provider: str = ""
    title_key: str = ""
    published: datetime
    fields: Mapping[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    gone: bool = False


class OpenPlan(Struct, frozen=True, kw_only=True):
    """A file that was to be written when frtfeed was killed. new: it was to be made."""

    file: str
    new: bool


def open_ledger(connection: sqlite3.Connection) -> None:
    """Make the tables where they are not there."""
    prepare(connection, "ledger", steps=STEPS)


def find(
    connection: sqlite3.Connection,
    names: Iterable[str],
    *,
    provider: str = "",
    title_key: str = "",
    published: datetime | None = None,
    days: int = 0,
) -> Entry | None:
    """
    Return the story that has one of some names, the first that is known; else the one of the same
    provider and title, whenever it had that title, published within so many days.
    """
    for name in names:
        row = connection.execute(
            f"SELECT {STORY} FROM story_name JOIN story USING (file) WHERE name = ?",  # noqa: S608  our own names
            (name,),
        ).fetchone()
        if row:
            return _entry(row)
    if not (provider and title_key and published and days):
        return None
    span = timedelta(days=days)
    row = connection.execute(
        f"SELECT {STORY} FROM story_title AS title JOIN story USING (file) "  # noqa: S608  our own names
        "WHERE title.title_key = ? AND title.provider = ? AND title.published BETWEEN ? AND ? ORDER BY file LIMIT 1",
        (title_key, provider, rfc3339(published - span), rfc3339(published + span)),
    ).fetchone()
    return _entry(row) if row else None


def plan(connection: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    """Record that new files are about to be written: all of them, or none."""
    with together(connection):
        for entry in entries:
            connection.execute(
                "INSERT OR REPLACE INTO story VALUES (?, ?, ?, ?, ?, NULL, ?, 0)",
                (
                    entry.file,
                    entry.source,
                    entry.provider,
                    entry.title_key,
                    rfc3339(entry.published),
                    json.dumps(entry.fields, ensure_ascii=False),
                ),
            )
            _name(connection, entry.names, entry.file)
            know_title(connection, entry)


def plan_change(connection: sqlite3.Connection, file: str, *, fields: Mapping[str, Any]) -> None:
    """Record that a file is about to be written with other fields."""
    connection.execute("UPDATE story SET pending = ? WHERE file = ?", (json.dumps(fields, ensure_ascii=False), file))


def end_plans(connection: sqlite3.Connection, files: Iterable[str]) -> None:
    """Record that files were written as planned."""
    with together(connection):
        connection.executemany(
            "UPDATE story SET fields = pending, pending = NULL WHERE file = ? AND pending IS NOT NULL",
            [(file,) for file in files],
        )


def abandon(connection: sqlite3.Connection, file: str) -> None:
    """Record that the change of a file was not written."""
    connection.execute("UPDATE story SET pending = NULL WHERE file = ?", (file,))


def open_plans(connection: sqlite3.Connection) -> tuple[OpenPlan, ...]:
    """Return what was planned and not ended, by file."""
    rows = connection.execute("SELECT file, fields IS NULL FROM story WHERE pending IS NOT NULL ORDER BY file")
    return tuple(OpenPlan(file=file, new=bool(new)) for file, new in rows)


def know(connection: sqlite3.Connection, entry: Entry) -> None:
    """Record that a file tells a story under further names; also a file that an editor made."""
    with together(connection):
        connection.execute(
            "INSERT OR IGNORE INTO story VALUES (?, ?, ?, ?, ?, '{}', NULL, 0)",
            (entry.file, entry.source, entry.provider, entry.title_key, rfc3339(entry.published)),
        )
        _name(connection, entry.names, entry.file)


def know_title(connection: sqlite3.Connection, entry: Entry) -> None:
    """Record that a story had a title, and when it was published by its last item of that title."""
    if entry.title_key:
        connection.execute(
            "INSERT INTO story_title VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET published = excluded.published WHERE published <> excluded.published",
            (entry.title_key, entry.provider, entry.file, rfc3339(entry.published)),
        )


def mark_gone(connection: sqlite3.Connection, file: str, *, gone: bool) -> None:
    """Record that a file is not there any more, or is there again."""
    connection.execute("UPDATE story SET gone = ? WHERE file = ?", (gone, file))


def adopt(connection: sqlite3.Connection, file: str, *, source: str) -> None:
    """Record that a story follows another source from now on."""
    connection.execute("UPDATE story SET source = ? WHERE file = ?", (source, file))


def rename_source(connection: sqlite3.Connection, key: str, *, to: str) -> None:
    """Record that a source is called otherwise: its stories follow it, and its guids are known."""
    with together(connection):
        connection.execute("UPDATE story SET source = ? WHERE source = ?", (to, key))
        connection.execute(  # a guid's name is the key, a space, the guid; "!" is the character after the space
            "UPDATE OR REPLACE story_name SET name = ? || substr(name, ?) WHERE name >= ? AND name < ?",
            (to, len(key) + 1, f"{key} ", f"{key}!"),
        )


def unknown(connection: sqlite3.Connection, names: tuple[str, ...]) -> bool:
    """Tell whether one of some names is not known yet."""
    marks = ", ".join("?" * len(names))
    row = connection.execute(f"SELECT count(*) FROM story_name WHERE name IN ({marks})", names)  # noqa: S608  only ?
    return int(row.fetchone()[0]) < len(set(names))


def move(connection: sqlite3.Connection, file: str, *, to: str) -> None:
    """Record that an editor has moved a file to another folder."""
    with together(connection):
        connection.execute("UPDATE OR REPLACE story SET file = ? WHERE file = ?", (to, file))
        connection.execute("UPDATE story_name SET file = ? WHERE file = ?", (to, file))
        connection.execute("UPDATE OR REPLACE story_title SET file = ? WHERE file = ?", (to, file))


@contextmanager
def together(connection: sqlite3.Connection) -> Iterator[None]:
    """Keep all that is recorded in a block, or nothing of it; a block within another is part of that."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        yield


def _name(connection: sqlite3.Connection, names: Iterable[str], file: str) -> None:
    connection.executemany("INSERT OR REPLACE INTO story_name VALUES (?, ?)", [(name, file) for name in names])


def _entry(row: tuple[Any, ...]) -> Entry:
    file, source, provider, title_key, published, fields, pending, gone = row
    return Entry(
        file=file,
        source=source,
        provider=provider,
        title_key=title_key,
        published=datetime.fromisoformat(published),
        fields=json.loads(fields or pending),
        gone=bool(gone),
    )
