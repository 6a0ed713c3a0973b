"""Groups in brief."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from frtfeed.briefs import Brief, Groups, brief_of, briefs_of, in_brief, marks_of
from frtfeed.model import Group, Member, Provider
from frtfeed.records import replace
from tests.edit.stories import MONDAY, mention, story

LEAD = story("lead", topics=("Law",), pin=True, provider=Provider(name="Outlet", domain="Outlet.example"))
OWN = story("own", url="", page="stories/own/", days=1)
UNDATED = mention("undated", published=None)
GROUP = Group(
    id=OWN.id,
    lead=LEAD,
    coverage=(Member(story=OWN, reason="alike"), Member(story=UNDATED, reason="alike")),
    background=(Member(story=mention("named"), reason="named"),),
    updated=MONDAY + timedelta(days=2),
    quality=7,
    heat=40,
    incidents=("urn:incident",),
)
SECOND = replace(GROUP, id="second")


def counting(*groups: Group) -> tuple[Groups, list[str]]:
    """Return groups that note each time one is fetched."""
    held = {each.id: each for each in groups}
    fetched: list[str] = []

    def fetch(brief: Brief) -> Group:
        fetched.append(brief.id)
        return held[brief.id]

    return Groups(map(brief_of, groups), fetch), fetched


def test_what_an_outline_holds() -> None:
    """An outline says of a group what arranging it asks for."""
    brief = brief_of(GROUP)
    expected = Brief(
        id=OWN.id,
        digest=brief.digest,
        heat=40,
        quality=7,
        updated=GROUP.updated,
        lead=LEAD.id,
        kind="article",
        at=MONDAY,
        outlet=LEAD.provider.key if LEAD.provider else "",
        pin=True,
        topics=("Law",),
        coverage=((OWN.id, MONDAY + timedelta(days=1)), (UNDATED.id, GROUP.updated)),
        background=(mention("named").id,),
        incidents=("urn:incident",),
        pages=(("stories/own/", OWN.id),),
    )
    assert expected == brief


def test_an_outline_of_a_lead_without_provider_or_date() -> None:
    """A lead of nobody's has no outlet; one without a date appeared when its group changed."""
    brief = brief_of(replace(GROUP, lead=replace(LEAD, provider=None, published=None)))
    assert ("", GROUP.updated) == (brief.outlet, brief.at)


def test_a_digest_that_is_known_is_taken_over() -> None:
    """Whoever has worked out what a group's content comes to need not do it twice."""
    assert "known" == brief_of(GROUP, digest="known").digest


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda each: replace(each, heat=41), id="a figure"),
        pytest.param(lambda each: replace(each, texts=3), id="a figure that no outline holds"),
        pytest.param(lambda each: replace(each, lead=replace(LEAD, excerpt="More.")), id="its lead's text"),
        pytest.param(lambda each: replace(each, coverage=each.coverage[::-1]), id="an order"),
        pytest.param(
            lambda each: replace(each, background=(Member(story=mention("named"), reason="other"),)), id="a reason"
        ),
    ],
)
def test_a_digest_shows_every_change(change: Callable[[Group], Group]) -> None:
    """Whatever of a group changes changes its digest, and nothing else does."""
    assert brief_of(GROUP).digest == brief_of(replace(GROUP)).digest
    assert brief_of(GROUP).digest != brief_of(change(GROUP)).digest


def test_outlines_fetch_nothing() -> None:
    """Counting, cutting, choosing and comparing groups fetches none; looking at one fetches that one."""
    groups, fetched = counting(GROUP, SECOND)
    other, _ = counting(GROUP, SECOND)
    assert (2, groups.briefs) == (len(groups), briefs_of(groups))
    assert groups[1:].briefs == groups.only(groups.briefs[1:]).briefs == groups.briefs[1:]
    assert groups == other
    assert hash(groups) == hash(other)
    assert groups != groups[1:]
    assert f"Groups({OWN.id}, second)" == repr(groups)
    assert [] == fetched
    assert SECOND == groups[1]
    assert ["second"] == fetched
    assert [GROUP, SECOND] == list(groups)


def test_groups_at_hand() -> None:
    """Groups that are there already are the same sequence, fetched from nowhere; each once."""
    groups = in_brief([GROUP, SECOND, GROUP])
    assert groups == (GROUP, SECOND)
    assert groups != (SECOND, GROUP)
    assert groups != [GROUP, SECOND]
    assert briefs_of((GROUP, SECOND)) == groups.briefs
    assert in_brief(()) == ()


def test_groups_as_seen_from_somewhere() -> None:
    """How groups look from a page of their own hangs on that page: their outlines are as they were."""
    groups, fetched = counting(GROUP, SECOND)
    seen = groups.as_seen(lambda each: replace(each, heat=0), hangs_on=lambda brief: brief.lead)
    other = groups.as_seen(lambda each: replace(each, heat=1), hangs_on=lambda brief: 1)
    assert [] == fetched
    assert groups.briefs == seen.briefs
    assert [0, 0] == [each.heat for each in seen]
    assert 6 == len({*marks_of(groups), *marks_of(seen), *marks_of(other)})
    assert marks_of(seen)[1:] == marks_of(seen[1:])
    assert tuple(brief.digest for brief in groups.briefs) == marks_of(groups) == marks_of((GROUP, SECOND))
    assert GROUP == groups[0]
