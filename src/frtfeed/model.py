"""
The nouns. Frozen values with no behaviour: what they mean stands in docs/concepts.md.

Every datetime here is aware and in UTC.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from hashlib import sha256
from typing import Literal

from frtfeed.records import Struct

Precision = Literal["time", "day", "month", "year"]
Kind = Literal["article", "video", "incident"]
Severity = Literal["error", "warning", "note"]


class Problem(Struct, frozen=True, kw_only=True):
    """
    Bad input, as a value. It never stops a build.

    severity: "error" when a story or a field's whole meaning is lost, "warning" when
    something was dropped or changed that its writer would want to know, "note" when
    all went as documented (an estimated date, repaired text). Notes never count.
    """

    path: str
    fault: str
    remedy: str
    line: int | None = None
    field: str = ""
    value: str = ""
    severity: Severity = "error"


class Document(Struct, frozen=True, kw_only=True):
    """One file as found: path relative to the seeds folder, with forward slashes."""

    path: str
    content: bytes


class When(Struct, frozen=True, kw_only=True):
    """
    A date as exact as its source: at is the first instant of the day, month or year.

    estimated: taken from its surroundings, not stated by the source.
    """

    at: datetime
    precision: Precision = "time"
    estimated: bool = False


class Image(Struct, frozen=True, kw_only=True):
    """A picture by https or http address; sizes in CSS pixels, None when unknown."""

    url: str
    width: int | None = None
    height: int | None = None
    alt: str = ""


class Provider(Struct, frozen=True, kw_only=True):
    """A publisher, keyed by its domain (lower case, no www; "" when unknown)."""

    name: str
    domain: str = ""
    images: tuple[Image, ...] = ()

    @property
    def key(self) -> str:
        """What tells two providers apart: the domain, else the folded name."""
        return self.domain or self.name.casefold()


class Facts(Struct, frozen=True, kw_only=True):
    """What an incident record states. Lists keep the order of the record."""

    occurred: When | None = None
    operators: tuple[str, ...] = ()
    developers: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    transparency: tuple[str, ...] = ()


class Section(Struct, frozen=True, kw_only=True):
    """A stretch of a story's own text: html is clean (markup.clean), heading may be empty."""

    html: str
    heading: str = ""


