"""One build: where nothing has changed since the last one, that is seen after the walk, and is all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from frtfeed.asked import Asked, asked_stamp, state_folder
from frtfeed.deliver.folder import Receipt, locked, recover
from frtfeed.fetch.listing import (
    Listing,
    list_folder,
    listing_stamp,
    project_files,
    require_folder,
    templates_stamp,
)
from frtfeed.pipeline.stopwatch import Stopwatch
from frtfeed.store.last_build import Folders, LastBuild, outputs_stamp, recall
from frtfeed.store.salt import program_stamp

if TYPE_CHECKING:
    from frtfeed.model import Problem
    from frtfeed.pipeline.reading import Map

__all__ = ["MEMORY", "Begun", "Built", "Looked", "build", "look"]

MEMORY = "last-build.json"  # in the state folder: of one build, the last


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """
    What a build did.

    seeds, out: the folders that it read and wrote. counts: stories, events and editions told.
    problems: by path. seconds, work: as in Stopwatch, by stage.
    """

    seeds: Path
    out: Path
    counts: Mapping[str, int]
    problems: "tuple[Problem, ...]"
    receipt: Receipt
    seconds: Mapping[str, float]
    work: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """
    What a build knows once it sees that there is something to do.

    asked, program: stamps of what it was asked for, and of frtfeed itself. looked: what it found there, if it looked.
    """

    asked: str
    program: str
    looked: "Looked | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What lies in a build's folders. inputs: what changes when anything does that the build reads there."""

    folders: Folders
    listing: Listing
    inputs: str


# Strategy: cron builds every few minutes, and mostly finds nothing to do. Then the configuration is not read
# either: to know that its bytes are the same is enough, and imports a third less.
def build(
    asked: Asked,
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
        ConfigError: the configuration cannot be used.
        FetchError: the seeds or a template cannot be read.
        TemplateError: a template does not render.
        DeliveryError: the output cannot be written, or would be emptied.
    """
    stamp, program = asked_stamp(asked), program_stamp()
    last = recall(state_folder(asked.config) / MEMORY) if use_memory else None
    looked = None
    if last and stamp and last.asked == stamp:
        require_folder(last.folders.seeds)
        with locked(last.folders.out):
            recover(last.folders.out)
            looked = look(last.folders, program=program, stopwatch=stopwatch)
            if last.inputs == looked.inputs and _still_stands(last, now=now):
                return _built_before(last, stopwatch)
    # What follows takes a quarter of a second to import, which a build with nothing to do has no use for.
    from frtfeed.config import load_config
    from frtfeed.pipeline.rebuilding import rebuild

    config = load_config(asked.config, seeds=asked.seeds, out=asked.out)
    return rebuild(
        config,
        Begun(asked=stamp, program=program, looked=looked),
        now=now,
        stopwatch=stopwatch,
        allow_empty=allow_empty,
        use_memory=use_memory,
        run_map=run_map,
    )


def look(folders: Folders, *, program: str, stopwatch: Stopwatch) -> Looked:
    """
    See what a build would read. What changes after this is seen by the next one.

    Args:
        program: stamp of frtfeed itself.
    """
    with stopwatch.stage("walk"):
        listing = list_folder(folders.seeds)
        designs = templates_stamp(project_files() / "templates", folders.templates)
        places = str(folders.seeds.resolve()), str(folders.out.resolve())
        facts = (program, *places, designs, listing_stamp(listing))
        inputs = sha256(repr(facts).encode(errors="backslashreplace")).hexdigest()
    stopwatch.counts["walked"] = sum(map(len, listing.bundles))
    return Looked(folders=folders, listing=listing, inputs=inputs)


def _still_stands(last: LastBuild, *, now: datetime) -> bool:
    """Tell whether the time changes nothing, and nobody touched the output."""
    return last.since <= now < last.until and last.outputs == outputs_stamp(last.folders.out, last.files)


def _built_before(last: LastBuild, stopwatch: Stopwatch) -> Built:
    """Say what the last build said."""
    stopwatch.counts["skipped"] = len(last.files)
    return Built(
        seeds=last.folders.seeds,
        out=last.folders.out,
        counts=last.counts,
        problems=last.problems,
        receipt=Receipt(written=(), unchanged=last.files, removed=()),
        seconds=dict(stopwatch.seconds),
        work=dict(stopwatch.counts),
    )
