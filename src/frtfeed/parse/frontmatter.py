"""
Format 1: Markdown with YAML front matter (docs/formats.md). The only home of python-frontmatter.

Strategy: front matter as nearly everybody writes it is cut out and read here (ordinary.py); all
other goes to python-frontmatter and the full YAML reader, which give the same for what both take.
"""

import re
from datetime import UTC, tzinfo
from typing import Any, cast

import frontmatter
from frontmatter.default_handlers import BaseHandler

from frtfeed import markup, text
from frtfeed.model import Parsed, Section
from frtfeed.parse import mapping, withdrawal
from frtfeed.parse.faults import Faults
from frtfeed.parse.fields import EXCERPT_CHARACTERS
from frtfeed.parse.ordinary import read_ordinary
from frtfeed.parse.record import Record, outweighs, record_of, twice, withdraws
from frtfeed.parse.tree import Mapping
from frtfeed.parse.yaml_text import Unreadable, compose, salvage

__all__ = ["is_front_matter", "parse"]

FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)
# A file that begins with a field but without its fence is meant as this format.
OPENING = re.compile(
    r"---[ \t]*(?:\n|$)|(?:title|category|excerpt|published|(?i:publishedDateTime|originalUrl|webUrl)):\s"
)
PUBLISHED = re.compile(r"""^["']?published["']?[ \t]*:""", re.IGNORECASE | re.MULTILINE)
PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)


class TextHandler(BaseHandler):
    """
    Front matter whose values stay text.

    Where python-frontmatter would give empty metadata without a word (no end, a list), this
    raises Unreadable, which is no ValueError: that one it swallows.
    """

    # `...` ends a YAML document too, and python-frontmatter's own handlers do not know it.
    FM_BOUNDARY = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
    START_DELIMITER = END_DELIMITER = "---"

    def __init__(self, faults: Faults, *, first_line: int) -> None:
        """Read fields that begin on the fence's line of the file."""
        super().__init__()
        self.faults, self.first_line = faults, first_line
        self.written = ""  # the fields as they stand in the file; all of it where they have no fences

    def split(self, text: str) -> tuple[str, str]:
        """Cut a file into its fields and its text."""
        self.written = text
        if not FENCE.match(text):
            raise Unreadable(
                "the front matter has no beginning",
                line=self.first_line,
                remedy="Put a line --- above the first field.",
            )
        if len(self.FM_BOUNDARY.findall(text)) < 2:
            raise Unreadable(
                "the front matter has no end", line=self.first_line, remedy="Put a line --- below the last field."
            )
        self.written, markdown = super().split(text)
        return self.written, markdown

    def load(self, fm: str) -> dict[str, Any]:
        """Return the fields under "fields", as a tree of text."""
        tree = compose(fm, first_line=self.first_line, outweighs=outweighs)
        if tree.root is None:
            raise Unreadable(
                "the front matter is empty",
                line=self.first_line,
                remedy="Write at least title, publishedDateTime and webUrl.",
            )
        if not isinstance(tree.root, Mapping):
            raise Unreadable(
                "the front matter has no fields",
                line=tree.root.line or self.first_line,
                remedy='Write fields, such as title: "…".',
            )
        self._refuse_swallowed(tree.root, fm)
        for repeated in tree.repeated:
            lines = (repeated.first_line, repeated.line)
            twice(repeated.key, lines=lines, counts=repeated.counts, faults=self.faults)
        return {"fields": tree.root}

    def _refuse_swallowed(self, fields: Mapping, fm: str) -> None:
        """Refuse YAML where a quote or bracket, closed too late, has made `published: no` a part of some value."""
        if any(key.lower() == "published" for key in fields.entries):
            return
        found = PUBLISHED.search(fm)
        if found and withdraws(_salvaged(fm)):
            raise Unreadable(
                "a line published: that is part of another field's value",
                line=self.first_line + fm.count("\n", 0, found.start()),
                remedy="Close the quotes and brackets above it.",
            )


