"""What `frtfeed check` says about the configuration: what is right by form and will not do."""

from collections.abc import Iterator

from frtfeed.config import CONFIG_NAME, PLACEHOLDER_URL, Config
from frtfeed.model import Problem

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
