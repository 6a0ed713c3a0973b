"""What every command shares: its options, its configuration, the clock, and how a failure is told."""

import atexit
import errno
import gc
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from frtfeed.asked import Asked, find_config
from frtfeed.errors import ConfigError, DeliveryError, FrtfeedError

if TYPE_CHECKING:
    from frtfeed.config import Config
    from frtfeed.pipeline import Stopwatch
    from frtfeed.pipeline.newsroom import Newsroom

__all__ = [
    "Options",
    "common_options",
    "complain",
    "failures_told",
    "on_terminal",
    "progress_shown",
    "say",
    "say_json",
    "the_config",
    "the_instant",
    "the_newsroom",
    "the_project",
    "the_stopwatch",
]

NOT_DONE, INTERRUPTED = 2, 130
AFRESH = "\r\x1b[K"  # to the beginning of an empty line


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options that every command shares."""

    config: Path | None = None
    seeds: Path | None = None
    out: Path | None = None
    now: str = ""
    quiet: bool = False
    verbose: bool = False


def common_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the shared options, handed over as `options`."""

    def wrapped(**given: Any) -> None:
        shared = {name: given.pop(name) for name in Options.__dataclass_fields__}
        with failures_told():
            if shared["quiet"] and shared["verbose"]:
                raise ConfigError("--quiet and --verbose exclude each other. Choose one.")
            command(Options(**shared), **given)

    wrapped.__doc__ = command.__doc__
    wrapped.__name__ = command.__name__
    folder = click.Path(path_type=Path)
    for option in (
        click.option("--verbose", "-v", is_flag=True, help="Show the stages, their times, and notes too."),
        click.option("--quiet", "-q", is_flag=True, help="Print problems and failures only."),
        click.option("--now", default="", metavar="ISO-8601", help="Build as if it were this instant."),
        click.option("--out", type=folder, metavar="DIR", help="Where the output goes."),
        click.option("--seeds", type=folder, metavar="DIR", help="The folder of stories."),
        click.option("--config", type=folder, metavar="FILE", help="frtfeed.toml, if it lies elsewhere."),
    ):
        wrapped = option(wrapped)
    return wrapped


def the_project(options: Options) -> Asked:
    """Return which project a command is about."""
    found = find_config(named=options.config, seeds=options.seeds)
    return Asked(config=found, seeds=options.seeds, out=options.out)


def the_config(options: Options) -> "Config":
    from frtfeed.config import load_config

    asked = the_project(options)
    return load_config(asked.config, seeds=asked.seeds, out=asked.out)


def the_instant(options: Options) -> datetime:
    """Return the instant to build for: the one call to the clock."""
    if not options.now:
        return datetime.now(UTC)
    from frtfeed.times import parse_when

    try:
        return parse_when(options.now, zone=UTC)[0].at
    except ValueError as error:
        raise ConfigError(f"--now: not a date: {options.now!r}. Write it as 2024-03-13T00:00:00Z.") from error


def the_stopwatch(progress: Callable[[str], None] | None = None) -> "Stopwatch":
    from frtfeed.pipeline import Stopwatch

    return Stopwatch(clock=time.perf_counter, progress=progress or (lambda stage: None))


def the_newsroom(config: "Config", options: Options) -> "Newsroom":
    from frtfeed.pipeline.newsroom import gather

    gc.disable()  # as in a build
    atexit.register(gc.freeze)
    return gather(config, now=the_instant(options), stopwatch=the_stopwatch())


def on_terminal() -> bool:
    """Tell whether somebody is there to be asked."""
    return sys.stdin.isatty()


def complain(line: str) -> None:
    click.echo(line, err=True)


def say(line: str | bytes = "", *, nl: bool = True, remedy: str = "Make room, or send it elsewhere.") -> None:
    """
    Print a line; a disk that is full where it goes is told as any other.

    Raises:
        DeliveryError: it could not be printed.
    """
    try:
        click.echo(line, nl=nl)
    except OSError as error:
        if error.errno == errno.EPIPE:  # the reader has left: click ends the command
            raise
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  what is left would fail again at the end
        raise DeliveryError(f"standard output: cannot be written: {error.strerror}. {remedy}") from error


def say_json(value: object, *, indent: int | None = None) -> None:
    """Print what a program reads."""
    import json

    say(json.dumps(value, ensure_ascii=False, indent=indent))


@contextmanager
def failures_told(*, leave: bool = True) -> "Iterator[None]":
    """Print a failure that is ours to tell, and leave with status 2 if the command ends with it."""
    try:
        yield
    except FrtfeedError as error:
        complain(str(error))
        if leave:
            sys.exit(NOT_DONE)
    except KeyboardInterrupt:
        complain("interrupted")
        sys.exit(INTERRUPTED)


@contextmanager
def progress_shown(options: Options) -> "Iterator[Callable[[str], None] | None]":
    """Show the stage under way, on a terminal only."""
    if options.quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return

    def show(stage: str) -> None:
        sys.stderr.write(f"{AFRESH}{stage} …")
        sys.stderr.flush()

    try:
        yield show
    finally:
        sys.stderr.write(AFRESH)
