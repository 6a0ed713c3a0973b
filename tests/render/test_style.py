"""The stylesheet."""

import re

import pytest

from tests.render.human import TEMPLATES

STYLE = TEMPLATES["style.css"]
READABLE = 4.5  # WCAG 2.2, 1.4.3


def colours(scheme: str) -> dict[str, str]:
    """Return the colour variables of a scheme."""
    start = STYLE.index("prefers-color-scheme: dark") if scheme == "dark" else 0
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", STYLE[start : STYLE.index("}", start)]))


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("text", ["ink", "text", "quiet", "link"])
@pytest.mark.parametrize("ground", ["paper", "wash"])
def test_every_text_is_readable_on_every_ground(scheme: str, text: str, ground: str) -> None:
    """Any colour of text may stand on any background, by day and by night."""
    palette = colours(scheme)
    brighter, darker = sorted((luminance(palette[text]), luminance(palette[ground])), reverse=True)
    assert (brighter + 0.05) / (darker + 0.05) >= READABLE


def test_the_stylesheet_asks_nobody_for_anything() -> None:
    """No font, picture or other sheet is loaded."""
    assert not re.search(r"url\(|@import|@font-face", STYLE)


def test_the_documented_variables_are_there() -> None:
    """What docs/pages.md names can be changed."""
    declared = set(re.findall(r"(--\w+):", STYLE))
    named = {"paper", "wash", "ink", "text", "quiet", "link", "rule", "serif", "sans", "measure", "gutter"}
    assert {f"--{name}" for name in named} == declared
