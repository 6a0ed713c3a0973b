"""Atom and RSS, read by other people's parsers; and what feedgen does wrong without us."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from feedgen.feed import FeedGenerator
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from frtfeed import __version__
from frtfeed.model import Group, Provider, Publication
from frtfeed.records import replace
from frtfeed.render import made
from frtfeed.render.entry import EMPTY_SINCE, channel, digest
from frtfeed.render.jsonfeed import render as render_json
from frtfeed.render.syndication import ATOM as IN_ATOM
from frtfeed.render.syndication import RSS as IN_RSS
from frtfeed.render.syndication import Format, render, write_feed

from .atom_rules import violations
from .samples import (
    ARABIC,
    BARE,
    COURIER,
    CROWD,
    GROUPS,
    INCIDENT,
    OWN,
    POLICE,
    RECORD,
    SITE,
    edition,
    feed,
    member,
    moment,
    publication,
)

NAMES = {
    "a": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
}
ATOM = f"{{{NAMES['a']}}}"
DATED = moment("2024-02-20T10:00")


def written(told: Publication | None = None) -> dict[str, bytes]:
    """Return the files by path."""
    return {page.path: page.content for page in made(render(told or publication(), templates={}))}


def atom(*groups: Group) -> Any:
    """Return the root of the main Atom feed of some groups."""
    return etree.fromstring(written(publication(feed=feed(groups)))["atom.xml"])


def rss(*groups: Group) -> Any:
    """Return the channel of the main RSS feed of some groups."""
    return etree.fromstring(written(publication(feed=feed(groups)))["rss.xml"]).find("channel")


def links(element: Any) -> list[tuple[str | None, str | None]]:
    """Return the rel and the address of an Atom element's links, in their order."""
    return [(each.get("rel"), each.get("href")) for each in element.findall("a:link", NAMES)]


# Both formats


def test_every_atom_file_obeys_the_rules() -> None:
    """Nothing that RFC 4287 demands is missing, nothing that a validator warns of is there."""
    files = {path: violations(content) for path, content in written().items() if path.endswith("atom.xml")}
    assert {
        "atom.xml": [],
        "topics/law/atom.xml": [],
        "topics/privacy-rights/atom.xml": [],
        "incidents/atom.xml": [],
        "digest/atom.xml": [],
    } == files


def renamed(each: Group, number: int, title: str, excerpt: str) -> Group:
    """Return a group of another name."""
    return replace(each, id=f"urn:x:{number}", lead=replace(each.lead, title=title, excerpt=excerpt))


@given(st.lists(st.tuples(st.sampled_from(GROUPS), st.text(), st.text()), max_size=5))
def test_a_feed_that_is_joined_is_the_feed_that_is_written_whole(told: list[tuple[Group, str, str]]) -> None:
    """Whatever its entries say: they are written alone, and the bytes are those of the whole feed."""
    groups = tuple(renamed(each, number, *words) for number, (each, *words) in enumerate(told))
    one = edition("2024-W07", "2024-02-12", "2024-02-19", groups or (BARE,))
    given = publication(feed=feed(groups), editions=(one, *publication().editions))
    files = written(given)
    main, editions = channel(given.feed, site=SITE), digest((one, *given.editions[2:]), site=SITE)
    forms: list[tuple[str, Format]] = [("atom.xml", IN_ATOM), ("rss.xml", IN_RSS)]
    for path, form in forms:
        assert write_feed(main, main.entries, form=form, site=SITE) == files[path]
    assert write_feed(editions, editions.entries, form=IN_ATOM, site=SITE) == files["digest/atom.xml"]


def test_an_entry_has_one_id_in_all_formats() -> None:
    """Who changes from RSS to JSON Feed sees no story twice; nothing else than the group gives the id."""
    files = written()
    in_atom = [each.text for each in etree.fromstring(files["atom.xml"]).findall("a:entry/a:id", NAMES)]
    in_rss = [each.text for each in etree.fromstring(files["rss.xml"]).findall("channel/item/guid")]
    (page, *_) = made(render_json(publication(), templates={}))
    in_json = [each["id"] for each in json.loads(page.content)["items"]]
    assert [each.id for each in GROUPS] == in_atom == in_rss == in_json


