"""Groups as templates get them: nobody fetches one whose fragments are known."""

from collections.abc import Sequence
from typing import cast

from frtfeed.briefs import briefs_of, marks_of
from frtfeed.model import Group

__all__ = ["Sketch", "sketched"]


class Sketch:
    """
    A group of which its id is known; who looks at more of it fetches it.

    mark: changes when anything of the group does, as it is seen here.
    """

    __slots__ = ("_at", "_group", "_groups", "id", "mark")

    def __init__(self, groups: Sequence[Group], at: int, *, id_: str, mark: str) -> None:
        self._groups, self._at = groups, at
        self._group: Group | None = None
        self.id, self.mark = id_, mark

    def __getattr__(self, name: str) -> object:
        """Return what the group says."""
        if self._group is None:
            self._group = self._groups[self._at]
        return getattr(self._group, name)

    def let_go(self) -> None:
        """Hold the group no longer: what a template was given may stay in memory for long."""
        self._group = None


def sketched(groups: Sequence[Group]) -> Sequence[Group]:
    """Return groups that are fetched when somebody looks at them."""
    known = zip(briefs_of(groups), marks_of(groups), strict=True)
    sketches = (Sketch(groups, at, id_=brief.id, mark=mark) for at, (brief, mark) in enumerate(known))
    return cast(Sequence[Group], tuple(sketches))
