"""The letter: what a recipient sees and reads, and how it is made to fit."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from frtfeed.errors import TemplateError
from frtfeed.model import Group, Image, Provider, Publication
from frtfeed.records import replace
from frtfeed.render import RENDERERS, made
from frtfeed.render import letter as letters
from frtfeed.render.letter import write_letter
from frtfeed.render.templates import Compiled
from tests.render import samples
from tests.render.human import TEMPLATES, classed, pages, parsed, said
from tests.render.letters import (
    CLOSED,
    DRAFT,
    NOBODY,
    OLD,
    PUBLICATION,
    leads,
    letter,
    links,
    many,
    message,
    telling,
    titled,
)

# What a recipient sees


def test_the_letter_is_valid_html_in_ascii() -> None:
    """Mail programs get HTML that parses strictly, doctype first, in plain ASCII."""
    for edition in PUBLICATION.editions:
        html = letter(edition)
        tree = parsed(html)
        assert html.isascii()
        assert html.startswith("<!DOCTYPE html>\n")
        assert html.endswith("</html>\n")
        assert "en-GB" == tree.get("lang")


def test_the_letter_is_made_of_tables_for_layout() -> None:
    """Screen readers are told that the tables mean nothing; the sheet is 600 pixels wide, in Outlook too."""
    html = letter()
    assert {"presentation"} == {each.get("role") for each in parsed(html).iter("table")}
    assert "max-width:600px" in html
    assert '<!--[if mso]><table role="presentation" width="600"' in html


def test_the_letter_has_headings() -> None:
    """One h1 names the period, each lead is an h2 and its headline the link; its lists are h3."""
    tree = parsed(letter(DRAFT))
    assert ["h1", "h2", "h3", "h3", "h2", "h2"] == [each.tag for each in tree.iter() if each.tag in ("h1", "h2", "h3")]
    assert ["Week 08 of 2024"] == [said(each) for each in tree.iter("h1")]
    assert [
        ("Police & <live> scanning: London's 'trial' ends", ["https://gazette.example/police-trial"]),
        ("Our view: the law is late", ["https://frt.example/stories/our-view-the-law-is-late/"]),
    ] == [(said(each), links(each)) for each in leads(tree)]


def test_a_lead_is_told_with_its_coverage_and_background() -> None:
    """Outlet and date, excerpt, why it is here, coverage with the outlet first, background apart with its dates."""
    tree = parsed(letter(DRAFT))
    assert [
        "2 stories · 1 min read · Read it online",
        "The Gazette & Sons · 21 February 2024",
        "19 February 2024",
    ] == [said(each) for each in classed(tree, "by")]
    assert "A force & its vendor stop <scanning> faces in the street." == said(classed(tree, "p")[0])
    assert ["Also covered by", "Background"] == [said(each) for each in tree.iter("h3")]
    assert [
        "Courier Face van parked for good",
        "Herald Trial <over>, says force",
    ] == [said(each) for each in classed(classed(tree, "n")[0], "i")]
    assert [
        "Courier Trial begins 2 November 2023",
        "Incident, March 2023 Shop scanner misidentifies customers"
        "Developed by Facegate · Deployed by Corner Shop & Co · Where UK, Ireland",
    ] == [said(each) for each in classed(classed(tree, "b")[0], "i")]
    assert [
        "Heat 77 · 3 outlets · first reported by The Gazette & Sons, 21 February",
        "Heat 40 · told here only",
    ] == [said(each) for each in classed(tree, "w")]


def test_an_incident_is_told_with_its_facts() -> None:
    """Who developed, who deployed and where stand below the excerpt, with the record, in both forms."""
    stated = [said(each) for each in classed(parsed(letter(OLD)), "f")]
    assert ["Developed by Facegate · Deployed by Corner Shop & Co · Where UK, Ireland · the record"] == stated
    text = letter(OLD, form="txt")
    assert "\nDeveloped by: Facegate; Deployed by: Corner Shop & Co; Where: UK,\nIreland; the record [2]\n" in text
    assert "[2] https://records.example/incident/42\n" in text


def test_long_coverage_goes_on_on_the_web() -> None:
    """A letter lists twelve outlets and links to the rest, in both forms."""
    items = classed(classed(parsed(letter()), "n")[0], "i")
    assert 13 == len(items)
    assert ("and 2 more on the web", ["https://frt.example/digest/2024-W07/"]) == (said(items[-1]), links(items[-1]))
    assert "- and 2 more on the web [14]\n" in letter(form="txt")


def test_the_preheader_is_the_first_text_and_hidden() -> None:
    """A list of mail shows, behind the subject, the headlines for which the subject has no room."""
    first = parsed(letter()).find("body")[0][0]
    assert "display:none" in first.get("style")
    assert "التعرف على الوجوه في المطارات" == said(first)
    assert "Shop scanner misidentifies customers" == said(parsed(letter(OLD)).find("body")[0][0])


def test_a_draft_says_that_it_is_one() -> None:
    """A preview of a running week is marked in both forms; a closed edition is not."""
    notice = "This edition is a draft: its week still runs."
    assert [True, True] == [notice in letter(DRAFT), notice in letter(DRAFT, form="txt")]
    assert [False, False] == [notice in letter(CLOSED), notice in letter(CLOSED, form="txt")]


def test_what_an_earlier_edition_told_is_marked() -> None:
    """An event that has grown says so before its headline, outside of the link, in both forms."""
    edition = replace(CLOSED, updates=frozenset({samples.ARABIC.id}))
    headlines = leads(parsed(letter(edition)))
    title = samples.ARABIC.lead.title
    assert ["Parliament bans face databases", f"Update: {title}"] == [said(each) for each in headlines]
    assert title == said(next(headlines[1].iter("a")))
    assert f"\n2. Update: {title} [" in letter(edition, form="txt")
    for form in ("html", "txt"):
        assert "Update:" not in letter(CLOSED, form=form)


def test_the_footer_leads_on() -> None:
    """Below the stories: the site, all editions, the feed, both ways out, the sender's address, the rights."""
    (foot,) = classed(parsed(letter()), "foot")
    assert [
        "https://frt.example/",
        "https://frt.example/digest/",
        "https://frt.example/digest/atom.xml",
        "https://frt.example/unsubscribe",
        "mailto:leave@frt.example",
    ] == links(foot)
    assert "1 Example Street, Berlin" in said(foot)
    assert "Excerpts belong to their publishers." in said(foot)


