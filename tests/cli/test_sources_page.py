"""docs/sources.md: what it shows is what happens."""

import os
import re
import shlex
from pathlib import Path

import pytest

from tests.cli.site import NOW, ask, atom, entry, inbox, page
from tests.edit.test_market_reports import LABELLED
from tests.fetch.server import Site

PAGE = Path(__file__).parents[2] / "docs" / "sources.md"


@pytest.mark.slow
def test_the_example_runs(here: Path, web: Site) -> None:
    """The commands of the page, as they stand there, make a site of three feeds."""
    web.routes |= {
        "/watch/": page("/watch/atom"),
        "/watch/atom": atom(entry(1, "Police scan faces at the station"), title="The Watch"),
        "/paper/feed.xml": atom(entry(2, "Court stops face scans in schools"), title="The Paper"),
        "/court/": page("/court/comments", "/court/news", "/court/rulings"),
        "/court/rulings": atom(entry(3, "Airport opens a face lane"), title="The Court"),
    }
    example = re.search(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert example
    for line in example[1].splitlines():
        words = shlex.split(re.sub(r"https://(\w+)\.example/", rf"{web.url('/')}\1/", line))
        if words[0] == "cd":
            os.chdir(words[1])
            config = Path("frtfeed.toml")
            allowed = f'\n[fetch]\nallow = ["{web.place}"]\ngap_s = 0.0\n'
            config.write_text(config.read_text(encoding="utf-8").replace("\n[fetch]\n", allowed), encoding="utf-8")
            continue
        clock = () if words[1] == "init" else ("--now", NOW)
        told = ask(*words[1:], *clock, keys="p")
        assert 0 == told.exit_code, told.output
    assert 3 == len(inbox(Path()))
    assert 1 == sum("published: true" in text for text in inbox(Path()).values())


def test_the_figures_are_measured() -> None:
    """The page names how many titles were labelled."""
    spam = sum(label for label, _ in LABELLED)
    assert f"Of {spam} such titles and {len(LABELLED) - spam} of news" in PAGE.read_text(encoding="utf-8")
