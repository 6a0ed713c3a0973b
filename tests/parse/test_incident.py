"""Tests of src/frtfeed/parse/incident.py."""

from datetime import UTC, datetime

import pytest

from frtfeed import urls
from frtfeed.model import Facts, Parsed, Section, Story, When
from frtfeed.parse import PARSERS
from frtfeed.parse.incident import is_incident
from tests.parse.samples import ARTICLE, INCIDENT, only_problem, read, story_of


def month(year: int, number: int) -> When:
    """Return a month."""
    return When(at=datetime(year, number, 1, tzinfo=UTC), precision="month")


def test_record() -> None:
    """A record gives its facts, its prose under the headings that have any, and nothing of the page around it."""
    expected = Story(
        id=urls.story_id("a-story"),
        title="Station quietly scans the faces of travellers",
        names=("a-story",),
        kind="incident",
        category="Issue",
        excerpt="A station was found to scan the faces of everybody who passed its gates, without telling them.",
        published=month(2023, 3),
        topics=("Facial recognition", "Privacy", "Ethics"),
        body=(
            Section(
                html="<p>A station was found to scan the faces of everybody who passed its gates, "
                "without telling them.</p>\n"
                "<p>Its owner had said that no such system was in use.</p>"
            ),
            Section(
                heading="Misleading statements",
                html="<p>The owner first denied the scans, then called them a trial.</p>\n"
                "<p>The police later admitted that it had supplied seven pictures.</p>",
            ),
        ),
        facts=Facts(
            occurred=month(2019, 8),
            operators=("Example Rail", "Example Police (EP)"),
            developers=("Example Vision",),
            countries=("UK",),
            sectors=("Transport", "Govt - police"),
            purposes=("Strengthen security",),
            technologies=("Facial recognition",),
            issues=("Privacy", "Ethics"),
            transparency=("Governance",),
        ),
        path="2024/a-story.md",
    )
    assert Parsed(stories=(expected,)) == read(INCIDENT)


def test_damaged_record() -> None:
    """A record whose emoji were read with the Thai code page is the same record, and has one note."""
    damaged = (
        INCIDENT.replace("🔥", "๐Ÿ”ฅ")
        .replace("🤖", "๐Ÿค–")
        .replace("Improve page", "Improve page ๐Ÿ’")
        .replace("👩🏼‍⚖️", "๐Ÿ‘ฉ๐Ÿผโ€โš–๏ธ")
    )
    parsed = read(damaged)
    assert read(INCIDENT).stories == parsed.stories
    assert ["note"] == [problem.severity for problem in parsed.problems]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(INCIDENT, True, id="record"),
        pytest.param("T\n\noccurred : 2019\n", True, id="occurred"),
        pytest.param("T\nOperators: a\nCountry: b\n\nPage info 🤖\n", True, id="page info and labels"),
        pytest.param("T\nOperator: a\n\nPage info\n", False, id="one label"),
        pytest.param("T\nOperator: a\nCountry: b\n", False, id="no page info"),
        pytest.param("x\n" * 20 + "Occurred: 2019", False, id="too far down"),
        pytest.param("T\nIt occurred: in 2019", False, id="in a sentence"),
        pytest.param(ARTICLE, False, id="article"),
    ],
)
def test_is_incident(content: str, expected: bool) -> None:
    """A record is known by its labels."""
    assert expected == is_incident(content)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(("Occurred: August 2019", "Occurred: 2016-2018"), "2016-2018", id="years"),
        pytest.param(("Occurred: August 2019", "Occurred: November 2016 –"), "November 2016 –", id="open end"),
        pytest.param(
            ("Occurred: August 2019", "Occurred: 3 Nov 2016 to May 2017"), "3 Nov 2016 to May 2017", id="words"
        ),
    ],
)
def test_period(change: tuple[str, str], expected: str) -> None:
    """Of a period the beginning is used, and said."""
    content = INCIDENT.replace(*change)
    problem = only_problem(content)
    assert ("note", "a period, not a date", "Occurred", 3, expected) == (
        problem.severity,
        problem.fault,
        problem.field,
        problem.line,
        problem.value,
    )
    facts = story_of(content).facts
    assert facts is not None
    assert facts.occurred is not None
    assert 2016 == facts.occurred.at.year


