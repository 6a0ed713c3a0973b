"""The digest's files beside each edition's page."""

from tests.render import samples
from tests.render.human import pages
from tests.render.letters import PUBLICATION


def test_each_edition_has_three_forms() -> None:
    """HTML, text and message lie in the edition's folder."""
    assert {path: each.media_type for path, each in pages("email", PUBLICATION).items()} == {
        f"digest/{key}/email.{form}": media_type
        for key in ("2024-W08", "2024-W07", "2024-W01")
        for form, media_type in (
            ("html", "text/html; charset=utf-8"),
            ("txt", "text/plain; charset=utf-8"),
            ("eml", "message/rfc822"),
        )
    }


def test_the_same_edition_gives_the_same_bytes() -> None:
    """Boundary, date and Message-ID depend on the edition only."""
    assert pages("email", PUBLICATION) == pages("email", samples.publication())
