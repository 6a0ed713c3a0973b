"""What the last build knew of its stories, events and groups."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frtfeed.briefs import brief_of
from frtfeed.edit.event import Join, Near, Placed
from frtfeed.edit.known import Filed, KeptStory
from frtfeed.edit.rank import day_of
from frtfeed.edit.regroup import Track
from frtfeed.edit.weights import Gist
from frtfeed.model import Group, Member, Parsed, Part, Problem, Story
from frtfeed.records import replace
from frtfeed.store.desk import (
    AT_ONCE,
    DESK_NAME,
    About,
    DamagedDesk,
    DeskStore,
    Findings,
    KeptGroup,
    keep_afresh,
    known_desk,
    seal,
)
from frtfeed.store.encoding import Malformed, encode
from tests.edit.stories import MONDAY, incident, mention, story, text

ABOUT = About(
    salt="x",
    generation="g",
    since=MONDAY,
    counts={"told": 1, "mentions": 1},
    withdrawn=frozenset({"w", "v"}),
    withdrawn_paths=("w.md",),
    names={"trial": ("urn:e", 3.25)},
)
LEAD, OTHER, NAMED = story("lead", body=text("Words.")), story("other", days=1), mention("named", days=2)
RECORD = incident("record", occurred=MONDAY)
JOIN = Join("alike", 0.5, Near("urn:near", 0.4, "too old"))
GIST = Gist(("serco", "scan", "face"), 2, b"\x04\x03\x01", (0,), 2**62)
TRACK = Track(day_of(LEAD), 2**62, Placed("urn:e", JOIN, (("urn:a", "urn:b"),), True), GIST, "trial")
PROBLEM = Problem(path="lead.md", line=3, field="lead", fault="wrong", remedy="Mend it.", value="x", severity="note")
GROUP = Group(
    id=LEAD.id,
    lead=LEAD,
    coverage=(Member(story=OTHER, reason="alike", likeness=0.5),),
    background=(Member(story=RECORD, reason="named"), Member(story=NAMED, reason="an editor named it")),
    updated=MONDAY,
    quality=7,
    heat=40,
    incidents=(RECORD.id,),
    texts=2,
    quality_parts=(Part(name="given", points=7, because="so"),),
    heat_parts=(Part(name="coverage", points=10, because="1"),),
)
FINDINGS = Findings(
    about=ABOUT,
    due={"lead.md": MONDAY + timedelta(hours=1), "other.md": None, "third.md": MONDAY + timedelta(hours=2)},
    filed={
        "lead.md": Filed(LEAD.id, "told", 1.5),
        "other.md": Filed(OTHER.id, "hidden", None, True),
        "wait.md": Filed("urn:w", "waiting", MONDAY.timestamp()),
        "copy.md": Filed(LEAD.id, "copy", 1.5, True),
    },
    names={"lead.md": LEAD.names, "other.md": ("o", "p")},
    entries={"lead.md": (("n", 0), ("m", 0), ("n", 1))},
    mentions={"n": NAMED.id, "m": NAMED.id},
    told={
        LEAD.id: KeptStory(LEAD, "urn:e", TRACK),
        OTHER.id: KeptStory(OTHER, "urn:e", replace(TRACK, day=day_of(OTHER), name=""), True),
        NAMED.id: KeptStory(NAMED, "urn:f", replace(TRACK, day=day_of(NAMED))),
        RECORD.id: KeptStory(RECORD, RECORD.id, None),
    },
    related={LEAD.id: (OTHER.id, NAMED.id), OTHER.id: (NAMED.id,)},
    grouped={GROUP.id: KeptGroup(brief_of(GROUP), GROUP, '{"a": 1}', (PROBLEM,))},
    problems={"lead.md": (PROBLEM, replace(PROBLEM, line=4))},
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the desk lies; its folder is not there yet."""
    return tmp_path / ".frtfeed" / DESK_NAME


@pytest.fixture
def desk(path: Path) -> DeskStore:
    """Return the desk of a build, open."""
    keep_afresh(path, FINDINGS)
    return DeskStore(path)


