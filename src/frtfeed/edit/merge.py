"""Many Parsed become one; then: what may be told now, and what the editor's mentions refer to."""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import datetime, timedelta
from operator import attrgetter

from frtfeed.edit.hand import contradictions
from frtfeed.edit.rank import by_date
from frtfeed.model import Parsed, Problem, Story
from frtfeed.records import Struct, replace
from frtfeed.times import rfc3339
from frtfeed.urls import slug, story_id

__all__ = [
    "FAR_DAYS",
    "Material",
    "gather_mentions",
    "merge",
    "needs_page",
    "next_mention",
    "open_desk",
    "problem_key",
    "related_ids",
    "waiting_problem",
]

FAR_DAYS = 367  # a date so far ahead is surely a slip


class Material(Struct, frozen=True, kw_only=True):
    """
    What a build has to tell.

    stories: with a file of their own, dated, not hidden, not in the future, without their lists; by (published, id).
    mentions: known only from `related` lists of those stories; same conditions and order.
    related: for each story's id the ids of the stories and mentions that its editor
        named, in the editor's order, unique, never itself.
    hidden: withdrawn stories (`published: false`), by id.
    waiting: dated after now, by id.
    next_mention: the date of the first entry of a told story's list that waits for it, if any does.
    """

    stories: tuple[Story, ...]
    mentions: tuple[Story, ...]
    related: Mapping[str, tuple[str, ...]]
    hidden: tuple[Story, ...]
    waiting: tuple[Story, ...]
    problems: tuple[Problem, ...]
    next_mention: datetime | None = None


# Strategy: stories that share any name (canonical URL or stem) are one story. The best copy
# speaks for all; a withdrawal counts whichever copy says it, since `published: false` promises
# that nothing of the story is shown. What is kept of the others is their paths, so that the
# result can be merged again: commutative, associative, idempotent.
def merge(parts: Iterable[Parsed]) -> Parsed:
    """
    Join what was parsed: any order, any split, repeats harmless.

    Returns:
        stories: one per connected set of names, sorted by path; `copies` names the files
            that lost. problems: sorted, unique.
    """
    parsed = list(parts)
    stories = {(story.path, story.copies): story for part in parsed for story in part.stories}
    problems = {problem for part in parsed for problem in part.problems}
    withdrawn = {name for part in parsed for name in part.withdrawn}
    united = [_unite(copies) for copies in _components(list(stories.values()))]
    return Parsed(
        stories=tuple(sorted(united, key=attrgetter("path"))),
        problems=tuple(sorted(problems, key=problem_key)),
        withdrawn=tuple(sorted(withdrawn)),
        withdrawn_paths=tuple(sorted({path for part in parsed for path in part.withdrawn_paths})),
    )


def open_desk(parsed: Parsed, *, now: datetime) -> Material:
    """
    Decide what may be told at an instant.

    Args:
        parsed: as merge() returns it.
        now: aware, UTC.
    """
    problems = list(parsed.problems)
    withdrawn = frozenset(parsed.withdrawn)
    # A file that says `published: false` counts even where it is no story for want of a title.
    told = [
        story if story.hidden or withdrawn.isdisjoint(story.names) else replace(story, hidden=True)
        for story in parsed.stories
    ]
    for story in told:
        problems += _copy_problems(story)
    stories, id_problems = _with_unique_ids(told, now=now)
    problems += id_problems
    hidden = [story for story in stories if story.hidden]
    waiting = [story for story in stories if _is_shown(story) and story.at > now]
    problems += [waiting_problem(story.path, story.at, now=now) for story in waiting]
    due = [story for story in stories if _is_shown(story) and story.at <= now]
    problems += contradictions(shown=due, hidden=hidden)
    ready = sorted(due, key=by_date)
    known = {name: story.id for story in stories for name in story.names}
    entries = (mention for story in ready for mention in story.related)
    gathered = gather_mentions(entries, known.keys() | withdrawn, now=now)
    known |= {name: mention.id for mention in gathered for name in mention.names}
    # What has the id of a story is that story, by an address that it had before.
    named: dict[str, Story | None] = dict.fromkeys(story.id for story in stories)
    mentions = [mention for mention in gathered if named.setdefault(mention.id, mention) is mention]
    tellable = {story.id for story in (*ready, *mentions)}
    return Material(
        stories=tuple(_with_pages(ready)),
        mentions=tuple(mentions),
        related={story.id: related_ids(story, known, tellable) for story in ready},
        hidden=tuple(sorted(hidden, key=attrgetter("id"))),
        waiting=tuple(sorted(waiting, key=attrgetter("id"))),
        problems=tuple(sorted(set(problems), key=problem_key)),
        next_mention=min((at for story in ready if (at := next_mention(story, now=now))), default=None),
    )


