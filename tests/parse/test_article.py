"""Tests of src/frtfeed/parse/article.py and furniture.py."""

from datetime import UTC, datetime

import pytest

from frtfeed import urls
from frtfeed.model import Parsed, Problem, Provider, Section, Story, When
from frtfeed.parse.article import WHAT_A_STORY_IS
from frtfeed.parse.furniture import ends_article, is_notice
from tests.parse.samples import ARTICLE, only_problem, read, story_of

PARAGRAPHS = """
The regulator has told an operator of leisure centres to stop.

It had scanned the faces of two thousand people every day.
"""
DATED = f"Gym chain told to stop\n\n2 August 2022\n{PARAGRAPHS}"


def day(number: int) -> When:
    """Return a day of August 2022."""
    return When(at=datetime(2022, 8, number, tzinfo=UTC), precision="day")


def test_page() -> None:
    """A page gives its title, standfirst and paragraphs, its publisher, and a date from what it recommends."""
    expected = Story(
        id=urls.story_id("a-story"),
        title="Ministry to scan the faces of people on bail with watches",
        names=("a-story",),
        excerpt="Pictures will be matched with the databases of three ministries and all police forces",
        published=When(at=datetime(2022, 8, 2, tzinfo=UTC), precision="day", estimated=True),
        provider=Provider(name="Example Pro"),
        body=(
            Section(
                html="\n".join(f"<p>{paragraph}</p>" for paragraph in ARTICLE.split("\n\n")[4:7]),
            ),
        ),
        path="2024/a-story.md",
    )
    note = Problem(
        path="2024/a-story.md",
        fault="no date of its own",
        remedy="Estimated from what it recommends. "
        "A line such as Published: 2 August 2022 below the title would set it.",
        line=ARTICLE[: ARTICLE.index("2 Aug 2022")].count("\n") + 1,
        field="published",
        value="2 Aug 2022",
        severity="note",
    )
    assert Parsed(stories=(expected,), problems=(note,)) == read(ARTICLE)


@pytest.mark.parametrize(
    ("lines", "published", "updated"),
    [
        pytest.param("2 August 2022", day(2), None, id="a date"),
        pytest.param(
            "Tue 2 Aug 2022 10:30 GMT", When(at=datetime(2022, 8, 2, 10, 30, tzinfo=UTC)), None, id="with its time"
        ),
        pytest.param("Published: 2 Aug 2022", day(2), None, id="labelled"),
        pytest.param(
            "First published on 2022-08-02T10:30:00Z", When(at=datetime(2022, 8, 2, 10, 30, tzinfo=UTC)), None, id="ISO"
        ),
        pytest.param("Date: August 2, 2022", day(2), None, id="American"),
        pytest.param("By Jane Doe | 2 August 2022 | 4 min read", day(2), None, id="byline"),
        pytest.param("By Jane Doe, published 2 August 2022", day(2), None, id="byline in words"),
        pytest.param("Published by Jane Doe on 2 August 2022.", day(2), None, id="ends like a sentence"),
        pytest.param("2 August 2022\n\nLast updated 3 August 2022", day(2), day(3).at, id="updated"),
        pytest.param("Last updated 3 August 2022\n\nPosted 2 August 2022", day(2), day(3).at, id="updated first"),
        pytest.param("Last updated 3 August 2022", day(3), None, id="only updated"),
        pytest.param("2 August 2022\n\nUpdated 1 August 2022", day(2), None, id="updated too early"),
        pytest.param(
            "2 August 2022\n\n1 August 2022\n\nUpdated 3 August 2022\n\nUpdated 4 August 2022",
            day(2),
            day(3).at,
            id="first wins",
        ),
        pytest.param(f"{PARAGRAPHS}\n\nPublished: 2 August 2022", day(2), None, id="below the text"),
    ],
)
def test_stated_date(lines: str, published: When, updated: datetime | None) -> None:
    """A date that the page states near its title is its date, not an estimate."""
    content = f"Gym chain told to stop\n\n{lines}\n{PARAGRAPHS}\n\nRelated\n\n9 Aug 2022\n"
    parsed = read(content)
    assert [(published, updated)] == [(story.published, story.updated) for story in parsed.stories]
    assert () == parsed.problems


