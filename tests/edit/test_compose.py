"""Groups become feeds, bands and editions."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.edit.compose import compose, unchanged_until
from frtfeed.edit.rank import rank
from frtfeed.model import Group, Member, Publication, Site, Story
from frtfeed.policies import FeedPolicy
from frtfeed.records import replace
from tests.edit.stories import MONDAY, incident, story, text

SITE = Site(
    id="https://site.example/",
    url="https://site.example/",
    title="The site",
    description="What it is.",
    language="en",
    author="Desk",
    zone=ZoneInfo("Europe/London"),
)
NOW = MONDAY + timedelta(days=10)


def group(lead: Story, *, heat: int = 50, background: tuple[Story, ...] = (), updated: datetime | None = None) -> Group:
    """Make a group."""
    behind = tuple(Member(story=each, reason="named") for each in background)
    return Group(
        id=lead.id, lead=lead, coverage=(), background=behind, updated=updated or lead.at, quality=50, heat=heat
    )


def composed(*groups: Group, now: datetime = NOW, **policy: object) -> Publication:
    """Compose groups with a policy."""
    return compose(groups, site=SITE, policy=FeedPolicy(**policy), now=now)  # type: ignore[arg-type]


def titles(groups: tuple[Group, ...]) -> list[str]:
    """Return the titles of the leads in order."""
    return [each.lead.title for each in groups]


@pytest.mark.parametrize(
    ("policy", "held"),
    [
        pytest.param({"limit": 2, "min_days": 0}, ["S8", "S9"], id="the newest, whatever their age"),
        pytest.param({"limit": 2, "min_days": 5}, ["S5", "S6", "S7", "S8", "S9"], id="all of the last days"),
        pytest.param({"limit": 2, "min_days": 5, "max": 3}, ["S7", "S8", "S9"], id="at most so many"),
        pytest.param({"limit": 20, "min_days": 1}, [f"S{n}" for n in range(10)], id="all there are"),
    ],
)
def test_what_a_feed_holds(policy: dict[str, object], held: list[str]) -> None:
    """A feed holds the newest groups and all recent ones up to a maximum, in order of rank."""
    groups = [group(story(f"s{n}", days=n), heat=100 - n) for n in range(10)]
    assert held == titles(composed(*groups, **policy).feed.groups)


def test_a_feed_does_not_go_empty_because_nothing_happened_lately() -> None:
    """Years later the feed still holds its newest groups."""
    assert ["S"] == titles(composed(group(story("s")), now=MONDAY + timedelta(days=4000)).feed.groups)


def test_new_coverage_keeps_a_group_in_the_feed() -> None:
    """What is new about a group is its newest story, not its lead."""
    old, new = group(story("old"), updated=MONDAY + timedelta(days=9)), group(story("new", days=5))
    publication = composed(old, new, limit=1, min_days=0)
    assert (["Old"], MONDAY + timedelta(days=9)) == (titles(publication.feed.groups), publication.feed.updated)


def test_feed_ids_never_change() -> None:
    """A feed's id depends on the site's id and the feed's path, on nothing that may change."""
    publication = composed(group(story("s", topics=("AI",))))
    assert [
        "urn:uuid:4f2d567a-b7bf-5bd7-911a-1f556d738d6d",
        "urn:uuid:e2b60b47-5eaf-50c8-9619-82c2aedc0847",
        "urn:uuid:8da6cc4b-aa17-549e-a968-8b10a5fb8743",
    ] == [publication.feed.id, publication.topics[0].id, publication.incidents.id]


def test_an_empty_site_has_feeds_without_groups() -> None:
    """Without a story there is a main feed and an incidents' feed, empty and undated."""
    publication = composed()
    assert ((), None, (), (), ()) == (
        publication.feed.groups,
        publication.feed.updated,
        publication.topics,
        publication.bands,
        publication.editions,
    )


