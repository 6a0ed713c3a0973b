"""Killed at any moment, a build leaves what it found or what it made, and the next one the same as from nothing."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tests.small_site import (
    built,
    change_site,
    cold_output,
    files_in,
    make_site,
    output_of,
    quick_and_trusting,
    stages_of,
    unlike_their_hash,
)
from tests.steps import die_at, in_child

STAGING = ".frtfeed-new"
MOMENTS = 200


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
    """Return what the state folder holds, by file, as the next build would find it."""
    state, copy = site / ".frtfeed", site.with_name("copy")  # to look at a database mends it
    if not state.exists():
        return {}
    shutil.copytree(state, copy)
    found: dict[str, object] = {}
    for path in copy.glob("*.sqlite"):
        with closing(sqlite3.connect(path)) as connection:
            found[path.name] = [row for row in connection.iterdump() if row not in ("BEGIN TRANSACTION;", "COMMIT;")]
    for path in copy.glob("*.json"):
        told = json.loads(path.read_bytes())
        told.pop("outputs", "")  # holds the times of files
        found[path.name] = told
    shutil.rmtree(copy)
    return found


def put_back(saved: Path, site: Path) -> None:
    """Let a project be as it was saved; its stories keep their times."""
    for name, copy in (("out", os.link), (".frtfeed", shutil.copy2)):  # an output is never changed in its place
        shutil.rmtree(site / name, ignore_errors=True)
        if (saved / name).exists():
            shutil.copytree(saved / name, site / name, copy_function=copy)


def nothing_before(site: Path) -> None:
    """The stories are there, and were never built."""


def built_and_changed(site: Path) -> None:
    """The stories were built, then one was changed, one added, one removed."""
    built(site)
    change_site(site)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "moments"),
    [
        pytest.param(built_and_changed, MOMENTS, id="a changed folder"),
        pytest.param(nothing_before, MOMENTS // 8, id="a first build"),
    ],
)
def test_killed(site: Path, tmp_path: Path, before: Callable[[Path], None], moments: int) -> None:
    """
    Killed at any of its steps on the disk, a build leaves every file and every memory old or new; the next one
    makes what a build from nothing makes, leaves nothing beside it, and is remembered.
    """
    before(site)
    old, old_memory = output_of(site), memory_of(site)
    saved = Path(shutil.copytree(site, tmp_path / "saved"))
    steps = in_child(partial(built, site), root=site).steps
    new, new_memory, new_names = output_of(site), memory_of(site), names_beside_output(site)
    assert cold_output(site) == new != old
    assert [] == unlike_their_hash(site / "out")
    seen, tried = set(), set()
    for at in (number * steps // moments for number in range(moments)):
        put_back(saved, site)
        assert in_child(partial(built, site), root=site, at_step=partial(die_at, at)).killed, at
        left = hash(tuple(files_in(site).items()))
        if left in tried:  # the step before left the same: what follows would be the same, too
            continue
        tried.add(left)
        seen.add(whole(site, old, new))
        for name, held in memory_of(site).items():
            assert held in (old_memory.get(name, []), new_memory[name]), (at, name)
        built(site)
        assert new == output_of(site), at
        assert new_names == names_beside_output(site), at
        assert ("walk",) == stages_of(site), at
    assert {"old", "between", "new"} == seen


def names_beside_output(site: Path) -> list[str]:
    """Return the names of what a build leaves in the project besides its output."""
    return sorted([*os.listdir(site), *os.listdir(site / ".frtfeed")])


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
