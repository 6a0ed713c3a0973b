"""A Publication in, Pages out: one module per family of formats."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Protocol

from frtfeed.model import Page, Publication

__all__ = ["RENDERERS", "Renderer"]


class Renderer(Protocol):
    """What turns a Publication into Pages."""

    def __call__(self, publication: Publication, /, *, templates: Mapping[str, str]) -> Iterator[Page]:
        """
        Write the pages of one family of formats, in an order that depends on nothing but the publication.

        Args:
            templates: text by name; formats without a design of their own do not look at it.
        """
        ...


def _lazily(module: str) -> Renderer:
    """Name a renderer without importing it: feedgen, Jinja2 and premailer cost half a second."""

    def render(publication: Publication, /, *, templates: Mapping[str, str]) -> Iterator[Page]:
        renderer: Renderer = import_module(f"{__name__}.{module}").render
        return renderer(publication, templates=templates)

    return render


# What a build writes, by name; a new format is a new file and one line here.
RENDERERS: dict[str, Renderer] = {
    "syndication": _lazily("syndication"),  # atom.xml, rss.xml, digest/atom.xml
    "jsonfeed": _lazily("jsonfeed"),  # feed.json
    "opml": _lazily("opml"),  # feeds.opml
    "web": _lazily("web"),  # index.html, topics, stories, incidents, digest pages, search, assets
    "sitemap": _lazily("sitemap"),  # sitemap.xml, robots.txt
    "email": _lazily("email"),  # email.html, email.txt, email.eml
}