def known(path: Path, *, salt: str = "x") -> About | None:
    """Return what is known of the whole build."""
    with known_desk(path, salt=salt, parsed=lambda paths: {}) as desk:
        return desk.about() if desk else None


def test_what_was_learnt_is_known(desk: DeskStore) -> None:
    """Everything that a build from nothing learnt comes back as it was, by path, name, id, day or event."""
    everything = {LEAD.id, OTHER.id, NAMED.id, RECORD.id}
    assert ABOUT == desk.about()
    assert FINDINGS.filed == desk.filed(FINDINGS.filed)
    assert {"lead.md", "copy.md", "wait.md"} == desk.holders([LEAD.id, "urn:w"])
    assert {"o": "other.md", "p": "other.md"} == desk.owners(["o", "p", "q"])
    assert {("lead.md", 0), ("lead.md", 1)} == desk.entries(["n"])
    assert FINDINGS.mentions == desk.mentions(["n", "m", "x"])
    assert [("wait.md", MONDAY)] == desk.waiting()
    assert {"other.md", "wait.md"} == desk.secret()
    assert FINDINGS.told == desk.told(everything)
    assert [LEAD.id, OTHER.id] == list(desk.between(LEAD.at.timestamp() / 86_400, OTHER.at.timestamp() / 86_400))
    assert {LEAD.id, OTHER.id} == desk.members(["urn:e"]).keys()
    assert {RECORD.id} == desk.incidents().keys()
    assert NAMED.at.timestamp() / 86_400 == desk.last_day()
    assert {id_: kept.track for id_, kept in FINDINGS.told.items() if kept and kept.track} == desk.tracks()
    assert FINDINGS.related == desk.related(everything)
    assert {NAMED.id: {LEAD.id, OTHER.id}, OTHER.id: {LEAD.id}} == desk.naming(everything)
    assert [brief_of(GROUP)] == desk.briefs()
    assert GROUP == desk.group(GROUP.id)
    assert ['{"a": 1}'] == list(desk.reports([GROUP.id]))
    assert [PROBLEM, PROBLEM, replace(PROBLEM, line=4)] == sorted(desk.problems(), key=lambda each: each.line or 0)
    assert MONDAY + timedelta(hours=1) == desk.next_mention()
    assert FINDINGS.problems.keys() == desk.troubled()
    assert {} == desk.parsed(["lead.md"])


def test_stories_are_kept_once(desk: DeskStore) -> None:
    """A group names its stories; as these change, it tells them as they are."""
    desk.write(Findings(about=ABOUT, told={OTHER.id: KeptStory(replace(OTHER, title="New"), "urn:e", TRACK)}))
    assert "New" == desk.group(GROUP.id).coverage[0].story.title


def test_what_changed_takes_the_place_of_what_was(desk: DeskStore) -> None:
    """A build writes what it learnt beside what was known; None and nothing take away."""
    later = replace(ABOUT, since=MONDAY + timedelta(days=1))
    desk.write(
        Findings(
            about=later,
            filed={"lead.md": None, "new.md": Filed("urn:n", "told", 2.0)},
            names={"lead.md": (), "other.md": ("p",)},
            entries={"lead.md": (("m", 0),)},
            mentions={"n": None},
            told={LEAD.id: None},
            related={LEAD.id: (), OTHER.id: (LEAD.id, NAMED.id)},
            grouped={GROUP.id: None},
            problems={"lead.md": ()},
            due={"lead.md": None, "third.md": None},
        )
    )
    assert later == desk.about()
    assert {"other.md", "wait.md", "copy.md", "new.md"} == desk.filed(["lead.md", *FINDINGS.filed, "new.md"]).keys()
    assert {"p": "other.md"} == desk.owners([*LEAD.names, "o", "p"])
    assert {("lead.md", 0)} == desk.entries(["m", "n"])
    assert {"m": NAMED.id} == desk.mentions(["m", "n"])
    assert {} == desk.told([LEAD.id])
    assert {OTHER.id: (LEAD.id, NAMED.id)} == desk.related([LEAD.id, OTHER.id])
    assert ([], []) == (desk.briefs(), desk.problems())
    with pytest.raises(DamagedDesk):
        list(desk.reports([GROUP.id]))
    assert desk.next_mention() is None


