"""
Bytes become stories: which format a document has, and its parser.

A new format is one new file and one line in PARSERS, plus how to recognise it.
"""

from collections.abc import Callable
from datetime import tzinfo
from functools import partial
from typing import Protocol

from frtfeed import text
from frtfeed.model import Document, Parsed
from frtfeed.parse import article, frontmatter, incident, saved_html, withdrawal
from frtfeed.parse.faults import Faults
from frtfeed.records import replace

__all__ = ["PARSERS", "Parser", "parse"]


class Parser(Protocol):
    """Reads the text of one document: at most one story, and every problem. Raises nothing for bad input."""

    def __call__(self, content: str, /, *, path: str, zone: tzinfo) -> Parsed:
        """
        Read a text.

        Args:
            path: of the document, for problems; its stem identifies a story without an address.
            zone: taken for dates that name none.
        """
        ...


PARSERS: dict[str, Parser] = {
    "front matter": frontmatter.parse,
    "incident record": incident.parse,
    "article page": article.parse,
    "saved HTML": saved_html.parse,
}
# Tried in this order; what none of them claims is an article page, or not a story.
# A fence and a doctype leave no doubt, so they come before the words of a record.
RECOGNISED_BY: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("front matter", frontmatter.is_front_matter),
    ("saved HTML", saved_html.is_html),
    ("incident record", incident.is_incident),
)


def parse(document: Document, *, zone: tzinfo, hidden_mentions: bool = True) -> Parsed:
    """
    Read one document, whatever it holds.

    Args:
        zone: taken for dates that name none.
        hidden_mentions: read the `related` list of a story that is not published, too. Nothing of it is ever
            shown; a story whose list is passed over has no mentions, and what is wrong with them is not told.

    Returns:
        At most one story, and every problem; its note on damaged text comes last. A file that
        says `published: false` and gives no story withdraws it.
    """
    faults = Faults(document.path)
    content = _decoded(document, faults)
    if content is None:
        # UTF-16 without its mark is not read as a story, but as far as it says what it withdraws.
        legible = document.content.replace(b"\x00", b"").decode("latin-1")
        return withdrawal.by_its_lines(Parsed(problems=faults.problems()), content=legible, path=document.path)
    name = next((name for name, recognises in RECOGNISED_BY if recognises(content)), "article page")
    parser = PARSERS[name]
    if parser is frontmatter.parse and not hidden_mentions:  # no other format has mentions
        parser = partial(frontmatter.parse, hidden_mentions=False)
    parsed = parser(content, path=document.path, zone=zone)
    before = faults.problems()
    return replace(parsed, problems=before + parsed.problems) if before else parsed


def _decoded(document: Document, faults: Faults) -> str | None:
    """Return a document's text; None, with the problem that says why, when it has none."""
    try:
        content, encoding = text.decode(document.content)
    except ValueError:
        faults.add("error", "not a text file", "Skipped. Keep only story files in this folder.")
        return None
    content = content.lstrip("\ufeff")
    if not content or content.isspace():
        faults.add("error", "an empty file", "Write a story into it, or remove it.")
        return None
    if encoding == "cp1252":
        faults.add("warning", "not UTF-8", "Read as cp1252. Save it as UTF-8.")
    elif encoding:
        faults.add("note", f"in {encoding}, not UTF-8", "Nothing to do; UTF-8 files are shorter.")
    return content
