"""
The items of a feed become story files: each decided on, looked up, written once.

Order on disk: the texts of a feed's new items are laid beside, their plans kept in the ledger,
the files renamed, the plans ended. `recover` finishes what a killed run left.

Other commands wait while the store is written. So the folder is read, and texts are flushed to
the disk, before that begins.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from frtfeed.config import Config
from frtfeed.deliver.inbox import INBOX, discard, file_name, flush, inbox_locked, place, stage, stage_all, staged
from frtfeed.edit.intake import Decision, decide, item_date, item_names, item_story, stated_date, title_key
from frtfeed.edit.score import outlet_key
from frtfeed.errors import ConfigError
from frtfeed.fetch.folder import MAX_FILE_BYTES
from frtfeed.model import Story
from frtfeed.newsdesk.library import Library
from frtfeed.parse.story_file import Value, fields_of, revise, unparse, unparse_fields
from frtfeed.records import Struct, replace
from frtfeed.sources import FeedItem, Source
from frtfeed.store import ledger
from frtfeed.store.ledger import Entry
from frtfeed.urls import canonical, story_id

__all__ = ["Desk", "Taken", "put", "recover", "take"]

KEEP_ID = ("id", "originalUrl")  # written with another webUrl
TITLE_WORDS = 4  # fewer name a column: "Daily briefing" is another text each day


class Desk(Struct, frozen=True, kw_only=True):
    """
    Where items are taken in.

    dry: nothing is written but the ledger, which is then a copy.
    """

    config: Config
    connection: sqlite3.Connection
    library: Library
    now: datetime
    dry: bool = False


class Taken(Struct, frozen=True, kw_only=True):
    """
    What became of an item.

    file: below the seeds, "" for one that was dropped.
    changed, kept: the fields that followed the source, and those that an editor's hand kept.
    """

    decision: Decision
    what: Literal["new", "changed", "known", "dropped"]
    reason: str
    file: str = ""
    changed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


class LookedUp(Struct, frozen=True, kw_only=True):
    """
    An item, and where it is told: its ledger entry, or what became of it where nothing is left to do.

    story: what the item would be as a story; None for one that is dropped.
    """

    decision: Decision
    home: Entry | Taken
    story: Story | None = None


class Draft(Struct, frozen=True, kw_only=True):
    """The file that an item would become."""

    story: Story
    entry: Entry
    text: str


def recover(desk: Desk) -> None:
    """
    Finish what a killed run left: new files that were planned are written, all else beside is swept.

    A change that was not carried out is not carried out now: the file may have been edited since.

    Raises:
        DeliveryError: the inbox cannot be written.
    """
    with inbox_locked(desk.config.seeds) as inbox:
        beside = staged(inbox)
        for open_plan in ledger.open_plans(desk.connection):
            name = open_plan.file.rpartition("/")[2]
            if name not in beside:
                ledger.end_plans(desk.connection, [open_plan.file])
            elif open_plan.new:
                place(inbox, name, target=desk.config.seeds / open_plan.file)
                ledger.end_plans(desk.connection, [open_plan.file])
            else:
                discard(inbox, name)
                ledger.abandon(desk.connection, open_plan.file)
        for name in staged(inbox):
            discard(inbox, name)


def take(items: Iterable[FeedItem], *, source: Source, desk: Desk) -> tuple[Taken, ...]:
    """
    Turn the items of one poll into story files, and bring those that are there up to date.

    Returns: what became of each, in the order of the feed.

    Raises:
        DeliveryError: the inbox cannot be written. What was written until then counts, and
            the next poll brings the rest.
    """
    decided = [decide(item, source=source, policy=desk.config.intake, now=desk.now) for item in items]
    if desk.dry:
        looked_up, _ = _looked_up(decided, ahead={}, source=source, desk=desk)
        return tuple(_settled(looked_up, source=source, desk=desk))
    with inbox_locked(desk.config.seeds) as inbox:
        ahead = _drafted(decided, source=source, desk=desk)
        laid: dict[str, str] = {}
        for draft in ahead.values():  # of two items of one file the first becomes it
            laid.setdefault(draft.entry.file, draft.text)
        _lay_beside(inbox, laid)
        with ledger.together(desk.connection):
            looked_up, drafts = _looked_up(decided, ahead=ahead, source=source, desk=desk)
            _lay_beside(inbox, {file: text for file, text in drafts.items() if laid.get(file) != text})
        for file in laid.keys() - drafts.keys():  # another item of this feed tells it
            discard(inbox, file.rpartition("/")[2])
        for file in drafts:
            place(inbox, file.rpartition("/")[2], target=desk.config.seeds / file)
        if drafts:
            flush(inbox)
            ledger.end_plans(desk.connection, drafts)
        return tuple(_settled(looked_up, source=source, desk=desk))


def put(story: Story, *, desk: Desk) -> str:
    """
    Write a story of no source into the inbox.

    Returns: its file, below the seeds.

    Raises:
        ConfigError: a file tells it already.
        DeliveryError: the inbox cannot be written.
    """
    names = story.names if story.url else (story.id,)
    title = title_key(story.title)
    with inbox_locked(desk.config.seeds) as inbox:
        entry = ledger.find(desk.connection, names)
        told = entry.file if entry else ""
        told = told or desk.library.tells(names, provider="", title="", published=story.at, days=0)
        if told and (desk.config.seeds / told).exists():
            raise ConfigError(f"{story.title}: told already in {desk.config.seeds / told}. Edit that file.")
        zone = desk.config.site.zone
        name = file_name(story, zone=zone)
        file = f"{INBOX}/{name}"
        content = unparse(story, zone=zone).encode()
        if len(content) > MAX_FILE_BYTES:
            raise ConfigError(
                f"{story.title}: too large for a story: {len(content):,} bytes. At most {MAX_FILE_BYTES:,} are read "
                "by a build: with --url its address is kept, and not its text."
            )
        stage(inbox, name, content)
        provider = outlet_key(story.provider)
        entry = Entry(file=file, provider=provider, title_key=title, published=story.at, names=names)
        ledger.plan(desk.connection, [entry])
        place(inbox, name, target=desk.config.seeds / file)
        flush(inbox)
        ledger.end_plans(desk.connection, [file])
    return file


def _drafted(decided: Sequence[Decision], *, source: Source, desk: Desk) -> dict[int, Draft]:
    """Return what the items would become that nothing tells by now, by their place in the feed. Records nothing."""
    drafts: dict[int, Draft] = {}
    for number, decision in enumerate(decided):
        names = item_names(decision.item, source=source)
        if decision.verdict == "dropped" or ledger.find(desk.connection, names):
            continue
        story = item_story(decision, source=source, policy=desk.config.intake, now=desk.now)
        if _same_title_or_told(names, story, desk) is None:
            drafts[number] = _draft(story, names, source=source, desk=desk)
    return drafts


def _lay_beside(inbox: Path, texts: Mapping[str, str]) -> None:
    """Lay the texts of new files beside, by their files."""
    stage_all(inbox, {file.rpartition("/")[2]: text.encode() for file, text in texts.items()})


def _looked_up(
    decided: Iterable[Decision], *, ahead: Mapping[int, Draft], source: Source, desk: Desk
) -> tuple[list[LookedUp], dict[str, str]]:
    """
    Find out which items are told already; plan the others. Also return the texts of new files.

    Args:
        ahead: drafts that are made already.
    """
    found: list[LookedUp] = []
    drafts: dict[str, str] = {}
    for number, decision in enumerate(decided):
        names = item_names(decision.item, source=source)
        entry = ledger.find(desk.connection, names)
        if entry is None and decision.verdict == "dropped":
            dropped = Taken(decision=decision, what="dropped", reason=decision.reason)
            found.append(LookedUp(decision=decision, home=dropped))
            continue
        draft = ahead.get(number)
        story = draft.story if draft else item_story(decision, source=source, policy=desk.config.intake, now=desk.now)
        entry = entry or _same_title_or_told(names, story, desk)
        if entry:
            _learn(names, story, entry, dated=stated_date(decision.item, now=desk.now) is not None, desk=desk)
            known = Taken(decision=decision, what="known", reason=f"told in {entry.file}", file=entry.file)
            home: Entry | Taken = known if entry.file in drafts else entry
        else:
            draft = draft or _draft(story, names, source=source, desk=desk)
            ledger.plan(desk.connection, [draft.entry])
            drafts[draft.entry.file] = draft.text
            home = Taken(decision=decision, what="new", reason=decision.reason, file=draft.entry.file)
        found.append(LookedUp(decision=decision, home=home, story=story))
    return found, drafts


def _settled(looked_up: Sequence[LookedUp], *, source: Source, desk: Desk) -> Iterator[Taken]:
    """Yield what becomes of each item; of several that are one story, only the newest may change its file."""
    newest: dict[str, Decision] = {}
    followed = {each.key for each in desk.config.sources}
    for each in looked_up:
        decision, home = each.decision, each.home
        if isinstance(home, Entry) and (home.file not in newest or _later(decision, newest[home.file], desk.now)):
            newest[home.file] = decision
    for each in looked_up:
        decision, home = each.decision, each.home
        if isinstance(home, Taken):
            yield home
            continue
        is_newest = newest[home.file] is decision
        if is_newest and home.source and home.source != source.key and home.source not in followed:
            ledger.adopt(desk.connection, home.file, source=source.key)
            home = replace(home, source=source.key)
        if is_newest and home.source == source.key and each.story:
            yield _revised(decision, home, story=each.story, desk=desk)
        else:
            yield Taken(decision=decision, what="known", reason=f"told in {home.file}", file=home.file)


def _same_title_or_told(names: tuple[str, ...], story: Story, desk: Desk) -> Entry | None:
    """Return the story that an item is under another name: a re-issue, or one that an editor's file tells."""
    title, provider = title_key(story.title), outlet_key(story.provider)
    days = desk.config.intake.same_title_days if title.count(" ") + 1 >= TITLE_WORDS else 0
    entry = ledger.find(desk.connection, (), provider=provider, title_key=title, published=story.at, days=days)
    if entry:
        return entry
    path = desk.library.tells(names, provider=provider, title=title, published=story.at, days=days)
    return Entry(file=path, published=story.at) if path else None


