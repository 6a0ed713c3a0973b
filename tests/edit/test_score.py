"""Quality and heat where the file gives none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.edit.score import (
    Spread,
    heat_parts,
    heat_points,
    outlet_key,
    quality_parts,
    quality_points,
    text_key,
    total,
)
from frtfeed.model import Image, Part, Provider, Story
from frtfeed.policies import ScorePolicy
from frtfeed.records import replace
from tests.edit.stories import story

POLICY = ScorePolicy(
    keywords=("facial recognition", "AI", "biometric"),
    providers=frozenset({"listed.example", "it pro"}),
    official=frozenset({"regulator.example"}),
)
LONG = "An excerpt that says what happened, who did it and where, in at least eighty characters."


def quality(**given: object) -> dict[str, int]:
    """Return the points of a story's quality by part."""
    return {part.name: part.points for part in quality_parts(story("s", **given), policy=POLICY)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"quality": 57, "title": "Facial recognition"}, {"quality": 57}, id="given is used as given"),
        pytest.param({"title": "Nothing"}, {}, id="nothing"),
        pytest.param({"topics": ("AI", "Computer Vision")}, {"topics": 4}, id="two a topic"),
        pytest.param({"title": "Live facial recognition"}, {"keywords": 15}, id="keyword"),
        pytest.param({"title": "Facial-recognition vans"}, {"keywords": 15}, id="a hyphen hides none"),
        pytest.param({"title": "Airports daily"}, {}, id="whole words only"),
        pytest.param({"title": "AI, AI and AI"}, {"keywords": 15}, id="repeats count once"),
        pytest.param({"title": "AI biometric facial recognition"}, {"keywords": 30}, id="two at most"),
        pytest.param({"images": (Image(url="https://x/y", width=300),)}, {"image": 20}, id="picture"),
        pytest.param({"images": (Image(url="https://x/y", width=299),)}, {}, id="avatar"),
        pytest.param({"images": (Image(url="https://x/y"),)}, {}, id="picture of unknown size"),
        pytest.param({"excerpt": LONG}, {"excerpt": 20}, id="excerpt"),
        pytest.param({"excerpt": LONG[:79]}, {}, id="short excerpt"),
        pytest.param({"outlet": "listed.example"}, {"provider": 40}, id="listed provider"),
        pytest.param({"provider": Provider(name="IT Pro")}, {"provider": 40}, id="listed by name"),
        pytest.param({"outlet": "regulator.example"}, {"provider": 50}, id="official source"),
        pytest.param({"provider": None}, {}, id="no provider"),
        pytest.param({"extra": (("featured", "true"),)}, {"featured": 100}, id="featured"),
        pytest.param({"title": "x" * 70, "topics": ("a",)}, {"topics": 2}, id="title of 70"),
        pytest.param({"title": "x" * 72, "topics": ("a",)}, {"topics": 2, "long title": -1}, id="title of 72"),
        pytest.param({"title": "x" * 99}, {"long title": -14, "floor": 14}, id="never below 0"),
        pytest.param(
            {"extra": (("featured", "true"),), "topics": ("a",)},
            {"featured": 100, "topics": 2, "ceiling": -2},
            id="never above 100",
        ),
    ],
)
def test_quality(given: dict[str, object], expected: dict[str, int]) -> None:
    """Quality adds up from parts that an editor can check."""
    assert expected == quality(**given)


@given(
    st.text(max_size=120),
    st.text(max_size=120),
    st.lists(st.text(min_size=1, max_size=5), max_size=60),
    st.booleans(),
)
def test_quality_stays_between_0_and_100(title: str, excerpt: str, topics: list[str], featured: bool) -> None:
    """A computed quality is a whole number from 0 to 100."""
    extra = (("featured", "true"),) if featured else ()
    made = story("s", title=title, excerpt=excerpt, topics=tuple(topics), extra=extra)
    assert 0 <= total(quality_parts(made, policy=POLICY)) <= 100


@given(st.text(max_size=120), st.integers(0, 60), st.booleans(), st.one_of(st.none(), st.integers(-5, 120)))
def test_points_are_what_the_parts_add_up_to(title: str, topics: int, compat: bool, given: int | None) -> None:
    """The number that events are ordered by is the one that `explain` adds up."""
    policy = ScorePolicy(keywords=("AI", "facial recognition"), compat=compat)
    made = story("s", title=f"AI {title}", topics=("a",) * topics, quality=given, heat=given)
    assert total(quality_parts(made, policy=policy)) == quality_points(made, policy=policy)
    for lead in (made, replace(made, heat=None)):
        spread = Spread([lead, story("other", outlet="other.example")])
        assert total(heat_parts(lead, 40, spread=spread)) == heat_points(lead, 40, spread=spread)


