"""The nouns: the little that they work out by themselves."""

import pytest

from frtfeed.model import Page, Provider
from tests.edit.stories import MONDAY, story


def test_an_etag_changes_when_the_bytes_do() -> None:
    """A strong validator is the same for the same bytes, and for no others."""
    one, same, other = (Page(path="p", media_type="t", content=content) for content in (b"a", b"a", b"b"))
    assert one.etag == same.etag
    assert one.etag != other.etag
    assert one.etag[0] == one.etag[-1] == '"'


def test_a_story_is_ordered_by_its_date() -> None:
    """A dated story knows its instant; an undated one has no place in an order."""
    assert MONDAY == story("s").at
    with pytest.raises(ValueError, match="undated"):
        _ = story("s", published=None).at


def test_a_provider_is_told_apart_by_its_domain() -> None:
    """The domain tells providers apart, else the name in any case."""
    assert ["a.example", "it pro"] == [Provider(name="A", domain="a.example").key, Provider(name="IT Pro").key]
