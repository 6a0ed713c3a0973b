"""What a message must satisfy before it goes to a list: each rule a gate that is passed or not."""

import email
import re
from collections.abc import Callable, Iterator
from email import policy
from email.message import EmailMessage, Message
from itertools import pairwise
from urllib.parse import urlsplit

from frtfeed.records import Struct
from frtfeed.render.letter import MAX_HTML_BYTES
from frtfeed.render.placeholders import placeholder_domain, placeholder_postal
from frtfeed.render.reading import Reading, contrast, inverted, is_colour, read_letter

__all__ = ["Gate", "gates"]

MAX_LINE = 998  # octets; RFC 5322 §2.1.1
MAX_MESSAGE_BYTES = 102_400  # what Gmail shows of a letter
MAX_STYLE = 8_192  # characters; Gmail drops a longer block
MAX_SUBJECT = 70
MAX_COLUMNS = 78  # of the text part, addresses apart
MIN_CONTRAST = 4.5  # WCAG 2.2 §1.4.3
MIN_TEXT_PX = 16  # what browsers take where nobody says more; phones enlarge what is smaller, or do not
MIN_PICTURE_PX = 16  # what is smaller tells the recipient nothing, and the sender that the mail was opened
REMOTE = frozenset(
    "applet audio base bgsound embed form frame frameset iframe input link object script svg video".split()
)
# Attributes that make a program load something, src of anything but a picture apart.
LOADING = frozenset(
    "action archive background classid code codebase data dynsrc formaction icon imagesrcset lowsrc manifest ping "
    "poster srcdoc srcset xlink:href".split()
)
LOADS = re.compile(r"url\(|@import|image-set\(|expression\(|-moz-binding|behavior\s*:", re.IGNORECASE)
CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
CSS_ESCAPE = re.compile(r"\\([0-9a-f]{1,6})\s?", re.IGNORECASE)
TEMPLATE_LEFT = re.compile(r"\{\{|\{%|\{#")
MSGID = re.compile(r"<[^@\s<>]+@([^@\s<>]+)>")
ADDRESSES = ("https://", "http://", "mailto:")
LIST_ID = re.compile(r"<[^<>\s]+\.[^<>\s]+>$")


class Gate(Struct, frozen=True, kw_only=True):
    """
    One rule.

    detail: what is wrong and what to do, "" where it is passed.
    warning: what will not do for a list, though the rule is kept.
    """

    name: str
    detail: str = ""
    warning: str = ""

    @property
    def passed(self) -> bool:
        return not self.detail


class _Mail(Struct, frozen=True, kw_only=True):
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
    return tuple(
        Gate(name=name, detail="; ".join(found(mail)), warning="; ".join(WARNINGS.get(name, _silent)(mail)))
        for name, found in GATES.items()
    )


