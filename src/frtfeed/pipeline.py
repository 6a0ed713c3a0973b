"""
Calls the rooms in order, decides nothing: walk | read | parse | merge | group | compose | render | deliver.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path

from frtfeed.config import Config
from frtfeed.deliver.folder import Receipt, deliver, locked, recover
from frtfeed.edit.compose import compose
from frtfeed.edit.group import Grouping, group
from frtfeed.edit.merge import Material, merge, open_desk
from frtfeed.edit.report import public_facts
from frtfeed.errors import DeliveryError
from frtfeed.fetch.folder import project_files, read_document, read_templates, require_folder, walk
from frtfeed.model import Document, Parsed, Problem, Publication
from frtfeed.parse import parse
from frtfeed.render import RENDERERS
from frtfeed.render.report import report_page

__all__ = ["Built", "Newsroom", "Stopwatch", "build", "gather", "parse_all"]

BUILD_REPORT = "build.json"
Map = Callable[[Callable[[Document], Parsed], Iterable[Document]], Iterable[Parsed]]
Progress = Callable[[str], None]


@dataclass(slots=True)
class Stopwatch:
    """How long each stage took, in seconds, by a clock that the caller brings."""

    clock: Callable[[], float]
    progress: Progress = lambda stage: None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time one stage under its name; tell the caller that it begins."""
        self.progress(name)
        started = self.clock()
        yield
        self.seconds[name] = round(self.clock() - started, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """Everything known before anything is rendered. Paths are below the seeds; files and problems by path."""

    parsed: Parsed
    material: Material
    grouping: Grouping
    publication: Publication
    problems: tuple[Problem, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build did."""

    newsroom: Newsroom
    receipt: Receipt
    seconds: Mapping[str, float]


def build(
    config: Config, *, now: datetime, stopwatch: Stopwatch, allow_empty: bool = False, run_map: Map = map
) -> Built:
    """
    Read the stories, write the output.

    Args:
        now: aware, UTC.
        allow_empty: let an output without stories take the place of one with some.
        run_map: maps parse over documents, as the built-in map does.

    Raises:
        FetchError: the seeds or a template cannot be read.
        TemplateError: a template does not render.
        DeliveryError: the output cannot be written, or would be emptied.
    """
    require_folder(config.seeds)  # before anything is made for the output
    with locked(config.out):
        recover(config.out)
        newsroom = gather(config, now=now, stopwatch=stopwatch, run_map=run_map)
        previous = _previous_report(config.out)
        if previous.get("groups") and not newsroom.publication.feed.groups and not allow_empty:
            raise DeliveryError(
                f"{config.seeds}: no story to publish, and {config.out} holds some. Nothing was changed. "
                "See what is wrong with: frtfeed check. To publish an empty site, add --allow-empty."
            )
        with stopwatch.stage("render"):
            templates = read_templates(project_files() / "templates", config.templates)
            pages = [
                page for renderer in RENDERERS.values() for page in renderer(newsroom.publication, templates=templates)
            ]
        facts = public_facts(
            files=newsroom.files,
            parsed=newsroom.parsed,
            material=newsroom.material,
            grouping=newsroom.grouping,
            publication=newsroom.publication,
            problems=newsroom.problems,
        )
        pages.append(report_page(facts, pages, seconds=stopwatch.seconds, previous=previous))
        with stopwatch.stage("deliver"):
            receipt = deliver(pages, root=config.out, previous=_paths(previous))
    return Built(newsroom=newsroom, receipt=receipt, seconds=dict(stopwatch.seconds))


def gather(config: Config, *, now: datetime, stopwatch: Stopwatch, run_map: Map = map) -> Newsroom:
    """
    Read, merge, group and arrange the stories; write nothing.

    Raises:
        FetchError: the seeds folder cannot be read.
    """
    parsed, files = parse_all(config.seeds, zone=config.site.zone, stopwatch=stopwatch, run_map=run_map)
    with stopwatch.stage("merge"):
        merged = merge(parsed)
        material = open_desk(merged, now=now)
    with stopwatch.stage("group"):
        grouping = group(material, policy=config.score, publish=config.publish, threshold=config.threshold)
    with stopwatch.stage("compose"):
        publication = compose(grouping.groups, site=config.site, policy=config.feed, now=now)
    return Newsroom(
        parsed=merged,
        material=material,
        grouping=grouping,
        publication=publication,
        problems=tuple(sorted((*material.problems, *grouping.problems), key=lambda each: (each.path, each.line or 0))),
        files=files,
    )


def parse_all(
    seeds: Path, *, zone: tzinfo, stopwatch: Stopwatch, run_map: Map = map
) -> tuple[list[Parsed], tuple[str, ...]]:
    """
    Read and parse every file of a folder.

    Returns: what came out, in the order of the files, and the paths of these.

    Raises:
        FetchError: the folder cannot be read.
    """
    with stopwatch.stage("walk"):
        found, problems = walk(seeds)
    with stopwatch.stage("parse"):
        documents, unread = [], list(problems)
        for file in found:
            document = read_document(seeds, file)
            if isinstance(document, Document):
                documents.append(document)
            else:
                unread.append(document)
        parsed = [*run_map(partial(parse, zone=zone), documents), Parsed(problems=tuple(unread))]
    return parsed, tuple(file.path for file in found)


def _previous_report(out: Path) -> dict[str, object]:
    """Return what the last build reported; nothing where there was none or it cannot be read."""
    try:
        report = json.loads((out / BUILD_REPORT).read_bytes())
    except (OSError, ValueError):
        return {}
    return report if isinstance(report, dict) else {}


def _paths(report: Mapping[str, object]) -> tuple[str, ...]:
    files = report.get("files")
    return tuple(path for path in files if isinstance(path, str)) if isinstance(files, dict) else ()