def test_a_letter_promises_no_way_out_that_is_not_configured() -> None:
    """Without an unsubscribe address there is no link that does nothing, and no header either."""
    assert "nsubscribe" not in letter(site=NOBODY)
    assert "nsubscribe" not in letter(site=NOBODY, form="txt")
    assert message(site=NOBODY)["List-Unsubscribe"] is None


def test_a_missing_rights_line_leaves_no_gap() -> None:
    """What the site does not say is not there."""
    silent = replace(NOBODY, rights="")
    assert 1 == len(list(classed(parsed(letter(site=silent)), "foot")[0].iter("p")))
    assert letter(site=silent, form="txt").endswith("/digest/atom.xml\n")


def test_the_letter_is_complete_without_its_pictures() -> None:
    """A picture has width, height and a description, and no link or headline hangs on it."""
    (picture,) = parsed(letter(DRAFT)).iter("img")
    expected = {"width": "544", "height": "363", "alt": 'A "van"'}
    assert expected == {name: picture.get(name) for name in expected}


def test_only_the_first_picture_is_wide() -> None:
    """The other stories' pictures stand beside them, small."""
    tree = parsed(letter(telling(samples.POLICE, samples.POLICE)))
    assert ["544", "112"] == [each.get("width") for each in tree.iter("img")]


def test_a_picture_of_unknown_size_is_left_out() -> None:
    """Without a size, Outlook would show a picture at its full width."""
    lead = replace(samples.POLICE.lead, images=(Image(url="https://a.example/x.jpg"),))
    assert [] == list(parsed(letter(telling(replace(samples.POLICE, lead=lead)))).iter("img"))


def test_nothing_is_loaded_but_pictures() -> None:
    """No font, stylesheet, script, frame, form or tracking pixel; pictures by https."""
    tree = parsed(letter(DRAFT))
    tags = {each.tag for each in tree.iter() if isinstance(each.tag, str)}
    assert tags.isdisjoint({"link", "script", "iframe", "form", "video", "object", "base"})
    assert {"https://img.gazette.example/a.jpg?w=1200&h=800"} == {
        each.get("src") for each in tree.iter() if each.get("src")
    }
    assert "url(" not in letter(DRAFT)
    assert "@import" not in letter(DRAFT)


