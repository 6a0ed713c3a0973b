"""The pages that people open in a browser."""

import posixpath
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import pytest

from frtfeed.errors import TemplateError
from frtfeed.model import Band, Dossier, Facts, Feed, Image, Member, Page, Provider, Publication, When
from frtfeed.records import replace
from frtfeed.render import RENDERERS, made
from tests.render import samples
from tests.render.human import TEMPLATES, classed, pages, parsed, said

PUBLICATION = samples.publication()
BLANK = samples.publication(feed=samples.feed(()), topics=(), bands=(), editions=(), dossiers=())
BLANK = replace(BLANK, incidents=replace(BLANK.incidents, groups=(), updated=None, description=""))
RECORD_PATH = "incidents/shop-scanner-misidentifies-customers/index.html"
OWN_PATH = "stories/our-view-the-law-is-late/index.html"
PICTURE = samples.POLICE.lead.images[0]


def page(path: str, publication: Publication = PUBLICATION) -> Any:
    """Return a page's tree."""
    return parsed(pages("web", publication)[path].content.decode())


def html_pages(publication: Publication = PUBLICATION) -> Iterator[tuple[str, Any]]:
    """Yield each page's path and tree."""
    for path, each in pages("web", publication).items():
        if path.endswith(".html"):
            yield path, parsed(each.content.decode())


def three(folder: str) -> list[str]:
    """Return the addresses of a folder's feeds, in the order in which pages announce them."""
    return [f"{folder}{name}" for name in ("atom.xml", "rss.xml", "feed.json")]


def front(*groups: object) -> Any:
    """Return the front page with one band of some groups."""
    return page("index.html", replace(PUBLICATION, bands=(Band(title="Today", groups=groups),)))  # type: ignore[arg-type]


def test_every_page_has_its_path_and_media_type() -> None:
    """The front page, each topic, the incidents, our own stories, the digest and its editions: one page each."""
    html, css, js = "text/html; charset=utf-8", "text/css; charset=utf-8", "text/javascript; charset=utf-8"
    assert {path: each.media_type for path, each in pages("web", PUBLICATION).items()} == {
        "index.html": html,
        "topics/index.html": html,
        "topics/law/index.html": html,
        "topics/privacy-rights/index.html": html,
        "incidents/index.html": html,
        RECORD_PATH: html,
        OWN_PATH: html,
        "digest/index.html": html,
        "digest/2024-W08/index.html": html,
        "digest/2024-W07/index.html": html,
        "digest/2024-W01/index.html": html,
        "feeds/index.html": html,
        "search/index.html": html,
        "assets/search/2024-1.js": js,
        "assets/search/2023-1.js": js,
        "assets/style.css": css,
        "assets/search.js": js,
        "assets/copy.js": js,
        "assets/favicon.svg": "image/svg+xml",
    }


def test_the_same_publication_gives_the_same_bytes() -> None:
    """Two builds of one publication write the same pages."""
    assert pages("web", PUBLICATION) == pages("web", samples.publication())


@pytest.mark.parametrize("publication", [pytest.param(PUBLICATION, id="full"), pytest.param(BLANK, id="blank")])
def test_pages_are_valid_and_have_landmarks(publication: Publication) -> None:
    """Each page parses strictly, has a language, one h1, one main, and no skipped heading."""
    for path, tree in html_pages(publication):
        tags = [element.tag for element in tree.iter() if isinstance(element.tag, str)]
        levels = [int(tag[1]) for tag in tags if tag in ("h1", "h2", "h3", "h4")]
        assert "en-GB" == tree.get("lang"), path
        assert [1, 1, 1, 1, 1] == [tags.count(tag) for tag in ("h1", "main", "nav", "header", "footer")]
        assert 1 == levels[0], path
        assert all(after - before <= 1 for before, after in pairwise(levels)), path


def test_links_within_the_site_work_from_a_folder_on_disk() -> None:
    """Every link to a page, feed or file of ours is relative and leads to something that a build writes."""
    written = {
        path for name in ("web", "email", "syndication", "jsonfeed", "opml") for path in pages(name, PUBLICATION)
    }
    seen = set()
    for path, tree in html_pages():
        for element in tree.iter():
            target = (element.get("href") or element.get("src")) if isinstance(element.tag, str) else None
            if not target or target.startswith("#") or element.get("rel") == "canonical":
                continue
            target = target.partition("#")[0]
            if urlsplit(target).scheme:
                assert not target.startswith(PUBLICATION.site.url), (path, target)
                continue
            seen.add(posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(target))))
    assert seen <= written
    wanted = ("index.html", ".css", ".svg", ".eml", ".opml", "search.js", "copy.js")
    assert {path for path in written if path.endswith(wanted)} <= seen


