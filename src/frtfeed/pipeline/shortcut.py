"""
From changed files to all groups: the short way, which asks what the last build knew for the rest.

Design note: docs/design/incremental.md.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import get_args

from frtfeed.briefs import Brief, Groups
from frtfeed.config import Config
from frtfeed.edit.catch_up import Retold, catch_up
from frtfeed.edit.compose import compose, unchanged_until
from frtfeed.edit.known import State
from frtfeed.edit.merge import problem_key, waiting_problem
from frtfeed.edit.rank import rank
from frtfeed.edit.report import public_problems
from frtfeed.edit.revise import Revision, revise
from frtfeed.model import Group, Parsed, Problem
from frtfeed.pipeline.newsroom import Told, kept_group, waiting_dates
from frtfeed.pipeline.reading import Scan
from frtfeed.pipeline.stopwatch import Stopwatch
from frtfeed.records import replace
from frtfeed.store.desk import About, DeskStore, Findings
from frtfeed.store.parse_cache import ParseCache

__all__ = ["is_short", "learn", "told_in_short"]

FEW = 20  # files that may change; of a large folder a share
SHARE = 200
AT_HAND = 256  # groups


def is_short(found: Scan, about: About, *, next_mention: datetime | None, now: datetime) -> bool:
    """
    Tell whether so little has changed that the short way may be shorter.

    Args:
        next_mention: the date of the first mention that waits for it.
    """
    changes = len(found.read) - len(found.same) + len(found.failed) + len(found.gone)
    is_due = next_mention is not None and next_mention <= now
    return about.since <= now and not is_due and changes <= max(FEW, found.count // SHARE)


def learn(desk: DeskStore, cache: ParseCache, found: Scan, *, config: Config, now: datetime) -> Findings | None:
    """Work out what changed files change; None where that takes all files."""
    about = desk.about()
    changed = {each.status.path: each.parsed for each in found.read if each.status.path not in found.same}
    changed |= {problem.path: Parsed(problems=(problem,)) for problem in found.failed}
    due = [path for path, at in desk.waiting() if at <= now and path not in found.gone and path not in changed]
    before = cache.parsed({*changed, *found.gone, *due})
    after = changed | {path: before[path] for path in due}
    if set(due) - before.keys() or not desk.filed({*changed, *found.gone}).keys() <= before.keys():
        return None
    revision = revise(desk, before=before, after=after, withdrawn=about.withdrawn, now=now)
    if revision is None:
        return None
    retold = catch_up(
        desk,
        revision,
        names=about.names,
        policy=config.score,
        publish=config.publish,
        threshold=config.threshold,
    )
    if retold is None:
        return None
    troubled = desk.troubled()
    gone = dict.fromkeys(troubled - found.among(troubled), ())
    return Findings(
        about=replace(
            about,
            since=now,
            counts=_counts(desk, about.counts, revision, retold),
            names=retold.names,
        ),
        filed=dict(revision.filed),
        names=dict(revision.names),
        entries=dict(revision.entries),
        mentions=dict(revision.mentions),
        told=retold.told,
        related=retold.related,
        grouped={id_: kept_group(*each) if each else None for id_, each in retold.groups.items()},
        problems=gone | dict(revision.problems),
        due=dict(revision.due),
    )


def told_in_short(
    desk: DeskStore,
    *,
    files: int,
    unwalked: Sequence[Problem],
    config: Config,
    now: datetime,
    stopwatch: Stopwatch,
) -> Told:
    """Return what is published, as it is known by now."""
    about = desk.about()
    with stopwatch.stage("compose"):
        groups = Groups(desk.briefs(), _fetching(desk))
        waiting = desk.waiting()
        publication = compose(groups, site=config.site, policy=config.feed, now=now)
        dates = waiting_dates((at for _, at in waiting), desk.next_mention())
        until = unchanged_until(groups.briefs, waiting=dates, site=config.site, policy=config.feed, now=now)
    late = [waiting_problem(path, at, now=now) for path, at in waiting]
    problems = tuple(sorted({*desk.problems(), *late, *unwalked}, key=problem_key))
    counts = about.counts
    held, withdrawn = counts["held"], len(about.withdrawn_paths)
    filed = sum(counts.get(state, 0) for state in get_args(State))
    return Told(
        publication=publication,
        until=until,
        problems=problems,
        public=tuple(_public(problems, desk, about)),
        counts={
            "files": files,
            "stories": counts.get("told", 0) - held,
            "mentions": counts["mentions"],
            "hidden": counts.get("hidden", 0) + held + withdrawn,
            "waiting": len(waiting),
            "skipped": files - filed - withdrawn,
            "duplicates": counts.get("copy", 0),
            "groups": len(groups),
            "editions": len(publication.editions),
            "topics": len(publication.topics),
            "incidents": len(publication.incidents.groups),
        },
        reports=desk.reports([brief.id for brief in rank(groups.briefs)]),
    )


def _counts(desk: DeskStore, before: Mapping[str, int], revision: Revision, retold: Retold) -> dict[str, int]:
    """Return the counts of a desk once it is revised."""
    counts = Counter(before)
    counts["mentions"] += revision.mentioned
    counts.subtract(each.state for each in desk.filed(revision.filed.keys()).values())
    counts.update(each.state for each in revision.filed.values() if each)
    for sign, kept in ((-1, desk.told(retold.told.keys()).values()), (1, retold.told.values())):
        for each in kept:
            if each:
                counts["held"] += sign * each.held
    return dict(counts)


def _public(problems: Sequence[Problem], desk: DeskStore, about: About) -> Sequence[Problem]:
    if not problems:
        return ()
    filed = desk.filed({problem.path for problem in problems})
    shown = {path for path, each in filed.items() if each.state == "told"}
    return tuple(public_problems(problems, secret=desk.secret() | set(about.withdrawn_paths), shown=shown))


def _fetching(desk: DeskStore) -> Callable[[Brief], Group]:
    """Return what fetches a group; one that several pages show is fetched about once."""
    kept = lru_cache(maxsize=AT_HAND)(desk.group)
    return lambda brief: kept(brief.id)
