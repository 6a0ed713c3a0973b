"""The commands about the inbox: fetch what is new, review what waits, import a page."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from frtfeed.cli import options as shared
from frtfeed.cli.options import Options, common_options, complain, progress_shown, say, the_config, the_instant
from frtfeed.cli.printing import count
from frtfeed.cli.sources import in_line, web_asker
from frtfeed.errors import ConfigError, FetchError

if TYPE_CHECKING:
    from frtfeed.config import Config
    from frtfeed.model import Problem, Story
    from frtfeed.newsdesk.fetching import Fetched
    from frtfeed.newsdesk.importing import Answers
    from frtfeed.newsdesk.reviewing import Undo, Waiting
    from frtfeed.newsdesk.taking import Taken
    from frtfeed.sources import Outcome, Source

__all__ = ["fetch", "fetch_and_tell", "import_page", "review"]

FAILED, TERMINATED = 1, 128 + signal.SIGTERM
DECISIONS = {"p": "published", "d": "dropped"}
TAKEN_COUNTS = "What was taken in counts; the rest comes with the next fetch."
KEYS = "p publish · d drop · n next · b back · r read · u undo · q quit"
QUESTIONS = {"title": "Its title", "date": "Published on", "url": "Its address", "provider": "Published by"}


@click.command()
@click.option("--source", "name", default="", metavar="NAME", help="Ask this one only, now, for all that it has.")
@click.option("--dry-run", is_flag=True, help="Ask all, write nothing, show which rule did what.")
@common_options
def fetch(options: Options, *, name: str, dry_run: bool) -> None:
    """Ask the sources for what is new, and write it into the inbox. Exit with 1 when a source failed."""
    config = the_config(options)
    with _termination_told():
        fetched = fetch_and_tell(config, options, name=name, dry_run=dry_run)
    if fetched.failed:
        sys.exit(FAILED)


def fetch_and_tell(config: "Config", options: Options, *, name: str = "", dry_run: bool = False) -> "Fetched":
    """Fetch; print failures, a line for each item where that is asked for, and the summary."""
    from frtfeed.newsdesk import fetching, following

    sources = (following.find(name, config.sources),) if name else config.sources
    if name and (fault := following.unasked(sources[0], fetching.remembered(config))):
        raise ConfigError(f"{name}: {fault}. Ask it again with: frtfeed source resume {sources[0].key}")
    known = fetching.noticed(config) if options.quiet else {}
    with progress_shown(options) as progress:

        def tell(outcome: "Outcome", became: "tuple[Taken, ...]") -> None:
            if progress:
                progress(f"asking {count(len(sources), 'source')}: {outcome.source.key}")
            _tell_problems(outcome, options, known=known.get(outcome.source.key, ()), dry_run=dry_run)
            if (dry_run or options.verbose) and not options.quiet:
                _tell_items(outcome, became)

        fetched = fetching.fetch(
            config, sources=sources, now=the_instant(options), tell=tell, at_once=bool(name), dry=dry_run
        )
    if not options.quiet:
        say(_summary(fetched, sources, dry_run=dry_run), remedy=TAKEN_COUNTS)
    return fetched


@click.command()
@common_options
def review(options: Options) -> None:
    """Walk through the stories that wait in the inbox: publish, drop, next. Works on a pipe of keys, too."""
    from frtfeed.newsdesk import reviewing

    config = the_config(options)
    stories = reviewing.waiting(config)
    done = {"published": 0, "dropped": 0, "gone": 0}
    if stories:
        _walk(stories, config, done)
    left = len(stories) - sum(done.values())
    if not options.quiet:
        say(f"{done['published']} published, {done['dropped']} dropped, {left} waiting")


@click.command(name="import")
@click.argument("place", metavar="FILE|URL")
@click.option("--title", default="", help="Its title, where the page does not tell it or tells it wrongly.")
@click.option("--date", default="", help="When it was published: 2024-03-13.")
@click.option("--url", default="", help="Its address.")
@click.option("--provider", default="", help="Who published it.")
@click.option("--topic", "topics", multiple=True, help="A topic; may be given several times.")
@click.option("--yes", "-y", is_flag=True, help="Ask nothing: write it, or say what is missing.")
@common_options
def import_page(
    options: Options,
    *,
    place: str,
    title: str,
    date: str,
    url: str,
    provider: str,
    topics: tuple[str, ...],
    yes: bool,
) -> None:
    """Turn a page (a file or an address) or an incident record into a story file in the inbox."""
    from frtfeed.newsdesk.fetching import open_desk
    from frtfeed.newsdesk.importing import Answers
    from frtfeed.newsdesk.taking import put

    config = the_config(options)
    answers = Answers(title=title, date=date, url=url, provider=provider, topics=topics)
    content, address = _page(place, config)
    asking = not yes and shared.on_terminal()
    story = _understood(content, place, config, answers, address=address, asking=asking)
    if not options.quiet:
        _show(story, config)
    if asking and not click.confirm("Write it?", default=True):
        return
    with open_desk(config, now=the_instant(options)) as desk:
        file = put(story, desk=desk)
    if not options.quiet:
        say(f"{config.seeds / file}: written, waiting for: frtfeed review")


# fetch ------------------------------------------------------------------------------------------


def _tell_problems(outcome: "Outcome", options: Options, *, known: "tuple[Problem, ...]", dry_run: bool) -> None:
    """
    Print what was wrong: what concerns the whole feed; of its items that there is something, unless --verbose.

    Args:
        known: what was wrong when the feed was read before. With --quiet it is not told again, and
            a source that fails is told when it needs somebody, as by `frtfeed source check`.
    """
    from frtfeed.newsdesk.following import is_failing

    if options.quiet and outcome.polled.failures and not is_failing(outcome.polled):
        return
    whole = [each for each in outcome.problems if each.severity == "error" or _is_loss(each)]
    rest = [each for each in outcome.problems if each not in whole]
    for problem in outcome.problems if options.verbose else whole:
        if problem.severity == "error" or problem not in known:
            complain(in_line(problem))
    if rest and not options.verbose and not options.quiet:
        where = "--verbose" if dry_run else f"frtfeed source show {outcome.source.key}"
        complain(f"{outcome.source.key}: {count(len(rest), 'note')}. See: {where}")


def _is_loss(problem: "Problem") -> bool:
    """Tell whether something of a feed as a whole was not read."""
    return problem.severity == "warning" and not problem.field


def _tell_items(outcome: "Outcome", became: "tuple[Taken, ...]") -> None:
    """Print what became of each item, and why."""
    for taken in became:
        item = taken.decision.item
        rule = f"{taken.decision.rule}: " if taken.what == "dropped" and taken.decision.rule else ""
        topics = "; ".join(f"{match.topic} ({match.because})" for match in taken.decision.topics)
        about = f" [{topics}]" if topics else ""
        kept = f"; kept as edited: {', '.join(taken.kept)}" if taken.kept else ""
        line = f"{taken.what:<8} {outcome.source.key}: {item.title or item.url} – {rule}{taken.reason}{kept}{about}"
        say(line, remedy=TAKEN_COUNTS)


def _summary(fetched: "Fetched", sources: "tuple[Source, ...]", *, dry_run: bool) -> str:
    """Say in one line what a fetch did."""
    if not sources:
        return "No source yet. Follow one with: frtfeed source add URL"
    taken = fetched.taken
    be = "would be " if dry_run else ""
    new = count(taken["new"], "story", "stories")
    line = (
        f"{fetched.asked} of {count(len(sources), 'source')} asked: {new} {be}new, {taken['changed']} {be}changed, "
        f"{taken['known']} told already, {taken['dropped']} dropped, {len(fetched.failed)} failed"
    )
    return f"{line} ({', '.join(fetched.failed)})" if fetched.failed else line


@contextmanager
def _termination_told() -> Iterator[None]:
    """Let a service manager's SIGTERM end the command as Ctrl-C does: between two steps, with a word."""

    def leave(*_: object) -> None:
        sys.exit(TERMINATED)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    except SystemExit:
        complain("terminated: what was taken in counts; the rest comes with the next fetch")
        raise
    finally:
        signal.signal(signal.SIGTERM, before)


