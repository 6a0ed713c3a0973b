"""
Reading many files at once, in processes of their own.

What a worker reads it writes down as the parse cache does: that crosses from one process to the other at a third
of the price of pickle.
"""

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeVar

__all__ = ["map_in_workers"]

Given = TypeVar("Given")
Made = TypeVar("Made")
FEW = 1000  # below, starting workers takes longer than they save (docs/performance.md)
MIN_CORES = 4  # two are often one core's threads: there it took as long, and twice the CPU
MOST_WORKERS = 4
LOT = 50  # given to a worker at once


def map_in_workers(kind: type[Made], function: Callable[[Given], Made], given: Iterable[Given]) -> Iterable[Made]:
    """
    Do what map() does, in several processes where that is quicker.

    Args:
        kind: of what the function makes: frozen data.
    """
    everything = list(given)
    cores = os.cpu_count() or 1
    # A process with several threads cannot be forked: a lock that one of them holds would stay closed for ever.
    if len(everything) < FEW or cores < MIN_CORES or threading.active_count() > 1:
        return map(function, everything)
    return _shared(kind, function, everything, workers=min(cores, MOST_WORKERS))


def _shared(kind: type[Made], function: Callable[[Given], Made], given: list[Given], *, workers: int) -> Iterator[Made]:
    from multiprocessing import get_context

    from frtfeed.store.encoding import decode

    lots = [given[start : start + LOT] for start in range(0, len(given), LOT)]
    with get_context("fork").Pool(workers) as pool:
        for encoded in pool.imap(partial(_lot, function), lots):
            yield from (decode(each, kind) for each in encoded)


def _lot(function: Callable[[Given], Made], given: list[Given]) -> list[bytes]:
    from frtfeed.store.encoding import encode

    return [encode(function(each)) for each in given]
