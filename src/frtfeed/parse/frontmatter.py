"""
Format 1: Markdown with YAML front matter (docs/formats.md). The only home of python-frontmatter.
"""

import re
from dataclasses import replace
from datetime import tzinfo
from typing import Any, cast

import frontmatter
from frontmatter.default_handlers import BaseHandler

from frtfeed import markup, text
from frtfeed.model import Parsed, Section
from frtfeed.parse import mapping
from frtfeed.parse.faults import Faults
from frtfeed.parse.fields import EXCERPT_CHARACTERS
from frtfeed.parse.tree import Mapping
from frtfeed.parse.yaml_text import Unreadable, compose

__all__ = ["is_front_matter", "parse"]

FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)
# A file that begins with a field but without its fence is meant as this format.
OPENING = re.compile(r"(?:---[ \t]*(?:\n|$)|(?:title|category|excerpt|publishedDateTime|originalUrl|webUrl):\s)")
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

    def split(self, text: str) -> tuple[str, str]:
        """Cut a file into its fields and its text."""
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
        return super().split(text)

    def load(self, fm: str) -> dict[str, Any]:
        """Return the fields under "fields", as a tree of text."""
        tree = compose(fm, first_line=self.first_line)
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
        for repeated in tree.repeated:
            self.faults.add(
                "warning",
                f"written twice, on lines {repeated.first_line} and {repeated.line}",
                f"The value on line {repeated.line} counts. Remove the other.",
                line=repeated.line,
                field=repeated.key,
            )
        return {"fields": tree.root}


def is_front_matter(content: str) -> bool:
    """Tell whether a text begins with a fence, or with a field whose fence was forgotten."""
    return bool(OPENING.match(content.lstrip()))


def parse(content: str, *, path: str, zone: tzinfo) -> Parsed:
    """Read a story's fields, its Markdown body, and its `related` list."""
    faults = Faults(path)
    stripped = content.lstrip()
    handler = TextHandler(faults, first_line=content[: len(content) - len(stripped)].count("\n") + 1)
    try:
        metadata, markdown = frontmatter.parse(stripped, handler=handler)
    except Unreadable as unreadable:
        faults.add(
            "error",
            unreadable.fault,
            f"Story skipped. {unreadable.remedy}",
            line=unreadable.line,
            value=unreadable.value,
        )
        return Parsed(problems=faults.problems())
    record = mapping.Record(cast(Mapping, metadata["fields"]), faults, zone)
    html = markup.from_markdown(faults.mend(markdown))
    story = mapping.story(record, path=path, body=(Section(html=html),) if html else (), excerpt=_first_paragraph(html))
    if story is None:
        return Parsed(problems=faults.problems())
    story = replace(story, related=mapping.related(record, lead=story))
    return Parsed(stories=(story,), problems=faults.problems())


def _first_paragraph(html: str) -> str:
    """Return the beginning of a text's first paragraph, "" when it has none."""
    found = PARAGRAPH.search(html)
    return text.excerpt(markup.plain(found[1]), limit=EXCERPT_CHARACTERS) if found else ""
