"""
What changed files change on the desk, without opening the others.

Design note: docs/design/incremental.md.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from datetime import datetime

from frtfeed.edit.hand import contradictions
from frtfeed.edit.known import Filed, KnownDesk, filed_as, state_of
from frtfeed.edit.merge import gather_mentions, needs_page, next_mention, related_ids
from frtfeed.edit.rank import by_date
from frtfeed.model import Parsed, Problem, Story
from frtfeed.records import Struct, replace
from frtfeed.urls import story_id

__all__ = ["Revision", "entries_of", "revise"]


class Revision(Struct, frozen=True, kw_only=True):
    """
    What has changed.

    gone: ids of stories and mentions that are told no more. told: those that are, and may have changed, without
        their lists, by id. related: what their editors name, by id, wherever that may have changed.
    filed, names, entries: of the changed files, by path; an entry's names, and its place in its list.
    mentions: under which names which mention is told, None for none. problems: of the changed files, by path.
    due: of the changed files, the dates of the first mentions that wait for them, by path.
    mentioned: by how many there are more mentions.
    """

    gone: Set[str]
    told: Mapping[str, Story]
    related: Mapping[str, tuple[str, ...]]
    filed: Mapping[str, Filed | None]
    names: Mapping[str, tuple[str, ...]]
    entries: Mapping[str, tuple[tuple[str, int], ...]]
    mentions: Mapping[str, str | None]
    problems: Mapping[str, tuple[Problem, ...]]
    due: Mapping[str, datetime | None]
    mentioned: int


def entries_of(story: Story) -> tuple[tuple[str, int], ...]:
    """Return the names of the entries of a story's list, each with its place."""
    return tuple((name, place) for place, mention in enumerate(story.related) for name in mention.names)


# Strategy: two stories meet through their names, and a mention is told where no file has any of its names.
# So what a changed file can change is found by following names: its own, those of its list, and those of
# the entries of other lists that share one with these. What reaches further - a file that shares a name or an
# id with another one, an incident, a story with a page of its own, an event that its editor named - is not
# followed: the answer is None, and everything is worked out afresh.
def revise(
    desk: KnownDesk,
    *,
    before: Mapping[str, Parsed],
    after: Mapping[str, Parsed],
    withdrawn: Set[str],
    now: datetime,
) -> Revision | None:
    """
    Work out what some changed files change; None where that takes all files.

    Args:
        before: what those files were read as that were there. after: what those are read as that are there.
        withdrawn: names, as in Parsed, that other files withdraw.
        now: aware, UTC; not before the time at which the rest was filed.
    """
    paths = before.keys() | after.keys()
    old = [story for parsed in before.values() for story in parsed.stories]
    new = {path: story for path, parsed in after.items() for story in parsed.stories}
    if _reach_far(desk, before, after, paths=paths, withdrawn=withdrawn):
        return None
    was = desk.filed(paths)
    told = {story.id: story for story in new.values() if state_of(story, now=now) == "told"}
    looked_at = _Mentions(desk, paths)
    looked_at.follow({name for story in (*old, *new.values()) for name in _all_names(story)})
    own_names = {name: story.id for story in new.values() for name in story.names}
    others = {name: path for name, path in desk.owners(looked_at.names).items() if path not in paths}
    tellers = {story.id: story for story in (*told.values(), *looked_at.tellers())}
    listed = sorted(tellers.values(), key=by_date)
    entries = [
        mention
        for story in listed
        for place, mention in enumerate(story.related)
        if story.id in told or (story.path, place) in looked_at.entries
    ]
    mentions = gather_mentions(entries, own_names.keys() | others.keys() | withdrawn, now=now)
    mentioned: dict[str, str | None] = {name: mention.id for mention in mentions for name in mention.names}
    if not all(map(_has_own_id, mentions)) or not desk.holders({each.id for each in mentions}) <= paths:
        return None
    was_mentioned = desk.mentions(looked_at.names)
    gone = {each.id for each in was.values() if each.state == "told"} | set(was_mentioned.values())
    now_told = {id_: replace(story, related=()) for id_, story in told.items()}
    now_told |= {each.id: each for each in mentions if each.kind != "incident"}  # an incident needs a record
    silent = {each.id for each in was.values() if each.state == "told"} & now_told.keys() - told.keys()
    return Revision(
        gone=gone - now_told.keys(),
        told=now_told,
        related=_related(desk, listed, looked_at.names, paths=paths, own=own_names, mentioned=mentioned, told=now_told)
        | dict.fromkeys(silent, ()),
        filed={path: filed_as(new[path], now=now) if path in new else None for path in paths},
        names={path: new[path].names if path in new else () for path in paths},
        entries={path: entries_of(new[path]) if path in new and new[path].id in told else () for path in paths},
        mentions=dict.fromkeys(was_mentioned) | mentioned,
        problems={path: _problems(after[path], now=now) if path in after else () for path in paths},
        due=dict.fromkeys(paths) | {story.path: next_mention(story, now=now) for story in told.values()},
        mentioned=len({each.id for each in mentions}) - len(set(was_mentioned.values())),
    )


