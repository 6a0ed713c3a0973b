"""What lies on the disk, by names, sizes and times: no file is opened."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.errors import FetchError
from frtfeed.fetch import listing
from frtfeed.fetch.listing import Listing, Odd, list_folder, listing_stamp, project_files, templates_stamp
from frtfeed.found import Found
from tests.folders import bundles


def fill(root: Path, *paths: str) -> None:
    """Make files whose content is their path."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path, encoding="utf-8")


@pytest.mark.parametrize("make", ["nothing", "file"])
def test_a_folder_that_is_not_there_is_told(tmp_path: Path, make: str) -> None:
    """Without a folder of stories the message says what to do."""
    if make == "file":
        fill(tmp_path, "seeds")
    with pytest.raises(FetchError, match="--seeds"):
        list_folder(tmp_path / "seeds")


def test_an_unreadable_root_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that may not be listed is a failure, told with the reason."""
    monkeypatch.setattr(os, "scandir", _refuse)
    with pytest.raises(FetchError, match="Permission denied"):
        list_folder(tmp_path)


def test_frtfeed_carries_its_own_files() -> None:
    """Templates, example stories and configuration are found wherever frtfeed is installed from."""
    root = project_files()
    assert [(root / name).exists() for name in ("templates/base.html", "seeds", "frtfeed.toml")] == [True] * 3


def test_stamps_change_with_files(tmp_path: Path) -> None:
    """A stamp differs when a file's time or size does, and only then."""
    fill(tmp_path, "a.md")
    before = listing_stamp(list_folder(tmp_path)), templates_stamp(tmp_path, tmp_path / "nowhere")
    assert before == (listing_stamp(list_folder(tmp_path)), templates_stamp(tmp_path, tmp_path / "nowhere"))
    os.utime(tmp_path / "a.md", ns=(1, 1))
    assert before[0] != listing_stamp(list_folder(tmp_path))
    assert before[1] != templates_stamp(tmp_path)


NAMES = st.one_of(
    st.from_regex(listing.ORDINARY, fullmatch=True),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["", ".", "#", "README", "readme-", "Readme.", "a", "~"]),
        st.text(max_size=6),
        st.sampled_from([".md", ".txt", ".bak", "~", ".swp", ".HTML", ".png", "#", ""]),
    ),
)


@given(NAMES)
def test_an_ordinary_name_is_one_that_nothing_speaks_against(name: str) -> None:
    """What is taken at a glance is no README, hidden file, leaving or picture, and can be printed."""
    if listing.ORDINARY.fullmatch(name):
        assert not listing.README.match(name)
        assert not listing.LEFT_BEHIND.match(name)
        assert not listing.UNPRINTABLE.search(name)
        assert not name.lower().endswith(listing.PICTURES)


def _refuse(path: object) -> None:
    raise PermissionError(13, "Permission denied", str(path))


def test_a_stamp_holds_all_that_is_known_of_a_file() -> None:
    """Another name, folder, size, time or number on the disk is another stamp, however large or negative."""
    file = Found("a.md", 1, -2, 3, 2**64 - 4)

    def stamp(*files: Found) -> str:
        return listing_stamp(Listing(bundles(files), []))

    assert stamp(file) == stamp(Found("a.md", 1, -2, 3, 2**64 - 4))
    others = [file._replace(path="b.md"), *(file._replace(**{name: 7}) for name in Found._fields[1:])]
    others += [file._replace(path="a.md/a.md"), file._replace(path="a/.md")]
    assert 8 == len({stamp(file), *map(stamp, others)})


def test_all_files_by_path(tmp_path: Path) -> None:
    """Whatever folders they lie in, files are told in the order of their paths; an empty folder holds none."""
    paths = ["a-b.md", "a.md", "a/b.md", "a/b/c.md", "a0.md"]
    fill(tmp_path, *reversed(paths), "c/README.md")
    listing = list_folder(tmp_path)
    assert sorted(paths) == [file.path for file in listing.files()]
    assert ["", "a/", "a/b/"] == [bundle.folder for bundle in listing.bundles]


def test_what_is_told_of_a_file(tmp_path: Path) -> None:
    """Its size, its times and its number are those that the disk says."""
    fill(tmp_path, "a/b.md")
    status = (tmp_path / "a/b.md").stat()
    found = Found("a/b.md", 6, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    assert [found] == list_folder(tmp_path).files()


def test_a_folder_with_the_name_of_a_picture(tmp_path: Path) -> None:
    """Pictures are passed over, one that is gone again included; a folder is one by whatever name."""
    fill(tmp_path, "a.jpg/b.md", "c.jpg")
    assert ["a.jpg/b.md"] == [file.path for file in list_folder(tmp_path).files()]


def test_a_picture_that_vanishes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is told of a picture that went away while the folder was listed."""
    monkeypatch.setattr(os, "listdir", lambda place: ["gone.jpg", "gone.md"])
    assert [Odd("gone.md", "gone")] == list_folder(tmp_path).odd


def test_a_stamp_holds_what_is_no_story(tmp_path: Path) -> None:
    """A link that leads elsewhere than before is told of otherwise."""
    (tmp_path / "link.md").symlink_to("one")
    before = listing_stamp(list_folder(tmp_path))
    (tmp_path / "link.md").unlink()
    (tmp_path / "link.md").symlink_to("other")
    assert before != listing_stamp(list_folder(tmp_path))
