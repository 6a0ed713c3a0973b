"""Asks sources what is new, in turn and at once. A real server on loopback answers."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from frtfeed.fetch.http import Ask, web
from frtfeed.fetch.polite import Gate
from frtfeed.poll import ask_once, asking, poll
from frtfeed.sources import FetchPolicy, Outcome, Polled, Reply, Source
from tests.fetch.server import Answer, Site, redirect, serving, trusting

NOW = datetime(2024, 3, 13, 12, tzinfo=UTC)


def feed(*titles: str) -> bytes:
    """Write a feed with items of these titles."""
    items = "".join(f"<item><title>{title}</title><guid>{title}</guid></item>" for title in titles)
    return f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode()


class Memory(dict[str, Polled]):
    """What is remembered, in a dict."""

    def keep(self, key: str, polled: Polled) -> None:
        """Remember."""
        self[key] = polled


def policy(*sites: Site, **limits: object) -> FetchPolicy:
    """Allow these sites, without a gap between requests."""
    return FetchPolicy(allow=frozenset(site.place for site in sites), **{"gap_s": 0.0, **limits})  # type: ignore[arg-type]


def polled(
    site: Site, memory: Memory, *paths: str, at: datetime = NOW, limits: FetchPolicy | None = None, **options: bool
) -> dict[str, Outcome]:
    """Poll the paths of a site as sources of the same key; outcomes by key."""
    sources = [Source(key=path.strip("/"), url=site.url(path)) for path in paths]
    outcomes = poll(
        sources, memory=memory, keep=memory.keep, now=at, policy=limits or policy(site), **options  # type: ignore[arg-type]
    )  # fmt: skip
    return {outcome.source.key: outcome for outcome in outcomes}


def test_the_first_poll_brings_everything_and_the_second_nothing() -> None:
    """A source is asked, remembered, left alone until its time, and then says that nothing has changed."""
    memory = Memory()
    with serving({"/a": Answer(body=feed("x"), etag='"1"')}) as site:
        first = polled(site, memory, "/a")["a"]
        assert first.document is not None
        assert ["x"] == [item.title for item in first.document.items]
        assert {} == polled(site, memory, "/a", at=NOW + timedelta(minutes=24))
        second = polled(site, memory, "/a", at=NOW + timedelta(hours=1))["a"]
    assert (304, None, ()) == (second.reply.status, second.document, second.problems)
    assert ['"1"'] == [asked.headers["if-none-match"] for asked in site.asked[1:]]
    assert NOW + timedelta(hours=1) == memory["a"].last_success


def test_the_same_body_again_is_nothing_new() -> None:
    """A server without validators that sends what it sent before brings no document; asked afresh, it does."""
    memory = Memory()
    with serving({"/a": Answer(body=feed("x"))}) as site:
        assert polled(site, memory, "/a")["a"].document
        assert polled(site, memory, "/a", all_now=True)["a"].document is None
        assert polled(site, memory, "/a", all_now=True, afresh=True)["a"].document


def test_afresh_sends_no_validators() -> None:
    """Who wants the whole feed again gets it, whatever is remembered."""
    memory = Memory()
    with serving({"/a": Answer(body=feed("x"), etag='"1"')}) as site:
        polled(site, memory, "/a")
        assert polled(site, memory, "/a", all_now=True, afresh=True)["a"].document
    assert "if-none-match" not in site.asked[1].headers


def drip(site: Site) -> Iterator[bytes]:
    """Begin, and wait until the test is over."""
    yield b"<rss>"
    site.over.wait()


def test_one_bad_source_never_stops_the_others() -> None:
    """Each fault gets a line of its own, and every good source its document."""
    routes = {
        "/good": Answer(body=feed("x")),
        "/gone": Answer(status=410),
        "/page": Answer(body=b"<!doctype html><html></html>", headers={"Content-Type": "text/html"}),
        "/cut": Answer(body=feed("x", "y")[:-40]),
        "/empty": Answer(),
        "/circle": redirect("/circle"),
        "/home": redirect("http://127.0.0.1:1/"),
    }
    memory = Memory()
    with serving(routes) as site:
        outcomes = polled(site, memory, *routes, "/missing")
    faults = {key: [p.fault for p in each.problems if p.severity == "error"] for key, each in outcomes.items()}
    assert {
        "good": [],
        "gone": ["answered 410 (Gone)"],
        "page": ["not a feed: a web page (HTML)"],
        "cut": ["breaks off: unclosed token at line 1"],
        "empty": ["not a feed: an empty answer"],
        "circle": [f"redirects in a circle at {site.url('/circle')}"],
        "home": ["redirected to http://127.0.0.1:1/: 127.0.0.1 is this machine: refused"],
        "missing": ["answered 404 (Not Found)"],
    } == faults
    assert {"good": 0} == {key: each.failures for key, each in memory.items() if not each.failures}
    assert memory["gone"].retired
    cut = outcomes["cut"].document
    assert cut is not None
    assert ["x"] == [item.title for item in cut.items]
    (problem,) = outcomes["missing"].problems
    assert ("missing", site.url("/missing"), "Check the address.") == (problem.path, problem.value, problem.remedy)


def test_a_slow_source_does_not_hold_up_the_others() -> None:
    """A server that drips is given up in time, and its host's next source is asked."""
    with serving({"/slow": Answer(pieces=drip), "/good": Answer(body=feed("x"))}) as site:
        outcomes = polled(site, Memory(), "/slow", "/good", limits=policy(site, total_s=0.9))
    assert "not done within 0.9 s. Asked again later." == outcomes["slow"].reply.fault
    assert outcomes["good"].document


