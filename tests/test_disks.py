"""Disks that are full, read-only, damaged or too quick: nothing is lost, the output is that of a first build."""

import json
import os
import resource
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from frtfeed import pipeline
from frtfeed.cli import main
from frtfeed.fetch import folder
from frtfeed.fetch.folder import Found
from frtfeed.model import Document, Problem
from frtfeed.store import last_build, parse_cache
from tests.newsdesk.desk import as_nobody
from tests.small_site import (
    NOW,
    built,
    change_site,
    cold_output,
    files_in,
    make_site,
    output_of,
    quick_and_trusting,
    stages_of,
    write,
)
from tests.steps import RENAMES, TAKES_ROOM, fail_from, in_child

LONG_AGO = 1_700_000_000 * 10**9
HOUR = 3600 * 10**9


@pytest.fixture(autouse=True, scope="module")
def _quick() -> Iterator[None]:
    with quick_and_trusting():
        yield


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "site").mkdir()
    return make_site(tmp_path / "site")


def asked_to_build(site: Path) -> Result:
    """Run the command."""
    words = ["build", "--config", site / "frtfeed.toml", "--now", NOW.strftime("%Y-%m-%dT%H:%M:%SZ")]
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def mended(site: Path) -> None:
    """Make sure that a build without a fault makes the right output, leaves nothing beside it, and is remembered."""
    built(site)
    assert cold_output(site) == output_of(site)
    assert ("walk",) == stages_of(site)
    beside = {path.name for path in (site / ".frtfeed").iterdir()}
    assert beside <= {"last-build.began", "last-build.json", "parse-cache.sqlite"}


# Full disks


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kinds", "outputs"),
    [
        pytest.param(TAKES_ROOM, {"old", "new"}, id="nothing can be written"),
        pytest.param(RENAMES, {"old", "between", "new"}, id="nothing can be renamed"),
    ],
)
def test_a_disk_that_fills_up(site: Path, kinds: tuple[str, ...], outputs: set[str]) -> None:
    """
    Whenever the disk fills, the old output stands and the message says what to do, or all was written before;
    where not even renames can be finished or undone, it says that, and the next build finishes them.
    """
    built(site)
    change_site(site)
    old = output_of(site)
    saved = site.with_name("saved")
    shutil.copytree(site, saved)
    steps = in_child(partial(built, site), root=site).steps
    new = output_of(site)
    seen = set()
    for first in range(0, steps + 8, 8):
        for name in ("out", ".frtfeed"):
            shutil.rmtree(site / name)
            shutil.copytree(saved / name, site / name)
        told = in_child(partial(built, site), root=site, at_step=partial(fail_from, first, kinds)).told
        left = output_of(site)
        seen.add("old" if left == old else "new" if left == new else "between")
        fault = (
            "an interrupted build cannot be finished" if left not in (old, new) else "what was there before is whole"
        )
        assert (left == new) == (told == ""), (first, told)
        if told:
            assert f"{fault}: No space left on device. Check space and permissions, then build again." in told
            assert told.startswith(str(site))
        built(site)
        assert new == output_of(site)
    assert outputs == seen
    mended(site)


def with_little_room(site: Path, room_bytes: int) -> None:
    """Build where no file may grow beyond so many bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (room_bytes, room_bytes))
    built(site)


@pytest.mark.parametrize("room_bytes", [0, 1_000, 5_000], ids=str)
def test_files_that_may_not_grow(site: Path, room_bytes: int) -> None:
    """Refused by the system itself, SQLite's writes too, a build leaves the old output whole, and says so."""
    built(site)
    change_site(site)
    old = output_of(site)
    told = in_child(partial(with_little_room, site, room_bytes), root=site).told
    assert old == output_of(site)
    assert told.startswith(f"{site}/out")
    assert told.endswith("whole: File too large. Check space and permissions, then build again.")
    mended(site)