# review -----------------------------------------------------------------------------------------


def _walk(stories: "tuple[Waiting, ...]", config: "Config", done: dict[str, int]) -> None:
    """Show one story after the other; do what the keys say, each at once, so that nothing waits to be lost."""
    from frtfeed.newsdesk import reviewing

    keys = _keys()
    at, shown = 0, -1
    settled: list[tuple[int, str, Undo]] = []
    gone: set[int] = set()
    say(KEYS)
    while at < len(stories) or settled:
        if at == len(stories) != shown:
            say("\nThat was the last one: u undo · b back · q quit")
        elif at != shown:
            _show_waiting(stories[at], config, place=f"{at + 1} of {len(stories)}")
        shown = at
        key = next(keys, "q")
        if key == "q":
            return
        if key == "u" and settled:
            at, what, last = settled.pop()
            reviewing.undo(last, config=config)
            done[what] -= 1
            say(f"  no longer {what}")
            shown = -1
        elif key in DECISIONS and at < len(stories) and at not in (number for number, _, _ in settled):
            what = DECISIONS[key]
            decide = reviewing.publish if what == "published" else reviewing.drop
            if before := decide(stories[at], config=config):
                settled.append((at, what, before))
                done[what] += 1
            (gone.discard if before else gone.add)(at)
            done["gone"] = len(gone)
            say(f"  {what if before else 'not there any more: left alone'}")
            at += 1
        elif key == "r" and at < len(stories):
            _show_text(stories[at])
        elif key in ("n", "b"):
            at = min(len(stories), max(0, at + (1 if key == "n" else -1)))
        else:
            say(f"  {KEYS}")


