"""What pages say of themselves to programs: JSON-LD, Open Graph, icon."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from frtfeed.model import Dossier, Image, Publication
from frtfeed.records import replace
from tests.render import samples
from tests.render.human import TEMPLATES, pages, parsed

PUBLICATION = samples.publication()
RECORD_PATH = "incidents/shop-scanner-misidentifies-customers/index.html"
OWN_PATH = "stories/our-view-the-law-is-late/index.html"


def scripts(path: str, publication: Publication = PUBLICATION) -> list[Any]:
    """Return a page's script elements."""
    return list(parsed(pages("web", publication)[path].content.decode()).iter("script"))


def described(path: str, publication: Publication = PUBLICATION) -> dict[str, Any]:
    """Return a page's JSON-LD."""
    (script,) = [each for each in scripts(path, publication) if each.get("type") == "application/ld+json"]
    told: dict[str, Any] = json.loads(script.text)
    return told


def card(path: str, publication: Publication = PUBLICATION, templates: Mapping[str, str] = TEMPLATES) -> dict[str, str]:
    """Return a page's Open Graph properties."""
    tree = parsed(pages("web", publication, templates)[path].content.decode())
    return {each.get("property"): each.get("content") for each in tree.iter("meta") if each.get("property")}


def test_the_front_page_needs_no_script() -> None:
    """All that it has is data: there is nothing to run before one can read."""
    assert ["application/ld+json"] == [each.get("type") for each in scripts("index.html")]


def test_the_front_page_is_a_collection_of_its_top_stories() -> None:
    """A search engine learns what the site is and what it tells first; a headline without an address is left out."""
    nowhere = replace(samples.BARE, lead=replace(samples.BARE.lead, url=""))
    band = replace(PUBLICATION.bands[0], groups=(nowhere, *PUBLICATION.bands[0].groups))
    told = described("index.html", replace(PUBLICATION, bands=(band,)))
    assert ("CollectionPage", "https://frt.example/", "en-GB") == (told["@type"], told["url"], told["inLanguage"])
    assert ("WebSite", "Face Recognition Watch") == (told["isPartOf"]["@type"], told["isPartOf"]["name"])
    assert [
        (2, "https://gazette.example/police-trial"),
        (3, "https://frt.example/stories/our-view-the-law-is-late/"),
    ] == [(each["position"], each["url"]) for each in told["mainEntity"]["itemListElement"]]


def test_a_list_without_stories_lists_none() -> None:
    """An empty list is left out, not stated."""
    assert "mainEntity" not in described("index.html", replace(PUBLICATION, bands=()))


def test_an_edition_is_a_collection_with_a_period() -> None:
    """Archives learn which days it covers; a draft is dated by its newest story."""
    closed, draft = described("digest/2024-W07/index.html"), described("digest/2024-W08/index.html")
    assert "2024-02-11T23:00:00Z/2024-02-18T23:00:00Z" == closed["temporalCoverage"]
    assert ["2024-02-18T23:00:00Z", "2024-02-22T23:30:00Z"] == [closed["datePublished"], draft["datePublished"]]


@pytest.mark.parametrize(
    ("path", "name", "first"),
    [
        pytest.param("topics/index.html", "Topics", "https://frt.example/topics/law/", id="topics"),
        pytest.param(
            "incidents/index.html", "Incidents", f"https://frt.example/{samples.INCIDENT.page}", id="incidents"
        ),
        pytest.param("digest/index.html", "Digest", "https://frt.example/digest/2024-W08/", id="digest"),
    ],
)
def test_an_index_is_a_collection_of_its_pages(path: str, name: str, first: str) -> None:
    """What lists topics, incidents or editions says so, with the first of them."""
    told = described(path)
    assert ("CollectionPage", name) == (told["@type"], told["name"])
    assert first == told["mainEntity"]["itemListElement"][0]["url"]


def test_a_collection_lists_the_first_ten() -> None:
    """A list of results shows no more."""
    topics = tuple(replace(PUBLICATION.topics[0], path=f"topics/{n}/") for n in range(11))
    told = described("topics/index.html", replace(PUBLICATION, topics=topics))
    assert 10 == len(told["mainEntity"]["itemListElement"])


