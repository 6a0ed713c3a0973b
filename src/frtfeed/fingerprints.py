"""What shows whether a value is still the same, in any process."""

from hashlib import blake2b, sha256

from frtfeed.records import Struct

__all__ = ["checksum", "fingerprint"]


def fingerprint(*parts: object) -> str:
    """Return what changes when any of some values does: texts, numbers, paths, and frozen data made of such."""
    return sha256(repr([_steady(part) for part in parts]).encode("utf-8", "backslashreplace")).hexdigest()


def _steady(value: object) -> object:
    """Return a value that repr() writes alike in every process: the order of a set is one process's own."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Struct):
        return [(name, _steady(getattr(value, name))) for name in value.__struct_fields__]
    if isinstance(value, tuple):
        return [_steady(each) for each in value]
    return value


def checksum(*texts: str) -> int:
    """Return a number of 63 bits that changes when any of some texts does."""
    joined = "\0".join(texts).encode("utf-8", "backslashreplace")
    return int.from_bytes(blake2b(joined, digest_size=8).digest()) >> 1
