"""What a build says in public of what it read."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.edit.report import group_facts, public_problems
from frtfeed.model import Group, Member, Problem
from tests.edit.stories import MONDAY, mention, story


def problem(path: str, **given: str) -> Problem:
    """Make a problem with a value."""
    return Problem(**{"path": path, "fault": "wrong", "remedy": "Mend it.", "value": "draft words", **given})  # type: ignore[arg-type]


def public(*problems: Problem, secret: frozenset[str] = frozenset({"secret.md"})) -> list[Problem]:
    """Return what is said of problems where one story is shown."""
    return list(public_problems(problems, secret=secret, shown={"shown.md"}))


def test_a_group_in_the_report() -> None:
    """The report names each group's lead, then who else covered it; and its background apart from these."""
    lead, other, named = story("lead"), story("other"), mention("named")
    group = Group(
        id=other.id,
        lead=lead,
        coverage=(Member(story=other, reason="alike"),),
        background=(Member(story=named, reason="named"),),
        updated=MONDAY,
        quality=7,
        heat=40,
    )
    expected = {
        "id": other.id,
        "title": "Lead",
        "heat": 40,
        "quality": 7,
        "lead": lead.id,
        "members": [lead.id, other.id],
        "background": [named.id],
    }
    assert expected == group_facts(group)


def test_problems_of_what_is_not_shown_are_left_out() -> None:
    """A problem of a hidden story's file is nobody's business."""
    assert [] == public(problem("secret.md"))


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"fault": "the same id as secret.md"}, id="as its fault"),
        pytest.param({"remedy": "secret.md is used. Remove one of the two."}, id="as its remedy"),
        pytest.param({"fault": "asecret.mdx"}, id="within another word"),
    ],
)
def test_problems_that_name_what_is_not_shown_are_left_out(said: dict[str, str]) -> None:
    """A problem of a shown story that names a hidden one's file would tell that it is there."""
    assert [] == public(problem("shown.md", **said))


def test_problems_that_name_others_stay() -> None:
    """Half a path is no path: what is said of shown stories is said."""
    said = (problem("shown.md", fault="the same id as secret.m"), problem("shown.md", fault=""))
    assert list(said) == public(*said)
    assert list(said) == public(*said, secret=frozenset())


def test_paths_of_any_length_are_found() -> None:
    """A short path that is not shown does not hide a longer one, nor the reverse."""
    secret = frozenset({"b.md", "a/long/way/down.md", "c/b.md"})
    for path in secret:
        assert [] == public(problem("shown.md", fault=f"like {path}"), secret=secret)
    told = problem("shown.md", fault="like a/long/way/up.md")
    assert [told] == public(told, secret=secret)


def test_values_of_skipped_files_stay_in_the_house() -> None:
    """A problem of a shown story has its value; one of a skipped file, which may have been a draft, has none."""
    told = public(problem("shown.md"), problem("skipped.md"))
    assert [("shown.md", "draft words"), ("skipped.md", "")] == [(each.path, each.value) for each in told]


NAMES = st.text(alphabet="ab/", min_size=1, max_size=4)


@given(st.frozensets(NAMES, max_size=5), st.text(alphabet="ab/ ", max_size=12), st.text(alphabet="ab/ ", max_size=12))
def test_what_is_said_names_nothing_that_is_not_shown(secret: frozenset[str], fault: str, remedy: str) -> None:
    """A problem is told where neither its fault nor its remedy holds a path that is not shown, and only there."""
    told = public(problem("A.md", fault=fault, remedy=remedy), secret=secret)
    named = any(path in text for path, text in product(secret, (fault, remedy)))
    across = any(path in f"{fault} {remedy}" for path in secret)
    assert (named, bool(told)) in {(True, False), (False, not across)}
