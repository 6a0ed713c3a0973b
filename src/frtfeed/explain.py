"""Why a story ranks where it does, as values and in words."""

from typing import Any

from frtfeed.edit.score import ScorePolicy, quality_parts, total
from frtfeed.errors import ConfigError
from frtfeed.model import Group, Member, Part, Story
from frtfeed.pipeline import Newsroom
from frtfeed.text import fold
from frtfeed.urls import canonical

__all__ = ["explanation", "in_words"]


def explanation(asked: str, newsroom: Newsroom, *, policy: ScorePolicy) -> dict[str, Any]:
    """
    Return the parts of a story's place.

    Args:
        asked: a file's path or stem, an address, an id, or a part of a title.

    Raises:
        ConfigError: no story fits, or several do.
    """
    story = _find(asked, newsroom)
    quality = quality_parts(story, policy=policy)
    answer: dict[str, Any] = {
        "path": story.path,
        "id": story.id,
        "title": story.title,
        "quality": total(quality),
        "quality_parts": [_part(part) for part in quality],
    }
    ranked = {group.id: place for place, group in enumerate(newsroom.publication.feed.groups, 1)}
    group = next((group for group in newsroom.groups if story.id in _member_ids(group)), None)
    background_of = [
        {"title": other.lead.title, "reason": member.reason}
        for other in newsroom.groups
        for member in other.background
        if member.story.id == story.id
    ]
    answer["role"] = _role(story, group, newsroom)
    answer["background_of"] = background_of
    if group:
        answer |= {
            "rank": ranked.get(group.id) if group.lead.id == story.id else None,
            "of": len(ranked),
            "heat": group.heat,
            "heat_parts": [_part(part) for part in group.heat_parts],
            "group": group.id,
            "lead": group.lead.title,
            "members": [_member(member) for member in group.coverage],
            "background": [_member(member) for member in group.background],
        }
    return answer


def in_words(answer: dict[str, Any]) -> str:
    """Write an explanation for people."""
    lines = [answer["title"], answer["path"] or "known from another story's related list", ""]
    if answer["role"] == "lead":
        place = f"Rank {answer['rank']} of {answer['of']}" if answer["rank"] else "Older than what the feed holds"
        lines.append(f"{place}: ranked by heat, then quality, then newest, then id.")
    else:
        lines.append(_ROLES[answer["role"]].format(lead=answer.get("lead", "")))
    lines += ["", f"Quality {answer['quality']}", *_part_lines(answer["quality_parts"])]
    if "heat" in answer:
        lines += ["", f"Heat of the event {answer['heat']}", *_part_lines(answer["heat_parts"])]
        for title in ("members", "background"):
            if answer[title]:
                heading = "Coverage" if title == "members" else "Background"
                lines += ["", heading, *(_member_line(member) for member in answer[title])]
    if answer["background_of"]:
        lines += ["", "Background of", *(f"  {each['title']}: {each['reason']}" for each in answer["background_of"])]
    return "\n".join(lines)


_ROLES = {
    "coverage": "Told as coverage under: {lead}",
    "covered": "heat: -1 in its file: covered by a better lead, never a lead itself.",
    "hidden": "published: false in its file: not in any output.",
    "waiting": "Dated in the future: held back until then.",
    "background": "Known from another story's related list only; not the same event as any lead.",
}


def _role(story: Story, group: Group | None, newsroom: Newsroom) -> str:
    if story.hidden:
        return "hidden"
    if story in newsroom.material.waiting:
        return "waiting"
    if group:
        return "lead" if group.lead.id == story.id else "coverage"
    return "covered" if story.path else "background"


def _find(asked: str, newsroom: Newsroom) -> Story:
    """Return the one story that is meant; exact names before parts of titles."""
    material = newsroom.material
    stories = [*material.stories, *material.hidden, *material.waiting, *material.mentions]
    address = canonical(asked)
    name = asked.replace("\\", "/")
    exact = [
        story
        for story in stories
        if asked == story.id
        or (address and address in story.names)
        or (story.path and (name == story.path or name.endswith("/" + story.path) or name == _stem(story)))
    ]
    found = exact or [story for story in stories if fold(asked) in fold(story.title)]
    if not found:
        raise ConfigError(f"{asked}: no such story. Name a file, an address or a part of a title.")
    if len(found) > 1:
        titles = "".join(f"\n  {story.path or story.url}: {story.title}" for story in found[:10])
        raise ConfigError(f"{asked}: {len(found)} stories fit. Name one:{titles}")
    return found[0]


def _stem(story: Story) -> str:
    return story.path.rpartition("/")[2].rpartition(".")[0]


def _member_ids(group: Group) -> set[str]:
    return {group.lead.id, *(member.story.id for member in group.coverage)}


def _part(part: Part) -> dict[str, Any]:
    return {"name": part.name, "points": part.points, "because": part.because}


def _member(member: Member) -> dict[str, Any]:
    return {
        "id": member.story.id,
        "title": member.story.title,
        "provider": member.story.provider.name if member.story.provider else "",
        "reason": member.reason,
        "likeness": member.likeness,
    }


def _part_lines(parts: list[dict[str, Any]]) -> list[str]:
    return [f"  {part['points']:+4d}  {part['name']}: {part['because']}" for part in parts]


def _member_line(member: dict[str, Any]) -> str:
    likeness = f" ({member['likeness']:.2f})" if member["likeness"] else ""
    outlet = f"{member['provider']}: " if member["provider"] else ""
    return f"  {outlet}{member['title']} – {member['reason']}{likeness}"