def test_dark_mode_survives_inlining() -> None:
    """The rules that cannot be written into tags are still there, with their !important."""
    (style,) = parsed(letter()).iter("style")
    assert "@media (prefers-color-scheme: dark)" in style.text
    assert "@media (max-width: 620px)" in style.text
    assert "[data-ogsc] .f, [data-ogsc] .t, [data-ogsc] .th { color: #e8e6e1 !important; }" in style.text


def test_styles_stand_in_the_tags() -> None:
    """Programs that drop style blocks still show the letter as it is meant."""
    tree = parsed(letter())
    assert all("color:#1c1b19" in each.get("style") for each in classed(tree, "t"))
    assert all(each.get("style") for each in tree.iter("p"))


def test_another_language_is_marked() -> None:
    """A screen reader changes its voice for an Arabic headline."""
    headline = leads(parsed(letter()))[1]
    assert ("ar", "rtl") == (next(headline.iter("a")).get("lang"), headline.get("dir"))


RTL_TITLE, RTL_NAME = "التعرف على الوجوه", "الجزيرة"


def test_each_text_runs_its_own_way() -> None:
    """Headline, excerpt and outlet are told apart: one may be Arabic where the other is English."""
    lead = samples.story(
        "x",
        "London bans cameras",
        excerpt=RTL_TITLE,
        language="ar",
        provider=Provider(name=RTL_NAME, domain="a.example"),
    )
    group = samples.group(lead, coverage=samples.POLICE.coverage[:1])
    tree, text = parsed(letter(telling(group))), letter(telling(group), form="txt")
    assert (None, "rtl") == (leads(tree)[0].get("dir"), classed(tree, "p")[0].get("dir"))
    assert [RTL_NAME, RTL_NAME, samples.SITE.title] == [said(each) for each in tree.iter("bdi")]
    assert f"\n\u2068{RTL_NAME}\u2069, 20 February 2024\n" in text
    assert f"first reported by \u2068{RTL_NAME}\u2069, 20 February\n" in text


def test_what_just_missed_keeps_its_language() -> None:
    """A headline that is on the web only is marked like the others."""
    tree = parsed(letter(telling(*many(100).groups, samples.ARABIC)))
    assert [] == [each for each in tree.iter("span") if each.get("lang")]
    groups = many(100).groups
    kept = len(leads(tree))
    tree = parsed(letter(telling(*groups[:kept], samples.ARABIC, *groups[kept:])))
    (missed,) = [each for each in tree.iter("span") if each.get("lang")]
    assert ("ar", "rtl", samples.ARABIC.lead.title) == (missed.get("lang"), missed.get("dir"), said(missed))


def test_a_site_from_right_to_left_has_letters_that_are() -> None:
    """The whole letter is turned round, and a headline that runs the other way is marked."""
    site = replace(samples.SITE, language="ar")
    html = letter(site=site)
    tree = parsed(html)
    assert "rtl" == tree.get("dir")
    assert {"right", "center"} == {each.get("align") for each in tree.iter("td")}
    assert ["ltr", None] == [each.get("dir") for each in leads(tree)]
    assert "border-right:3px solid" in html
    assert "border-left:3px solid" not in html
    assert parsed(letter()).get("dir") is None


