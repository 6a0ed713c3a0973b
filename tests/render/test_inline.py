"""Styles in tags: what premailer would write into a whole letter, asked for once."""

import json
import re
import sys

import css_inline
import pytest

from frtfeed.errors import TemplateError
from frtfeed.model import Edition
from frtfeed.records import replace
from frtfeed.render import inline
from frtfeed.render import letter as letters
from frtfeed.render.inline import Styles, css_of, known_styles, styled
from frtfeed.render.looks import LOOKS
from tests.render import samples
from tests.render.human import TEMPLATES, parsed
from tests.render.letters import CLOSED, DRAFT, OLD, many

CSS = ".p { margin: 0 0 4px; color: #fff } p.p, td { color: #000; padding: 3px 0 } .x { color: red }"


def _declarations(html: str) -> list[tuple[str, dict[str, str]]]:
    """Return each tag of a letter's body with its declarations, spelled in one way."""
    pairs = []
    for element in parsed(html).find("body").iter():
        if isinstance(element.tag, str):
            declared = (each.partition(":") for each in (element.get("style") or "").split(";") if each.strip())
            style = {name.strip(): re.sub(r",\s*", ",", value.strip()) for name, _, value in declared}
            pairs.append((element.tag, {name: value.replace("#ffffff", "#fff") for name, value in style.items()}))
    return pairs


@pytest.mark.parametrize("edition", [DRAFT, CLOSED, OLD, many(12)], ids=["draft", "closed", "old", "contents"])
def test_another_inliner_agrees(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    """A letter whose styles are asked for tag by tag is the filled letter, inlined as a whole by css-inline."""
    site = replace(samples.SITE, title=f"{samples.SITE.title} {edition.key} {len(edition.groups)}")
    ours = letters.write_letter(edition, site=site, templates=TEMPLATES).html
    site = replace(site, author="another")
    monkeypatch.setattr(letters, "styled", lambda html, css, styles: html)
    filled = letters.write_letter(edition, site=site, templates=TEMPLATES).html
    assert "<style>" in filled
    kept_apart = re.sub('<style data-premailer="ignore".*?</style>', "", filled, flags=re.DOTALL)
    theirs = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=False).inline(kept_apart)
    assert _declarations(theirs) == _declarations(ours)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param(
            '<p class="p">a</p>', '<p class="p" style="margin:0 0 4px;color:#000;padding:3px 0">a</p>', id="both"
        ),
        pytest.param("<td>a</td>", '<td style="color:#000;padding:3px 0">a</td>', id="a tag"),
        pytest.param("<b class='x y'>a</b>", "<b class='x y' style=\"color:red\">a</b>", id="a class among others"),
        pytest.param("<b class=x id=y>a</b>", '<b class=x id=y style="color:red">a</b>', id="without quotes"),
        pytest.param('<b class = "x">a</b>', '<b class = "x" style="color:red">a</b>', id="blanks"),
        pytest.param('<img class="x" />', '<img class="x" style="color:red" />', id="closed as in XML"),
        pytest.param("<b style=color:blue class=x>", "<b style=color:blue class=x>", id="an own style without quotes"),
        pytest.param('<img src="a" class="x">', '<img src="a" class="x" style="color:red">', id="no end"),
        pytest.param("<i>a</i>", "<i>a</i>", id="no rule"),
        pytest.param('<td style="color: red">a</td>', '<td style="color: red">a</td>', id="a style of its own"),
        pytest.param("<!--[if mso]><td><![endif]-->", "<!--[if mso]><td><![endif]-->", id="in a comment"),
        pytest.param("<style data-x>td { a: b }</style>", "<style data-x>td { a: b }</style>", id="the second block"),
        pytest.param("<style>td {}</style>é 人", "&#233; &#20154;", id="the first block goes, the rest is ASCII"),
        pytest.param(
            '<td title="a > b" class="x">', '<td title="a > b" class="x" style="color:red;padding:3px 0">', id=">"
        ),
    ],
)
def test_tags_get_the_declarations_of_their_rules(html: str, expected: str) -> None:
    """A tag's look depends on its name and classes; the more special rule wins, then the later."""
    assert expected == styled(html, CSS, styles=Styles())


def test_quotes_stay_in_their_attribute() -> None:
    """A rule with a quoted word does not end the attribute that it is written into."""
    assert '<p style="quotes:&quot;a&quot;">' == styled("<p>", 'p { quotes: "a" }', styles=Styles())


def test_without_rules_nothing_changes() -> None:
    """A letter without a style block is left as it is."""
    assert '<p class="p">a</p>' == styled('<p class="p">a</p>', css_of("<p>a</p>"), styles=Styles())


def test_comments_are_no_rules() -> None:
    """What an author notes beside the rules is dropped."""
    assert ".a { color: red }" == css_of("<style>\n/* @media { */ .a { color: red }\n</style>")


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(".a .b { x: y }", id="a descendant"),
        pytest.param(".a > .b { x: y }", id="a child"),
        pytest.param("* { x: y }", id="everything"),
        pytest.param("a:hover { x: y }", id="a state"),
        pytest.param("[href] { x: y }", id="an attribute"),
        pytest.param("#s1 { x: y }", id="one tag"),
        pytest.param("@media print { .a { x: y } }", id="an at-rule"),
        pytest.param(".a { x: y", id="an open brace"),
        pytest.param("} .a { x: y }", id="a brace too many"),
        pytest.param(".a, .b .c { x: y }", id="one of several"),
    ],
)
def test_rules_that_depend_on_more_are_refused(rule: str) -> None:
    """What would look different in another place of the letter is named, with the way out."""
    with pytest.raises(TemplateError, match=r"^template email\.html: the first style block: no rule .*second block"):
        css_of(f"<style>.ok {{ color: red }}\n{rule}</style>")


