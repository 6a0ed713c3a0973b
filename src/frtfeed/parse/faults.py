"""What is wrong with one document, gathered while it is read."""

from frtfeed import text
from frtfeed.model import Problem, Severity

__all__ = ["Faults", "shown"]

MESSAGE_CHARACTERS = 300  # names of fields and characters of the file get into messages, too
SHOWN_CHARACTERS = 60  # enough to find the place; a line of a terminal holds path, field and this


class Faults:
    """
    The problems of one document, in the order found, and what was repaired in its text.

    The only thing in this room that changes while it is used; parse makes one per document.
    """

    __slots__ = ("_path", "_problems", "_repairs")

    def __init__(self, path: str) -> None:
        """Begin with none, for the document at path."""
        self._path = path
        self._problems: list[Problem] = []
        self._repairs: set[str] = set()

    def add(
        self, severity: Severity, fault: str, remedy: str, *, line: int | None = None, field: str = "", value: str = ""
    ) -> None:
        """Record a problem; its value is shortened, with control characters made visible."""
        self._problems.append(
            Problem(
                path=self._path,
                fault=shown(fault, limit=MESSAGE_CHARACTERS),
                remedy=shown(remedy, limit=MESSAGE_CHARACTERS),
                line=line,
                field=shown(field),
                value=shown(value),
                severity=severity,
            )
        )

    def mend(self, damaged: str) -> str:
        """Repair a text (text.repair) and remember that it was needed."""
        mended, done = text.repair(damaged)
        if done:
            self._repairs.update(done.split(", "))
        return mended

    def problems(self) -> tuple[Problem, ...]:
        """Return all problems, and one note that says what was repaired, if anything was."""
        if not self._repairs:
            return tuple(self._problems)
        note = Problem(
            path=self._path,
            fault=f"text was damaged: {', '.join(sorted(self._repairs))}",
            remedy="Nothing to do; saving the file with the right characters ends this note.",
            severity="note",
        )
        return (*self._problems, note)


def shown(value: str, *, limit: int = SHOWN_CHARACTERS) -> str:
    """Return a value as a message shows it: one line, at most limit characters, nothing invisible."""
    visible = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in value[: limit + 1]
    )
    return visible if len(visible) <= limit else visible[: limit - 1] + "…"
