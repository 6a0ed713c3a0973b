"""The letter: what a recipient sees, and what the programs on its way see."""

import email
import re
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import css_inline
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frtfeed.errors import TemplateError
from frtfeed.model import Edition, Group, Image, Publication, Sender
from frtfeed.render import RENDERERS
from tests.render import samples
from tests.render.human import TEMPLATES, classed, pages, parsed, said

PUBLICATION = samples.publication()
DRAFT, CLOSED, OLD = PUBLICATION.editions
NOBODY = replace(samples.SITE, sender=Sender())


def letter(edition: Edition = CLOSED, *, site: object = samples.SITE, form: str = "html") -> str:
    """Return one form of an edition's letter."""
    publication = replace(PUBLICATION, editions=(edition,), site=site)  # type: ignore[arg-type]
    return pages("email", publication)[f"{edition.path}email.{form}"].content.decode()


def message(edition: Edition = CLOSED, *, site: object = samples.SITE) -> EmailMessage:
    """Return an edition's message as a mail program reads it."""
    read = email.message_from_bytes(letter(edition, site=site, form="eml").encode("ascii"), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def telling(*groups: Group, edition: Edition = CLOSED) -> Edition:
    """Return an edition of some groups."""
    return replace(edition, groups=groups)


def titled(title: str) -> Edition:
    """Return an edition with one story of that title."""
    return telling(replace(samples.POLICE, lead=replace(samples.POLICE.lead, title=title)))


def links(tree: Any) -> list[str]:
    """Return where a letter's links lead, in their order."""
    return [each.get("href") for each in tree.iter("a")]


def test_each_edition_has_three_forms() -> None:
    """HTML, text and message lie in the edition's folder."""
    assert {path: each.media_type for path, each in pages("email", PUBLICATION).items()} == {
        f"digest/{key}/email.{form}": media_type
        for key in ("2024-W08", "2024-W07", "2024-W01")
        for form, media_type in (
            ("html", "text/html; charset=utf-8"),
            ("txt", "text/plain; charset=utf-8"),
            ("eml", "message/rfc822"),
        )
    }


def test_the_same_edition_gives_the_same_bytes() -> None:
    """Boundary, date and Message-ID depend on the edition only."""
    assert pages("email", PUBLICATION) == pages("email", samples.publication())


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
    """One h1 names the period, each lead is an h2, and its headline is the link."""
    tree = parsed(letter(DRAFT))
    assert ["Week 08 of 2024"] == [said(each) for each in tree.iter("h1")]
    assert [
        ("Police & <live> scanning: London's 'trial' ends", ["https://gazette.example/police-trial"]),
        ("Our view: the law is late", ["https://frt.example/stories/our-view-the-law-is-late/"]),
    ] == [(said(each), links(each)) for each in tree.iter("h2")]


def test_a_lead_is_told_with_its_coverage_and_background() -> None:
    """Outlet and date, excerpt, coverage with the outlet first, background apart, heat."""
    tree = parsed(letter(DRAFT))
    assert [
        "The Gazette & Sons · 21 February 2024",
        "19 February 2024",
    ] == [said(each) for each in classed(tree, "by")][1:]
    assert "A force & its vendor stop <scanning> faces in the street." == said(classed(tree, "p")[0])
    assert [
        "Courier: Face van parked for good",
        "Herald: Trial <over>, says force",
    ] == [said(each) for each in classed(classed(tree, "coverage")[0], "li")]
    assert [
        "Courier: Trial begins",
        "incident, March 2023: Shop scanner misidentifies customers",
    ] == [said(each) for each in classed(classed(tree, "background")[0], "li")]
    assert ["heat 77 · 3 outlets", "heat 40"] == [said(each) for each in classed(tree, "heat")]


def test_long_coverage_goes_on_on_the_web() -> None:
    """A letter lists twelve outlets and links to the rest, in both forms."""
    items = classed(classed(parsed(letter()), "coverage")[0], "li")
    assert 13 == len(items)
    assert ("and 2 more on the web", ["https://frt.example/digest/2024-W07/"]) == (said(items[-1]), links(items[-1]))
    assert "- and 2 more on the web [14]\n" in letter(form="txt")


def test_the_preheader_is_the_first_text_and_hidden() -> None:
    """A list of mail shows, behind the subject, the headlines for which the subject has no room."""
    body = parsed(letter()).find("body")
    assert "display:none" in body[0].get("style")
    assert "التعرف على الوجوه في المطارات" == said(body[0])
    assert "Shop scanner misidentifies customers" == said(parsed(letter(OLD)).find("body")[0])


def test_a_draft_says_that_it_is_one() -> None:
    """A preview of a running week is marked in both forms; a closed edition is not."""
    notice = "This edition is a draft: its week still runs."
    assert [True, True] == [notice in letter(DRAFT), notice in letter(DRAFT, form="txt")]
    assert [False, False] == [notice in letter(CLOSED), notice in letter(CLOSED, form="txt")]


def test_what_an_earlier_edition_told_is_marked() -> None:
    """An event that has grown says so before its headline, outside of the link, in both forms."""
    edition = replace(CLOSED, updates=frozenset({samples.ARABIC.id}))
    headlines = list(parsed(letter(edition)).iter("h2"))
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
    assert 1 == len(classed(classed(parsed(letter(site=silent)), "foot")[0], "p"))
    assert letter(site=silent, form="txt").endswith("/digest/atom.xml\n")


def test_the_letter_is_complete_without_its_pictures() -> None:
    """A picture has width, height and a description, and no link or headline hangs on it."""
    (picture,) = parsed(letter(DRAFT)).iter("img")
    expected = {"width": "544", "height": "363", "alt": 'A "van"'}
    assert expected == {name: picture.get(name) for name in expected}


def test_only_the_first_picture_is_wide() -> None:
    """The other stories' pictures stand beside them, small."""
    tree = parsed(letter(telling(samples.POLICE, samples.POLICE)))
    assert ["544", "128"] == [each.get("width") for each in tree.iter("img")]


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
    assert "[data-ogsc] .t, [data-ogsc] .th { color: #e8e6e1 !important; }" in style.text


def test_styles_stand_in_the_tags() -> None:
    """Programs that drop style blocks still show the letter as it is meant."""
    tree = parsed(letter())
    assert all("color:#1c1b19" in each.get("style") for each in classed(tree, "t"))
    assert all(each.get("style") for each in tree.iter("p"))


def test_another_inliner_agrees() -> None:
    """css-inline gives every tag the declarations that ours gives it."""
    ours = letter(DRAFT)
    fill = {**TEMPLATES, "email.html": TEMPLATES["email.html"].replace("<style>", '<style data-premailer="ignore">')}
    plain = pages("email", replace(PUBLICATION, editions=(DRAFT,)), fill)[f"{DRAFT.path}email.html"].content.decode()
    plain = re.sub('<style data-css-inline="keep">.*?</style>', "", plain, flags=re.DOTALL)
    theirs = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=False).inline(plain)
    assert _declarations(theirs) == _declarations(ours)


