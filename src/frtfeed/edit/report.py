"""What a build says in public of what it read: of hidden and waiting stories, their number only."""

from collections.abc import Iterable, Iterator, Set
from typing import Any

from frtfeed.model import Group, Problem
from frtfeed.records import replace

__all__ = ["group_facts", "public_problems"]


def group_facts(group: Group) -> dict[str, Any]:
    """Return a group as plain values."""
    return {
        "id": group.id,
        "title": group.lead.title,
        "heat": group.heat,
        "quality": group.quality,
        "lead": group.lead.id,
        "members": [group.lead.id, *(member.story.id for member in group.coverage)],
        "background": [member.story.id for member in group.background],
    }


def public_problems(problems: Iterable[Problem], *, secret: Set[str], shown: Set[str]) -> Iterator[Problem]:
    """
    Yield the problems that name no file of a story that is not shown, values only of stories that are.

    Args:
        secret: paths of the files whose stories are hidden, waiting or held. shown: of those that are told.
    """
    names = _Names(secret)
    for problem in problems:
        if problem.path in secret or names.are_in(f"{problem.fault} {problem.remedy}"):
            continue
        # A file that was skipped may have been meant to stay hidden: what stands in it does not go out.
        yield problem if problem.path in shown else replace(problem, value="")


class _Names:
    """
    Paths to be found in texts.

    By their last letters: an archive has tens of thousands, and most texts hold none of them.
    """

    def __init__(self, paths: Set[str]) -> None:
        self._length = min(map(len, paths), default=0)
        self._by_end: dict[str, list[str]] = {}
        for path in paths:
            self._by_end.setdefault(path[-self._length :], []).append(path)

    def are_in(self, text: str) -> bool:
        """Tell whether a text holds any of the paths."""
        if not self._by_end:
            return False
        ends = (at + self._length for at in range(len(text) - self._length + 1))
        return any(
            text.endswith(path, 0, end) for end in ends for path in self._by_end.get(text[end - self._length : end], ())
        )
