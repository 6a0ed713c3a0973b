"""A project with a newsdesk, for the tests of this room."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from frtfeed.config import Config, load_config
from frtfeed.model import When
from frtfeed.newsdesk.fetching import open_desk
from frtfeed.newsdesk.taking import Desk, Taken, take
from frtfeed.records import replace
from frtfeed.sources import FeedItem, Source

NOW = datetime(2024, 3, 13, tzinfo=UTC)
SOURCE = Source(key="watch", url="https://watch.example/feed", title="The Watch", site_url="https://watch.example/")


def project(folder: Path, text: str = "") -> Config:
    """Make a project without stories."""
    path = folder / "frtfeed.toml"
    path.write_text(f'[site]\nurl = "https://site.example/"\n{text}', encoding="utf-8")
    (folder / "seeds").mkdir(exist_ok=True)
    return load_config(path)


def item(number: int = 1, **given: object) -> FeedItem:
    """Make an item of SOURCE."""
    defaults: dict[str, object] = {
        "guid": f"urn:{number}",
        "url": f"https://watch.example/{number}",
        "title": f"Police scan faces at station {number}",
        "summary": "Travellers were not told.",
        "published": When(at=NOW - timedelta(hours=number)),
    }
    return FeedItem(**{**defaults, **given})  # type: ignore[arg-type]


@contextmanager
def desk_of(config: Config, *, now: datetime = NOW, dry: bool = False) -> Iterator[Desk]:
    with open_desk(config, now=now, dry=dry) as desk:
        yield desk


def took(config: Config, *items: FeedItem, source: Source = SOURCE, now: datetime = NOW) -> tuple[Taken, ...]:
    """Take items in, as one poll would."""
    with desk_of(config, now=now) as desk:
        return take(items, source=source, desk=desk)


def what(taken: tuple[Taken, ...]) -> list[str]:
    return [each.what for each in taken]


def files(config: Config) -> dict[str, str]:
    """Return every file below the seeds, hidden ones too, with its text."""
    return {
        path.relative_to(config.seeds).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(config.seeds.rglob("*"))
        if path.is_file()
    }


def the_file(config: Config) -> Path:
    """Return the one file in the inbox."""
    (path,) = (config.seeds / "inbox").iterdir()
    return path


@contextmanager
def as_nobody(folder: Path) -> Iterator[None]:
    """Be a user who may read a folder and not write it: root may write anywhere."""
    if os.geteuid():
        yield
        return
    outside = [each for each in (folder, *folder.parents) if not each.stat().st_mode & 0o001]
    modes = {each: each.stat().st_mode for each in outside}
    for each in outside:
        each.chmod(modes[each] | 0o011)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        for each, mode in modes.items():
            each.chmod(mode)


def in_auto(config: Config) -> Config:
    return replace(config, intake=replace(config.intake, publish="auto"))