def test_a_password_in_an_address_is_not_printed() -> None:
    """What stands before the @ of a source's address stays out of messages."""
    with serving({}) as site:
        source = Source(key="a", url=f"http://me:secret@{site.place}/a")
        (outcome,) = poll([source], memory={}, keep=lambda *_: None, now=NOW, policy=policy(site))
    assert [f"http://{site.place}/a"] == [problem.value for problem in outcome.problems]


def test_failures_add_up_and_are_forgiven() -> None:
    """A source that fails is asked later each time; when it is back, all is as before."""
    memory = Memory()
    with serving({"/a": Answer(status=500)}) as site:
        polled(site, memory, "/a")
        polled(site, memory, "/a", all_now=True)
        assert (2, "answered 500 (Internal Server Error). Asked again later.") == (
            memory["a"].failures, memory["a"].last_fault,
        )  # fmt: skip
        site.routes["/a"] = Answer(body=feed("x"))
        polled(site, memory, "/a", all_now=True)
    assert (0, "") == (memory["a"].failures, memory["a"].last_fault)


def test_a_source_that_moved_is_asked_at_its_new_address() -> None:
    """A permanent redirect is told once, and the new address asked from then on."""
    memory = Memory()
    with serving({"/old": redirect("/new", 301), "/new": Answer(body=feed("x"))}) as site:
        problem = polled(site, memory, "/old")["old"].problems[0]
        assert ("moved for good", site.url("/new"), "note") == (problem.fault, problem.value, problem.severity)
        again = polled(site, memory, "/old", all_now=True)["old"].problems
        assert "moved for good" not in [each.fault for each in again]
    assert ["/old", "/new", "/new"] == [asked.path for asked in site.asked]


def test_an_address_that_an_editor_changed_starts_afresh() -> None:
    """Validators of another address are not sent, and its body is no reason to skip this one's."""
    body = feed("x")
    with serving({"/a": Answer(body=body), "/b": Answer(body=body)}) as site:
        memory = Memory()
        polled(site, memory, "/a")
        before = Memory(b=memory["a"])
        assert polled(site, before, "/b")["b"].document
    assert "if-none-match" not in site.asked[1].headers


def test_paused_and_retired_sources_are_not_asked() -> None:
    """Nobody asks a source that is paused, nor one that is gone."""
    with serving({}) as site:
        sources = [Source(key="a", url=site.url("/a"), paused=True), Source(key="b", url=site.url("/b"))]
        memory = Memory(b=Polled(url=site.url("/b"), retired=True))
        rest = poll(sources, memory=memory, keep=memory.keep, now=NOW, policy=policy(site), all_now=True)
        assert [] == list(rest)
    assert [] == site.asked


def test_a_poll_is_remembered_only_when_its_stories_are_safe() -> None:
    """Whoever leaves in the middle of an outcome is given it again: what comes later was never kept."""
    routes = {f"/{n}": Answer(body=feed(f"x{n}")) for n in range(5)}
    memory = Memory()
    with serving(routes) as site:
        sources = [Source(key=str(n), url=site.url(f"/{n}")) for n in range(5)]
        outcomes = poll(sources, memory=memory, keep=memory.keep, now=NOW, policy=policy(site))
        first, second = next(outcomes).source.key, next(outcomes).source.key
        outcomes.close()
        assert {first} == set(memory)
        again = [
            outcome.source.key
            for outcome in poll(sources, memory=memory, keep=memory.keep, now=NOW, policy=policy(site))
        ]
    assert second in again
    assert first not in again
    assert 5 == len(memory)


def test_leaving_early_leaves_nothing_running() -> None:
    """When the caller goes, or what it does fails, the asking ends with it."""
    with serving({f"/{n}": Answer(pieces=drip) if n else Answer(body=feed("x")) for n in range(5)}) as site:
        other = [Source(key=str(n), url=f"http://localhost:{site.port}/{n}") for n in range(1, 5)]
        sources = [Source(key="0", url=site.url("/0")), *other]
        allowed = FetchPolicy(allow=frozenset({site.place, f"localhost:{site.port}"}), gap_s=0.0)
        outcomes = poll(sources, memory={}, keep=lambda *_: None, now=NOW, policy=allowed)
        assert "0" == next(outcomes).source.key
        outcomes.close()
        assert [] == [thread for thread in threading.enumerate() if thread.name == "frtfeed-poll"]


