"""Tests of docs/formats.md: what it prints is true."""

import re
from pathlib import Path

import pytest

from frtfeed.parse.record import FACT_LISTS, KNOWN
from tests.parse.samples import read

PAGE = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
SAMPLES = re.findall(r"^```(?:yaml|text)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("sample", SAMPLES, ids=["front matter", "own text", "incident record", "article page"])
def test_samples(sample: str) -> None:
    """Each sample is a story, without a problem that counts."""
    parsed = read(sample)
    assert 1 == len(parsed.stories)
    assert {problem.severity for problem in parsed.problems} <= {"note"}


@pytest.mark.parametrize("field", sorted({*KNOWN, *FACT_LISTS, "occurred"}))
def test_fields(field: str) -> None:
    """Every field that is read is explained."""
    assert f"`{field}`" in PAGE
