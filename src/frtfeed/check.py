"""What `frtfeed check` says about the configuration: what is right by form and will not do."""

from collections.abc import Iterator

from frtfeed.asked import CONFIG_NAME
from frtfeed.config import PLACEHOLDER_URL, Config
from frtfeed.model import Problem
from frtfeed.render.placeholders import placeholder_domain, placeholder_postal

__all__ = ["site_problems"]


def site_problems(config: Config) -> Iterator[Problem]:
    """Yield what a publisher must still fill in; path is the configuration file's."""
    place = str(config.path or CONFIG_NAME)
    if config.site.url == PLACEHOLDER_URL:
        yield Problem(
            path=place,
            field="[site] url",
            fault="the placeholder",
            value=config.site.url,
            remedy="Feeds and mail hold absolute addresses: write where the output will be published.",
            severity="warning",
        )
    yield from _sender_problems(config, place)


# What a digest cannot go to a list without, by key of [mail], and who asks for it.
SENDER_FACTS = {
    "from_address": "Mail programs show it, and the message cannot be sent without it.",
    "postal_address": "The law of most countries wants it in every issue.",
    "unsubscribe_url": "Gmail and Yahoo want a way out by one click (RFC 8058); it must be https.",
    "unsubscribe_mailto": "Some mail programs can leave by mail only.",
    "list_id": "Mail programs sort by it (RFC 2919); choose a name that can stay for ever.",
}


def _sender_problems(config: Config, place: str) -> Iterator[Problem]:
    """Yield what a digest must say of its sender and does not, and what it says by way of example."""
    sender = config.site.sender
    stated = {
        "from_address": sender.address,
        "postal_address": sender.postal,
        "unsubscribe_url": sender.unsubscribe_url,
        "unsubscribe_mailto": sender.unsubscribe_mailto,
        "list_id": sender.list_id,
    }
    for key, why in SENDER_FACTS.items():
        if not stated[key]:
            yield Problem(path=place, field=f"[mail] {key}", fault="missing", remedy=why, severity="warning")
        elif placeholder_postal(stated[key]) if key == "postal_address" else placeholder_domain(stated[key]):
            yield Problem(
                path=place,
                field=f"[mail] {key}",
                fault="a placeholder",
                value=stated[key],
                remedy="Write your own before the digest is sent.",
                severity="note",
            )
