"""How long a text takes to read."""

import pytest

from frtfeed.render.pace import reading_minutes


@pytest.mark.parametrize(
    ("html", "minutes"),
    [
        pytest.param("", 1, id="nothing"),
        pytest.param("<p>word</p>" * 344, 1, id="just one"),
        pytest.param("<p>word</p>" * 346, 2, id="just two"),
        pytest.param('<a href="a b c d">word</a> ' * 230, 1, id="tags are not read"),
        pytest.param("顔" * 920, 2, id="Chinese"),
        pytest.param("ก" * 920, 2, id="Thai"),
        pytest.param("ü " * 460, 2, id="letters with marks"),
    ],
)
def test_a_text_takes_minutes(html: str, minutes: int) -> None:
    """230 words a minute, one minute at least; where nobody writes blanks two characters are a word."""
    assert minutes == reading_minutes(html)
