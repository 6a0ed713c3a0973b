"""Disks that are full, read-only, damaged or too quick: nothing is lost, the output is that of a first build."""

import json
import os
import resource
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from frtfeed.cli import main
from frtfeed.fetch import folder
from frtfeed.fetch.listing import Listing, list_folder
from frtfeed.found import Found
from frtfeed.model import Document, Problem
from frtfeed.pipeline import building, reading, rebuilding
from frtfeed.records import replace
from frtfeed.store import last_build, parse_cache
from frtfeed.store.desk import DESK_NAME, DeskStore, Findings, seal
from frtfeed.store.parse_cache import CACHE_NAME
from tests.folders import bundles
from tests.newsdesk.desk import as_nobody
from tests.small_site import (
    NOW,
    STATE_FILES,
    built,
    built_by_one_lot,
    change_site,
    cold_output,
    exchange_stories,
    files_in,
    files_left,
    is_short,
    make_site,
    output_of,
    put_back,
    put_more_aside,
    quick_and_trusting,
    stages_of,
    write,
)
from tests.steps import RENAMES, TAKES_ROOM, fail_from, in_child

pytestmark = pytest.mark.no_cover  # what is measured here are disks; to watch every line takes twice as long

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
    assert names_in_state(site) <= STATE_FILES


def names_in_state(site: Path) -> set[str]:
    return set(os.listdir(site / ".frtfeed"))


def by_the_short_way(site: Path) -> None:
    """Make sure that a build asks the last one's desk."""
    assert is_short(stages_of(site))


# Full disks


# What a build could not finish that had no room, it leaves until one from nothing makes it anew.


def built_and_saved(site: Path) -> tuple[Path, dict[str, bytes]]:
    """
    Build, and change some stories so that the next build takes the short way.

    Returns: where the project is saved; what a build makes of the stories that lie aside, with one more change.
    """
    built(site)
    change_site(site)
    saved = Path(shutil.copytree(site, site.with_name("saved")))
    later = put_more_aside(site)
    put_back(saved, site)
    by_the_short_way(site)
    put_back(saved, site)
    return saved, later


def mended_for_good(site: Path, *, new: dict[str, bytes], later: dict[str, bytes]) -> None:
    """Make sure that the next build is right, and those after the next changes; nothing stays behind."""
    for wanted in (new, later, new):
        built(site)
        assert wanted == output_of(site)
        exchange_stories(site)
    exchange_stories(site)
    assert names_in_state(site) <= STATE_FILES


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
    From whichever write on the disk is full (every other one is tried), the old output stands and the message says
    what to do, or all was written before; where not even renames can be finished or undone, it says that, and the
    next build finishes them.
    """
    saved, later = built_and_saved(site)
    old = output_of(site)
    steps = in_child(partial(built_by_one_lot, site), root=site).steps
    new = output_of(site)
    seen, tried = set(), set()
    for first in [number for number, kind in enumerate(steps) if kind in kinds][::2]:
        put_back(saved, site)
        told = in_child(partial(built_by_one_lot, site), root=site, at_step=partial(fail_from, first, kinds)).told
        left = output_of(site)
        seen.add("old" if left == old else "new" if left == new else "between")
        fault = (
            "an interrupted build cannot be finished" if left not in (old, new) else "what was there before is whole"
        )
        assert (left == new) == (told == ""), (first, told)
        if told:
            assert f"{fault}: No space left on device. Check space and permissions, then build again." in told
            assert told.startswith(str(site))
        if files_left(site) not in tried:  # what follows would be the same, too
            tried.add(files_left(site))
            mended_for_good(site, new=new, later=later)
    assert outputs == seen


def with_little_room(site: Path, room_bytes: int) -> None:
    """Build where no file may grow beyond so many bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (room_bytes, room_bytes))
    built(site)


@pytest.mark.slow
def test_files_that_may_not_grow(site: Path) -> None:
    """
    Refused by the system itself, SQLite's writes too, wherever in them, a build leaves the old output whole
    and says so, or makes the new one; the next ones are right.
    """
    saved, later = built_and_saved(site)
    old, page_bytes = output_of(site), 4096
    built(site)
    new = output_of(site)
    largest = max(map(len, files_in(site / "out").values()))
    enough = 2 * (site / ".frtfeed/desk.sqlite").stat().st_size
    told_at = {}
    for room_bytes in [0, 1_000, 5_000, *range(largest, enough, 2 * page_bytes)]:
        put_back(saved, site)
        told = told_at[room_bytes] = in_child(partial(with_little_room, site, room_bytes), root=site).told
        assert (old if told else new) == output_of(site), room_bytes
        if told:
            assert told.startswith(f"{site}/out")
            assert told.endswith("whole: File too large. Check space and permissions, then build again.")
        mended_for_good(site, new=new, later=later)
    assert [0, 1_000, 5_000] == [room_bytes for room_bytes, told in told_at.items() if told]


def test_nothing_unfinished_stays_behind(site: Path) -> None:
    """What a build began to remember on a full disk is gone after the next one that has room."""
    built(site)
    change_site(site)
    in_child(partial(with_little_room, site, 1_000), root=site)
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
    any(not parent.stat().st_mode & 0o001 for parent in Path(building.__file__).parents) and os.geteuid() == 0,
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
    open_to_all(site / ".frtfeed")
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

    def aged(root: Path) -> Listing:
        listing = list_folder(root)
        found = [file._replace(mtime_ns=LONG_AGO, ctime_ns=LONG_AGO, inode=1) for file in listing.files()]
        return listing._replace(bundles=bundles(found))

    monkeypatch.setattr(building, "list_folder", aged)

    def set_clock(at_ns: int) -> None:
        monkeypatch.setattr(rebuilding, "mark_begin", lambda path: at_ns)
        monkeypatch.setattr(parse_cache, "_now_at", lambda path: at_ns)

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
    monkeypatch.setattr(reading, "read_document", made.read)
    return made


