"""What a build says in public of what it read."""

import json
from datetime import timedelta

from frtfeed.edit.compose import compose
from frtfeed.edit.group import group
from frtfeed.edit.merge import merge, open_desk
from frtfeed.edit.report import public_facts
from frtfeed.model import Parsed, Problem, When
from frtfeed.policies import FeedPolicy, ScorePolicy
from tests.edit.stories import MONDAY, mention, story
from tests.edit.test_compose import SITE

NOW = MONDAY + timedelta(days=30)


def facts(*parsed: Parsed, files: int = 0) -> dict[str, object]:
    """Return what is said in public of parsed files."""
    merged = merge(parsed)
    material = open_desk(merged, now=NOW)
    grouping = group(material, policy=ScorePolicy())
    return public_facts(
        files=[f"file-{n}" for n in range(files)],
        parsed=merged,
        material=material,
        grouping=grouping,
        publication=compose(grouping.groups, site=SITE, policy=FeedPolicy(), now=NOW),
        problems=material.problems,
        until=NOW,
    )


def problem(path: str, **given: str) -> Problem:
    """Make a problem with a value."""
    return Problem(**{"path": path, "fault": "wrong", "remedy": "Mend it.", "value": "draft words", **given})  # type: ignore[arg-type]


def test_counts_and_groups() -> None:
    """The report counts what was read and names each group's members and background."""
    lead = story("lead", related=(mention("other", title="Quite another matter here"),))
    told = facts(Parsed(stories=(lead,)), Parsed(stories=(story("secret", hidden=True),)), files=3)
    counts = {"files": 3, "stories": 1, "mentions": 1, "hidden": 1, "skipped": 1, "groups": 1, "editions": 1}
    assert counts == {key: told["counts"][key] for key in counts}  # type: ignore[index]
    assert [([lead.id], [mention("other").id])] == [
        (each["members"], each["background"])
        for each in told["groups"]  # type: ignore[attr-defined]
    ]


def test_nothing_of_a_hidden_story_is_said() -> None:
    """Problems of hidden, waiting and withdrawn files, and those that name one, are left out."""
    hidden = Parsed(stories=(story("secret", hidden=True, id="urn:x"),), problems=(problem("secret.md"),))
    waiting = Parsed(
        stories=(story("later", published=When(at=NOW + timedelta(days=1))),), problems=(problem("later.md"),)
    )
    withdrawn = Parsed(withdrawn=("x",), withdrawn_paths=("gone.md",), problems=(problem("gone.md"),))
    twin = Parsed(stories=(story("twin", id="urn:x"),))
    told = facts(hidden, waiting, withdrawn, twin, files=4)
    assert [] == told["problems"]
    assert (2, 1) == (told["counts"]["hidden"], told["counts"]["waiting"])  # type: ignore[index]
    for trace in ("secret", "later", "gone", "draft"):
        assert trace not in json.dumps(told)


def test_values_of_skipped_files_stay_in_the_house() -> None:
    """A problem of a shown story has its value; one of a skipped file, which may have been a draft, has none."""
    shown = Parsed(stories=(story("shown"),), problems=(problem("shown.md"),))
    told = facts(shown, Parsed(problems=(problem("skipped.md"),)), files=2)
    assert [("shown.md", "draft words"), ("skipped.md", "")] == [
        (each["path"], each["value"])
        for each in told["problems"]  # type: ignore[attr-defined]
    ]