@pytest.mark.parametrize(
    ("path", "feeds"),
    [
        pytest.param("index.html", three(""), id="front"),
        pytest.param(
            "topics/law/index.html",
            [*three("../../topics/law/"), *three("../../")],
            id="topic",
        ),
        pytest.param(
            "digest/2024-W07/index.html",
            ["../../digest/atom.xml", *three("../../")],
            id="edition",
        ),
        pytest.param(
            RECORD_PATH,
            [*three("../../incidents/"), *three("../../")],
            id="incident",
        ),
        pytest.param(OWN_PATH, three("../../"), id="own story"),
    ],
)
def test_a_reader_finds_the_feeds_of_a_page(path: str, feeds: list[str]) -> None:
    """A feed reader that is given a page finds the page's own feed first, Atom before RSS and JSON."""
    alternates = [each for each in page(path).iter("link") if each.get("rel") == "alternate"]
    assert feeds == [each.get("href") for each in alternates]
    assert all(each.get("title") and each.get("type").startswith("application/") for each in alternates)


def test_a_page_names_its_address() -> None:
    """The canonical address is absolute, and the page's folder."""
    links = [each.get("href") for each in page("topics/law/index.html").iter("link") if each.get("rel") == "canonical"]
    assert ["https://frt.example/topics/law/"] == links


def test_titles_tell_pages_apart() -> None:
    """Each page's title is its own, and ends in the site's."""
    titles = [said(next(tree.iter("title"))) for _, tree in html_pages()]
    assert ["Face Recognition Watch", "Topics · Face Recognition Watch", "Law · Face Recognition Watch"] == titles[:3]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize(
    ("title", "tab"),
    [
        pytest.param("T" * 45, f"{'T' * 45} · Face Recognition Watch", id="room for both"),
        pytest.param("T" * 46, "T" * 46, id="room for its own"),
        pytest.param("word " * 30, f"{'word ' * 13}word…", id="cut between words"),
        pytest.param(f"{'T' * 40}&", f"{'T' * 40}& · Face Recognition Watch", id="an entity, just"),
        pytest.param(f"{'T' * 41}&", f"{'T' * 41}&", id="an entity too many"),
    ],
)
def test_titles_fit_in_a_list_of_results(title: str, tab: str) -> None:
    """No title is longer than search engines show: the site's name goes first, then the end."""
    own = replace(samples.OWN.lead, title=title)
    tree = page(OWN_PATH, replace(PUBLICATION, dossiers=(Dossier(story=own, groups=()),)))
    assert tab == said(next(tree.iter("title")))


def test_navigation_marks_where_one_is() -> None:
    """The page that is open is marked in the navigation, for screen readers too."""
    tree = page("topics/privacy-rights/index.html")
    links = next(tree.iter("nav")).iter("a")
    assert [
        ("News", None),
        ("Digest", None),
        ("Incidents", None),
        ("Topics", None),
        ("Search", None),
        ("Subscribe", None),
        ("Law", None),
        ("Privacy & rights", "page"),
    ] == [(said(link), link.get("aria-current")) for link in links]


def test_the_front_page_shows_its_bands_in_order() -> None:
    """Bands and the groups within them stand as they were ranked."""
    tree = page("index.html")
    assert [
        "This week",
        "This month",
        "Earlier",
    ] == [said(each) for band in classed(tree, "band") for each in band if each.tag == "h2"]
    assert [
        "Police & <live> scanning: London's 'trial' ends",
        "Our view: the law is late",
        "Parliament bans face databases",
        "التعرف على الوجوه في المطارات",
        "Shop scanner misidentifies customers",
        "A page without anything else",
    ] == [said(each) for each in classed(tree, "headline")]


def test_an_event_is_told_once_with_who_else_covered_it_and_what_came_before() -> None:
    """Under a headline: outlet, date, heat, excerpt; coverage with the outlet first; background apart."""
    event = classed(front(samples.POLICE), "group")[0]
    assert "The Gazette & Sons · 21 February 2024 · 3 outlets · heat 77" == said(classed(event, "by")[0])
    assert "A force & its vendor stop <scanning> faces in the street." == said(classed(event, "excerpt")[0])
    assert [
        "Courier: Face van parked for good 21 February 2024",
        "Herald: Trial <over>, says force 23 February 2024",
    ] == [said(each) for each in classed(event, "coverage")[0].iter("li")]
    assert [
        "Courier: Trial begins 2 November 2023",
        "Incident, March 2023: Shop scanner misidentifies customers",
    ] == [said(each) for each in classed(event, "background")[0].iter("li")]
    assert "2024-02-21T08:30:00Z" == next(event.iter("time")).get("datetime")


def test_headlines_are_the_links() -> None:
    """A headline leads to the story; an incident's to its page here."""
    tree = front(samples.POLICE, samples.RECORD)
    assert [next(each.iter("a")).get("href") for each in classed(tree, "headline")] == [
        "https://gazette.example/police-trial",
        RECORD_PATH,
    ]


def test_a_headline_without_an_address_is_no_link() -> None:
    """A story that can be read nowhere still shows, as text."""
    nowhere = samples.group(samples.story("x", "Nowhere to go", url="", provider=None, language="fr", published=None))
    (headline,) = classed(front(nowhere), "headline")
    assert "Nowhere to go" == said(headline)
    assert ["span"] == [each.tag for each in headline]
    assert "fr" == headline[0].get("lang")


