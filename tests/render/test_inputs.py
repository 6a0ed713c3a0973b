"""What pages are made of: a page is made again when, and only when, that takes it."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frtfeed.model import Job, Publication
from frtfeed.records import replace
from frtfeed.render import RENDERERS
from frtfeed.render.inputs import closed_editions, of_publication, reach_far, rolling
from tests.render.changes import changes
from tests.render.human import TEMPLATES
from tests.render.samples import CROWD, POLICE, edition, publication

SAMPLE = publication()
CHANGES = changes(SAMPLE)


def planned(given: Publication, templates: Mapping[str, str] = TEMPLATES) -> dict[tuple[str, ...], Job]:
    """Return the jobs of all formats, by the paths of their pages."""
    return {job.paths: job for plan in RENDERERS.values() for job in plan(given, templates=templates)}


def contents(job: Job) -> dict[str, bytes]:
    """Return the pages of a job."""
    return {page.path: page.content for page in job.make()}


def remade(given: Publication, templates: Mapping[str, str] = TEMPLATES) -> set[str]:
    """Return the paths of the pages that are made again after a change of the sample."""
    before = planned(SAMPLE, templates)
    return {
        path
        for paths, job in planned(given, templates).items()
        if paths not in before or before[paths].inputs != job.inputs
        for path in paths
    }


@pytest.mark.slow
@settings(max_examples=12)
@given(st.sampled_from(CHANGES), st.sampled_from(CHANGES))
def test_a_page_whose_inputs_stay_has_the_same_bytes(
    one: tuple[str, Publication], other: tuple[str, Publication]
) -> None:
    """Whatever single value differs: what a job is made of tells, or none of its bytes do."""
    first, second = planned(one[1]), planned(other[1])
    for paths, job in first.items():
        if paths in second and second[paths].inputs == job.inputs:
            assert contents(job) == contents(second[paths]), (one[0], other[0])


def test_the_paths_of_a_job_are_those_of_its_pages() -> None:
    """What is planned is what is made, in order, and no two jobs have a page in common."""
    jobs = planned(SAMPLE)
    assert all(list(paths) == list(contents(job)) for paths, job in jobs.items())
    paths = [path for each in jobs for path in each]
    assert len(set(paths)) == len(paths)


def test_nothing_changed_makes_nothing_again() -> None:
    """The same publication, made anew, asks for no page."""
    assert set() == remade(publication())


def test_an_edition_that_changes_leaves_the_others() -> None:
    """Pages of editions show their neighbours' titles; two weeks away nothing changes."""
    editions = (edition("2024-W08", "2024-02-19", "2024-02-26", (POLICE,), draft=True), *SAMPLE.editions[1:])
    again = remade(publication(editions=editions))
    assert {"digest/2024-W08/index.html", "digest/2024-W07/index.html", "digest/index.html"} <= again
    assert {"digest/2024-W08/email.eml"} == {path for path in again if path.endswith(".eml")}
    assert "digest/2024-W01/index.html" not in again
    assert "atom.xml" not in again


def test_a_topic_that_changes_leaves_the_others() -> None:
    """A topic's own feed and page are made again, and the pages that list all topics."""
    law = replace(SAMPLE.topics[0], description="Other words.")
    again = remade(publication(topics=(law, *SAMPLE.topics[1:])))
    folder = ("topics/law/index.html", "topics/law/atom.xml", "topics/law/rss.xml", "topics/law/feed.json")
    assert {*folder, "topics/index.html", "feeds/index.html", "search/index.html"} == again


def test_an_asset_is_its_own_input() -> None:
    """A stylesheet that changes is made again, and no page with it: these name it."""
    before, after = planned(SAMPLE), planned(SAMPLE, {**TEMPLATES, "style.css": "body { color: green }"})
    assert [("assets/style.css",)] == [paths for paths in after if after[paths].inputs != before[paths].inputs]


@pytest.mark.parametrize(
    ("text", "far"),
    [
        pytest.param("", False, id="nothing"),
        pytest.param("{{ publication.site.title }}", False, id="the site"),
        pytest.param("{{ all_topics }} {{ topics[0].label }}", False, id="topics as every page names them"),
        pytest.param("{{ republications }}", False, id="another word"),
        pytest.param("{{ publication.feed.title }}", True, id="a feed"),
        pytest.param("{{ publication['site'] }}", True, id="an item"),
        pytest.param("{% set it = publication %}", True, id="another name for it"),
        pytest.param("{{ publication.sites }}", True, id="a longer word"),
    ],
)
def test_what_templates_may_show(text: str, far: bool) -> None:
    """A template that names the publication may show any of it on any page; what is no page does not count."""
    assert far == reach_far({"base.html": text})
    assert not reach_far({"style.css": text, "email.txt": text})
    assert not reach_far(TEMPLATES)


def test_a_template_that_reaches_far() -> None:
    """Where a page may show anything, anything makes it again."""
    law = replace(SAMPLE.topics[0], description="Other words.")
    changed = publication(topics=(law, *SAMPLE.topics[1:]))
    templates = {**TEMPLATES, "story.html": "{{ publication }}"}
    assert "stories/our-view-the-law-is-late/index.html" in remade(changed, templates)
    assert of_publication(SAMPLE) == of_publication(publication())
    assert of_publication(SAMPLE) != of_publication(changed)


@pytest.mark.parametrize("part", ["feed", "topics", "incidents", "bands", "editions", "dossiers"])
def test_one_mark_of_everything(part: str) -> None:
    """Whatever part of a publication changes, its mark does."""
    changed = [each for what, each in CHANGES if what.startswith(f".{part}")]
    marks = {of_publication(each) for each in changed if getattr(each, part) != getattr(SAMPLE, part)}
    assert of_publication(SAMPLE) not in marks
    assert len(marks) > 1


def test_the_feeds_of_a_publication() -> None:
    """Every rolling feed is listed once: the main one, the topics', the incidents'."""
    assert [SAMPLE.feed, *SAMPLE.topics, SAMPLE.incidents] == list(rolling(SAMPLE))


def test_the_editions_of_the_digest_feed() -> None:
    """The digest's feed holds half a year of closed editions, newest first, whatever their order; no draft."""
    many = [edition(f"2024-W{n:02}", "2024-01-01", "2024-01-08", (CROWD,)) for n in range(1, 80)]
    draft = edition("2024-W99", "2024-01-01", "2024-01-08", (CROWD,), draft=True)
    held = closed_editions(publication(editions=(*many, draft)))
    assert [f"2024-W{n:02}" for n in range(79, 49, -1)] == [each.key for each in held]
