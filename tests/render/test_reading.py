"""A letter's HTML as a mail program reads it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frtfeed.render.reading import Run, contrast, inverted, is_colour, read_letter

WHITE, BLACK = "#ffffff", "#000000"


def test_a_document_is_read() -> None:
    """Doctype, language, title, address, links with their words, headings, pictures and tables."""
    found = read_letter(
        '<!DOCTYPE html><html lang="de"><head><title>Ti tle</title><style>.x { a: b }</style></head><body>'
        '<h1>One</h1><h2><a href="https://a.example/">Two <b>words</b></a></h2><img src="c" alt="d"><br>'
        '<table role="presentation"><tr><td>E</td></tr></table><address>1 Street</address>'
        "<!-- <h3>no</h3> --></body></html>"
    )
    assert (True, "de", "Ti tle", "1 Street", ".x { a: b }") == (
        found.doctype,
        found.language,
        found.title,
        found.postal,
        found.styles.strip(),
    )
    assert [("https://a.example/", "Two words")] == found.links
    assert [1, 2] == found.headings
    assert [{"src": "c", "alt": "d"}] == found.pictures
    assert [{"role": "presentation"}] == found.tables
    assert ["One", "Two", "words", "E", "1 Street"] == [run.words for run in found.runs]


def test_another_doctype_is_none() -> None:
    """Only `<!DOCTYPE html>` keeps browsers to the standards."""
    assert not read_letter('<!DOCTYPE html PUBLIC "x"><p>a</p>').doctype
    assert not read_letter("<p>a</p>").doctype


def test_colours_are_handed_down() -> None:
    """Words have the colours of the nearest tag that names some; a tag that ends takes its colours with it."""
    found = read_letter(
        '<div style="background-color:#eee"><p style="color:#123456">a'
        '<b style="color: #FFF;color:#abc">b</b>c</p></div>d</i>'
    )
    assert [
        Run("a", ("#123456", "#eeeeee"), ("#123456", "#eeeeee")),
        Run("b", ("#aabbcc", "#eeeeee"), ("#aabbcc", "#eeeeee")),
        Run("c", ("#123456", "#eeeeee"), ("#123456", "#eeeeee")),
        Run("d", (BLACK, WHITE), (BLACK, WHITE)),
    ] == found.runs


def test_the_dark_scheme_is_read_from_its_rules() -> None:
    """Rules for tags and classes within the media query win over the tag's own style; others do not count."""
    (run,) = read_letter(
        "<style>.y { color: #111111 !important; }\n@media (prefers-color-scheme: dark) {\n"
        " body, .p { background-color: #101010 !important; }\n"
        " .y { color: #f0f0f0 !important; } .y { margin: 0 }\n}</style>"
        '<div class="p"><p class="x y" style="color:#222222">a</p></div>'
    ).runs
    assert Run("a", ("#222222", WHITE), ("#f0f0f0", "#101010")) == run


def test_hidden_words_are_not_read() -> None:
    """The preheader is for lists of mail: nobody sees it in the letter."""
    found = read_letter('<div style="display: none"><p>a</p></div><p style="color:#abcdef">b</p>')
    assert [Run("b", ("#abcdef", WHITE), ("#abcdef", WHITE))] == found.runs


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        pytest.param("color:red", ("red", WHITE), id="a name"),
        pytest.param("color:rgb(1, 2, 3)", ("rgb(1, 2, 3)", WHITE), id="a function"),
        pytest.param("background:#000 url(x)", (BLACK, "#000 url(x)"), id="more than a colour"),
        pytest.param("background:#ABC", (BLACK, "#aabbcc"), id="the short property"),
        pytest.param("color:inherit;background-color:transparent", (BLACK, WHITE), id="what is around"),
        pytest.param("color:#abcdef !important", ("#abcdef", WHITE), id="important"),
    ],
)
def test_a_colour_of_another_kind_stays_as_it_is(style: str, expected: tuple[str, str]) -> None:
    """Whoever asks for its contrast sees that it cannot be told."""
    (run,) = read_letter(f'<p style="{style}">a</p>').runs
    assert expected == run.light
    assert [each.startswith("#") and len(each) == 7 for each in expected] == [is_colour(each) for each in expected]


def test_colours_of_attributes_count() -> None:
    """What old mail programs read instead of styles is a colour, too; the style wins."""
    (run,) = read_letter(
        '<table bgcolor="#010203"><td bgcolor="#fff" style="background-color:#eee">a</td></table>'
    ).runs
    assert (BLACK, "#eeeeee") == run.light
    assert ("#111111", "#010203") == read_letter('<td bgcolor="#010203"><font color="#111">a</font>').runs[0].light


@pytest.mark.parametrize(
    ("html", "size"),
    [
        ("<p>a</p>", 16),
        ('<p style="font-size:14px">a</p>', 14),
        ('<p style="font:bold 21px/28px Georgia,serif">a</p>', 21),
        ('<p style="font-size:12pt">a</p>', 16),
        ('<p style="font-size:20px"><b style="font-size:0.5em">a</b></p>', 10),
        ('<p style="font-size:20px"><b style="font-size:150%">a</b></p>', 30),
        ('<p style="font-size:20px"><b style="font-size:1rem">a</b></p>', 16),
        ('<p style="font-size:20px"><b style="font-size:inherit">a</b></p>', 20),
        ('<p style="font-size:18px"><small>a</small></p>', 15),
        ('<p style="font-size:small">a</p>', 0),
    ],
)
def test_words_have_a_size(html: str, size: float) -> None:
    """In CSS pixels, handed down like colours; 0 where it is said in words."""
    assert [size] == [run.size for run in read_letter(html).runs]


def test_what_only_outlook_reads_is_read() -> None:
    """Tags and attributes of conditional comments count; their words are not the letter's."""
    found = read_letter(
        '<!--[if mso]><v:fill src="a">x</v:fill><![endif]--><!--[if !mso]><!--><b>y</b><!--<![endif]-->'
    )
    assert {"v:fill", "b"} == found.tags
    assert [("v:fill", "src", "a")] == found.attributes
    assert ["y"] == [run.words for run in found.runs]


@settings(max_examples=200)
@given(st.lists(st.sampled_from(["<![x", "<!", "<", ">", "<!--", "[if mso]>", "<p style='font:", "&#", "a", "]"])))
def test_any_text_is_read(pieces: list[str]) -> None:
    """Whatever stands in a letter, reading it does not fail."""
    assert read_letter("".join(pieces))


@pytest.mark.parametrize(
    ("pair", "expected"),
    [((BLACK, WHITE), 21.0), ((WHITE, BLACK), 21.0), ((WHITE, WHITE), 1.0), (("#777777", WHITE), 4.48)],
)
def test_contrast_is_that_of_wcag(pair: tuple[str, str], expected: float) -> None:
    """From 1 to 21, whichever is the ink; #777 on white is the well-known near miss."""
    assert expected == round(contrast(pair), 2)


@given(st.integers(0, 0xFFFFFF), st.integers(0, 0xFFFFFF))
def test_colours_turned_round_twice_are_as_they_were(ink: int, paper: int) -> None:
    """Inversion is its own inverse."""
    pair = (f"#{ink:06x}", f"#{paper:06x}")
    assert pair == inverted(inverted(pair))
