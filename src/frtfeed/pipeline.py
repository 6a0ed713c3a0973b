"""
Calls the rooms in order, decides nothing: walk | read | parse | merge | group | compose | render | deliver.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path

from frtfeed.briefs import Groups, brief_of
from frtfeed.config import Config
from frtfeed.deliver.folder import Receipt, deliver, locked, recover
from frtfeed.edit.compose import compose, unchanged_until
from frtfeed.edit.group import Grouping, group
from frtfeed.edit.merge import Material, merge, open_desk
from frtfeed.edit.report import public_facts
from frtfeed.errors import DeliveryError
from frtfeed.fetch.folder import (
    Found,
    program_stamp,
    project_files,
    read_document,
    read_templates,
    require_folder,
    templates_stamp,
    walk,
)
from frtfeed.fingerprints import fingerprint
from frtfeed.model import Document, Page, Parsed, Problem, Publication
from frtfeed.parse import parse
from frtfeed.render import RENDERERS
from frtfeed.render.report import report_page
from frtfeed.store.encoding import digest
from frtfeed.store.known_pages import KnownPage, known_pages, recall_pages, remember_pages
from frtfeed.store.last_build import (
    LastBuild,
    mark_begin,
    outputs_stamp,
    recall,
    remember,
    still_holds,
)
from frtfeed.store.parse_cache import CACHE_NAME, ParseCache, Read, open_cache, salt_of

__all__ = ["Built", "Newsroom", "Stopwatch", "build", "gather"]

BUILD_REPORT = "build.json"
MEMORY = "last-build.json"  # in the state folder: of one build, the last
PAGES = "pages.json"  # there, too: of its pages
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
    """
    Everything known before anything is rendered. Paths are below the seeds; files and problems by path.

    until: the same files are told the same way before that instant.
    """

    parsed: Parsed
    material: Material
    grouping: Grouping
    publication: Publication
    until: datetime
    problems: tuple[Problem, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """
    What a build did.

    counts: stories, events and editions told. problems: by path.
    """

    counts: Mapping[str, int]
    problems: tuple[Problem, ...]
    receipt: Receipt
    seconds: Mapping[str, float]


def build(
    config: Config,
    *,
    now: datetime,
    stopwatch: Stopwatch,
    allow_empty: bool = False,
    use_memory: bool = True,
    run_map: Map = map,
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
    with locked(config.out):
        recover(config.out)
        previous = _previous_report(config.out)
        began_ns = mark_begin(memory) if use_memory else 0
        cache = config.state / CACHE_NAME if use_memory else None
        salt = salt_of(zone=config.site.zone)
        with open_cache(cache, salt=salt) if cache else nullcontext() as known:
            with stopwatch.stage("walk"):
                walked = walk(config.seeds)
            inputs = _inputs(config, *walked, salt=salt)
            if use_memory and (done := _already_built(config, memory, inputs, now=now, previous=previous)):
                return replace(done, seconds=dict(stopwatch.seconds))
            with stopwatch.stage("parse"):
                parsed = _parse(config.seeds, *walked, zone=config.site.zone, run_map=run_map, cache=known)
        newsroom = _newsroom(config, walked[0], parsed, now=now, stopwatch=stopwatch)
        if previous.get("groups") and not newsroom.publication.feed.groups and not allow_empty:
            raise DeliveryError(
                f"{config.seeds}: no story to publish, and {config.out} holds some. Nothing was changed. "
                "See what is wrong with: frtfeed check. To publish an empty site, add --allow-empty."
            )
        memory_salt = fingerprint(salt, program_stamp(), config) if use_memory else ""
        receipt = _publish(newsroom, config, stopwatch=stopwatch, previous=previous, memory=memory_salt)
        counts = {
            "stories": len(newsroom.material.stories),
            "events": len(newsroom.grouping.groups),
            "editions": len(newsroom.publication.editions),
        }
        if began_ns and still_holds((file.ctime_ns for file in walked[0]), began_ns=began_ns):
            written = (*receipt.written, *receipt.unchanged)
            told = LastBuild(
                inputs=inputs,
                since=now,
                until=newsroom.until,
                outputs=outputs_stamp(config.out, written),
                problems=newsroom.problems,
                counts=counts,
            )
            remember(memory, told)
    return Built(counts=counts, problems=newsroom.problems, receipt=receipt, seconds=dict(stopwatch.seconds))


def _already_built(
    config: Config, memory: Path, inputs: str, *, now: datetime, previous: Mapping[str, object]
) -> Built | None:
    """Return what the last build did, if it read the same, the time changes nothing and nobody touched its output."""
    last = recall(memory)
    if last is None or last.inputs != inputs or not last.since <= now < last.until:
        return None
    files = (*_paths(previous), BUILD_REPORT)
    if last.outputs != outputs_stamp(config.out, files):
        return None
    receipt = Receipt(written=(), unchanged=tuple(sorted(files)), removed=())
    return Built(counts=last.counts, problems=last.problems, receipt=receipt, seconds={})


def _publish(
    newsroom: Newsroom, config: Config, *, stopwatch: Stopwatch, previous: Mapping[str, object], memory: str
) -> Receipt:
    """
    Render what has changed of what the newsroom knows, and put it into the output.

    Args:
        memory: salt of what is remembered of pages; "" where nothing is.
    """
    remembered = config.state / PAGES
    with stopwatch.stage("render"):
        templates = read_templates(project_files() / "templates", config.templates)
        salt = fingerprint(memory, tuple(templates.items()))
        known = recall_pages(remembered, salt=salt) if memory else {}
        jobs = [job for plan in RENDERERS.values() for job in plan(newsroom.publication, templates=templates)]
        standing: dict[str, KnownPage] = {}
        pages: list[Page] = []
        for job in jobs:
            kept = known_pages(job, root=config.out, known=known)
            if kept is None:
                pages.extend(job.make())
            else:
                standing |= kept
    facts = public_facts(
        files=newsroom.files,
        parsed=newsroom.parsed,
        material=newsroom.material,
        grouping=newsroom.grouping,
        publication=newsroom.publication,
        problems=newsroom.problems,
        until=newsroom.until,
    )
    etags = {path: page.etag for path, page in standing.items()} | {page.path: page.etag for page in pages}
    report = report_page(facts, etags, seconds=stopwatch.seconds, previous=previous)
    with stopwatch.stage("deliver"):
        receipt = deliver([*pages, report], root=config.out, previous=_paths(previous), standing=standing)
    if memory:
        remember_pages(remembered, salt=salt, root=config.out, jobs=jobs, made=pages, known=standing)
    return receipt


def _inputs(config: Config, found: Sequence[Found], unwalked: Sequence[Problem], *, salt: str) -> str:
    """
    Return what changes when anything does that a build depends on, but for the time.

    Args:
        salt: what Python and the installed packages are.
    """
    files = repr([(file.path, file.size_bytes, file.mtime_ns, file.ctime_ns, file.inode) for file in found])
    templates = templates_stamp(project_files() / "templates", config.templates)
    return fingerprint(salt, program_stamp(), config, str(config.out.resolve()), templates, files, unwalked)


def gather(config: Config, *, now: datetime, stopwatch: Stopwatch, run_map: Map = map) -> Newsroom:
    """
    Read, merge, group and arrange the stories; write nothing.

    Raises:
        FetchError: the seeds folder cannot be read.
    """
    with stopwatch.stage("walk"):
        found, unwalked = walk(config.seeds)
    with stopwatch.stage("parse"):
        parsed = _parse(config.seeds, found, unwalked, zone=config.site.zone, run_map=run_map)
    return _newsroom(config, found, parsed, now=now, stopwatch=stopwatch)


def _newsroom(
    config: Config, found: Sequence[Found], parsed: Sequence[Parsed], *, now: datetime, stopwatch: Stopwatch
) -> Newsroom:
    """Merge, group and arrange what the files say."""
    with stopwatch.stage("merge"):
        merged = merge(parsed)
        material = open_desk(merged, now=now)
    with stopwatch.stage("group"):
        grouping = group(material, policy=config.score, publish=config.publish, threshold=config.threshold)
    with stopwatch.stage("compose"):
        held = {group.id: group for group in grouping.groups}
        briefs = [brief_of(group, digest=digest(group)) for group in grouping.groups]
        groups = Groups(briefs, lambda brief: held[brief.id])
        publication = compose(groups, site=config.site, policy=config.feed, now=now)
    return Newsroom(
        parsed=merged,
        material=material,
        grouping=grouping,
        publication=publication,
        until=unchanged_until(groups.briefs, waiting=material.waiting, site=config.site, policy=config.feed, now=now),
        problems=tuple(sorted((*material.problems, *grouping.problems), key=lambda each: (each.path, each.line or 0))),
        files=tuple(file.path for file in found),
    )


def _parse(
    seeds: Path,
    found: Sequence[Found],
    unwalked: Sequence[Problem],
    *,
    zone: tzinfo,
    run_map: Map,
    cache: ParseCache | None = None,
) -> list[Parsed]:
    """Read and parse files, but for those that the cache knows; return what came out, in their order."""
    told = cache.known(found) if cache else {}
    unread = list(unwalked)
    documents: dict[Found, Document] = {}
    for file in found:
        if file.path not in told:
            document = read_document(seeds, file)
            if isinstance(document, Document):
                documents[file] = document
            else:
                unread.append(document)
    recalled = {file.path: cache.recall(document) for file, document in documents.items()} if cache else {}
    told |= {path: parsed for path, parsed in recalled.items() if parsed}
    new = [document for document in documents.values() if document.path not in told]
    told |= {
        document.path: parsed for document, parsed in zip(new, run_map(partial(parse, zone=zone), new), strict=True)
    }
    if cache:
        cache.store(
            Read(status=file, document=document, parsed=told[file.path]) for file, document in documents.items()
        )
    return [*(told[file.path] for file in found if file.path in told), Parsed(problems=tuple(unread))]


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
