"""How what is remembered is written."""

from dataclasses import dataclass

import pytest

from frtfeed.model import Problem, Story
from frtfeed.records import replace
from frtfeed.store.encoding import Malformed, decode, digest, encode
from tests.edit.stories import MONDAY, incident, story, text

FULL = incident("full", occurred=MONDAY, body=text("Words."), extra=(("key", "value"),))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two values."""

    one: int
    other: tuple[str, ...] = ()


@pytest.mark.parametrize("value", [story("bare"), FULL, replace(FULL, published=None, updated=MONDAY)])
def test_a_story_comes_back_as_it_was(value: Story) -> None:
    """Dates with their zone, lists, facts: all is there."""
    assert value == decode(encode(value), Story)


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xc1", id="no MessagePack"),
        pytest.param(encode(Pair(1))[:-1], id="cut"),
        pytest.param(encode(1), id="another type"),
        pytest.param(encode({"one": "1"}), id="a field of another type"),
        pytest.param(encode({"other": ()}), id="a field missing"),
        pytest.param(encode(Pair(1)) + b"\x00", id="too much"),
        pytest.param(encode(Pair(1, ("ab",))).replace(b"ab", b"a\xf5"), id="a text that is no UTF-8"),
    ],
)
def test_what_is_not_of_its_kind(encoded: bytes) -> None:
    """What does not hold together is told apart from what does."""
    with pytest.raises(Malformed):
        decode(encoded, Pair)


def test_half_a_character() -> None:
    """A text that is no text cannot be written."""
    with pytest.raises(UnicodeEncodeError):
        encode(Problem(path="\ud800", fault="", remedy=""))


def test_a_digest_shows_every_change() -> None:
    """Equal values have one digest, others another."""
    assert digest(FULL) == digest(replace(FULL))
    assert 3 == len({digest(FULL), digest(replace(FULL, title="Other")), digest(replace(FULL, extra=()))})
