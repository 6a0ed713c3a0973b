"""From all files to all groups: what is counted, what is said in public, what is learnt."""

import json
from datetime import timedelta

import pytest

from frtfeed.config import Config
from frtfeed.edit.known import Filed
from frtfeed.model import Parsed, Problem, Story, When
from frtfeed.pipeline import Stopwatch
from frtfeed.pipeline.newsroom import Told, kept_group, newsroom, reports_of, told_at_length
from frtfeed.records import asdict, replace
from tests.edit.desk import CONFIG, NOW, learnt
from tests.edit.stories import MONDAY, incident, mention, story


def told(*parsed: Parsed, files: int = 0, config: Config = CONFIG) -> Told:
    """Return what is published of parsed files."""
    names = [f"file-{n}" for n in range(files)]
    room = newsroom(config, names, parsed, now=NOW, stopwatch=Stopwatch(clock=float))
    return told_at_length(room, reports=reports_of(room))


def said(what: Told) -> str:
    """Return all that build.json says of it."""
    return json.dumps([what.counts, [asdict(each) for each in what.public], list(what.reports)], default=str)


def problem(path: str, **given: str) -> Problem:
    """Make a problem with a value."""
    return Problem(**{"path": path, "fault": "wrong", "remedy": "Mend it.", "value": "draft words", **given})  # type: ignore[arg-type]


LATER = story("later", published=When(at=NOW + timedelta(days=1)))
HIDDEN = story("secret", hidden=True)


def test_what_is_counted() -> None:
    """The report counts what was read and what is told of it; whatever is told by no file was skipped."""
    lead = story("lead", topics=("Law",), related=(mention("other", title="Quite another matter here"),))
    copy = replace(lead, path="copy.md", related=())
    record = incident("record", occurred=MONDAY)
    withdrawn = Parsed(withdrawn=("x",), withdrawn_paths=("gone.md",))
    stories = (lead, copy, HIDDEN, LATER, record)
    counts = told(*(Parsed(stories=(each,)) for each in stories), withdrawn, files=8).counts
    assert {
        "files": 8,
        "stories": 2,
        "mentions": 1,
        "hidden": 2,
        "waiting": 1,
        "skipped": 2,
        "duplicates": 1,
        "groups": 2,
        "editions": 1,
        "topics": 1,
        "incidents": 1,
    } == counts


def test_stories_that_are_held_count_as_hidden() -> None:
    """What [publish] keeps back is no story that is told, and none of its problems are."""
    config = replace(CONFIG, publish="threshold")
    held = Parsed(stories=(story("draft", quality=1),), problems=(problem("draft.md"),))
    what = told(held, files=1, config=config)
    assert (0, 1, 0) == (what.counts["stories"], what.counts["hidden"], what.counts["groups"])
    assert () == what.public
    assert "draft" not in said(what)


def test_groups_stand_best_first() -> None:
    """Each group's text says its members; the hottest comes first."""
    files = [Parsed(stories=(story(f"s{n}", title=f"Matter {n}", heat=n, solo=True),)) for n in (1, 3, 2)]
    assert [3, 2, 1] == [json.loads(text)["heat"] for text in told(*files).reports]


def test_nothing_of_a_story_that_is_not_shown_is_said() -> None:
    """Problems of hidden, waiting and withdrawn files, and those that name one, are for the editor alone."""
    hidden = Parsed(stories=(replace(HIDDEN, id="urn:x"),), problems=(problem("secret.md"),))
    waiting = Parsed(stories=(LATER,), problems=(problem("later.md"),))
    withdrawn = Parsed(withdrawn=("x",), withdrawn_paths=("gone.md",), problems=(problem("gone.md"),))
    twin = Parsed(stories=(story("twin", id="urn:x"),))
    what = told(hidden, waiting, withdrawn, twin, files=4)
    assert {"secret.md", "later.md", "gone.md"} == {each.path for each in what.problems}
    assert () == what.public
    assert (2, 1) == (what.counts["hidden"], what.counts["waiting"])
    for trace in ("secret", "later", "gone", "draft"):
        assert trace not in said(what)


