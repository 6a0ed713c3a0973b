#!/usr/bin/env python3
"""
What following a thousand sources costs.

usage: fetching.py [--sources N] [--items N]

A server in a process of its own answers on a thousand loopback addresses, one for each source,
so that no source waits for another's gap. Two polls: the first brings every feed, in the second
nothing has changed (304). CPU seconds of this process, its peak memory, the longest time that the
asking loop, and any thread, was kept from running. Then the whole command, `frtfeed fetch`, twice, in
a project of its own: each item becomes a file in the inbox, flushed to the disk that TMPDIR lies on.
The table ends in the bars of the project.

Linux only: other systems do not give the whole of 127.0.0.0/8 to loopback.
"""

import argparse
import asyncio
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from frtfeed.fetch.http import Ask, web
from frtfeed.fetch.polite import Gate
from frtfeed.poll import poll
from frtfeed.sources import FetchPolicy, Source
from frtfeed.store.database import database
from frtfeed.store.polling import prepare_polling, recall, remember

NOW = datetime(2024, 3, 13, tzinfo=UTC)
BARS = {"first poll": 40.0, "second poll": 3.0}
WHOLE_BARS = {"first fetch": 40.0, "second fetch": 3.0}  # seconds of CPU, the program's start included
END = b"\r\n\r\n"
MAX_MIB, MAX_BLOCK_S = 300, 0.2
PARAGRAPH = (
    "<p>The council said on Tuesday that its cameras <a href='/report?id={n}'>compare faces</a> with a "
    "list of <b>{n}</b> people, and that nobody who passes by is asked. Campaigners disagree.</p>"
)


class Heartbeat:
    """The longest time between two beats, less the beat itself, in seconds."""

    beat_s = 0.005

    def __init__(self) -> None:
        self.last = time.perf_counter()
        self.longest = 0.0

    def __call__(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, now - self.last - self.beat_s)
        self.last = now


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sources", type=int, default=1000)
    arguments.add_argument("--items", type=int, default=50)
    asked = arguments.parse_args()
    with served(asked.items) as port, tempfile.TemporaryDirectory() as folder:
        hosts = [f"127.{1 + n // 62500}.{n // 250 % 250}.{1 + n % 250}" for n in range(asked.sources)]
        sources = [Source(key=f"source-{n}", url=f"http://{host}:{port}/{n}") for n, host in enumerate(hosts)]
        policy = FetchPolicy(allow=frozenset(f"{host}:{port}" for host in hosts))
        print(f"{asked.sources:,} sources, {asked.items} items each\n")
        print("             items  CPU s  wall s  peak MiB  loop held s  thread held s")
        rows = [measured(name, sources, policy, Path(folder), day) for day, name in enumerate(BARS)]
        prepare(Path(folder), sources)
        whole = [fetched(name, Path(folder), day) for day, name in enumerate(WHOLE_BARS)]
    for name, cpu_s, mib in whole:
        good = cpu_s <= WHOLE_BARS[name] and mib < MAX_MIB
        print(f"{name}: bars {WHOLE_BARS[name]:g} s, {MAX_MIB} MiB: {'met' if good else 'NOT MET'}")
    for name, cpu_s, mib, held_s in rows:
        good = cpu_s <= BARS[name] and mib < MAX_MIB and held_s <= MAX_BLOCK_S
        print(f"{name}: bars {BARS[name]:g} s, {MAX_MIB} MiB, {MAX_BLOCK_S} s: {'met' if good else 'NOT MET'}")


def measured(
    name: str, sources: list[Source], policy: FetchPolicy, folder: Path, day: int
) -> tuple[str, float, float, float]:
    """Poll once, print a row, return what has a bar."""
    loop_beat, thread_beat = Heartbeat(), Heartbeat()
    items = faults = 0
    cpu, wall = time.process_time(), time.perf_counter()
    with database(folder / "bench.sqlite") as store, beating(thread_beat):
        prepare_polling(store)
        for outcome in poll(
            sources,
            memory=recall(store),
            keep=partial(remember, store),
            now=NOW + timedelta(days=day),
            policy=policy,
            open_web=partial(watched, loop_beat),
        ):
            items += len(outcome.document.items) if outcome.document else 0
            faults += bool(outcome.reply.fault)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    held = max(loop_beat.longest, thread_beat.longest)
    print(
        f"{name:11} {items:6,} {cpu:6.2f} {wall:7.2f} {mib:9.0f} {loop_beat.longest:12.3f} {thread_beat.longest:14.3f}"
    )
    if faults:
        print(f"{faults} sources failed")
    return name, cpu, mib, held


