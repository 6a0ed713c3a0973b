"""
A story as the text of a front-matter file, and that file's change when its source changes.

Strategy of a change: three versions of each field are compared: what we wrote last, what
stands in the file, what the source says now. Only a field that still is what we wrote is
written anew; whatever an editor wrote or removed is the editor's, and so is a list with a
comment in it, which would be lost. Only the lines of the fields that change are touched: the
rest of the file stays byte for byte, a comment beside a value too.
"""

import html
import re
from collections.abc import Mapping as Fields
from collections.abc import Sequence
from datetime import tzinfo
from typing import TypeAlias

from frtfeed import markup, urls
from frtfeed.model import Facts, Image, Provider, Story, When
from frtfeed.parse.record import AUTO, FACT_LISTS
from frtfeed.parse.tree import Mapping, untyped
from frtfeed.parse.yaml_text import Span, Unreadable, compose, quoted, spans
from frtfeed.records import Struct
from frtfeed.times import rfc3339

__all__ = ["Revised", "Value", "fields_of", "publish", "revise", "unparse", "unparse_fields"]

Value: TypeAlias = "str | Sequence[Value] | Fields[str, Value]"
BODY = "body"  # no field of a file: its text below the second fence
EDITORS = frozenset(["published"])  # the editor's from the moment it is written: whether it is seen
MOVED = ("webUrl", "id", "originalUrl")  # what changes when a story's address does, or does not change at all
BARE = re.compile(r"[A-Za-z0-9][A-Za-z0-9:+-]*")
BARE_FIELDS = frozenset(
    "publishedDateTime updatedDateTime occurred published type language quality heat solo pin lead width height".split()
)
PLAIN_NAME = re.compile(r"[A-Za-z]\w*")
FRONT = re.compile(r"\ufeff?\s*---[ \t]*\r?\n(?P<fields>.*?)^(?:---|\.\.\.)[ \t]*\r?$", re.DOTALL | re.MULTILINE)
COMMENT = re.compile(r"(?:^|\s)#", re.MULTILINE)
LEFT_BELOW = re.compile(r"(?:^[ \t]*(?:#.*)?\r?\n)*\Z", re.MULTILINE)  # comments and blank lines belong to what follows


class Revised(Struct, frozen=True, kw_only=True):
    """
    A file after a change of its source.

    text: byte for byte what it was where nothing changed. changed: fields that were written.
    kept: fields that the source changed and that an editor's hand keeps as they are.
    """

    text: str
    changed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def unparse(story: Story, *, zone: tzinfo) -> str:
    """
    Write a story as front matter that parses to the same story.

    Its mentions and its further names are not written.

    Args:
        zone: of the site: a day, month or year is written as it is there.
    """
    return unparse_fields(fields_of(story, zone=zone))


def unparse_fields(fields: Fields[str, Value]) -> str:
    """Write fields (fields_of) as front matter."""
    lines = [_written(name, value) for name, value in fields.items() if name != BODY]
    body = f"{fields[BODY]}\n" if BODY in fields else ""
    return "\n".join(["---", *lines, "---", body])


def fields_of(story: Story, *, zone: tzinfo) -> dict[str, Value]:
    """Return the fields of a story's file in their order, as text; and its own text, as `body`."""
    url = story.url
    derived = urls.story_id(urls.canonical(url)) if url else story.id
    found: dict[str, Value] = {
        "title": _prose(story.title),
        "category": _prose(story.category),
        "excerpt": _prose(story.excerpt),
        "publishedDateTime": _date(story.published, zone),
        "updatedDateTime": rfc3339(story.updated) if story.updated else "",
        "occurred": _date(story.facts.occurred, zone) if story.facts else "",
        "webUrl": url,
        "id": story.id if story.id != derived else "",
        "type": "" if story.kind == "article" else story.kind,
        "language": story.language,
        "published": _published(story),
        "quality": "" if story.quality is None else str(story.quality),
        "heat": "-1" if story.covered else "" if story.heat is None else str(story.heat),
        "group": _prose(story.group),
        **{name: "true" if getattr(story, name) else "" for name in ("solo", "pin", "lead")},
        "provider": _provider(story.provider),
        "topics": [_prose(topic) for topic in story.topics],
        "images": [_image(image) for image in story.images],
        **_facts(story.facts),
        **dict(story.extra),
        BODY: _body(story),
    }
    return {name: value for name, value in found.items() if value}


