"""
Asks sources what is new, in turn and at once: due | ask | parse | hand over | remember.

Strategy: an event loop in a thread of its own asks, so that nothing the caller does holds up the
network. The caller's thread parses, hands over one outcome after another, and remembers each only
when the caller comes back for the next: by then its stories are safe. A process killed in between
asks that source again; nothing is lost, and the ledger knows what was written.
"""

import asyncio
import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, closing, contextmanager
from datetime import datetime
from hashlib import sha256

from frtfeed.fetch.http import Ask, host_of, web
from frtfeed.fetch.polite import Gate, address_to_ask, due, remember
from frtfeed.model import Problem
from frtfeed.parse import syndication
from frtfeed.records import Struct, replace
from frtfeed.sources import FeedDocument, FetchPolicy, Outcome, Polled, Reply, Source
from frtfeed.urls import printed

__all__ = ["AskOnce", "OpenWeb", "ask_once", "asking", "feed_of", "poll"]

OpenWeb = Callable[..., AbstractAsyncContextManager[Ask]]
AskOnce = Callable[[str], Reply]
Answered = tuple[Source, Reply]
ALTOGETHER_S = 90.0  # who adds a source waits at a terminal: three addresses at their worst, or ten with gaps


class _Ended(Struct, frozen=True):
    """The last thing that the asking thread says; fault: what stopped it before its time."""

    fault: BaseException | None = None


def poll(
    sources: Iterable[Source],
    *,
    memory: Mapping[str, Polled],
    keep: Callable[[str, Polled], None],
    now: datetime,
    policy: FetchPolicy,
    all_now: bool = False,
    afresh: bool = False,
    open_web: OpenWeb = web,
) -> Iterator[Outcome]:
    """
    Ask the sources that are due, and yield what each brought, in the order of the answers.

    Args:
        memory: what is remembered, by key.
        keep: called with a source's key and its new memory when the caller asks for the next
            outcome, in the caller's thread: stories must be safe by then.
        now: aware, UTC; the whole run counts as this instant.
        all_now: ask also those that are not due yet (paused and retired ones never).
        afresh: ask for the whole feed, whatever is remembered of the last one.
        open_web: for tests; as fetch/http.py's web.

    Yields:
        One Outcome for each source asked. One bad source never stops the others. At most
        policy.concurrency answers wait for the caller.
    """
    asked = [
        (source, memory.get(source.key, Polled()))
        for source in sources
        if due(source, memory.get(source.key, Polled()), now=now, whenever=all_now)
    ]
    if afresh:
        asked = [(source, _without_validators(polled)) for source, polled in asked]
    remembered = {source.key: polled for source, polled in asked}
    with closing(_answers(asked, policy=policy, open_web=open_web)) as answers:
        for source, reply in answers:
            outcome = _outcome(source, reply, polled=remembered[source.key], now=now, policy=policy)
            yield outcome
            keep(source.key, outcome.polled)


def ask_once(url: str, *, policy: FetchPolicy, open_web: OpenWeb = web) -> Reply:
    """Ask one address, as a poll would: for a page."""
    with asking(policy, open_web=open_web) as ask:
        return ask(url)


@contextmanager
def asking(policy: FetchPolicy, *, open_web: OpenWeb = web, altogether_s: float = ALTOGETHER_S) -> Iterator[AskOnce]:
    """
    Ask one address after another, as a poll would: for adding a source.

    A host is spared as in a poll: its next request waits for policy.gap_s.

    Args:
        altogether_s: for all of them, gaps included; what is asked later is a Reply with a fault.
            Time between the requests is the caller's.
    """
    with asyncio.Runner() as runner:
        clock = runner.get_loop().time
        left_s = altogether_s
        opened = open_web(policy, gate=Gate(gap_s=policy.gap_s, clock=clock))
        ask = runner.run(opened.__aenter__())

        async def in_time(url: str) -> Reply:
            nonlocal left_s
            started = clock()
            try:
                async with asyncio.timeout(left_s):
                    return await ask(url)
            except TimeoutError:
                return Reply(asked=url, url=url, status=0, fault=f"not done within {altogether_s:g} s. Try it later.")
            finally:
                left_s -= clock() - started

        try:
            yield lambda url: runner.run(in_time(url))
        finally:
            runner.run(opened.__aexit__(None, None, None))


def feed_of(reply: Reply, *, key: str, now: datetime, policy: FetchPolicy) -> FeedDocument:
    """
    Read what was answered as a feed; its problems say where it is none.

    Args:
        key: names the feed in its problems.
    """
    return syndication.parse(
        reply.body,
        content_type=reply.headers.get("content-type", ""),
        url=reply.url,
        key=key,
        now=now,
        max_items=policy.max_items,
        max_depth=policy.max_depth,
        short=reply.short,
    )


