"""What builds remember changes what they cost, and no byte of what they write."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frtfeed.fetch.folder import MAX_FILE_BYTES
from frtfeed.pipeline import publishing
from frtfeed.store.desk import DESK_NAME, seal
from frtfeed.store.fragments import FRAGMENTS_NAME
from frtfeed.store.parse_cache import CACHE_NAME
from frtfeed.urls import story_id
from tests.pipeline.folder import BEGIN, Editor
from tests.pipeline.output import Twins, Visitor, trust_times
from tests.render.human import TEMPLATES

DAYS = 60
STORY = """---
title: {title}
publishedDateTime: 2024-03-12T10:00:00Z
webUrl: https://outlet.example/{name}
{more}---
"""
TITLES = {"one": "Regulator fines a gym chain", "two": "Airport opens its gates to faces", "three": "A village votes"}


def visited(folder: Path, *, seed: int, visits: int) -> list[str]:
    """Let a visitor come and go, with a build after each visit; return what the first wrong one came after."""
    random = Random(seed)  # noqa: S311
    twins = Twins(folder, now=BEGIN + timedelta(days=DAYS))
    twins.begin()
    editor = Editor(folder / "seeds", random, days=DAYS)
    editor.begin(random.choice((3, 12, 25)))
    visitor = Visitor(twins, editor, random)
    twins.build()
    for visit in range(visits):
        deed = visitor.visit()
        twins.build()
        if wrong := twins.differences():
            return [f"seed {seed}, visit {visit} ({deed}):", *wrong]
    return []


@pytest.mark.slow
@settings(max_examples=6)
@given(st.integers(0, 2**32), st.booleans())
def test_whatever_happens_to_a_project_its_output_is_that_of_a_build_from_nothing(seed: int, settled: bool) -> None:
    """
    Stories, settings, templates, time, the output and the memory may change in any order between builds.

    With times that are trusted at once, and as it is for files of the last seconds.
    """
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as monkeypatch:
        if settled:
            trust_times(monkeypatch)
        assert [] == visited(Path(folder), seed=seed, visits=8)


@pytest.fixture
def twins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Twins:
    """Make a project of two stories, built once."""
    trust_times(monkeypatch)
    project = Twins(tmp_path, now=datetime(2024, 3, 13, 9, tzinfo=UTC))
    project.begin()
    write(project, "one", topics="Law")
    write(project, "two", topics="Police")
    (tmp_path / "seeds" / "own.md").write_text("---\ntitle: Our own\npublishedDateTime: 2024-03-11\n---\nOur text.\n")
    project.build()
    return project


def write(twins: Twins, name: str, *, title: str = "", related: str = "", **fields: str) -> None:
    """Write a story; related: entries of its list."""
    more = "".join(f"{field}: {value}\n" for field, value in fields.items())
    more += f"related:\n{related}" if related else ""
    text = STORY.format(title=title or TITLES[name], name=name, more=more)
    (twins.folder / "seeds" / f"{name}.md").write_text(text)


def retell(twins: Twins) -> None:
    """Change one headline."""
    write(twins, "one", title="Quite another headline", topics="Law")


def went_short(twins: Twins) -> bool:
    """Build; tell whether what is told was found by the short way."""
    return "merge" not in twins.build().seconds


def test_one_headline_goes_the_short_way(twins: Twins) -> None:
    """What the other tests here disturb works: a changed headline is told without reading the other files."""
    retell(twins)
    assert went_short(twins)
    assert [] == twins.differences()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "{% for group in publication.feed.groups %}{{ group.lead.title }}{% endfor %}", id="the main feed"
        ),
        pytest.param("{% set all = publication %}{{ all.feed.groups[0].lead.title }}", id="by another name"),
        pytest.param('{{ publication["feed"].groups[0].lead.title }}', id="as an item"),
        pytest.param("{% for topic in publication.topics %}{{ topic.label }}{% endfor %}", id="the topics' names"),
        pytest.param("{% for each in publication.editions %}{{ each.groups | length }}{% endfor %}", id="the editions"),
        pytest.param(
            "{% for topic in publication.topics %}{{ topic.groups[0].lead.title }}{% endfor %}",
            id="what topics hold",
        ),
    ],
)
@pytest.mark.parametrize("name", ["story.html", "macros.html"])
def test_an_own_template_may_show_anything_on_any_page(twins: Twins, name: str, text: str) -> None:
    """Where a page that has not changed itself shows what has, it is made again, by whatever template it does."""
    if name == "macros.html":
        text = f"{{% macro shared() %}}{text}{{% endmacro %}}"
        (twins.folder / "templates" / "story.html").write_text(
            '{% import "macros.html" as own with context %}{{ own.shared() }}'
        )
        for page in ("base", "front", "edition", "editions", "topic", "topics", "feeds", "incidents", "search"):
            (twins.folder / "templates" / f"{page}.html").write_text("")
    (twins.folder / "templates" / name).write_text(text)
    twins.build()
    retell(twins)
    twins.build()
    assert [] == twins.differences()
    write(twins, "three", topics="Schools")
    twins.build()
    assert [] == twins.differences()


@pytest.mark.parametrize("look", ["publication.feed.groups | length", "publication.topics | length", "groups | length"])
def test_own_macros_may_look_at_the_whole_page(twins: Twins, look: str) -> None:
    """An event that somebody's own macro writes may hang on the page around it, on pages whose templates are ours."""
    own = TEMPLATES["macros.html"].replace('id="{{ group | anchor }}"', f'id="{{{{ {look} }}}}"')
    assert own != TEMPLATES["macros.html"]
    (twins.folder / "templates" / "macros.html").write_text(own)
    if look.startswith("groups"):  # of topics only
        (twins.folder / "templates" / "edition.html").write_text("{{ edition.title }}")
    twins.build()
    for name, topics in (("three", "Law"), ("two", "Law"), ("two", "Schools")):
        write(twins, name, topics=topics)
        twins.build()
        assert [] == twins.differences()


