"""Pages are made where something has changed, and delivered."""

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path

from frtfeed.config import Config
from frtfeed.deliver.folder import Receipt, deliver
from frtfeed.fetch.folder import read_templates
from frtfeed.fetch.listing import project_files
from frtfeed.fingerprints import fingerprint
from frtfeed.model import Job, Page
from frtfeed.pipeline.newsroom import Told
from frtfeed.pipeline.previous import Previous
from frtfeed.pipeline.stopwatch import Stopwatch
from frtfeed.records import asdict
from frtfeed.render import RENDERERS
from frtfeed.render.fragments import Fragments
from frtfeed.render.inline import known_styles
from frtfeed.render.kept import Kept
from frtfeed.render.report import report_page
from frtfeed.render.templates import Compiled
from frtfeed.store.fragments import FRAGMENTS_NAME, FragmentStore, open_fragments
from frtfeed.store.known_pages import KnownPage, known_pages, recall_pages, remember_pages
from frtfeed.store.learnt import Learnt, recall_learnt, remember_learnt
from frtfeed.times import rfc3339

__all__ = ["publish"]

PAGES = "pages.json"  # in the state folder: of the pages of one build, the last
LEARNT = "learnt.msgpack"  # there, too: what rendering learnt


def publish(told: Told, config: Config, *, stopwatch: Stopwatch, previous: Previous, program: str) -> Receipt:
    """
    Render what has changed of what is told, and put it into the output.

    Args:
        previous: the last build's report.
        program: salt of what is remembered of pages; "" where nothing is.
    """
    remembered = config.state / PAGES
    shipped = read_templates(project_files() / "templates")
    templates = shipped | read_templates(config.templates)
    salt = fingerprint(program, tuple(templates.items()))
    known = recall_pages(remembered, salt=salt) if program else {}
    learnt = recall_learnt(config.state / LEARNT, salt=program) if program else Learnt("")
    places = open_fragments(config.state / FRAGMENTS_NAME, salt=salt, root=config.out) if program else nullcontext()
    with places as store:
        fragments = Fragments(store.recall) if store else Fragments()
        as_shipped = frozenset(name for name, text in templates.items() if shipped.get(name) == text)
        kept = Kept(known_styles(learnt.styles), Compiled(dict(learnt.codes)), fragments, as_shipped)
        press = _Press(
            told, templates=templates, kept=kept, known=known, store=store, out=config.out, stopwatch=stopwatch
        )
        with stopwatch.stage("deliver"):
            receipt = deliver(
                press.pages(previous),
                root=config.out,
                previous=previous.files(),
                standing=press.standing,
                differing=press.count,
            )
        if store:
            store.store(press.made.keys() | press.standing.keys())
    stopwatch.counts["written"] = len(receipt.written)
    if program:
        remember_pages(remembered, salt=salt, root=config.out, jobs=press.jobs, made=press.made, known=press.standing)
        if (kept.styles.answers, kept.compiled.codes) != (learnt.styles, learnt.codes):
            remember_learnt(config.state / LEARNT, Learnt(program, kept.styles.answers, kept.compiled.codes))
    return receipt


class _Press:
    """
    Makes pages one job after the other, each when it is about to be delivered: they are never all in memory.

    standing: the pages that lie in the output as they should. made: the ETags of those that were made, by path.
    """

    def __init__(
        self,
        told: Told,
        *,
        templates: Mapping[str, str],
        kept: Kept,
        known: Mapping[str, KnownPage],
        store: FragmentStore | None,
        out: Path,
        stopwatch: Stopwatch,
    ) -> None:
        self._told, self._stopwatch, self._fragments, self._store = told, stopwatch, kept.fragments, store
        self.made: dict[str, str] = {}
        self.standing: dict[str, KnownPage] = {}
        self._undone: list[Job] = []
        with stopwatch.stage("render"):
            plans = (plan(told.publication, templates=templates, kept=kept) for plan in RENDERERS.values())
            self.jobs = [job for plan in plans for job in plan]
            for job in self.jobs:
                found = known_pages(job, root=out, known=known)
                if found is None:
                    self._undone.append(job)
                else:
                    self.standing |= found

    def count(self, _page: Page) -> None:
        """Note that a page is going to be written."""
        self._stopwatch.counts["written"] += 1

    def pages(self, previous: Previous) -> Iterator[Page]:
        """
        Yield the pages that have to be made, and the report last.

        Args:
            previous: the last build's report.
        """
        for job in self._undone:
            with self._stopwatch.stage("render"):
                pages = list(job.make())
                for page in pages:
                    places = self._fragments.places(page)
                    if self._store:
                        self._store.note(page, places)
            self.made |= {page.path: page.etag for page in pages}
            yield from pages
        self._stopwatch.counts |= {"rendered": len(self.made), "skipped": len(self.standing)}
        self._stopwatch.counts["written"] += 1  # the report, if what it says is new
        yield report_page(
            {"until": rfc3339(self._told.until), "counts": dict(self._told.counts)},
            groups=self._told.reports,
            problems=[asdict(problem) for problem in self._told.public],
            etags={path: page.etag for path, page in self.standing.items()} | self.made,
            timings={**self._stopwatch.seconds, "counts": dict(self._stopwatch.counts)},
            previous=previous.after,
        )
