"""Groups in brief: what arranging them asks for. The rest of a group is fetched when something shows it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import overload

from frtfeed.fingerprints import fingerprint
from frtfeed.model import Group, Kind, Story
from frtfeed.records import Struct

__all__ = ["Brief", "Groups", "brief_of", "briefs_of", "in_brief", "marks_of"]


class Brief(Struct, frozen=True, kw_only=True):
    """
    A group's outline.

    digest: changes when, and only when, anything of the group does.
    lead, kind, at, outlet, pin, topics: of its lead; outlet is its provider's key, "" for nobody.
    coverage: the others' ids and dates. background: ids, as printed. incidents: as in Group.
    pages: the path of each page of our own that a story of it has, and the story's id.
    """

    id: str
    digest: str
    heat: int
    quality: int
    updated: datetime
    lead: str
    kind: Kind
    at: datetime
    outlet: str = ""
    pin: bool = False
    topics: tuple[str, ...] = ()
    coverage: tuple[tuple[str, datetime], ...] = ()
    background: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
    pages: tuple[tuple[str, str], ...] = ()


class Groups(Sequence[Group]):
    """Groups in an order; what is known of them without fetching one stands in `briefs`."""

    __slots__ = ("_fetch", "_mark", "briefs")

    def __init__(
        self,
        briefs: Iterable[Brief],
        fetch: Callable[[Brief], Group],
        mark: Callable[[Brief], str] = attrgetter("digest"),
    ) -> None:
        self.briefs = tuple(briefs)
        self._fetch, self._mark = fetch, mark

    def __len__(self) -> int:
        return len(self.briefs)

    def __iter__(self) -> Iterator[Group]:
        return map(self._fetch, self.briefs)

    @overload
    def __getitem__(self, at: int) -> Group: ...
    @overload
    def __getitem__(self, at: slice) -> "Groups": ...
    def __getitem__(self, at: int | slice) -> "Group | Groups":
        return self.only(self.briefs[at]) if isinstance(at, slice) else self._fetch(self.briefs[at])

    def __eq__(self, other: object) -> bool:
        """Tell whether another list holds the same groups in the same order."""
        if isinstance(other, Groups):
            return self.briefs == other.briefs
        return isinstance(other, tuple) and tuple(self) == other

    def __hash__(self) -> int:
        return hash(self.briefs)

    def __repr__(self) -> str:
        return f"Groups({', '.join(brief.id for brief in self.briefs)})"

    def only(self, briefs: Iterable[Brief]) -> "Groups":
        """Return some of these groups, or others that are fetched from the same place."""
        return Groups(briefs, self._fetch, self._mark)

    def as_seen(self, see: Callable[[Group], Group], *, hangs_on: Callable[[Brief], object]) -> "Groups":
        """
        Return these groups as they look from somewhere.

        Args:
            hangs_on: what of a group's brief, and of the others', how it looks hangs on.
        """
        fetch, mark = self._fetch, self._mark
        return Groups(
            self.briefs, lambda brief: see(fetch(brief)), lambda brief: fingerprint(mark(brief), hangs_on(brief))
        )

    def mark(self, at: int) -> str:
        """Return what changes when anything of a group does, as it looks here."""
        return self._mark(self.briefs[at])


def in_brief(groups: Iterable[Group]) -> Groups:
    """Return groups that are all at hand already."""
    held = {group.id: group for group in groups}
    return Groups(map(brief_of, held.values()), lambda brief: held[brief.id])


def briefs_of(groups: Sequence[Group]) -> tuple[Brief, ...]:
    """Return the outlines of some groups; those of Groups are known."""
    return groups.briefs if isinstance(groups, Groups) else tuple(map(brief_of, groups))


def marks_of(groups: Sequence[Group]) -> tuple[str, ...]:
    """Return what changes when anything of a group does, as it looks here, for each of some."""
    if isinstance(groups, Groups):
        return tuple(map(groups.mark, range(len(groups))))
    return tuple(brief.digest for brief in briefs_of(groups))


def brief_of(group: Group, *, digest: str = "") -> Brief:
    """
    Outline a group.

    Args:
        digest: of all of it, where that is known already.
    """
    lead = group.lead
    stories = (lead, *(member.story for member in (*group.coverage, *group.background)))
    return Brief(
        id=group.id,
        digest=digest or fingerprint(group),
        heat=group.heat,
        quality=group.quality,
        updated=group.updated,
        lead=lead.id,
        kind=lead.kind,
        at=_at(lead, group),
        outlet=lead.provider.key if lead.provider else "",
        pin=lead.pin,
        topics=lead.topics,
        coverage=tuple((member.story.id, _at(member.story, group)) for member in group.coverage),
        background=tuple(member.story.id for member in group.background),
        incidents=group.incidents,
        pages=tuple((story.page, story.id) for story in stories if story.page),
    )


def _at(story: Story, group: Group) -> datetime:
    """Return when a story appeared; of one that does not say, when its group last changed."""
    return story.published.at if story.published else group.updated
