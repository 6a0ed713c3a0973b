"""What an editor wants, as the configuration says it: how stories are scored, chosen, held and arranged."""

from typing import Literal

from frtfeed.records import Struct
from frtfeed.sources import Rule
from frtfeed.times import Period

__all__ = ["FeedPolicy", "IntakePolicy", "PublishRule", "ScorePolicy", "Threshold"]

PublishRule = Literal["all", "threshold"]


class ScorePolicy(Struct, frozen=True, kw_only=True):
    """
    What quality rewards, from the configuration.

    keywords: phrases looked for in titles, as whole words.
    providers, official: domains, or names where a provider has no domain.
    compat: score as the upstream rule does, faults included.
    """

    keywords: tuple[str, ...] = ()
    providers: frozenset[str] = frozenset()
    official: frozenset[str] = frozenset()
    compat: bool = False


class Threshold(Struct, frozen=True, kw_only=True):
    """
    The quality from which a story may lead without its editor's word.

    The defaults are what the system that the format comes from published: 5,631 of 5,632 stories (DESIGN).

    alone: whatever else is known. with_others: with a second outlet on the event.
    """

    alone: int = 70
    with_others: int = 50


class FeedPolicy(Struct, frozen=True, kw_only=True):
    """
    How much a feed holds, and how it is ordered.

    limit: groups that a feed holds at least, if there are as many.
    min_days: groups updated within so many days stay, however many they are ...
    max: ... up to this number.
    per_provider: leads of one provider among the first ten, 0 for any number.
    memory: editions in which an event is not told again unless it has grown by a third.
    """

    limit: int = 50
    min_days: int = 14
    max: int = 500
    half_life_days: float = 0
    per_provider: int = 0
    period: Period = "weekly"
    memory: int = 4


class IntakePolicy(Struct, frozen=True, kw_only=True):
    """
    What an editor wants of all sources.

    publish: of sources that do not say themselves.
    rules: in the order they are tried, before those of a source.
    topics: names, each with the words or phrases that give it.
    drop_market_reports: advertisements for market studies are no news (edit/market_reports.py).
    same_title_days: two items of one provider with the same title are one story within so many days.
    """

    publish: Literal["review", "auto"] = "review"
    rules: tuple[Rule, ...] = ()
    topics: tuple[tuple[str, tuple[str, ...]], ...] = ()
    drop_market_reports: bool = True
    same_title_days: int = 3