@pytest.mark.parametrize(
    ("published", "faults"),
    [
        pytest.param("", ["no date of publication"], id="missing"),
        pytest.param("Published:", ["no date of publication"], id="empty"),
        pytest.param("Published: soon - later", ["not a date", "no date of publication"], id="not a date"),
    ],
)
def test_published_falls_back(published: str, faults: list[str]) -> None:
    """A record without a date of publication is dated by what it records."""
    content = INCIDENT.replace("Published: March 2023", published)
    assert faults == [problem.fault for problem in read(content).problems]
    assert month(2019, 8) == story_of(content).published


@pytest.mark.parametrize(
    ("content", "field", "fault"),
    [
        pytest.param("Occurred: 2019\n\nText of it.", "title", "no title", id="no title"),
        pytest.param("🔥\n\nOccurred: 2019\n\nText of it.", "title", "no title", id="only an emoji"),
        pytest.param("A | B\n\nOccurred: 2019", "title", "no title", id="only a menu and a label"),
        pytest.param("T\n\nOccurred:\n\nText of it.", "Published", "no date", id="no date"),
        pytest.param("T\n\nOccurred: 2019\nPublished: 2020", "", "neither prose nor an address", id="no prose"),
    ],
)
def test_skipped(content: str, field: str, fault: str) -> None:
    """A record without title, date or prose is skipped, and why is said."""
    problem = only_problem(content)
    assert ("error", field, fault, True) == (
        problem.severity,
        problem.field,
        problem.fault,
        problem.remedy.startswith("Story skipped. "),
    )
    assert () == read(content).stories


@pytest.mark.parametrize("said", ["Published: false", "published: No", "PUBLISHED : off 🔥"])
def test_withdrawn(said: str) -> None:
    """A record that says it is not published is hidden, and dated by what it records."""
    content = INCIDENT.replace("Published: March 2023", said)
    story = story_of(content)
    assert (True, True, month(2019, 8)) == (story.hidden, story.stated, story.published)
    assert ["no date of publication"] == [problem.fault for problem in read(content).problems]


def test_withdrawn_and_dated() -> None:
    """A record may say both, when it was published and that it no longer is."""
    story = story_of(f"{INCIDENT}Published: no\nPublished: yes\n")
    assert (True, True, month(2023, 3)) == (story.hidden, story.stated, story.published)


def test_published() -> None:
    """A record that says it is published says what goes without saying."""
    story = story_of(f"{INCIDENT}Published: yes\n")
    assert (False, True, month(2023, 3)) == (story.hidden, story.stated, story.published)
    assert () == read(f"{INCIDENT}Published: yes\n").problems


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("Published: no\n\nOccurred: 2019\n\nText of it.", id="no title"),
        pytest.param("T\n\nOccurred: soon\nPublished: no\n\nText of it.", id="no date"),
        pytest.param("T\n\nOccurred: 2019\nPublished: no\n", id="no prose"),
    ],
)
def test_withdrawn_without_a_story(content: str) -> None:
    """A record that is skipped and says it is not published withdraws its story; its problems show nothing of it."""
    parsed = read(content)
    assert ((), ("a-story",), ("2024/a-story.md",)) == (parsed.stories, parsed.withdrawn, parsed.withdrawn_paths)
    assert {""} == {problem.value for problem in parsed.problems}


def test_no_lines() -> None:
    """A record of nothing but a menu has no title, on no line."""
    parsed = PARSERS["incident record"]("A | B | C", path="a", zone=UTC)
    assert [("no title", None)] == [(problem.fault, problem.line) for problem in parsed.problems]


def test_address() -> None:
    """A record that names its address is known by it, and needs no prose."""
    story = story_of(
        "T\n\nOccurred: 2019\nPublished: 2020\n\nURL: https://www.example.org/a?utm_source=x\nSource: https://b.org/\n"
    )
    assert ("https://www.example.org/a", ("https://example.org/a",), (), "") == (
        story.url,
        story.names,
        story.body,
        story.excerpt,
    )


def test_prose_after_labels() -> None:
    """Prose that follows a label belongs to no heading above it, and never gets lost."""
    story = story_of("T\n\nOccurred: 2019\nPublished: 2020\n\nFirst text.\n\nSystem\n\nOperator: A\n\nMore text.\n")
    assert [("", "<p>First text.</p>\n<p>More text.</p>")] == [
        (section.heading, section.html) for section in story.body
    ]


def test_labels_may_repeat() -> None:
    """The entries of a label that stands twice are all kept."""
    facts = story_of("T\n\nOccurred: 2019\nPublished: 2020\nOperator: A\nDeployers: B; a\n\nText of it.\n").facts
    assert facts is not None
    assert ("A", "B") == facts.operators
