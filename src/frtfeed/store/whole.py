"""Small files of what is remembered, with a checksum: half written, damaged or somebody else's, one is nothing."""

import os
from hashlib import sha256
from pathlib import Path

__all__ = ["read_whole", "write_whole"]


def read_whole(path: Path) -> bytes:
    """
    Return what write_whole() wrote.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not what was written.
    """
    content, _, checksum = path.read_bytes().rpartition(b"\n")
    if _checksum(content) != checksum:
        raise ValueError(f"{path}: not as it was written")
    return content


def write_whole(path: Path, content: bytes) -> None:
    """
    Write a file in the place of an older one: a reader finds the one or the other.

    Raises:
        OSError: it cannot be written.
    """
    beside = path.with_suffix(".new")
    beside.write_bytes(content + b"\n" + _checksum(content))
    os.replace(beside, path)


def _checksum(content: bytes) -> bytes:
    return sha256(content).hexdigest().encode()
