"""What each page of the output was made of, so that an unchanged one is neither made nor written again."""

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from frtfeed.model import Job
from frtfeed.records import Struct
from frtfeed.store.whole import read_whole, write_whole

__all__ = ["KnownPage", "known_pages", "recall_pages", "remember_pages"]


class KnownPage(Struct, frozen=True, kw_only=True):
    """A page as it was delivered. inputs: of its job. etag: as in Page. size_bytes, mtime_ns: of its file."""

    inputs: str
    etag: str
    size_bytes: int
    mtime_ns: int


def recall_pages(path: Path, *, salt: str) -> dict[str, KnownPage]:
    """
    Return what was remembered, by path below the site; nothing where it was remembered under another salt.

    Args:
        salt: changes with all that pages depend on besides what their jobs say: program, templates, site.
    """
    try:
        told = json.loads(read_whole(path))
        if told["salt"] != salt:
            return {}
        return {
            name: KnownPage(inputs=str(inputs), etag=str(etag), size_bytes=int(size_bytes), mtime_ns=int(mtime_ns))
            for name, (inputs, etag, size_bytes, mtime_ns) in told["pages"].items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def remember_pages(
    path: Path,
    *,
    salt: str,
    root: Path,
    jobs: Iterable[Job],
    made: Mapping[str, str],
    known: Mapping[str, KnownPage],
) -> None:
    """
    Write down what a build delivered; where that cannot be done, the next one makes every page.

    Args:
        root: of the output, where the pages lie by now.
        jobs: all that were planned. made: the ETags of the pages that were made anew, by path; the others were known.
    """
    pages: dict[str, tuple[str, str, int, int]] = {}
    with suppress(OSError):
        for job in jobs:
            for name in job.paths:
                if name in made:
                    status = os.stat(root / name)
                    pages[name] = (job.inputs, made[name], status.st_size, status.st_mtime_ns)
                else:
                    each = known[name]
                    pages[name] = (each.inputs, each.etag, each.size_bytes, each.mtime_ns)
        write_whole(path, json.dumps({"salt": salt, "pages": pages}).encode())


def known_pages(job: Job, *, root: Path, known: Mapping[str, KnownPage]) -> Mapping[str, KnownPage] | None:
    """Return a job's pages as they stand in the output; None where one has to be made again."""
    found = {}
    for path in job.paths:
        page = known.get(path)
        if page is None or page.inputs != job.inputs:
            return None
        try:
            status = os.lstat(root / path)
        except OSError:
            return None
        if (status.st_size, status.st_mtime_ns) != (page.size_bytes, page.mtime_ns):
            return None
        found[path] = page
    return found