def _declarations(html: str) -> list[tuple[str, dict[str, str]]]:
    """Return each tag of a letter's body with its declarations, colours spelled in one way."""
    pairs = []
    for element in parsed(html).find("body").iter():
        if isinstance(element.tag, str):
            declared = (each.partition(":") for each in (element.get("style") or "").split(";") if each.strip())
            style = {name.strip(): value.strip().replace("#ffffff", "#fff") for name, _, value in declared}
            pairs.append((element.tag, style))
    return pairs


def test_another_language_is_marked() -> None:
    """A screen reader changes its voice for an Arabic headline."""
    headline = list(parsed(letter()).iter("h2"))[1]
    assert ("ar", "auto") == (next(headline.iter("a")).get("lang"), headline.get("dir"))


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
    assert "Face Recognition Watch, Week 07 of 2024" == message(empty)["Subject"]


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
    assert [1, 2, 3, 4, 5, 6] == [int(n) for n in re.findall(r" \[(\d+)\]$", text, re.MULTILINE)]


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


# The size


def many(count: int) -> Edition:
    """Return an edition with so many leads, each with some coverage."""
    return telling(
        *(
            samples.group(
                samples.story(
                    f"lead-{n}", f"Headline {n} of many", excerpt="What happened, in a sentence or two. " * 4
                ),
                coverage=samples.CROWD.coverage[: n % 5],
            )
            for n in range(count)
        )
    )


