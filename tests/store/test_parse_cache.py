"""What story files were read as, kept between builds."""

import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.found import Found
from frtfeed.model import Document, Parsed, Problem
from frtfeed.parse import parse
from frtfeed.records import replace
from frtfeed.store import parse_cache
from frtfeed.store.encoding import decode, encode
from frtfeed.store.parse_cache import CACHE_NAME, ParseCache, Read, open_cache
from tests.folders import bundles
from tests.parse.samples import ARTICLE, HTML, INCIDENT, LEAD

LONG_AGO = 1_700_000_000 * 10**9


def read(content: str = LEAD, **status: Any) -> Read:
    """Read a file that looks like this."""
    found = Found("a.md", 100, LONG_AGO, LONG_AGO, 7)._replace(**status)
    document = Document(path=found.path, content=content.encode())
    return Read(status=found, sha256=sha256(document.content).digest(), parsed=parse(document, zone=UTC))


def keep(path: Path, *kept: Read, salt: str = "x") -> int:
    """Store what was read, in a build that asks for just these files."""
    with open_cache(path, salt=salt) as cache:
        cache.compare(bundles(each.status for each in kept))
        return cache.store(kept)


def known(path: Path, *asked: Read, salt: str = "x") -> dict[str, Parsed]:
    """Ask for files as they are found."""
    with open_cache(path, salt=salt) as cache:
        return unchanged(cache, *asked)


def unchanged(cache: ParseCache, *asked: Read) -> dict[str, Parsed]:
    """Ask a cache for files as they are found."""
    changed = {file.path for file in cache.compare(bundles(each.status for each in asked)).changed}
    return cache.parsed(each.status.path for each in asked if each.status.path not in changed)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the cache lies; its folder is not there yet."""
    return tmp_path / ".frtfeed" / CACHE_NAME


def test_unchanged_files_are_known(path: Path) -> None:
    """A file that looks as it did is read as it was, without being opened."""
    files = [read(), read(INCIDENT, path="b/c.txt"), read("nothing", path="d.md")]
    assert 3 == keep(path, *files)
    assert {each.status.path: each.parsed for each in files} == known(path, *files)


def test_no_cache_yet(path: Path) -> None:
    """Asking an empty cache gives nothing and makes no file."""
    assert {} == known(path, read())
    assert not path.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"size_bytes": 101},
        {"mtime_ns": LONG_AGO + 1},
        {"mtime_ns": LONG_AGO - 1},
        {"ctime_ns": LONG_AGO + 1},
        {"inode": 8},
    ],
    ids=str,
)
def test_changed_files_are_not_known(path: Path, change: dict[str, object]) -> None:
    """A file of another size, time or inode may be another text; its bytes tell."""
    file = read()
    keep(path, file)
    found = read(**change)
    with open_cache(path, salt="x") as cache:
        assert {} == unchanged(cache, found)
        assert file.parsed == cache.recall(found.status.path, found.sha256)
        assert cache.recall(found.status.path, b"other") is None


def test_a_fresh_checkout_stays_warm(path: Path) -> None:
    """A file with the bytes that it had is known under whatever times, and from then on by these."""
    keep(path, read())
    found = read(mtime_ns=LONG_AGO + 5, inode=9)
    with open_cache(path, salt="x") as cache:
        assert {} == unchanged(cache, found)
        assert found.parsed == cache.recall(found.status.path, found.sha256)
        assert 1 == cache.store([found])
    assert {"a.md": found.parsed} == known(path, found)


def test_storing_twice_keeps_one_of_each(path: Path) -> None:
    """A build that stores what it read, and then works everything out afresh, leaves nothing over."""
    old, new = read(), read(INCIDENT, path="b.txt")
    keep(path, old)
    with open_cache(path, salt="x") as cache:
        unchanged(cache, old, new)
        assert [1, 1] == [cache.store([new]), cache.store([new])]
    with closing(sqlite3.connect(path)) as connection:
        assert [(1,), (2,)] == connection.execute("SELECT id FROM parsed ORDER BY id").fetchall()
    assert {"a.md", "b.txt"} == known(path, old, new).keys()


def test_the_same_bytes_elsewhere(path: Path) -> None:
    """A copy of a file is another story file: what it is read as depends on its name."""
    keep(path, read("---\ntitle: x\n---\ntext"))
    with open_cache(path, salt="x") as cache:
        assert cache.recall("b.md", read().sha256) is None


@pytest.mark.parametrize("field", ["mtime_ns", "ctime_ns"])
@pytest.mark.parametrize(("before_s", "trusted"), [(0.5, False), (1.9, False), (2.5, True), (-3600, False)], ids=str)
def test_files_that_have_just_changed(
    path: Path, field: str, before_s: float, trusted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that changed in the last two seconds before a build, or later, may change unseen: its bytes tell."""
    monkeypatch.setattr(parse_cache, "_now_at", lambda path: LONG_AGO + 10**12)
    file = read(**{field: LONG_AGO + 10**12 - int(before_s * 10**9)})
    keep(path, file)
    with open_cache(path, salt="x") as cache:
        assert trusted == bool(unchanged(cache, file))
        assert file.parsed == cache.recall(file.status.path, file.sha256)


