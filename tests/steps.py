"""
A child process in which something happens at one of its steps on the disk: it is killed, or the disk is full.

Strategy: Python tells every file that it opens, makes, renames or removes (`sys.addaudithook`), SQLite
every statement; flushes are counted, too. So the steps of a run are the same each time, and whatever is
between two of them cannot be told apart on the disk. SQLite writes where nobody sees it, mostly at the end of
a transaction: on demand it has room for next to no page, and writes with every statement.
A hook stays as long as its process: hence the child.
"""

import builtins
import gc
import io
import json
import os
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frtfeed.errors import FrtfeedError

__all__ = ["RENAMES", "TAKES_ROOM", "Ended", "die_at", "fail_from", "in_child"]

CHANGES = ("os.mkdir", "os.rename", "os.link", "os.remove", "os.rmdir", "os.truncate", "os.utime", "os.chmod")
TAKES_ROOM = ("write", "os.mkdir", "os.link", "flush")
RENAMES = ("os.rename",)
Step = Callable[[int, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """
    How a child ended.

    steps: that it took, by kind, none if it was killed. told: the message it failed with, "" if it did not.
    """

    killed: bool
    steps: tuple[str, ...] = ()
    told: str = ""


def in_child(
    work: Callable[[], object],
    *,
    root: Path,
    at_step: Step = lambda number, kind: None,
    writes_early: bool = False,
) -> Ended:
    """
    Work in a child process.

    Args:
        root: the steps below this folder count, and those on open folders.
        at_step: is told each step before it is taken: its number, from 0, and its kind.
        writes_early: databases are written in the midst of a transaction; the steps stay the same.

    Raises:
        AssertionError: the work crashed; says how.
    """
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover  (no coverage is written)
        gc.disable()  # it would copy the whole memory of the parent
        os.close(read_end)
        ended = _worked(work, root=root, at_step=at_step, writes_early=writes_early)
        os.write(write_end, json.dumps(ended).encode())
        os._exit(0)
    os.close(write_end)
    with open(read_end, "rb") as pipe:
        told = pipe.read()
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        assert signal.SIGKILL == os.WTERMSIG(status)
        return Ended(killed=True)
    ended = json.loads(told)
    assert not ended["crash"], ended["crash"]
    return Ended(killed=False, steps=tuple(ended["steps"]), told=ended["told"])


def fail_from(first: int, kinds: Collection[str], number: int, kind: str) -> None:
    """Let each step of some kinds fail, from one on, as on a full disk."""
    if number >= first and kind in kinds:
        raise OSError(28, "No space left on device")


def die_at(wanted: int, number: int, kind: str) -> None:
    """End at a step, as by kill -9."""
    if number == wanted:
        os.kill(os.getpid(), signal.SIGKILL)


def _worked(work: Callable[[], object], *, root: Path, at_step: Step, writes_early: bool) -> dict[str, Any]:
    taken: list[str] = []
    busy = False

    def step(kind: str) -> None:
        nonlocal busy
        if busy:  # what at_step() itself does is no step
            return
        busy = True
        taken.append(kind)
        try:
            at_step(len(taken) - 1, kind)
        finally:
            busy = False

    _count(step, root=str(root), writes_early=writes_early)
    told = crash = ""
    try:
        work()
    except FrtfeedError as error:
        told = str(error)
    except BaseException:  # noqa: BLE001  the parent tells it
        crash = traceback.format_exc()
    return {"steps": taken, "told": told, "crash": crash}


def _count(step: Callable[[str], None], *, root: str, writes_early: bool) -> None:
    """Tell each step of this process, from now on."""

    def counts(path: str | bytes | os.PathLike[str]) -> bool:
        return os.fsdecode(path).startswith(root) or not os.path.isabs(path)

    def heard(event: str, given: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(given[0], str | bytes | os.PathLike):
            if counts(given[0]):
                step("write" if given[2] & (os.O_WRONLY | os.O_RDWR) else "read")
        elif event in CHANGES:
            step(event)

    def flush(file: Any, real: Callable[[Any], None] = os.fsync) -> None:
        step("flush")
        real(file)

    def connect(*given: Any, real: Callable[..., sqlite3.Connection] = sqlite3.connect, **options: Any) -> Any:
        connection = real(*given, **options)
        if writes_early:
            connection.execute("PRAGMA cache_size = 1")
        connection.set_trace_callback(lambda statement: step("statement"))
        return connection

    def open_file(path: Any, *given: Any, real: Callable[..., Any] = open, **options: Any) -> Any:
        opened = real(path, *given, **options)
        if isinstance(path, str | os.PathLike) and counts(path):
            step("opened")  # emptied by now, and not yet written
        return opened

    builtins.open = io.open = open_file
    os.fsync = flush
    sqlite3.connect = connect  # type: ignore[assignment]
    sys.addaudithook(heard)
