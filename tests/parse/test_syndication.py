"""RSS, Atom and JSON Feed, in whatever state: feeds written for these tests lie in tests/parse/feeds."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.model import Problem
from frtfeed.parse import syndication
from frtfeed.parse.feed_xml import defused
from frtfeed.parse.syndication import parse
from frtfeed.sources import FeedDocument, FeedItem

FEEDS = Path(__file__).parent / "feeds"
NOW = datetime(2024, 5, 1, tzinfo=UTC)
URL = "https://feeds.example/their-feed"


def read(body: bytes | str, *, content_type: str = "", short: bool = False, **limits: int) -> FeedDocument:
    """Parse a body, or the file of that name."""
    content = (FEEDS / body).read_bytes() if isinstance(body, str) else body
    return parse(content, content_type=content_type, url=URL, key="source", now=NOW, short=short, **limits)


def one(name: str) -> FeedItem:
    """Return the only item of a file."""
    (item,) = read(name).items
    return item


def faults(document: FeedDocument) -> list[tuple[str, str]]:
    """Return each problem's severity and fault, except for what items come without: most here are short."""
    return [(each.severity, each.fault) for each in document.problems if each not in lacks(document)]


def lacks(document: FeedDocument) -> list[Problem]:
    """Return the notes that count items without a date, a guid or a link."""
    return [
        each for each in document.problems if each.fault.endswith((" without a date", " without a guid", " a link"))
    ]


def at(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text)


def rss(items: str, head: str = "<link>https://s.example/</link>") -> bytes:
    """Write an RSS feed around some items."""
    return f"<rss version='2.0'><channel><title>T</title>{head}{items}</channel></rss>".encode()


def test_rss_0_91() -> None:
    """RSS 0.91 with Netscape's DTD is read; the DTD is not looked at."""
    document = read("rss-0.91.xml")
    assert ("Camera Watch", "http://camera-watch.example/", "en-gb") == (
        document.title,
        document.site_url,
        document.language,
    )
    (item,) = document.items
    assert "Station & square get cameras" == item.title
    assert "http://camera-watch.example/2003/station.html" == item.url == item.guid
    assert [] == faults(document)


def test_rss_0_92() -> None:
    """In RSS 0.92 an item may have nothing but a text, and a source."""
    bare, titled = read("rss-0.92.xml").items
    assert ("", "", "A post of the old kind: no title, a link in its text.") == (bare.title, bare.url, bare.summary)
    assert bare.guid.startswith("sha256:")
    assert ("The Paper", "paper.example", ("City",)) == (titled.provider, titled.provider_domain, titled.categories)


def test_rss_2_0() -> None:
    """Of RSS 2.0 with its usual modules nothing is lost that a story needs."""
    document = read("rss-2.0.xml")
    assert "https://paper.example/technology/rss" == document.self_url
    assert ("en-GB", 45 * 60) == (document.language, document.ttl_s)
    first, second = document.items
    assert "tag:paper.example,2024:7" == first.guid
    assert "Police scan crowds at the Café R&B" == first.title
    assert "https://paper.example/2024/police-scan?utm_source=rss&id=7" == first.url
    assert "A short text. And more." == first.summary
    assert '<a href="https://paper.example/about">a relative link</a>' in first.content_html
    assert ("Jane Doe", "John Roe") == first.authors
    assert first.published is not None
    assert at("2024-03-12T14:30:00Z") == first.published.at
    assert ("https://paper.example/large.jpg", 1200, 720) == (first.image_url, first.image_width, first.image_height)
    assert ("Policing", "Facial recognition") == first.categories
    assert ("The Agency", "agency.example") == (first.provider, first.provider_domain)
    assert "https://paper.example/2024/second" == second.url == second.guid
    assert ("https://paper.example/second.jpg", None) == (second.image_url, second.image_width)
    assert () == document.problems


def test_rss_1_0() -> None:
    """RSS 1.0 brings its dates, names and language in Dublin Core, and its rhythm in a module."""
    document = read("rss-1.0.xml")
    assert ("The Journal", "de", 43200) == (document.title, document.language, document.ttl_s)
    item = document.items[0]
    assert ("http://journal.example/1", ("E. Mustermann",)) == (item.url, item.authors)
    assert item.published is not None
    assert at("2024-03-12T09:00:00Z") == item.published.at


