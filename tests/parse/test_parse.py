"""Tests of src/frtfeed/parse/__init__.py: any bytes become at most one story, and problems."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.model import Document, Parsed
from frtfeed.parse import PARSERS, parse
from frtfeed.records import Struct, fields, replace
from tests.parse.samples import ARTICLE, HTML, INCIDENT, LEAD, front, only_problem, read, story_of

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"  # beside the project where its makers work
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff\u202a-\u202e]"
)


def texts(value: object) -> Iterator[str]:
    """Yield every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for entry in value:
            yield from texts(entry)
    elif isinstance(value, Struct):
        for field in fields(value):
            yield from texts(getattr(value, field.name))


def check(parsed: Parsed) -> None:
    """Assert what holds for every document."""
    assert len(parsed.stories) <= 1
    assert [] == [text for text in texts(parsed) if FORBIDDEN.search(text)]
    for story in parsed.stories:
        assert story.title
        assert story.published
        assert story.url or story.body
        assert story.names == tuple(sorted(set(story.names)))
    for problem in parsed.problems:
        assert problem.fault
        assert problem.remedy
        assert len(problem.value) <= 60
    if not parsed.stories:
        assert any(problem.severity == "error" for problem in parsed.problems)
    assert bool(parsed.withdrawn) == bool(parsed.withdrawn_paths)
    assert parsed.withdrawn == tuple(sorted(set(parsed.withdrawn)))
    if parsed.withdrawn:
        assert () == parsed.stories
        assert {""} == {problem.value for problem in parsed.problems}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        pytest.param(LEAD, "article", id="front matter"),
        pytest.param(INCIDENT, "incident", id="incident record"),
        pytest.param(ARTICLE, "article", id="article page"),
        pytest.param(HTML, "article", id="saved HTML"),
    ],
)
def test_told_apart_by_content(content: str, kind: str) -> None:
    """A document's format is known by what it holds, whatever its name, encoding and line ends."""
    (story,) = read(content, path="x/a-story.xyz").stories
    assert kind == story.kind
    for raw in (content.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + content.encode(), content.encode("utf-16")):
        assert (story,) == read(raw, path="x/a-story.xyz").stories


def test_table() -> None:
    """The formats are listed by name."""
    assert ["front matter", "incident record", "article page", "saved HTML"] == list(PARSERS)


@pytest.mark.parametrize(
    ("content", "severity", "fault"),
    [
        pytest.param(front().encode("utf-16"), "note", "in utf-16-le, not UTF-8", id="utf-16"),
        pytest.param(front("title: Caf\xe9").encode("cp1252"), "warning", "not UTF-8", id="cp1252"),
        pytest.param(b"\x89PNG\x00\x00", "error", "not a text file", id="binary"),
        pytest.param(b"", "error", "an empty file", id="empty"),
        pytest.param(b"\xef\xbb\xbf \r\n", "error", "an empty file", id="blank"),
    ],
)
def test_bytes(content: bytes, severity: str, fault: str) -> None:
    """How a file was saved is told where its writer would want to know."""
    problem = only_problem(content)
    assert (severity, fault) == (problem.severity, problem.fault)
    check(read(content))


LISTED = 'related:\n  - {title: B, webUrl: "https://b.org/b"}\n  - {title: C}\n  - text'


@pytest.mark.parametrize("said", ["published: false", "published: perhaps", "published: no\ntitle: ''"])
def test_mentions_of_hidden_stories_passed_over(said: str) -> None:
    """Who shows no hidden story need not read their mentions: all else of such a file is read and told."""
    document = Document(path="a.md", content=front(said, "heat: hot", LISTED).encode())
    whole, short = parse(document, zone=UTC), parse(document, zone=UTC, hidden_mentions=False)
    assert short == replace(
        whole,
        stories=tuple(replace(story, related=()) for story in whole.stories),
        problems=tuple(problem for problem in whole.problems if not problem.field.startswith("related")),
    )
    assert 2 == len(whole.problems) - len(short.problems)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(front(LISTED), id="not said"),
        pytest.param(front("published: true", LISTED), id="published"),
        pytest.param(front("published: auto", LISTED), id="left to the threshold"),
        pytest.param(LEAD, id="a whole file"),
        pytest.param(INCIDENT, id="another format"),
    ],
)
def test_mentions_of_shown_stories_always_count(content: str) -> None:
    """A story that may be shown has all its mentions, however little is asked of hidden ones."""
    document = Document(path="a.md", content=content.encode())
    assert parse(document, zone=UTC) == parse(document, zone=UTC, hidden_mentions=False)


def test_utf16_without_a_mark() -> None:
    """A file in UTF-16 without a mark is not read, but what it withdraws is withdrawn."""
    parsed = read(front("published: false").encode("utf-16-le"))
    assert ((), ("https://example.org/a",), ("2024/a-story.md",)) == (
        parsed.stories,
        parsed.withdrawn,
        parsed.withdrawn_paths,
    )
    assert ["not a text file"] == [problem.fault for problem in parsed.problems]


def test_problems_of_the_bytes_come_first() -> None:
    """How a file was saved is told before what it holds, also where it withdraws its story."""
    parsed = read(front("title:", "published: no", "category: Caf\xe9").encode("cp1252"))
    assert ["not UTF-8", "no title"] == [problem.fault for problem in parsed.problems]
    assert ("https://example.org/a",) == parsed.withdrawn