def test_a_letter_that_gmail_would_clip_loses_stories_from_its_end_and_says_so() -> None:
    """Of 300 leads as many are kept as fit; the rest are counted and linked, in both forms."""
    html, text = letter(many(300)), letter(many(300), form="txt")
    kept = len(list(parsed(html).iter("h2")))
    assert 60_000 < len(html) <= 80_000
    assert 0 < kept < 300
    assert 'href="https://frt.example/digest/2024-W07/" style' in html
    assert f"{300 - kept} more on the web</a>" in html
    assert f"{300 - kept} more on the web:\nhttps://frt.example/digest/2024-W07/\n" in text
    assert [True, True] == [f"Headline {kept - 1} of many" in each for each in (html, text)]
    assert [False, False] == [f"Headline {kept} of many" in each for each in (html, text)]
    assert "https://frt.example/unsubscribe" in html


def test_a_letter_that_fits_keeps_every_story() -> None:
    """Nothing is left out without need."""
    html = letter(many(10))
    assert 10 == len(list(parsed(html).iter("h2")))
    assert "more on the web" not in html


def test_one_story_is_always_told() -> None:
    """Even where a template is too large for any story, the first one is told, and the loop ends."""
    templates = {**TEMPLATES, "email.html": TEMPLATES["email.html"].replace("<h1", "<p>" + "x" * 90_000 + "</p><h1")}
    html = pages("email", replace(PUBLICATION, editions=(many(3),)), templates)[f"{CLOSED.path}email.html"].content
    assert 1 == html.count(b"<h2")


# The message


def test_the_message_is_clean_on_the_wire() -> None:
    """7-bit, CRLF, lines within 76 octets; the standard library's parser finds no defect."""
    for edition in PUBLICATION.editions:
        raw = letter(edition, form="eml")
        assert raw.isascii()
        assert raw.count("\n") == raw.count("\r\n") == raw.count("\r")
        body = raw.split("\r\n\r\n", 1)[1]
        assert max(map(len, body.split("\r\n"))) <= 76
        for part in message(edition).walk():
            assert [] == part.defects
            assert [] == [defect for header in part.values() for defect in header.defects]


def test_the_message_holds_both_forms_text_first() -> None:
    """The last alternative is the preferred one (RFC 2046 §5.1.4); both say what the pages say."""
    read = message(DRAFT)
    text, html = read.iter_parts()
    assert "multipart/alternative" == read.get_content_type()
    assert ["text/plain", "text/html"] == [part.get_content_type() for part in (text, html)]
    assert ["utf-8", "utf-8"] == [part.get_content_charset() for part in (text, html)]
    assert text.get_content().replace("\r\n", "\n") == letter(DRAFT, form="txt")
    assert html.get_content().replace("\r\n", "\n") == letter(DRAFT)


def test_the_headers_say_who_what_and_when() -> None:
    """A message says who sent it, of which list it is, and that no answer by a machine is wanted."""
    headers = dict(message().items())
    message_id = headers.pop("Message-ID")
    assert re.fullmatch(r"<[0-9a-f]{32}@frt\.example>", message_id)
    assert re.fullmatch(r'multipart/alternative; boundary="=_[0-9a-f]{32}"', headers.pop("Content-Type"))
    assert {
        "From": "FRT Desk <desk@frt.example>",
        "To": "undisclosed-recipients:;",
        "Subject": "Face Recognition Watch, Week 07 of 2024: Parliament bans face…",
        "Date": "Sun, 18 Feb 2024 23:00:00 +0000",
        "List-Id": "<digest.frt.example>",
        "List-Archive": "<https://frt.example/digest/>",
        "List-Unsubscribe": "<https://frt.example/unsubscribe>, <mailto:leave@frt.example>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        "MIME-Version": "1.0",
    } == headers


