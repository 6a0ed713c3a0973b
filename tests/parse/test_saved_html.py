"""Tests of src/frtfeed/parse/saved_html.py, and of what trafilatura does that we rely on."""

import re
from datetime import UTC, datetime

import pytest

from frtfeed import urls
from frtfeed.model import Image, Parsed, Provider, Section, Story, When
from frtfeed.parse.saved_html import is_html
from tests.parse.samples import HTML, only_problem, read, story_of

META = '<meta property="article:published_time" content="2024-02-23T12:09:00Z">'


def test_page() -> None:
    """A saved page gives the article and nothing of the page around it, its title once."""
    expected = Story(
        id=urls.story_id("https://example.org/news/watchdog"),
        title="Watchdog halts face scans at gyms",
        names=("https://example.org/news/watchdog",),
        url="https://www.example.org/news/watchdog",
        excerpt="A regulator told an operator of 38 gyms to stop scanning the faces of its staff.",
        published=When(at=datetime(2024, 2, 23, 12, 9, tzinfo=UTC)),
        provider=Provider(name="Example News", domain="example.org"),
        images=(Image(url="https://www.example.org/scan.jpg"),),
        language="en-GB",
        body=(
            Section(
                html="\n".join(re.findall("<p>The data.*</p>|<p>More than.*</p>|<p>The company.*</p>", HTML)),
            ),
        ),
        path="2024/a-story.md",
    )
    assert Parsed(stories=(expected,)) == read(HTML)


@pytest.mark.parametrize(
    "stated",
    [
        pytest.param("<meta content='2024-02-23T12:09:00Z' property='article:published_time'>", id="content first"),
        pytest.param('<meta itemprop="datePublished" content="2024-02-23T12:09:00Z">', id="schema.org attribute"),
        pytest.param(
            '<script type="application/ld+json">{"datePublished": "2024-02-23T12:09:00Z"}</script>', id="JSON"
        ),
        pytest.param(
            '<meta property="article:published_time" content="soon">'
            '<time itemprop="datePublished" datetime="2024-02-23T12:09:00Z">',
            id="the first that is a date",
        ),
    ],
)
def test_stated_date(stated: str) -> None:
    """The date a page states is its date, to the minute."""
    parsed = read(HTML.replace(META, stated))
    assert [When(at=datetime(2024, 2, 23, 12, 9, tzinfo=UTC))] == [story.published for story in parsed.stories]
    assert () == parsed.problems


def test_guessed_date() -> None:
    """A date that only trafilatura finds is an estimate, with a note."""
    content = HTML.replace(META, "").replace("/news/watchdog", "/2024/02/23/watchdog")
    assert When(at=datetime(2024, 2, 23, tzinfo=UTC), precision="day", estimated=True) == story_of(content).published
    problem = only_problem(content)
    assert ("note", "no stated date", "2024-02-23") == (problem.severity, problem.fault, problem.value)


def test_a_date_to_come() -> None:
    """Which dates are found does not depend on the day of the build."""
    content = HTML.replace(META, "").replace("/news/watchdog", "/2035/02/23/watchdog")
    assert datetime(2035, 2, 23, tzinfo=UTC) == story_of(content).published.at  # type: ignore[union-attr]


def test_no_date() -> None:
    """A page without a date is reported and gives no story."""
    content = HTML.replace(META, "")
    assert ("error", "no date", ()) == (
        only_problem(content).severity,
        only_problem(content).fault,
        read(content).stories,
    )


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("<html></html>", id="empty"),
        pytest.param("<!doctype html><p>Hello.", id="too little"),
        pytest.param("<html>" + "<div>" * 100_000, id="deep"),
        pytest.param("<html><head><meta " + "'article:published_time' " * 40_000, id="endless tag"),
    ],
)
def test_no_article(content: str) -> None:
    """A page without an article is an error, however odd it is."""
    problem = only_problem(content)
    assert ("error", "no article on this page", ()) == (problem.severity, problem.fault, read(content).stories)


def test_no_address() -> None:
    """A page that does not say where it is from is known by its file; unsafe addresses are none."""
    content = HTML.replace(
        '<link rel="canonical" href="https://www.example.org/news/watchdog?utm_source=x">', ""
    ).replace('content="https://www.example.org/scan.jpg"', 'content="data:image/png;base64,x"')
    story = story_of(content)
    assert ("", ("a-story",), (), Provider(name="Example News")) == (
        story.url,
        story.names,
        story.images,
        story.provider,
    )


def test_no_language() -> None:
    """A page need not state its language."""
    assert "" == story_of(HTML.replace(' lang="en-GB"', "")).language


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (HTML, True),
        ("<HTML lang=en>", True),
        ('<?xml version="1.0"?>\n<!-- saved from url -->\n<!DOCTYPE html PUBLIC "x">', True),
        ("<body>", True),
        ("<p>text", False),
        ("text <html>", False),
        ("<htmlx>", False),
        ("<!---->" * 1_400 + "x", False),
        ("<!--" * 2_000, False),
    ],
    ids=range(9),
)
def test_is_html(content: str, expected: bool) -> None:
    """An HTML document is known by how it begins."""
    assert expected == is_html(content)


def test_tags_in_a_title() -> None:
    """A title that seems to hold tags is told, as in the other formats."""
    content = HTML.replace('title" content="Watchdog halts', 'title" content="Vec&lt;T&gt; halts')
    assert ["tags in a title"] == [problem.fault for problem in read(content).problems]
    assert "Vec halts face scans at gyms" == story_of(content).title
