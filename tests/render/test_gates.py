"""The gates that a message passes before it goes to a list."""

from collections.abc import Callable
from typing import Any

import pytest

from frtfeed.records import replace
from frtfeed.render.gates import gates
from frtfeed.render.letter import write_letter
from frtfeed.render.message import Letter, write_message
from tests.render import samples
from tests.render.human import TEMPLATES
from tests.render.letters import CLOSED, DRAFT, NOBODY, OLD, letter, many, telling, titled

HTML, TEXT = letter(DRAFT), letter(DRAFT, form="txt")


def failed(raw: bytes) -> dict[str, str]:
    """Return the gates that a message does not pass, with what they say."""
    return {gate.name: gate.detail for gate in gates(raw) if not gate.passed}


def with_forms(html: str = HTML, text: str = TEXT) -> bytes:
    """Return a message of these two forms."""
    return write_message(Letter(subject="A subject", html=html, text=text), edition=DRAFT, site=samples.SITE)


def test_the_sample_passes_every_gate() -> None:
    """What frtfeed writes for a sender who says all of it is fit to send."""
    for edition in (DRAFT, CLOSED, OLD, many(300)):
        assert {} == failed(letter(edition, form="eml").encode())


def test_a_sender_who_says_nothing_is_told_what_to_set() -> None:
    """Each missing fact names its key."""
    told = failed(letter(site=NOBODY, form="eml").encode())
    assert {
        "sender: From": "no address that can send. Set [mail] from_address",
        "sender: postal address": "no <address> in the HTML. Set [mail] postal_address",
        "sender: List-Id": "missing. Set [mail] list_id",
        "sender: one-click unsubscribe": "no https address. Set [mail] unsubscribe_url; "
        "no mailto. Set [mail] unsubscribe_mailto; no List-Unsubscribe-Post (RFC 8058)",
        "both: a way out that is seen": "no link in the HTML says unsubscribe; the text part does not say unsubscribe",
    } == told


def html(before: str, after: str) -> Callable[[], bytes]:
    """Return what makes a message whose HTML is changed in one place, or everywhere."""

    def made() -> bytes:
        assert before in HTML
        return with_forms(html=HTML.replace(before, after))

    return made


def text(before: str, after: str) -> Callable[[], bytes]:
    """Return what makes a message whose text is changed."""

    def made() -> bytes:
        assert before in TEXT
        return with_forms(text=TEXT.replace(before, after))

    return made


def head(before: bytes, after: bytes) -> Callable[[], bytes]:
    """Return what makes a message with other headers."""

    def made() -> bytes:
        raw = letter(DRAFT, form="eml").encode()
        assert before in raw
        return raw.replace(before, after, 1)

    return made


REMOTE = "HTML: nothing else is loaded"
IMG = '<img class="img wide" src="https://img.gazette.example'


def case(made: Callable[[], bytes], gate: str, detail: str, name: str) -> Any:
    """Return a message with one fault, the gate that finds it and what it says."""
    return pytest.param(made, gate, detail, id=name)


