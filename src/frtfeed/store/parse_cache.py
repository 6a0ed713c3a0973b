"""
What each story file was read as, so that an unchanged one need not be read again. Losing it costs a slower build.

Strategy: a file counts as unchanged while all that the file system says of it is as it was: size,
times, inode. Of a folder whose stamp is as it was that holds for every file, and none is looked at.
When a file differs (a fresh checkout, a restored cache), its bytes decide. What was changed less than
two seconds before it was read may change again under the same times, so only its bytes are trusted.
All is written in one transaction: killed at any moment, the cache is the old one or the new one.
Damage, another version, a folder that cannot be written: an empty cache, never a failure and never
another story; every entry carries a checksum, and a folder's stamp is that of its entries. The cache
has a file of its own beside the store's, since what is lost there is missed (database.py).
"""

import sqlite3
import struct
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import TypeAlias
from zlib import crc32

from frtfeed.found import LARGEST, Bundle, Found, bundled, folder_of, packed
from frtfeed.model import Parsed
from frtfeed.records import Struct
from frtfeed.store.last_build import mark_begin

__all__ = ["CACHE_NAME", "Compared", "ParseCache", "Read", "open_cache"]

CACHE_NAME = "parse-cache.sqlite"  # in the state folder (config.py)
SETTLED_NS = 2 * 10**9  # FAT, the coarsest file system in use, tells times to two seconds
AT_ONCE = 500  # paths asked for in one statement; SQLite of old takes 999
BUSY_S = 1.0  # waiting longer costs more than reading
# SQLite quotes what it finds, and Python cannot always read that.
DAMAGE = (sqlite3.Error, UnicodeDecodeError)
TABLES = (
    "DROP TABLE IF EXISTS salt",
    "DROP TABLE IF EXISTS file",
    "DROP TABLE IF EXISTS parsed",
    # folders: of each that holds files its stamp (Bundle), "" where a file of it is not known or not settled.
    "CREATE TABLE salt (salt TEXT NOT NULL, generation TEXT NOT NULL, checksum INTEGER NOT NULL,"
    " folders BLOB NOT NULL) STRICT",
    # Apart, so that asking what has changed reads no story.
    """CREATE TABLE file (
        id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, size_bytes INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
        ctime_ns INTEGER NOT NULL, inode INTEGER NOT NULL, settled INTEGER NOT NULL, sha256 BLOB NOT NULL
    ) STRICT""",
    "CREATE TABLE parsed (id INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, encoded BLOB NOT NULL) STRICT",
)
# The files of one folder, not of those in it.
ENTRIES = """
    SELECT path, size_bytes, mtime_ns, ctime_ns, inode, settled FROM file
    WHERE path >= ?1 AND path < ?2 AND instr(substr(path, length(?1) + 1), '/') = 0 ORDER BY path"""

_Row: TypeAlias = tuple[int, int, int, int, bool, bytes, int, bytes]  # of `file` from size_bytes on, then of `parsed`


class Read(Struct, frozen=True, kw_only=True):
    """A file that was read. status: of before it was read. sha256: of its bytes, which need not be kept."""

    status: Found
    sha256: bytes
    parsed: Parsed


