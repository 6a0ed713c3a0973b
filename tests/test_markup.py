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
    ("written", "expected"),
    [("Vec<T> leak", True), ("<b>Bold</b>", True), ("x < y", False), ("AT&amp;T &lt;b>", False), ("plain", False)],
)
def test_tagged(written: str, expected: bool) -> None:
    """It is known beforehand whether tags will be taken out of a text."""
    assert expected == markup.tagged(written)


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        pytest.param("<p onclick=x>a</p>", "<p>a</p>", id="handlers"),
        pytest.param("<script>alert(1)</script><p>a", "<p>a</p>", id="scripts"),
        pytest.param('<a href="javascript:x">a</a>', "a", id="javascript"),
        pytest.param('<a href="https://example.org/">a</a>', '<a href="https://example.org/">a</a>', id="links stay"),
        pytest.param('<a href="HTTPS://a.org/">a</a>', '<a href="HTTPS://a.org/">a</a>', id="links in upper case"),
        pytest.param('<a href="mailto:a@b.org">a</a>', '<a href="mailto:a@b.org">a</a>', id="mail stays"),
        pytest.param('<a href="/x">a <b>b</b></a>', "a <b>b</b>", id="relative links go"),
        pytest.param('<a href="#n">a</a> <a name="n">b</a>', "a b", id="anchors"),
        pytest.param('<a href="//example.org/">a</a>', "a", id="links without a scheme"),
        pytest.param(
            '<a href="https://a.org"><table><tr><td><a href="/x">b</a></td></tr></table>c</a>',
            '<a href="https://a.org"><table><tbody><tr><td>b</td></tr></tbody></table>c</a>',
            id="a link within a link",
        ),
        pytest.param(
            '<img alt="a" src="https://example.org/a.png">',
            '<img alt="a" src="https://example.org/a.png">',
            id="pictures stay",
        ),
        pytest.param('a<img src="data:image/png;base64,AA" alt="b">', "a", id="pictures without an address"),
        pytest.param('a<img src="b.png">', "a", id="relative pictures"),
        pytest.param('a<img src="http://example.org/a.png">', "a", id="pictures by http"),
        pytest.param(
            '<p><img alt=" src=" title="https://example.org/"></p>\n<p>a</p><p> </p>', "<p>a</p>", id="emptied"
        ),
        pytest.param("<p></p><p>a</p>", "<p></p><p>a</p>", id="empty before"),
        pytest.param("<h1>a</h1><H2>b</H2><h3>c</h3>", "<h3>a</h3><h4>b</h4><h3>c</h3>", id="headings lowered"),
        pytest.param("<style>p{}</style><iframe src=x></iframe>a", "a", id="styles and frames"),
        pytest.param("a&#x202e;b", "ab", id="turned text"),
        pytest.param("<!-- x -->a", "a", id="comments"),
    ],
)
def test_clean(dirty: str, expected: str) -> None:
    """Only what is safe to publish is left."""
    assert expected == markup.clean(dirty).html


def test_clean_tells_what_was_lost() -> None:
    """The addresses that did not survive are told, in order."""
    cleaned = markup.clean(
        '<a href="/x?a=1&amp;b=2">a</a><a href="javascript:x">b</a><a href="https://a.org">c</a>'
        '<img src="http://a.org/b.png"><img src="c.png"><img src="https://a.org/d.png"><img>'
    )
    assert ('ab<a href="https://a.org">c</a><img src="https://a.org/d.png">') == cleaned.html
    assert (("/x?a=1&b=2", ""), ("http://a.org/b.png", "c.png", "")) == (cleaned.links, cleaned.pictures)


def test_clean_with_a_base() -> None:
    """Relative links point where they did on their own site, and pictures are shown from there."""
    cleaned = markup.clean('<a href="x">a</a><img src="/b.png">', base="https://example.org/n/")
    assert markup.Cleaned('<a href="https://example.org/n/x">a</a><img src="https://example.org/b.png">') == cleaned


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
    assert "<div" not in markup.clean(nested + "<b>text</b>").html
    assert time.process_time() - before < 2


LEFT_OPEN = "".join(f"<b id={n}>" for n in range(400))