def test_coverage_folds_under_its_lead() -> None:
    """Closed, it says who else has the story; open, six headlines and the way to all of them."""
    (coverage,) = classed(front(samples.ARABIC, samples.CROWD), "coverage")
    assert ("details", None) == (coverage.tag, coverage.get("open"))
    assert "Also in Outlet 1 · Outlet 2 · Outlet 3 · 11 more" == said(next(coverage.iter("summary")))
    items = list(coverage.iter("li"))
    assert [7, "and 8 more"] == [len(items), said(items[-1])]
    path, anchor = next(items[-1].iter("a")).get("href").split("#")
    edition = page(path)
    (event,) = [each for each in classed(edition, "group") if each.get("id") == anchor]
    assert 14 == len(list(classed(event, "coverage")[0].iter("li")))


def test_more_coverage_than_is_listed_is_counted_where_no_edition_tells_it() -> None:
    """The number stands there also when there is nowhere to go."""
    tree = page("index.html", replace(PUBLICATION, editions=(), bands=(Band(title="Today", groups=(samples.CROWD,)),)))
    (more,) = list(classed(tree, "coverage")[0].iter("li"))[6:]
    assert ("and 8 more", []) == (said(more), list(more.iter("a")))


def test_the_first_of_a_band_is_unfolded() -> None:
    """What matters most of each band shows at once who else covered it."""
    coverage = classed(front(samples.CROWD, samples.POLICE), "coverage")
    assert [True, False] == [each.get("open") is not None for each in coverage]


def test_coverage_by_nobody_known_is_counted() -> None:
    """A fold says how much is in it when it cannot say whose."""
    nameless = samples.member("x", "X", provider=samples.GAZETTE)
    nameless = replace(nameless, story=replace(nameless.story, provider=None, url=""))
    (coverage,) = classed(front(replace(samples.POLICE, coverage=(nameless,))), "coverage")
    assert "Also in 1 more" == said(next(coverage.iter("summary")))


def test_long_coverage_folds_on_the_pages_that_hold_it_all() -> None:
    """Twelve outlets are listed; the others open on demand, and none is lost."""
    (coverage,) = classed(page("digest/2024-W07/index.html"), "coverage")
    assert [12, 2] == [len(each) for each in coverage.iter("ul")]
    assert "and 2 more" == said(next(coverage.iter("summary")))


def test_coverage_of_twelve_does_not_fold() -> None:
    """Nothing folds away when everything has room."""
    twelve = replace(samples.CROWD, coverage=samples.CROWD.coverage[:12])
    edition = replace(PUBLICATION.editions[1], groups=(twelve,))
    (coverage,) = classed(page("digest/2024-W07/index.html", replace(PUBLICATION, editions=(edition,))), "coverage")
    assert ["p", "ul"] == [each.tag for each in coverage]


def test_only_the_top_of_a_band_is_told_with_excerpts() -> None:
    """Eight events have an excerpt; the others a line each, so that the eye finds the end of what matters."""
    groups = [replace(samples.POLICE, id=f"urn:{number}") for number in range(10)]
    events = classed(front(*groups), "group")
    assert ["lead", *["story"] * 7, "brief", "brief"] == [each.get("class").split()[1] for each in events]
    assert [1] * 8 + [0] * 2 == [len(classed(each, "excerpt")) for each in events]


def test_a_long_band_leads_on_to_the_digest() -> None:
    """Of a band thirty events are shown; the others are counted, with the way to them."""
    groups = tuple(replace(samples.BARE, id=f"urn:{number}") for number in range(32))
    tree = front(*groups)
    assert 30 == len(classed(tree, "group"))
    (more,) = classed(next(iter(classed(tree, "bands"))), "more")
    assert "2 more events are in the digest, period by period" == said(more)
    assert "digest/index.html" == next(more.iter("a")).get("href")


def test_a_full_feed_fits_on_the_front_page() -> None:
    """Five hundred events, each with much coverage and long titles and addresses, make no more than 100 kB."""
    long = "Überwachung und Gesichtserkennung " * 14
    member = samples.member("x" * 300, long)
    crowded = replace(
        samples.POLICE,
        lead=replace(samples.POLICE.lead, title=long, excerpt=long),
        coverage=(member,) * 20,
        background=(member,) * 3,
    )
    groups = [replace(crowded, id=f"urn:{number}") for number in range(500)]
    bands = tuple(
        Band(title=title, groups=tuple(groups[start : start + 125]))
        for title, start in (("Today", 0), ("This week", 125), ("This month", 250), ("Earlier", 375))
    )
    written = pages("web", replace(PUBLICATION, bands=bands))["index.html"]
    assert len(written.content) <= 100_000
    shown = [len(classed(band, "group")) for band in classed(parsed(written.content.decode()), "band")]
    assert 4 == len(shown)
    assert min(shown) == max(shown) >= 1


