"""Clustering again what a change can reach."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frtfeed.edit.cluster import Pass, cluster, named_beside
from frtfeed.edit.event import events_of
from frtfeed.edit.rank import by_date
from frtfeed.edit.recall import Seen
from frtfeed.edit.regroup import Track, place_again
from frtfeed.model import Story
from frtfeed.records import replace
from tests.edit.stories import story

WHO = ("Serco", "Met Police", "Clearview", "Home Office", "a startup", "Kraków city hall")
DID = ("orders", "halts", "is sued over", "rolls out", "defends", "bans")
WHAT = ("live face scans", "gait recognition", "a £4m camera network", "iris scanning", "face search")
WHERE = ("in schools", "at King's Cross", "on trains", "despite warnings")
BOILERPLATE = "Sign up to our newsletter for all the news on technology and the law, every morning in your inbox."
Related = dict[str, tuple[str, ...]]


def drawn(random: Random, number: int, *, days: float) -> Story:
    """Make a story as a stream holds it: few subjects, some hands of an editor, some boilerplate."""
    title = " ".join(random.choice(words) for words in (WHO, DID, WHAT, WHERE))
    excerpt = BOILERPLATE if random.random() < 0.1 else " ".join(random.choices(" ".join((*WHO, *WHAT)).split(), k=12))
    hand: dict[str, object] = {"solo": True} if random.random() < 0.03 else {}
    if random.random() < 0.02:
        hand = {"group": random.choice(("trial", "ruling"))}
    outlet = f"o{random.randrange(9)}.example"
    return story(f"s{number}", title=title, excerpt=excerpt, outlet=outlet, days=days, **hand)  # type: ignore[arg-type]


def stream(random: Random, *, stories: int, days: float) -> tuple[dict[str, Story], Related]:
    """Make a stream, with what its editors named beside what."""
    told = {}
    for number in range(stories):
        each = drawn(random, number, days=random.uniform(0, days))
        told[each.id] = each
    ids = sorted(told)
    related = {id_: tuple(random.sample(ids, 2)) for id_ in random.sample(ids, len(ids) // 5)}
    return told, related


def edited(random: Random, told: dict[str, Story], related: Related, *, days: float) -> None:
    """Do what an editor does in one sitting: some stories come, go, change, or are named by others."""
    for _ in range(random.randrange(1, 4)):
        id_ = random.choice(sorted(told))
        deed = random.randrange(5)
        if deed == 0:
            del told[id_]
        elif deed == 1:
            new = drawn(random, random.randrange(10**6), days=random.uniform(0, days))
            told[new.id] = new
        elif deed == 2:
            related[id_] = tuple(random.sample(sorted(told), 2))
        else:
            new = drawn(random, 0, days=random.uniform(0, days))
            told[id_] = replace(new, id=id_, published=told[id_].published if deed == 3 else new.published)


def placed(told: dict[str, Story], related: Related, before: dict[str, Track]) -> dict[str, Track]:
    """Place what is told, in order."""
    return place_again(sorted(told.values(), key=by_date), related=related, keywords=("face",), before=before)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.sampled_from([60.0, 400.0, 1000.0]))
def test_any_edits_give_what_a_pass_from_nothing_gives(seed: int, days: float) -> None:
    """However a folder came to be what it is, its stories are placed as in a pass over all of them."""
    random = Random(seed)  # noqa: S311
    told, related = stream(random, stories=150, days=days)
    tracks = placed(told, related, {})
    for _ in range(4):
        edited(random, told, related, days=days)
        tracks = placed(told, related, tracks)
        afresh = placed(told, related, {})
        assert list(afresh.items()) == list(tracks.items())
    ordered = sorted(told.values(), key=by_date)
    events = events_of((each, tracks[each.id].placed) for each in ordered)
    assert cluster(ordered, related=related, keywords=("face",)) == events


def _turns(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note the id of each story that is placed."""
    seen: list[str] = []
    place = Pass._place

    def noted(self: Pass, mine: Seen) -> object:
        seen.append(mine.story.id)
        return place(self, mine)

    monkeypatch.setattr(Pass, "_place", noted)
    return seen


@pytest.mark.parametrize(
    ("day", "most"),
    [
        pytest.param(399.5, 2, id="the newest"),
        pytest.param(200.0, 150, id="in the middle"),
        pytest.param(1.0, 150, id="the oldest"),
    ],
)
def test_a_change_costs_the_days_that_it_reaches(monkeypatch: pytest.MonkeyPatch, day: float, most: int) -> None:
    """Of a stream of a story a day only those are placed again that it can reach for one that comes."""
    told = {each.id: each for each in (drawn(Random(n), n, days=n) for n in range(400)) if not each.group}  # noqa: S311
    tracks = placed(told, {}, {})
    new = drawn(Random(7), 1000, days=day)  # noqa: S311
    told[new.id] = new
    seen = _turns(monkeypatch)
    placed(told, {}, tracks)
    assert new.id in seen
    assert 0 < len(seen) <= most


