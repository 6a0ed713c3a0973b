"""What changes when the same files may be read differently."""

import os
import shutil
import sys
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import frtfeed
from frtfeed.store.salt import program_stamp, salt_of


def test_salt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The salt stays while nothing changes that reading depends on; a zone or a package's version changes it."""
    salt = salt_of(zone=UTC)
    assert salt == salt_of(zone=UTC)
    assert salt != salt_of(zone=ZoneInfo("Europe/London"))
    (tmp_path / "ftfy-9.9.dist-info").mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path), str(tmp_path / "none")])
    assert salt != salt_of(zone=UTC)


def test_salt_of_changed_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The salt is another one when a line of the parsers is."""
    package = Path(frtfeed.__file__).parent
    shutil.copytree(package, tmp_path / "frtfeed", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(frtfeed, "__file__", str(tmp_path / "frtfeed" / "__init__.py"))
    salt = salt_of(zone=UTC)
    changed = tmp_path / "frtfeed" / "parse" / "lines.py"
    changed.write_text(changed.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert salt != salt_of(zone=UTC)


def test_the_programs_own_stamp(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Another time of any file of frtfeed, a file more, or another package is another program."""
    (tmp_path / "frtfeed" / "edit").mkdir(parents=True)
    changed = tmp_path / "frtfeed" / "edit" / "rank.py"
    changed.write_text("")
    monkeypatch.setattr(frtfeed, "__file__", str(tmp_path / "frtfeed" / "__init__.py"))
    stamps = [program_stamp()]
    assert stamps == [program_stamp()]
    os.utime(changed, ns=(1, 1))
    stamps.append(program_stamp())
    (tmp_path / "frtfeed" / "new.py").write_text("")
    stamps.append(program_stamp())
    (tmp_path / "packages" / "ftfy-9.9.dist-info").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "packages")])
    stamps.append(program_stamp())
    assert 4 == len(set(stamps))
