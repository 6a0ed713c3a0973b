"""Which files have changed, and what these say now; the others are known."""

from collections.abc import Callable, Iterable, Sequence, Set
from hashlib import sha256
from pathlib import Path

from frtfeed.fetch.folder import read_document
from frtfeed.found import Bundle, Found, folder_of
from frtfeed.model import Document, Parsed, Problem
from frtfeed.records import Struct
from frtfeed.store.parse_cache import ParseCache, Read

__all__ = ["Map", "Parse", "Scan", "everything", "scan"]

LOT = 5000  # files read at once

Parse = Callable[[Document], Parsed]
Map = Callable[[Parse, Iterable[Document]], Iterable[Parsed]]


class Scan(Struct, frozen=True, kw_only=True):
    """
    A folder as it is found.

    bundles: all of its files. unwalked: problems with what is no file to read. changed: paths of the files that are
    not as they were. gone: paths that were known. read: what was read anew. same: those of it whose bytes are as
    they were. failed: problems with files that could not be read.
    """

    bundles: Sequence[Bundle]
    unwalked: Sequence[Problem]
    changed: Set[str]
    gone: Set[str]
    read: Sequence[Read]
    same: Set[str]
    failed: Sequence[Problem]

    @property
    def count(self) -> int:
        """How many files there are."""
        return sum(map(len, self.bundles))

    @property
    def found(self) -> list[Found]:
        """All files, by path."""
        return sorted(file for bundle in self.bundles for file in bundle)

    @property
    def paths(self) -> list[str]:
        """The paths of all files, sorted."""
        return sorted(path for bundle in self.bundles for path in bundle.paths())

    def among(self, paths: Set[str]) -> set[str]:
        """Return which of some paths are files of the folder."""
        folders = {folder_of(path) for path in paths}
        return {path for each in self.bundles if each.folder in folders for path in each.paths() if path in paths}


def scan(
    seeds: Path,
    bundles: Sequence[Bundle],
    unwalked: Sequence[Problem],
    *,
    parse: Parse,
    run_map: Map,
    cache: ParseCache | None = None,
) -> Scan:
    """Read and parse the files of a folder that the cache does not know."""
    if cache:
        compared = cache.compare(bundles)
        changed, gone = compared.changed, compared.gone
    else:
        changed, gone = sorted(file for bundle in bundles for file in bundle), frozenset()
    read, same, failed = _read(seeds, changed, parse=parse, run_map=run_map, cache=cache)
    paths = frozenset(file.path for file in changed)
    return Scan(bundles=bundles, unwalked=unwalked, changed=paths, gone=gone, read=read, same=same, failed=failed)


def everything(seeds: Path, told: Scan, *, parse: Parse, run_map: Map, cache: ParseCache | None) -> list[Parsed]:
    """Return what all files of a folder say, those that are known included; what was read is kept for next time."""
    before = [file for file in told.found if file.path not in told.changed]
    kept = cache.parsed(file.path for file in before) if cache else {}
    lost = [file for file in before if file.path not in kept]
    read, _, failed = _read(seeds, lost, parse=parse, run_map=run_map, cache=None)
    if cache:
        cache.store([*told.read, *read])
    parsed = (*kept.values(), *(each.parsed for each in (*told.read, *read)))
    return [*parsed, Parsed(problems=(*told.unwalked, *told.failed, *failed))]


def _read(
    seeds: Path, files: Sequence[Found], *, parse: Parse, run_map: Map, cache: ParseCache | None
) -> tuple[list[Read], set[str], list[Problem]]:
    """Read some files; return with them the paths of those whose bytes are known, and what could not be read."""
    read: list[Read] = []
    same: set[str] = set()
    failed: list[Problem] = []
    for start in range(0, len(files), LOT):  # their bytes are not all in memory at once
        documents: dict[Found, Document] = {}
        for file in files[start : start + LOT]:
            document = read_document(seeds, file)
            if isinstance(document, Document):
                documents[file] = document
            else:
                failed.append(document)
        digests = {file: sha256(document.content).digest() for file, document in documents.items()}
        told = {file: known for file in documents if cache and (known := cache.recall(file.path, digests[file]))}
        same |= {file.path for file in told}
        new = [file for file in documents if file not in told]
        told |= zip(new, run_map(parse, [documents[file] for file in new]), strict=True)
        read += [Read(status=file, sha256=digests[file], parsed=told[file]) for file in documents]
    return read, same, failed
