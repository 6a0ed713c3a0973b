#!/usr/bin/env python3
"""
How well stories are grouped, and what it costs.

usage: grouping.py [LABELLED.jsonl] [--runs N] [--large]

LABELLED  JSON Lines of {id, title, excerpt, published, provider, group}; a null group stands
          alone. Scores: B-cubed (Bagga & Baldwin 1998) over all stories, the same over stories
          whose group has several members, and pairwise.
--large   also 100,000 stories spread over two years.

The cost is measured on streams made here: the labelled stories where given, else invented ones,
re-dated, a word of each title exchanged so that none is another's copy. CPU seconds of this
process, the minimum of the runs, without the cyclic garbage collector, as in `frtfeed build`;
and counts that no machine changes.
"""

import argparse
import gc
import json
import random
import resource
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from frtfeed.records import replace

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from frtfeed.edit.cluster import cluster
from frtfeed.edit.rank import by_date
from frtfeed.model import Provider, Story, When
from frtfeed.times import parse_when

BARS = {"B-cubed": 0.935, "several-member": 0.865, "pairwise": 0.74}


def main() -> None:
    """Print both tables."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("labelled", nargs="?", type=Path)
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--large", action="store_true")
    asked = arguments.parse_args()
    rows = (
        [json.loads(line) for line in asked.labelled.read_text(encoding="utf-8").splitlines()] if asked.labelled else []
    )
    stories = [labelled_story(row) for row in rows] or invented_stories(2000)
    if rows:
        found = {
            story.id: number
            for number, event in enumerate(cluster(sorted(stories, key=by_date), related={}))
            for story in event.stories
        }
        print_scores(rows, found)
    print_costs(stories, runs=asked.runs, large=asked.large)


def labelled_story(row: dict[str, str]) -> Story:
    """Make a story of a labelled row."""
    when, _ = parse_when(row["published"], zone=UTC)
    return Story(
        id=row["id"],
        title=row["title"],
        excerpt=row["excerpt"] or "",
        names=(row["id"],),
        published=when,
        provider=Provider(name=row["provider"] or ""),
        path=row["id"],
    )


def invented_stories(count: int) -> list[Story]:
    """Make stories of random words, for a machine without the labelled ones."""
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghijklmnoprstuvw", k=chance.randint(3, 9))) for _ in range(6000)]
    weights = [1 / (rank + 5) for rank in range(len(words))]
    return [
        Story(
            id=f"invented-{number}",
            title=" ".join(chance.choices(words, weights, k=9)).capitalize(),
            excerpt=" ".join(chance.choices(words, weights, k=32)),
            names=(f"invented-{number}",),
            provider=Provider(name=f"Outlet {chance.randrange(200)}"),
            path=f"invented-{number}",
        )
        for number in range(count)
    ]


def stream(stories: list[Story], count: int, days: float) -> list[Story]:
    """Spread so many stories evenly over so many days."""
    chance = random.Random(1)
    start = datetime(2024, 1, 1, tzinfo=UTC)
    made = []
    for number in range(count):
        story = stories[number % len(stories)]
        words = story.title.split()
        words[chance.randrange(len(words))] = chance.choice(stories[chance.randrange(len(stories))].title.split())
        when = When(at=start + timedelta(days=days * number / count))
        made.append(replace(story, id=f"{number:06}", title=" ".join(words), published=when))
    return made


def print_scores(rows: list[dict[str, str]], found: dict[str, int]) -> None:
    """Print the scores of a grouping beside the bars."""
    gold = {row["id"]: row["group"] or f"alone {row['id']}" for row in rows}
    gold_sizes, found_sizes = Counter(gold.values()), Counter(found.values())
    both = Counter((gold[id_], found[id_]) for id_ in gold)
    several = [id_ for id_ in gold if gold_sizes[gold[id_]] > 1]
    scores = {
        "B-cubed": b_cubed(list(gold), gold, found, both, gold_sizes, found_sizes),
        "several-member": b_cubed(several, gold, found, both, gold_sizes, found_sizes),
        "pairwise": (pairs(both) / pairs(found_sizes), pairs(both) / pairs(gold_sizes)),
    }
    print(f"{len(rows)} labelled stories, {len(found_sizes)} groups found, {len(gold_sizes)} given\n")
    print(f"{'':16}{'precision':>10}{'recall':>9}{'F1':>9}{'bar':>8}")
    for name, (precision, recall) in scores.items():
        f1 = 2 * precision * recall / (precision + recall)
        print(
            f"{name:16}{precision:10.4f}{recall:9.4f}{f1:9.4f}{BARS[name]:8.3f}{'' if f1 >= BARS[name] else '  below'}"
        )
    print()


def b_cubed(ids, gold, found, both, gold_sizes, found_sizes):  # noqa: PLR0917
    """Return precision and recall averaged over stories."""
    shared = [both[gold[id_], found[id_]] for id_ in ids]
    precision = sum(n / found_sizes[found[id_]] for n, id_ in zip(shared, ids, strict=True)) / len(ids)
    recall = sum(n / gold_sizes[gold[id_]] for n, id_ in zip(shared, ids, strict=True)) / len(ids)
    return precision, recall


def pairs(sizes: Counter) -> int:
    """Return how many pairs groups of these sizes hold."""
    return sum(size * (size - 1) // 2 for size in sizes.values())


def print_costs(stories: list[Story], *, runs: int, large: bool) -> None:
    """Print CPU seconds and memory for streams of several sizes."""
    sizes = [(1_000, 7.3), (10_000, 73), (10_000, 730)] + ([(100_000, 730)] if large else [])
    print(f"minimum of {runs} runs")
    gc.disable()
    print(f"{'stories':>8}{'days':>7}{'CPU s':>8}{'us/story':>10}{'groups':>8}{'largest':>9}{'MB more':>9}")
    for count, days in sizes:
        made = stream(stories, count, days)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        seconds = []
        for _ in range(runs):
            gc.collect()
            began = time.process_time()
            events = cluster(made, related={})
            seconds.append(time.process_time() - began)
        more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        largest = max(len(event.stories) for event in events)
        each = min(seconds) / count * 1e6
        cost = f"{count:8,}{days:7.0f}{min(seconds):8.2f}{each:10.0f}"
        print(f"{cost}{len(events):8,}{largest:9,}{more:9.0f}")


if __name__ == "__main__":
    main()
