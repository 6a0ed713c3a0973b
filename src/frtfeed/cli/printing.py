"""What the commands print: problems, what was built, counts."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from frtfeed.cli.options import Options, complain, say

if TYPE_CHECKING:
    from frtfeed.model import Problem
    from frtfeed.pipeline import Built

__all__ = ["count", "print_built", "print_problems", "tally"]


def print_problems(problems: "Iterable[Problem]", seeds: Path, *, notes: bool, err: bool = True) -> None:
    for problem in problems:
        if notes or problem.severity != "note":
            line = _problem_line(problem, seeds)
            complain(line) if err else say(line)


def _problem_line(problem: "Problem", seeds: Path) -> str:
    """Write a problem as the place, the fault, the value, the next step."""
    place = problem.path if problem.path.endswith(".toml") else str(seeds / problem.path)
    line = f":{problem.line}" if problem.line else ""
    about = f"{problem.field}: " if problem.field else ""
    value = f": {problem.value!r}" if problem.value else ""
    kind = "" if problem.severity == "error" else f"{problem.severity}: "
    return f"{place}{line}: {kind}{about}{problem.fault}{value}. {problem.remedy}"


def print_built(built: "Built", options: Options) -> None:
    """Say what was written and where to look."""
    if options.verbose:
        for stage, seconds in built.seconds.items():
            click.echo(f"{stage:>8} {seconds:7.3f} s", err=True)
        click.echo(", ".join(f"{number} {what}" for what, number in built.work.items()), err=True)
    if options.quiet:
        return
    counts = built.counts
    receipt = built.receipt
    say(
        f"{built.out}: {count(counts['stories'], 'story', 'stories')} told as "
        f"{count(counts['events'], 'event')} in {count(counts['editions'], 'edition')}; "
        f"{count(len(receipt.written), 'file')} written, {len(receipt.unchanged)} unchanged, "
        f"{len(receipt.removed)} removed. Open {built.out / 'index.html'}"
    )


def tally(problems: "Iterable[Problem]", files: int) -> str:
    severities = [problem.severity for problem in problems]
    return (
        f"{count(files, 'file')} read: {count(severities.count('error'), 'error')}, "
        f"{count(severities.count('warning'), 'warning')}, {count(severities.count('note'), 'note')}"
    )


def count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
