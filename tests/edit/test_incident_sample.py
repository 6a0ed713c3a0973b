"""The example stories, labelled by hand: which of them names which incident."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from frtfeed.edit.incidents import recognise, touched_incidents
from frtfeed.edit.merge import merge
from frtfeed.fetch.listing import project_files
from frtfeed.model import Document, Story
from frtfeed.parse import parse

SEEDS = project_files() / "seeds"
# By reading them: the stories that tell of the incident, or say its name as part of their own matter.
LABELLED = {
    "2023-03-kings-cross-live-facial-recognition": {
        "2022-08-02-it-pro-smartwatch-scheme",
        "2023-09-08-explainer-a-year-of-british-policing",
    },
    "2024-03-serco-leisure-staff-attendance": {
        "2024-02-23-sky-serco-staff",
        "2024-02-23-the-mirror-2000-staff",
        "2024-02-23-the-sun-leisure-centre-operator",
        "2024-02-24-explainer-serco-what-the-regulator-ordered",
        "2024-03-12-ibb-solicitors-ico-orders-serco",
    },
}


def stem(story: Story) -> str:
    """Return a story's name in the labels."""
    return Path(story.path).stem


@pytest.fixture(scope="module")
def stories() -> tuple[Story, ...]:
    """The example stories as parsed."""
    documents = [
        Document(path=path.relative_to(SEEDS).as_posix(), content=path.read_bytes())
        for path in sorted(SEEDS.rglob("*"))
        if path.suffix in (".md", ".txt") and path.name != "README.md"
    ]
    return merge(parse(document, zone=UTC) for document in documents).stories


# It says the place and no operator, as a story on any fire at that station might.
MISSED = {("2023-03-kings-cross-live-facial-recognition", "2023-09-08-explainer-a-year-of-british-policing")}


def test_no_wrong_link_and_most_right_ones(stories: tuple[Story, ...]) -> None:
    """On the labelled sample no story is linked to an incident that it does not name, and one that does is missed."""
    incidents = [story for story in stories if story.kind == "incident"]
    articles = [story for story in stories if story.kind != "incident"]
    records = recognise(incidents)
    far = datetime(2100, 1, 1, tzinfo=UTC)
    claimed = {
        (stem(incident), stem(story))
        for story in articles
        for incident, _ in touched_incidents([story], records, before=far)
    }
    true = {(incident, story) for incident, named in LABELLED.items() for story in named}
    assert set() == claimed - true
    assert MISSED == true - claimed