def test_topics_fold_spellings() -> None:
    """Topics that differ in case or punctuation are one feed, named as most stories have it."""
    groups = [
        group(story("a", topics=("Computer Vision", "computer-vision"))),
        group(story("b", topics=("Computer Vision", "!!"))),
        group(story("c", topics=("AI",)), heat=60),
    ]
    topics = composed(*groups).topics
    assert [("topics/ai/", "AI"), ("topics/computer-vision/", "Computer Vision")] == [
        (feed.path, feed.label) for feed in topics
    ]
    assert "AI – The site" == topics[0].title
    assert [["C"], ["A", "B"]] == [sorted(titles(feed.groups)) for feed in topics]


def test_incidents_have_a_feed_of_their_own() -> None:
    """The incidents' feed holds the groups that an incident leads."""
    record = incident("record", occurred=MONDAY)
    assert ["Record"] == titles(composed(group(record), group(story("s"))).incidents.groups)


def test_bands_hold_what_is_today_this_week_this_month_and_earlier() -> None:
    """The front page's shelves are by the lead's date on the site's clock; empty ones vanish."""
    now = datetime(2024, 6, 10, 23, 30, tzinfo=UTC)  # 11 June in London
    ages = {"today": 0.01, "yesterday": 0.1, "week": 6.9, "month": 29, "earlier": 30}
    groups = [
        group(story(name, days=(now - MONDAY).total_seconds() / 86400 - age), heat=n)
        for n, (name, age) in enumerate(ages.items())
    ]
    assert [
        ("Today", ["Today"]),
        ("This week", ["Week", "Yesterday"]),
        ("This month", ["Month"]),
        ("Earlier", ["Earlier"]),
    ] == [(band.title, titles(band.groups)) for band in composed(*groups, now=now).bands]
    assert ["Today"] == [band.title for band in composed(groups[0], now=now).bands]


@pytest.mark.parametrize(
    ("period", "key", "title"),
    [
        pytest.param("weekly", "2024-W08", "19–25 February 2024", id="week"),
        pytest.param("daily", "2024-02-19", "19 February 2024", id="day"),
        pytest.param("monthly", "2024-02", "February 2024", id="month"),
    ],
)
def test_editions_are_periods(period: str, key: str, title: str) -> None:
    """A group is in the edition of its lead's period, and the edition has its name."""
    edition = composed(group(story("s")), period=period).editions[0]
    assert (key, f"digest/{key}/", title) == (edition.key, edition.path, edition.title)


@pytest.mark.parametrize(
    ("days", "title"),
    [
        pytest.param(7, "26 February – 3 March 2024", id="across months"),
        pytest.param(-50, "25–31 December 2023", id="up to the year's end"),
        pytest.param(-20 - 365 * 4 - 30, "30 December 2019 – 5 January 2020", id="across years"),
    ],
)
def test_edition_titles_name_both_ends(days: int, title: str) -> None:
    """A week that spans two months or years says so."""
    assert title == composed(group(story("s", days=days))).editions[0].title


def test_the_week_begins_on_the_sites_clock() -> None:
    """A story of Sunday night in London is in the week that ends, though it is Monday further east."""
    sunday = datetime(2024, 6, 9, 22, 59, tzinfo=UTC)  # 23:59 in London
    monday = sunday + timedelta(minutes=1)
    days = [(at - MONDAY).total_seconds() / 86400 for at in (sunday, monday)]
    editions = composed(*(group(story(f"s{n}", days=each)) for n, each in enumerate(days))).editions
    assert ["2024-W24", "2024-W23"] == [edition.key for edition in editions]
    assert (monday, monday) == (editions[0].start, editions[1].end)


def test_the_running_edition_is_a_draft() -> None:
    """An edition is a draft until its period has ended; then it is dated by that end."""
    s = group(story("s"))
    end = datetime(2024, 2, 26, tzinfo=UTC)
    draft = composed(s, now=end - timedelta(seconds=1)).editions[0]
    closed = composed(s, now=end).editions[0]
    assert [(True, MONDAY), (False, end)] == [(each.draft, each.updated) for each in (draft, closed)]
    assert draft.id == closed.id


def test_late_coverage_dates_a_closed_edition() -> None:
    """A closed edition that gains coverage says when."""
    late = MONDAY + timedelta(days=9)
    assert late == composed(group(story("s"), updated=late)).editions[0].updated


