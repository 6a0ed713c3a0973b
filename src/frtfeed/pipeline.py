"""
Calls the rooms in order, decides nothing: walk | read | parse | merge | group | compose | render | deliver.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path

from frtfeed.config import Config
from frtfeed.deliver.folder import Receipt, deliver, locked, recover
from frtfeed.edit.compose import compose
from frtfeed.edit.group import group
from frtfeed.edit.merge import Material, merge, open_desk
from frtfeed.edit.rank import rank
from frtfeed.errors import DeliveryError
from frtfeed.fetch.folder import project_files, read_document, read_templates, walk
from frtfeed.model import Document, Group, Page, Parsed, Problem, Publication
from frtfeed.parse import parse
from frtfeed.render import RENDERERS

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
    """Everything known before anything is rendered. problems: sorted by path; paths below the seeds."""

    parsed: Parsed
    material: Material
    groups: tuple[Group, ...]
    publication: Publication
    problems: tuple[Problem, ...]
    files: int


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
        pages.append(_report_page(newsroom, pages, seconds=stopwatch.seconds, previous=previous))
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
        groups = group(material, policy=config.score)
    with stopwatch.stage("compose"):
        publication = compose(groups, site=config.site, policy=config.feed, now=now)
    return Newsroom(
        parsed=merged,
        material=material,
        groups=groups,
        publication=publication,
        problems=material.problems,
        files=files,
    )


def parse_all(seeds: Path, *, zone: tzinfo, stopwatch: Stopwatch, run_map: Map = map) -> tuple[list[Parsed], int]:
    """
    Read and parse every file of a folder.

    Returns: what came out, in the order of the files, and how many files there were.

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
    return parsed, len(found)


def _report_page(
    newsroom: Newsroom, pages: Iterable[Page], *, seconds: Mapping[str, float], previous: Mapping[str, object]
) -> Page:
    """
    Write build.json. It is public: of hidden and waiting stories it holds their number only.

    Timings are taken over from the previous report when nothing else differs, so that a
    build without a change leaves the file untouched.
    """
    report: dict[str, object] = {
        "counts": _counts(newsroom),
        "groups": [_group_report(group) for group in rank(newsroom.groups)],
        "problems": [_problem_report(problem) for problem in _public_problems(newsroom)],
        "files": {page.path: page.etag.strip('"') for page in sorted(pages, key=lambda page: page.path)},
    }
    same = {key: previous.get(key) for key in report} == json.loads(json.dumps(report))
    report["timings"] = previous["timings"] if same and "timings" in previous else dict(seconds)
    text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
    return Page(path=BUILD_REPORT, media_type="application/json", content=text.encode())


def _counts(newsroom: Newsroom) -> dict[str, int]:
    material = newsroom.material
    return {
        "files": newsroom.files,
        "stories": len(material.stories),
        "mentions": len(material.mentions),
        "hidden": len(material.hidden),
        "waiting": len(material.waiting),
        "skipped": newsroom.files - sum(1 + len(story.copies) for story in newsroom.parsed.stories),
        "duplicates": sum(len(story.copies) for story in newsroom.parsed.stories),
        "groups": len(newsroom.groups),
        "editions": len(newsroom.publication.editions),
        "topics": len(newsroom.publication.topics),
        "incidents": len(newsroom.publication.incidents.groups),
    }


def _group_report(group: Group) -> dict[str, object]:
    members = [group.lead, *(member.story for member in group.coverage)]
    return {
        "id": group.id,
        "title": group.lead.title,
        "heat": group.heat,
        "quality": group.quality,
        "lead": group.lead.id,
        "members": [story.id for story in members],
        "background": [member.story.id for member in group.background],
    }


def _public_problems(newsroom: Newsroom) -> Iterator[Problem]:
    """Yield the problems that name no hidden or waiting story, values only of stories that are shown."""
    material = newsroom.material
    secret = {path for story in (*material.hidden, *material.waiting) for path in (story.path, *story.copies)}
    shown = {story.path for story in material.stories}
    for problem in newsroom.problems:
        said = f"{problem.fault} {problem.remedy}"
        if problem.path in secret or any(path in said for path in secret):
            continue
        # A file that was skipped may have been meant to stay hidden: what stands in it does not go out.
        yield problem if problem.path in shown else replace(problem, value="")


def _problem_report(problem: Problem) -> dict[str, object]:
    return {
        "path": problem.path,
        "line": problem.line,
        "field": problem.field,
        "severity": problem.severity,
        "fault": problem.fault,
        "value": problem.value,
        "remedy": problem.remedy,
    }


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
