"""What a template gets, and what its author is told when it is wrong."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.edit.score import Spread, heat_parts, total
from frtfeed.errors import TemplateError
from frtfeed.model import Facts, Group, Image, Member, Provider, Story, When
from frtfeed.records import replace
from frtfeed.render.templates import Compiled, bind, source
from tests.render import samples

INSTANT = datetime(2024, 2, 22, 23, 30, tzinfo=UTC)


def fill(template: str, *, name: str = "page.txt", **variables: object) -> str:
    """Return what a template of one file says."""
    return bind({name: template}, site=samples.SITE)(name, **variables)


def fault(templates: dict[str, str], name: str, **variables: object) -> str:
    """Return what the author of some templates is told."""
    with pytest.raises(TemplateError) as caught:
        bind(templates, site=samples.SITE)(name, **variables)
    return str(caught.value)


def covered(*providers: Provider | None) -> Group:
    """Return an event that some others told besides its lead."""
    others = [samples.story(f"x{n}", f"X {n}", provider=provider) for n, provider in enumerate(providers)]
    return replace(samples.POLICE, coverage=tuple(Member(story=other, reason="") for other in others))


def pictured(*images: Image) -> Story:
    """Return a story with pictures."""
    return samples.story("x", "X", images=images)


def test_html_is_escaped() -> None:
    """A title with markup in it is shown, not obeyed, in .html templates."""
    assert "&lt;script&gt;" == fill("{{ t }}", name="page.html", t="<script>")


def test_text_is_not_escaped() -> None:
    """A plain-text letter shows an ampersand as an ampersand."""
    assert "R&D" == fill("{{ t }}", t="R&D")


def test_what_xml_forbids_is_dropped() -> None:
    """A control or half character that slipped through costs a character, not the build."""
    assert "abc\n" == fill("{{ t }}", t="a\x00b\ud800c\n")


def test_tags_leave_no_blank_lines() -> None:
    """Lines that hold only a tag vanish; the end of the file stays."""
    assert "yes\n" == fill("{% if true %}\n  {% if true %}\nyes\n  {% endif %}\n{% endif %}\n")


@pytest.mark.parametrize(
    ("templates", "told"),
    [
        pytest.param({"a.html": "one\ntwo {{ stroy }}\n"}, "template a.html, line 2: 'stroy' is undefined", id="name"),
        pytest.param({"a.html": "\n\n{% if %}"}, "template a.html, line 3: ", id="syntax"),
        pytest.param({"a.html": "\n{{ 'x' | nope }}"}, "template a.html, line 2: No filter named 'nope'", id="filter"),
        pytest.param({"a.html": "\n{{ 1 // 0 }}"}, "template a.html, line 2: ZeroDivisionError: ", id="arithmetic"),
        pytest.param({"a.html": "\n{{ 5 | day }}"}, "template a.html, line 2: AttributeError: ", id="misused filter"),
        pytest.param(
            {"a.html": "\n{% include 'b.html' %}", "b.html": "\n\n{{ gone }}"},
            "template b.html, line 3: ",
            id="include",
        ),
        pytest.param({"a.html": "\n{% include 'b.html' %}", "b.html": "{{"}, "template b.html, line 1: ", id="nested"),
        pytest.param(
            {"a.html": "\n{% extends 'b.html' %}"},
            "template a.html, line 2: there is no template 'b.html'",
            id="parent",
        ),
        pytest.param({}, "template a.html: there is no template 'a.html'", id="missing"),
    ],
)
def test_a_mistake_is_found_by_file_and_line(templates: dict[str, str], told: str) -> None:
    """Whoever edits a template is told which file and line is wrong, and what is wrong there."""
    assert fault(templates, "a.html").startswith(told)


def test_a_missing_name_points_to_the_list_of_names() -> None:
    """Someone who misspells a variable is told where all of them are listed."""
    assert "templates/README.md" in fault({"a.html": "{{ stroy }}"}, "a.html")


@pytest.mark.parametrize("template", ["{{ lipsum() }}", "{{ [1, 2] | random }}"])
def test_a_template_cannot_throw_dice(template: str) -> None:
    """What could make two builds differ is not there."""
    assert "a.html, line 1" in fault({"a.html": template}, "a.html")


def test_what_was_compiled_is_not_compiled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who keeps compiled templates fills them as before, and is told of a mistake in the same place."""
    kept, templates = Compiled(), {"page.txt": "{{ a }}\n{{ b }}"}
    assert "1\n2" == bind(templates, site=samples.SITE, compiled=kept)("page.txt", a=1, b=2)
    assert 1 == len(kept.codes)
    monkeypatch.setattr("jinja2.Environment.compile", None)
    again = bind(templates, site=samples.SITE, compiled=kept)
    assert "3\n4" == again("page.txt", a=3, b=4)
    with pytest.raises(TemplateError, match=r"^template page\.txt, line 2: 'b' is undefined"):
        again("page.txt", a=1)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda code: b"", id="empty"),
        pytest.param(lambda code: code[:-1], id="cut short"),
        pytest.param(lambda code: code[:-1] + b"x", id="another byte"),
    ],
)
def test_damaged_code_is_compiled_again(damage: Callable[[bytes], bytes]) -> None:
    """A kept template that is not as it was, or whose text has changed since, is compiled from its text."""
    kept = Compiled()
    assert "one" == bind({"page.txt": "one"}, site=samples.SITE, compiled=kept)("page.txt")
    whole = dict(kept.codes)
    kept.codes.update({key: damage(code) for key, code in whole.items()})
    assert "one" == bind({"page.txt": "one"}, site=samples.SITE, compiled=kept)("page.txt")
    assert whole == kept.codes
    assert "two" == bind({"page.txt": "two"}, site=samples.SITE, compiled=kept)("page.txt")


