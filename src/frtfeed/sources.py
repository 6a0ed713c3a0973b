"""
The nouns of following other people's feeds. Frozen values with no behaviour.

Every datetime here is aware and in UTC.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from frtfeed.model import Problem, When
from frtfeed.records import Struct, field

__all__ = [
    "FeedDocument",
    "FeedItem",
    "FetchPolicy",
    "Outcome",
    "Polled",
    "Reply",
    "Rule",
    "RuleField",
    "Source",
    "Verdict",
]

Verdict = Literal["include", "exclude"]
RuleField = Literal["words", "topic", "language", "provider", "age"]
Publish = Literal["review", "auto", ""]


class Rule(Struct, frozen=True, kw_only=True):
    """
    What an editor wants of a source's items, or does not want.

    values: any one of them is enough; of an "age", one whole number of days as text.
    name: what people are shown when the rule decides.
    """

    kind: Verdict
    field: RuleField
    values: tuple[str, ...]
    name: str = ""


class Source(Struct, frozen=True, kw_only=True):
    """
    A feed that we follow.

    key: a short name, unique, a slug (urls.slug).
    publish: "" when the configuration decides.
    rules: in the order they are tried.
    """

    key: str
    url: str
    title: str = ""
    site_url: str = ""
    topics: tuple[str, ...] = ()
    publish: Publish = ""
    paused: bool = False
    rules: tuple[Rule, ...] = ()


class FeedItem(Struct, frozen=True, kw_only=True):
    """
    One item of somebody's feed, made safe.

    guid: as the feed gives it, else the item's address, else a digest of its title and text; never "".
    url: absolute http or https, "" when it has none.
    title, summary: plain text on one line. title may be "".
    published: None also where the feed says only when the item was updated.
    content_html: clean (markup.clean), "" when the feed has a summary only.
    language: as the item or its feed says, "" when neither does.
    provider, provider_domain: what the item's own source element says, "" when it has none.
    """

    guid: str
    url: str = ""
    title: str = ""
    summary: str = ""
    content_html: str = ""
    authors: tuple[str, ...] = ()
    published: When | None = None
    updated: When | None = None
    image_url: str = ""
    image_width: int | None = None
    image_height: int | None = None
    categories: tuple[str, ...] = ()
    language: str = ""
    provider: str = ""
    provider_domain: str = ""


class FeedDocument(Struct, frozen=True, kw_only=True):
    """
    A feed as parsed.

    items: in the feed's order, unique by guid.
    ttl_s: how long the feed asks to be left alone, in seconds.
    self_url: where the feed says that it lives, "" when it does not.
    problems: their path is the source's key.
    """

    title: str = ""
    site_url: str = ""
    language: str = ""
    items: tuple[FeedItem, ...] = ()
    ttl_s: int | None = None
    self_url: str = ""
    problems: tuple[Problem, ...] = ()


class Reply(Struct, frozen=True, kw_only=True):
    """
    What came of asking for an address once.

    asked, url: the address, and the one that answered in the end.
    moved_to: the new address where every redirect on the way was permanent, else "".
    status: of the last answer, 0 when there was none.
    headers: by lower-case name, verbatim, only those that count here.
    body: decompressed; b"" unless the status is 200.
    fault: what went wrong in words, with the next step; "" for 200 and 304.
    short: the connection ended before all was sent.
    """

    asked: str
    url: str
    status: int
    moved_to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    fault: str = ""
    short: bool = False
    elapsed_s: float = 0.0


class Polled(Struct, frozen=True, kw_only=True):
    """
    What is remembered of a source between polls.

    url: the source's address when all this was learnt; nothing of it counts for another.
    etag, last_modified: validators, verbatim.
    next_poll: not before this; None for at once.
    failures: polls that failed since the last success.
    last_fault: of the last poll, "" when it went well.
    retired: it answered 410 (Gone) and is not asked any more.
    ttl_s: what the feed asked for when it was last read.
    body_hash: of the last body that was parsed, hexadecimal SHA-256.
    moved_to: its permanent new address, which is asked in place of the source's own; "" when it stayed.
    """

    url: str = ""
    etag: str = ""
    last_modified: str = ""
    next_poll: datetime | None = None
    last_success: datetime | None = None
    last_try: datetime | None = None
    failures: int = 0
    last_fault: str = ""
    retired: bool = False
    ttl_s: int | None = None
    body_hash: str = ""
    moved_to: str = ""


class FetchPolicy(Struct, frozen=True, kw_only=True):
    """
    How far a source is trusted, and how it is spared. Why each number: docs/fetching.md.

    max_transfer_bytes, max_body_bytes: of a response before and after decompression.
    max_depth: of elements within elements. max_items: of one feed; the first ones are read.
    floor_s, ceiling_s: between two polls of a source.
    concurrency: requests under way at once. gap_s: between two requests to one host.
    allow: "host:port" as written in an address, reached even where its addresses are private.
    contact: a web or mail address that a source's owner can turn to.
    """

    max_transfer_bytes: int = 4 * 2**20
    max_body_bytes: int = 16 * 2**20
    connect_s: float = 10.0
    total_s: float = 30.0
    redirects: int = 5
    max_items: int = 1000
    max_depth: int = 100
    floor_s: int = 1500
    ceiling_s: int = 86400
    concurrency: int = 20
    gap_s: float = 1.0
    allow: frozenset[str] = frozenset()
    contact: str = ""


class Outcome(Struct, frozen=True, kw_only=True):
    """
    What one poll of one source brought.

    document: None when the source had nothing new, or nothing that could be read.
    polled: what to remember, once the document's items are safe.
    problems: of the poll and of the document, their path is the source's key.
    """

    source: Source
    reply: Reply
    polled: Polled
    document: FeedDocument | None = None
    problems: tuple[Problem, ...] = ()