def test_a_story_of_our_own_is_a_news_article() -> None:
    """It has headline, dates, author and publisher, and is based on nothing else."""
    told = described(OWN_PATH)
    assert ("NewsArticle", "Our view: the law is late") == (told["@type"], told["headline"])
    assert ("2024-02-19T07:00:00Z", "2024-02-20T07:00:00Z") == (told["datePublished"], told["dateModified"])
    assert ("FRT Desk", "Face Recognition Watch") == (told["author"]["name"], told["publisher"]["name"])
    assert {"isBasedOn", "image", "temporalCoverage", "spatialCoverage"}.isdisjoint(told)


def test_an_incident_is_a_report_with_place_and_time() -> None:
    """It names the record it was taken from, and who keeps that."""
    told = described(RECORD_PATH)
    assert ("Report", "Incident Records") == (told["@type"], told["author"]["name"])
    assert ("https://records.example/incident/42", ["UK", "Ireland"]) == (told["isBasedOn"], told["spatialCoverage"])
    assert "2023-03" == told["temporalCoverage"]


def test_what_is_not_known_is_not_stated() -> None:
    """A page without dates, picture or facts says nothing of them; one with a picture names it."""
    bare = replace(samples.OWN.lead, published=None, updated=None, images=(samples.POLICE.lead.images[0],))
    told = described(OWN_PATH, replace(PUBLICATION, dossiers=(Dossier(story=bare, groups=()),)))
    assert {"datePublished", "dateModified"}.isdisjoint(told)
    assert "https://img.gazette.example/a.jpg?w=1200&h=800" == told["image"]


@pytest.mark.parametrize("attack", ["</script><script>alert(1)</script>", "<!--<script>", "'\"&"])
def test_a_title_cannot_leave_its_script_element(attack: str) -> None:
    """A title that would end the element is data in it, character by character."""
    story = replace(samples.OWN.lead, title=attack, excerpt=attack)
    publication = replace(PUBLICATION, dossiers=(Dossier(story=story, groups=()),))
    content = pages("web", publication)[OWN_PATH].content
    assert 1 == content.count(b"<script")
    assert attack == described(OWN_PATH, publication)["headline"]


def test_a_shared_link_has_a_card() -> None:
    """Whoever shares a page sees its title, its sentence and whose it is."""
    assert {
        "og:type": "article",
        "og:title": "Our view: the law is late",
        "og:description": "Regulators knew for years.",
        "og:url": "https://frt.example/stories/our-view-the-law-is-late/",
        "og:site_name": "Face Recognition Watch",
        "article:published_time": "2024-02-19T07:00:00Z",
    } == card(OWN_PATH)
    assert ["website", "article"] == [card(path)["og:type"] for path in ("index.html", RECORD_PATH)]


def test_a_card_shows_a_picture_that_lies_on_this_site() -> None:
    """A story's own picture is shown with it; a publisher's, on its own server, is not ours to spread."""
    image = Image(url="https://frt.example/pictures/a.jpg", width=1200, height=630, alt="A van")
    own = replace(samples.OWN.lead, images=(image,))
    shown = card(OWN_PATH, replace(PUBLICATION, dossiers=(Dossier(story=own, groups=()),)))
    assert (image.url, "A van") == (shown["og:image"], shown["og:image:alt"])
    undescribed = replace(own, images=(replace(image, alt=""),))
    assert "og:image:alt" not in card(OWN_PATH, replace(PUBLICATION, dossiers=(Dossier(story=undescribed, groups=()),)))
    elsewhere = replace(own, images=samples.POLICE.lead.images)
    assert "og:image" not in card(OWN_PATH, replace(PUBLICATION, dossiers=(Dossier(story=elsewhere, groups=()),)))


def test_a_site_may_have_a_picture_for_its_cards() -> None:
    """One line of macros.html names it; without it there is none."""
    line = '{% set shared_picture = "" %}'
    assert 1 == TEMPLATES["macros.html"].count(line)
    mine = TEMPLATES["macros.html"].replace(line, line.replace('""', '"card.png"'))
    for path in ("index.html", RECORD_PATH, OWN_PATH):
        assert "https://frt.example/card.png" == card(path, templates={**TEMPLATES, "macros.html": mine})["og:image"]
        assert "og:image" not in card(path)


def test_every_page_names_the_icon() -> None:
    """A tab shows whose page it is; the browser does not ask for an icon that is not there."""
    for path, each in pages("web", PUBLICATION).items():
        if path.endswith(".html"):
            links = [link for link in parsed(each.content.decode()).iter("link") if link.get("rel") == "icon"]
            assert [f"{'../' * path.count('/')}assets/favicon.svg"] == [link.get("href") for link in links]
