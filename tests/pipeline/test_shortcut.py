"""The short way: what a build from nothing would publish, for less."""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frtfeed.asked import Asked
from frtfeed.deliver.folder import Receipt
from frtfeed.pipeline import Stopwatch, build, publishing, working
from frtfeed.pipeline.newsroom import Told
from tests.pipeline.folder import BEGIN, Editor

CONFIG = """
[site]
url = "https://site.example/"
[feed]
limit = 5
min_days = 30
[quality]
keywords = ["face"]
"""


class Desk:
    """A project whose builds stop before anything is rendered."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (folder / "frtfeed.toml").write_text(CONFIG)
        (folder / "seeds").mkdir()
        self.folder = folder
        self.short = 0
        self._told: dict[str, object] = {}
        monkeypatch.setattr(publishing, "publish", self._publish)
        self._in_short = working.told_in_short
        monkeypatch.setattr(working, "told_in_short", self._counting)

    def told(self, *, now: datetime, use_memory: bool) -> dict[str, object]:
        """Return what a build would publish."""
        build(
            Asked(config=self.folder / "frtfeed.toml"),
            now=now,
            stopwatch=Stopwatch(clock=float),
            use_memory=use_memory,
            allow_empty=True,
        )
        return self._told

    def _publish(self, told: Told, *_: Any, **__: Any) -> Receipt:
        self._told = facts(told)
        return Receipt(written=(), unchanged=(), removed=())

    def _counting(self, *args: Any, **kwargs: Any) -> Told:
        self.short += 1
        return self._in_short(*args, **kwargs)


def facts(told: Told) -> dict[str, object]:
    """Return all that is published, so that it can be compared."""
    publication = told.publication
    lists = (publication.feed, publication.incidents, *publication.topics, *publication.editions, *publication.bands)
    return {
        "lists": [(each, [list(each.groups)]) for each in lists],
        "dossiers": [(each.story, list(each.groups)) for each in publication.dossiers],
        "until": told.until,
        "problems": told.problems,
        "public": told.public,
        "counts": told.counts,
        "reports": list(told.reports),
    }


def run(seed: int, *, stories: int, days: float, steps: int) -> tuple[int, list[str]]:
    """Let an editor work, build after each sitting; return how many builds were short, and where one differed."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as monkeypatch:
        desk = Desk(Path(folder), monkeypatch)
        editor = Editor(Path(folder) / "seeds", Random(seed), days=days)  # noqa: S311
        editor.begin(stories)
        now = BEGIN + timedelta(days=days)
        desk.told(now=now, use_memory=True)
        for step in range(steps):
            done = editor.work()
            now += timedelta(hours=editor.random.uniform(0, 12))
            short, cold = desk.told(now=now, use_memory=True), desk.told(now=now, use_memory=False)
            if short != cold:
                wrong = [name for name in cold if short[name] != cold[name]]
                return desk.short, [f"seed {seed}, step {step} ({done}): {', '.join(wrong)}"]
        return desk.short, []


@pytest.mark.slow
@settings(deadline=None, max_examples=12)
@given(st.integers(0, 2**32), st.sampled_from([(12, 60.0), (40, 200.0), (60, 900.0)]))
def test_any_edits_are_told_as_by_a_build_from_nothing(seed: int, size: tuple[int, float]) -> None:
    """Whatever an editor does, and whatever the last build knew: the same is published as without memory."""
    stories, days = size
    assert [] == run(seed, stories=stories, days=days, steps=8)[1]


def test_most_edits_go_the_short_way() -> None:
    """What is tested here happens: of thirty sittings many are built from what the last build knew."""
    short, wrong = run(1, stories=30, days=100, steps=30)
    assert [] == wrong
    assert 8 <= short
