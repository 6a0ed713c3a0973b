"""What changes when the same files may be read or told differently: frtfeed, Python, a package."""

import os
import sys
from contextlib import suppress
from datetime import tzinfo
from hashlib import sha256
from operator import attrgetter
from pathlib import Path

import frtfeed

__all__ = ["program_stamp", "salt_of"]

LAYOUT = "2"  # of the parse cache's tables
PARSING = ("model.py", "text.py", "urls.py", "times.py", "markup.py", "parse/*.py")


def salt_of(*, zone: tzinfo) -> str:
    """Return what changes when the same file may be read differently: frtfeed, Python, a package, the zone."""
    package = Path(frtfeed.__file__).parent
    hashed = sha256("\0".join([LAYOUT, frtfeed.__version__, sys.version, str(zone), *_installed()]).encode())
    for pattern in PARSING:
        for module in sorted(package.glob(pattern)):
            hashed.update(module.read_bytes())
    return hashed.hexdigest()


def program_stamp() -> str:
    """Return what changes when frtfeed, Python or a package does, also where no version does: a checkout under work."""
    stamp = sha256("\0".join([sys.version, *_installed()]).encode())
    folders = [str(Path(frtfeed.__file__).resolve().parent)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in sorted(entries, key=attrgetter("name")):
                if entry.is_dir():
                    folders.append(entry.path)
                elif entry.name.endswith(".py"):
                    status = entry.stat()
                    stamp.update(f"{entry.path}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    return stamp.hexdigest()


def _installed() -> list[str]:
    """Return the packages that can be imported, with their versions, without importing any."""
    names = set()
    for folder in sys.path:
        with suppress(OSError):
            names |= {name for name in os.listdir(folder or ".") if name.endswith(".dist-info")}
    return sorted(names)
