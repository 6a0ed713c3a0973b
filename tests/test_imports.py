"""What a start costs: which packages a command imports, told by the interpreter itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.small_site import make_site

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}  # the frtfeed that is tested
# Each takes longer to import than a build with nothing to do takes in all.
HEAVY = {"apscheduler", "feedgen", "feedparser", "ftfy", "httpx", "jinja2", "lxml", "premailer", "rich", "trafilatura"}
pytestmark = pytest.mark.slow
NOW = ("--now", "2024-03-13T09:00:00Z")


def imported(folder: Path, *words: str) -> frozenset[str]:
    """Run a command in a process of its own; return the packages that it imported."""
    command = [sys.executable, "-X", "importtime", "-m", "frtfeed", *words]
    ran = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    lines = [line for line in ran.stderr.splitlines() if line.startswith("import time:")]
    return frozenset(line.rpartition("|")[2].strip().partition(".")[0] for line in lines)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that is built, of stories that have been there for a while."""
    site = make_site(tmp_path_factory.mktemp("site"))
    # The disk's own times cannot be set: the first build is made to take files of this moment for settled.
    trusting = (
        "from frtfeed.store import last_build, parse_cache; from frtfeed.cli import main; "
        "last_build.RACY_NS = parse_cache.SETTLED_NS = -10**15; main()"
    )
    subprocess.run([sys.executable, "-c", trusting, "build", "--quiet", *NOW], cwd=site, env=ENVIRONMENT, check=True)
    return site


@pytest.fixture(scope="module")
def unchanged(site: Path) -> frozenset[str]:
    """What a build imports that has nothing to do."""
    return imported(site, "build", "--quiet", *NOW)


def test_help_imports_nothing_heavy(site: Path) -> None:
    """`frtfeed --help` imports Click and no other package of others."""
    packages = imported(site, "--help")
    assert {"click", "frtfeed"} <= packages
    assert set() == packages & (HEAVY | {"msgspec", "yaml", "markdown_it", "nh3", "idna", "sqlite3"})


def test_a_build_with_nothing_to_do_imports_nothing_heavy(unchanged: frozenset[str]) -> None:
    """A build that ends after the walk imports nothing that renders, parses or fetches."""
    assert {"click", "frtfeed"} <= unchanged
    assert set() == unchanged & HEAVY


def test_a_build_with_something_to_do_does(site: Path) -> None:
    """What counts as heavy is what a build imports that writes pages: the names are the packages' own."""
    assert {"feedgen", "jinja2", "lxml"} <= imported(site, "build", "--quiet", "--no-cache", *NOW)


@pytest.mark.parametrize("package", ["yaml", "nh3", "markdown_it"])
def test_a_build_with_nothing_to_do_reads_nothing(unchanged: frozenset[str], package: str) -> None:
    """A build that ends after the walk imports no parser either."""
    assert package not in unchanged
