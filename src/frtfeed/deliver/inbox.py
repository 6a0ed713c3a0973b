"""
Story files into the inbox: whole or not at all, under names that cannot do harm, never elsewhere.

A file's text is laid beside first, hidden and flushed to the disk, and renamed when it has
been planned (store/ledger.py); what was never planned is swept.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import tzinfo
from pathlib import Path

from frtfeed.errors import DeliveryError
from frtfeed.model import Story
from frtfeed.urls import slug, story_id

__all__ = ["INBOX", "discard", "file_name", "flush", "inbox_locked", "place", "remove", "stage", "staged"]

INBOX = "inbox"  # below the seeds
BESIDE = re.compile(r"\.(.+\.md)\.part")
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
    beside = _beside(inbox, name)
    try:
        with _told(inbox), open(beside, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except DeliveryError:
        beside.unlink(missing_ok=True)
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
    """Make renames last through a power cut."""
    folder = os.open(inbox, os.O_RDONLY | os.O_DIRECTORY)
    try:
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
