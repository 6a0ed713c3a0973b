"""Pages are made where something has changed, and delivered."""

from collections.abc import Mapping
from dataclasses import asdict

from frtfeed.config import Config
from frtfeed.deliver.folder import Receipt, deliver
from frtfeed.fetch.folder import project_files, read_templates
from frtfeed.fingerprints import fingerprint
from frtfeed.model import Page
from frtfeed.pipeline.newsroom import Told
from frtfeed.pipeline.stopwatch import Stopwatch
from frtfeed.render import RENDERERS
from frtfeed.render.inline import known_styles
from frtfeed.render.report import listed_files, report_page
from frtfeed.store.known_pages import KnownPage, KnownPages, known_pages, recall_pages, remember_pages
from frtfeed.times import rfc3339

__all__ = ["publish"]

PAGES = "pages.json"  # in the state folder: of the pages of one build, the last


def publish(told: Told, config: Config, *, stopwatch: Stopwatch, previous: bytes, program: str) -> Receipt:
    """
    Render what has changed of what is told, and put it into the output.

    Args:
        previous: the last build's report.
        program: salt of what is remembered of pages; "" where nothing is.
    """
    remembered = config.state / PAGES
    with stopwatch.stage("render"):
        templates = read_templates(project_files() / "templates", config.templates)
        salt = fingerprint(program, tuple(templates.items()))
        known = recall_pages(remembered, salt=salt) if program else KnownPages()
        styles = known_styles(known.styles)
        jobs = [
            job for plan in RENDERERS.values() for job in plan(told.publication, templates=templates, styles=styles)
        ]
        standing: dict[str, KnownPage] = {}
        pages: list[Page] = []
        for job in jobs:
            kept = known_pages(job, root=config.out, known=known.pages)
            if kept is None:
                pages.extend(job.make())
            else:
                standing |= kept
    stopwatch.counts |= {"rendered": len(pages), "skipped": len(standing)}
    report = report_page(
        {"until": rfc3339(told.until), "counts": dict(told.counts)},
        groups=told.reports,
        problems=[asdict(problem) for problem in told.public],
        etags={path: page.etag for path, page in standing.items()} | {page.path: page.etag for page in pages},
        timings=_timings(stopwatch),
        previous=previous,
    )
    with stopwatch.stage("deliver"):
        receipt = deliver([*pages, report], root=config.out, previous=listed_files(previous), standing=standing)
    stopwatch.counts["written"] = len(receipt.written)
    if program:
        remember_pages(
            remembered, salt=salt, root=config.out, jobs=jobs, made=pages, known=standing, styles=styles.answers
        )
    return receipt


def _timings(stopwatch: Stopwatch) -> Mapping[str, object]:
    """Return what a build cost: seconds by stage, and on how much each worked."""
    return {**stopwatch.seconds, "counts": dict(stopwatch.counts)}