def test_pictures_have_size_and_description() -> None:
    """A picture keeps its place while it loads, and is described to those who do not see it."""
    lead = replace(samples.POLICE.lead, images=(replace(PICTURE, url="https://frt.example/pictures/a.jpg"),))
    (picture,) = front(replace(samples.POLICE, lead=lead)).iter("img")
    expected = {"src": "pictures/a.jpg", "width": "1200", "height": "800", "alt": 'A "van"', "loading": "lazy"}
    assert expected == {name: picture.get(name) for name in expected}


def test_a_picture_of_unknown_size_claims_none() -> None:
    """Where a size is not known, none is made up."""
    lead = replace(samples.POLICE.lead, images=(Image(url="https://frt.example/x.jpg"),))
    (picture,) = front(replace(samples.POLICE, lead=lead)).iter("img")
    assert (None, "") == (picture.get("width"), picture.get("alt"))


def test_pages_ask_nobody_else_for_anything() -> None:
    """A picture at its publisher's is not shown: nobody but this site learns who reads it."""
    assert [] == [path for path, tree in html_pages() if list(tree.iter("img"))]


def test_pictures_from_elsewhere_can_be_switched_on() -> None:
    """One line of macros.html shows them, with their sizes."""
    switch = "{% set pictures_from_elsewhere = false %}"
    assert switch in TEMPLATES["macros.html"]
    mine = {**TEMPLATES, "macros.html": TEMPLATES["macros.html"].replace(switch, switch.replace("false", "true"))}
    (picture,) = parsed(pages("web", PUBLICATION, mine)["index.html"].content.decode()).iter("img")
    assert PICTURE.url == picture.get("src")


def test_languages_are_marked() -> None:
    """A title and excerpt in another language say which; in the site's language they say nothing."""
    event = classed(front(samples.ARABIC), "group")[0]
    assert [
        "ar",
        "ar",
    ] == [next(classed(event, "headline")[0].iter("a")).get("lang"), classed(event, "excerpt")[0].get("lang")]
    native = replace(samples.POLICE.lead, language="en-GB")
    assert classed(front(replace(samples.POLICE, lead=native)), "excerpt")[0].get("lang") is None


def test_text_may_run_either_way() -> None:
    """Titles and excerpts find their own direction, so that Arabic reads right inside an English page."""
    for name in ("headline", "excerpt"):
        assert {"auto"} == {each.get("dir") for each in classed(page("index.html"), name)}


def test_names_of_outlets_keep_to_themselves() -> None:
    """An Arabic outlet does not pull the date behind it to its other side: each name stands apart from its line."""
    lead = replace(samples.POLICE.lead, provider=Provider(name="الجزيرة", domain="courier.example"))
    (event,) = classed(front(replace(samples.POLICE, lead=lead)), "group")
    (by,) = classed(event, "by")
    assert ("الجزيرة", None) == (said(next(by.iter("bdi"))), by.get("dir"))
    assert {"bdi"} == {each.tag for each in classed(event, "outlet")}
    folds = [[said(name) for name in fold.iter("bdi")] for fold in event.iter("summary")]
    assert [["Courier", "Herald"], ["Courier", "incident, March 2023"]] == folds
    facts = classed(page(RECORD_PATH), "facts")[0]
    assert ["Corner Shop & Co", "Facegate", "UK", "Ireland"] == [said(each) for each in facts.iter("bdi")][:4]


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("az-Arab", "rtl"), ("en-GB", None)])
def test_a_page_runs_the_way_its_language_does(language: str, direction: str | None) -> None:
    """A site in Arabic or Hebrew begins on the right."""
    publication = replace(PUBLICATION, site=replace(samples.SITE, language=language))
    assert {(language, direction)} == {(tree.get("lang"), tree.get("dir")) for _, tree in html_pages(publication)}


def test_an_estimated_date_says_so() -> None:
    """A date that was not stated is marked where people see it."""
    guessed = When(at=samples.moment("2022-08-02"), precision="day", estimated=True)
    group = samples.group(samples.story("x", "X", published=guessed))
    assert "The Gazette & Sons · 2 August 2022 (estimated) · heat 50" == said(classed(front(group), "by")[0])


def test_videos_are_named() -> None:
    """One knows before the click that a link is a video."""
    assert "· video ·" in said(classed(front(samples.CROWD), "by")[0])


@pytest.mark.parametrize(
    ("group", "line"),
    [
        pytest.param(samples.OWN, "19 February 2024 · heat 40", id="one outlet"),
        pytest.param(samples.BARE, "gazette.example · December 2023", id="none"),
        pytest.param(
            replace(samples.POLICE, heat=0), "The Gazette & Sons · 21 February 2024 · 3 outlets", id="outlets only"
        ),
    ],
)
def test_the_line_under_a_headline_tells_outlets_and_heat(group: object, line: str) -> None:
    """Behind outlet and date stands how many tell it, if several do, and its heat, if it has one."""
    assert line == said(classed(front(group), "by")[0])