def test_date_above_the_title() -> None:
    """A date above the title counts too."""
    assert day(2) == story_of(f"Home | News\n\n2 August 2022\n\nGym chain told to stop\n{PARAGRAPHS}").published


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param("", id="none"),
        pytest.param("Most Popular\n\n9 Aug 2022", id="popular"),
        pytest.param("Recommended\n\nA thing\nSponsored\n\nA thing\n\n9 Aug 2022", id="sponsored"),
        pytest.param("Related\n\nIt was said by 9 Aug 2022", id="in a sentence"),
        pytest.param("Recommended\n\nMost Popular\n\n9 Aug 2022", id="recommended ends"),
        pytest.param("Recommended\n\nAugust 2022", id="a month"),
        pytest.param(
            "By 2 August 2022 the regulator had told every operator of leisure centres to stop scanning all faces",
            id="byline-like",
        ),
    ],
)
def test_no_date(lines: str) -> None:
    """What is not the page's own and not chosen by date tells nothing: the page is reported and gives no story."""
    content = f"Gym chain told to stop\n{PARAGRAPHS}\n{lines}\n"
    problem = only_problem(content)
    assert ("error", "no date", "published") == (problem.severity, problem.fault, problem.field)
    assert () == read(content).stories


def test_estimate_after_a_sponsored_entry() -> None:
    """After a sponsored entry the next one counts again; of equal dates the first is named."""
    content = f"T\n{PARAGRAPHS}\nRelated articles\n\nA\nSponsored\n\n9 Aug 2022\nB\n\n2 Aug 2022\nC\n\n2 Aug 2022\n"
    first = content[: content.index("\n2 Aug 2022")].count("\n") + 2
    assert (day(2).at, first) == (story_of(content).published.at, only_problem(content).line)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("Just a line", id="one line"),
        pytest.param("A title\n\nOne paragraph only.\n", id="one paragraph"),
        pytest.param("A title\n\nno sentence\n\nnone here\n", id="no paragraphs"),
        pytest.param(f"{'long ' * 80}\n{PARAGRAPHS}", id="no title"),
        pytest.param("Home | News\n\nAdvertisement\n", id="only furniture"),
        pytest.param(f"A title\n\nRecommended\n{PARAGRAPHS}", id="only what is recommended"),
        pytest.param("\u200b\n\u200b\n", id="invisible"),
        pytest.param("a,b,c\n1,2,3\n4,5,6\n", id="a table"),
    ],
)
def test_not_a_story(content: str) -> None:
    """Any other text is no story, and what one looks like is said."""
    problem = only_problem(content)
    assert ("error", "not a story", WHAT_A_STORY_IS) == (problem.severity, problem.fault, problem.remedy)


@pytest.mark.parametrize(
    "above",
    [
        "This site uses cookies to remember you.",
        "Skip to main content",
        "Subscribe now for unlimited access",
        "Sign in",
        "Home > News > Police",
        "Advertisement",
        "Share this",
        "12 comments",
        "By Jane Doe",
        "4 min read",
        "© 2022 Example Media Ltd. All rights reserved.",
        "Photo: Jane Doe",
        "Someone/Getty Images",
        "Source: https://example.org/a",
    ],
)
def test_furniture(above: str) -> None:
    """What a site puts around an article is neither its title nor its text, above the title or below it."""
    plain = story_of(DATED)
    for content in (f"{above}\n\n{DATED}", DATED.replace("2 August 2022", f"2 August 2022\n\n{above}")):
        story = story_of(content)
        assert (plain.title, plain.body, plain.excerpt) == (story.title, story.body, story.excerpt)


@pytest.mark.parametrize(
    "line",
    [
        "Featured Resources",
        "Recommended",
        "Recommended for you",
        "Related stories:",
        "Most Popular",
        "Most read",
        "Trending",
        "More from Example News",
        "Read more",
        "Read next",
        "Sign up for our newsletter",
        "Share this article",
        "Comments (3)",
        "Leave a comment",
        "You may also like 🔥",
        "Tags",
        "Follow us on everything",
        "Sponsored",
    ],
)
def test_the_end(line: str) -> None:
    """Nothing that follows such a line is part of the article."""
    assert ends_article(line, after_text=True)
    assert (
        story_of(DATED).body == story_of(f"{DATED}\n\n{line}\n\nAnother article, about something else entirely.\n").body
    )


@pytest.mark.parametrize("line", ["Read more", "Sign up for our newsletter", "Share this", "Comments"])
def test_invitations_end_nothing_above_the_text(line: str) -> None:
    """An invitation ends an article only below its text."""
    assert not ends_article(line)


