"""When a source is asked again, what is remembered of the asking, and whose turn it is at a host."""

import asyncio
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed.fetch.polite import Gate, address_to_ask, due, next_poll, remember
from frtfeed.model import Problem
from frtfeed.sources import FeedDocument, FetchPolicy, Polled, Reply, Source

NOW = datetime(2024, 3, 13, 12, tzinfo=UTC)
POLICY = FetchPolicy(floor_s=1800, ceiling_s=86400)
URL = "https://example.org/feed"
SOURCE = Source(key="example", url=URL)
DATE = "Wed, 13 Mar 2024 12:00:00 GMT"


def reply(status: int = 200, *, fault: str = "", moved_to: str = "", asked: str = URL, **headers: str) -> Reply:
    """Make a reply; headers with _ for -."""
    body = b"feed" if status == 200 else b""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(asked=asked, url=asked, status=status, fault=fault, moved_to=moved_to, headers=named, body=body)


def waited(answer: Reply, *, ttl_s: int | None = None, failures: int = 0) -> float:
    """Return how long after NOW the next poll is, without what the key adds."""
    at = next_poll(NOW, answer, policy=POLICY, key="example", ttl_s=ttl_s, failures=failures)
    wait = (at - NOW).total_seconds()
    return wait if wait == POLICY.ceiling_s else wait / (1 + 0.1 * SHARE)


SHARE = int.from_bytes(sha256(b"example").digest()[:4]) / 2**32


@pytest.mark.parametrize(
    ("headers", "ttl_s", "seconds"),
    [
        ({}, None, 1800),
        ({}, 7200, 7200),
        ({}, 60, 1800),
        ({"cache_control": "public, max-age=3600"}, None, 3600),
        ({"cache_control": "max-age = \"3600\""}, None, 3600),
        ({"cache_control": "s-maxage=9999, max-age=3600"}, None, 3600),
        ({"cache_control": "no-cache"}, None, 1800),
        ({"cache_control": "max-age=3600", "expires": "Thu, 14 Mar 2024 00:00:00 GMT"}, None, 3600),
        ({"expires": "Wed, 13 Mar 2024 14:00:00 GMT"}, None, 7200),
        ({"expires": "Wed, 13 Mar 2024 14:00:00 GMT", "date": "Wed, 13 Mar 2024 13:00:00 GMT"}, None, 3600),
        ({"expires": "Wed, 13 Mar 2024 14:00:00"}, None, 7200),
        ({"expires": "0"}, None, 1800),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None, 1800),
        ({"retry_after": "5000"}, None, 5000),
        ({"retry_after": "Wed, 13 Mar 2024 15:00:00 GMT"}, None, 10800),
        ({"retry_after": "soon"}, None, 1800),
        ({"retry_after": "5000", "cache_control": "max-age=6000"}, 7000, 7000),
        ({"cache_control": "max-age=31536000"}, None, 86400),
        ({"retry_after": "9999999999"}, None, 86400),
        ({"retry_after": "99999999999999999999"}, None, 1800),
    ],
)  # fmt: skip
def test_the_longest_wait_counts(headers: dict[str, str], ttl_s: int | None, seconds: int) -> None:
    """The feed's ttl, the caching headers and Retry-After: the longest, between floor and ceiling."""
    assert seconds == pytest.approx(waited(reply(**headers), ttl_s=ttl_s))


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 1800), (1, 3600), (2, 7200), (5, 57600), (6, 86400), (5000, 86400)]
)
def test_each_failure_doubles_the_wait(failures: int, seconds: int) -> None:
    """A source that keeps failing is asked less and less, down to once a ceiling."""
    assert seconds == pytest.approx(waited(reply(500, fault="x"), failures=failures))


@given(
    key=st.text(),
    ttl_s=st.none() | st.integers(0, 10**9),
    failures=st.integers(0, 10**6),
    headers=st.dictionaries(st.sampled_from(["cache-control", "expires", "retry-after", "date"]), st.text()),
)
def test_the_next_poll_is_within_bounds(key: str, ttl_s: int | None, failures: int, headers: dict[str, str]) -> None:
    """Whatever a server says, the wait is within floor and ceiling, and the same each time."""
    answer = Reply(asked=URL, url=URL, status=200, headers=headers)
    first = next_poll(NOW, answer, policy=POLICY, key=key, ttl_s=ttl_s, failures=failures)
    assert timedelta(seconds=1800) <= first - NOW <= timedelta(seconds=86400)
    assert first == next_poll(NOW, answer, policy=POLICY, key=key, ttl_s=ttl_s, failures=failures)


