"""OPML 2.0: a list of subscriptions, read and written."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frtfeed.parse.opml import parse, unparse
from frtfeed.sources import Source
from frtfeed.urls import slug

NOW = datetime(2024, 3, 13, tzinfo=UTC)


def read(body: str) -> tuple[Source, ...]:
    """Parse what stands in a body, without problems."""
    sources, problems = parse(f"<opml version='2.0'><head/><body>{body}</body></opml>".encode(), path="x.opml")
    assert () == problems
    return sources


def test_folders_become_topics() -> None:
    """A feed's topics are its folders, outermost first, then its categories; a folder without a name is none."""
    (source,) = read(
        "<outline text='Law'><outline><outline title='Courts &amp; cases' text='x'>"
        "<outline type='rss' text='The Paper' xmlUrl='https://paper.example/rss' htmlUrl='https://paper.example/' "
        "category='/Europe,Law, '/></outline></outline></outline>"
    )
    expected = Source(
        key="the-paper", url="https://paper.example/rss", title="The Paper", site_url="https://paper.example/",
        topics=("Law", "Courts & cases", "Europe"),
    )  # fmt: skip
    assert expected == source


def test_one_feed_in_two_folders_is_one_source() -> None:
    """A feed that is filed twice has both topics, and stands where it came first."""
    feed = "<outline type='atom' text='A' xmlUrl='https://a.example/'/>"
    sources = read(f"<outline text='One'>{feed}</outline><outline text='Two'>{feed}</outline>")
    assert [("https://a.example/", ("One", "Two"))] == [(source.url, source.topics) for source in sources]


def test_one_feed_in_two_spellings_is_one_source() -> None:
    """Addresses that differ in the case of the host, or in a feed: before them, are one feed's."""
    written = ["http://a.example/feed", "http://A.example/feed", "feed://a.example/feed", "feed:https://a.example/feed"]
    outlines = "".join(f'<outline text="A" xmlUrl="{url}"/>' for url in written)
    sources, problems = parse(f'<opml version="2.0"><body>{outlines}</body></opml>'.encode(), path="x.opml")
    assert (["http://a.example/feed"], ()) == ([source.url for source in sources], problems)


def test_no_password_is_passed_on() -> None:
    """A list of feeds holds no names and passwords."""
    source = Source(key="a", url="https://me:secret@a.example:8080/feed?x=1", title="A")
    written = unparse([source], title="T", now=NOW).decode()
    assert ('xmlUrl="https://a.example:8080/feed?x=1"' in written, "secret" in written) == (True, False)


def test_keys_are_unique() -> None:
    """Feeds of the same name are numbered; one without a name is called after its host."""
    sources = read(
        "<outline text='News' xmlUrl='https://a.example/'/><outline text='News' xmlUrl='https://b.example/'/>"
        "<outline text='News 2' xmlUrl='https://c.example/'/><outline text='' xmlurl='https://www.d.example/feed'/>"
    )
    assert ["news", "news-2", "news-2-2", "d-example"] == [source.key for source in sources]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "not OPML: an empty answer"),
        (b"<opml><body>", "not OPML: no element found"),
        (b"<rss><body/></rss>", "not OPML: no <body> in <opml>"),
        (b"<opml/>", "not OPML: no <body> in <opml>"),
        (b"<opml>" + b"<outline>" * 40, "not OPML: elements nested more than 30 deep"),
        (b"PK\x03\x04", "not OPML: neither XML nor JSON"),
    ],
)
def test_what_is_no_opml(content: bytes, fault: str) -> None:
    """What is no OPML is one error that says why."""
    sources, (problem,) = parse(content, path="x.opml")
    assert ((), "x.opml", "error") == (sources, problem.path, problem.severity)
    assert problem.fault.startswith(fault)


def test_entities_are_not_resolved() -> None:
    """A DTD of the file's own has no effect."""
    content = (
        b"<!DOCTYPE opml [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><opml><body>"
        b"<outline text='&x;' xmlUrl='https://a.example/'/></body></opml>"
    )
    assert "&x;" == parse(content, path="x.opml")[0][0].title


def test_addresses_that_cannot_be_asked_are_skipped() -> None:
    """A subscription to something else than the web is named and left out; an unknown type is noted."""
    content = (
        b"<opml><body><outline text='Mail' xmlUrl='mailto:x@example.org'/>"
        b"<outline text='A' type='feed' xmlUrl='https://a.example/'/></body></opml>"
    )
    sources, problems = parse(content, path="x.opml")
    assert ["https://a.example/"] == [source.url for source in sources]
    assert [("warning", "mailto:x@example.org"), ("note", "feed")] == [(each.severity, each.value) for each in problems]


def test_what_is_written() -> None:
    """Each source stands once, in the folder of its first topic; words of ours say only what is not plain."""
    written = unparse(
        [
            Source(key="b", url="https://b.example/?a=1&b=2", title="B", topics=("Law", "Europe")),
            Source(key="own", url="https://a.example/", publish="auto", paused=True),
        ],
        title="Feeds\n& more",
        now=NOW,
    )
    assert (
        b'<?xml version="1.0" encoding="utf-8"?>\n<opml version="2.0">\n  <head>\n    <title>Feeds &amp; more</title>\n'
        b"    <dateCreated>13 Mar 2024 00:00:00 GMT</dateCreated>\n  </head>\n  <body>\n"
        b'    <outline text="Law" title="Law">\n'
        b'      <outline type="rss" text="B" title="B" xmlUrl="https://b.example/?a=1&amp;b=2" '
        b'category="Law,Europe" />\n'
        b"    </outline>\n"
        b'    <outline type="rss" text="own" title="own" xmlUrl="https://a.example/" frtfeedPaused="true" '
        b'frtfeedPublish="auto" />\n  </body>\n</opml>\n'
    ) == written


WORDS = st.text("abzé漢字'\"-. 7", min_size=1, max_size=12).map(lambda text: " ".join(text.split()))
TOPICS = st.lists(WORDS.filter(bool), max_size=3, unique=True).map(tuple)
SOURCES = st.lists(
    st.builds(
        Source,
        key=st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8})?", fullmatch=True),
        url=st.integers(0, 10**6).map(lambda n: f"https://host-{n}.example/feed?a=1&b={n}"),
        title=WORDS.filter(slug),
        site_url=st.sampled_from(["", "https://site.example/"]),
        topics=TOPICS,
        publish=st.sampled_from(["", "auto", "review"]),
        paused=st.booleans(),
    ),
    max_size=6,
    unique_by=(lambda source: source.key, lambda source: source.url),
)


@settings(max_examples=40)
@given(SOURCES)
def test_what_was_written_is_read_back(sources: list[Source]) -> None:
    """Sources come back from OPML as they were, folder by folder."""
    found, problems = parse(unparse(sources, title="T", now=NOW), path="x.opml")
    assert () == problems
    assert sorted(sources, key=lambda source: source.key) == sorted(found, key=lambda source: source.key)
