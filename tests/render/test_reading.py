"""A letter's HTML as a mail program reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.render.reading import Run, contrast, inverted, read_letter

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
    found = read_letter('<div style="display: none"><p>a</p></div><p style="color:red">b</p>')
    assert [Run("b", (BLACK, WHITE), (BLACK, WHITE))] == found.runs


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
