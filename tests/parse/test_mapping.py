"""Tests of src/frtfeed/parse/mapping.py: what each field of front matter means."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from frtfeed import urls
from frtfeed.model import Facts, Image, Parsed, Provider, Story, When
from tests.parse.samples import LEAD, front, only_problem, read, story_of

BEHIND = "https%3A%2F%2Fwww.c.org%2Fc%3Futm_source%3Dx"
NOON = When(at=datetime(2024, 2, 23, 12, tzinfo=UTC))


def brief(parsed: Parsed) -> list[tuple[str, str, str, int | None]]:
    """Return severity, field, fault and line of each problem."""
    return [(problem.severity, problem.field, problem.fault, problem.line) for problem in parsed.problems]


def test_every_field() -> None:
    """A file with every field gives a story with every field, and a note for a mention of itself."""
    parsed = read(LEAD)
    lead = Story(
        id=urls.story_id("https://example.org/news/gym-chain"),
        title="Gym chain told to stop scanning the faces of its staff",
        names=("https://example.org/news/gym-chain", "https://feeds.example.net/out?id=7"),
        url="https://www.example.org/news/gym-chain",
        category="news",
        excerpt="The regulator gave the operator three months.",
        published=When(at=datetime(2024, 2, 23, 12, 9, tzinfo=UTC)),
        provider=Provider(
            name="Example News",
            domain="example.org",
            images=(Image(url="https://www.example.org/logo.png", width=50, height=50),),
        ),
        topics=("Privacy", "AI"),
        images=(Image(url="https://www.example.org/scan.jpg", width=1600, height=900, alt="A scanner by a door"),),
        amp=True,
        quality=57,
        heat=77,
        stated=True,
        related=(
            Story(
                id=urls.story_id("https://example.com/gyms"),
                title="Staff of 38 gyms win against face scans",
                names=("https://example.com/gyms",),
                url="https://www.example.com/gyms",
                excerpt="Fingerprints, too.",
                published=When(at=datetime(2024, 2, 23, 12, 50, tzinfo=UTC)),
                provider=Provider(name="example.com", domain="example.com"),
                topics=("Work",),
                quality=17,
            ),
            Story(
                id=urls.story_id("https://example.edu/said"),
                title="What the regulator said",
                names=("https://example.edu/said",),
                url="https://www.example.edu/said",
                provider=Provider(name="example.edu", domain="example.edu"),
                topics=("Privacy", "AI"),
            ),
        ),
        path="2024/a-story.md",
    )
    assert (lead,) == parsed.stories
    assert [("note", "related[1]", "the story itself, under this or another address", 31)] == brief(parsed)


def test_secured_is_dropped() -> None:
    """What is secured is never kept, in the story or in its mentions."""
    content = front("secured: b3Bh", "related:\n  - {title: B, webUrl: 'https://b.org/b', secured: b3Bh}")
    assert "b3Bh" not in repr(read(content))


@pytest.mark.parametrize(
    ("line", "field", "fault"),
    [
        pytest.param("title:", "title", "no title", id="no title"),
        pytest.param("title: ~", "title", "no title", id="null"),
        pytest.param('title: "\\u200b <b></b>"', "title", "no title", id="invisible"),
        pytest.param("publishedDateTime:", "publishedDateTime", "no date", id="no date"),
        pytest.param("publishedDateTime: 2021-13-40", "publishedDateTime", "not a date", id="impossible"),
        pytest.param(
            "publishedDateTime: 9999-12-31T23:00:00-10:00", "publishedDateTime", "outside the calendar", id="too far"
        ),
        pytest.param("webUrl:", "webUrl", "neither an address nor a text", id="no address"),
        pytest.param("webUrl: javascript:x", "webUrl", "not an http or https address", id="no proper address"),
        pytest.param("webUrl: [a]", "webUrl", "a list, where text belongs", id="a list of addresses"),
        pytest.param("title: [a]", "title", "a list, where text belongs", id="list for text"),
        pytest.param(
            "publishedDateTime: {a: b}", "publishedDateTime", "fields, where text belongs", id="fields for text"
        ),
    ],
)
def test_skipped(line: str, field: str, fault: str) -> None:
    """A story without title, date, or both address and text is skipped, and why is said once, with its line."""
    problem = only_problem(front(line))
    assert ("error", field, fault, True) == (
        problem.severity,
        problem.field,
        problem.fault,
        problem.remedy.startswith("Story skipped. "),
    )
    assert () == read(front(line)).stories
    assert front(line).split("\n").index(line) + 1 == problem.line


def test_missing_altogether() -> None:
    """A field that has no line of its own is told with that of the fields."""
    assert ("no title", 2) == (
        only_problem("---\npublishedDateTime: 2024-01-01\nwebUrl: https://b.org/b\n---\n").fault,
        only_problem("---\npublishedDateTime: 2024-01-01\nwebUrl: https://b.org/b\n---\n").line,
    )


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(
            ["webUrl: javascript:x", "originalUrl: data:x"],
            [("error", "webUrl", "Story skipped."), ("warning", "originalUrl", "Ignored.")],
            id="both bad",
        ),
        pytest.param(
            ["webUrl: javascript:x", "originalUrl: https://b.org/b"],
            [("warning", "webUrl", "Ignored.")],
            id="the other will do",
        ),
        pytest.param(
            ["webUrl:", "ampWebUrl: data:x"],
            [("warning", "ampWebUrl", "Ignored."), ("error", "webUrl", "Story skipped.")],
            id="an AMP address stands in for nothing",
        ),
    ],
)
def test_bad_addresses(lines: list[str], expected: list[tuple[str, str, str]]) -> None:
    """Each bad address is one problem, an error where the story is lost with it."""
    assert expected == [
        (problem.severity, problem.field, problem.remedy.partition(" Write")[0])
        for problem in read(front(*lines)).problems
    ]


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("publishDateTime: 2024-01-01", " Is publishDateTime meant?"),
        ("pub_date: 2024-01-01", " Is pub_date meant?"),
        ("flavour: mild", ""),
    ],
)
def test_date_hint(line: str, hint: str) -> None:
    """A missing date names the field that may be meant."""
    problem = only_problem(front("publishedDateTime:", line))
    assert f"Story skipped. Write publishedDateTime: 2024-01-31T12:00:00Z.{hint}" == problem.remedy


def test_all_that_is_wrong_is_said_at_once() -> None:
    """A story that lacks everything tells all of it, and all that is wrong with what it has."""
    parsed = read(
        "---\nheat: hot\nPublished: maybe\nimages: [{width: 5}]\nlang: English\n"
        "related: [{title: B, webUrl: 'https://b.org/b', quality: high}, x]\n---\n[a](b.html)\n"
    )
    assert () == parsed.stories
    assert {
        "publishedDateTime",
        "title",
        "heat",
        "published",
        "images[1].url",
        "lang",
        "related[1].quality",
        "related[2]",
        "",
    } == {problem.field for problem in parsed.problems}
    assert ["publishedDateTime", "title", "webUrl"] == [
        problem.field for problem in read("---\ncategory: x\n---\n").problems
    ]


def test_all_that_is_wrong_with_a_mention() -> None:
    """A mention that is dropped tells all that is wrong with it, too."""
    parsed = read(front("related: [{webUrl: 'javascript:x', quality: high}]"))
    assert {
        ("related[1].title", "no title"),
        ("related[1].webUrl", "not an http or https address"),
        ("related[1].quality", "not a number from 0 to 1000"),
    } == {(problem.field, problem.fault) for problem in parsed.problems}
    assert {"warning"} == {problem.severity for problem in parsed.problems}


@pytest.mark.parametrize(
    ("line", "severity", "field", "fault"),
    [
        ("excerpt: [a]", "warning", "excerpt", "a list, where text belongs"),
        ("quality: high", "warning", "quality", "not a number from 0 to 1000"),
        ("quality: 1001", "warning", "quality", "not a number from 0 to 1000"),
        ("heat: -2", "warning", "heat", "not a number from 0 to 10000"),
        ("heat: {a: b}", "warning", "heat", "fields, where text belongs"),
        ("type: podcast", "warning", "type", "not a type of story"),
        ("published: maybe", "error", "published", "neither yes nor no"),
        ("published: automatic", "error", "published", "neither yes nor no"),
        ("published: [true]", "error", "published", "neither yes nor no"),
        ("id: 7", "warning", "id", "not an absolute URI"),
        ("lang: English", "warning", "lang", "not a language tag"),
        ("updatedDateTime: soon", "warning", "updatedDateTime", "not a date"),
        ("updatedDateTime: 2020-01-01", "warning", "updatedDateTime", "earlier than publishedDateTime"),
        ("originalUrl: javascript:x", "warning", "originalUrl", "not an http or https address"),
        ("ampWebUrl: data:x", "warning", "ampWebUrl", "not an http or https address"),
        ("topics: [a, [b]]", "warning", "topics[2]", "a list, where text belongs"),
        ("images: [{width: 5}]", "warning", "images[1].url", "a picture without an address"),
        ("images: [[a]]", "warning", "images[1]", "a list, where a picture's url belongs"),
        ("images: [{url: 'data:x'}]", "warning", "images[1].url", "not an http or https address"),
        ("images: [{url: 'https://a.org/b', width: 0}]", "warning", "images[1].width", "not a number from 1 to 100000"),
        ("provider: [a]", "warning", "provider", "a list, where its name and domain belong"),
        ("provider: {name: A, domain: nowhere}", "warning", "provider.domain", "not a domain"),
        ("provider: {images: [ftp://a]}", "warning", "provider.images[1]", "not an http or https address"),
        ("related: x", "warning", "related", "text, where a list of stories belongs"),
        ("related: {a: b}", "warning", "related", "fields, where a list of stories belongs"),
        ("related: [x]", "warning", "related[1]", "text, where the fields of a story belong"),
        ("related: [{webUrl: 'https://b.org/b'}]", "warning", "related[1].title", "no title"),
        ("related: [{title: B}]", "warning", "related[1].webUrl", "neither an address nor a text"),
        (
            "related: [{title: B, webUrl: 'https://b.org/b', publishedDateTime: soon}]",
            "warning",
            "related[1].publishedDateTime",
            "not a date",
        ),
        ("related: [{title: B, webUrl: 'data:x'}]", "warning", "related[1].webUrl", "not an http or https address"),
        (
            "related: [{title: [B], webUrl: 'https://b.org/b'}]",
            "warning",
            "related[1].title",
            "a list, where text belongs",
        ),
        ("related: [{title: B<C>, webUrl: 'https://b.org/b'}]", "note", "related[1].title", "tags in a title"),
        (
            "related: [{title: B, webUrl: 'https://b.org/b', publishedDateTime: [a]}]",
            "warning",
            "related[1].publishedDateTime",
            "a list, where text belongs",
        ),
        ("group: [a]", "warning", "group", "a list, where text belongs"),
        ("solo: perhaps", "warning", "solo", "neither yes nor no"),
        ("pin: 2", "warning", "pin", "neither yes nor no"),
        ("lead: [true]", "warning", "lead", "neither yes nor no"),
        ("type: incident\noccurred: once", "warning", "occurred", "not a date"),
        ("updatedDateTime: 2024-03-01 10:00", "note", "updatedDateTime", "a time without its zone"),
    ],
    ids=lambda value: value if "\n" not in value else "",
)
def test_one_bad_field(line: str, severity: str, field: str, fault: str) -> None:
    """A field that cannot be read is one problem with its line; the story stays."""
    parsed = read(front(line))
    expected_line = 5 + line.count("\n")
    assert [(severity, field, fault, expected_line)] == brief(parsed)
    assert ["A title"] == [story.title for story in parsed.stories]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(["quality: 57.0"], {"quality": 57}, id="quality as float"),
        pytest.param(["quality: ~", "heat:"], {"quality": None, "heat": None}, id="null numbers"),
        pytest.param(["heat: -1"], {"heat": None, "covered": True}, id="covered"),
        pytest.param(["heat: -1.0"], {"heat": None, "covered": True}, id="covered as float"),
        pytest.param(["heat: 0"], {"heat": 0, "covered": False}, id="no heat"),
        pytest.param(["published: no"], {"hidden": True}, id="hidden"),
        pytest.param(["published: Off"], {"hidden": True}, id="off"),
        pytest.param(["published: maybe"], {"hidden": True}, id="the safe reading"),
        pytest.param(["published:"], {"hidden": False}, id="null is absent"),
        pytest.param(["published: 1"], {"hidden": False}, id="one"),
        pytest.param(["published: yes"], {"hidden": False, "stated": True}, id="said to be published"),
        pytest.param(["published: no"], {"stated": True}, id="said not to be"),
        pytest.param(["published: ~"], {"stated": False}, id="nothing said"),
        pytest.param(["Published: false"], {"hidden": True, "stated": True, "extra": ()}, id="hidden in another case"),
        pytest.param(["group: Gyms &amp; faces "], {"group": "Gyms & faces", "extra": ()}, id="group"),
        pytest.param(["group: 7"], {"group": "7"}, id="a number for a group"),
        pytest.param(["group: ''"], {"group": ""}, id="no group"),
        pytest.param(
            ["solo: true", "pin: yes", "lead: 1"],
            {"solo": True, "pin": True, "lead": True, "extra": ()},
            id="the editor's hand",
        ),
        pytest.param(
            ["solo: no", "pin: false", "lead:"], {"solo": False, "pin": False, "lead": False}, id="the hand withheld"
        ),
        pytest.param(
            ["solo: perhaps", "pin: [true]", "lead: 2"],
            {"solo": False, "pin": False, "lead": False},
            id="the hand unread",
        ),
        pytest.param(["type: Video"], {"kind": "video"}, id="video"),
        pytest.param(["type: podcast"], {"kind": "article"}, id="other type"),
        pytest.param(["title: 2024"], {"title": "2024"}, id="a year for title"),
        pytest.param(["title: no"], {"title": "no"}, id="no for title"),
        pytest.param(["title: 10:00"], {"title": "10:00"}, id="a clock for title"),
        pytest.param([f"title: {'word ' * 100}"], {"title": ("word " * 100).strip()}, id="a long title is kept"),
        pytest.param(["title: <b>Bold</b> &amp; new"], {"title": "Bold & new"}, id="markup in a title"),
        pytest.param(["title: Vec&lt;T> leak"], {"title": "Vec<T> leak"}, id="a < that is meant"),
        pytest.param(["topics: AI"], {"topics": ("AI",)}, id="one topic"),
        pytest.param(["topics: [AI, ai, ~, '', Privacy]"], {"topics": ("AI", "Privacy")}, id="topics once"),
        pytest.param(["language: en", "lang: de"], {"language": "en"}, id="language wins"),
        pytest.param(["lang: no"], {"language": "no"}, id="Norwegian"),
        pytest.param(
            ["images: https://a.org/b.png"],
            {"images": (Image(url="https://a.org/b.png"),)},
            id="one picture, an address",
        ),
        pytest.param(
            ["images: {url: 'https://a.org/b.png', width: wide, alt: B}"],
            {"images": (Image(url="https://a.org/b.png", alt="B"),)},
            id="one picture, bad width",
        ),
        pytest.param(
            ["images: [~, 'https://a.org/b', {url: 'https://a.org/b', width: 3}]"],
            {"images": (Image(url="https://a.org/b"),)},
            id="pictures once",
        ),
        pytest.param(
            ["provider: Example"], {"provider": Provider(name="Example", domain="example.org")}, id="a name alone"
        ),
        pytest.param(['provider: "\\u200b"'], {"provider": None}, id="an invisible name"),
        pytest.param(["provider:"], {"provider": Provider(name="example.org", domain="example.org")}, id="no provider"),
        pytest.param(
            ["provider: {domain: News.Example.com}"],
            {"provider": Provider(name="news.example.com", domain="news.example.com")},
            id="a domain alone",
        ),
        pytest.param(
            ["provider: {name: A, domain: nowhere}"],
            {"provider": Provider(name="A", domain="example.org")},
            id="bad domain",
        ),
        pytest.param(["provider: []"], {"provider": Provider(name="example.org", domain="example.org")}, id="a list"),
        pytest.param(
            ["updatedDateTime: 2024-02-24T12:00:00Z"], {"updated": datetime(2024, 2, 24, 12, tzinfo=UTC)}, id="updated"
        ),
        pytest.param(["updatedDateTime: 2020-01-01"], {"updated": None}, id="updated too early"),
        pytest.param(["id: urn:isbn:1"], {"id": "urn:isbn:1"}, id="own id"),
        pytest.param(["id: 7"], {"id": urls.story_id("7")}, id="derived id"),
        pytest.param(
            ["webUrl: javascript:x", "originalUrl: https://example.org/o"],
            {"url": "https://example.org/o", "names": ("https://example.org/o",)},
            id="original instead of bad",
        ),
        pytest.param(
            ["originalUrl: https://example.net/"],
            {"names": ("https://example.org/a",)},
            id="a home page unifies nothing",
        ),
        pytest.param(
            ["webUrl: https://example.net/"],
            {"names": ("https://example.net",), "url": "https://example.net/"},
            id="a home page may be the story",
        ),
        pytest.param(
            [f"originalUrl: https://www.google.com/url?sa=t&url={BEHIND}"],
            {
                "names": (
                    "https://c.org/c",
                    "https://example.org/a",
                    f"https://google.com/url?sa=t&url={BEHIND}",
                ),
                "id": urls.story_id("https://example.org/a"),
            },
            id="behind a redirector",
        ),
        pytest.param(
            [f"webUrl: https://out.reddit.com/t3_a?url={BEHIND}"],
            {
                "names": ("https://c.org/c", f"https://out.reddit.com/t3_a?url={BEHIND}"),
                "id": urls.story_id(f"https://out.reddit.com/t3_a?url={BEHIND}"),
                "url": "https://out.reddit.com/t3_a?url=" + BEHIND,
            },
            id="a redirector is the identity, what lies behind it a name",
        ),
        pytest.param(
            ["originalUrl: https://google.com/url?q=https://c.org/"],
            {"names": ("https://example.org/a", "https://google.com/url?q=https://c.org/")},
            id="a home page behind a redirector unifies nothing",
        ),
        pytest.param(
            ["ampWebUrl: https://example.org/a/amp"], {"amp": True, "names": ("https://example.org/a",)}, id="amp"
        ),
        pytest.param(["cdnAmpWebUrl: https://x.cdn.ampproject.org/c/s/example.org/a"], {"amp": True}, id="amp cache"),
        pytest.param(
            ["operator: Argent"], {"facts": None, "extra": (("operator", "Argent"),)}, id="facts of incidents only"
        ),
        pytest.param(
            ["Some: 7", "b: [1, {c: ~}]", "a: ~", "wall: 'yes'"],
            {"extra": (("Some", "7"), ("a", "null"), ("b", '["1",{"c":null}]'), ("wall", "yes"))},
            id="unknown fields are kept",
        ),
    ],
)
def test_fields(lines: list[str], expected: dict[str, object]) -> None:
    """Each field means what docs/formats.md says."""
    story = story_of(front(*lines))
    assert expected == {name: getattr(story, name) for name in expected}


def test_the_hand_is_on_files_only() -> None:
    """A mention cannot say where it is told, nor how."""
    content = front("related: [{title: B, webUrl: 'https://b.org/b', group: g, solo: yes, pin: [a], lead: perhaps}]")
    (mention,) = story_of(content).related
    assert ("", False, False, False) == (mention.group, mention.solo, mention.pin, mention.lead)
    assert () == read(content).problems


def test_no_provider() -> None:
    """A story without an address and a provider has none."""
    story = story_of(front("webUrl:", body="Text."))
    assert (None, urls.story_id("a-story")) == (story.provider, story.id)


@pytest.mark.parametrize(
    ("told", "provider", "faults"),
    [
        pytest.param("name: News, domain: WWW.b.org", Provider(name="News", domain="b.org"), [], id="as most"),
        pytest.param("name: A &amp; B, domain: b.org", Provider(name="A & B", domain="b.org"), [], id="an entity"),
        pytest.param('name: "", domain: b.org', Provider(name="b.org", domain="b.org"), [], id="no name"),
        pytest.param("name: ~, domain: b.org", Provider(name="b.org", domain="b.org"), [], id="null"),
        pytest.param('name: News, domain: ""', Provider(name="News", domain="example.org"), [], id="no domain"),
        pytest.param(
            "name: News, domain: none", Provider(name="News", domain="example.org"), ["not a domain"], id="a bad domain"
        ),
        pytest.param(
            "name: Newsâ€™s, domain: b.org",
            Provider(name="News’s", domain="b.org"),
            ["text was damaged: wrong decoding undone"],
            id="damage",
        ),
        pytest.param(
            "name: [News], domain: b.org",
            Provider(name="b.org", domain="b.org"),
            ["a list, where text belongs"],
            id="a list",
        ),
        pytest.param(f"name: {'N' * 300}, domain: b.org", Provider(name="N" * 300, domain="b.org"), [], id="long"),
    ],
)
def test_a_publisher_in_every_file(told: str, provider: Provider, faults: list[str]) -> None:
    """A publisher means the same in each file that names it, and what is wrong with it is told in each."""
    for more in ("", "", ", note: x"):  # with a field more, nothing is remembered of another file
        parsed = read(front(f"provider: {{{told}{more}}}"))
        assert [provider] == [story.provider for story in parsed.stories]
        assert faults == [problem.fault for problem in parsed.problems]


def test_an_alias_of_a_story_without_address() -> None:
    """A story with a text and only an AMP address is known by its stem and by that address."""
    story = story_of(front("webUrl:", "ampWebUrl: https://example.org/amp/a", body="Text."))
    assert (urls.story_id("a-story"), ("a-story", "https://example.org/a"), "") == (story.id, story.names, story.url)


def test_zone() -> None:
    """A date without a zone is taken in the site's."""
    parsed = read(front("publishedDateTime: 2024-07-01 12:00"), zone=ZoneInfo("Europe/London"))
    assert [datetime(2024, 7, 1, 11, tzinfo=UTC)] == [
        story.published and story.published.at for story in parsed.stories
    ]
    assert [("note", "publishedDateTime", "a time without its zone", 3)] == brief(parsed)
    assert "Europe/London" in parsed.problems[0].remedy


