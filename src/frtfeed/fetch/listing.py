"""What lies on the disk, by names, sizes and times: no file is opened."""

import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from frtfeed.errors import FetchError
from frtfeed.found import Bundle, Found, bundled, packed

__all__ = [
    "Listing",
    "Odd",
    "is_left_behind",
    "list_folder",
    "listing_stamp",
    "project_files",
    "require_folder",
    "templates_stamp",
    "unreadable",
]

# Notes for people; what editors and systems leave behind.
README = re.compile(r"README(\.\w+)?$", re.IGNORECASE)
LEFT_BEHIND = re.compile(r"\.|~|#.*#$|.*(~|\.swp|\.bak|\.orig|\.tmp)$")
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# What nearly all story files are called: none of the above, and nothing to ask of it but whether it is a file.
# Both cases are written out: not to tell them apart takes three times as long.
ORDINARY = re.compile(r"(?!(?i:readme)\b)[A-Za-z0-9][A-Za-z0-9_-]*\.(?:md|txt|html)", re.ASCII)
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".ico", ".pdf", ".mp4")


class Odd(NamedTuple):
    """
    What is no file to read, path as in Found.

    what: "unprintable" (its name), "link", "link out" (of the folder), "strange" (a pipe, a device),
    "gone", "unreadable". more: where a link leads, or what the system said.
    """

    path: str
    what: str
    more: str = ""


class Listing(NamedTuple):
    """A folder as it lies there: the files of each folder in it, by the path of that; what is none, by path."""

    bundles: Sequence[Bundle]
    odd: Sequence[Odd]

    def files(self) -> list[Found]:
        """Return all files, sorted by path."""
        return sorted(file for bundle in self.bundles for file in bundle)


# Strategy: of a hundred thousand files every call counts. A name that stands in an open folder is looked up
# by the system in half the time of a whole path, and what is ordinary is asked nothing but whether it is a file.
def list_folder(root: Path) -> Listing:
    """
    List the files that may be stories.

    README files, hidden files, pictures and editors' leavings are passed over.
    Symbolic links are not followed: a link out of the folder could publish what lies there,
    and one within it names a file that is read anyway.

    Raises:
        FetchError: the folder itself is not there or cannot be read.
    """
    require_folder(root)
    bundles: list[Bundle] = []
    odd: list[Odd] = []
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            with _opened(root / folder) as place:
                kinds = _look_into(place, folder)
        except OSError as error:
            odd.append(unreadable(folder, error))
            continue
        odd += kinds.odd
        odd += (_link(root, path) for path in kinds.links)
        folders += kinds.folders
        if kinds.names:
            bundles.append(bundled(folder, kinds.names, kinds.facts))
    return Listing(sorted(bundles, key=attrgetter("folder")), sorted(odd))


class _Kinds(NamedTuple):
    """What lies in a folder, by kind. names: of files; facts: as in Bundle. links, folders: paths."""

    names: list[str]
    facts: list[bytes]
    folders: list[str]
    links: list[str]
    odd: list[Odd]


def _look_into(place: int, folder: str) -> _Kinds:
    kinds = _Kinds([], [], [], [], [])
    is_ordinary, is_file = ORDINARY.fullmatch, stat.S_ISREG  # looked up once: there are many files
    for name in sorted(os.listdir(place)):
        if not is_ordinary(name):
            if UNPRINTABLE.search(name):
                kinds.odd.append(Odd(f"{folder}{name}", "unprintable"))
                continue
            if _is_passed_over(name, place):
                continue
        try:
            status = os.stat(name, dir_fd=place, follow_symlinks=False)
        except OSError as error:  # it vanished since the folder was listed
            kinds.odd.append(unreadable(f"{folder}{name}", error))
            continue
        if is_file(status.st_mode):
            kinds.names.append(name)
            kinds.facts.append(packed(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino))
        elif stat.S_ISDIR(status.st_mode):
            kinds.folders.append(f"{folder}{name}/")
        elif stat.S_ISLNK(status.st_mode):
            kinds.links.append(f"{folder}{name}")
        else:
            kinds.odd.append(Odd(f"{folder}{name}", "strange"))
    return kinds


def require_folder(root: Path) -> None:
    """
    Make sure that a folder of stories can be read.

    Raises:
        FetchError: it is not there, or cannot be read.
    """
    try:
        if not root.is_dir():
            what = "not a folder" if root.exists() else "no such folder"
            raise FetchError(f"{root}: {what}. Name the folder of stories with --seeds, or run: frtfeed init")
        os.scandir(root).close()
    except OSError as error:
        raise FetchError(f"{root}: cannot be read: {error.strerror}. Check its permissions.") from error


def listing_stamp(listing: Listing) -> str:
    """Return what changes when any story file does, or anything beside them that is told of."""
    stamp = sha256(repr(listing.odd).encode())
    for bundle in listing.bundles:
        stamp.update(bundle.stamp)
    return stamp.hexdigest()


def project_files() -> Path:
    """
    Return the folder that holds frtfeed's own templates/, seeds/ and frtfeed.toml.

    A wheel carries them inside the package; a checkout has them at its top.
    """
    package = Path(__file__).resolve().parent.parent
    carried = package / "project"
    return carried if carried.is_dir() else package.parent.parent


def templates_stamp(*folders: Path) -> tuple[tuple[str, int, int], ...]:
    """Return what changes when any template does: paths, sizes and times."""
    paths: Iterator[Path] = (path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir()))
    return tuple((str(path), *_size_and_time(path)) for path in paths)


def is_left_behind(name: str) -> bool:
    """Tell whether a file is for people, or was left by an editor or a system."""
    return bool(README.match(name) or LEFT_BEHIND.match(name))


def unreadable(path: str, error: OSError) -> Odd:
    """Say why a file or folder cannot be read."""
    if isinstance(error, FileNotFoundError):
        return Odd(path, "gone")
    return Odd(path, "unreadable", error.strerror or "")


def _size_and_time(path: Path) -> tuple[int, int]:
    """Return a file's size and time, zeros for one that is not there: a link to nowhere."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield place
    finally:
        os.close(place)


def _is_passed_over(name: str, place: int) -> bool:
    return is_left_behind(name) or (name.lower().endswith(PICTURES) and not _is_folder(name, place))


def _is_folder(name: str, place: int) -> bool:
    try:
        return stat.S_ISDIR(os.stat(name, dir_fd=place, follow_symlinks=False).st_mode)
    except OSError:  # it vanished
        return False


def _link(root: Path, path: str) -> Odd:
    """Say what a symbolic link would have led to."""
    target, home = os.path.realpath(root / path), os.path.realpath(root)
    inside = target == home or target.startswith(home + os.sep)
    try:
        leads_to = os.readlink(root / path)
    except OSError:
        leads_to = ""
    return Odd(path, "link" if inside else "link out", leads_to)
