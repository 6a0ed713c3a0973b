"""The stories that wait in the inbox, and what an editor does with each: publish, drop, take that back."""

from collections.abc import Iterator
from pathlib import Path

from frtfeed.config import Config
from frtfeed.deliver.inbox import INBOX, inbox_locked, place, remove, stage
from frtfeed.errors import DeliveryError
from frtfeed.fetch.folder import read_document, walk
from frtfeed.model import Document, Problem, Story
from frtfeed.parse import parse, story_file
from frtfeed.records import Struct

__all__ = ["Undo", "Waiting", "drop", "inbox_problems", "publish", "undo", "waiting"]


class Waiting(Struct, frozen=True, kw_only=True):
    """A story that its file hides. path: of the file; content: as it was read."""

    path: Path
    story: Story
    content: bytes


class Undo(Struct, frozen=True, kw_only=True):
    """A file as it was before a decision."""

    path: Path
    content: bytes


def waiting(config: Config) -> tuple[Waiting, ...]:
    """Return what waits in the inbox for an editor, newest first; nothing where there is no inbox."""
    inbox = config.seeds / INBOX
    if not inbox.is_dir():
        return ()
    found: list[Waiting] = []
    for file in walk(inbox)[0]:
        document = read_document(inbox, file)
        if isinstance(document, Document):
            found += [
                Waiting(path=inbox / file.path, story=story, content=document.content)
                for story in parse(document, zone=config.site.zone).stories
                if story.hidden and story.published
            ]
    return tuple(sorted(found, key=lambda each: (-each.story.at.timestamp(), each.path)))


def inbox_problems(config: Config) -> Iterator[Problem]:
    """Yield the state of the inbox, for `frtfeed check`."""
    if stories := waiting(config):
        what = "1 story waits" if len(stories) == 1 else f"{len(stories)} stories wait"
        yield Problem(path=INBOX, fault=f"{what} for review", remedy="Run: frtfeed review", severity="note")


def publish(each: Waiting, *, config: Config) -> Undo | None:
    """
    Write `published: true` into a story's file; nothing else in it changes.

    Returns: how to take it back; None where the file is not there any more.

    Raises:
        DeliveryError: the file cannot be read or written, or is no front matter.
    """
    with inbox_locked(config.seeds) as inbox:
        before = _read(each.path)
        if before is None:
            return None
        try:
            after = story_file.publish(before.decode(), value="true")
        except UnicodeDecodeError:
            after = None
        if after is None:
            raise DeliveryError(f"{each.path}: no front matter that can be changed. Edit the file by hand.")
        _write(inbox, each.path, after.encode())
    return Undo(path=each.path, content=before)


def drop(each: Waiting, *, config: Config) -> Undo | None:
    """
    Remove a story's file. It does not come back: the ledger knows its names.

    Returns: how to take it back; None where the file is not there any more.

    Raises:
        DeliveryError: the file cannot be removed.
    """
    with inbox_locked(config.seeds):
        before = _read(each.path)
        if before is None:
            return None
        remove(each.path)
    return Undo(path=each.path, content=before)


def undo(last: Undo, *, config: Config) -> None:
    """
    Take the last decision back: the file is as it was before.

    Raises:
        DeliveryError: the file cannot be written.
    """
    with inbox_locked(config.seeds) as inbox:
        _write(inbox, last.path, last.content)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DeliveryError(f"{path}: cannot be read: {error.strerror}. Check its permissions.") from error


def _write(inbox: Path, path: Path, content: bytes) -> None:
    stage(inbox, path.name, content)
    place(inbox, path.name, target=path)
