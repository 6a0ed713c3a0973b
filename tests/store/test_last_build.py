"""What the last build read and wrote."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from frtfeed.fingerprints import fingerprint
from frtfeed.model import Problem
from frtfeed.records import Struct
from frtfeed.store.last_build import (
    Folders,
    LastBuild,
    mark_begin,
    outputs_stamp,
    recall,
    remember,
    still_holds,
)

NOW = datetime(2024, 3, 13, tzinfo=UTC)
LAST = LastBuild(
    asked="who",
    folders=Folders(Path("seeds"), Path("templates"), Path("out\udce9")),
    inputs="abc",
    since=NOW,
    until=NOW + timedelta(hours=3),
    files=("a.html", "b.html"),
    outputs="def",
    problems=(Problem(path="a\udce9.md", fault="no date", remedy="Add one.", line=3, severity="warning"),),
    counts={"stories": 2},
)


def test_what_is_remembered_comes_back(tmp_path: Path) -> None:
    """A build is remembered as it was, problems and all."""
    remember(tmp_path / "last-build.json", LAST)
    assert LAST == recall(tmp_path / "last-build.json")
    assert ["last-build.json"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b"\xff\xfe", id="not text"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'{"inputs": "a"}', id="of another version"),
        pytest.param(b'{"inputs": 1, "since": 2, "until": 3, "outputs": 4, "problems": 5, "counts": 6}', id="numbers"),
    ],
)
def test_what_is_damaged_counts_as_nothing(tmp_path: Path, content: bytes) -> None:
    """A damaged memory costs a whole build and no more."""
    path = tmp_path / "last-build.json"
    path.write_bytes(content)
    assert recall(path) is None


def test_nothing_is_remembered_where_nothing_can_be_written(tmp_path: Path) -> None:
    """A state folder that cannot be is told at the begin; what is remembered there is nothing, and no failure."""
    (tmp_path / "state").write_text("a file in its place")
    with pytest.raises(OSError, match="File exists"):
        mark_begin(tmp_path / "state" / "last-build.json")
    remember(tmp_path / "state" / "last-build.json", LAST)
    assert recall(tmp_path / "state" / "last-build.json") is None


def test_the_disk_says_when_a_build_began(tmp_path: Path) -> None:
    """The time is the disk's own, as the times of the files are."""
    began = mark_begin(tmp_path / "state" / "last-build.json")
    (tmp_path / "later").write_text("")
    assert 0 < began <= (tmp_path / "later").stat().st_ctime_ns


@pytest.mark.parametrize(
    ("seconds_before", "holds"),
    [pytest.param(3, True, id="long before"), (1, False), pytest.param(-5, False, id="after it: a clock set back")],
)
def test_a_file_changed_just_now_is_not_trusted(seconds_before: int, holds: bool) -> None:
    """Within two seconds a file may change once more and look the same."""
    began = 10**18
    assert holds == still_holds([began - 10**12, began - seconds_before * 10**9], began_ns=began)


def test_a_touched_output_is_seen(tmp_path: Path) -> None:
    """Whoever changes, touches or removes a file of the output brings the next build to do its work."""
    for name in ("a.html", "b.html"):
        (tmp_path / name).write_text(name)
    before = outputs_stamp(tmp_path, ["b.html", "a.html"])
    assert before == outputs_stamp(tmp_path, ["a.html", "b.html"])
    (tmp_path / "a.html").write_text("other words")
    assert before != outputs_stamp(tmp_path, ["a.html", "b.html"])
    (tmp_path / "a.html").unlink()
    assert "" == outputs_stamp(tmp_path, ["a.html", "b.html"])


class _Settings(Struct, frozen=True):
    """Data as a configuration holds it."""

    names: frozenset[str]
    more: tuple[object, ...] = ()


def test_a_fingerprint_is_the_same_in_every_process() -> None:
    """The order of a set is one process's own: it says nothing about what is in it."""
    words = [f"word{n}" for n in range(200)]
    one, other = _Settings(frozenset(words)), _Settings(frozenset(reversed(words)))
    assert fingerprint(one) == fingerprint(other)
    assert fingerprint(one) != fingerprint(_Settings(frozenset(words[1:])))
    assert fingerprint(_Settings(frozenset(), (one,))) == fingerprint(_Settings(frozenset(), (other,)))
    # As this very text, whatever the seed of the hashes.
    assert "eaed" == fingerprint(_Settings(frozenset("ab")))[:4]
