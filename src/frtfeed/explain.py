"""Why a story ranks where it does: as values for programs, in words for people."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from frtfeed.config import Config
from frtfeed.edit.event import Event, Join
from frtfeed.edit.group import event_id, with_hidden
from frtfeed.edit.hand import in_words as hand_in_words
from frtfeed.edit.intake import topic_reasons
from frtfeed.edit.rank import rank
from frtfeed.edit.score import quality_parts, total
from frtfeed.errors import ConfigError
from frtfeed.model import Group, Part, Story
from frtfeed.pipeline.newsroom import Newsroom
from frtfeed.records import Struct, replace
from frtfeed.text import fold
from frtfeed.times import rfc3339
from frtfeed.urls import canonical

__all__ = ["Desk", "explain_all", "explain_one", "in_words", "open_desk"]


class Desk(Struct, frozen=True, kw_only=True):
    """
    A newsroom with everything looked up by story id.

    places: a group's place in the whole ranking, from 1. hidden: event ids of hidden stories.
    """

    newsroom: Newsroom
    config: Config
    events: Mapping[str, Event]
    groups: Mapping[str, Group]
    places: Mapping[str, int]
    background_of: Mapping[str, tuple[tuple[Group, str], ...]]
    hidden: Mapping[str, str]


def open_desk(newsroom: Newsroom, config: Config) -> Desk:
    """Look everything up once; each answer is cheap then."""
    grouping = newsroom.grouping
    policy = config.feed
    ranked = rank(grouping.groups, half_life_days=policy.half_life_days, per_provider=policy.per_provider)
    background: dict[str, list[tuple[Group, str]]] = {}
    for group in ranked:
        for member in group.background:
            background.setdefault(member.story.id, []).append((group, member.reason))
    return Desk(
        newsroom=newsroom,
        config=config,
        events={story.id: event for event in grouping.events for story in event.stories},
        groups={story.id: group for group in ranked for story in _told(group)},
        places={group.id: place for place, group in enumerate(ranked, 1)},
        background_of={id_: tuple(found) for id_, found in background.items()},
        hidden=with_hidden(newsroom.material, grouping, policy=config.score),
    )


def explain_all(desk: Desk) -> Iterator[dict[str, Any]]:
    """Yield one object for every file read, by path; files that hold no story say why."""
    material = desk.newsroom.material
    files = {story.path: _object(story, desk) for story in (*material.stories, *material.hidden, *material.waiting)}
    for story in (*material.stories, *material.hidden, *material.waiting):
        merged = files[story.path]
        for copy in story.copies:
            reason = f"the same story as {story.path}"
            files[copy] = {**merged, "path": copy, "role": "merged", "rank": None, "reasons": [reason]}
    for problem in desk.newsroom.problems:
        if problem.path not in files:
            files[problem.path] = _blank(problem.path)
        if files[problem.path]["role"] == "skipped" and problem.severity != "note":
            files[problem.path]["reasons"].append(f"{problem.fault}. {problem.remedy}")
    for path in sorted(files):
        yield files[path]


def explain_one(asked: str, desk: Desk) -> dict[str, Any]:
    """
    Return why one story stands where it does.

    Args:
        asked: a file's path or stem, an address, an id, or a part of a title.

    Raises:
        ConfigError: no story fits, or several do.
    """
    for file in explain_all(desk):
        if file["role"] in ("merged", "skipped") and _is_named(asked, file["path"]):
            return {**_NOTHING_MORE, **file}
    story = _find(asked, desk.newsroom)
    event = desk.events.get(story.id)
    group = desk.groups.get(story.id)
    quality = quality_parts(story, policy=desk.config.score)
    join = event.joins.get(story.id) if event else None
    return {
        **_object(story, desk),
        "of": len(desk.places),
        "rule": _rule(desk.config),
        "quality_parts": [
            _part(replace(part, because=_topics(story, desk.config)) if part.name == "topics" else part)
            for part in quality
        ],
        "heat_parts": [_part(part) for part in group.heat_parts] if group else [],
        "lead_title": group.lead.title if group else "",
        "members": [_member(each, event, group) for each in _by_place(event, group)] if event else [],
        "background": [
            {"id": each.story.id, "title": each.story.title, "provider": _outlet(each.story), "reason": each.reason}
            for each in (group.background if group else ())
        ],
        "background_titles": [
            {"title": other.lead.title, "reason": reason} for other, reason in desk.background_of.get(story.id, ())
        ],
        "near": _near(join, event, desk) if join and event else None,
        "hand": hand_in_words(story, leads=group is not None and group.lead.id == story.id),
    }


# What explain_one says beyond explain_all, where there is nothing to say.
_NOTHING_MORE: dict[str, Any] = {
    "of": 0,
    "rule": "",
    "quality_parts": [],
    "heat_parts": [],
    "lead_title": "",
    "members": [],
    "background": [],
    "background_titles": [],
    "near": None,
    "hand": [],
}


def in_words(answer: Mapping[str, Any]) -> str:
    """Write an explanation for people."""
    lines = [answer["title"] or answer["path"], answer["path"] or "known from another story's related list", ""]
    lines.append(_standing(answer))
    lines += answer["reasons"] if answer["role"] in ("hidden", "merged", "skipped") else []
    if answer["quality_parts"]:
        lines += ["", f"Quality {answer['quality']}", *_part_lines(answer["quality_parts"])]
    if answer["heat_parts"]:
        heat = sum(part["points"] for part in answer["heat_parts"])
        lines += ["", f"Heat of the event {heat}", *_part_lines(answer["heat_parts"])]
    if len(answer["members"]) > 1:
        lines += ["", "The event", *(_member_line(member) for member in answer["members"])]
    if answer["background"]:
        lines += ["", "Background", *(_member_line(member) for member in answer["background"])]
    if answer["background_titles"]:
        lines += [
            "",
            "Background of",
            *(f"  {each['title']}: {each['reason']}" for each in answer["background_titles"]),
        ]
    if near := answer["near"]:
        lines += ["", "Nearly joined", f"  {near['title']} ({near['likeness']:.2f}): {near['why_not']}"]
    if answer["hand"]:
        lines += ["", "The editor's hand", *(f"  {said}" for said in answer["hand"])]
    return "\n".join(lines)


def _rule(config: Config) -> str:
    """Say by what rule groups are ranked."""
    policy = config.feed
    rule = "by heat, then quality, then newest, then id"
    if policy.half_life_days:
        rule += f"; heat counts 50 more for each {policy.half_life_days:g} days that a lead is newer"
    if policy.per_provider:
        rule += f"; at most {policy.per_provider} of one provider among the first ten"
    return rule


def _topics(story: Story, config: Config) -> str:
    """Say which topics a story has, and which of them a keyword of the configuration gives."""
    given = {fold(each.topic): each.because for each in topic_reasons(story.title, story.excerpt, policy=config.intake)}
    said = (f"{topic} ({given.get(fold(topic), 'in its file')})" for topic in story.topics)
    return f"2 for each: {', '.join(said)}"


def _standing(answer: Mapping[str, Any]) -> str:
    """Say where a story stands and by what rule."""
    if answer["role"] == "lead":
        return f"Rank {answer['rank']} of {answer['of']}: {answer['rule']}."
    if answer["role"] == "coverage":
        return f"Told as coverage under: {answer['lead_title']}"
    return {
        "covered": "Covered: in its event no story leads, and it may not.",
        "hidden": "Hidden: not in any output.",
        "merged": "Merged: another file tells this story.",
        "skipped": "Not told.",
        "mention": "Known from another story's related list only, and no story of its event leads.",
    }[str(answer["role"])]


def _object(story: Story, desk: Desk) -> dict[str, Any]:
    """Return what a program wants to know of a story."""
    group = desk.groups.get(story.id)
    event = desk.events.get(story.id)
    role, reasons = _role(story, group, desk)
    leads = role == "lead" and group
    return {
        "path": story.path,
        "id": story.id,
        "title": story.title,
        "group": group.id if group else event_id(event) if event else desk.hidden.get(story.id, story.id),
        "role": role,
        "background_of": [other.id for other, _ in desk.background_of.get(story.id, ())],
        "lead": group.lead.id if group else None,
        "rank": desk.places[group.id] if leads and group else None,
        "heat": group.heat if leads and group else story.heat,
        "quality": total(quality_parts(story, policy=desk.config.score)),
        "reasons": reasons,
    }


def _role(story: Story, group: Group | None, desk: Desk) -> tuple[str, list[str]]:
    """Return a story's role, and why it has it."""
    material = desk.newsroom.material
    if story.hidden:
        return "hidden", [
            "published: false in its file" if not story.copies else "published: false in one of its files"
        ]
    if any(story.id == other.id for other in material.waiting):
        return "skipped", [f"dated {rfc3339(story.at)}: held back until then"]
    event = desk.events.get(story.id)
    join = event.joins.get(story.id) if event else None
    why = [join.reason] if join else []
    if group and group.lead.id == story.id:
        return "lead", [*why, *(f"{part.name} {part.points:+d}: {part.because}" for part in group.heat_parts)]
    if group:
        member = next(each for each in group.coverage if each.story.id == story.id)
        return "coverage", [member.reason]
    if story.covered:
        return "covered", ["heat: -1 in its file", *why]
    if story.id in desk.newsroom.grouping.held:
        return "hidden", ["below the threshold of [publish], and its file does not say published: true", *why]
    return ("mention" if not story.path else "covered"), why


