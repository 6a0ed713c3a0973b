"""A letter as a message (RFC 5322): its headers, its two forms in MIME, the places for its recipient."""

import re
import unicodedata
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Iterator
from email.header import Header
from email.utils import format_datetime
from email.utils import quote as quote_string
from functools import lru_cache
from hashlib import sha256
from html import escape
from urllib.parse import quote, urlsplit

from frtfeed.model import Edition, Site
from frtfeed.records import Struct, replace
from frtfeed.render.entry import URI_CHARACTERS, address
from frtfeed.text import excerpt, one_line
from frtfeed.urls import https

__all__ = [
    "ANYBODY",
    "NO_FROM",
    "Letter",
    "Recipient",
    "addressed",
    "encoded_bytes",
    "subject_line",
    "ways_out",
    "write_message",
]

MAX_SUBJECT = 70  # characters; more is cut in most lists of mail
MIN_HEADLINE = 24  # characters of a headline that still tell something in a subject, however long the period's name
MAX_NAME = 60  # characters; From fits on one line with most addresses
LINE = 76  # octets; RFC 2045 §6.7 for quoted-printable, RFC 5322 §2.1.1 asks for 78
ATOMS = re.compile(r"[\w!#$%&'*+/=?^`{|}~ -]+", re.ASCII)  # RFC 5322 §3.2.3
CONTROLS = frozenset({"Cc", "Cs"})
# Who sends, where the configuration names nobody. RFC 2606 §2: no mail from there is ever delivered.
NO_FROM = "digest@from-address-missing.invalid"


class Recipient(Struct, frozen=True, kw_only=True):
    """Whom a message goes to. token: opaque, tells who leaves; RFC 8058 §4 wants it hard to forge."""

    address: str
    token: str


# The recipient of the message in the archive: sending writes the real one in its place.
ANYBODY = Recipient(address="__RECIPIENT__@recipient.invalid", token="__TOKEN__")  # noqa: S106  a placeholder


class Letter(Struct, frozen=True, kw_only=True):
    """An edition, written for ANYBODY; html is ASCII. Who reads it changes the ways out and nothing else."""

    subject: str
    html: str
    text: str


def subject_line(edition: Edition, *, site: Site) -> str:
    """
    Say what matters most, then of which period: equal subjects become one thread in Gmail.

    The list is not named, since From does; an edition without stories has nothing else to say.
    """
    news = _one_line(edition.groups[0].lead.title if edition.groups else site.title)
    period = excerpt(_one_line(edition.title), limit=MAX_SUBJECT - MIN_HEADLINE - len(" ()"))
    headline = excerpt(news, limit=MAX_SUBJECT - len(period) - len(" ()"))
    return _one_line(f"{headline} ({period})")


def ways_out(site: Site, *, token: str = "") -> tuple[str, ...]:
    """Return the ways out that the sender names, web before mail, with a recipient's token."""
    web, mail = site.sender.unsubscribe_url, site.sender.unsubscribe_mailto
    if web and token:
        parts = urlsplit(web)
        web = parts._replace(query="&".join(filter(None, (parts.query, f"token={token}")))).geturl()
    if mail:
        mail = mail if mail.startswith("mailto:") else f"mailto:{mail}"
        if token:
            mail += f"{'&' if '?' in mail else '?subject=unsubscribe&'}body={token}"
    return tuple(_uri(way) for way in (web, mail) if way)


def addressed(letter: Letter, *, site: Site, token: str = "") -> Letter:
    """
    Return the letter as one recipient gets it; without a token, as everybody may see it.

    Only whole addresses are replaced: a story that links to a placeholder learns nobody's token.
    """
    html, text = letter.html, letter.text
    for anybody, somebody in zip(ways_out(site, token=ANYBODY.token), ways_out(site, token=token), strict=True):
        html = html.replace(f'"{escape(anybody)}"', f'"{escape(somebody)}"')
        text = text.replace(f"\n{anybody}\n", f"\n{somebody}\n")
    return replace(letter, html=html, text=text)


# Strategy: headers and body are written here. The library decodes what looks encoded before it folds,
# so that "=?utf-8?q?=0D=0ABcc:..." in a name became a header (Python 3.11); it doubles blanks where it
# folds, encodes a long List-Unsubscribe, which then does not work, and takes as long for the body as
# the whole letter took to write.
def write_message(letter: Letter, *, edition: Edition, site: Site, recipient: Recipient = ANYBODY) -> bytes:
    """
    Write a letter as a message, 7-bit, with CRLF: text first, HTML as the better alternative.

    Nothing in it depends on the moment or on chance: boundary and Message-ID are hashes, and the
    same letter to the same recipient is the same message, which the receiver keeps once.
    """
    own = addressed(letter, site=site, token=recipient.token)
    digest = sha256("\0".join([edition.id, own.subject, own.text, own.html, recipient.token]).encode()).hexdigest()[:32]
    head = "".join(
        f"{name}: {value}\r\n"
        for name, value in _headers(own, edition=edition, site=site, recipient=recipient, digest=digest)
    )
    boundary = f"=_{digest}"  # "=_" cannot occur in quoted-printable
    body = "".join(f"--{boundary}\r\n{_part(kind, form)}" for kind, form in (("plain", own.text), ("html", own.html)))
    mime = f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{boundary}"\r\n'
    return f"{head}{mime}\r\n{body}--{boundary}--\r\n".encode("ascii")