def is_front_matter(content: str) -> bool:
    """Tell whether a text begins with a fence, or with a field whose fence was forgotten."""
    return bool(OPENING.match(content.lstrip()))


def parse(content: str, *, path: str, zone: tzinfo, hidden_mentions: bool = True) -> Parsed:
    """
    Read a story's fields, its Markdown body, and its `related` list; what is skipped may still withdraw.

    Args:
        hidden_mentions: read the list of a story that is not published, too.
    """
    faults = Faults(path)
    stripped = content.lstrip()
    first_line = content.count("\n", 0, len(content) - len(stripped)) + 1
    found = _ordinary(stripped, first_line)
    if found is None:
        handler = TextHandler(faults, first_line=first_line)
        try:
            found = _unusual(stripped, handler)
        except Unreadable as unreadable:
            faults.add(
                "error",
                unreadable.fault,
                f"Story skipped. {unreadable.remedy}",
                line=unreadable.line,
                value=unreadable.value,
            )
            return _without_story(_salvaged(handler.written), faults, path=path)
    fields, markdown = found
    record = record_of(fields, faults=faults, zone=zone)
    html = _rendered(markdown, faults) if markdown else ""  # most story files have no text
    story = mapping.story(
        record,
        path=path,
        body=(Section(html=html),) if html else (),
        excerpt=_first_paragraph(html) if html else "",
        hidden_mentions=hidden_mentions,
    )
    if story is None:
        return _without_story(record, faults, path=path)
    return Parsed(stories=(story,), problems=faults.problems())


def _ordinary(content: str, first_line: int) -> tuple[Mapping, str] | None:
    """Cut a file into its fields and its text; None for one that is not plainly ordinary."""
    end = content.find("\n---", 3)
    if end < 0 or not content.startswith("---\n"):
        return None
    rest = content[end + 4 :]
    if rest and not rest.isspace() and rest.partition("\n")[0].strip(" \t"):
        return None  # a line that only begins like a fence
    fields = read_ordinary(content[3 : end + 1], first_line=first_line)
    return (fields, rest.strip()) if fields else None


def _unusual(content: str, handler: TextHandler) -> tuple[Mapping, str]:
    """Cut a file into its fields and its text, whatever YAML it uses; Unreadable where it cannot be done."""
    metadata, markdown = frontmatter.parse(content, handler=handler)
    return cast(Mapping, metadata["fields"]), markdown


def _salvaged(written: str) -> Record:
    """Return what can be made out of fields that do not parse, without a word about what cannot."""
    return record_of(salvage(written, outweighs=outweighs), faults=Faults(""), zone=UTC)


def _without_story(record: Record, faults: Faults, *, path: str) -> Parsed:
    """Return the problems of a file that is skipped, and what it withdraws."""
    parsed = Parsed(problems=faults.problems())
    if not withdraws(record):
        return parsed
    return withdrawal.withdrawing(parsed, names=mapping.names(record, path=path), path=path)


def _rendered(markdown: str, faults: Faults) -> str:
    """Return a story's own text as HTML; a note for what it lost on the way."""
    cleaned = markup.from_markdown(faults.mend(markdown))
    for lost, what, consequence in (
        (cleaned.pictures, "a picture without an https address", "Left out."),
        (cleaned.links, "a link without a full address", "Only its text is left."),
    ):
        if lost:
            fault = what if len(lost) == 1 else f"{what}, and {len(lost) - 1} more"
            remedy = f"{consequence} Write its address in full: https://example.org/path."
            faults.add("note", fault, remedy, value=next(filter(None, lost), ""))
    return cleaned.html


def _first_paragraph(html: str) -> str:
    """Return the beginning of a text's first paragraph, "" when it has none."""
    found = PARAGRAPH.search(html)
    return text.excerpt(markup.plain(found[1]), limit=EXCERPT_CHARACTERS) if found else ""