@pytest.mark.parametrize(
    "line",
    [
        "The company uses cookies to follow its customers, the regulator said.",
        "Recommended by experts, the system was bought in May.",
        "Search warrants were issued.",
        "Sign language was not understood by the system.",
        "Photographs of children were kept for ten years.",
    ],
)
def test_prose_is_no_furniture(line: str) -> None:
    """Sentences that share words with furniture stay."""
    assert not is_notice(line)
    assert not ends_article(line, after_text=True)


def test_captions_and_notices_within_the_text() -> None:
    """A caption, a notice, a date and a label between paragraphs are not paragraphs."""
    first, second = PARAGRAPHS.strip().split("\n\n")
    between = "A scanner by a door\n\nRead more: another article about it.\n\n3 August 2022\n\nUpdated 4 August 2022."
    story = story_of(f"T\n\n2 August 2022\n\n{first}\n\n{between}\n\n{second}\n")
    assert story_of(DATED).body == story.body
    assert day(4).at == story.updated


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(
            "A standfirst that says in ten words what it is about",
            "A standfirst that says in ten words what it is about",
            id="standfirst",
        ),
        pytest.param(
            "A caption\n\nA standfirst that says in ten words what it is about",
            "A standfirst that says in ten words what it is about",
            id="caption first",
        ),
        pytest.param(
            "A caption", "The regulator has told an operator of leisure centres to stop.", id="only a caption"
        ),
    ],
)
def test_excerpt(lines: str, expected: str) -> None:
    """The standfirst sums an article up; without one its first paragraph does."""
    assert expected == story_of(f"T\n\n2 August 2022\n\n{lines}\n{PARAGRAPHS}").excerpt


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Example Pro is supported by its audience. Learn more", "Example Pro"),
        ("Example is reader-supported", "Example"),
        ("Publisher: Example News", "Example News"),
        ("The post Gym chain told to stop appeared first on Example Blog.", "Example Blog"),
        ("© 2022 Example Media. All rights reserved.", "Example Media"),
        ("Copyright 2019-2022 Example Press", "Example Press"),
    ],
)
def test_provider(line: str, name: str) -> None:
    """The publisher is read where the page names itself, above the article or below it."""
    assert Provider(name=name) == story_of(f"{line}\n\n{DATED}").provider
    assert Provider(name=name) == story_of(f"{DATED}\n\nMost read\n\n{line}").provider


def test_no_provider() -> None:
    """A page that does not name itself has no publisher."""
    assert story_of(DATED).provider is None


def test_address() -> None:
    """A page that gives its address is known by it."""
    story = story_of(
        f"Title: Gym chain told to stop\n\nURL: https://www.example.org/a?ref=x\n\n2 Aug 2022\n{PARAGRAPHS}"
    )
    assert (
        "Gym chain told to stop",
        "https://www.example.org/a",
        ("https://example.org/a",),
        Provider(name="example.org", domain="example.org"),
    ) == (
        story.title,
        story.url,
        story.names,
        story.provider,
    )


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(f"Published: no\n\n{DATED}", id="above the title"),
        pytest.param(DATED.replace("2 August 2022", "2 August 2022\nPublished: false"), id="beside the date"),
        pytest.param(f"{DATED}\n\nMost Popular\n\npublished: off\n", id="at the end"),
    ],
)
def test_withdrawn(content: str) -> None:
    """A page with a line that says it is not published is hidden, wherever the line stands."""
    story = story_of(content)
    assert ("Gym chain told to stop", True, True) == (story.title, story.hidden, story.stated)
    assert story_of(DATED).body == story.body


def test_published() -> None:
    """A page with a line that says it is published is the same page."""
    story = story_of(f"Published: yes\n\n{DATED}")
    assert ("Gym chain told to stop", False, True) == (story.title, story.hidden, story.stated)
    assert not story_of(DATED).stated


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param(f"A title\n\nPublished: no\n{PARAGRAPHS}", "no date", id="no date"),
        pytest.param("A title\n\nPublished: no\n", "not a story", id="no story"),
    ],
)
def test_withdrawn_without_a_story(content: str, fault: str) -> None:
    """A page that is skipped and says it is not published withdraws its story."""
    parsed = read(content)
    assert ((), ("a-story",), ("2024/a-story.md",)) == (parsed.stories, parsed.withdrawn, parsed.withdrawn_paths)
    assert [fault] == [problem.fault for problem in parsed.problems]