def test_a_file_that_vanishes(site: Path, restless: Restless) -> None:
    """A story removed between the walk and its turn is named in a line; the others are told."""
    restless.before.append(Path.unlink)
    told = asked_to_build(site)
    assert 0 == told.exit_code
    assert f"{site}/seeds/argus.md: went away while it was being read. Story skipped. Build again.\n" in told.output
    assert but_for_the_report(cold_output(site)) == but_for_the_report(output_of(site))


def test_a_file_that_vanished_is_told_once(site: Path, restless: Restless) -> None:
    """The build after the one that missed a story says no more of it."""
    restless.before.append(Path.unlink)
    built(site)
    assert () == built(site).problems
    mended(site)


@pytest.mark.parametrize("name", ["large", "courier"], ids=["new", "grown"])
def test_a_file_that_was_too_large(site: Path, name: str) -> None:
    """A file that could not be read, and is gone, is told no more."""
    built(site)
    (site / f"seeds/{name}.md").write_bytes(b"x" * (folder.MAX_FILE_BYTES + 1))
    assert [f"{name}.md"] == [problem.path for problem in built(site).problems]
    (site / f"seeds/{name}.md").unlink()
    assert () == built(site).problems
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
    if path.name == DESK_NAME:
        with closing(DeskStore(path)) as store:
            store.write(Findings(about=replace(store.about(), salt="of another version")))
        seal(path)
    elif path.suffix == ".sqlite":
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE salt SET salt = 'of another version'")
    else:
        path.write_text(json.dumps({"version": 99, "inputs": "?", "salt": "?", "pages": {}}))


def _a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("changed", [False, True], ids=["nothing changed", "stories changed"])
@pytest.mark.parametrize("damage", [_emptied, _overwritten, _cut_off, _of_another_version, _a_folder, _gone])
@pytest.mark.parametrize("name", sorted(STATE_FILES))
def test_a_damaged_memory(site: Path, name: str, damage: Callable[[Path], None], changed: bool) -> None:
    """Whatever stands in the place of what was remembered, a build makes what a first one makes, and says no more."""
    built(site)
    path = site / ".frtfeed" / name
    damage(path)
    if changed:
        change_site(site)
    told = asked_to_build(site)
    warned = f"{site}/.frtfeed: warning: cannot be written: Is a directory. "
    assert (0, warned if path.suffix == ".began" and path.is_dir() and changed else "") == (
        told.exit_code,
        told.stderr.partition("Each build does the whole work.")[0],
    )
    assert cold_output(site) == output_of(site)
    if path.is_dir():
        path.rmdir()
    write(site, "beacon", title="Police drop new glasses")
    mended(site)
    assert STATE_FILES == names_in_state(site)
    write(site, "beacon", title="Police drop their glasses")
    by_the_short_way(site)
    mended(site)


def test_one_file_asks_for_the_time(site: Path) -> None:
    """Where the disk does not say when a build began, it is not asked another way."""
    (site / ".frtfeed/last-build.began").mkdir(parents=True)
    built(site)
    assert names_in_state(site) <= STATE_FILES


def _zeros(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


@pytest.mark.parametrize(
    "damage",
    [
        *(pytest.param(each) for each in (_emptied, _zeros, _overwritten, _cut_off)),
        _of_another_version,
    ],
)
def test_a_desk_that_a_power_cut_emptied(site: Path, damage: Callable[[Path], None]) -> None:
    """Bytes that never reached the disk, below a name, a size and times that did, count as nothing."""
    built(site)
    damage(site / ".frtfeed" / DESK_NAME)
    seal(site / ".frtfeed" / DESK_NAME)
    change_site(site)
    told = asked_to_build(site)
    assert (0, "") == (told.exit_code, told.stderr)
    mended(site)


def test_a_cache_that_cannot_be_used(site: Path) -> None:
    """Where what was read cannot be remembered, stories that others have replaced are told no more."""
    (site / ".frtfeed" / CACHE_NAME).mkdir(parents=True)
    built(site)
    for path in (site / "seeds").iterdir():
        path.unlink()
    write(site, "dispatch", title="School asks for palms")
    built(site)
    assert cold_output(site) == output_of(site)


def test_a_cache_that_could_not_be_written_once(site: Path) -> None:
    """What only one of the two memories has learnt is not taken for what both know."""
    argus, beacon = write(site, "argus"), write(site, "beacon")
    mention = "related:\n  - title: More\n    publishedDateTime: 2024-03-12\n    webUrl: https://moved.example/story\n"
    beacon.write_text(beacon.read_text().replace("topics:", f"{mention}topics:"))
    whole = argus.read_text()
    built(site)
    argus.write_text(whole.replace("argus.example", "moved.example"))
    with in_use(site / ".frtfeed" / CACHE_NAME):
        built(site)
    assert cold_output(site) == output_of(site)
    argus.write_text(whole.replace("argus.example", "elsewhere.example"))
    mended(site)


@contextmanager
def in_use(path: Path) -> Iterator[None]:
    """Let another program write a database, for longer than anyone waits."""
    with pytest.MonkeyPatch.context() as patched, closing(sqlite3.connect(path, isolation_level=None)) as other:
        patched.setattr(parse_cache, "BUSY_S", 0.0)
        other.execute("BEGIN IMMEDIATE")
        yield


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
