"""What is known of a desk that was worked out before, as whoever works on it asks for it."""

from collections.abc import Collection, Iterable, Mapping, Set
from datetime import datetime
from typing import Literal, Protocol

from frtfeed.edit.regroup import Track
from frtfeed.edit.weights import Gist
from frtfeed.model import Parsed, Story
from frtfeed.records import Struct

__all__ = ["Filed", "KeptStory", "KnownDesk", "State", "filed_as", "state_of"]

State = Literal["told", "hidden", "waiting", "undated", "copy"]


class Filed(Struct, frozen=True):
    """
    How a file's story is filed.

    state: what may be done with it; "copy": another file tells the same story.
    at: its date as a timestamp, None where it has none.
    shared: it has its name or its id in common with another file.
    """

    id: str
    state: State
    at: float | None
    shared: bool = False


class KeptStory(Struct, frozen=True):
    """A story that is told, without its list. track: None for an incident. held: by [publish]."""

    story: Story
    event: str
    track: Track | None
    held: bool = False


class KnownDesk(Protocol):
    """What is known, of the changed files as they were."""

    def filed(self, paths: Collection[str], /) -> Mapping[str, Filed]:
        """Return how files are filed, by path, as far as they hold a story."""
        ...

    def holders(self, ids: Collection[str], /) -> Set[str]:
        """Return the files whose stories have any of these ids."""
        ...

    def owners(self, names: Collection[str], /) -> Mapping[str, str]:
        """Return the files whose stories have these names, by name."""
        ...

    def entries(self, names: Collection[str], /) -> Set[tuple[str, int]]:
        """Return which entries of which files' lists have any of these names: path, and place in the list."""
        ...

    def mentions(self, names: Collection[str], /) -> Mapping[str, str]:
        """Return the ids of the mentions that are told under these names, by name."""
        ...

    def parsed(self, paths: Collection[str], /) -> Mapping[str, Parsed]:
        """Return what files were read as, by path."""
        ...

    def told(self, ids: Collection[str], /) -> Mapping[str, KeptStory]:
        """Return stories and mentions that are told, by id."""
        ...

    def between(self, first: float, last: float, /) -> Mapping[str, KeptStory]:
        """Return the articles of some days, by id; the days as in Track."""
        ...

    def placed(self, first: float, before: float, /) -> Mapping[str, Track]:
        """Return how the articles of some days were placed, in order of date, by id."""
        ...

    def heard(self, first: float, before: float, /) -> Iterable[tuple[float, Gist, bool]]:
        """Yield of the articles of some days, in order of date: day, gist, whether the excerpt is boilerplate."""
        ...

    def members(self, events: Collection[str], /) -> Mapping[str, KeptStory]:
        """Return the stories of some events, by id."""
        ...

    def incidents(self) -> Mapping[str, KeptStory]:
        """Return every incident that is told, by id."""
        ...

    def last_day(self) -> float:
        """Return the day of the newest story that is told."""
        ...

    def related(self, ids: Collection[str], /) -> Mapping[str, tuple[str, ...]]:
        """Return what the editors of some stories named beside them, by id, in their order."""
        ...

    def naming(self, ids: Collection[str], /) -> Mapping[str, Set[str]]:
        """Return which stories' editors named some stories, by the id of these."""
        ...


def state_of(story: Story, *, now: datetime) -> State:
    """Tell what may be done with a story that no other file tells."""
    if story.hidden:
        return "hidden"
    if story.published is None:
        return "undated"
    return "waiting" if story.published.at > now else "told"


def filed_as(story: Story, *, now: datetime) -> Filed:
    """File a story that shares nothing with another one."""
    at = story.published.at.timestamp() if story.published else None
    return Filed(story.id, state_of(story, now=now), at)