def test_a_picture_without_words_of_its_own_says_whose_it_is() -> None:
    """Where pictures are off, no grey box stands without a word."""
    (image,) = samples.POLICE.lead.images
    lead = replace(samples.POLICE.lead, images=(replace(image, alt=" "),))
    edition = telling(replace(samples.POLICE, lead=lead), replace(samples.POLICE, lead=replace(lead, provider=None)))
    told = [each.get("alt") for each in parsed(letter(edition)).iter("img")]
    assert ["Picture: The Gazette & Sons", "Picture: gazette.example"] == told


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        pytest.param("Minister says {{ 7*7 }}", "{\u2060{ 7*7 }}", id="a variable"),
        pytest.param("What {% if %} means", "{\u2060% if %}", id="a statement"),
        pytest.param("Dear {name}, we scan you", "{\u2060name}", id="a mail merge"),
        pytest.param("*|FNAME|* is watched", "*\u2060|FNAME|*", id="another"),
        pytest.param("Sets { and } and *", "{ and } and *", id="mere braces"),
    ],
)
def test_what_looks_like_a_template_is_taken_apart(title: str, shown: str) -> None:
    """A headline in a template's marks is told as it is, and nobody takes it for what was left unfilled."""
    html, text = letter(titled(title)), letter(titled(title), form="txt")
    assert shown in said(leads(parsed(html))[0])
    assert shown in text


def test_a_picture_keeps_its_address() -> None:
    """A brace in an address is encoded, not taken apart."""
    (image,) = samples.POLICE.lead.images
    lead = replace(samples.POLICE.lead, images=(replace(image, url="https://img.example/{{w}}.jpg"),))
    (picture,) = parsed(letter(telling(replace(samples.POLICE, lead=lead)))).iter("img")
    assert "https://img.example/%7B%7Bw%7D%7D.jpg" == picture.get("src")


@pytest.mark.parametrize("form", ["html", "txt"])
def test_a_story_without_address_or_date_is_told(form: str) -> None:
    """What can be read nowhere stands in the letter as text."""
    nowhere = samples.story("x", "Nowhere to go", url="", provider=None, published=None, excerpt="")
    told = letter(telling(samples.group(nowhere, heat=0)), form=form)
    assert "Nowhere to go" in told
    assert "Nowhere to go</a>" not in told
    assert "Nowhere to go [" not in told


def test_an_edition_without_stories_is_a_letter() -> None:
    """Nothing breaks when everything in an edition was withdrawn."""
    empty = telling()
    assert "0 stories" in letter(empty)
    assert "Face Recognition Watch (Week 07 of 2024)" == message(empty)["Subject"]


def test_markup_in_a_title_is_shown_not_obeyed() -> None:
    """`<script>` in a headline is text in the HTML, and plain in the text part."""
    edition = titled("</title><script>alert(1)</script>")
    assert "<script" not in letter(edition)
    assert letter(edition).count("&lt;script&gt;") >= 2
    assert "<script>alert(1)</script>" in letter(edition, form="txt")


# The text part


def test_every_link_of_the_html_stands_in_the_text_in_the_same_order() -> None:
    """Whoever reads the plain text loses nothing."""
    for edition in PUBLICATION.editions:
        listed = re.findall(r"^\[\d+\] (\S+)$", letter(edition, form="txt"), re.MULTILINE)
        rest = re.findall(r"^(?:https:|mailto:)\S+$", letter(edition, form="txt"), re.MULTILINE)
        in_html = links(parsed(letter(edition)))
        stories = in_html[1 : len(listed) + 1]
        assert listed == stories
        assert [*in_html[:1], *in_html[len(listed) + 1 :]] == rest


def test_links_in_the_text_are_numbered_from_one() -> None:
    """Each number stands once in the prose and once in front of its address."""
    text = letter(DRAFT, form="txt")
    assert [1, 2, 3, 4, 5, 6] == [int(n) for n in re.findall(r"^\[(\d+)\] ", text, re.MULTILINE)]
    assert [1, 2, 3, 4, 5, 6] == [int(n) for n in re.findall(r" \[(\d+)\]", text)]


def test_numbers_run_on_however_the_letter_was_cut() -> None:
    """Where a list is folded, the links of every story behind it move up, in both forms alike."""
    tall = [samples.group(samples.story(f"tall-{n}", f"Tall {n}"), coverage=samples.CROWD.coverage) for n in range(20)]
    flat = [samples.group(samples.story(f"flat-{n}", f"Flat {n}", excerpt="Few words.")) for n in range(20)]
    groups = [group for pair in zip(tall, flat, strict=True) for group in pair]
    made = write_letter(telling(*groups), site=samples.SITE, templates=TEMPLATES)
    assert (40, True) == (len(leads(parsed(made.html))), "lists were folded" in made.html)
    numbered = re.findall(r"^\[(\d+)\] (\S+)$", made.text, re.MULTILINE)
    assert [str(n) for n in range(1, len(numbered) + 1)] == [number for number, _ in numbered]
    in_html = [each for each in links(parsed(made.html)) if not each.startswith("#")]
    assert [address for _, address in numbered] == in_html[1 : len(numbered) + 1]