@pytest.mark.parametrize("field", ["title", "excerpt", "provider", "topic", "site", "fact", "heading", "alt", "band"])
def test_markup_in_any_field_is_shown_not_obeyed(field: str) -> None:
    """`<script>` in a title, excerpt, outlet, topic, fact or heading appears as text on every page."""
    attack = '"><script>alert(1)</script>'
    publication = _attacked(field, attack)
    written = pages("web", publication)
    pristine = pages("web", _attacked(field, "harmless"))
    content = b"".join(written[path].content for path in sorted(written))
    assert b"<script>alert" not in content
    assert sum(each.content.count(b"<script") for each in pristine.values()) == content.count(b"<script")
    assert content.count(b"&lt;script&gt;alert(1)") >= 1


def _attacked(field: str, attack: str) -> Publication:
    """Return a publication with an attack in one field."""
    lead, incident = samples.POLICE.lead, samples.INCIDENT
    match field:
        case "title" | "excerpt":
            lead = replace(lead, **{field: attack})
        case "provider":
            lead = replace(lead, provider=replace(samples.GAZETTE, name=attack))
        case "alt":
            lead = replace(lead, images=(replace(lead.images[0], url="https://frt.example/a.jpg", alt=attack),))
        case "fact":
            incident = replace(incident, facts=Facts(operators=(attack,)))
        case "heading":
            incident = replace(incident, body=(replace(incident.body[0], heading=attack),))
    group = replace(samples.POLICE, lead=lead, coverage=(Member(story=lead, reason=""),))
    topics = PUBLICATION.topics
    return replace(
        PUBLICATION,
        site=replace(samples.SITE, title=attack) if field == "site" else samples.SITE,
        topics=(replace(topics[0], title=attack, description=attack),) if field == "topic" else topics,
        bands=(Band(title=attack if field == "band" else "Today", groups=(group,)),),
        dossiers=(Dossier(story=incident, groups=(group,)),),
    )


def test_a_topic_page_shows_its_feed() -> None:
    """A topic's page has its name, its description, its groups in order, and its feeds."""
    tree = page("topics/law/index.html")
    assert ["Law", "Law."] == [said(next(tree.iter("h1"))), said(classed(tree, "intro")[0])]
    assert [
        "Parliament bans face databases",
        "Our view: the law is late",
    ] == [said(each) for each in classed(tree, "headline")]
    assert [
        "../../topics/law/atom.xml",
        "../../topics/law/rss.xml",
        "../../topics/law/feed.json",
        "../../feeds/index.html",
    ] == [each.get("href") for each in classed(tree, "subscribe")[0].iter("a")]


def test_a_long_topic_is_cut_and_says_so() -> None:
    """A topic's page shows a hundred events and counts the others; its feeds and the digest have them."""
    groups = tuple(replace(samples.BARE, id=f"urn:{number}") for number in range(101))
    topic = replace(PUBLICATION.topics[0], groups=groups)
    tree = page("topics/law/index.html", replace(PUBLICATION, topics=(topic,)))
    assert 100 == len(classed(tree, "group"))
    assert said(classed(tree, "more")[0]).startswith("1 more event is in this topic's feeds")


def test_the_navigation_names_the_largest_topics() -> None:
    """Eight topics are in the navigation, the largest first, with the way to all; topics/ has every one."""
    topics = tuple(
        replace(PUBLICATION.topics[0], path=f"topics/t{n}/", label=f"T{n}", groups=(samples.OWN,) * n)
        for n in range(1, 11)
    )
    publication = replace(PUBLICATION, topics=topics)
    names = [said(each) for each in classed(page("topics/index.html", publication), "topics")[0].iter("a")]
    assert [*(f"T{n}" for n in range(10, 2, -1)), "All 10 topics"] == names
    index = classed(page("topics/index.html", publication), "columns")[0]
    assert [f"T{n} {n}" for n in range(1, 11)] == [said(each) for each in index.iter("li")]


def test_a_site_without_topics_has_no_page_for_them() -> None:
    """The navigation leads nowhere that is empty by design."""
    written = pages("web", BLANK)
    assert "topics/index.html" not in written
    assert b"topics/" not in written["index.html"].content


def test_incidents_are_listed_by_when_they_happened() -> None:
    """The incident that happened last comes first, whenever it was recorded; undated ones come last."""
    old = replace(samples.INCIDENT, id="urn:old", page="incidents/old/", title="Old, recorded late")
    old = replace(old, facts=Facts(occurred=samples.month(2019, 8)), published=samples.month(2024, 2))
    recorded = replace(old, id="urn:recorded", page="incidents/recorded/", title="Recorded", facts=None)
    undated = replace(recorded, id="urn:undated", page="incidents/undated/", title="Undated", published=None)
    dossiers = tuple(
        Dossier(story=story, groups=()) for story in (undated, old, samples.OWN.lead, samples.INCIDENT, recorded)
    )
    tree = page("incidents/index.html", replace(PUBLICATION, dossiers=dossiers))
    items = classed(tree, "index")[0]
    assert [
        "Recorded",
        "Shop scanner misidentifies customers",
        "Old, recorded late",
        "Undated",
    ] == [said(each) for each in items.iter("h2")]
    assert "March 2023 · UK, Ireland · Corner Shop & Co" == said(classed(items, "by")[0])


