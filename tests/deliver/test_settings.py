"""The sources in frtfeed.toml: added, changed and removed, with everything else left as it was."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.deliver.settings import add_sources, change_source, edit_settings, remove_source
from frtfeed.errors import ConfigError, DeliveryError

FILE = """# top
[site]
title = "x"

# about a
[[source]]
name = "a"
url = "https://a.example/f" # the feed
[source.include]
words = ["[x]", "#y"]

# about b
[[source]]
name = 'b'
url = "https://b.example/f"

[run] # the clock
build = ""
"""


def test_a_source_is_added_at_the_end() -> None:
    """What is there stays byte for byte, and the new source stands below it."""
    added = add_sources(FILE, [{"name": "c", "url": "https://c.example/f", "topics": ["A", "B"], "paused": True}])
    table = '[[source]]\nname = "c"\nurl = "https://c.example/f"\ntopics = ["A", "B"]\npaused = true\n'
    assert f"{FILE}\n{table}" == added
    assert table == add_sources("", [{"name": "c", "url": "https://c.example/f", "topics": ["A", "B"], "paused": True}])
    assert "x = 1\n\n" + table.partition("topics")[0] == add_sources(
        "x = 1", [{"name": "c", "url": "https://c.example/f"}]
    )


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_title_is_safe(title: str) -> None:
    """Whatever a feed calls itself, the file means that, and stays TOML."""
    added = add_sources(FILE, [{"name": "c", "title": title}])
    assert {"name": "c", "title": title} == tomllib.loads(added)["source"][-1]
    changed = change_source(added, "c", {"title": f"{title}!"})
    assert {"name": "c", "title": f"{title}!"} == tomllib.loads(changed)["source"][-1]


def test_a_source_is_changed_in_its_place() -> None:
    """A key is set where it stands, or below the others; comments stay."""
    expected = FILE.replace("https://a.example/f", "https://new.example/f").replace(
        "# the feed\n", "# the feed\npaused = true\n"
    )
    changed = change_source(FILE, "a", {"url": "https://new.example/f", "paused": True})
    assert expected == changed
    assert expected.replace("paused = true", "paused = false") == change_source(changed, "a", {"paused": False})
    assert FILE.replace("'b'", '"c"') == change_source(FILE, "b", {"name": "c"})


def test_a_source_is_removed_with_its_tables() -> None:
    """A source goes with its own tables; the comments above the next one stay."""
    without_a = FILE.replace(
        '[[source]]\nname = "a"\nurl = "https://a.example/f" # the feed\n[source.include]\nwords = ["[x]", "#y"]\n', ""
    )
    assert without_a == remove_source(FILE, "a")
    assert '# about b\n\n[run] # the clock\nbuild = ""\n' == remove_source(without_a, "b").partition("# about a\n\n")[2]
    last = '[[source]]\nname = "z"\n'
    assert "x = 1\n" == remove_source(f"x = 1\n{last}", "z")


def test_other_line_ends_stay() -> None:
    """A file from another system keeps its line ends."""
    file = FILE.replace("\n", "\r\n")
    for edit in (
        lambda text: add_sources(text, [{"name": "c", "url": "u"}]),
        lambda text: change_source(text, "a", {"paused": True}),
        lambda text: remove_source(text, "a"),
    ):
        assert edit(FILE).replace("\n", "\r\n") == edit(file)


@pytest.mark.parametrize(
    "file",
    [
        'source = [{name = "a", url = "u"}]\n',
        '[[source]]\n"name" = "a"\nx = """\n[[source]]\n"""\n[[source]]\nname = "b"\n',
        '[["source"]]\nname = "a"\n',
    ],
    ids=["inline", "a header in a text", "quoted"],
)
def test_what_cannot_be_changed_safely_is_left(file: str) -> None:
    """A table that is written in an unforeseen way is left to the editor, with a message."""
    with pytest.raises(ConfigError, match="edit the file by hand"):
        change_source(file, "b" if "b" in file.partition("url")[0][-12:] else "a", {"name": "c", "paused": True})


@pytest.mark.parametrize("edit", [lambda: remove_source(FILE, "z"), lambda: change_source("", "z", {})])
def test_a_source_that_is_not_there_is_told(edit) -> None:
    """A name that fits no source is answered."""
    with pytest.raises(ConfigError, match="z: no such source"):
        edit()


def test_a_file_is_changed_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file keeps its rights, a link stays a link, and a failure leaves what was there."""
    real, path = tmp_path / "real.toml", tmp_path / "frtfeed.toml"
    real.write_text("x = 1\n", encoding="utf-8")
    real.chmod(0o640)
    path.symlink_to(real)
    edit_settings(path, lambda text: text.replace("1", "2"))
    assert ("x = 2\n", 0o640, True) == (real.read_text(), real.stat().st_mode & 0o777, path.is_symlink())

    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DeliveryError, match="No space left on device"):
        edit_settings(path, lambda text: "")
    assert ("x = 2\n", ["frtfeed.toml", "real.toml"]) == (
        real.read_text(),
        sorted(each.name for each in tmp_path.iterdir()),
    )


def test_without_a_file_there_is_nothing_to_change(tmp_path: Path) -> None:
    """No configuration, or one that cannot be read, is said."""
    with pytest.raises(ConfigError, match="Make a project with: frtfeed init"):
        edit_settings(None, str)
    with pytest.raises(ConfigError, match="cannot be read"):
        edit_settings(tmp_path, str)


def test_what_cannot_be_cleaned_up_is_told(tmp_path: Path) -> None:
    """Where not even the text beside can be removed, as on a read-only file system, the fault is told in words."""
    path = tmp_path / "frtfeed.toml"
    path.write_text(FILE, encoding="utf-8")
    (tmp_path / ".frtfeed.toml.part").mkdir()
    with pytest.raises(DeliveryError, match="cannot be written"):
        edit_settings(path, lambda text: f"{text}#")
    assert FILE == path.read_text(encoding="utf-8")
