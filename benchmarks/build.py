#!/usr/bin/env python3
"""
What a build costs: from nothing, after a change, and when there is nothing to do.

usage: build.py [--stories N ...] [--related N ...] [--runs N] [--hugo-limit N] [--folder DIR]

Makes folders of ordinary stories, with ../shared/tools/gen.py where that is there and else with a
generator of its own, and builds them in processes of their own. CPU seconds of the whole process tree,
the minimum of the runs; the peers run in turn with the builds, so that a slow moment of the machine
meets all of them. Peak memory is that of all processes of the tree together, the largest of the runs.

Peers: Hugo, if it is installed, makes feeds only from the same files: home, sections and topics, as RSS,
of as many entries as our feeds have (--hugo-limit -1 is its own default: all). python-frontmatter loads
all the files.

Before a cold build the output and the state folder are removed; the files stay in the system's memory,
for the peers too. A change is another title in the story's file; then the script waits until the disk's
clock is so far beyond it that the build may trust the file's times, which is not timed, and which a cron
job mostly finds, too. Rows of so many related stories each are of fewer files, and say so.

Prints rows for docs/performance.md, beside the bars of the project. 100,000 stories take an hour;
ask for them with --stories.
"""

import argparse
import importlib.util
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

SOURCES = Path(__file__).parent.parent / "src"
SHARED_GENERATOR = Path(__file__).parents[2] / "shared/tools/gen.py"
FIRST_DAY = datetime(2023, 1, 1, tzinfo=UTC)
NOW = "2025-01-01T00:00:00Z"  # a moment after the newest story, as for an editor's cron job
SETTLED_S = 2.2  # a build trusts the times of files that have not changed for two seconds
SAMPLED_S = 0.02
LARGE_ENOUGH = 1_000  # stories, to make two hundred groups
RELATED_STORIES = {1: 1_000, 10: 1_000, 179: 100}
HUGO, LOADED = "Hugo, feeds only", "python-frontmatter, loading all"
WALKED, READ = "floor: every file looked at", "floor: every file read and hashed"
SETTINGS = """[site]
title = "Measured"
url = "https://measured.example/"

[mail]
from_address = "digest@measured.example"
postal_address = "1 Street, Town"
unsubscribe_url = "https://measured.example/leave"
list_id = "digest.measured.example"
"""
HUGO_SETTINGS = """baseURL = "https://measured.example/"
title = "Measured"
rssLimit = {limit}
disableKinds = ["sitemap", "robotsTXT", "404"]

[outputs]
home = ["RSS"]
section = ["RSS"]
taxonomy = ["RSS"]
term = ["RSS"]
page = []

[taxonomies]
topic = "topics"

[frontmatter]
date = ["publishedDateTime"]
"""
LOAD_ALL = """
import pathlib, sys, frontmatter
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.md")):
    frontmatter.load(path)
"""
# What no build can do without, the start of Python included: to look at every file; cold, to read it too.
FLOOR = """
import hashlib, os, sys
folders, read = [sys.argv[1]], sys.argv[2:]
while folders:
    with os.scandir(folders.pop()) as entries:
        for entry in entries:
            if entry.is_dir():
                folders.append(entry.path)
            elif entry.stat() and read:
                with open(entry.path, "rb") as file:
                    hashlib.sha256(file.read()).digest()
"""
# Another hundred leads than the first time: nobody writes the same letter twice.
SECOND_DIGEST = """
import sys, time
from frtfeed.records import replace
from pathlib import Path
from frtfeed.config import load_config
from frtfeed.digest import write_edition
from frtfeed.pipeline import Stopwatch
from frtfeed.pipeline.newsroom import gather
from frtfeed.times import parse_when
config = load_config(Path("frtfeed.toml"))
now = parse_when(sys.argv[1], zone=config.site.zone)[0].at
newsroom = gather(config, now=now, stopwatch=Stopwatch(clock=time.perf_counter))
edition, groups = newsroom.publication.editions[0], newsroom.grouping.groups
for first in (0, 100):
    some = replace(edition, groups=tuple(groups[first:first + 100]))
    assert len(some.groups) == 100
    started = time.process_time()
    write_edition(some, config=config)
print(time.process_time() - started)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What a work may cost. of: the peer whose cost the numbers are parts of; "" for seconds."""

    must: float
    aim: float
    of: str = ""
    must_mb: float = 0.0
    aim_mb: float = 0.0


