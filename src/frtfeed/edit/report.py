"""What a build says in public of what it read: of hidden and waiting stories, their number only."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from frtfeed.edit.group import Grouping
from frtfeed.edit.merge import Material
from frtfeed.edit.rank import rank
from frtfeed.model import Group, Parsed, Problem, Publication
from frtfeed.times import rfc3339

__all__ = ["public_facts"]


def public_facts(
    *,
    files: Sequence[str],
    parsed: Parsed,
    material: Material,
    grouping: Grouping,
    publication: Publication,
    problems: Sequence[Problem],
    until: datetime,
) -> dict[str, Any]:
    """
    Return counts, groups and problems as plain values.

    Args:
        files: paths of every file read. parsed: as merge() returns it.
        problems: all of them; what they give away of stories that are not shown is taken out.
        until: the same files are told the same way before that instant.
    """
    stories = len(parsed.stories)
    copies = sum(len(story.copies) for story in parsed.stories)
    public = _public(problems, parsed=parsed, material=material, grouping=grouping)
    return {
        "until": rfc3339(until),
        "counts": {
            "files": len(files),
            "stories": len(material.stories) - len(grouping.held),
            "mentions": len(material.mentions),
            "hidden": len(material.hidden) + len(grouping.held) + len(parsed.withdrawn_paths),
            "waiting": len(material.waiting),
            "skipped": len(files) - stories - copies - len(parsed.withdrawn_paths),
            "duplicates": copies,
            "groups": len(grouping.groups),
            "editions": len(publication.editions),
            "topics": len(publication.topics),
            "incidents": len(publication.incidents.groups),
        },
        "groups": [_group(group) for group in rank(grouping.groups)],
        "problems": [asdict(problem) for problem in public],
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "title": group.lead.title,
        "heat": group.heat,
        "quality": group.quality,
        "lead": group.lead.id,
        "members": [group.lead.id, *(member.story.id for member in group.coverage)],
        "background": [member.story.id for member in group.background],
    }


def _public(
    problems: Sequence[Problem], *, parsed: Parsed, material: Material, grouping: Grouping
) -> Iterator[Problem]:
    """Yield the problems that name no file of a hidden or waiting story, values only of stories that are shown."""
    held = [story for story in material.stories if story.id in grouping.held]
    secret = {path for story in (*material.hidden, *material.waiting, *held) for path in (story.path, *story.copies)}
    secret |= set(parsed.withdrawn_paths)
    shown = {story.path for story in material.stories}
    for problem in problems:
        said = f"{problem.fault} {problem.remedy}"
        if problem.path in secret or any(path in said for path in secret):
            continue
        # A file that was skipped may have been meant to stay hidden: what stands in it does not go out.
        yield problem if problem.path in shown else replace(problem, value="")