def test_a_host_is_asked_one_thing_at_a_time() -> None:
    """Sources of one host are asked one after the other, though many requests may be under way."""
    routes = {f"/{n}": Answer(body=feed("x")) for n in range(8)}
    with serving(routes) as site:
        assert 8 == len(polled(site, Memory(), *routes))
    assert 1 == site.most_at_once


def test_there_is_a_gap_between_requests_to_a_host() -> None:
    """The next request to a host begins gap_s after the last one ended, or later."""
    with serving({"/a": Answer(body=feed("x")), "/b": Answer(body=feed("x"))}) as site:
        polled(site, Memory(), "/a", "/b", limits=policy(site, gap_s=0.1))
    first, second = site.asked
    assert second.at - first.at >= 0.1


def test_answers_wait_for_the_caller() -> None:
    """However many sources there are, no more answers lie ready than may be under way at once."""
    asked = dealt_with = most = 0

    @asynccontextmanager
    async def instant(policy: FetchPolicy, *, gate: Gate) -> AsyncIterator[Ask]:
        async def ask(url: str, **_: str) -> Reply:
            nonlocal asked, most
            asked += 1
            most = max(most, asked - dealt_with)
            return Reply(asked=url, url=url, status=304)

        yield ask

    sources = [Source(key=str(n), url=f"http://host-{n}.example/") for n in range(50)]
    limits = FetchPolicy(concurrency=3)
    for _ in poll(sources, memory={}, keep=lambda *_: None, now=NOW, policy=limits, open_web=instant):
        dealt_with += 1
    assert (50, 3) == (dealt_with, most)


def test_a_fault_of_ours_is_not_hidden() -> None:
    """What goes wrong in the asking itself is raised where the poll was called."""

    @asynccontextmanager
    async def broken(policy: FetchPolicy, *, gate: Gate) -> AsyncIterator[Ask]:
        raise LookupError("ours")
        yield

    source = Source(key="a", url="http://a.example/")
    with pytest.raises(LookupError, match="ours"):
        list(poll([source], memory={}, keep=lambda *_: None, now=NOW, policy=FetchPolicy(), open_web=broken))


def test_asking_once() -> None:
    """An address can be asked without being a source, over TLS, too."""
    with serving({"/": Answer(body=b"page")}, tls=True) as site:
        assert b"page" == ask_once(site.url(), policy=policy(site), open_web=partial(web, trust=trusting())).body
    assert (
        "the name does not resolve: nowhere.invalid. Check the address."
        == ask_once("http://nowhere.invalid/", policy=FetchPolicy()).fault
    )


def test_leaving_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Who leaves after the last answer leaves quietly, while a resolver's thread is still at work, too."""
    asked_all = threading.Event()

    @asynccontextmanager
    async def resolving(policy: FetchPolicy, *, gate: Gate) -> AsyncIterator[Ask]:
        async def ask(url: str, **_: str) -> Reply:
            asyncio.get_running_loop().run_in_executor(None, threading.Event().wait, 0.1)
            return Reply(asked=url, url=url, status=304)

        yield ask
        asked_all.set()

    source = Source(key="a", url="http://a.example/")
    for _ in range(3):
        asked_all.clear()
        outcomes = poll([source], memory={}, keep=Memory().keep, now=NOW, policy=FetchPolicy(), open_web=resolving)
        next(outcomes)
        assert asked_all.wait(5)
        outcomes.close()
    assert [] == caplog.records


def test_asking_several_addresses_spares_their_host() -> None:
    """Addresses that are asked one after the other are asked as politely as sources: with a gap."""
    routes = {"/a": Answer(body=b"a"), "/b": Answer(body=b"b")}
    with serving(routes) as site, asking(policy(site, gap_s=0.1)) as ask:
        assert [b"a", b"b"] == [ask(site.url("/a")).body, ask(site.url("/b")).body]
    first, second = site.asked
    assert second.at - first.at >= 0.1


def test_asking_ends() -> None:
    """All the addresses together have so much time and no more, gaps included."""
    routes = {"/a": Answer(body=b"a"), "/b": Answer(body=b"b")}
    with serving(routes) as site, asking(policy(site, gap_s=60.0), altogether_s=0.5) as ask:
        replies = [ask(site.url(path)) for path in ("/a", "/b", "/b")]
    assert ["", *["not done within 0.5 s. Try it later."] * 2] == [reply.fault for reply in replies]
    assert ["/a"] == [asked.path for asked in site.asked]


def test_an_answer_shorter_than_it_says() -> None:
    """Of an answer that ends too early the whole items are taken; it is asked for again in full."""
    body = feed("x", "y")
    memory = Memory()
    answers = {
        "/cut": Answer(body=body[:-40], length=len(body), etag='"1"'),
        "/counted": Answer(body=body, length=len(body) + 9),
    }
    with serving(answers) as site:
        cut = polled(site, memory, "/cut")["cut"].document
        counted = polled(site, Memory(), "/counted")["counted"]
    assert "shorter than its Content-Length" in [each.fault for each in counted.problems]
    assert cut is not None
    assert ["x"] == [item.title for item in cut.items]
    assert ("", 1) == (memory["cut"].etag, memory["cut"].failures)
