"""Tests of src/frtfeed/markup.py."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed import markup


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("a <b>bold</b> word", "a bold word", id="tags go"),
        pytest.param("one<br>two</p><p>three", "one two  three", id="words stay apart"),
        pytest.param("a<script>alert(1)</script>b", "ab", id="scripts go with what they hold"),
        pytest.param("AT&amp;T <i>x</i> &lt;b&gt;", "AT&T x <b>", id="entities among tags"),
        pytest.param("Q&amp;A", "Q&A", id="entities alone"),
        pytest.param("a&#x202e;b&#7;", "ab", id="characters that XML forbids"),
        pytest.param("<div>" * 600 + "deep", " " * 600 + "deep", id="too deep"),
    ],
)
def test_plain(written: str, expected: str) -> None:
    """Markup becomes the text that people see."""
    assert expected == markup.plain(written)


@pytest.mark.parametrize("written", ["x < y", "is x <y?", "5 <3 > 2", "R&D", "‘spy’ “q”", "a > b"])
def test_plain_leaves(written: str) -> None:
    """A text without markup stays as it is."""
    assert written == markup.plain(written)


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        pytest.param("<p onclick=x>a</p>", "<p>a</p>", id="handlers"),
        pytest.param("<script>alert(1)</script><p>a", "<p>a</p>", id="scripts"),
        pytest.param('<a href="javascript:x">a</a>', "<a>a</a>", id="javascript"),
        pytest.param('<a href="https://example.org/">a</a>', '<a href="https://example.org/">a</a>', id="links stay"),
        pytest.param('<a href="/x">a</a>', "<a>a</a>", id="relative links go"),
        pytest.param("<h1>a</h1><H2>b</H2><h3>c</h3>", "<h3>a</h3><h4>b</h4><h3>c</h3>", id="headings lowered"),
        pytest.param("<style>p{}</style><iframe src=x></iframe>a", "a", id="styles and frames"),
        pytest.param("a&#x202e;b", "ab", id="turned text"),
        pytest.param("<!-- x -->a", "a", id="comments"),
    ],
)
def test_clean(dirty: str, expected: str) -> None:
    """Only what is safe to publish is left."""
    assert expected == markup.clean(dirty)


def test_clean_with_a_base() -> None:
    """Relative links point where they did on their own site."""
    assert '<a href="https://example.org/n/x">a</a>' == markup.clean('<a href="x">a</a>', base="https://example.org/n/")


@pytest.mark.parametrize(
    "nested",
    [
        pytest.param("<div>" * 100_000, id="elements"),
        pytest.param("<div></x>" * 50_000, id="foreign ends"),
        pytest.param('<div a="<">' * 50_000, id="tags in attributes"),
        pytest.param("<div" * 100_000, id="no ends"),
    ],
)
def test_clean_deep(nested: str) -> None:
    """Markup that is nested a hundred thousand deep loses its tags, and costs no time."""
    before = time.process_time()
    assert "<div" not in markup.clean(nested + "<b>text</b>")
    assert time.process_time() - before < 2


@pytest.mark.parametrize(
    "flat",
    [
        pytest.param("<div>a</div>" * 1000, id="closed"),
        pytest.param("<p>a<br>" * 1000, id="never closed by hand"),
    ],
)
def test_clean_long(flat: str) -> None:
    """A long text that is not deep keeps its markup."""
    assert 1000 == len(re.findall("a<br>|a", markup.clean(flat))) == markup.clean(flat).count("a")
    assert markup.from_paragraphs(["a"]) in markup.clean("<p>a</p>" * 1000)


@given(st.text(alphabet="<>/ab divscript=\"'&;#x:\u202e\x07"))
def test_clean_is_safe(anything: str) -> None:
    """No clean markup runs anything or holds what XML forbids."""
    cleaned = markup.clean(anything)
    assert not re.search(r"<(?:script|style|iframe)|[\x00-\x08\u202e]", cleaned)


def test_from_markdown() -> None:
    """Markdown becomes clean HTML, tables included."""
    assert "<h3>A</h3>\n<p>b <strong>c</strong></p>" == markup.from_markdown("# A\n\nb **c**<script>x</script>\n")
    assert "<td>1</td>" in markup.from_markdown("|a|\n|-|\n|1|\n")


def test_from_paragraphs() -> None:
    """Plain paragraphs are escaped."""
    assert "<p>x &lt; y</p>\n<p>R&amp;D</p>" == markup.from_paragraphs(["x < y", "R&D"])
