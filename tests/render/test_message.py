"""The message: what the programs on its way see, and whom it goes to."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frtfeed.records import replace
from frtfeed.render.message import (
    ANYBODY,
    Letter,
    Recipient,
    addressed,
    encoded_bytes,
    subject_line,
    weigh,
    write_message,
)
from tests.render import samples
from tests.render.letters import CLOSED, DRAFT, NOBODY, OLD, PUBLICATION, letter, message, read_message, titled


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
    assert plain_ways(text.get_content().replace("\r\n", "\n")) == letter(DRAFT, form="txt")
    assert plain_ways(html.get_content().replace("\r\n", "\n")) == letter(DRAFT)


def plain_ways(form: str) -> str:
    """Return a form with the ways out that everybody may see."""
    form = form.replace("?token=__TOKEN__", "").replace("&amp;body=__TOKEN__", "").replace("&body=__TOKEN__", "")
    return form.replace("?subject=unsubscribe", "")


def test_the_headers_say_who_what_and_when() -> None:
    """A message says who sent it, of which list it is, and that no answer by a machine is wanted."""
    headers = dict(message().items())
    message_id = headers.pop("Message-ID")
    assert re.fullmatch(r"<[0-9a-f]{32}@frt\.example>", message_id)
    assert re.fullmatch(r'multipart/alternative; boundary="=_[0-9a-f]{32}"', headers.pop("Content-Type"))
    assert {
        "From": "FRT Desk <desk@frt.example>",
        "Reply-To": "desk@frt.example",
        "To": "__RECIPIENT__@recipient.invalid",
        "Subject": "Parliament bans face databases (Week 07 of 2024)",
        "Date": "Sun, 18 Feb 2024 23:00:00 +0000",
        "List-Id": "Face Recognition Watch <digest.frt.example>",
        "List-Archive": "<https://frt.example/digest/>",
        "List-Help": "<mailto:desk@frt.example?subject=help>",
        "List-Unsubscribe": "<https://frt.example/unsubscribe?token=__TOKEN__>, "
        "<mailto:leave@frt.example?subject=unsubscribe&body=__TOKEN__>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Feedback-ID": "2024-W07:weekly:digest:a69c98768d18",
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        "MIME-Version": "1.0",
    } == headers


def test_a_sender_that_is_not_configured_is_nobody() -> None:
    """Without an address of its own the digest comes from where no mail can come from, and names no list."""
    read = message(site=NOBODY)
    assert "Face Recognition Watch <digest@from-address-missing.invalid>" == read["From"]
    assert read["Message-ID"].endswith("@from-address-missing.invalid>")
    assert (None, None, None) == (read["List-Id"], read["List-Unsubscribe"], read["List-Unsubscribe-Post"])


def test_answers_go_where_the_sender_wants_them() -> None:
    """Reply-To and List-Help name the address for answers, which is the sender's if there is no other."""
    site = replace(samples.SITE, sender=replace(samples.SITE.sender, reply_to="people@frt.example"))
    read = message(site=site)
    assert ("people@frt.example", "<mailto:people@frt.example?subject=help>") == (read["Reply-To"], read["List-Help"])


def test_a_mailto_is_taken_as_it_is_given() -> None:
    """The way out by mail may be an address or a mailto: link; either way alone is enough."""
    sender = replace(samples.SITE.sender, unsubscribe_url="", unsubscribe_mailto="mailto:leave@frt.example?subject=x")
    site = replace(samples.SITE, sender=sender)
    assert "<mailto:leave@frt.example?subject=x&body=__TOKEN__>" == message(site=site)["List-Unsubscribe"]
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
    assert f"\r\nList-Unsubscribe: <{url}?token=__TOKEN__>, <mailto:leave@" in letter(site=site, form="eml")


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
    ("headline", "period", "subject"),
    [
        pytest.param("Scan ends", "19–25 February 2024", "Scan ends (19–25 February 2024)", id="short"),
        pytest.param("word " * 20, "May 2024", f"{'word ' * 10}word… (May 2024)", id="a long headline"),
        pytest.param("Parliament bans faces", "W " * 40, f"Parliament bans faces ({'W ' * 20}W…)", id="a long period"),
    ],
)
def test_a_subject_begins_with_the_news(headline: str, period: str, subject: str) -> None:
    """From names the list already: what a list of mail shows first is the headline, then the period."""
    edition = replace(titled(headline), title=period)
    assert subject == subject_line(edition, site=samples.SITE)


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
    """The subject that a mail program shows is the one that was meant, and not cut by any."""
    edition = titled(title)
    subject = subject_line(edition, site=samples.SITE)
    made = Letter(subject=subject, html="<p>x</p>\n", text="x\n")
    read = read_message(write_message(made, edition=edition, site=samples.SITE))
    assert subject.split() == str(read["Subject"]).split()
    assert len(subject) <= 70
    assert read.keys() == message_keys()


@given(st.text(max_size=120), st.text(max_size=60))
def test_any_subject_fits(site_title: str, period: str) -> None:
    """No name of a list or a period makes a subject that lists of mail cut."""
    edition = replace(CLOSED, title=period[:40])
    assert len(subject_line(edition, site=replace(samples.SITE, title=site_title))) <= 70