COLD, UNCHANGED, NEWEST, MIDDLE, PERCENT = (
    "cold", "nothing changed", "one changed, the newest", "one changed, in the middle", "1 % changed",
)  # fmt: skip
BARS = {
    (1_000, COLD): Bar(must=1.0, aim=0.5, of=HUGO),
    (2_000, COLD): Bar(must=1.6, aim=0.8, of=LOADED),
    (2_000, UNCHANGED): Bar(must=0.25, aim=0.1),
    (2_000, NEWEST): Bar(must=0.6, aim=0.2),
    (2_000, MIDDLE): Bar(must=0.6, aim=0.2),
    (10_000, COLD): Bar(must=0.6, aim=0.35, of=HUGO),
    (10_000, UNCHANGED): Bar(must=0.2, aim=0.1),
    (10_000, NEWEST): Bar(must=1 / 20, aim=1 / 40, of=HUGO),
    (10_000, MIDDLE): Bar(must=1 / 20, aim=1 / 40, of=HUGO),
    (100_000, COLD): Bar(must=0.5, aim=0.3, of=HUGO, must_mb=400, aim_mb=250),
    (100_000, UNCHANGED): Bar(must=1.2, aim=0.65),
    (100_000, NEWEST): Bar(must=2.0, aim=0.75, must_mb=250, aim_mb=250),
    (100_000, MIDDLE): Bar(must=2.0, aim=0.75, must_mb=250, aim_mb=250),
}
HELP_BAR = Bar(must=0.09, aim=0.06)
DIGEST_BAR = Bar(must=0.015, aim=0.003)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a run took: CPU of the process and its children, memory of all of them at once; what it printed."""

    seconds: float
    peak_mb: float
    printed: str = ""


@dataclass(slots=True, kw_only=True)
class Site:
    """A project of so many stories, and what its works cost, by run. related: of each story; None for a mixture."""

    folder: Path
    stories: int
    related: int | None = None
    told: list[Path] = field(default_factory=list)
    costs: dict[str, list[Cost]] = field(default_factory=dict)


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--stories", type=int, nargs="+", default=[1_000, 2_000, 10_000])
    arguments.add_argument("--related", type=int, nargs="*", default=list(RELATED_STORIES))
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--hugo-limit", type=int, default=50)
    arguments.add_argument("--folder", type=Path)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        folder = Path(name)
        sites = [made(folder / f"{count}", count) for count in asked.stories]
        sites += [made(folder / f"related-{each}", RELATED_STORIES.get(each, 100), each) for each in asked.related]
        large = [site for site in sites if site.stories >= LARGE_ENOUGH]
        limit = asked.hugo_limit
        starts: list[Cost] = []
        digests: list[float] = []
        for number in range(asked.runs):
            for site in sites:
                print(f"run {number + 1}: {label(site)}", file=sys.stderr)
                measure(site, hugo_limit=limit)
            starts.append(ran([sys.executable, "-m", "frtfeed", "--help"], folder=folder))
            if large:
                digest = ran([sys.executable, "-c", SECOND_DIGEST, NOW], folder=large[0].folder)
                digests.append(float(digest.printed))
    print_table(sites, runs=asked.runs, hugo_limit=limit, starts=starts, digests=digests)


# The folders


def made(folder: Path, count: int, related: int | None = None) -> Site:
    """Make a project of so many stories."""
    print(f"making {folder.name}", file=sys.stderr)
    seeds = folder / "seeds"
    seeds.mkdir(parents=True)
    (folder / "frtfeed.toml").write_text(SETTINGS, encoding="utf-8")
    if related is None and SHARED_GENERATOR.exists():
        shared_generator().generate(seeds, count)
    else:
        for path, text in invented(count, related=related):
            (seeds / path).parent.mkdir(parents=True, exist_ok=True)
            (seeds / path).write_text(text, encoding="utf-8")
    return Site(
        folder=folder, stories=count, related=related, told=sorted(told_files(seeds), key=lambda path: path.name)
    )


def shared_generator():
    """Import the generator that the makers of several programs share."""
    found = importlib.util.spec_from_file_location("gen", SHARED_GENERATOR)
    generator = importlib.util.module_from_spec(found)
    found.loader.exec_module(generator)
    return generator


def told_files(seeds: Path) -> Iterator[Path]:
    """Yield the files whose stories lead, and will be seen when they change."""
    for path in seeds.rglob("*.md"):
        if "\npublished: true\n" in path.read_text(encoding="utf-8"):
            yield path


def invented(count: int, *, related: int | None) -> Iterator[tuple[str, str]]:
    """Yield stories of made-up words, spread over two years: paths and texts, the same every time."""
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghijklmnoprstuvw", k=chance.randint(3, 9))) for _ in range(6_000)]
    weights = [1 / (rank + 5) for rank in range(len(words))]
    for number in range(count):
        date = FIRST_DAY + timedelta(days=730) * number / count
        mentions = chance.choices(range(8), (22, 14, 16, 14, 12, 9, 7, 6))[0] if related is None else related
        drawn = chance.choices(words, weights, k=(mentions + 1) * 40)
        quality = int(chance.triangular(0, 121, 45))
        shown = chance.random() < 0.63
        lines = [
            "---",
            "category: news",
            *story_lines(drawn[:40], f"{number}", date, outlet=chance.randrange(30)),
            f"heat: {quality + 10 * mentions if shown else -1}",
            f"quality: {quality}",
            f"published: {'true' if shown else 'false'}",
            "topics:",
            *(f"  - Topic {topic}" for topic in sorted(set(chance.choices(range(16), k=chance.randint(1, 4))))),
        ]
        if mentions:
            lines.append("related:")
        for each in range(1, mentions + 1):
            at = date + timedelta(minutes=chance.randint(-2_880, 2_880))
            some = story_lines(drawn[each * 40 : each * 40 + 40], f"{number}-{each}", at, outlet=chance.randrange(30))
            lines += [f"{'  - ' if line is some[0] else '    '}{line}" for line in some]
        lines += [f"secured: {chance.randbytes(300).hex()}", "---", ""]
        yield f"{date:%Y/%m}/{date:%Y-%m-%d}-{number:06}.md", "\n".join(lines)


def story_lines(words: Sequence[str], name: str, date: datetime, *, outlet: int) -> list[str]:
    """Write the fields that a story and a mention share."""
    address = f"https://outlet{outlet}.example/{date:%Y/%m}/{'-'.join(words[:6])}-{name}"
    return [
        f'title: "{" ".join(words[:9]).capitalize()}"',
        f'excerpt: "{" ".join(words[9:]).capitalize()}."',
        f"publishedDateTime: {date:%Y-%m-%dT%H:%M:%SZ}",
        f'originalUrl: "{address}?ref=biztoc.com"',
        f'webUrl: "{address}"',
        "type: article",
        "provider:",
        f"  name: Outlet {outlet}",
        f"  domain: outlet{outlet}.example",
        "images:",
        f'  - url: "https://media.outlet{outlet}.example/{name}/{"-".join(words[:6])}.jpg"',
        "    width: 1280",
        "    height: 720",
    ]


# The works


def measure(site: Site, *, hugo_limit: int) -> None:
    """Do each work once, the peers' in turn with ours."""
    newest, middle = site.told[-1], site.told[len(site.told) // 2]
    settle()
    shutil.rmtree(site.folder / "out", ignore_errors=True)
    shutil.rmtree(site.folder / ".frtfeed", ignore_errors=True)
    build(site, COLD, writes=True)
    if shutil.which("hugo"):
        site.costs.setdefault(HUGO, []).append(hugo(site, limit=hugo_limit))
    for peer, program in ((LOADED, [LOAD_ALL, "seeds"]), (READ, [FLOOR, "seeds", "read"]), (WALKED, [FLOOR, "seeds"])):
        site.costs.setdefault(peer, []).append(ran([sys.executable, "-c", *program], folder=site.folder))
    build(site, UNCHANGED, writes=False)
    before: dict[Path, str] = {}
    for work, changed in ((NEWEST, [newest]), (MIDDLE, [middle]), (PERCENT, site.told[50::100] or [middle])):
        for path in changed:
            text = path.read_text(encoding="utf-8")
            before.setdefault(path, text)
            path.write_text(re.sub(r'(?m)^(title: "?)(\w+)', r"\1\2 again", text, count=1), encoding="utf-8")
        settle()
        build(site, work, writes=True)
    for path, text in before.items():
        path.write_text(text, encoding="utf-8")


def settle() -> None:
    """Wait until the times of all files can be trusted."""
    time.sleep(SETTLED_S)


def build(site: Site, work: str, *, writes: bool) -> None:
    """Build, note what it cost, and make sure that it did what it is measured for."""
    cost = ran([sys.executable, "-m", "frtfeed", "build", "--now", NOW], folder=site.folder)
    site.costs.setdefault(work, []).append(cost)
    written = re.search(r"(\d+) files? written", cost.printed)
    if not written or (int(written[1]) > 0) != writes:
        raise SystemExit(f"{label(site)}, {work}: not the work that was meant: {cost.printed}")


def hugo(site: Site, *, limit: int) -> Cost:
    """Let Hugo make its feeds, and make sure that they hold the stories."""
    folder = site.folder / "hugo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "config.toml").write_text(HUGO_SETTINGS.format(limit=limit), encoding="utf-8")
    cost = ran(["hugo", "--quiet", "--contentDir", site.folder / "seeds"], folder=folder)
    held = (folder / "public/index.xml").read_text(encoding="utf-8").count("<item>")
    wanted = len(site.told) if limit < 0 else min(limit, len(site.told))
    if held != wanted:
        raise SystemExit(f"{label(site)}: Hugo's feed holds {held} stories of {wanted}.")
    return cost


def ran(command: Sequence[str | Path], *, folder: Path) -> Cost:
    """Run a command to its end."""
    environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled once
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=printed, stderr=subprocess.STDOUT)
        sampled = 0
        while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
            sampled = max(sampled, resident_bytes(process.pid))
            time.sleep(SAMPLED_S)
        _, status, used = ended
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        text = printed.read().decode()
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}: ended with {process.returncode}\n{text}")
    # The system counts in what this script had when it started the process: some 20 MB, the least that can be told.
    peak_mb = max(sampled, used.ru_maxrss * 1024) / 1e6
    return Cost(seconds=used.ru_utime + used.ru_stime, peak_mb=peak_mb, printed=text)