def test_a_sender_that_is_not_configured_is_the_site() -> None:
    """Without an address of its own, the digest comes from the site's host."""
    read = message(site=replace(NOBODY, url="https://www.frt.example:8443/feeds/"))
    assert "Face Recognition Watch <digest@www.frt.example>" == read["From"]
    assert "<digest.www.frt.example>" == read["List-Id"]
    assert read["Message-ID"].endswith("@www.frt.example>")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        pytest.param("https://bücher.example/", "xn--bcher-kva.example", id="IDNA"),
        pytest.param("file:///srv/out/", "localhost", id="no host"),
        pytest.param("https://example..org/", "localhost", id="a host that cannot be"),
    ],
)
def test_hosts_are_spelled_as_mail_spells_them(url: str, host: str) -> None:
    """Addresses in headers are ASCII."""
    assert message(site=replace(NOBODY, url=url))["From"].addresses[0].domain == host


def test_a_mailto_is_taken_as_it_is_given() -> None:
    """The way out by mail may be an address or a mailto: link; either way alone is enough."""
    sender = replace(samples.SITE.sender, unsubscribe_url="", unsubscribe_mailto="mailto:leave@frt.example?subject=x")
    site = replace(samples.SITE, sender=sender)
    assert "<mailto:leave@frt.example?subject=x>" == message(site=site)["List-Unsubscribe"]
    assert "mailto:mailto:" not in letter(site=site)


@pytest.mark.parametrize(
    ("url", "post"),
    [
        pytest.param("https://frt.example/unsubscribe", "List-Unsubscribe=One-Click", id="https"),
        pytest.param("http://frt.example/unsubscribe", None, id="http"),
        pytest.param("", None, id="by mail only"),
    ],
)
def test_one_click_is_promised_only_by_https(url: str, post: str | None) -> None:
    """Gmail and Yahoo want a way out by one POST; RFC 8058 knows none without an https address."""
    site = replace(samples.SITE, sender=replace(samples.SITE.sender, unsubscribe_url=url))
    assert message(site=site)["List-Unsubscribe-Post"] == post
    assert message(site=site)["List-Unsubscribe"]


def test_a_long_way_out_is_not_folded() -> None:
    """Some servers break a signature over a folded List-Unsubscribe, and encoded it would not work."""
    url = "https://frt.example/unsubscribe/" + "x" * 150
    site = replace(samples.SITE, sender=replace(samples.SITE.sender, unsubscribe_url=url))
    assert f"\r\nList-Unsubscribe: <{url}>, <mailto:leave@frt.example>\r\n" in letter(site=site, form="eml")


def test_a_draft_is_dated_by_its_newest_story() -> None:
    """A closed edition has the date of its end; a draft's end is yet to come."""
    assert message(CLOSED)["Date"].datetime == CLOSED.end
    assert message(DRAFT)["Date"].datetime == datetime(2024, 2, 22, 23, 30, tzinfo=UTC) < DRAFT.end


def test_a_changed_edition_is_another_message() -> None:
    """Message-ID stays while nothing changes, and differs when the edition or its content does."""
    ids = [message(each)["Message-ID"] for each in (CLOSED, CLOSED, titled("A"), titled("B"), OLD)]
    assert ids[0] == ids[1]
    assert 4 == len(set(ids))


def test_subjects_differ_between_editions() -> None:
    """Gmail threads equal subjects: each names its period and its top headline."""
    subjects = [str(message(each)["Subject"]) for each in PUBLICATION.editions]
    assert 3 == len(set(subjects))
    assert all(len(each) <= 70 for each in subjects)


@pytest.mark.parametrize(
    ("site_title", "subject"),
    [
        pytest.param("Watch", "Watch, 19–25 February 2024: Scan ends", id="a name"),
        pytest.param("19", "19, 19–25 February 2024: Scan ends", id="a name that the period begins with"),
    ],
)
def test_a_subject_names_the_site_the_period_and_the_news(site_title: str, subject: str) -> None:
    """The site's title stands before the period, whatever the two are."""
    edition = replace(titled("Scan ends"), title="19–25 February 2024")
    assert message(edition, site=replace(samples.SITE, title=site_title))["Subject"] == subject


