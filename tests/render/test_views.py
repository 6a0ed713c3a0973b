"""A letter as different mail programs show it."""

from frtfeed.render.reading import read_letter
from frtfeed.render.views import views
from tests.render.human import parsed
from tests.render.letters import DRAFT, letter

SHOWN = {view.name: view for view in views(letter(DRAFT))}


def test_every_view_of_interest_is_there() -> None:
    """Phone, tablet and desktop in both schemes; no pictures, no styles, Outlook, colours by force."""
    widths = [(f"{width}-{scheme}", width) for width in (375, 600, 1000) for scheme in ("light", "dark")]
    special = [(f"600-{name}", 600) for name in ("images-off", "no-styles", "outlook", "inverted")]
    assert [*widths, *special] == [(view.name, view.width) for view in SHOWN.values()]


def test_every_view_says_the_same() -> None:
    """Whatever is taken from a letter, its words stay."""
    expected = [run.words for run in read_letter(letter(DRAFT)).runs]
    hidden = ["Our view: the law is late"]  # the preheader, which styles hide
    for view in SHOWN.values():
        shown = [run.words for run in read_letter(view.html).runs]
        assert (hidden + expected if view.name == "600-no-styles" else expected) == shown, view.name


def test_a_scheme_is_shown_whatever_the_browser_prefers() -> None:
    """The rules for the dark hold in the dark view, and in no other."""
    dark, light = SHOWN["375-dark"].html, SHOWN["375-light"].html
    assert [True, False] == ["@media all {\n  body, .page" in each for each in (dark, light)]
    assert [False, True] == ["@media not all {\n  body, .page" in each for each in (dark, light)]
    assert '<meta name="color-scheme" content="dark">' in dark
    assert '<meta name="color-scheme" content="light">' in light


def test_without_pictures_their_descriptions_stay() -> None:
    """A picture that is not loaded has its words and its size."""
    (picture,) = parsed(SHOWN["600-images-off"].html).iter("img")
    assert (None, 'A "van"', "544") == (picture.get("src"), picture.get("alt"), picture.get("width"))


def test_without_styles_nothing_of_them_is_left() -> None:
    """Neither blocks nor attributes."""
    plain = SHOWN["600-no-styles"].html
    assert [False, False] == ["<style" in plain, " style=" in plain]


def test_outlook_reads_its_comments() -> None:
    """Its table of 600 pixels is there; what it does not know is not."""
    html = SHOWN["600-outlook"].html
    assert '<table role="presentation" width="600"' in html
    assert [False] * 4 == [each in html for each in ("[if mso]", "<style", "max-width", "<xml>")]


def test_a_part_for_all_but_outlook_is_not_shown_in_it() -> None:
    """The other kind of conditional comment counts the other way round."""
    html = "<p>a</p><!--[if !mso]><!--><p>b</p><!--<![endif]--><!--[if mso]><p>c</p><![endif]-->"
    shown = {view.name: view.html for view in views(html)}
    assert "<p>a</p><p>c</p>" == shown["600-outlook"]


def test_colours_are_turned_round() -> None:
    """The view of programs that do not ask has a filter over everything."""
    assert "filter: invert(1)" in SHOWN["600-inverted"].html
