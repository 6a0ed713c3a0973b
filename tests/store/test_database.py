"""The SQLite file that the store's modules share."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from frtfeed.errors import StoreError
from frtfeed.store.database import database, knows, prepare, reading
from tests.newsdesk.desk import as_nobody

STEPS = ("CREATE TABLE a (x INTEGER) STRICT", "ALTER TABLE a ADD COLUMN y TEXT")


def test_it_is_made_where_there_is_none(tmp_path: Path) -> None:
    """The store makes its folder and its file, and finds them again."""
    path = tmp_path / "new" / "store.sqlite"
    with database(path) as store:
        prepare(store, "part", steps=STEPS)
        store.execute("INSERT INTO a VALUES (1, 'b')")
    with database(path) as store:
        prepare(store, "part", steps=STEPS)
        assert [(1, "b")] == store.execute("SELECT * FROM a").fetchall()
        assert ("wal",) == store.execute("PRAGMA journal_mode").fetchone()


def test_an_older_store_is_brought_up_to_date(tmp_path: Path) -> None:
    """What an earlier frtfeed remembered is still there after the steps that are new, and each part has its own."""
    path = tmp_path / "store.sqlite"
    with database(path) as store:
        prepare(store, "part", steps=STEPS[:1])
        prepare(store, "other", steps=("CREATE TABLE b (x)",))
        store.execute("INSERT INTO a VALUES (1)")
    with database(path) as store:
        prepare(store, "part", steps=STEPS)
        assert [(1, None)] == store.execute("SELECT * FROM a").fetchall()


def test_a_newer_store_is_left_alone(tmp_path: Path) -> None:
    """What a later frtfeed wrote is not touched: the message says what to do."""
    path = tmp_path / "store.sqlite"
    with database(path) as store:
        prepare(store, "part", steps=STEPS)
    words = r"store\.sqlite: part: written by a later frtfeed: version 2, known here: 1"
    with pytest.raises(StoreError, match=words), database(path) as store:
        prepare(store, "part", steps=STEPS[:1])


def test_a_step_that_fails_changes_nothing(tmp_path: Path) -> None:
    """The steps of a part are done together or not at all."""
    path = tmp_path / "store.sqlite"
    with pytest.raises(StoreError, match="damaged"), database(path) as store:
        prepare(store, "part", steps=(STEPS[0], "NONSENSE"))
    with database(path) as store:
        prepare(store, "part", steps=STEPS)


@pytest.mark.parametrize(
    "content", [b"not a database, and long enough to be one " * 50, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_damaged_store_is_an_error(tmp_path: Path, content: bytes) -> None:
    """A damaged store is not begun afresh behind the editor's back: it also knows what was deleted."""
    path = tmp_path / "store.sqlite"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"store\.sqlite: damaged: .* move it away"), database(path):
        pass
    assert content == path.read_bytes()


def test_a_store_that_cannot_be_opened(tmp_path: Path) -> None:
    """A folder in the way, or a file for a folder, is named with what to check."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"x\.sqlite: cannot be opened"), database(tmp_path / "file" / "x.sqlite"):
        pass
    (tmp_path / "store.sqlite").mkdir()
    with pytest.raises(StoreError, match=r"cannot be"), database(tmp_path / "store.sqlite"):
        pass


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SQLITE_BUSY_SNAPSHOT", "in use by another frtfeed"),
        ("SQLITE_FULL", "the disk is full. Make room"),
        ("SQLITE_READONLY_DBMOVED", "cannot be written"),
        ("SQLITE_CORRUPT", "damaged: x"),
    ],
)
def test_what_sqlite_says_is_told_in_words(tmp_path: Path, name: str, words: str) -> None:
    """A full disk, a lock and a missing permission are told apart, with the next step."""
    error = sqlite3.OperationalError("x")
    error.sqlite_errorname = name
    with pytest.raises(StoreError, match=words), database(tmp_path / "store.sqlite"):
        raise error


KILLED = """
import os, signal, sys
from pathlib import Path
from frtfeed.store.database import database, prepare
with database(Path(sys.argv[1])) as store:
    prepare(store, "part", steps=("CREATE TABLE a (x INTEGER) STRICT",))
    store.execute("INSERT INTO a VALUES (1)")
    store.execute("BEGIN")
    store.execute("INSERT INTO a VALUES (2)")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_leaves_what_it_committed(tmp_path: Path) -> None:
    """After kill -9 the store holds all that was done, and nothing of what was under way."""
    path = tmp_path / "store.sqlite"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)], env=environment, check=False)
    assert -signal.SIGKILL == killed.returncode
    with database(path) as store:
        assert [(1,)] == store.execute("SELECT x FROM a").fetchall()


def test_reading_writes_nothing(tmp_path: Path) -> None:
    """What only reads makes no store, and finds an empty one where there is none."""
    with reading(tmp_path / "state" / "frtfeed.sqlite") as connection:
        assert not knows(connection, "ledger")
    assert [] == list(tmp_path.iterdir())


def test_a_read_only_store_can_be_read(tmp_path: Path) -> None:
    """A store in a folder that may not be written is read as it stands, and cannot be changed."""
    path = tmp_path / "frtfeed.sqlite"
    with database(path) as connection:
        prepare(connection, "a", steps=("CREATE TABLE a (x)", "INSERT INTO a VALUES (1)"))
    with as_nobody(tmp_path), reading(path) as connection:
        assert (True, (1,)) == (knows(connection, "a"), connection.execute("SELECT x FROM a").fetchone())
    with reading(path) as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM a")
    assert [path] == list(tmp_path.iterdir())


def test_what_a_killed_writer_left_is_read(tmp_path: Path) -> None:
    """A store whose last commits still lie beside it is read with them, also where it may not be written."""
    path = tmp_path / "frtfeed.sqlite"
    with database(path) as writer:
        prepare(writer, "a", steps=("CREATE TABLE a (x)", "INSERT INTO a VALUES (1)"))
        with as_nobody(tmp_path), reading(path) as connection:
            assert (1,) == connection.execute("SELECT x FROM a").fetchone()


def test_a_damaged_store_is_told_to_readers(tmp_path: Path) -> None:
    """Who only reads is told of damage, too."""
    path = tmp_path / "frtfeed.sqlite"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match=r"frtfeed\.sqlite: damaged"), reading(path):
        pass