def test_cp1252() -> None:
    """A file in cp1252 is read as what it is."""
    assert "Café – ‘x’" == story_of(front("title: Caf\xe9 – ‘x’").encode("cp1252")).title


@given(st.binary())
def test_any_bytes(content: bytes) -> None:
    """No bytes make parse raise."""
    check(read(content))


@given(st.text(max_size=300))
def test_any_text(content: str) -> None:
    """No text makes parse raise."""
    check(read(content))


SAMPLES = [LEAD, INCIDENT, ARTICLE, HTML, front(body="# A\n\ntext")]
SCRAPS = st.one_of(
    st.text(max_size=5),
    st.sampled_from(
        [
            "---\n",
            "\n",
            ": ",
            "- ",
            "[",
            "{",
            '"',
            "'",
            "&a ",
            "*a",
            "!x ",
            "~",
            "\x00",
            "\x85",
            "â€™",
            "๐Ÿ",
            "\u202e",
            "<b>",
        ]
    ),
)


@given(st.data())
def test_damaged_samples(data: st.DataObject) -> None:
    """A file that was damaged anywhere is a story or problems, and never an exception."""
    content = data.draw(st.sampled_from(SAMPLES))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        gone = data.draw(st.integers(0, 40))
        content = content[:at] + data.draw(SCRAPS) + content[at + gone :]
    check(read(content.encode(errors="surrogatepass")))


@given(st.data())
def test_a_withdrawal_survives_damage(data: st.DataObject) -> None:
    """Whatever else is wrong with a file's fields, a line `published: false` keeps its story out of sight."""
    lines = front("category: x", "type: article").split("\n")[1:-2]
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        cut = data.draw(st.integers(0, len(lines[at])))
        scrap = data.draw(SCRAPS).replace("\n", " ")
        lines[at] = lines[at][:cut] + scrap + lines[at][cut:]
    lines.insert(data.draw(st.integers(0, len(lines))), "published: false")
    content = "\n".join(["---", *(line for line in lines if line.strip() != "---"), "---", ""])
    parsed = read(content.encode(errors="surrogatepass"))
    assert all(story.hidden for story in parsed.stories)
    assert parsed.stories or parsed.withdrawn_paths


NAMES = (
    "title excerpt publishedDateTime updatedDateTime originalUrl webUrl ampWebUrl type quality heat published".split()
)
NAMES += "provider topics images related secured id language occurred operator name domain url width other".split()
VALUES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["2024-02-23", "https://example.org/a", "incident", "-1", "57", "true", "no", "", "javascript:x", "x y"]
    ),
)


@given(
    st.recursive(
        VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=9)
    )
)
def test_any_fields(value: object) -> None:
    """No value of any field, of any shape, makes parse raise."""
    tree = value if isinstance(value, dict) else {"related": value, "images": value, "provider": value}
    given_fields = {"title": "T", "publishedDateTime": "2024-02-23", "webUrl": "https://example.org/b"} | tree
    check(read(f"---\n{json.dumps(given_fields, ensure_ascii=False)}\n---\n"))


@pytest.mark.skipif(not SEEDS.exists(), reason="the seeds are not part of the project")
class TestSeeds:
    """The five files that the formats come from."""

    def stories(self) -> list[Parsed]:
        """Parse each."""
        paths = sorted(SEEDS.iterdir())
        return [parse(Document(path=path.name, content=path.read_bytes()), zone=UTC) for path in paths]

    def test_all(self) -> None:
        """Each is one story, without a warning."""
        for parsed in self.stories():
            check(parsed)
            assert 1 == len(parsed.stories)
            assert {problem.severity for problem in parsed.problems} <= {"note"}

    def test_front_matter(self) -> None:
        """Heat, role, repaired text and mentions are as the files say; a mention of the story itself is none."""
        first, second, third = (parsed.stories[0] for parsed in self.stories()[:3])
        assert (True, True, None, 36) == (first.hidden, first.covered, first.heat, first.quality)
        assert "Commissioner’s" in first.excerpt
        assert (77, 107) == (second.heat, third.heat)
        assert (2, 2, 3) == (len(first.related), len(second.related), len(third.related))

    def test_incident(self) -> None:
        """The record's facts are all there, and nothing of the page around it."""
        story = self.stories()[3].stories[0]
        assert story.facts is not None
        assert ("Argent", "Metropolitan Police Service (MPS)") == story.facts.operators
        assert ("Ethics", "Governance", "Privacy", "Surveillance") == story.facts.issues
        assert ["", "Inadequate transparency, accountability, consent", "Misleading communications"] == [
            section.heading for section in story.body
        ]
        everything = "".join(texts(story))
        assert not re.search(
            "System|Legal, reg|Research, adv|Investigations|Report incident|[๐-๛ก-ฮ\U0001f000-\U0001ffff]", everything
        )

    def test_article(self) -> None:
        """The page is its title, standfirst and paragraphs, dated by what it recommends."""
        story = self.stories()[4].stories[0]
        assert story.published is not None
        assert (datetime(2022, 8, 2, tzinfo=UTC), "day", True) == (
            story.published.at,
            story.published.precision,
            story.published.estimated,
        )
        assert "Home Office to collect foreign offenders' biometric data using smartwatch scheme" == story.title
        assert story.excerpt.startswith("Facial recognition and geolocation data will be matched")
        assert 15 == story.body[0].html.count("<p>")
        assert not re.search("lit in red|Featured|Turbonomic|affiliate", "".join(texts(story)))
