"""The same event, told once."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frtfeed.edit.event import Event
from frtfeed.edit.group import UPSTREAM, Grouping, choose, event_id, group, rater, tell, with_hidden
from frtfeed.edit.incidents import recognise
from frtfeed.edit.merge import merge, open_desk
from frtfeed.model import Group, Parsed, Story
from frtfeed.policies import PublishRule, ScorePolicy, Threshold
from tests.edit.stories import MONDAY, incident, mention, story, text

POLICY = ScorePolicy()
NOW = MONDAY + timedelta(days=400)
SERCO = (
    ("Serco ordered to stop using facial recognition technology to monitor staff", "The regulator ordered Serco."),
    ("Serco Leisure ordered to stop using facial recognition on 2,000 staff", "Serco Leisure staff were scanned."),
    ("Leisure operator Serco ordered to axe facial recognition of workers", "Serco Leisure scanned workers' faces."),
)
OTHERS = (
    ("Airports in Kansas scan travellers at the gate", "A count of airports by state."),
    ("Deepfakes fool phone unlocking, a study warns", "Researchers in Seoul tried phones."),
    ("Body camera maker decides against matching faces", "Its ethics board advised so."),
    ("Parliament debates a bill on data reform", "Consent in courts and prisons."),
)


def serco(number: int, **given: object) -> Story:
    """Make one of three reports on the same order, each by another outlet."""
    title, excerpt = SERCO[number]
    defaults: dict[str, object] = {"title": title, "excerpt": excerpt, "outlet": f"paper{number}.example"}
    return story(f"serco-{number}", **{**defaults, **given})  # type: ignore[arg-type]


def others() -> list[Story]:
    """Make stories on four other events."""
    return [story(f"other-{n}", title=t, excerpt=e, outlet=f"other{n}.example") for n, (t, e) in enumerate(OTHERS)]


def grouped(*stories: Story) -> tuple[Group, ...]:
    """Group stories that came one a file."""
    return grouping(*stories).groups


def grouping(*stories: Story, publish: PublishRule = "all", threshold: Threshold = UPSTREAM) -> Grouping:
    """Group stories that came one a file; return all that was found."""
    material = open_desk(merge(Parsed(stories=(each,)) for each in stories), now=NOW)
    return group(material, policy=POLICY, publish=publish, threshold=threshold)


def led_by(groups: tuple[Group, ...], lead: Story) -> Group:
    """Return the group that a story leads."""
    return next(each for each in groups if each.lead.id == lead.id)


def test_one_event_by_three_outlets_is_one_group() -> None:
    """Reports of one event by several outlets are told once; other events stay apart."""
    groups = grouped(serco(0, quality=50), serco(1), serco(2), *others())
    its = led_by(groups, serco(0))
    assert 5 == len(groups)
    assert {serco(1).id, serco(2).id} == {member.story.id for member in its.coverage}
    assert all(member.reason and member.likeness > 0 for member in its.coverage)


def test_the_group_has_the_id_of_its_earliest_story() -> None:
    """A later story, even one that takes the lead, does not change a group's id."""
    first, better = serco(0, days=0), serco(1, days=1, quality=99)
    its = led_by(grouped(first, better, *others()), better)
    assert (first.id, better.at) == (its.id, its.updated)


def test_heat_without_a_number_counts_outlets() -> None:
    """Where the file gives no heat, each other outlet on the event brings ten."""
    its = led_by(grouped(serco(0, quality=50), serco(1), serco(2), *others()), serco(0))
    assert (50, 70) == (its.quality, its.heat)


def test_the_lead_is_the_hottest_then_best_then_earliest() -> None:
    """A given heat beats quality, quality beats an earlier date."""
    assert led_by(grouped(serco(0, quality=90), serco(1, heat=300, quality=1), *others()), serco(1))
    assert led_by(grouped(serco(0, quality=10), serco(1, quality=11), *others()), serco(1))
    assert led_by(grouped(serco(0, quality=10), serco(1, quality=10, days=1), *others()), serco(0))


def test_a_covered_story_never_leads() -> None:
    """`heat: -1` is a role: such a story is coverage, or nothing."""
    groups = grouped(serco(0, covered=True, quality=99), serco(1), *others())
    assert [serco(0).id] == [member.story.id for member in led_by(groups, serco(1)).coverage]
    assert () == grouped(serco(0, covered=True))


def test_what_the_editor_names_and_the_event_does_not_take_is_background() -> None:
    """Mentions on another event stand behind, best first, then nearest in time, three at most."""
    named = tuple(
        mention(f"m{n}", title=f"Quite another matter {n}", outlet=f"m{n}.example", days=-n * 10) for n in range(5)
    )
    best = mention("best", title="The best of the others", outlet="best.example", days=-100, quality=50)
    lead = serco(0, related=(*named, best))
    its = led_by(grouped(lead, *others()), lead)
    assert ((), ["best", "m0", "m1"]) == (its.coverage, [m.story.url.rpartition("/")[2] for m in its.background])