def _learn(names: tuple[str, ...], story: Story, entry: Entry, *, dated: bool, desk: Desk) -> None:
    """
    Remember the names and the title under which a story came by now.

    Args:
        dated: the item's own date counts; else it is that of the story.
    """
    if ledger.unknown(desk.connection, names):
        ledger.know(desk.connection, replace(entry, names=names))
    told = replace(
        entry,
        provider=outlet_key(story.provider),
        title_key=title_key(story.title),
        published=story.at if dated else entry.published,
    )
    if told != entry:  # at most polls it is as it was
        ledger.know_title(desk.connection, told)


def _later(decision: Decision, other: Decision, now: datetime) -> bool:
    """Tell whether an item is newer than another of the same story; the first of the feed wins a tie."""

    def instants(item: FeedItem) -> tuple[datetime, datetime]:
        published = item_date(item, now=now).at
        return item.updated.at if item.updated else published, published

    return instants(decision.item) > instants(other.item)


def _draft(story: Story, names: tuple[str, ...], *, source: Source, desk: Desk) -> Draft:
    """Make a new story's file, its path below the seeds."""
    zone = desk.config.site.zone
    fields = fields_of(story, zone=zone)
    entry = Entry(
        file=f"{INBOX}/{file_name(story, zone=zone)}",
        source=source.key,
        provider=outlet_key(story.provider),
        title_key=title_key(story.title),
        published=story.at,
        fields=fields,
        names=names,
    )
    return Draft(story=story, entry=entry, text=unparse_fields(fields))


