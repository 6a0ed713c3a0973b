"""Where the commands are tried: an empty folder, and a site on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fetch.server import Site, serving


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def web() -> Iterator[Site]:
    """A site that runs on loopback; routes are added by the test."""
    with serving({}) as site:
        yield site