def test_the_incidents_page_says_how_it_is_sorted() -> None:
    """The feed is ranked and says so; the page is not, and does not say it, neither to people nor to programs."""
    incidents = replace(PUBLICATION.incidents, description="Recorded incidents, ranked.")
    tree = page("incidents/index.html", replace(PUBLICATION, incidents=incidents))
    told = [each.get("content") for each in tree.iter("meta") if each.get("name") == "description"]
    assert ["Recorded incidents, the latest to happen first."] == told
    assert told == [said(each) for each in classed(tree, "intro")]
    assert "Recorded incidents, ranked." not in said(tree)


def test_an_incident_page_states_its_facts_and_leaves_out_what_is_unknown() -> None:
    """Facts stand as a list of terms; sections keep their headings; the record is linked."""
    tree = page(RECORD_PATH)
    facts = classed(tree, "facts")[0]
    assert [
        ("Occurred", "March 2023"),
        ("Recorded", "January 2024"),
        ("Operators", "Corner Shop & Co"),
        ("Developer", "Facegate"),
        ("Country", "UK; Ireland"),
        ("Technology", "Facial recognition"),
    ] == [(said(row[0]), said(row[1])) for row in facts]
    assert "Shop scanner misidentifies customers" == said(next(tree.iter("h1")))
    assert "A retailer scanned everyone. Risks & harms People were wrongly accused." == said(classed(tree, "prose")[0])
    assert ["wrongly"] == [said(each) for each in classed(tree, "prose")[0].iter("em")]
    assert "https://records.example/incident/42" == next(classed(tree, "record")[0].iter("a")).get("href")


def test_an_incident_without_facts_or_text_shows_its_excerpt() -> None:
    """A record of which only an excerpt is known still has a page."""
    bare = replace(samples.INCIDENT, facts=None, body=(), published=None, url="")
    tree = page(RECORD_PATH, replace(PUBLICATION, dossiers=(Dossier(story=bare, groups=()),)))
    assert "Customers were led out of shops by mistake." == said(classed(tree, "intro")[0])
    assert [] == classed(tree, "facts") + classed(tree, "record") + classed(tree, "named")


def test_a_recorded_incident_without_facts_states_when_it_was_recorded() -> None:
    """The one known date of a record is shown."""
    bare = replace(samples.INCIDENT, facts=None)
    tree = page(RECORD_PATH, replace(PUBLICATION, dossiers=(Dossier(story=bare, groups=()),)))
    assert [("Recorded", "January 2024")] == [(said(row[0]), said(row[1])) for row in classed(tree, "facts")[0]]


def test_a_story_of_our_own_is_read_here() -> None:
    """Its page has title, date, excerpt and the text itself, with its links."""
    tree = page(OWN_PATH)
    assert "Our view: the law is late" == said(next(tree.iter("h1")))
    assert [
        "19 February 2024",
        "Regulators knew for years.",
        "Regulators knew. See the act.",
    ] == [said(classed(tree, name)[0]) for name in ("by", "intro", "prose")]


def test_an_excerpt_taken_from_the_text_is_not_said_twice() -> None:
    """A story that opens with its own excerpt shows it once."""
    lead = replace(samples.OWN.lead, excerpt="Regulators knew. See…")
    tree = page(OWN_PATH, replace(PUBLICATION, dossiers=(Dossier(story=lead, groups=()),)))
    assert [0, 1] == [len(classed(tree, name)) for name in ("intro", "prose")]


def test_an_incident_page_has_every_story_that_touches_it_as_a_timeline() -> None:
    """What happened and who told it, the oldest first: the incident itself, and lead and coverage of what names it."""
    moments = classed(page(RECORD_PATH), "timeline")[0].iter("li")
    assert [
        "March 2023 It happened",
        "January 2024 It was recorded",
        "21 February 2024 The Gazette & Sons: Police & <live> scanning: London's 'trial' ends",
        "21 February 2024 Courier: Face van parked for good",
        "23 February 2024 Herald: Trial <over>, says force",
    ] == [said(each) for each in moments]


def test_a_story_of_our_own_shows_who_else_covered_it() -> None:
    """Who tells the same, and what names it, stand around it in their order; what came before has its place."""
    own = replace(samples.OWN, coverage=samples.POLICE.coverage, background=samples.POLICE.background)
    publication = replace(
        PUBLICATION,
        bands=(Band(title="Today", groups=(own,)),),
        dossiers=(Dossier(story=own.lead, groups=(samples.RECORD,)),),
    )
    tree = page(OWN_PATH, publication)
    assert [
        "March 2023 Incident: Shop scanner misidentifies customers",
        "19 February 2024 Our view: the law is late",
        "21 February 2024 Courier: Face van parked for good",
        "23 February 2024 Herald: Trial <over>, says force",
    ] == [said(each) for each in classed(tree, "timeline")[0].iter("li")]
    assert 2 == len(list(classed(tree, "background")[0].iter("li")))