def test_copies_of_what_is_not_shown_are_not_named() -> None:
    """A second file of a hidden story is as hidden as the first."""
    second = replace(HIDDEN, path="second.md", hidden=False)
    what = told(Parsed(stories=(HIDDEN,)), Parsed(stories=(second,), problems=(problem("second.md"),)), files=2)
    assert what.problems
    assert () == what.public


def test_values_of_skipped_files_stay_in_the_house() -> None:
    """A problem of a shown story has its value; one of a skipped file, which may have been a draft, has none."""
    shown = Parsed(stories=(story("shown"),), problems=(problem("shown.md"),))
    what = told(shown, Parsed(problems=(problem("skipped.md"),)), files=2)
    assert [("shown.md", "draft words"), ("skipped.md", "")] == [(each.path, each.value) for each in what.public]


def test_how_files_are_filed() -> None:
    """The next build learns what may be done with each file's story, and which have to do with other files."""
    lead = story("lead", quality=90)
    one, two = story("one", id="urn:x", quality=50), story("two", id="urn:x")
    files = {
        each.path: Parsed(stories=(each,)) for each in (lead, replace(lead, path="z.md", quality=1), one, two, HIDDEN)
    }
    filed = learnt(files).filed
    at = MONDAY.timestamp()
    assert Filed(lead.id, "told", at, shared=True) == filed["lead.md"]
    assert Filed(lead.id, "copy", at, shared=True) == filed["z.md"]
    assert Filed("urn:x", "told", at, shared=True) == filed["one.md"]
    assert Filed(story("two").id, "told", at, shared=True) == filed["two.md"]
    assert Filed(HIDDEN.id, "hidden", at, shared=False) == filed["secret.md"]


def test_the_next_date_is_that_of_a_mention_that_is_told_then() -> None:
    """Lists of hidden stories, hidden entries, and those without a date make no build."""

    def entry(name: str, hours: float, **fields: object) -> Story:
        return mention(name, published=When(at=NOW + timedelta(hours=hours)), **fields)

    entries = (entry("x", 1, hidden=True), entry("y", 3), entry("z", 2), mention("w"), mention("v", published=None))
    files = {"lead.md": Parsed(stories=(story("lead", related=entries),))}
    files["secret.md"] = Parsed(stories=(replace(HIDDEN, related=(entry("a", 0.5),)),))
    assert NOW + timedelta(hours=2) == min(at for at in learnt(files).due.values() if at)


def test_problems_that_every_build_finds_anew_are_not_learnt() -> None:
    """That a story waits, and what only its event shows, is no file's own."""
    wrong = problem("lead.md")
    title = "Regulator fines a gym chain for scanning faces"
    first = story("lead", title=title, lead=True)
    second = story("other", title=title, lead=True, outlet="other.example", days=1)
    files = {
        "lead.md": Parsed(stories=(first,), problems=(wrong,)),
        "other.md": Parsed(stories=(second,)),
        "later.md": Parsed(stories=(LATER,)),
    }
    found = learnt(files)
    assert {"lead.md": (wrong,)} == found.problems
    assert [["other.md"]] == [[each.path for each in kept.problems] for kept in found.grouped.values() if kept]


@pytest.mark.parametrize("problems", [(), (problem("lead.md"),)], ids=["none", "one"])
def test_a_group_is_kept_as_the_long_way_keeps_it(problems: tuple[Problem, ...]) -> None:
    """However a group came to be told: its outline, its text and its digest are the same."""
    (kept,) = learnt({"lead.md": Parsed(stories=(story("lead"),))}).grouped.values()
    assert kept is not None
    assert replace(kept, problems=problems) == kept_group(kept.group, problems)
