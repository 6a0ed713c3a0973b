"""The letters and messages of the sample publication, and editions made for a test."""

import email
from email import policy
from email.message import EmailMessage
from typing import Any

from frtfeed.model import Edition, Group, Sender
from frtfeed.records import replace
from tests.render import samples
from tests.render.human import pages

PUBLICATION = samples.publication()
DRAFT, CLOSED, OLD = PUBLICATION.editions
NOBODY = replace(samples.SITE, sender=Sender())


def letter(edition: Edition = CLOSED, *, site: object = samples.SITE, form: str = "html") -> str:
    """Return one form of an edition's letter."""
    publication = replace(PUBLICATION, editions=(edition,), site=site)  # type: ignore[arg-type]
    return pages("email", publication)[f"{edition.path}email.{form}"].content.decode()


def message(edition: Edition = CLOSED, *, site: object = samples.SITE) -> EmailMessage:
    """Return an edition's message as a mail program reads it."""
    return read_message(letter(edition, site=site, form="eml").encode("ascii"))


def read_message(raw: bytes) -> EmailMessage:
    """Read a message as a mail program does."""
    read = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def telling(*groups: Group, edition: Edition = CLOSED) -> Edition:
    """Return an edition of some groups."""
    return replace(edition, groups=groups)


def titled(title: str) -> Edition:
    """Return an edition with one story of that title."""
    return telling(replace(samples.POLICE, lead=replace(samples.POLICE.lead, title=title)))


def links(tree: Any) -> list[str]:
    """Return where a letter's links lead, in their order."""
    return [each.get("href") for each in tree.iter("a")]


def leads(tree: Any) -> list[Any]:
    """Return the headlines of a letter's events, in their order."""
    return [each for each in tree.iter("h2") if (each.get("id") or "").startswith("s")]


def many(count: int) -> Edition:
    """Return an edition with so many leads, each with some coverage."""
    return telling(
        *(
            samples.group(
                samples.story(
                    f"lead-{n}", f"Headline {n} of many", excerpt="What happened, in a sentence or two. " * 4
                ),
                coverage=samples.CROWD.coverage[: n % 5],
            )
            for n in range(count)
        )
    )
