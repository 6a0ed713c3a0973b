"""Files into the inbox: harmless names, whole or not at all, never elsewhere."""

from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.deliver.inbox import discard, file_name, inbox_locked, place, remove, stage, staged
from frtfeed.errors import DeliveryError
from tests.edit.stories import story


@given(st.text())
def test_no_title_makes_a_dangerous_name(title: str) -> None:
    """A name is short, begins with the day, ends in .md, and holds no separator, dot or control character."""
    name = file_name(story("x", title=title), zone=UTC)
    assert len(name.encode()) <= 103
    assert name.startswith("2024-02-19-")
    assert all(char == "-" or char.isalnum() for char in name.removesuffix(".md"))


def test_names_tell_stories_apart() -> None:
    """Two stories of one day and title have two names; one story has the same always."""
    one, other = story("one", title="A title"), story("other", title="A title")
    assert "2024-02-19-a-title-" == file_name(one, zone=UTC)[:19]
    assert file_name(one, zone=UTC) != file_name(other, zone=UTC)
    assert file_name(one, zone=UTC) == file_name(story("one", title="A title"), zone=UTC)


def test_a_file_is_there_when_it_is_renamed(tmp_path: Path) -> None:
    """What lies beside is hidden from a build, and becomes the file in one step."""
    with inbox_locked(tmp_path) as inbox:
        stage(inbox, "a.md", b"text")
        assert ({"a.md"}, [".a.md.part"]) == (staged(inbox), [path.name for path in inbox.iterdir()])
        place(inbox, "a.md", target=inbox / "a.md")
        assert (set(), b"text") == (staged(inbox), (inbox / "a.md").read_bytes())
        stage(inbox, "b.md", b"text")
        discard(inbox, "b.md")
        remove(inbox / "a.md")
        remove(inbox / "a.md")
        assert [] == list(inbox.iterdir())


@pytest.mark.parametrize("name", ["../a.md", "b/a.md", "/a.md"])
def test_nothing_is_written_elsewhere(tmp_path: Path, name: str) -> None:
    """A path is no name."""
    with inbox_locked(tmp_path) as inbox, pytest.raises(ValueError, match="not a file's name"):
        stage(inbox, name, b"")


def test_an_inbox_must_be_a_folder(tmp_path: Path) -> None:
    """A link would lead the stories where no build finds them; a file in its place is told."""
    (tmp_path / "inbox").symlink_to(tmp_path)
    with pytest.raises(DeliveryError, match="a symbolic link"), inbox_locked(tmp_path):
        pass
    (tmp_path / "inbox").unlink()
    (tmp_path / "inbox").write_text("x", encoding="utf-8")
    with pytest.raises(DeliveryError, match="cannot be written: File exists"), inbox_locked(tmp_path):
        pass


def test_what_cannot_be_renamed_or_removed_is_told(tmp_path: Path) -> None:
    """A failure names the file and leaves the text beside."""
    with inbox_locked(tmp_path) as inbox:
        stage(inbox, "a.md", b"text")
        (inbox / "a.md").mkdir()
        with pytest.raises(DeliveryError, match=r"a\.md: cannot be written"):
            place(inbox, "a.md", target=inbox / "a.md")
        with pytest.raises(DeliveryError, match=r"a\.md: cannot be written"):
            remove(inbox / "a.md")
        assert {"a.md"} == staged(inbox)