def test_a_page_that_shows_nothing_else_stays(twins: Twins) -> None:
    """An own template without `publication` costs nothing: the page of a story that is as it was is not made."""
    (twins.folder / "templates" / "story.html").write_text("{{ story.title }}")
    twins.build()
    before = next((twins.folder / "out" / "stories").rglob("index.html")).stat().st_mtime_ns
    retell(twins)
    counts = twins.build().counts
    assert counts["skipped"] > 5
    assert before == next((twins.folder / "out" / "stories").rglob("index.html")).stat().st_mtime_ns


@pytest.mark.parametrize("hours", [1, 15, 24 * 5, 24 * 40, -24 * 10], ids=str)
def test_time_alone(twins: Twins, hours: int) -> None:
    """The next day, the next week, the next month, or by a clock that went back: pages are those of that instant."""
    twins.configure(period="weekly")
    twins.build()
    twins.now += timedelta(hours=hours)
    twins.build()
    assert [] == twins.differences()


def _spoil(page: Path) -> None:
    page.write_bytes(page.read_bytes()[:-1] + b"?")


def _empty(page: Path) -> None:
    page.write_bytes(b"")


@pytest.mark.parametrize("harm", [_spoil, _empty, Path.unlink])
@pytest.mark.parametrize(
    "name", ["index.html", "atom.xml", "assets/style.css", "build.json", "stories/our-own/index.html"]
)
def test_what_somebody_touched_is_made_again(twins: Twins, name: str, harm: Callable[[Path], None]) -> None:
    """A file of the output that is not as it was delivered is delivered again, where nothing else changed, too."""
    harm(twins.folder / "out" / name)
    twins.build()
    assert [] == twins.differences()


def test_a_parse_cache_of_another_day(twins: Twins) -> None:
    """An older parse cache, put back, does not go with the newer desk: all is worked out, and comes out the same."""
    cache = twins.folder / ".frtfeed" / CACHE_NAME
    older = cache.read_bytes()
    retell(twins)
    assert went_short(twins)
    cache.write_bytes(older)
    write(twins, "three")
    assert not went_short(twins)
    assert [] == twins.differences()


