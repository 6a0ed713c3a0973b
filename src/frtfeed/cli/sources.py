"""The commands about sources: follow a feed, see how it does, pause it, remove it; OPML in and out."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from frtfeed.cli import options as shared
from frtfeed.cli.options import Options, common_options, complain, say, say_json, the_config, the_instant
from frtfeed.cli.printing import count
from frtfeed.errors import ConfigError

if TYPE_CHECKING:
    from frtfeed.config import Config
    from frtfeed.model import Problem
    from frtfeed.newsdesk.following import FoundFeed
    from frtfeed.sources import Polled, Reply, Source

__all__ = ["in_line", "opml", "source", "web_asker"]

FAILED = 1
SHOWN_ITEMS = 3


@click.group()
def source() -> None:
    """Follow feeds: add one, see how they do, pause or remove one. They stand in frtfeed.toml."""


@source.command()
@click.argument("url")
@click.option("--choose", type=click.IntRange(1), metavar="N", help="Take the Nth of the feeds that a page names.")
@click.option("--name", default="", help="What to call it; made from its title if you do not say.")
@click.option("--topic", "topics", multiple=True, help="A topic of all its stories; may be given several times.")
@click.option("--publish", type=click.Choice(["review", "auto"]), help="Whether you see its stories first.")
@common_options
def add(
    options: Options, *, url: str, choose: int | None, name: str, topics: tuple[str, ...], publish: str | None
) -> None:
    """Follow the feed at URL, or the one that the page there names."""
    from frtfeed.newsdesk import following
    from frtfeed.parse.opml import plain_address
    from frtfeed.poll import asking

    config = the_config(options)
    now = the_instant(options)
    with asking(config.fetch) as ask:
        found = following.look(plain_address(url), ask=ask, now=now, policy=config.fetch)
        chosen = _chosen(found, choose)
        feed = following.read_feed(chosen, ask=ask, now=now, policy=config.fetch)
    added = following.add(feed, config=config, name=name, topics=topics, publish=publish or "")
    if options.quiet:
        return
    items = feed.document.items if feed.document else ()
    say(f"{added.key}: {feed.title or feed.url}")
    say(f"  {feed.url}, {count(len(items), 'item')}")
    for item in items[:SHOWN_ITEMS]:
        say(f"  – {item.title or item.url}")
    say(f"Added to {config.path}. See what would come in: frtfeed fetch --source {added.key} --dry-run")


@source.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@common_options
def list_sources(options: Options, *, as_json: bool) -> None:
    """Name the sources, and how each does."""
    config, memory, noticed = _config_and_memory(options)
    for each in config.sources:
        said = _health(each, memory, config, options)
        if as_json:
            notes = [in_line(problem) for problem in noticed.get(each.key, ())]
            say_json({**_facts(each), "health": said, "notes": notes})
        else:
            say(f"{each.key:<24} {said}")
    if not config.sources and not as_json and not options.quiet:
        say("No source yet. Follow one with: frtfeed source add URL")


@source.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common_options
def show(options: Options, *, name: str, as_json: bool) -> None:
    """Show what is known of a source: its address, rules and topics, and how it does."""
    from frtfeed.newsdesk import following

    config, memory, noticed = _config_and_memory(options)
    each = following.find(name, config.sources)
    facts = {**_facts(each), "health": _health(each, memory, config, options)}
    lines = [in_line(problem) for problem in noticed.get(each.key, ())]
    if as_json:
        say_json({**facts, "notes": lines}, indent=1)
        return
    for key, value in facts.items():
        shown = ", ".join(value) if isinstance(value, list) else str(value).lower() if value is False else value
        if shown not in ("", None):
            say(f"{key:<10} {shown}")
    for line in lines:
        say(f"{'note':<10} {line}")


@source.command()
@click.argument("name")
@common_options
def pause(options: Options, *, name: str) -> None:
    """Ask a source no more until it is resumed."""
    _pause(options, name, paused=True)


@source.command()
@click.argument("name")
@common_options
def resume(options: Options, *, name: str) -> None:
    """Ask a source again that was paused, or that said it was gone for good."""
    _pause(options, name, paused=False)


@source.command()
@click.argument("name")
@common_options
def remove(options: Options, *, name: str) -> None:
    """Follow a source no longer. Its stories stay."""
    from frtfeed.newsdesk import following

    config = the_config(options)
    following.remove(following.find(name, config.sources), config=config)
    if not options.quiet:
        say(f"{name}: removed from {config.path}. Its stories stay where they are.")


@source.command()
@common_options
def check(options: Options) -> None:
    """Say how each source does: last success, next poll, errors in words. Exit with 1 when one needs you."""
    from frtfeed.newsdesk import following
    from frtfeed.sources import Polled

    config, memory, noticed = _config_and_memory(options)
    failing = [
        each for each in config.sources if not each.paused and following.is_failing(memory.get(each.key, Polled()))
    ]
    for each in failing if options.quiet else config.sources:
        notes = len(noticed.get(each.key, ()))
        see = f"; {count(notes, 'note')}: frtfeed source show {each.key}" if notes else ""
        say(f"{each.key:<24} {_health(each, memory, config, options)}{see}")
    if not options.quiet:
        say(f"{count(len(config.sources), 'source')}, {len(failing)} in need of you")
    if failing:
        sys.exit(FAILED)


@click.group()
def opml() -> None:
    """Bring in the list of feeds from another reader, or take yours there."""


@opml.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
@common_options
def import_file(options: Options, *, file: Path) -> None:
    """Follow every feed of an OPML file that is not followed yet; its folders become topics."""
    from frtfeed.newsdesk import following

    config = the_config(options)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}. Name an OPML file.") from error
    added, known, problems = following.import_opml(content, path=str(file), config=config)
    for problem in problems:
        if problem.severity != "note" or options.verbose:
            complain(in_line(problem))
    if not options.quiet:
        for each in added:
            say(f"{each.key}: {each.title or each.url}")
        say(f"{count(len(added), 'source')} added to {config.path}, {known} followed already")
    if any(problem.severity == "error" for problem in problems):
        sys.exit(FAILED)


@opml.command(name="export")
@click.argument("file", default="-", type=click.Path(path_type=Path, allow_dash=True))
@common_options
def export_file(options: Options, *, file: Path) -> None:
    """Write the sources as OPML to FILE, or to standard output."""
    from frtfeed.newsdesk import following

    config = the_config(options)
    content = following.export_opml(config, now=the_instant(options))
    if str(file) == "-":
        say(content, nl=False)
        return
    try:
        file.write_bytes(content)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be written: {error.strerror}. Choose another file.") from error
    if not options.quiet:
        say(f"{file}: {count(len(config.sources), 'source')}")


def web_asker(config: "Config") -> "Callable[[str], Reply]":
    """Return how one address is asked, within the limits of [fetch]."""
    from functools import partial

    from frtfeed.poll import ask_once

    return partial(ask_once, policy=config.fetch)


def _chosen(found: "Sequence[FoundFeed]", choose: int | None) -> "FoundFeed":
    """Return the feed that is meant; ask on a terminal where there are several."""
    if choose and choose > len(found):
        raise ConfigError(f"--choose: there is no feed {choose}: {count(len(found), 'feed')} found.")
    if choose or len(found) == 1:
        return found[(choose or 1) - 1]
    for number, feed in enumerate(found, 1):
        click.echo(f"{number:>3}. {feed.title or 'without a title'}  {feed.url}", err=True)
    if not shared.on_terminal():
        raise ConfigError(f"{count(len(found), 'feed')} found. Say which one with --choose N.")
    return found[int(click.prompt("Which one", type=click.IntRange(1, len(found)), default=1, err=True)) - 1]


def _pause(options: Options, name: str, *, paused: bool) -> None:
    from frtfeed.newsdesk import following

    config = the_config(options)
    following.pause(following.find(name, config.sources), config=config, paused=paused)
    if not options.quiet:
        say(f"{name}: {'paused' if paused else 'asked again with the next fetch'}")


def _config_and_memory(options: Options) -> "tuple[Config, dict[str, Polled], dict[str, tuple[Problem, ...]]]":
    from frtfeed.newsdesk.fetching import noticed, remembered

    config = the_config(options)
    return config, remembered(config), noticed(config)


def in_line(problem: "Problem") -> str:
    """Write a problem in a line: the place, the fault, the value, the next step."""
    place = f"{problem.path}: {problem.field}" if problem.field else problem.path
    value = f": {problem.value!r}" if problem.value else ""
    return f"{place}: {problem.fault}{value}. {problem.remedy}"


def _health(each: "Source", memory: "dict[str, Polled]", config: "Config", options: Options) -> str:
    from frtfeed.newsdesk.following import health
    from frtfeed.sources import Polled

    return health(each, memory.get(each.key, Polled()), config=config, now=the_instant(options))


def _facts(each: "Source") -> dict[str, Any]:
    """Return a source as an object that a program may read."""
    from frtfeed.parse.opml import shown_address

    return {
        "name": each.key,
        "url": shown_address(each.url),
        "title": each.title,
        "site_url": shown_address(each.site_url),
        "topics": list(each.topics),
        "publish": each.publish,
        "paused": each.paused,
        "rules": [f"{rule.kind} {rule.field}: {', '.join(rule.values)}" for rule in each.rules],
    }
