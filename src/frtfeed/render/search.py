"""The search index: what a browser looks through, in volumes that it loads one after the other."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from urllib.parse import quote

from frtfeed.briefs import Brief, briefs_of
from frtfeed.fingerprints import fingerprint
from frtfeed.model import Edition, Feed, Group, Job, Member, Page, Publication, Site, Story
from frtfeed.records import Struct
from frtfeed.render.entry import EMPTY_SINCE, day, href, ours, tidy
from frtfeed.render.fragments import Fragments, fragment_key
from frtfeed.render.why import outlet
from frtfeed.text import excerpt

__all__ = ["search_index"]

JAVASCRIPT = "text/javascript; charset=utf-8"
VOLUME = 300  # events: about 400 kB with much coverage, 80 kB on its way
EXCERPT = 200  # characters
# What ends a script element or a line of JavaScript, wherever the text is put.
UNSAFE = {char: f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}

# Strategy: a page opened from a disk may not fetch, but it may add a script. So each volume is a call
# of one function with plain JSON. Volumes go by year and fill from the oldest event on, so that a new
# story changes the last one only, and whoever keeps the others in a cache keeps them.


def search_index(publication: Publication, fragments: Fragments) -> tuple[Job, ...]:
    """
    Plan the volumes, the newest first.

    Each event is in one line: title, excerpt, outlet, date, address, language, and of each
    story that covers it outlet, title and address. Addresses of ours begin at the site's root.
    """
    years: dict[int, list[_Event]] = defaultdict(list)
    site = publication.site
    for event in _events(publication):
        years[event.at.astimezone(site.zone).year].append(event)
    volumes = []
    for year, events in sorted(years.items(), reverse=True):
        events.sort(key=lambda event: (event.at, event.id))
        parts = range(0, len(events), VOLUME)
        for number, start in reversed(list(enumerate(parts, 1))):
            volumes.append(_job(f"{year:04}-{number}", events[start : start + VOLUME], site=site, fragments=fragments))
    return tuple(volumes)


class _Event(Struct, frozen=True):
    """What is found by one line of the index: an event by its lead, or a page of our own that is in none."""

    at: datetime
    id: str
    mark: str
    tell: Callable[[], tuple[Story, tuple[Member, ...]]]


def _events(publication: Publication) -> Iterator[_Event]:
    """Yield every event once, by its lead; then what has a page of its own and is in none."""
    found: dict[str, tuple[Brief, Sequence[Group], int]] = {}
    lists: tuple[Feed | Edition, ...] = (publication.feed, publication.incidents, *publication.editions)
    for each in lists:
        found |= {brief.id: (brief, each.groups, at) for at, brief in enumerate(briefs_of(each.groups))}
    told: set[str] = set()
    for brief, groups, place in found.values():
        if publication.dossiers:
            told |= {brief.lead, *(id_ for id_, _ in brief.coverage)}
        yield _Event(brief.at, brief.lead, brief.digest, partial(_told, groups, place))
    for dossier in publication.dossiers:
        story = dossier.story
        if story.id not in told:
            at = story.published.at if story.published else EMPTY_SINCE
            yield _Event(at, story.id, fingerprint(story), partial(_alone, story))


def _told(groups: Sequence[Group], place: int) -> tuple[Story, tuple[Member, ...]]:
    group = groups[place]
    return group.lead, group.coverage


def _alone(story: Story) -> tuple[Story, tuple[Member, ...]]:
    return story, ()


def _line(event: _Event, *, site: Site) -> bytes:
    """Write what is known of an event, as the script in templates/search.js reads it; nothing in it is run."""
    story, coverage = event.tell()
    occurred = story.facts.occurred if story.facts else None
    when = occurred or story.published
    told = [
        tidy(story.title),
        excerpt(tidy(story.excerpt), limit=EXCERPT),
        "Incident" if story.kind == "incident" else tidy(outlet(story)),
        day(when, site.zone) if when else "",
        _address(story, site),
        "" if story.language == site.language else tidy(story.language),
        [[tidy(outlet(each.story)), tidy(each.story.title), _address(each.story, site)] for each in coverage],
    ]
    written = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    for char, escaped in UNSAFE.items():  # five passes in C take a tenth of one translate()
        written = written.replace(char, escaped)
    return written.encode()


def _address(story: Story, site: Site) -> str:
    """Return where a story is read: absolute, or from the site's root for a page of ours."""
    return f"{quote(story.page)}index.html" if ours(story) else href(story, site)


def _job(name: str, events: Sequence[_Event], *, site: Site, fragments: Fragments) -> Job:
    return Job(
        paths=(f"assets/search/{name}.js",),
        inputs=fingerprint(tuple(event.mark for event in events)),
        make=partial(_volume, name, events, site=site, fragments=fragments),
    )


def _volume(name: str, events: Sequence[_Event], *, site: Site, fragments: Fragments) -> Iterator[Page]:
    """Write a volume: a line for each event."""
    path = f"assets/search/{name}.js"
    of_site = fingerprint(site)
    lines = [
        fragments.written(path, fragment_key("search", of_site, event.mark), partial(_line, event, site=site))
        for event in events
    ]
    content = b'frtfeedVolume("%b",[\n%b\n]);\n' % (name.encode(), b",\n".join(lines))
    yield Page(path=path, media_type=JAVASCRIPT, content=content)
