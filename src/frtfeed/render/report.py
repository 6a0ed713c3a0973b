"""build.json: what a build read, told and wrote, for programs and for the next build."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO

from frtfeed.model import Page

__all__ = ["FILES", "REPORT_PATH", "group_text", "listed_files", "report_page"]

REPORT_PATH = "build.json"
TIMINGS = b',\n "timings": '
# Strategy: an archive has tens of thousands of groups, and few of them change from one build to the next. So the
# text of each is made once and put between the others; and the next build reads only the list of files, which it
# finds by its name at the beginning of a line: no text in JSON holds a line break. All of it is bytes from the
# start, and there is one of it: of texts in many scripts each copy would take twice their room.
FILES = b'\n "files": '


def group_text(facts: Mapping[str, object]) -> str:
    """Write what the report says of a group."""
    return _indented(_json(facts), 2)


def report_page(
    facts: Mapping[str, object],
    *,
    groups: Iterable[str],
    problems: Sequence[Mapping[str, object]],
    etags: Mapping[str, str],
    timings: Mapping[str, object],
    previous: Callable[[memoryview], bytes],
) -> Page:
    """
    Write build.json: the facts in their order, groups, problems, the files with their hashes by path, the timings.

    Timings are taken over from the previous report when nothing else differs, so that a build
    without a change leaves the file untouched.

    Args:
        facts: plain values, as JSON knows them.
        groups: as group_text() wrote them; looked at once.
        etags: of every page besides this one, by path, in any order.
        timings: what the build cost, however it is told.
        previous: what follows in the last build's report where it begins like this one; empty where it does not.
    """
    files = {path: etag.strip('"') for path, etag in sorted(etags.items())}
    text = BytesIO()
    text.write(b"{\n")
    text.writelines(_encoded(_member(name, _json(value))) + b",\n" for name, value in facts.items())
    text.write(b' "groups": [')
    empty = text.tell()
    text.writelines((b",\n" if at else b"\n") + _encoded(group) for at, group in enumerate(groups))
    text.write(b"]" if text.tell() == empty else b"\n ]")
    for member in (_member("problems", _json(problems)), _member("files", _json(files))):
        text.write(b",\n" + _encoded(member))
    text.write(TIMINGS)
    with text.getbuffer() as beginning:
        end = previous(beginning)
    text.write(end if _is_whole(end) else _indented(_json(timings), 1).lstrip().encode() + b"\n}\n")
    return Page(path=REPORT_PATH, media_type="application/json", content=text.getvalue())


def listed_files(report: bytes) -> tuple[str, ...]:
    """Return the paths of the files that a report lists; none where it cannot be understood."""
    start = report.find(FILES)
    end = report[start + len(FILES) :].decode(errors="replace") if start >= 0 else "{}"
    try:
        files, _ = json.JSONDecoder().raw_decode(end)
    except ValueError:
        return ()
    return tuple(files) if isinstance(files, dict) else ()


def _member(name: str, text: str) -> str:
    return _indented(f"{json.dumps(name)}: {text}", 1)


def _encoded(text: str) -> bytes:
    # A path that is not UTF-8 on its disk holds lone surrogates; "\udce9" is how JSON escapes them, too.
    return text.encode(errors="backslashreplace")


def _is_whole(end: bytes) -> bool:
    """Tell whether this is how a report ends: with timings."""
    try:
        return end.endswith(b"\n}\n") and isinstance(json.loads(end[:-2]), dict)
    except ValueError:
        return False


def _indented(text: str, columns: int) -> str:
    """Set lines in; a line ends where JSON ends it, and nowhere else."""
    return " " * columns + text.replace("\n", "\n" + " " * columns)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