def revise(text: str, *, written: Fields[str, Value], found: Fields[str, Value]) -> Revised:
    """
    Bring a file up to date with its source.

    Args:
        text: with its own line ends.
        written: the fields as they were written last (fields_of).
        found: the fields as the source has them now. What it gives no longer stays. Another address
            must come with the id that the story has: the two are written together, or neither.
    """
    news = {name: value for name, value in found.items() if name not in EDITORS and value != written.get(name)}
    front = FRONT.match(text)
    if not news or front is None:
        return Revised(text=text, kept=tuple(news))
    try:
        current = _current(front["fields"])
    except Unreadable:  # `check` tells; until somebody mends the file, it is left alone
        return Revised(text=text, kept=tuple(news))
    current[BODY] = text[front.end() :].strip().replace("\r\n", "\n")
    edits = {
        name: _edit(name, value, front, text, is_ours=_is_ours(name, current, written))
        for name, value in news.items()
        if current.get(name) != value
    }
    if "webUrl" in edits and not (edits["webUrl"] and ("id" in current or edits.get("id"))):
        edits = {name: edit for name, edit in edits.items() if name not in MOVED} | {"webUrl": None}
    return Revised(
        text=_applied(text, [edit for edit in edits.values() if edit]),
        changed=tuple(name for name, edit in edits.items() if edit),
        kept=tuple(name for name, edit in edits.items() if not edit),
    )


def publish(text: str, *, value: str) -> str | None:
    """
    Set `published` in a file; None where its front matter cannot be read.

    Args:
        text: with its own line ends.
    """
    front = FRONT.match(text)
    if front is None:
        return None
    try:
        compose(_lines_of_yaml(front["fields"]))
    except Unreadable:
        return None
    places = {name.lower(): span for name, span in spans(_lines_of_yaml(front["fields"])).items()}
    offset = front.start("fields")
    if span := places.get("published"):
        lead = "" if text[offset + span.value_start - 1].isspace() else " "
        edit = (offset + span.value_start, offset + span.value_end, lead + value)
    elif not _is_open(front):
        return None
    else:
        edit = (front.end("fields"), front.end("fields"), f"published: {value}{_line_end(text)}")
    return _applied(text, [edit])


def _current(fields: str) -> dict[str, object]:
    """Return the fields that stand in a file."""
    root = compose(_lines_of_yaml(fields)).root
    return {key: untyped(node) for key, node in root.entries.items()} if isinstance(root, Mapping) else {}


def _is_ours(name: str, current: Fields[str, object], written: Fields[str, Value]) -> bool:
    """Tell whether nobody but us has written a field of a file, or left it out."""
    if name in current:
        return current[name] == written.get(name, "" if name == BODY else None) and current[name] is not None
    return name not in written and name.lower() not in {key.lower() for key in current}


def _edit(name: str, value: Value, front: re.Match[str], text: str, *, is_ours: bool) -> tuple[int, int, str] | None:
    """Return what to put where in a file: start, end, text; None where the field is not ours to change."""
    if not is_ours:
        return None
    line_end = _line_end(text)
    if name == BODY:
        return front.end(), len(text), f"{line_end}{value}{line_end}".replace("\n", line_end)
    offset = front.start("fields")
    written = _written(name, value).replace("\n", line_end)
    span = spans(_lines_of_yaml(front["fields"])).get(name)
    if span is None:
        return (front.end("fields"), front.end("fields"), written + line_end) if _is_open(front) else None
    if span.scalar and isinstance(value, str):
        return offset + span.value_start, offset + span.value_end, _scalar(name, value)
    lines = _lines(front["fields"], span)
    if COMMENT.search(lines):
        return None
    return offset + span.start, offset + span.start + len(lines), written + line_end