def test_a_desk_of_another_day(twins: Twins) -> None:
    """An older desk, put back, counts as nothing, even under its older seal."""
    state = twins.folder / ".frtfeed"
    kept = state.with_name("kept")
    shutil.copytree(state, kept)
    retell(twins)
    assert went_short(twins)
    for name in (DESK_NAME, "desk.seal"):
        shutil.copy2(kept / name, state / name)
    write(twins, "three")
    assert not went_short(twins)
    assert [] == twins.differences()


def test_an_older_desk_under_a_new_seal(twins: Twins) -> None:
    """Where only the generation tells that a desk is not of this parse cache, it tells."""
    desk = twins.folder / ".frtfeed" / DESK_NAME
    older = desk.read_bytes()
    retell(twins)
    assert went_short(twins)
    desk.write_bytes(older)
    seal(desk)
    write(twins, "three")
    assert not went_short(twins)
    assert [] == twins.differences()


def _cut(desk: Path) -> None:
    desk.write_bytes(desk.read_bytes()[: desk.stat().st_size // 2])


def _make_a_folder(desk: Path) -> None:
    desk.unlink()
    desk.mkdir()


def _touch(desk: Path) -> None:
    desk.write_bytes(desk.read_bytes())


def _unseal(desk: Path) -> None:
    desk.with_suffix(".seal").unlink()


def _spoil_the_seal(desk: Path) -> None:
    desk.with_suffix(".seal").write_bytes(b"\x00")


UNSEALED = "UPDATE told SET held = 1"  # killed between writing and sealing


def _execute(statement: str) -> Callable[[Path], None]:
    def execute(desk: Path) -> None:
        with closing(sqlite3.connect(desk)) as connection, connection:
            connection.execute(statement)

    return execute


@pytest.mark.parametrize(
    "harm", [_cut, _spoil, _empty, Path.unlink, _make_a_folder, _touch, _unseal, _spoil_the_seal, _execute(UNSEALED)]
)
def test_a_desk_that_somebody_touched(twins: Twins, harm: Callable[[Path], None]) -> None:
    """Whatever happened to the desk since its seal: it counts as nothing, and the next build's is whole again."""
    desk = twins.folder / ".frtfeed" / DESK_NAME
    harm(desk)
    retell(twins)
    assert not went_short(twins)
    assert [] == twins.differences()
    if not desk.is_dir():
        write(twins, "two", title="Back again")
        assert went_short(twins)
        assert [] == twins.differences()


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE told SET story = x'93'", id="stories"),
        pytest.param("UPDATE placed SET track = x'93'", id="tracks"),
        pytest.param("UPDATE placed SET heard = x'93'", id="words"),
        pytest.param("DELETE FROM placed", id="no tracks"),
        pytest.param("UPDATE problem SET problems = x'93'", id="problems"),
        *(
            pytest.param(f"DROP TABLE {table}", id=f"no table {table}")
            for table in ("told", "placed", "grouped", "filed", "name", "problem", "entry", "related", "mention")
        ),
    ],
)
def test_a_desk_that_does_not_hold_together(twins: Twins, statement: str) -> None:
    """What cannot be read of a desk under its own seal costs a longer build, and nothing else."""
    desk = twins.folder / ".frtfeed" / DESK_NAME
    _execute(statement)(desk)
    seal(desk)
    retell(twins)
    twins.build()
    assert [] == twins.differences()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut"),
        pytest.param(b"[]", id="another kind"),
        pytest.param(b'{"salt": 1, "pages": 2}', id="another build's"),
    ],
)
def test_pages_that_nothing_is_known_of(twins: Twins, text: bytes) -> None:
    """A damaged list of pages: every page is made again, and those that are as they were are not written."""
    (twins.folder / ".frtfeed" / publishing.PAGES).write_bytes(text)
    retell(twins)
    counts = twins.build().counts
    assert 0 == counts["skipped"]
    assert counts["written"] < counts["rendered"]
    assert [] == twins.differences()