def test_now_is_told_by_the_file_system(path: Path) -> None:
    """A file that was written before the cache was opened, just now, is not trusted by its times."""
    story = path.parent.parent / "a.md"
    story.write_bytes(b"x")
    status = story.stat()
    file = read(mtime_ns=status.st_mtime_ns, ctime_ns=status.st_ctime_ns)
    keep(path, file)
    assert {} == known(path, file)


def test_files_that_are_gone(path: Path) -> None:
    """What is no longer in the folder leaves the cache at the next write, and makes one."""
    first, second = read(), read(INCIDENT, path="b.txt")
    keep(path, first, second)
    with open_cache(path, salt="x") as cache:
        assert {"a.md"} == cache.compare(bundles([second.status])).gone
        assert 0 == cache.store([])
    assert {"b.txt": second.parsed} == known(path, first, second)
    with closing(sqlite3.connect(path)) as connection:
        assert [(1,)] == connection.execute("SELECT count(*) FROM parsed").fetchall()


def test_nothing_to_store(path: Path) -> None:
    """A build without a change writes nothing."""
    keep(path, read(), read(INCIDENT, path="b.txt"))
    before = path.read_bytes(), path.stat().st_mtime_ns
    with open_cache(path, salt="x") as cache:
        unchanged(cache, read(), read(path="b.txt"))
        assert 0 == cache.store([])
    assert before == (path.read_bytes(), path.stat().st_mtime_ns)


def test_many_files(path: Path) -> None:
    """More files than SQLite takes in one statement are known, too."""
    files = [read("x", path=f"{number}.md") for number in range(parse_cache.AT_ONCE * 2 + 1)]
    assert len(files) == keep(path, *files)
    assert {each.status.path: each.parsed for each in files} == known(path, *files)


def test_another_salt(path: Path) -> None:
    """What another frtfeed has stored is not read, and the next write takes its place."""
    keep(path, read())
    assert {} == known(path, read(), salt="y")
    assert 1 == keep(path, read(INCIDENT, path="b.txt"), salt="y")
    assert {} == known(path, read(), salt="y")
    assert {} == known(path, read())


def test_a_large_inode(path: Path) -> None:
    """Some file systems number their files beyond what SQLite counts to."""
    ((status,),) = bundles([read().status._replace(inode=2**64 - 1)])
    file = replace(read(), status=status)
    keep(path, file)
    assert ["a.md"] == list(known(path, file))


def test_a_file_of_the_far_future(path: Path) -> None:
    """What bears a time beyond the year 2262 is read each time, and harms nothing."""
    odd = read(path="b.md", mtime_ns=10**19)
    assert 1 == keep(path, read(), odd)
    assert {} == known(path, odd)


