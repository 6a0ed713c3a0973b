"""What changes tell otherwise: only what they reach, as a build from nothing tells it."""

from datetime import timedelta
from random import Random

import pytest

from frtfeed.edit.catch_up import catch_up
from frtfeed.edit.known import KeptStory
from frtfeed.edit.revise import Revision
from frtfeed.model import Story
from frtfeed.policies import ScorePolicy
from frtfeed.records import replace
from tests.edit.desk import (
    CONFIG,
    NOW,
    Folder,
    Recorder,
    caught_up,
    edited,
    folder,
    learnt,
    open_desk,
    revised,
    without,
    wrong,
)
from tests.edit.stories import MONDAY, incident, mention, story
from tests.edit.test_regroup import drawn

FINE = "Regulator fines a gym chain for scanning faces"
STRICT = replace(CONFIG, publish="threshold")


def told(name: str, title: str = FINE, *, days: float = 0, outlet: str = "", **given: object) -> Story:
    """Make a story of an outlet of its own."""
    return story(name, title=title, days=days, outlet=outlet or f"{name}.example", **given)


def stream(stories: int, *, days: float = 1) -> Folder:
    """Return a stream of stories, one each so many days, none of an event that an editor named."""
    drawings = (drawn(Random(n), n, days=n * days) for n in range(stories))  # noqa: S311
    return folder(*(replace(each, group="") for each in drawings))


def test_nothing_changed_tells_nothing() -> None:
    """The same files are told as they were, and no story is placed."""
    retold = caught_up(stream(20), stream(20))
    assert retold is not None
    assert ({}, {}, {}) == (retold.told, retold.related, retold.groups)


ONE, TWO, OTHER = told("one"), told("two", days=1), told("other", "A village votes on its cameras", days=2)
THIRD = told("third", days=2)
BESIDE = replace(OTHER, related=(mention("two", outlet="two.example"),))

FIRST = told("first", "Serco Leisure scanned the faces of its staff")
SECOND = told("second", "Leisure staff clocks halted at pools by the regulator", days=5)
BOTH = told("both", f"{FIRST.title}: {SECOND.title.lower()}", days=5.1)
NAMED = told("named", "Parliament debates a bill", days=60, group="serco")
LAST = told("last", "Parliament debates a bill", days=120, group="serco")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(folder(ONE, OTHER), folder(ONE, TWO, OTHER), id="a story joins an event"),
        pytest.param(folder(ONE, TWO, OTHER), folder(ONE, OTHER), id="a story leaves its event"),
        pytest.param(folder(ONE, TWO, THIRD), folder(TWO, THIRD), id="an event loses the story that began it"),
        pytest.param(folder(ONE, OTHER), folder(OTHER), id="an event ends"),
        pytest.param(folder(ONE, TWO), folder(replace(ONE, quality=90), TWO), id="an event gets another lead"),
        pytest.param(folder(ONE, TWO), folder(ONE, replace(TWO, solo=True)), id="a story is kept apart"),
        pytest.param(folder(ONE, OTHER), folder(ONE, BESIDE), id="an editor names what no file tells"),
        pytest.param(folder(TWO, OTHER), folder(TWO, BESIDE), id="an editor names a story"),
        pytest.param(folder(TWO, BESIDE), folder(BESIDE), id="a story that an editor named loses its file"),
        pytest.param(folder(BESIDE), folder(TWO, BESIDE), id="a story that an editor named gets a file"),
        pytest.param(folder(TWO, BESIDE), folder(replace(TWO, quality=90), BESIDE), id="a named story is rated"),
        pytest.param(folder(TWO, BESIDE), folder(TWO), id="who named a story goes"),
        pytest.param(folder(ONE, TWO), folder(ONE, told("two", days=200)), id="a story is dated elsewhere"),
        pytest.param(folder(FIRST, SECOND), folder(FIRST, SECOND, BOTH), id="a story shows two events to be one"),
        pytest.param(folder(FIRST, SECOND, BOTH), folder(FIRST, SECOND), id="two events are two again"),
        pytest.param(
            folder(FIRST, replace(SECOND, group="serco"), NAMED, LAST),
            folder(FIRST, replace(SECOND, group="serco"), NAMED, LAST, BOTH),
            id="a named event is found to be part of another",
        ),
        pytest.param({}, folder(ONE, TWO), id="the first stories"),
        pytest.param(folder(ONE, TWO), {}, id="the last stories"),
        pytest.param(
            folder(ONE, told("far", days=300)),
            folder(TWO, told("near", days=301), told("far", days=300)),
            id="changes far from each other",
        ),
    ],
)
def test_a_change_is_told_as_by_a_build_from_nothing(before: Folder, after: Folder) -> None:
    """Events, their groups, what their editors named: all are those of a build that knows nothing."""
    known = learnt(before)
    retold = caught_up(before, after, known=known)
    assert retold is not None
    assert [] == wrong(retold, known, learnt(after))


