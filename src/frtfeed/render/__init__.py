"""A Publication in, Jobs out, each of which makes Pages: one module per family of formats."""

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from frtfeed.model import Job, Page, Publication

if TYPE_CHECKING:
    from frtfeed.render.kept import Kept

__all__ = ["RENDERERS", "Renderer", "made"]


class Renderer(Protocol):
    """What turns a Publication into Pages."""

    def __call__(
        self, publication: Publication, /, *, templates: Mapping[str, str], kept: "Kept | None" = None
    ) -> Iterator[Job]:
        """
        Plan the pages of one family of formats, in an order that depends on nothing but the publication.

        Planning fetches no group that it can do without, and imports no engine: most pages are as they were.

        Args:
            templates: text by name; formats without a design of their own do not look at it.
            kept: what was learnt before; what has to be learnt is added.
        """
        ...


def _lazily(module: str) -> Renderer:
    """Name a renderer without importing it."""

    def render(
        publication: Publication, /, *, templates: Mapping[str, str], kept: "Kept | None" = None
    ) -> Iterator[Job]:
        renderer: Renderer = import_module(f"{__name__}.{module}").render
        return renderer(publication, templates=templates, kept=kept)

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


def made(jobs: Iterable[Job]) -> Iterator[Page]:
    """Do some jobs."""
    for job in jobs:
        yield from job.make()
