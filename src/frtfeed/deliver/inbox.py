"""
Story files into the inbox: whole or not at all, under names that cannot do harm, never elsewhere.

A file's text is laid beside first, hidden and flushed to the disk, and renamed when it has
been planned (store/ledger.py); what was never planned is swept. Many files are flushed at once:
a flush for each took more of the processor than all the rest that a new story needs.
"""

import fcntl
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import tzinfo
from pathlib import Path

from frtfeed.errors import DeliveryError
from frtfeed.model import Story
from frtfeed.urls import slug, story_id

__all__ = ["INBOX", "discard", "file_name", "flush", "inbox_locked", "place", "remove", "stage", "stage_all", "staged"]

INBOX = "inbox"  # below the seeds
BESIDE = re.compile(r"\.(.+\.md)\.part")
FLUSHED_SINGLY = 8  # up to so many; more are worth waiting for what others have written to the same disk
SHORT_ID = 8  # hexadecimal digits: two stories of one day and title collide once in 4 billion


def file_name(story: Story, *, zone: tzinfo) -> str:
    """
    Name a story's file: its day, the words of its title, a short id made from its identity.

    At most 103 bytes. It begins with a digit and holds letters, digits and "-" only, so it is no
    path, no hidden file and no reserved name on any system, whatever the title says.
    """
    short = story_id(story.names[0])[-SHORT_ID:]
    return f"{'-'.join(filter(None, [story.at.astimezone(zone).date().isoformat(), slug(story.title), short]))}.md"


@contextmanager
def inbox_locked(seeds: Path) -> Iterator[Path]:
    """
    Hold the inbox, made if it is not there, and hand over its path; another frtfeed waits meanwhile.

    Raises:
        DeliveryError: it cannot be made or written, or is a symbolic link.
    """
    inbox = seeds / INBOX
    if inbox.is_symlink():
        raise DeliveryError(f"{inbox}: a symbolic link, which a build does not follow. Make it a folder.")
    with _told(inbox):
        inbox.mkdir(parents=True, exist_ok=True)
        folder = os.open(inbox, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield inbox
    finally:
        os.close(folder)


def stage(inbox: Path, name: str, content: bytes) -> None:
    """
    Lay a file's text beside, safe on the disk.

    Raises:
        DeliveryError: it could not be written; nothing of it is left.
    """
    stage_all(inbox, {name: content})


def stage_all(inbox: Path, texts: Mapping[str, bytes]) -> None:
    """
    Lay the texts of several files beside, safe on the disk: all of them, or none.

    Args:
        texts: by name.

    Raises:
        DeliveryError: one could not be written; nothing of any is left.
    """
    flush_disk = _flush_disk() if len(texts) > FLUSHED_SINGLY else None
    try:
        for name, content in texts.items():
            _lay(inbox, name, content, safe=flush_disk is None)
        if flush_disk:
            with _told(inbox):
                flush_disk(inbox)
    except DeliveryError:
        for name in texts:
            discard(inbox, name)
        raise


def place(inbox: Path, name: str, *, target: Path) -> None:
    """
    Rename the text that lies beside to its file: a step that is done or not done, never half.

    Raises:
        DeliveryError: it could not be renamed.
    """
    with _told(target):
        os.replace(_beside(inbox, name), target)


def flush(inbox: Path) -> None:
    """
    Make renames last through a power cut.

    Raises:
        DeliveryError: the disk did not take them.
    """
    folder = os.open(inbox, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with _told(inbox):
            os.fsync(folder)
    finally:
        os.close(folder)


def staged(inbox: Path) -> frozenset[str]:
    """Return the names of files whose text lies beside."""
    with os.scandir(inbox) as entries:
        return frozenset(found[1] for entry in entries if (found := BESIDE.fullmatch(entry.name)))


def discard(inbox: Path, name: str) -> None:
    """Remove the text that lies beside."""
    with _told(inbox):
        _beside(inbox, name).unlink(missing_ok=True)


def remove(path: Path) -> None:
    """
    Remove a story file.

    Raises:
        DeliveryError: it is there and cannot be removed.
    """
    with _told(path):
        path.unlink(missing_ok=True)


def _lay(inbox: Path, name: str, content: bytes, *, safe: bool) -> None:
    with _told(inbox), open(_beside(inbox, name), "wb") as file:
        file.write(content)
        if safe:
            file.flush()
            os.fsync(file.fileno())


def _flush_disk() -> Callable[[Path], None] | None:
    """Return how everything written to the disk of a folder is made safe at once; None where a system cannot."""
    import ctypes  # the standard library has no other way to it

    syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)  # Linux
    if syncfs is None:
        return None

    def flush_disk(folder: Path) -> None:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            if syncfs(opened):
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        finally:
            os.close(opened)

    return flush_disk


def _beside(inbox: Path, name: str) -> Path:
    if name != os.path.basename(name):
        raise ValueError(f"not a file's name: {name!r}")
    return inbox / f".{name}.part"


@contextmanager
def _told(place: Path) -> Iterator[None]:
    """Turn what a system reports into words."""
    try:
        yield
    except OSError as error:
        raise DeliveryError(
            f"{place}: cannot be written: {error.strerror}. Nothing is lost: make room or check the folder's "
            "permissions, and run it again."
        ) from error
