#!/usr/bin/env python3
"""
What other people's judges say of the pages and the mail that a build wrote.

usage: judge.py [OUT] [--without-axe] [--emlcheck FILE]     (OUT: out/; `make judge` installs what it needs)

html-validate and the Nu checker on every page and letter; axe-core (WCAG A and AA, light and dark)
in Chromium, which also tells of errors on the console, requests that leave the folder, sideways
scrolling and the largest thing drawn; SpamAssassin's local rules and `frtfeed digest lint` on every
message, and --emlcheck's FILE, a script that prints PASS and FAIL lines for a message. Letters and
messages are those of OUT and of an edition of 22 leads with three stories each beside them, made here.
Ends with 1 where a bar is missed, with 3 where one was not asked since its judge is not installed.

Needs node with npm, java, chromium, spamassassin: apt install npm default-jre-headless chromium spamassassin
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).parent
MODULES = HERE / "judges" / "node_modules"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
MAX_SPAM = -1.0
MAX_LETTER_BYTES = 64_000
# Idioms that mail programs need and a judge of web pages does not know.
MAIL_IDIOMS = {
    "html-validate": {"no-deprecated-attr"},  # width, align, valign, cellpadding, cellspacing: Outlook reads no others
    "Nu": {"mso-hide"},  # hides the preheader in Outlook
}
WATCH = """
window.largest = ""; window.shifted = 0;
new PerformanceObserver(function (list) {
  list.getEntries().forEach(function (each) { window.largest = each.element ? each.element.tagName : ""; });
}).observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver(function (list) {
  list.getEntries().forEach(function (each) { window.shifted += each.value; });
}).observe({type: "layout-shift", buffered: true});
"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def main() -> None:
    """Ask every judge that is here, print what each says."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("out", nargs="?", type=Path, default=Path("out"))
    asked.add_argument("--without-axe", action="store_true", help="leave the browser out: it takes minutes")
    asked.add_argument("--emlcheck", type=Path, help="a script that judges one message")
    options = asked.parse_args()
    pages = sorted(options.out.rglob("index.html"))
    if not pages:
        sys.exit(f"{options.out}: no pages. Run first: frtfeed build")
    with tempfile.TemporaryDirectory() as folder:
        made = edition_of_22(Path(folder))
        letters = [*sorted(options.out.rglob("email.html")), made / "email.html"]
        messages = [*sorted(options.out.rglob("email.eml")), made / "email.eml"]
        judges: list[tuple[str, str, Callable[[], Iterator[str]]]] = [
            ("html-validate, pages", "node", lambda: html_validate(pages, except_for=set())),
            ("html-validate, mail", "node", lambda: html_validate(letters, except_for=MAIL_IDIOMS["html-validate"])),
            ("Nu checker, pages", "java", lambda: nu(pages, except_for=set())),
            ("Nu checker, mail", "java", lambda: nu(letters, except_for=MAIL_IDIOMS["Nu"])),
            ("22 leads with 3 stories each", sys.executable, lambda: size(made / "email.html")),
            ("frtfeed digest lint", sys.executable, lambda: lint(messages)),
            ("SpamAssassin, local rules", "spamassassin", lambda: spam(messages)),
        ]
        if options.emlcheck:
            judges.append((options.emlcheck.name, sys.executable, lambda: emlcheck(options.emlcheck, messages)))
        if not options.without_axe:
            homes = (options.out, made)
            judges += [
                ("axe-core and Chromium, pages", CHROMIUM, lambda: browser(pages, homes, widths=(375, 1280))),
                ("axe-core and Chromium, mail", CHROMIUM, lambda: browser(letters, homes, widths=(375, 600, 1000))),
            ]
        found = [tell(*judge) for judge in judges]
    sys.exit(1 if any(found) else 3 if None in found else 0)


def edition_of_22(folder: Path) -> Path:
    """Build an edition of 22 events, each told by four outlets; return its folder."""
    seeds = folder / "seeds"
    seeds.mkdir()
    for event in range(22):
        for outlet in range(4):
            words = f"ruling{event:02} camera{event:02} council{event:02} appeal{event:02}"
            (seeds / f"{event:02}-{outlet}.md").write_text(
                f"---\ntitle: City {event} halts face scans after {words} as outlet {outlet} reports\n"
                f"publishedDateTime: 2024-03-{5 + outlet:02}T10:{event:02}:00Z\ngroup: event {event}\n"
                f"webUrl: https://outlet-{outlet}.example/news/2024/03/city-{event}-halts-face-scans-{'a' * 40}\n"
                f"excerpt: {'What the council decided, who asked for it, and what happens to the pictures. ' * 3}\n"
                f"provider: {{name: Outlet number {outlet}, domain: outlet-{outlet}.example}}\n---\n",
                encoding="utf-8",
            )
    (folder / "frtfeed.toml").write_text((HERE.parent / "frtfeed.toml").read_text(encoding="utf-8"), encoding="utf-8")
    words = ["build", "--quiet", "--config", folder / "frtfeed.toml", "--now", "2024-03-20T00:00:00Z"]
    done = run(sys.executable, "-m", "frtfeed", *words)
    if done.returncode:
        sys.exit(done.stderr)
    return folder / "out" / "digest" / "2024-W10"


def tell(name: str, needs: str, judge: Callable[[], Iterator[str]]) -> int | None:
    """Ask one judge; return how many faults it finds, None where it is not here."""
    if not shutil.which(needs or "chromium"):
        print(f"{name:32} not asked: {needs or 'chromium'} is not installed")
        return None
    faults = list(judge())
    print(f"{name:32} {len(faults)} faults", flush=True)
    for fault in faults[:40]:
        print(f"    {fault}")
    return len(faults)


def size(letter: Path) -> Iterator[str]:
    """Yield whether the letter is larger than its bar, or lost a lead."""
    content = letter.read_bytes()
    if len(content) > MAX_LETTER_BYTES:
        yield f"{len(content):,} bytes of HTML, wanted at most {MAX_LETTER_BYTES:,}"
    if (leads := content.count(b' id="s')) < 22:
        yield f"only {leads} of 22 leads"


def emlcheck(script: Path, messages: list[Path]) -> Iterator[str]:
    """Yield the points that a message does not pass, but for those on DKIM: a message is signed when it is sent."""
    for message in messages:
        done = run(sys.executable, script, message)
        if "PASS" not in done.stdout:
            yield f"{message}: {script} judged nothing: {done.stderr.strip()[-200:]}"
        for line in done.stdout.splitlines():
            if "FAIL" in line and "dkim" not in line.lower():
                yield f"{message}: {line.strip()}"


def html_validate(files: list[Path], *, except_for: set[str]) -> Iterator[str]:
    """Yield what html-validate's standard rules find."""
    with tempfile.NamedTemporaryFile(suffix=".json") as told:  # through a pipe it loses what is beyond 64 KiB
        run(MODULES / ".bin" / "html-validate", "--preset", "standard", "-f", f"json={told.name}", *files)
        reports = json.load(told)
    for report in reports:
        for each in report["messages"]:
            if each["ruleId"] not in except_for and each["severity"] == 2:
                yield f"{report['filePath']}:{each['line']}: {each['ruleId']}: {each['message']}"


