"""A letter as different mail programs show it: widths, light and dark, without pictures, without styles, in Outlook."""

import re
from collections.abc import Callable

from frtfeed.records import Struct

__all__ = ["View", "views"]

DARK_QUERY = "@media (prefers-color-scheme: dark)"
SCHEMES = '<meta name="color-scheme" content="light dark">'
STYLE_BLOCK = re.compile(r"<style\b.*?</style>\s*", re.DOTALL)
STYLE_ATTRIBUTE = re.compile(r'\sstyle="[^"]*"')
MAX_WIDTH = re.compile(r"max-width:[^;\"]*;?")
PICTURE_ADDRESS = re.compile(r'(<img\b[^>]*?)\ssrc="[^"]*"')
FOR_OUTLOOK = re.compile(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", re.DOTALL)
FOR_OTHERS = re.compile(r"<!--\[if !mso\]><!-->(.*?)<!--<!\[endif\]-->", re.DOTALL)
SETTINGS = re.compile(r"<xml>.*?</xml>", re.DOTALL)
INVERTED = "<style>html { filter: invert(1) hue-rotate(180deg); background-color: #ffffff; }</style>"


class View(Struct, frozen=True, kw_only=True):
    """How one mail program shows a letter; width in CSS pixels."""

    name: str
    width: int
    html: str


def views(html: str) -> tuple[View, ...]:
    """Return a letter's views: three widths in light and dark, then the special ones at 600 pixels."""
    widths = ((375, "phone"), (600, "tablet"), (1000, "desktop"))
    schemes = (("light", _light), ("dark", _dark))
    plain = (
        View(name=f"{width}-{name}", width=width, html=show(html)) for width, _ in widths for name, show in schemes
    )
    special: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("images-off", _without_images),
        ("no-styles", _without_styles),
        ("outlook", _outlook),
        ("inverted", _inverted),
    )
    return (*plain, *(View(name=f"600-{name}", width=600, html=show(html)) for name, show in special))


def _light(html: str) -> str:
    return html.replace(DARK_QUERY, "@media not all").replace(SCHEMES, SCHEMES.replace(" dark", ""))


def _dark(html: str) -> str:
    return html.replace(DARK_QUERY, "@media all").replace(SCHEMES, SCHEMES.replace("light ", ""))


def _without_images(html: str) -> str:
    return PICTURE_ADDRESS.sub(r"\1", _light(html))


def _without_styles(html: str) -> str:
    return STYLE_ATTRIBUTE.sub("", STYLE_BLOCK.sub("", html))


def _outlook(html: str) -> str:
    """Show a letter as Word does: its conditional comments count, style blocks and maximal widths do not."""
    return MAX_WIDTH.sub("", STYLE_BLOCK.sub("", FOR_OUTLOOK.sub(r"\1", SETTINGS.sub("", FOR_OTHERS.sub("", html)))))


def _inverted(html: str) -> str:
    """Turn the colours round by force, as programs do that do not ask."""
    return _light(html).replace("</head>", f"{INVERTED}</head>", 1)