def test_a_file_that_is_copied_must_be_there() -> None:
    """A missing stylesheet is named, with the way out."""
    assert "p {}" == source({"style.css": "p {}"}, "style.css")
    with pytest.raises(TemplateError, match=re.escape("template style.css: not found. Copy it")):
        source({}, "style.css")


@pytest.mark.parametrize(
    ("when", "people", "machine"),
    [
        pytest.param(When(at=INSTANT), "23 February 2024", "2024-02-22T23:30:00Z", id="time"),
        pytest.param(INSTANT, "23 February 2024", "2024-02-22T23:30:00Z", id="datetime"),
        pytest.param(When(at=INSTANT, precision="day"), "23 February 2024", "2024-02-23", id="day"),
        pytest.param(samples.month(2023, 3), "March 2023", "2023-03", id="month"),
        pytest.param(replace(samples.month(2023, 1), precision="year"), "2023", "2023", id="year"),
        pytest.param(
            When(at=INSTANT, precision="day", estimated=True), "23 February 2024 (estimated)", "2024-02-23", id="guess"
        ),
    ],
)
def test_dates_are_as_exact_as_known_in_the_zone_of_the_site(when: object, people: str, machine: str) -> None:
    """A month stays a month, for people and programs; the day is the day in the site's zone."""
    assert f"{people}|{machine}" == fill("{{ w | day }}|{{ w | machine }}", w=when)


@pytest.mark.parametrize(
    ("path", "absolute", "relative"),
    [
        pytest.param("", "https://frt.example/", "../index.html", id="front"),
        pytest.param("digest/", "https://frt.example/digest/", "../digest/index.html", id="folder"),
        pytest.param("atom.xml", "https://frt.example/atom.xml", "../atom.xml", id="file"),
        pytest.param(
            "topics/für/", "https://frt.example/topics/f%C3%BCr/", "../topics/f%C3%BCr/index.html", id="encoded"
        ),
    ],
)
def test_paths_of_the_site_are_linked_absolutely_or_from_a_page(path: str, absolute: str, relative: str) -> None:
    """Mail needs whole addresses; pages need relative ones that open from a disk too."""
    assert f"{absolute} {relative}" == fill("{{ p | link }} {{ p | link('../') }}", p=path)


def test_stories_link_to_where_they_are_read() -> None:
    """A page of ours is linked within the site, anything else where it lives."""
    template = "{{ s | href }} {{ s | href('../') }} {{ s | original }}"
    page = "incidents/shop-scanner-misidentifies-customers/"
    assert fill(template, s=samples.INCIDENT) == (
        f"https://frt.example/{page} ../{page}index.html https://records.example/incident/42"
    )
    assert fill(template, s=samples.POLICE.lead) == " ".join(["https://gazette.example/police-trial"] * 3)


def test_a_link_that_would_run_code_is_no_link() -> None:
    """An address that is not http or https does not leave, whatever the seed says."""
    story = samples.story("x", "X", url="javascript:alert(1)")
    assert "" == fill("{{ s | href }}{{ s | href('../') }}{{ s | original }}", s=story)


@pytest.mark.parametrize(("period", "word"), [("daily", "day"), ("weekly", "week"), ("monthly", "month")])
def test_a_period_has_a_word(period: Literal["daily", "weekly", "monthly"], word: str) -> None:
    """A draft says whether its day, week or month still runs, whatever its key looks like."""
    edition = replace(samples.publication().editions[0], period=period)
    assert word == fill("{{ e | period }}", e=edition)


