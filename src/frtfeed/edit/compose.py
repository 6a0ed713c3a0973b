"""
Groups become what is published: the rolling feeds, the front page's bands, the editions.

Their outlines are enough for that (briefs.py): what a page shows is fetched when it is made.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache

from frtfeed.briefs import Brief, Groups, in_brief
from frtfeed.edit.merge import FAR_DAYS
from frtfeed.edit.rank import rank, spread
from frtfeed.model import Band, Dossier, Edition, Feed, Group, Publication, Site
from frtfeed.policies import FeedPolicy
from frtfeed.records import replace
from frtfeed.times import MONTHS, Period, period_key, period_span
from frtfeed.urls import slug, story_id

__all__ = ["compose", "unchanged_until"]


def compose(groups: Iterable[Group], *, site: Site, policy: FeedPolicy, now: datetime) -> Publication:
    """
    Arrange groups into everything that is published.

    Args:
        groups: unique by id, in any order. Of Groups none is fetched.
        now: aware, UTC; decides which groups are recent and which edition still runs.
    """
    told = groups if isinstance(groups, Groups) else in_brief(groups)
    ranked = told.only(rank(told.briefs, half_life_days=policy.half_life_days))
    main = _feed("", site.title, site.description, ranked, site=site, policy=policy, now=now)
    held = _held(ranked.briefs, policy=policy, now=now)
    incidents = ranked.only(brief for brief in ranked.briefs if brief.kind == "incident")
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
        bands=_bands(
            ranked.only(brief for brief in ranked.briefs if brief.id in held), policy=policy, zone=site.zone, now=now
        ),
        editions=_editions(ranked, site=site, policy=policy, now=now),
        dossiers=_dossiers(ranked),
    )


def unchanged_until(
    groups: Sequence[Brief], *, waiting: Iterable[datetime], site: Site, policy: FeedPolicy, now: datetime
) -> datetime:
    """
    Return an instant after now before which the same stories are told the same way.

    A day ends at midnight, and with it perhaps a period; a story reaches its date, or leaves a band,
    or a feed that holds it for its age alone.

    Args:
        waiting: the dates of stories after now.
    """
    tomorrow = now.astimezone(site.zone).date() + timedelta(days=1)
    moments = {datetime.combine(tomorrow, time(), site.zone).astimezone(UTC)}
    held = _held(groups, policy=policy, now=now)
    for group in groups:
        if group.id in held:
            moments.update(group.at + span for _, span in BANDS)
    recent = [group.updated for group in groups if group.updated >= now - timedelta(days=policy.min_days)]
    if len(recent) > policy.limit:
        moments.update(updated + timedelta(days=policy.min_days, microseconds=1) for updated in recent)
    for at in waiting:
        moments |= {at, at - timedelta(days=FAR_DAYS)}
    return min(moment for moment in moments if moment > now)


def _feed(
    path: str, label: str, description: str, ranked: Groups, *, site: Site, policy: FeedPolicy, now: datetime
) -> Feed:
    """Choose by time which groups a feed holds; their order stays as ranked."""
    held = _held(ranked.briefs, policy=policy, now=now)
    groups = [brief for brief in ranked.briefs if brief.id in held]
    return Feed(
        id=story_id(f"{site.id}#feed/{path}"),
        path=path,
        label=label,
        title=f"{label} – {site.title}" if path else label,
        description=description,
        groups=ranked.only(_spread(groups, policy)),
        updated=max((group.updated for group in groups), default=None),
    )


def _spread(ranked: Sequence[Brief], policy: FeedPolicy) -> tuple[Brief, ...]:
    """Let several providers to the top of a list, where the configuration asks for it."""
    return spread(ranked, policy.per_provider) if policy.per_provider else tuple(ranked)


def _held(groups: Iterable[Brief], *, policy: FeedPolicy, now: datetime) -> set[str]:
    """Return the ids of the newest `limit` groups and of all recent ones, `max` at most."""
    newest = sorted(groups, key=lambda group: (group.updated, group.id), reverse=True)
    since = now - timedelta(days=policy.min_days)
    recent = sum(group.updated >= since for group in newest)
    return {group.id for group in newest[: min(policy.max, max(policy.limit, recent))]}


def _topics(ranked: Groups, *, site: Site, policy: FeedPolicy, now: datetime) -> tuple[Feed, ...]:
    """Make a feed for each topic of a lead; spellings that share a slug are one topic."""
    members: dict[str, list[Brief]] = defaultdict(list)
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    slug_of = cache(slug)  # of few topics and many groups
    for group in ranked.briefs:
        named = {slug_of(topic): topic for topic in sorted(group.topics, reverse=True)}
        for name, topic in named.items():
            if name:
                members[name].append(group)
                spellings[name][topic] += 1
    feeds = []
    for name, its_groups in members.items():
        label = min(spellings[name], key=lambda spelling: (-spellings[name][spelling], spelling))
        description = f"Stories on {label}, ranked."
        told = ranked.only(its_groups)
        feeds.append(_feed(f"topics/{name}/", label, description, told, site=site, policy=policy, now=now))
    return tuple(sorted(feeds, key=lambda feed: feed.path))


# Rolling spans, not calendar ones: on a Monday morning "this week" is not empty.
BANDS = (("This week", timedelta(days=7)), ("This month", timedelta(days=30)))


def _bands(ranked: Groups, *, policy: FeedPolicy, zone: tzinfo, now: datetime) -> tuple[Band, ...]:
    """Put ranked groups on the front page's shelves by their leads' dates; empty shelves vanish."""
    shelves: dict[str, list[Brief]] = {"Today": [], **{title: [] for title, _ in BANDS}, "Earlier": []}
    today = now.astimezone(zone).date()
    for group in ranked.briefs:
        at = group.at
        if at.astimezone(zone).date() == today:
            title = "Today"
        else:
            title = next((title for title, span in BANDS if now - at < span), "Earlier")
        shelves[title].append(group)
    return tuple(
        Band(title=title, groups=ranked.only(_spread(held, policy))) for title, held in shelves.items() if held
    )


def _editions(ranked: Groups, *, site: Site, policy: FeedPolicy, now: datetime) -> tuple[Edition, ...]:
    """
    Make an edition of each period in which an event was told or has grown, newest first.

    An event is told in its lead's period: the story that speaks for it is then never newer than
    the digest that tells it.
    """
    periods: dict[datetime, list[Brief]] = defaultdict(list)
    updates: dict[datetime, set[str]] = defaultdict(set)
    starts = _PeriodStarts(policy.period, site.zone)
    told_in = {group.id: starts.of(group.at) for group in ranked.briefs}
    issues = sorted(set(told_in.values()))
    for group in ranked.briefs:
        told = told_in[group.id]
        periods[told].append(group)
        for start in _growth(group, told, issues=issues, policy=policy, starts=starts):
            periods[start].append(group)
            updates[start].add(group.id)
    return tuple(
        _edition(start, ranked.only(_spread(briefs, policy)), updates=updates[start], site=site, policy=policy, now=now)
        for start, briefs in sorted(periods.items(), reverse=True)
    )


class _PeriodStarts:
    """When the period of an instant began: asked of every story, worked out about once a day."""

    def __init__(self, period: Period, zone: tzinfo) -> None:
        self._period, self._zone = period, zone
        self._spans: dict[date, tuple[datetime, datetime]] = {}

    def of(self, at: datetime) -> datetime:
        return self._span(at)[0]

    def after(self, at: datetime) -> datetime:
        """Return when the next period began."""
        return self._span(at)[1]

    def _span(self, at: datetime) -> tuple[datetime, datetime]:
        day = at.date()
        span = self._spans.get(day)
        if span is None or not span[0] <= at < span[1]:  # a border may lie within a day of UTC
            span = self._spans[day] = period_span(at, self._period, zone=self._zone)
        return span


def _growth(
    group: Brief, told: datetime, *, issues: Sequence[datetime], policy: FeedPolicy, starts: "_PeriodStarts"
) -> list[datetime]:
    """
    Return the later periods in which an event is told again: it has grown by a third since it was
    told last. Beyond the memory any new coverage will do.

    Args:
        issues: the beginnings of the periods that have a lead of their own, sorted: memory counts these.
    """
    end = starts.after(told)
    if group.updated < end:  # nothing of it is newer than that
        return []
    later = sorted(at for _, at in group.coverage if at >= end)
    known = before = 1 + len(group.coverage) - len(later)
    again = []
    at = 0
    while at < len(later):  # a period at a time: it is asked of its first story only
        start, after = starts.of(later[at]), starts.after(later[at])
        at = bisect_left(later, after, at)
        size = before + at
        forgotten = bisect_right(issues, start) - bisect_right(issues, told) > policy.memory
        if forgotten or 3 * (size - known) >= known:
            again.append(start)
            told, known = start, size
    return again


def _edition(
    start: datetime, groups: Groups, *, updates: set[str], site: Site, policy: FeedPolicy, now: datetime
) -> Edition:
    """Make the edition of one period from its ranked groups; pinned leads come first."""
    period = policy.period
    start, end = period_span(start, period, zone=site.zone)
    key = period_key(start, period, zone=site.zone)
    newest = max(brief.updated for brief in groups.briefs)
    draft = now < end
    pinned_first = sorted(groups.briefs, key=lambda brief: not brief.pin)
    return Edition(
        id=story_id(f"{site.id}#digest/{key}"),
        key=key,
        period=period,
        path=f"digest/{key}/",
        title=_edition_title(start, end, period, zone=site.zone),
        start=start,
        end=end,
        draft=draft,
        groups=_told_once(groups.only(pinned_first)),
        updated=newest if draft else max(end, newest),
        updates=frozenset(updates),
    )


def _told_once(groups: Groups) -> Groups:
    """Leave out of each background what the same edition tells as an event of its own."""

    @cache
    def told() -> frozenset[str]:
        return frozenset(
            id_ for brief in groups.briefs for id_ in (brief.lead, *(story for story, _ in brief.coverage))
        )

    def without(group: Group) -> Group:
        return replace(group, background=tuple(each for each in group.background if each.story.id not in told()))

    def left_out(brief: Brief) -> tuple[str, ...]:
        return tuple(id_ for id_ in brief.background if id_ in told())

    return groups.as_seen(without, hangs_on=left_out)


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


def _dossiers(ranked: Groups) -> tuple[Dossier, ...]:
    """Gather, for each story with a page of its own, the groups that tell it or name it."""
    pages: dict[str, tuple[str, Brief]] = {}
    for brief in ranked.briefs:
        pages |= {page: (id_, brief) for page, id_ in brief.pages}
    touching: dict[str, list[Brief]] = {id_: [] for id_, _ in pages.values()}
    for brief in ranked.briefs if pages else ():
        named = {id_ for id_, _ in brief.coverage} | set(brief.background) | set(brief.incidents)
        for id_ in named & touching.keys():
            touching[id_].append(brief)
    found = []
    for _, (id_, brief) in sorted(pages.items()):
        (group,) = ranked.only([brief])
        stories = (group.lead, *(member.story for member in (*group.coverage, *group.background)))
        story = next(story for story in stories if story.id == id_)
        found.append(Dossier(story=story, groups=ranked.only(touching[id_])))
    return tuple(found)