def _revised(decision: Decision, home: Entry, *, story: Story, desk: Desk) -> Taken:
    """Bring a story's file up to date where the source has changed and the editor has not."""
    fields = fields_of(story, zone=desk.config.site.zone)
    if stated_date(decision.item, now=desk.now) is None:
        fields["publishedDateTime"] = home.fields["publishedDateTime"]  # it is the day when it was first seen
    fields = _same_id(fields, home, desk)
    same = Taken(decision=decision, what="known", reason=f"told in {home.file}", file=home.file)
    if fields == home.fields:
        return same
    path = _path(home, desk)
    if path is None:
        return replace(same, reason=f"{home.file} is not there any more, deleted or renamed: it does not come back")
    before = path.read_bytes()
    try:
        revised = revise(before.decode(), written=home.fields, found=fields)
    except UnicodeDecodeError:
        return replace(same, reason=f"{home.file} is not UTF-8: it is left as it is")
    file = path.relative_to(desk.config.seeds).as_posix()
    if not desk.dry and not _written(path, before, revised.text.encode(), file=file, fields=fields, desk=desk):
        return replace(same, reason=f"{file} is being edited: it is left until the next poll")
    if not revised.changed:
        return replace(same, file=file, kept=revised.kept, reason=_unchanged(file, revised.kept))
    return replace(
        same,
        what="changed",
        reason=_told_changes(revised.changed),
        file=file,
        changed=revised.changed,
        kept=revised.kept,
    )


