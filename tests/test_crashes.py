"""Killed at any moment, a build leaves what it found or what it made, and the next one the same as from nothing."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from frtfeed.records import replace
from frtfeed.store.desk import DESK_NAME, DeskStore
from frtfeed.store.fragments import FRAGMENTS_NAME
from frtfeed.store.parse_cache import CACHE_NAME
from tests.small_site import (
    STATE_FILES,
    built,
    built_by_one_lot,
    change_site,
    cold_output,
    exchange_stories,
    files_left,
    is_sealed,
    is_short,
    make_site,
    memory_in_json,
    output_of,
    put_back,
    put_more_aside,
    quick_and_trusting,
    stages_of,
    unlike_their_hash,
)
from tests.steps import die_at, in_child

pytestmark = pytest.mark.no_cover  # what is measured here are disks; to watch every line takes twice as long

STAGING = ".frtfeed-new"
MOMENTS = 200
PROJECT = STATE_FILES | {"frtfeed.toml", "seeds", "out", ".frtfeed"}
DESK_PAGE_BYTES = 4096
JOURNAL = f"{DESK_NAME}-journal"  # goes when the desk is asked or written again


@pytest.fixture(autouse=True, scope="module")
def _quick() -> Iterator[None]:
    with quick_and_trusting(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", lambda file: None)  # what a killed process has written outlives it all the same
        yield


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "site").mkdir()
    return make_site(tmp_path / "site")


def memory_of(site: Path) -> dict[str, object]:
    """Return what the state folder holds, by file, as the next build would find it: what counts as nothing is not."""
    state, copy = site / ".frtfeed", site.with_name("copy")  # to look at a database mends it
    if not state.exists():
        return {}
    shutil.copytree(state, copy)
    found: dict[str, object] = {}
    if (copy / CACHE_NAME).exists():
        found[CACHE_NAME] = [row for row in rows_of(copy / CACHE_NAME) if not row.startswith('INSERT INTO "salt"')]
    if (copy / FRAGMENTS_NAME).exists():
        found[FRAGMENTS_NAME] = rows_of(copy / FRAGMENTS_NAME)
    if is_sealed(state / DESK_NAME):
        found[DESK_NAME] = what_is_known(copy / DESK_NAME)
    for path in copy.glob("*.json"):
        found[path.name] = memory_in_json(path)
    found["together"] = DESK_NAME in found and generation_of(copy / CACHE_NAME) == generation_of(copy / DESK_NAME)
    shutil.rmtree(copy)
    return found


def rows_of(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return sorted(row for row in connection.iterdump() if row not in ("BEGIN TRANSACTION;", "COMMIT;"))


def what_is_known(path: Path) -> object:
    """Return all that a desk holds, but for which state of the cache it goes with: that is drawn by lot."""
    with closing(DeskStore(path)) as store:
        about = replace(store.about(), generation="")
    return about, [row for row in rows_of(path) if not row.startswith('INSERT INTO "about"')]


def generation_of(path: Path) -> str:
    """Return which state of the parse cache a file is, or goes with; "" for none."""
    if path.name == DESK_NAME:
        with closing(DeskStore(path)) as store:
            return store.about().generation
    with closing(sqlite3.connect(path)) as connection:
        known = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'salt'").fetchone()
        return str(connection.execute("SELECT generation FROM salt").fetchone()[0]) if known else ""


def nothing_before(site: Path) -> None:
    """The stories are there, and were never built."""


def built_and_changed(site: Path) -> None:
    """The stories were built, then one was changed, one added, one removed."""
    built(site)
    change_site(site)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "moments", "writes_early"),
    [
        pytest.param(built_and_changed, MOMENTS, False, id="a changed folder"),
        pytest.param(built_and_changed, MOMENTS // 8, True, id="a changed folder, databases half written"),
        pytest.param(nothing_before, MOMENTS // 8, False, id="a first build"),
    ],
)
def test_killed(site: Path, tmp_path: Path, before: Callable[[Path], None], moments: int, writes_early: bool) -> None:
    """
    Killed at any of its steps on the disk, a build leaves every file and every memory old or new, or as good as
    none; the next one makes what a build from nothing makes, leaves nothing beside it, and is remembered;
    and so do those after the next changes.
    """
    before(site)
    old, old_memory = output_of(site), memory_of(site)
    saved = Path(shutil.copytree(site, tmp_path / "saved"))
    later = put_more_aside(site)
    steps = len(in_child(partial(built_by_one_lot, site), root=site).steps)
    new, new_memory = output_of(site), memory_of(site)
    assert cold_output(site) == new != old
    assert [] == unlike_their_hash(site / "out")
    put_back(saved, site)
    assert bool(old) == is_short(stages_of(site))
    seen, tried = set(), set()
    for at in (number * steps // moments for number in range(moments)):
        put_back(saved, site)
        died = in_child(
            partial(built_by_one_lot, site), root=site, at_step=partial(die_at, at), writes_early=writes_early
        )
        assert died.killed, at
        left = files_left(site)
        if left in tried:  # the step before left the same: what follows would be the same, too
            continue
        seen.add(whole(site, old, new))
        is_new_memory = left[1] not in {memory for _, memory in tried}
        tried.add(left)
        if is_new_memory:
            remembered(memory_of(site), old_memory, new_memory)
        built(site)
        assert new == output_of(site), at
        assert PROJECT == names_beside_output(site), at
        assert ("walk",) == stages_of(site), at
        if is_new_memory:
            exchange_stories(site)
            built(site)
            assert later == output_of(site), at
            exchange_stories(site)
            built(site)
            assert new == output_of(site), at
            assert PROJECT == names_beside_output(site), at
    assert {"old", "between", "new"} == seen


@pytest.mark.slow
def test_no_journal_beside_another_desk(site: Path) -> None:
    """What SQLite was to undo in a desk is never undone in the one that took its place."""
    built_and_changed(site)
    journal = site / ".frtfeed" / JOURNAL
    assert in_child(
        partial(built_by_one_lot, site), root=site, at_step=partial(die_where, journal), writes_early=True
    ).killed
    assert journal.exists()
    built(site)
    assert not journal.exists()


def die_where(there: Path, number: int, kind: str) -> None:
    """End as soon as a file has something in it."""
    if there.exists() and there.stat().st_size > DESK_PAGE_BYTES:
        die_at(number, number, kind)


def names_beside_output(site: Path) -> set[str]:
    """Return the names of what a build leaves in the project besides its output."""
    return {*os.listdir(site), *os.listdir(site / ".frtfeed")}


def remembered(memory: Mapping[str, object], old: Mapping[str, object], new: Mapping[str, object]) -> None:
    """Make sure that each memory is one build's, and that a desk is asked only beside the cache that it goes with."""
    for name in memory.keys() - {"together"}:
        assert memory[name] in (old.get(name, []), new[name]), name
    if memory.get("together"):
        of_one_build = [{name: each.get(name) for name in (CACHE_NAME, DESK_NAME)} for each in (memory, old, new)]
        assert of_one_build[0] in of_one_build[1:]


def whole(site: Path, old: dict[str, bytes], new: dict[str, bytes]) -> str:
    """Make sure that a reader finds whole files, all of one build but while they are exchanged; tell which."""
    found = {path: content for path, content in output_of(site).items() if not path.startswith(STAGING)}
    exchanging = (site / "out" / STAGING / "journal.json").exists()
    if found == new:
        return "new"
    if not exchanging:
        assert old == found
        return "old"
    # A few milliseconds, in which a reader may see pages of both; the next build finishes it.
    assert old.keys() & new.keys() <= found.keys() <= old.keys() | new.keys()
    assert all(content in (old.get(path), new.get(path)) for path, content in found.items())
    return "between"
