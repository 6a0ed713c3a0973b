"""How long each stage of a build took, and on how much it worked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

__all__ = ["Progress", "Stopwatch"]

Progress = Callable[[str], None]
WORK = ("walked", "parsed", "grouped", "rendered", "written", "skipped")


@dataclass(slots=True)
class Stopwatch:
    """
    How long each stage took, in seconds, by a clock that the caller brings.

    counts: files walked and parsed, stories grouped (their places in events worked out), pages rendered and
        skipped since they are as they should be, files written.
    """

    clock: Callable[[], float]
    progress: Progress = lambda stage: None
    seconds: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(WORK, 0))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """
        Time one stage under its name; tell the caller that it begins.

        One that is entered again adds up; one within another counts for itself only.
        """
        self.progress(name)
        started, within = self.clock(), sum(self.seconds.values())
        yield
        own = self.clock() - started - (sum(self.seconds.values()) - within)
        self.seconds[name] = round(self.seconds.get(name, 0.0) + own, 4)
