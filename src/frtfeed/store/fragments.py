"""
Where on each page of the output its fragments stand, so that a page is joined from what it was.

Strategy: the texts are in the output already; what is kept of each is its place and a checksum. So it takes as
much room as the pages have fragments, ages with them, and costs a build what it asks for. A page that somebody
has touched shows so fragment by fragment. All is written in one transaction, after the pages; damage, another
version, a folder that cannot be written: nothing is known, and every fragment is made.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from struct import Struct
from zlib import crc32

from frtfeed.model import Page
from frtfeed.render.fragments import Place

__all__ = ["FRAGMENTS_NAME", "FragmentStore", "open_fragments"]

FRAGMENTS_NAME = "fragments.sqlite"  # in the state folder (config.py)
BUSY_S = 1.0  # waiting longer costs more than writing the fragments
PLACE = Struct("<16sQQL")  # key, start, length, checksum
# SQLite quotes what it finds, and Python cannot always read that.
DAMAGE = (sqlite3.Error, UnicodeDecodeError)
TABLES = (
    "DROP TABLE IF EXISTS salt",
    "DROP TABLE IF EXISTS page",
    "CREATE TABLE salt (salt TEXT NOT NULL) STRICT",
    "CREATE TABLE page (path TEXT PRIMARY KEY, checksum INTEGER NOT NULL, places BLOB NOT NULL) STRICT",
)


@contextmanager
def open_fragments(path: Path, *, salt: str, root: Path) -> Iterator["FragmentStore"]:
    """
    Open what is known of fragments; made when something is stored.

    Args:
        salt: of all that fragments hang on but their keys.
        root: of the output.
    """
    store = FragmentStore(path, salt=salt, root=root)
    try:
        yield store
    finally:
        store.close()


class FragmentStore:
    """What is known of the fragments of one output. It is as good as empty wherever it cannot be used."""

    __slots__ = ("_connection", "_noted", "_path", "_root", "_salt", "_usable")

    def __init__(self, path: Path, *, salt: str, root: Path) -> None:
        """See whether anything is known; nothing is written yet."""
        self._path, self._salt, self._root = path, salt, root
        self._connection: sqlite3.Connection | None = None
        self._noted: dict[str, bytes] = {}
        self._usable = False
        with suppress(*DAMAGE):
            if path.exists():
                self._connected().execute("SELECT path, checksum, places FROM page LIMIT 0")
                self._usable = self._connected().execute("SELECT salt FROM salt").fetchall() == [(salt,)]

    def close(self) -> None:
        """Let go of the file."""
        if self._connection:
            self._connection.close()
            self._connection = None

    def recall(self, page: str) -> dict[bytes, bytes]:
        """Return the fragments that are still where they were on a page of the output, by key."""
        with suppress(*DAMAGE, OSError, TypeError):
            places = self._places(page) if self._usable else b""
            if places:
                content = memoryview((self._root / page).read_bytes())
                return {key: bytes(text) for key, text in _cut(content, places)}
        return {}

    def note(self, page: Page, places: Iterable[Place]) -> None:
        """Take down where fragments stand on a page that is about to be delivered."""
        packed = (
            PLACE.pack(each.key, each.start, each.length, _checksum(each.key, _text(page.content, each)))
            for each in places
        )
        self._noted[page.path] = b"".join(packed)

    def store(self, pages: Collection[str]) -> None:
        """
        Keep what was noted; of other pages what was known, as long as they stand.

        Args:
            pages: the paths of all that are in the output now.
        """
        try:
            self._write(frozenset(pages))
        except sqlite3.OperationalError:  # in use, full, not to be written: what was there stays, and shows its age
            return
        except DAMAGE:  # damaged: nothing in it is worth keeping
            self._write_afresh(frozenset(pages))

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(self._path, timeout=BUSY_S, isolation_level=None)
            self._connection.execute("PRAGMA synchronous = OFF")  # a power cut's damage shows, and costs one build
        return self._connection

    def _places(self, page: str) -> bytes:
        """Return the places of a page, packed; nothing where they are not known, or not whole."""
        query = "SELECT checksum, places FROM page WHERE path = ?"
        checksum, places = self._connected().execute(query, (page,)).fetchone() or (0, b"")
        whole: bytes = places if _checksum(page.encode(), places) == checksum and not len(places) % PLACE.size else b""
        return whole

    def _write(self, pages: frozenset[str]) -> None:
        connection = self._connected()
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            if not self._usable:
                for statement in TABLES:
                    connection.execute(statement)
                connection.execute("INSERT INTO salt VALUES (?)", (self._salt,))
            known = {path for (path,) in connection.execute("SELECT path FROM page")}
            empty = {path for path, places in self._noted.items() if not places}
            gone = [(path,) for path in known if path in empty or path not in pages]
            rows = [
                (path, _checksum(path.encode(), places), places)
                for path, places in sorted(self._noted.items())
                if places
            ]
            connection.executemany("DELETE FROM page WHERE path = ?", gone)
            connection.executemany("INSERT OR REPLACE INTO page VALUES (?, ?, ?)", rows)
        self._usable = True

    def _write_afresh(self, pages: frozenset[str]) -> None:
        """Begin a new file in the place of a damaged one."""
        self.close()
        self._usable = False
        with suppress(OSError, *DAMAGE):
            for name in (self._path, self._path.with_name(f"{self._path.name}-journal")):
                name.unlink(missing_ok=True)
            self._write(pages)


def _cut(content: memoryview, places: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Yield the fragments that are what they were, each behind its key."""
    for key, start, length, checksum in PLACE.iter_unpack(places):
        text = content[start : start + length]
        if _checksum(key, text) == checksum:
            yield key, text


def _text(content: bytes, place: Place) -> bytes:
    return content[place.start : place.start + place.length]


def _checksum(name: bytes, content: bytes | memoryview) -> int:
    """Return what shows damage, and what is somebody else's."""
    return crc32(content, crc32(name))