@pytest.mark.parametrize(("file", "version"), [("atom.xml", "atom10"), ("rss.xml", "rss20")])
def test_somebody_elses_parser_reads_it(file: str, version: str) -> None:
    """feedparser finds what we meant: titles unharmed, links to the stories, dates, authors, topics, content."""
    document = feedparser.parse(written()[file])
    assert (False, version) == (document.bozo, document.version)
    assert "https://frt.example/" == document.feed.link
    assert [each.lead.title for each in GROUPS] == [each.title for each in document.entries]
    assert [
        "https://gazette.example/ban",
        "https://gazette.example/police-trial",
        f"https://frt.example/{INCIDENT.page}",
        "https://frt.example/stories/our-view-the-law-is-late/",
        "https://courier.example/ar/2024/%D9%88%D8%AC%D9%88%D9%87?page=2",
        "https://gazette.example/bare",
    ] == [each.link for each in document.entries]
    assert [
        "The Gazette & Sons",
        "The Gazette & Sons",
        "Incident Records",
        "FRT Desk",
        "Courier",
        "gazette.example",
    ] == [each.author for each in document.entries]
    police = document.entries[1]
    assert (2024, 2, 21, 8, 30) == police.published_parsed[:5]
    assert ["Police", "Privacy & rights"] == [each.label or each.term for each in police.tags]
    assert "<h3>Coverage</h3>" in police.content[0].value
    assert (
        [{"url": "https://img.gazette.example/a.jpg?w=1200&h=800", "width": "1200", "height": "800"}]
    ) == police.media_thumbnail


def test_the_order_of_entries_is_the_feeds() -> None:
    """Rank is ours to decide, not the writer's."""
    for order in (GROUPS, GROUPS[::-1]):
        told = [each.text for each in atom(*order).findall("a:entry/a:id", NAMES)]
        assert [each.id for each in order] == told


def test_folders_in_any_script_have_ascii_addresses() -> None:
    """A feed's self link is the address that people subscribe to."""
    told = written(publication(topics=(feed((BARE,), path="topics/顔/"),)))
    root = etree.fromstring(told["topics/顔/atom.xml"])
    page = "https://frt.example/topics/%E9%A1%94/"
    assert [("alternate", page), ("self", f"{page}atom.xml")] == links(root)


# Atom


def test_the_atom_feed_describes_itself() -> None:
    """Who reads only the head knows what it is, whose, how new, and who wrote it."""
    root = atom(POLICE)
    assert "en-GB" == root.get("{http://www.w3.org/XML/1998/namespace}lang")
    assert [
        ("id", feed().id),
        ("title", "Face Recognition Watch"),
        ("updated", "2024-02-22T23:30:00Z"),
        ("generator", "frtfeed"),
        ("rights", "Excerpts belong to their publishers."),
        ("subtitle", "Who scans whom, ranked; each event told once."),
    ] == [(each.tag.removeprefix(ATOM), each.text) for each in root if each.text and each.text.strip()]
    assert {"version": __version__} == dict(root.find("a:generator", NAMES).attrib)
    assert [("alternate", "https://frt.example/"), ("self", "https://frt.example/atom.xml")] == links(root)
    assert "FRT Desk" == root.findtext("a:author/a:name", namespaces=NAMES)


def test_rights_and_author_are_written_only_if_there_are_any() -> None:
    """A site without an author signs with the feed's title."""
    told = publication(site=replace(SITE, rights="", author=""))
    root = etree.fromstring(written(told)["topics/law/atom.xml"])
    assert root.find("a:rights", NAMES) is None
    assert "Law" == root.findtext("a:author/a:name", namespaces=NAMES)


def test_related_links_name_every_source_once() -> None:
    """The story first, then who else tells it and what happened before, each with its title."""
    entry = atom(POLICE).find("a:entry", NAMES)
    assert [
        ("alternate", "https://gazette.example/police-trial"),
        ("related", "https://courier.example/van"),
        ("related", "https://herald.example/ends"),
        ("related", "https://courier.example/begins"),
        ("related", f"https://frt.example/{INCIDENT.page}"),
    ] == links(entry)
    assert [
        None,
        "Face van parked for good",
        "Trial <over>, says force",
        "Trial begins",
        "Shop scanner misidentifies customers",
    ] == [each.get("title") for each in entry.findall("a:link", NAMES)]


def test_a_source_without_a_title_is_named_by_its_address() -> None:
    """A list of related links shows something for each."""
    told = replace(BARE, coverage=(member("x", " "),))
    (_, related) = atom(told).findall("a:entry/a:link", NAMES)
    assert "https://courier.example/x" == related.get("title")


def test_an_incident_says_where_its_record_was_found() -> None:
    """Our page is the alternate, the record is via."""
    assert [
        ("alternate", f"https://frt.example/{INCIDENT.page}"),
        ("via", "https://records.example/incident/42"),
    ] == links(atom(RECORD).find("a:entry", NAMES))


