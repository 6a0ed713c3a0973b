"""Content codings of HTTP, undone within a limit."""

import gzip
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.fetch.encodings import CodingError, decompressed

PACKERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}


@given(st.binary(max_size=200_000), st.sampled_from(sorted(PACKERS)), st.sampled_from(["", *sorted(PACKERS)]))
def test_what_was_packed_comes_back(body: bytes, inner: str, outer: str) -> None:
    """Whatever one or two codings did is undone."""
    packed = PACKERS[inner](body)
    packed = PACKERS[outer](packed) if outer else packed
    assert body == decompressed(packed, coding=f"{inner}, {outer}", limit=2**20)


@pytest.mark.parametrize("name", sorted(PACKERS))
def test_the_limit_is_exact(name: str) -> None:
    """A body of the limit's size passes; one byte more does not."""
    packed = PACKERS[name](b"x" * 100_000)
    assert 100_000 == len(decompressed(packed, coding=name, limit=100_000))
    with pytest.raises(CodingError, match=f"over 99,999 bytes once unpacked \\({name}\\)"):
        decompressed(packed, coding=name, limit=99_999)


@pytest.mark.parametrize("name", sorted(PACKERS))
def test_damage_is_told(name: str) -> None:
    """A body that is no such thing, or breaks off, is an error that says so."""
    whole = PACKERS[name](bytes(range(256)) * 20)
    with pytest.raises(CodingError, match=r"damaged compression|breaks off"):
        decompressed(b"\xff" * 50, coding=name, limit=2**20)
    with pytest.raises(CodingError, match="breaks off"):
        decompressed(whole[: len(whole) // 2], coding=name, limit=2**20)


def test_a_gzip_file_may_have_members_and_padding() -> None:
    """Several gzip files in a row are one; zeros behind them are nothing."""
    assert b"ab" == decompressed(gzip.compress(b"a") + gzip.compress(b"b") + b"\0\0", coding="gzip", limit=10)


def test_codings_that_nobody_asked_for() -> None:
    """Names are read in any case; an unknown one, or too many, are refused by name."""
    assert b"a" == decompressed(b"a", coding="Identity, ", limit=10)
    with pytest.raises(CodingError, match="packed as 'lzma', which was not asked for"):
        decompressed(b"a", coding="LZMA", limit=10)
    with pytest.raises(CodingError, match="packed 3 times over"):
        decompressed(b"a", coding="gzip, gzip, gzip", limit=10)
