"""A story as a file, and the file's change when its source changes."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed import markup, text, urls
from frtfeed.model import Document, Facts, Image, Provider, Section, Story, When
from frtfeed.parse import parse
from frtfeed.parse.story_file import fields_of, publish, revise, unparse
from frtfeed.records import replace

LONDON = ZoneInfo("Europe/London")


def parsed(written: str) -> Story:
    """Read a file back, without a problem."""
    found = parse(Document(path="inbox/a.md", content=written.encode()), zone=LONDON)
    assert () == found.problems
    return found.stories[0]


def is_read_as_it_is(line: str) -> bool:
    return bool(line) and line == text.one_line(text.repair(line)[0]) and any(char.isalnum() for char in line)


PROSE = st.text(max_size=80).map(text.one_line).filter(is_read_as_it_is)
NASTY = st.sampled_from(
    [
        'a "quoted" title',
        "Vec<T> & co",
        "&amp;",
        "no",
        "2024",
        "10:00",
        "# not a comment",
        "- a: b",
        "---",
        "{x}",
        "\\n",
    ]
)
LINES = PROSE | NASTY
ADDRESSES = st.sampled_from(["https://a.example/1", "https://a.example/2?x=%22y%22#z", "http://b.example/ü"])
PICTURES = st.builds(
    Image,
    url=ADDRESSES,
    width=st.none() | st.integers(1, 9999),
    height=st.none() | st.integers(1, 9999),
    alt=st.just("") | LINES,
)
INSTANTS = st.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def unique(names: list[str]) -> tuple[str, ...]:
    return tuple({text.fold(name): name for name in reversed(names)}.values())[::-1]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Any story that a file can hold, in its normal form."""
    url = urls.printed(draw(ADDRESSES))
    identity = urls.canonical(url)
    at = draw(INSTANTS)
    hidden, stated, auto = draw(
        st.sampled_from([(True, True, False), (False, True, False), (False, False, True), (False, False, False)])
    )
    heat, covered = draw(st.sampled_from([(None, False), (None, True), (77, False)]))
    facts = draw(st.none() | st.builds(Facts, occurred=st.just(When(at=at)), operators=st.just(("A & B",))))
    images = draw(st.lists(PICTURES, max_size=2, unique_by=lambda image: image.url))
    return Story(
        id=draw(st.sampled_from([urls.story_id(identity), "tag:a.example,2024:1"])),
        title=draw(LINES),
        names=(identity,),
        url=url,
        kind="incident" if facts else draw(st.sampled_from(["article", "video"])),  # type: ignore[arg-type]
        category=draw(st.just("") | LINES),
        excerpt=draw(LINES),
        published=When(at=at),
        updated=draw(st.none() | st.just(at)),
        provider=Provider(name=draw(LINES), domain="a.example", images=tuple(images)),
        topics=unique(draw(st.lists(LINES, min_size=1, max_size=3))),
        images=tuple(images),
        language=draw(st.sampled_from(["", "en", "pt-BR"])),
        quality=draw(st.none() | st.integers(0, 1000)),
        heat=heat,
        covered=covered,
        hidden=hidden,
        stated=stated,
        auto=auto,
        group=draw(st.just("") | LINES),
        solo=draw(st.booleans()),
        pin=draw(st.booleans()),
        lead=draw(st.booleans()),
        body=draw(st.sampled_from([(), (Section(html="<p>One.</p>\n<ul>\n<li>Two &amp; three</li>\n</ul>"),)])),
        facts=facts,
        path="inbox/a.md",
        extra=draw(st.sampled_from([(), (("author name", "Ann"),)])),
    )


@given(stories())
def test_a_file_means_the_story(story: Story) -> None:
    """What is written is read back as the same story, whatever stands in its fields."""
    assert story == parsed(unparse(story, zone=LONDON))


@given(LINES, LINES)
def test_what_was_written_is_what_stands_there(title: str, other: str) -> None:
    """A change of the source reaches a file that nobody has touched, and the file then means the new story."""
    old, new = (fields_of(replace(STORY, title=each), zone=LONDON) for each in (title, other))
    changed = revise(unparse(replace(STORY, title=title), zone=LONDON), written=old, found=new)
    assert unparse(replace(STORY, title=other), zone=LONDON) == changed.text
    assert () == changed.kept


STORY = Story(
    id=urls.story_id("https://a.example/1"),
    title="Police scan faces",
    names=("https://a.example/1",),
    url="https://a.example/1",
    excerpt="At the station.",
    published=When(at=datetime(2024, 7, 1, 12, tzinfo=UTC)),
    provider=Provider(name="The Watch", domain="a.example"),
    topics=("Policing",),
    hidden=True,
    stated=True,
    path="inbox/a.md",
)
WRITTEN = fields_of(STORY, zone=LONDON)
FILE = unparse(STORY, zone=LONDON)


