"""A new project: the files that frtfeed carries, copied where an editor will change them."""

import shutil
from pathlib import Path

from frtfeed.asked import CONFIG_NAME
from frtfeed.errors import DeliveryError
from frtfeed.fetch.listing import project_files

__all__ = ["init_project"]


def init_project(folder: Path) -> tuple[list[str], list[str]]:
    """
    Write frtfeed.toml, seeds/ and templates/ into a folder, made if it is not there.

    Returns: the paths written, and those that were there and were left; relative, sorted.

    Raises:
        DeliveryError: the folder cannot be written.
    """
    carried = project_files()
    sources = [carried / CONFIG_NAME]
    for name in ("seeds", "templates"):
        sources += sorted(path for path in (carried / name).rglob("*") if path.is_file())
    written: list[str] = []
    kept: list[str] = []
    try:
        for source in sources:
            path = source.relative_to(carried)
            if (folder / path).exists():
                kept.append(path.as_posix())
                continue
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / path)
            written.append(path.as_posix())
    except OSError as error:
        raise DeliveryError(
            f"{error.filename or folder}: cannot be written: {error.strerror}. Choose another folder."
        ) from error
    return sorted(written), sorted(kept)
