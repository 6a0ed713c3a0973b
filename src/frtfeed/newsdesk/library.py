"""What the folder of stories tells already, whoever wrote it: looked up before an item becomes a file."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from frtfeed.edit.intake import title_key
from frtfeed.edit.score import outlet_key
from frtfeed.fetch.folder import walk
from frtfeed.model import Parsed, Story
from frtfeed.pipeline import parse_all

__all__ = ["Library"]


@dataclass(slots=True)
class Library:
    """
    The stories below a folder, read when the first item asks: most polls bring nothing new.

    A mention is told, too: a file of its own, waiting for review, would hide it.
    """

    seeds: Path
    zone: tzinfo
    _read: bool = False
    _names: dict[str, str] = field(default_factory=dict)
    _titles: dict[tuple[str, str], list[tuple[datetime, str]]] = field(default_factory=dict)

    def tells(self, names: tuple[str, ...], *, provider: str, title: str, published: datetime, days: int) -> str:
        """Return the file, below the seeds, that tells a story already; "" when none does."""
        self._read_once()
        if found := next((self._names[name] for name in names if name in self._names), ""):
            return found
        same = self._titles.get((provider, title), []) if provider and title else []
        span = timedelta(days=days)
        return next((path for at, path in same if abs(at - published) <= span), "")

    def moved(self, file: str) -> str:
        """Return where a file lies by now that an editor has moved to another folder, "" when it is gone."""
        name = file.rpartition("/")[2]
        found, _ = walk(self.seeds)
        return next((each.path for each in found if each.path.rpartition("/")[2] == name), "")

    def _read_once(self) -> None:
        if self._read or not self.seeds.is_dir():
            return
        self._read = True
        for parsed in parse_all(self.seeds, zone=self.zone):
            self._add(parsed)

    def _add(self, parsed: Parsed) -> None:
        for story in parsed.stories:
            self._add_story(story)
            for mention in story.related:
                for name in mention.names:
                    self._names.setdefault(name, story.path)
        for name in parsed.withdrawn:
            self._names.setdefault(name, parsed.withdrawn_paths[0])

    def _add_story(self, story: Story) -> None:
        self._names |= dict.fromkeys(story.names, story.path)
        if story.published:
            key = outlet_key(story.provider), title_key(story.title)
            self._titles.setdefault(key, []).append((story.at, story.path))
