"""The house rules of docs/concepts.md that a machine can hold."""

import ast
import sys
from pathlib import Path

import pytest

import frtfeed

PACKAGE = Path(frtfeed.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

# The floor of each room and of each module that is no room.
FLOORS = {
    "": 0, "model": 0, "records": 0, "briefs": 0, "fingerprints": 0, "found": 0, "policies": 0,
    "errors": 0, "text": 0, "urls": 0, "times": 0, "markup": 0, "sources": 0,
    "parse": 1, "edit": 1, "render": 1,
    "fetch": 2, "deliver": 2, "config": 2, "store": 2,
    "pipeline": 3, "poll": 3,
    "check": 4, "digest": 4, "explain": 4, "newsdesk": 4, "project": 4, "schedule": 4, "serve": 4, "workers": 4,
    "cli": 5, "__main__": 6,
}  # fmt: skip

# What is known of a project before its configuration is read, which is dear to import, is the front half of that.
HALVES = {"asked": "config"}

# Each third-party package has one home (a module, or a room), so that it can be replaced in an afternoon.
HOMES = {
    "apscheduler": {"schedule.py"},
    "brotli": {"fetch/encodings.py"},
    "click": {"cli"},
    "fastfeedparser": {"parse/syndication.py"},
    "feedgen": {"render/syndication.py"},
    "feedparser": {"parse/syndication.py"},
    "frontmatter": {"parse/fences.py"},
    "ftfy": {"text.py"},
    "httpcore": {"fetch/http.py"},
    "httpx": {"fetch/http.py"},
    "idna": {"urls.py"},
    "jinja2": {"render/templates.py"},
    "lxml": {"render/syndication.py"},
    "markdown_it": {"markup.py"},
    "msgspec": {"records.py", "config.py", "parse/json_feed.py", "store/encoding.py"},
    "nh3": {"markup.py"},
    "premailer": {"render/inline.py"},
    "cssutils": {"render/inline.py"},
    "trafilatura": {"parse/saved_html.py"},
    "yaml": {"parse/yaml_text.py"},
    "zstandard": {"fetch/encodings.py"},
}

FORBIDDEN_BELOW = {
    "os",
    "pathlib",
    "shutil",
    "tempfile",
    "socket",
    "random",
    "secrets",
    "time",
    "logging",
    "subprocess",
}


def _room(path: Path) -> str:
    """Return the room that a file is in, or its own name where it is in none."""
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "" if first == "__init__" else HALVES.get(first, first)


def _imports(path: Path) -> list[str]:
    """Return every module that a file imports, wherever in it."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert 0 == node.level, f"{path}: relative import"
            names.append(node.module or "")
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_down(path: Path) -> None:
    """A module imports from lower floors or its own room only."""
    room = _room(path)
    wrong = []
    for name in _imports(path):
        if name.split(".")[0] != "frtfeed":
            continue
        other = name.split(".")[1] if "." in name else ""
        other = HALVES.get(other, other)
        same_room = other == room or FLOORS[other] == FLOORS[room] == 0  # floor 0 is one room
        if not same_room and FLOORS[other] >= FLOORS[room]:
            wrong.append(name)
    assert [] == wrong


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_each_package_has_one_home(path: Path) -> None:
    """A third-party package is imported in its home and nowhere else."""
    mine = {path.relative_to(PACKAGE).as_posix(), _room(path)}
    foreign = {name.split(".")[0] for name in _imports(path)} - set(sys.stdlib_module_names) - {"frtfeed"}
    assert [] == sorted(package for package in foreign if mine.isdisjoint(HOMES[package]))


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if FLOORS[_room(path)] <= 1],
    ids=lambda path: path.relative_to(PACKAGE).as_posix(),
)
def test_lower_floors_touch_only_their_arguments(path: Path) -> None:
    """Floors 0 and 1 import nothing that reaches files, network, clock or randomness."""
    used = {name.split(".")[0] for name in _imports(path)}
    assert set() == used & FORBIDDEN_BELOW


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_the_clock_is_asked_once(path: Path) -> None:
    """Only the front door asks what time it is."""
    text = path.read_text(encoding="utf-8")
    asked = text.count("datetime.now(") + text.count("time.time(") + text.count(".today(")
    assert (1 if path.parts[-2:] == ("cli", "options.py") else 0) == asked


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_file_has_a_caption(path: Path) -> None:
    """Each file begins with a caption that says what it is for."""
    caption = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert caption
    assert caption.rstrip()[-1] in ".)"
