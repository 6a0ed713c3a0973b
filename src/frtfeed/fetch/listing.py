"""What lies on the disk, by names, sizes and times: no file is opened."""

import os
import re
import stat
from array import array
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from frtfeed.errors import FetchError

__all__ = [
    "Found",
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
ORDINARY = re.compile(r"(?!readme\b)[a-z0-9][a-z0-9_-]*\.(?:md|txt|html)", re.IGNORECASE | re.ASCII)
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".ico", ".pdf", ".mp4")


class Found(NamedTuple):
    """
    A file that may be a story: path relative to the folder, with forward slashes; size in bytes.

    Its times, and its number on the disk, change when it does. A tuple, since there are many.
    """

    path: str
    size_bytes: int
    mtime_ns: int
    ctime_ns: int = 0
    inode: int = 0


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
    """A folder as it lies there, sorted by path."""

    found: Sequence[Found]
    odd: Sequence[Odd]


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
    found: list[Found] = []
    odd: list[Odd] = []
    folders = [""]
    is_ordinary, is_file = ORDINARY.fullmatch, stat.S_ISREG  # looked up once: there are many files
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(root / folder) as entries:
                listing = list(entries)
        except OSError as error:
            odd.append(unreadable(folder, error))
            continue
        for entry in listing:
            if not is_ordinary(entry.name):
                if UNPRINTABLE.search(entry.name):
                    odd.append(Odd(f"{folder}{entry.name}", "unprintable"))
                    continue
                if _is_passed_over(entry):
                    continue
            path = f"{folder}{entry.name}"
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError as error:  # it vanished since the folder was listed
                odd.append(unreadable(path, error))
                continue
            if is_file(status.st_mode):
                found.append(Found(path, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino))
            elif stat.S_ISDIR(status.st_mode):
                folders.append(f"{path}/")
            else:
                odd.append(_link(root, path) if stat.S_ISLNK(status.st_mode) else Odd(path, "strange"))
    return Listing(sorted(found), sorted(odd))


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
    paths, *numbers = zip(*listing.found, strict=True) if listing.found else [()]
    stamp = sha256(repr(listing.odd).encode())
    stamp.update("\0".join(paths).encode("utf-8", "surrogateescape"))
    for column in numbers:
        stamp.update(_packed(column))
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


def _packed(numbers: tuple[int, ...]) -> bytes:
    try:
        return array("q", numbers).tobytes()
    except OverflowError:  # a file of the year 2262 or later
        return repr(numbers).encode()


def _size_and_time(path: Path) -> tuple[int, int]:
    """Return a file's size and time, zeros for one that is not there: a link to nowhere."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns


def _is_passed_over(entry: os.DirEntry[str]) -> bool:
    name = entry.name
    return is_left_behind(name) or (name.lower().endswith(PICTURES) and not entry.is_dir(follow_symlinks=False))


def _link(root: Path, path: str) -> Odd:
    """Say what a symbolic link would have led to."""
    target, home = os.path.realpath(root / path), os.path.realpath(root)
    inside = target == home or target.startswith(home + os.sep)
    try:
        leads_to = os.readlink(root / path)
    except OSError:
        leads_to = ""
    return Odd(path, "link" if inside else "link out", leads_to)