def test_a_memory_that_may_not_grow(site: Path) -> None:
    """Room for every page, and none for the database of what was read: the output is made, and the next remembers."""
    built(site)
    room_bytes = max(len(content) for content in files_in(site / "out").values())
    assert room_bytes < (site / ".frtfeed/parse-cache.sqlite").stat().st_size
    shutil.rmtree(site / ".frtfeed")
    change_site(site)
    assert "" == in_child(partial(with_little_room, site, room_bytes), root=site).told
    assert cold_output(site) == output_of(site)
    write(site, "beacon", title="Police drop new glasses")
    mended(site)


def test_no_room_for_the_memory(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only the state folder's disk is full, the output is made all the same."""

    def full(self: sqlite3.Connection, rows: object, *, gone: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(parse_cache.ParseCache, "_write", full)
        patched.setattr(last_build.os, "replace", _no_space_in(site / ".frtfeed"))
        built(site)
    assert cold_output(site) == output_of(site)
    mended(site)


def _no_space_in(folder: Path) -> Callable[[Path, Path], None]:
    def replace_file(source: Path, target: Path, real: Callable[[Path, Path], None] = os.replace) -> None:
        if Path(target).parent == folder:
            raise OSError(28, "No space left on device", str(source), None, str(target))
        real(source, target)

    return replace_file


# Folders that may be read and not written


needs_open_code = pytest.mark.skipif(
    any(not parent.stat().st_mode & 0o001 for parent in Path(pipeline.__file__).parents) and os.geteuid() == 0,
    reason="frtfeed lies in a folder that only root may enter",
)


def asked_by_nobody(site: Path) -> Result:
    """Run the command as a user who owns nothing; all that it imports is imported before."""
    cold_output(site)
    with as_nobody(site):
        return asked_to_build(site)


def read_only(path: Path) -> None:
    for each in (path, *path.rglob("*")):
        each.chmod(0o555 if each.is_dir() else 0o444)


def open_to_all(path: Path) -> None:
    for each in (path, *path.rglob("*")):
        each.chmod(0o777)


@needs_open_code
def test_a_read_only_output(site: Path) -> None:
    """An output folder that may not be written is named, with what to do, and stays as it was."""
    built(site)
    old = output_of(site)
    change_site(site)
    (site / ".frtfeed").chmod(0o777)
    read_only(site / "out")
    told = asked_by_nobody(site)
    assert (2, old) == (told.exit_code, output_of(site))
    assert (
        f"{site}/out/.frtfeed-new: cannot be written; what was there before is whole: Permission denied. "
        "Check space and permissions, then build again.\n"
    ) == told.output
    open_to_all(site / "out")
    mended(site)


@needs_open_code
def test_a_read_only_folder_within_the_output(site: Path) -> None:
    """One folder of the output that may not be written is named before any file of it is exchanged."""
    built(site)
    old = output_of(site)
    change_site(site)
    open_to_all(site / "out")
    (site / "out/digest/2024-W11").chmod(0o555)
    told = asked_by_nobody(site)
    assert (2, old) == (told.exit_code, output_of(site))
    assert f"{site}/out/digest/2024-W11/" in told.output
    assert ": cannot be written; what was there before is whole: " in told.output
    open_to_all(site / "out")
    mended(site)


def test_a_file_in_the_place_of_the_output(site: Path) -> None:
    """A file where the output folder should be is named and left alone, whoever asks."""
    (site / "out").write_text("mine")
    told = asked_to_build(site)
    assert (2, "mine") == (told.exit_code, (site / "out").read_text())
    assert f"{site}/out: cannot be used for the output: File exists. " in told.output


def _empty_and_read_only(site: Path) -> None:
    (site / ".frtfeed").mkdir(mode=0o555)


def _of_an_earlier_build(site: Path) -> None:
    built(site)
    read_only(site / ".frtfeed")


def _a_file(site: Path) -> None:
    (site / ".frtfeed").write_text("a file in its place")


@needs_open_code
@pytest.mark.parametrize("make", [_empty_and_read_only, _of_an_earlier_build, _a_file])
def test_a_state_folder_that_cannot_be_written(site: Path, make: Callable[[Path], None]) -> None:
    """Without a place for what is to be remembered a build is a first build each time, and none fails."""
    make(site)
    (site / "out").mkdir(exist_ok=True)
    for title in ("Council sells the cameras", "Council buys the cameras back"):
        write(site, "argus", title=title)
        open_to_all(site / "out")
        assert 0 == asked_by_nobody(site).exit_code
        assert cold_output(site) == output_of(site)


@pytest.mark.xfail(strict=True, reason="pipeline.build says nothing of a memory that it could not write")
def test_a_memory_that_cannot_be_written_is_told(site: Path) -> None:
    """An editor whose builds are slow for want of a memory is told why, in a line that stops nothing."""
    (site / ".frtfeed").write_text("a file in its place")
    told = asked_to_build(site)
    assert 0 == told.exit_code
    assert [line for line in told.output.splitlines() if line.startswith(f"{site}/.frtfeed")]


# Clocks


def test_an_earlier_instant(site: Path) -> None:
    """A build for an earlier instant, after one for a later, is what a first build for it would be."""
    later = NOW + timedelta(days=40)
    built(site, now=later)
    built(site, now=NOW)
    assert cold_output(site, now=NOW) == output_of(site)
    built(site, now=later)
    assert cold_output(site, now=later) == output_of(site)


@pytest.fixture
def still_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """All files say that they were changed long ago; sets what the disk's clock says when a build begins."""
    monkeypatch.setattr(last_build, "RACY_NS", 2 * 10**9)
    monkeypatch.setattr(parse_cache, "SETTLED_NS", 2 * 10**9)
    real = folder._found
    monkeypatch.setattr(
        folder,
        "_found",
        lambda path, status: replace(real(path, status), mtime_ns=LONG_AGO, ctime_ns=LONG_AGO, inode=1),
    )

    def set_clock(at_ns: int) -> None:
        monkeypatch.setattr(pipeline, "mark_begin", lambda path: at_ns)
        monkeypatch.setattr(parse_cache, "_now_at", lambda folder: at_ns)

    return set_clock


@pytest.mark.parametrize(
    ("clock_ns", "sees"),
    [
        pytest.param(LONG_AGO - HOUR, True, id="set back behind the files"),
        pytest.param(LONG_AGO + 10**9, True, id="a second after them"),
        pytest.param(LONG_AGO + HOUR, False, id="an hour after them"),
    ],
)
def test_a_clock_set_back(site: Path, still_clock: Callable[[int], None], clock_ns: int, sees: bool) -> None:
    """By a clock that is behind the files', their times say nothing: a change under the same times is seen."""
    still_clock(clock_ns)
    built(site)
    before = output_of(site)
    write(site, "argus", title="Council sells the cameras")  # as long as the title that it had
    built(site)
    assert sees == (before != output_of(site))
    assert (cold_output(site) if sees else before) == output_of(site)


def test_times_in_the_future(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A story from a machine whose clock runs ahead is read like any other, and its changes are seen."""
    monkeypatch.setattr(parse_cache, "SETTLED_NS", 2 * 10**9)
    future = (NOW + timedelta(days=30_000)).timestamp()
    os.utime(site / "seeds" / "argus.md", (future, future))
    built(site)
    assert cold_output(site) == output_of(site)
    assert ("walk",) == stages_of(site)
    write(site, "argus", title="Council sells the cameras")
    os.utime(site / "seeds" / "argus.md", (future, future))
    assert "Council sells the cameras" in _front_page(site)
    mended(site)


def _front_page(site: Path) -> str:
    built(site)
    return output_of(site)["index.html"].decode()


# Files that do not keep still


class Restless:
    """Lets something happen to argus.md, once, just before it is read or just after."""

    def __init__(self) -> None:
        self.before: list[Callable[[Path], None]] = []
        self.after: list[Callable[[Path], None]] = []

    def read(self, root: Path, found: Found) -> Document | Problem:
        mine = found.path == "argus.md"
        if mine and self.before:
            self.before.pop()(root / found.path)
        document = folder.read_document(root, found)
        if mine and self.after:
            self.after.pop()(root / found.path)
        return document


@pytest.fixture
def restless(monkeypatch: pytest.MonkeyPatch) -> Restless:
    made = Restless()
    monkeypatch.setattr(pipeline, "read_document", made.read)
    return made


def test_a_file_that_vanishes(site: Path, restless: Restless) -> None:
    """A story removed between the walk and its turn is named in a line; the others are told, and the next is right."""
    restless.before.append(Path.unlink)
    told = asked_to_build(site)
    assert 0 == told.exit_code
    assert f"{site}/seeds/argus.md: cannot be read: No such file or directory. Story skipped. " in told.output
    assert but_for_the_report(cold_output(site)) == but_for_the_report(output_of(site))
    assert f"{site}/seeds/argus.md" not in asked_to_build(site).output
    mended(site)


def but_for_the_report(output: dict[str, bytes]) -> dict[str, bytes]:
    """Leave out build.json, which names the file and the fault."""
    return {path: content for path, content in output.items() if path != "build.json"}


def test_a_file_that_changes(site: Path, restless: Restless) -> None:
    """A story saved between the walk and its turn is told as it is by then, and is not taken for known later."""
    restless.before.append(_sell)
    assert "Council sells the cameras" in _front_page(site)
    assert cold_output(site) == output_of(site)
    mended(site)


def test_a_file_that_changes_when_it_has_been_read(site: Path, restless: Restless) -> None:
    """A story saved again while a build runs that has read it is told as it was, and by the next build as it is."""
    restless.after.append(_sell)
    assert "Council halts the cameras" in _front_page(site)
    assert "Council sells the cameras" in _front_page(site)
    mended(site)


def test_a_file_half_written(site: Path, restless: Restless) -> None:
    """A story read while it is being written is named in a line; when it is whole, the next build tells it."""
    whole = (site / "seeds" / "argus.md").read_text()
    restless.before.append(_cut)
    told = asked_to_build(site)
    assert 0 == told.exit_code
    assert f"{site}/seeds/argus.md" in told.output
    (site / "seeds" / "argus.md").write_text(whole)
    assert "argus.md" not in asked_to_build(site).output
    mended(site)


def _sell(path: Path) -> None:
    path.write_text(path.read_text().replace("Council halts the cameras", "Council sells the cameras"))


def _cut(path: Path) -> None:
    path.write_text(path.read_text()[:60])


# A state folder with something else in it


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _overwritten(path: Path) -> None:
    path.write_bytes(b"\x00\xff text, and nothing that is ours" * 200)


def _cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _of_another_version(path: Path) -> None:
    if path.suffix == ".sqlite":
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE salt SET salt = 'of another version'")
    else:
        path.write_text(json.dumps({"version": 99, "inputs": "?"}))


def _a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("changed", [False, True], ids=["nothing changed", "stories changed"])
@pytest.mark.parametrize("damage", [_emptied, _overwritten, _cut_off, _of_another_version, _a_folder, _gone])
@pytest.mark.parametrize("name", ["parse-cache.sqlite", "last-build.json", "last-build.began"])
def test_a_damaged_memory(site: Path, name: str, damage: Callable[[Path], None], changed: bool) -> None:
    """Whatever stands in the place of what was remembered, a build makes what a first one makes, and says no more."""
    built(site)
    damage(site / ".frtfeed" / name)
    if changed:
        change_site(site)
    told = asked_to_build(site)
    assert (0, "") == (told.exit_code, told.stderr)
    assert cold_output(site) == output_of(site)
    if damage is not _a_folder:
        mended(site)


def test_another_memory_is_never_taken_for_ours(site: Path, tmp_path: Path) -> None:
    """The state folder of another project, copied over, changes no byte."""
    other = tmp_path / "other"
    other.mkdir()
    make_site(other)
    change_site(other)
    built(other)
    built(site)
    shutil.rmtree(site / ".frtfeed")
    shutil.copytree(other / ".frtfeed", site / ".frtfeed")
    change_site(site)
    built(site)
    assert cold_output(site) == output_of(site)
