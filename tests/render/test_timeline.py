"""Timelines."""

from frtfeed.model import Dossier
from frtfeed.records import replace
from frtfeed.render.timeline import timeline
from tests.render import samples


def test_a_story_in_two_events_appears_once() -> None:
    """However many events share a story, its moment is told once."""
    again = replace(samples.POLICE, id="urn:again")
    dossier = Dossier(story=samples.INCIDENT, groups=(samples.POLICE, again))
    told = [moment.story.id for moment in timeline(dossier, led=samples.RECORD) if moment.story]
    assert len(told) == len(set(told)) == 3


def test_an_incident_without_dates_has_only_its_stories() -> None:
    """What is not known is not made up; a story without a date has no place in a line of time."""
    incident = replace(samples.INCIDENT, facts=None, published=None)
    nameless = samples.member("undated", "Undated", published=None)
    dossier = Dossier(story=incident, groups=(replace(samples.POLICE, coverage=(nameless,)),))
    assert [samples.POLICE.lead] == [moment.story for moment in timeline(dossier, led=None)]


def test_another_incident_stands_where_it_happened() -> None:
    """The order is that of events, not of records."""
    dossier = Dossier(story=samples.OWN.lead, groups=(samples.RECORD,))
    assert [samples.INCIDENT, samples.OWN.lead] == [moment.story for moment in timeline(dossier, led=samples.OWN)]


def test_a_story_without_a_date_is_no_moment() -> None:
    """A story of ours that has no date is not part of its own timeline."""
    assert () == timeline(Dossier(story=replace(samples.OWN.lead, published=None), groups=()), led=None)
