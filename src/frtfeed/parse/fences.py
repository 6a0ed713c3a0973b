"""Front matter whatever YAML it uses, cut out of its file. The only home of python-frontmatter."""

import re
from datetime import UTC
from typing import Any, cast

import frontmatter
from frontmatter.default_handlers import BaseHandler

from frtfeed.parse.faults import Faults
from frtfeed.parse.record import Record, outweighs, record_of, twice, withdraws
from frtfeed.parse.tree import Mapping
from frtfeed.parse.yaml_text import Unreadable, compose, salvage

__all__ = ["read_fenced"]

FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)
PUBLISHED = re.compile(r"""^["']?published["']?[ \t]*:""", re.IGNORECASE | re.MULTILINE)


def read_fenced(content: str, faults: Faults, *, first_line: int) -> tuple[Mapping, str] | Record:
    """
    Cut a file into its fields and its text; where that cannot be done, say why, and return what can be made of it.

    Args:
        content: beginning with its fence or first field, which is on that line of the file.
    """
    handler = _TextHandler(faults, first_line=first_line)
    try:
        metadata, markdown = frontmatter.parse(content, handler=handler)
    except Unreadable as unreadable:
        faults.add(
            "error",
            unreadable.fault,
            f"Story skipped. {unreadable.remedy}",
            line=unreadable.line,
            value=unreadable.value,
        )
        return _salvaged(handler.written)
    return cast(Mapping, metadata["fields"]), markdown


class _TextHandler(BaseHandler):
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


def _salvaged(written: str) -> Record:
    """Return what can be made out of fields that do not parse, without a word about what cannot."""
    return record_of(salvage(written, outweighs=outweighs), faults=Faults(""), zone=UTC)
