"""feed.json: JSON Feed 1.1 and our extension."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frtfeed.model import Facts, Group, Page, Provider, Publication, When
from frtfeed.records import replace
from frtfeed.render import made
from frtfeed.render.jsonfeed import render

from .samples import (
    ARABIC,
    BARE,
    CROWD,
    GROUPS,
    INCIDENT,
    OWN,
    POLICE,
    RECORD,
    feed,
    group,
    member,
    moment,
    publication,
)


def pages(told: Publication) -> dict[str, Page]:
    """Return the files by path."""
    return {page.path: page for page in made(render(told, templates={}))}


def read(*groups: Group) -> dict[str, Any]:
    """Return the main feed of some groups as a reader parses it."""
    document: dict[str, Any] = json.loads(pages(publication(feed=feed(groups)))["feed.json"].content)
    return document


def test_the_feed_says_what_it_is_and_where() -> None:
    """A topic's feed names its own page and its own file."""
    document = json.loads(pages(publication())["topics/privacy-rights/feed.json"].content)
    items = document.pop("items")
    expected = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Privacy & rights",
        "home_page_url": "https://frt.example/topics/privacy-rights/",
        "feed_url": "https://frt.example/topics/privacy-rights/feed.json",
        "description": "Privacy & rights.",
        "authors": [{"name": "FRT Desk", "url": "https://frt.example/"}],
        "language": "en-GB",
    }
    assert expected == document
    assert [CROWD.id, POLICE.id] == [each["id"] for each in items]


def test_an_outlets_story_is_told_with_its_sources() -> None:
    """Heat, quality, coverage and background are there for programs; the picture and the author for readers."""
    item = read(POLICE)["items"][0]
    assert "<h3>Coverage</h3>" in item.pop("content_html")
    expected = {
        "id": POLICE.id,
        "url": "https://gazette.example/police-trial",
        "title": "Police & <live> scanning: London's 'trial' ends",
        "summary": "A force & its vendor stop <scanning> faces in the street.",
        "image": "https://img.gazette.example/a.jpg?w=1200&h=800",
        "date_published": "2024-02-21T08:30:00Z",
        "date_modified": "2024-02-22T23:30:00Z",
        "authors": [{"name": "The Gazette & Sons", "url": "https://gazette.example/"}],
        "tags": ["Police", "Privacy & rights"],
        "language": "en-GB",
        "_frtfeed": {
            "about": "docs/feeds.md of frtfeed says what these fields mean",
            "heat": 77,
            "quality": 57,
            "group": POLICE.id,
            "sources": [
                {
                    "title": "Face van parked for good",
                    "url": "https://courier.example/van",
                    "provider": "Courier",
                    "date_published": "2024-02-21T11:00:00Z",
                },
                {
                    "title": "Trial <over>, says force",
                    "url": "https://herald.example/ends",
                    "provider": "Herald",
                    "date_published": "2024-02-22T23:30:00Z",
                },
            ],
            "background": [
                {
                    "title": "Trial begins",
                    "url": "https://courier.example/begins",
                    "provider": "Courier",
                    "date_published": "2023-11-02T09:00:00Z",
                },
                {
                    "title": "Shop scanner misidentifies customers",
                    "url": f"https://frt.example/{INCIDENT.page}",
                    "provider": "Incident Records",
                    "date_published": "2023-12-31T23:00:00Z",
                    "kind": "incident",
                    "occurred": "2023-03",
                },
            ],
        },
    }
    assert expected == item


def test_an_author_has_an_address_only_if_it_is_known() -> None:
    """Nobody is sent to this site as that of an outlet which is known by its name only."""
    saved = replace(OWN, lead=replace(OWN.lead, provider=Provider(name="IT Pro")))
    assert [
        [{"name": "The Gazette & Sons", "url": "https://gazette.example/"}],
        [{"name": "IT Pro"}],
        [{"name": "FRT Desk", "url": "https://frt.example/"}],
    ] == [item["authors"] for item in read(POLICE, saved, replace(OWN, id="urn:own"))["items"]]