def _keys() -> Iterator[str]:
    """Yield the keys pressed on a terminal; on a pipe every visible character is one."""
    try:
        while shared.on_terminal():
            yield click.getchar().lower()
    except EOFError:  # Ctrl-D
        return
    for line in sys.stdin:
        yield from (char.lower() for char in line if not char.isspace())


def _show_waiting(each: "Waiting", config: "Config", *, place: str) -> None:
    """Show a story as far as a decision needs it."""
    from frtfeed.edit.score import quality_parts, total

    quality = total(quality_parts(each.story, policy=config.score))
    say(f"\n[{place}] {click.style(each.story.title, bold=True)}")
    say(f"  {_line(each.story, config)}, quality {quality}")
    if each.story.excerpt:
        say(f"  {each.story.excerpt}")
    say(f"  {each.story.url or 'its own text: press r'}\n  {each.path}")


def _show_text(each: "Waiting") -> None:
    from frtfeed.markup import plain

    text = "\n".join(plain(section.html) for section in each.story.body)
    say(text or each.story.excerpt or f"  No text came with it: {each.story.url}")


# import -----------------------------------------------------------------------------------------


def _page(place: str, config: "Config") -> tuple[bytes, str]:
    """Return a page's bytes, and its address where it came from one."""
    from frtfeed.newsdesk.importing import page_of

    if place.startswith(("https://", "http://")):
        reply = web_asker(config)(place)
        return page_of(reply), reply.url
    try:
        return Path(place).read_bytes(), ""
    except OSError as error:
        raise FetchError(f"{place}: cannot be read: {error.strerror}. Name a file, or an https address.") from error


def _understood(
    content: bytes, place: str, config: "Config", answers: "Answers", *, address: str, asking: bool
) -> "Story":
    """Return the page as a story, after asking for what it does not tell."""
    from frtfeed.newsdesk.importing import named_after, understand

    path, zone = named_after(place), config.site.zone
    asked: set[str] = set()
    question = ""
    while True:
        try:
            found = understand(content, path=path, zone=zone, answers=answers, address=address)
        except ConfigError as error:
            if not question:  # it came with an option
                raise
            complain(str(error))
            answers = _asked(question, answers)
            continue
        question = next((name for name in found.missing if name not in asked), "") if asking else ""
        if not question and found.story:
            return found.story
        if not question:
            faults = " ".join(found.faults) or "its text tells no story."
            options = ", ".join(f"--{name}" for name in found.missing) or "--title, --date and --url"
            raise ConfigError(f"{place}: {faults} Say what is missing with {options}.")
        asked.add(question)
        answers = _asked(question, answers)


def _asked(question: str, answers: "Answers") -> "Answers":
    """Ask the editor, and return the answers with what was said."""
    said: Any = {question: click.prompt(QUESTIONS[question], default="", show_default=False)}
    from frtfeed.records import replace

    return replace(answers, **said)


def _show(story: "Story", config: "Config") -> None:
    """Show what was understood of a page."""
    say(click.style(story.title, bold=True))
    say(f"  {story.kind}: {_line(story, config)}")
    if story.excerpt:
        say(f"  {story.excerpt}")
    if story.url:
        say(f"  {story.url}")


def _line(story: "Story", config: "Config") -> str:
    """Say in one line who published a story, when, and what it is about."""
    from frtfeed.times import for_people

    facts = [
        story.provider.name if story.provider else "no provider",
        for_people(story.published, zone=config.site.zone) if story.published else "no date",
        ", ".join(story.topics) or "no topics",
        *([story.language] if story.language else []),
    ]
    return " · ".join(facts)
