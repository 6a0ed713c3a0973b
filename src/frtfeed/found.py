"""Files as a walk finds them: names, sizes and times, packed by folder, since there are many."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

__all__ = ["Bundle", "Found", "bundled", "folder_of", "packed"]

FACTS = struct.Struct("<4q")
LARGEST = 2**63 - 1  # that SQLite takes, too; the times of files of the year 2262 are larger


class Found(NamedTuple):
    """
    A file that may be a story: path relative to the folder, with forward slashes; size in bytes.

    Its times, and its number on the disk, change when it does. A tuple, since there are many.
    """

    path: str
    size_bytes: int
    mtime_ns: int
    ctime_ns: int = 0
    inode: int = 0


# Strategy: of an archive nearly all folders are as they were, which their stamps tell. So a file is a Found
# only once somebody looks at it; until then it is its name and 32 bytes.
@dataclass(frozen=True, slots=True)
class Bundle:
    """
    The files that lie in one folder; iterating gives each as Found, by path.

    folder: its path, with a slash at its end; "" for the top. names: sorted, joined by slashes, which none holds.
    facts: as packed() made them. stamp: changes when anything of these does.
    """

    folder: str
    names: str
    facts: bytes
    stamp: bytes

    def __len__(self) -> int:
        return len(self.facts) // FACTS.size

    def __iter__(self) -> Iterator[Found]:
        return map(Found._make, zip(self.paths(), *zip(*FACTS.iter_unpack(self.facts), strict=True), strict=True))

    def paths(self) -> list[str]:
        """Return the files' paths, sorted."""
        return [f"{self.folder}{name}" for name in self.names.split("/")]

    def newest_ns(self) -> int:
        """Return when the disk noted the last change of a file (ctime)."""
        newest: int = max(ctime_ns for _, _, ctime_ns, _ in FACTS.iter_unpack(self.facts))
        return newest


def bundled(folder: str, names: Sequence[str], facts: Sequence[bytes]) -> Bundle:
    """Put the files of a folder together; names: sorted, at least one."""
    text, packs = "/".join(names), b"".join(facts)
    stamp = sha256(f"{folder}/{text}/".encode("utf-8", "surrogateescape"))
    stamp.update(packs)
    return Bundle(folder, text, packs, stamp.digest())


def packed(size_bytes: int, mtime_ns: int, ctime_ns: int, inode: int) -> bytes:
    """Pack what tells whether a file has changed: of the inode 63 bits, of a time the years 1678 to 2262."""
    try:
        return FACTS.pack(size_bytes, mtime_ns, ctime_ns, inode & LARGEST)
    except struct.error:
        return FACTS.pack(size_bytes, _within(mtime_ns), _within(ctime_ns), inode & LARGEST)


def folder_of(path: str) -> str:
    """Return the folder that a file lies in, as Bundle has it."""
    folder, slash, _ = path.rpartition("/")
    return folder + slash


def _within(time_ns: int) -> int:
    return max(-LARGEST, min(time_ns, LARGEST))