def test_what_cannot_be_stored(path: Path) -> None:
    """Half a character, in a story or a name, keeps a file out of the cache and does no other harm."""
    good = read()
    odd = replace(read(path="b.md"), parsed=Parsed(problems=(Problem(path="b.md", fault="\ud800", remedy=""),)))
    assert 1 == keep(path, good, odd, replace(good, status=good.status._replace(path="\udcff")))
    assert ["a.md"] == list(known(path, good, odd))


def truncate(path: Path) -> None:
    """Lose the end of a file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def other_tables(path: Path) -> None:
    """Put another program's database in its place."""
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE file (a)")
        connection.execute("CREATE TABLE salt (a, b)")
    connection.close()


def empty_tables(path: Path) -> None:
    """Take the stories out."""
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM parsed")
    connection.close()


def not_ours(path: Path) -> None:
    """Encode something else, with the right checksum."""
    with sqlite3.connect(path) as connection:
        for key, path_of in ((1, "a.md"), (2, "b.txt")):
            checksum = parse_cache._checksum(b"\x93\x01", path=path_of)
            connection.execute("UPDATE parsed SET encoded = ?, checksum = ? WHERE id = ?", (b"\x93\x01", checksum, key))
    connection.close()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: path.write_bytes(b"text, and no database" * 400), id="text"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:100] + b"\xff" * 5_000), id="overwritten"),
        pytest.param(truncate, id="truncated"),
        pytest.param(other_tables, id="another program's"),
        pytest.param(empty_tables, id="stories gone"),
        pytest.param(not_ours, id="another encoding"),
        pytest.param(Path.unlink, id="gone"),
    ],
)
def test_damage(path: Path, damage: Callable[[Path], None]) -> None:
    """A damaged cache is an empty one, and whole again after the next build."""
    keep(path, read(), read(INCIDENT, path="b.txt"))
    damage(path)
    files = [read(), read(INCIDENT, path="b.txt")]
    with open_cache(path, salt="x") as cache:
        found = unchanged(cache, *files)
        assert {} == found
        assert cache.recall(files[0].status.path, files[0].sha256) is None
        cache.store(files)
    assert {each.status.path: each.parsed for each in files} == known(path, *files)


def test_a_bit_turned(path: Path) -> None:
    """Whatever single byte of the file is not as it was, no other story comes out, and nothing fails."""
    files = [read(), read(INCIDENT, path="b.txt")]
    keep(path, *files)
    content = path.read_bytes()
    chance = random.Random(3)  # noqa: S311  the same every time on purpose
    for at in chance.sample(range(len(content)), 150):
        path.write_bytes(content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :])
        with open_cache(path, salt="x") as cache:
            found = unchanged(cache, *files)
            recalled = {each.status.path: cache.recall(each.status.path, each.sha256) for each in files}
        assert all(parsed == found.get(each.status.path, parsed) for each in files for parsed in [each.parsed])
        assert all(recalled[each.status.path] in (None, each.parsed) for each in files)


def test_stories_swapped(path: Path) -> None:
    """A story that stands in the place of another file's is not taken for it."""
    files = [read(), read(INCIDENT, path="b.txt")]
    keep(path, *files)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE parsed SET id = 3 - id + 10")
        connection.execute("UPDATE parsed SET id = id - 10")
    connection.close()
    assert {} == known(path, *files)


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    """Where the state folder is a file, or the cache a folder, builds go on without a cache."""
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / CACHE_NAME).mkdir()
    for path in (tmp_path / "file" / CACHE_NAME, tmp_path / CACHE_NAME):
        assert 0 == keep(path, read())
        assert {} == known(path, read())