def test_sources_drift_apart() -> None:
    """Sources that were added together are not asked together for ever."""
    instants = {next_poll(NOW, reply(), policy=POLICY, key=f"source-{n}") for n in range(100)}
    assert 100 == len(instants)
    assert max(instants) - NOW <= timedelta(seconds=1980)


def test_a_success_is_remembered() -> None:
    """Validators are kept verbatim, failures forgotten, the body known by its hash."""
    before = Polled(url=URL, failures=4, last_fault="x", etag='"old"')
    answer = reply(etag='W/"new"', last_modified="yesterday")
    after = remember(before, answer, source=SOURCE, now=NOW, policy=POLICY, document=FeedDocument(ttl_s=7200))
    assert (0, "", NOW, NOW) == (after.failures, after.last_fault, after.last_success, after.last_try)
    assert ('W/"new"', "yesterday", 7200) == (after.etag, after.last_modified, after.ttl_s)
    assert sha256(b"feed").hexdigest() == after.body_hash
    assert after.next_poll == next_poll(NOW, answer, policy=POLICY, key="example", ttl_s=7200)


def test_nothing_new_keeps_what_is_known() -> None:
    """After a 304 the validators, the ttl and the hash stay, unless it brings newer ones."""
    before = Polled(url=URL, etag='"1"', last_modified="then", ttl_s=9000, body_hash="abc")
    after = remember(before, reply(304), source=SOURCE, now=NOW, policy=POLICY, document=None)
    assert ('"1"', "then", 9000, "abc") == (after.etag, after.last_modified, after.ttl_s, after.body_hash)
    newer = remember(before, reply(304, etag='"2"'), source=SOURCE, now=NOW, policy=POLICY, document=None)
    assert '"2"' == newer.etag


def test_validators_that_are_gone_are_forgotten() -> None:
    """A 200 without validators leaves none: an old one would be sent with a body it does not belong to."""
    before = Polled(url=URL, etag='"1"', last_modified="then")
    after = remember(before, reply(), source=SOURCE, now=NOW, policy=POLICY, document=FeedDocument())
    assert ("", "") == (after.etag, after.last_modified)


def test_a_failure_is_remembered() -> None:
    """The fault is kept in words and counted; what was known before stays good."""
    before = Polled(url=URL, etag='"1"', failures=1, last_success=NOW - timedelta(days=1), body_hash="abc")
    after = remember(before, reply(500, fault="answered 500."), source=SOURCE, now=NOW, policy=POLICY, document=None)
    assert (2, "answered 500.", '"1"', "abc") == (after.failures, after.last_fault, after.etag, after.body_hash)
    assert before.last_success == after.last_success
    assert not after.retired


def test_a_feed_that_breaks_off_is_asked_for_again() -> None:
    """A document that lost its end counts as a failure, and no validator keeps the rest from us."""
    lost = Problem(path="example", fault="breaks off", remedy="What could be read is kept.")
    note = Problem(path="example", fault="odd", remedy="Nothing.", severity="note")
    answer = reply(etag='"1"')
    after = remember(
        Polled(url=URL, etag='"0"', body_hash="a"), answer, source=SOURCE, now=NOW, policy=POLICY,
        document=FeedDocument(problems=(note, lost)),
    )  # fmt: skip
    assert (1, "breaks off. What could be read is kept.") == (after.failures, after.last_fault)
    assert ("", "", "") == (after.etag, after.last_modified, after.body_hash)
    fine = remember(Polled(), answer, source=SOURCE, now=NOW, policy=POLICY, document=FeedDocument(problems=(note,)))
    assert (0, '"1"') == (fine.failures, fine.etag)


def test_gone_is_gone() -> None:
    """410 retires a source; it is not asked again, unless it gets another address."""
    after = remember(Polled(), reply(410, fault="gone."), source=SOURCE, now=NOW, policy=POLICY, document=None)
    assert after.retired
    assert not due(SOURCE, after, now=NOW + timedelta(days=365), whenever=True)
    assert due(Source(key="example", url="https://example.org/new"), after, now=NOW)


