"""What changed files change on the desk, found by following names."""

from datetime import timedelta

import pytest

from frtfeed.edit.known import Filed, State, filed_as, state_of
from frtfeed.edit.revise import entries_of, revise
from frtfeed.model import Parsed, Problem, Story, When
from frtfeed.records import replace
from tests.edit.desk import NOW, Folder, Recorder, edited, folder, learnt, open_desk, revised, without
from tests.edit.stories import MONDAY, incident, mention, story, text

ONE, TWO, THREE = story("one"), story("two", days=1), story("three", days=2)


def later(story: Story, *, hours: float = 1) -> Story:
    """Return a story that waits."""
    return replace(story, published=When(at=NOW + timedelta(hours=hours)))


@pytest.mark.parametrize(
    ("given", "state"),
    [
        pytest.param(ONE, "told", id="told"),
        pytest.param(replace(ONE, hidden=True), "hidden", id="hidden"),
        pytest.param(replace(later(ONE), hidden=True), "hidden", id="hidden before its date"),
        pytest.param(later(ONE), "waiting", id="waiting"),
        pytest.param(later(ONE, hours=0), "told", id="at its date"),
        pytest.param(replace(ONE, published=None), "undated", id="without a date"),
    ],
)
def test_how_a_story_is_filed(given: Story, state: State) -> None:
    """A story is hidden, waits for its date, has none, or is told."""
    assert state == state_of(given, now=NOW)
    at = given.published.at.timestamp() if given.published else None
    assert Filed(given.id, state, at) == filed_as(given, now=NOW)


def test_nothing_changed() -> None:
    """Where no file has changed, nothing has."""
    revision = revised(folder(ONE, TWO), folder(ONE, TWO))
    assert revision is not None
    assert (set(), {}, {}) == (set(revision.gone), dict(revision.told), dict(revision.filed))


def test_a_new_file() -> None:
    """A story that comes is told without its list; its names and those of its list are noted."""
    new = replace(THREE, related=(mention("x"), mention("one")))
    revision = revised(folder(ONE, TWO), folder(ONE, TWO, new))
    assert revision is not None
    assert {new.id: THREE, mention("x").id: mention("x")} == revision.told
    assert {new.id: (mention("x").id, ONE.id)} == revision.related
    assert {new.path: filed_as(new, now=NOW)} == revision.filed
    assert {new.path: new.names} == revision.names
    assert {new.path: ((mention("x").names[0], 0), (ONE.names[0], 1))} == revision.entries
    assert {mention("x").names[0]: mention("x").id} == revision.mentions
    assert not revision.gone


@pytest.mark.parametrize("after", [folder(TWO), folder(replace(ONE, hidden=True), TWO), folder(later(ONE), TWO)])
def test_a_story_that_goes(after: Folder) -> None:
    """Deleted, withdrawn or dated later: it is told no more, nor what only its list named."""
    listed = replace(ONE, related=(mention("x"),))
    revision = revised(folder(listed, TWO), after)
    assert revision is not None
    assert {ONE.id, mention("x").id} == revision.gone
    assert {} == revision.told
    assert {ONE.path: ()} == revision.entries
    assert {mention("x").names[0]: None} == revision.mentions
    state = revision.filed[ONE.path]
    assert (state is None) == (ONE.path not in after)


def test_a_mention_that_gets_a_file() -> None:
    """Who is mentioned and writes: the mention is the story from then on, for all whose lists have it."""
    listed = replace(ONE, related=(mention("three"),))
    revision = revised(folder(listed, TWO), folder(listed, TWO, THREE))
    assert revision is not None
    assert {THREE.id: THREE} == revision.told
    assert {ONE.id: (THREE.id,), THREE.id: ()} == revision.related
    assert {THREE.names[0]: None} == revision.mentions


def test_a_file_whose_story_is_still_mentioned() -> None:
    """A story whose file is gone is a mention where another's editor still names it."""
    listed = replace(ONE, related=(mention("three"),))
    revision = revised(folder(listed, THREE), folder(listed))
    assert revision is not None
    assert {mention("three").id: mention("three")} == revision.told
    assert {ONE.id: (mention("three").id,), mention("three").id: ()} == revision.related
    assert not revision.gone


def test_mentions_that_meet_through_a_third() -> None:
    """Two lists' entries are one mention while a third has the names of both; without that one they are two."""
    a, b = mention("a"), mention("b")
    both = replace(a, names=(*a.names, *b.names))
    files = folder(replace(ONE, related=(a,)), replace(TWO, related=(b,)), replace(THREE, related=(both,)))
    revision = revised(files, without(files, THREE.path))
    assert revision is not None
    assert {a.id, b.id} == revision.told.keys()
    assert {ONE.id: (a.id,), TWO.id: (b.id,)} == revision.related
    assert {a.names[0]: a.id, b.names[0]: b.id} == revision.mentions


def test_a_story_whose_date_has_come() -> None:
    """A file that waited is looked at as if it had changed."""
    waiting = later(THREE)
    files = folder(ONE, waiting)
    same = folder(waiting)
    revision = revise(
        open_desk(learnt(files), files), before=same, after=same, withdrawn=frozenset(), now=NOW + timedelta(hours=2)
    )
    assert revision is not None
    assert {THREE.id} == revision.told.keys()
    assert filed_as(waiting, now=NOW + timedelta(hours=2)) == revision.filed[waiting.path]


