"""
What the last build knew of its stories, events and groups, so that the next one can go on from there.

Strategy: whatever a change of one file asks for is found by an index: who else has its names, which lists
mention it, which stories lie within its days, which group they are in. So a build reads as much as has changed,
however long the archive is. All that a build learns is written in one transaction: killed at any moment, the
file is the old one or the new one. It goes with one state of the parse cache, and is as good as empty beside
any other, as it is when it is damaged, of another version, or in a folder that cannot be written.

Design note: docs/design/incremental.md.
"""

import json
import os
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias
from zlib import crc32

from frtfeed.briefs import Brief
from frtfeed.edit.event import Join, Near, Placed
from frtfeed.edit.known import Filed, KeptStory
from frtfeed.edit.rank import day_of
from frtfeed.edit.regroup import Track
from frtfeed.edit.weights import Gist
from frtfeed.model import Group, Member, Parsed, Part, Problem, Story
from frtfeed.records import Struct, field
from frtfeed.store.encoding import Malformed, decode, encode

__all__ = [
    "DESK_NAME",
    "About",
    "DamagedDesk",
    "DeskStore",
    "Findings",
    "KeptGroup",
    "keep_afresh",
    "known_desk",
    "seal",
]

DESK_NAME = "desk.sqlite"  # in the state folder (config.py)
AT_ONCE = 500  # values asked for in one statement; SQLite of old takes 999
BUSY_S = 1.0
PAGE_BYTES = 8192  # a told story takes over a kilobyte: of SQLite's own 4,096 a quarter would lie empty
TABLES = (
    "CREATE TABLE about (checksum INTEGER NOT NULL, encoded BLOB NOT NULL)",
    # Of each file that holds a story: `state` as in Filed; `shared`, too.
    "CREATE TABLE filed (path TEXT PRIMARY KEY, id TEXT NOT NULL, state TEXT NOT NULL, at REAL,"
    " shared INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE name (name TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY (name, path)) WITHOUT ROWID",
    # Under which names the lists of told stories mention others; `place` counts a list's entries from 0.
    "CREATE TABLE entry (name TEXT NOT NULL, path TEXT NOT NULL, place INTEGER NOT NULL,"
    " PRIMARY KEY (name, path, place)) WITHOUT ROWID",
    "CREATE TABLE mention (name TEXT PRIMARY KEY, id TEXT NOT NULL) WITHOUT ROWID",
    # Every story and mention that is told; an incident is an event of its own.
    "CREATE TABLE told (id TEXT PRIMARY KEY, day REAL NOT NULL, event TEXT NOT NULL, held INTEGER NOT NULL,"
    " incident INTEGER NOT NULL, story BLOB NOT NULL)",
    # The tracks of those that are no incidents, in order of date: what counting asks for lies close together.
    "CREATE TABLE placed (day REAL NOT NULL, id TEXT NOT NULL, heard BLOB NOT NULL, track BLOB NOT NULL,"
    " PRIMARY KEY (day, id)) WITHOUT ROWID",
    "CREATE TABLE related (id TEXT NOT NULL, place INTEGER NOT NULL, other TEXT NOT NULL, PRIMARY KEY (id, place))"
    " WITHOUT ROWID",
    "CREATE TABLE grouped (id TEXT PRIMARY KEY, brief BLOB NOT NULL, grouped BLOB NOT NULL, report TEXT NOT NULL,"
    " problems BLOB NOT NULL)",
    # Of each file whose list has mentions that wait: the date of the first, as a timestamp.
    "CREATE TABLE due (path TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID",
    "CREATE TABLE problem (path TEXT PRIMARY KEY, problems BLOB NOT NULL) WITHOUT ROWID",
)
INDEXES = (
    "CREATE INDEX filed_id ON filed (id)",
    "CREATE INDEX name_path ON name (path)",
    "CREATE INDEX entry_path ON entry (path)",
    "CREATE INDEX told_event ON told (event)",
    "CREATE INDEX told_incident ON told (id) WHERE incident",  # a handful of many
    "CREATE INDEX told_held ON told (id) WHERE held",
    "CREATE INDEX related_other ON related (other)",
)


