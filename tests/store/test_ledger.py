"""Which item became which file."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from sqlite3 import Connection

import pytest

from frtfeed.records import replace
from frtfeed.store import ledger
from frtfeed.store.database import database, prepare
from frtfeed.store.ledger import Entry, OpenPlan
from tests.edit.stories import MONDAY

ENTRY = Entry(
    file="inbox/a.md",
    source="watch",
    provider="a.example",
    title_key="police scan faces again",
    published=MONDAY,
    fields={"title": "Police scan faces: again", "topics": ["Ä"]},
    names=("watch 1", "https://a.example/1"),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Connection]:
    """An empty ledger."""
    with database(tmp_path / "frtfeed.sqlite") as connection:
        ledger.open_ledger(connection)
        yield connection


def test_a_story_is_found_by_any_name(store: Connection) -> None:
    """What was planned is known at once, by each of its names, with the fields that were written."""
    ledger.plan(store, [ENTRY])
    for name in ENTRY.names:
        found = ledger.find(store, ["unknown", name])
        assert found
        assert (ENTRY.file, ENTRY.source, ENTRY.fields) == (found.file, found.source, found.fields)
    assert ledger.find(store, ["unknown"]) is None
    assert (False, True) == (ledger.unknown(store, ENTRY.names), ledger.unknown(store, (*ENTRY.names, "x")))


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, True),
        ({"published": MONDAY + timedelta(days=3)}, True),
        ({"published": MONDAY + timedelta(days=3, seconds=1)}, False),
        ({"published": MONDAY - timedelta(days=4)}, False),
        ({"provider": "b.example"}, False),
        ({"provider": ""}, False),
        ({"title_key": "another"}, False),
        ({"days": 0}, False),
    ],
)
def test_a_story_is_found_by_its_title(store: Connection, given: dict[str, object], found: bool) -> None:
    """The same title by the same provider within days is the same story."""
    ledger.plan(store, [ENTRY])
    asked = {"provider": ENTRY.provider, "title_key": ENTRY.title_key, "published": MONDAY, "days": 3, **given}
    assert found == bool(ledger.find(store, [], **asked))  # type: ignore[arg-type]


def test_a_story_is_found_by_each_of_its_titles(store: Connection) -> None:
    """A title that a story had later finds it too, by the date of its last item."""
    ledger.plan(store, [ENTRY])
    for day in (0, 5):
        at = MONDAY + timedelta(days=day)
        ledger.know_title(store, Entry(file=ENTRY.file, provider="a.example", title_key="another", published=at))
    found = [
        ledger.find(store, [], provider="a.example", title_key=title, published=MONDAY + timedelta(days=day), days=1)
        for title, day in (("another", 5), ("another", 0), (ENTRY.title_key, 0), (ENTRY.title_key, 5))
    ]
    assert [True, False, True, False] == [each is not None for each in found]
    ledger.know_title(store, Entry(file=ENTRY.file, provider="a.example", title_key="", published=MONDAY))
    assert ledger.find(store, [], provider="a.example", title_key="", published=MONDAY, days=1) is None


def test_a_ledger_of_before_keeps_its_titles(tmp_path: Path) -> None:
    """A ledger that an earlier frtfeed wrote is brought to today's form, with all that it knew."""
    with database(tmp_path / "old.sqlite") as connection:
        prepare(connection, "ledger", steps=ledger.STEPS[:4])
        row = (ENTRY.file, "watch", "a.example", ENTRY.title_key, "2024-02-19T12:00:00Z", "{}", None)
        connection.execute("INSERT INTO story VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        ledger.open_ledger(connection)
        found = ledger.find(connection, [], provider="a.example", title_key=ENTRY.title_key, published=MONDAY, days=1)
    assert found
    assert (ENTRY.file, False) == (found.file, found.gone)


def test_a_source_may_change_its_name(store: Connection) -> None:
    """Its stories and guids go by the new name; those of a source whose name begins alike do not."""
    ledger.plan(store, [ENTRY, replace(ENTRY, file="inbox/b.md", source="watch-2", names=("watch-2 1",))])
    ledger.rename_source(store, "watch", to="wacht")
    assert ["wacht", None, "watch-2"] == [
        found.source if (found := ledger.find(store, [name])) else None for name in ("wacht 1", "watch 1", "watch-2 1")
    ]


def test_a_story_may_go_and_come_back_and_follow_another(store: Connection) -> None:
    """That a file is gone, and whom its story follows, is remembered."""
    ledger.plan(store, [ENTRY])
    ledger.mark_gone(store, ENTRY.file, gone=True)
    ledger.adopt(store, ENTRY.file, source="other")
    found = ledger.find(store, ENTRY.names)
    assert found
    assert (True, "other") == (found.gone, found.source)
    ledger.mark_gone(store, ENTRY.file, gone=False)
    assert not ledger.find(store, ENTRY.names).gone  # type: ignore[union-attr]


def test_plans_are_open_until_they_end(store: Connection) -> None:
    """A plan that was not ended is told; an ended change counts, an abandoned one does not."""
    ledger.plan(store, [ENTRY])
    assert (OpenPlan(file=ENTRY.file, new=True),) == ledger.open_plans(store)
    ledger.end_plans(store, [ENTRY.file, "other"])
    assert () == ledger.open_plans(store)
    ledger.plan_change(store, ENTRY.file, fields={"title": "B"})
    assert (OpenPlan(file=ENTRY.file, new=False),) == ledger.open_plans(store)
    ledger.abandon(store, ENTRY.file)
    assert ((), ENTRY.fields) == (ledger.open_plans(store), ledger.find(store, ENTRY.names).fields)  # type: ignore[union-attr]
    ledger.plan_change(store, ENTRY.file, fields={"title": "B"})
    ledger.end_plans(store, [ENTRY.file])
    assert {"title": "B"} == ledger.find(store, ENTRY.names).fields  # type: ignore[union-attr]


def test_plans_are_made_together_or_not_at_all(store: Connection) -> None:
    """A plan that fails takes back those before it."""
    broken = Entry(file="inbox/b.md", published=MONDAY, fields={"x": object()})
    with pytest.raises(TypeError):
        ledger.plan(store, [ENTRY, broken])
    assert ledger.find(store, ENTRY.names) is None


def test_a_moved_file_keeps_its_names(store: Connection) -> None:
    """A story is found where its file lies by now."""
    ledger.plan(store, [ENTRY])
    ledger.move(store, ENTRY.file, to="2024/a.md")
    assert "2024/a.md" == ledger.find(store, ENTRY.names).file  # type: ignore[union-attr]
    by_title = {"provider": ENTRY.provider, "title_key": ENTRY.title_key, "published": MONDAY, "days": 1}
    assert "2024/a.md" == ledger.find(store, [], **by_title).file  # type: ignore[union-attr,arg-type]


def test_an_editors_file_is_known(store: Connection) -> None:
    """A file that no item made is known by the names it came by, and follows no source."""
    ledger.know(store, Entry(file="own.md", published=MONDAY, names=("watch 7",)))
    found = ledger.find(store, ["watch 7"])
    assert ("own.md", "", {}) == (found.file, found.source, found.fields)  # type: ignore[union-attr]