@pytest.mark.parametrize(
    ("story", "origin"),
    [
        pytest.param(samples.POLICE.lead, "The Gazette & Sons", id="provider"),
        pytest.param(samples.story("x", "X", provider=Provider(name="", domain="a.example")), "a.example", id="domain"),
        pytest.param(samples.story("x", "X", provider=None), "gazette.example", id="address"),
        pytest.param(samples.OWN.lead, "", id="ours"),
        pytest.param(samples.INCIDENT, "incident, March 2023", id="incident"),
        pytest.param(replace(samples.INCIDENT, facts=None), "incident, January 2024", id="incident, recorded only"),
        pytest.param(replace(samples.INCIDENT, facts=Facts()), "incident, January 2024", id="incident, no date"),
        pytest.param(replace(samples.INCIDENT, facts=None, published=None), "incident", id="incident, undated"),
    ],
)
def test_a_line_says_where_a_story_comes_from(story: Story, origin: str) -> None:
    """Lists name the outlet, as well as it is known; incidents are told apart, by when they happened."""
    assert origin == fill("{{ s | origin }}", s=story)


@pytest.mark.parametrize(
    ("group", "count"),
    [
        pytest.param(samples.POLICE, 3, id="background does not count"),
        pytest.param(samples.OWN, 1, id="ours"),
        pytest.param(replace(samples.POLICE, coverage=samples.POLICE.coverage[:1] * 2), 2, id="one outlet twice"),
        pytest.param(covered(Provider(name="IT Pro"), Provider(name="Sky")), 3, id="known by their names"),
        pytest.param(covered(Provider(name="IT Pro"), Provider(name="IT PRO")), 2, id="one name, spelled twice"),
        pytest.param(covered(Provider(name="Gazette", domain="gazette.example")), 1, id="the lead's own"),
        pytest.param(covered(None), 1, id="nobody known"),
        pytest.param(replace(samples.OWN, coverage=samples.POLICE.coverage), 3, id="ours and two others"),
    ],
)
def test_outlets_are_counted_once_each(group: Group, count: int) -> None:
    """Two stories by one publisher are one outlet, and the count is what heat is made from."""
    others = [member.story for member in group.coverage]
    (_, *coverage) = heat_parts(replace(group.lead, heat=None), 0, spread=Spread([group.lead, *others]))
    assert 10 * (count - 1) == total(coverage)
    assert str(count) == fill("{{ g | outlets }}", g=group)


@pytest.mark.parametrize(
    ("members", "named"),
    [
        pytest.param(samples.POLICE.coverage, "Courier, Herald", id="all"),
        pytest.param(samples.POLICE.coverage * 2, "Courier, Herald", id="each once"),
        pytest.param(samples.CROWD.coverage[:3], "Outlet 1, Outlet 2, 1 more", id="the rest counted"),
        pytest.param(samples.POLICE.background, "Courier, incident, March 2023", id="an incident"),
        pytest.param((replace(samples.POLICE.coverage[0], story=samples.OWN.lead),), "1 more", id="nobody known"),
    ],
)
def test_a_closed_list_names_whose_stories_are_in_it(members: tuple[Member, ...], named: str) -> None:
    """One sees before opening a list whether it is worth it."""
    assert named == fill("{{ m | sources(2) | join(', ') }}", m=members)


def test_an_event_keeps_its_place_when_its_lead_changes() -> None:
    """A link to an event on a page of ours goes on working."""
    changed = replace(samples.POLICE, lead=samples.CROWD.lead)
    anchors = [fill("{{ g | anchor }}", g=group) for group in (samples.POLICE, changed, samples.CROWD)]
    assert anchors[0] == anchors[1] != anchors[2]
    assert all(anchor.isalnum() and anchor[0] == "e" for anchor in anchors)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        pytest.param("https://frt.example/pictures/a.jpg", "../pictures/a.jpg", id="on this site"),
        pytest.param("https://frt.example.org/a.jpg", "", id="on one whose name begins the same"),
        pytest.param("https://img.example/a.jpg", "", id="elsewhere"),
    ],
)
def test_pictures_on_this_site_are_linked_from_the_page(url: str, address: str) -> None:
    """A page opened from a disk or below another path finds the site's own pictures."""
    assert address == fill("{{ i | here('../') }}", i=Image(url=url))


GOOD = Image(url="https://a.example/good.jpg", width=800, height=600)