class Compared(Struct, frozen=True):
    """What differs from what is known. changed: files that are new or not as they were. gone: paths that were known."""

    changed: Sequence[Found]
    gone: frozenset[str]


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

    __slots__ = (
        "_bundles",
        "_connection",
        "_opened_ns",
        "_path",
        "_salt",
        "_stale",
        "_stamps",
        "_unlike",
        "generation",
    )

    def __init__(self, path: Path, *, salt: str, opened_ns: int | None = None) -> None:
        """Read what is known of folders; nothing is written yet."""
        self._path, self._salt = path, salt
        self._opened_ns = _now_at(path) if opened_ns is None else opened_ns
        self._connection: sqlite3.Connection | None = None
        self.generation = ""  # changes with every writing; "" where nothing is known
        self._stamps: Mapping[str, bytes] | None = None  # of the folders that are known; None where nothing is
        self._bundles: dict[str, Bundle] = {}  # that were compared
        self._unlike: dict[str, set[str]] = {}  # of each of these, the paths that are not known as they are
        self._stale: set[str] = set()  # paths whose entries are not to be used
        if path.exists():
            self._recall()

    def close(self) -> None:
        """Let go of the file."""
        if self._connection:
            self._connection.close()
            self._connection = None

    def compare(self, bundles: Iterable[Bundle]) -> Compared:
        """
        Compare all files of the folder with what is known of them. Reads no story.

        Args:
            bundles: unique by folder.
        """
        self._bundles = {bundle.folder: bundle for bundle in bundles}
        try:
            changed, gone = self._differing()
        except DAMAGE:
            self.generation, self._stamps = "", None
            changed, gone = self._differing()
        self._unlike = {folder: set() for folder in self._bundles}
        for file in changed:
            self._unlike[folder_of(file.path)].add(file.path)
        return Compared(sorted(changed), frozenset(gone))

    def parsed(self, paths: Iterable[str]) -> dict[str, Parsed]:
        """Return what files of these paths were read as when they were stored, where that is known and whole."""
        if self._stamps is None:
            return {}
        asked = list(paths)
        found: dict[str, Parsed] = {}
        with suppress(*DAMAGE):
            for some in _batches(asked):
                found |= self._decoded(some)
        for path in asked if len(found) < len(asked) else ():
            unlike = self._unlike.get(folder_of(path))
            if path not in found and path not in self._stale and unlike is not None and path not in unlike:
                unlike.add(path)
                self._stale.add(path)
        return found

    def recall(self, path: str, digest: bytes) -> Parsed | None:
        """
        Return what a file was read as whose bytes are as they were, whatever its times; None for any other.

        Args:
            digest: SHA-256 of its bytes.
        """
        if self._stamps is None:
            return None
        query = "SELECT 1 FROM file WHERE path = ? AND sha256 = ?"
        with suppress(*DAMAGE):
            if self._connected().execute(query, (path, digest)).fetchone():
                return self.parsed([path]).get(path)
        return None

    def store(self, read: Iterable[Read]) -> int:
        """
        Keep what was read, and forget every file that is neither among it nor was found unchanged.

        Call it after compare(). Nothing is written when nothing has changed.

        Returns: how many of those that were read are known now; 0 where the cache cannot be written.
        """
        rows = {each.status.path: row for each in read if (row := self._row(each))}
        if not rows and not self._stale:
            return 0
        try:
            self._write(rows, gone=self._stale - rows.keys())
        except sqlite3.OperationalError:  # in use, full, not to be written: what was there stays
            self.generation = ""  # and knows less than what is told
            return 0
        except DAMAGE:  # damaged: nothing in it is worth keeping
            return self._write_afresh(rows)
        return len(rows)

    def _recall(self) -> None:
        from frtfeed.store.encoding import Malformed, decode

        with suppress(ValueError, Malformed, *DAMAGE):
            (row,) = self._connected().execute("SELECT salt, generation, checksum, folders FROM salt").fetchall()
            salt, generation, checksum, folders = row
            if salt == self._salt and isinstance(folders, bytes) and crc32(folders) == checksum:
                self._stamps = decode(folders, dict[str, bytes])
                self.generation = generation

    def _differing(self) -> tuple[list[Found], set[str]]:
        """Return what differs, as Compared has it, and note whose entries are not to be used."""
        stamps: Mapping[str, bytes] = self._stamps or {}
        changed: list[Found] = []
        gone: set[str] = set()
        self._stale = set()
        for folder in stamps.keys() | self._bundles.keys():
            bundle, stamp = self._bundles.get(folder), stamps.get(folder)
            if bundle and bundle.stamp == stamp:
                continue
            entries = {} if stamp is None else self._entries(folder, stamp=stamp)
            files = {file.path: file for file in bundle or ()}
            new = [file for path, file in files.items() if entries.get(path) != file]
            changed += new
            gone |= entries.keys() - files.keys()
            self._stale |= entries.keys() & {file.path for file in new}
        self._stale |= gone
        return changed, gone

    def _entries(self, folder: str, *, stamp: bytes) -> dict[str, Found | None]:
        """
        Return the files of a folder as they are known, by path; None for those that were not settled.

        Raises:
            sqlite3.DatabaseError: they are not those that were stored.
        """
        # "0" is what comes after "/"; of the top there is no end, and bytes come after all text.
        end = f"{folder[:-1]}0" if folder else b""
        rows = self._connected().execute(ENTRIES, (folder, end)).fetchall()
        try:
            names, facts = [path[len(folder) :] for path, *_ in rows], [packed(*status) for _, *status, _ in rows]
            whole = not stamp or bundled(folder, names, facts).stamp == stamp
        except (TypeError, struct.error):  # of other types than they were stored as
            whole = False
        if not whole:
            raise sqlite3.DatabaseError("a folder's entries are not those that were stored")
        return {path: Found(path, *status) if settled else None for path, *status, settled in rows}

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            with suppress(OSError):  # SQLite tells soon enough
                self._path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self._path, timeout=BUSY_S, isolation_level=None)
        return self._connection

    def _decoded(self, paths: list[str]) -> dict[str, Parsed]:
        """Return the stories that are whole, by path."""
        from frtfeed.store.encoding import Malformed, decode

        marks = ", ".join("?" * len(paths))
        query = f"SELECT path, checksum, encoded FROM file JOIN parsed USING (id) WHERE path IN ({marks})"  # noqa: S608  only ?
        found = {}
        for path, checksum, encoded in self._connected().execute(query, paths):
            if isinstance(encoded, bytes) and _checksum(encoded, path=path) == checksum:
                with suppress(Malformed):
                    found[path] = decode(encoded, Parsed)
        return found

    def _row(self, read: Read) -> _Row | None:
        """Return what is stored of a file; None where it cannot be."""
        from frtfeed.store.encoding import encode

        try:
            encoded = encode(read.parsed)
            checksum = _checksum(encoded, path=read.status.path)
        except UnicodeEncodeError:  # half a character, which no file of ours leaves in a story
            return None
        _, size_bytes, mtime_ns, ctime_ns, inode = read.status
        changed_ns = max(mtime_ns, ctime_ns)
        if changed_ns >= LARGEST:
            return None
        settled = changed_ns < self._opened_ns - SETTLED_NS
        return size_bytes, mtime_ns, ctime_ns, inode, settled, read.sha256, checksum, encoded

    def _write(self, rows: Mapping[str, _Row], *, gone: Collection[str]) -> None:
        from frtfeed.store.encoding import encode

        settled = {path for path, row in rows.items() if row[4]}
        unlike = {folder: paths - settled for folder, paths in self._unlike.items()}
        stamps = {folder_of(path): b"" for path in rows}
        stamps |= {folder: b"" if unlike[folder] else bundle.stamp for folder, bundle in self._bundles.items()}
        folders = encode(stamps)
        connection = self._connected()
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            if self._stamps is None:
                for statement in TABLES:
                    connection.execute(statement)
            generation = token_hex(8)
            connection.execute("DELETE FROM salt")
            salted = (self._salt, generation, crc32(folders), folders)
            connection.execute("INSERT INTO salt VALUES (?, ?, ?, ?)", salted)
            forgotten = [(path,) for path in gone]
            connection.executemany("DELETE FROM parsed WHERE id = (SELECT id FROM file WHERE path = ?)", forgotten)
            connection.executemany("DELETE FROM file WHERE path = ?", forgotten)
            keys = self._keys(list(rows))
            connection.executemany(
                "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                ((keys[path], path, *row[:6]) for path, row in rows.items()),
            )
            connection.executemany(
                "INSERT OR REPLACE INTO parsed VALUES (?, ?, ?)",
                ((keys[path], *row[6:]) for path, row in rows.items()),
            )
        self.generation, self._stamps, self._unlike = generation, stamps, unlike
        self._stale -= rows.keys() | gone

    def _keys(self, paths: list[str]) -> dict[str, int]:
        """Return the keys of some files, old and new."""
        connection = self._connected()
        keys: dict[str, int] = {}
        for some in _batches(paths):
            marks = ", ".join("?" * len(some))
            keys |= connection.execute(f"SELECT path, id FROM file WHERE path IN ({marks})", some)  # noqa: S608  only ?
        free = count(connection.execute("SELECT coalesce(max(id), 0) + 1 FROM file").fetchone()[0])
        return {path: keys[path] if path in keys else next(free) for path in paths}

    def _write_afresh(self, rows: Mapping[str, _Row]) -> int:
        """Begin a new file in the place of a damaged one."""
        self.close()
        self._stamps, self.generation = None, ""
        self._unlike = {folder: set(bundle.paths()) for folder, bundle in self._bundles.items()}
        try:
            for name in (self._path, self._path.with_name(f"{self._path.name}-journal")):
                name.unlink(missing_ok=True)
            self._write(rows, gone=())
        except (OSError, *DAMAGE):
            return 0
        return len(rows)


def _checksum(encoded: bytes, *, path: str) -> int:
    """Return what shows damage, and a story that is some other file's."""
    return crc32(encoded, crc32(path.encode()))


def _batches(paths: list[str]) -> Iterator[list[str]]:
    return (paths[start : start + AT_ONCE] for start in range(0, len(paths), AT_ONCE))


def _now_at(path: Path) -> int:
    """Return the time, in ns, by the clock that stamps files beside one; 0, before all files, where none can be."""
    try:
        return mark_begin(path)
    except OSError:
        return 0
