"""The search index: what a browser looks through, in volumes that it loads one after the other."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote

from frtfeed.model import Edition, Feed, Group, Member, Page, Publication, Site, Story
from frtfeed.render.entry import EMPTY_SINCE, href, ours, tidy
from frtfeed.render.why import outlet
from frtfeed.text import excerpt
from frtfeed.times import for_people

__all__ = ["search_index"]

JAVASCRIPT = "text/javascript; charset=utf-8"
VOLUME = 300  # events: about 400 kB with much coverage, 80 kB on its way
EXCERPT = 200  # characters
# What ends a script element or a line of JavaScript, wherever the text is put.
UNSAFE = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}

# Strategy: a page opened from a disk may not fetch, but it may add a script. So each volume is a call
# of one function with plain JSON. Volumes go by year and fill from the oldest event on, so that a new
# story changes the last one only, and whoever keeps the others in a cache keeps them.


def search_index(publication: Publication) -> tuple[Page, ...]:
    """
    Return the volumes, the newest first.

    Each event is in one line: title, excerpt, outlet, date, address, language, and of each
    story that covers it outlet, title and address. Addresses of ours begin at the site's root.
    """
    years: dict[int, list[tuple[datetime, str, list[object]]]] = defaultdict(list)
    site = publication.site
    for story, coverage in _events(publication):
        at = story.published.at if story.published else EMPTY_SINCE
        years[at.astimezone(site.zone).year].append((at, story.id, _line(story, coverage, site)))
    volumes = []
    for year, lines in sorted(years.items(), reverse=True):
        lines.sort(key=lambda line: line[:2])
        parts = range(0, len(lines), VOLUME)
        for number, start in reversed(list(enumerate(parts, 1))):
            volumes.append(_volume(f"{year:04}-{number}", [line for *_, line in lines[start : start + VOLUME]]))
    return tuple(volumes)


def _events(publication: Publication) -> Iterator[tuple[Story, tuple[Member, ...]]]:
    """Yield every event once, by its lead; then what has a page of its own and is in none."""
    groups: dict[str, Group] = {}
    lists: tuple[Feed | Edition, ...] = (publication.feed, publication.incidents, *publication.editions)
    for each in lists:
        groups.update((group.id, group) for group in each.groups)
    told = set()
    for group in groups.values():
        told |= {group.lead.id, *(member.story.id for member in group.coverage)}
        yield group.lead, group.coverage
    for dossier in publication.dossiers:
        if dossier.story.id not in told:
            yield dossier.story, ()


def _line(story: Story, coverage: tuple[Member, ...], site: Site) -> list[object]:
    """Return what is known of an event, as the script in templates/search.js reads it."""
    occurred = story.facts.occurred if story.facts else None
    when = occurred or story.published
    return [
        tidy(story.title),
        excerpt(tidy(story.excerpt), limit=EXCERPT),
        "Incident" if story.kind == "incident" else tidy(outlet(story)),
        for_people(when, zone=site.zone) if when else "",
        _address(story, site),
        "" if story.language == site.language else tidy(story.language),
        [[tidy(outlet(each.story)), tidy(each.story.title), _address(each.story, site)] for each in coverage],
    ]


def _address(story: Story, site: Site) -> str:
    """Return where a story is read: absolute, or from the site's root for a page of ours."""
    return f"{quote(story.page)}index.html" if ours(story) else href(story, site)


def _volume(name: str, lines: list[list[object]]) -> Page:
    """Write a volume; its lines are JSON, so that nothing in them is run."""
    written = ",\n".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines)
    content = f'frtfeedVolume("{name}",[\n{written.translate(UNSAFE)}\n]);\n'
    return Page(path=f"assets/search/{name}.js", media_type=JAVASCRIPT, content=content.encode())