def test_atom_0_3() -> None:
    """Atom 0.3 is read: issued, modified, escaped content."""
    item = one("atom-0.3.xml")
    assert ("tag:carnet.example,2004:1", "http://carnet.example/1", "fr") == (item.guid, item.url, item.language)
    assert ("Un mot.", "<p>Le texte.</p>") == (item.summary, item.content_html)
    assert item.published is not None
    assert item.updated is not None
    assert (at("2004-03-11T09:00:00Z"), at("2004-03-12T10:00:00Z")) == (item.published.at, item.updated.at)


def test_atom_1_0() -> None:
    """Atom's addresses follow xml:base, its titles are text or markup as they say, a day stays a day."""
    document = read("atom-1.0.xml")
    assert ("The Blog", "https://blog.example/", "en") == (document.title, document.site_url, document.language)
    assert "https://blog.example/feed.atom" == document.self_url
    first, second = document.items
    assert ("How the <b> tag works", "https://blog.example/2024/tags.html") == (first.title, first.url)
    assert '<p>See <a href="https://blog.example/2024/more.html">more</a>.</p>' == first.content_html
    assert ("See more.", "nl", ("Ann",), ("HTML",)) == (first.summary, first.language, first.authors, first.categories)
    assert "https://blog.example/pictures/tag.png" == first.image_url
    assert first.published is not None
    assert "day" == first.published.precision
    assert ("Taken over", "Elsewhere", "elsewhere.example") == (second.title, second.provider, second.provider_domain)
    assert second.published is None
    assert second.updated is not None
    assert at("2024-03-10T05:00:00Z") == second.updated.at


def test_json_feed_1_1() -> None:
    """JSON Feed 1.1 is read; what has the wrong type counts as missing."""
    document = read("json-feed-1.1.json")
    assert ("A JSON feed", "https://json.example/", "en-US") == (document.title, document.site_url, document.language)
    assert "https://json.example/feed.json" == document.self_url
    first, second = document.items
    assert ("1", "https://feeds.example/one", "One & <two>", "1 < 2") == (
        first.guid,
        first.url,
        first.title,
        first.summary,
    )
    assert ("<p>Text </p>", ("Policing",), "es", ("Jane",)) == (
        first.content_html, first.categories, first.language, first.authors,
    )  # fmt: skip
    assert "https://json.example/1.jpg" == first.image_url
    assert ("https://else.example/2", "Only <text> & more", ("The desk",)) == (
        second.url,
        second.summary,
        second.authors,
    )


def test_json_feed_1_0() -> None:
    """JSON Feed 1.0 names one author."""
    assert ("Joe",) == one("json-feed-1.0.json").authors


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("encoding-bom.xml", ""),
        ("encoding-utf16.xml", ""),
        ("encoding-utf16-no-mark.xml", ""),
        ("encoding-latin1-declared.xml", ""),
        ("encoding-declared-wrongly.xml", "says utf-8, and is not"),
        ("encoding-says-latin1-is-utf8.xml", "says iso8859-1, and is not"),
        ("encoding-none-cp1252.xml", "names no encoding, and is not UTF-8"),
    ],
)
def test_encodings_as_in_the_wild(name: str, note: str) -> None:
    """Whatever a feed says of its encoding, its text comes out right, and a false word is noted."""
    document = read(name)
    assert ("Señal", "Café “one” – €") == (document.title, document.items[0].title)
    assert ([("note", note)] if note else []) == faults(document)


@pytest.mark.parametrize(("name", "title"), [("encoding-koi8-r.xml", "Лица"), ("encoding-iso-2022-jp.xml", "顔認証")])
def test_other_encodings(name: str, title: str) -> None:
    """An encoding that is declared is used, also one whose bytes would pass as UTF-8."""
    assert title == one(name).title


def test_the_server_may_name_the_encoding() -> None:
    """Where the feed is silent, the Content-Type's charset counts; one that nobody knows does not."""
    body = rss("<item><title>Лица</title></item>").decode().encode("koi8-r")
    assert "Лица" == read(body, content_type="text/xml; charset=KOI8-R").items[0].title
    assert "Лица" != read(body, content_type="text/xml; charset=base64").items[0].title
    assert "Лица" != read(body, content_type="text/xml; charset=x-klingon").items[0].title