def test_the_next_mention_that_waits() -> None:
    """The first date among the mentions that wait is noted; a hidden one's is not, nor that of one that is told."""
    hidden = replace(later(mention("x"), hours=1), hidden=True)
    lists = (hidden, later(mention("y"), hours=3), later(mention("z"), hours=2), mention("w"))
    revision = revised(folder(ONE), folder(replace(ONE, related=lists)))
    assert revision is not None
    assert {ONE.path: NOW + timedelta(hours=2)} == revision.due
    assert {ONE.id, mention("w").id} == revision.told.keys()


def test_problems_of_changed_files() -> None:
    """A file's problems are told anew: those of reading it, and what its editor cannot have meant."""
    wrong = Problem(path=ONE.path, fault="wrong", remedy="Mend it.")
    after = {ONE.path: Parsed(stories=(replace(ONE, lead=True, covered=True),), problems=(wrong,))}
    revision = revised(folder(ONE, TWO), after)
    assert revision is not None
    assert ["wrong", "the story says heat: -1, covered by a better lead"] == [
        problem.fault for problem in revision.problems[ONE.path]
    ]
    assert () == revision.problems[TWO.path]


def test_a_withdrawn_name_is_mentioned_by_nobody() -> None:
    """A list may name what another file withdraws: it is not told."""
    gone = Parsed(withdrawn=mention("x").names, withdrawn_paths=("gone.md",))
    before = {**folder(ONE), "gone.md": gone}
    revision = revised(before, edited(before, ONE.path, related=(mention("x"),)))
    assert revision is not None
    assert {ONE.id} == revision.told.keys()
    assert {ONE.id: ()} == revision.related


def test_a_hidden_story_is_named_by_nobody() -> None:
    """A list that names a hidden story names nobody; one that names a told story of an unchanged file does."""
    files = folder(ONE, TWO, replace(THREE, hidden=True))
    revision = revised(files, edited(files, ONE.path, related=(mention("three"), mention("two"))))
    assert revision is not None
    assert {ONE.id: (TWO.id,)} == revision.related


OWN = story("own", url="", names=("own",), body=text("Our words."))
SHARED = folder(ONE, replace(TWO, names=ONE.names), THREE)
SAME_ID = folder(replace(ONE, id="urn:x"), replace(TWO, id="urn:x"), THREE)
GONE = {**folder(TWO), "gone.md": Parsed(withdrawn=ONE.names, withdrawn_paths=("gone.md",))}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(folder(ONE), folder(ONE, incident("i", occurred=MONDAY)), id="an incident comes"),
        pytest.param(folder(ONE, incident("i", occurred=MONDAY)), folder(ONE), id="an incident goes"),
        pytest.param(folder(ONE), folder(ONE, OWN), id="a story with a page"),
        pytest.param(folder(ONE), folder(replace(ONE, group="trial")), id="an event gets a name"),
        pytest.param(folder(replace(ONE, group="trial")), folder(ONE), id="an event loses its name"),
        pytest.param(SHARED, without(SHARED, TWO.path), id="one of two files of a story goes"),
        pytest.param(without(SHARED, TWO.path), SHARED, id="a second file of a story comes"),
        pytest.param(SAME_ID, without(SAME_ID, TWO.path), id="one of two with an id goes"),
        pytest.param(without(SAME_ID, TWO.path), SAME_ID, id="a second with an id comes"),
        pytest.param({}, SHARED, id="two new files of a story"),
        pytest.param({}, SAME_ID, id="two new files with an id"),
        pytest.param(GONE, {**GONE, **folder(ONE)}, id="a story that another file withdraws"),
        pytest.param(without(GONE, "gone.md"), GONE, id="a file that withdraws"),
        pytest.param(GONE, without(GONE, "gone.md"), id="a file that withdrew"),
        pytest.param({}, {"a.md": Parsed(stories=(ONE, TWO))}, id="two stories in a file"),
    ],
)
def test_what_reaches_further(before: Folder, after: Folder) -> None:
    """What has to do with other files in a way that names do not show takes all files."""
    assert revised(before, after) is None


def test_a_file_that_takes_the_place_of_another() -> None:
    """A renamed file is told under its new path, and nothing else changes."""
    moved = replace(ONE, path="moved.md")
    revision = revised(folder(ONE, TWO), folder(moved, TWO))
    assert revision is not None
    assert {moved.id: moved} == revision.told
    assert {"one.md": None, "moved.md": filed_as(moved, now=NOW)} == revision.filed
    assert not revision.gone


def test_other_files_are_not_opened() -> None:
    """Of two hundred stories with lists, an edit of one asks for what its names lead to, and for nothing more."""
    many = [
        story(f"s{n}", title=f"Matter {n}", days=n, related=(mention(f"m{n}"), mention(f"s{(n + 1) % 200}")))
        for n in range(200)
    ]
    files = folder(*many)
    recorder = Recorder(open_desk(learnt(files), files))
    after = edited(files, many[50].path, title="Another headline")
    assert revised(files, after, desk=recorder) is not None
    assert 1 == recorder.rows["parsed"]  # of the file whose editor names it
    assert sum(recorder.rows.values()) < 40


def test_the_names_of_a_list() -> None:
    """An entry is found under each of its names, by its place in the list."""
    two = replace(mention("x"), names=("x", "y"))
    assert (("x", 0), ("y", 0), (mention("z").names[0], 1)) == entries_of(replace(ONE, related=(two, mention("z"))))


def test_a_mention_that_is_a_story_under_another_address() -> None:
    """What a list names by an address that an unchanged story had before is that story: all is told afresh."""
    moved = replace(THREE, id=mention("old").id)
    files = folder(ONE, moved)
    assert revised(files, folder(replace(ONE, related=(mention("old"),)), moved)) is None
