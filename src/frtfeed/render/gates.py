"""What a message must satisfy before it goes to a list: each rule a gate that is passed or not."""

import email
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from itertools import pairwise
from urllib.parse import urlsplit

from frtfeed.render.letter import MAX_HTML_BYTES
from frtfeed.render.reading import Reading, contrast, inverted, read_letter

__all__ = ["Gate", "gates"]

MAX_LINE = 998  # octets; RFC 5322 §2.1.1
MAX_MESSAGE_BYTES = 102_400  # what Gmail shows of a letter
MAX_STYLE = 8_192  # characters; Gmail drops a longer block
MAX_SUBJECT = 70
MAX_COLUMNS = 78  # of the text part, addresses apart
MIN_CONTRAST = 4.5  # WCAG 2.2 §1.4.3
REMOTE = frozenset("link script iframe form object embed video audio base".split())
TEMPLATE_LEFT = re.compile(r"\{\{|\{%|\{#")
MSGID = re.compile(r"<[^@\s<>]+@([^@\s<>]+)>")
LIST_ID = re.compile(r"<[^<>\s]+\.[^<>\s]+>$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One rule. detail: what is wrong and what to do, "" where it is passed."""

    name: str
    detail: str = ""

    @property
    def passed(self) -> bool:
        return not self.detail


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mail:
    """A message, read."""

    raw: bytes
    message: EmailMessage
    text: str
    html: str
    reading: Reading


def gates(raw: bytes) -> tuple[Gate, ...]:
    """
    Return what the rules say of a message, in the order of its parts: sender, headers, size, text, HTML.

    Where the message has no HTML or no text, the gates that read them are not passed.
    """
    message = email.message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    text, html = (_content(message, kind) for kind in ("plain", "html"))
    mail = _Mail(raw=raw, message=message, text=text, html=html, reading=read_letter(html))
    return tuple(Gate(name=name, detail="; ".join(found(mail))) for name, found in GATES.items())


def _content(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


def _header(mail: _Mail, name: str) -> str:
    return str(mail.message[name] or "").strip()


def _sender(mail: _Mail) -> Iterator[str]:
    domain = _from_domain(mail)
    if not domain or domain.endswith(".invalid"):
        yield "no address that can send. Set [mail] from_address"


def _from_domain(mail: _Mail) -> str:
    addresses = getattr(mail.message["From"], "addresses", ())
    return addresses[0].domain if addresses else ""


def _postal(mail: _Mail) -> Iterator[str]:
    if not mail.reading.postal:
        yield "no <address> in the HTML. Set [mail] postal_address"
    elif mail.reading.postal not in " ".join(mail.text.split()):
        yield "not in the text part"


def _list_id(mail: _Mail) -> Iterator[str]:
    if not LIST_ID.search(_header(mail, "List-Id")):
        yield "missing. Set [mail] list_id"


def _unsubscribe(mail: _Mail) -> Iterator[str]:
    ways = _header(mail, "List-Unsubscribe")
    if "<https://" not in ways:
        yield "no https address. Set [mail] unsubscribe_url"
    if "<mailto:" not in ways:
        yield "no mailto. Set [mail] unsubscribe_mailto"
    if _header(mail, "List-Unsubscribe-Post") != "List-Unsubscribe=One-Click":
        yield "no List-Unsubscribe-Post (RFC 8058)"


def _way_out_seen(mail: _Mail) -> Iterator[str]:
    if not any("unsubscribe" in words.lower() for _, words in mail.reading.links):
        yield "no link in the HTML says unsubscribe"
    if "unsubscribe" not in mail.text.lower():
        yield "the text part does not say unsubscribe"


def _once(mail: _Mail) -> Iterator[str]:
    for name in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version"):
        if (count := len(mail.message.get_all(name, []))) != 1:
            yield f"{name}: {count} times"


def _present(mail: _Mail) -> Iterator[str]:
    for name in ("Reply-To", "List-Archive", "List-Help", "Feedback-ID"):
        if not _header(mail, name):
            yield f"{name}: missing"
    if _header(mail, "Precedence") not in ("bulk", "list"):
        yield "Precedence: neither bulk nor list"
    if not _header(mail, "Auto-Submitted").startswith("auto-"):
        yield "Auto-Submitted: missing"


def _subject(mail: _Mail) -> Iterator[str]:
    if not 0 < len(_header(mail, "Subject")) <= MAX_SUBJECT:
        yield f"{len(_header(mail, 'Subject'))} characters, 1 to {MAX_SUBJECT} are read"


def _message_id(mail: _Mail) -> Iterator[str]:
    found = MSGID.fullmatch(_header(mail, "Message-ID"))
    if not found or found[1] != _from_domain(mail):
        yield "not of the sender's domain"


def _date(mail: _Mail) -> Iterator[str]:
    if getattr(mail.message["Date"], "datetime", None) is None:
        yield "cannot be read"


def _well_formed(mail: _Mail) -> Iterator[str]:
    for part in mail.message.walk():
        for defect in (*part.defects, *(each for header in part.values() for each in getattr(header, "defects", ()))):
            yield type(defect).__name__


def _wire(mail: _Mail) -> Iterator[str]:
    if not mail.raw.isascii():
        yield "not 7-bit"
    if b"\r" in mail.raw.replace(b"\r\n", b""):
        yield "a CR without LF"
    if (longest := max(map(len, mail.raw.splitlines()), default=0)) > MAX_LINE:
        yield f"a line of {longest} octets, {MAX_LINE} at most"


def _alternatives(mail: _Mail) -> Iterator[str]:
    kinds = [part.get_content_type() for part in mail.message.iter_parts()]
    if mail.message.get_content_type() != "multipart/alternative" or kinds != ["text/plain", "text/html"]:
        yield f"text/plain, then text/html are wanted, not {', '.join(kinds) or mail.message.get_content_type()}"


def _size(mail: _Mail) -> Iterator[str]:
    if not 0 < len(mail.html.encode()) <= MAX_HTML_BYTES:
        yield f"{len(mail.html.encode())} bytes of HTML, 1 to {MAX_HTML_BYTES} are shown in full"
    if len(mail.raw) > MAX_MESSAGE_BYTES:
        yield f"{len(mail.raw)} bytes in all, {MAX_MESSAGE_BYTES} at most"
    blocks = re.findall(r"<style\b[^>]*>(.*?)</style>", mail.html, re.DOTALL)
    if (longest := max(map(len, blocks), default=0)) > MAX_STYLE:
        yield f"a style block of {longest} characters, {MAX_STYLE} at most"


def _links_in_text(mail: _Mail) -> Iterator[str]:
    lines = set(mail.text.split())
    missing = [href for href, _ in mail.reading.links if not href.startswith("#") and href not in lines]
    if missing or not mail.text:
        yield f"{len(missing)} links of the HTML are missing: {', '.join(missing[:2])}"


def _columns(mail: _Mail) -> Iterator[str]:
    longest = max((len(line) for line in mail.text.splitlines() if "://" not in line), default=0)
    if longest > MAX_COLUMNS:
        yield f"a line of {longest} columns, {MAX_COLUMNS} at most"


def _addresses(mail: _Mail) -> Iterator[str]:
    for href, words in mail.reading.links:
        if not href.startswith("#") and urlsplit(href).scheme not in ("https", "http", "mailto"):
            yield f"not an address that works in a mail: {href!r}"
        if not words:
            yield f"a link without words: {href}"


def _document(mail: _Mail) -> Iterator[str]:
    for fact, name in (
        (mail.reading.doctype, "<!DOCTYPE html>"),
        (mail.reading.language, "lang"),
        (mail.reading.title, "title"),
    ):
        if not fact:
            yield f"no {name}"


def _headings(mail: _Mail) -> Iterator[str]:
    levels = mail.reading.headings
    if levels.count(1) != 1:
        yield f"{levels.count(1)} h1, one is wanted"
    for above, below in pairwise(levels):
        if below > above + 1:
            yield f"h{below} follows h{above}"
            return


def _tables(mail: _Mail) -> Iterator[str]:
    if wrong := sum(table.get("role") not in ("presentation", "none") for table in mail.reading.tables):
        yield f'{wrong} without role="presentation"'


def _pictures(mail: _Mail) -> Iterator[str]:
    for picture in mail.reading.pictures:
        place = picture.get("src", "")[:60]
        if "alt" not in picture:
            yield f"no alt: {place}"
        if not (picture.get("width", "").isdigit() and picture.get("height", "").isdigit()):
            yield f"no width or height: {place}"
        elif min(int(picture["width"]), int(picture["height"])) <= 1:
            yield f"a tracking pixel: {place}"
        if not picture.get("src", "").startswith(("https://", "cid:")):
            yield f"not by https: {place}"


def _remote(mail: _Mail) -> Iterator[str]:
    if tags := sorted(mail.reading.tags & REMOTE):
        yield f"<{'>, <'.join(tags)}>"
    if "@import" in mail.html or "url(" in mail.html:
        yield "a style that loads something"


def _conditionals(mail: _Mail) -> Iterator[str]:
    begun, ended = len(re.findall(r"<!--\[if", mail.html)), len(re.findall(r"<!\[endif\]", mail.html))
    if begun != ended or not begun:
        yield f"{begun} begin, {ended} end"


def _dark(mail: _Mail) -> Iterator[str]:
    for mark in ("prefers-color-scheme", "[data-ogsc]", "[data-ogsb]"):
        if mark not in mail.reading.styles:
            yield f"no rules for {mark}"
    if 'name="color-scheme"' not in mail.html:
        yield "no color-scheme meta"


def _contrast(mail: _Mail) -> Iterator[str]:
    seen = set()
    for run in mail.reading.runs:
        for scheme, pair in (("light", run.light), ("dark", run.dark), ("inverted", inverted(run.light))):
            if (scheme, pair) not in seen and contrast(pair) < MIN_CONTRAST:
                yield f"{scheme}: {pair[0]} on {pair[1]} is {contrast(pair):.1f}:1, {MIN_CONTRAST}:1 at least"
            seen.add((scheme, pair))


def _placeholders(mail: _Mail) -> Iterator[str]:
    for name, form in (("HTML", mail.html), ("text", mail.text)):
        if found := TEMPLATE_LEFT.search(form):
            yield f"{found[0]} in the {name}"


GATES: dict[str, Callable[[_Mail], Iterator[str]]] = {
    "sender: From": _sender,
    "sender: postal address": _postal,
    "sender: List-Id": _list_id,
    "sender: one-click unsubscribe": _unsubscribe,
    "headers: each once": _once,
    "headers: lists and machines": _present,
    "headers: Subject": _subject,
    "headers: Date": _date,
    "headers: Message-ID": _message_id,
    "message: well formed": _well_formed,
    "message: clean on the wire": _wire,
    "message: text, then HTML": _alternatives,
    "size: nothing is clipped": _size,
    "text: every link": _links_in_text,
    "text: columns": _columns,
    "both: a way out that is seen": _way_out_seen,
    "both: nothing of a template left": _placeholders,
    "HTML: a document": _document,
    "HTML: headings in order": _headings,
    "HTML: links": _addresses,
    "HTML: tables for layout": _tables,
    "HTML: pictures": _pictures,
    "HTML: nothing else is loaded": _remote,
    "HTML: Outlook's conditionals": _conditionals,
    "HTML: three kinds of dark": _dark,
    "HTML: contrast": _contrast,
}