def test_an_outlets_story_carries_its_source_and_ours_does_not() -> None:
    """Who republishes the feed can tell whose text it is."""
    theirs, own = atom(ARABIC, OWN).findall("a:entry", NAMES)
    source = theirs.find("a:source", NAMES)
    assert [
        ("id", "https://courier.example/"),
        ("title", "Courier"),
        ("updated", "2024-02-18T16:00:00Z"),
        ("link", None),
    ] == [(each.tag.removeprefix(ATOM), each.text) for each in source]
    assert own.find("a:source", NAMES) is None


def test_an_atom_author_has_an_address_if_it_is_known() -> None:
    """The outlet's for its stories, the site's for ours, none for an outlet that is known by its name only."""
    saved = replace(OWN, id=BARE.id, lead=replace(OWN.lead, provider=Provider(name="IT Pro")))
    authors = atom(ARABIC, OWN, saved).findall("a:entry/a:author", NAMES)
    assert [("Courier", "https://courier.example/"), ("FRT Desk", "https://frt.example/"), ("IT Pro", None)] == [
        (each.findtext("a:name", namespaces=NAMES), each.findtext("a:uri", namespaces=NAMES)) for each in authors
    ]


def test_atom_texts_are_plain_and_content_is_html() -> None:
    """Titles come out right in nearly every reader only as plain text, escaped once."""
    content = written(publication(feed=feed((POLICE,))))["atom.xml"].decode()
    assert "<title type=\"text\">Police &amp; &lt;live&gt; scanning: London's 'trial' ends</title>" in content
    assert '<summary type="text">A force &amp; its vendor stop &lt;scanning&gt; faces' in content
    assert '<content type="html">&lt;p&gt;A force &amp;amp; its vendor stop &amp;lt;scanning&amp;gt; faces' in content
    assert '<subtitle type="text">' in content


def test_a_foreign_entry_says_its_language() -> None:
    """Title and summary are Arabic, the list of sources below them is not."""
    entry = atom(ARABIC).find("a:entry", NAMES)
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert ["ar", "ar"] == [entry.find(f"a:{name}", NAMES).get(lang) for name in ("title", "summary")]
    assert None is entry.find("a:content", NAMES).get(lang)
    assert None is entry.get(lang)


def test_topics_are_categories_in_the_storys_order() -> None:
    """The scheme says whose topics they are, the label what to show."""
    (category, *_) = categories = atom(CROWD).findall("a:entry/a:category", NAMES)
    assert {"term": "Law", "scheme": "https://frt.example/topics/", "label": "Law"} == dict(category.attrib)
    assert ["Law", "Privacy & rights"] == [each.get("term") for each in categories]


def test_a_story_without_excerpt_has_no_empty_summary() -> None:
    """An empty element is shown as an empty line."""
    assert None is atom(BARE).find("a:entry/a:summary", NAMES)


def test_the_digest_is_a_feed_of_editions() -> None:
    """A subscriber gets each closed edition once, with a link to its page."""
    root = etree.fromstring(written()["digest/atom.xml"])
    told = publication()
    assert [each.id for each in told.editions[1:]] == [each.text for each in root.findall("a:entry/a:id", NAMES)]
    assert [("alternate", "https://frt.example/digest/2024-W07/")] == links(root.find("a:entry", NAMES))
    assert "2024-02-18T23:00:00Z" == root.findtext("a:updated", namespaces=NAMES)


# RSS


def test_the_rss_channel_describes_itself() -> None:
    """The link is the site's page, the self link this very file, and nothing depends on when it is built."""
    channel = rss(POLICE)
    assert [
        ("title", "Face Recognition Watch"),
        ("link", "https://frt.example/"),
        ("description", "Who scans whom, ranked; each event told once."),
        ("copyright", "Excerpts belong to their publishers."),
        ("docs", "http://www.rssboard.org/rss-specification"),
        ("generator", "frtfeed"),
        ("language", "en-GB"),
        ("lastBuildDate", "Thu, 22 Feb 2024 23:30:00 +0000"),
        ("ttl", "15"),
        (f"{{{NAMES['sy']}}}updatePeriod", "hourly"),
        (f"{{{NAMES['sy']}}}updateFrequency", "4"),
    ] == [(each.tag, each.text) for each in channel if each.text and each.text.strip()]
    (self_link,) = channel.findall("a:link", NAMES)
    assert {
        "href": "https://frt.example/rss.xml",
        "rel": "self",
        "type": "application/rss+xml",
    } == dict(self_link.attrib)