@pytest.mark.parametrize("days", [0.5, 40])
def test_changes_in_a_long_stream(days: float) -> None:
    """Wherever in a stream stories come, go and change, the others are told as they were, if they are the same."""
    before = stream(80, days=days)
    random = Random(3)  # noqa: S311
    for _ in range(6):
        after = dict(before)
        for path in random.sample(sorted(before), 3):
            after = edited(after, path, title=drawn(random, 0, days=0).title)
        del after[random.choice(sorted(after))]
        known = learnt(before)
        retold = caught_up(before, after, known=known)
        assert retold is not None
        assert [] == wrong(retold, known, learnt(after))
        before = after


def test_only_the_days_around_a_change_are_read() -> None:
    """Of two hundred stories, five days apart, an edit of one reads those of some months."""
    files = stream(200, days=5)
    known = learnt(files)
    recorder = Recorder(open_desk(known, files))
    after = edited(files, "s100.md", title="Quite another headline")
    assert caught_up(files, after, desk=recorder, known=known) is not None
    assert 0 < recorder.rows["between"] < 60
    assert recorder.rows["told"] + recorder.rows["members"] < 30


def test_what_nothing_compares_places_nothing() -> None:
    """A rating changes who leads, and asks no stretch of days which event a story is in."""
    files = folder(ONE, TWO, OTHER)
    known = learnt(files)
    recorder = Recorder(open_desk(known, files))
    retold = caught_up(files, edited(files, TWO.path, quality=90), desk=recorder, known=known)
    assert retold is not None
    assert "between" not in recorder.rows
    assert [ONE.id] == list(retold.groups)


def test_a_stream_whose_change_never_settles() -> None:
    """Where an editor's name of an event comes to mean another one, all that follows is placed, and the name kept."""
    files = {
        **stream(40, days=4),
        **folder(told("a", days=61, group="trial"), told("b", "Court of appeal rules", days=80, group="trial")),
    }
    after = edited(files, "s10.md", title="Quite another headline")
    known, expected = learnt(files), learnt(after)
    retold = caught_up(files, after, known=known)
    assert retold is not None
    assert [] == wrong(retold, known, expected)
    assert expected.about.names == retold.names


def test_a_story_that_is_no_longer_held_back() -> None:
    """
    A second outlet lets a story be told that waited for one; then those that named it tell it as background.

    And the reverse, when the second outlet is gone.
    """
    waits = told("waits", quality=60)
    names = told(
        "names",
        "A village votes on its cameras",
        days=3,
        stated=True,
        related=(mention("waits", outlet="waits.example"),),
    )
    alone, both = folder(waits, names), folder(waits, names, replace(TWO, stated=False))
    for before, after in ((alone, both), (both, alone)):
        known, expected = learnt(before, config=STRICT), learnt(after, config=STRICT)
        retold = caught_up(before, after, config=STRICT, known=known)
        assert retold is not None
        assert names.id in retold.groups
        assert [] == wrong(retold, known, expected)
        kept = retold.told[waits.id]
        assert kept is not None
        assert kept.held == (after is alone)


def test_an_incident_that_named_a_story() -> None:
    """A record whose list names a story is told again when that story changes."""
    record = incident("record", occurred=MONDAY - timedelta(days=90), related=(mention("one", outlet="one.example"),))
    before = folder(record, ONE, OTHER)
    after = edited(before, ONE.path, quality=90)
    known = learnt(before)
    retold = caught_up(before, after, known=known)
    assert retold is not None
    assert record.id in retold.groups
    assert [] == wrong(retold, known, learnt(after))


def test_an_incident_that_changes_is_known_to_all() -> None:
    """What is told of an incident may stand in any event: where one is gone, all are told again."""
    record = incident("record", occurred=MONDAY)
    files = folder(record, ONE)
    revision = revised(files, files)
    assert revision is not None
    revision = replace(revision, gone={record.id})
    assert not isinstance(_told(revision, files), KeptStory)
    assert _told(revision, files) is None


def _told(revision: Revision, files: Folder) -> object:
    return catch_up(
        open_desk(learnt(files), files),
        revision,
        names={},
        policy=ScorePolicy(),
        publish="all",
        threshold=CONFIG.threshold,
    )


@pytest.mark.parametrize("lost", [ONE, TWO])
def test_an_event_that_is_not_whole(lost: Story) -> None:
    """Where the desk has lost a story of an event that is to be told again, all is told again."""
    files = folder(ONE, replace(TWO, quality=1), told("third", days=2, quality=2))
    known = learnt(files)
    del known.told[lost.id]
    after = edited(files, "third.md", quality=90)
    retold = caught_up(files, after, known=known)
    assert (retold is None) == (lost is ONE)


def test_two_events_under_one_name() -> None:
    """Where the desk has two events under one's name, all is told again."""
    files = folder(ONE, OTHER)
    known = learnt(files)
    kept = known.told[OTHER.id]
    assert kept is not None
    known.told[OTHER.id] = replace(kept, event=ONE.id)
    assert caught_up(files, edited(files, ONE.path, quality=90), known=known) is None


def test_now_is_not_asked() -> None:
    """Catching up hangs on what was revised, not on the time: a story of the far past is told like one of today."""
    before = folder(told("old", days=-4000), OTHER)
    after = {**before, **folder(told("new", days=(NOW - MONDAY).days))}
    known = learnt(before)
    retold = caught_up(before, after, known=known)
    assert retold is not None
    assert [] == wrong(retold, known, learnt(after))
    assert without(after, "new.md") == before
