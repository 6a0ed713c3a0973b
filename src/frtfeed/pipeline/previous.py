"""The last build's report, as it lies in the output: of many megabytes only what somebody asks for is read."""

from contextlib import suppress
from pathlib import Path

from frtfeed.render.report import FILES, REPORT_PATH, listed_files

__all__ = ["Previous"]

PIECE_BYTES = 2**18  # the facts and the list of the files of a hundred editions fit in


class Previous:
    """A report that may not be there, or be no report: then it says nothing."""

    __slots__ = ("_path",)

    def __init__(self, out: Path) -> None:
        self._path = out / REPORT_PATH

    def told_some(self) -> bool:
        """Tell whether it tells of any group."""
        with suppress(OSError), open(self._path, "rb") as file:
            beginning = file.read(PIECE_BYTES)
            return b'\n "groups": [' in beginning and b'\n "groups": []' not in beginning
        return False

    def files(self) -> tuple[str, ...]:
        """Return the paths of the files that it lists."""
        end, size = b"", PIECE_BYTES
        with suppress(OSError), open(self._path, "rb") as file:
            whole = file.seek(0, 2)
            while FILES not in end and len(end) < whole:
                file.seek(max(0, whole - size))
                end, size = file.read(), 4 * size
        return listed_files(end)

    def after(self, beginning: memoryview) -> bytes:
        """Return what follows where the report begins so; nothing where it begins otherwise."""
        with suppress(OSError), open(self._path, "rb") as file:
            for start in range(0, len(beginning), PIECE_BYTES):
                piece = beginning[start : start + PIECE_BYTES]
                if file.read(len(piece)) != piece:
                    return b""
            return file.read()
        return b""
