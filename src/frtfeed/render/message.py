"""A letter as a message (RFC 5322): its headers, its two forms in MIME, the places for its recipient."""

import re
import unicodedata
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Iterable, Iterator
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
    "Weight",
    "addressed",
    "encoded_bytes",
    "subject_line",
    "ways_out",
    "weigh",
    "write_message",
]

MAX_SUBJECT = 70  # characters; more is cut in most lists of mail
MIN_HEADLINE = 24  # characters of a headline that still tell something in a subject, however long the period's name
MAX_NAME = 60  # characters; From fits on one line with most addresses
LINE = 76  # octets; RFC 2045 §6.7 for quoted-printable, RFC 5322 §2.1.1 asks for 78
CRLF = "\r\n"
BASE64_LINE = 57  # bytes that encodebytes puts on a line
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


class Weight(Struct, frozen=True, kw_only=True):
    """
    What a stretch of a letter weighs.

    plain: its bytes in UTF-8. quoted, ends: the same as quoted-printable, and how many lines end there: in a
        message, two bytes each.
    """

    plain: int
    quoted: int
    ends: int

    def and_also(self, other: "Weight") -> "Weight":
        """Return the weight of both."""
        return Weight(plain=self.plain + other.plain, quoted=self.quoted + other.quoted, ends=self.ends + other.ends)


def weigh(form: str, *, known: Iterable[tuple[str, Weight]] = ()) -> Weight:
    """
    Weigh one form of a letter, or a stretch of it.

    Args:
        known: stretches of the form, in their order, with their weights. Quoted-printable is written line by
            line, so that what stands on lines of its own weighs the same wherever it stands.
    """
    at, weight = 0, Weight(plain=0, quoted=0, ends=0)
    for stretch, its_own in known if "\r" not in form else ():
        start = form.find(stretch, at)
        end = start + len(stretch)
        if start >= 0 and _is_whole(form, start, end):
            weight = weight.and_also(_weight(form[at:start])).and_also(its_own)
            at = end
    return weight.and_also(_weight(form[at:]))


def _is_whole(form: str, start: int, end: int) -> bool:
    """Tell whether a stretch stands on lines of its own, and ends in what may end a line of quoted-printable."""
    return (
        form[start - 1 : start] in ("", "\n")
        and form[end : end + 1] in ("", "\n")
        and not form[end - 1 : end].isspace()
    )


def _weight(form: str) -> Weight:
    content = form.encode()
    quoted = b2a_qp(content, istext=True)
    return Weight(plain=len(content), quoted=len(quoted), ends=quoted.count(b"\n"))


def encoded_bytes(weight: Weight) -> int:
    """Return how many bytes one form of a letter takes in a message."""
    if not _takes_base64(weight.plain, weight.quoted):
        return weight.quoted + weight.ends
    return 4 * -(-weight.plain // 3) + len(CRLF) * -(-weight.plain // BASE64_LINE)


def _takes_base64(plain: int, quoted: int) -> bool:
    """Tell whether base64 is the shorter form (RFC 2045 §6), by much: Thai would take nine bytes a letter."""
    return quoted * 2 > plain * 3


def _part(kind: str, form: str) -> str:
    """Write one form as a part of a message."""
    encoding, lines = _encoding(form)
    return f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{lines}\r\n"


@lru_cache(maxsize=2)  # both forms are the same for all recipients where the letter names no way out
def _encoding(form: str) -> tuple[str, str]:
    """Encode a form as it travels, and name the encoding."""
    content = form.encode()
    encoding, encoded = "quoted-printable", b2a_qp(content, istext=True)
    if _takes_base64(len(content), len(encoded)):
        encoding, encoded = "base64", encodebytes(content)
    return encoding, encoded.decode("ascii").replace("\n", CRLF)


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
