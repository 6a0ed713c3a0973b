"""Tests of src/frtfeed/parse/record.py: fields are found under their names, and told by their place."""

from datetime import UTC

from frtfeed.parse.faults import Faults
from frtfeed.parse.record import PICTURE, PROVIDER, STORY, record_of, scalar, within
from frtfeed.parse.tree import Items, Mapping, Text
from tests.parse.samples import story_of


def test_any_case() -> None:
    """Every field is known however it is capitalised, those within a field too; unknown ones stay as written."""
    loud = story_of(
        "---\nTITLE: A title\npublisheddatetime: 2024-02-23T12:00:00Z\nWebUrl: https://example.org/a\nType: incident\n"
        "Occurred: 2019\nOperator: Rail\nProvider: {Name: News, DOMAIN: b.org}\nHeat: -1\nGroup: g\nPin: yes\n"
        "Images: [{URL: 'https://b.org/i.png', Width: 5, isCached: yes}]\nSecured: b3Bh\nNote: kept\n"
        "Related: [{Title: B, WEBURL: 'https://b.org/b', Published: no}]\n---\n"
    )
    quiet = story_of(
        "---\ntitle: A title\npublishedDateTime: 2024-02-23T12:00:00Z\nwebUrl: https://example.org/a\ntype: incident\n"
        "occurred: 2019\noperator: Rail\nprovider: {name: News, domain: b.org}\nheat: -1\ngroup: g\npin: yes\n"
        "images: [{url: 'https://b.org/i.png', width: 5, isCached: yes}]\nsecured: b3Bh\nNote: kept\n"
        "related: [{title: B, webUrl: 'https://b.org/b', published: no}]\n---\n"
    )
    assert quiet == loud
    assert (("Note", "kept"),) == loud.extra
    assert (True, 1, 1, "g") == (loud.covered, len(loud.images), len(loud.related), loud.group)


def test_empty_is_missing() -> None:
    """A field that is null, or nothing but white space, is there for messages and missing for its reader."""
    entries = {"title": Text("A", 2), "excerpt": Text(" ", 3), "heat": Text("", 4, True), "images": Items((), 5)}
    record = record_of(Mapping(entries, 2), faults=Faults("a.md"), zone=UTC)
    assert ["title", "images"] == list(record.present)
    assert entries == record.named


def test_where_a_field_stands() -> None:
    """A problem within a field names the whole way there, and its line."""
    faults = Faults("a.md")
    picture = Mapping({"url": Items((), 9)}, 8)
    provider = Mapping({"images": picture}, 7)
    record = record_of(Mapping({"provider": provider}, 6), faults=faults, zone=UTC, known=STORY)
    inner = within(within(record, "provider", provider, known=PROVIDER), "images", picture, known=PICTURE)
    assert scalar(inner, "url") is None
    assert [("provider.images.url", 9, "a list, where text belongs")] == [
        (problem.field, problem.line, problem.fault) for problem in faults.problems()
    ]
