"""Walks a folder of stories, sorted; reads the templates too."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from frtfeed.errors import FetchError
from frtfeed.model import Document, Problem

__all__ = [
    "Found",
    "program_stamp",
    "project_files",
    "read_document",
    "read_templates",
    "require_folder",
    "templates_stamp",
    "walk",
    "walk_stamp",
]

MAX_FILE_BYTES = 2**20  # the largest story file seen is 140 KiB; seven times head-room
# Notes for people; what editors and systems leave behind.
README = re.compile(r"README(\.\w+)?$", re.IGNORECASE)
LEFT_BEHIND = re.compile(r"\.|~|#.*#$|.*(~|\.swp|\.bak|\.orig|\.tmp)$")
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
TEMPLATE_SUFFIXES = (".html", ".txt", ".css", ".js", ".svg")
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


def walk(root: Path) -> tuple[tuple[Found, ...], tuple[Problem, ...]]:
    """
    List the files that may be stories, sorted by path.

    README files, hidden files, pictures and editors' leavings are passed over.
    Symbolic links are not followed: a link out of the folder could publish what lies there,
    and one within it names a file that is read anyway.

    Raises:
        FetchError: the folder itself is not there or cannot be read.
    """
    require_folder(root)
    found: list[Found] = []
    problems: list[Problem] = []
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(root / folder) as entries:
                listing = list(entries)
        except OSError as error:
            problems.append(_unreadable(folder, error))
            continue
        for entry in listing:
            path = f"{folder}{entry.name}"
            if ORDINARY.fullmatch(entry.name):
                _sort_in(entry, path, root=root, found=found, folders=folders, problems=problems)
            elif UNPRINTABLE.search(entry.name):
                problems.append(_unprintable(path))
            elif not _is_passed_over(entry):
                _sort_in(entry, path, root=root, found=found, folders=folders, problems=problems)
    return tuple(sorted(found)), tuple(sorted(problems, key=lambda each: each.path))


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


def read_document(root: Path, found: Found) -> Document | Problem:
    """Read one file; a Problem when it is too large, unreadable or gone."""
    if found.size_bytes > MAX_FILE_BYTES:
        return Problem(
            path=found.path,
            fault="too large for a story",
            value=f"{found.size_bytes:,} bytes",
            remedy=f"Story skipped. At most {MAX_FILE_BYTES:,} bytes are read; move the file elsewhere.",
        )
    try:
        with open(root / found.path, "rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        return _unreadable(found.path, error)
    if len(content) > MAX_FILE_BYTES:  # it grew since it was listed
        return read_document(root, found._replace(size_bytes=len(content)))
    return Document(path=found.path, content=content)


def read_templates(*folders: Path) -> dict[str, str]:
    """
    Read templates by name; a later folder wins, file by file. A folder that is not there counts as empty.

    Raises:
        FetchError: a file cannot be read, or is not UTF-8.
    """
    texts = {}
    for folder in folders:
        if not folder.is_dir():
            continue
        for path in sorted(folder.iterdir()):
            if _is_left_behind(path.name):
                continue
            if not os.path.isfile(path):  # no error for a link that leads to itself
                if path.suffix in TEMPLATE_SUFFIXES:
                    raise FetchError(f"{path}: not a file. A template is a file; move this one elsewhere.")
                continue
            try:
                texts[path.name] = path.read_text(encoding="utf-8")
            except UnicodeDecodeError as error:
                raise FetchError(f"{path}: not UTF-8 at byte {error.start}. Save the template as UTF-8.") from error
            except OSError as error:
                raise FetchError(f"{path}: cannot be read: {error.strerror}. Check its permissions.") from error
    return texts


def project_files() -> Path:
    """
    Return the folder that holds frtfeed's own templates/, seeds/ and frtfeed.toml.

    A wheel carries them inside the package; a checkout has them at its top.
    """
    package = Path(__file__).resolve().parent.parent
    carried = package / "project"
    return carried if carried.is_dir() else package.parent.parent


def walk_stamp(root: Path) -> tuple[tuple[str, int, int], ...]:
    """Return what changes when any story file does: paths, sizes and times."""
    return tuple((file.path, file.size_bytes, file.mtime_ns) for file in walk(root)[0])


def templates_stamp(*folders: Path) -> tuple[tuple[str, int, int], ...]:
    """Return what changes when any template does: paths, sizes and times."""
    paths: Iterator[Path] = (path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir()))
    return tuple((str(path), *_size_and_time(path)) for path in paths)


def _size_and_time(path: Path) -> tuple[int, int]:
    """Return a file's size and time, zeros for one that is not there: a link to nowhere."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns


def program_stamp() -> tuple[tuple[str, int, int], ...]:
    """Return what changes when frtfeed itself does, also where its version does not: a checkout under work."""
    package = Path(__file__).resolve().parent.parent
    return tuple(
        (str(path), (status := path.stat()).st_size, status.st_mtime_ns) for path in sorted(package.rglob("*.py"))
    )


def _sort_in(
    entry: os.DirEntry[str],
    path: str,
    *,
    root: Path,
    found: list[Found],
    folders: list[str],
    problems: list[Problem],
) -> None:
    """Put one entry of a folder where it belongs: a file, a folder to walk, a problem."""
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as error:  # it vanished since the folder was listed
        problems.append(_unreadable(path, error))
        return
    if stat.S_ISREG(status.st_mode):
        found.append(_found(path, status))
    elif stat.S_ISLNK(status.st_mode):
        problems.append(_link_problem(root, path))
    elif stat.S_ISDIR(status.st_mode):
        folders.append(f"{path}/")
    else:
        problems.append(
            Problem(path=path, fault="not a regular file", remedy="Skipped. Move it elsewhere.", severity="warning")
        )


def _found(path: str, status: os.stat_result) -> Found:
    return Found(path, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def _is_passed_over(entry: os.DirEntry[str]) -> bool:
    name = entry.name
    return _is_left_behind(name) or (name.lower().endswith(PICTURES) and not entry.is_dir(follow_symlinks=False))


def _is_left_behind(name: str) -> bool:
    return bool(README.match(name) or LEFT_BEHIND.match(name))


def _unprintable(path: str) -> Problem:
    """Name a file whose name no message, report or address can hold."""
    shown = os.fsencode(path).decode(errors="backslashreplace")
    return Problem(
        path="".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in shown),
        fault="its name is not printable UTF-8",
        remedy="Story skipped. Rename the file.",
    )


def _link_problem(root: Path, path: str) -> Problem:
    """Say what a symbolic link would have led to."""
    target = os.path.realpath(root / path)
    inside = target == os.path.realpath(root) or target.startswith(os.path.realpath(root) + os.sep)
    return Problem(
        path=path,
        fault="a symbolic link" if inside else "a symbolic link out of the folder",
        value=os.readlink(root / path) if os.path.islink(root / path) else "",
        remedy="Not followed. Put the file itself here.",
        severity="warning" if inside else "error",
    )


def _unreadable(path: str, error: OSError) -> Problem:
    if isinstance(error, FileNotFoundError):
        return Problem(path=path, fault="went away while it was being read", remedy="Story skipped. Build again.")
    return Problem(
        path=path, fault=f"cannot be read: {error.strerror}", remedy="Story skipped. Check the file's permissions."
    )
