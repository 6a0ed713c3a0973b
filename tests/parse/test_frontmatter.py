"""Tests of src/frtfeed/parse/frontmatter.py."""

import pytest

from frtfeed.model import Section
from frtfeed.parse import frontmatter
from tests.parse.samples import LEAD, front, only_problem, read, story_of


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


@pytest.mark.parametrize(
    ("lines", "hidden", "counts"),
    [
        pytest.param("published: false\npublished: true", True, 5, id="no, then yes"),
        pytest.param("published: true\npublished: false", True, 6, id="yes, then no"),
        pytest.param("published: true\npublished: yes", False, 6, id="twice yes"),
        pytest.param("published: perhaps\npublished: true", True, 5, id="unreadable, then yes"),
        pytest.param("published: [true]\npublished: true", True, 5, id="a list, then yes"),
        pytest.param("published: false\npublished:", True, 5, id="no, then nothing"),
        pytest.param("published:\npublished: true", False, 6, id="nothing, then yes"),
        pytest.param("published: true\nPublished: no", True, 6, id="another spelling, no"),
        pytest.param("Published: no\npublished: true", True, 5, id="another spelling first, no"),
        pytest.param("PUBLISHED: no\nPublished: yes", True, 5, id="two other spellings"),
    ],
)
def test_repeated_published(lines: str, hidden: bool, counts: int) -> None:
    """A file that says twice whether it is published is an error, and a no counts wherever it stands."""
    parsed = read(front(lines))
    problem = parsed.problems[0]
    assert [hidden] == [story.hidden for story in parsed.stories]
    assert ("error", "written twice, on lines 5 and 6", 6) == (problem.severity, problem.fault, problem.line)
    assert problem.remedy.startswith(f"The value on line {counts} counts ")


SKIPPED = [
    pytest.param(["publishedDateTime:"], id="no date"),
    pytest.param(["publishedDateTime: soon"], id="not a date"),
    pytest.param(["title:"], id="no title"),
    pytest.param(["title: [a]"], id="not a title"),
    pytest.param(["title: Revealed: a thing"], id="a colon"),
    pytest.param(["excerpt: *Breaking* news"], id="alias"),
    pytest.param(["excerpt: !important"], id="tag"),
    pytest.param(['excerpt: "open'], id="open quote"),
    pytest.param(["\tcategory: x"], id="tab"),
    pytest.param([f"category: {'[' * 100}"], id="depth"),
]


@pytest.mark.parametrize("lines", SKIPPED)
@pytest.mark.parametrize(
    "said",
    [
        "published: false",
        "Published: No",
        "PUBLISHED:  'off' # for now",
        "published:\n  n",
        '"published": 0',
        "published: ?",
    ],
)
def test_withdrawn_without_a_story(lines: list[str], said: str) -> None:
    """A file that cannot be a story and says no, or nothing legible, withdraws all that its story is known by."""
    parsed = read(
        front(*lines, said, 'ampWebUrl: "https://amp.example.org/b" # AMP', "originalUrl: &o 'https://c.org/c'")
    )
    names = ("https://c.org/c", "https://example.org/a", "https://example.org/b")
    assert ((), names, ("2024/a-story.md",)) == (parsed.stories, parsed.withdrawn, parsed.withdrawn_paths)
    assert {""} == {problem.value for problem in parsed.problems}


@pytest.mark.parametrize("lines", SKIPPED)
@pytest.mark.parametrize("said", ["published: true", "published: 'yes' # now", "published:", "topics: no"])
def test_skipped_and_not_withdrawn(lines: list[str], said: str) -> None:
    """A file that cannot be a story and does not say no withdraws nothing."""
    parsed = read(front(*lines, said))
    assert ((), (), ()) == (parsed.stories, parsed.withdrawn, parsed.withdrawn_paths)


def test_a_story_withdraws_nothing_else() -> None:
    """A hidden story is a story: what it is known by is its own to say."""
    parsed = read(front("published: false"))
    assert ([True], (), ()) == ([story.hidden for story in parsed.stories], parsed.withdrawn, parsed.withdrawn_paths)