def test_a_story_of_our_own_that_stands_alone_has_no_timeline() -> None:
    """One date is no line."""
    assert [] == classed(page(OWN_PATH), "timeline")


def test_editions_are_listed_newest_first_and_drafts_are_marked() -> None:
    """The digest's index tells each edition's period, size and top headline."""
    years = classed(page("digest/index.html"), "year")
    items = [item for year in years for item in classed(year, "index")[0]]
    assert ["2024"] == [said(next(year.iter("h2"))) for year in years]
    assert [
        "Week 08 of 2024 draft 2 stories Police & <live> scanning: London's 'trial' ends",
        "Week 07 of 2024 2 stories Parliament bans face databases",
        "Week 01 of 2024 1 story Shop scanner misidentifies customers",
    ] == [said(item) for item in items]


def test_an_edition_page_holds_what_its_letter_holds() -> None:
    """Its leads stand ranked, each with coverage and background; the letter's three forms are linked."""
    tree = page("digest/2024-W07/index.html")
    assert "Week 07 of 2024" == said(next(tree.iter("h1")))
    assert [
        "Parliament bans face databases",
        "التعرف على الوجوه في المطارات",
    ] == [said(each) for each in classed(tree, "headline")]
    assert [
        "email.html",
        "email.txt",
        "email.eml",
    ] == [each.get("href").rpartition("/")[2] for each in classed(tree, "subscribe")[0].iter("a")]
    assert [] == classed(tree, "notice")


def test_an_edition_page_says_why_a_story_is_there_as_its_letter_does() -> None:
    """Heat, outlets, and who was first stand under the headline; of an incident what its record states."""
    by = said(classed(classed(page("digest/2024-W08/index.html"), "group")[0], "by")[0])
    outlet = "The Gazette & Sons"
    assert f"{outlet} · 21 February 2024 · heat 77 · 3 outlets · first reported by {outlet}, 21 February" == by
    (stated,) = classed(page("digest/2024-W01/index.html"), "stated")
    assert "Developed by: Facegate · Deployed by: Corner Shop & Co · Where: UK, Ireland" == said(stated)


def test_an_edition_page_states_what_the_records_in_its_background_state() -> None:
    """The facts of an incident stand behind it there, as in the letter; the front page leaves them out."""
    background = classed(classed(page("digest/2024-W08/index.html"), "group")[0], "background")[0]
    assert (
        "Incident, March 2023: Shop scanner misidentifies customers "
        "Developed by: Facegate · Deployed by: Corner Shop & Co · Where: UK, Ireland"
    ) == said(list(background.iter("li"))[1])
    assert [] == classed(page("index.html"), "stated")


def long_edition(leads: int) -> Any:
    """Return the page of an edition of so many stories."""
    groups = tuple(
        replace(
            samples.POLICE, id=f"urn:{n}", lead=replace(samples.POLICE.lead, title=f"Headline {n}", excerpt="a " * 450)
        )
        for n in range(leads)
    )
    edition = replace(PUBLICATION.editions[1], groups=groups)
    return page("digest/2024-W07/index.html", replace(PUBLICATION, editions=(edition,)))


def test_a_long_edition_begins_with_its_contents() -> None:
    """Above more than ten stories every headline is listed, folded, and leads to its story."""
    tree = long_edition(11)
    (contents,) = classed(tree, "contents")
    assert ("details", None) == (contents.tag, contents.get("open"))
    links = {said(each): each.get("href") for each in contents.iter("a")}
    events = {said(classed(each, "headline")[0]): f"#{each.get('id')}" for each in classed(tree, "group")}
    assert (11, links) == (len(links), events)
    assert [] == classed(long_edition(10), "contents")


def test_an_edition_page_says_how_long_it_takes_to_read() -> None:
    """Ten excerpts of 450 words take twenty minutes; what stands around them is read, too."""
    assert "10 stories · 23 min read" == said(classed(long_edition(10), "by")[0])
    assert "2 stories · 1 min read" == said(classed(page("digest/2024-W07/index.html"), "by")[0])


@pytest.mark.parametrize(("period", "word"), [("daily", "day"), ("weekly", "week"), ("monthly", "month")])
def test_a_draft_says_that_it_is_one(period: Literal["daily", "weekly", "monthly"], word: str) -> None:
    """Whoever reads a draft knows that its period still runs."""
    draft = replace(PUBLICATION.editions[0], period=period)
    tree = page("digest/2024-W08/index.html", replace(PUBLICATION, editions=(draft,)))
    assert said(classed(tree, "notice")[0]) == f"This edition is a draft: its {word} still runs."