def test_how_stories_were_placed(desk: DeskStore) -> None:
    """Of the days before a change it is known how their stories were placed and what these say, in order of date."""
    track, other = replace(TRACK, day=day_of(OTHER), name=""), replace(TRACK, day=day_of(NAMED))
    assert [(LEAD.id, TRACK), (OTHER.id, track)] == list(desk.placed(day_of(LEAD), day_of(NAMED)).items())
    assert [(day_of(OTHER), GIST, True), (day_of(NAMED), GIST, True)] == list(desk.heard(day_of(OTHER), 1e9))
    moved = replace(OTHER, published=replace(OTHER.published, at=MONDAY + timedelta(days=9)))
    told = {OTHER.id: KeptStory(moved, "urn:e", replace(track, day=day_of(moved))), LEAD.id: None}
    desk.write(Findings(about=ABOUT, told=told))
    assert [NAMED.id, OTHER.id] == list(desk.tracks())
    assert day_of(moved) == desk.last_day()
    assert other == desk.tracks()[NAMED.id]


def test_words_that_were_damaged(desk: DeskStore) -> None:
    """What is no gist is never taken for one."""
    desk._connection.execute("UPDATE placed SET heard = ?", (encode([True, [1, 2], 0, b"", [], 0]),))
    with pytest.raises(Malformed):
        list(desk.heard(0, 1e9))
    with pytest.raises(Malformed):
        desk.tracks()


def test_all_or_nothing(desk: DeskStore) -> None:
    """Where one thing cannot be written, nothing is."""
    half = replace(PROBLEM, path="\ud800")
    with pytest.raises(UnicodeEncodeError):
        desk.write(Findings(about=replace(ABOUT, salt="y"), told={LEAD.id: None}, problems={"lead.md": (half,)}))
    assert ABOUT == desk.about()
    assert {LEAD.id} == desk.told([LEAD.id]).keys()


def test_an_empty_desk(path: Path) -> None:
    """A build without stories leaves a desk that knows that there are none."""
    keep_afresh(path, Findings(about=ABOUT))
    with closing(DeskStore(path)) as desk:
        assert (0.0, [], [], set()) == (desk.last_day(), desk.briefs(), desk.waiting(), desk.secret())
        assert desk.next_mention() is None


def test_more_values_than_one_statement_takes(path: Path) -> None:
    """However many names are asked for, all are answered."""
    names = [f"n{number}" for number in range(AT_ONCE * 2 + 1)]
    keep_afresh(path, Findings(about=ABOUT, mentions=dict.fromkeys(names, "urn:m")))
    with closing(DeskStore(path)) as desk:
        assert dict.fromkeys(names, "urn:m") == desk.mentions(names)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
IDS = st.text(alphabet="abc\x00é'", min_size=1, max_size=4)
FLOATS = st.floats(-1e9, 1e9)
PLACED = st.builds(
    Placed,
    TEXTS,
    st.builds(Join, TEXTS, FLOATS, st.none() | st.builds(Near, TEXTS, FLOATS, TEXTS)),
    st.lists(st.tuples(TEXTS, TEXTS), max_size=2).map(tuple),
    st.booleans(),
)
NUMBERS = st.integers(0, 2**63 - 1)
GISTS = st.builds(
    Gist,
    st.lists(TEXTS, max_size=3).map(tuple),
    st.integers(0, 3),
    st.binary(max_size=3),
    st.lists(st.integers(0, 9), max_size=2).map(tuple),
    NUMBERS,
)


def kept(told: Story) -> st.SearchStrategy[KeptStory]:
    """Keep a story with any track."""
    tracks = st.none() | st.builds(Track, st.just(day_of(told)), NUMBERS, PLACED, GISTS, TEXTS)
    return st.builds(KeptStory, st.just(told), IDS, tracks, st.booleans())


