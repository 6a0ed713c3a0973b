"""Between reading and publishing: by the short way where there is one, else by the long one."""

import sqlite3
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path

from frtfeed.config import Config
from frtfeed.edit.regroup import Track
from frtfeed.pipeline.newsroom import Told, findings, newsroom, reports_of, told_at_length
from frtfeed.pipeline.reading import Map, Parse, Scan, everything
from frtfeed.pipeline.shortcut import is_short, learn, told_in_short
from frtfeed.pipeline.stopwatch import Stopwatch
from frtfeed.records import Struct, replace
from frtfeed.store.desk import DESK_NAME, DamagedDesk, DeskStore, Findings, keep_afresh, known_desk, seal
from frtfeed.store.encoding import Malformed
from frtfeed.store.parse_cache import ParseCache

__all__ = ["Work"]


class Work(Struct, frozen=True):
    """What a build works on between reading and publishing. program: salt of all that is not a file or the time."""

    config: Config
    read: Scan
    cache: ParseCache | None
    program: str
    now: datetime
    stopwatch: Stopwatch
    parse: Parse
    run_map: Map

    def told(self, held: ExitStack) -> Told:
        """
        Work out what is to be published, by the short way if there is one; what was learnt is kept.

        Args:
            held: closes what groups are fetched from.
        """
        if self.cache is None:
            return self._at_length({})
        desk = held.enter_context(known_desk(self._desk_path, salt=self.program, parsed=self.cache.parsed))
        told = None
        with suppress(
            sqlite3.Error, UnicodeDecodeError, Malformed, LookupError, DamagedDesk
        ):  # what is known does not hold together
            if desk and self.cache.generation and desk.about().generation == self.cache.generation:
                told = self._in_short(desk, self.cache)
        return told or self._at_length(_tracks(desk))

    def told_afresh(self) -> Told:
        """Work out everything, whatever is known."""
        return self._at_length({})

    @property
    def _desk_path(self) -> Path:
        return self.config.state / DESK_NAME

    def _in_short(self, desk: DeskStore, cache: ParseCache) -> Told | None:
        if not is_short(self.read, desk.about(), next_mention=desk.next_mention(), now=self.now):
            return None
        with self.stopwatch.stage("group"):
            learnt = learn(desk, cache, self.read, config=self.config, now=self.now)
            if learnt is None:
                return None
            cache.store(self.read.read)
            if not _keep(desk, replace(learnt, about=replace(learnt.about, generation=cache.generation))):
                return None
            seal(self._desk_path)
        self.stopwatch.counts["grouped"] = len(learnt.told)
        return told_in_short(
            desk,
            files=self.read.count,
            unwalked=self.read.unwalked,
            config=self.config,
            now=self.now,
            stopwatch=self.stopwatch,
        )

    def _at_length(self, before: Mapping[str, Track]) -> Told:
        config, read = self.config, self.read
        with self.stopwatch.stage("parse"):
            parsed = everything(config.seeds, read, parse=self.parse, run_map=self.run_map, cache=self.cache)
        room = newsroom(
            config,
            read.paths,
            parsed,
            now=self.now,
            stopwatch=self.stopwatch,
            before=before,
        )
        self.stopwatch.counts["grouped"] = len(room.grouping.tracks)
        reports = reports_of(room)
        if self.cache:
            with self.stopwatch.stage("keep"):
                learnt = findings(
                    room,
                    salt=self.program,
                    generation=self.cache.generation,
                    reports=reports,
                    unwalked=read.unwalked,
                    now=self.now,
                )
                keep_afresh(self._desk_path, learnt)
        return told_at_length(room, reports=reports)


def _keep(desk: DeskStore, learnt: Findings) -> bool:
    """Keep what was learnt; False where that cannot be done."""
    with suppress(sqlite3.Error, UnicodeDecodeError):
        desk.write(learnt)
        return True
    return False


def _tracks(desk: DeskStore | None) -> Mapping[str, Track]:
    with suppress(sqlite3.Error, UnicodeDecodeError, Malformed):
        return desk.tracks() if desk else {}
    return {}