def next_mention(story: Story, *, now: datetime) -> datetime | None:
    """Return the date of the first entry of a story's list that waits for it, if any does."""
    dates = (each.published.at for each in story.related if each.published and not each.hidden)
    return min((at for at in dates if at > now), default=None)


def _is_shown(story: Story) -> bool:
    return not story.hidden and story.published is not None


# Strategy: nearly every story shares no name with another. Where sets meet, the smaller ones go into
# the largest, so that a story that a thousand others mention is not moved a thousand times.
def _components(stories: Sequence[Story]) -> list[list[Story]]:
    """Split stories into sets connected by shared names, in no order that matters; in a set the last comes first."""
    sets: dict[int, list[int]] = {}
    set_of: dict[str, int] = {}
    taken = set_of.keys()
    for number, story in enumerate(stories):
        home = number
        if not taken.isdisjoint(story.names):
            met = {set_of[name] for name in story.names if name in taken}
            home, *others = sorted(met, key=lambda each: (-len(sets[each]), each))
            for other in others:
                set_of |= {name: home for member in sets[other] for name in stories[member].names}
                sets[home] += sets.pop(other)
        sets.setdefault(home, []).append(number)
        for name in story.names:
            set_of[name] = home
    return [[stories[number] for number in sorted(numbers, reverse=True)] for numbers in sets.values()]


def _unite(copies: list[Story]) -> Story:
    """Let the best of several copies speak for all of them."""
    if len(copies) == 1:
        return copies[0]
    best = max(copies, key=_worth)
    names = {name for story in copies for name in story.names}
    paths = {path for story in copies for path in (story.path, *story.copies)} - {best.path}
    hidden = any(story.hidden for story in copies)
    auto = all(story.auto for story in copies)  # a file that publishes outright has the last word
    return replace(best, names=tuple(sorted(names)), copies=tuple(sorted(paths)), hidden=hidden, auto=auto)


def _worth(story: Story) -> tuple[object, ...]:
    """Order copies of one story: the fuller one first; the path, then the text, break ties."""
    return (
        bool(story.body),
        story.quality if story.quality is not None else -1,
        story.heat if story.heat is not None else -1,
        story.published is not None,
        0 if story.hidden else len(story.related),  # which not everybody reads
        len(story.images),
        len(story.excerpt),
        (story.title, story.excerpt, story.published.at.timestamp() if story.published else 0.0, story.id, story.url),
        tuple(-ord(char) for char in story.path),
    )


def gather_mentions(entries: Iterable[Story], taken: Set[str], *, now: datetime) -> list[Story]:
    """
    Return the mentions that no file tells and nobody withdrew, one per story, by (published, id).

    Args:
        entries: of the lists of all stories that are told, in the order of these.
        taken: the names of every file's story, and those that are withdrawn.
    """
    open_ = [
        mention
        for mention in entries
        if mention.published and not mention.hidden and mention.published.at <= now and taken.isdisjoint(mention.names)
    ]
    return sorted((_unite(copies) for copies in _components(open_)), key=by_date)