def test_the_text_is_72_columns_wide() -> None:
    """Long titles and excerpts wrap; addresses do not."""
    long = "https://gazette.example/" + "a-very-long-path/" * 12
    lead = samples.story("x", "Words that go on " * 12, url=long, excerpt="More words, and more. " * 20)
    text = letter(telling(samples.group(lead)), form="txt")
    assert all(len(line) <= 72 or "://" in line for line in text.splitlines())
    assert f"[1] {long}\n" in text
    assert "\n   " in text


def test_the_text_has_no_gaps() -> None:
    """Paragraphs stand one blank line apart, and no line ends in a blank."""
    for edition in PUBLICATION.editions:
        text = letter(edition, form="txt")
        assert "\n\n\n" not in text
        assert [] == [line for line in text.splitlines() if line != line.rstrip()]
        rules = [at for at, line in enumerate(text.splitlines()) if line == "-" * 72]
        assert [("", "")] * len(rules) == [(text.splitlines()[at - 1], text.splitlines()[at + 1]) for at in rules]


# The size


def test_a_letter_that_gmail_would_clip_loses_stories_from_its_end_and_says_so() -> None:
    """Of 300 leads as many are kept as fit; the rest are counted and linked, in both forms."""
    html, text = letter(many(300)), letter(many(300), form="txt")
    tree = parsed(html)
    kept = len(leads(tree))
    assert 55_000 < len(html) <= 80_000
    assert len(letter(many(300), form="eml")) <= 102_400
    assert 20 < kept < 300
    assert [(f"{300 - kept} more on the web", ["https://frt.example/digest/2024-W07/"])] == [
        (said(each), links(each)) for each in list(tree.iter("h2"))[-1:]
    ]
    assert f"\n{300 - kept} more on the web:\nhttps://frt.example/digest/2024-W07/\n" in text
    assert [True, True] == [f"Headline {kept - 1} of many" in each for each in (html, text)]
    missed = "; ".join(f"Headline {n} of many (heat 50)" for n in range(kept, kept + 3))
    assert f"Just missed the cut: {missed}." == said(
        next(each for each in classed(tree, "p") if said(each).startswith("Just"))
    )
    assert f"Just missed the cut: {missed}." in " ".join(text.split())
    assert f"300 stories, {kept} of them here" in text
    assert "https://frt.example/unsubscribe" in html


def test_a_letter_that_fits_keeps_every_story() -> None:
    """Nothing is left out without need, and the letter says that nothing missed the cut."""
    html, text = letter(many(10)), letter(many(10), form="txt")
    assert 10 == len(leads(parsed(html)))
    assert "more on the web" not in html
    assert [True, True] == ["Nothing missed the cut" in each for each in (html, text)]
    assert [False, False] == ["To fit into one mail" in each for each in (html, text)]


SHORT, LONG = "Who scans whom. ", "What happened, and what the court said of it, in many words. "
FITTED = "To fit into one mail, {}; the web has all of it."


@pytest.mark.parametrize(
    ("leads_told", "excerpt", "covered", "said_so"),
    [
        pytest.param(20, SHORT, 2, "", id="all of it"),
        pytest.param(18, LONG * 12, 1, "", id="no excerpt has more than 600 characters anyway"),
        pytest.param(36, LONG * 12, 1, "excerpts were shortened", id="excerpts first"),
        pytest.param(20, LONG, 14, "lists were folded", id="then lists"),
        pytest.param(30, LONG * 12, 14, "excerpts were shortened and lists were folded", id="both"),
    ],
)
def test_a_letter_is_cut_in_steps_and_says_so(leads_told: int, excerpt: str, covered: int, said_so: str) -> None:
    """Excerpts are shortened before lists are folded, and leads move to the web last of all."""
    groups = [
        samples.group(
            samples.story(f"lead-{n}", f"Headline {n}", excerpt=excerpt.strip()),
            coverage=samples.CROWD.coverage[:covered],
        )
        for n in range(leads_told)
    ]
    html, text = letter(telling(*groups)), letter(telling(*groups), form="txt")
    for form in (html, " ".join(text.split())):
        assert (FITTED.format(said_so) in form) if said_so else ("To fit into one mail" not in form)
    assert (leads_told == len(leads(parsed(html)))) or said_so == "excerpts were shortened and lists were folded"