def test_json_in_another_encoding() -> None:
    """JSON is UTF-8; where it is not, it is read as cp1252, and that is noted."""
    document = read('{"items": [{"id": "1", "title": "Café"}]}'.encode("cp1252"))
    assert "Café" == document.items[0].title
    assert ("note", "not UTF-8") in faults(document)
    assert "Café" == read('\ufeff{"items": [{"id": "1", "title": "Café"}]}'.encode()).items[0].title


@pytest.mark.parametrize(
    ("content_type", "noted"),
    [
        ("application/rss+xml; charset=utf-8", False),
        ("", False),
        ("text/html", True),
        ("application/octet-stream", True),
    ],
)
def test_a_wrong_content_type(content_type: str, noted: bool) -> None:
    """A feed is read as what it is; that it was sent as something else is noted."""
    document = read(rss("<item><title>A</title></item>"), content_type=content_type)
    assert 1 == len(document.items)
    assert noted == (("note", "sent as something else than a feed") in faults(document))


def test_a_truncated_feed() -> None:
    """Of a feed that breaks off the whole items are kept, the half one is not, and the loss is an error."""
    document = read("damage-truncated.xml")
    assert ["Whole"] == [item.title for item in document.items]
    assert [("error", "breaks off: no element found at line 1")] == faults(document)


def test_damaged_xml() -> None:
    """What is not well-formed is read as far as any parser can, and told."""
    document = read("damage-unclosed.xml")
    assert ["One", "Two"] == [item.title for item in document.items]
    assert [("warning", "not well-formed XML: mismatched tag at line 1")] == faults(document)


def test_sloppy_xml_is_no_damage() -> None:
    """Bare ampersands, HTML's names for characters and control characters are put right without a word."""
    document = read("damage-bare-ampersands.xml")
    (item,) = document.items
    assert ("Fish & chips & ©&bogus;", "https://s.example/?a=1&b=2") == (item.title, item.url)
    assert "A & B é" == item.summary
    assert [] == faults(document)
    assert "Bell rings" == one("damage-controls.xml").title


def test_what_a_server_lets_slip_out() -> None:
    """A notice before the feed, comments and a long licence do not hide it."""
    body = b"Notice: x in y.php\n<?xml version='1.0'?><!-- " + b"<html> licence " * 1000 + b" -->\n<?style x?>"
    assert ["A"] == [item.title for item in read(body + rss("<item><title>A</title></item>")).items]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", "an empty answer"),
        (b" \r\n", "an empty answer"),
        ("\ufeff ".encode(), "an empty answer"),
        (b"<!DOCTYPE html><html><body>Hi</body></html>", "a web page (HTML)"),
        (b"<HTML><p>", "a web page (HTML)"),
        (b"<svg/>", "neither RSS, Atom nor JSON Feed"),
        (b"Hello", "neither XML nor JSON"),
        (b"<?xml version='1.0'?>", "neither XML nor JSON"),
        (b"{", "not JSON: "),
        (b"[1]", "JSON without a list of items"),
        (b'{"items": 1}', "JSON without a list of items"),
        (b"<!DOCTYPE rss [", "a document type declaration too long, or without an end"),
        (b"<rss>" + b"<a>" * 200, "elements nested more than 100 deep"),
        (b'{"items": ' + b"[" * 100_000, "not JSON: "),
    ],
    ids=["nothing", "blank", "only a mark", "page", "old page", "picture", "words", "declaration", "half an object",
         "list", "no list", "endless DTD", "deep", "deep JSON"],
)  # fmt: skip
def test_what_is_no_feed(body: bytes, fault: str) -> None:
    """What is no feed is one error that says what it is, with the address, and no item."""
    (problem,) = read(body).problems
    assert problem.fault.startswith(f"not a feed: {fault}")
    assert ("error", "source", URL) == (problem.severity, problem.path, problem.value)
    assert () == read(body).items


def test_a_web_page_instead_of_a_feed() -> None:
    """A web page is told as one."""
    assert [("error", "not a feed: a web page (HTML)")] == faults(read("trap-html-page.html"))


