"""Which stories name which incident."""

from datetime import UTC, datetime

import pytest

from frtfeed.edit.incidents import occurred, recognise, touched_incidents
from frtfeed.model import Facts, Section, When
from tests.edit.stories import MONDAY, incident, story, text

AUGUST_2019 = datetime(2019, 8, 1, tzinfo=UTC)
KINGS_CROSS = incident(
    "kings-cross",
    occurred=AUGUST_2019,
    title="King's Cross quietly uses live facial recognition to monitor citizens",
    published=When(at=datetime(2023, 3, 1, tzinfo=UTC), precision="month"),
)
SERCO = incident(
    "serco",
    occurred=AUGUST_2019,
    title="Serco Leisure scans the faces of its staff",
    facts=Facts(occurred=When(at=AUGUST_2019), operators=("Serco Leisure",), technologies=("Facial recognition",)),
)
LONDON = incident("london", occurred=AUGUST_2019, title="London tests cameras", names=("stem",))
BARE = story("bare", kind="incident", title="Somebody scans everybody")


@pytest.mark.parametrize(
    ("said", "touched"),
    [
        pytest.param("The Metropolitan Police Service watched King’s Cross in 2019.", ["kings-cross"], id="both names"),
        pytest.param("Argent’s cameras at King's Cross", ["kings-cross"], id="possessives and either apostrophe"),
        pytest.param("A fire at King's Cross station", [], id="the place alone"),
        pytest.param("The Metropolitan Police Service bought facial recognition", [], id="the operator alone"),
        pytest.param("Kings Crossing and Argentina", [], id="parts of words"),
        pytest.param("The Metropolitan Police Service met the King", [], id="the first word of a place"),
        pytest.param("Serco Leisure was told to stop facial recognition", ["serco"], id="operator in the title"),
        pytest.param("Serco Leisure and its face-recognition clocks", ["serco"], id="the technology's other name"),
        pytest.param("Serco Leisure opens a swimming pool", [], id="operator in the title, another matter"),
        pytest.param("London and the Metropolitan Police Service", [], id="one capitalised word names too much"),
        pytest.param("Somebody saw everybody by facial recognition", [], id="an opening capital names nothing"),
    ],
)
def test_names_decide(said: str, touched: list[str]) -> None:
    """A story touches an incident when it says two of its names, or its one name and its technology."""
    incidents = [KINGS_CROSS, SERCO, LONDON, BARE]
    found = touched_incidents([story("s", body=text(said))], recognise(incidents), before=MONDAY)
    assert touched == [each.path.removesuffix(".md") for each, _ in found]


def test_a_link_is_enough() -> None:
    """A story whose text links to an incident's address touches it."""
    linked = incident("linked", occurred=AUGUST_2019, title="Something else", names=("https://a.example/record", "x"))
    telling = story("s", body=(Section(html='<p><a href="https://www.a.example/record/?utm_source=x">it</a></p>'),))
    assert [(linked, "the article links to it")] == list(
        touched_incidents([telling], recognise([linked]), before=MONDAY)
    )


def test_the_reason_names_the_names() -> None:
    """The reason says which names were found."""
    telling = story("s", title="Argent looks back at King's Cross")
    reasons = [reason for _, reason in touched_incidents([telling], recognise([KINGS_CROSS]), before=MONDAY)]
    assert ["the article names king cross and argent"] == reasons


def test_the_reason_is_the_first_storys() -> None:
    """Of several stories that name an incident in different ways, the first says the reason."""
    argent = story("a", title="Argent looks back at King's Cross")
    police = story("p", title="Metropolitan Police Service looks back at King's Cross")
    reasons = [
        reason
        for told in ([argent, police], [police, argent])
        for _, reason in touched_incidents([story("s"), *told], recognise([SERCO, KINGS_CROSS]), before=MONDAY)
    ]
    assert [
        "the article names king cross and argent",
        "the article names king cross and metropolitan police service",
    ] == reasons


def test_background_happened_before() -> None:
    """An incident that occurred after the story is no background to it."""
    telling = story("s", title="Argent looks back at King's Cross")
    assert [] == list(touched_incidents([telling], recognise([KINGS_CROSS]), before=AUGUST_2019))


def test_the_latest_incident_comes_first() -> None:
    """Of several incidents, the one that occurred last is named first."""
    later = incident("later", occurred=datetime(2020, 1, 1, tzinfo=UTC), title=KINGS_CROSS.title)
    telling = story("s", title="Argent looks back at King's Cross")
    assert [later, KINGS_CROSS] == [
        each for each, _ in touched_incidents([telling], recognise([KINGS_CROSS, later]), before=MONDAY)
    ]
    serco = story("t", title="Serco Leisure was told to stop facial recognition")
    records = recognise([SERCO, later])
    assert [later, SERCO] == [each for each, _ in touched_incidents([serco, telling], records, before=MONDAY)]


def test_an_incident_without_a_date_of_its_own_occurred_when_recorded() -> None:
    """Where the record does not say when it happened, the record's date stands in."""
    assert (occurred(KINGS_CROSS), occurred(BARE)) == (AUGUST_2019, MONDAY)
