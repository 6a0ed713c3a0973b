"""From all files to all groups: the long way, which knows nothing beforehand."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial

from frtfeed.briefs import Groups, brief_of
from frtfeed.config import Config
from frtfeed.edit.compose import compose, unchanged_until
from frtfeed.edit.group import Grouping, group
from frtfeed.edit.known import Filed, KeptStory, filed_as
from frtfeed.edit.merge import Material, merge, next_mention, open_desk, problem_key, waiting_problem
from frtfeed.edit.rank import rank
from frtfeed.edit.regroup import Track, names_after
from frtfeed.edit.report import group_facts, public_problems
from frtfeed.edit.revise import entries_of
from frtfeed.fetch.folder import problems_of
from frtfeed.fetch.listing import list_folder
from frtfeed.model import Group, Parsed, Problem, Publication
from frtfeed.parse import parse
from frtfeed.pipeline.reading import Map, everything, scan
from frtfeed.pipeline.stopwatch import Stopwatch
from frtfeed.records import Struct, replace
from frtfeed.render.report import group_text
from frtfeed.store.desk import About, Findings, KeptGroup
from frtfeed.store.encoding import digest

__all__ = [
    "Newsroom",
    "Told",
    "findings",
    "gather",
    "kept_group",
    "newsroom",
    "reports_of",
    "told_at_length",
    "waiting_dates",
]


class Newsroom(Struct, frozen=True, kw_only=True):
    """
    Everything known before anything is rendered. Paths are below the seeds; files and problems by path.

    groups: those of the grouping, with their outlines.
    until: the same files are told the same way before that instant.
    """

    parsed: Parsed
    material: Material
    grouping: Grouping
    groups: Groups
    publication: Publication
    until: datetime
    problems: tuple[Problem, ...]
    files: tuple[str, ...]


class Told(Struct, frozen=True, kw_only=True):
    """
    What a build publishes.

    until, problems: as in Newsroom. public: what build.json tells of the problems.
    counts: what it counts. reports: what it says of each group, as text, best first; to be looked at once.
    """

    publication: Publication
    until: datetime
    problems: tuple[Problem, ...]
    public: tuple[Problem, ...]
    counts: Mapping[str, int]
    reports: Iterable[str]


def gather(config: Config, *, now: datetime, stopwatch: Stopwatch, run_map: Map = map) -> Newsroom:
    """
    Read, merge, group and arrange the stories; write nothing.

    Raises:
        FetchError: the seeds folder cannot be read.
    """
    read_one = partial(parse, zone=config.site.zone)
    with stopwatch.stage("walk"):
        listing = list_folder(config.seeds)
    with stopwatch.stage("parse"):
        read = scan(config.seeds, listing.bundles, problems_of(listing), parse=read_one, run_map=run_map)
        parsed = everything(config.seeds, read, parse=read_one, run_map=run_map, cache=None)
    return newsroom(config, read.paths, parsed, now=now, stopwatch=stopwatch)


def newsroom(
    config: Config,
    files: Iterable[str],
    parsed: Iterable[Parsed],
    *,
    now: datetime,
    stopwatch: Stopwatch,
    before: Mapping[str, Track] | None = None,
) -> Newsroom:
    """
    Merge, group and arrange what files say.

    Args:
        before: the tracks of an earlier grouping: they save work.
    """
    with stopwatch.stage("merge"):
        merged = merge(parsed)
        material = open_desk(merged, now=now)
    with stopwatch.stage("group"):
        grouping = group(
            material, policy=config.score, publish=config.publish, threshold=config.threshold, before=before
        )
    with stopwatch.stage("compose"):
        held = {each.id: each for each in grouping.groups}
        groups = Groups([brief_of(each, digest=digest(each)) for each in held.values()], lambda brief: held[brief.id])
        publication = compose(groups, site=config.site, policy=config.feed, now=now)
        waiting = waiting_dates((story.at for story in material.waiting), material.next_mention)
        until = unchanged_until(
            groups.briefs,
            waiting=waiting,
            site=config.site,
            policy=config.feed,
            now=now,
        )
    return Newsroom(
        parsed=merged,
        material=material,
        grouping=grouping,
        groups=groups,
        publication=publication,
        until=until,
        problems=tuple(sorted({*material.problems, *_flat(grouping.problems)}, key=problem_key)),
        files=tuple(files),
    )


def waiting_dates(stories: Iterable[datetime], mention: datetime | None) -> list[datetime]:
    """Return the dates that stories and mentions wait for."""
    return [*stories, *((mention,) if mention else ())]


def reports_of(room: Newsroom) -> dict[str, str]:
    """Return what build.json says of each group, by id."""
    return {each.id: group_text(group_facts(each)) for each in room.grouping.groups}


def told_at_length(room: Newsroom, *, reports: Mapping[str, str]) -> Told:
    """
    Return what is published.

    Args:
        reports: what build.json says of each group, by id.
    """
    material, grouping, publication = room.material, room.grouping, room.publication
    held = [story for story in material.stories if story.id in grouping.held]
    unseen = (*material.hidden, *material.waiting, *held)
    secret = {path for story in unseen for path in (story.path, *story.copies)} | set(room.parsed.withdrawn_paths)
    shown = {story.path for story in material.stories}
    copies = sum(len(story.copies) for story in room.parsed.stories)
    withdrawn = len(room.parsed.withdrawn_paths)
    return Told(
        publication=publication,
        until=room.until,
        problems=room.problems,
        public=tuple(public_problems(room.problems, secret=secret, shown=shown)),
        counts={
            "files": len(room.files),
            "stories": len(material.stories) - len(held),
            "mentions": len(material.mentions),
            "hidden": len(material.hidden) + len(held) + withdrawn,
            "waiting": len(material.waiting),
            "skipped": len(room.files) - len(room.parsed.stories) - copies - withdrawn,
            "duplicates": copies,
            "groups": len(grouping.groups),
            "editions": len(publication.editions),
            "topics": len(publication.topics),
            "incidents": len(publication.incidents.groups),
        },
        reports=[reports[brief.id] for brief in rank(room.groups.briefs)],
    )


def kept_group(told: Group, problems: tuple[Problem, ...]) -> KeptGroup:
    """Return a group as it is kept."""
    brief = brief_of(told, digest=digest(told))
    return KeptGroup(brief, told, group_text(group_facts(told)), problems)


def findings(
    room: Newsroom,
    *,
    salt: str,
    generation: str,
    reports: Mapping[str, str],
    unwalked: Iterable[Problem],
    now: datetime,
) -> Findings:
    """
    Return all that a build from nothing learnt, for the next one.

    Args:
        salt, generation: as in About.
        reports: what build.json says of each group, by id.
        unwalked: problems that every walk finds anew.
    """
    material, grouping = room.material, room.grouping
    filings = _filings(room, now=now)
    learnt = Findings(
        about=_about(room, filings.values(), salt=salt, generation=generation, now=now), filed=dict(filings)
    )
    for story in room.parsed.stories:
        learnt.names[story.path] = story.names
        if filings[story.path].state == "told":
            learnt.entries[story.path] = entries_of(story)
            learnt.due[story.path] = next_mention(story, now=now)
    learnt.mentions = {name: story.id for story in material.mentions for name in story.names}
    learnt.related = {id_: others for id_, others in material.related.items() if others}
    homes = {story.id: event.stories[0].id for event in grouping.events for story in event.stories}
    learnt.told = {
        story.id: KeptStory(story, homes[story.id], grouping.tracks.get(story.id), story.id in grouping.held)
        for story in (*material.stories, *material.mentions)
        if story.id in homes  # a mention of an incident is in no event
    }
    briefs = {brief.id: brief for brief in room.groups.briefs}
    learnt.grouped = {
        each.id: KeptGroup(briefs[each.id], each, reports[each.id], grouping.problems.get(each.id, ()))
        for each in grouping.groups
    }
    elsewhere = {waiting_problem(story.path, story.at, now=now) for story in material.waiting}
    learnt.problems = _by_path(set(room.problems) - elsewhere - set(unwalked) - set(_flat(grouping.problems)))
    return learnt


def _filings(room: Newsroom, *, now: datetime) -> dict[str, Filed]:
    """Return how every file is filed, by path."""
    material = room.material
    settled = {story.path: story for story in (*material.stories, *material.hidden, *material.waiting)}
    ids = Counter(story.id for story in room.parsed.stories)
    found: dict[str, Filed] = {}
    for story in room.parsed.stories:
        filed = filed_as(settled.get(story.path, story), now=now)
        found[story.path] = replace(filed, shared=bool(story.copies) or ids[story.id] > 1)
        found |= {path: replace(filed, state="copy", shared=True) for path in story.copies}
    return found


def _about(room: Newsroom, filings: Iterable[Filed], *, salt: str, generation: str, now: datetime) -> About:
    tracks = room.grouping.tracks
    return About(
        salt=salt,
        generation=generation,
        since=now,
        withdrawn=frozenset(room.parsed.withdrawn),
        withdrawn_paths=room.parsed.withdrawn_paths,
        counts={
            **Counter(filed.state for filed in filings),
            "mentions": len(room.material.mentions),
            "held": len(room.grouping.held),
        },
        names={name: (event, tracks[event].day) for name, event in names_after(tracks.values(), {}).items()},
    )


def _flat(problems: Mapping[str, tuple[Problem, ...]]) -> Iterable[Problem]:
    return (problem for some in problems.values() for problem in some)


def _by_path(problems: Iterable[Problem]) -> dict[str, tuple[Problem, ...]]:
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.path, []).append(problem)
    return {path: tuple(each) for path, each in found.items()}