def test_the_end_of_a_letter_is_shortened_first() -> None:
    """Who reads the first stories only reads them in full, as far as there is room."""
    groups = [samples.group(samples.story(f"lead-{n}", f"Headline {n}", excerpt=LONG * 12)) for n in range(45)]
    tree = parsed(letter(telling(*groups)))
    excerpts = [len(said(each)) for each in classed(tree, "p") if said(each).startswith("What happened")]
    assert 45 == len(excerpts)
    assert sorted(excerpts, reverse=True) == excerpts
    assert excerpts[0] > excerpts[-1] + 100


@pytest.mark.parametrize(("covered", "listed"), [(12, 12), (13, 13), (14, 13)])
def test_one_more_is_told_instead(covered: int, listed: int) -> None:
    """ "and 1 more" would take as much room as the story: it is never said."""
    group = replace(samples.CROWD, coverage=samples.CROWD.coverage[:covered])
    items = classed(classed(parsed(letter(telling(group))), "n")[0], "i")
    assert listed == len(items)
    assert (covered > 13) == said(items[-1]).startswith("and ")


TITLES = {
    "latin": "A headline that goes on. " * 20,
    "one word": "x" * 500,
    "arabic": "التعرف على الوجوه " * 28,
    "thai": "เทคโนโลยีจดจำใบหน้า" * 26,
    "chinese": "人脸识别技术" * 84,
    "emoji": "😀🙈" * 250,
}


@pytest.mark.parametrize("script", TITLES)
@pytest.mark.parametrize(("count", "related"), [(1, 179), (20, 3), (100, 1), (500, 0)])
def test_any_edition_fits(script: str, count: int, related: int) -> None:
    """However much is told in whatever script, the letter and its message fit, and their end is there."""
    title = TITLES[script]
    crowd = [samples.member(f"c{n}", title) for n in range(related)]
    groups = [samples.group(samples.story(f"l{n}", title, excerpt=title), coverage=tuple(crowd)) for n in range(count)]
    made = write_letter(telling(*groups), site=samples.SITE, templates=TEMPLATES)
    assert made.html.isascii()
    assert len(made.html) <= 80_000
    assert 1 <= len(leads(parsed(made.html))) <= count
    assert len(letter(telling(*groups), form="eml")) <= 102_400
    for form in (made.html, made.text):
        assert "https://frt.example/unsubscribe" in form
        assert "1 Example Street, Berlin" in form
    assert made.html.endswith("</html>\n")


def test_an_edition_of_a_usual_week_is_light() -> None:
    """22 leads with three related stories each take no more than 64,000 bytes of HTML, all of them in full."""
    excerpt = (
        "The regulator has told the operator to give up scanning the faces of its employees to record when they come. "
    )
    groups = [
        samples.group(
            samples.story(
                f"2024/02/a-headline-of-an-ordinary-length-in-an-address-{n}",
                f"A headline of an ordinary length, as papers print them, number {n}",
                excerpt=excerpt * 2,
            ),
            coverage=tuple(
                samples.member(
                    f"2024/02/what-another-outlet-says-of-it-{n}-{k}", "What another outlet says of it, at length"
                )
                for k in range(3)
            ),
            heat=100 - n,
        )
        for n in range(22)
    ]
    made = write_letter(telling(*groups), site=samples.SITE, templates=TEMPLATES)
    assert (22, False) == (len(leads(parsed(made.html))), "To fit into one mail" in made.html)
    assert len(made.html) <= 64_000


