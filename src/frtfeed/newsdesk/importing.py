"""A page or record becomes a story file: what it tells is read, what it does not tell is asked for."""

from datetime import tzinfo
from pathlib import PurePath
from urllib.parse import urlsplit

from frtfeed import text, urls
from frtfeed.errors import ConfigError, FetchError
from frtfeed.model import Document, Provider, Story, When
from frtfeed.parse import fields, parse
from frtfeed.parse.saved_html import is_html
from frtfeed.records import Struct, replace
from frtfeed.sources import Reply
from frtfeed.times import parse_when
from frtfeed.urls import canonical, slug

__all__ = ["Answers", "Understood", "named_after", "page_of", "understand"]

LINES_TRIED = 80  # a date line is read above the text; nothing above it is longer


class Answers(Struct, frozen=True, kw_only=True):
    """What an editor says of a page; "" and () where nothing was said."""

    title: str = ""
    date: str = ""
    url: str = ""
    provider: str = ""
    topics: tuple[str, ...] = ()


class Understood(Struct, frozen=True, kw_only=True):
    """
    What is known of a page by now.

    story: None as long as something is missing that no story can do without.
    missing: names of Answers that would help; a story has them all or can do without the rest.
    faults: why it is no story yet, in words.
    """

    story: Story | None
    missing: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def page_of(reply: Reply) -> bytes:
    """
    Return the page that an address answered with.

    Raises:
        FetchError: it did not.
    """
    if reply.fault or not reply.body:
        fault = reply.fault or "an empty page. Save it with a browser and import the file."
        raise FetchError(f"{reply.asked}: {fault}")
    return reply.body


def named_after(place: str) -> str:
    """Return a document's path for a file's name or an address: what a story without an address is known by."""
    if "://" not in place:
        return PurePath(place).name
    return f"{slug(urlsplit(place).path.rpartition('/')[2]) or slug(urls.domain_of(place)) or 'page'}.html"


def understand(content: bytes, *, path: str, zone: tzinfo, answers: Answers, address: str = "") -> Understood:
    """
    Read a page, a record or a story file, and put an editor's answers in their places.

    Args:
        path: of the document (named_after).
        address: where it was found, for a page that does not name its own.

    Raises:
        ConfigError: an answer that is no date or no address.
    """
    when = _date(answers.date, zone)
    if answers.url and not fields.is_address(answers.url):
        raise ConfigError(
            f"--url: not an http or https address: {answers.url!r}. Write it as https://example.org/path."
        )
    parsed = parse(Document(path=path, content=content), zone=zone)
    # Only what is wrong: what to do about it is meant for a file among the stories.
    faults = tuple(f"{problem.fault}." for problem in parsed.problems if problem.severity == "error")
    undated = any(problem.fault == "no date" for problem in parsed.problems)
    story = next(iter(parsed.stories), None) or (_dated(content, answers.date, path=path, zone=zone) if when else None)
    url = answers.url or (story.url if story else "") or address
    if story is None and answers.title and when and url:
        story = Story(id="", title=text.one_line(answers.title), names=(), published=when)
    if story is None:
        asked = {"date": answers.date} if undated else {"title": answers.title, "date": answers.date, "url": url}
        return Understood(story=None, missing=tuple(name for name, said in asked.items() if not said), faults=faults)
    story = _answered(story, answers, url=url, when=when)
    missing = {
        "date": story.published is not None and story.published.estimated,
        "url": not story.url and story.kind != "incident",
        "provider": story.provider is None,
    }
    return Understood(story=story, missing=tuple(name for name, lacks in missing.items() if lacks))


def _answered(story: Story, answers: Answers, *, url: str, when: When | None) -> Story:
    """Put answers in the places of what was read. Of somebody else's page the address is kept, not the text."""
    identity = canonical(url) or (story.names[0] if story.names else "")
    domain = urls.domain_of(url)
    provider = story.provider or (Provider(name=domain, domain=domain) if domain else None)
    if answers.provider:
        provider = Provider(name=answers.provider, domain=domain)
    return replace(
        story,
        id=urls.story_id(identity),
        names=(identity,),
        url=urls.printed(url) if url else "",
        title=text.one_line(answers.title) or story.title,
        published=when or story.published,
        provider=provider,
        topics=fields.unique((*answers.topics, *story.topics)),
        body=() if url and story.kind != "incident" else story.body,
        hidden=True,
        stated=True,
    )


def _date(written: str, zone: tzinfo) -> When | None:
    if not written:
        return None
    try:
        return parse_when(written, zone=zone)[0]
    except ValueError as error:
        raise ConfigError(f"--date: not a date: {written!r}. Write it as 2024-03-13 or 13 March 2024.") from error


def _dated(content: bytes, date: str, *, path: str, zone: tzinfo) -> Story | None:
    """Read a page with a date that its own text does not give, put where such a page would say it."""
    try:
        page = text.decode(content)[0]
    except ValueError:
        return None
    lines = page.split("\n")
    if is_html(page):
        pages = [f'{page}\n<meta property="article:published_time" content="{date}">']
    else:
        # The first line may be a notice or the title: the date counts below the title only.
        pages = [
            "\n".join([*lines[:at], "", f"Published: {date}", "", *lines[at:]])
            for at in range(1, min(len(lines), LINES_TRIED) + 1)
        ]
    for each in pages:
        if found := parse(Document(path=path, content=each.encode()), zone=zone).stories:
            return found[0]
    return None