def test_an_entity_bomb_does_not_go_off() -> None:
    """Entities of a feed's own are not expanded: its billion characters stay three."""
    document = read("trap-entity-bomb.xml")
    assert "&e;" == document.items[0].title
    assert [("warning", "declares entities of its own")] == faults(document)


def test_external_entities_are_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that a DTD points to is opened, neither files nor addresses."""
    opened = []
    watching = True
    names = ("open", "socket.connect", "socket.getaddrinfo", "urllib.Request")
    read("rss-2.0.xml")  # whatever is imported on the way is imported now

    def listen(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event in names:
            opened.append((event, arguments))

    content = (FEEDS / "trap-external-entity.xml").read_bytes()
    sys.addaudithook(listen)
    document = read(content)
    watching = False
    assert [] == opened
    assert ("A &x; B", "&x;") == (document.items[0].title, document.items[0].summary)
    assert [("warning", "declares entities of its own")] == faults(document)


def test_a_dtd_does_not_hide_behind_a_comment() -> None:
    """A DTD is found wherever XML allows it."""
    body = b"<!-- <rss> --><!DOCTYPE rss [<!ENTITY a 'boo'>]><!-- x -->" + rss("<item><title>&a;!</title></item>")
    assert "&a;!" == read(body).items[0].title


def test_nothing_executable_survives() -> None:
    """Scripts, handlers and links that run are gone from every field, entity-encoded ones too."""
    document = read("trap-markup.xml")
    item = document.items[0]
    assert ("Loud", "") == (document.title, document.site_url)
    assert ("Title", "", "link") == (item.title, item.url, item.summary)
    assert (("Eve",), ("Cat",), "Src", "", "") == (
        item.authors, item.categories, item.provider, item.provider_domain, item.image_url,
    )  # fmt: skip
    assert '<p>Text a b\n<a href="https://s.example/ok">c</a> \n</p>' == item.content_html
    assert ("warning", "not an http or https address") in faults(document)


@given(st.text(alphabet=st.sampled_from("<>&;\"'/=#:! abjvscriptonxyz106\n]["), max_size=120))
def test_no_content_runs(markup: str) -> None:
    """Whatever an item's text is, no script, no handler and no address of another scheme comes out."""
    body = rss(
        f"<item><title>T</title><description>{markup.replace('&', '&amp;').replace('<', '&lt;')}</description></item>"
    )
    for item in read(body).items:
        lowered = item.content_html.lower()
        assert "<script" not in lowered
        assert " on" not in "".join(part.partition(">")[0] for part in lowered.split("<")[1:])
        assert 'href="javascript' not in lowered


@given(st.binary(max_size=400))
def test_no_bytes_break_it(body: bytes) -> None:
    """Whatever bytes come, there is an answer: items, or a problem that says why not."""
    document = read(body)
    assert document.items or document.problems


@given(st.data())
def test_no_damage_breaks_it(data: st.DataObject) -> None:
    """A feed with a piece cut out, doubled or overwritten is answered, and the same each time."""
    name = data.draw(
        st.sampled_from(["rss-2.0.xml", "atom-1.0.xml", "rss-1.0.xml", "json-feed-1.1.json", "trap-markup.xml"])
    )
    content = (FEEDS / name).read_bytes()
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(content)), st.integers(0, len(content)))))
    put = data.draw(
        st.sampled_from([b"", content[start:end] * 2, b"\xff\x00", b"<", b"]]>", b"&#0;", b"<!DOCTYPE x ["])
    )
    damaged = content[:start] + put + content[end:]
    assert read(damaged) == read(damaged)