def _find(asked: str, newsroom: Newsroom) -> Story:
    """Return the one story that is meant; exact names before parts of titles."""
    material = newsroom.material
    stories = [*material.stories, *material.hidden, *material.waiting, *material.mentions]
    address = canonical(asked)
    exact = [
        story
        for story in stories
        if asked == story.id or (address and address in story.names) or (story.path and _is_named(asked, story.path))
    ]
    found = exact or [story for story in stories if fold(asked) in fold(story.title)]
    if not found:
        raise ConfigError(f"{asked}: no such story. Name a file, an address or a part of a title.")
    if len(found) > 1:
        titles = "".join(f"\n  {story.path or story.url}: {story.title}" for story in found[:10])
        raise ConfigError(f"{asked}: {len(found)} stories fit. Name one:{titles}")
    return found[0]


def _is_named(asked: str, path: str) -> bool:
    """Tell whether a file is meant: by its path, with folders before it, or by its stem."""
    name = asked.replace("\\", "/")
    return name in (path, path.rpartition("/")[2].rpartition(".")[0]) or name.endswith("/" + path)


def _blank(path: str) -> dict[str, Any]:
    """Return the object of a file that holds no story."""
    nothing = dict.fromkeys(("id", "title", "group", "lead", "rank", "heat", "quality"))
    return {"path": path, **nothing, "role": "skipped", "background_of": [], "reasons": []}


