"""Reads a folder of stories; reads the templates too."""

import os
from pathlib import Path

import pytest

from frtfeed.errors import FetchError
from frtfeed.fetch.folder import MAX_FILE_BYTES, read_document, read_templates, walk
from frtfeed.found import Found
from frtfeed.model import Document, Problem


def fill(root: Path, *paths: str) -> None:
    """Make files whose content is their path."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path, encoding="utf-8")


def test_a_walk_is_sorted(tmp_path: Path) -> None:
    """Files come sorted by path, whatever the order of the folder."""
    fill(tmp_path, "b.md", "a/z.txt", "a/b/c.html", "c")
    found, problems = walk(tmp_path)
    assert (["a/b/c.html", "a/z.txt", "b.md", "c"], ()) == ([file.path for file in found], problems)


@pytest.mark.parametrize("name", ["README.md", "readme", ".hidden", "x.md~", "#x.md#", ".x.swp", "x.bak", "p.PNG"])
def test_what_is_no_story_is_passed_over(tmp_path: Path, name: str) -> None:
    """Notes for people, hidden files, editors' leavings and pictures are no stories."""
    fill(tmp_path, name, "story.md")
    assert ["story.md"] == [file.path for file in walk(tmp_path)[0]]


@pytest.mark.parametrize("name", ["README-serco.md", "#hash.md", "READMEs/a.md", "p.png/a.md"])
def test_what_only_looks_like_a_leaving_is_read(tmp_path: Path, name: str) -> None:
    """A story is passed over for nothing but a name that says it is none."""
    fill(tmp_path, name)
    assert [name] == [file.path for file in walk(tmp_path)[0]]


def test_a_name_that_cannot_be_printed_is_told(tmp_path: Path) -> None:
    """A file whose name is not UTF-8, or holds a line end, is a problem that can be printed; the rest is read."""
    fill(tmp_path, "a.md", "new\nline.md")
    with open(os.fsencode(tmp_path) + b"/bad\xff.md", "wb"):
        pass
    found, problems = walk(tmp_path)
    assert ["a.md"] == [file.path for file in found]
    assert ["bad\\xff.md", "new\\nline.md"] == [each.path for each in problems]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    """A link that leads out of the folder is an error; what lies there is not read."""
    fill(tmp_path, "outside/secret.md", "seeds/story.md")
    (tmp_path / "seeds/file.md").symlink_to(tmp_path / "outside/secret.md")
    (tmp_path / "seeds/folder").symlink_to(tmp_path / "outside")
    found, problems = walk(tmp_path / "seeds")
    assert ["story.md"] == [file.path for file in found]
    assert [("file.md", "error"), ("folder", "error")] == [(each.path, each.severity) for each in problems]
    assert "out of the folder" in problems[0].fault


def test_a_link_loop_ends(tmp_path: Path) -> None:
    """Links within the folder, loops among them, are named and not followed."""
    fill(tmp_path, "a/story.md")
    (tmp_path / "a/loop").symlink_to(tmp_path)
    (tmp_path / "a/self").symlink_to(tmp_path / "a/self")
    found, problems = walk(tmp_path)
    assert ["a/story.md"] == [file.path for file in found]
    assert [("a/loop", "warning"), ("a/self", "warning")] == [(each.path, each.severity) for each in problems]


def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    """Something that is neither file nor folder would block a reader; it is named instead."""
    os.mkfifo(tmp_path / "pipe")
    assert ["not a regular file"] == [each.fault for each in walk(tmp_path)[1]]


def test_an_unreadable_folder_harms_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder inside that may not be listed is a problem; the rest is read."""
    fill(tmp_path, "locked/a.md", "open/b.md")
    real = os.open
    monkeypatch.setattr(os, "open", lambda path, how: _refuse(path) if "locked" in str(path) else real(path, how))
    found, problems = walk(tmp_path)
    assert (["open/b.md"], ["cannot be read: Permission denied"]) == (
        [file.path for file in found],
        [each.fault for each in problems],
    )


def _refuse(path: object) -> None:
    raise PermissionError(13, "Permission denied", str(path))


def test_a_file_is_read_as_bytes(tmp_path: Path) -> None:
    """A document is a path and the file's bytes, unchanged."""
    (tmp_path / "a.md").write_bytes(b"\xff\r\n")
    assert Document(path="a.md", content=b"\xff\r\n") == read_document(tmp_path, walk(tmp_path)[0][0])


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    """A file above the limit is a problem that names both sizes."""
    with (tmp_path / "large.md").open("wb") as file:
        file.truncate(50 * 2**20)
    problem = read_document(tmp_path, walk(tmp_path)[0][0])
    assert isinstance(problem, Problem)
    assert ("52,428,800 bytes", True) == (problem.value, f"{MAX_FILE_BYTES:,}" in problem.remedy)


def test_a_file_that_grew_is_not_cut(tmp_path: Path) -> None:
    """A file that grew beyond the limit since it was listed is a problem, not half a story."""
    fill(tmp_path, "grows.md")
    found = walk(tmp_path)[0][0]
    (tmp_path / "grows.md").write_bytes(b"x" * (MAX_FILE_BYTES + 5))
    problem = read_document(tmp_path, found)
    assert isinstance(problem, Problem)
    assert "too large for a story" == problem.fault


def test_a_file_that_vanished_is_told(tmp_path: Path) -> None:
    """A file that is gone between walk and read is a problem, no crash."""
    problem = read_document(tmp_path, Found(path="gone.md", size_bytes=1, mtime_ns=0))
    assert isinstance(problem, Problem)
    assert "went away" in problem.fault


def test_a_projects_own_template_wins(tmp_path: Path) -> None:
    """Templates are layered file by file; a folder that is not there adds nothing."""
    fill(tmp_path, "ours/a.html", "ours/b.html", "theirs/b.html", "theirs/README.md")
    (tmp_path / "theirs/folder").mkdir()
    texts = read_templates(tmp_path / "ours", tmp_path / "theirs", tmp_path / "nowhere")
    assert {"a.html": "ours/a.html", "b.html": "theirs/b.html"} == texts


def test_a_template_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    """A template in another encoding is named with the byte where it breaks."""
    (tmp_path / "a.html").write_bytes(b"caf\xe9")
    with pytest.raises(FetchError, match=r"a\.html: not UTF-8 at byte 3"):
        read_templates(tmp_path)


def test_a_folder_in_a_templates_place_is_told(tmp_path: Path) -> None:
    """A folder named like a template is named, and no reason to use another one in silence; others are let be."""
    (tmp_path / "partials").mkdir()
    assert {} == read_templates(tmp_path)
    (tmp_path / "front.html").mkdir()
    with pytest.raises(FetchError, match=r"front\.html: not a file"):
        read_templates(tmp_path)


def test_an_unreadable_template_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A template that may not be read is named."""
    fill(tmp_path, "a.html")
    monkeypatch.setattr(Path, "read_text", lambda self, encoding: _refuse(self))
    with pytest.raises(FetchError, match=r"a\.html: cannot be read: Permission denied"):
        read_templates(tmp_path)


def test_an_entry_that_vanishes_while_walking_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is gone before it could be looked at is a problem; the rest is read."""
    fill(tmp_path, "a.md", "b.md")
    real = os.listdir

    def listed(place: int) -> list[str]:
        names = real(place)
        (tmp_path / "a.md").unlink()
        return names

    monkeypatch.setattr(os, "listdir", listed)
    found, problems = walk(tmp_path)
    assert (["b.md"], ["a.md"]) == ([file.path for file in found], [each.path for each in problems])