def test_an_edition_is_called_by_its_title_even_if_that_begins_with_the_sites() -> None:
    """A site named "Week" has editions named "Week 08 of 2024": nothing is cut off."""
    told = replace(PUBLICATION, site=replace(samples.SITE, title="Week"))
    assert "Week 08 of 2024" == said(next(page("digest/2024-W08/index.html", told).iter("h1")))
    assert "Week 08 of 2024" == said(
        next(next(classed(page("digest/index.html", told), "index")[0].iter("h3")).iter("a"))
    )


def test_old_editions_are_a_line_each() -> None:
    """Thirty editions tell their top headline; all are listed, by year."""
    many = tuple(
        replace(PUBLICATION.editions[1], key=f"{year}-{month:02}", path=f"digest/{year}-{month:02}/")
        for year in (2024, 2023, 2022)
        for month in range(12, 0, -1)
    )
    tree = page("digest/index.html", replace(PUBLICATION, editions=many))
    assert ["2024", "2023", "2022"] == [said(next(year.iter("h2"))) for year in classed(tree, "year")]
    assert [36, 30] == [sum(1 for _ in tree.iter("h3")), len(classed(tree, "excerpt"))]


def test_an_edition_leads_to_its_neighbours() -> None:
    """From each edition one gets to the one before and the one after."""
    paths = [f"digest/2024-W{week}/index.html" for week in ("08", "07", "01")]
    links = [
        [(each.get("rel"), each.get("href")) for each in page(path).iter("a") if each.get("rel")] for path in paths
    ]
    assert [
        [("prev", "../../digest/2024-W07/index.html")],
        [("prev", "../../digest/2024-W01/index.html"), ("next", "../../digest/2024-W08/index.html")],
        [("next", "../../digest/2024-W07/index.html")],
    ] == links


def test_the_only_edition_has_no_neighbours() -> None:
    """There is nowhere to go on to."""
    alone = replace(PUBLICATION, editions=PUBLICATION.editions[:1])
    assert [] == classed(page("digest/2024-W08/index.html", alone), "neighbours")


def test_an_edition_page_marks_what_an_earlier_one_told() -> None:
    """An event that has grown says so before its headline, outside of the link; no other page says it."""
    told = replace(PUBLICATION.editions[1], updates=frozenset({samples.ARABIC.id}))
    publication = replace(PUBLICATION, editions=(told,))
    headlines = classed(page("digest/2024-W07/index.html", publication), "headline")
    assert [
        "Parliament bans face databases",
        f"Update: {samples.ARABIC.lead.title}",
    ] == [said(each) for each in headlines]
    assert samples.ARABIC.lead.title == said(next(headlines[1].iter("a")))
    # An element with a dir of its own has no say in which way its parent's dir="auto" turns (HTML §3.2.6.4).
    assert [("span", "ltr"), ("a", None)] == [(each.tag, each.get("dir")) for each in headlines[1]]
    assert [] == classed(page("index.html", publication), "update")


def test_pages_without_content_say_so() -> None:
    """A new site has pages that explain their emptiness."""
    topic = Feed(id="urn:x", path="topics/x/", label="X", title="X", description="", groups=(), updated=None)
    publication = replace(BLANK, topics=(topic,), site=replace(samples.SITE, description="", rights=""))
    assert [
        "Nothing has been published yet.",
        "Nothing has been published here yet.",
        "No incident has been recorded yet.",
        "There is no edition yet.",
    ] == [said(each) for _, tree in html_pages(publication) for each in classed(tree, "empty")]


def test_an_edition_without_stories_has_a_page() -> None:
    """Nothing breaks when everything in an edition was withdrawn."""
    empty = replace(PUBLICATION.editions[1], groups=())
    publication = replace(PUBLICATION, editions=(empty,))
    assert "Week 07 of 2024 0 stories" == said(classed(page("digest/index.html", publication), "index")[0])
    assert [] == classed(page("digest/2024-W07/index.html", publication), "headline")


def test_a_template_of_ones_own_wins() -> None:
    """Whoever changes a template sees the change, and the other pages as before."""
    mine = {**TEMPLATES, "front.html": "{{ site.title }}: {{ publication.bands | length }} bands"}
    changed, before = pages("web", PUBLICATION, mine), pages("web", PUBLICATION)
    assert b"Face Recognition Watch: 3 bands" == changed["index.html"].content
    assert {"index.html"} == {path for path in before if before[path] != changed[path]}


def test_a_stylesheet_of_ones_own_is_copied_as_it_stands() -> None:
    """Braces in a stylesheet mean nothing to the templates."""
    content = "a{{% x %}{# y #}}\n"
    style = pages("web", PUBLICATION, {**TEMPLATES, "style.css": content})["assets/style.css"]
    assert style == Page(path="assets/style.css", media_type="text/css; charset=utf-8", content=content.encode())


def test_a_mistake_in_a_template_is_found() -> None:
    """The build stops with the file and the line of the mistake."""
    templates = {**TEMPLATES, "topic.html": "<p>\n{{ feed.titel }}"}
    with pytest.raises(TemplateError, match=r"^template topic\.html, line 2: .*'titel'"):
        list(made(RENDERERS["web"](PUBLICATION, templates=templates)))
