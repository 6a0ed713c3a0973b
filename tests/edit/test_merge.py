"""Many Parsed become one; what may be told now."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.edit.merge import merge, open_desk
from frtfeed.model import Parsed, Problem, Story, When
from frtfeed.records import replace
from frtfeed.urls import story_id
from tests.edit.stories import MONDAY, incident, mention, story, text

NOW = MONDAY + timedelta(days=30)


def desk(*stories: Story):
    """Open the desk on stories that came one a file."""
    return open_desk(merge(Parsed(stories=(each,)) for each in stories), now=NOW)


@st.composite
def parts(draw: st.DrawFn) -> list[Parsed]:
    """Draw parsed files whose stories share addresses now and then."""
    drawn = []
    for number in range(draw(st.integers(0, 7))):
        names = draw(st.sets(st.sampled_from(["https://a.example/1", "https://b.example/2", "c", "d"]), min_size=1))
        made = story(
            f"file-{number}",
            names=tuple(sorted(names)),
            quality=draw(st.sampled_from([None, 10, 20])),
            hidden=draw(st.booleans()),
            auto=draw(st.booleans()),
            excerpt=draw(st.sampled_from(["", "said"])),
        )
        problems = (Problem(path=made.path, fault="f", remedy="r"),) if draw(st.booleans()) else ()
        drawn.append(Parsed(stories=(made,), problems=problems))
    return drawn


@given(parts(), st.randoms(use_true_random=False))
def test_merge_ignores_order(parsed: list[Parsed], random) -> None:
    """The order in which files are read changes nothing."""
    shuffled = list(parsed)
    random.shuffle(shuffled)
    assert merge(parsed) == merge(shuffled)


@given(parts(), st.integers(0, 7))
def test_merge_ignores_splits(parsed: list[Parsed], at: int) -> None:
    """Files merged in two lots and then together are as if merged at once."""
    assert merge(parsed) == merge([merge(parsed[:at]), merge(parsed[at:])])


@given(st.lists(st.sets(st.sampled_from("abcdef"), min_size=1, max_size=2), max_size=9))
def test_stories_that_share_a_name_are_one(named: list[set[str]]) -> None:
    """Whatever names stories share with each other, and those with others: all of them become one story."""
    made = [story(f"s{number}", names=tuple(sorted(names))) for number, names in enumerate(named)]
    united: list[set[str]] = []
    for names in named:
        met = [each for each in united if each & names]
        united = [each for each in united if each not in met] + [names.union(*met)]
    assert sorted(map(sorted, united)) == sorted(
        sorted(each.names) for each in merge([Parsed(stories=tuple(made))]).stories
    )


def test_of_equal_mentions_the_newest_speaks() -> None:
    """Where two lists name one story and only its topics differ, it has those of the newer list."""
    old, new = (mention("named", topics=(topic,)) for topic in ("Old", "New"))
    material = desk(story("new", days=1, related=(new,)), story("old", related=(old,)))
    assert [("New",)] == [each.topics for each in material.mentions]


@given(parts())
def test_merge_ignores_repeats(parsed: list[Parsed]) -> None:
    """A file read twice is read once."""
    assert merge(parsed) == merge(parsed + parsed) == merge([merge(parsed), *parsed])


def test_two_files_with_one_address_are_one_story() -> None:
    """Of two files with the same address the fuller one is used, and the other is named."""
    thin = story("thin", names=("https://a.example/1",), quality=10)
    full = story("full", names=("https://a.example/1",), quality=50)
    opened = desk(thin, full)
    assert ["full.md"] == [each.path for each in opened.stories]
    assert [("thin.md", "the same story as full.md")] == [(each.path, each.fault) for each in opened.problems]


def test_an_amp_address_names_the_same_story() -> None:
    """Files that share any address, through a third one even, are one story."""
    one = story("one", names=("https://a.example/1",))
    amp = story("amp", names=("https://a.example/1", "https://a.example/2"))
    two = story("two", names=("https://a.example/2",), quality=9)
    assert [("two.md", ("amp.md", "one.md"))] == [(each.path, each.copies) for each in desk(one, amp, two).stories]


def test_a_withdrawal_counts_whichever_copy_says_it() -> None:
    """A story is hidden when any file of it says `published: false`, and the problem says why."""
    shown = story("shown", names=("https://a.example/1",), quality=50)
    withdrawn = story("withdrawn", names=("https://a.example/1",), hidden=True)
    opened = desk(shown, withdrawn)
    assert () == opened.stories
    assert ["shown.md"] == [each.path for each in opened.hidden]
    assert "published: false" in opened.problems[0].remedy


def test_a_mention_with_a_file_is_that_file() -> None:
    """A mention becomes the story that has a file of its own."""
    lead = story("lead", related=(mention("other", path=""),))
    other = story("other")
    opened = desk(lead, other)
    assert () == opened.mentions
    assert {lead.id: (other.id,), other.id: ()} == opened.related


def test_a_mention_of_a_hidden_story_is_not_shown() -> None:
    """A story that its own file withdraws is not shown where another one mentions it."""
    opened = desk(story("lead", related=(mention("other"),)), story("other", hidden=True))
    assert () == opened.mentions
    assert {story("lead").id: ()} == opened.related


def test_the_mentions_of_a_hidden_story_are_not_shown() -> None:
    """What only an unpublished story mentions is in no output; what others mention too is."""
    hidden = story("hidden", hidden=True, related=(mention("alone"), mention("shared")))
    lead = story("lead", related=(mention("shared"),))
    assert ["Shared"] == [each.title for each in desk(hidden, lead).mentions]


def test_mentions_of_one_story_are_one() -> None:
    """A story that two editors name exists once, as its fuller mention has it."""
    one = story("one", related=(mention("seen"),))
    two = story("two", related=(mention("seen", excerpt="More words."),))
    opened = desk(one, two)
    assert ["More words."] == [each.excerpt for each in opened.mentions]
    assert {one.id: (opened.mentions[0].id,), two.id: (opened.mentions[0].id,)} == opened.related


def test_an_undated_mention_is_left_out() -> None:
    """A mention without a date cannot be placed in time and is not shown."""
    assert () == desk(story("lead", related=(mention("undated", published=None),))).mentions


def test_a_story_never_relates_to_itself() -> None:
    """Mentions under which a copy of the story itself hides vanish, repeats too."""
    lead = story("lead", related=(mention("lead"), mention("other"), mention("other")))
    opened = desk(lead)
    assert {lead.id: (opened.mentions[0].id,)} == opened.related


@pytest.mark.parametrize(
    ("days", "severity"),
    [pytest.param(1, "note", id="tomorrow"), pytest.param(4000, "error", id="a slip of the year")],
)
def test_a_story_from_the_future_waits(days: int, severity: str) -> None:
    """A story dated after now is held back, and said to be."""
    late = story("late", published=When(at=NOW + timedelta(days=days)))
    opened = desk(late, story("lead", related=(mention("m", published=When(at=NOW + timedelta(days=1))),)))
    assert ["late.md"] == [each.path for each in opened.waiting]
    assert ["lead.md"] == [each.path for each in opened.stories]
    assert () == opened.mentions
    assert [severity] == [each.severity for each in opened.problems]


def test_an_undated_story_is_left_out() -> None:
    """A story without a date is neither told nor waiting."""
    opened = desk(story("undated", published=None))
    assert ((), (), ()) == (opened.stories, opened.waiting, opened.hidden)


def test_two_files_with_one_id_keep_apart() -> None:
    """Of two stories with the same `id:` one keeps it, the other gets that of its address, and is named."""
    one = story("one", id="urn:x:1", quality=50)
    two = story("two", id="urn:x:1")
    opened = desk(one, two)
    assert {("one.md", "urn:x:1"), ("two.md", story_id(two.names[0]))} == {(s.path, s.id) for s in opened.stories}
    assert [("two.md", "id", "the same id as one.md")] == [(p.path, p.field, p.fault) for p in opened.problems]


def test_stories_with_a_text_and_no_address_get_pages() -> None:
    """Incidents, and stories of our own, have a folder each; two of one title have two."""
    own = story("own", url="", body=text("Words."), title="Same title")
    twin = story("twin", url="", body=text("Words."), title="Same title", days=1)
    signs = story("signs", url="", body=text("Words."), title="?!", days=2)
    record = incident("record", occurred=MONDAY, days=3)
    pages = [each.page for each in desk(own, twin, signs, record, story("elsewhere", days=4)).stories]
    tails = twin.id[-8:], signs.id[-8:]
    assert [
        "stories/same-title/",
        f"stories/same-title-{tails[0]}/",
        f"stories/{tails[1]}/",
        "incidents/record/",
        "",
    ] == pages


def test_stories_come_in_order_of_date() -> None:
    """The desk holds stories by date, then id, whatever their files are called."""
    one, two = story("z", days=1), story("a", days=2)
    same = replace(story("b", days=2), id="urn:a")
    assert [one, same, two] == list(desk(two, same, one).stories)


def test_a_file_that_is_no_story_can_withdraw_one() -> None:
    """`published: false` in a file that lacks what a story needs hides that story wherever it is named."""
    lead = story("lead", related=(mention("gone"), mention("kept")))
    copy = story("copy", names=("https://x.example/1",))
    broken = Parsed(
        withdrawn=(mention("gone").names[0], "https://x.example/1"),
        withdrawn_paths=("broken.md",),
        problems=(Problem(path="broken.md", fault="no title", remedy="Write one."),),
    )
    merged = merge([Parsed(stories=(lead,)), broken, Parsed(stories=(copy,))])
    assert merged == merge([merged, broken])
    opened = open_desk(merged, now=NOW)
    assert ["Kept"] == [each.title for each in opened.mentions]
    assert ["copy.md"] == [each.path for each in opened.hidden]


def test_a_mention_may_be_hidden_itself() -> None:
    """An entry of a related list that says `published: false` is not shown."""
    assert () == desk(story("lead", related=(mention("m", hidden=True),))).mentions


def test_a_hidden_story_never_takes_an_id() -> None:
    """Of two stories with the same `id:` the one that is shown keeps it, however good the hidden one is."""
    shown, hidden = story("shown", id="urn:x:1"), story("hidden", id="urn:x:1", quality=99, hidden=True)
    later = story("later", id="urn:x:1", quality=99, published=When(at=NOW + timedelta(days=1)))
    assert ["urn:x:1"] == [each.id for each in desk(shown, hidden, later).stories]


def test_a_move_to_another_folder_changes_no_choice() -> None:
    """Which of two equal copies speaks is decided by what they say, not by where they lie."""
    one = story("x", names=("https://a.example/1",), title="One", path="a/x.md")
    two = story("x", names=("https://a.example/1",), title="Two", path="b/x.md")
    swapped = [replace(one, path="b/x.md"), replace(two, path="a/x.md")]
    assert ["Two"] == [each.title for each in desk(one, two).stories] == [each.title for each in desk(*swapped).stories]


def test_a_file_that_publishes_outright_has_the_last_word() -> None:
    """Of two files of one story, one that leaves it to the threshold does not hold back the other."""
    shared = ("https://a.example/1",)
    plain, auto = story("plain", names=shared), story("auto", names=shared, auto=True, quality=90)
    assert [False] == [each.auto for each in desk(plain, auto).stories]
    assert [True] == [each.auto for each in desk(auto, replace(auto, path="copy.md")).stories]