def test_a_source_moves() -> None:
    """After a permanent redirect the new address is asked, until it fails three times in a row."""
    new = "https://example.org/new"
    moved = remember(Polled(), reply(moved_to=new), source=SOURCE, now=NOW, policy=POLICY, document=FeedDocument())
    assert new == address_to_ask(SOURCE, moved)
    stays = remember(moved, reply(304, asked=new), source=SOURCE, now=NOW, policy=POLICY, document=None)
    assert new == stays.moved_to
    failing = moved
    for _ in range(3):
        assert new == address_to_ask(SOURCE, failing)
        failing = remember(failing, reply(500, fault="x"), source=SOURCE, now=NOW, policy=POLICY, document=None)
    assert URL == address_to_ask(SOURCE, failing)
    back = remember(failing, reply(), source=SOURCE, now=NOW, policy=POLICY, document=FeedDocument())
    assert "" == back.moved_to
    home = remember(
        moved, reply(asked=new, moved_to=URL), source=SOURCE, now=NOW, policy=POLICY, document=FeedDocument()
    )
    assert "" == home.moved_to
    other = Source(key="example", url="https://example.org/other")
    assert other.url == address_to_ask(other, moved)


def test_what_was_learnt_of_another_address_does_not_count() -> None:
    """When an editor changes a source's address, validators and failures of the old one are forgotten."""
    before = Polled(url="https://example.org/old", etag='"1"', failures=7, ttl_s=99999)
    after = remember(before, reply(304), source=SOURCE, now=NOW, policy=POLICY, document=None)
    assert (URL, "", 0, None) == (after.url, after.etag, after.failures, after.ttl_s)


@pytest.mark.parametrize(
    ("source", "polled", "whenever", "expected"),
    [
        (SOURCE, Polled(), False, True),
        (SOURCE, Polled(url=URL), False, True),
        (SOURCE, Polled(url=URL, next_poll=NOW), False, True),
        (SOURCE, Polled(url=URL, next_poll=NOW + timedelta(seconds=1)), False, False),
        (SOURCE, Polled(url=URL, next_poll=NOW + timedelta(days=1)), True, True),
        (SOURCE, Polled(url="https://example.org/old", next_poll=NOW + timedelta(days=1)), False, True),
        (Source(key="example", url=URL, paused=True), Polled(), True, False),
    ],
    ids=["new", "never asked", "due", "not yet", "whenever", "another address", "paused"],
)
def test_who_is_due(source: Source, polled: Polled, whenever: bool, expected: bool) -> None:
    """A source is asked when its time has come, at once when it is new, never while it is paused."""
    assert expected == due(source, polled, now=NOW, whenever=whenever)


def test_one_at_a_time_with_a_gap() -> None:
    """Requests to one host come one after the other, the gap between them; other hosts do not wait."""
    clock = 100.0
    slept: list[float] = []
    log: list[str] = []

    async def sleep(seconds: float) -> None:
        nonlocal clock
        slept.append(seconds)
        clock += seconds

    async def visit(gate: Gate, host: str, name: str) -> None:
        async with gate.turn(host):
            log.append(f"{name} in")
            await asyncio.sleep(0)
            log.append(f"{name} out")

    async def all_of_them() -> None:
        gate = Gate(gap_s=2.0, clock=lambda: clock, sleep=sleep)
        await asyncio.gather(visit(gate, "a", "first"), visit(gate, "a", "second"), visit(gate, "b", "other"))
        await gate.ready("never-asked")

    asyncio.run(all_of_them())
    assert ["first in", "first out", "second in", "second out"] == [each for each in log if "other" not in each]
    assert log.index("other in") < log.index("first out")
    assert [2.0] == slept


def test_a_failed_visit_frees_the_host() -> None:
    """A visit that fails gives the host back, and the gap counts all the same."""

    async def fail() -> Gate:
        gate = Gate(gap_s=0.0, clock=lambda: 5.0)
        with pytest.raises(ValueError, match="x"):
            async with gate.turn("a"):
                raise ValueError("x")
        async with gate.turn("a"):
            return gate

    assert {"a": 5.0} == asyncio.run(fail())._free_at
