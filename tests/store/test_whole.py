"""Small files of what is remembered."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.store.whole import read_whole, write_whole


@pytest.mark.parametrize("content", [b"", b"a", b"\n", b"two\nlines\n", bytes(range(256))])
def test_what_is_written_comes_back(tmp_path: Path, content: bytes) -> None:
    """Any bytes come back as they were; what was there before is gone, and nothing lies beside them."""
    for each in (b"before", content):
        write_whole(tmp_path / "x.json", each)
    assert content == read_whole(tmp_path / "x.json")
    assert ["x.json"] == [path.name for path in tmp_path.iterdir()]


@given(st.data())
def test_a_bit_that_turned_is_seen(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Wherever a bit turns, or the end is lost, the file is not what was written."""
    path = tmp_path_factory.mktemp("whole") / "x"
    write_whole(path, b'{"pages": {"index.html": "7185"}}')
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content[at] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del content[at:]
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not as it was written"):
        read_whole(path)
