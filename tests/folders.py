"""Folders as a walk finds them, made up."""

from collections.abc import Iterable
from itertools import groupby

from frtfeed.found import Bundle, Found, bundled, folder_of, packed

__all__ = ["bundles"]


def bundles(files: Iterable[Found]) -> list[Bundle]:
    """Put files together by folder."""
    by_folder = groupby(sorted(files, key=_place), key=lambda file: folder_of(file.path))
    return [_bundle(folder, list(inside)) for folder, inside in by_folder]


def _place(file: Found) -> tuple[str, str]:
    return folder_of(file.path), file.path


def _bundle(folder: str, files: list[Found]) -> Bundle:
    names = [file.path.removeprefix(folder) for file in files]
    return bundled(folder, names, [packed(*status) for _, *status in files])
