"""Groups as templates get them: nobody fetches one whose fragments are known."""

from collections.abc import Callable, Sequence
from typing import cast

from frtfeed.briefs import Brief, briefs_of
from frtfeed.fingerprints import fingerprint
from frtfeed.model import Edition, Group
from frtfeed.records import replace

__all__ = ["Sketch", "sketched", "sketched_edition"]


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


def sketched(groups: Sequence[Group], mark: Callable[[Brief], str] = lambda brief: brief.digest) -> Sequence[Group]:
    """Return groups that are fetched when somebody looks at them."""
    sketches = (Sketch(groups, at, id_=brief.id, mark=mark(brief)) for at, brief in enumerate(briefs_of(groups)))
    return cast(Sequence[Group], tuple(sketches))


def sketched_edition(edition: Edition) -> Edition:
    """
    Return an edition whose groups are fetched when somebody looks at them.

    What an edition tells as an event of its own is left out of the backgrounds of the others
    (edit/compose.py): how a group looks hangs on which stories of its own are told beside it.
    """
    briefs = briefs_of(edition.groups)
    told = frozenset(id_ for brief in briefs for id_ in (brief.lead, *(id_ for id_, _ in brief.coverage)))

    def mark(brief: Brief) -> str:
        return fingerprint(brief.digest, tuple(id_ for id_ in brief.background if id_ in told))

    return replace(edition, groups=sketched(edition.groups, mark))
