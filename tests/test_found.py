"""Files as a walk finds them, packed."""

from hypothesis import given
from hypothesis import strategies as st

from frtfeed.found import Found, bundled, folder_of, packed
from tests.folders import bundles

NUMBERS = st.integers(-(2**63) + 1, 2**63 - 1)
FILES = st.builds(
    Found, st.from_regex(r"([a-c]/){0,2}[a-z]{1,3}\.md", fullmatch=True), NUMBERS, NUMBERS, NUMBERS, NUMBERS
)


@given(st.lists(FILES, unique_by=lambda file: file.path))
def test_what_is_packed_comes_out_again(files: list[Found]) -> None:
    """A bundle holds the files of its folder as they were found, by name."""
    some = bundles(files._replace(inode=abs(files.inode)) for files in files)
    assert sorted(file._replace(inode=abs(file.inode)) for file in files) == sorted(
        file for each in some for file in each
    )
    for each in some:
        assert [file.path for file in each] == each.paths()
        assert (len(each.paths()), {each.folder}) == (len(each), {folder_of(path) for path in each.paths()})
        assert max(file.ctime_ns for file in each) == each.newest_ns()


def test_times_beyond_counting() -> None:
    """A time before 1678 or after 2262 is one at that end, and of an inode's number 63 bits are kept."""
    far = bundled("", ["a.md"], [packed(1, 10**19, -(10**19), 2**63 + 5)])
    assert [Found("a.md", 1, 2**63 - 1, -(2**63) + 1, 5)] == list(far)
