"""What shows whether a value is still the same."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.fingerprints import checksum, fingerprint
from frtfeed.policies import ScorePolicy
from frtfeed.records import Struct

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.tuples(inner) | st.tuples(inner, inner) | st.frozensets(st.text(max_size=3), max_size=3),
    max_leaves=6,
)


class One(Struct, frozen=True):
    """A value with a field."""

    value: object


class Other(Struct, frozen=True):
    """A value whose field has another name."""

    worth: object


@given(VALUES, VALUES)
def test_a_fingerprint_tells_values_apart(one: object, other: object) -> None:
    """Equal fingerprints mean what is written alike, also within data; texts with half a character have one, too."""
    same = repr(_sorted(one)) == repr(_sorted(other))
    assert same == (fingerprint(one) == fingerprint(other))
    assert same == (fingerprint(One(one)) == fingerprint(One(other)))


def _sorted(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(map(_sorted, value))
    return sorted(value) if isinstance(value, frozenset) else value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param((1, "a"), ("1", "a"), id="a number and its text"),
        pytest.param(("a", "b"), ("ab",), id="two texts and one"),
        pytest.param(("a", ("b",)), (("a", "b"),), id="where a list begins"),
        pytest.param((One(1),), (Other(1),), id="fields of other names"),
        pytest.param((Path("a"),), (Path("b"),), id="paths"),
        pytest.param((datetime(2024, 1, 1, tzinfo=UTC),), (datetime(2024, 1, 2, tzinfo=UTC),), id="dates"),
        pytest.param((One,), (Other,), id="classes"),
        pytest.param(("\ud800",), ("\ud801",), id="half a character"),
    ],
)
def test_values_that_differ(one: tuple[object, ...], other: tuple[object, ...]) -> None:
    """What looks alike and is not has two fingerprints."""
    assert fingerprint(*one) == fingerprint(*one)
    assert fingerprint(*one) != fingerprint(*other)


TELL = "from tests.test_fingerprints import POLICY; from frtfeed.fingerprints import fingerprint; "
TELL += "print(fingerprint(POLICY, ('a', POLICY)))"
POLICY = ScorePolicy(keywords=("b", "a"), providers=frozenset({"one.example", "two.example", "three.example"}))


@pytest.mark.slow
def test_every_process_tells_the_same() -> None:
    """A set has another order in every process; its fingerprint is the same."""
    told = {
        subprocess.run(
            [sys.executable, "-c", TELL],
            env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            cwd=Path(__file__).parents[1],
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()
        for seed in (1, 2, 3)
    }
    assert {fingerprint(POLICY, ("a", POLICY))} == told


@given(st.lists(st.text()), st.lists(st.text()))
def test_a_checksum_is_a_number_that_sqlite_takes(one: list[str], other: list[str]) -> None:
    """It is the same for the same texts, fits 63 bits, and no text runs into the next one."""
    assert 0 <= checksum(*one) < 2**63
    assert checksum(*one) == checksum(*one)
    if "\0".join(one) != "\0".join(other):
        assert checksum(*one) != checksum(*other)


def test_where_a_text_ends_is_part_of_it() -> None:
    """What stands in one text or in the next makes a difference, as does half a character."""
    assert checksum("ab", "c") != checksum("a", "bc")
    assert checksum("\ud800") != checksum("\ud801")
