#!/usr/bin/env python3
"""
What writing a letter of many events costs, once the process has written one: the same again, and another.

usage: letters.py FOLDER [--leads N] [--runs N]

FOLDER holds story files; their events are dealt out to editions of N leads. CPU milliseconds of
write_letter, minimum and median over the runs.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from frtfeed.records import replace

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from frtfeed.config import load_config
from frtfeed.fetch.folder import read_templates
from frtfeed.fetch.listing import project_files
from frtfeed.model import Edition, Publication
from frtfeed.pipeline import Stopwatch
from frtfeed.pipeline.newsroom import gather
from frtfeed.render.letter import write_letter


def published(folder: Path) -> Publication:
    """Group the stories of a folder, as a build does."""
    config = load_config(None, seeds=folder)
    return gather(config, now=datetime.now(UTC), stopwatch=Stopwatch(clock=time.perf_counter)).publication


def editions_of(publication: Publication, *, leads: int, count: int) -> list[Edition]:
    """Deal the events out to editions, and begin again where there are too few."""
    groups = [group for edition in publication.editions for group in edition.groups]
    if not groups:
        raise SystemExit("no event: name a folder of story files")
    dealt = groups * (leads * count // len(groups) + 1)
    first = publication.editions[0]
    return [replace(first, key=f"{n}", groups=tuple(dealt[n * leads : (n + 1) * leads])) for n in range(count)]


def milliseconds(work: Callable[[], object]) -> float:
    """Return the CPU time of some work."""
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--leads", type=int, default=100)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    publication = published(options.folder)
    templates = read_templates(project_files() / "templates")
    first, *others = editions_of(publication, leads=options.leads, count=options.runs + 1)
    write_letter(first, site=publication.site, templates=templates)

    def write(edition: Edition) -> float:
        return milliseconds(lambda: write_letter(edition, site=publication.site, templates=templates))

    rows = {"another": [write(other) for other in others], "the same again": [write(others[-1]) for _ in others]}
    print(f"{options.leads} leads, {options.runs} runs; ms of CPU per letter\n")
    print(f"{'letter':<18}{'minimum':>9}{'median':>9}")
    for name, each in rows.items():
        print(f"{name:<18}{min(each):>9.2f}{statistics.median(each):>9.2f}")


if __name__ == "__main__":
    main()
