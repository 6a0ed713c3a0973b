"""
The pages in a browser, from a folder on disk and from a server on loopback.

The browser is Debian's Chromium, driven by its command line alone: it opens a page, a probe that
this file puts at the end of the page tells what came of it, and the page is printed.
"""

import html
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from frtfeed.model import Publication
from tests.render import samples
from tests.render.human import pages

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not CHROMIUM, reason="there is no Chromium to look at the pages with. On Debian: apt install chromium"
    ),
]
BELOW = "watch/of/faces/"  # nothing may depend on lying at the root of a host
ATTACK = "<img src=x onerror=document.title='owned'> & <b>bold</b>"
PROBE = """
<script>
(function () {
  var told = {errors: window.earlyErrors};
  window.setTimeout(function () {
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
LISTEN = """
<script>
window.earlyErrors = [];
window.addEventListener("error", function (event) {
  window.earlyErrors.push(event.message || "not loaded: " + (event.target.src || event.target.href));
}, true);
["error", "warn"].forEach(function (name) {
  console[name] = function (words) { window.earlyErrors.push(String(words)); };
});
</script>
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
    for path, page in pages("web", publication()).items():
        target = root / BELOW / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(page.content)
    return root


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
    assert [] == [each for each in told["loaded"] if not each.startswith(home)]


def framed(path: str, told: str, *, loopback: str, site: Path, profile: Path, sandbox: str = "") -> str:
    """
    Open a page in a frame as wide as a phone, and return what a JavaScript expression says of its document.

    Args:
        told: the expression, in which `page` is the document.
        sandbox: the frame's attribute; one without allow-scripts is a browser with scripts off.
    """
    script = f"window.onload = function () {{ var page = frames[0].document; document.title = {told}; }};"
    frame = f'<iframe {sandbox} src="{path}" width="375" height="800"></iframe>'
    (site / BELOW / "frame.html").write_text(f"<!DOCTYPE html>{frame}<script>{script}</script>", encoding="utf-8")
    found = re.search(r"<title>(.*?)</title>", printed(f"{loopback}{BELOW}frame.html", profile), re.DOTALL)
    assert found
    return html.unescape(found[1])


WITHOUT_SCRIPT = 'sandbox="allow-same-origin"'


def test_the_front_page_reads_without_script(site: Path, loopback: str, tmp_path: Path) -> None:
    """With scripts off every headline is there; what folds opens all the same, for the browser does that."""
    told = 'page.querySelectorAll("article .headline").length + " " + page.querySelectorAll("details").length'
    shown = framed("index.html", told, loopback=loopback, site=site, profile=tmp_path, sandbox=WITHOUT_SCRIPT)
    assert "7 3" == shown


@pytest.mark.parametrize(
    "path",
    [
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
    ],
)
def test_no_page_is_wider_than_a_phone(path: str, site: Path, loopback: str, tmp_path: Path) -> None:
    """At 375 px nothing has to be scrolled sideways."""
    told = 'page.documentElement.clientWidth + " " + page.documentElement.scrollWidth'
    window, page = map(int, framed(path, told, loopback=loopback, site=site, profile=tmp_path).split())
    assert page <= window <= 375


def test_a_search_finds(home: str, site: Path, tmp_path: Path) -> None:
    """An address with a question in it answers it, with what is read where and who else has it."""
    shown, told = probed(home, "search/index.html", site, tmp_path, query="?q=herald+trial")
    assert ["Police & <live> scanning: London's 'trial' ends"] == results(shown)
    assert "1 result." in shown
    assert "https://herald.example/ends" in shown
    assert [] == told["errors"]


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
    shown = framed("search/index.html", told, loopback=loopback, site=site, profile=tmp_path, sandbox=WITHOUT_SCRIPT)
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
