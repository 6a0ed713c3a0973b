"""The commands about a folder of stories: begin one, build it, check it, explain it, look at it, keep it built."""

import atexit
import gc
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from frtfeed.cli.options import (
    Options,
    common_options,
    complain,
    failures_told,
    progress_shown,
    say,
    say_json,
    the_config,
    the_instant,
    the_newsroom,
    the_project,
    the_stopwatch,
)
from frtfeed.cli.printing import print_built, print_problems, tally
from frtfeed.errors import ConfigError

if TYPE_CHECKING:
    from frtfeed.config import Config
    from frtfeed.model import Document, Parsed, Problem
    from frtfeed.pipeline import Built
    from frtfeed.pipeline.reading import Parse

__all__ = ["build", "check", "explain", "init", "run", "serve"]

WITH_PROBLEMS = 1


@click.command()
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make a working project: frtfeed.toml, seeds/, templates/. Nothing that is there is changed."""
    from frtfeed.project import init_project

    with failures_told():
        written, kept = init_project(folder)
        for path in kept:
            click.echo(f"{folder / path}: already there, left as it is", err=True)
        say(f"{folder}: {len(written)} files written. Next: cd {folder} && frtfeed build")


@click.command()
@click.option("--strict", is_flag=True, help="Exit with 1 when there were problems.")
@click.option("--allow-empty", is_flag=True, help="Let an output without stories take the place of one with some.")
@click.option("--no-cache", is_flag=True, help="Do the whole work, also where nothing has changed.")
@common_options
def build(options: Options, *, strict: bool, allow_empty: bool, no_cache: bool) -> None:
    """The main job: read the stories, write feeds, pages and digests."""
    gc.disable()  # a build makes many small objects and ends soon: 5 to 20 % of grouping
    atexit.register(gc.freeze)  # else each is looked at once more before the interpreter goes: 1 s of 10,000 stories
    with progress_shown(options) as progress:
        built = _build(options, allow_empty=allow_empty, use_memory=not no_cache, progress=progress)
    print_problems(built.problems, built.seeds, notes=options.verbose)
    print_built(built, options)
    if strict and any(problem.severity != "note" for problem in built.problems):
        sys.exit(WITH_PROBLEMS)


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@common_options
def check(options: Options, *, paths: tuple[Path, ...], as_json: bool) -> None:
    """Report every problem in the story files: file, line, field, value, what to write instead."""
    from frtfeed.check import site_problems

    config = the_config(options)
    newsroom = the_newsroom(config, options)
    problems = list(newsroom.problems)
    files = [config.seeds / path for path in newsroom.files]
    if paths:
        _require_paths(paths, config.seeds)
        files = [path for path in files if _is_below(path, paths)]
        problems = [problem for problem in problems if _is_below(config.seeds / problem.path, paths)]
    else:
        problems = [*site_problems(config), *_intake_problems(config), *problems]
    if as_json:
        for problem in problems:
            say_json(_as_dict(problem))
    else:
        print_problems(problems, config.seeds, notes=not options.quiet, err=False)
        if not options.quiet:
            say(tally(problems, len(files)))
    if any(problem.severity == "error" for problem in problems):
        sys.exit(WITH_PROBLEMS)


@click.command()
@click.argument("story", default="")
@click.option("--all", "everything", is_flag=True, help="Explain every file read; with --json, one object a line.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common_options
def explain(options: Options, *, story: str, everything: bool, as_json: bool) -> None:
    """Say why STORY (a file, an address or a part of a title) ranks where it does."""
    from frtfeed.explain import explain_all, explain_one, in_words, open_desk

    if bool(story) == everything:
        raise ConfigError("explain: name a story, or say --all. Run: frtfeed explain --help")
    config = the_config(options)
    desk = open_desk(the_newsroom(config, options), config)
    if not everything:
        answer = explain_one(story, desk)
        if as_json:
            say_json(answer, indent=1)
        else:
            say(in_words(answer))
        return
    for answer in explain_all(desk):
        if as_json:
            say_json(answer)
        else:
            place = f"{answer['rank']}." if answer["rank"] else ""
            say(f"{place:>5} {answer['role']:<8}  {answer['path']}  {answer['title'] or answer['reasons'][0]}")


@click.command()
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
    import threading

    from frtfeed.fetch.listing import list_folder, listing_stamp, project_files, templates_stamp
    from frtfeed.serve import make_server, rebuild_on_change

    config = the_config(options)

    def stamp() -> object:
        files = [path for path in (config.path,) if path and path.exists()]
        return (
            listing_stamp(list_folder(config.seeds)),
            templates_stamp(project_files() / "templates", config.templates),
            [path.stat().st_mtime_ns for path in files],
        )

    seen = stamp()  # before the build, so that what changes meanwhile is built again
    print_built(_build(options), options)

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
            "report": complain,
            "seen": seen,
        },
        daemon=True,
    )
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    say(f"http://127.0.0.1:{server.server_address[1]}/ shows {config.out}; stop with Ctrl-C")
    watcher.start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        say("stopped")
    finally:
        stop.set()
        server.server_close()


@click.command()
@common_options
def run(options: Options) -> None:
    """Run the configured jobs on their schedules, for those who do not have cron."""
    from frtfeed.schedule import run_jobs

    config = the_config(options)

    def build_job() -> None:
        with failures_told(leave=False):
            _build_and_tell(options)

    def fetch_job() -> None:
        from frtfeed.cli.inbox import fetch_and_tell

        with failures_told(leave=False):
            fetch_and_tell(the_config(options), options)

    fetch_cron = config.run.fetch if config.sources else ""
    jobs = {"fetch": (fetch_cron, fetch_job), "build": (config.run.build, build_job)}
    run_jobs(jobs, zone=config.site.zone, report=complain)


def _build(
    options: Options,
    *,
    allow_empty: bool = False,
    use_memory: bool = True,
    progress: Callable[[str], None] | None = None,
) -> "Built":
    from frtfeed.pipeline import build as build_site

    return build_site(
        the_project(options),
        now=the_instant(options),
        stopwatch=the_stopwatch(progress),
        allow_empty=allow_empty,
        use_memory=use_memory,
        run_map=_in_workers,
    )


def _in_workers(parse: "Parse", documents: "Iterable[Document]") -> "Iterable[Parsed]":
    from frtfeed.model import Parsed
    from frtfeed.workers import map_in_workers

    return map_in_workers(Parsed, parse, documents)


def _build_and_tell(options: Options) -> None:
    """Build with the configuration as it is by now: an editor changes it while this runs."""
    built = _build(options)
    print_problems(built.problems, built.seeds, notes=options.verbose)
    print_built(built, options)


def _is_below(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.resolve().is_relative_to(folder.resolve()) for folder in folders)


def _require_paths(paths: Iterable[Path], seeds: Path) -> None:
    """Refuse what is not there, or is no part of the stories: silence would look like a clean bill."""
    for path in paths:
        if not path.exists():
            raise ConfigError(f"{path}: no such file. Name a file or folder below {seeds}.")
        if not _is_below(path, [seeds]):
            raise ConfigError(f"{path}: not below {seeds}. Name the folder of stories with --seeds.")


def _intake_problems(config: "Config") -> "Iterator[Problem]":
    """Yield what `check` says about the sources and the inbox."""
    from frtfeed.newsdesk.fetching import remembered
    from frtfeed.newsdesk.following import source_problems
    from frtfeed.newsdesk.reviewing import inbox_problems

    yield from source_problems(config, remembered(config) if config.sources else {})
    yield from inbox_problems(config)


def _as_dict(problem: "Problem") -> dict[str, Any]:
    return {name: getattr(problem, name) for name in problem.__struct_fields__}