def prepare(folder: Path, sources: list[Source]) -> None:
    """Write a project that follows all the sources."""
    tables = "".join(f'[[source]]\nname = "{each.key}"\nurl = "{each.url}"\n\n' for each in sources)
    allowed = ", ".join(f'"{each.url.split("/")[2]}"' for each in sources)
    head = f'[site]\nurl = "https://site.example/"\n\n[fetch]\nallow = [{allowed}]\n\n'
    (folder / "frtfeed.toml").write_text(head + tables, encoding="utf-8")
    (folder / "seeds").mkdir()


def fetched(name: str, folder: Path, day: int) -> tuple[str, float, float]:
    """Run the whole command once, print a row, return what has a bar."""
    now = (NOW + timedelta(days=day)).isoformat()
    command = [sys.executable, "-m", "frtfeed", "fetch", "--quiet", "--now", now]
    wall = time.perf_counter()
    _, status, used = os.wait4(subprocess.Popen(command, cwd=folder).pid, 0)
    wall = time.perf_counter() - wall
    cpu, mib = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    items = sum(1 for _ in (folder / "seeds/inbox").iterdir())
    print(f"{name:12} {items:5,} {cpu:6.2f} {wall:7.2f} {mib:9.0f}   of it the system's {used.ru_stime:.2f} s")
    if status:
        print(f"{name} ended with {os.waitstatus_to_exitcode(status)}")
    return name, cpu, mib


@asynccontextmanager
async def watched(beat: Heartbeat, policy: FetchPolicy, *, gate: Gate) -> AsyncIterator[Ask]:
    """Open the web with a pulse in its loop."""

    async def pulse() -> None:
        beat.last = time.perf_counter()
        while True:
            await asyncio.sleep(beat.beat_s)
            beat()

    async with web(policy, gate=gate) as ask:
        task = asyncio.create_task(pulse())
        yield ask
        task.cancel()


@contextmanager
def beating(beat: Heartbeat) -> Iterator[None]:
    """Take the pulse of the interpreter from a thread."""
    over = threading.Event()

    def pulse() -> None:
        beat.last = time.perf_counter()
        while not over.wait(beat.beat_s):
            beat()

    thread = threading.Thread(target=pulse, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join()


@contextmanager
def served(items: int) -> Iterator[int]:
    """Serve feeds from a process of its own; gives the port."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(there, items), daemon=True)
    process.start()
    yield here.recv()
    process.terminate()
    process.join()


def serve(pipe: Connection, items: int) -> None:
    """Answer every path with a feed of its own, and a 304 to whoever has it."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(END):
            number = int(head.split(b" ", 2)[1].strip(b"/"))
            etag = b'ETag: "%d"\r\n' % number
            if b"if-none-match" in head.lower():
                writer.write(b"HTTP/1.1 304 Not Modified\r\n" + etag + b"\r\n")
            else:
                body = feed(number, items)
                writer.write(b"HTTP/1.1 200 OK\r\n" + etag + b"Content-Length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):  # the other side has gone
            await answer(reader, writer)
        writer.close()

    async def until_stopped() -> None:
        server = await asyncio.start_server(converse, "0.0.0.0", 0)  # noqa: S104  all of loopback
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(until_stopped())


def feed(number: int, items: int) -> bytes:
    """Write a feed: RSS with whole articles, as most of the feeds that matter here are."""
    body = "".join(PARAGRAPH.format(n=n) for n in range(8))
    rows = "".join(
        f"<item><title>Cameras in city {number} &amp;amp; county {n}</title><link>https://paper-{number}.example/{n}</link>"
        f"<guid isPermaLink='false'>{number}-{n}</guid><pubDate>Tue, 12 Mar 2024 {n % 24:02}:00:00 GMT</pubDate>"
        "<dc:creator>Jane Doe</dc:creator><category>Policing</category>"
        "<description>Cameras that compare faces.</description>"
        f"<content:encoded><![CDATA[{body}]]></content:encoded>"
        f"<media:thumbnail url='https://paper-{number}.example/{n}.jpg'/></item>"
        for n in range(items)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"><channel>'
        f"<title>Paper {number}</title><link>https://paper-{number}.example/</link><ttl>60</ttl>{rows}</channel></rss>"
    ).encode()


if __name__ == "__main__":
    main()