@pytest.mark.parametrize(
    ("template", "place"),
    [
        pytest.param("{# p :hover #}\n<style>\n.ok { color: red }\n.a:hover { x: y }</style>", ", line 4", id="a rule"),
        pytest.param("<style>\n/* why\n*/\n.a:hover { x: y }</style>", ", line 4", id="behind a comment"),
        pytest.param("<style>{{ shared }}</style>", "", id="from elsewhere"),
    ],
)
def test_a_fault_is_found_in_the_template(template: str, place: str) -> None:
    """Whoever changes a rule is told its line, as far as the template has it."""
    with pytest.raises(TemplateError, match=rf"^template email\.html{place}: the first"):
        css_of("<style>.ok { color: red }\n.a:hover { x: y }</style>", template=template)


def test_what_was_answered_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who keeps what was answered of own styles, as JSON, needs no premailer for the next letter; others do."""
    own = {**TEMPLATES, "email.html": TEMPLATES["email.html"].replace("#8c1c13", "#8c1c14")}
    sites = [replace(samples.SITE, title=f"Kept {number}") for number in range(3)]
    learned = Styles()
    letters.write_letter(many(12), site=sites[0], templates=own, styles=learned)
    kept = known_styles(json.loads(json.dumps(learned.answers)))
    assert len(kept.answers) > 20
    monkeypatch.setitem(sys.modules, "premailer", None)
    inline._style.cache_clear()
    first, second = (
        letters.write_letter(many(12), site=site, templates=own, styles=kept).html.replace(site.title, "")
        for site in sites[:2]
    )
    assert first == second
    assert learned.answers == kept.answers
    with pytest.raises(ImportError):
        letters.write_letter(many(12), site=sites[2], templates=own)


@pytest.mark.parametrize("edition", [DRAFT, CLOSED, OLD, many(12)], ids=["draft", "closed", "old", "contents"])
def test_a_letter_of_the_templates_we_bring_asks_nobody(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever leaves the letter as it is never waits for premailer; tools/make_looks.py keeps up with email.html."""
    monkeypatch.setitem(sys.modules, "premailer", None)
    inline._style.cache_clear()
    site = replace(samples.SITE, title=f"As it comes, {edition.key} {len(edition.groups)}")
    assert "style=" in letters.write_letter(edition, site=site, templates=TEMPLATES).html


def test_what_is_known_beforehand_is_what_premailer_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer that frtfeed brings differs from the one that it would get."""
    sheets: list[str] = []
    monkeypatch.setattr(letters, "styled", lambda html, css, styles: sheets.append(css) or html)
    site = replace(samples.SITE, title="Known beforehand")
    letters.write_letter(CLOSED, site=site, templates=TEMPLATES)
    sheet = inline._name_of(sheets[0])
    tags = [key.split(" ", 2) for key in LOOKS]
    assert {sheet} == {name for name, _, _ in tags}
    assert list(LOOKS.values()) == [inline._style(sheets[0], tag, classes) for _, tag, classes in tags]


def test_answers_are_those_of_their_rules() -> None:
    """What was learned of one style sheet is not told of another, nor of the tag with other classes."""
    styles = Styles()
    looks = [styled(f"<p class='{name}'>", f".x {{ color: {colour} }}", styles=styles) for name, colour in RULES]
    assert ["color:red", "color:blue", None] == [(re.findall(r'style="([^"]*)"', look) or [None])[0] for look in looks]
    assert 3 == len(styles.answers)


RULES = (("x", "red"), ("x", "blue"), ("y", "red"))


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(None, id="nothing"),
        pytest.param([["0123456789abcdef p x", "color:red"]], id="no mapping"),
        pytest.param({"p x": "color:red"}, id="no style sheet"),
        pytest.param({"0123456789abcdef": "color:red"}, id="no tag"),
        pytest.param({'0123456789abcdef p "': "color:red"}, id="a quote in a class"),
        pytest.param({"0123456789abcdef p x": 'color:red" onclick="x'}, id="a quote"),
        pytest.param({"0123456789abcdef p x": "color:red>"}, id="the end of a tag"),
        pytest.param({"0123456789abcdef p x": "color:r\u00e9d"}, id="beyond ASCII"),
        pytest.param({"0123456789abcdef p x": "color:\nred"}, id="two lines"),
        pytest.param({"0123456789abcdef p x": None}, id="no text"),
        pytest.param({7: "color:red"}, id="no key"),
    ],
)
def test_a_damaged_answer_is_none(kept: object) -> None:
    """What somebody kept and cannot be an answer is asked for again; what can be is believed."""
    good = {"0123456789abcdef td c l": "margin:0 0 4px;quotes:&quot;a&quot;"}
    assert {} == known_styles(kept).answers
    assert good == known_styles({**kept, **good} if isinstance(kept, dict) else good).answers
