"""What rendering has learnt, kept for the next build: it is dear to learn, and small."""

from contextlib import suppress
from pathlib import Path

from frtfeed.records import Struct, field
from frtfeed.store.encoding import Malformed, decode, encode
from frtfeed.store.whole import read_whole, write_whole

__all__ = ["Learnt", "recall_learnt", "remember_learnt"]


class Learnt(Struct, frozen=True):
    """
    What tags of letters look like, and compiled templates.

    salt: of the program and its packages; under another one nothing of it is true.
    """

    salt: str
    styles: dict[str, str] = field(default_factory=dict)
    codes: dict[str, bytes] = field(default_factory=dict)


def recall_learnt(path: Path, *, salt: str) -> Learnt:
    """Return what was learnt under a salt; nothing where that cannot be read."""
    with suppress(OSError, ValueError, Malformed):
        learnt = decode(read_whole(path), Learnt)
        if learnt.salt == salt:
            return learnt
    return Learnt(salt)


def remember_learnt(path: Path, learnt: Learnt) -> None:
    """Write down what was learnt; where that cannot be done, the next build learns it again."""
    with suppress(OSError):
        write_whole(path, encode(learnt))
