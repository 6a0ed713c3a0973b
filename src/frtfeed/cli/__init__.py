"""The front door: one command per verb."""

from importlib import import_module

import click

from frtfeed import __version__

__all__ = ["main"]

# Strategy: to define the options of all commands takes as long as to look at a thousand files. So a command is
# imported when it is asked for, and none for the list of them: where each stands, and what it says of itself first.
COMMANDS = {
    "build": ("site:build", "The main job: read the stories, write feeds, pages and digests."),
    "check": (
        "site:check",
        "Report every problem in the story files: file, line, field, value, what to write instead.",
    ),
    "digest": (
        "digest:digest",
        "Look at the digest before it is sent: its editions, one of them, its pictures, its faults.",
    ),
    "explain": ("site:explain", "Say why STORY (a file, an address or a part of a title) ranks where it does."),
    "fetch": ("inbox:fetch", "Ask the sources for what is new, and write it into the inbox."),
    "import": (
        "inbox:import_page",
        "Turn a page (a file or an address) or an incident record into a story file in the inbox.",
    ),
    "init": ("site:init", "Make a working project: frtfeed.toml, seeds/, templates/."),
    "opml": ("sources:opml", "Bring in the list of feeds from another reader, or take yours there."),
    "review": ("inbox:review", "Walk through the stories that wait in the inbox: publish, drop, next."),
    "run": ("site:run", "Run the configured jobs on their schedules, for those who do not have cron."),
    "serve": ("site:serve", "Look at the output on this machine, rebuilt as files change."),
    "source": ("sources:source", "Follow feeds: add one, see how they do, pause or remove one."),
}


class Verbs(click.Group):
    """The commands, each imported when it is asked for; `commands` holds what is listed of them."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a name; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(f"frtfeed.cli.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of them."""
        click.Group(commands=self.commands).format_commands(ctx, formatter)


LISTED = {name: click.Command(name, help=caption) for name, (_, caption) in COMMANDS.items()}


@click.group(
    cls=Verbs, commands=LISTED, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="frtfeed")
def main() -> None:
    """Turn a folder of stories into ranked feeds, a front page and a digest that tells each event once."""