def nu(files: list[Path], *, except_for: set[str]) -> Iterator[str]:
    """Yield the errors of the W3C's Nu checker."""
    jar = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
    done = run("java", "-jar", jar, "--errors-only", "--format", "json", "--stdout", *files)
    for each in json.loads(done.stdout)["messages"]:
        if not any(idiom in each["message"] for idiom in except_for):
            yield f"{each['url']}:{each.get('lastLine')}: {each['message']}"


def lint(messages: list[Path]) -> Iterator[str]:
    """Yield the gates of `frtfeed digest lint` that a message does not pass."""
    for message in messages:
        done = run(sys.executable, "-m", "frtfeed", "digest", "lint", message)
        for line in done.stdout.splitlines():
            if line.startswith("FAIL"):
                yield f"{message}: {line}"
        if done.returncode and "FAIL" not in done.stdout:
            yield f"{message}: {done.stderr.strip()}"


def spam(messages: list[Path]) -> Iterator[str]:
    """Yield the messages that SpamAssassin likes less than the bar says."""
    for message in messages:
        done = subprocess.run(
            ["spamassassin", "-L", "-t"], input=message.read_bytes(), capture_output=True, check=True
        ).stdout.decode(errors="replace")
        found = re.search(r"\((-?[\d.]+) points", done)
        if not found or float(found[1]) > MAX_SPAM:
            yield f"{message}: {found[1] if found else 'no score'} points, wanted at most {MAX_SPAM}"


def browser(files: list[Path], homes: tuple[Path, ...], *, widths: tuple[int, ...]) -> Iterator[str]:
    """Yield what axe-core finds at each width in light and dark, and what the browser itself complains of."""
    from playwright.sync_api import sync_playwright

    axe = (MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            for width in widths:
                view = chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
                for file in files:
                    where = f"{file} at {width} px, {scheme}"
                    yield from (f"{where}: {each}" for each in seen(view.new_page(), axe, homes, file))
                view.close()
        chromium.close()


def seen(page, axe: str, homes: tuple[Path, ...], file: Path) -> Iterator[str]:
    """Open a page and yield what is wrong with it."""
    said: list[str] = []
    asked: list[str] = []
    page.add_init_script(WATCH)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    # A letter's pictures are its publishers': the mail is complete without them, so they are not fetched.
    page.route(re.compile("^https?:"), lambda route: route.fulfill(status=204, body=""))
    page.goto(file.resolve().as_uri(), wait_until="load")
    if over := page.evaluate(WIDER):
        yield f"{over} px wider than the window"
    pictures = (
        set(page.evaluate("Array.from(document.images, each => each.src)")) if file.name == "email.html" else set()
    )
    ours = tuple(home.resolve().as_uri() for home in homes)
    yield from (f"asks for {each}" for each in asked if not each.startswith(ours) and each not in pictures)
    yield from (f"on the console: {each}" for each in said)
    page.evaluate(axe)
    found = page.evaluate("rules => axe.run({preload: false, runOnly: rules})", WCAG)
    for each in found["violations"]:
        yield f"axe: {each['id']}: {each['help']}: {each['nodes'][0]['html'][:120]}"
    if shifted := page.evaluate("window.shifted"):
        yield f"what is drawn moves: {shifted}"
    if not page.evaluate("window.largest"):
        yield "nothing large is drawn"
    page.close()


def run(*command: object) -> subprocess.CompletedProcess[str]:
    """Run a judge whose exit status says no more than what it prints."""
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)


if __name__ == "__main__":
    main()
