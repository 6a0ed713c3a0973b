"""The main job on five real files, which lie beside the project where its makers work, not in it."""

import json
import re
from html import unescape
from pathlib import Path

import feedparser
import pytest
from click.testing import CliRunner

from frtfeed.cli import main

SHARED = Path(__file__).parents[2] / "shared" / "seeds"
pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the five files are not here; test_example_site.py stands in"
)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the five files as of 13 March 2024."""
    folder = tmp_path_factory.mktemp("main") / "out"
    words = ["build", "--seeds", str(SHARED), "--out", str(folder), "--now", "2024-03-13T00:00:00Z", "--strict"]
    built = CliRunner().invoke(main, words, catch_exceptions=False)
    assert 0 == built.exit_code, built.output
    return folder


@pytest.fixture(scope="module")
def entries(out: Path) -> list[dict[str, object]]:
    """The entries of feed.json, in order."""
    items: list[dict[str, object]] = json.loads((out / "feed.json").read_bytes())["items"]
    return items


def everything(out: Path) -> str:
    """Return the text of every file of the output."""
    return "\n".join(path.read_text(encoding="utf-8") for path in out.rglob("*") if path.is_file())


def page(out: Path, folder: str) -> str:
    """Return the one page below a folder of the output, without what stands around its main part."""
    found = list((out / folder).glob("*/index.html"))
    assert 1 == len(found)
    return unescape(re.sub(r"(?s).*<main|</main>.*", "", found[0].read_text(encoding="utf-8")))


def test_ranks_and_heats(entries: list[dict[str, object]]) -> None:
    """The Guardian leads with 107, Sky follows with 77; the other two have computed scores."""
    scores = [(item["title"], item["_frtfeed"]["heat"]) for item in entries]  # type: ignore[index]
    assert [
        ("Revealed: Home Office secretly lobbied for facial recognition ‘spy’ company", 107),
        ("Serco ordered to stop using facial recognition technology to monitor staff", 77),
    ] == scores[:2]
    assert {
        "Home Office to collect foreign offenders' biometric data using smartwatch scheme",
        "King's Cross quietly uses live facial recognition to monitor citizens",
    } == {title for title, _ in scores[2:]}
    assert all(heat > 0 for _, heat in scores)


def test_the_same_article_under_other_addresses_vanishes(out: Path) -> None:
    """Of the Guardian article's three addresses one is printed; the three other outlets stay under it."""
    entry = feedparser.parse((out / "atom.xml").read_bytes()).entries[0]
    related = [link.href for link in entry.links if link.rel == "related"]
    assert [] == [href for href in related if "theguardian" in href]
    domains = {"techdigest", "publictechnology", "computerweekly"}
    assert domains == {domain for domain in domains for href in related if domain in href}
    assert "biztoc" not in everything(out)


def test_serco_has_sun_and_mirror(entries: list[dict[str, object]]) -> None:
    """The Sun and The Mirror stand under Sky, and the damaged apostrophe is whole."""
    content = str(entries[1]["content_html"])
    assert "The Sun" in content
    assert "The Mirror" in content
    assert "monitoring workers’ attendance" in content


def test_kings_cross_is_an_incident(out: Path) -> None:
    """The record's facts and its two sections are on its page; chrome and damage are nowhere."""
    text = page(out, "incidents")
    for fact in (
        "August 2019",
        "March 2023",
        "Argent",
        "Metropolitan Police Service (MPS)",
        "NEC",
        "UK",
        "Govt - police",
        "Strengthen security",
        "Facial recognition",
        "Ethics",
        "Surveillance",
        "Marketing",
        "Inadequate transparency, accountability, consent",
        "Misleading communications",
    ):
        assert fact in text
    for chrome in ("Report incident", "Access database", "Legal, regulatory", "Research, advocacy", "Page info"):
        assert chrome not in text
    assert [] == re.findall("[\u0e00-\u0e7f🔥🔢🤖🧮]", everything(out))


def test_the_smartwatch_article_is_read_without_its_furniture(out: Path) -> None:
    """Title, standfirst, paragraphs, outlet and an estimated date; nothing of what stands around the article."""
    text = page(out, "stories")
    for part in (
        "Facial recognition and geolocation data will be matched",
        "The Home Office is planning to fit migrants",
        "by 30 December 2023.",
        "Buddi Limited declined to provide comment.",
        "IT Pro",
        "2 August 2022 (estimated)",
        "King's Cross quietly uses live facial recognition",
    ):
        assert part in text
    for furniture in ("affiliate commission", "A smartwatch on someone", "Turbonomic", "TikTok", "Windows 11"):
        assert furniture not in everything(out)


def test_the_unpublished_story_leaves_no_trace(out: Path) -> None:
    """Neither the unpublished story nor what only it mentions is in any file."""
    text = everything(out).lower()
    assert [] == [trace for trace in ("ibb", "000_49ff", "ksn.com", "ksat", "kansas", "spokeo") if trace in text]


def test_editions(out: Path) -> None:
    """Each story is in the edition of its week, all are closed, and the digest feed names them newest first."""
    weeks = ["2024-W08", "2023-W35", "2023-W09", "2022-W31"]
    assert sorted(weeks) == sorted(path.name for path in (out / "digest").iterdir() if path.is_dir())
    digest = feedparser.parse((out / "digest/atom.xml").read_bytes())
    assert weeks == [entry.link.rstrip("/").rpartition("/")[2] for entry in digest.entries]
    assert "smartwatch" in (out / "digest/2022-W31/email.txt").read_text(encoding="utf-8")
