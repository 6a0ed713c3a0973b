"""In what order. Plain on purpose: an editor must be able to predict it."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Protocol, TypeVar

from frtfeed.model import Story

__all__ = ["by_date", "day_of", "rank", "spread"]

# The key that puts stories in the order in which they appeared; ids break ties. Asked for of every story, often.
by_date: Callable[[Story], tuple[datetime, str]] = attrgetter("published.at", "id")

DAY_S = 86_400
TOP = 10  # what most readers see
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # any fixed instant gives the same order


class Ranked(Protocol):
    """What ranking asks of a group; its outline answers as well as all of it."""

    @property
    def id(self) -> str: ...
    @property
    def heat(self) -> int: ...
    @property
    def quality(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def outlet(self) -> str: ...


class HasDate(Protocol):
    """What has a date."""

    @property
    def at(self) -> datetime: ...


AGroup = TypeVar("AGroup", bound=Ranked)


def rank(groups: Iterable[AGroup], *, half_life_days: float = 0, per_provider: int = 0) -> tuple[AGroup, ...]:
    """
    Order groups, best first: by heat, then quality, then newest, then id.

    Args:
        half_life_days: when not 0, heat counts with 50 points more for each half-life that a
            lead is newer: the order of two groups never changes with the time of the build.
        per_provider: when not 0, so many leads of one provider stand among the first TOP; its
            further ones follow these, unless nobody else is left.
    """
    ranked = sorted(groups, key=lambda group: _key(group, half_life_days))
    return spread(ranked, per_provider) if per_provider else tuple(ranked)


def spread(ranked: Sequence[AGroup], per_provider: int) -> tuple[AGroup, ...]:
    """Let other providers into the first TOP places of a list before the further leads of one."""
    first: list[AGroup] = []
    held: Counter[str] = Counter()
    for group in ranked:
        outlet = group.outlet
        if len(first) < TOP and (not outlet or held[outlet] < per_provider):
            first.append(group)
            held[outlet] += 1
    taken = {group.id for group in first}
    return (*first, *(group for group in ranked if group.id not in taken))


def _key(group: Ranked, half_life_days: float) -> tuple[float, int, float, str]:
    age = (group.at - EPOCH).total_seconds()
    bonus = 50 * age / (half_life_days * 86_400) if half_life_days else 0.0
    return (-(group.heat + bonus), -group.quality, -age, group.id)


def day_of(story: HasDate) -> float:
    """Return a story's date in days of the Unix era."""
    return story.at.timestamp() / DAY_S