def test_a_mention_joins_as_coverage() -> None:
    """A mention on the same event is coverage, though it has no file."""
    lead = serco(0, related=(mention("serco-1", title=SERCO[1][0], excerpt=SERCO[1][1], outlet="paper1.example"),))
    its = led_by(grouped(lead, *others()), lead)
    assert [SERCO[1][0]] == [member.story.title for member in its.coverage]
    assert "an editor named them together" in its.coverage[0].reason


def test_an_incident_stands_alone_and_is_background_to_what_names_it() -> None:
    """An incident leads its own group; a story that names it has it behind, marked by a reason."""
    record = incident("record", occurred=MONDAY - timedelta(days=900), title="King's Cross watches its visitors")
    lead = story("lead", body=text("Argent ran cameras at King's Cross."), days=300)
    groups = grouped(record, lead)
    assert {record.id, lead.id} == {each.lead.id for each in groups}
    assert [("record.md", "the article names king cross and argent")] == [
        (member.story.path, member.reason) for member in led_by(groups, lead).background
    ]


def test_an_incident_is_background_once() -> None:
    """An incident that a story's text names stands behind it once, and by that reason, if its editor names it too."""
    record = incident("record", occurred=MONDAY - timedelta(days=900), title="King's Cross watches its visitors")
    lead = story("lead", body=text("Argent ran cameras at King's Cross."), related=(mention("record"),), days=300)
    (background,) = led_by(grouped(record, lead), lead).background
    assert ("record.md", "the article names king cross and argent") == (background.story.path, background.reason)


def test_a_named_incident_from_later_is_no_background() -> None:
    """An incident that an editor names is background only if it happened before the lead."""
    record = incident("record", occurred=MONDAY + timedelta(days=9), title="Elsewhere", days=9)
    early = incident("early", occurred=MONDAY - timedelta(days=9), title="Before", days=9)
    lead = story("lead", related=(mention("record"), mention("early")))
    assert ["early.md"] == [m.story.path for m in led_by(grouped(record, early, lead), lead).background]


def test_a_group_knows_every_incident_that_its_stories_name() -> None:
    """Three are printed as background; the pages of the others learn of the story all the same."""
    records = [incident(f"r{n}", occurred=MONDAY - timedelta(days=n + 1), title=f"Before {n}") for n in range(5)]
    lead = story("lead", days=1, related=tuple(mention(f"r{n}") for n in range(5)))
    its = led_by(grouped(*records, lead), lead)
    assert (3, 5) == (len(its.background), len(its.incidents))
    assert [member.story.id for member in its.background] == list(its.incidents[:3])


def test_updated_is_the_editors_word_when_later() -> None:
    """`updatedDateTime` moves a group's date; an earlier one does not."""
    later, earlier = MONDAY + timedelta(days=3), MONDAY - timedelta(days=3)
    assert [later, MONDAY] == [grouped(story("s", updated=at))[0].updated for at in (later, earlier)]


@settings(max_examples=25)
@given(st.randoms(use_true_random=False))
def test_grouping_ignores_the_order_of_files(random) -> None:
    """The order in which files are read changes no group."""
    stories = [serco(0), serco(1), serco(2, related=(mention("serco-0"),)), *others()]
    shuffled = list(stories)
    random.shuffle(shuffled)
    assert grouped(*stories) == grouped(*shuffled)


def test_a_copy_is_said_to_be_one() -> None:
    """Coverage that prints the text of an earlier story says so, and counts once."""
    wire = "Officers used the cameras at the match on Saturday and stopped eleven people at the gates of the ground"
    one, two = serco(0, excerpt=wire, quality=50), serco(1, excerpt=wire, days=0.1, quality=10)
    its = led_by(grouped(one, two, *others()), one)
    assert ("the same text as Paper0: it counts once", 50) == (its.coverage[0].reason, its.heat)
    nobody = serco(0, excerpt=wire, quality=50, provider=None)
    assert "an earlier story" in led_by(grouped(nobody, two, *others()), nobody).coverage[0].reason
    hot = serco(1, excerpt=wire, days=0.1, heat=300)
    assert "the same text as Paper1: it counts once" == led_by(grouped(one, hot, *others()), hot).coverage[0].reason