def resident_bytes(pid: int) -> int:
    """Return the memory of a process and of those that it started; pages that they share count for each."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        tasks = list(Path(f"/proc/{pid}/task").glob("*/children"))
        children = [child for task in tasks for child in task.read_text().split()]
    except (OSError, IndexError):  # it has ended, or this is no Linux: the largest process alone is known
        return 0
    return pages * os.sysconf("SC_PAGESIZE") + sum(resident_bytes(int(child)) for child in children)


# The table


def print_table(
    sites: Iterable[Site], *, runs: int, hugo_limit: int, starts: Sequence[Cost], digests: Sequence[float]
) -> None:
    """Print a row for each work, and the peers' below those that they are the measure of."""
    generator = "gen.py" if SHARED_GENERATOR.exists() else "invented here"
    print(f"Stories {generator}; minimum of {runs} runs; Hugo's feeds of {hugo_limit} entries.\n")
    print("| work | must | aim | CPU s | part | peak MB | |")
    print("|---|---|---|---|---|---|---|")
    for site in sites:
        for work in (COLD, READ, NEWEST, MIDDLE, PERCENT, UNCHANGED, WALKED, HUGO, LOADED):
            if costs := site.costs.get(work):
                bar = BARS.get((site.stories, work)) if site.related is None else None
                print(row(f"{label(site)}: {work}", bar, least(costs), peers=site.costs, peak_mb=peak(costs)))
    if digests:
        print(row("digest of 100 leads, the second in a process", DIGEST_BAR, min(digests)))
    print(row("`frtfeed --help`", HELP_BAR, least(starts), peak_mb=peak(starts)))


