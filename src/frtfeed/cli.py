"""The front door: one command per verb."""

import gc
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from frtfeed import __version__
from frtfeed.errors import ConfigError, FrtfeedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from frtfeed.config import Config
    from frtfeed.model import Problem
    from frtfeed.pipeline import Built, Newsroom, Stopwatch

__all__ = ["main"]

WITH_PROBLEMS, NOT_DONE, INTERRUPTED = 1, 2, 130


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
        with _failures_told():
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


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="frtfeed")
def main() -> None:
    """Turn a folder of stories into ranked feeds, a front page and a digest that tells each event once."""


@main.command()
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make a working project: frtfeed.toml, seeds/, templates/. Nothing that is there is changed."""
    from frtfeed.project import init_project

    with _failures_told():
        written, kept = init_project(folder)
        for path in kept:
            click.echo(f"{folder / path}: already there, left as it is", err=True)
        click.echo(f"{folder}: {len(written)} files written. Next: cd {folder} && frtfeed build")


@main.command()
@click.option("--strict", is_flag=True, help="Exit with 1 when there were problems.")
@click.option("--allow-empty", is_flag=True, help="Let an output without stories take the place of one with some.")
@common_options
def build(options: Options, *, strict: bool, allow_empty: bool) -> None:
    """The main job: read the stories, write feeds, pages and digests."""
    gc.disable()  # a build makes many small objects and ends soon: 5 to 20 % of grouping
    config = _config(options)
    with _progress(options) as progress:
        built = _build(config, options, allow_empty=allow_empty, progress=progress)
    _print_problems(built.newsroom.problems, config.seeds, notes=options.verbose)
    _print_built(built, config, options)
    if strict and any(problem.severity != "note" for problem in built.newsroom.problems):
        sys.exit(WITH_PROBLEMS)


@main.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@common_options
def check(options: Options, *, paths: tuple[Path, ...], as_json: bool) -> None:
    """Report every problem in the story files: file, line, field, value, what to write instead."""
    from frtfeed.check import site_problems

    config = _config(options)
    newsroom = _newsroom(config, options)
    problems = list(newsroom.problems)
    files = [config.seeds / path for path in newsroom.files]
    if paths:
        _require_paths(paths, config.seeds)
        files = [path for path in files if _is_below(path, paths)]
        problems = [problem for problem in problems if _is_below(config.seeds / problem.path, paths)]
    else:
        problems = [*site_problems(config), *problems]
    if as_json:
        for problem in problems:
            click.echo(json.dumps(_as_dict(problem), ensure_ascii=False))
    else:
        _print_problems(problems, config.seeds, notes=not options.quiet, err=False)
        if not options.quiet:
            click.echo(_tally(problems, len(files)))
    if any(problem.severity == "error" for problem in problems):
        sys.exit(WITH_PROBLEMS)


@main.command()
@click.argument("story", default="")
@click.option("--all", "everything", is_flag=True, help="Explain every file read; with --json, one object a line.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common_options
def explain(options: Options, *, story: str, everything: bool, as_json: bool) -> None:
    """Say why STORY (a file, an address or a part of a title) ranks where it does."""
    from frtfeed.explain import explain_all, explain_one, in_words, open_desk

    if bool(story) == everything:
        raise ConfigError("explain: name a story, or say --all. Run: frtfeed explain --help")
    config = _config(options)
    desk = open_desk(_newsroom(config, options), config)
    if not everything:
        answer = explain_one(story, desk)
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1) if as_json else in_words(answer))
        return
    for answer in explain_all(desk):
        if as_json:
            click.echo(json.dumps(answer, ensure_ascii=False))
        else:
            place = f"{answer['rank']}." if answer["rank"] else ""
            click.echo(f"{place:>5} {answer['role']:<8}  {answer['path']}  {answer['title'] or answer['reasons'][0]}")


@main.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8000,
    show_default=True,
    help="On 127.0.0.1; 0 takes any free one.",
)
@common_options
def serve(options: Options, *, port: int) -> None:
    """Look at the output on this machine, rebuilt as files change."""
    from frtfeed.fetch.folder import project_files, templates_stamp, walk_stamp
    from frtfeed.serve import make_server, rebuild_on_change

    config = _config(options)

    def stamp() -> object:
        files = [path for path in (config.path,) if path and path.exists()]
        return (
            walk_stamp(config.seeds),
            templates_stamp(project_files() / "templates", config.templates),
            [path.stat().st_mtime_ns for path in files],
        )

    seen = stamp()  # before the build, so that what changes meanwhile is built again
    _print_built(_build(config, options), config, options)

    def report_request(line: str) -> None:
        if options.verbose:
            click.echo(line, err=True)

    server = make_server(config.out, port=port, report=report_request)
    stop = threading.Event()
    watcher = threading.Thread(
        target=rebuild_on_change,
        kwargs={
            "stamp": stamp,
            "rebuild": lambda: _build_and_tell(options),
            "stop": stop,
            "report": _complain,
            "seen": seen,
        },
        daemon=True,
    )
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    click.echo(f"http://127.0.0.1:{server.server_address[1]}/ shows {config.out}; stop with Ctrl-C")
    watcher.start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("stopped")
    finally:
        stop.set()
        server.server_close()


@main.command()
@common_options
def run(options: Options) -> None:
    """Run the configured jobs on their schedules, for those who do not have cron."""
    from frtfeed.schedule import run_jobs

    config = _config(options)

    def build_job() -> None:
        with _failures_told(leave=False):
            _build_and_tell(options)

    run_jobs({"build": (config.run.build, build_job)}, zone=config.site.zone, report=_complain)


def _config(options: Options) -> "Config":
    from frtfeed.config import find_config, load_config

    return load_config(find_config(named=options.config, seeds=options.seeds), seeds=options.seeds, out=options.out)


def _now(options: Options) -> datetime:
    """Return the instant to build for: the one call to the clock."""
    if not options.now:
        return datetime.now(UTC)
    from frtfeed.times import parse_when

    try:
        return parse_when(options.now, zone=UTC)[0].at
    except ValueError as error:
        raise ConfigError(f"--now: not a date: {options.now!r}. Write it as 2024-03-13T00:00:00Z.") from error


def _stopwatch(progress: Callable[[str], None] | None = None) -> "Stopwatch":
    from frtfeed.pipeline import Stopwatch

    return Stopwatch(clock=time.perf_counter, progress=progress or (lambda stage: None))


def _newsroom(config: "Config", options: Options) -> "Newsroom":
    from frtfeed.pipeline import gather

    return gather(config, now=_now(options), stopwatch=_stopwatch())


def _build(
    config: "Config",
    options: Options,
    *,
    allow_empty: bool = False,
    progress: Callable[[str], None] | None = None,
) -> "Built":
    from frtfeed.pipeline import build as build_site

    return build_site(config, now=_now(options), stopwatch=_stopwatch(progress), allow_empty=allow_empty)


def _build_and_tell(options: Options) -> None:
    """Build with the configuration as it is by now: an editor changes it while this runs."""
    config = _config(options)
    built = _build(config, options)
    _print_problems(built.newsroom.problems, config.seeds, notes=options.verbose)
    _print_built(built, config, options)


def _complain(line: str) -> None:
    click.echo(line, err=True)


@contextmanager
def _failures_told(*, leave: bool = True) -> "Iterator[None]":
    """Print a failure that is ours to tell, and leave with status 2 if the command ends with it."""
    try:
        yield
    except FrtfeedError as error:
        _complain(str(error))
        if leave:
            sys.exit(NOT_DONE)
    except KeyboardInterrupt:
        _complain("interrupted")
        sys.exit(INTERRUPTED)


@contextmanager
def _progress(options: Options) -> "Iterator[Callable[[str], None] | None]":
    """Show the stage under way, on a terminal only."""
    if options.quiet or not sys.stderr.isatty():
        with nullcontext():
            yield None
        return
    from rich.console import Console

    console = Console(stderr=True, no_color="NO_COLOR" in os.environ)
    with console.status("starting") as status:
        yield lambda stage: status.update(f"{stage} …")


def _print_problems(problems: "Iterable[Problem]", seeds: Path, *, notes: bool, err: bool = True) -> None:
    for problem in problems:
        if notes or problem.severity != "note":
            click.echo(_problem_line(problem, seeds), err=err)


def _problem_line(problem: "Problem", seeds: Path) -> str:
    """Write a problem as the place, the fault, the value, the next step."""
    place = problem.path if problem.path.endswith(".toml") else str(seeds / problem.path)
    line = f":{problem.line}" if problem.line else ""
    about = f"{problem.field}: " if problem.field else ""
    value = f": {problem.value!r}" if problem.value else ""
    kind = "" if problem.severity == "error" else f"{problem.severity}: "
    return f"{place}{line}: {kind}{about}{problem.fault}{value}. {problem.remedy}"


def _print_built(built: "Built", config: "Config", options: Options) -> None:
    """Say what was written and where to look."""
    if options.verbose:
        for stage, seconds in built.seconds.items():
            click.echo(f"{stage:>8} {seconds:7.3f} s", err=True)
    if options.quiet:
        return
    publication = built.newsroom.publication
    receipt = built.receipt
    click.echo(
        f"{config.out}: {_count(len(built.newsroom.material.stories), 'story', 'stories')} told as "
        f"{_count(len(built.newsroom.grouping.groups), 'event')} in {_count(len(publication.editions), 'edition')}; "
        f"{_count(len(receipt.written), 'file')} written, {len(receipt.unchanged)} unchanged, "
        f"{len(receipt.removed)} removed. Open {config.out / 'index.html'}"
    )


def _tally(problems: "Iterable[Problem]", files: int) -> str:
    severities = [problem.severity for problem in problems]
    return (
        f"{_count(files, 'file')} read: {_count(severities.count('error'), 'error')}, "
        f"{_count(severities.count('warning'), 'warning')}, {_count(severities.count('note'), 'note')}"
    )


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _is_below(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.resolve().is_relative_to(folder.resolve()) for folder in folders)


def _require_paths(paths: Iterable[Path], seeds: Path) -> None:
    """Refuse what is not there, or is no part of the stories: silence would look like a clean bill."""
    for path in paths:
        if not path.exists():
            raise ConfigError(f"{path}: no such file. Name a file or folder below {seeds}.")
        if not _is_below(path, [seeds]):
            raise ConfigError(f"{path}: not below {seeds}. Name the folder of stories with --seeds.")


def _as_dict(problem: "Problem") -> dict[str, Any]:
    return {name: getattr(problem, name) for name in problem.__dataclass_fields__}