def test_readers_are_told_to_ask_as_often_as_builds_come() -> None:
    """The shipped schedule, the cron line in the README, ttl and the update period name one time."""
    minutes = rss().findtext("ttl")
    root = Path(__file__).parents[2]
    for file in ("README.md", "frtfeed.toml"):
        assert f"*/{minutes} * * * *" in (root / file).read_text(encoding="utf-8"), file
    assert f"`ttl` {minutes}" in (root / "docs/feeds.md").read_text(encoding="utf-8")
    assert "hourly" == rss().findtext("sy:updatePeriod", namespaces=NAMES)
    assert 60 == int(minutes) * int(rss().findtext("sy:updateFrequency", namespaces=NAMES))


def test_an_rss_item_says_summary_before_content() -> None:
    """Validators and readers want the description first, a guid that is no link, an author by name."""
    item = rss(POLICE).find("item")
    assert [
        "title",
        "link",
        "description",
        f"{{{NAMES['content']}}}encoded",
        "guid",
        "category",
        "category",
        "pubDate",
        f"{{{NAMES['dc']}}}creator",
        f"{{{NAMES['media']}}}thumbnail",
    ] == [each.tag for each in item]
    assert "Police & <live> scanning: London's 'trial' ends" == item.findtext("title")
    assert "A force & its vendor stop <scanning> faces in the street." == item.findtext("description")
    assert {"isPermaLink": "false"} == dict(item.find("guid").attrib)
    assert "https://frt.example/topics/" == item.find("category").get("domain")
    assert "Wed, 21 Feb 2024 08:30:00 +0000" == item.findtext("pubDate")
    assert POLICE.lead.published
    assert POLICE.lead.published.at == parsedate_to_datetime(item.findtext("pubDate"))
    assert "The Gazette & Sons" == item.findtext("dc:creator", namespaces=NAMES)


def test_every_prefix_is_declared_once_at_the_root() -> None:
    """Entries carry no declarations: they would double the size of a link."""
    for path, content in written().items():
        assert 1 == content.count(b"xmlns:media="), path
        assert content.count(b"xmlns:dc=") <= 1, path
        assert b"ns0:" not in content, path


# Whatever happens