STATES = st.sampled_from(["told", "hidden", "waiting", "undated", "copy"])
PROBLEMS = st.lists(st.builds(Problem, path=TEXTS, fault=TEXTS, remedy=TEXTS), min_size=1, max_size=2).map(tuple)
LEARNT = st.builds(
    Findings,
    about=st.builds(
        About,
        salt=st.just("x"),
        generation=TEXTS,
        since=st.datetimes(timezones=st.just(UTC)),
        counts=st.dictionaries(TEXTS, st.integers(0, 9), max_size=2),
        withdrawn=st.frozensets(TEXTS, max_size=2),
        withdrawn_paths=st.lists(TEXTS, max_size=2).map(tuple),
        names=st.dictionaries(TEXTS, st.tuples(TEXTS, FLOATS), max_size=2),
    ),
    filed=st.dictionaries(IDS, st.builds(Filed, IDS, STATES, st.none() | FLOATS, st.booleans())),
    mentions=st.dictionaries(IDS, IDS),
    told=st.dictionaries(IDS, st.sampled_from([LEAD, OTHER, RECORD]).flatmap(kept), max_size=4),
    related=st.dictionaries(IDS, st.lists(IDS, min_size=1, max_size=3).map(tuple), max_size=3),
    problems=st.dictionaries(IDS, PROBLEMS, max_size=3),
)


@settings(max_examples=50)
@given(LEARNT)
def test_round_trip(learnt: Findings) -> None:
    """Whatever a build learnt, the next one knows, whatever letters paths and names are written in."""
    with closing(DeskStore(Path(":memory:"))) as desk:
        desk.make(learnt)
        assert learnt.about == desk.about()
        assert learnt.filed == desk.filed(learnt.filed)
        assert learnt.mentions == desk.mentions(learnt.mentions)
        assert learnt.told == desk.told(learnt.told)
        assert learnt.related == desk.related(learnt.related)
        assert sorted(map(repr, (each for some in learnt.problems.values() for each in some))) == sorted(
            map(repr, desk.problems())
        )


def test_no_desk_yet(path: Path) -> None:
    """Asking for what is known makes no file."""
    assert known(path) is None
    assert not path.parent.exists()


def test_a_sealed_desk_is_known(path: Path) -> None:
    """What a build left is there for the next one, until it is written to again without a seal."""
    keep_afresh(path, FINDINGS)
    assert ABOUT == known(path)
    with closing(DeskStore(path)) as desk:
        desk.write(Findings(about=replace(ABOUT, generation="h")))
    assert known(path) is None
    seal(path)
    about = known(path)
    assert about is not None
    assert "h" == about.generation


def test_another_salt(path: Path) -> None:
    """What another program or configuration found counts as nothing, and is written over."""
    keep_afresh(path, FINDINGS)
    assert known(path, salt="y") is None
    keep_afresh(path, replace_about(salt="y"))
    assert known(path, salt="y") is not None


def replace_about(**fields: str) -> Findings:
    """Return findings of a build that differs in this."""
    return Findings(about=replace(ABOUT, **fields))  # type: ignore[arg-type]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1_000])


def _touch(path: Path) -> None:
    path.write_bytes(path.read_bytes())


