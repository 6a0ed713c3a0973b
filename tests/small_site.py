"""A folder of a few stories, built: for what may befall a build."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment

from frtfeed.config import Config, load_config
from frtfeed.pipeline import Built, Stopwatch, build
from frtfeed.store import last_build, parse_cache

NOW = datetime(2024, 3, 13, 9, tzinfo=UTC)
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


def config_of(site: Path) -> Config:
    return load_config(site / "frtfeed.toml")


def built(site: Path, *, now: datetime = NOW, **options: Any) -> Built:
    return build(config_of(site), now=now, stopwatch=Stopwatch(clock=float), **options)


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


def cold_output(site: Path, *, now: datetime = NOW) -> dict[str, bytes]:
    """Return what a build writes that knows nothing of any before it."""
    elsewhere = site.with_name(f"{site.name}-cold")
    config = replace(config_of(site), out=elsewhere / "out", state=elsewhere / "state")
    build(config, now=now, stopwatch=Stopwatch(clock=float))
    output = output_of(elsewhere)
    shutil.rmtree(elsewhere)
    return output


def unlike_their_hash(out: Path) -> list[str]:
    """Return the files that are not as build.json lists them."""
    listed = json.loads((out / "build.json").read_bytes())["files"]
    assert listed
    files = files_in(out)
    return [path for path, hash_ in listed.items() if sha256(files.get(path, b"")).hexdigest()[:32] != hash_]


@contextmanager
def quick_and_trusting() -> Iterator[None]:
    """
    Compile each template once, which is most of the work of a small build; trust the times of files
    that are a moment old.
    """
    with pytest.MonkeyPatch.context() as patched:
        real = Environment.compile
        patched.setattr(last_build, "RACY_NS", -(10**15))
        patched.setattr(parse_cache, "SETTLED_NS", -(10**15))
        known: dict[tuple[object, ...], Any] = {}

        def compile_once(self: Environment, source: Any, *given: Any, **options: Any) -> Any:
            key = (source, *given, *options.items())
            if key not in known:
                known[key] = real(self, source, *given, **options)
            return known[key]

        patched.setattr(Environment, "compile", compile_once)
        yield
