"""What changes when the same files may be read or told differently: frtfeed, Python, a package."""

import os
import sys
from contextlib import suppress
from datetime import tzinfo
from hashlib import sha256
from pathlib import Path

import frtfeed

__all__ = ["salt_of"]

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


def _installed() -> list[str]:
    """Return the packages that can be imported, with their versions, without importing any."""
    names = set()
    for folder in sys.path:
        with suppress(OSError):
            names |= {name for name in os.listdir(folder or ".") if name.endswith(".dist-info")}
    return sorted(names)
