"""What the folder of stories tells already, whoever wrote it: looked up before an item becomes a file."""

from contextlib import nullcontext
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from frtfeed.edit.intake import title_key
from frtfeed.edit.score import outlet_key
from frtfeed.fetch.folder import read_document, walk
from frtfeed.fetch.listing import list_folder
from frtfeed.found import Found
from frtfeed.model import Document, Parsed, Story
from frtfeed.parse import parse
from frtfeed.records import Struct, field
from frtfeed.store.parse_cache import open_cache
from frtfeed.store.salt import salt_of

__all__ = ["Library"]

AT_ONCE = 1000  # stories of so many files are in memory at a time


class Library(Struct):
    """
    The stories below a folder, read when the first item asks: most polls bring nothing new.

    A mention is told, too: a file of its own, waiting for review, would hide it.

    cache: of what the last build read each file as (store/parse_cache.py), which need not be there.
    """

    seeds: Path
    zone: tzinfo
    cache: Path
    _read: bool = False
    _places: dict[str, str] | None = None
    _names: dict[str, str] = field(default_factory=dict)
    _titles: dict[tuple[str, str], list[tuple[datetime, str]]] = field(default_factory=dict)

    def tells(self, names: tuple[str, ...], *, provider: str, title: str, published: datetime, days: int) -> str:
        """
        Return the file, below the seeds, that tells a story already; "" when none does.

        Args:
            days: between two stories of one title; 0 goes by names alone.
        """
        self._read_once()
        if found := next((self._names[name] for name in names if name in self._names), ""):
            return found
        same = self._titles.get((provider, title), []) if provider and title and days else []
        span = timedelta(days=days)
        return next((path for at, path in same if abs(at - published) <= span), "")

    def moved(self, file: str) -> str:
        """Return where a file lies by now that an editor has moved to another folder, "" when it is gone."""
        if self._places is None:  # of several of one name the first
            self._places = {each.path.rpartition("/")[2]: each.path for each in reversed(walk(self.seeds)[0])}
        return self._places.get(file.rpartition("/")[2], "")

    def _read_once(self) -> None:
        if self._read or not self.seeds.is_dir():
            return
        self._read = True
        listing = list_folder(self.seeds)
        files = listing.files()
        with open_cache(self.cache, salt=salt_of(zone=self.zone)) if self.cache.exists() else nullcontext() as cache:
            changed = {file.path for file in cache.compare(listing.bundles).changed} if cache else set()
            for start in range(0, len(files), AT_ONCE):
                some = files[start : start + AT_ONCE]
                known = cache.parsed(file.path for file in some if file.path not in changed) if cache else {}
                for file in some:
                    self._add(known.get(file.path) or self._parsed(file))

    def _parsed(self, file: Found) -> Parsed:
        document = read_document(self.seeds, file)
        return parse(document, zone=self.zone) if isinstance(document, Document) else Parsed()

    def _add(self, parsed: Parsed) -> None:
        for story in parsed.stories:
            self._add_story(story)
            for mention in () if story.hidden else story.related:  # nobody tells those of a hidden story
                for name in mention.names:
                    self._names.setdefault(name, story.path)
        for name in parsed.withdrawn:
            self._names.setdefault(name, parsed.withdrawn_paths[0])

    def _add_story(self, story: Story) -> None:
        self._names |= dict.fromkeys(story.names, story.path)
        if story.published:
            key = outlet_key(story.provider), title_key(story.title)
            self._titles.setdefault(key, []).append((story.at, story.path))