CASES = [
    case(head(b"Date: ", b"X-Date: "), "headers: each once", "Date: 0 times", "no Date"),
    case(head(b"Date: ", b"X-Date: "), "headers: Date", "cannot be read", "no Date to read"),
    case(head(b"To: ", b"To: a@b.example\r\nTo: "), "headers: each once", "To: 2 times", "To twice"),
    case(head(b"Feedback-ID", b"X-F"), "headers: lists and machines", "Feedback-ID: missing", "no Feedback-ID"),
    case(head(b": bulk", b": first"), "headers: lists and machines", "Precedence: neither", "Precedence"),
    case(head(b"auto-generated", b"no"), "headers: lists and machines", "Auto-Submitted", "Auto-Submitted"),
    case(head(b"From: ", b"X-From: "), "sender: From", "no address", "no From"),
    case(head(b"Subject: ", b"Subject: " + b"x " * 60), "headers: Subject", "characters", "long Subject"),
    case(head(b"Message-ID: <", b"Message-ID: <a@b> <"), "headers: Message-ID", "domain", "two Message-IDs"),
    case(head(b"@frt.example>\r\nList-Id", b"@a.example>\r\nList-Id"), "headers: Message-ID", "domain", "other"),
    case(head(b"/alternative", b"/mixed"), "message: text, then HTML", "are wanted, not text/plain", "mixed"),
    case(head(b'boundary="', b'boundary="x'), "message: well formed", "StartBoundaryNotFound", "boundary"),
    case(head(b"Subject: ", b"Subject: \xe9"), "message: clean on the wire", "not 7-bit", "8-bit"),
    case(head(b"Subject: ", b"Subject: a\rb"), "message: clean on the wire", "a CR without LF", "bare CR"),
    case(head(b"Subject: ", b"X: y\nSubject: "), "message: clean on the wire", "an LF without CR", "mixed line ends"),
    case(head(b"charset=utf-8", b"charset=bogus-99"), "message: well formed", "'bogus-99' is not known", "charset"),
    case(head(b"charset=utf-8", b"charset=base64"), "message: well formed", "'base64' is not known", "no charset"),
    case(head(b"Subject: ", b"X: " + b"x" * 999 + b"\r\nSubject: "), "message: clean on the wire", "1002", "line"),
    case(html("</body>", "x" * 80_000 + "</body>"), "size: nothing is clipped", "bytes of HTML", "HTML size"),
    case(text("Regulators", "x " * 45_000), "size: nothing is clipped", "bytes in all", "message size"),
    case(html("</style>", "a" * 8_200 + "</style>"), "size: nothing is clipped", "a style block of", "style size"),
    case(text("https://frt.example/digest/\n", "\n"), "text: every link", "1 links of the HTML", "a link less"),
    case(text("Regulators", "https://a.example/x"), "text: every link", "1 are not in the HTML", "a link more"),
    case(html('href="https://gazette', 'data-was="https://gazette'), "text: every link", "not in the HTML", "unlinked"),
    case(text("Unsubscribe", "x" * 79), "text: columns", "a line of 80 columns", "columns"),
    case(text("1 Example Street", "At home"), "sender: postal address", "not in the text part", "postal in text"),
    case(html("1 Example Street, Berlin", " "), "sender: postal address", "no <address>", "an empty address"),
    case(html("Regulators", "{{ excerpt }}"), "both: nothing of a template left", "{{ in the HTML", "template"),
    case(
        html('href="https://gazette', 'href="https://[::1'), "HTML: links", "not an address that works", "bad address"
    ),
    case(html(' width="', ' width="²" data-was="'), "HTML: pictures", "no width or height", "a width of ²"),
    case(
        html("Regulators", '<span style="font-size:1.2.3px">Regulators</span>'),
        "HTML: large enough to read",
        "a size that is not in px",
        "a size that is none",
    ),
    case(html("<!DOCTYPE html>", ""), "HTML: a document", "no <!DOCTYPE html>", "doctype"),
    case(html('<html lang="en-GB">', "<html>"), "HTML: a document", "no lang", "lang"),
    case(html("h1", "h2"), "HTML: headings in order", "0 h1", "no h1"),
    case(html("h2", "h3"), "HTML: headings in order", "h3 follows h1", "a level skipped"),
    case(html('href="https://frt.example/"', 'href="/x"'), "HTML: links", "not an address", "relative"),
    case(html(">Read it online<", "><"), "HTML: links", "a link without words", "no words"),
    case(html('role="presentation"', ""), "HTML: tables for layout", "2 without role", "role"),
    case(html(' alt="', ' data-alt="'), "HTML: pictures", "no alt", "alt"),
    case(html(' width="544"', ""), "HTML: pictures", "no width", "width"),
    case(html(' width="544"', ' width="1"'), "HTML: pictures", "a tracking pixel", "pixel"),
    case(html(' width="544"', ' width="2"'), "HTML: pictures", "a tracking pixel", "two pixels"),
    case(html(IMG, IMG.replace("https", "http")), "HTML: pictures", "not by https", "http"),
    case(html("</body>", "<script></script></body>"), "HTML: nothing else is loaded", "<script>", "script"),
    case(html('class="page"', 'background="https://x"'), REMOTE, "background of <table>", "background"),
    case(html(' alt="', ' srcset="https://x" alt="'), REMOTE, "srcset of <img>", "srcset"),
    case(html("<body", '<body onload="x()"'), REMOTE, "a script: onload of <body>", "onload"),
    case(html("</body>", '<p poster="https://x">a</p></body>'), REMOTE, "poster of <p>", "poster"),
    case(html("</body>", '<input type="image" src="https://x"></body>'), REMOTE, "<input>; src of <input>", "src"),
    case(html("<!--[if mso]>", '<!--[if mso]><v:fill src="https://x"/>'), REMOTE, "src of <v:fill>", "in Outlook"),
    case(html("</head>", '<meta http-equiv="refresh" content="0"></head>'), REMOTE, "another page", "refresh"),
    case(html("margin:0", "background:URL(https://x);margin:0"), REMOTE, "a style that", "in a tag"),
    case(html("</style>", ".x { background: u\\72l(https://x) }</style>"), REMOTE, "a style that", "an escape"),
    case(html("</style>", ".x { background: ur/**/l(https://x) }</style>"), REMOTE, "a style that", "a comment"),
    case(html("</style>", "@import 'x'</style>"), "HTML: nothing else is loaded", "a style that", "import"),
    case(html("<!--[if mso]></td>", "</td>"), "HTML: Outlook's conditionals", "2 begin, 3 end", "MSO"),
    case(html("[data-ogsb]", ".x"), "HTML: three kinds of dark", "no rules for [data-ogsb]", "Outlook.com"),
    case(html('name="color-scheme"', 'name="x"'), "HTML: three kinds of dark", "no color-scheme meta", "meta"),
    case(html("color:#5d5a54", "color:#999999"), "HTML: contrast", "light: #999999 on #ffffff is 2.8:1", "light"),
    case(html("color:#5d5a54", "color:white"), "HTML: contrast", "light: 'white' cannot be read", "a name"),
    case(html("color:#5d5a54", "color:rgb(9,9,9)"), "HTML: contrast", "'rgb(9,9,9)' cannot be read", "a function"),
    case(html("font:16px/24px", "font:14px/24px"), "HTML: large enough to read", "14 px, 16 px at least", "small"),
    case(html("font:16px/24px", "font:small"), "HTML: large enough to read", "a size that is not in px", "in words"),
    case(html("color: #a9a69f", "color: #444444"), "HTML: contrast", "dark: #444444 on", "dark"),
    case(
        html("background-color:#fff", "background-color:#000"),
        "HTML: contrast",
        "inverted: #a2a5ab on #ffffff",
        "inverted",
    ),
]


