"""
Pages into a folder: all or nothing, unchanged files untouched, never outside the root.

Design note: docs/design/delivery.md.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from frtfeed.errors import DeliveryError

if TYPE_CHECKING:
    from frtfeed.model import Page

__all__ = ["Receipt", "deliver", "locked", "recover"]

STAGING = ".frtfeed-new"  # below the root, so that renames never cross a file system
JOURNAL = "journal.json"
PIECE_BYTES = 2**18
LIST_OF_OURS = "build.json"  # a build's report lists the files that it wrote


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a delivery did: paths below the root, sorted."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """
    Hold a folder for one build; made if it is not there.

    The folder itself is locked (flock), so that no file is left behind and the lock
    ends with the process, however it ends.

    Raises:
        DeliveryError: another build holds it, or it cannot be made or opened.
    """
    with _as_delivery_error(root, "cannot be used for the output"):
        root.mkdir(parents=True, exist_ok=True)
        folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DeliveryError(
                f"{root}: another build is writing here. This one leaves; run it again when that one has finished."
            ) from error
        yield
    finally:
        os.close(folder)


# Strategy: everything that can fail for want of space or rights happens in the staging folder
# first; then a journal of renames is written; only then do files change, by rename, pages before
# the indexes that name them. Killed before the journal, the old output stands and the staging
# folder is swept. Killed after it, recover() finishes the renames: the new output stands.
def deliver(
    pages: "Iterable[Page]",
    *,
    root: Path,
    previous: Iterable[str] = (),
    standing: Iterable[str] = (),
    differing: "Callable[[Page], None]" = lambda page: None,
) -> Receipt:
    """
    Make a folder hold these pages, and of earlier ones only what is still among them.

    Args:
        pages: unique by path.
        root: held by locked().
        standing: paths of pages that lie there as they should, and stay.
        differing: told of each page that does not lie there as it is, before the next one is asked for.
        previous: paths that an earlier delivery wrote; those not among pages are removed.
            Files that nobody wrote for us are never touched.

    Raises:
        DeliveryError: a path leads out of the root, or something could not be written;
            what was there before is whole.
    """
    recover(root)
    staging = root / STAGING
    replaced: list[str] = []
    unchanged = list(standing)
    try:
        with _as_delivery_error(root, "cannot be written; what was there before is whole"):
            for page in pages:
                target = _target(root, page.path)
                if _holds(target, page.content):
                    unchanged.append(page.path)
                else:
                    _stage(staging / "new" / page.path, page.content)
                    replaced.append(page.path)
                    differing(page)
            kept = {*replaced, *unchanged}
            removed = sorted(path for path in set(previous) - kept if _is_ours(root, path))
            replaced.sort(key=_reader_order)
            if replaced or removed:
                _commit(root, replaced, removed)
    except BaseException:
        if (staging / JOURNAL).exists():
            recover(root)  # interrupted between two renames: the new output is whole a moment later
        else:
            shutil.rmtree(staging, ignore_errors=True)
        raise
    return Receipt(written=tuple(sorted(replaced)), unchanged=tuple(sorted(unchanged)), removed=tuple(removed))


def recover(root: Path) -> None:
    """
    Finish or sweep what a killed delivery left.

    Raises:
        DeliveryError: the output cannot be written.
    """
    staging = root / STAGING
    if not staging.is_dir():
        return
    with _as_delivery_error(root, "an interrupted build cannot be finished"):
        try:
            journal = json.loads((staging / JOURNAL).read_bytes())
        except (FileNotFoundError, ValueError):
            journal = None  # killed before the commit: the old output is whole
        for change, path in journal or ():
            _change(root, change, path)
        shutil.rmtree(staging)


def _commit(root: Path, replaced: list[str], removed: list[str]) -> None:
    """Change the output in one stroke; undo it all where a rename fails."""
    staging = root / STAGING
    staging.mkdir(exist_ok=True)
    # The list of what is ours changes last: until then a page to be removed is still on it.
    changes = [("replace", path) for path in replaced if path != LIST_OF_OURS]
    changes += [("remove", path) for path in removed]
    changes += [("replace", path) for path in replaced if path == LIST_OF_OURS]
    made: list[Path] = []
    try:
        for path in replaced:
            _make_folder((root / path).parent, made)
            if not os.access((root / path).parent, os.W_OK) or (root / path).is_dir():
                raise PermissionError(13, "cannot be replaced", str(root / path))
        for _, path in changes:
            _keep_old(root, path)
        _write(staging / "journal.part", json.dumps(changes).encode())
        os.replace(staging / "journal.part", staging / JOURNAL)
    except BaseException:
        for folder in reversed(made):
            folder.rmdir()
        raise
    try:
        for change, path in changes:
            _change(root, change, path)
    except OSError:
        for _, path in changes:
            _put_back(root, path)
        for folder in reversed(made):
            folder.rmdir()
        (staging / JOURNAL).unlink()
        raise
    shutil.rmtree(staging)


def _change(root: Path, change: str, path: str) -> None:
    """Do one step of the journal; one that was done before changes nothing."""
    new = root / STAGING / "new" / path
    if change == "remove":
        _remove(root, path)
    elif new.exists():
        os.replace(new, root / path)


def _make_folder(folder: Path, made: list[Path]) -> None:
    """Make a folder and those above it; note each that was not there."""
    if folder.is_dir():
        return
    _make_folder(folder.parent, made)
    folder.mkdir()
    made.append(folder)


def _keep_old(root: Path, path: str) -> None:
    """Keep a second name for a file that is about to change, so that it can be put back."""
    old = root / STAGING / "old" / path
    if not (root / path).exists():
        return
    old.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(root / path, old, follow_symlinks=False)
    except OSError:  # a file system without hard links
        shutil.copy2(root / path, old)


def _put_back(root: Path, path: str) -> None:
    """Undo one replacement or removal."""
    old = root / STAGING / "old" / path
    if old.exists():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        os.replace(old, root / path)
    else:
        (root / path).unlink(missing_ok=True)


def _stage(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, content)


def _write(path: Path, content: bytes) -> None:
    """Write a file and wait until it is on the disk: a rename must not overtake its bytes."""
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _holds(target: Path, content: bytes) -> bool:
    """Tell whether a file already has these bytes. It is read in pieces: one may be as large as all that is told."""
    try:
        if target.stat().st_size != len(content):
            return False
        with open(target, "rb") as file:
            starts = range(0, len(content), PIECE_BYTES)
            return all(file.read(PIECE_BYTES) == content[start : start + PIECE_BYTES] for start in starts)
    except FileNotFoundError:
        return False


def _target(root: Path, path: str) -> Path:
    """Return where a page goes; the only place that checks that it stays inside the root."""
    parts = path.split("/")
    if not all(parts) or {".", "..", STAGING} & set(parts) or "\x00" in path:
        raise DeliveryError(f"{path!r}: not a path below {root}. Nothing was written.")
    # realpath, not abspath: a folder inside the root may be a link that leads out of it.
    real_root = os.path.realpath(root)
    real_parent = os.path.realpath((root / path).parent)
    if real_parent != real_root and not real_parent.startswith(real_root + os.sep):
        raise DeliveryError(f"{root / path}: leads out of {root} through a symbolic link. Nothing was written.")
    return root / path


def _is_ours(root: Path, path: str) -> bool:
    """Tell whether a path that an earlier delivery names may be removed."""
    try:
        target = _target(root, path)
    except DeliveryError:
        return False
    return target.is_file() or target.is_symlink()


def _remove(root: Path, path: str) -> None:
    """Remove a file, and the folders that it leaves empty."""
    (root / path).unlink(missing_ok=True)
    folder = (root / path).parent
    while folder != root:
        try:
            folder.rmdir()
        except OSError:  # not empty
            return
        folder = folder.parent


def _reader_order(path: str) -> tuple[int, str]:
    """Deep pages first, the front page and the feeds that name them last."""
    return -path.count("/"), path


@contextmanager
def _as_delivery_error(root: Path, what: str) -> Iterator[None]:
    """Tell a failure of the disk as ours: the place, the fault, the next step."""
    try:
        yield
    except OSError as error:
        place = error.filename2 or error.filename or root
        reason = error.strerror or str(error)
        raise DeliveryError(f"{place}: {what}: {reason}. Check space and permissions, then build again.") from error
