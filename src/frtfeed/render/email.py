"""
Each edition as a letter: HTML with its styles in the tags, plain text, and both as one message.

The only home of premailer.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from email.utils import quote as quote_string
from hashlib import sha256
from urllib.parse import quote, urlsplit

from frtfeed.errors import TemplateError
from frtfeed.model import Edition, Page, Publication, Site
from frtfeed.render.entry import URI_CHARACTERS, address
from frtfeed.render.templates import Fill, bind
from frtfeed.text import excerpt, one_line
from frtfeed.urls import https

__all__ = ["render"]

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
MESSAGE = "message/rfc822"
MAX_HTML_BYTES = 80_000  # Gmail clips a letter at 102,400; what the transport adds is not known here
MAX_SUBJECT = 70  # characters; more is cut in most lists of mail
MAX_PREHEADER = 140  # characters; about as many as a list of mail shows behind the subject
LINE = 76  # octets; RFC 2045 §6.7 for quoted-printable, RFC 5322 §2.1.1 asks for 78
MIN_HEADLINE = 24  # characters of a headline that still tell something in a subject
SILENT = 60  # above logging.CRITICAL: cssutils warns of properties that mail programs need
# How premailer fails on styles that it does not understand; cssselect's errors are kinds of the last two.
STYLE_FAULTS = (AttributeError, TypeError, ValueError, SyntaxError, RuntimeError)
MAX_NAME = 60  # characters; From fits on one line with most addresses
ATOMS = re.compile(r"[\w!#$%&'*+/=?^`{|}~ -]+", re.ASCII)  # RFC 5322 §3.2.3
CONTROLS = frozenset({"Cc", "Cs"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    """An edition, written; html is ASCII."""

    subject: str
    html: str
    text: str


def render(publication: Publication, *, templates: Mapping[str, str]) -> Iterator[Page]:
    """Yield email.html, email.txt and email.eml of each edition, newest first."""
    fill = bind(templates, site=publication.site)
    for edition in publication.editions:
        letter = _letter(edition, site=publication.site, fill=fill)
        message = _message(letter, edition=edition, site=publication.site)
        yield Page(path=f"{edition.path}email.html", media_type=HTML, content=letter.html.encode())
        yield Page(path=f"{edition.path}email.txt", media_type=TEXT, content=letter.text.encode())
        yield Page(path=f"{edition.path}email.eml", media_type=MESSAGE, content=message)


# Strategy: a letter that is clipped loses its end, and with it the way to unsubscribe. So its size
# is measured after inlining, which doubles it, and leads are taken from the end until it fits. Their
# share of the size tells how many to take: two or three attempts, also for hundreds of leads.
def _letter(edition: Edition, *, site: Site, fill: Fill) -> _Letter:
    """Write an edition; what does not fit is left out and counted: "3 more on the web"."""
    subject = _subject(edition, site=site)
    kept = len(edition.groups)
    while True:
        variables = {
            "edition": edition,
            "groups": edition.groups[:kept],
            "more": len(edition.groups) - kept,
            "subject": subject,
            "preheader": _preheader(edition),
            "unsubscribe": _unsubscribe(site),
        }
        html = _inline(fill("email.html", **variables))
        if len(html) <= MAX_HTML_BYTES or kept <= 1:
            return _Letter(subject=subject, html=html, text=fill("email.txt", **variables))
        kept = min(kept - 1, max(1, kept * MAX_HTML_BYTES // len(html)))


def _inline(html: str) -> str:
    """
    Write the rules of the first style block into the tags; the result is ASCII.

    Raises:
        TemplateError: the styles break the rules in templates/README.md, or something got lost.
    """
    from premailer import Premailer  # 400 ms

    premailer = Premailer(
        strip_important=False,  # else the kept media queries lose theirs
        allow_network=False,
        allow_loading_external_files=False,
        disable_validation=True,
        disable_basic_attributes=["width", "height", "align", "valign"],  # Outlook shows pictures at full size
        align_floating_images=False,
        disable_link_rewrites=True,
        preserve_internal_links=True,
        cssutils_logging_level=SILENT,
    )
    try:
        inlined: str = premailer.transform(html, pretty_print=False)
    except STYLE_FAULTS as error:
        raise TemplateError(
            f"template email.html: the styles cannot be written into the tags: {error}. "
            "Keep @-rules in the second style block, and name no style attributes beside rules for the same tag."
        ) from error
    before, after = html.count("<a "), inlined.count("<a ")
    if before != after or not inlined.rstrip().endswith("</html>"):
        raise TemplateError(
            f"template email.html: of {before} links {after} are left after inlining. "
            "Nest fewer than 250 elements, and close every one of them."
        )
    return inlined.rstrip().encode("ascii", "xmlcharrefreplace").decode() + "\n"


def _subject(edition: Edition, *, site: Site) -> str:
    """Name the list, the period and what matters most: equal subjects become one thread in Gmail."""
    list_and_period = _one_line(f"{site.title}, {edition.title}")
    if not edition.groups:
        return list_and_period
    room = MAX_SUBJECT - len(list_and_period) - len(": ")
    return f"{list_and_period}: {excerpt(_one_line(edition.groups[0].lead.title), limit=max(room, MIN_HEADLINE))}"


def _preheader(edition: Edition) -> str:
    """Return what a list of mail shows behind the subject: the headlines that the subject has no room for."""
    titles = [group.lead.title for group in edition.groups]
    return excerpt(" · ".join(titles[1:4] or titles), limit=MAX_PREHEADER)


def _unsubscribe(site: Site) -> tuple[str, ...]:
    """Return the ways out that the sender names, web before mail."""
    mailto = site.sender.unsubscribe_mailto
    if mailto and not mailto.startswith("mailto:"):
        mailto = f"mailto:{mailto}"
    return tuple(way for way in (site.sender.unsubscribe_url, mailto) if way)


# Strategy: the body's form is the library's, but the headers are written here. The library decodes what looks
# encoded before it folds, so that "=?utf-8?q?=0D=0ABcc:..." in a name became a header (Python 3.11); it doubles
# blanks where it folds, and encodes a long List-Unsubscribe, which then does not work.
def _message(letter: _Letter, *, edition: Edition, site: Site) -> bytes:
    """
    Write a letter as a message (RFC 5322), 7-bit, with CRLF: text first, HTML as the better alternative.

    Nothing in it depends on the moment or on chance: boundary and Message-ID are hashes.
    """
    digest = sha256("\0".join([edition.id, letter.subject, letter.text, letter.html]).encode()).hexdigest()[:32]
    body = EmailMessage(SMTP.clone(max_line_length=LINE, cte_type="7bit"))
    body.set_content(letter.text, charset="utf-8", cte="quoted-printable")
    body.add_alternative(letter.html, subtype="html", charset="utf-8", cte="quoted-printable")
    body.set_boundary(f"=_{digest}")  # "=_" cannot occur in quoted-printable
    headers = _headers(letter, edition=edition, site=site, digest=digest)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return head.encode("ascii") + body.as_bytes()


def _headers(letter: _Letter, *, edition: Edition, site: Site, digest: str) -> Iterator[tuple[str, str]]:
    """Yield the headers in their order, ASCII; what a story says enters only through the subject."""
    sender = site.sender
    mailbox = _ascii(sender.address) or f"digest@{_host(site)}"
    yield "From", f"{_phrase(sender.name or site.title)} <{mailbox}>"
    yield "To", "undisclosed-recipients:;"
    yield "Subject", _encoded(letter.subject, name="Subject")
    yield "Date", format_datetime(edition.updated if edition.draft else edition.end)
    yield "Message-ID", f"<{digest}@{mailbox.rpartition('@')[2]}>"
    yield "List-Id", f"<{_ascii(sender.list_id) or f'digest.{_host(site)}'}>"
    yield "List-Archive", f"<{_uri(address('digest/', site))}>"
    if ways := _unsubscribe(site):
        # One line, however long: some servers break a signature over a folded one.
        yield "List-Unsubscribe", ", ".join(f"<{_uri(way)}>" for way in ways)
        if https(sender.unsubscribe_url):
            # RFC 8058 §3.1: a mail program may unsubscribe by a POST there, without asking anybody more.
            yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
    yield "Auto-Submitted", "auto-generated"
    yield "Precedence", "bulk"


def _host(site: Site) -> str:
    """Return the host of the site as mail spells it: IDNA (RFC 5890); "localhost" where it has none that works."""
    try:
        return (urlsplit(site.url).hostname or "localhost").encode("idna").decode()
    except UnicodeError:  # an empty label, or one of more than 63 characters
        return "localhost"


def _one_line(value: str) -> str:
    """Return a text as a header can hold it: one line, no control characters, no half characters."""
    kept = (char for char in value if char.isspace() or unicodedata.category(char) not in CONTROLS)
    return one_line("".join(kept))


def _encoded(value: str, *, name: str) -> str:
    """Write a text as the value of a header: as it is if it can be, else as encoded words (RFC 2047)."""
    charset = "us-ascii" if _plain(value) else "utf-8"
    return Header(value, charset=charset, header_name=name, maxlinelen=LINE).encode(linesep="\r\n")


def _phrase(value: str) -> str:
    """Write a name before an address: as it is, quoted, or encoded (RFC 5322 §3.2.5)."""
    name = excerpt(_one_line(value), limit=MAX_NAME)
    if not _plain(name):
        return _encoded(name, name="From")
    return name if ATOMS.fullmatch(name) else f'"{quote_string(name)}"'


def _plain(value: str) -> bool:
    """Tell whether a text may stand in a header as it is: ASCII that nobody takes for encoded."""
    return value.isascii() and "=?" not in value


def _ascii(value: str) -> str:
    """Return a mailbox or list name as a header can hold it: nothing else has a place within < and >."""
    return "".join(char for char in _one_line(value) if char.isascii() and char not in ' <>,;:"()')


def _uri(value: str) -> str:
    """Return an address as a header can hold it (RFC 3986)."""
    return quote(_one_line(value), safe=URI_CHARACTERS)