def _outcome(source: Source, reply: Reply, *, polled: Polled, now: datetime, policy: FetchPolicy) -> Outcome:
    """Parse what a source answered, if it is anything new."""
    document = None
    known = polled.body_hash if polled.url == source.url else ""
    if reply.status == 200 and not reply.fault and sha256(reply.body).hexdigest() != known:
        document = feed_of(reply, key=source.key, now=now, policy=policy)
    return Outcome(
        source=source,
        reply=reply,
        polled=remember(polled, reply, source=source, now=now, policy=policy, document=document),
        document=document,
        problems=_problems(source, reply, document),
    )


def _problems(source: Source, reply: Reply, document: FeedDocument | None) -> tuple[Problem, ...]:
    """Gather what was wrong with the answer and with what it held."""
    if reply.fault:
        fault, _, remedy = reply.fault.partition(". ")
        return (Problem(path=source.key, fault=fault, remedy=remedy, value=printed(source.url)),)
    moved = (
        Problem(
            path=source.key,
            fault="moved for good",
            value=reply.moved_to,
            remedy="Asked there from now on; write the new address into the configuration.",
            severity="note",
        )
        if reply.moved_to
        else None
    )
    return (*([moved] if moved else []), *(document.problems if document else ()))


def _without_validators(polled: Polled) -> Polled:
    return replace(polled, etag="", last_modified="", body_hash="")


def _answers(
    asked: Sequence[tuple[Source, Polled]], *, policy: FetchPolicy, open_web: OpenWeb
) -> Generator[Answered, None, None]:
    """Ask in a thread of its own; yield the answers as they come. Leaving early stops the asking."""
    if not asked:
        return
    answers: queue.SimpleQueue[Answered | _Ended] = queue.SimpleQueue()
    asking = _Asking(asked, policy=policy, open_web=open_web, answers=answers)
    thread = threading.Thread(target=asking.run, name="frtfeed-poll", daemon=True)
    thread.start()
    try:
        while not isinstance(answer := answers.get(), _Ended):
            yield answer
            asking.release()
        if answer.fault is not None:
            raise answer.fault
    finally:
        asking.stop()
        thread.join()


class _Asking:
    """The asking thread: its loop, and the slots that bound what is under way. One per poll."""

    def __init__(
        self,
        asked: Sequence[tuple[Source, Polled]],
        *,
        policy: FetchPolicy,
        open_web: OpenWeb,
        answers: "queue.SimpleQueue[Answered | _Ended]",
    ) -> None:
        self._asked = asked
        self._policy = policy
        self._open_web = open_web
        self._answers = answers
        self._loop = asyncio.new_event_loop()
        self._slots = asyncio.Semaphore(policy.concurrency)
        self._left = False
        self._main: asyncio.Task[None] | None = None

    def run(self) -> None:
        """Ask them all; the last word is an _Ended, whatever happens."""
        fault: BaseException | None = None
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                # Names are resolved in threads: as many as requests, or slow ones would hold up the rest.
                self._loop.set_default_executor(ThreadPoolExecutor(self._policy.concurrency))
                runner.run(self._all())
        except asyncio.CancelledError:
            pass  # the caller has left
        except Exception as error:  # noqa: BLE001  a door: it is raised again in the caller's thread
            fault = error
        self._answers.put(_Ended(fault))

    def release(self) -> None:
        """Let one more request begin: an answer has been dealt with."""
        self._from_outside(self._slots.release)

    def stop(self) -> None:
        """Stop asking, wherever it is."""
        self._from_outside(self._cancel)

    def _from_outside(self, call: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(call)
        except RuntimeError:
            return  # it is closed: all is asked

    def _cancel(self) -> None:
        """Cancel the asking alone: the runner's own tasks, which come after it, close what it leaves."""
        self._left = True
        if self._main is not None:
            self._main.cancel()

    async def _all(self) -> None:
        self._main = asyncio.current_task()
        if self._left:
            return
        by_host: defaultdict[str, list[tuple[Source, Polled]]] = defaultdict(list)
        for source, polled in self._asked:
            by_host[host_of(address_to_ask(source, polled))].append((source, polled))
        gate = Gate(gap_s=self._policy.gap_s, clock=self._loop.time)
        async with self._open_web(self._policy, gate=gate) as ask, asyncio.TaskGroup() as group:
            for host, row in by_host.items():
                group.create_task(self._one_host(ask, gate, host, row))

    async def _one_host(self, ask: Ask, gate: Gate, host: str, row: Sequence[tuple[Source, Polled]]) -> None:
        """Ask the sources of one host one after the other. Waiting for the gap takes up no slot."""
        for source, polled in row:
            await gate.ready(host)
            await self._slots.acquire()
            same = polled.url == source.url
            reply = await ask(
                address_to_ask(source, polled),
                etag=polled.etag if same else "",
                last_modified=polled.last_modified if same else "",
            )
            self._answers.put((source, reply))
