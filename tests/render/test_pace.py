"""How long a text takes to read."""

import pytest

from frtfeed.render.pace import length_of, minutes, reading_minutes


@pytest.mark.parametrize(
    ("html", "expected"),
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
def test_a_text_takes_minutes(html: str, expected: int) -> None:
    """230 words a minute, one minute at least; where nobody writes blanks two characters are a word."""
    assert expected == reading_minutes(html)


def test_a_letter_takes_as_long_as_its_stories() -> None:
    """Stretches that are measured one by one take as long as all of it: no minute is lost by rounding."""
    stretches = ["<p>word</p>" * 310, "<p>ü ü</p>" * 155, "<p>顔</p>" * 207, "<p>" + "ก" * 617 + "</p>"]
    assert [1, 1, 1, 1] == [reading_minutes(each) for each in stretches]
    assert 5 == minutes(map(length_of, stretches)) == reading_minutes("".join(stretches))