@pytest.mark.parametrize(
    "name", ["atom.xml", "rss.xml", "feed.json", "topics/police/atom.xml", "assets/search/2024-1.js"]
)
def test_a_page_that_somebody_corrected(twins: Twins, name: str) -> None:
    """A file of the output may look as it was delivered and say something else: no page is joined from that."""
    page = twins.folder / "out" / name
    times, content = page.stat(), page.read_bytes()
    page.write_bytes(content.replace(b"irport", b"orport"))
    assert content != page.read_bytes()
    os.utime(page, ns=(times.st_atime_ns, times.st_mtime_ns))
    retell(twins)
    write(twins, "three", topics="Police")
    twins.build()
    assert [] == twins.differences()


@pytest.mark.parametrize("harm", [_cut, _spoil, _empty, Path.unlink, _make_a_folder, _execute("DELETE FROM page")])
def test_fragments_that_somebody_touched(twins: Twins, harm: Callable[[Path], None]) -> None:
    """Whatever became of what is known of fragments, the pages are the same, by the next build and the one after."""
    harm(twins.folder / ".frtfeed" / FRAGMENTS_NAME)
    for title in ("Quite another headline", "Yet another headline"):
        write(twins, "one", title=title, topics="Law")
        twins.build()
        assert [] == twins.differences()


def test_a_build_without_memory_knows_no_fragments(twins: Twins) -> None:
    """`--no-cache` neither asks what is known nor writes anything down."""
    state = twins.folder / ".frtfeed"
    shutil.rmtree(state)
    assert [] == twins.differences()
    assert not state.exists()


def counts_of(twins: Twins) -> dict[str, int]:
    """Return what build.json says of the work."""
    found: dict[str, int] = json.loads((twins.folder / "out" / "build.json").read_bytes())["timings"]["counts"]
    return found


def test_the_counts_of_a_first_build(twins: Twins) -> None:
    """A build from nothing walks, parses and groups every file, and renders every page."""
    counts = counts_of(twins)
    listed = json.loads((twins.folder / "out" / "build.json").read_bytes())["files"]
    pages = len(listed)
    expected = {"walked": 3, "parsed": 3, "grouped": 3, "rendered": pages, "written": pages + 1, "skipped": 0}
    assert expected == counts


def test_the_counts_of_a_small_change(twins: Twins) -> None:
    """One changed story of three is parsed and grouped alone, and most pages are left as they are."""
    retell(twins)
    told = twins.build().counts
    counts = counts_of(twins)
    assert {"walked": 3, "parsed": 1, "grouped": 1} == {name: counts[name] for name in ("walked", "parsed", "grouped")}
    assert told["written"] == counts["written"] <= counts["rendered"] + 1  # build.json is written itself
    listed = json.loads((twins.folder / "out" / "build.json").read_bytes())["files"]
    assert len(listed) == counts["rendered"] + counts["skipped"]
    assert counts["skipped"] > counts["rendered"] / 2


def test_the_counts_of_no_change(twins: Twins) -> None:
    """A build with nothing to do says what it walked; build.json stays as the earlier one wrote it."""
    before = (twins.folder / "out" / "build.json").read_bytes()
    skipped = len(json.loads(before)["files"]) + 1
    expected = {"walked": 3, "parsed": 0, "grouped": 0, "rendered": 0, "written": 0, "skipped": skipped}
    assert expected == twins.build().counts
    assert before == (twins.folder / "out" / "build.json").read_bytes()


def test_counts_stay_where_the_report_says_the_same(twins: Twins) -> None:
    """A build that finds the output as it should be leaves build.json, and with it the earlier build's figures."""
    before = (twins.folder / "out" / "build.json").read_bytes()
    (twins.folder / ".frtfeed" / "last-build.json").unlink()
    counts = twins.build().counts
    assert (0, 0, 0) == (counts["parsed"], counts["rendered"], counts["written"])
    assert before == (twins.folder / "out" / "build.json").read_bytes()


