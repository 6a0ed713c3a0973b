"""Which project a command is about."""

from pathlib import Path

import pytest

from frtfeed.asked import CONFIG_NAME, Asked, asked_stamp, find_config, state_folder


def test_the_stamp_is_of_what_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another configuration, another folder named or another place to be in: each is another stamp."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / CONFIG_NAME
    path.write_text("[site]")
    stamps = [asked_stamp(Asked(config=path)), asked_stamp(Asked(config=path, seeds=Path("seeds")))]
    stamps += [asked_stamp(Asked(config=path, out=Path("seeds"))), asked_stamp(Asked())]
    assert stamps[0] == asked_stamp(Asked(config=path))
    path.write_text("[site]\n")
    stamps.append(asked_stamp(Asked(config=path)))
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    stamps.append(asked_stamp(Asked(config=path)))
    assert 6 == len(set(stamps))


def test_a_configuration_that_cannot_be_read_has_no_stamp(tmp_path: Path) -> None:
    """What cannot be read is never taken for unchanged; who reads it tells what is wrong."""
    assert "" == asked_stamp(Asked(config=tmp_path / "nowhere.toml"))
    assert "" == asked_stamp(Asked(config=tmp_path))


def test_the_nearest_configuration_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The named file, else the one in the current folder, else the one beside the seeds, else none."""
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    (there / "seeds").mkdir(parents=True)
    monkeypatch.chdir(here)
    assert find_config(named=None, seeds=there / "seeds") is None
    beside = there / CONFIG_NAME
    beside.write_text("")
    assert beside == find_config(named=None, seeds=there / "seeds")
    (here / CONFIG_NAME).write_text("")
    assert Path(CONFIG_NAME) == find_config(named=None, seeds=there / "seeds")
    assert Path("x.toml") == find_config(named=Path("x.toml"), seeds=None)


def test_the_state_lies_beside_the_configuration(tmp_path: Path) -> None:
    """What is remembered belongs to a project, wherever the command runs; without a configuration it is here."""
    assert tmp_path / ".frtfeed" == state_folder(tmp_path / CONFIG_NAME)
    assert Path(".frtfeed") == state_folder(None)