def message_keys() -> list[str]:
    """Return the names of the headers of every message, in their order."""
    names = "From Reply-To To Subject Date Message-ID List-Id List-Archive List-Help List-Unsubscribe"
    return [
        *names.split(),
        "List-Unsubscribe-Post",
        "Feedback-ID",
        "Auto-Submitted",
        "Precedence",
        "MIME-Version",
        "Content-Type",
    ]


# The recipient

ANNA = Recipient(address="anna@reader.example", token="c0ffee")  # noqa: S106


def sent(recipient: Recipient = ANNA, *, site: object = samples.SITE) -> bytes:
    """Return the message that a recipient gets."""
    made = Letter(subject="x", html=letter(site=site), text=letter(site=site, form="txt"))
    for plain, own in (
        ("https://frt.example/unsubscribe", "https://frt.example/unsubscribe?token=__TOKEN__"),
        ("mailto:leave@frt.example", "mailto:leave@frt.example?subject=unsubscribe&body=__TOKEN__"),
    ):
        html = made.html.replace(f'"{plain}"', f'"{own}"'.replace("&", "&amp;"))
        made = replace(made, html=html, text=made.text.replace(f"\n{plain}\n", f"\n{own}\n"))
    return write_message(made, edition=CLOSED, site=samples.SITE, recipient=recipient)


def test_a_recipient_gets_a_way_out_of_their_own() -> None:
    """The token stands in the header and in both forms; no placeholder is left."""
    read = read_message(sent())
    text, html = (part.get_content() for part in read.iter_parts())
    assert "anna@reader.example" == read["To"]
    assert "<https://frt.example/unsubscribe?token=c0ffee>" in read["List-Unsubscribe"]
    assert ["https://frt.example/unsubscribe?token=c0ffee" in form for form in (text, html)] == [True, True]
    assert ["__TOKEN__" in form for form in (text, html)] == [False, False]


def test_a_repeated_attempt_is_the_same_message() -> None:
    """The same letter to the same recipient has one Message-ID, another recipient's another."""
    bert = Recipient(address="bert@reader.example", token="decaf")  # noqa: S106
    ids = [read_message(raw)["Message-ID"] for raw in (sent(), sent(), sent(bert), sent(ANYBODY))]
    assert ids[0] == ids[1]
    assert 3 == len(set(ids))


def test_a_story_cannot_learn_a_token() -> None:
    """Only the sender's own ways out are made personal: a link to a placeholder stays as it is."""
    trap = 'x <a href="https://trap.example/?token=__TOKEN__">y</a>'
    own = addressed(Letter(subject="x", html=trap, text=trap), site=samples.SITE, token="c0ffee")  # noqa: S106
    assert (trap, trap) == (own.html, own.text)


def test_a_way_out_with_a_query_keeps_it() -> None:
    """The token is added to an address that has parameters already."""
    sender = replace(samples.SITE.sender, unsubscribe_url="https://frt.example/u?list=digest#top")
    read = message(site=replace(samples.SITE, sender=sender))
    assert "<https://frt.example/u?list=digest&token=__TOKEN__#top>" in read["List-Unsubscribe"]


def test_text_in_a_script_that_grows_travels_in_base64() -> None:
    """Thai takes nine bytes a letter as quoted-printable, four as base64; what arrives is the same."""
    made = Letter(subject="x", html="<p>x</p>\n", text="จดจำใบหน้า " * 300 + "\n")
    raw = write_message(made, edition=CLOSED, site=samples.SITE)
    text, html = read_message(raw).iter_parts()
    assert ("base64", "quoted-printable") == (text["Content-Transfer-Encoding"], html["Content-Transfer-Encoding"])
    assert made.text == text.get_content()
    assert max(map(len, raw.split(b"\r\n\r\n", 1)[1].splitlines())) <= 76


STRETCHES = st.text(alphabet=st.sampled_from("a= .\t\n\rก é"), max_size=400) | st.text(alphabet="a=", max_size=400)


def in_message(form: str) -> int:
    """Return how many bytes a form takes between the head of its part and the next boundary."""
    raw = write_message(Letter(subject="X", html="", text=form), edition=CLOSED, site=NOBODY)
    return len(raw.split(b"\r\n\r\n", 2)[2].partition(b"\r\n--=_")[0])


@settings(max_examples=300)
@given(frame=st.lists(STRETCHES, min_size=4, max_size=4), told=st.lists(STRETCHES, min_size=3, max_size=3))
@pytest.mark.parametrize("between", ["\n", ""], ids=["lines of their own", "within lines"])
def test_a_letter_weighs_what_it_takes(between: str, frame: list[str], told: list[str]) -> None:
    """What is measured of a letter, in parts or as a whole, is what its message takes, to the byte."""
    form = frame[0] + "".join(f"{between}{each}{between}{rest}" for each, rest in zip(told, frame[1:], strict=True))
    taken = in_message(form)
    assert taken == encoded_bytes(weigh(form))
    assert taken == encoded_bytes(weigh(form, known=[(each, weigh(each)) for each in told]))


def test_what_was_weighed_is_not_weighed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a letter that is put together only what stands around its stories is measured."""
    known = ("word " * 20 + "end", weigh("word " * 20 + "end"))
    monkeypatch.setattr(
        "frtfeed.render.message.b2a_qp", lambda content, istext: content if b"word" not in content else 0
    )
    assert 2 + known[1].plain + 1 == weigh(f"a\n{known[0]}\n", known=[known]).plain