def _told_changes(changed: Sequence[str]) -> str:
    """Say which fields changed; a story whose address changes keeps its id, which is written for that alone."""
    names = ["address" if name == "webUrl" else name for name in changed if name not in KEEP_ID]
    parts = [f"its {' and '.join(names)} changed"] if names else []
    return "; ".join([*parts, "its id stays"] if {"webUrl", *KEEP_ID} & {*changed} else parts)


def _unchanged(file: str, kept: Sequence[str]) -> str:
    """Say why a source's change left a file as it is."""
    return "an editor's hand keeps it" if kept else f"told in {file}"


def _same_id(fields: dict[str, Value], home: Entry, desk: Desk) -> dict[str, Value]:
    """
    Let an address follow its source: the story keeps its id, and its first address as one of its names.

    An address that another file tells is not followed: two files would be one story, and one of them hidden.
    """
    old, new = (str(each.get("webUrl", "")) for each in (home.fields, fields))
    if old == new and "id" not in home.fields:  # as nearly always
        return fields
    if canonical(new) != canonical(old) and (not new or _told_elsewhere(canonical(new), home, desk)):
        fields = {**fields, "webUrl": old}
        new = old
    identity = canonical(old) if old else Path(home.file).stem  # what a story without an address is known by
    id_ = str(home.fields.get("id", "")) or story_id(identity)
    if new and id_ != story_id(canonical(new)):
        first = str(home.fields.get("originalUrl", "")) or old
        fields |= {"id": id_} | ({"originalUrl": first} if first else {})
    return {name: value for name, value in fields.items() if value}


def _told_elsewhere(name: str, home: Entry, desk: Desk) -> bool:
    """Tell whether another file than a story's own tells an address."""
    entry = ledger.find(desk.connection, [name])
    told = entry.file if entry and entry.file != home.file else ""
    told = told or desk.library.tells((name,), provider="", title="", published=home.published, days=0)
    return bool(told) and Path(told).name != Path(home.file).name


def _written(path: Path, before: bytes, after: bytes, *, file: str, fields: dict[str, Value], desk: Desk) -> bool:
    """Write a changed file; False where somebody else has changed it since it was read."""
    inbox = desk.config.seeds / INBOX
    if after == before:
        ledger.plan_change(desk.connection, file, fields=fields)
        ledger.end_plans(desk.connection, [file])
        return True
    stage(inbox, path.name, after)
    ledger.plan_change(desk.connection, file, fields=fields)
    if path.read_bytes() != before:
        ledger.abandon(desk.connection, file)
        discard(inbox, path.name)
        return False
    place(inbox, path.name, target=path)
    ledger.end_plans(desk.connection, [file])
    return True


def _path(home: Entry, desk: Desk) -> Path | None:
    """Return where a story's file lies, also after a move to another folder; None when it is gone."""
    path = desk.config.seeds / home.file
    if path.is_file():
        if home.gone:
            ledger.mark_gone(desk.connection, home.file, gone=False)
        return path
    if home.gone:  # it was looked for in all folders before
        return None
    moved = desk.library.moved(home.file)
    if not moved:
        ledger.mark_gone(desk.connection, home.file, gone=True)
        return None
    ledger.move(desk.connection, home.file, to=moved)
    return desk.config.seeds / moved
