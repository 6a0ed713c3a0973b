"""What the front page has room for: the top of each band."""

from collections.abc import Iterable, Sequence

from frtfeed.model import Band, Group
from frtfeed.records import Struct

__all__ = ["FRONT_BYTES", "SHELF", "Shelf", "shelves"]

FRONT_BYTES = 100_000  # of HTML: two seconds on a slow phone line, and it is compressed on its way
SHELF = 30  # more than anybody reads of one band; the rest is in the digest and under its topics


class Shelf(Struct, frozen=True, kw_only=True):
    """A band as the front page shows it; more: how many events it has beyond these."""

    title: str
    groups: Sequence[Group]
    more: int


def shelves(bands: Iterable[Band], length: int) -> tuple[Shelf, ...]:
    """Cut each band to its first events: every band keeps its best, also below a busy day's."""
    return tuple(
        Shelf(title=band.title, groups=band.groups[:length], more=max(0, len(band.groups) - length)) for band in bands
    )
