"""
How what is remembered is written: MessagePack, typed on its way back. Never pickle, which runs what it reads.

Imported where it is used: most builds read nothing of it.
"""

from hashlib import blake2b
from typing import Any, TypeVar

import msgspec

__all__ = ["Malformed", "decode", "digest", "encode"]

Value = TypeVar("Value")
Malformed = msgspec.DecodeError
_ENCODER = msgspec.msgpack.Encoder()
_DECODERS: dict[type, msgspec.msgpack.Decoder[Any]] = {}  # made once: that takes a millisecond


def encode(value: object) -> bytes:
    """
    Write frozen data.

    Raises:
        UnicodeEncodeError: a text holds half a character, which no file of ours leaves in a story.
    """
    return _ENCODER.encode(value)


def decode(encoded: bytes, kind: type[Value]) -> Value:
    """
    Read frozen data.

    Raises:
        Malformed: it is none, or of another type.
    """
    if kind not in _DECODERS:
        _DECODERS[kind] = msgspec.msgpack.Decoder(kind)
    try:
        read: Value = _DECODERS[kind].decode(encoded)
    except UnicodeDecodeError as error:  # msgspec has none of its own for a text that is no UTF-8
        raise Malformed(str(error)) from error
    return read


def digest(value: object) -> str:
    """Return what changes when, and only when, a value does, in any process."""
    return blake2b(encode(value), digest_size=16).hexdigest()
