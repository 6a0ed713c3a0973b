"""Each edition as a letter: HTML with its styles in the tags, plain text, and both as one message."""

from collections.abc import Iterator, Mapping
from functools import partial

from frtfeed.fingerprints import fingerprint
from frtfeed.model import Edition, Job, Page, Publication, Site
from frtfeed.render.inputs import of_edition
from frtfeed.render.kept import Kept
from frtfeed.render.letter import write_letter
from frtfeed.render.message import addressed, write_message

__all__ = ["render"]

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
MESSAGE = "message/rfc822"


def render(publication: Publication, *, templates: Mapping[str, str], kept: Kept | None = None) -> Iterator[Job]:
    """Plan email.html, email.txt and email.eml of each edition, newest first."""
    known = kept or Kept()
    for edition in publication.editions:
        yield Job(
            paths=tuple(f"{edition.path}email.{form}" for form in ("html", "txt", "eml")),
            inputs=fingerprint(of_edition(edition)),
            make=partial(_letter, edition, site=publication.site, templates=templates, kept=known),
        )


def _letter(edition: Edition, *, site: Site, templates: Mapping[str, str], kept: Kept) -> Iterator[Page]:
    letter = write_letter(edition, site=site, templates=templates, styles=kept.styles, compiled=kept.compiled)
    public = addressed(letter, site=site)
    message = write_message(letter, edition=edition, site=site)
    yield Page(path=f"{edition.path}email.html", media_type=HTML, content=public.html.encode())
    yield Page(path=f"{edition.path}email.txt", media_type=TEXT, content=public.text.encode())
    yield Page(path=f"{edition.path}email.eml", media_type=MESSAGE, content=message)