@pytest.mark.parametrize("given", [0, 57], ids=["nothing", "something"])
def test_what_the_file_gives_is_always_said(given: int) -> None:
    """A quality and a heat in the file are shown as such, zero too."""
    made = story("s", title="AI", quality=given, heat=given)
    assert (Part(name="quality", points=given, because="given in the file"),) == quality_parts(made, policy=POLICY)
    assert (Part(name="heat", points=given, because="given in the file"),) == heat(made, 57, [])


def heat(lead: Story, quality: int, others: list[Story]) -> tuple[Part, ...]:
    """Return the terms of a lead's heat with some other stories."""
    return heat_parts(lead, quality, spread=Spread([lead, *others]))


@pytest.mark.parametrize(
    ("outlets", "points"),
    [
        pytest.param(0, 40, id="alone"),
        pytest.param(1, 50, id="one other"),
        pytest.param(10, 140, id="ten others"),
        pytest.param(14, 144, id="beyond ten it grows slowly"),
        pytest.param(20, 150, id="ten more for twice as many"),
        pytest.param(40, 160, id="and for twice that"),
    ],
)
def test_heat_grows_with_outlets(outlets: int, points: int) -> None:
    """Heat is quality and ten for each other outlet up to ten; then ten for each doubling."""
    others = [story(f"s{number}", outlet=f"o{number}.example") for number in range(outlets)]
    assert points == total(heat(story("lead"), 40, others))


def test_an_outlet_counts_once() -> None:
    """Two stories of one outlet, or of the lead's own, bring the heat of one or none."""
    others = [story("a", outlet="o.example"), story("b", outlet="o.example"), story("c"), story("d", provider=None)]
    assert [("quality", 40), ("coverage", 10)] == [(part.name, part.points) for part in heat(story("lead"), 40, others)]


def test_copies_of_one_text_count_once() -> None:
    """An agency's text printed by three outlets is one other outlet; short excerpts prove nothing."""
    wire = "Officers used the cameras at the match on Saturday and stopped eleven people at the gates"
    copies = [story(f"c{number}", outlet=f"c{number}.example", excerpt=wire) for number in range(3)]
    short = [story(f"s{number}", outlet=f"s{number}.example", excerpt="Read more") for number in range(2)]
    assert total(heat(story("lead"), 40, [*copies, *short])) == 40 + 10 * (1 + 2)


def test_outlets_are_told_apart_by_domain() -> None:
    """A provider is its domain; where it has none, its name in any case; nobody is nobody."""
    assert ["a.example", "it pro", ""] == [
        outlet_key(Provider(name="A", domain="a.example")),
        outlet_key(Provider(name="IT Pro")),
        outlet_key(None),
    ]


@pytest.mark.parametrize(
    ("title", "image", "amp", "quality"),
    [
        pytest.param(
            "Revealed: Home Office secretly lobbied for facial recognition ‘spy’ company", True, True, 57, id="57"
        ),
        pytest.param("Airports using biometric facial recognition in Kansas", True, True, 74, id="74, ai in Airports"),
        pytest.param("Airports using biometric facial recognition in Texas", True, False, 54, id="54"),
        pytest.param(
            "Leisure centre operator ordered to axe facial recognition tech monitoring workers’ attendance",
            True,
            True,
            48,
            id="48, a long title",
        ),
        pytest.param("Home Office seeks facial recognition technologies for police", True, False, 39, id="39"),
        pytest.param(
            "Home Office and MoD seeking new facial-recognition tech", True, False, 24, id="24, a hyphen hides"
        ),
        pytest.param(
            "Serco ordered to stop using facial recognition technology to monitor staff", True, True, 57, id="57 again"
        ),
        pytest.param(
            "ICO orders Serco to stop using facial recognition technology to monitor staff", True, False, 36, id="36"
        ),
        pytest.param(
            "Tech Digest daily roundup: Home Office secretly lobbied for facial recognition company",
            False,
            False,
            26,
            id="26, ai in daily",
        ),
        pytest.param(
            "Serco Leisure ordered to stop using facial recognition tech on 2,000 staff", False, False, 17, id="17"
        ),
        pytest.param("x" * 99, False, False, 0, id="never below 0"),
    ],
)
def test_the_compat_profile_keeps_the_old_rule(title: str, image: bool, amp: bool, quality: int) -> None:
    """Under `compat` quality is what the upstream system gave, faults included."""
    old = ScorePolicy(keywords=("facial recognition", "ai"), compat=True)
    made = story(
        "s", title=title, topics=("AI", "Computer Vision"), amp=amp, images=(Image(url="https://x/y"),) * image
    )
    assert quality == total(quality_parts(made, policy=old))


