"""Front matter whatever YAML it uses, beside the quick way to that of ordinary files."""

from hypothesis import given, settings
from hypothesis import strategies as st

from frtfeed.parse import frontmatter
from frtfeed.parse.faults import Faults
from frtfeed.parse.fences import read_fenced
from tests.parse.samples import LEAD

ENDS = [
    "",
    "\n",
    "text",
    "\ntext\n",
    " \t\ntext",
    "-\ntext",
    " x",
    "\n---\ntext",
    "\n\n---\n",
    "\x85",
    "\u2028text",
    "\n...\n",
]
STARTS = ["---\n", "--- \n", "---\n\n", "---\t\n", "---", "---\n# x\n", "title: x\n"]


@settings(max_examples=60)
@given(
    st.sampled_from(STARTS),
    st.sampled_from([LEAD[4:-4], "a: b\n", "a: b\n...\n", "a: b\n---x\n", ""]),
    st.sampled_from(ENDS),
)
def test_ordinary_front_matter_is_cut_as_any_other(start: str, fields: str, end: str) -> None:
    """However a file's fences look, the quick way to its fields and its text leads where the other one does."""
    content = f"{start}{fields}---{end}"
    ordinary = frontmatter._ordinary(content, 3)
    if ordinary is not None:
        assert read_fenced(content, Faults(""), first_line=3) == ordinary