class About(Struct, frozen=True, kw_only=True):
    """
    What is known of a whole build.

    salt: of all that its result depends on but files and time. generation: of the parse cache that it goes with.
    since: when it was.
    counts: of files by their state, of mentions that are told, of stories that are held.
    withdrawn: names, as in Parsed. names: which event each name of the editor's stands for, and that event's day.
    """

    salt: str
    generation: str
    since: datetime
    withdrawn: frozenset[str] = frozenset()
    withdrawn_paths: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, tuple[str, float]] = field(default_factory=dict)


class KeptGroup(Struct, frozen=True):
    """A group with what else is said of it. report: its text in build.json. problems: that only its event shows."""

    brief: Brief
    group: Group
    report: str
    problems: tuple[Problem, ...] = ()


class Findings(Struct, kw_only=True):
    """
    What a build learnt. Of what is keyed, None stands for what is no more.

    names, entries, mentions, due: as the tables of these names. told, related, grouped: by id. problems: by path.
    """

    about: About
    filed: dict[str, Filed | None] = field(default_factory=dict)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    entries: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    mentions: dict[str, str | None] = field(default_factory=dict)
    told: dict[str, KeptStory | None] = field(default_factory=dict)
    related: dict[str, tuple[str, ...]] = field(default_factory=dict)
    grouped: dict[str, KeptGroup | None] = field(default_factory=dict)
    problems: dict[str, tuple[Problem, ...]] = field(default_factory=dict)
    due: dict[str, datetime | None] = field(default_factory=dict)


class DamagedDesk(Exception):  # noqa: N818  what is told is that, not an error of anybody's
    """What is known does not hold together: everything has to be worked out afresh."""


_Row: TypeAlias = tuple[Any, ...]
_Ref: TypeAlias = tuple[str, str, float]  # a member: its story's id, reason, likeness


class _Stored(Struct, frozen=True, kw_only=True):
    """A group with the ids of its stories in their places: these are kept once, however many groups name them."""

    lead: str
    coverage: tuple[_Ref, ...]
    background: tuple[_Ref, ...]
    id: str
    updated: datetime
    quality: int
    heat: int
    incidents: tuple[str, ...]
    texts: int
    quality_parts: tuple[Part, ...]
    heat_parts: tuple[Part, ...]

    def whole(self, fetch: Callable[[Collection[str]], Mapping[str, Story]]) -> Group:
        """Return the group with its stories."""
        stories = fetch({self.lead, *(id_ for id_, *_ in (*self.coverage, *self.background))})

        def members(refs: Iterable[_Ref]) -> tuple[Member, ...]:
            return tuple(Member(story=stories[id_], reason=reason, likeness=alike) for id_, reason, alike in refs)

        return Group(
            id=self.id,
            lead=stories[self.lead],
            coverage=members(self.coverage),
            background=members(self.background),
            updated=self.updated,
            quality=self.quality,
            heat=self.heat,
            incidents=self.incidents,
            texts=self.texts,
            quality_parts=self.quality_parts,
            heat_parts=self.heat_parts,
        )


class _Placing(NamedTuple):
    """A track but for its day and gist. Tuples are written without the names of their fields: these are longer."""

    mark: int
    event: str
    reason: str
    likeness: float
    near: tuple[str, float, str] | None
    merged: tuple[tuple[str, str], ...]
    name: str


class _Heard(NamedTuple):
    """What counting asks of a story."""

    boilerplate: bool
    gist: Gist


def _placing(track: Track) -> _Placing:
    placed, join = track.placed, track.placed.join
    near = (join.near.id, join.near.likeness, join.near.why_not) if join.near else None
    return _Placing(track.mark, placed.event, join.reason, join.likeness, near, placed.merged, track.name)


