"""The table of renderers: what a build writes, and what it costs to look at it."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from frtfeed.briefs import Brief, Groups, brief_of
from frtfeed.edit.compose import compose
from frtfeed.model import Group
from frtfeed.policies import FeedPolicy
from frtfeed.render import RENDERERS, made

from .human import TEMPLATES
from .samples import GROUPS, SITE, moment, publication

MACHINE_READABLE = ("syndication", "jsonfeed", "opml")
HEAVY = ("feedgen", "jinja2", "premailer", "lxml")
HASHES = f"""
from hashlib import sha256
from frtfeed.render import RENDERERS, made
from render.samples import publication
for name in {MACHINE_READABLE}:
    for page in made(RENDERERS[name](publication(), templates={{}})):
        print(page.path, sha256(page.content).hexdigest())
"""


def test_every_format_has_a_renderer() -> None:
    """Feeds, pages, what search engines read, and mail are what a build writes, in this order."""
    assert ["syndication", "jsonfeed", "opml", "web", "sitemap", "email"] == list(RENDERERS)


def test_looking_at_the_table_imports_nothing_heavy() -> None:
    """A command that renders nothing does not wait for feedgen, Jinja2, premailer and lxml."""
    code = f"import sys, frtfeed.render; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]\n" == done.stdout


def test_every_feed_has_its_three_formats_and_the_digest_is_a_feed() -> None:
    """Subscribers find Atom, RSS and JSON Feed beside each list, and one file that names them all."""
    pages = [page for name in MACHINE_READABLE for page in made(RENDERERS[name](publication(), templates={}))]
    folders = ("", "topics/law/", "topics/privacy-rights/", "incidents/")
    expected = {f"{folder}{file}" for folder in folders for file in ("atom.xml", "rss.xml", "feed.json")}
    assert sorted(expected | {"digest/atom.xml", "feeds.opml"}) == sorted(page.path for page in pages)


def test_media_types_name_the_formats() -> None:
    """XML says its character set; JSON has only one."""
    types = {
        page.path.rpartition("/")[2]: page.media_type
        for name in MACHINE_READABLE
        for page in made(RENDERERS[name](publication(), templates={}))
    }
    expected = {
        "atom.xml": "application/atom+xml; charset=utf-8",
        "rss.xml": "application/rss+xml; charset=utf-8",
        "feed.json": "application/feed+json",
        "feeds.opml": "text/x-opml; charset=utf-8",
    }
    assert expected == types


def test_planning_fetches_only_what_has_a_page_of_its_own() -> None:
    """Which pages there are, and of what each is made, is told from outlines: an archive is not read for that."""
    held = {group.id: group for group in GROUPS}
    fetched: list[str] = []

    def fetch(brief: Brief) -> Group:
        fetched.append(brief.id)
        return held[brief.id]

    groups = Groups(map(brief_of, GROUPS), fetch)
    arranged = compose(groups, site=SITE, policy=FeedPolicy(), now=moment("2024-03-01"))
    jobs = [job for plan in RENDERERS.values() for job in plan(arranged, templates=TEMPLATES)]
    assert len(jobs) > 20
    paged = {group.id for group in GROUPS if brief_of(group).pages}
    assert set(fetched) <= paged
    assert paged < held.keys()


def test_planning_imports_nothing_heavy() -> None:
    """A build in which no page is made again waits for no engine."""
    code = f"""if True:
        import sys
        from frtfeed.render import RENDERERS
        from tests.render.human import FOLDER
        from tests.render.samples import publication
        templates = {{path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}}
        before = set(sys.modules)
        jobs = [job for plan in RENDERERS.values() for job in plan(publication(), templates=templates)]
        print([name for name in {HEAVY} if name in sys.modules and name not in before])
    """
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert "[]\n" == done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["0", "1"])
def test_the_hash_seed_does_not_reach_the_bytes(seed: str) -> None:
    """Two builds of one publication give the same files on any machine."""
    done = subprocess.run(
        [sys.executable, "-c", HASHES],
        cwd=Path(__file__).parents[1],
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    expected = "".join(
        f"{page.path} {sha256(page.content).hexdigest()}\n"
        for name in MACHINE_READABLE
        for page in made(RENDERERS[name](publication(), templates={}))
    )
    assert expected == done.stdout