@pytest.mark.parametrize(("count", "listed", "below"), [(10, 0, 0), (11, 11, 0), (12, 10, 2), (40, 10, 30)])
def test_more_than_ten_leads_have_a_contents_list(count: int, listed: int, below: int) -> None:
    """The list leads to the first ten headlines and to those below; in the text it numbers them."""
    tree, text = parsed(letter(many(count))), letter(many(count), form="txt")
    contents = [each.get("href") for each in tree.iter("a") if each.get("href").startswith("#")]
    assert [f"#s{n}" for n in range(1, listed + 1 + (below > 0))] == contents
    assert [f"and {below} more below" in form for form in (letter(many(count)), text)] == [below > 0] * 2
    assert listed == len(re.findall(r"^ {1,2}\d+  Headline", text, re.MULTILINE))
    assert set(contents) <= {f"#{each.get('id')}" for each in leads(tree)}


def test_reading_time_counts_what_is_told() -> None:
    """230 words take a minute; where nobody writes blanks, two characters are a word."""
    told = {
        name: letter(
            telling(*(samples.group(samples.story(f"x{n}", title, excerpt=words)) for n in range(5))), form="txt"
        )
        for name, title, words in (("english", "Words", "word " * 119), ("chinese", "人脸", "人脸识别" * 75))
    }
    assert {"english": "3 min read", "chinese": "4 min read"} == {
        name: re.search(r"\d+ min read", text)[0]
        for name, text in told.items()  # type: ignore[index]
    }


def test_a_letter_is_written_once_for_all_who_get_the_same() -> None:
    """The same selection asks the templates once: ten thousand readers cost one letter."""
    edition = titled("Told to many")
    first = write_letter(edition, site=samples.SITE, templates=TEMPLATES)
    assert write_letter(edition, site=samples.SITE, templates=dict(TEMPLATES)) is first
    assert write_letter(edition, site=NOBODY, templates=TEMPLATES) is not first


def test_a_changed_template_is_seen() -> None:
    """Who changes a template between two letters of the same edition gets another letter."""
    templates, edition = dict(TEMPLATES), titled("Told with another template")
    before = write_letter(edition, site=samples.SITE, templates=templates)
    templates["email.txt"] = "Changed"
    assert "Changed" == write_letter(edition, site=samples.SITE, templates=templates).text != before.text


def test_what_a_letter_compiled_can_be_kept() -> None:
    """Who keeps the four templates of a letter, compiled, need not compile them for the next."""
    kept = Compiled()
    write_letter(titled("Kept"), site=replace(samples.SITE, title="Kept"), templates=TEMPLATES, compiled=kept)
    assert 4 == len(kept.codes)


def test_a_corrected_story_is_told_anew() -> None:
    """An edition of the same events is another letter as soon as a word of it differs."""
    first, second = titled("Wrongly told"), titled("Rightly told")
    assert [group.id for group in first.groups] == [group.id for group in second.groups]
    told = [write_letter(edition, site=samples.SITE, templates=TEMPLATES).text for edition in (first, second)]
    assert [(True, False), (False, True)] == [("Wrongly told" in text, "Rightly told" in text) for text in told]


def test_nothing_is_given_up_that_would_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an event is said to take at least, before it is written, is never more than what it takes."""
    written, surplus = letters._lead, []

    def weighed(desk: letters._Desk, group: Group, cut: letters.Cut, **rest: Any) -> letters.Lead:
        lead = written(desk, group, cut, **rest)
        surplus.append(lead.body - letters._least(group, cut, site=desk.site))
        return lead

    monkeypatch.setattr(letters, "_lead", weighed)
    plain = samples.story("x", "X", url="", provider=None, published=None)
    bare = samples.group(plain, coverage=(samples.member("y", "Y"),) * 30, background=(samples.member("z", "Z"),) * 30)
    long = [samples.group(samples.story(f"l{n}", title, excerpt=title)) for n, title in enumerate(TITLES.values())]
    words = samples.group(samples.story("w", "W" * 151 + " " + "w" * 400, excerpt="E" * 81 + " " + "e" * 900))
    for groups in (
        [bare] * 40,
        [samples.group(plain)],
        [words] * 40,
        long,
        many(40).groups,
        *(edition.groups for edition in PUBLICATION.editions),
    ):
        write_letter(replace(telling(*groups), key="weighed"), site=samples.SITE, templates=TEMPLATES)
    assert len(surplus) > 100
    assert min(surplus) >= 0


def test_what_a_longer_event_takes_is_not_overrated(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an event is said to take more at a longer cut, before it is written, is never more than what it takes."""
    desks: list[letters._Desk] = []
    fit = letters._fit
    monkeypatch.setattr(letters, "_fit", lambda desk, *, room: desks.append(desk) or fit(desk, room=room))
    lists = [tuple(samples.member(f"{name}{n}", "Y", url="") for n in range(15)) for name in "cb"]
    groups = [
        samples.group(
            samples.story("x", "X", excerpt="e " * words), coverage=lists[0][:count], background=lists[1][:count]
        )
        for words in (0, 79, 81, 149, 151, 290, 310, 400)
        for count in (0, 2, 3, 4, 6, 7, 13, 14, 15)
    ]
    write_letter(replace(telling(*groups), key="overrated"), site=samples.SITE, templates=TEMPLATES)
    surplus = []
    for group in groups:
        told = letters._event(desks[0], group, number=1)
        bodies = [letters._lead(desks[0], group, cut, told=told, number=1, links=95).body for cut in letters.CUTS]
        for after, cut in enumerate(letters.CUTS):
            for before in range(after + 1, len(letters.CUTS)):
                said = letters._least_more(group, letters.CUTS[before], cut, site=samples.SITE)
                surplus.append(bodies[after] - bodies[before] - said)
    assert len(surplus) == 720
    assert min(surplus) >= 0