def test_an_empty_feed_is_valid_and_dated_before_any_story() -> None:
    """Subscribers of a new topic find a feed, the same at each build."""
    root = atom()
    assert [] == violations(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
    assert datetime.fromisoformat(root.findtext("a:updated", namespaces=NAMES)) == EMPTY_SINCE
    assert "Thu, 01 Jan 1970 00:00:00 +0000" == rss().findtext("lastBuildDate")


def test_two_builds_write_the_same_bytes() -> None:
    """No file holds the moment of its writing."""
    assert written() == written()


TEXT = st.text(st.characters(), max_size=20)
ADDRESS = st.one_of(TEXT, TEXT.map("https://{}".format), TEXT.map("http://a.example/{}".format))


@settings(max_examples=60, deadline=None)
@given(title=TEXT, excerpt=TEXT, topic=TEXT, name=TEXT, url=ADDRESS, days=st.integers(-3, 3))
def test_no_story_loses_the_feed(title: str, excerpt: str, topic: str, name: str, url: str, days: int) -> None:
    """Whatever a story's file holds, both formats are well-formed, obey the rules and keep their other entries."""
    provider = replace(COURIER, name=name)
    lead = replace(POLICE.lead, title=title, excerpt=excerpt, topics=(topic,), provider=provider, language=name)
    other = member("x", title, provider=provider)
    odd = replace(other, story=replace(other.story, url=url))
    updated = DATED + timedelta(days=days)
    told = replace(POLICE, lead=lead, coverage=(other, odd), background=(odd,), updated=updated)
    main = feed((told, OWN))
    files = written(publication(feed=main, topics=(), editions=()))
    assert [] == violations(files["atom.xml"])
    guids = [each.text for each in etree.fromstring(files["rss.xml"]).findall("channel/item/guid")]
    assert [told.id, OWN.id] == guids


# What feedgen 1.0.0 does wrong. A failure here is good news: a correction in syndication.py may go.


@pytest.fixture(name="plain")
def plain_generator() -> tuple[Any, Any]:
    """Return a generator without our extensions, and its only entry."""
    generator = FeedGenerator()
    generator.id("urn:uuid:8885d1e1-ea5a-5429-becf-33be9dad83b0")
    generator.title("Feed")
    generator.description("About")
    generator.link(href="https://frt.example/", rel="alternate")
    generator.updated(DATED)
    entry = generator.add_entry()
    entry.id("urn:uuid:1bd7a628-e8ab-5c4e-b400-89b4d9b1e185")
    entry.title("Entry")
    entry.updated(DATED)
    entry.content("<p>x</p>", type="html")
    return generator, entry


def test_feedgen_loses_the_rel_of_an_entrys_links(plain: tuple[Any, Any]) -> None:
    """Every link becomes an alternate, and readers open the wrong story: we write them ourselves."""
    generator, entry = plain
    entry.link(href="https://a.example/", rel="alternate", type="text/html")
    entry.link(href="https://b.example/", rel="related", title="B")
    told = etree.fromstring(generator.atom_str()).find("a:entry", NAMES)
    assert [(None, "https://a.example/"), (None, "https://b.example/")] == links(told)
    assert any("DuplicateAtomLink" in each for each in violations(generator.atom_str()))


def test_feedgen_takes_the_last_link_as_the_channels(plain: tuple[Any, Any]) -> None:
    """Whatever its rel: we name the page last in RSS."""
    generator, _ = plain
    generator.link(href="https://frt.example/rss.xml", rel="self")
    assert "https://frt.example/rss.xml" == etree.fromstring(generator.rss_str()).findtext("channel/link")


def test_feedgen_gives_both_formats_one_self_link(plain: tuple[Any, Any]) -> None:
    """A reader that obeys it moves RSS subscribers to Atom: we use a generator for each."""
    generator, _ = plain
    generator.link(href="https://frt.example/atom.xml", rel="self")
    channel = etree.fromstring(generator.rss_str()).find("channel")
    assert ["https://frt.example/atom.xml"] == [each.get("href") for each in channel.findall("a:link", NAMES)]


def test_feedgen_puts_new_entries_first(plain: tuple[Any, Any]) -> None:
    """We say order="append"."""
    generator, entry = plain
    second = generator.add_entry()
    assert [second, entry] == generator.entry()


def test_feedgen_dates_feeds_and_entries_by_itself() -> None:
    """By the moment of writing, so that each build differs: we set every date."""
    generator = FeedGenerator()
    assert (True, True) == (generator.updated() is not None, generator.add_entry().updated() is not None)


def test_feedgen_writes_offsets(plain: tuple[Any, Any]) -> None:
    """One reader drops them: we rewrite them as Z."""
    assert b"<updated>2024-02-20T10:00:00+00:00</updated>" in plain[0].atom_str()


def test_feedgen_wraps_a_thumbnail_in_a_group(plain: tuple[Any, Any]) -> None:
    """A validator error: we write it into the item."""
    generator, entry = plain
    generator.load_extension("media")
    entry.media.thumbnail(url="https://a.example/a.jpg")
    told = etree.fromstring(generator.atom_str()).find("a:entry", NAMES)
    assert (None, True) == (
        told.find("media:thumbnail", NAMES),
        told.find("media:group/media:thumbnail", NAMES) is not None,
    )


def test_feedgen_misspells_the_update_period(plain: tuple[Any, Any]) -> None:
    """The module's names begin in lower case: we write them."""
    generator, _ = plain
    generator.load_extension("syndication", atom=False)
    generator.syndication.update_period("hourly")
    channel = etree.fromstring(generator.rss_str()).find("channel")
    names = [etree.QName(each).localname for each in channel.iter(f"{{{NAMES['sy']}}}*")]
    assert "UpdatePeriod" in names


def test_feedgen_writes_half_a_source(plain: tuple[Any, Any]) -> None:
    """Without id and updated a validator warns: we write it whole."""
    generator, entry = plain
    entry.source(url="https://a.example/", title="A")
    told = etree.fromstring(generator.atom_str()).find("a:entry/a:source", NAMES)
    assert ["title", "link"] == [each.tag.removeprefix(ATOM) for each in told]


def test_feedgen_names_no_rss_author_without_an_address(plain: tuple[Any, Any]) -> None:
    """Names go into dc:creator, which we write."""
    generator, entry = plain
    entry.author(name="Ann")
    assert b"Ann" not in generator.rss_str()


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda entry: entry.title("a\x00b"), id="a control character"),
        pytest.param(lambda entry: entry.title(""), id="an empty title"),
        pytest.param(lambda entry: entry.updated(DATED.replace(tzinfo=None)), id="a date without a zone"),
    ],
)
def test_feedgen_loses_the_feed_for_one_bad_entry(plain: tuple[Any, Any], spoil: Callable[[Any], object]) -> None:
    """Everything is clean before it gets there."""
    generator, entry = plain
    with pytest.raises(ValueError):  # noqa: PT011  each has words of its own
        (spoil(entry), generator.atom_str())