def test_the_editors_lead_leads() -> None:
    """`lead: true`, then `pin: true`, beat heat; two leads of one event are a problem that names both."""
    hot, pinned, chosen = serco(0, heat=500), serco(1, pin=True, days=0.1), serco(2, lead=True, days=0.2)
    assert led_by(grouped(hot, pinned), pinned)
    assert led_by(grouped(hot, pinned, chosen), chosen)
    found = grouping(chosen, serco(0, lead=True))
    assert [("serco-2.md", "lead", "serco-0.md leads the same event")] == [
        (each.path, each.field, each.fault) for problems in found.problems.values() for each in problems
    ]
    assert chosen.id != found.groups[0].lead.id


@pytest.mark.parametrize(
    ("given", "company", "leads"),
    [
        pytest.param({"quality": 70}, False, True, id="good alone"),
        pytest.param({"quality": 69}, False, False, id="not good enough alone"),
        pytest.param({"quality": 50}, True, True, id="good with a second outlet"),
        pytest.param({"quality": 49}, True, False, id="not good enough with one"),
        pytest.param({"quality": 1, "stated": True}, False, True, id="its editor said so"),
    ],
)
def test_the_threshold_asks_for_quality(given: dict[str, object], company: bool, leads: bool) -> None:
    """Under `threshold` a story that does not say `published:` leads by quality, or with a second outlet."""
    company_of = [serco(1, days=0.1, covered=True)] if company else []
    groups = grouping(serco(0, **given), *company_of, publish="threshold").groups
    assert leads == bool(groups)


@pytest.mark.parametrize(
    ("quality", "company", "leads"), [(70, False, True), (69, False, False), (50, True, True), (49, True, False)]
)
def test_a_story_on_auto_always_needs_the_threshold(quality: int, company: bool, leads: bool) -> None:
    """A file that says `published: auto` leads above the threshold only, whatever [publish] says of the others."""
    company_of = [serco(1, days=0.1, covered=True)] if company else []
    assert leads == bool(grouping(serco(0, auto=True, quality=quality), *company_of).groups)


def test_the_threshold_is_the_editors() -> None:
    """What is good enough stands in the configuration."""
    low = serco(0, auto=True, quality=10)
    assert (1, 0) == tuple(len(grouping(low, threshold=Threshold(alone=alone)).groups) for alone in (10, 11))


def test_a_story_on_auto_may_join_another() -> None:
    """Below the threshold a story does not lead, and still is coverage of an event that another leads."""
    (found,) = grouping(serco(0, quality=50), serco(1, auto=True, quality=1)).groups
    assert [serco(1).id] == [member.story.id for member in found.coverage]


def test_a_hidden_story_still_names_its_group() -> None:
    """For the editor's eyes a hidden story is placed; what is shown does not depend on it."""
    late = serco(1, days=5, hidden=True)
    alone = story("alone", title="Quite another matter entirely here", hidden=True)
    material = open_desk(merge(Parsed(stories=(each,)) for each in (serco(0), late, alone)), now=NOW)
    found = group(material, policy=POLICY)
    assert found == grouping(serco(0))
    assert {late.id: serco(0).id} == with_hidden(material, found, policy=POLICY)
    assert event_id(found.events[0]) == found.groups[0].id


def test_what_the_threshold_holds_back_is_nowhere() -> None:
    """A story below the threshold is no background either, and neither is an incident record."""
    low = story("low", title="Quite another matter entirely here", quality=5)
    record = incident("record", occurred=MONDAY - timedelta(days=900), title="King's Cross watches its visitors")
    high = story("high", title="Argent at King's Cross", quality=90, related=(mention("low"),), days=1)
    found = grouping(low, record, high, publish="threshold")
    assert {low.id, record.id} == found.held
    assert [(high.id, ())] == [(each.lead.id, each.background) for each in found.groups]
    assert 2 == len(led_by(grouped(low, record, high), high).background)


def test_the_lead_does_not_flip_between_copies() -> None:
    """Of the copies of one text the first to appear leads, whoever prints it later or writes more about it."""
    wire = "Officers used the cameras at the match on Saturday and stopped eleven people at the gates of the ground"
    first = serco(0, excerpt=wire, quality=30)
    better = serco(1, excerpt=wire, quality=75, days=0.5)
    more = serco(2, outlet="paper0.example", quality=1, days=1)
    assert led_by(grouped(first, better), first)
    assert led_by(grouped(first, better, more), first)
    said = serco(1, excerpt=wire, quality=75, lead=True, days=0.5)
    assert led_by(grouped(first, said), said)


def test_an_event_that_nobody_may_lead_is_not_told() -> None:
    """Whoever tells an event has chosen its lead before."""
    event = Event(stories=[mention("only")])
    chosen = choose(event, rate=rater(ScorePolicy()), publish="all", threshold=Threshold())
    with pytest.raises(ValueError, match="no lead"):
        tell(chosen, related={}, known={}, records=recognise(()), policy=ScorePolicy(), rate=rater(ScorePolicy()))