def _is_open(front: re.Match[str]) -> bool:
    """Tell whether a line can be added to the fields: they stand on lines of their own."""
    return bool(spans(_lines_of_yaml(front["fields"]))) or not front["fields"].strip()


def _lines(fields: str, span: Span) -> str:
    """Return the lines of a field, without the comments and blank lines above the next one."""
    return LEFT_BELOW.sub("", fields[span.start : span.end])


def _applied(text: str, edits: Sequence[tuple[int, int, str]]) -> str:
    """Make changes from the end of a text on, so that the places of those before it hold."""
    for start, end, new in sorted(edits, key=lambda edit: edit[:2], reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _lines_of_yaml(fields: str) -> str:
    """Return fields with line ends that YAML's reader knows here, every character in its place."""
    return fields.replace("\r\n", " \n")


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _prose(text: str) -> str:
    """Write a text so that it is read as it stands: what looks like markup is none."""
    return text if markup.plain(text) == text else html.escape(text, quote=False)


def _date(when: When | None, zone: tzinfo) -> str:
    """Write a date as exact as it is."""
    if when is None:
        return ""
    if when.precision == "time":
        return rfc3339(when.at)
    day = when.at.astimezone(zone).date().isoformat()
    return day[: {"day": 10, "month": 7, "year": 4}[when.precision]]


def _published(story: Story) -> str:
    if story.hidden:
        return "false"
    return AUTO if story.auto else "true" if story.stated else ""


def _provider(provider: Provider | None) -> dict[str, Value]:
    if provider is None:
        return {}
    fields: dict[str, Value] = {
        "name": _prose(provider.name),
        "domain": provider.domain,
        "images": [_image(image) for image in provider.images],
    }
    return {name: value for name, value in fields.items() if value}


def _image(image: Image) -> dict[str, Value]:
    fields = {
        "url": image.url,
        "width": str(image.width or ""),
        "height": str(image.height or ""),
        "title": _prose(image.alt),
    }
    return {name: value for name, value in fields.items() if value}


def _facts(facts: Facts | None) -> dict[str, Value]:
    if facts is None:
        return {}
    return {name: [_prose(value) for value in getattr(facts, fact)] for name, fact in FACT_LISTS.items()}


def _body(story: Story) -> str:
    """Write a story's own text as one block of HTML, which Markdown leaves as it is: no line in it is blank."""
    parts = []
    for section in story.body:
        parts += [f"<h3>{html.escape(section.heading, quote=False)}</h3>"] if section.heading else []
        parts.append(section.html)
    lines = [line for line in "\n".join(parts).split("\n") if line.strip()]
    return "\n".join(["<div>", *lines, "</div>"]) if lines else ""


def _written(name: str, value: Value, *, indent: str = "") -> str:
    """Write one field, without the end of its last line."""
    key = name if PLAIN_NAME.fullmatch(name) else quoted(name)
    if isinstance(value, str):
        return f"{indent}{key}: {_scalar(name, value)}"
    if isinstance(value, Fields):
        inner = [_written(each, entry, indent=f"{indent}  ") for each, entry in value.items()]
        return "\n".join([f"{indent}{key}:", *inner])
    return "\n".join([f"{indent}{key}:", *(_entry(entry, indent=indent) for entry in value)])


def _entry(value: Value, *, indent: str) -> str:
    """Write one entry of a list."""
    if isinstance(value, Fields):
        lines = [_written(name, entry, indent=f"{indent}    ") for name, entry in value.items()]
        return f"{indent}  - {chr(10).join(lines).lstrip()}"
    return f"{indent}  - {_scalar('', value if isinstance(value, str) else '')}"


def _scalar(name: str, value: str) -> str:
    return value if name in BARE_FIELDS and BARE.fullmatch(value) else quoted(value)