def test_incident() -> None:
    """An incident's facts are lists, or text with semicolons; what it is about are its technologies and issues."""
    story = story_of(
        front(
            "type: incident",
            "occurred: August 2019",
            "operator: Argent; Example Police",
            "country: [UK]",
            "technology: Facial recognition",
            "issue:\n  - Ethics\n  - Privacy; ethics",
        )
    )
    facts = Facts(
        occurred=When(at=datetime(2019, 8, 1, tzinfo=UTC), precision="month"),
        operators=("Argent", "Example Police"),
        countries=("UK",),
        technologies=("Facial recognition",),
        issues=("Ethics", "Privacy"),
    )
    assert ("incident", facts, ("Facial recognition", "Ethics", "Privacy"), ()) == (
        story.kind,
        story.facts,
        story.topics,
        story.extra,
    )


def test_incident_without_facts() -> None:
    """An incident may say nothing but its type."""
    assert Facts() == story_of(front("type: incident")).facts


RELATED = """related:
  - {title: Itself, webUrl: "http://www.example.org/a/?utm_source=x"}
  - {title: By its original, webUrl: "https://c.org/c", originalUrl: "https://example.org/amp/a"}
  - {title: B, webUrl: "https://b.org/b", publishedDateTime: 2024-01-01}
  - {title: B again, webUrl: "https://www.b.org/b/"}
  - {title: Undated, webUrl: "https://d.org/d", published: false, heat: -1, note: kept, related: [{title: E}]}
"""