def test_odd_items() -> None:
    """Items without guid, link, title or date are kept as far as they tell anything, and what is odd is told."""
    document = read("items-odd.xml")
    by_title = {item.title: item for item in document.items}
    assert "https://odd.example/2" == by_title["Same guid, other story"].guid
    assert "Same again" not in by_title
    assert by_title["No guid"].guid == by_title["No guid"].url == "https://odd.example/3"
    assert by_title["No guid and no link"].guid.startswith("sha256:")
    assert "No title" == by_title[""].summary
    future = by_title["From the future"].published
    assert future is not None
    assert 2094 == future.at.year
    assert by_title["No date at all"].published is None
    assert by_title["Time only"].published is None
    day = by_title["Day only"].published
    assert day is not None
    assert "day" == day.precision
    assert by_title["A zone of its own"].published is not None
    assert "../../etc/passwd" in by_title
    assert [
        ("note", "an item without a title"),
        ("warning", "an item without title, link and text"),
        ("note", "dated in the future"),
        ("note", "not a date"),
        ("note", "not a date"),
        ("note", "the same guid twice"),
        ("note", "the same guid twice"),
    ] == faults(document)
    assert {problem.path for problem in document.problems} == {"source"}


def test_guids_are_unique() -> None:
    """However guids and links repeat, no two items of a document share one."""
    rows = ["<item><guid>a</guid><link>https://s.example/1</link><title>x</title></item>",
            "<item><link>https://s.example/1</link><title>x</title></item>",
            "<item><guid>a</guid><link>https://s.example/2</link></item>",
            "<item><guid>a</guid><link>https://s.example/2</link></item>",
            "<item><guid>a</guid><title>y</title></item>"]  # fmt: skip
    assert ["a", "https://s.example/1", "https://s.example/2"] == [item.guid for item in read(rss("".join(rows))).items]


def test_ten_thousand_items() -> None:
    """Of a feed with more items than the limit the first ones are read, and the rest is told."""
    body = rss("".join(f"<item><guid>{n}</guid><title>T{n}</title></item>" for n in range(10_000)))
    document = read(body)
    assert [str(n) for n in range(1000)] == [item.guid for item in document.items]
    assert [("warning", "10,000 items")] == faults(document)
    assert 3 == len(read(body, max_items=3).items)
    rows = b",".join(b'{"id": %d, "title": "T"}' % n for n in range(5))
    short = read(b'{"items": [' + rows + b"]}", max_items=2)
    assert (2, [("warning", "5 items")]) == (len(short.items), faults(short))


@pytest.mark.parametrize(
    "body",
    [
        b"<RSS version='2.0'><CHANNEL><TITLE>T</TITLE><ITEM><TITLE>A</TITLE><LINK>/1</LINK></ITEM></CHANNEL></RSS>",
        b"<rss version='2.0'><item><title>A</title><link>/1</link></item></rss>",
        b"<feed version='1.0'><title>T</title><entry><title>A</title><link href='/1'/></entry></feed>",
        b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://my.netscape.com/rdf/simple/0.9/'>"
        b"<channel><title>T</title></channel><item><title>A</title><link>/1</link></item></rdf:RDF>",
    ],
    ids=["upper case", "no channel", "no namespace", "RSS 0.90"],
)
def test_feedparser_is_asked_where_fastfeedparser_gives_up(body: bytes) -> None:
    """What fastfeedparser raises on, or finds nothing in, feedparser may read."""
    (item,) = read(body).items
    assert ("A", "https://feeds.example/1") == (item.title, item.url)


def test_feedparser_reads_all_that_a_story_needs() -> None:
    """The patient parser gives dates, names, pictures and sources, too."""
    body = (
        b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
        b"xmlns='http://my.netscape.com/rdf/simple/0.9/' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>T</title><link>https://s.example/</link></channel>"
        b"<item><title>A</title><link>1</link><dc:date>2024-03-12T10:00:00Z</dc:date><dc:creator>Jane</dc:creator>"
        b"<dc:subject>City</dc:subject><description>&lt;p&gt;Text&lt;/p&gt;</description></item></rdf:RDF>"
    )
    (item,) = read(body).items
    assert ("https://s.example/1", ("Jane",), ("City",), "Text") == (
        item.url,
        item.authors,
        item.categories,
        item.summary,
    )
    assert item.published is not None
    assert at("2024-03-12T10:00:00Z") == item.published.at


