"""The commands about the digest: list its editions, show one, look at it in pictures, hold it against the rules."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from frtfeed.cli.options import Options, common_options, say, say_json, the_config, the_newsroom
from frtfeed.cli.printing import count
from frtfeed.errors import ConfigError

if TYPE_CHECKING:
    from frtfeed.config import Config
    from frtfeed.digest import Written

__all__ = ["digest"]

WITH_PROBLEMS = 1


@click.group()
def digest() -> None:
    """Look at the digest before it is sent: its editions, one of them, its pictures, its faults."""


@digest.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@common_options
def list_editions(options: Options, *, as_json: bool) -> None:
    """List the editions, newest first: key, period, leads, subject."""
    from frtfeed.digest import edition_facts
    from frtfeed.render.message import subject_line

    config = the_config(options)
    for edition in the_newsroom(config, options).publication.editions:
        subject = subject_line(edition, site=config.site)
        if as_json:
            say_json({**edition_facts(edition), "subject": subject})
        else:
            draft = " (draft)" if edition.draft else ""
            leads = count(len(edition.groups), "lead")
            say(f"{edition.key:<10}  {edition.title}{draft}  {leads}  {subject}")


@digest.command()
@click.argument("edition", default="")
@common_options
def show(options: Options, *, edition: str) -> None:
    """Print the text part of EDITION, the newest that is closed by default."""
    say(_written(edition, options, the_config(options)).letter.text, nl=False)


@digest.command()
@click.argument("edition", default="")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default="preview",
    show_default=True,
    help="Where the views go; made if it is not there.",
)
@click.option("--online", is_flag=True, help="Let the browser ask publishers for their pictures.")
@common_options
def preview(options: Options, *, edition: str, folder: Path, online: bool) -> None:
    """
    Write EDITION as mail programs show it, as pages and as pictures.

    Three widths in light and dark; without pictures, without styles, in Outlook, with colours inverted.
    The pictures need Chromium, which reaches no other machine unless you say --online.
    """
    from frtfeed.digest import find_browser, photograph, write_views

    letter = _written(edition, options, the_config(options)).letter
    files = write_views(letter, folder=folder)
    pictures = photograph(files, letter=letter, browser=find_browser(), online=online)
    if not options.quiet:
        say(f"{folder}: {count(len(files), 'view')}, {count(len(pictures), 'picture')}")


@digest.command()
@click.argument("edition", metavar="[EDITION|FILE.eml]", default="")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common_options
def lint(options: Options, *, edition: str, as_json: bool) -> None:
    """
    Hold EDITION, or a message in a file, against what mail must satisfy; exit with 1 if a gate fails.

    What is said by way of example (example.org) is a warning: fit to look at, not to send.
    """
    from frtfeed.render.gates import gates

    found = gates(_read(edition) if edition.endswith(".eml") else _message(edition, options))
    failed = [gate for gate in found if not gate.passed]
    warned = [gate for gate in found if gate.passed and gate.warning]
    if as_json:
        told = {
            "passed": len(found) - len(failed),
            "gates": {gate.name: gate.detail for gate in found},
            "warnings": {gate.name: gate.warning for gate in warned},
        }
        say_json(told, indent=1)
    else:
        for gate in [*failed, *warned] if options.quiet else found:
            said = gate.detail or gate.warning
            mark = "FAIL" if gate.detail else "warn" if gate.warning else "pass"
            say(f"{mark}  {gate.name}{': ' if said else ''}{said}")
        beside = f", {count(len(warned), 'warning')}" if warned else ""
        say(f"{len(found) - len(failed)} of {len(found)} gates passed{beside}")
    if failed:
        sys.exit(WITH_PROBLEMS)


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}. Name a message or an edition.") from error


def _message(edition: str, options: Options) -> bytes:
    return _written(edition, options, the_config(options)).message


def _written(key: str, options: Options, config: "Config") -> "Written":
    from frtfeed.digest import find_edition, write_edition

    editions = the_newsroom(config, options).publication.editions
    return write_edition(find_edition(key, editions=editions), config=config)
