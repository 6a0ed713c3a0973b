"""A project built twice: with memory, and from nothing beside it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from frtfeed.asked import Asked
from frtfeed.pipeline import Stopwatch, build
from frtfeed.store import last_build, parse_cache
from tests.pipeline.folder import BEGIN, Editor

CONFIG = """
[site]
url = "https://site.example/"
{site}
[feed]
limit = 5
min_days = {min_days}
[edition]
period = "{period}"
[publish]
unmarked = "{unmarked}"
[quality]
keywords = ["{keyword}"]
"""
PLAIN = {"site": "", "min_days": "30", "period": "monthly", "unmarked": "all", "keyword": "face"}
CHOICES = {
    "site": ("", 'title = "Renamed"', 'timezone = "Asia/Bangkok"', 'language = "ar"'),
    "min_days": ("30", "3"),
    "period": ("monthly", "weekly"),
    "unmarked": ("all", "threshold"),
    "keyword": ("face", "iris"),
}


@dataclass(slots=True)
class Twins:
    """An output that is built with memory, to be compared with that of a build from nothing."""

    folder: Path
    settings: dict[str, str] = field(default_factory=lambda: dict(PLAIN))
    now: datetime = BEGIN

    def begin(self) -> None:
        """Make the folders; write the configuration."""
        for name in ("seeds", "templates"):
            (self.folder / name).mkdir()
        self.configure()

    def configure(self, **settings: str) -> None:
        """Change the configuration."""
        self.settings |= settings
        (self.folder / "frtfeed.toml").write_text(CONFIG.format(**self.settings))

    def build(self) -> Stopwatch:
        """Build with memory."""
        stopwatch = Stopwatch(clock=float)
        build(Asked(config=self.folder / "frtfeed.toml"), now=self.now, stopwatch=stopwatch, allow_empty=True)
        return stopwatch

    def differences(self) -> list[str]:
        """Return the paths of the files that a build from nothing writes otherwise."""
        cold = self.folder / "cold"
        shutil.rmtree(cold, ignore_errors=True)
        build(
            Asked(config=self.folder / "frtfeed.toml", out=cold),
            now=self.now,
            stopwatch=Stopwatch(clock=float),
            allow_empty=True,
            use_memory=False,
        )
        warm, expected = tree(self.folder / "out"), tree(cold)
        return sorted(path for path in warm.keys() | expected.keys() if warm.get(path) != expected.get(path))


def tree(root: Path) -> dict[str, bytes]:
    """Return every file of an output, but for what the build cost."""
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    return files | {"build.json": files["build.json"].partition(b',\n "timings": ')[0]}


def trust_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files count as settled at once: no test waits for two seconds."""
    monkeypatch.setattr(last_build, "RACY_NS", -(10**15))
    monkeypatch.setattr(parse_cache, "SETTLED_NS", -(10**15))


@dataclass(slots=True)
class Visitor:
    """Somebody who does all that can be done to a project between two builds."""

    twins: Twins
    editor: Editor
    random: Random
    kept: dict[str, bytes] = field(default_factory=dict)

    def visit(self) -> str:
        """Do one thing; tell what."""
        deeds: list[Callable[[], str]] = [
            self.edit, self.edit, self.edit, self.edit, self.configure, self.design, self.spoil, self.wait, self.wait,
            self.forget, self.bring_back,
        ]  # fmt: skip
        return self.random.choice(deeds)()

    def edit(self) -> str:
        """Edit stories."""
        return self.editor.work()

    def configure(self) -> str:
        """Change a setting."""
        name = self.random.choice(sorted(CHOICES))
        value = self.random.choice(CHOICES[name])
        self.twins.configure(**{name: value})
        return f"{name} = {value}"

    def design(self) -> str:
        """Write, change or remove a template of one's own."""
        name = self.random.choice(("style.css", "topic.html", "search.js"))
        path = self.twins.folder / "templates" / name
        if path.exists():
            path.unlink()
            return f"no {name}"
        path.write_text(design_of(name, self.random.randrange(3)))
        return name

    def spoil(self) -> str:
        """Spoil or remove a file of the output."""
        files = sorted(path for path in (self.twins.folder / "out").rglob("*") if path.is_file())
        path = self.random.choice(files)
        if self.random.random() < 0.5:
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[:-1] + b"?")
        return f"spoil {path.name}"

    def wait(self) -> str:
        """Let time pass; now and then a clock was wrong."""
        hours = self.random.choice((0, 1, 5, 30, 170, 800, -20))
        self.twins.now += timedelta(hours=hours)
        return f"{hours} hours"

    def forget(self) -> str:
        """Lose or damage a file of the memory, or keep a copy of it."""
        path = self.random.choice(self._memory())
        deed = self.random.randrange(4)
        if deed == 0:
            path.unlink()
        elif deed == 1:
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        else:
            self.kept[path.name] = path.read_bytes()
        return f"{('lose', 'cut', 'keep', 'keep')[deed]} {path.name}"

    def bring_back(self) -> str:
        """Put an old copy of a file of the memory in its place."""
        if not self.kept:
            return "nothing"
        name = self.random.choice(sorted(self.kept))
        (self.twins.folder / ".frtfeed" / name).write_bytes(self.kept[name])
        return f"old {name}"

    def _memory(self) -> list[Path]:
        return sorted(path for path in (self.twins.folder / ".frtfeed").iterdir() if path.stat().st_size)


def design_of(name: str, number: int) -> str:
    """Return a template of somebody's own."""
    if name == "topic.html":
        return f"<title>{number}</title>{{% for group in publication.feed.groups %}}{{{{ group.id }}}}\n{{% endfor %}}"
    return f"/* {number} */"