def test_in_use(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another frtfeed writes the cache, nothing is stored, and nothing fails."""
    monkeypatch.setattr(parse_cache, "BUSY_S", 0.0)
    keep(path, read())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert 0 == keep(path, read(INCIDENT, path="b.txt"))
    finally:
        other.close()
    assert ["a.md"] == list(known(path, read()))


def test_damage_that_cannot_be_cleared(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged cache that cannot be removed stays, and the build goes on."""
    keep(path, read())
    path.write_bytes(b"no database" * 1_000)

    def refuse(path: Path, *, missing_ok: bool) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", refuse)
    assert 0 == keep(path, read())


def test_damage_among_the_stories(path: Path) -> None:
    """What is damaged beyond reading when a story is wanted counts as unknown."""
    keep(path, read())
    with open_cache(path, salt="x") as cache:
        path.write_bytes(b"no database" * 3_000)
        cache.close()
        assert {} == cache.parsed(["a.md"])
        assert cache.recall("a.md", read().sha256) is None
        assert 1 == cache.store([read(INCIDENT, path="b.txt")])


STORING = """if True:
    import sys
    from pathlib import Path
    from tests.store.test_parse_cache import keep, read
    for turn in range(10_000):
        title = "ab"[turn % 2]
        content = f"---\\ntitle: {title}\\npublishedDateTime: 2024-02-23\\nwebUrl: https://example.org/a\\n---\\n"
        keep(Path(sys.argv[1]), *[read(content, path=f"{n}.md", size_bytes=turn % 2) for n in range(200)])
        print(turn, flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("turns", [1, 2, 3, 4, 5])
def test_killed(path: Path, turns: int) -> None:
    """Killed while it writes, the cache is the old one or the new one, whole."""
    project = Path(__file__).parents[2]
    command = [sys.executable, "-c", STORING, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=project) as process:
        assert process.stdout is not None
        for _ in range(turns):
            process.stdout.readline()
        process.kill()
    found = [known(path, *[read(path=f"{n}.md", size_bytes=size) for n in range(200)]) for size in (0, 1)]
    assert [0, 200] == sorted(map(len, found))
    assert 1 == len({parsed.stories[0].title for titles in found for parsed in titles.values()})


LINES = st.sampled_from(LEAD.split("\n") + INCIDENT.split("\n") + ARTICLE.split("\n") + HTML.split("\n"))
PIECES = st.lists(LINES | st.text(max_size=20), max_size=12).map("\n".join)
DOCUMENTS = st.sampled_from([LEAD, INCIDENT, ARTICLE, HTML]) | PIECES | PIECES.map(lambda lines: f"---\n{lines}\n---\n")


@given(DOCUMENTS, st.sampled_from([UTC, ZoneInfo("Asia/Bangkok")]))
def test_round_trip(content: str, zone: ZoneInfo) -> None:
    """Whatever any file is read as comes back from the cache as it was."""
    parsed = parse(Document(path="2024/a.md", content=content.encode(errors="replace")), zone=zone)
    assert parsed == decode(encode(parsed), Parsed)


FOLDERS = ("a.md", "b/a.md", "b/b/a.md", "b/c.md", "b.md", "b0/a.md", "é/a.md", "é.md")


@pytest.mark.parametrize("changed", FOLDERS)
def test_one_folder_differs(path: Path, changed: str) -> None:
    """What differs is found in its folder, whatever lies in others, beside it or above it."""
    files = {name: read(path=name).status for name in FOLDERS}
    keep(path, *(read(path=name) for name in FOLDERS))
    other = files[changed]._replace(inode=9)
    with open_cache(path, salt="x") as cache:
        compared = cache.compare(bundles((files | {changed: other}).values()))
        assert ([other], frozenset()) == (compared.changed, compared.gone)
    with open_cache(path, salt="x") as cache:
        compared = cache.compare(bundles(file for name, file in files.items() if name != changed))
        assert ([], {changed}) == (compared.changed, compared.gone)
        cache.store([])
    with open_cache(path, salt="x") as cache:
        assert [files[changed]] == cache.compare(bundles(files.values())).changed


def test_a_new_file(path: Path) -> None:
    """A file that came into a folder is the only one that is read there."""
    files = [read(path="b/a.md"), read(path="b/c.md")]
    keep(path, *files)
    new = read(path="b/b.md")
    with open_cache(path, salt="x") as cache:
        assert [new.status] == cache.compare(bundles(each.status for each in (*files, new))).changed
        cache.store([new])
    assert {"b/a.md", "b/b.md", "b/c.md"} == known(path, *files, new).keys()


def test_what_was_not_stored(path: Path) -> None:
    """A file that could not be read is asked for again each time, and nothing is written for it."""
    files = [read(), read(path="b.md")]
    with open_cache(path, salt="x") as cache:
        cache.compare(bundles(each.status for each in files))
        assert 1 == cache.store(files[:1])
    before = path.read_bytes()
    with open_cache(path, salt="x") as cache:
        assert [files[1].status] == cache.compare(bundles(each.status for each in files)).changed
        assert {} == cache.parsed(["b.md"])
        cache.store([])
    assert before == path.read_bytes()


def test_a_changed_file_that_cannot_be_read(path: Path) -> None:
    """What a file said before is forgotten when it can no longer be read."""
    keep(path, read(), read(path="b.md"))
    with open_cache(path, salt="x") as cache:
        cache.compare(bundles([read().status, read(path="b.md", inode=9).status]))
        cache.store([])
    assert ["a.md"] == list(known(path, read(), read(path="b.md")))


def test_a_story_that_is_lost(path: Path) -> None:
    """A file whose story is damaged is stored anew when it was read again, and forgotten when it was not."""
    files = [read(), read(path="b.md")]
    keep(path, *files)

    def spoil() -> None:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE parsed SET checksum = 0 WHERE id = 2")

    spoil()
    with open_cache(path, salt="x") as cache:
        assert ["a.md"] == list(unchanged(cache, *files))
        cache.store(files[1:])
    assert ["a.md", "b.md"] == list(known(path, *files))
    spoil()
    with open_cache(path, salt="x") as cache:
        assert ["a.md"] == list(unchanged(cache, *files))
        cache.store([])
    with open_cache(path, salt="x") as cache:
        assert [files[1].status] == cache.compare(bundles(each.status for each in files)).changed


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM file WHERE id = 2",
        "DELETE FROM file",
        "UPDATE file SET path = 'c.md' WHERE id = 2",
        "UPDATE file SET inode = 8 WHERE id = 2",
        "UPDATE salt SET checksum = 0",
        "UPDATE salt SET folders = x'80'",
        "INSERT INTO salt SELECT * FROM salt",
    ],
)
def test_entries_that_are_not_those_that_were_stored(path: Path, change: str) -> None:
    """Where a folder's entries are not what its stamp says, nothing is known: a file that went might be missed."""
    files = [read(), read(path="b.md"), read(path="c/a.md")]
    keep(path, *files)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(change)
    with open_cache(path, salt="x") as cache:
        compared = cache.compare(bundles([files[0].status, files[2].status]))
        assert ("", [files[0].status, files[2].status]) == (cache.generation, compared.changed)
        assert {} == cache.parsed(["a.md"])
        assert 2 == cache.store([files[0], files[2]])
    assert ["a.md", "c/a.md"] == list(known(path, files[0], files[2]))


def test_entries_of_another_type(path: Path) -> None:
    """A size that is no number is damage like any other."""
    keep(path, read(), read(path="b.md"))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("ALTER TABLE file RENAME TO old")
        connection.execute("CREATE TABLE file (id, path, size_bytes, mtime_ns, ctime_ns, inode, settled, sha256)")
        connection.execute("INSERT INTO file SELECT id, path, 'x', mtime_ns, ctime_ns, inode, settled, sha256 FROM old")
    with open_cache(path, salt="x") as cache:
        assert [read().status] == cache.compare(bundles([read().status])).changed
        assert "" == cache.generation


def test_each_writing_is_another_generation(path: Path) -> None:
    """What goes with one state of the cache can tell whether it is still that one; an unchanged folder keeps it."""

    def generation() -> str:
        with open_cache(path, salt="x") as cache:
            return cache.generation

    assert "" == generation()
    with open_cache(path, salt="x") as cache:
        cache.compare([])
        cache.store([read()])
        first = cache.generation
    assert first == generation() != ""
    keep(path, read())
    second = generation()
    assert first != second
    with open_cache(path, salt="x") as cache:
        unchanged(cache, read())
        cache.store([])
    assert second == generation()
    with open_cache(path, salt="y") as cache:
        assert "" == cache.generation