@pytest.mark.parametrize(("made", "gate", "detail"), CASES)
def test_a_fault_is_found_and_named(made: Callable[[], bytes], gate: str, detail: str) -> None:
    """What is wrong with a message is said at its gate."""
    assert detail in failed(made()).get(gate, "passed")


def test_what_is_no_digest_passes_few_gates() -> None:
    """A message without parts, and no message at all, are read without a fall."""
    for raw in (b"Subject: Hello\r\n\r\nHello.\r\n", b"", b"\x00\xff"):
        assert {"sender: From", "message: text, then HTML", "size: nothing is clipped"} <= failed(raw).keys()


HEADLINES = {
    "styles": "Designers misuse url( and @import in background=, srcset and onload=",
    "a template": "Minister says {{ 7*7 }} {% and %} {# so #} on",
    "a mail merge": "Dear {name}, *|FNAME|* is watched",
    "markup": "<style>@import 'x'</style> <img src=http://a.example/x> <!--[if mso]> &amp; <table>",
    "an address": "See https://a.example/x, http://b.example (and mailto:c@d.example): where to",
    "a pixel": 'width="1" height="1" style="color:white;font-size:1px"',
    "one word": "x" * 500,
    "Chinese": "人脸识别技术" * 60,
    "Thai": "เทคโนโลยีจดจำใบหน้า" * 26,
    "Arabic": "التعرف على 12 الوجوه (2024)",
    "Arabic with its vowels": "قَالَتِ الشُّرْطَةُ إِنَّهَا " * 12,
    "Hindi": "चेहरा पहचान तकनीक का उपयोग " * 12,
    "many braces": "the set {a}, {b}, {c}, {d}, *|E|* " * 8,
    "emoji": "👩‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿" * 30,
    "controls": "a\u202eb\u0085c\u200bd\x07e",
    "nothing": "",
}