def test_half_life_reaches_the_feeds() -> None:
    """The configured half-life decides the order of feeds and editions."""
    groups = [group(story("hot"), heat=100), group(story("new", days=6), heat=60)]
    assert ["Hot", "New"] == titles(composed(*groups).feed.groups)
    assert ["New", "Hot"] == titles(composed(*groups, half_life_days=6).feed.groups)


def test_a_page_of_our_own_knows_who_names_it() -> None:
    """An incident's page lists the groups that have it as background, best first; its own is not among them."""
    record = incident("record", occurred=MONDAY, page="incidents/record/")
    own = story("own", url="", body=text("Words."), page="stories/own/")
    naming = [group(story(f"n{n}"), heat=n, background=(record,)) for n in range(2)]
    dossiers = composed(group(record), group(own), *naming).dossiers
    assert [("incidents/record/", ["N1", "N0"]), ("stories/own/", [])] == [
        (each.story.page, titles(each.groups)) for each in dossiers
    ]


def test_an_incident_is_touched_also_where_its_name_is_not_printed() -> None:
    """A story that names more incidents than its background has room for is on all their pages."""
    record = incident("record", occurred=MONDAY, page="incidents/record/")
    naming = replace(group(story("naming")), incidents=(record.id,))
    (dossier,) = composed(group(record), naming).dossiers
    assert ["Naming"] == titles(dossier.groups)


def test_compose_ignores_the_order_of_groups() -> None:
    """Any order of groups gives the same publication."""
    groups = [group(story(f"s{n}", days=n, topics=("AI", "Ai", "ai")), heat=n % 3) for n in range(9)]
    assert composed(*groups) == composed(*reversed(groups))
    assert rank(groups) == composed(*groups).feed.groups


def covered(*days: float, lead_days: float = 0, heat: int = 50) -> Group:
    """Make a group whose coverage was published so many days after MONDAY."""
    lead = story(f"lead-{lead_days}", days=lead_days)
    members = tuple(
        Member(story=story(f"c{n}-{day}", days=day, outlet=f"c{n}.example"), reason="like it")
        for n, day in enumerate(days)
    )
    updated = max((lead.at, *(member.story.at for member in members)))
    return Group(id=lead.id, lead=lead, coverage=members, background=(), updated=updated, quality=50, heat=heat)


def told_in(group_: Group, **policy: object) -> list[tuple[str, bool]]:
    """Return the editions that tell a group, oldest first, and whether each says it is an update."""
    editions = composed(group_, now=MONDAY + timedelta(days=90), **policy).editions
    return [(each.key, group_.id in each.updates) for each in reversed(editions)]


@pytest.mark.parametrize(
    ("days", "policy", "editions"),
    [
        pytest.param((0.1, 0.2), {}, [("2024-W08", False)], id="no growth"),
        pytest.param((0.1, 0.2, 8), {}, [("2024-W08", False), ("2024-W09", True)], id="grown by a third"),
        pytest.param((0.1, 0.2, 0.3, 8), {}, [("2024-W08", False)], id="grown by less"),
        pytest.param((0.1, 0.2, 0.3, 8, 15), {}, [("2024-W08", False), ("2024-W10", True)], id="growth adds up"),
        pytest.param((-1,), {}, [("2024-W08", False)], id="coverage before its lead"),
        pytest.param((0.1, 0.2, 0.3, 36), {}, [("2024-W08", False)], id="a quiet month wipes no memory"),
    ],
)
def test_an_event_is_told_again_when_it_has_grown(
    days: tuple[float, ...], policy: dict[str, object], editions: list[tuple[str, bool]]
) -> None:
    """A later edition repeats an event that has grown by a third since it was told, and says so."""
    assert editions == told_in(covered(*days), **policy)


def test_an_edition_tells_a_story_once() -> None:
    """What an edition tells as an event is not background to another event of the same edition."""
    other, older = group(story("other")), story("older", days=-30)
    behind = group(story("lead", days=1), background=(other.lead, older))
    publication = composed(other, behind, group(older))
    assert [["Older"], []] == [
        [member.story.title for member in each.background] for each in publication.editions[0].groups
    ]
    assert behind in publication.feed.groups


@pytest.mark.parametrize("period", ["daily", "weekly", "monthly"])
def test_an_edition_knows_its_period(period: str) -> None:
    """The words for a period come from the configuration, not from a guess."""
    assert period == composed(group(story("s")), period=period).editions[0].period