def row(
    work: str, bar: Bar | None, seconds: float, *, peers: dict[str, list[Cost]] | None = None, peak_mb: float = 0.0
) -> str:
    """Write one row: what was measured, beside what it may be."""
    must = aim = part = verdict = ""
    if bar:
        must, aim = limit_text(bar.must, bar.must_mb, bar.of), limit_text(bar.aim, bar.aim_mb, bar.of)
        peer = (peers or {}).get(bar.of, [])
        value = seconds / least(peer) if peer else seconds
        part = f"{value:.3f}" if peer else ""
        verdict = judged(value, peak_mb, bar) if peer or not bar.of else "no peer here"
    digits = 4 if seconds < 0.1 else 3 if seconds < 1 else 2
    memory = f"{peak_mb:.0f}" if peak_mb else ""
    return f"| {work} | {must} | {aim} | {seconds:.{digits}f} | {part} | {memory} | {verdict} |"


def judged(value: float, peak_mb: float, bar: Bar) -> str:
    """Say which of its bars a work meets."""
    if value <= bar.aim and peak_mb <= (bar.aim_mb or peak_mb):
        return "aim met"
    if value <= bar.must and peak_mb <= (bar.must_mb or peak_mb):
        return "must met"
    return "NOT MET"


def limit_text(limit: float, limit_mb: float, of: str) -> str:
    """Write a limit as in the issue: a part of a peer, or seconds; memory where it has a limit."""
    shown = f"1/{1 / limit:.0f}" if of and limit < 0.1 else f"{limit:g}"
    unit = f" of {of.partition(',')[0]}" if of else " s"
    return f"≤ {shown}{unit}" + (f", {limit_mb:.0f} MB" if limit_mb else "")


def label(site: Site) -> str:
    """Name a project by its size."""
    return f"{site.stories:,}" + (f" of {site.related} related each" if site.related is not None else "")


def least(costs: Iterable[Cost]) -> float:
    """Return the CPU seconds of the cheapest run."""
    return min(cost.seconds for cost in costs)


def peak(costs: Iterable[Cost]) -> float:
    """Return the memory of the largest run."""
    return max(cost.peak_mb for cost in costs)


if __name__ == "__main__":
    main()