def test_a_long_site_title_leaves_room_for_a_headline() -> None:
    """However long the site's name is, the subject tells something of the news."""
    site = replace(samples.SITE, title="A long name " * 8)
    subject = str(message(replace(titled("Parliament bans face databases"), title="May"), site=site)["Subject"])
    assert subject.endswith(": Parliament bans face…")


ATTACKS = [
    "Scan\r\nBcc: everyone@example.org\r\n\r\nBody",
    "Scan\nX-Injected: yes",
    "Scan\rX-Injected: yes",
    "Scan\x00\x07\x1b\x85\u2028X-Injected: yes\ud800",
    '"quoted" <a@b.example>, (comment) =?utf-8?q?=0D=0AX-Injected:_yes?=',
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_title_cannot_add_a_header(attack: str) -> None:
    """Whatever stands in a headline, a site's or a sender's name, the headers are the usual ones."""
    sender = replace(samples.SITE.sender, name=attack, list_id=attack)
    site = replace(samples.SITE, sender=sender, title=attack)
    usual = message().keys()
    for each in (message(titled(attack)), message(titled(attack), site=site)):
        assert each.keys() == usual
        assert ["text/plain", "text/html"] == [part.get_content_type() for part in each.iter_parts()]
        assert [[], [], []] == [part.defects for part in each.walk()]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120))
def test_any_title_makes_one_subject(title: str) -> None:
    """The subject that a mail program shows is the one that was meant."""
    from frtfeed.render import email as module

    edition = titled(title)
    subject = module._subject(edition, site=samples.SITE)
    written = module._message(
        module._Letter(subject=subject, html="<p>x</p>\n", text="x\n"), edition=edition, site=samples.SITE
    )
    read = email.message_from_bytes(written, policy=policy.default)
    assert subject.split() == str(read["Subject"]).split()
    assert read.keys() == message_keys()


def message_keys() -> list[str]:
    """Return the names of the headers of every message, in their order."""
    names = "From To Subject Date Message-ID List-Id List-Archive List-Unsubscribe List-Unsubscribe-Post"
    return [*names.split(), "Auto-Submitted", "Precedence", "MIME-Version", "Content-Type"]


# The templates


def broken(change: str, to: str) -> str:
    """Return what the author of a changed email.html is told."""
    assert change in TEMPLATES["email.html"]
    templates = {**TEMPLATES, "email.html": TEMPLATES["email.html"].replace(change, to, 1)}
    with pytest.raises(TemplateError) as caught:
        list(RENDERERS["email"](PUBLICATION, templates=templates))
    return str(caught.value)


def test_styles_that_cannot_be_inlined_are_reported() -> None:
    """Nested at-rules crash premailer; the author is told which file and what to do."""
    told = broken("<style>\n", "<style>\n@media (x) { @media (y) { .p { color: red } } }\n")
    assert told.startswith("template email.html: the styles cannot be written into the tags: ")
    assert "second style block" in told


def test_a_letter_nested_too_deeply_is_reported() -> None:
    """What premailer would lose without a word stops the build."""
    told = broken("<body>", "<body>" + "<div>" * 300)
    assert told.startswith("template email.html: of ")
    assert "Nest fewer than 250 elements" in told


def test_a_mistake_in_the_text_is_found() -> None:
    """The build stops with the file and line of the mistake."""
    templates = {**TEMPLATES, "email.txt": "\n{{ edtion }}"}
    with pytest.raises(TemplateError, match=r"^template email\.txt, line 2: 'edtion' is undefined"):
        list(RENDERERS["email"](PUBLICATION, templates=templates))


def test_a_template_of_ones_own_wins() -> None:
    """Whoever writes a letter of their own sends that one."""
    templates = {**TEMPLATES, "email.html": "<p class='x'>{{ preheader }}</p><style>.x { color: red }</style>"}
    made = pages("email", replace(PUBLICATION, editions=(OLD,)), templates)["digest/2024-W01/email.html"]
    assert b'<p class="x" style="color:red">Shop scanner misidentifies customers</p>' in made.content


def test_absolute_addresses_only() -> None:
    """Every link of a letter works from an inbox."""
    publication: Publication = PUBLICATION
    for edition in publication.editions:
        assert {urlsplit(each).scheme for each in links(parsed(letter(edition)))} <= {"https", "mailto"}
