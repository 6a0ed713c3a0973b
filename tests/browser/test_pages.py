"""
The pages in a browser, from a folder on disk and from a server on loopback.

The browser is Debian's Chromium, driven by its command line alone: it opens a page, a probe that
this file puts at the end of the page tells what came of it, and the page is printed.
"""

import html
import json
import re
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from frtfeed.model import Dossier, Facts, Member, Provider, Publication, Section
from frtfeed.records import replace
from tests.chromium import CHROMIUM, needs_chromium
from tests.render import samples
from tests.render.human import pages

pytestmark = [pytest.mark.slow, needs_chromium]
BELOW = "watch/of/faces/"  # nothing may depend on lying at the root of a host
ATTACK = "<img src=x onerror=document.title='owned'> & <b>bold</b>"
PROBE = """
<script>
(function () {
  var told = {errors: window.earlyErrors};
  window.setTimeout(function () {
    told.moved = window.whatMoved();
    told.loaded = performance.getEntriesByType("resource").map(function (each) { return each.name; });
    var pre = document.createElement("pre");
    pre.id = "probe";
    pre.textContent = JSON.stringify(told);
    document.body.append(pre);
  }, 1500);
  window.addEventListener("load", function () { ACTION });
})();
</script>
"""
# The places are noted once the stylesheet is there and before the page's own scripts run: deferred scripts
# wait for the one and keep their order (HTML §8.4). Chromium reports no layout-shift when it draws nothing.
LISTEN = """
<script>
window.rememberPlaces = function () {
  var places = Array.from(document.body.querySelectorAll("*"), function (each) {
    return [each, each.getBoundingClientRect()];
  }).filter(function (place) { return place[1].width && place[1].height; });
  window.whatMoved = function () {
    return places.filter(function (place) {
      var now = place[0].getBoundingClientRect();
      return now.top !== place[1].top || now.left !== place[1].left;
    }).map(function (place) { return place[0].outerHTML.slice(0, 80); });
  };
};
window.earlyErrors = [];
window.addEventListener("error", function (event) {
  window.earlyErrors.push(event.message || "not loaded: " + (event.target.src || event.target.href));
}, true);
["error", "warn"].forEach(function (name) {
  console[name] = function (words) { window.earlyErrors.push(String(words)); };
});
</script>
<script defer src="data:text/javascript,rememberPlaces()"></script>
"""


def publication() -> Publication:
    """Return the sample publication with an attack in a title, and enough stories to look further back for."""
    attacked = samples.group(samples.story("attack", f"Attack {ATTACK}", excerpt=ATTACK))
    many = tuple(
        samples.group(samples.story(f"s{n}", f"Needle number {n}", published=samples.on(f"{year}-03-01T10:00")))
        for n, year in enumerate([2024] * 35 + [2022] * 3)
    )
    groups = (*samples.GROUPS, attacked, *many)
    plain = samples.publication(feed=samples.feed(groups))
    band = replace(plain.bands[0], groups=(attacked, *plain.bands[0].groups))
    return replace(plain, bands=(band, *plain.bands[1:]))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the pages below a path."""
    root = tmp_path_factory.mktemp("site")
    write(publication(), root / BELOW)
    return root


def write(publication: Publication, folder: Path) -> None:
    """Write the pages of a publication into a folder."""
    for path, page in pages("web", publication).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(page.content)


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        """Keep the report of the tests clean."""


@pytest.fixture(scope="module")
def loopback(site: Path) -> Iterator[str]:
    """Serve the pages on this machine; yield where."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(params=["file", "http"])
def home(request: pytest.FixtureRequest, site: Path) -> str:
    """The address of the site, by each way to open it."""
    root = f"{site.as_uri()}/" if request.param == "file" else request.getfixturevalue("loopback")
    return f"{root}{BELOW}"