def encoded_bytes(form: str) -> int:
    """Return how many bytes one form of a letter takes in a message."""
    _, lines = _encoding(form)
    return len(lines)


def _part(kind: str, form: str) -> str:
    """Write one form as a part of a message."""
    encoding, lines = _encoding(form)
    return f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{lines}\r\n"


@lru_cache(maxsize=4)  # what was measured last is what is sent: both forms, and what they were written from
def _encoding(form: str) -> tuple[str, str]:
    """Choose how a form travels (RFC 2045 §6): quoted-printable, but Thai would take nine bytes a letter."""
    content = form.encode()
    encoding, encoded = "quoted-printable", b2a_qp(content, istext=True)
    if len(encoded) * 2 > len(content) * 3:
        encoding, encoded = "base64", encodebytes(content)
    return encoding, encoded.decode("ascii").replace("\n", "\r\n")


def _headers(
    letter: Letter, *, edition: Edition, site: Site, recipient: Recipient, digest: str
) -> Iterator[tuple[str, str]]:
    """Yield the headers in their order, ASCII; what a story says enters only through the subject."""
    sender = site.sender
    mailbox = _ascii(sender.address) or NO_FROM
    reply_to = _ascii(sender.reply_to) or mailbox
    name = sender.name or site.title
    list_id = _ascii(sender.list_id)
    yield "From", f"{_phrase(name, header='From')} <{mailbox}>"
    yield "Reply-To", f"<{reply_to}>"
    yield "To", f"<{_ascii(recipient.address)}>"
    yield "Subject", _encoded(letter.subject, name="Subject")
    yield "Date", format_datetime(edition.updated if edition.draft else edition.end)
    yield "Message-ID", f"<{digest}@{mailbox.rpartition('@')[2]}>"
    if list_id:
        yield "List-Id", f"{_phrase(site.title, header='List-Id')} <{list_id}>"
    yield "List-Archive", f"<{_uri(address('digest/', site))}>"
    yield "List-Help", f"<mailto:{_uri(reply_to)}?subject=help>"
    if ways := ways_out(site, token=recipient.token):
        # One line, however long: some servers break a signature over a folded one.
        yield "List-Unsubscribe", ", ".join(f"<{way}>" for way in ways)
        if https(sender.unsubscribe_url):
            # RFC 8058 §3.1: a mail program may unsubscribe by a POST there, without asking anybody more.
            yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
    # Google's feedback loop: campaign, customer, kind of mail, and a sender of 5 to 15 characters.
    who = sha256((list_id or mailbox).encode()).hexdigest()[:12]
    yield "Feedback-ID", f"{_ascii(edition.key)}:{edition.period}:digest:{who}"
    yield "Auto-Submitted", "auto-generated"
    yield "Precedence", "bulk"


def _one_line(value: str) -> str:
    """Return a text as a header can hold it: one line, no control characters, no half characters."""
    kept = (char for char in value if char.isspace() or unicodedata.category(char) not in CONTROLS)
    return one_line("".join(kept))


def _encoded(value: str, *, name: str) -> str:
    """Write a text as the value of a header: as it is if it can be, else as encoded words (RFC 2047)."""
    charset = "us-ascii" if _plain(value) else "utf-8"
    return Header(value, charset=charset, header_name=name, maxlinelen=LINE).encode(linesep="\r\n")


def _phrase(value: str, *, header: str) -> str:
    """Write a name before an address: as it is, quoted, or encoded (RFC 5322 §3.2.5)."""
    name = excerpt(_one_line(value), limit=MAX_NAME)
    if not _plain(name):
        return _encoded(name, name=header)
    return name if ATOMS.fullmatch(name) else f'"{quote_string(name)}"'


def _plain(value: str) -> bool:
    """Tell whether a text may stand in a header as it is: ASCII that nobody takes for encoded."""
    return value.isascii() and "=?" not in value


def _ascii(value: str) -> str:
    """Return a mailbox or list name as a header can hold it: nothing else has a place within < and >."""
    return "".join(char for char in _one_line(value) if char.isascii() and char not in ' <>,;:"()')


def _uri(value: str) -> str:
    """Return an address as a header can hold it (RFC 3986), the apostrophe encoded: HTML would write it in two ways."""
    return quote(_one_line(value), safe=URI_CHARACTERS.replace("'", ""))