def test_copies_are_said() -> None:
    """The parts of heat say how many outlets printed a text that counts once."""
    wire = "Officers used the cameras at the match on Saturday and stopped eleven people at the gates"
    copies = [story(f"c{number}", outlet=f"c{number}.example", excerpt=wire) for number in range(3)]
    parts = heat(story("lead"), 40, copies)
    assert "1 other outlet; 2 more printed a text that counts once" == parts[1].because
    assert text_key(copies[0]) == text_key(copies[1]) != text_key(story("other"))


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["", "one", "two", "three"])), min_size=1, max_size=9)
)
def test_spread_counts_as_by_hand(told: list[tuple[str, str]]) -> None:
    """The outlets beside a story's own that tell another text are those that one finds by going through them all."""
    wire = "Officers used the cameras at the match on Saturday and stopped eleven people at gate"
    stories = [
        story(f"s{n}", outlet=f"{outlet}.example", excerpt=f"{wire} {text}" if text else "")
        for n, (outlet, text) in enumerate(told)
    ]
    spread = Spread(stories)
    for lead in stories:
        outlets, texts, copies = set(), {text_key(lead)}, 0
        for other in sorted(stories, key=lambda each: each.id):
            if other.id == lead.id or outlet_key(other.provider) == outlet_key(lead.provider):
                continue
            copies += text_key(other) in texts
            if text_key(other) not in texts:
                texts.add(text_key(other))
                outlets.add(outlet_key(other.provider))
        assert (len(outlets), copies) == spread.others(lead)


# What may stand between the words of two copies, and how a word may be written, without another text coming of it.
GAPS = st.sampled_from([" ", ", ", "-", " – ", "... ", "\n", " \u0301", "’s "])
FORMS = st.sampled_from([str.lower, str.upper, str.title])
WORDS = st.sampled_from(["one", "two", "métro", "a", "ﬁve", "Ⅻ", "surveillance", "x" * 50])


@given(st.lists(st.lists(st.tuples(WORDS, GAPS, FORMS), max_size=16), min_size=1, max_size=6), st.data())
def test_copies_are_those_with_the_same_words(texts: list[list[tuple[str, str, object]]], data: st.DataObject) -> None:
    """However a text opens, is spaced or capitalised: the first story with its words is its original."""
    copied = data.draw(st.lists(st.sampled_from(texts), max_size=3))
    excerpts = ["".join(form(word) + gap for word, gap, form in text) for text in texts]  # type: ignore[operator]
    excerpts += ["".join(word.upper() + data.draw(GAPS) for word, _, _ in text) for text in copied]
    stories = [story(f"s{number}", excerpt=excerpt) for number, excerpt in enumerate(excerpts)]
    spread = Spread(stories)
    first = {text_key(each): each for each in reversed(stories)}
    assert [first[text_key(each)] for each in stories] == [spread.original(each) for each in stories]
    assert len(first) == spread.texts


@pytest.mark.parametrize(
    "opening",
    [
        pytest.param(f"{'a' * 20}  {'b' * 20} surveillance", id="half a word at the cut"),
        pytest.param(f"{'a' * 20}{' ' * 18}{'b' * 20} surveillance", id="fewer words before the cut"),
        pytest.param(f"{'a' * 20}!{'b' * 20}\n\nsurveillance", id="other gaps"),
    ],
)
def test_a_copy_may_be_spaced_otherwise(opening: str) -> None:
    """Where a long text's first words stand does not matter, only which they are."""
    rest = "cameras were used at the match on Saturday and eleven people were stopped"
    words = " ".join(("a" * 20, "b" * 20, "surveillance"))
    stories = [story(f"s{number}", excerpt=f"{opens} {rest}") for number, opens in enumerate((words, opening))]
    assert [stories[0]] * 2 == [Spread(stories).original(each) for each in stories]