@pytest.mark.parametrize("headline", HEADLINES)
def test_an_innocent_headline_passes(headline: str) -> None:
    """Whatever a story, its outlet or an incident's record says, no gate takes it for a fault of the message."""
    said = HEADLINES[headline]
    provider = replace(samples.GAZETTE, name=said)
    lead = replace(samples.POLICE.lead, title=said or "-", excerpt=said, provider=provider)
    record = replace(
        samples.RECORD.lead, facts=replace(samples.RECORD.lead.facts, operators=(said,), countries=(said,))
    )  # type: ignore[type-var]
    edition = telling(replace(samples.POLICE, lead=lead), replace(samples.RECORD, lead=record))
    assert {} == failed(letter(edition, form="eml").encode())


def sender(**facts: str) -> object:
    """Return the sample site with other facts of its sender."""
    return replace(samples.SITE, sender=replace(samples.SITE.sender, **facts))


@pytest.mark.parametrize(
    "site",
    [
        pytest.param(sender(postal="〒100-8111 東京都千代田区千代田1番1号" * 4), id="a postal address without blanks"),
        pytest.param(sender(postal="Rue de l'Été 1 <B> & Söhne,   1000 Bruxelles"), id="a postal address with marks"),
        pytest.param(sender(name="الجزيرة"), id="an Arabic sender"),
        pytest.param(sender(name='"Desk" <x@y.example>'), id="a sender in quotes"),
        pytest.param(sender(unsubscribe_url="https://frt.example/u?a=1&b={x}#top"), id="a way out with a query"),
        pytest.param(replace(samples.SITE, title="Überwachung {{ site }} 人脸"), id="a site with a template's marks"),
        pytest.param(replace(samples.SITE, language="ar"), id="a site from right to left"),
        pytest.param(replace(samples.SITE, rights="url(https://a.example/x)"), id="rights with an address"),
    ],
)
def test_an_innocent_sender_passes(site: object) -> None:
    """What a sender says of itself in any script or spelling is no fault."""
    for edition in (DRAFT, OLD, titled("{{ x }}")):
        assert {} == failed(letter(edition, site=site, form="eml").encode())


def test_a_letter_without_its_stories_does_not_pass() -> None:
    """Where a template forgets the stories in the HTML, the text that has them betrays it."""
    templates = {**TEMPLATES, "email-lead.html": ""}
    made = write_letter(DRAFT, site=samples.SITE, templates=templates)
    told = failed(write_message(made, edition=DRAFT, site=samples.SITE))
    assert "6 are not in the HTML: https://gazette.example/police-trial" in told["text: every link"]


def test_placeholders_pass_with_a_warning() -> None:
    """An example's facts are right by form, and no list must get them: each warning names its key."""
    examples = sender(
        address="digest@example.org",
        postal="1 Example Street,  Example Town",
        list_id="digest.example.com",
        unsubscribe_url="https://www.example.net/u",
    )
    raw = letter(DRAFT, site=examples, form="eml").encode()
    assert {} == failed(raw)
    assert {
        "sender: From": "example.org is nobody's. Write your own to [mail] from_address before it is sent",
        "sender: postal address": "the example of a new project. Write your own to [mail] postal_address "
        "before it is sent",
        "sender: List-Id": "example.org is nobody's. Write your own to [mail] list_id before it is sent",
        "sender: one-click unsubscribe": "nobody answers at example.org. Write your own to [mail] before it is sent",
    } == {gate.name: gate.warning for gate in gates(raw) if gate.warning}
    assert [] == [gate.name for gate in gates(letter(DRAFT, form="eml").encode()) if gate.warning]


def test_an_unknown_charset_is_no_fall() -> None:
    """A message in a charset that nobody knows is read as far as it goes."""
    raw = b"Content-Type: text/plain; charset=bogus-99\r\n\r\nHello, unsubscribe \xff\r\n"
    assert "charset 'bogus-99' is not known" in failed(raw)["message: well formed"]
    assert "unsubscribe" not in failed(raw)["both: a way out that is seen"].partition(";")[2]
