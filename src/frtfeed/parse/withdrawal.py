"""
What a file withdraws that gives no story: `published: false` is obeyed, whatever else is wrong with it.

Another story may mention the withdrawn one, or another file tell it: edit/merge.py leaves both out.
"""

from collections.abc import Iterable
from datetime import UTC

from frtfeed import urls
from frtfeed.model import Parsed
from frtfeed.parse import mapping
from frtfeed.parse.faults import Faults
from frtfeed.parse.lines import address_in, said_published
from frtfeed.parse.record import outweighs, record_of
from frtfeed.records import replace

__all__ = ["by_its_lines", "withdrawing"]


def withdrawing(parsed: Parsed, *, names: Iterable[str], path: str) -> Parsed:
    """Let a file that gives no story withdraw names; its problems keep no value, since that was to stay hidden."""
    return replace(
        parsed,
        problems=tuple(replace(problem, value="") for problem in parsed.problems),
        withdrawn=tuple(sorted(set(names))),
        withdrawn_paths=(path,),
    )


def by_its_lines(parsed: Parsed, *, content: str, path: str) -> Parsed:
    """
    Let a file that has no front matter withdraw what it tells of, where one of its lines says `published: no`.

    A line that says neither yes nor no counts for nothing: it tells a date, or is the text's own.
    """
    lines = [line.strip() for line in content.split("\n")]
    if not any(said_published(line) is False for line in lines):
        return parsed
    url = next(filter(None, map(address_in, lines)), "")
    if url:
        return withdrawing(parsed, names=[urls.canonical(url)], path=path)
    from frtfeed.parse.yaml_text import salvage  # brings PyYAML

    record = record_of(salvage(content, outweighs=outweighs), faults=Faults(path), zone=UTC)
    return withdrawing(parsed, names=mapping.names(record, path=path), path=path)
