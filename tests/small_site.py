"""A folder of a few stories, built: for what may befall a build."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment

from frtfeed.asked import Asked
from frtfeed.pipeline import Built, Stopwatch, build, building
from frtfeed.store import desk, last_build, parse_cache
from frtfeed.store.whole import read_whole

NOW = datetime(2024, 3, 13, 9, tzinfo=UTC)
STATE_FILES = {
    "learnt.msgpack",
    "desk.seal",
    "desk.sqlite",
    "fragments.sqlite",
    "last-build.began",
    "last-build.json",
    "pages.json",
    "parse-cache.sqlite",
}
STORY = """---
title: "{title}"
excerpt: "What {name} did."
publishedDateTime: {date}T10:00:00Z
webUrl: https://{name}.example/story
topics:
  - {topic}
---
"""


def write(site: Path, name: str, *, title: str = "", date: str = "2024-03-12", topic: str = "Policing") -> Path:
    """Write a story file; each outlet of that name has one."""
    path = site / "seeds" / f"{name}.md"
    path.write_text(STORY.format(title=title or f"What happened at {name}", name=name, date=date, topic=topic))
    return path


def make_site(folder: Path) -> Path:
    """Make a project of three stories in one week."""
    (folder / "frtfeed.toml").write_text('[site]\nurl = "https://site.example/"\n')
    (folder / "seeds").mkdir()
    write(folder, "argus", title="Council halts the cameras")
    write(folder, "beacon", title="Police test new glasses", date="2024-03-11")
    write(folder, "courier", title="Court hears of a wrong match", topic="Courts")
    return folder


def change_site(site: Path) -> None:
    """Change one story, add one, and remove one, with the pages of a topic."""
    write(site, "argus", title="Council brings the cameras back")
    write(site, "dispatch", title="School asks for palms", topic="Schools")
    (site / "seeds" / "courier.md").unlink()


def built(site: Path, *, now: datetime = NOW, **options: Any) -> Built:
    return build(Asked(config=site / "frtfeed.toml"), now=now, stopwatch=Stopwatch(clock=float), **options)


def built_by_one_lot(site: Path) -> None:
    """Build, where the same is drawn by lot each time: so that what two builds leave can be compared."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(parse_cache, "token_hex", lambda size_bytes: "drawn")
        built(site)


def stages_of(site: Path, *, now: datetime = NOW) -> tuple[str, ...]:
    """Build, and tell which stages it took."""
    return tuple(built(site, now=now).seconds)


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def output_of(site: Path) -> dict[str, bytes]:
    """Return every file of the output, build.json without its timings."""
    files = files_in(site / "out")
    if "build.json" in files:
        report = json.loads(files["build.json"])
        del report["timings"]
        files["build.json"] = json.dumps(report).encode()
    return files


def is_short(stages: tuple[str, ...]) -> bool:
    """Tell whether a build worked, and asked the last one's desk for what it did not read."""
    return "group" in stages and "merge" not in stages


def cold_output(site: Path, *, now: datetime = NOW) -> dict[str, bytes]:
    """Return what a build writes that knows nothing of any before it."""
    elsewhere = site.with_name(f"{site.name}-cold")
    shutil.copytree(site, elsewhere, ignore=shutil.ignore_patterns("out", ".frtfeed"))
    built(elsewhere, now=now)
    output = output_of(elsewhere)
    shutil.rmtree(elsewhere)
    return output


def files_left(site: Path) -> tuple[int, int]:
    """Return what is the same where the next builds do the same: of the output, and of the memory."""
    state = site / ".frtfeed"
    memory = {name: _but_for_times(state / name, content) for name, content in files_in(state).items()}
    return hash(tuple(files_in(site / "out").items())), hash(tuple(memory.items()))


def memory_in_json(path: Path) -> Any:
    """Return what a file of the state folder tells, but for the times of files."""
    told = json.loads(read_whole(path))
    told.pop("outputs", "")
    for page in told.get("pages", {}).values():
        page.pop()
    return told


def is_sealed(path: Path) -> bool:
    """Tell whether a desk is as the seal beside it says."""
    seal = path.with_suffix(".seal")
    return path.exists() and seal.exists() and desk._look(path) == json.loads(seal.read_bytes())


def _but_for_times(path: Path, content: bytes) -> object:
    if path.suffix == ".json":
        return repr(memory_in_json(path))
    if path.suffix == ".seal":
        return is_sealed(path.with_name(desk.DESK_NAME))
    return content if path.suffix == ".sqlite" else len(content)  # half written; or a journal, which holds a lot


def put_back(saved: Path, site: Path) -> None:
    """Let a project be as it was saved; its stories keep their times."""
    for name, copy in (("out", os.link), (".frtfeed", shutil.copy2)):  # an output is never changed in its place
        shutil.rmtree(site / name, ignore_errors=True)
        if (saved / name).exists():
            shutil.copytree(saved / name, site / name, copy_function=copy)
    if (site / ".frtfeed" / desk.DESK_NAME).is_file():
        desk.seal(site / ".frtfeed" / desk.DESK_NAME)  # no copy has the times that the disk gave it


def exchange_stories(site: Path) -> None:
    """Let the stories be those that lie aside, and these aside; no file's times change, nor its number."""
    seeds, aside = site / "seeds", site.with_name("aside")
    seeds.rename(site.with_name("third"))
    aside.rename(seeds)
    site.with_name("third").rename(aside)


def put_more_aside(site: Path) -> dict[str, bytes]:
    """Make stories that lie aside, with one more change; return what a build from nothing makes of them."""
    shutil.copytree(site / "seeds", site.with_name("aside"))
    exchange_stories(site)
    write(site, "argus", title="Council sells the cameras", topic="Schools")
    (site / "seeds/beacon.md").unlink()
    made = cold_output(site)
    exchange_stories(site)
    return made


def unlike_their_hash(out: Path) -> list[str]:
    """Return the files that are not as build.json lists them."""
    listed = json.loads((out / "build.json").read_bytes())["files"]
    assert listed
    files = files_in(out)
    return [path for path, hash_ in listed.items() if sha256(files.get(path, b"")).hexdigest()[:32] != hash_]


@contextmanager
def quick_and_trusting() -> Iterator[None]:
    """
    Compile each template once, and look once whether frtfeed has changed, which is most of the work of a small
    build; trust the times of files that are a moment old.
    """
    with pytest.MonkeyPatch.context() as patched:
        real = Environment.compile
        patched.setattr(last_build, "RACY_NS", -(10**15))
        patched.setattr(os, "fsync", lambda descriptor: None)  # a killed process loses nothing that it has written
        patched.setattr(parse_cache, "SETTLED_NS", -(10**15))
        program = building.program_stamp()
        patched.setattr(building, "program_stamp", lambda: program)
        known: dict[tuple[object, ...], Any] = {}

        def compile_once(self: Environment, source: Any, *given: Any, **options: Any) -> Any:
            key = (source, *given, *options.items())
            if key not in known:
                known[key] = real(self, source, *given, **options)
            return known[key]

        patched.setattr(Environment, "compile", compile_once)
        yield
