"""A build that has something to do: what has changed is read, worked out, rendered and delivered; the rest stays."""

from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path

from frtfeed.config import Config
from frtfeed.deliver.folder import Receipt, locked, recover
from frtfeed.errors import DeliveryError
from frtfeed.fetch.folder import problems_of
from frtfeed.fetch.listing import require_folder
from frtfeed.fingerprints import fingerprint
from frtfeed.model import Problem
from frtfeed.parse import parse
from frtfeed.pipeline.building import MEMORY, Begun, Built, Looked, look
from frtfeed.pipeline.newsroom import Told
from frtfeed.pipeline.previous import Previous
from frtfeed.pipeline.publishing import publish
from frtfeed.pipeline.reading import Map, scan
from frtfeed.pipeline.stopwatch import Stopwatch
from frtfeed.pipeline.working import Work
from frtfeed.render.report import REPORT_PATH
from frtfeed.store.desk import DamagedDesk
from frtfeed.store.last_build import Folders, LastBuild, mark_begin, outputs_stamp, remember, still_holds
from frtfeed.store.parse_cache import CACHE_NAME, open_cache
from frtfeed.store.salt import salt_of

__all__ = ["rebuild"]


def rebuild(
    config: Config,
    begun: Begun,
    *,
    now: datetime,
    stopwatch: Stopwatch,
    allow_empty: bool,
    use_memory: bool,
    run_map: Map,
) -> Built:
    """Do the work of build()."""
    require_folder(config.seeds)  # before anything is made for the output
    memory = config.state / MEMORY
    with ExitStack() as held:
        held.enter_context(locked(config.out))
        recover(config.out)
        previous = Previous(config.out)
        began_ns, unkept = _begun(memory) if use_memory else (0, ())
        looked = _looked(config, begun, stopwatch)
        listing = looked.listing
        salt = salt_of(zone=config.site.zone)
        cache = None
        if use_memory:
            cache = held.enter_context(open_cache(config.state / CACHE_NAME, salt=salt, opened_ns=began_ns))
        with stopwatch.stage("parse"):
            read_one = partial(parse, zone=config.site.zone, hidden_mentions=False)
            unwalked = problems_of(listing)
            read = scan(config.seeds, listing.bundles, unwalked, parse=read_one, run_map=run_map, cache=cache)
        stopwatch.counts["parsed"] = len(read.read) - len(read.same)
        program = fingerprint(salt, begun.program, config)
        work = Work(
            config, read, cache=cache, program=program, now=now, stopwatch=stopwatch, parse=read_one, run_map=run_map
        )
        told = work.told(held)
        if not told.counts["groups"] and previous.told_some() and not allow_empty:
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
        if began_ns and still_holds((bundle.newest_ns() for bundle in listing.bundles), began_ns=began_ns):
            remember(memory, _last(begun, looked, now=now, told=told, receipt=receipt, counts=counts))
    return Built(
        seeds=config.seeds,
        out=config.out,
        counts=counts,
        problems=(*unkept, *told.problems),
        receipt=receipt,
        seconds=dict(stopwatch.seconds),
        work=dict(stopwatch.counts),
    )


def _looked(config: Config, begun: Begun, stopwatch: Stopwatch) -> Looked:
    """Return what lies in the folders, if that was not looked at already."""
    folders = Folders(config.seeds, config.templates, config.out)
    if begun.looked and begun.looked.folders == folders:
        return begun.looked
    return look(folders, program=begun.program, stopwatch=stopwatch)


def _last(
    begun: Begun, looked: Looked, *, now: datetime, told: Told, receipt: Receipt, counts: dict[str, int]
) -> LastBuild:
    """Return what the next build may know of this one."""
    files = tuple(sorted({*receipt.written, *receipt.unchanged, REPORT_PATH}))
    return LastBuild(
        asked=begun.asked,
        folders=looked.folders,
        inputs=looked.inputs,
        since=now,
        until=told.until,
        files=files,
        outputs=outputs_stamp(looked.folders.out, files),
        problems=told.problems,
        counts=counts,
    )


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
