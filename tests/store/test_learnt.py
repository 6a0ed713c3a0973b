"""What rendering has learnt, kept for the next build."""

from pathlib import Path

import pytest

from frtfeed.store.encoding import encode
from frtfeed.store.learnt import Learnt, recall_learnt, remember_learnt

LEARNT = Learnt("x", {"sheet td big": "color:#000000"}, {"front.html": b"\x00\xff"})


def test_what_was_learnt_comes_back(tmp_path: Path) -> None:
    """Styles and compiled templates are known to the next build, and nothing stays beside them."""
    remember_learnt(tmp_path / "learnt.msgpack", LEARNT)
    assert LEARNT == recall_learnt(tmp_path / "learnt.msgpack", salt="x")
    assert ["learnt.msgpack"] == [path.name for path in tmp_path.iterdir()]


def test_under_another_salt_nothing_is_known(tmp_path: Path) -> None:
    """What another version of frtfeed or of a package learnt may be wrong here."""
    remember_learnt(tmp_path / "learnt.msgpack", LEARNT)
    assert Learnt("y") == recall_learnt(tmp_path / "learnt.msgpack", salt="y")


@pytest.mark.parametrize(
    "content",
    [b"", b"\xc1", encode(LEARNT)[:-3], encode(["x"]), encode({"salt": "x", "styles": {"a": 1}}), b"{}"],
    ids=["empty", "no MessagePack", "cut off", "a list", "another type", "JSON"],
)
def test_what_is_damaged_counts_as_nothing(tmp_path: Path, content: bytes) -> None:
    """It is learnt again."""
    (tmp_path / "learnt.msgpack").write_bytes(content)
    assert Learnt("x") == recall_learnt(tmp_path / "learnt.msgpack", salt="x")


def test_a_folder_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    """The next build learns it again."""
    (tmp_path / "file").write_text("in its place")
    remember_learnt(tmp_path / "file" / "learnt.msgpack", LEARNT)
    assert Learnt("x") == recall_learnt(tmp_path / "file" / "learnt.msgpack", salt="x")
