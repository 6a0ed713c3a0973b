"""
Format 1: Markdown with YAML front matter (docs/formats.md).

Strategy: front matter as nearly everybody writes it is cut out and read here (ordinary.py); all
other goes to the full reader (fences.py), which gives the same for what both take.
"""

import re
from datetime import tzinfo

from frtfeed import markup, text
from frtfeed.model import Parsed, Section
from frtfeed.parse import mapping, withdrawal
from frtfeed.parse.faults import Faults
from frtfeed.parse.fields import EXCERPT_CHARACTERS
from frtfeed.parse.ordinary import read_ordinary
from frtfeed.parse.record import Record, record_of, withdraws
from frtfeed.parse.tree import Mapping

__all__ = ["is_front_matter", "parse"]

# A file that begins with a field but without its fence is meant as this format.
OPENING = re.compile(
    r"---[ \t]*(?:\n|$)|(?:title|category|excerpt|published|(?i:publishedDateTime|originalUrl|webUrl)):\s"
)
PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)


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
        from frtfeed.parse.fences import read_fenced  # brings PyYAML

        fenced = read_fenced(stripped, faults, first_line=first_line)
        if isinstance(fenced, Record):
            return _without_story(fenced, faults, path=path)
        found = fenced
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
