"""What search engines ask for."""

from xml.etree import ElementTree as ET

import pytest

from frtfeed.model import Dossier, Publication
from frtfeed.records import replace
from frtfeed.render import sitemap
from tests.render import samples
from tests.render.human import pages

PUBLICATION = samples.publication()
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def entries(path: str = "sitemap.xml", publication: Publication = PUBLICATION) -> dict[str, str | None]:
    """Return the addresses of a sitemap, each with the date of its last change."""
    root = ET.fromstring(pages("sitemap", publication)[path].content)  # noqa: S314  our own output
    return {each.findtext(f"{NAMESPACE}loc") or "": each.findtext(f"{NAMESPACE}lastmod") for each in root}


def test_the_sitemap_names_every_page() -> None:
    """Each page that is worth finding is in it, by its canonical address; the search page is not."""
    written = {path.removesuffix("index.html") for path in pages("web", PUBLICATION) if path.endswith("index.html")}
    assert {f"https://frt.example/{path}" for path in written - {"search/"}} == set(entries())


def test_a_page_is_dated_by_what_it_tells() -> None:
    """The date is that of the newest story, not of the build; a page that has none says none."""
    dates = entries()
    assert "2024-02-22T23:30:00Z" == dates["https://frt.example/"]
    assert "2024-02-18T23:00:00Z" == dates["https://frt.example/digest/2024-W07/"]
    assert "2024-02-22T23:30:00Z" == dates[f"https://frt.example/{samples.INCIDENT.page}"]
    empty = samples.feed(())
    undated = Dossier(story=replace(samples.INCIDENT, published=None), groups=())
    bare = samples.publication(
        feed=empty, topics=(), incidents=replace(empty, path="incidents/"), editions=(), dossiers=(undated,)
    )
    assert {None} == set(entries(publication=bare).values())


def test_addresses_are_escaped() -> None:
    """A topic of any name has an address that XML and URIs can hold."""
    topic = replace(PUBLICATION.topics[0], path="topics/für-alle/")
    site = replace(samples.SITE, url="https://frt.example/a&b/")
    found = entries(publication=replace(PUBLICATION, topics=(topic,), site=site))
    assert "https://frt.example/a&b/topics/f%C3%BCr-alle/" in found


def test_more_pages_than_a_file_may_name_are_split(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the protocol's limit sitemap.xml names the parts."""
    whole = entries()
    monkeypatch.setattr(sitemap, "MOST", 5)
    parts = {f"https://frt.example/sitemap-{n}.xml" for n in (1, 2, 3)}
    assert parts == set(entries())
    assert whole == {k: v for n in (1, 2, 3) for k, v in entries(f"sitemap-{n}.xml").items()}


def test_robots_txt_names_the_sitemap() -> None:
    """Everything may be read, and the sitemap is found."""
    expected = b"User-agent: *\nAllow: /\n\nSitemap: https://frt.example/sitemap.xml\n"
    assert expected == pages("sitemap", PUBLICATION)["robots.txt"].content


def test_a_site_below_a_path_has_no_robots_txt() -> None:
    """Nobody looks for one there: the host's own must name the sitemap."""
    publication = replace(PUBLICATION, site=replace(samples.SITE, url="https://frt.example/watch/"))
    assert ["sitemap.xml"] == list(pages("sitemap", publication))
