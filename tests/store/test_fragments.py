"""Where the fragments of pages stand, kept between builds."""

import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.model import Page
from frtfeed.render.fragments import Place, fragment_key
from frtfeed.store.fragments import FRAGMENTS_NAME, open_fragments

ONE, TWO = fragment_key("a", "1"), fragment_key("a", "2")
CONTENT = b"<p>one</p><p>two</p>"
KNOWN = {ONE: b"one", TWO: b"two"}
PLACES = (Place(ONE, 3, 3), Place(TWO, 13, 3))


@dataclass(slots=True)
class Output:
    """A folder of pages, and the file that knows their fragments."""

    folder: Path

    @property
    def path(self) -> Path:
        """Where places are kept."""
        return self.folder / FRAGMENTS_NAME

    @property
    def root(self) -> Path:
        """Where pages lie."""
        return self.folder / "out"

    def build(
        self, *names: str, content: bytes = CONTENT, places: Sequence[Place] = PLACES, stay: Sequence[str] = ()
    ) -> None:
        """Deliver pages, and keep the places of their fragments; other pages stay as they are."""
        with open_fragments(self.path, salt="x", root=self.root) as store:
            for name in names:
                page = Page(path=name, media_type="", content=content)
                store.note(page, places)
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                (self.root / name).write_bytes(page.content)
            store.store([*names, *stay])

    def known(self, name: str = "index.html", *, salt: str = "x") -> dict[bytes, bytes]:
        """Return what the next build knows of a page."""
        with open_fragments(self.path, salt=salt, root=self.root) as store:
            return store.recall(name)

    def execute(self, statement: str) -> None:
        """Change the file."""
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute(statement)

    def rows(self) -> list[str]:
        """Return the pages that something is kept of."""
        with closing(sqlite3.connect(self.path)) as connection:
            return [path for (path,) in connection.execute("SELECT path FROM page ORDER BY path")]


@pytest.fixture
def output(tmp_path: Path) -> Output:
    """Build once, two pages."""
    made = Output(tmp_path)
    made.build("index.html", "topics/law/atom.xml")
    return made


def test_fragments_come_back(output: Output) -> None:
    """What a page showed is cut from it, by the next build and by every later one until it is made again."""
    assert KNOWN == output.known() == output.known("topics/law/atom.xml")
    output.build("index.html", content=b"two, new", places=(Place(TWO, 0, 3),), stay=("topics/law/atom.xml",))
    assert {TWO: b"two"} == output.known()
    assert KNOWN == output.known("topics/law/atom.xml")


def test_nothing_is_known_yet(tmp_path: Path) -> None:
    """Asking makes no file; a page that nobody made has no fragments."""
    assert {} == Output(tmp_path).known()
    assert [] == list(tmp_path.iterdir())
    Output(tmp_path).build("index.html")
    assert {} == Output(tmp_path).known("feed.json")


def test_under_another_salt_nothing_is_known(output: Output) -> None:
    """Another version, other templates or another site may write otherwise; the next build begins anew."""
    assert {} == output.known(salt="y")
    with open_fragments(output.path, salt="y", root=output.root) as store:
        store.note(Page(path="feed.json", media_type="", content=CONTENT), PLACES)
        store.store(["feed.json"])
    assert {} == output.known()
    assert ["feed.json"] == output.rows()


def test_what_is_kept_does_not_grow(output: Output) -> None:
    """A page that is gone, or has no fragments any more, is forgotten."""
    output.build("feed.json", stay=("index.html",))
    assert ["feed.json", "index.html"] == output.rows()
    output.build("index.html", places=(), stay=("feed.json",))
    assert ["feed.json"] == output.rows()
    assert {} == output.known()


@given(st.data())
def test_a_page_that_somebody_touched(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Whatever became of a page: what is cut from it is the fragment as it was, or nothing."""
    made = Output(tmp_path_factory.mktemp("site"))
    made.build("index.html")
    content = bytearray(CONTENT)
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (made.root / "index.html").write_bytes(bytes(content[: data.draw(st.integers(0, len(content)))]))
    assert made.known().items() <= KNOWN.items()


def _no_page(output: Output) -> None:
    (output.root / "index.html").unlink()


def _a_copy(output: Output) -> None:
    """Let another page lie there with its bytes, and let what is known of one be said of the other."""
    (output.root / "feed.json").write_bytes(CONTENT)
    output.execute("UPDATE page SET path = 'feed.json'")


def _a_folder(output: Output) -> None:
    _no_page(output)
    (output.root / "index.html").mkdir()


def _cut(output: Output) -> None:
    output.path.write_bytes(output.path.read_bytes()[:5000])


def _zeros(output: Output) -> None:
    output.path.write_bytes(bytes(output.path.stat().st_size))


def _text(output: Output) -> None:
    output.path.write_bytes(b"no database" * 1000)


def _execute(statement: str) -> Callable[[Output], None]:
    return lambda output: output.execute(statement)


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(_no_page, id="no page"),
        pytest.param(_a_folder, id="a folder in its place"),
        pytest.param(_cut, id="cut"),
        pytest.param(_zeros, id="zeros"),
        pytest.param(_text, id="no database"),
        pytest.param(_execute("DROP TABLE salt"), id="no salt"),
        pytest.param(_execute("DROP TABLE page"), id="no pages"),
        pytest.param(_execute("UPDATE page SET checksum = checksum + 1"), id="checksum"),
        pytest.param(_execute("UPDATE page SET places = x'00'"), id="places"),
        pytest.param(_execute("UPDATE page SET places = x'00', checksum = 0"), id="places and checksum"),
        pytest.param(_a_copy, id="another page's"),
    ],
)
def test_damage_counts_as_nothing(output: Output, harm: Callable[[Output], None]) -> None:
    """Nothing is known then, and what the next build makes is known again."""
    output.build("index.html")  # the only page
    harm(output)
    assert {} == output.known()
    assert {} == output.known("feed.json")
    if (output.root / "index.html").is_dir():
        (output.root / "index.html").rmdir()
    output.build("index.html")
    assert KNOWN == output.known()


def test_places_of_half_a_page(output: Output) -> None:
    """Places that do not come out even are nobody's, under whatever checksum."""
    assert 818798192 == crc32(bytes(1), crc32(b"index.html"))
    output.execute("UPDATE page SET places = x'00', checksum = 818798192")
    assert {} == output.known()


def test_a_folder_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    """The next build makes every fragment."""
    (tmp_path / "file").write_text("in its place")
    with open_fragments(tmp_path / "file" / FRAGMENTS_NAME, salt="x", root=tmp_path) as store:
        store.note(Page(path="index.html", media_type="", content=CONTENT), PLACES)
        store.store(["index.html"])
        assert {} == store.recall("index.html")


def test_a_file_that_is_in_use_stays(output: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else who writes there is not waited for; what is known then is older than the page, and shows it."""
    monkeypatch.setattr("frtfeed.store.fragments.BUSY_S", 0)
    with closing(sqlite3.connect(output.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        output.build("index.html", content=b"<p>new", places=())
        other.execute("ROLLBACK")
    assert {} == output.known()
    assert KNOWN == output.known("topics/law/atom.xml")


def test_the_file_takes_little(output: Output) -> None:
    """No text is kept a second time."""
    text = os.urandom(500_000)
    output.build("index.html", content=text, places=(Place(ONE, 0, 500_000),))
    assert {ONE: text} == output.known()
    assert output.path.stat().st_size < 50_000