@pytest.mark.parametrize(
    ("content", "names"),
    [
        pytest.param(front("published: no", "webUrl:"), ("a-story",), id="neither address nor text"),
        pytest.param(front("published: no", "webUrl: javascript:x"), ("a-story",), id="no proper address"),
        pytest.param(front("published: no", "webUrl: https://b.org/", "title:"), ("https://b.org",), id="a home page"),
        pytest.param(
            front("published: no", "title:", "originalUrl: https://b.org/"),
            ("https://example.org/a",),
            id="not by a home page",
        ),
        pytest.param("---\npublished: no\nwebUrl: https://b.org/b\n", ("https://b.org/b",), id="no end"),
        pytest.param("published: no\nwebUrl: https://b.org/b\n---\n", ("https://b.org/b",), id="no beginning"),
        pytest.param("PublishedDateTime: x\npublished: no\n---\n", ("a-story",), id="another first field"),
        pytest.param("---\ntitle: a: b\npublished: no\npublished: yes\n---\n", ("a-story",), id="twice"),
        pytest.param(
            "---\npublished: no\nrelated:\n- {webUrl: 'https://b.org/b'}\n  webUrl: https://c.org/c\n---\n",
            ("a-story",),
            id="nobody else's address",
        ),
    ],
)
def test_what_is_withdrawn(content: str, names: tuple[str, ...]) -> None:
    """What is withdrawn is what the story would have been known by, and nothing beyond."""
    assert names == read(content).withdrawn


def test_swallowed() -> None:
    """A quote that is closed too late cannot make a hidden story public."""
    fields = 'publishedDateTime: 2024-01-01\nwebUrl: https://b.org/b\ntitle: "A\npublished: false\ntype: article"'
    content = f"---\n{fields}\n---\n"
    problem = only_problem(content)
    assert ("a line published: that is part of another field's value", 5) == (problem.fault, problem.line)
    assert ("https://b.org/b",) == read(content).withdrawn
    assert "A published: true type: article" == story_of(content.replace("false", "true")).title
    assert "A published type" == story_of(content.replace(": false\ntype: article", " type")).title


@pytest.mark.parametrize("lines", ["Title: Odd\ntitle: Exact", "title: Exact\nTitle: Odd"])
def test_two_spellings(lines: str) -> None:
    """Of a field in two spellings the exact one counts, with a warning that names both lines."""
    content = front().replace("title: A title", lines)
    problem = only_problem(content)
    assert "Exact" == story_of(content).title
    assert ("warning", "title", 3, "written twice, on lines 2 and 3") == (
        problem.severity,
        problem.field,
        problem.line,
        problem.fault,
    )


def test_body() -> None:
    """A Markdown body is the story's own text; its first paragraph stands in for an excerpt."""
    story = story_of(front("webUrl:", body="# Head\n\nFirst *words*.\n\n---\n\nMore <script>x</script>.\n"))
    assert (Section(html="<h3>Head</h3>\n<p>First <em>words</em>.</p>\n<hr>\n<p>More .</p>"),) == story.body
    assert ("First words.", "", ("a-story",)) == (story.excerpt, story.url, story.names)


def test_body_without_addresses() -> None:
    """Pictures and links of a text that lead nowhere are left out with a note each kind; the words stay."""
    content = front(body='[One](one.html) <a href="/two">two</a> ![p](p.png) <img src="http://a.org/b.png">\n')
    assert ("<p>One two</p>", "One two") == (
        story_of(content).body[0].html.replace("  ", ""),
        story_of(content).excerpt,
    )
    assert [
        ("note", "a picture without an https address, and 1 more", "p.png", "Left out."),
        ("note", "a link without a full address, and 1 more", "one.html", "Only its text is left."),
    ] == [
        (problem.severity, problem.fault, problem.value, problem.remedy.partition(" Write")[0])
        for problem in read(content).problems
    ]
    assert "a link without a full address" == only_problem(front(body="[One](one.html)")).fault


def test_body_of_nothing_but_lost_pictures() -> None:
    """A text that is left empty is none."""
    parsed = read(front("webUrl:", body="![p](p.png)\n\n![q](q.png)"))
    assert ["neither an address nor a text"] == [
        problem.fault for problem in parsed.problems if problem.severity == "error"
    ]
    assert () == story_of(front(body="![p](p.png)")).body


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


def test_ordinary_front_matter_is_cut_quickly() -> None:
    """The sample goes the quick way, with and without a text below it."""
    for text in ("", "Some *words*.\n\n---\n\nMore of them."):
        ordinary = frontmatter._ordinary(f"{LEAD}{text}", 1)
        assert ordinary is not None
        assert text == ordinary[1]