def test_how_a_file_looks() -> None:
    """A file is plain front matter, with every text in quotes."""
    assert (
        '---\ntitle: "Police scan faces"\nexcerpt: "At the station."\npublishedDateTime: 2024-07-01T12:00:00Z\n'
        'webUrl: "https://a.example/1"\npublished: false\nprovider:\n  name: "The Watch"\n  domain: "a.example"\n'
        'topics:\n  - "Policing"\n---\n'
    ) == FILE


@pytest.mark.parametrize(
    ("precision", "written"),
    [("day", "2024-07-01"), ("month", "2024-07"), ("year", "2024"), ("time", "2024-06-30T23:00:00Z")],
)
def test_a_date_stays_as_exact_as_it_is(precision: str, written: str) -> None:
    """A day, a month and a year are written as they are in the site's zone."""
    when = When(at=datetime(2024, 6, 30, 23, tzinfo=UTC), precision=precision)  # type: ignore[arg-type]
    assert written == fields_of(replace(STORY, published=when), zone=LONDON)["publishedDateTime"]


def test_what_a_story_lacks_is_not_written() -> None:
    """A story without address, provider and date has no such fields; its text is one block without blank lines."""
    bare = replace(
        STORY,
        url="",
        provider=None,
        published=None,
        topics=(),
        body=(Section(heading="A < B", html="<p>One.</p>\n\n<p>Two.</p>"), Section(html="<p>Three.</p>")),
    )
    fields = fields_of(bare, zone=LONDON)
    assert {"title", "excerpt", "published", "body"} == set(fields)
    assert "<div>\n<h3>A &lt; B</h3>\n<p>One.</p>\n<p>Two.</p>\n<p>Three.</p>\n</div>" == fields["body"]
    assert {"name": "A"} == fields_of(replace(STORY, provider=Provider(name="A")), zone=LONDON)["provider"]


def changed(file: str, *, written: object = None, **fields: object) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Change fields at the source; return the file, what changed and what was kept."""
    base = WRITTEN if written is None else written
    done = revise(file, written=base, found={**WRITTEN, **fields})  # type: ignore[arg-type,dict-item]
    return done.text, done.changed, done.kept


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param('excerpt: "At the station."', 'excerpt: "New."', id="a text"),
        pytest.param('excerpt: "At the station."  # checked', 'excerpt: "New."  # checked', id="beside a comment"),
        pytest.param("excerpt: 'At the station.'", 'excerpt: "New."', id="in other quotes"),
        pytest.param("excerpt: At the station.", 'excerpt: "New."', id="without quotes"),
        pytest.param("excerpt: |-\n  At the station.", 'excerpt: "New."', id="as a block"),
        pytest.param('excerpt: "At the\n  station."', 'excerpt: "New."', id="over two lines"),
    ],
)
def test_an_untouched_field_follows_its_source(before: str, after: str) -> None:
    """A field that still means what we wrote follows the source, however it is spelled; nothing around it changes."""
    file = FILE.replace('excerpt: "At the station."', before)
    assert before in file
    expected = FILE.replace('excerpt: "At the station."', after)
    assert (expected, ("excerpt",), ()) == changed(file, excerpt="New.")


@pytest.mark.parametrize(
    "hand",
    [
        pytest.param('excerpt: "Mine."', id="other words"),
        pytest.param("excerpt:", id="emptied"),
        pytest.param("# no excerpt", id="taken out"),
        pytest.param('Excerpt: "At the station."', id="another spelling"),
        pytest.param("excerpt: [At the station.]", id="another shape"),
    ],
)
def test_an_edited_field_is_never_overwritten(hand: str) -> None:
    """What an editor wrote, emptied or took out stays; the other fields follow."""
    file = FILE.replace('excerpt: "At the station."', hand)
    expected = file.replace("Police scan faces", "New title")
    assert (expected, ("title",), ("excerpt",)) == changed(file, excerpt="New.", title="New title")


def test_lists_and_fields_within_fields_follow() -> None:
    """Topics and provider are written anew as a whole, with the comments above the next field left where they are."""
    file = FILE.replace("topics:", "\n# what it is about\ntopics:")
    after, done, kept = changed(file, topics=["Rail"], provider={"name": "W"})
    expected = file.replace('  - "Policing"', '  - "Rail"').replace(
        '  name: "The Watch"\n  domain: "a.example"', '  name: "W"'
    )
    assert (expected, {"topics", "provider"}, ()) == (after, set(done), kept)


def test_a_list_with_a_comment_is_the_editors() -> None:
    """A list is not written anew when that would lose a comment in it."""
    file = FILE.replace('  - "Policing"', '  - "Policing"  # the main one')
    assert (file, (), ("topics",)) == changed(file, topics=["Rail"])


def test_what_the_source_adds_comes_last() -> None:
    """A field that the source did not give before is added below the others; one that an editor added stays."""
    assert (FILE.replace("\n---\n", "\nlanguage: en\n---\n"), ("language",), ()) == changed(FILE, language="en")
    own = FILE.replace("\n---\n", "\nlanguage: de\n---\n")
    assert (own, (), ("language",)) == changed(own, language="en")


def test_what_the_source_takes_back_stays() -> None:
    """A field that the source no longer gives stays in the file."""
    fewer = {name: value for name, value in WRITTEN.items() if name != "excerpt"}
    assert FILE == revise(FILE, written=WRITTEN, found=fewer).text


def test_publishing_is_the_editors() -> None:
    """Whether a story is seen is never changed by its source."""
    assert (FILE, (), ()) == changed(FILE, published="auto")


MOVED = {"webUrl": "https://a.example/moved", "id": STORY.id, "originalUrl": STORY.url}


def test_an_address_is_changed_with_its_id() -> None:
    """Another address comes with the id of before, so that it is the same story to readers."""
    after, done, kept = changed(FILE, **MOVED)
    assert (set(MOVED), ()) == (set(done), kept)
    assert (STORY.id, "https://a.example/moved") == ((story := parsed(after)).id, story.url)
    own = FILE.replace("published:", 'id: "tag:a.example,2024:1"\npublished:')
    assert "tag:a.example,2024:1" == parsed(changed(own, **MOVED)[0]).id


@pytest.mark.parametrize(
    "file",
    [
        FILE.replace("https://a.example/1", "https://a.example/mine"),
        "---\n{" + f'title: A, webUrl: "{STORY.url}"' + "}\n---\n",
    ],
    ids=["another address of the editor's", "no line to add the id in"],
)
def test_an_address_that_stays_gets_no_id(file: str) -> None:
    """Where the address cannot be changed, or not together with its id, nothing is."""
    assert (file, ()) == changed(file, **MOVED)[:2]
    assert "webUrl" in changed(file, **MOVED)[2]


def test_agreement_is_no_edit() -> None:
    """Where file and source say the same there is nothing to do, whatever was written last."""
    file = FILE.replace("At the station.", "New.")
    assert (file, (), ()) == changed(file, excerpt="New.")


def test_an_editors_text_stays_byte_for_byte() -> None:
    """Comments, unknown keys, line ends, a byte order mark and an editor's own text survive a change."""
    file = (
        "\ufeff"
        + FILE.replace("webUrl", "# ours\nfeatured: true\nwebUrl").replace("\n", "\r\n")
        + "My *own* words.\r\n"
    )
    after, done, kept = changed(file, title="New title", topics=["A", "B"], language="en")
    expected = (
        file.replace("Police scan faces", "New title")
        .replace('  - "Policing"\r\n', '  - "A"\r\n  - "B"\r\n')
        .replace("\r\n---\r\nMy", "\r\nlanguage: en\r\n---\r\nMy")
    )
    assert (expected, ()) == (after, kept)
    assert {"title", "topics", "language"} == set(done)


