"""
What a feed and its entries say, whatever the format: Atom, RSS and JSON Feed are written from these.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import lru_cache, partial
from html import escape
from unicodedata import bidirectional
from urllib.parse import quote, urlsplit, urlunsplit

from frtfeed.briefs import briefs_of
from frtfeed.fingerprints import fingerprint
from frtfeed.markup import plain
from frtfeed.model import Edition, Facts, Feed, Group, Image, Member, Site, Story, When
from frtfeed.records import Struct
from frtfeed.render.inputs import of_edition
from frtfeed.text import one_line, printable
from frtfeed.times import for_people
from frtfeed.urls import ORDINARY, ascii_host, canonical, domain_of, story_id

__all__ = [
    "EMPTY_SINCE",
    "Channel",
    "Entry",
    "Outlet",
    "Planned",
    "address",
    "author",
    "by_us",
    "channel",
    "content_html",
    "day",
    "digest",
    "elsewhere",
    "href",
    "ours",
    "picture",
    "rtl",
    "tidy",
]

# Strategy: text was repaired and addresses were checked where they came in, but one character that
# XML forbids costs a subscriber the whole feed, so that everything is cleaned once more on its way
# out of this file (tidy, _link, and the end of content_html). The writers trust an Entry.

# The date of a feed that never held a story: the same at every build, and older than any story.
EMPTY_SINCE = datetime(1970, 1, 1, tzinfo=UTC)
ENTRIES = 4096  # kept as they are told and written: those of a hundred topics
MAX_LISTED = 12  # more is a wall of links in a reader; the formats' own fields hold them all
SUMMARY_LEADS = 3  # as many headlines as a reader's list view has room for
# Languages written from right to left, and the scripts that make any language one (RFC 5646 §2.2.3).
RTL_LANGUAGES = frozenset("ar arc ckb dv fa glk he ks mzn nqo pnb ps sd syr ug ur yi".split())
RTL_SCRIPTS = frozenset("adlm arab hebr mand nkoo rohg samr syrc thaa".split())
# RFC 3986 §2.2 and §2.3, and % because most addresses come encoded.
URI_CHARACTERS = "%/:?#[]@!$&'()*+,;=~"


class Outlet(Struct, frozen=True, kw_only=True):
    """Where a text was first published: its name and its address, "https://gazette.example/"."""

    name: str
    url: str


class Entry(Struct, frozen=True, kw_only=True):
    """
    One entry of a feed: clean plain text but for content, absolute addresses only.

    content: HTML, never empty.
    link: what the entry is about, never empty. original: where its text comes from when
        link is a page of ours, else "".
    author: never empty. author_url: of the author's own site, "" when it is not known.
    outlet: None for what was not taken from an outlet's address.
    published: never later than updated.
    language: BCP 47 tag of title and summary, "" when it is the site's.
    coverage, background: unique by link over both, none is the entry itself.
    heat, quality: the group's; 0 for an edition.
    """

    id: str
    title: str
    link: str
    summary: str
    content: str
    author: str
    published: datetime
    updated: datetime
    author_url: str = ""
    original: str = ""
    outlet: Outlet | None = None
    topics: tuple[str, ...] = ()
    language: str = ""
    image: Image | None = None
    coverage: tuple[Story, ...] = ()
    background: tuple[Story, ...] = ()
    heat: int = 0
    quality: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What a site tells, as the key of a cache: all of it is compared, its id alone is hashed, which takes no time."""

    id: str
    group: Group = field(hash=False)
    site: Site = field(hash=False)