def test_related() -> None:
    """Only other stories are left of a related list, each once, with a note for the rest; their lists are not read."""
    parsed = read(front(RELATED))
    b, undated = parsed.stories[0].related
    assert [
        ("note", "related[1]", "the story itself, under this or another address", 6),
        ("note", "related[2]", "the story itself, under this or another address", 7),
        ("note", "related[4]", "a story that this list has already", 9),
    ] == brief(parsed)
    assert "https://www.b.org/b/" == parsed.problems[2].value
    assert ("B", "", ()) == (b.title, b.path, b.related)
    assert ("Undated", None, True, True, (("note", "kept"),)) == (
        undated.title,
        undated.published,
        undated.hidden,
        undated.covered,
        undated.extra,
    )


def test_mention_with_a_bad_date() -> None:
    """A mention whose date cannot be read stays, undated, and its line is told."""
    parsed = read(front('related:\n  - title: B\n    webUrl: "https://b.org/b"\n    publishedDateTime: 31 April 2022'))
    assert [None] == [mention.published for mention in parsed.stories[0].related]
    assert [("warning", "related[1].publishedDateTime", "not a date", 8)] == brief(parsed)
    assert parsed.problems[0].remedy.startswith("Kept without a date. ")


def test_dropped_mention() -> None:
    """A mention that cannot be shown is dropped with its reason; the others stay."""
    parsed = read(
        front('related:\n  - {title: "", webUrl: "https://b.org/b"}\n  - {title: C, webUrl: "https://c.org/c"}')
    )
    assert ["C"] == [mention.title for mention in parsed.stories[0].related]
    assert parsed.problems[0].remedy.startswith("Entry dropped. ")


@pytest.mark.parametrize("said", ["auto", "AUTO", "'auto'"])
def test_a_file_may_leave_it_to_the_threshold(said: str) -> None:
    """`published: auto` is neither a yes nor a no: the threshold of [publish] decides."""
    found = story_of(front(f"published: {said}"))
    assert (True, False, False) == (found.auto, found.stated, found.hidden)
    assert (False, True) == (story_of(front("published: true")).auto, story_of(front("published: true")).stated)
