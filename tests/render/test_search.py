"""The search index."""

import json
from datetime import timedelta

import pytest

from frtfeed.model import Dossier, Feed, Page, Publication, Story
from frtfeed.records import replace
from frtfeed.render import made
from frtfeed.render.fragments import Fragments
from frtfeed.render.search import search_index
from tests.render import samples

CALL = 'frtfeedVolume("'


def volumes_of(publication: Publication) -> tuple[Page, ...]:
    """Return the volumes of the index, made."""
    return tuple(made(search_index(publication, Fragments())))


def lines(volume: Page) -> list[list[object]]:
    """Return what a volume holds, read as JSON."""
    text = volume.content.decode()
    assert text.startswith(CALL)
    return json.loads(text[text.index("[") : text.rindex("]") + 1])  # type: ignore[no-any-return]


def holding(*leads: object) -> Publication:
    """Return a publication of events, one for each story."""
    feed: Feed = samples.feed(tuple(samples.group(lead) for lead in leads))  # type: ignore[arg-type]
    empty = samples.feed(())
    return samples.publication(feed=feed, topics=(), incidents=empty, bands=(), editions=(), dossiers=())


def test_each_event_is_in_one_line() -> None:
    """Every event is found once, whatever lists it is in; the newest volume comes first."""
    volumes = volumes_of(samples.publication())
    assert ["assets/search/2024-1.js", "assets/search/2023-1.js"] == [volume.path for volume in volumes]
    titles = [line[0] for volume in volumes for line in lines(volume)]
    assert sorted(titles) == sorted(group.lead.title for group in samples.GROUPS)


def test_a_line_says_what_a_result_shows() -> None:
    """Title, excerpt, outlet, date, address, language, and who else covered it."""
    (line,) = (line for line in lines(volumes_of(samples.publication())[0]) if line[0] == samples.POLICE.lead.title)
    assert [
        "Police & <live> scanning: London's 'trial' ends",
        "A force & its vendor stop <scanning> faces in the street.",
        "The Gazette & Sons",
        "21 February 2024",
        "https://gazette.example/police-trial",
        "",
        [
            ["Courier", "Face van parked for good", "https://courier.example/van"],
            ["Herald", "Trial <over>, says force", "https://herald.example/ends"],
        ],
    ] == line


def test_pages_of_ours_are_linked_from_the_root_of_the_site() -> None:
    """The index works below any path, and from a folder: the page that reads it knows the way up."""
    addresses = {line[0]: line[4] for line in lines(volumes_of(samples.publication())[0])}
    assert f"{samples.INCIDENT.page}index.html" == addresses[samples.INCIDENT.title]


def test_an_incident_is_called_one_and_dated_by_when_it_happened() -> None:
    """The record's month is not the month that people look for."""
    (line,) = (line for line in lines(volumes_of(samples.publication())[0]) if line[0] == samples.INCIDENT.title)
    assert ["Incident", "March 2023"] == line[2:4]


def test_other_languages_are_named() -> None:
    """A screen reader reads a foreign headline in its own language."""
    languages = {line[0]: line[5] for line in lines(volumes_of(samples.publication())[0])}
    assert ["ar", ""] == [languages[samples.ARABIC.lead.title], languages[samples.CROWD.lead.title]]


def test_a_page_that_no_event_tells_is_found_too() -> None:
    """An incident that only stands in a background has a page, and a line; an undated one comes last."""
    undated = replace(samples.INCIDENT, published=None, facts=None)
    publication = replace(holding(samples.CROWD.lead), dossiers=(Dossier(story=undated, groups=()),))
    volumes = volumes_of(publication)
    assert [["Parliament bans face databases", "14 February 2024"], [undated.title, ""]] == [
        [line[0], line[3]] for volume in volumes for line in lines(volume)
    ]


def test_a_full_volume_never_changes() -> None:
    """A new story changes the newest volume only: what a browser keeps of the others stays true."""
    first = samples.moment("2024-02-01")
    stories = [
        replace(samples.BARE.lead, id=f"urn:{n:04}", published=samples.on((first + timedelta(hours=n)).isoformat()))
        for n in range(302)
    ]
    before, after = volumes_of(holding(*stories[:301])), volumes_of(holding(*stories))
    assert ["2024-2", "2024-1"] == [volume.path.rpartition("/")[2].removesuffix(".js") for volume in after]
    assert [300, 2] == [len(lines(volume)) for volume in reversed(after)]
    assert before[1] == after[1]
    assert before[0] != after[0]


@pytest.mark.parametrize("attack", ["</script><script>alert(1)", "\u2028alert(1)\u2029", '"]);alert(1);//', "<!--"])
def test_nothing_in_a_story_is_run(attack: str) -> None:
    """Titles and excerpts are JSON, without what ends a script or a line of one."""
    told = replace(samples.POLICE.lead, title=f"A {attack} Z", excerpt=attack)
    (volume,) = volumes_of(holding(told))
    text = volume.content.decode()
    assert not set("<>&\u2028\u2029") & set(text)
    assert [" ".join(f"A {attack} Z".split())] == [line[0] for line in lines(volume)]


def test_a_site_without_stories_has_no_volumes() -> None:
    """There is nothing to load."""
    assert () == volumes_of(holding())


def test_an_event_that_changes_changes_its_volume() -> None:
    """Whoever keeps the volumes of other years in a cache keeps them: their jobs are as they were."""
    inputs = {job.paths: job.inputs for job in search_index(samples.publication(), Fragments())}
    crowd = replace(samples.CROWD, lead=replace(samples.CROWD.lead, excerpt="The vote was not close."))
    groups = tuple(crowd if each is samples.CROWD else each for each in samples.GROUPS)
    editions = tuple(
        replace(each, groups=tuple(crowd if group is samples.CROWD else group for group in each.groups))
        for each in samples.publication().editions
    )
    changed = search_index(samples.publication(feed=samples.feed(groups), editions=editions), Fragments())
    assert [("assets/search/2024-1.js",)] == [job.paths for job in changed if inputs[job.paths] != job.inputs]


def test_a_page_of_ours_that_changes_changes_its_volume() -> None:
    """What stands in the index without an event is marked by its own text."""

    def inputs_of(story: Story) -> list[str]:
        empty = samples.feed(())
        lone = (Dossier(story=story, groups=()),)
        given = samples.publication(feed=empty, incidents=empty, topics=(), bands=(), editions=(), dossiers=lone)
        return [job.inputs for job in search_index(given, Fragments())]

    assert inputs_of(samples.INCIDENT) == inputs_of(replace(samples.INCIDENT))
    assert inputs_of(samples.INCIDENT) != inputs_of(replace(samples.INCIDENT, title="Another title"))