def _copy(path: Path) -> None:
    """Put a copy in its place, with the same times: a backup that was brought back."""
    shutil.copy2(path, path.with_name("copy"))
    path.with_name("copy").replace(path)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _seal_of(text: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.with_suffix(".seal").write_bytes(text)

    return write


HARMS = [
    pytest.param(_cut, id="cut"),
    pytest.param(lambda path: path.write_bytes(b""), id="empty"),
    pytest.param(_touch, id="touched"),
    pytest.param(_copy, id="a copy"),
    pytest.param(_folder, id="a folder"),
    pytest.param(Path.unlink, id="gone"),
    pytest.param(lambda path: path.with_suffix(".seal").unlink(), id="no seal"),
    pytest.param(_seal_of(b""), id="an empty seal"),
    pytest.param(_seal_of(b"\xff"), id="a spoilt seal"),
    pytest.param(_seal_of(b"[1, 2, 3, 4]"), id="another seal"),
]


@pytest.mark.parametrize("harm", HARMS)
def test_a_desk_that_was_touched(path: Path, harm: Callable[[Path], None]) -> None:
    """Whatever was done to the file or its seal: nothing is known, and nothing fails."""
    keep_afresh(path, FINDINGS)
    harm(path)
    assert known(path) is None
    keep_afresh(path, FINDINGS)
    assert (ABOUT if path.is_file() else None) == known(path)


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    """Where the state folder is a file, nothing is kept, and nothing fails."""
    (tmp_path / "file").write_bytes(b"")
    keep_afresh(tmp_path / "file" / DESK_NAME, FINDINGS)
    assert known(tmp_path / "file" / DESK_NAME) is None


def test_what_cannot_be_written_leaves_what_was(path: Path) -> None:
    """A desk that cannot be made whole does not take the place of the one that is."""
    keep_afresh(path, FINDINGS)
    keep_afresh(path, Findings(about=ABOUT, problems={"a": (replace(PROBLEM, value="\ud800"),)}))
    assert ABOUT == known(path)


def test_what_a_killed_build_left_beside_is_no_hindrance(path: Path) -> None:
    """Half a desk under another name is swept by the next build."""
    keep_afresh(path, FINDINGS)
    path.with_suffix(".new").write_bytes(b"half a desk")
    keep_afresh(path, replace_about(generation="h"))
    about = known(path)
    assert about is not None
    assert "h" == about.generation
    assert not path.with_suffix(".new").exists()


WRITING = """if True:
    import sys
    from frtfeed.records import replace
    from pathlib import Path
    from frtfeed.store.desk import DeskStore, Findings, seal
    from tests.store.test_desk import ABOUT
    path = Path(sys.argv[1])
    for turn in range(100_000):
        desk = DeskStore(path)
        mentions = {f"n{n}": str(turn) for n in range(400)}
        desk.write(Findings(about=replace(ABOUT, generation=str(turn)), mentions=mentions))
        desk.close()
        seal(path)
        print(turn, flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("turns", [1, 2, 3, 5, 8])
def test_killed(path: Path, turns: int) -> None:
    """Killed at any moment, the desk is the old one, the new one, or, without its seal, none."""
    keep_afresh(path, FINDINGS)
    command = [sys.executable, "-c", WRITING, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        for _ in range(turns):
            process.stdout.readline()
        process.kill()
    with closing(DeskStore(path)) as desk:
        written = desk.mentions([f"n{n}" for n in range(400)])
        assert {desk.about().generation} == set(written.values())
        assert 400 == len(written)
    about = known(path)
    assert about is None or about.generation in written.values()


def test_another_program_holds_it(path: Path) -> None:
    """While somebody else writes to it, a desk says so by an error of SQLite's, and is as it was."""
    keep_afresh(path, FINDINGS)
    with closing(sqlite3.connect(path, isolation_level=None)) as other, closing(DeskStore(path)) as desk:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError):
            desk.write(replace_about(generation="h"))
        assert ABOUT == desk.about()


def test_files_are_asked_for_where_they_are_known(path: Path) -> None:
    """What files were read as comes from whoever keeps that."""
    keep_afresh(path, FINDINGS)
    read = {"lead.md": Parsed(stories=(LEAD,))}
    with known_desk(path, salt="x", parsed=lambda paths: {each: read[each] for each in paths}) as desk:
        assert desk is not None
        assert read == desk.parsed(["lead.md"])


def test_when_a_story_is_due(path: Path) -> None:
    """A story's date is kept to the microsecond, in UTC."""
    at = datetime(2031, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
    keep_afresh(path, Findings(about=ABOUT, filed={"a": Filed("urn:a", "waiting", at.timestamp())}))
    with closing(DeskStore(path)) as desk:
        assert [("a", at)] == desk.waiting()
