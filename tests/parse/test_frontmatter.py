"""Tests of src/frtfeed/parse/frontmatter.py."""

import pytest

from frtfeed.model import Section
from tests.parse.samples import front, only_problem, read, story_of


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: text.encode(), id="as it is"),
        pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(lambda text: b"\xef\xbb\xbf" + text.encode(), id="BOM"),
        pytest.param(lambda text: b"\xef\xbb\xbf\xef\xbb\xbf" + text.encode(), id="two BOMs"),
        pytest.param(lambda text: f"\n \n{text}".encode(), id="blank lines above"),
        pytest.param(lambda text: text.replace("---", "--- ", 1).encode(), id="space behind the fence"),
        pytest.param(lambda text: text.replace("\n---", "\n...", 1).encode(), id="ended by dots"),
        pytest.param(lambda text: text.strip().encode(), id="no line end at the end"),
    ],
)
def test_fences(change: "object") -> None:
    """However a file was saved, its story is the same, without a problem."""
    parsed = read(change(front()))  # type: ignore[operator]
    assert (story_of(front()),) == parsed.stories
    assert () == parsed.problems


@pytest.mark.parametrize(
    ("content", "fault", "line"),
    [
        pytest.param("---\ntitle: x\n", "the front matter has no end", 1, id="no end"),
        pytest.param("\n\n---", "the front matter has no end", 3, id="only a fence"),
        pytest.param("title: x\nwebUrl: y\n---\n", "the front matter has no beginning", 1, id="no beginning"),
        pytest.param("---\n---\ntext", "the front matter is empty", 1, id="empty"),
        pytest.param("---\n# nothing\n---\n", "the front matter is empty", 1, id="only a comment"),
        pytest.param("---\n- a\n- b\n---\n", "the front matter has no fields", 2, id="a list"),
        pytest.param("---\njust text\n---\n", "the front matter has no fields", 2, id="text"),
        pytest.param("\n---\ntitle: a: b\n---\n", "YAML that does not parse: mapping values are not", 3, id="colon"),
        pytest.param("---\ntitle: x\nexcerpt: *Breaking* news\n---\n", "", 3, id="alias"),
        pytest.param(f"---\ntitle: {'[' * 100}\n---\n", "nested deeper than 64", 2, id="depth"),
    ],
)
def test_unreadable(content: str, fault: str, line: int) -> None:
    """A file whose fields cannot be read is one error, with the line in the file."""
    problem = only_problem(content)
    assert ("error", line, True) == (problem.severity, problem.line, problem.fault.startswith(fault))
    assert problem.remedy.startswith("Story skipped. ")
    assert () == read(content).stories


def test_unreadable_shows_the_line() -> None:
    """YAML that does not parse is shown as it stands in the file."""
    assert "title: Revealed: a thing" == only_problem("---\ntitle: Revealed: a thing\n---\n").value


def test_repeated_key() -> None:
    """Of a field that is there twice the last counts, and the warning names both lines."""
    content = front("title: One\ntitle: Two")
    (problem,) = read(content).problems
    assert "Two" == story_of(content).title
    assert ("warning", "written twice, on lines 2 and 3", 3, "title") == (
        problem.severity,
        problem.fault,
        problem.line,
        problem.field,
    )


def test_body() -> None:
    """A Markdown body is the story's own text; its first paragraph stands in for an excerpt."""
    story = story_of(front("webUrl:", body="# Head\n\nFirst *words*.\n\n---\n\nMore <script>x</script>.\n"))
    assert (Section(html="<h3>Head</h3>\n<p>First <em>words</em>.</p>\n<hr>\n<p>More .</p>"),) == story.body
    assert ("First words.", "", ("a-story",)) == (story.excerpt, story.url, story.names)


def test_body_without_paragraph() -> None:
    """A body without a paragraph gives no excerpt."""
    assert "" == story_of(front(body="- one\n- two\n")).excerpt


def test_excerpt_of_the_file_wins() -> None:
    """What the fields say comes before what the body says."""
    assert "Said." == story_of(front("excerpt: Said.", body="Other.")).excerpt


def test_damage_is_one_note() -> None:
    """However many values were damaged, the file has one note; control characters do not stop YAML."""
    content = front("title: workersâ€™ \x07rights", "excerpt: Itâ€™s", "category: n\x85ews", body="aâ€™b")
    problem = only_problem(content)
    assert ("note", "text was damaged: control characters removed, wrong decoding undone") == (
        problem.severity,
        problem.fault,
    )
    story = story_of(content)
    assert ("workers’ rights", "It’s", "n…ews", "<p>a’b</p>") == (
        story.title,
        story.excerpt,
        story.category,
        story.body[0].html,
    )


def test_latin1_damage() -> None:
    """Damage that holds C1 controls, which YAML forbids, is undone all the same."""
    assert "workers’" == story_of(front("title: workersâ\x80\x99")).title
