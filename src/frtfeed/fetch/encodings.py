"""
Content codings of HTTP, undone within a limit: a megabyte can unpack to a terabyte.

httpx undoes them too, without a limit per chunk: 64 KiB of brotli can be 60 GiB. The only home of
brotli and zstandard.
"""

import zlib
from collections.abc import Callable, Generator, Iterator
from io import BytesIO

__all__ = ["ACCEPTED", "CodingError", "decompressed"]

ACCEPTED = "gzip, deflate, br, zstd"
MAX_CODINGS = 2  # a proxy may add one of its own; a chain of more is an attack
PIECE_BYTES = 2**16
ZSTD_PIECE_BYTES = 256
MAX_WINDOW_BYTES = 2**23  # RFC 8878 §3.1.1.1.2: 8 MiB is what every decoder must do


class CodingError(ValueError):
    """A body that cannot be unpacked, or must not; says why in a few words."""


def decompressed(body: bytes, *, coding: str, limit: int) -> bytes:
    """
    Undo the codings of a body, last one first (RFC 9110 §8.4).

    Args:
        coding: the Content-Encoding header, "" for none.
        limit: in bytes, of every step's result.

    Raises:
        CodingError: too large, damaged, cut off, or in a coding that was not asked for.
    """
    names = [name for part in coding.split(",") if (name := part.strip().lower()) not in ("", "identity")]
    if len(names) > MAX_CODINGS:
        raise CodingError(f"packed {len(names)} times over")
    for name in reversed(names):
        if name not in UNPACKERS:
            raise CodingError(f"packed as {name[:40]!r}, which was not asked for")
        body = _within(UNPACKERS[name](body), name=name, limit=limit)
    return body


def _within(pieces: Iterator[bytes], *, name: str, limit: int) -> bytes:
    """Join pieces until they are too many."""
    unpacked = BytesIO()
    for piece in pieces:
        if unpacked.tell() + len(piece) > limit:
            raise CodingError(f"over {limit:,} bytes once unpacked ({name})")
        unpacked.write(piece)
    return unpacked.getvalue()


def _gzip(body: bytes) -> Iterator[bytes]:
    """Yield the members of a gzip file (RFC 1952 §2.2), piece by piece."""
    while body:
        body = yield from _inflated(body, window=zlib.MAX_WBITS | 16)


def _deflate(body: bytes) -> Iterator[bytes]:
    """Yield what deflate holds: zlib's format as the standard says, or bare, as some servers send it."""
    zlib_header = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2]) % 31 == 0
    yield from _inflated(body, window=zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS)


def _inflated(body: bytes, *, window: int) -> Generator[bytes, None, bytes]:
    """Yield one deflated stream, piece by piece; return what follows it but for padding."""
    unpacker = zlib.decompressobj(window)
    try:
        while not unpacker.eof:
            piece = unpacker.decompress(body, PIECE_BYTES)
            body = unpacker.unconsumed_tail
            if not piece and not unpacker.eof:
                raise CodingError("it breaks off within its compression")
            yield piece
    except zlib.error as error:
        raise CodingError(f"damaged compression: {error}") from error
    return unpacker.unused_data.lstrip(b"\x00")


def _brotli(body: bytes) -> Iterator[bytes]:
    """Yield what RFC 7932 packed, piece by piece."""
    import brotli

    unpacker = brotli.Decompressor()
    try:
        piece = unpacker.process(body, output_buffer_limit=PIECE_BYTES)
        while piece:
            yield piece
            piece = b"" if unpacker.is_finished() else unpacker.process(b"", output_buffer_limit=PIECE_BYTES)
    except brotli.error as error:
        raise CodingError(f"damaged compression: {error}") from error
    if not unpacker.is_finished():
        raise CodingError("it breaks off within its compression")


def _zstd(body: bytes) -> Iterator[bytes]:
    """Yield what RFC 8878 packed, frame by frame, piece by piece."""
    import zstandard

    unpacker = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW_BYTES)
    frame = unpacker.decompressobj()
    try:
        # Bit by bit: 4 bytes can stand for 128 KiB (RFC 8878 §3.1.1.2.2), and no call has a limit.
        for start in range(0, len(body), ZSTD_PIECE_BYTES):
            rest = body[start : start + ZSTD_PIECE_BYTES]
            while rest:
                frame = unpacker.decompressobj() if frame.eof else frame
                yield frame.decompress(rest)
                rest = frame.unused_data
    except zstandard.ZstdError as error:
        raise CodingError(f"damaged compression: {error}") from error
    if not frame.eof:
        raise CodingError("it breaks off within its compression")


UNPACKERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
