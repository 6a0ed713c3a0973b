"""
What becomes of an item of somebody's feed: kept or dropped, by which rule, and under which topics.

Strategy: every item gets a Decision, whatever happens, so that a dry run can show them all.
First what no story can do without, then what advertises market studies, then the rules of
the configuration, then the source's own; the first that says no is the reason. A source's
include rule takes the place of the configuration's on the same field.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from frtfeed import markup, urls
from frtfeed.edit.market_reports import market_report
from frtfeed.model import Image, Provider, Section, Story, When
from frtfeed.policies import IntakePolicy
from frtfeed.records import Struct
from frtfeed.sources import FeedItem, Rule, Source
from frtfeed.text import excerpt, fold, words
from frtfeed.times import rfc3339

__all__ = [
    "Decision",
    "TopicMatch",
    "decide",
    "item_date",
    "item_names",
    "item_story",
    "stated_date",
    "title_key",
    "topic_reasons",
]

EXCERPT_CHARACTERS = 300  # two or three sentences, as everywhere else
BODY_BYTES = 2**19  # half of what is read of a story file (fetch/folder.py); the rest is for its fields
ADDRESS_CHARACTERS = 8000  # the longest that servers need to take (RFC 9110 §4.1)
TITLE_CHARACTERS = 100  # of an item without a title, so much of its text stands for one
FUTURE = timedelta(days=1)  # what is dated later was dated by mistake: clocks and zones differ by less
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
ANYTHING = "*"


class TopicMatch(Struct, frozen=True, kw_only=True):
    """A topic that an item has, and why in a few words."""

    topic: str
    because: str


class Decision(Struct, frozen=True, kw_only=True):
    """
    What becomes of an item.

    rule: which one decided; "" where none said no. reason: in a few words.
    topics: unique, in the order of the source, then of the configuration.
    """

    item: FeedItem
    verdict: Literal["kept", "dropped"]
    reason: str
    rule: str = ""
    topics: tuple[TopicMatch, ...] = ()


def decide(item: FeedItem, *, source: Source, policy: IntakePolicy, now: datetime) -> Decision:
    """
    Decide whether an item becomes a story.

    Args:
        now: aware, UTC; for the age of the item.
    """
    topics = tuple(_topics(item, source=source, policy=policy))
    if lack := _lacks(item):
        return Decision(item=item, verdict="dropped", rule="what a story needs", reason=lack, topics=topics)
    if policy.drop_market_reports and (sign := market_report(item.title, item.summary)):
        return Decision(item=item, verdict="dropped", rule="market reports", reason=sign, topics=topics)
    reasons = []
    for rule in _rules(source, policy):
        agrees, reason = _tried(rule, item, topics=topics, source=source, now=now)
        if not agrees:
            return Decision(item=item, verdict="dropped", rule=rule.name, reason=reason, topics=topics)
        if reason:
            reasons.append(reason)
    return Decision(item=item, verdict="kept", reason="; ".join(reasons) or "no rule against it", topics=topics)


def item_story(decision: Decision, *, source: Source, policy: IntakePolicy, now: datetime) -> Story:
    """
    Return a kept item as a story: its address, or its text where it has none; never somebody else's full text.

    Args:
        now: its date, where the item names none, or one that lies in the future.
    """
    item = decision.item
    url = _address(item)
    # The text of an item without an address would be its only one; the clean HTML stands as it is, unless it would
    # make a file that no build reads.
    fits = item.content_html and len(item.content_html.encode()) <= BODY_BYTES
    html = "" if url else item.content_html if fits else markup.from_paragraphs([item.summary])
    identity = item_names(item, source=source)[-1]
    published = item_date(item, now=now)
    review = (source.publish or policy.publish) == "review"
    return Story(
        id=urls.story_id(identity),
        title=_title(item),
        names=(identity,),
        url=url,
        excerpt=excerpt(item.summary or markup.plain(item.content_html), limit=EXCERPT_CHARACTERS),
        published=published,
        updated=_updated(item, published, now=now),
        provider=_provider(item, source),
        topics=tuple(match.topic for match in decision.topics),
        images=_images(item),
        language=item.language,
        hidden=review,
        stated=review,
        auto=not review,
        body=(Section(html=html),) if html else (),
    )


def item_names(item: FeedItem, *, source: Source) -> tuple[str, ...]:
    """
    Return everything that an item is known by: its guid at its source, its addresses in canonical form.

    Its own address comes last. A home page is no name: an item that links to one is known by its guid.
    """
    own = _canonical(_address(item))
    others = {_canonical(item.url)} - {own} if own else set()
    return (f"{source.key} {item.guid}", *sorted(filter(_is_page, others)), *([own] if own else []))


def item_date(item: FeedItem, *, now: datetime) -> When:
    """Return when an item was published, as its feed says; else now, as it is seen for the first time."""
    return stated_date(item, now=now) or When(at=now.replace(microsecond=0))


def stated_date(item: FeedItem, *, now: datetime) -> When | None:
    """Return when an item was published, as its feed says; None where it does not, or names a day to come."""
    return next((when for when in (item.published, item.updated) if when and when.at <= now + FUTURE), None)


def topic_reasons(title: str, text: str, *, policy: IntakePolicy) -> Iterator[TopicMatch]:
    """Yield the topics that the keywords of the configuration give, and which keyword did, where."""
    seen = set()
    for topic, keywords in policy.topics:
        for place, said in (("title", title), ("text", text)):
            found = next((keyword for keyword in keywords if _says(said, keyword)), None)
            if found is not None and fold(topic) not in seen:
                seen.add(fold(topic))
                yield TopicMatch(topic=topic, because=f"“{found}” in the {place}")


def title_key(title: str) -> str:
    """Return what re-issues of one title share: its words."""
    return " ".join(words(title))


def _lacks(item: FeedItem) -> str:
    """Say what an item lacks to be a story, "" for nothing."""
    if not _title(item):
        return "neither a title nor a text"
    if not _address(item) and not (item.content_html or item.summary):
        return "neither an address nor a text"
    if len(item.url) > ADDRESS_CHARACTERS:
        return f"an address of more than {ADDRESS_CHARACTERS:,} characters"
    return ""


def _rules(source: Source, policy: IntakePolicy) -> Iterator[Rule]:
    """Yield the rules that hold for a source, in order."""
    own = {rule.field for rule in source.rules if rule.kind == "include"}
    yield from (rule for rule in policy.rules if rule.kind == "exclude" or rule.field not in own)
    yield from source.rules


def _tried(
    rule: Rule, item: FeedItem, *, topics: Sequence[TopicMatch], source: Source, now: datetime
) -> tuple[bool, str]:
    """Tell whether an item passes a rule, and why, "" where there is nothing to say."""
    if rule.field == "age":
        return _young_enough(rule, item, now=now)
    if rule.field == "language" and not item.language:
        return True, ""  # what does not say its language cannot be told by it
    found = next((value for value in rule.values if _matches(rule, value, item, topics=topics, source=source)), None)
    if rule.kind == "exclude":
        return found is None, "" if found is None else f"{_field_name(rule)} “{found}”"
    if found is None:
        return False, f"{_field_name(rule)}: none of {', '.join(f'“{value}”' for value in rule.values)}"
    return True, "" if found == ANYTHING else f"{_field_name(rule)} “{found}”"


def _field_name(rule: Rule) -> str:
    return {"words": "the words", "topic": "the topic", "language": "the language", "provider": "the provider"}[
        rule.field
    ]


def _young_enough(rule: Rule, item: FeedItem, *, now: datetime) -> tuple[bool, str]:
    """Tell whether an item is new enough; 0 days is no limit, and what has no date is new."""
    days = int(rule.values[0])
    age = (now - item_date(item, now=now).at).days
    return (not days or age <= days), "" if not days or age <= days else f"{age} days old"


def _matches(rule: Rule, value: str, item: FeedItem, *, topics: Sequence[TopicMatch], source: Source) -> bool:
    """Tell whether one value of a rule is what an item has."""
    if value.strip() == ANYTHING:
        return True
    if rule.field == "words":
        return _says(f"{item.title} {item.summary}", value)
    if rule.field == "topic":
        return fold(value) in {fold(name) for name in (*(match.topic for match in topics), *item.categories)}
    if rule.field == "language":
        return f"{item.language.lower()}-".startswith(f"{value.strip().lower()}-")
    provider = _provider(item, source)
    asked = _host(f"https://{value.strip()}")
    domain = provider.domain if provider else ""
    return bool(provider) and (
        fold(value) == fold(provider.name if provider else "") or f".{domain}".endswith(f".{asked or value}")
    )


def _topics(item: FeedItem, *, source: Source, policy: IntakePolicy) -> Iterator[TopicMatch]:
    """Yield an item's topics, each once."""
    seen = set()
    for topic in source.topics:
        if fold(topic) not in seen:
            seen.add(fold(topic))
            yield TopicMatch(topic=topic, because=f"a topic of {source.key}")
    yield from (each for each in topic_reasons(item.title, item.summary, policy=policy) if fold(each.topic) not in seen)