def _told(group: Group) -> Iterator[Story]:
    yield group.lead
    for member in group.coverage:
        yield member.story


def _by_place(event: Event, group: Group | None) -> Iterable[Story]:
    """Return an event's stories, as printed where it is printed."""
    return _told(group) if group else event.stories


def _member(story: Story, event: Event | None, group: Group | None) -> dict[str, Any]:
    join = event.joins.get(story.id) if event else None
    told = next((each for each in group.coverage if each.story.id == story.id), None) if group else None
    return {
        "id": story.id,
        "title": story.title,
        "provider": _outlet(story),
        "reason": told.reason if told else join.reason if join else "an incident stands alone",
        "likeness": join.likeness if join else 0.0,
    }


def _near(join: Join, event: Event, desk: Desk) -> dict[str, Any] | None:
    """Return the event that a story nearly joined, by the title of what it began with; none that is now its own."""
    if join.near is None or join.near.id in event.joins:
        return None
    near = desk.events[join.near.id]
    first = next(story for story in near.stories if story.id == join.near.id)
    return {"title": first.title, "likeness": join.near.likeness, "why_not": join.near.why_not}


def _outlet(story: Story) -> str:
    return story.provider.name if story.provider else ""


def _part(part: Part) -> dict[str, Any]:
    return {"name": part.name, "points": part.points, "because": part.because}


def _part_lines(parts: Iterable[Mapping[str, Any]]) -> list[str]:
    return [f"  {part['points']:+4d}  {part['name']}: {part['because']}" for part in parts]


def _member_line(member: Mapping[str, Any]) -> str:
    likeness = f" ({member['likeness']:.2f})" if member.get("likeness") else ""
    outlet = f"{member['provider']}: " if member["provider"] else ""
    return f"  {outlet}{member['title']} – {member['reason']}{likeness}"
