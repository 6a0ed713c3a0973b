"""
What each story file was read as, so that an unchanged one need not be read again. Losing it costs a slower build.

Strategy: a file counts as unchanged while all that the file system says of it is as it was: size,
times, inode. When that differs (a fresh checkout, a restored cache), its bytes decide. What was
changed less than two seconds before it was read may change again under the same times, so only
its bytes are trusted. All is written in one transaction: killed at any moment, the cache is the
old one or the new one. Damage, another version, a folder that cannot be written: an empty cache,
never a failure and never another story; every entry carries a checksum. The cache has a file of
its own beside the store's, since what is lost there is missed (database.py).
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import Protocol, TypeAlias
from zlib import crc32

from frtfeed.model import Parsed
from frtfeed.records import Struct
from frtfeed.store.last_build import mark_begin

__all__ = ["CACHE_NAME", "FileStatus", "ParseCache", "Read", "open_cache"]

CACHE_NAME = "parse-cache.sqlite"  # in the state folder (config.py)
SETTLED_NS = 2 * 10**9  # FAT, the coarsest file system in use, tells times to two seconds
AT_ONCE = 500  # paths asked for in one statement; SQLite of old takes 999
LARGEST = 2**63 - 1  # that SQLite takes; the times of files of the year 2262 are larger
BUSY_S = 1.0  # waiting longer costs more than reading
# SQLite quotes what it finds, and Python cannot always read that.
DAMAGE = (sqlite3.Error, UnicodeDecodeError)
TABLES = (
    "DROP TABLE IF EXISTS salt",
    "DROP TABLE IF EXISTS file",
    "DROP TABLE IF EXISTS parsed",
    "CREATE TABLE salt (salt TEXT NOT NULL, generation TEXT NOT NULL) STRICT",
    # Apart, so that asking what has changed reads no story.
    """CREATE TABLE file (
        id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, size_bytes INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
        ctime_ns INTEGER NOT NULL, inode INTEGER NOT NULL, settled INTEGER NOT NULL, sha256 BLOB NOT NULL
    ) STRICT""",
    "CREATE TABLE parsed (id INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, encoded BLOB NOT NULL) STRICT",
)
# An entry that is not settled has no size, so that no file is like it.
ENTRIES = "SELECT path, id, CASE WHEN settled THEN size_bytes END, mtime_ns, ctime_ns, inode FROM file"

_Entry: TypeAlias = tuple[str, int, int | None, int, int, int]  # a row of ENTRIES
_Row: TypeAlias = tuple[int, int, int, int, bool, bytes, int, bytes]  # of `file` from size_bytes on, then of `parsed`


class FileStatus(Protocol):
    """What a walk found out about a file without reading it. path: as in Document."""

    @property
    def path(self) -> str: ...
    @property
    def size_bytes(self) -> int: ...
    @property
    def mtime_ns(self) -> int: ...
    @property
    def ctime_ns(self) -> int: ...
    @property
    def inode(self) -> int: ...


class Read(Struct, frozen=True, kw_only=True):
    """A file that was read. status: of before it was read. sha256: of its bytes, which need not be kept."""

    status: FileStatus
    sha256: bytes
    parsed: Parsed


@contextmanager
def open_cache(path: Path, *, salt: str, opened_ns: int | None = None) -> Iterator["ParseCache"]:
    """
    Open the cache; made when something is stored.

    Args:
        salt: of everything that reading a file depends on but the file (`salt_of`).
        opened_ns: the time by the disk's clock before the folder was walked; None where that is still to be done.
    """
    cache = ParseCache(path, salt=salt, opened_ns=opened_ns)
    try:
        yield cache
    finally:
        cache.close()


class ParseCache:
    """What is known of the files of one folder. It is as good as empty wherever it cannot be used."""

    __slots__ = ("_connection", "_entries", "_opened_ns", "_path", "_salt", "_unchanged", "_usable", "generation")

    def __init__(self, path: Path, *, salt: str, opened_ns: int | None = None) -> None:
        """Read what is known, without the stories; nothing is written yet."""
        self._path, self._salt = path, salt
        self._opened_ns = _now_at(path) if opened_ns is None else opened_ns
        self._connection: sqlite3.Connection | None = None
        self._usable = False
        self.generation = ""  # changes with every writing; "" where nothing is known
        self._entries: dict[str, _Entry] = {}
        self._unchanged: set[str] = set()
        with suppress(*DAMAGE):
            if path.exists() and self._connected().execute("SELECT salt FROM salt").fetchall() == [(salt,)]:
                self.generation = self._connected().execute("SELECT generation FROM salt").fetchone()[0]
                self._entries = {row[0]: row for row in self._connected().execute(ENTRIES)}
                self._usable = True

    def close(self) -> None:
        """Let go of the file."""
        if self._connection:
            self._connection.close()
            self._connection = None

    @property
    def paths(self) -> Set[str]:
        """The paths of all files that are known."""
        return self._entries.keys()

    def unchanged(self, files: Iterable[FileStatus]) -> frozenset[str]:
        """Return the paths of the files that are as they were when they were stored. Reads no story."""
        entries = self._entries
        found = frozenset(
            file.path for file in files if file.path in entries and entries[file.path][2:] == _status(file)
        )
        self._unchanged |= found
        return found

    def parsed(self, paths: Iterable[str]) -> dict[str, Parsed]:
        """Return what files of these paths were read as when they were stored, where that is known and whole."""
        keys = {self._entries[path][1]: path for path in paths if path in self._entries}
        found: dict[str, Parsed] = {}
        with suppress(*DAMAGE):
            for some in _batches(list(keys)):
                found |= self._decoded({key: keys[key] for key in some})
        self._unchanged -= set(keys.values()) - found.keys()
        return found

    def known(self, files: Iterable[FileStatus]) -> dict[str, Parsed]:
        """Return what those files that are unchanged were read as, by path."""
        return self.parsed(self.unchanged(files))

    def recall(self, path: str, digest: bytes) -> Parsed | None:
        """
        Return what a file was read as whose bytes are as they were, whatever its times; None for any other.

        Args:
            digest: SHA-256 of its bytes.
        """
        if path not in self._entries:
            return None
        query = "SELECT 1 FROM file WHERE path = ? AND sha256 = ?"
        with suppress(*DAMAGE):
            if self._connected().execute(query, (path, digest)).fetchone():
                return self.parsed([path]).get(path)
        return None

    def store(self, read: Iterable[Read]) -> int:
        """
        Keep what was read, and forget every file that is neither among it nor was found unchanged.

        Call it after the whole folder was asked for (`unchanged` or `known`). Nothing is written
        when nothing has changed.

        Returns: how many files are known now; 0 where the cache cannot be written.
        """
        rows = {each.status.path: row for each in read if (row := self._row(each))}
        kept = self._unchanged - rows.keys()
        gone = self._entries.keys() - kept - rows.keys()
        if not rows and not gone:
            return len(kept)
        try:
            self._write(rows, gone=gone)
        except sqlite3.OperationalError:  # in use, full, not to be written: what was there stays
            self.generation = ""  # and knows less than what is told
            return 0
        except DAMAGE:  # damaged: nothing in it is worth keeping
            return self._write_afresh(rows)
        return len(kept) + len(rows)

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            with suppress(OSError):  # SQLite tells soon enough
                self._path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self._path, timeout=BUSY_S, isolation_level=None)
        return self._connection

    def _decoded(self, paths: Mapping[int, str]) -> dict[str, Parsed]:
        """Return the stories that are whole, by path; paths: by key."""
        from frtfeed.store.encoding import Malformed, decode

        marks = ", ".join("?" * len(paths))
        query = f"SELECT id, checksum, encoded FROM parsed WHERE id IN ({marks})"  # noqa: S608  only ?
        found = {}
        for key, checksum, encoded in self._connected().execute(query, list(paths)):
            if isinstance(encoded, bytes) and _checksum(encoded, path=paths[key]) == checksum:
                with suppress(Malformed):
                    found[paths[key]] = decode(encoded, Parsed)
        return found

    def _row(self, read: Read) -> _Row | None:
        """Return what is stored of a file; None where it cannot be."""
        from frtfeed.store.encoding import encode

        try:
            encoded = encode(read.parsed)
            checksum = _checksum(encoded, path=read.status.path)
        except UnicodeEncodeError:  # half a character, which no file of ours leaves in a story
            return None
        status = _status(read.status)
        if max(status) > LARGEST:
            return None
        settled = max(read.status.mtime_ns, read.status.ctime_ns) < self._opened_ns - SETTLED_NS
        return (*status, settled, read.sha256, checksum, encoded)

    def _write(self, rows: Mapping[str, _Row], *, gone: Collection[str]) -> None:
        connection = self._connected()
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            if not self._usable:
                for statement in TABLES:
                    connection.execute(statement)
                connection.execute("INSERT INTO salt VALUES (?, '')", (self._salt,))
            generation = token_hex(8)
            connection.execute("UPDATE salt SET generation = ?", (generation,))
            forgotten = [(self._entries[path][1],) for path in gone]
            connection.executemany("DELETE FROM file WHERE id = ?", forgotten)
            connection.executemany("DELETE FROM parsed WHERE id = ?", forgotten)
            free = count(connection.execute("SELECT coalesce(max(id), 0) + 1 FROM file").fetchone()[0])
            keys = {path: self._entries[path][1] if path in self._entries else next(free) for path in rows}
            connection.executemany(
                "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                ((keys[path], path, *row[:6]) for path, row in rows.items()),
            )
            connection.executemany(
                "INSERT OR REPLACE INTO parsed VALUES (?, ?, ?)",
                ((keys[path], *row[6:]) for path, row in rows.items()),
            )
        self.generation, self._usable = generation, True
        for path in gone:
            del self._entries[path]
        for path, (size_bytes, mtime_ns, ctime_ns, inode, settled, *_) in rows.items():
            self._entries[path] = (path, keys[path], size_bytes if settled else None, mtime_ns, ctime_ns, inode)

    def _write_afresh(self, rows: Mapping[str, _Row]) -> int:
        """Begin a new file in the place of a damaged one."""
        self.close()
        self._usable, self._entries, self._unchanged, self.generation = False, {}, set(), ""
        try:
            for name in (self._path, self._path.with_name(f"{self._path.name}-journal")):
                name.unlink(missing_ok=True)
            self._write(rows, gone=())
        except (OSError, *DAMAGE):
            return 0
        return len(rows)


def _status(file: FileStatus) -> tuple[int, int, int, int]:
    """Return what tells whether a file has changed; of the inode what SQLite takes of it."""
    return file.size_bytes, file.mtime_ns, file.ctime_ns, file.inode % 2**63


def _checksum(encoded: bytes, *, path: str) -> int:
    """Return what shows damage, and a story that is some other file's."""
    return crc32(encoded, crc32(path.encode()))


def _batches(keys: list[int]) -> Iterator[list[int]]:
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))


def _now_at(path: Path) -> int:
    """Return the time, in ns, by the clock that stamps files beside one; 0, before all files, where none can be."""
    try:
        return mark_begin(path)
    except OSError:
        return 0