@pytest.mark.parametrize(("memory", "again"), [(0, True), (2, True), (3, False)])
def test_memory_counts_editions(memory: int, again: bool) -> None:
    """Any new coverage tells an event again when more editions than the memory lie between."""
    event = covered(0.1, 0.2, 0.3, 22)
    others = [group(story(f"other-{n}", days=7 * n)) for n in (1, 2, 3)]
    editions = composed(event, *others, now=MONDAY + timedelta(days=90), memory=memory).editions
    assert again == (event.id in editions[0].updates)


def test_a_pinned_lead_leads_its_edition() -> None:
    """`pin: true` puts a story first in its edition; the feeds stay ranked."""
    pinned, hot = group(story("pinned", pin=True), heat=1), group(story("hot", days=0.1), heat=99)
    publication = composed(pinned, hot)
    assert ["Pinned", "Hot"] == titles(publication.editions[0].groups)
    assert ["Hot", "Pinned"] == titles(publication.feed.groups)


def test_each_list_is_spread_over_providers() -> None:
    """With `per_provider` the top of each feed, shelf and edition holds so many leads of one outlet."""
    old = [group(story(f"old-{n}", days=-300), heat=500 - n) for n in range(12)]
    loud = [group(story(f"loud-{n}", days=1 + n / 100), heat=100 - n) for n in range(4)]
    other = group(story("other", days=1.5, outlet="other.example"), heat=1)
    publication = composed(*old, *loud, other, now=MONDAY + timedelta(days=2), per_provider=1)
    assert ["Loud 0", "Other"] == titles(publication.editions[0].groups)[:2]
    assert ["Loud 0", "Other"] == titles(publication.bands[0].groups)[:2]
    assert ["Old 0", "Other"] == titles(publication.feed.groups)[:2]


def until(*groups: Group, waiting: tuple[datetime, ...] = (), now: datetime = NOW, **policy: object) -> datetime:
    """Ask how long groups are told as they are."""
    return unchanged_until(groups, waiting=waiting, site=SITE, policy=FeedPolicy(**policy), now=now)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "hours"),
    [
        pytest.param({}, 15.0, id="midnight"),
        pytest.param({"waiting": (MONDAY + timedelta(days=10.25),)}, 6.0, id="a story that waits"),
        pytest.param({"waiting": (MONDAY + timedelta(days=10.5 + 367),)}, 12.0, id="a date that is no slip any more"),
        pytest.param({"groups": (group(story("week", days=3.5)),)}, 12.0, id="a week after a lead"),
        pytest.param({"groups": (group(story("one", days=9.2)),), "min_days": 1, "limit": 1}, 15.0, id="room enough"),
        pytest.param(
            {"groups": (group(story("one", days=9.2)), group(story("two", days=9.4))), "min_days": 1, "limit": 1},
            4.8,
            id="a feed that holds it for its age",
        ),
    ],
)
def test_how_long_nothing_changes(given: dict[str, object], hours: float) -> None:
    """At midnight, at a story's date, at a band's end, when a feed lets go: then stories are told otherwise."""
    groups = given.get("groups", ())
    rest = {name: value for name, value in given.items() if name != "groups"}
    found = until(*groups, **rest)  # type: ignore[misc,arg-type]
    assert round(hours * 3600) == round((found - NOW).total_seconds())


@given(
    st.lists(st.floats(0, 20), max_size=8),
    st.floats(0, 1, exclude_max=True),
    st.integers(1, 4),
    st.sampled_from(["daily", "weekly", "monthly"]),
)
def test_until_then_all_is_told_the_same_way(ages: list[float], part: float, limit: int, period: str) -> None:
    """Between now and that instant the same groups make the same publication."""
    groups = [group(story(f"s{n}", days=10 - age)) for n, age in enumerate(ages)]
    policy = {"limit": limit, "min_days": 2, "period": period}
    end = until(*groups, **policy)
    then = min(NOW + part * (end - NOW), end - timedelta(microseconds=1))
    assert composed(*groups, **policy) == composed(*groups, now=then, **policy)
