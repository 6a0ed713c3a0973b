"""What is remembered of each source between polls."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.errors import StoreError
from frtfeed.sources import Polled
from frtfeed.store.database import database
from frtfeed.store.polling import forget, prepare_polling, recall, remember

NOW = datetime(2024, 3, 13, 12, 30, 0, 5, tzinfo=UTC)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
INSTANTS = st.none() | st.datetimes(datetime(1900, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
MEMORIES = st.builds(
    Polled,
    url=TEXTS,
    etag=TEXTS,
    last_modified=TEXTS,
    next_poll=INSTANTS,
    last_success=INSTANTS,
    last_try=INSTANTS,
    failures=st.integers(0, 2**40),
    last_fault=TEXTS,
    retired=st.booleans(),
    ttl_s=st.none() | st.integers(0, 2**40),
    body_hash=TEXTS,
    moved_to=TEXTS,
)


@given(st.dictionaries(TEXTS, MEMORIES, max_size=4))
def test_what_is_remembered_comes_back(memories: dict[str, Polled]) -> None:
    """Every field of every source comes back as it was."""
    with database(Path(":memory:")) as store:
        prepare_polling(store)
        for key, polled in memories.items():
            remember(store, key, polled)
        assert memories == recall(store)


def test_the_newest_counts(tmp_path: Path) -> None:
    """A source has one memory, the last; it is there for the next process."""
    path = tmp_path / "store.sqlite"
    with database(path) as store:
        prepare_polling(store)
        remember(store, "a", Polled(failures=1))
        remember(store, "a", Polled(next_poll=NOW.astimezone(timezone(timedelta(hours=5)))))
    with database(path) as store:
        prepare_polling(store)
        assert {"a": Polled(next_poll=NOW)} == recall(store)


def test_a_source_can_be_forgotten(tmp_path: Path) -> None:
    """A forgotten source is as good as new; the others stay, and forgetting twice is harmless."""
    with database(tmp_path / "store.sqlite") as store:
        prepare_polling(store)
        remember(store, "a", Polled(failures=1))
        remember(store, "b", Polled(failures=2))
        forget(store, "a")
        forget(store, "a")
        assert {"b": Polled(failures=2)} == recall(store)


def test_a_row_that_cannot_be_read_counts_as_none(tmp_path: Path) -> None:
    """A memory that somebody has spoilt costs a poll and nothing else; a date without a zone is UTC."""
    with database(tmp_path / "store.sqlite") as store:
        prepare_polling(store)
        for key in ("a", "b", "c"):
            remember(store, key, Polled(url=key))
        store.execute("UPDATE polled SET next_poll = 'soon' WHERE key = 'a'")
        store.execute("UPDATE polled SET next_poll = '2024-03-13T12:30:00.000005' WHERE key = 'b'")
        assert {"b": Polled(url="b", next_poll=NOW), "c": Polled(url="c")} == recall(store)


def test_the_store_of_a_later_version(tmp_path: Path) -> None:
    """What a later frtfeed remembers is not read wrongly: it is an error that says to upgrade."""
    with database(tmp_path / "store.sqlite") as store:
        prepare_polling(store)
        store.execute("UPDATE part SET version = 99")
        with pytest.raises(StoreError, match="Upgrade frtfeed"):
            prepare_polling(store)