def test_a_parser_that_stumbles_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where either parser raises something that it does not document, the other is asked, or the feed is given up."""
    import fastfeedparser
    import feedparser

    def stumble(*_: object, **__: object) -> object:
        raise KeyError("odd")

    body = rss("<item><title>A</title></item>")
    monkeypatch.setattr(fastfeedparser, "parse", stumble)
    assert ["A"] == [item.title for item in read(body).items]
    monkeypatch.setattr(feedparser, "parse", stumble)
    assert [("error", "not a feed: no parser can read it: 'odd'")] == faults(read(body))
    monkeypatch.setattr(syndication, "SLOW_CHARACTERS", 10)
    assert [("error", "not a feed: too damaged for its size")] == faults(read(body))


def test_a_feed_without_items() -> None:
    """A feed that has nothing to tell yet is fine."""
    document = read(rss(""))
    assert ("T", (), ()) == (document.title, document.items, document.problems)


@pytest.mark.parametrize(
    ("head", "seconds"),
    [
        ("<ttl>60</ttl>", 3600),
        ("<ttl>1e9</ttl>", None),
        ("<ttl>999999999999</ttl>", None),
        ("<ttl/>", None),
        ("<sy:updatePeriod> Hourly </sy:updatePeriod>", 3600),
        ("<sy:updatePeriod>weekly</sy:updatePeriod><sy:updateFrequency>7</sy:updateFrequency>", 86400),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 86400),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>x</sy:updateFrequency>", None),
        ("<sy:updatePeriod>never</sy:updatePeriod>", None),
    ],
)
def test_how_long_a_feed_wants_to_be_left_alone(head: str, seconds: int | None) -> None:
    """RSS's ttl, or the syndication module's rhythm, in seconds; nonsense counts as nothing."""
    module = b"xmlns:sy='http://purl.org/rss/1.0/modules/syndication/' "
    assert seconds == read(rss("", head).replace(b"<rss ", b"<rss " + module)).ttl_s


@pytest.mark.parametrize(
    ("media", "image"),
    [
        ("<enclosure url='/a.jpg' type='image/jpeg'/>", "https://s.example/a.jpg"),
        ("<enclosure url='/a.mp3' type='audio/mpeg'/>", ""),
        ("<enclosure url='/a.png?x=1'/>", "https://s.example/a.png?x=1"),
        ("<enclosure url='/a.pdf'/>", ""),
        ("<media:thumbnail url='/t'/>", "https://s.example/t"),
        ("<media:content url='/v' medium='video' width='900'/><media:thumbnail url='/t' width='80'/>", "https://s.example/t"),
        ("<media:content url='data:x' type='image/png' width='9'/>", ""),
        ("<media:content url='/a' medium='image' width='99999999'/><media:content url='/b' medium='image' width='5'/>",
         "https://s.example/b"),
    ],
)  # fmt: skip
def test_the_picture(media: str, image: str) -> None:
    """An item's picture is the widest among what the feed says is a picture."""
    body = rss(f"<item><title>A</title>{media}</item>").replace(
        b"<rss ", b"<rss xmlns:media='http://search.yahoo.com/mrss/' "
    )
    assert image == read(body).items[0].image_url


def test_long_texts_are_bounded() -> None:
    """A title, a summary, a guid or a content of unreasonable length is cut, replaced or left out."""
    body = rss(
        f"<item><title>{'t ' * 9000}</title><guid>{'g' * 9000}</guid><description>{'d ' * 200_000}</description></item>"
    )
    (item,) = read(body).items
    assert len(item.title) <= 500
    assert len(item.summary) <= 2000
    assert item.guid.startswith("sha256:")
    assert "" == item.content_html


def test_an_address_that_cannot_be_resolved_is_dropped() -> None:
    """Brackets that are no IPv6 address do not stop anything."""
    body = rss("<item xml:base='http://[x'><title>A</title><link>http://[::1</link><comments>c</comments></item>")
    assert ["A"] == [item.title for item in read(body).items]


def test_a_base_that_is_none() -> None:
    """Where xml:base makes no sense, the text is kept, its relative links lead nowhere."""
    body = (
        b"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://a.ex&gt;ample/'><title>T</title><entry><title>A</title>"
        b"<content type='html'>&lt;a href='/x'&gt;link&lt;/a&gt;, text</content></entry></feed>"
    )
    assert "link, text" == read(body).items[0].content_html