def test_one_story_is_always_told() -> None:
    """Even where a template is too large for any story, the first one is told, and the loop ends."""
    templates = {**TEMPLATES, "email.html": TEMPLATES["email.html"].replace("<h1", "<p>" + "x" * 90_000 + "</p><h1")}
    html = pages("email", replace(PUBLICATION, editions=(many(3),)), templates)[f"{CLOSED.path}email.html"].content
    assert 1 == html.count(b'id="s')


# The templates


def broken(change: str, to: str) -> str:
    """Return what the author of a changed email.html is told."""
    assert change in TEMPLATES["email.html"]
    templates = {**TEMPLATES, "email.html": TEMPLATES["email.html"].replace(change, to, 1)}
    with pytest.raises(TemplateError) as caught:
        list(made(RENDERERS["email"](PUBLICATION, templates=templates)))
    return str(caught.value)


def test_styles_that_cannot_be_inlined_are_reported() -> None:
    """A rule that depends on more than a tag is refused; the author is told which file and what to do."""
    told = broken("<style>\n", "<style>\n@media (x) { @media (y) { .p { color: red } } }\n")
    assert told.startswith(
        "template email.html, line 22: the first style block: no rule for a tag or a class: '@media (x)"
    )
    assert "second block" in told


def test_a_frame_that_grows_with_its_leads_fits_too() -> None:
    """What a template of one's own adds for each lead is measured like everything else."""
    frame = TEMPLATES["email.html"].replace("{{ lead }}\n", "{{ lead }}\n<tr><td>{{ 'x' * 3000 }}</td></tr>\n")
    made = write_letter(many(40), site=samples.SITE, templates={**TEMPLATES, "email.html": frame})
    assert 15 < len(leads(parsed(made.html))) < 26
    assert 75_000 < len(made.html) <= 80_000


def test_a_mistake_in_the_text_is_found() -> None:
    """The build stops with the file and line of the mistake."""
    templates = {**TEMPLATES, "email.txt": "\n{{ edtion }}"}
    with pytest.raises(TemplateError, match=r"^template email\.txt, line 2: 'edtion' is undefined"):
        list(made(RENDERERS["email"](PUBLICATION, templates=templates)))


def test_a_template_of_ones_own_wins() -> None:
    """Whoever writes a letter of their own sends that one."""
    templates = {**TEMPLATES, "email.html": "<style>.x { color: red }</style><p class='x'>{{ preheader }}</p>"}
    made = pages("email", replace(PUBLICATION, editions=(OLD,)), templates)["digest/2024-W01/email.html"]
    assert b"<p class='x' style=\"color:red\">Shop scanner misidentifies customers</p>" in made.content


def test_absolute_addresses_only() -> None:
    """Every link of a letter works from an inbox."""
    publication: Publication = PUBLICATION
    for edition in publication.editions:
        assert {urlsplit(each).scheme for each in links(parsed(letter(edition)))} <= {"https", "mailto"}
