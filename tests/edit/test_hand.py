"""The editor's hand, and where it contradicts itself."""

import pytest

from frtfeed.edit.hand import contradictions, in_words
from frtfeed.model import Problem, Story
from tests.edit.stories import story


def found(stories: list[Story]) -> list[Problem]:
    """Return the contradictions in some stories, shown and hidden ones."""
    shown = [each for each in stories if not each.hidden]
    return list(contradictions(shown=shown, hidden=[each for each in stories if each.hidden]))


@pytest.mark.parametrize(
    ("given", "field", "remedy"),
    [
        pytest.param({"solo": True, "group": "x"}, "group", "solo: true wins.", id="apart and together"),
        pytest.param({"kind": "incident", "group": "x"}, "group", "The line is ignored.", id="an incident in a group"),
        pytest.param({"lead": True, "hidden": True}, "lead", "published: false wins.", id="a hidden lead"),
        pytest.param({"pin": True, "covered": True}, "pin", "heat: -1 wins.", id="a covered pin"),
    ],
)
def test_contradictions_name_the_line_that_loses(given: dict[str, object], field: str, remedy: str) -> None:
    """Two lines of one file that exclude each other are a warning with the one that wins."""
    stories = [story("s", **given), story("t", group=given.get("group", ""))]  # type: ignore[arg-type]
    assert [("s.md", field, remedy, "warning")] == [
        (each.path, each.field, each.remedy, each.severity)
        for each in contradictions(
            shown=[each for each in stories if not each.hidden], hidden=[each for each in stories if each.hidden]
        )
    ]


def test_a_name_of_one_story_is_probably_misspelt() -> None:
    """A `group:` that no other file has is a warning."""
    hidden = story("t", group="x", hidden=True)
    assert ["no other story has this name"] == [each.fault for each in found([story("s", group="x"), hidden])]


def test_a_hand_without_contradiction_is_silent() -> None:
    """Pins, leads and groups that make sense are no problem."""
    stories = [story("s", group="x", pin=True), story("t", group="x", lead=True), story("u", solo=True)]
    assert [] == list(contradictions(shown=stories, hidden=[]))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"solo": True, "group": "x"}, ["solo: true keeps it apart from every event."], id="solo"),
        pytest.param({"group": "x"}, ["group: x puts it with the other stories of that name."], id="group"),
        pytest.param(
            {"lead": True, "pin": True},
            ["lead: true makes it lead its event.", "pin: true makes it lead its edition."],
            id="lead and pin",
        ),
        pytest.param({"covered": True, "lead": True}, ["heat: -1 keeps it from leading."], id="covered"),
        pytest.param(
            {"heat": 7, "quality": 3}, ["heat: 7 is used as given.", "quality: 3 is used as given."], id="numbers"
        ),
    ],
)
def test_the_hand_in_words(given: dict[str, object], said: list[str]) -> None:
    """`explain` says what the editor's hand did, a sentence each."""
    assert said == in_words(story("s", **given), leads=True)  # type: ignore[arg-type]


def test_a_hand_that_does_nothing_says_so() -> None:
    """A `lead` or `pin` that another story beats is not said to work."""
    beaten = in_words(story("s", lead=True, pin=True), leads=False)
    assert ["lead: true does nothing: another one leads.", "pin: true does nothing: another one leads."] == beaten