@pytest.mark.parametrize(
    ("left_open", "repeated"),
    [
        pytest.param(f"<p>{LEFT_OPEN}</p>", "<p>x</p>", id="left by a block"),
        pytest.param(LEFT_OPEN.replace("<b", "<p><b"), "<p>x", id="each by a block of its own"),
        pytest.param(f"<p>{LEFT_OPEN.replace('>', '><!--</b>-->')}</p>", "<p>x</p>", id="ended in a comment"),
        pytest.param(
            f"<p>{LEFT_OPEN.replace('>', '><style></b></style>')}</p>", "<p>x</p>", id="ended in a style sheet"
        ),
        pytest.param(f"<p>{LEFT_OPEN}<select>{'</b>' * 400}</select></p>", "<p>x</p>", id="ended where none can be"),
        pytest.param(f"<svg><style>{LEFT_OPEN}</style></svg>", "<p>x</p>", id="in a picture's style sheet"),
        pytest.param("<p><a href='https://a.org/" + "y" * 50_000 + "'></p>", "<p>x</p>", id="one long link"),
        pytest.param(f"<p>{LEFT_OPEN[:900]}<abbr></p>", "<u><abbr><p>x</p></u>", id="and what ends with its block"),
        pytest.param(LEFT_OPEN, "</i><!--</b>--><u>x</u><br>", id="ends of what never began"),
        pytest.param(f"<span>{LEFT_OPEN}</span>", "<p>x</p>", id="left by what is no block"),
    ],
)
def test_formatting_that_is_left_open(left_open: str, repeated: str) -> None:
    """Formatting that every later block would repeat cannot make a text many times as long; its words stay."""
    markup_of_both = left_open + repeated * (40_000 // len(repeated))
    before = time.process_time()
    cleaned = markup.clean(markup_of_both).html
    assert len(cleaned) < 4 * len(markup_of_both) + 2**18
    assert "x" in cleaned
    assert len(markup.plain(markup_of_both)) <= len(markup_of_both)
    assert time.process_time() - before < 2


@pytest.mark.parametrize(
    "paragraph",
    [
        pytest.param('<p><a href="https://example.org/">a</a> <b>b</b> <em>c</em><br></p>', id="ended"),
        pytest.param('<p><b id="n"><span>a</span></b> <span><i>b</i></span> <nobr>c</nobr></p>', id="within others"),
        pytest.param("<p><b>a</p><p>b</b> <i>c</p><p>d</i></p>", id="across paragraphs"),
        pytest.param('<p>a<script>"<b id=1>"</script></b></span><!-- <b id=2> --></p>', id="odd"),
        pytest.param('<p><b>a</b><i>b</i><iframe src="x"></iframe><svg><path d="z"></svg></p>', id="pictures, films"),
    ],
)
def test_long_formatted_texts_keep_their_markup(paragraph: str) -> None:
    """A long article is not taken for an attack, however it was written."""
    assert 500 <= markup.clean(paragraph * 500).html.count("<p>")


@pytest.mark.parametrize(
    "flat",
    [
        pytest.param("<div>a</div>" * 1000, id="closed"),
        pytest.param("<p>a<br>" * 1000, id="never closed by hand"),
    ],
)
def test_clean_long(flat: str) -> None:
    """A long text that is not deep keeps its markup."""
    cleaned = markup.clean(flat).html
    assert 1000 == len(re.findall("a<br>|a", cleaned)) == cleaned.count("a")
    assert markup.from_paragraphs(["a"]) in markup.clean("<p>a</p>" * 1000).html


@given(
    st.text(alphabet="<>/ab divscript=\"'&;#x:\u202e\x07"),
    st.lists(
        st.sampled_from(
            "<a>|</a>|<a href=\"|<a href='/x' title='|<a lang=x data-x=y>|<img src=|https://a.org| alt='|'|\"|>|"
            "<p>|</p>|<b>|</b>|<table>|<td>|</td>|<svg>|<math>|text".split("|")
        )
    ).map("".join),
)
def test_clean_is_safe(anything: str, linked: str) -> None:
    """No clean markup runs anything, holds what XML forbids, or has a link or a picture that leads nowhere."""
    cleaned = markup.clean(anything + linked).html
    assert not re.search(r"<(?:script|style|iframe)|[\x00-\x08\u202e]|<a>|<img>", cleaned)
    assert cleaned.count("<a ") == cleaned.count("</a>")
    assert cleaned == markup.clean(cleaned).html


def test_from_markdown() -> None:
    """Markdown becomes clean HTML, tables included."""
    assert "<h3>A</h3>\n<p>b <strong>c</strong></p>" == markup.from_markdown("# A\n\nb **c**<script>x</script>\n").html
    assert "<td>1</td>" in markup.from_markdown("|a|\n|-|\n|1|\n").html
    assert markup.Cleaned("<p>a</p>", links=("b.html",)) == markup.from_markdown("[a](b.html)")
    assert markup.Cleaned("") == markup.from_markdown("")


def test_from_paragraphs() -> None:
    """Plain paragraphs are escaped."""
    assert "<p>x &lt; y</p>\n<p>R&amp;D</p>" == markup.from_paragraphs(["x < y", "R&D"])
