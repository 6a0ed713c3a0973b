"""The front door: one command per verb."""

import click

from frtfeed import __version__
from frtfeed.cli import digest, inbox, site, sources

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="frtfeed")
def main() -> None:
    """Turn a folder of stories into ranked feeds, a front page and a digest that tells each event once."""


for command in (site.init, site.build, site.check, site.explain, site.serve, site.run):
    main.add_command(command)
main.add_command(digest.digest)
for command in (inbox.fetch, inbox.review, inbox.import_page, sources.source, sources.opml):
    main.add_command(command)