def test_nothing_changed_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same stories are not placed again."""
    told, related = stream(Random(1), stories=80, days=100)  # noqa: S311
    tracks = placed(told, related, {})
    seen = _turns(monkeypatch)
    assert tracks == placed(told, related, tracks)
    assert [] == seen


def test_a_name_reaches_as_far_as_it_is_used() -> None:
    """A story that an editor puts with another one of two years before joins that event, whatever changed since."""
    first = story("first", title="Regulator orders a stop", group="trial")
    last = story("last", title="Court of appeal rules", group="trial", days=700)
    told = {each.id: each for each in (first, last)}
    tracks = placed(told, {}, {})
    told[first.id] = replace(first, group="")
    tracks = placed(told, {}, tracks)
    assert last.id == tracks[last.id].placed.event
    told[first.id] = first
    assert first.id == placed(told, {}, tracks)[last.id].placed.event


def test_named_beside_looks_both_ways() -> None:
    """Who names and who is named stand beside each other."""
    assert {"a": {"b"}, "b": {"a"}} == named_beside({"a": ("b",)})


def test_boilerplate_reaches_on() -> None:
    """A headline decides whether a later excerpt counts, and that one's words weigh on what comes after it."""
    random = Random(407)  # noqa: S311
    told, related = stream(random, stories=150, days=400)
    tracks = placed(told, related, {})
    for _ in range(2):
        edited(random, told, related, days=400)
        tracks = placed(told, related, tracks)
    assert list(placed(told, related, {}).items()) == list(tracks.items())


def retitled(random: Random, told: dict[str, Story]) -> str:
    """Put another word into a title."""
    id_ = random.choice(sorted(told))
    words = told[id_].title.split()
    words[random.randrange(len(words))] = random.choice((*WHO, *WHAT, "zebra"))
    told[id_] = replace(told[id_], title=" ".join(words))
    return id_


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32), st.sampled_from([20.0, 60.0, 150.0]))
def test_other_titles_give_what_a_pass_from_nothing_gives(seed: int, days: float) -> None:
    """Where a title says something else, what is compared again and what is not come to the same."""
    random = Random(seed)  # noqa: S311
    told, related = stream(random, stories=120, days=days)
    tracks = placed(told, related, {})
    for _ in range(5):
        retitled(random, told)
        tracks = placed(told, related, tracks)
        assert list(placed(told, related, {}).items()) == list(tracks.items())


def test_what_a_title_does_not_meet_is_not_compared_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the sixty days after a title that was changed, most stories neither say its words nor meet its event."""
    whats = ("fox", "gate", "mill", "wood", "ford", "bridge", "field", "stone", "water", "wick")
    subjects = [f"{where}{what}" for where in ("grey", "wild", "salt", "iron", "moon", "ash", "elm") for what in whats]
    told = {}
    for number in range(600):
        random = Random(number)  # noqa: S311
        each = story(f"s{number}", title=" ".join(random.sample(subjects, 6)), days=number / 4)
        told[each.id] = each
    tracks = placed(told, {}, {})
    changed = told[story("s200").id]
    changed = replace(changed, title=f"{changed.title} zebra")
    told[changed.id] = changed
    seen = _turns(monkeypatch)
    again = placed(told, {}, tracks)
    assert changed.id in seen
    assert len(seen) < 60 * 4 / 2
    assert again == placed(told, {}, {})


def test_what_differs_goes_along_through_two_mergers() -> None:
    """A story shows three events to be one; what weighs otherwise in the youngest reaches those who meet the oldest."""
    said = {
        "first": ("heron sable glacier", "saddle cobalt yonder tundra lambda epsilon", "o1.example", 0.0),
        "second": ("sable heron orchard", "piston saddle tundra yonder velvet cobalt lantern", "o1.example", 0.9),
        "third": ("heron nectar marble", "piston velvet tundra yonder lantern badger", "o1.example", 1.2),
        "shows": ("heron orchard marble", "cobalt lantern yonder tundra saddle piston velvet", "o2.example", 4.0),
        "meets": ("heron quorum sable", "piston lantern velvet saddle thimble tundra", "o3.example", 8.9),
    }
    told = {
        name: story(name, title=title, excerpt=excerpt, outlet=outlet, days=days)
        for name, (title, excerpt, outlet, days) in said.items()
    }
    ids = {name: each.id for name, each in told.items()}
    tracks = placed({each.id: each for each in told.values()}, {}, {})
    mergers = tracks[ids["shows"]].placed.merged
    assert ((ids["second"], ids["third"]), (ids["first"], ids["second"])) == mergers
    told["third"] = replace(told["third"], excerpt=told["third"].excerpt.replace("badger", "stoat ermine weasel"))
    now = {each.id: each for each in told.values()}
    afresh = placed(now, {}, {})
    assert afresh[ids["meets"]] != tracks[ids["meets"]]
    assert afresh == placed(now, {}, tracks)


def test_a_story_that_moved_went_once() -> None:
    """A story that gets another date leaves the words of its old days once, whatever else comes on that day."""
    moved = story("moved", title="Raven over velvet", excerpt="zephyr paddle orchard nectar piston tundra")
    one = story("one", title="Nectar marble", excerpt="piston zephyr paddle nectar orchard tundra", days=19)
    other = story("other", title="Tundra paddle nectar", excerpt="piston paddle nectar zephyr orchard", days=23)
    told = {each.id: each for each in (moved, one, other)}
    tracks = placed(told, {}, {})
    new = story("new", title="Sable nectar", excerpt="nectar zephyr piston orchard paddle tundra", days=2)
    told |= {new.id: new, moved.id: replace(moved, published=story("moved", days=1).published)}
    afresh = placed(told, {}, {})
    assert afresh[other.id] != tracks[other.id]
    assert afresh == placed(told, {}, tracks)
