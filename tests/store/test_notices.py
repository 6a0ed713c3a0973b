"""What was wrong with a feed is remembered until it is read again."""

from collections.abc import Iterator
from pathlib import Path
from sqlite3 import Connection

import pytest

from frtfeed.model import Problem
from frtfeed.store import notices
from frtfeed.store.database import database

NOTE = Problem(
    path="watch", fault="not a date", remedy="It counts as undated.", field="item 1", value="x", severity="note"
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Connection]:
    with database(tmp_path / "frtfeed.sqlite") as connection:
        notices.prepare_notices(connection)
        yield connection


def test_what_was_wrong_is_recalled_as_it_was(store: Connection) -> None:
    """Each source has the problems of its last reading, in their order, and no others."""
    other = Problem(path="other", fault="not UTF-8", remedy="Read as cp1252.")
    notices.remember(store, "watch", [other])
    notices.remember(store, "watch", [NOTE, NOTE])
    notices.remember(store, "other", [other])
    assert {"watch": (NOTE, NOTE), "other": (other,)} == notices.recall(store)
    notices.remember(store, "other", [])
    assert {"watch": (NOTE, NOTE)} == notices.recall(store)
    notices.forget(store, "watch")
    assert {} == notices.recall(store)


def test_nothing_is_written_for_nothing_new(store: Connection) -> None:
    """A feed that is wrong in the same way at every poll costs no writing."""
    notices.remember(store, "watch", [NOTE])
    before = store.total_changes
    notices.remember(store, "watch", [NOTE])
    assert before == store.total_changes


def test_of_thousands_some_are_kept(store: Connection) -> None:
    """A feed whose every item is wrong does not fill the store."""
    notices.remember(store, "watch", [NOTE] * 5000)
    assert notices.KEPT == len(notices.recall(store)["watch"])