def test_a_file_too_large_that_is_gone(twins: Twins) -> None:
    """What was said of a file that could not be read is no longer said when it is gone."""
    large = twins.folder / "seeds" / "large.md"
    large.write_bytes(b"x" * (MAX_FILE_BYTES + 1))
    twins.build()
    assert [] == twins.differences()
    large.unlink()
    twins.build()
    assert [] == twins.differences()


def entry(name: str, *, outlet: str = "second.example", **fields: str) -> str:
    """Return an entry of a story's list."""
    told = {
        "title": "Court hears the case",
        "publishedDateTime": "2024-03-10T12:00:00Z",
        "webUrl": f"https://{outlet}/{name}",
        **fields,
    }
    return "  -" + "".join(f" {field}: {value}\n   " for field, value in told.items())[:-3]


def test_a_mention_that_waits_for_its_date(twins: Twins) -> None:
    """A story that is only mentioned is told from its date on, also by a build that finds no file changed."""
    write(twins, "one", related=entry("later", publishedDateTime="2024-03-13T12:00:00Z"))
    twins.build()
    twins.now += timedelta(hours=4)
    twins.build()
    assert [] == twins.differences()


def test_a_story_that_becomes_a_mention(twins: Twins) -> None:
    """What an editor named beside a story is forgotten with its file, also where others still mention the story."""
    write(twins, "three")
    write(twins, "one", related=entry("three", outlet="outlet.example"))
    write(twins, "two", title=TITLES["one"], related=entry("one", title=TITLES["one"], outlet="outlet.example"))
    twins.build()
    write(twins, "one", title='""', related=entry("three", outlet="outlet.example"))
    twins.build()
    assert [] == twins.differences()


def test_a_list_of_a_story_that_shares_its_id(twins: Twins) -> None:
    """A story whose id another file has, too, is told under its own address, with its own list."""
    write(twins, "one", id="https://id.example/1", related=entry("three", outlet="outlet.example"))
    write(twins, "two", id="https://id.example/1", quality="90")
    twins.build()
    write(twins, "three")
    twins.build()
    assert [] == twins.differences()


def test_a_mention_of_an_incident(twins: Twins) -> None:
    """An entry of a list that says `type: incident` ends no build."""
    write(twins, "one", related=entry("x", type="incident"))
    twins.build()
    assert [] == twins.differences()
    twins.configure(keyword="iris")
    twins.build()
    assert [] == twins.differences()


def test_a_mention_of_where_a_story_stood_before(twins: Twins) -> None:
    """A story that moved and kept its id, as docs tell editors to, may be mentioned by its old address."""
    write(twins, "one", id=story_id("https://second.example/old"))
    write(twins, "two", related=entry("old", title=TITLES["one"], publishedDateTime="2024-03-09T12:00:00Z"))
    twins.build()
    assert [] == twins.differences()


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(_cut, id="cut"),
        pytest.param(lambda desk: desk.write_bytes(bytes(desk.stat().st_size)), id="zeros"),
        pytest.param(_execute("DELETE FROM about"), id="no about"),
        pytest.param(_execute("UPDATE about SET encoded = x'93'"), id="another about"),
        pytest.param(_execute("UPDATE grouped SET brief = x'93'"), id="briefs"),
        pytest.param(_execute("UPDATE grouped SET grouped = x'93'"), id="groups"),
    ],
)
def test_a_damaged_desk_whose_seal_fits(twins: Twins, harm: Callable[[Path], None]) -> None:
    """After a power cut a file may have its size and times, and zeros for its bytes: a longer build, no failure."""
    desk = twins.folder / ".frtfeed" / DESK_NAME
    harm(desk)
    seal(desk)
    retell(twins)
    twins.build()
    assert [] == twins.differences()