class Story(Struct, frozen=True, kw_only=True):
    """
    One article, video or incident by one provider.

    id: `urn:uuid:` of the identity, or as the file gives it.
    names: canonical URLs (urls.canonical) or the file's stem that mean this story,
        sorted, unique; the identity is among them.
    url: the printed link, "" when the story lives nowhere else.
    page: where its own page lies below the site, "stories/slug/", "" when it has none;
        set by edit/compose.py.
    quality, heat: as the file gives them, None when it does not.
    covered: the file says `heat: -1`, covered by a better lead: never a lead itself.
    hidden: the file says `published: false`. stated: it says true or false. auto: it says
        `published: auto`, and leads an event only above the threshold of [publish].
    group, solo, pin, lead: the editor's hand: the name of its event; kept apart; leads its
        edition; leads its event.
    related: the editor's mentions, as stories without a path.
    path: the file it came from, "" for a mention.
    copies: paths of further files that are the same story, sorted.
    extra: the file's unknown keys with their text, sorted.
    """

    id: str
    title: str
    names: tuple[str, ...]
    url: str = ""
    page: str = ""
    kind: Kind = "article"
    category: str = ""
    excerpt: str = ""
    published: When | None = None
    updated: datetime | None = None
    provider: Provider | None = None
    topics: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    amp: bool = False
    language: str = ""
    quality: int | None = None
    heat: int | None = None
    covered: bool = False
    hidden: bool = False
    stated: bool = False
    auto: bool = False
    group: str = ""
    solo: bool = False
    pin: bool = False
    lead: bool = False
    body: tuple[Section, ...] = ()
    facts: Facts | None = None
    related: "tuple[Story, ...]" = ()
    path: str = ""
    copies: tuple[str, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()

    @property
    def at(self) -> datetime:
        """The instant that a story is ordered by. Only dated stories get past edit/merge.py."""
        if self.published is None:
            raise ValueError(f"undated: {self.id}")
        return self.published.at


class Parsed(Struct, frozen=True, kw_only=True):
    """
    What came out of one document, or of many (edit/merge.py).

    withdrawn: names (as in Story) that a file withdraws without being a story: it says
        `published: false` and lacks what a story needs. withdrawn_paths: of such files.
        Both sorted, unique.
    """

    stories: tuple[Story, ...] = ()
    problems: tuple[Problem, ...] = ()
    withdrawn: tuple[str, ...] = ()
    withdrawn_paths: tuple[str, ...] = ()


class Part(Struct, frozen=True, kw_only=True):
    """One term of a score: what, how many points, and why in a few words."""

    name: str
    points: int
    because: str


class Member(Struct, frozen=True, kw_only=True):
    """A story in somebody's group, with the reason it is there in a few words."""

    story: Story
    reason: str
    likeness: float = 0.0


class Group(Struct, frozen=True, kw_only=True):
    """
    One event, told once.

    id: the id of its earliest story (published, then id) among lead and coverage.
    coverage: other providers on the same event, best first.
    background: topical but not the same event, best first; as many as are printed.
    incidents: ids of all incidents that its stories name, printed or not, best first.
    texts: in how many texts it is told; copies of one count once, as they do for heat. 0: not counted.
    updated: newest date among lead and coverage, or the lead's `updatedDateTime`.
    quality_parts, heat_parts: add up to quality and heat.
    """

    id: str
    lead: Story
    coverage: tuple[Member, ...]
    background: tuple[Member, ...]
    updated: datetime
    quality: int
    heat: int
    incidents: tuple[str, ...] = ()
    texts: int = 0
    quality_parts: tuple[Part, ...] = ()
    heat_parts: tuple[Part, ...] = ()

    @property
    def at(self) -> datetime:
        """When its lead appeared."""
        return self.lead.at

    @property
    def outlet(self) -> str:
        """Who publishes its lead: the provider's key, "" for nobody."""
        return self.lead.provider.key if self.lead.provider else ""


class Band(Struct, frozen=True, kw_only=True):
    """A shelf of the front page: "Today" and its groups, ranked."""

    title: str
    groups: Sequence[Group]


class Feed(Struct, frozen=True, kw_only=True):
    """
    A rolling list. id and path never change.

    path: its folder below the site, "" or ending in "/": "topics/ai/".
    label: what its own site calls it, "AI"; title says which site, for a reader's list of feeds.
    groups: ranked, best first, unique by id.
    updated: newest group's date; None for a feed without groups.
    """

    id: str
    path: str
    label: str
    title: str
    description: str
    groups: Sequence[Group]
    updated: datetime | None


class Edition(Struct, frozen=True, kw_only=True):
    """
    One period, start included, end excluded. "digest" is its name in prose.

    key: "2024-W08", "2024-02-23" or "2024-02"; path: "digest/2024-W08/".
    groups: ranked, best first; pinned ones before all others.
    updates: ids of those that an earlier edition told and that have grown since.
    draft: the period still runs.
    updated: the later of the period's end and its newest group's date; a draft's is that date.
    """

    id: str
    key: str
    period: Literal["daily", "weekly", "monthly"]
    path: str
    title: str
    start: datetime
    end: datetime
    draft: bool
    groups: Sequence[Group]
    updated: datetime
    updates: frozenset[str] = frozenset()


class Dossier(Struct, frozen=True, kw_only=True):
    """A page of our own: an incident or a story without an address, and the groups that name it."""

    story: Story
    groups: Sequence[Group]


class Sender(Struct, frozen=True, kw_only=True):
    """What a digest message says of its sender. Empty strings are missing facts."""

    name: str = ""
    address: str = ""
    reply_to: str = ""
    postal: str = ""
    unsubscribe_url: str = ""
    unsubscribe_mailto: str = ""
    list_id: str = ""


class Site(Struct, frozen=True, kw_only=True):
    """
    Who publishes.

    url: absolute, ends in "/". id: URI that feed and edition ids are derived from.
    zone: for the dates that people read and the borders of periods.
    """

    id: str
    url: str
    title: str
    description: str
    language: str
    author: str
    zone: tzinfo
    rights: str = ""
    sender: Sender = Sender()


class Publication(Struct, frozen=True, kw_only=True):
    """
    Everything that a build publishes.

    feed: the main feed. topics: a Feed each, by title. incidents: the incidents' feed.
    bands: the front page's, newest first, none empty. editions: newest first.
    dossiers: incidents and stories with pages of their own, by page.
    """

    site: Site
    feed: Feed
    topics: tuple[Feed, ...]
    incidents: Feed
    bands: tuple[Band, ...]
    editions: tuple[Edition, ...]
    dossiers: tuple[Dossier, ...]


class Page(Struct, frozen=True, kw_only=True):
    """Everything that leaves: path below the site, forward slashes; media type; bytes."""

    path: str
    media_type: str
    content: bytes

    @property
    def etag(self) -> str:
        """A strong validator (RFC 9110 §8.8.3): changes when, and only when, the bytes do."""
        return f'"{sha256(self.content).hexdigest()[:32]}"'


class Job(Struct, frozen=True, kw_only=True):
    """
    Pages that are made together, and only when they are needed.

    inputs: changes whenever anything changes that they are made of, but for the program,
        the templates and the site.
    """

    paths: tuple[str, ...]
    inputs: str
    make: Callable[[], Iterable[Page]]
