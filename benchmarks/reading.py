#!/usr/bin/env python3
"""
What reading a story file costs: its YAML, the whole of it, and what the cache takes instead.

usage: reading.py FOLDER [--runs N]

FOLDER holds story files of any format, read into memory before anything is timed. CPU time per
file, minimum and median over the runs; the rows are measured in turn within each run, so that a
slow moment of the machine meets all of them. Below the table stand counts that are the same on
every machine.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC
from functools import partial
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

import frontmatter as python_frontmatter

from frtfeed.found import Bundle, Found, bundled, folder_of, packed
from frtfeed.model import Document
from frtfeed.parse import parse
from frtfeed.parse.ordinary import read_ordinary
from frtfeed.parse.yaml_text import Unreadable, compose
from frtfeed.store.parse_cache import CACHE_NAME, Read, open_cache


def documents_in(folder: Path) -> list[Document]:
    """Read every file of a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [Document(path=path.relative_to(folder).as_posix(), content=path.read_bytes()) for path in paths]


def front_matter(documents: list[Document]) -> list[str]:
    """Return the fields of the files that have front matter."""
    texts = [document.content.decode(errors="replace") for document in documents]
    return [text[3:].rpartition("\n---")[0] + "\n" for text in texts if text.startswith("---\n")]


def readable(text: str) -> bool:
    """Tell whether a text is YAML that story files may hold."""
    try:
        compose(text)
    except Unreadable:
        return False
    return True


def each_once(work: Callable[[Any], object], inputs: Iterable[Any]) -> None:
    """Work on each input and let the result go, so that no work pays for the memory of another."""
    for each in inputs:
        work(each)


def place(read: Read) -> tuple[str, str]:
    """Return the order in which a walk finds files."""
    return folder_of(read.status.path), read.status.path


def bundle(folder: str, files: list[Found]) -> Bundle:
    """Put the files of a folder together, as a walk finds them."""
    names = [file.path.removeprefix(folder) for file in files]
    return bundled(folder, names, [packed(*status) for _, *status in files])


def cached(documents: list[Document], folder: Path) -> dict[str, Callable[[], object]]:
    """Store what was read; return ways to load it."""
    path = folder / CACHE_NAME
    read = [
        Read(
            status=Found(document.path, len(document.content), 0),  # old enough to be trusted
            sha256=sha256(document.content).digest(),
            parsed=parse(document, zone=UTC),
        )
        for document in documents
    ]
    by_folder = groupby(sorted(read, key=place), key=lambda each: folder_of(each.status.path))
    bundles = [bundle(folder, [each.status for each in files]) for folder, files in by_folder]

    def store() -> None:
        path.unlink(missing_ok=True)
        with open_cache(path, salt="") as cache:
            cache.compare(bundles)
            cache.store(read)

    def unchanged() -> int:
        with open_cache(path, salt="") as cache:
            return len(documents) - len(cache.compare(bundles).changed)

    def known() -> int:
        with open_cache(path, salt="") as cache:
            return len(cache.parsed(document.path for document in documents))

    store()
    if len(documents) != known():
        raise SystemExit(f"{path}: not every file came back from the cache")
    return {"cache: stored": store, "cache: what has changed": unchanged, "cache: all stories": known}


def measured(works: dict[str, Callable[[], object]], *, runs: int) -> dict[str, list[float]]:
    """Return the CPU seconds of each work, in each run."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(runs):
        for name, work in works.items():
            started = time.process_time()
            work()
            seconds[name].append(time.process_time() - started)
    return seconds


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    documents = documents_in(options.folder)
    texts = [text for text in front_matter(documents) if readable(text)]
    if not texts:
        raise SystemExit(f"{options.folder}: no file with front matter. Name a folder of story files.")
    whole = [document.content.decode() for document in documents if document.content.startswith(b"---\n")]
    ordinary = [text for text in texts if read_ordinary(text)]

    with tempfile.TemporaryDirectory() as folder:
        works: dict[str, Callable[[], object]] = {
            "python-frontmatter": lambda: each_once(python_frontmatter.parse, whole),
            "YAML, full reader": lambda: each_once(compose, texts),
            "YAML, quick reader": lambda: each_once(read_ordinary, texts),
            "parse, all of it": lambda: each_once(partial(parse, zone=UTC), documents),
            "parse, as a build": lambda: each_once(partial(parse, zone=UTC, hidden_mentions=False), documents),
            **cached(documents, Path(folder)),
        }
        seconds = measured(works, runs=options.runs)
        size = (Path(folder) / CACHE_NAME).stat().st_size
    print(f"{len(documents)} files, {options.runs} runs; us of CPU per file\n")
    print(f"{'work':<26}{'minimum':>9}{'median':>9}")
    for name, each in seconds.items():
        per = len(documents) if name.startswith(("parse", "cache")) else len(texts)
        print(f"{name:<26}{min(each) / per * 1e6:>9.1f}{statistics.median(each) / per * 1e6:>9.1f}")
    print(f"\ntaken by the quick reader: {len(ordinary)} of {len(texts)} ({len(ordinary) / len(texts):.1%})")
    print(f"the same from both readers: {sum(read_ordinary(text) == compose(text).root for text in ordinary)}")
    print(f"cache: {size / len(documents):,.0f} bytes a file")


if __name__ == "__main__":
    main()
