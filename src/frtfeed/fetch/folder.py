"""Reads a folder of stories; reads the templates too."""

import os
from collections.abc import Sequence
from pathlib import Path

from frtfeed.errors import FetchError
from frtfeed.fetch.listing import Listing, Odd, is_left_behind, list_folder, unreadable
from frtfeed.found import Found
from frtfeed.model import Document, Problem

__all__ = ["problems_of", "read_document", "read_templates", "walk"]

MAX_FILE_BYTES = 2**20  # the largest story file seen is 140 KiB; seven times head-room
TEMPLATE_SUFFIXES = (".html", ".txt", ".css", ".js", ".svg")


def walk(root: Path) -> tuple[Sequence[Found], tuple[Problem, ...]]:
    """
    List the files that may be stories, and what is wrong beside them, both sorted by path.

    Raises:
        FetchError: the folder itself is not there or cannot be read.
    """
    listing = list_folder(root)
    return listing.files(), problems_of(listing)


def problems_of(listing: Listing) -> tuple[Problem, ...]:
    """Say of what is no file to read what to do with it."""
    return tuple(sorted(map(_problem, listing.odd), key=lambda each: each.path))


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
        return _problem(unreadable(found.path, error))
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
            if is_left_behind(path.name):
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


def _problem(odd: Odd) -> Problem:
    """Say what to do with something that is no file to read."""
    match odd.what:
        case "unprintable":
            fault, remedy = "its name is not printable UTF-8", "Story skipped. Rename the file."
        case "link":
            fault, remedy = "a symbolic link", "Not followed. Put the file itself here."
        case "link out":
            fault, remedy = "a symbolic link out of the folder", "Not followed. Put the file itself here."
        case "strange":
            fault, remedy = "not a regular file", "Skipped. Move it elsewhere."
        case "gone":
            fault, remedy = "went away while it was being read", "Story skipped. Build again."
        case _:
            fault, remedy = f"cannot be read: {odd.more}", "Story skipped. Check the file's permissions."
    return Problem(
        path=_shown(odd.path) if odd.what == "unprintable" else odd.path,
        fault=fault,
        value=odd.more if odd.what.startswith("link") else "",
        remedy=remedy,
        severity="warning" if odd.what in ("link", "strange") else "error",
    )


def _shown(path: str) -> str:
    """Write a name that no message, report or address can hold."""
    shown = os.fsencode(path).decode(errors="backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in shown)