def _says(text: str, phrase: str) -> bool:
    """
    Tell whether a text holds a phrase, in whole words however they are capitalised or hyphenated.

    A `*` at the phrase's end lets its last word go on; a script without spaces has no whole words.
    """
    wanted = words(phrase)
    if not wanted:
        return False
    if UNSPACED.search(phrase):
        return fold(phrase.rstrip(ANYTHING)) in fold(text)
    end = "" if phrase.rstrip().endswith(ANYTHING) else " "
    return f" {' '.join(wanted)}{end}" in f" {' '.join(words(text))} "


def _title(item: FeedItem) -> str:
    return item.title or excerpt(item.summary or markup.plain(item.content_html), limit=TITLE_CHARACTERS)


def _address(item: FeedItem) -> str:
    """Return an item's address, without the redirector that a search or alert puts before it; "" for a home page."""
    return _own_address(item.url)


@lru_cache(maxsize=4096)  # an item's address is looked at from five sides
def _own_address(url: str) -> str:
    own = urls.behind_redirector(url) or url
    return urls.printed(own) if _is_page(_canonical(own)) else ""


@lru_cache(maxsize=4096)
def _canonical(url: str) -> str:
    return urls.canonical(url)


@lru_cache(maxsize=4096)
def _host(url: str) -> str:
    return urls.domain_of(url)


def _is_page(canonical: str) -> bool:
    """Tell whether an address has more than a host."""
    return bool(canonical.removeprefix("https://").partition("/")[2]) or "?" in canonical


def _updated(item: FeedItem, published: When, *, now: datetime) -> datetime | None:
    """Return when an item last changed, None where that says nothing new."""
    if item.updated is None or not published.at < item.updated.at <= now + FUTURE:
        return None
    return None if rfc3339(item.updated.at) == rfc3339(published.at) else item.updated.at


def _provider(item: FeedItem, source: Source) -> Provider | None:
    """Return who publishes an item: as it says itself, else the source on whose site it lies, else its host."""
    domain = item.provider_domain or _host(_address(item))
    if item.provider:
        return Provider(name=item.provider, domain=domain)
    homes = {_host(source.site_url), _host(source.url)} - {""}
    if domain in homes or (not domain and source.title):
        name = source.title or domain
        return Provider(name=name, domain=domain or min(homes, default=""))
    return Provider(name=domain, domain=domain) if domain else None


def _images(item: FeedItem) -> tuple[Image, ...]:
    if not 0 < len(item.image_url) <= ADDRESS_CHARACTERS:
        return ()
    return (Image(url=item.image_url, width=item.image_width, height=item.image_height),)
