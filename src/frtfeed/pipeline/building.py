"""One build: what has changed is read, worked out, rendered and delivered; the rest stays."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from frtfeed.config import Config
from frtfeed.deliver.folder import Receipt, locked, recover
from frtfeed.errors import DeliveryError
from frtfeed.fetch.folder import Found, program_stamp, project_files, require_folder, templates_stamp, walk
from frtfeed.fingerprints import fingerprint
from frtfeed.model import Problem
from frtfeed.pipeline.stopwatch import Stopwatch
from frtfeed.render.report import REPORT_PATH, listed_files
from frtfeed.store.last_build import (
    LastBuild,
    mark_begin,
    outputs_stamp,
    recall,
    remember,
    still_holds,
)
from frtfeed.store.salt import salt_of

if TYPE_CHECKING:
    from frtfeed.pipeline.newsroom import Newsroom
    from frtfeed.pipeline.reading import Map

__all__ = ["Built", "build", "gather"]

MEMORY = "last-build.json"  # in the state folder: of one build, the last


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """
    What a build did.

    counts: stories, events and editions told. problems: by path. seconds, work: as in Stopwatch, by stage.
    """

    counts: Mapping[str, int]
    problems: tuple[Problem, ...]
    receipt: Receipt
    seconds: Mapping[str, float]
    work: Mapping[str, int]


def build(
    config: Config,
    *,
    now: datetime,
    stopwatch: Stopwatch,
    allow_empty: bool = False,
    use_memory: bool = True,
    run_map: "Map" = map,
) -> Built:
    """
    Read the stories, write the output; where nothing has changed since the last time, see that and end.

    Args:
        now: aware, UTC.
        allow_empty: let an output without stories take the place of one with some.
        use_memory: ask what the last build remembered; the output is the same without.
        run_map: maps parse over documents, as the built-in map does.

    Raises:
        FetchError: the seeds or a template cannot be read.
        TemplateError: a template does not render.
        DeliveryError: the output cannot be written, or would be emptied.
    """
    require_folder(config.seeds)  # before anything is made for the output
    memory = config.state / MEMORY
    with ExitStack() as held:
        held.enter_context(locked(config.out))
        recover(config.out)
        previous = _previous_report(config.out)
        began_ns, unkept = _begun(memory) if use_memory else (0, ())
        salt = salt_of(zone=config.site.zone)
        with stopwatch.stage("walk"):
            found, unwalked = walk(config.seeds)
        stopwatch.counts["walked"] = len(found)
        inputs = _inputs(config, found, unwalked, salt=salt)
        if use_memory and (done := _already_built(config, memory, inputs, now=now, previous=previous)):
            stopwatch.counts["skipped"] = len(done.receipt.unchanged)
            return replace(done, seconds=dict(stopwatch.seconds), work=dict(stopwatch.counts))
        # What follows takes a tenth of a second to import, which a build with nothing to do has no use for.
        from frtfeed.parse import parse
        from frtfeed.pipeline.publishing import publish
        from frtfeed.pipeline.reading import scan
        from frtfeed.pipeline.working import Work
        from frtfeed.store.desk import DamagedDesk
        from frtfeed.store.parse_cache import CACHE_NAME, open_cache

        cache = None
        if use_memory:
            cache = held.enter_context(open_cache(config.state / CACHE_NAME, salt=salt, opened_ns=began_ns))
        with stopwatch.stage("parse"):
            read_one = partial(parse, zone=config.site.zone, hidden_mentions=False)
            read = scan(config.seeds, found, unwalked, parse=read_one, run_map=run_map, cache=cache)
        stopwatch.counts["parsed"] = len(read.read) - len(read.same)
        program = fingerprint(salt, program_stamp(), config)
        work = Work(
            config, read, cache=cache, program=program, now=now, stopwatch=stopwatch, parse=read_one, run_map=run_map
        )
        told = work.told(held)
        if not told.counts["groups"] and _told_some(previous) and not allow_empty:
            raise DeliveryError(
                f"{config.seeds}: no story to publish, and {config.out} holds some. Nothing was changed. "
                "See what is wrong with: frtfeed check. To publish an empty site, add --allow-empty."
            )
        kept = program if use_memory else ""
        try:
            receipt = publish(told, config, stopwatch=stopwatch, previous=previous, program=kept)
        except DamagedDesk:
            told = work.told_afresh()
            receipt = publish(told, config, stopwatch=stopwatch, previous=previous, program=kept)
        counts = {"stories": told.counts["stories"], "events": told.counts["groups"]}
        counts["editions"] = told.counts["editions"]
        if began_ns and still_holds((file.ctime_ns for file in found), began_ns=began_ns):
            outputs = outputs_stamp(config.out, (*receipt.written, *receipt.unchanged))
            last = LastBuild(
                inputs=inputs, since=now, until=told.until, outputs=outputs, problems=told.problems, counts=counts
            )
            remember(memory, last)
    return Built(
        counts=counts,
        problems=(*unkept, *told.problems),
        receipt=receipt,
        seconds=dict(stopwatch.seconds),
        work=dict(stopwatch.counts),
    )


def gather(config: Config, *, now: datetime, stopwatch: Stopwatch, run_map: "Map" = map) -> "Newsroom":
    """
    Read, merge, group and arrange the stories; write nothing.

    Raises:
        FetchError: the seeds folder cannot be read.
    """
    from frtfeed.parse import parse
    from frtfeed.pipeline.newsroom import newsroom
    from frtfeed.pipeline.reading import everything, scan

    read_one = partial(parse, zone=config.site.zone)
    with stopwatch.stage("walk"):
        found, unwalked = walk(config.seeds)
    with stopwatch.stage("parse"):
        read = scan(config.seeds, found, unwalked, parse=read_one, run_map=run_map)
        parsed = everything(config.seeds, read, parse=read_one, run_map=run_map, cache=None)
    return newsroom(config, [file.path for file in found], parsed, now=now, stopwatch=stopwatch)


def _already_built(config: Config, memory: Path, inputs: str, *, now: datetime, previous: bytes) -> Built | None:
    """Return what the last build did, if it read the same, the time changes nothing and nobody touched its output."""
    last = recall(memory)
    if last is None or last.inputs != inputs or not last.since <= now < last.until:
        return None
    files = (*listed_files(previous), REPORT_PATH)
    if last.outputs != outputs_stamp(config.out, files):
        return None
    receipt = Receipt(written=(), unchanged=tuple(sorted(files)), removed=())
    return Built(counts=last.counts, problems=last.problems, receipt=receipt, seconds={}, work={})


def _inputs(config: Config, found: Sequence[Found], unwalked: Sequence[Problem], *, salt: str) -> str:
    """
    Return what changes when anything does that a build depends on, but for the time.

    Args:
        salt: what Python and the installed packages are.
    """
    files = repr(list(map(tuple, found)))
    templates = templates_stamp(project_files() / "templates", config.templates)
    return fingerprint(salt, program_stamp(), config, str(config.out.resolve()), templates, files, tuple(unwalked))


def _begun(memory: Path) -> tuple[int, tuple[Problem, ...]]:
    """Return when a build began, by the disk's clock, and what is wrong where nothing can be remembered."""
    try:
        return mark_begin(memory), ()
    except OSError as error:
        problem = Problem(
            path=str(memory.parent),
            fault=f"cannot be written: {error.strerror}",
            remedy="Each build does the whole work. Check the folder's permissions, and the space on its disk.",
            severity="warning",
        )
        return 0, (problem,)


def _previous_report(out: Path) -> bytes:
    """Return the last build's report; nothing where there is none or it cannot be read."""
    try:
        return (out / REPORT_PATH).read_bytes()
    except OSError:
        return b""


def _told_some(report: bytes) -> bool:
    """Tell whether a report tells of any group."""
    return b'\n "groups": [' in report and b'\n "groups": []' not in report
