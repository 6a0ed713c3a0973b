"""`frtfeed digest`: what an editor sees of the digest before anybody else does."""

import json
import os
import re
import stat
import struct
import subprocess
from html import escape
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from frtfeed.cli import main
from frtfeed.digest import find_browser, photograph, write_views
from frtfeed.errors import ConfigError, DeliveryError
from frtfeed.render.letter import write_letter
from frtfeed.render.message import Letter
from tests.chromium import needs_chromium
from tests.render import samples
from tests.render.human import TEMPLATES
from tests.render.letters import many, telling

NOW = "2024-03-13T00:00:00Z"
SENDER = """
[site]
url = "https://frt.example/"
title = "Watch"
[mail]
from_address = "desk@frt.example"
postal_address = "1 Example Street, Berlin"
unsubscribe_url = "https://frt.example/unsubscribe"
unsubscribe_mailto = "leave@frt.example"
list_id = "digest.frt.example"
"""
NEWS = "---\ntitle: {}\npublishedDateTime: {}\nwebUrl: https://gazette.example/{}\n---\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two closed weeks and one that runs, whose sender says all of it."""
    (tmp_path / "frtfeed.toml").write_text(SENDER, encoding="utf-8")
    (tmp_path / "seeds").mkdir()
    for name, title, day in (
        ("old", "Parliament bans face databases", "2024-02-14"),
        ("van", "Face van parked for good", "2024-02-21"),
        ("gate", "Airports add face gates", "2024-03-12"),
    ):
        (tmp_path / "seeds" / f"{name}.md").write_text(NEWS.format(title, day, name), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ask(*words: object) -> Result:
    """Run a `digest` command as an editor would."""
    return CliRunner().invoke(main, ["digest", *map(str, words), "--now", NOW], catch_exceptions=False)


def test_list_names_the_editions(here: Path) -> None:
    """Newest first: key, period, leads, subject; the running one is marked."""
    told = ask("list")
    assert (0, ["2024-W11", "2024-W08", "2024-W07"]) == (
        told.exit_code,
        [line[:8] for line in told.output.splitlines()],
    )
    assert "2024-W11    11–17 March 2024 (draft)  1 lead  Airports add face gates (11–17 March 2024)" in told.output


def test_list_speaks_json(here: Path) -> None:
    """One object a line, with the borders of each period."""
    first = json.loads(ask("list", "--json").output.splitlines()[1])
    assert {
        "key": "2024-W08",
        "period": "weekly",
        "title": "19–25 February 2024",
        "start": "2024-02-19T00:00:00+00:00",
        "end": "2024-02-26T00:00:00+00:00",
        "draft": False,
        "leads": 1,
        "path": "digest/2024-W08/",
        "subject": "Face van parked for good (19–25 February 2024)",
    } == first


def test_show_prints_the_text_part(here: Path) -> None:
    """The newest closed edition, or the one that is named; nobody's token is in it."""
    newest, named = ask("show"), ask("show", "2024-W07")
    assert "1. Face van parked for good [1]" in newest.output
    assert "1. Parliament bans face databases [1]" in named.output
    assert "\nhttps://frt.example/unsubscribe\n" in newest.output


def test_a_draft_is_shown_where_nothing_is_closed(here: Path) -> None:
    """A new project sees the digest that is under way."""
    for name in ("old", "van"):
        (here / "seeds" / f"{name}.md").unlink()
    assert "Airports add face gates" in ask("show").output


@pytest.mark.parametrize("key", ["2024-W07", "2024-w07", "2024-W07/", "digest/2024-W07/"])
def test_an_edition_is_found_as_people_write_it(here: Path, key: str) -> None:
    """In either case, and as a shell completes its folder."""
    assert "1. Parliament bans face databases [1]" in ask("show", key).output


def test_an_edition_that_is_not_there_is_named(here: Path) -> None:
    """Status 2, and the editions that are there."""
    told = ask("show", "2031-W01")
    assert (2, True) == (
        told.exit_code,
        "no edition: '2031-W01'. The newest: 2024-W11, 2024-W08, 2024-W07." in told.output,
    )


def test_a_project_without_stories_has_no_edition(here: Path) -> None:
    """Status 2 and what to do next."""
    for path in (here / "seeds").iterdir():
        path.unlink()
    told = ask("lint")
    assert (2, True) == (told.exit_code, "there is no edition" in told.output)


def test_lint_passes_what_is_fit_to_send(here: Path) -> None:
    """Every gate is named, the score comes last, the status is 0."""
    told = ask("lint")
    lines = told.output.splitlines()
    assert (0, "27 of 27 gates passed") == (told.exit_code, lines[-1])
    assert all(line.startswith("pass  ") for line in lines[:-1])


def test_lint_fails_where_the_sender_says_nothing(here: Path) -> None:
    """A missing fact is a failed gate that names the key; with --quiet only those are printed."""
    (here / "frtfeed.toml").write_text("", encoding="utf-8")
    told = ask("lint", "--quiet")
    assert 1 == told.exit_code
    assert "FAIL  sender: List-Id: missing. Set [mail] list_id" in told.output
    assert "pass  " not in told.output
    assert "22 of 27 gates passed" in told.output


def test_lint_reads_a_message_from_a_file(here: Path) -> None:
    """Any .eml will do; JSON says the same to a program."""
    CliRunner().invoke(main, ["build", "--now", NOW], catch_exceptions=False)
    told = ask("lint", "out/digest/2024-W08/email.eml", "--json")
    assert (0, 27) == (told.exit_code, json.loads(told.output)["passed"])
    (here / "hello.eml").write_bytes(b"Subject: Hello\r\n\r\nHello.\r\n")
    told = ask("lint", "hello.eml", "--json")
    assert 1 == told.exit_code
    assert "no address that can send. Set [mail] from_address" == json.loads(told.output)["gates"]["sender: From"]


def test_lint_warns_of_placeholders(here: Path) -> None:
    """What stands under example.org passes, is said and counted, and does not end with 1: it may be looked at."""
    (here / "frtfeed.toml").write_text(SENDER.replace("desk@frt.example", "desk@example.org"), encoding="utf-8")
    told = ask("lint", "--quiet")
    assert (0, 2) == (told.exit_code, len(told.output.splitlines()))
    assert told.output.startswith("warn  sender: From: example.org is nobody's. Write your own to [mail] from_address")
    assert told.output.endswith("27 of 27 gates passed, 1 warning\n")
    assert ["sender: From"] == list(json.loads(ask("lint", "--json").output)["warnings"])


def test_lint_says_which_file_is_not_there(here: Path) -> None:
    """A wrong name is no failed gate."""
    told = ask("lint", "none.eml")
    assert (2, True) == (told.exit_code, "none.eml: cannot be read: No such file" in told.output)


def test_check_names_what_the_sender_must_still_say(here: Path) -> None:
    """Each missing fact of [mail] is a warning; what stands under example.org is a note."""
    (here / "frtfeed.toml").write_text('[mail]\nfrom_address = "digest@example.org"\n', encoding="utf-8")
    told = CliRunner().invoke(main, ["check", "--now", NOW], catch_exceptions=False).output
    assert ["postal_address", "unsubscribe_url", "unsubscribe_mailto", "list_id"] == re.findall(
        r"warning: \[mail\] (\w+): missing\.", told
    )
    assert "note: [mail] from_address: a placeholder: 'digest@example.org'." in told
    (here / "frtfeed.toml").write_text('[mail]\npostal_address = "1 Example Street, Example Town"', encoding="utf-8")
    told = CliRunner().invoke(main, ["check", "--now", NOW], catch_exceptions=False).output
    assert "note: [mail] postal_address: a placeholder: '1 Example Street, Example Town'." in told
    (here / "frtfeed.toml").write_text('[mail]\npostal_address = "   "', encoding="utf-8")
    told = CliRunner().invoke(main, ["check", "--now", NOW], catch_exceptions=False).output
    assert "warning: [mail] postal_address: missing." in told
    (here / "frtfeed.toml").write_text(SENDER, encoding="utf-8")
    assert "[mail]" not in CliRunner().invoke(main, ["check", "--now", NOW], catch_exceptions=False).output


# The preview

VIEWS = {
    *(f"{width}-{scheme}" for width in (375, 600, 1000) for scheme in ("light", "dark")),
    *(f"600-{name}" for name in ("images-off", "no-styles", "outlook", "inverted")),
}


def test_preview_without_a_browser_leaves_the_views(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Status 2 and a clear line; the pages are there to be opened by hand."""
    monkeypatch.setenv("PATH", str(here))
    told = ask("preview", "--to", "seen")
    assert (2, True) == (
        told.exit_code,
        "no browser on PATH: chromium, chromium-browser, google-chrome." in told.output,
    )
    assert {path.name for path in (here / "seen").iterdir()} == {f"{name}.html" for name in VIEWS}


def fake_browser(here: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program in the place of Chromium."""
    path = here / "chromium"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{here}{os.pathsep}{os.environ['PATH']}")


def test_preview_takes_a_picture_of_each_view(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser is asked for the heights once, then for each picture at its width and height."""
    heights = " ".join(f'data-height=\\"{100 + n}\\"' for n in range(len(VIEWS)))
    fake_browser(
        here,
        f'echo "$@" >> asked\nfor word; do case $word in --screenshot=*) : > "${{word#--screenshot=}}";; '
        f'--dump-dom) echo "{heights}";; esac; done',
        monkeypatch,
    )
    told = ask("preview", "--to", "seen")
    assert (0, "seen: 10 views, 10 pictures\n") == (told.exit_code, told.output)
    assert {path.stem for path in (here / "seen").glob("*.png")} == VIEWS
    asked = (here / "asked").read_text(encoding="utf-8").splitlines()
    assert (11, 1) == (len(asked), sum("--dump-dom" in line for line in asked))
    assert any("/seen/375-dark.png --window-size=375,101 file:///" in line for line in asked)
    assert "" == ask("preview", "--to", "seen", "--quiet").output


@pytest.mark.parametrize(
    ("uid", "words", "sandboxed", "offline"),
    [
        pytest.param(1000, [], True, True, id="anybody"),
        pytest.param(0, [], False, True, id="root"),
        pytest.param(1000, ["--online"], True, False, id="online"),
    ],
)
def test_the_browser_is_trusted_as_little_as_it_can_be(
    here: Path,
    monkeypatch: pytest.MonkeyPatch,
    uid: int,
    words: list[str],
    sandboxed: bool,
    offline: bool,
) -> None:
    """It keeps its sandbox unless root runs it, and reaches no publisher unless somebody says so."""
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    fake_browser(here, 'echo "$@" >> asked', monkeypatch)
    ask("preview", "--to", "seen", *words)
    asked = (here / "asked").read_text(encoding="utf-8")
    assert (sandboxed, offline) == ("--no-sandbox" not in asked, "--host-resolver-rules=MAP * ~NOTFOUND" in asked)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        pytest.param("echo no display >&2; exit 3", "failed: no display.", id="fails"),
        pytest.param("exit 3", "failed: status 3.", id="fails without a word"),
        pytest.param(
            'echo "data-height=\\"9\\"" | sed "p;p;p;p;p;p;p;p;p"', "the browser wrote no picture.", id="nothing"
        ),
    ],
)
def test_a_browser_that_fails_is_told(here: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str) -> None:
    """Status 2, what it said last, and what to do instead."""
    fake_browser(here, script, monkeypatch)
    told = ask("preview", "--to", "seen")
    assert (2, True) == (told.exit_code, said in told.output)


def test_a_browser_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    """What stands where a browser should be, and is none, is named."""
    made = Letter(subject="x", html="<p>x</p>", text="x")
    with pytest.raises(DeliveryError, match=r"none: does not answer: .* Open the views by hand"):
        photograph(write_views(made, folder=tmp_path), letter=made, browser=str(tmp_path / "none"))


def test_a_folder_that_cannot_be_written_is_told(here: Path) -> None:
    """Status 2 and another way."""
    (here / "file").write_text("", encoding="utf-8")
    told = ask("preview", "--to", "file/seen")
    assert (2, True) == (told.exit_code, "Name another with --to." in told.output)


def test_any_chromium_will_do(tmp_path: Path) -> None:
    """By the names that distributions give it."""
    for name in ("google-chrome", "chromium-browser", "chromium"):
        (tmp_path / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
        assert str(tmp_path / name) == find_browser(path=str(tmp_path))
    with pytest.raises(ConfigError, match="no browser on PATH"):
        find_browser(path=str(tmp_path / "nothing"))


WIDE_STORY = samples.group(
    samples.story("x", "Donaudampfschifffahrtsgesellschaft" * 9, excerpt="https://a.example/" + "x" * 400),
    coverage=samples.CROWD.coverage,
    background=(samples.member("y", "人脸识别" * 60),),
)


def measured(tmp_path: Path, *, width: int, asked: str) -> str:
    """Return what a browser says of a letter: asked is an expression over `page`, its document's element."""
    edition = telling(WIDE_STORY, samples.RECORD, samples.ARABIC, *many(12).groups)
    made = write_letter(edition, site=samples.SITE, templates=TEMPLATES)
    frame = f'<iframe width="{width}" height="900" style="border:0" srcdoc="{escape(made.html)}"></iframe>'
    measure = (
        "onload = () => { const page = document.querySelector('iframe').contentDocument.documentElement; "
        f"document.title = {asked} }}"
    )
    (tmp_path / "page.html").write_text(f"<!DOCTYPE html><meta charset=utf-8><script>{measure}</script>{frame}")
    words = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={tmp_path}/profile"]
    command = ["chromium", *words, "--dump-dom", (tmp_path / "page.html").as_uri()]
    dumped = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    return dumped.partition("<title>")[2].partition("</title>")[0]


@pytest.mark.slow
@needs_chromium
@pytest.mark.parametrize("width", [375, 600])
def test_nothing_runs_off_the_screen(tmp_path: Path, width: int) -> None:
    """However long a word is, nobody has to scroll sideways."""
    told = measured(tmp_path, width=width, asked="`${page.scrollWidth} of ${page.clientWidth}`")
    assert f"{width} of {width}" == told


@pytest.mark.slow
@needs_chromium
def test_links_can_be_hit(tmp_path: Path) -> None:
    """Every link is 24 pixels high or more (WCAG 2.2 §2.5.8)."""
    heights = "[...page.querySelectorAll('a')].map(each => each.getBoundingClientRect().height)"
    count, least = measured(tmp_path, width=375, asked=f"`${{{heights}.length}} ${{Math.min(...{heights})}}`").split()
    assert int(count) > 20
    assert float(least) >= 24


@pytest.mark.slow
@needs_chromium
def test_pictures_are_as_wide_as_their_view_and_hold_all_of_it(here: Path) -> None:
    """A real browser draws each view from its first line to its last, and nothing runs off the phone."""
    told = ask("preview")
    assert (0, "preview: 10 views, 10 pictures\n") == (told.exit_code, told.output)
    for path in (here / "preview").glob("*.png"):
        width, height = struct.unpack(">II", path.read_bytes()[16:24])
        assert int(path.stem.partition("-")[0]) == width
        assert 300 < height < 2000