def _content(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    charset = _charset(part)
    return content.decode(charset if _is_known(charset) else "ascii", errors="replace").replace("\r\n", "\n")


def _charset(part: Message) -> str:
    return str(part.get_param("charset", "ascii"))


def _is_known(charset: str) -> bool:
    """Tell whether Python reads a charset as text: base64 is a codec, too."""
    try:
        b"x".decode(charset, errors="replace")
    except (LookupError, ValueError):
        return False
    return True


def _header(mail: _Mail, name: str) -> str:
    return str(mail.message[name] or "").strip()


def _sender(mail: _Mail) -> Iterator[str]:
    domain = _from_domain(mail)
    if not domain or domain.endswith(".invalid"):
        yield "no address that can send. Set [mail] from_address"


def _silent(_: _Mail) -> Iterator[str]:
    """Warn of nothing."""
    return iter(())


def _sender_example(mail: _Mail) -> Iterator[str]:
    if placeholder_domain(_from_domain(mail)):
        yield f"{_from_domain(mail)} is nobody's. Write your own to [mail] from_address before it is sent"


def _postal_example(mail: _Mail) -> Iterator[str]:
    if placeholder_postal(mail.reading.postal):
        yield "the example of a new project. Write your own to [mail] postal_address before it is sent"


def _list_id_example(mail: _Mail) -> Iterator[str]:
    if placeholder_domain(_header(mail, "List-Id").rpartition("<")[2].rstrip(">")):
        yield "example.org is nobody's. Write your own to [mail] list_id before it is sent"


def _unsubscribe_example(mail: _Mail) -> Iterator[str]:
    ways = re.findall(r"<([^<>]+)>", _header(mail, "List-Unsubscribe"))
    if any(map(placeholder_domain, ways)):
        yield "nobody answers at example.org. Write your own to [mail] before it is sent"


def _from_domain(mail: _Mail) -> str:
    addresses = getattr(mail.message["From"], "addresses", ())
    return addresses[0].domain if addresses else ""


def _postal(mail: _Mail) -> Iterator[str]:
    if not mail.reading.postal:
        yield "no <address> in the HTML. Set [mail] postal_address"
    elif "".join(mail.reading.postal.split()) not in "".join(mail.text.split()):  # a script without blanks wraps too
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
        if part.get_content_maintype() == "text" and not _is_known(_charset(part)):
            yield f"charset {_charset(part)!r} is not known"


def _wire(mail: _Mail) -> Iterator[str]:
    if not mail.raw.isascii():
        yield "not 7-bit"
    if b"\r" in mail.raw.replace(b"\r\n", b""):
        yield "a CR without LF"
    if b"\r\n" in mail.raw and b"\n" in mail.raw.replace(b"\r\n", b""):
        yield "an LF without CR"
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
    # An address that stands in an excerpt is in the words of both.
    there = {href for href, _ in mail.reading.links}
    there |= {_bare(word) for run in mail.reading.runs for word in run.words.split()}
    foreign = [word for word in mail.text.split() if word.startswith(ADDRESSES) and not {word, _bare(word)} & there]
    if foreign:
        yield f"{len(foreign)} are not in the HTML: {', '.join(foreign[:2])}"


def _bare(word: str) -> str:
    """Return a word without the marks that a sentence puts around it."""
    return word.strip(".,;:()")


def _columns(mail: _Mail) -> Iterator[str]:
    longest = max((len(line) for line in mail.text.splitlines() if "://" not in line), default=0)
    if longest > MAX_COLUMNS:
        yield f"a line of {longest} columns, {MAX_COLUMNS} at most"


def _addresses(mail: _Mail) -> Iterator[str]:
    for href, words in mail.reading.links:
        if not href.startswith("#") and not _works_in_a_mail(href):
            yield f"not an address that works in a mail: {href!r}"
        if not words:
            yield f"a link without words: {href}"


def _works_in_a_mail(href: str) -> bool:
    """Tell whether an address is one that a mail program follows."""
    try:
        return urlsplit(href).scheme in ("https", "http", "mailto")
    except ValueError:
        return False


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
        if not all(re.fullmatch("[0-9]{1,5}", picture.get(side, "")) for side in ("width", "height")):
            yield f"no width or height: {place}"
        elif min(int(picture["width"]), int(picture["height"])) < MIN_PICTURE_PX:
            yield f"a tracking pixel, or too small to be seen: {place}"
        if not picture.get("src", "").startswith(("https://", "cid:")):
            yield f"not by https: {place}"


def _remote(mail: _Mail) -> Iterator[str]:
    if tags := sorted(mail.reading.tags & REMOTE):
        yield f"<{'>, <'.join(tags)}>"
    for tag, name, value in mail.reading.attributes:
        if name in LOADING or (name == "src" and tag != "img"):
            yield f"{name} of <{tag}>"
        elif name.startswith("on"):
            yield f"a script: {name} of <{tag}>"
        elif tag == "meta" and name == "http-equiv" and value.lower() == "refresh":
            yield "another page, by <meta>"
    styles = [value for _, name, value in mail.reading.attributes if name == "style"]
    if any(LOADS.search(_plain_css(each)) for each in (mail.reading.styles, *styles)):
        yield "a style that loads something"


def _plain_css(css: str) -> str:
    """Return styles without comments, and with their characters written as themselves (CSS Syntax 3 §4.3.7)."""
    return CSS_ESCAPE.sub(lambda code: chr(min(int(code[1], 16), 0x10FFFF)), CSS_COMMENT.sub("", css))


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
        for scheme, pair in (("light", run.light), ("dark", run.dark), ("inverted", run.light)):
            if (scheme, pair) not in seen:
                yield from _contrast_fault(scheme, pair)
            seen.add((scheme, pair))


def _contrast_fault(scheme: str, pair: tuple[str, str]) -> Iterator[str]:
    if unknown := [colour for colour in pair if not is_colour(colour)]:
        yield f"{scheme}: {unknown[0]!r} cannot be read. Write #rrggbb"
        return
    shown = inverted(pair) if scheme == "inverted" else pair
    if contrast(shown) < MIN_CONTRAST:
        yield f"{scheme}: {shown[0]} on {shown[1]} is {contrast(shown):.1f}:1, {MIN_CONTRAST}:1 at least"


def _legible(mail: _Mail) -> Iterator[str]:
    for run in {run.size: run for run in mail.reading.runs if run.size < MIN_TEXT_PX}.values():
        size = f"{run.size:g} px" if run.size else "a size that is not in px"
        yield f"{size}, {MIN_TEXT_PX} px at least: {run.words[:40]!r}"


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
    "HTML: large enough to read": _legible,
}

# What a gate lets through, and a list must not get.
WARNINGS: dict[str, Callable[[_Mail], Iterator[str]]] = {
    "sender: From": _sender_example,
    "sender: postal address": _postal_example,
    "sender: List-Id": _list_id_example,
    "sender: one-click unsubscribe": _unsubscribe_example,
}