def related_ids(story: Story, known: Mapping[str, str], tellable: Collection[str]) -> tuple[str, ...]:
    """
    Return the ids of what a story's editor named, as far as it can be told.

    Args:
        known: the id that each name means. tellable: ids.
    """
    named = (next((known[name] for name in mention.names if name in known), "") for mention in story.related)
    return tuple(dict.fromkeys(id_ for id_ in named if id_ in tellable and id_ != story.id))


def _with_unique_ids(stories: Sequence[Story], *, now: datetime) -> tuple[list[Story], list[Problem]]:
    """
    Give a story whose `id:` another file has too the id of its own address.

    A story that is not shown yields to one that is: readers know the id by that.
    """

    def claim(story: Story) -> tuple[object, ...]:
        return not story.hidden and bool(story.published) and story.at <= now, _worth(story)

    holders: dict[str, list[Story]] = {}
    for story in stories:
        holders.setdefault(story.id, []).append(story)
    settled, problems = [], []
    taken = set(holders)
    for story_id_, sharers in holders.items():
        if len(sharers) == 1:  # no need to ask what it is worth
            settled += sharers
            continue
        first, *others = sorted(sharers, key=claim, reverse=True)
        settled.append(first)
        for other in others:
            own = next(id_ for name in (*other.names, other.path) if (id_ := story_id(name)) not in taken)
            taken.add(own)
            settled.append(replace(other, id=own))
            problems.append(
                Problem(
                    path=other.path,
                    field="id",
                    fault=f"the same id as {first.path}",
                    value=story_id_,
                    remedy="The id of its address is used instead. Remove the line, or give it an id of its own.",
                )
            )
    return sorted(settled, key=attrgetter("path")), problems


def _with_pages(stories: Sequence[Story]) -> list[Story]:
    """Give incidents, and stories with a text and no address, a folder each; drop their lists."""
    taken: set[str] = set()
    placed = []
    for story in stories:
        folder = _folder(story)
        if not folder:
            placed.append(replace(story, related=()) if story.related else story)
            continue
        tail = story.id[-8:]
        page = f"{folder}{slug(story.title) or tail}/"
        if page in taken:
            page = f"{page[:-1]}-{tail}/"
        taken.add(page)
        placed.append(replace(story, page=page, related=()))
    return placed


def needs_page(story: Story) -> bool:
    """Tell whether a story gets a page of its own."""
    return bool(_folder(story))


def _folder(story: Story) -> str:
    """Return where a story's own page lies, "" when it needs none."""
    if story.kind == "incident":
        return "incidents/"
    return "stories/" if story.body and not story.url else ""


def _copy_problems(story: Story) -> list[Problem]:
    """Name the files that are the same story as another, better one."""
    withdrawn = " One of them says published: false, so the story is not shown." if story.hidden else ""
    return [
        Problem(
            path=copy,
            fault=f"the same story as {story.path}",
            value=story.url or story.names[0],
            remedy=f"{story.path} is used. Remove one of the two, or correct its address.{withdrawn}",
        )
        for copy in story.copies
    ]


def waiting_problem(path: str, at: datetime, *, now: datetime) -> Problem:
    """Say that a story waits for its date: a note within a year, else surely a slip."""
    far = at - now >= timedelta(days=FAR_DAYS)
    return Problem(
        path=path,
        field="publishedDateTime",
        fault="far in the future" if far else "in the future",
        value=rfc3339(at),
        remedy="Story skipped. Check the year." if far else "It is held back until then.",
        severity="error" if far else "note",
    )


def problem_key(problem: Problem) -> tuple[object, ...]:
    """Return the key that puts problems in the order in which they are told."""
    return (
        problem.path,
        problem.line or 0,
        problem.field,
        problem.fault,
        problem.value,
        problem.remedy,
        problem.severity,
    )
