"""What is known of an event: its stories, and why each is in it."""

from dataclasses import dataclass, field

from frtfeed.model import Story

__all__ = ["Event", "Join", "Near"]


@dataclass(frozen=True, slots=True)
class Near:
    """The event that a story came closest to without joining it: its first story, how like, why not."""

    id: str
    likeness: float
    why_not: str


@dataclass(frozen=True, slots=True)
class Join:
    """Why a story is in its event: in words, how like it was (0 to 1), and what it nearly joined."""

    reason: str
    likeness: float = 0.0
    near: Near | None = None


@dataclass(slots=True)
class Event:
    """
    Stories about one event, in the order they joined.

    name: what the editor called it (`group:`), "" where nobody did.
    """

    name: str = ""
    stories: list[Story] = field(default_factory=list)
    joins: dict[str, Join] = field(default_factory=dict)
