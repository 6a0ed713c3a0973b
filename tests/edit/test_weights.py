"""How much each word of a story tells."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.edit import weights
from frtfeed.edit.weights import MAX_WORDS, Gist, Weigher, gist_of, is_rare
from frtfeed.model import Story
from frtfeed.records import replace
from frtfeed.store.encoding import decode, encode
from tests.edit.stories import story


def weigh(weigher: Weigher, told: Story, day: float) -> weights.Vector:
    """Weigh a story as the pass does."""
    return weigher.hear(gist_of(told), day).vector()


def test_a_rare_word_weighs_more_from_the_first_story_on() -> None:
    """The general prior tells a first story's names from its common words."""
    vector = weigh(Weigher(), story("s", title="city board of facewatch"), 0)
    assert vector["facewatch"] > vector["board"] > vector["city"]


def test_function_words_say_nothing() -> None:
    """The commonest words of many languages are left out."""
    assert {"serco", "polizei"} == set(weigh(Weigher(), story("s", title="the Serco und der of and Polizei"), 0))


def test_a_word_of_every_story_comes_to_weigh_little() -> None:
    """What all the stories of the window say tells none of them from the others."""
    weigher = Weigher()
    vectors = [weigh(weigher, story("s", title=f"zebra crossing{n} gate{n}"), n) for n in range(20)]
    assert vectors[-1]["zebra"] < vectors[0]["zebra"] / 2
    assert vectors[-1]["zebra"] < vectors[-1]["crossing19"]


def test_keywords_weigh_little_from_the_first_story_on() -> None:
    """The feed's own phrases, named in the configuration, never carry a likeness."""
    plain = weigh(Weigher(), story("s", title="facial recognition at gates"), 0)
    told = weigh(Weigher(["facial recognition"]), story("s", title="facial recognition at gates"), 0)
    assert told["facial"] < plain["facial"] / 2


def test_a_name_weighs_more() -> None:
    """A word written as a name weighs more than the same word that is not."""
    named = weigh(Weigher(), story("s", title="the order against Facewatch stands today"), 0)
    plain = weigh(Weigher(), story("s", title="the order against facewatch stands today"), 0)
    assert named["facewatch"] > plain["facewatch"]


def test_what_left_the_window_is_forgotten() -> None:
    """A story's weights depend on the sixty days before it, on nothing older and nothing newer."""
    fresh, old = Weigher(), Weigher()
    for number in range(30):
        weigh(old, story("s", title=f"zebra crossing{number}"), number / 10)
    last = story("s", title="zebra at the gate")
    assert weigh(fresh, last, 100) == weigh(old, last, 100)


def test_a_story_without_words_has_none() -> None:
    """Nothing said, nothing weighed."""
    assert {} == weigh(Weigher(), story("s", title="?!"), 0)


@given(st.text(max_size=300), st.text(max_size=900))
def test_vectors_have_unit_length(title: str, excerpt: str) -> None:
    """Any story's vector has length one, or none, its heaviest words first."""
    vector = weigh(Weigher(), story("s", title=title, excerpt=excerpt), 0)
    assert len(vector) <= MAX_WORDS
    assert not vector or isclose(1, sum(weight * weight for weight in vector.values())) or not any(vector.values())
    assert sorted(vector.values(), reverse=True) == list(vector.values())


def test_the_prior_knows_common_words() -> None:
    """The prior knows the words of any text, in many languages, and no names."""
    assert [False, False, False, True, True] == [is_rare(word) for word in ("the", "police", "und", "serco", "zzz")]


def test_equal_words_come_in_one_order() -> None:
    """Of words that weigh the same, the same come first in every story, so that copies in another order are found."""
    one = weigh(Weigher(), story("s", title="zorb quux flim gnar blet"), 0)
    other = weigh(Weigher(), story("s", title="blet gnar flim quux zorb"), 0)
    assert list(one) == list(other)