@pytest.mark.parametrize(
    ("story", "url"),
    [
        pytest.param(pictured(GOOD), GOOD.url, id="good"),
        pytest.param(pictured(replace(GOOD, url="http://a.example/x.jpg"), GOOD), GOOD.url, id="not by http"),
        pytest.param(
            pictured(replace(GOOD, url="https://a.example/p.gif", width=1, height=1), GOOD), GOOD.url, id="pixel"
        ),
        pytest.param(pictured(Image(url="https://a.example/size.jpg")), "https://a.example/size.jpg", id="no size"),
        pytest.param(pictured(replace(GOOD, width=2)), "None", id="none is left"),
        pytest.param(pictured(), "None", id="none at all"),
    ],
)
def test_a_picture_is_shown_only_when_it_is_safe(story: Story, url: str) -> None:
    """Pictures come by https, and tracking pixels do not count as pictures."""
    template = "{% set i = s | picture %}{{ i.url if i else 'None' }}"
    assert url == fill(template, s=story)


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        pytest.param(1200, 800, (300, 200), id="landscape"),
        pytest.param(800, 1600, (100, 200), id="portrait"),
        pytest.param(120, 80, (120, 80), id="never enlarged"),
        pytest.param(90000, 60, (300, 1), id="a line"),
        pytest.param(None, 80, None, id="no width"),
        pytest.param(80, 0, None, id="no height"),
    ],
)
def test_a_picture_fits_its_box(width: int | None, height: int | None, size: tuple[int, int] | None) -> None:
    """Sizes in a letter keep the picture's proportions."""
    image = Image(url="https://a.example/x.jpg", width=width, height=height)
    assert str(size) == fill("{{ i | fit(300, 200) }}", i=image)


@pytest.mark.parametrize(
    ("text", "arguments", "lines"),
    [
        pytest.param("one two three", "width=8", ["one two", "three"], id="between words"),
        pytest.param("one two three", "'- ', width=9", ["- one two", "  three"], id="a list"),
        pytest.param("one two three", "'- ', '', width=9", ["- one two", "three"], id="its own rest"),
        pytest.param("see https://a.example/path now", "width=9", ["see", "https://a.example/path", "now"], id="url"),
        pytest.param("abcdefghijk", "width=5", ["abcde", "fghij", "k"], id="a long word"),
        pytest.param("顔認識技術", "width=5", ["顔認", "識技", "術"], id="wide characters"),
        pytest.param("e\u0301e\u0301e\u0301 e", "width=5", ["e\u0301e\u0301e\u0301", "e"], id="accents stay"),
        pytest.param("a\n\n b\t c", "", ["a b c"], id="white space"),
        pytest.param("“a” … ©é", "width=5", ["“a” …", "©é"], id="quotes and dots are narrow"),
        pytest.param("a {{b c *|d", "width=5", ["a", "{{b", "c", "*|d"], id="what gets a word joiner"),
        pytest.param("http://a.example b", "'>>>> ', '', width=6", [">>>> http://a.example", "b"], id="no room for it"),
        pytest.param("", "'- '", ["- "], id="nothing"),
    ],
)  # fmt: skip
def test_text_is_wrapped_by_columns(text: str, arguments: str, lines: list[str]) -> None:
    """Lines hold at most so many columns as a terminal shows; an address is never broken."""
    assert lines == fill(f"{{{{ t | wrap({arguments}) }}}}", t=text).split("\n")


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=400))
def test_wrapping_loses_nothing(text: str) -> None:
    """Wrapped text is the same text, and no line is over 72 columns unless it holds an address."""
    wrapped = fill("{{ t | wrap }}", t=text)
    assert "".join(wrapped.split()) == "".join(text.split())
    assert all(len(line) <= 72 or "://" in line for line in wrapped.split("\n"))


@pytest.mark.parametrize(
    ("language", "title", "direction", "attributes"),
    [
        pytest.param("", "Words", "ltr", "", id="as around it"),
        pytest.param("en-GB", "Words", "", "", id="the site's language"),
        pytest.param("fr", "Des mots", "ltr", ' lang="fr"', id="another language"),
        pytest.param("ar", "التعرف", "ltr", ' lang="ar" dir="rtl"', id="the other way"),
        pytest.param("", "التعرف", "rtl", "", id="in a letter that runs its way"),
        pytest.param("ar", "التعرف", "", ' lang="ar"', id="no way asked for"),
    ],
)
def test_a_text_has_the_attributes_that_it_needs(language: str, title: str, direction: str, attributes: str) -> None:
    """A tag says its text's language and direction where they are not those of what is around it."""
    story = samples.story("x", title, language=language)
    template = "<b{{ s | tongue(s.title, d) }}>"
    assert f"<b{attributes}>" == fill(template, name="page.html", s=story, d=direction)


def test_links_are_cited_by_number() -> None:
    """Each address gets the next number and is noted; nothing is said of none."""
    template = "{% set links = [] %}a{{ 'x' | cite(links, 6) }}{{ '' | cite(links, 6) }} b{{ 'y' | cite(links, 6) }}: "
    assert "a [7] b [8]: x y" == fill(template + "{{ links | join(' ') }}")


def test_text_is_shortened_between_words() -> None:
    """A long title is cut where a word ends, and says so."""
    assert "one two…" == fill("{{ 'one two three' | short(9) }}")
