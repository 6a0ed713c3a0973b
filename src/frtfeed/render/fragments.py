"""What is written of one group, or of one edition: made once, joined into every page that shows it."""

from collections.abc import Callable, Mapping
from hashlib import blake2b

from frtfeed.model import Page
from frtfeed.records import Struct

__all__ = ["Fragments", "Place", "fragment_key"]

# Strategy: what was written is not kept beside the page that shows it: the page is it. A page that has
# to be made again is cut where its fragments stand, and joined again with the few that are new. So what
# is kept is short, is as old as the page, and goes with it.

AT_HAND_BYTES = 2**24  # made, and perhaps on further pages: a thousand entries of 12 kB, as large sites have


class Place(Struct, frozen=True):
    """Where a fragment stands on a page, in bytes."""

    key: bytes
    start: int
    length: int


class Fragments:
    """
    What is known of fragments, by key: those of the page as it was, and those that this build made.

    Whose key is the same is the same fragment, byte for byte.
    """

    def __init__(self, recall: Callable[[str], Mapping[bytes, bytes]] = lambda path: {}) -> None:
        """
        Begin with what other pages, or earlier builds, have written.

        Args:
            recall: returns the fragments of a page as it was, by key; the page's path is given.
        """
        self._recall = recall
        self._before: dict[str, Mapping[bytes, bytes]] = {}
        self._made: dict[bytes, bytes] = {}
        self._room = AT_HAND_BYTES
        self._shown: dict[str, dict[bytes, bytes]] = {}

    def written(self, path: str, key: bytes, make: Callable[[], bytes]) -> bytes:
        """
        Return a fragment for a page; it is made where nobody knows it.

        Args:
            path: of the page. key: `fragment_key` of all that the fragment hangs on.
        """
        if path not in self._before:
            self._before[path] = self._recall(path)
        text = self._before[path].get(key) or self._made.get(key)
        if text is None:
            text = make()
            self._keep(key, text)
        self._shown.setdefault(path, {})[key] = text
        return text

    def _keep(self, key: bytes, text: bytes) -> None:
        """Have a fragment at hand; the oldest make room."""
        self._made[key] = text
        self._room -= len(text)
        while self._room < 0:
            self._room += len(self._made.pop(next(iter(self._made))))

    def places(self, page: Page) -> tuple[Place, ...]:
        """Return where the fragments of a finished page stand; let go of them."""
        self._before.pop(page.path, None)
        places: list[Place] = []
        left = list(self._shown.pop(page.path, {}).items())
        found = True
        while left and found:  # a list of contents is written after what it is of, and stands before it
            at, missed, found = 0, [], False
            for key, text in left:
                start = page.content.find(text, at)
                if start < 0:
                    missed.append((key, text))
                    continue
                places.append(Place(key, start, len(text)))
                at, found = start + len(text), True
            left = missed
        return tuple(places)


def fragment_key(kind: str, *marks: str) -> bytes:
    """
    Return the key of a fragment: of what is written, and in which form.

    Args:
        kind: one word for each way of writing.
        marks: fingerprints of all that it hangs on, but for the program and the templates.
    """
    return blake2b("\0".join((kind, *marks)).encode(), digest_size=16).digest()
