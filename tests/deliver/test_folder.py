"""Pages into a folder: all or nothing, unchanged files untouched, never outside the root."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from frtfeed.deliver import folder
from frtfeed.deliver.folder import STAGING, Receipt, deliver, locked, recover
from frtfeed.errors import DeliveryError
from frtfeed.model import Page

OLD = {
    "index.html": "old", "a/page.html": "old a", "b/gone.html": "old b", "same.html": "same", "build.json": "old list",
}  # fmt: skip
NEW = {
    "index.html": "new", "a/page.html": "new a", "c/more.html": "new c", "same.html": "same", "build.json": "new list",
}  # fmt: skip


def pages(texts: dict[str, str]) -> list[Page]:
    """Make pages from a name → text mapping."""
    return [Page(path=path, media_type="text/html", content=text.encode()) for path, text in texts.items()]


def held(root: Path) -> dict[str, str]:
    """Return what a folder holds, staging included."""
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder that holds an earlier delivery, and a file of the user's."""
    root = tmp_path / "out"
    root.mkdir()
    deliver(pages(OLD), root=root)
    (root / "CNAME").write_text("mine", encoding="utf-8")
    return root


def test_a_delivery_leaves_exactly_its_pages(root: Path) -> None:
    """What belongs is there, what no longer belongs is gone, what was never ours stays."""
    receipt = deliver(pages(NEW), root=root, previous=OLD)
    assert held(root) == {**NEW, "CNAME": "mine"}
    assert not (root / "b").exists()
    assert receipt == Receipt(
        written=("a/page.html", "build.json", "c/more.html", "index.html"),
        unchanged=("same.html",),
        removed=("b/gone.html",),
    )