def test_usual_likeness_grows_with_what_stories_share() -> None:
    """A story that says what the others of the window say is like any of them; a first story is like none."""
    common, apart = Weigher(), Weigher()
    for number in range(20):
        weigh(common, story("s", title=f"zebra crossing gate{number}"), number / 10)
        weigh(apart, story("s", title=f"lion{number} parking lot{number}"), number / 10)
    last = story("s", title="zebra crossing closed")
    assert common.usual_likeness(weigh(common, last, 3)) > 10 * apart.usual_likeness(weigh(apart, last, 3))
    first = Weigher()
    assert 0 == first.usual_likeness(weigh(first, last, 3))


def test_forgetting_words_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many words are kept at hand is a matter of memory: the weights are the same."""
    stories = [story("s", title=f"zebra crossing{n} gate{n % 3}", excerpt="police at the gates") for n in range(40)]

    def vectors() -> list[weights.Vector]:
        weigher = Weigher()
        return [weigh(weigher, each, number) for number, each in enumerate(stories)]

    expected = vectors()
    monkeypatch.setattr(weights, "MAX_TERMS", 5)
    assert expected == vectors()
    weigher = Weigher()
    for number in range(300):
        weigh(weigher, story("s", title=f"zebra crossing{number}"), number)
    assert len(weigher._terms) <= 2 * (60 + 2)


def test_boilerplate_tells_nothing() -> None:
    """An excerpt that came under titles of other words is about neither; under a like title it is the story's."""
    words = "Sign up to our newsletter for the best of the week and continue reading below"
    weigher = Weigher()
    weigh(weigher, story("s", title="Council bans face scans", excerpt=words), 0)
    copied = weigh(weigher, story("s", title="Face scans banned", excerpt=words), 1)
    strange = weigh(weigher, story("s", title="Airport buys cameras", excerpt=words), 2)
    assert ("newsletter" in copied, "newsletter" in strange) == (True, False)
    # Sixty days on nobody remembers the others.
    assert "newsletter" in weigh(weigher, story("s", title="Court fines Clearview", excerpt=words), 63)


TITLES = st.text(alphabet="abc ABC's-é顔認証.", max_size=120)


@given(st.lists(st.tuples(TITLES, st.one_of(TITLES, st.just("The same words under every title"))), max_size=12))
def test_what_is_kept_is_what_is_cut_anew(told: list[tuple[str, str]]) -> None:
    """A gist that was written down and read again weighs as one that is cut from the story."""
    stories = [story("s", title=title, excerpt=excerpt) for title, excerpt in told]
    fresh, kept = Weigher(["abc"]), Weigher(["abc"])
    for day, each in enumerate(stories):
        gist = decode(encode(gist_of(each)), Gist)
        assert gist_of(each) == gist
        heard = fresh.hear(gist_of(each), day)
        again = kept.hear(gist, day, boilerplate=heard.boilerplate)
        assert (heard.vector(), list(heard.vector())) == (again.vector(), list(again.vector()))


def test_weights_can_be_worked_out_later() -> None:
    """Whatever comes after a story, its words weigh as they did when its turn came."""
    weigher = Weigher()
    heard = weigher.hear(gist_of(story("s", title="zebra crossing closed")), 0)
    then = heard.vector()
    for number in range(1, 70):
        weigh(weigher, story("s", title=f"zebra crossing{number}"), number)
    assert then == heard.vector()


@given(st.lists(st.text(alphabet="abcdefgh", min_size=3, max_size=4), max_size=60), st.integers(0, 60), st.booleans())
def test_a_title_is_weighed_for_less(words: list[str], titled: int, boilerplate: bool) -> None:
    """The words of a title come in the same order whether or not all of the story is weighed."""
    told = story("s", title=" ".join(words[:titled]), excerpt=" ".join(words[titled:]))
    heard = Weigher().hear(gist_of(told), 0, boilerplate=boilerplate)
    title = set(gist_of(replace(told, excerpt="")).words)
    assert [word for word in heard.vector() if word in title] == heard.title()


def test_a_story_of_many_words_keeps_the_heaviest() -> None:
    """Of a long title only the words that count are given."""
    heard = Weigher().hear(gist_of(story("s", title=" ".join(f"word{number}" for number in range(40)))), 0)
    assert MAX_WORDS == len(heard.title())
