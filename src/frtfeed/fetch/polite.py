"""When a source is asked again, what is remembered of the asking, and whose turn it is at a host."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256

from frtfeed.records import Struct, field, replace
from frtfeed.sources import FeedDocument, FetchPolicy, Polled, Reply, Source

__all__ = ["Gate", "address_to_ask", "due", "next_poll", "remember"]

GONE, NOT_MODIFIED, OK = 410, 304, 200
JITTER = 0.1  # of the wait: sources that were added together drift apart within a day
MOVE_DOUBTED = 3  # failures at a new address before the old one is asked again
SECONDS = re.compile(r"\d{1,10}$", re.ASCII)
MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)


def due(source: Source, polled: Polled, *, now: datetime, whenever: bool = False) -> bool:
    """Tell whether a source is to be asked: not paused, not gone for good, its time come, or whenever that is."""
    if source.paused or (polled.retired and polled.url == source.url):
        return False
    return whenever or polled.url != source.url or polled.next_poll is None or polled.next_poll <= now


def address_to_ask(source: Source, polled: Polled) -> str:
    """Return where a source lives now; its own address again when the new one keeps failing."""
    moved = polled.moved_to if polled.url == source.url and polled.failures < MOVE_DOUBTED else ""
    return moved or source.url


def next_poll(
    now: datetime, reply: Reply, *, policy: FetchPolicy, key: str, ttl_s: int | None = None, failures: int = 0
) -> datetime:
    """
    Choose when to ask a source again: the longest of all waits that anybody asks for.

    Args:
        now: aware, UTC.
        reply: only its headers are read.
        key: of the source; the same source is always as much later than asked, up to a tenth.
        ttl_s: what the feed itself says.
        failures: polls that failed in a row, this one included; each doubles the wait.

    Returns:
        Aware UTC, within [now + floor, now + ceiling].

    Source: RFC 9110 §10.2.3 (Retry-After); RFC 9111 §5.2.2.1 (max-age), §5.3 (Expires).
    """
    waits = (
        float(policy.floor_s),
        float(ttl_s or 0),
        _fresh_for(reply, now=now),
        _retry_after(reply, now=now),
        policy.floor_s * 2.0 ** min(failures, 30),
    )
    share = int.from_bytes(sha256(key.encode()).digest()[:4]) / 2**32
    wait = max(waits if failures else waits[:-1])
    return now + timedelta(seconds=min(wait * (1 + JITTER * share), policy.ceiling_s))


def remember(
    polled: Polled, reply: Reply, *, source: Source, now: datetime, policy: FetchPolicy, document: FeedDocument | None
) -> Polled:
    """
    Return what to remember after a poll.

    Args:
        polled: what was remembered before it; nothing of that counts if it is of another address.
        document: None where the body was not parsed: nothing new, or nothing at all.
    """
    before = polled if polled.url == source.url else Polled(url=source.url)
    broken = next((each for each in document.problems if each.severity == "error"), None) if document else None
    fault = reply.fault or (f"{broken.fault}. {broken.remedy}" if broken else "")
    failures = before.failures + 1 if fault else 0
    ttl_s = document.ttl_s if document else before.ttl_s
    after = replace(
        before,
        last_try=now,
        last_fault=fault,
        failures=failures,
        retired=reply.status == GONE,
        ttl_s=ttl_s,
        next_poll=next_poll(now, reply, policy=policy, key=source.key, ttl_s=ttl_s, failures=failures),
    )
    if broken:  # its end is lost: validators would keep the rest from us
        return replace(after, etag="", last_modified="", body_hash="")
    if fault:
        return after
    kept = before if reply.status == NOT_MODIFIED else Polled()
    return replace(
        after,
        last_success=now,
        etag=reply.headers.get("etag", kept.etag),
        last_modified=reply.headers.get("last-modified", kept.last_modified),
        body_hash=sha256(reply.body).hexdigest() if reply.status == OK else before.body_hash,
        moved_to=_new_address(before, reply, source),
    )


class Gate(Struct):
    """
    Lets one request at a time through to each host, with a gap between them.

    clock: in seconds, ever growing. sleep: waits for so many; both are the caller's.
    """

    gap_s: float
    clock: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)
    _free_at: dict[str, float] = field(default_factory=dict)

    async def ready(self, host: str) -> None:
        """Wait until the gap after the last request to a host is over."""
        wait = self._free_at.get(host, 0.0) - self.clock()
        if wait > 0:
            await self.sleep(wait)

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Have a host to oneself."""
        async with self._locks.setdefault(host, asyncio.Lock()):
            await self.ready(host)
            try:
                yield
            finally:
                self._free_at[host] = self.clock() + self.gap_s


def _new_address(before: Polled, reply: Reply, source: Source) -> str:
    """Return the permanent new address, "" where the source's own answers."""
    if reply.moved_to:
        return reply.moved_to if reply.moved_to != source.url else ""
    return before.moved_to if reply.asked != source.url else ""


def _fresh_for(reply: Reply, *, now: datetime) -> float:
    """Return for how many seconds an answer is good: max-age, else Expires."""
    control = reply.headers.get("cache-control", "")
    if found := MAX_AGE.search(control):
        return float(found[1])
    expires = _instant(reply.headers.get("expires", ""))
    sent = _instant(reply.headers.get("date", "")) or now
    return (expires - sent).total_seconds() if expires else 0.0


def _retry_after(reply: Reply, *, now: datetime) -> float:
    """Return how many seconds a server wants to be left alone."""
    written = reply.headers.get("retry-after", "").strip()
    if SECONDS.match(written):
        return float(written)
    at = _instant(written)
    return (at - now).total_seconds() if at else 0.0


def _instant(text: str) -> datetime | None:
    """Read a date of HTTP; None for what is none ("0" and "-1" are common in Expires)."""
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
