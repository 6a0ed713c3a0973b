"""The editor's hand: `group`, `solo`, `pin`, `lead`, and where they contradict each other."""

from collections.abc import Iterable, Iterator

from frtfeed.model import Problem, Story

__all__ = ["contradictions", "in_words"]


def contradictions(*, shown: Iterable[Story], hidden: Iterable[Story]) -> Iterator[Problem]:
    """
    Yield what an editor cannot have meant: each names the line that loses.

    What is said of a shown story never depends on a hidden one: build.json is public.
    """
    named: dict[str, list[Story]] = {}
    for story in (*shown, *hidden):
        if story.group and not story.hidden:
            named.setdefault(story.group, []).append(story)
        if story.solo and story.group:
            yield _warning(story, "group", "the story is also kept apart", story.group, "solo: true wins.")
        if story.kind == "incident" and story.group:
            yield _warning(story, "group", "an incident stands alone", story.group, "The line is ignored.")
        for key in ("lead", "pin"):
            if not getattr(story, key):
                continue
            if story.hidden:
                yield _warning(story, key, "the story is not published", "true", "published: false wins.")
            elif story.covered:
                yield _warning(
                    story, key, "the story says heat: -1, covered by a better lead", "true", "heat: -1 wins."
                )
    for name, members in named.items():
        if len(members) == 1:
            fault = "no other story has this name"
            yield _warning(members[0], "group", fault, name, "Check its spelling in the other files.")


def in_words(story: Story, *, leads: bool) -> list[str]:
    """Return what an editor's hand did to a story that leads its event, or does not, a sentence each."""
    said = []
    if story.solo:
        said.append("solo: true keeps it apart from every event.")
    elif story.group:
        said.append(f"group: {story.group} puts it with the other stories of that name.")
    if story.lead and not story.covered:
        said.append("lead: true makes it lead its event." if leads else "lead: true does nothing: another one leads.")
    if story.pin and not story.covered:
        said.append("pin: true makes it lead its edition." if leads else "pin: true does nothing: another one leads.")
    if story.heat is not None:
        said.append(f"heat: {story.heat} is used as given.")
    if story.covered:
        said.append("heat: -1 keeps it from leading.")
    if story.quality is not None:
        said.append(f"quality: {story.quality} is used as given.")
    return said


def _warning(story: Story, field: str, fault: str, value: str, remedy: str) -> Problem:
    return Problem(path=story.path, field=field, fault=fault, value=value, remedy=remedy, severity="warning")
