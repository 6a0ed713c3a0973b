"""What the last build read and wrote, so that one with nothing to do knows it after the walk."""

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from frtfeed.store.whole import read_whole, write_whole

if TYPE_CHECKING:
    from frtfeed.model import Problem

__all__ = ["Folders", "LastBuild", "mark_begin", "outputs_stamp", "recall", "remember", "still_holds"]

RACY_NS = 2 * 10**9  # a file changed so shortly before a build may change again without its times showing it


@dataclass(frozen=True, slots=True)
class Folders:
    """What a build reads and writes."""

    seeds: Path
    templates: Path
    out: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class LastBuild:
    """
    A build that is done.

    asked: stamp of what was asked for; folders: what this meant.
    inputs: fingerprint of all else that it depended on but the time. since, until: the answer is the same from
        the one to before the other. files: paths of those that it left, sorted; outputs: their stamp.
    counts: what it told, for its last line.
    """

    asked: str
    folders: Folders
    inputs: str
    since: datetime
    until: datetime
    files: tuple[str, ...]
    outputs: str
    problems: "tuple[Problem, ...]"
    counts: Mapping[str, int]


def outputs_stamp(root: Path, paths: Iterable[str]) -> str:
    """Return what changes when somebody touches one of some files; "" when one of them is gone."""
    stamp = sha256()
    for path in sorted(paths):
        try:
            status = os.stat(root / path)
        except OSError:
            return ""
        stamp.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\0".encode("utf-8", "surrogateescape"))
    return stamp.hexdigest()


def mark_begin(path: Path) -> int:
    """
    Ask the disk's own clock what time it is, in ns: the files' times are by that clock.

    Raises:
        OSError: the folder cannot be written, so that nothing can be remembered.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    began = path.with_suffix(".began")
    began.write_bytes(b"")
    return began.stat().st_mtime_ns


def still_holds(changed_ns: Iterable[int], *, began_ns: int) -> bool:
    """
    Tell whether files' times can be trusted: none changed within two seconds of the build, or after it.

    Args:
        changed_ns: the times that the disk sets itself (ctime); the others are anybody's to set.
    """
    return all(changed < began_ns - RACY_NS for changed in changed_ns)


def recall(path: Path) -> LastBuild | None:
    """Return what was remembered; None when there is nothing, or nothing that can be understood."""
    try:
        told = json.loads(read_whole(path))
        return LastBuild(
            asked=told["asked"],
            folders=Folders(**{name: Path(folder) for name, folder in told["folders"].items()}),
            inputs=told["inputs"],
            since=datetime.fromisoformat(told["since"]),
            until=datetime.fromisoformat(told["until"]),
            files=tuple(told["files"]),
            outputs=told["outputs"],
            problems=_problems(told["problems"]),
            counts=dict(told["counts"]),
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def remember(path: Path, last: LastBuild) -> None:
    """Write down a build; where that cannot be done, the next one does its whole work."""
    from frtfeed import records

    told = asdict(last) | {"problems": [records.asdict(problem) for problem in last.problems]}
    with suppress(OSError):
        write_whole(path, json.dumps(told, default=str).encode())


def _problems(told: list[dict[str, Any]]) -> "tuple[Problem, ...]":
    """Return problems; where there are none, the nouns are not even imported, which takes longer than the rest."""
    if not told:
        return ()
    from frtfeed.model import Problem

    return tuple(Problem(**each) for each in told)
