"""Groups become what is published: the rolling feeds, the front page's bands, the editions."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo

from frtfeed.edit.merge import FAR_DAYS
from frtfeed.edit.rank import rank, spread
from frtfeed.model import Band, Dossier, Edition, Feed, Group, Publication, Site, Story
from frtfeed.times import MONTHS, Period, period_key, period_span
from frtfeed.urls import slug, story_id

__all__ = ["FeedPolicy", "compose", "unchanged_until"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPolicy:
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


def compose(groups: Iterable[Group], *, site: Site, policy: FeedPolicy, now: datetime) -> Publication:
    """
    Arrange groups into everything that is published.

    Args:
        groups: unique by id, in any order.
        now: aware, UTC; decides which groups are recent and which edition still runs.
    """
    ranked = rank(groups, half_life_days=policy.half_life_days)
    main = _feed("", site.title, site.description, ranked, site=site, policy=policy, now=now)
    held = {group.id for group in main.groups}
    incidents = [group for group in ranked if group.lead.kind == "incident"]
    return Publication(
        site=site,
        feed=main,
        topics=_topics(ranked, site=site, policy=policy, now=now),
        incidents=_feed(
            "incidents/",
            "Incidents",
            "Recorded incidents, ranked.",
            incidents,
            site=site,
            policy=policy,
            now=now,
        ),
        bands=_bands([group for group in ranked if group.id in held], policy=policy, zone=site.zone, now=now),
        editions=_editions(ranked, site=site, policy=policy, now=now),
        dossiers=_dossiers(ranked),
    )


def unchanged_until(
    groups: Sequence[Group], *, waiting: Iterable[Story], site: Site, policy: FeedPolicy, now: datetime
) -> datetime:
    """
    Return an instant after now before which the same stories are told the same way.

    A day ends at midnight, and with it perhaps a period; a story reaches its date, or leaves a band,
    or a feed that holds it for its age alone.

    Args:
        waiting: stories dated after now.
    """
    tomorrow = now.astimezone(site.zone).date() + timedelta(days=1)
    moments = {datetime.combine(tomorrow, time(), site.zone).astimezone(UTC)}
    held = _held(groups, policy=policy, now=now)
    for group in groups:
        if group.id in held:
            moments.update(group.lead.at + span for _, span in BANDS)
    recent = [group.updated for group in groups if group.updated >= now - timedelta(days=policy.min_days)]
    if len(recent) > policy.limit:
        moments.update(updated + timedelta(days=policy.min_days, microseconds=1) for updated in recent)
    for story in waiting:
        moments |= {story.at, story.at - timedelta(days=FAR_DAYS)}
    return min(moment for moment in moments if moment > now)


def _feed(
    path: str, label: str, description: str, ranked: Sequence[Group], *, site: Site, policy: FeedPolicy, now: datetime
) -> Feed:
    """Choose by time which groups a feed holds; their order stays as ranked."""
    held = _held(ranked, policy=policy, now=now)
    groups = [group for group in ranked if group.id in held]
    return Feed(
        id=story_id(f"{site.id}#feed/{path}"),
        path=path,
        label=label,
        title=f"{label} – {site.title}" if path else label,
        description=description,
        groups=_spread(groups, policy),
        updated=max((group.updated for group in groups), default=None),
    )


def _spread(ranked: Sequence[Group], policy: FeedPolicy) -> tuple[Group, ...]:
    """Let several providers to the top of a list, where the configuration asks for it."""
    return spread(ranked, policy.per_provider) if policy.per_provider else tuple(ranked)


def _held(groups: Iterable[Group], *, policy: FeedPolicy, now: datetime) -> set[str]:
    """Return the ids of the newest `limit` groups and of all recent ones, `max` at most."""
    newest = sorted(groups, key=lambda group: (group.updated, group.id), reverse=True)
    since = now - timedelta(days=policy.min_days)
    recent = sum(group.updated >= since for group in newest)
    return {group.id for group in newest[: min(policy.max, max(policy.limit, recent))]}


def _topics(ranked: Sequence[Group], *, site: Site, policy: FeedPolicy, now: datetime) -> tuple[Feed, ...]:
    """Make a feed for each topic of a lead; spellings that share a slug are one topic."""
    members: dict[str, list[Group]] = defaultdict(list)
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for group in ranked:
        named = {slug(topic): topic for topic in sorted(group.lead.topics, reverse=True)}
        for name, topic in named.items():
            if name:
                members[name].append(group)
                spellings[name][topic] += 1
    feeds = []
    for name, its_groups in members.items():
        label = min(spellings[name], key=lambda spelling: (-spellings[name][spelling], spelling))
        description = f"Stories on {label}, ranked."
        feeds.append(_feed(f"topics/{name}/", label, description, its_groups, site=site, policy=policy, now=now))
    return tuple(sorted(feeds, key=lambda feed: feed.path))


# Rolling spans, not calendar ones: on a Monday morning "this week" is not empty.
BANDS = (("This week", timedelta(days=7)), ("This month", timedelta(days=30)))


def _bands(ranked: Sequence[Group], *, policy: FeedPolicy, zone: tzinfo, now: datetime) -> tuple[Band, ...]:
    """Put ranked groups on the front page's shelves by their leads' dates; empty shelves vanish."""
    shelves: dict[str, list[Group]] = {"Today": [], **{title: [] for title, _ in BANDS}, "Earlier": []}
    today = now.astimezone(zone).date()
    for group in ranked:
        at = group.lead.at
        if at.astimezone(zone).date() == today:
            title = "Today"
        else:
            title = next((title for title, span in BANDS if now - at < span), "Earlier")
        shelves[title].append(group)
    return tuple(Band(title=title, groups=_spread(held, policy)) for title, held in shelves.items() if held)


def _editions(ranked: Sequence[Group], *, site: Site, policy: FeedPolicy, now: datetime) -> tuple[Edition, ...]:
    """
    Make an edition of each period in which an event was told or has grown, newest first.

    An event is told in its lead's period: the story that speaks for it is then never newer than
    the digest that tells it.
    """
    periods: dict[datetime, list[Group]] = defaultdict(list)
    updates: dict[datetime, set[str]] = defaultdict(set)
    told_in = {group.id: period_span(group.lead.at, policy.period, zone=site.zone)[0] for group in ranked}
    issues = sorted(set(told_in.values()))
    for group in ranked:
        told = told_in[group.id]
        periods[told].append(group)
        for start in _growth(group, told, issues=issues, policy=policy, zone=site.zone):
            periods[start].append(group)
            updates[start].add(group.id)
    return tuple(
        _edition(start, _spread(groups, policy), updates=updates[start], site=site, period=policy.period, now=now)
        for start, groups in sorted(periods.items(), reverse=True)
    )


def _growth(
    group: Group, told: datetime, *, issues: Sequence[datetime], policy: FeedPolicy, zone: tzinfo
) -> list[datetime]:
    """
    Return the later periods in which an event is told again: it has grown by a third since it was
    told last. Beyond the memory any new coverage will do.

    Args:
        issues: the beginnings of the periods that have a lead of their own, sorted: memory counts these.
    """
    per_period = Counter(period_span(member.story.at, policy.period, zone=zone)[0] for member in group.coverage)
    known = 1 + sum(count for start, count in per_period.items() if start <= told)
    size = known
    again = []
    for start in sorted(start for start in per_period if start > told):
        size += per_period[start]
        forgotten = bisect_right(issues, start) - bisect_right(issues, told) > policy.memory
        if forgotten or 3 * (size - known) >= known:
            again.append(start)
            told, known = start, size
    return again


def _edition(
    start: datetime, groups: Sequence[Group], *, updates: set[str], site: Site, period: Period, now: datetime
) -> Edition:
    """Make the edition of one period from its ranked groups; pinned leads come first."""
    start, end = period_span(start, period, zone=site.zone)
    key = period_key(start, period, zone=site.zone)
    newest = max(group.updated for group in groups)
    draft = now < end
    return Edition(
        id=story_id(f"{site.id}#digest/{key}"),
        key=key,
        period=period,
        path=f"digest/{key}/",
        title=_edition_title(start, end, period, zone=site.zone),
        start=start,
        end=end,
        draft=draft,
        groups=tuple(_told_once(sorted(groups, key=lambda group: not group.lead.pin))),
        updated=newest if draft else max(end, newest),
        updates=frozenset(updates),
    )


def _told_once(groups: Sequence[Group]) -> Iterator[Group]:
    """Leave out of each background what the same edition tells as an event of its own."""
    told = {story.id for group in groups for story in (group.lead, *(member.story for member in group.coverage))}
    for group in groups:
        yield replace(group, background=tuple(each for each in group.background if each.story.id not in told))


def _edition_title(start: datetime, end: datetime, period: Period, *, zone: tzinfo) -> str:
    """Name a period for people: "19–25 February 2024", "23 February 2024", "February 2024"."""
    first = start.astimezone(zone).date()
    last = (end - timedelta(hours=12)).astimezone(zone).date()
    month = f"{MONTHS[last.month - 1]} {last.year}"
    if period == "monthly":
        return month
    if first == last:
        return f"{last.day} {month}"
    if first.month == last.month:
        return f"{first.day}–{last.day} {month}"
    year = f" {first.year}" if first.year != last.year else ""
    return f"{first.day} {MONTHS[first.month - 1]}{year} – {last.day} {month}"


def _dossiers(ranked: Sequence[Group]) -> tuple[Dossier, ...]:
    """Gather, for each story with a page of its own, the groups that tell it or name it."""
    pages = {}
    touching: dict[str, list[Group]] = defaultdict(list)
    for group in ranked:
        members = [group.lead, *(member.story for member in (*group.coverage, *group.background))]
        for story in members:
            if story.page:
                pages[story.page] = story
        for id_ in {story.id for story in members[1:]} | set(group.incidents):
            touching[id_].append(group)
    return tuple(Dossier(story=story, groups=tuple(touching[story.id])) for _, story in sorted(pages.items()))
