"""Reading many files in several processes."""

import os
import threading
from collections.abc import Iterator
from datetime import UTC
from functools import partial

import pytest

from frtfeed import workers
from frtfeed.model import Document, Parsed
from frtfeed.parse import parse
from frtfeed.workers import map_in_workers

STORY = "---\ntitle: Story {n}\npublishedDateTime: 2024-03-1{d}T10:00:00Z\nwebUrl: https://o.example/{n}\n---\n"


def documents(count: int) -> Iterator[Document]:
    """Make story files, some of which are none."""
    for n in range(count):
        content = "nothing" if n % 7 == 3 else STORY.format(n=n, d=n % 10)
        yield Document(path=f"{n:04}.md", content=content.encode())


def told_by(each: Document) -> Parsed:
    """Return the number of the process that asks, as a withdrawn name."""
    return Parsed(withdrawn=(str(os.getpid()),))


def failing(each: Document) -> Parsed:
    """Fail at one file."""
    if each.path == "0007.md":
        raise ValueError(each.path)
    return Parsed()


@pytest.mark.parametrize("cores", [1, 2, 4, 9])
def test_any_number_of_workers_gives_the_same(cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What files are read as does not depend on who reads them, nor their order."""
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    monkeypatch.setattr(workers, "FEW", 10)
    monkeypatch.setattr(workers, "LOT", 7)
    read = partial(parse, zone=UTC)
    assert list(map(read, documents(60))) == list(map_in_workers(Parsed, read, documents(60)))


def test_many_files_are_read_by_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above some number the files are shared out."""
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setattr(workers, "FEW", 10)
    monkeypatch.setattr(workers, "LOT", 1)
    told = {parsed.withdrawn for parsed in map_in_workers(Parsed, told_by, documents(40))}
    assert (str(os.getpid()),) not in told


@pytest.mark.parametrize(("count", "cores"), [(9, 4), (40, 1), (40, 2)], ids=["few files", "one core", "two cores"])
def test_where_it_does_not_pay_nobody_else_is_asked(count: int, cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few files, or all of them on one core or two, are read here."""
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    monkeypatch.setattr(workers, "FEW", 10)
    told = {parsed.withdrawn for parsed in map_in_workers(Parsed, told_by, documents(count))}
    assert {(str(os.getpid()),)} == told


def test_a_process_with_threads_is_not_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    """`frtfeed serve` and `run` build beside other threads: those hold locks that no copy would let go of."""
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setattr(workers, "FEW", 10)
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    told = {parsed.withdrawn for parsed in map_in_workers(Parsed, told_by, documents(40))}
    done.set()
    thread.join()
    assert {(str(os.getpid()),)} == told


def test_a_fault_in_a_worker_is_told_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error does not get lost between processes."""
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setattr(workers, "FEW", 10)
    with pytest.raises(ValueError, match="0007"):
        list(map_in_workers(Parsed, failing, documents(20)))
