"""What two titles say of each other."""

import pytest

from frtfeed.edit.headlines import Headline, are_strangers, is_reissue, read_headline, share_a_template
from frtfeed.edit.tokens import tokens


def head(title: str, excerpt: str = "") -> Headline:
    """Prepare a title as the pass does."""
    said = frozenset(tokens(f"{title} {excerpt}"))
    return read_headline(title, said=said, keywords=frozenset(("facial", "recognition")))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("Serco told to stop face scans", "Serco told to stop face scans", True, id="the same"),
        pytest.param(
            "Serco told to stop face scans now", "Serco told to halt face scans now", True, id="a word changed"
        ),
        pytest.param("Serco told to stop face scans", "Amazon sells doorbells to police", False, id="another title"),
        pytest.param("Live face scans", "Live face scans", False, id="too short to mean anything"),
    ],
)
def test_a_title_comes_again(one: str, other: str, expected: bool) -> None:
    """Titles of four words or more that are the same but for a word or two are one title."""
    assert expected == is_reissue(head(one), head(other))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("Airports using scans in Kansas", "Airports using scans in Texas", True, id="a place each"),
        pytest.param("Acme Earned The Analytics Badge", "Contoso Earned The Analytics Badge", True, id="title case"),
        pytest.param(
            "Update 20.04 of the gate software", "Update 20.05 of the gate software", True, id="a number each"
        ),
        pytest.param(
            "The Badge Was Earned By Acme Today", "The Badge Was Earned By Contoso Today", True, id="title case, inside"
        ),
        pytest.param("Kansas airports use face scans", "Texas airports use face scans", True, id="a place each, first"),
        pytest.param("No yes no no yes yes in Kansas", "No yes no no yes yes on Texas", False, id="two words again"),
        pytest.param("The airports use face scans", "Texas airports use face scans", False, id="an article is no name"),
        pytest.param("kansas airports use face scans", "Texas airports use face scans", False, id="no capital"),
        pytest.param("Serco ordered to stop face scans", "Serco told to stop face scans", False, id="no name differs"),
        pytest.param(
            "Airports using scans in Kansas", "Airports using scans in general", False, id="a name on one side"
        ),
        pytest.param(
            "Revealed: Home Office secretly lobbied for face company",
            "Tech Digest roundup: Home Office secretly lobbied for face company",
            False,
            id="labels name nobody",
        ),
        pytest.param(
            "Voice Recognition Market Size, Share and Forecast 2024-2030",
            "Iris Recognition Market Size, Share and Forecast 2024-2030",
            True,
            id="market reports of common words",
        ),
        pytest.param("Kansas votes", "Texas votes", False, id="too short for a template"),
        pytest.param(
            "Police watch crowds in Paris tonight", "Doorbells sell data to Amazon", False, id="nothing shared"
        ),
    ],
)
def test_templates(one: str, other: str, expected: bool) -> None:
    """One sentence around other names is a template."""
    assert expected == share_a_template(head(one), head(other))


def test_a_name_that_the_other_story_says_is_no_filler() -> None:
    """When the other story's text says the name too, the titles tell of one event."""
    one = head("Council in Leeds votes on face scans", "Bradford votes as well.")
    other = head("Council in Bradford votes on face scans")
    assert not share_a_template(one, other)


def test_strangers_name_somebody_else() -> None:
    """Two titles that name somebody each, and of whom the other story says nothing, are strangers."""
    london, tokyo = head("London court hears Serco"), head("Tokyo court hears Hikvision")
    assert are_strangers(london, tokyo)
    assert not are_strangers(london, head("The court hears a case", "Serco was heard."))
    assert not are_strangers(london, head("Tokyo court hears Hikvision", "Serco is next."))


def test_keywords_are_no_names() -> None:
    """The feed's own words, capital or not, name nobody."""
    assert not are_strangers(head("Facial Recognition is over"), head("The court hears Serco"))