def _reach_far(
    desk: KnownDesk,
    before: Mapping[str, Parsed],
    after: Mapping[str, Parsed],
    *,
    paths: Set[str],
    withdrawn: Set[str],
) -> bool:
    """Tell whether changed files have to do with others in a way that is not followed."""
    parsed = (*before.values(), *after.values())
    stories = [story for each in parsed for story in each.stories]
    new = [story for each in after.values() for story in each.stories]
    names = [name for story in new for name in story.names]
    ids = [story.id for story in new]
    all_names = {name for story in stories for name in story.names}
    return (
        any(each.withdrawn or each.withdrawn_paths or len(each.stories) > 1 for each in parsed)
        or any(story.kind == "incident" or story.group or needs_page(story) for story in stories)
        or any(not _has_own_id(story) for story in stories)
        or any(each.shared for each in desk.filed(paths).values())
        or not withdrawn.isdisjoint(all_names)
        or not set(desk.owners(all_names).values()) <= paths
        or not desk.holders(ids) <= paths
        or len(set(names)) < len(names)
        or len(set(ids)) < len(ids)
    )


class _Mentions:
    """The entries of unchanged files' lists that share names, directly or through others, with what has changed."""

    def __init__(self, desk: KnownDesk, changed: Set[str]) -> None:
        self._desk, self._changed = desk, changed
        self._stories: dict[str, Story] = {}
        self.names: set[str] = set()
        self.entries: set[tuple[str, int]] = set()

    def follow(self, names: Set[str]) -> None:
        """Find the entries with some names, and with the names that these have besides."""
        while names:
            self.names |= names
            found = {each for each in self._desk.entries(names) if each[0] not in self._changed} - self.entries
            self.entries |= found
            unread = {path for path, _ in found} - self._stories.keys()
            self._stories |= {path: parsed.stories[0] for path, parsed in self._desk.parsed(unread).items()}
            names = {name for path, place in found for name in self._stories[path].related[place].names} - self.names

    def tellers(self) -> Iterator[Story]:
        """Yield the stories of the files with such entries, under the ids that they are told by."""
        filed = self._desk.filed(self._stories.keys())
        for path, story in self._stories.items():
            yield story if filed[path].id == story.id else replace(story, id=filed[path].id)


def _has_own_id(story: Story) -> bool:
    """Tell whether a story's id comes of one of its names, so that no other story has it."""
    return any(story.id == story_id(name) for name in story.names)


def _all_names(story: Story) -> Iterable[str]:
    """Return the names of a story, and of what its editor mentions."""
    return (*story.names, *(name for mention in story.related for name in mention.names))


def _related(
    desk: KnownDesk,
    stories: Collection[Story],
    looked_at: Set[str],
    *,
    paths: Set[str],
    own: Mapping[str, str],
    mentioned: Mapping[str, str | None],
    told: Mapping[str, Story],
) -> dict[str, tuple[str, ...]]:
    """Return the ids of what some stories' editors named, as far as it can be told now."""
    names = {name for story in stories for mention in story.related for name in mention.names}
    owners = {name: path for name, path in desk.owners(names).items() if path not in paths}
    filed = desk.filed(set(owners.values()))
    known = dict(desk.mentions(names - looked_at))
    tellable = set(known.values()) | told.keys() | {each.id for each in filed.values() if each.state == "told"}
    known |= {name: id_ for name, id_ in mentioned.items() if id_}
    known |= {name: filed[path].id for name, path in owners.items()} | dict(own)
    return {story.id: related_ids(story, known, tellable) for story in stories}


def _problems(parsed: Parsed, *, now: datetime) -> tuple[Problem, ...]:
    """Return the problems of one file, but for that its story waits."""
    shown = [story for story in parsed.stories if state_of(story, now=now) == "told"]
    hidden = [story for story in parsed.stories if story.hidden]
    return (*parsed.problems, *contradictions(shown=shown, hidden=hidden))