def test_url_is_our_page_and_external_url_what_it_is_about() -> None:
    """Only a page of ours about something elsewhere has an external_url."""
    items = read(RECORD, OWN, POLICE)["items"]
    assert [
        (f"https://frt.example/{INCIDENT.page}", "https://records.example/incident/42"),
        ("https://frt.example/stories/our-view-the-law-is-late/", None),
        ("https://gazette.example/police-trial", None),
    ] == [(each["url"], each.get("external_url")) for each in items]


def test_what_is_not_known_is_left_out() -> None:
    """Empty strings and lists are no news; a source without title is named by its address."""
    item = read(group(BARE.lead, coverage=(member("x", "", published=None),)))["items"][0]
    assert set() == {"summary", "image", "tags", "external_url"} & set(item)
    expected = {"title": "https://courier.example/x", "url": "https://courier.example/x", "provider": "Courier"}
    assert [expected] == item["_frtfeed"]["sources"]
    nameless = member("x", "X", published=None)
    nameless = replace(nameless, story=replace(nameless.story, provider=None, language="de"))
    expected = {"title": "X", "url": "https://courier.example/x", "language": "de"}
    assert [expected] == read(group(BARE.lead, coverage=(nameless,)))["items"][0]["_frtfeed"]["sources"]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        pytest.param(When(at=moment("2022-12-31T23:00"), precision="year"), "2023", id="a year in Berlin"),
        pytest.param(When(at=moment("2023-02-28T23:00"), precision="month"), "2023-03", id="a month in Berlin"),
        pytest.param(When(at=moment("2023-03-04T23:00"), precision="day"), "2023-03-05", id="a day in Berlin"),
        pytest.param(When(at=moment("2023-03-05T12:00")), "2023-03-05", id="a time of day"),
    ],
)
def test_an_incident_occurred_no_more_exactly_than_is_known(when: When, expected: str) -> None:
    """A month is not turned into its first day."""
    told = member("x", "X", kind="incident", facts=Facts(occurred=when))
    assert expected == read(group(BARE.lead, background=(told,)))["items"][0]["_frtfeed"]["background"][0]["occurred"]


def test_text_is_written_as_it_is_one_item_on_a_line() -> None:
    """Arabic stays legible and short, and the difference of two builds can be read."""
    lines = pages(publication(feed=feed((POLICE, ARABIC))))["feed.json"].content.decode().splitlines()
    assert ["{", '"items":[', "{", "{", "]}"] == [
        lines[0][:1],
        lines[1],
        lines[2][:1],
        lines[3][:1],
        lines[4],
    ]
    assert '"language":"ar"' in lines[3]
    assert "التعرف على الوجوه في المطارات" in lines[3]


def test_an_empty_feed_is_a_feed() -> None:
    """Nothing happened is no error."""
    assert [] == read()["items"]


def test_every_item_keeps_to_the_specification() -> None:
    """The words of JSON Feed 1.1, with the types it gives them; anything else begins with "_"."""
    texts = "id url external_url title content_html summary image date_published date_modified language".split()
    types = dict.fromkeys(texts, str) | {"authors": list, "tags": list, "_frtfeed": dict}
    items = read(*GROUPS)["items"]
    assert [] == [
        (name, value) for item in items for name, value in item.items() if not isinstance(value, types.get(name, ()))
    ]
    assert [] == [item["id"] for item in items if not {"id", "url", "content_html", "authors"} <= set(item)]
    dates = [item[name] for item in items for name in ("date_published", "date_modified")]
    assert [] == [date for date in dates if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", date)]
    addresses = [item[name] for item in items for name in ("url", "external_url", "image") if name in item]
    assert [] == [address for address in addresses if not address.startswith("https://")]


@settings(max_examples=40, deadline=None)
@given(text=st.text(st.characters(), max_size=20))
def test_any_text_can_be_written(text: str) -> None:
    """Whatever a story's file holds, the feed is JSON in UTF-8, and its ids are those of its groups."""
    lead = replace(POLICE.lead, title=text, excerpt=text, topics=(text,), language=text)
    told = replace(POLICE, lead=lead, coverage=(member("x", text),))
    assert [POLICE.id] == [each["id"] for each in read(told)["items"]]