class Channel(Struct, frozen=True, kw_only=True):
    """
    One feed, in whatever format.

    path: its folder below the site, "" or ending in "/"; its page has the same address.
    planned: its entries, in the order of the feed.
    """

    id: str
    path: str
    title: str
    description: str
    updated: datetime
    planned: tuple["Planned", ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries, unique by id."""
        return tuple(each.tell() for each in self.planned)


class Planned(Struct, frozen=True):
    """An entry that nobody has looked at yet. mark: changes when the entry does."""

    mark: str
    tell: Callable[[], Entry]


def channel(feed: Feed, *, site: Site) -> Channel:
    """Return what a rolling feed says."""
    title = tidy(feed.title) or tidy(site.title)
    return Channel(
        id=feed.id,
        path=feed.path,
        title=title,
        description=tidy(feed.description) or title,
        updated=feed.updated or EMPTY_SINCE,
        planned=tuple(
            Planned(brief.digest, partial(_entry_at, feed.groups, at, site=site))
            for at, brief in enumerate(briefs_of(feed.groups))
        ),
    )


def digest(closed: Sequence[Edition], *, site: Site) -> Channel:
    """Return the feed of the editions, in their order."""
    title = f"{tidy(site.title)}: digest"
    return Channel(
        id=story_id(f"{site.id}/digest/"),
        path="digest/",
        title=title,
        description=tidy(site.description) or title,
        updated=max((each.updated for each in closed), default=EMPTY_SINCE),
        planned=tuple(
            Planned(fingerprint(of_edition(each)), partial(_edition_entry, each, site=site)) for each in closed
        ),
    )


def href(story: Story, site: Site) -> str:
    """
    Return the absolute address that a story's title links to; "" when it has none.

    An incident with a page of its own is shown there, wherever its record comes from.
    """
    if ours(story):
        return address(story.page, site)
    return elsewhere(story)


def elsewhere(story: Story) -> str:
    """Return where a story lives besides any page of ours, "" when nowhere."""
    return _link(story.url)


def ours(story: Story) -> bool:
    """Tell whether people read a story on a page of this site."""
    return bool(story.page) and (story.kind == "incident" or not _link(story.url))


def address(path: str, site: Site) -> str:
    """Return the absolute address of a page's path, percent-encoded: a topic may be called "für alle"."""
    return site.url + quote(printable(path))


def tidy(text: str) -> str:
    """Return a text as one line that every format can hold."""
    return one_line(text if text.isprintable() else printable(text))


@lru_cache(maxsize=32_768)  # the dates of 20,000 stories, each of which stands in several places; a few megabytes
def day(when: When, zone: tzinfo) -> str:
    """Write a date for people; the same as times.for_people."""
    return for_people(when, zone=zone)


def rtl(language: str) -> bool:
    """Tell whether a language is written from right to left; its script decides where the tag names one."""
    first, *others = language.lower().split("-")
    script = next((each for each in others[:2] if len(each) == 4 and each.isalpha()), "")
    return script in RTL_SCRIPTS if script else first in RTL_LANGUAGES


def content_html(group: Group, site: Site) -> str:
    """
    Tell an event as HTML: excerpt, picture, text, a date that is not exact, coverage, background.

    The text is there for incidents and if it is the site's own; another publisher's is told by its
    excerpt, also when it has a page here. Long lists are cut: "and 3 more".
    """
    lead = group.lead
    told = [*_opening(lead, site), *_text_here(lead, site)]
    others = [*_list("Coverage", group.coverage, site), *_list("Background", group.background, site)]
    if not told and not others:
        told.append(f"<p>{_anchor(lead, site)}</p>")
    return printable("\n".join([*told, *_inexact_date(lead, site), *others]))


def _entry_at(groups: Sequence[Group], at: int, *, site: Site) -> Entry:
    group = groups[at]
    return _group_entry(_Told(id=group.id, group=group, site=site))


# A group is told by the main feed and by its topics', and each feed is written in three formats.
@lru_cache(maxsize=ENTRIES)
def _group_entry(told: _Told) -> Entry:
    """Return what a group's entry says."""
    group, site = told.group, told.site
    lead = group.lead
    link = href(lead, site) or site.url
    seen = {link}
    return Entry(
        id=tidy(group.id) or story_id(link),
        title=tidy(lead.title) or link,
        link=link,
        summary=tidy(lead.excerpt),
        content=content_html(group, site),
        author=author(lead, site),
        author_url=_author_url(lead, site),
        published=min(lead.published.at, group.updated) if lead.published else group.updated,
        updated=group.updated,
        original=_link(lead.url) if ours(lead) else "",
        outlet=_outlet(lead),
        topics=tuple(dict.fromkeys(topic for each in lead.topics if (topic := tidy(each)))),
        language=_foreign(lead, site),
        image=picture(lead),
        coverage=_unseen(group.coverage, seen=seen, site=site),
        background=_unseen(group.background, seen=seen, site=site),
        heat=group.heat,
        quality=group.quality,
    )


def _edition_entry(edition: Edition, *, site: Site) -> Entry:
    """Return what an edition's entry says: its stories, ranked, each with who else covered it."""
    leads = [f"{_update(each, edition)}{tidy(each.lead.title)}" for each in edition.groups]
    more = len(leads) - SUMMARY_LEADS
    items = (f"<li>{''.join(_edition_item(each, edition, site))}</li>" for each in edition.groups)
    return Entry(
        id=edition.id,
        title=tidy(edition.title) or edition.key,
        link=address(edition.path, site),
        summary=" · ".join(leads[:SUMMARY_LEADS]) + (f" · and {more} more" if more > 0 else ""),
        content="\n".join(["<ol>", *items, "</ol>"]),
        author=_own_author(site),
        author_url=site.url,
        published=min(edition.end, edition.updated),
        updated=edition.updated,
    )


def _update(group: Group, edition: Edition) -> str:
    """Return the mark of what an earlier edition told and that has grown since."""
    return "Update: " if group.id in edition.updates else ""


def _edition_item(group: Group, edition: Edition, site: Site) -> Iterator[str]:
    """Yield the parts of a story in an edition."""
    lead = group.lead
    yield f"<p>{_update(group, edition)}{_anchor(lead, site)}{_details(lead, site)}</p>"
    if lead.excerpt:
        yield f"<p{_lang(lead, site)}>{_text(lead.excerpt)}</p>"
    if group.coverage:
        yield _items(group.coverage, site)


def _unseen(members: Iterable[Member], *, seen: set[str], site: Site) -> tuple[Story, ...]:
    """Return the stories that have an address which is not in seen yet, and note it there."""
    fresh = []
    for member in members:
        link = href(member.story, site)
        if link and link not in seen:
            seen.add(link)
            fresh.append(member.story)
    return tuple(fresh)


def _own_author(site: Site) -> str:
    """Return who signs the texts of this site: an Atom entry needs somebody."""
    return tidy(site.author) or tidy(site.title) or site.url


def _provider_name(story: Story) -> str:
    """Return a provider's name, "" when the story does not tell."""
    return tidy(story.provider.name) if story.provider else ""


def author(story: Story, site: Site) -> str:
    """Return whose text it is: the provider's, else its domain's, else ours."""
    outlet = _outlet(story)
    return _provider_name(story) or (outlet.name if outlet else _own_author(site))


def _author_url(story: Story, site: Site) -> str:
    """Return the address of whose text it is: ours, its outlet's, "" for an outlet that is known by name only."""
    if by_us(story, site):
        return site.url
    domain = _domain(story)
    return _link(f"https://{domain}/") if domain else ""


def by_us(story: Story, site: Site) -> bool:
    """Tell whether a text is the site's own: it names nobody, or the site by its domain, author or title."""
    key = tidy(story.provider.key) if story.provider else domain_of(_link(story.url))
    return key in ("", domain_of(site.url), tidy(site.author).casefold(), tidy(site.title).casefold())


def _in_full(story: Story, site: Site) -> bool:
    """Tell whether a feed repeats a story's text: an incident's record, or one of our own, with a page here."""
    return ours(story) and (story.kind == "incident" or by_us(story, site))


def _domain(story: Story) -> str:
    """Return a publisher's domain, else that of the story's address as people read it, "" when there is neither."""
    return tidy(story.provider.domain if story.provider else "") or domain_of(_mended(story.url))


def _outlet(story: Story) -> Outlet | None:
    """Return who published a story that has an address of its own; None for any other."""
    domain = _domain(story)
    if not domain or not _link(story.url):
        return None
    return Outlet(name=_provider_name(story) or domain, url=_link(f"https://{domain}/"))


def picture(story: Story) -> Image | None:
    """Return a story's first picture with an address that readers can load."""
    for image in story.images:
        if url := _link(image.url):
            return Image(url=url, width=image.width, height=image.height, alt=tidy(image.alt))
    return None


@lru_cache(maxsize=65_536)  # one story is linked from three feeds, several pages and a letter
def _link(url: str) -> str:
    """Return an http or https address as a URI (RFC 3986), "" for anything else: javascript: does not leave."""
    if ORDINARY.fullmatch(url):
        return url
    url = _mended(url)
    return quote(url if url.isascii() else _with_ascii_host(url), safe=URI_CHARACTERS) if canonical(url) else ""


def _mended(url: str) -> str:
    """Return an address without what no address holds; a blank is one that somebody forgot to encode."""
    return "%20".join(printable(url).split())


def _with_ascii_host(url: str) -> str:
    """Write an address's host name as the name service knows it."""
    scheme, place, *rest = urlsplit(url)
    user, at, name = place.rpartition("@")
    host, colon, port = name.partition(":")
    return urlunsplit((scheme, f"{user}{at}{ascii_host(host)}{colon}{port}", *rest))


def _foreign(story: Story, site: Site) -> str:
    """Return a story's language when it is not the site's."""
    if not story.language or story.language == site.language:
        return ""
    language = tidy(story.language)
    same = language.lower().partition("-")[0] == site.language.lower().partition("-")[0]
    return "" if same else language


def _lang(story: Story, site: Site) -> str:
    """Return the attributes that a text in another language needs: dir keeps an Arabic title in its place."""
    language = _foreign(story, site)
    return f' lang="{escape(language)}" dir="auto"' if language else ""


def _text(text: str) -> str:
    """Return plain text as HTML."""
    return escape(tidy(text), quote=False)


def _isolated(name: str) -> str:
    """Return a name as HTML that leaves the text around it in its order: a date behind an Arabic one stays there."""
    turns = not name.isascii() and any(bidirectional(char) in ("R", "AL") for char in name)
    return f'<span dir="auto">{_text(name)}</span>' if turns else _text(name)


def _anchor(story: Story, site: Site) -> str:
    """Return a story's title as a link, or as text when it has no address."""
    title, attributes = _text(story.title), _lang(story, site)
    if link := href(story, site):
        return f'<a href="{escape(link)}"{attributes}>{title or escape(link)}</a>'
    return f"<span{attributes}>{title}</span>" if attributes else title


def _details(story: Story, site: Site) -> str:
    """Return what stands behind a story's title: " — Courier, 21 February 2024"."""
    details = [_isolated(name)] if (name := _provider_name(story)) else []
    occurred = story.facts.occurred if story.facts else None
    if story.kind == "incident":
        details.append(f"incident of {day(occurred, site.zone)}" if occurred else "incident")
    elif story.published:
        details.append(day(story.published, site.zone))
    return f" — {', '.join(details)}" if details else ""


def _list(heading: str, members: tuple[Member, ...], site: Site) -> Iterator[str]:
    """Yield a heading and the list below it; nothing for no members."""
    if members:
        yield f"<h3>{heading}</h3>\n{_items(members, site)}"


def _items(members: tuple[Member, ...], site: Site) -> str:
    """Return stories as a list of links, cut after MAX_LISTED."""
    items = [f"<li>{_anchor(each.story, site)}{_details(each.story, site)}</li>" for each in members[:MAX_LISTED]]
    if len(members) > MAX_LISTED:
        items.append(f"<li>and {len(members) - MAX_LISTED} more</li>")
    return "\n".join(["<ul>", *items, "</ul>"])


def _opening(story: Story, site: Site) -> Iterator[str]:
    """Yield a story's excerpt, unless its text follows and begins with it, and its picture."""
    text = story.body if _in_full(story, site) else ()
    if story.excerpt and not (text and _opens_with(text[0].html, story.excerpt)):
        yield f"<p{_lang(story, site)}>{_text(story.excerpt)}</p>"
    if image := picture(story):
        yield _img(image)


def _text_here(story: Story, site: Site) -> Iterator[str]:
    """Yield what a page of ours holds, or the way there; nothing for a story that is read elsewhere."""
    if not ours(story):
        return
    if story.kind == "incident":
        yield from _facts(story, site)
    if _in_full(story, site):
        yield from ((f"<h3>{_text(each.heading)}</h3>\n" if each.heading else "") + each.html for each in story.body)
    else:
        yield f'<p><a href="{escape(href(story, site))}">The whole text by {_text(author(story, site))}</a></p>'
    if url := _link(story.url):
        yield f'<p><a href="{escape(url)}">The record at {_text(author(story, site))}</a></p>'


def _inexact_date(story: Story, site: Site) -> Iterator[str]:
    """Yield when a story appeared if that is known less exactly than its entry's date says, and not said yet."""
    when = story.published
    if not when or (story.kind == "incident" and ours(story)):  # an incident's facts say it
        return
    if when.estimated or when.precision in ("month", "year"):
        yield f"<p>Published: {day(when, site.zone)}</p>"


def _facts(incident: Story, site: Site) -> Iterator[str]:
    """Yield what an incident record states, as a list; nothing when it states nothing."""
    facts = incident.facts or Facts()
    stated = {
        "Occurred": (day(facts.occurred, site.zone),) if facts.occurred else (),
        "Recorded": (day(incident.published, site.zone),) if incident.published else (),
        "Operator": facts.operators,
        "Developer": facts.developers,
        "Country": facts.countries,
        "Sector": facts.sectors,
        "Purpose": facts.purposes,
        "Technology": facts.technologies,
        "Issue": facts.issues,
        "Transparency": facts.transparency,
    }
    items = [f"<li>{name}: {_text('; '.join(values))}</li>" for name, values in stated.items() if values]
    if items:
        yield "\n".join(["<ul>", *items, "</ul>"])


def _img(image: Image) -> str:
    """Return a picture as HTML: many readers show no other kind of image."""
    sizes = "".join(f' {name}="{size}"' for name, size in (("width", image.width), ("height", image.height)) if size)
    return f'<p><img src="{escape(image.url)}" alt="{escape(image.alt)}"{sizes}></p>'


def _opens_with(markup: str, excerpt: str) -> bool:
    """Tell whether a text begins with its own excerpt, which then need not be said twice."""
    return tidy(plain(printable(markup))).startswith(tidy(excerpt).rstrip("…"))
