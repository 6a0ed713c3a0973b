"""A publication with one thing changed, wherever in it that stands."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from frtfeed.model import Feed, Publication
from frtfeed.records import Struct, fields, replace

# What is one of a few words, names a page, or stands in the salt of all pages, as do the titles of feeds: they are
# their labels with the site's title.
KEPT = frozenset({"site", "kind", "precision", "period", "path", "page"})


def changes(publication: Publication) -> list[tuple[str, Publication]]:
    """Return every publication that differs in one value, with what it is."""
    found: list[tuple[str, Publication]] = []
    seen: set[int] = set()
    for where, owner, name, value in _values(publication, "", seen):
        for number, other in enumerate(_others(value)):
            found.append((f"{where}.{name} {number}", _changed(publication, owner, name, other, {})))
    return found


def _values(value: Any, where: str, seen: set[int]) -> Iterator[tuple[str, Any, str, Any]]:
    """Yield the fields of all data within a value: where, of what, name, value."""
    if isinstance(value, tuple):
        for at, each in enumerate(value):
            yield from _values(each, f"{where}[{at}]", seen)
    elif isinstance(value, Struct) and id(value) not in seen:
        seen.add(id(value))
        for field in fields(value):
            if field.name not in KEPT and not (field.name == "title" and isinstance(value, Feed)):
                inner = getattr(value, field.name)
                yield where, value, field.name, inner
                yield from _values(inner, f"{where}.{field.name}", seen)


def _others(value: Any) -> list[Any]:
    """Return values that are like one, and not it."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, str):
        return [f"{value}x"]
    if isinstance(value, int):
        return [value + 1]
    if isinstance(value, float):
        return [value / 2 + 0.01]
    if isinstance(value, datetime):
        return [value + timedelta(days=1)]
    if isinstance(value, tuple):
        shorter = [value[1:], value[:-1]] if len(value) > 1 else [()] if value else []
        return [*shorter, value[::-1]] if len(value) > 1 and value != value[::-1] else shorter
    return []


def _changed(value: Any, owner: Any, name: str, other: Any, made: dict[int, Any]) -> Any:
    """Return a value in which one field of one thing within it is another, wherever that thing stands."""
    if isinstance(value, tuple):
        return tuple(_changed(each, owner, name, other, made) for each in value)
    if not isinstance(value, Struct):
        return value
    if id(value) not in made:
        given = {
            field.name: other
            if value is owner and field.name == name
            else _changed(getattr(value, field.name), owner, name, other, made)
            for field in fields(value)
        }
        made[id(value)] = replace(value, **given)
    return made[id(value)]