@pytest.mark.parametrize("at", [0, 2, 3, 9])
def test_one_letter_of_a_large_page(root: Path, at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of the same size that differs in one place is another page, wherever that is."""
    monkeypatch.setattr(folder, "PIECE_BYTES", 3)
    page = Page(path="a.html", media_type="", content=b"0123456789")
    assert ("a.html",) == deliver([page], root=root).written
    assert ("a.html",) == deliver([page], root=root).unchanged
    other = page.content[:at] + b"x" + page.content[at + 1 :]
    assert ("a.html",) == deliver([Page(path="a.html", media_type="", content=other)], root=root).written
    assert other == (root / "a.html").read_bytes()


def test_an_unchanged_file_is_not_touched(root: Path) -> None:
    """A file with the same bytes keeps its modification time and its inode."""
    before = (root / "same.html").stat()
    os.utime(root / "same.html", ns=(1, 1))
    deliver(pages(NEW), root=root)
    after = (root / "same.html").stat()
    assert (1, before.st_ino) == (after.st_mtime_ns, after.st_ino)


def test_files_of_others_are_never_removed(root: Path) -> None:
    """Only what a previous delivery wrote is removed."""
    deliver(pages(NEW), root=root, previous=())
    assert "old b" == (root / "b/gone.html").read_text(encoding="utf-8")


def test_a_folder_with_files_of_others_stays(root: Path) -> None:
    """A folder is removed with its last file, not before."""
    (root / "b/mine.txt").write_text("mine", encoding="utf-8")
    deliver(pages(NEW), root=root, previous=OLD)
    assert ["mine.txt"] == [path.name for path in (root / "b").iterdir()]


@pytest.mark.parametrize("path", ["../x", "/x", "a//b", "", "a/../../x", "./x", f"{STAGING}/x", "a\x00b"])
def test_no_page_leaves_the_root(root: Path, path: str) -> None:
    """A page whose path leads elsewhere is refused, and nothing is written."""
    with pytest.raises(DeliveryError, match="not a path below"):
        deliver([*pages(NEW), Page(path=path, media_type="", content=b"")], root=root)
    assert held(root) == {**OLD, "CNAME": "mine"}


def test_a_link_does_not_lead_out_of_the_root(root: Path, tmp_path: Path) -> None:
    """A folder inside the output that is a link to elsewhere is not written through."""
    (tmp_path / "elsewhere").mkdir()
    (root / "c").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DeliveryError, match="through a symbolic link"):
        deliver(pages(NEW), root=root)
    assert [] == list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize("path", ["../outside.txt", "/etc/hostname", "b/../../outside.txt"])
def test_a_forged_list_removes_nothing_outside(root: Path, tmp_path: Path, path: str) -> None:
    """A list of earlier paths that leads elsewhere is not followed."""
    (tmp_path / "outside.txt").write_text("mine", encoding="utf-8")
    assert () == deliver(pages(OLD), root=root, previous=[path]).removed
    assert (tmp_path / "outside.txt").exists()


def _fail_at(monkeypatch: pytest.MonkeyPatch, name: str, number: int, error: OSError) -> None:
    """Let the number-th call of a function of `os` fail."""
    real, calls = getattr(os, name), iter(range(10_000))

    def fake(*args: object, **options: object) -> object:
        if next(calls) == number:
            raise error
        return real(*args, **options)

    monkeypatch.setattr(os, name, fake)


@pytest.mark.parametrize("number", range(5))
def test_a_full_disk_leaves_the_old_output_whole(root: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """When the disk fills, whichever file it is at, the old output stands and the staging is gone."""
    _fail_at(monkeypatch, "fsync", number, OSError(28, "No space left on device"))
    with pytest.raises(DeliveryError, match="No space left on device"):
        deliver(pages(NEW), root=root, previous=OLD)
    assert held(root) == {**OLD, "CNAME": "mine"}


@pytest.mark.parametrize("number", range(4))
def test_a_failing_rename_is_undone(root: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """When a file cannot be replaced, those already replaced are put back."""
    _fail_at(monkeypatch, "replace", number, OSError(5, "Input/output error"))
    with pytest.raises(DeliveryError, match="Input/output error"):
        deliver(pages(NEW), root=root, previous=OLD)
    assert held(root) == {**OLD, "CNAME": "mine"}


def test_a_failing_removal_is_undone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a file cannot be removed, the whole delivery is undone."""

    def fail(self: Path, missing_ok: bool = False) -> None:
        if self.name == "gone.html":
            raise OSError(5, "Input/output error")
        real(self, missing_ok=missing_ok)

    real = Path.unlink
    monkeypatch.setattr(Path, "unlink", fail)
    with pytest.raises(DeliveryError, match="Input/output error"):
        deliver(pages(NEW), root=root, previous=OLD)
    assert held(root) == {**OLD, "CNAME": "mine"}


def test_without_hard_links_old_files_are_copied(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system without hard links a failed delivery is undone all the same."""
    _fail_at(monkeypatch, "replace", 2, OSError(5, "Input/output error"))
    monkeypatch.setattr(os, "link", lambda *args, **options: (_ for _ in ()).throw(OSError(1, "not permitted")))
    with pytest.raises(DeliveryError):
        deliver(pages(NEW), root=root, previous=OLD)
    assert held(root) == {**OLD, "CNAME": "mine"}


def test_a_page_where_a_folder_stands_is_refused(root: Path) -> None:
    """A folder in the place of a file is said, and nothing changes."""
    (root / "index2.html").mkdir()
    with pytest.raises(DeliveryError, match=r"index2\.html: cannot be written"):
        deliver(pages({**NEW, "index2.html": "x"}), root=root)
    assert held(root) == {**OLD, "CNAME": "mine"}


def _killed_at(number: int, root: Path) -> bool:
    """Deliver in a child that kills itself at its number-th step; tell whether it got that far."""
    child = os.fork()
    if child == 0:  # pragma: no cover  (it dies before coverage is written)
        calls = iter(range(10_000))

        def step(real):
            def stepped(*args: object, **options: object) -> object:
                if next(calls) == number:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*args, **options)

            return stepped

        for name in ("fsync", "replace", "link", "unlink", "mkdir", "rmdir"):
            setattr(os, name, step(getattr(os, name)))
        deliver(pages(NEW), root=root, previous=OLD)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _moments() -> Iterator[int]:
    yield from range(60)


def test_a_kill_at_any_step_leaves_the_old_output_or_the_new(tmp_path: Path) -> None:
    """Whenever a delivery is killed, the next one finds or makes a whole output, and no leavings."""
    outcomes = set()
    for number in _moments():
        root = tmp_path / f"out{number}"
        root.mkdir()
        deliver(pages(OLD), root=root)
        if not _killed_at(number, root):
            outcomes.add("finished")
            break
        recover(root)
        assert held(root) in (OLD, NEW)
        outcomes.add("new" if held(root) == NEW else "old")
        deliver(pages(NEW), root=root, previous=OLD)
        assert held(root) == NEW
    assert {"old", "new", "finished"} == outcomes


def test_before_the_commit_a_kill_changes_no_file(root: Path) -> None:
    """Until everything new is on the disk, the reader sees the old output, file by file."""
    assert _killed_at(2, root)
    assert {path: text for path, text in held(root).items() if path in OLD} == OLD


def test_recover_needs_nothing(tmp_path: Path) -> None:
    """A folder without leavings, or that is not there, is left as it is."""
    recover(tmp_path)
    recover(tmp_path / "nowhere")
    assert {} == held(tmp_path)


def test_one_build_at_a_time(tmp_path: Path) -> None:
    """While one build holds the output, a second one is told so and leaves."""
    another = pytest.raises(DeliveryError, match="another build is writing here")
    with locked(tmp_path / "out"), another, locked(tmp_path / "out"):
        pass
    with locked(tmp_path / "out"):
        assert {} == held(tmp_path)


def test_an_output_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file in the place of the output folder is named."""
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(DeliveryError, match="cannot be used for the output"), locked(tmp_path / "out"):
        pass