def printed(url: str, profile: Path, *options: str) -> str:
    """Open an address and return the page as it then stands."""
    done = subprocess.run(
        [
            CHROMIUM,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            f"--user-data-dir={profile}",
            "--virtual-time-budget=6000",
            "--dump-dom",
            *options,
            url,
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


def probed(home: str, path: str, site: Path, profile: Path, *, query: str = "", action: str = "") -> tuple[str, Any]:
    """
    Open a page with the probe in it.

    Args:
        action: JavaScript to run once the page is there.

    Returns: the page as it then stands, and what the probe tells.
    """
    page = site / BELOW / path
    # Each probe has an address of its own: within a second a browser takes a changed page from its cache.
    copy = page.with_name(f"probed-{sha256((query + action).encode()).hexdigest()[:12]}.html")
    text = page.read_text(encoding="utf-8").replace("<head>", f"<head>{LISTEN}", 1)
    copy.write_text(text.replace("</body>", f"{PROBE.replace('ACTION', action)}</body>"), encoding="utf-8")
    try:
        shown = printed(f"{home}{path.removesuffix('index.html')}{copy.name}{query}", profile)
    finally:
        copy.unlink()
    found = re.search(r'<pre id="probe">(.*?)</pre>', shown, re.DOTALL)
    assert found, shown[-2000:]
    return shown.replace(found[0], ""), json.loads(html.unescape(found[1]))


def results(shown: str) -> list[str]:
    """Return the headlines that a search found."""
    listed = shown[shown.index('id="results"') :]
    headlines = re.findall(r'<h2 class="headline"[^>]*>(.*?)</h2>', listed)
    return [html.unescape(re.sub(r"<[^>]+>", "", each)) for each in headlines]


def test_the_front_page_opens_cleanly(home: str, site: Path, tmp_path: Path) -> None:
    """No error, and no request outside the site."""
    _, told = probed(home, "index.html", site, tmp_path)
    assert [] == told["errors"]
    assert [] == [each for each in told["loaded"] if not each.startswith((home, "data:"))]


def framed(
    *paths: str, told: str, loopback: str, site: Path, profile: Path, sandbox: str = "", width: int = 375
) -> dict[str, Any]:
    """
    Open pages in frames as wide as a phone, and return by path what a JavaScript expression says of each document.

    Args:
        told: the expression, in which `page` is the document.
        sandbox: the frames' attribute; one without allow-scripts is a browser with scripts off.
    """
    script = (
        "window.onload = function () { document.title = JSON.stringify(Array.from(frames, function (frame) {"
        f" var page = frame.document; return {told}; }})); }};"
    )
    frame = "".join(f'<iframe {sandbox} src="{path}" width="{width}" height="800"></iframe>' for path in paths)
    (site / BELOW / "frame.html").write_text(f"<!DOCTYPE html>{frame}<script>{script}</script>", encoding="utf-8")
    found = re.search(r"<title>(.*?)</title>", printed(f"{loopback}{BELOW}frame.html", profile), re.DOTALL)
    assert found
    return dict(zip(paths, json.loads(html.unescape(found[1])), strict=True))


WITHOUT_SCRIPT = 'sandbox="allow-same-origin"'
PATHS = (
    "index.html",
    "topics/index.html",
    "topics/law/index.html",
    "incidents/index.html",
    f"{samples.INCIDENT.page}index.html",
    f"{samples.OWN.lead.page}index.html",
    "digest/index.html",
    "digest/2024-W07/index.html",
    "feeds/index.html",
    "search/index.html",
)


def test_the_front_page_reads_without_script(site: Path, loopback: str, tmp_path: Path) -> None:
    """With scripts off every headline is there; what folds opens all the same, for the browser does that."""
    told = 'page.querySelectorAll("article .headline").length + " " + page.querySelectorAll("details").length'
    shown = framed("index.html", told=told, loopback=loopback, site=site, profile=tmp_path, sandbox=WITHOUT_SCRIPT)
    assert {"index.html": "7 3"} == shown


SIDEWAYS = "page.documentElement.scrollWidth - page.documentElement.clientWidth"


@pytest.mark.parametrize("width", [320, 375])
def test_no_page_is_wider_than_a_phone(width: int, site: Path, loopback: str, tmp_path: Path) -> None:
    """Nothing has to be scrolled sideways."""
    over = framed(*PATHS, told=SIDEWAYS, loopback=loopback, site=site, profile=tmp_path, width=width)
    assert dict.fromkeys(PATHS, 0) == over


def worded(word: str, *, language: str = "en-GB") -> Publication:
    """Return the sample publication with a word in every place that other people write."""
    by = Provider(name=word, domain="gazette.example")
    facts = Facts(operators=(word,), developers=(word,), countries=(word,), issues=(word,))
    incident = replace(samples.INCIDENT, title=word, provider=by, facts=facts, body=())
    lead = replace(samples.POLICE.lead, title=word, excerpt=word, provider=by, language="")
    others = tuple(replace(each, story=replace(each.story, title=word, provider=by)) for each in samples.CROWD.coverage)
    group = replace(samples.POLICE, lead=lead, coverage=others, background=(Member(story=incident, reason=""),))
    own = replace(samples.OWN.lead, title=word, excerpt=word, body=(Section(heading=word, html=f"<p>{word}</p>"),))
    plain = samples.publication()
    topic = replace(plain.topics[0], label=word, description=word, groups=(group,))
    edition = replace(plain.editions[1], title=word, groups=tuple(replace(group, id=f"urn:{n}") for n in range(11)))
    return replace(
        plain,
        site=replace(plain.site, title=word, description=word, language=language),
        topics=(topic,),
        bands=(replace(plain.bands[0], groups=(group, group)),),
        editions=(plain.editions[0], edition, plain.editions[2]),
        dossiers=(Dossier(story=incident, groups=(group,)), Dossier(story=own, groups=(group,))),
    )


@pytest.mark.parametrize(
    ("word", "language"),
    [
        pytest.param("W" * 300, "en-GB", id="one long word"),
        pytest.param("การรู้จำใบหน้าของตำรวจ" * 15, "en-GB", id="Thai"),
        pytest.param("W" * 300, "ar", id="in a page from right to left"),
    ],
)
def test_no_word_makes_a_page_wider_than_a_phone(
    word: str, language: str, site: Path, loopback: str, tmp_path: Path
) -> None:
    """A headline, outlet, topic or fact without a blank is broken, inside a fold too."""
    write(worded(word, language=language), site / BELOW / "worded")
    paths = [f"worded/{path}" for path in PATHS]
    opened = "(page.querySelectorAll('details').forEach(each => each.open = true), SIDEWAYS)"
    told = opened.replace("SIDEWAYS", SIDEWAYS)
    folded = framed(*paths, told=SIDEWAYS, loopback=loopback, site=site, profile=tmp_path)
    assert dict.fromkeys(paths, 0) == folded
    assert dict.fromkeys(paths, 0) == framed(*paths, told=told, loopback=loopback, site=site, profile=tmp_path)


def test_what_is_pressed_is_high_enough_for_a_finger(site: Path, loopback: str, tmp_path: Path) -> None:
    """Links, buttons and folds are 24 px high or more (WCAG 2.2, 2.5.8); within a story's own text a line's height."""
    told = """Array.from(page.querySelectorAll("a, button, summary, input")).filter(function (each) {
      return !each.closest(".prose, .notice") && Array.from(each.getClientRects()).some(function (box) {
        return box.height < 24;
      });
    }).map(function (each) { return each.outerHTML; })"""
    small = framed(*PATHS, told=told, loopback=loopback, site=site, profile=tmp_path)
    assert {path: [] for path in PATHS} == small


@pytest.mark.parametrize(
    "path", ["index.html", "feeds/index.html", "search/index.html", f"{samples.INCIDENT.page}index.html"]
)
def test_nothing_moves_while_a_page_loads(path: str, loopback: str, site: Path, tmp_path: Path) -> None:
    """What a script shows has its place beforehand."""
    _, told = probed(f"{loopback}{BELOW}", path, site, tmp_path)
    assert [] == told["moved"]


def test_what_moves_is_noticed(loopback: str, site: Path, tmp_path: Path) -> None:
    """The watch over what moves is awake: a box that comes late pushes the page down."""
    late = """window.setTimeout(function () {
      var box = document.createElement("div"); box.style.height = "300px"; document.body.prepend(box);
    }, 500);"""
    _, told = probed(f"{loopback}{BELOW}", "index.html", site, tmp_path, action=late)
    assert told["moved"]


def test_a_search_finds(home: str, site: Path, tmp_path: Path) -> None:
    """An address with a question in it answers it, with what is read where and who else has it."""
    shown, told = probed(home, "search/index.html", site, tmp_path, query="?q=herald+trial")
    assert ["Police & <live> scanning: London's 'trial' ends"] == results(shown)
    assert "1 result." in shown
    assert "https://herald.example/ends" in shown
    assert [] == told["errors"]


@pytest.mark.parametrize(
    "query",
    [
        pytest.param('"trial ends"', id="quotes"),
        pytest.param("live-scanning, londons", id="hyphen, comma, no apostrophe"),
        pytest.param("‘trial’ ends", id="single quotes"),
        pytest.param("trial ends 2024", id="a year"),
    ],
)
def test_signs_in_a_question_do_not_count(query: str, loopback: str, site: Path, tmp_path: Path) -> None:
    """Quotes, hyphens and commas part words, apostrophes do not; an event is found by its year."""
    shown, _ = probed(f"{loopback}{BELOW}", "search/index.html", site, tmp_path, query=f"?q={quote(query)}")
    assert "Police & <live> scanning: London's 'trial' ends" == results(shown)[0]


def test_a_search_answers_as_one_types(home: str, site: Path, tmp_path: Path) -> None:
    """Letters with and without marks, of any case and script, find the same; the newest question wins."""
    action = """
      var box = document.getElementById("q");
      ["needle", "ÏNCIDENT scanner"].forEach(function (words) {
        box.value = words; box.dispatchEvent(new Event("input"));
      });"""
    shown, _ = probed(home, "search/index.html", site, tmp_path, action=action)
    assert ["Shop scanner misidentifies customers"] == results(shown)
    assert f'href="../{samples.INCIDENT.page}index.html"' in shown


def test_a_search_goes_further_back_when_asked(home: str, site: Path, tmp_path: Path) -> None:
    """The newest results come first, with the year they reach back to; a button brings the older ones."""
    shown, told = probed(home, "search/index.html", site, tmp_path, query="?q=needle")
    assert 35 == len(results(shown))
    assert "The newest 35 results, back to 2024." in shown
    assert [] == [each for each in told["loaded"] if "2022" in each]
    action = 'window.setTimeout(function () { document.getElementById("older").click(); }, 700);'
    shown, _ = probed(home, "search/index.html", site, tmp_path, query="?q=needle", action=action)
    assert 38 == len(results(shown))
    assert "38 results." in shown
    assert 1 == shown.count('tabindex="-1"')  # where the keyboard goes on from


def test_a_search_for_nothing_says_so(home: str, site: Path, tmp_path: Path) -> None:
    """Who finds nothing is told, and told what to try."""
    shown, _ = probed(home, "search/index.html", site, tmp_path, query="?q=xyzzy")
    assert ([], True) == (results(shown), "Nothing found. Try fewer or shorter words." in shown)


def test_a_search_shows_markup_and_does_not_obey_it(home: str, site: Path, tmp_path: Path) -> None:
    """A title with markup in it is found and shown as it was written."""
    shown, told = probed(home, "search/index.html", site, tmp_path, query="?q=attack")
    assert [f"Attack {ATTACK}"] == results(shown)
    assert ([], False) == (told["errors"], "owned</title>" in shown)


def test_a_search_whose_index_does_not_load_says_so(home: str, site: Path, tmp_path: Path) -> None:
    """A line that breaks off is no empty result."""
    volume = site / BELOW / "assets/search/2022-1.js"
    kept = volume.read_bytes()
    volume.unlink()
    try:
        shown, _ = probed(home, "search/index.html", site, tmp_path, query="?q=xyzzy")
    finally:
        volume.write_bytes(kept)
    assert "A part of the search index could not be loaded." in shown


def test_without_script_the_search_page_says_so(site: Path, loopback: str, tmp_path: Path) -> None:
    """No dead box: the page says what is missing and where else to look."""
    told = 'page.querySelector("form").offsetHeight + " " + page.querySelector("main").innerText'
    path = "search/index.html"
    shown = framed(path, told=told, loopback=loopback, site=site, profile=tmp_path, sandbox=WITHOUT_SCRIPT)[path]
    assert shown.startswith("0 ")
    assert "needs JavaScript, which is off" in shown


def test_an_address_of_a_feed_is_copied(home: str, site: Path, tmp_path: Path) -> None:
    """Each address has a button that says what it did, to those who do not see it too."""
    action = 'document.querySelectorAll("button.copy")[1].click();'
    shown, told = probed(home, "feeds/index.html", site, tmp_path, action=action)
    status = re.search(r'<p class="said" role="status">(.*?)</p>', shown)
    assert status
    assert status[1] in (
        "Copied: https://frt.example/rss.xml",
        "The address is selected: copy it with your browser.",
    )
    assert 'aria-label="Copy https://frt.example/rss.xml"' in shown
    assert not re.search(r"<button[^>]* hidden", shown)
    assert [] == told["errors"]
