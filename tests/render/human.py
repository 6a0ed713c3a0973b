"""The project's own templates, and what a page or a letter made with them says."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import html5lib

from frtfeed.model import Page, Publication
from frtfeed.render import RENDERERS, made

FOLDER = Path(__file__).parents[2] / "templates"
TEMPLATES = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.iterdir())}


def pages(name: str, publication: Publication, templates: Mapping[str, str] = TEMPLATES) -> dict[str, Page]:
    """Return what a renderer makes of a publication, by path."""
    return {page.path: page for page in made(RENDERERS[name](publication, templates=templates))}


def parsed(markup: str) -> Any:
    """Parse HTML; html5lib.html5parser.ParseError where it is not valid."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(markup)


def said(element: Any) -> str:
    """Return the words of an element, in one line."""
    return " ".join("".join(element.itertext()).split())


def classed(tree: Any, name: str) -> list[Any]:
    """Return the elements of a class, in their order."""
    return [each for each in tree.iter() if name in (each.get("class") or "").split()]