def test_problems_are_values() -> None:
    """A problem names the source, the fault, the value and the next step."""
    problem = read(rss("<item><title>A</title><link>ftp://s.example/x</link></item>")).problems[0]
    expected = Problem(
        path="source", fault="not an http or https address", value="ftp://s.example/x", remedy="The link is dropped.",
        field="item 1", severity="warning",
    )  # fmt: skip
    assert expected == problem


def test_items_beyond_the_limit_are_cut_out_before_any_parser() -> None:
    """What follows the items of a feed still counts when their number goes beyond the limit."""
    rows = "<item><guid>1</guid><title>T</title><description><![CDATA[<item>]]></description></item><!-- <item> -->"
    document = read(rss(rows + "<item><guid>2</guid></item><item/><ttl>60</ttl>"), max_items=1)
    assert (["1"], 3600) == ([item.guid for item in document.items], document.ttl_s)
    assert [("warning", "3 items")] == faults(document)
    assert [] == faults(read(rss(rows), max_items=1))


@pytest.mark.parametrize("end", ["/>", " ", "<"])
@pytest.mark.parametrize("name", ["a", "xmlns:a"])
def test_an_element_with_a_thousand_attributes(name: str, end: str) -> None:
    """Attributes that parsers compare with each other for minutes are refused in no time, ended or not."""
    many = " ".join(f"{name}{n} = '{n}'" for n in range(100_000))
    before = time.process_time()
    document = read(rss(f"<item><guid>1</guid><x {many}{end}</item>"))
    assert time.process_time() - before < 2
    assert [("error", "not a feed: an element with more than 200 attributes")] == faults(document)
    few = " ".join(f"{name}{n}='{n}'" for n in range(1, 200))
    assert 1 == len(read(rss(f"<item><guid>1</guid><title>T</title><x {few}/></item>")).items)


def test_a_content_that_grows() -> None:
    """A content that is longer than allowed once it is clean is left out, as one that came so."""
    long = f"<c:encoded xmlns:c='http://purl.org/rss/1.0/modules/content/'>{'&amp;' * 60_000}</c:encoded>"
    (item,) = read(rss(f"<item><guid>1</guid><description>S</description>{long}</item>")).items
    assert ("", "S") == (item.content_html, item.summary)


@pytest.mark.parametrize("quote", ['"', "'"], ids=["double", "single"])
@pytest.mark.parametrize(
    "before",
    [
        "<!-- <q a={} -->",
        "<y><![CDATA[<q a={}]]></y>",
        "<?p <q a={} ?>",
        "<!-- <q a={} --><?p <q a={} ?>",
    ],
    ids=["comment", "CDATA", "instruction", "two"],
)
def test_nothing_hides_attributes(before: str, quote: str) -> None:
    """A quote that a comment, a CDATA section or an instruction leaves open hides no element after it."""
    many = " ".join(f"a{n}={quote}1{quote}" for n in range(20_000))
    document = read(rss(f"<item><guid>1</guid><title>T</title>{before.replace('{}', quote)}<x {many}/></item>"))
    assert [("error", "not a feed: an element with more than 200 attributes")] == faults(document)


@pytest.mark.parametrize("begin", ["<!-- ", "<![CDATA[", "<?p "])
def test_what_never_ends_hides_no_attributes(begin: str) -> None:
    """Attributes are counted also behind what has no end, and a million such begins are looked through once."""
    many = " ".join(f"a{n}='1'" for n in range(201))
    before = time.process_time()
    document = read(rss(f"<item><guid>1</guid><title>T</title>{begin * 200_000}<x {many}/></item>"))
    assert time.process_time() - before < 2
    assert [("error", "not a feed: an element with more than 200 attributes")] == faults(document)


@pytest.mark.parametrize(
    "shell", ["<![CDATA[{}]]>", "<!-- {} -->", "<?p {} ?>"], ids=["CDATA", "comment", "instruction"]
)
@pytest.mark.parametrize("quote", ['"', "'"], ids=["double", "single"])
def test_what_only_looks_like_attributes(shell: str, quote: str) -> None:
    """A story that shows code with many names and values is no element with many attributes."""
    code = "<pre>a <b " + " ".join(f"name={quote}{n}{quote}" for n in range(300)) + "</pre>"
    document = read(rss(f"<item><title>T</title><description>{shell.format(code)}</description></item>"))
    assert (["T"], []) == ([item.title for item in document.items], faults(document))