def _track(day: float, track: bytes | None, said: bytes) -> Track:
    if track is None:
        raise Malformed("an article without a track")
    mark, event, reason, likeness, near, merged, name = decode(track, _Placing)
    heard = decode(said, _Heard)
    join = Join(reason, likeness, Near(*near) if near else None)
    return Track(day, mark, Placed(event, join, merged, heard.boilerplate), heard.gist, name)


def _stored(group: Group) -> _Stored:
    def refs(members: Iterable[Member]) -> tuple[_Ref, ...]:
        return tuple((each.story.id, each.reason, each.likeness) for each in members)

    return _Stored(
        lead=group.lead.id,
        coverage=refs(group.coverage),
        background=refs(group.background),
        id=group.id,
        updated=group.updated,
        quality=group.quality,
        heat=group.heat,
        incidents=group.incidents,
        texts=group.texts,
        quality_parts=group.quality_parts,
        heat_parts=group.heat_parts,
    )


class DeskStore:
    """The file of what is known, open. Every method may raise sqlite3.Error or Malformed: then it knows nothing."""

    def __init__(self, path: Path, *, parsed: Callable[[Collection[str]], Mapping[str, Parsed]] | None = None) -> None:
        self.parsed = parsed or (lambda paths: {})
        self._connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def about(self) -> About:
        """Return what is known of the whole build."""
        checksum, encoded = self._connection.execute("SELECT checksum, encoded FROM about").fetchone()
        if crc32(encoded) != checksum:
            raise Malformed("about")
        return decode(encoded, About)

    def filed(self, paths: Collection[str]) -> dict[str, Filed]:
        """Return how files are filed, by path, as far as they hold a story."""
        rows = self._asked("SELECT path, id, state, at, shared FROM filed WHERE path IN ({})", paths)
        return {path: Filed(id_, state, at, bool(shared)) for path, id_, state, at, shared in rows}

    def holders(self, ids: Collection[str]) -> set[str]:
        """Return the files whose stories have any of these ids."""
        return {path for (path,) in self._asked("SELECT path FROM filed WHERE id IN ({})", ids)}

    def owners(self, names: Collection[str]) -> dict[str, str]:
        """Return the files whose stories have these names, by name."""
        return dict(self._asked("SELECT name, path FROM name WHERE name IN ({})", names))

    def entries(self, names: Collection[str]) -> set[tuple[str, int]]:
        """Return which entries of which files' lists have any of these names."""
        return set(self._asked("SELECT path, place FROM entry WHERE name IN ({})", names))

    def mentions(self, names: Collection[str]) -> dict[str, str]:
        """Return the ids of the mentions that are told under these names, by name."""
        return dict(self._asked("SELECT name, id FROM mention WHERE name IN ({})", names))

    def waiting(self) -> list[tuple[str, datetime]]:
        """Return the files that wait for their dates, with these, by path."""
        rows = self._connection.execute("SELECT path, at FROM filed WHERE state = 'waiting' ORDER BY path")
        return [(path, datetime.fromtimestamp(at, UTC)) for path, at in rows]

    def secret(self) -> set[str]:
        """Return the paths of the files whose stories are not shown although they could be: hidden, waiting, held."""
        query = """
            WITH kept AS (
                SELECT id FROM filed WHERE state IN ('hidden', 'waiting') UNION SELECT id FROM told WHERE held
            )
            SELECT path FROM filed WHERE id IN kept"""
        return {path for (path,) in self._connection.execute(query)}

    def told(self, ids: Collection[str]) -> dict[str, KeptStory]:
        """Return stories and mentions that are told, by id."""
        return self._kept(self._asked(f"{KEPT} WHERE told.id IN ({{}})", ids))

    def between(self, first: float, last: float) -> dict[str, KeptStory]:
        """Return the articles of some days, in order of (published, id), by id; the days as in Track."""
        query = f"{KEPT_OF} FROM placed JOIN told USING (id) WHERE placed.day BETWEEN ? AND ? ORDER BY placed.day, id"
        return self._kept(self._connection.execute(query, (first, last)))

    def placed(self, first: float, before: float) -> dict[str, Track]:
        """Return how the articles of some days were placed, in order of date, by id."""
        query = "SELECT id, day, track, heard FROM placed WHERE day >= ? AND day < ? ORDER BY day, id"
        return {id_: _track(*kept) for id_, *kept in self._connection.execute(query, (first, before))}

    def heard(self, first: float, before: float) -> Iterator[tuple[float, Gist, bool]]:
        """Yield of the articles of some days, in order of date: day, gist, whether the excerpt is boilerplate."""
        query = "SELECT day, heard FROM placed WHERE day >= ? AND day < ? ORDER BY day, id"
        for day, encoded in self._connection.execute(query, (first, before)):
            heard = decode(encoded, _Heard)
            yield day, heard.gist, heard.boilerplate

    def members(self, events: Collection[str]) -> dict[str, KeptStory]:
        """Return the stories of some events, by id, in no order."""
        return self._kept(self._asked(f"{KEPT} WHERE event IN ({{}})", events))

    def incidents(self) -> dict[str, KeptStory]:
        """Return every incident that is told, by id."""
        return self._kept(self._connection.execute(f"{KEPT} WHERE incident"))

    def last_day(self) -> float:
        """Return the day of the newest article."""
        newest: float | None = self._connection.execute("SELECT max(day) FROM placed").fetchone()[0]
        return newest or 0.0

    def tracks(self) -> dict[str, Track]:
        """Return how all articles were placed, by id, in order of date."""
        query = "SELECT id, day, track, heard FROM placed ORDER BY day, id"
        return {id_: _track(*kept) for id_, *kept in self._connection.execute(query)}

    def related(self, ids: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Return what the editors of some stories named beside them, by id, in their order."""
        found: dict[str, list[str]] = {}
        for id_, other in self._asked("SELECT id, other FROM related WHERE id IN ({}) ORDER BY id, place", ids):
            found.setdefault(id_, []).append(other)
        return {id_: tuple(others) for id_, others in found.items()}

    def naming(self, ids: Collection[str]) -> dict[str, set[str]]:
        """Return which stories' editors named some stories, by the id of these."""
        found: dict[str, set[str]] = {}
        for other, id_ in self._asked("SELECT other, id FROM related WHERE other IN ({})", ids):
            found.setdefault(other, set()).add(id_)
        return found

    def briefs(self) -> list[Brief]:
        """Return the outlines of all groups, by id."""
        rows = self._connection.execute("SELECT brief FROM grouped ORDER BY id")
        return [decode(encoded, Brief) for (encoded,) in rows]

    def group(self, id_: str) -> Group:
        """
        Return a group.

        Raises:
            DamagedDesk: it is not there, or not whole.
        """
        try:
            (encoded,) = self._connection.execute("SELECT grouped FROM grouped WHERE id = ?", (id_,)).fetchone()
            return decode(encoded, _Stored).whole(self._stories)
        except (sqlite3.Error, UnicodeDecodeError, Malformed, LookupError, TypeError) as error:
            raise DamagedDesk(id_) from error

    def _stories(self, ids: Collection[str]) -> dict[str, Story]:
        rows = self._asked("SELECT id, story FROM told WHERE id IN ({})", ids)
        return {id_: decode(story, Story) for id_, story in rows}

    def reports(self, ids: Sequence[str]) -> Iterator[str]:
        """
        Yield what build.json says of some groups, in their order; they are never all in memory.

        Raises:
            DamagedDesk: one is not there, or not whole.
        """
        try:
            for start in range(0, len(ids), AT_ONCE):
                some = ids[start : start + AT_ONCE]
                found = dict(self._asked("SELECT id, report FROM grouped WHERE id IN ({})", some))
                yield from (found[id_] for id_ in some)
        except (sqlite3.Error, UnicodeDecodeError, LookupError) as error:
            raise DamagedDesk("reports") from error

    def next_mention(self) -> datetime | None:
        """Return the date of the first mention that waits for it, if any does."""
        (at,) = self._connection.execute("SELECT min(at) FROM due").fetchone()
        return None if at is None else datetime.fromtimestamp(at, UTC)

    def troubled(self) -> set[str]:
        """Return the paths that problems are known of."""
        return {path for (path,) in self._connection.execute("SELECT path FROM problem")}

    def problems(self) -> list[Problem]:
        """Return all that is known of problems, in no order, but for stories that wait."""
        rows = self._connection.execute(
            "SELECT problems FROM problem UNION ALL SELECT problems FROM grouped WHERE problems != ?", (encode(()),)
        )
        return [problem for (encoded,) in rows for problem in decode(encoded, tuple[Problem, ...])]

    def make(self, findings: Findings) -> None:
        """Make the tables, and keep what a build from nothing learnt."""
        self._connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        self._connection.execute("PRAGMA journal_mode = OFF")  # the file takes its place when it is whole
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute("BEGIN")
        with self._connection:
            for statement in TABLES:
                self._connection.execute(statement)
            self._write(findings)
            for statement in INDEXES:  # quicker than to keep them in order with every row
                self._connection.execute(statement)

    def write(self, findings: Findings) -> None:
        """Keep what a build learnt beside what was known before, or nothing of it."""
        self._connection.execute("BEGIN IMMEDIATE")
        with self._connection:
            self._connection.executemany(UNPLACE, [(id_,) for id_ in findings.told])
            self._write(findings)

    def _write(self, findings: Findings) -> None:
        self._write_about(findings.about)
        self._replace("filed", "path", findings.filed, _filed_row)
        self._rewrite("name", "path", findings.names, lambda path, names: ((name, path) for name in names))
        self._rewrite(
            "entry",
            "path",
            findings.entries,
            lambda path, entries: ((name, path, place) for name, place in entries),
        )
        self._replace("mention", "name", findings.mentions, lambda name, id_: (name, id_))
        self._replace("told", "id", findings.told, _told_row)
        tracks = {id_: kept.track for id_, kept in findings.told.items() if kept and kept.track}
        self._insert(
            "placed", (_placed_row(id_, tracks[id_]) for id_ in sorted(tracks, key=lambda each: tracks[each].day))
        )
        self._rewrite(
            "related", "id", findings.related, lambda id_, ids: ((id_, at, other) for at, other in enumerate(ids))
        )
        self._replace("grouped", "id", findings.grouped, _group_row)
        self._rewrite("problem", "path", findings.problems, _problem_rows)
        self._replace("due", "path", findings.due, lambda path, at: (path, at.timestamp()))

    def _write_about(self, about: About) -> None:
        encoded = encode(about)
        self._connection.execute("DELETE FROM about")
        self._connection.execute("INSERT INTO about VALUES (?, ?)", (crc32(encoded), encoded))

    def _asked(self, query: str, values: Collection[str]) -> Iterator[Any]:
        """Yield the rows that a query gives for some values, {} being their place."""
        listed = list(values)
        for start in range(0, len(listed), AT_ONCE):
            some = listed[start : start + AT_ONCE]
            yield from self._connection.execute(query.format(", ".join("?" * len(some))), some)

    def _kept(self, rows: Iterable[Any]) -> dict[str, KeptStory]:
        return {
            id_: KeptStory(decode(story, Story), event, None if incident else _track(*track), bool(held))
            for id_, event, held, incident, story, *track in rows
        }

    def _replace(self, table: str, key: str, values: Mapping[str, Any], row: Callable[[str, Any], _Row]) -> None:
        """Write one row for each value; None takes it away."""
        self._delete(table, key, [(name,) for name, value in values.items() if value is None])
        self._insert(table, (row(name, values[name]) for name in sorted(values) if values[name] is not None))

    def _rewrite(
        self, table: str, key: str, values: Mapping[str, Any], rows: Callable[[str, Any], Iterable[_Row]]
    ) -> None:
        """Write the rows of each value in the place of those that its key had."""
        self._delete(table, key, [(name,) for name in values])
        self._insert(table, (row for name in sorted(values) for row in rows(name, values[name])))

    def _delete(self, table: str, key: str, values: Sequence[tuple[str]]) -> None:
        self._connection.executemany(f"DELETE FROM {table} WHERE {key} = ?", values)  # noqa: S608  names of ours

    def _insert(self, table: str, rows: Iterator[_Row]) -> None:
        """Write rows, in the order of their keys: so a table grows at its end. They are never all in memory."""
        first = next(rows, None)
        if first is not None:
            marks = ", ".join("?" * len(first))
            query = f"INSERT OR REPLACE INTO {table} VALUES ({marks})"  # noqa: S608  only ?
            self._connection.executemany(query, chain((first,), rows))


UNPLACE = "DELETE FROM placed WHERE id = ?1 AND day = (SELECT day FROM told WHERE id = ?1)"
KEPT_OF = "SELECT told.id, event, held, incident, story, told.day, track, heard"
KEPT = f"{KEPT_OF} FROM told LEFT JOIN placed ON placed.day = told.day AND placed.id = told.id"


def _filed_row(path: str, filed: Filed) -> _Row:
    return path, filed.id, filed.state, filed.at, filed.shared


def _told_row(id_: str, kept: KeptStory) -> _Row:
    return id_, day_of(kept.story), kept.event, kept.held, kept.track is None, encode(kept.story)


def _placed_row(id_: str, track: Track) -> _Row:
    heard = _Heard(track.placed.boilerplate, track.gist)
    return track.day, id_, encode(heard), encode(_placing(track))


def _group_row(id_: str, kept: KeptGroup) -> _Row:
    return id_, encode(kept.brief), encode(_stored(kept.group)), kept.report, encode(kept.problems)


def _problem_rows(path: str, problems: tuple[Problem, ...]) -> list[_Row]:
    return [(path, encode(problems))] if problems else []


@contextmanager
def known_desk(
    path: Path, *, salt: str, parsed: Callable[[Collection[str]], Mapping[str, Parsed]]
) -> Iterator[DeskStore | None]:
    """
    Open what is known; None where nothing is that goes with a salt.

    Args:
        salt: as in About. parsed: as in KnownDesk.
    """
    known = None
    with ExitStack() as opened:
        with suppress(sqlite3.Error, OSError, ValueError, TypeError, Malformed):
            if json.loads(_seal(path).read_bytes()) == _look(path):
                store = opened.enter_context(closing(DeskStore(path, parsed=parsed)))
                known = store if store.about().salt == salt else None
        yield known


def keep_afresh(path: Path, findings: Findings) -> None:
    """Write all that a build from nothing learnt; where that cannot be done, the next one starts from nothing, too."""
    beside = path.with_suffix(".new")
    try:
        with suppress(OSError, sqlite3.Error, UnicodeError):
            path.parent.mkdir(parents=True, exist_ok=True)
            beside.unlink(missing_ok=True)
            with closing(DeskStore(beside)) as store:
                store.make(findings)
            with open(beside, "rb") as file:
                os.fsync(file.fileno())  # the seal must not outlive what it is on
            path.with_name(f"{path.name}-journal").unlink(missing_ok=True)  # of the file that it replaces
            os.replace(beside, path)
            seal(path)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def seal(path: Path) -> None:
    """Note how the file looks, so that it counts as nothing once somebody else has touched it."""
    beside = path.with_suffix(".part")
    with suppress(OSError):
        beside.write_text(json.dumps(_look(path)), encoding="utf-8")
        os.replace(beside, _seal(path))


def _seal(path: Path) -> Path:
    return path.with_suffix(".seal")


def _look(path: Path) -> list[int]:
    status = os.stat(path)
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