def test_a_text_of_our_own_follows_too() -> None:
    """The text of a story without an address follows its source until an editor writes in it."""
    written = {**WRITTEN, "body": "<div>\n<p>Old.</p>\n</div>"}
    file = f"{FILE}{written['body']}\n"
    new = "<div>\n<p>New.</p>\n</div>"
    assert (f"{FILE}{new}\n", ("body",), ()) == changed(file, written=written, body=new)
    edited = file.replace("Old.", "Mine.")
    assert (edited, (), ("body",)) == changed(edited, written=written, body=new)
    assert (f"{FILE}{new}\n", ("body",), ()) == changed(FILE, body=new)
    own = f"{FILE}My words.\n"
    assert (own, (), ("body",)) == changed(own, body=new)


@pytest.mark.parametrize(
    "file",
    ["no front matter", "---\ntitle: [\n---\n", "---\n- a\n- b\n---\n", "---\n{title: Police scan faces}\n---\n"],
    ids=["text", "broken", "a list", "on one line"],
)
def test_a_file_that_cannot_be_read_is_left_alone(file: str) -> None:
    """What is no front matter, or is written in a way that lines cannot be changed in, stays as it is."""
    assert (file, ()) == changed(file, excerpt="New.", title="New")[:2]
    assert publish(file, value="true") is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("published: false", "published: true"),
        ("published: false # why", "published: true # why"),
        ("Published: 'no'", "Published: true"),
        ("published:", "published: true"),
    ],
)
def test_publishing_changes_one_word(before: str, after: str) -> None:
    """To publish a story is to change the one value, wherever and however it stands."""
    file = FILE.replace("published: false", before)
    assert file.replace(before, after) == publish(file, value="true")


def test_publishing_adds_the_line_where_there_is_none() -> None:
    """A file that says nothing gets the line at the end of its fields."""
    file = FILE.replace("published: false\n", "")
    assert file.replace("\n---\n", "\npublished: true\n---\n") == publish(file, value="true")
    assert "---\npublished: true\n---\n" == publish("---\n---\n", value="true")


def test_markup_in_a_text_is_none() -> None:
    """A title that looks like markup is read as it stands, and one that does not is written as it stands."""
    assert markup.plain("Vec<T>") != "Vec<T>"
    assert 'title: "Vec&lt;T&gt;"' in unparse(replace(STORY, title="Vec<T>"), zone=LONDON)
    assert 'title: "A & B < C"' in unparse(replace(STORY, title="A & B < C"), zone=LONDON)