@pytest.mark.parametrize(
    "inner",
    ["<x:item xmlns:x='u'>a</x:item>", "<item xmlns='u'>a</item><item xmlns='u'>b</item>", "<x:entry xmlns:x='u'/>"],
    ids=["prefix", "same name", "empty"],
)
def test_an_element_within_an_item_is_no_item(inner: str) -> None:
    """Elements that are called as items are, but lie within one, do not count to the limit."""
    rows = "".join(f"<item><guid>{n}</guid><title>T{n}</title>{inner}</item>" for n in range(6))
    whole = read(rss(rows), max_items=6)
    assert ([str(n) for n in range(6)], []) == ([item.guid for item in whole.items], faults(whole))
    cut = read(rss(rows + "<ttl>60</ttl>"), max_items=4)
    assert (["0", "1", "2", "3"], 3600) == ([item.guid for item in cut.items], cut.ttl_s)
    assert [("warning", "6 items")] == faults(cut)


@pytest.mark.parametrize("before", ["<item>", "<x:item xmlns:x='u'>", "<?p <x:item> ?>"])
def test_one_strange_item_does_not_lift_the_limit(before: str) -> None:
    """Items that follow one without an end are cut out, too, once they are too many to lie within it."""
    rows = "".join(f"<item><guid>{n}</guid><title>T</title></item>" for n in range(300))
    text = defused(rss(before + rows), content_type="", max_depth=100, max_items=10)
    assert text.left_out > 200
    assert text.text.count("<guid>") < 60


def test_what_is_cut_out_is_always_told() -> None:
    """Where parsers take fewer items than there are begins, what was cut out is told all the same."""
    strange = "<x:item xmlns:x='u'>a</x:item>" * 2
    document = read(
        rss(strange + "".join(f"<item><guid>{n}</guid><title>T</title></item>" for n in range(3))), max_items=4
    )
    assert ["0", "1"] == [item.guid for item in document.items]
    told = [problem for problem in document.problems if problem.severity == "warning"]
    assert [("3 items", "The first 2 are read. Raise max_items in [fetch] for more.")] == [
        (problem.fault, problem.remedy) for problem in told
    ]


def test_what_items_come_without_is_told_once() -> None:
    """Items without a date, a guid or a link are counted, a note for each kind; whole items are no note."""
    date = "<pubDate>Tue, 12 Mar 2024 10:00:00 GMT</pubDate>"
    whole = f"<item><guid>https://s.example/1</guid><title>A</title>{date}</item>"
    assert () == read(rss(whole)).problems
    document = read(rss(whole + "<item><title>B</title></item><item><title>C</title></item>"))
    assert ["2 items without a date", "2 items without a guid", "2 items without a link"] == [
        problem.fault for problem in document.problems
    ]
    assert {("note", "", "")} == {(problem.severity, problem.field, problem.value) for problem in document.problems}
    linked = read(rss(f"<item><title>D</title><link>https://s.example/2</link>{date}</item>"))
    assert ["1 item without a guid"] == [problem.fault for problem in linked.problems]
    bare = read(rss("<item><title>D</title><link>https://s.example/2</link></item>"))
    assert ["1 item without a date", "1 item without a guid"] == [problem.fault for problem in bare.problems]
    entry = (
        b"<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><title>A</title><id>u:1</id></entry></feed>"
    )
    assert ["1 item without a date", "1 item without a link"] == [problem.fault for problem in read(entry).problems]
    row = b'{"items": [{"title": "T", "url": "https://s.example/3"}]}'
    assert ["1 item without a date", "1 item without a guid"] == [problem.fault for problem in read(row).problems]


def test_a_whole_feed_that_was_to_be_longer() -> None:
    """A feed that is whole though its server announced more is read, with a note; one that breaks off is an error."""
    whole = rss("<item><guid>1</guid><title>T</title></item>")
    document = read(whole, short=True)
    assert (1, [("note", "shorter than its Content-Length")]) == (len(document.items), faults(document))
    assert ["error"] == [severity for severity, _ in faults(read(whole[:-9], short=True))]
    assert [] == faults(read(whole))
