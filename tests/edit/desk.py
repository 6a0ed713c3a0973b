"""A desk as a build from nothing leaves it, and what is asked of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from frtfeed.config import Config, load_config
from frtfeed.edit.catch_up import Retold, catch_up
from frtfeed.edit.revise import Revision, revise
from frtfeed.model import Parsed, Story
from frtfeed.pipeline import Stopwatch
from frtfeed.pipeline.newsroom import findings, newsroom, reports_of
from frtfeed.records import replace
from frtfeed.store.desk import DeskStore, Findings
from tests.edit.stories import MONDAY

NOW = MONDAY + timedelta(days=1200)
CONFIG = load_config(None)
Folder = dict[str, Parsed]


def folder(*stories: Story) -> Folder:
    """Return files that tell a story each."""
    return {story.path: Parsed(stories=(story,)) for story in stories}


def learnt(files: Folder, *, now: datetime = NOW, config: Config = CONFIG) -> Findings:
    """Return what a build from nothing learns of some files."""
    room = newsroom(config, files, files.values(), now=now, stopwatch=Stopwatch(clock=float))
    return findings(room, salt="", generation="", reports=reports_of(room), unwalked=(), now=now)


def open_desk(found: Findings, files: Folder) -> DeskStore:
    """Return a desk that knows what was found of some files."""

    def parsed(paths: Any) -> Folder:
        return {path: files[path] for path in paths if path in files}

    desk = DeskStore(Path(":memory:"), parsed=parsed)
    desk.make(found)
    return desk


@dataclass(slots=True)
class Recorder:
    """A desk that notes how many rows it is asked for."""

    desk: DeskStore
    rows: dict[str, int] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self.desk, name)

        def ask(*args: Any) -> Any:
            answer = asked(*args)
            self.rows[name] = self.rows.get(name, 0) + (len(answer) if hasattr(answer, "__len__") else 1)
            return answer

        return ask


def changed(before: Folder, after: Folder) -> tuple[Folder, Folder]:
    """Return the changed files as they were, and as they are."""
    paths = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    return (
        {path: before[path] for path in paths & before.keys()},
        {path: after[path] for path in paths & after.keys()},
    )


def revised(
    before: Folder, after: Folder, *, now: datetime = NOW, since: datetime = NOW, desk: Any = None
) -> Revision | None:
    """Revise a desk after a change of files; the desk: as of since, unless one is given."""
    desk = desk or open_desk(learnt(before, now=since), before)
    was, is_ = changed(before, after)
    withdrawn = frozenset(name for parsed in before.values() for name in parsed.withdrawn)
    return revise(desk, before=was, after=is_, withdrawn=withdrawn, now=now)


def caught_up(
    before: Folder, after: Folder, *, config: Config = CONFIG, desk: Any = None, known: Findings | None = None
) -> Retold | None:
    """Tell again what a change of files changes."""
    known = known or learnt(before, config=config)
    desk = desk or open_desk(known, before)
    revision = revised(before, after, desk=desk)
    assert revision is not None
    return catch_up(
        desk,
        revision,
        names=known.about.names,
        policy=config.score,
        publish=config.publish,
        threshold=config.threshold,
    )


def wrong(retold: Retold, before: Findings, after: Findings) -> list[str]:
    """Return the ids of what is told, named or grouped otherwise than a build from nothing has it."""
    found = []
    told = {**before.told, **retold.told}
    found += [id_ for id_ in told.keys() | after.told.keys() if told.get(id_) != after.told.get(id_)]
    related = {**before.related, **retold.related}
    found += [
        id_ for id_ in related.keys() | after.related.keys() if related.get(id_, ()) != after.related.get(id_, ())
    ]
    groups = {id_: (kept.group, kept.problems) for id_, kept in before.grouped.items() if kept} | retold.groups
    expected = {id_: (kept.group, kept.problems) for id_, kept in after.grouped.items() if kept}
    found += [id_ for id_ in groups.keys() | expected.keys() if groups.get(id_) != expected.get(id_)]
    return sorted(found)


def without(files: Mapping[str, Parsed], *paths: str) -> Folder:
    """Return files without some."""
    return {path: parsed for path, parsed in files.items() if path not in paths}


def edited(files: Folder, path: str, **fields: object) -> Folder:
    """Return files of which one says something else."""
    (story,) = files[path].stories
    return {**files, path: Parsed(stories=(replace(story, **fields),))}  # type: ignore[arg-type]
