"""From three feeds to a published site: fetch, review, import, as an editor types them."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from frtfeed.config import load_config
from frtfeed.newsdesk import reviewing
from tests.cli.site import LATER, NOW, ask, atom, entry, inbox, page, project, source
from tests.fetch.server import Answer, Site

THREE = (
    entry(1, "Police scan faces at the station"),
    entry(2, "Facial Recognition Market Size, Share, Forecast to 2030"),
    entry(3, "A podcast on cameras"),
)


@pytest.mark.slow
def test_three_feeds_become_a_site(here: Path, web: Site) -> None:
    """Following, fetching, reviewing, publishing, building: what the editor published is out, and nothing else."""
    project(here, web, '[intake.topics]\nPolicing = ["police"]\n')
    web.routes |= {
        "/a": atom(entry(1, "Police scan faces at the station"), title="A"),
        "/b": atom(entry(2, "Court stops face scans in schools"), title="B"),
        "/c": atom(entry(3, "Airport opens a face lane"), title="C"),
    }
    for path in web.routes:
        assert 0 == ask("source", "add", web.url(path)).exit_code
    told = ask("fetch", "--now", NOW)
    assert (0, 1) == (told.exit_code, told.output.count("\n"))
    assert "3 of 3 sources asked: 3 stories new, 0 changed, 0 told already, 0 dropped, 0 failed" in told.output
    assert 3 == sum("published: false" in text for text in inbox(here).values())
    assert "3 stories wait for review" in ask("check", "--now", NOW).output
    told = ask("review", keys="p\nn\nd\n")
    assert "1 published, 1 dropped, 1 waiting" in told.output
    assert 2 == len(inbox(here))
    assert 0 == ask("build", "--now", NOW).exit_code
    feed = json.loads((here / "out/feed.json").read_bytes())
    assert ["Airport opens a face lane"] == [each["title"] for each in feed["items"]]
    assert "0 stories new" in ask("fetch", "--now", LATER).output
    assert 2 == len(inbox(here))


def test_one_bad_source_stops_no_other(here: Path, web: Site) -> None:
    """A source that fails is named, exits with 1, and the others are read."""
    web.routes |= {"/good": atom(*THREE), "/bad": Answer(status=500), "/html": page(body="no feed")}
    project(here, web, "".join(source(name, web.url(f"/{name}")) for name in ("good", "bad", "html")))
    told = ask("fetch", "--now", NOW)
    assert 1 == told.exit_code
    assert "bad: answered 500" in told.output
    assert "html: " in told.output
    assert "2 failed (" in told.output
    assert 2 == len(inbox(here))
    assert (0, "") == ((quiet := ask("fetch", "--quiet", "--now", NOW)).exit_code, quiet.output)


def test_what_is_wrong_with_items_is_one_line(here: Path, web: Site) -> None:
    """Of a feed's flaws the fetch says how many; --verbose and `source show` tell them, `source check` remembers."""
    web.routes["/a"] = atom(entry(1, "Police scan faces").replace("2024-03-12T10:01:00Z", "soon"), entry(2, ""))
    project(here, web, source("a", web.url("/a")))
    told = ask("fetch", "--dry-run", "--now", NOW)
    assert "a: 2 notes. See: --verbose" in told.output
    told = ask("fetch", "--now", NOW)
    assert ("a: 2 notes. See: frtfeed source show a" in told.output, "not a date" in told.output) == (True, False)
    assert "a: item 1: not a date: 'soon'. The item counts as undated." in ask("source", "show", "a").output
    assert 2 == len(json.loads(ask("source", "show", "a", "--json").output)["notes"])
    assert "2 notes: frtfeed source show a" in ask("source", "check", "--now", NOW).output
    assert "item 1: not a date" in ask("fetch", "--source", "a", "--verbose", "--now", LATER).output
    web.routes["/a"] = atom(entry(1, "Police scan faces"))
    ask("fetch", "--source", "a", "--now", LATER)
    assert "note" not in ask("source", "show", "a").output


def test_what_was_not_read_is_always_told(here: Path, web: Site) -> None:
    """Items that are cut off are told at once; with --quiet once, not at every poll."""
    web.routes["/a"] = atom(*THREE)
    path = project(here, web, source("a", web.url("/a")))
    path.write_text(path.read_text(encoding="utf-8").replace("[fetch]", "[fetch]\nmax_items = 2"), encoding="utf-8")
    assert "a: 3 items" in ask("fetch", "--quiet", "--now", NOW).output
    assert "" == ask("fetch", "--source", "a", "--quiet", "--now", LATER).output
    assert "a: 3 items" in ask("fetch", "--source", "a", "--now", LATER).output


def test_one_bad_day_is_silent_in_cron(here: Path, web: Site) -> None:
    """With --quiet a source that fails is told from the third time on."""
    web.routes["/a"] = Answer(status=500)
    project(here, web, source("a", web.url("/a")))
    told = [ask("fetch", "--source", "a", "--quiet", "--now", f"2024-03-{day}") for day in (13, 14, 15, 16)]
    assert [1] * 4 == [each.exit_code for each in told]
    assert [False, False, True, True] == ["answered 500" in each.output for each in told]


def test_a_source_without_a_title_is_called_as_its_feed(here: Path, web: Site) -> None:
    """The provider of a hand-written source's stories is the feed's own name."""
    web.routes["/a"] = atom(entry(1, "Police scan faces"))
    project(here, web, source("a", web.url("/a")))
    ask("fetch", "--now", NOW)
    assert 'name: "The Watch"' in next(iter(inbox(here).values()))


def test_a_topic_can_be_explained(here: Path, web: Site) -> None:
    """Which keyword gave a topic is told of the file, too, and which topic no keyword gives."""
    web.routes["/a"] = atom(entry(1, "Police scan faces at the station"))
    project(here, web, '[intake.topics]\nPolicing = ["police"]\n' + source("a", web.url("/a"), 'topics = ["Rail"]'))
    ask("fetch", "--now", NOW)
    ask("review", keys="p")
    told = ask("explain", "Police scan", "--now", NOW).output
    assert "+4  topics: 2 for each: Rail (in its file), Policing (“police” in the title)" in told


def test_reading_commands_write_nothing(here: Path, web: Site) -> None:
    """What only shows makes no folder for memory."""
    web.routes["/a"] = atom(*THREE)
    project(here, web, source("a", web.url("/a")))
    for words in (["source", "list"], ["source", "check"], ["source", "show", "a"], ["fetch", "--dry-run"]):
        assert 0 == ask(*words).exit_code
    assert not (here / ".frtfeed").exists()


@pytest.mark.slow
def test_a_full_disk_behind_the_output_is_told(here: Path, web: Site) -> None:
    """Where the lines cannot be written the command says so and ends; the stories are safe."""
    web.routes["/a"] = atom(*THREE)
    project(here, web, source("a", web.url("/a")))
    command = [sys.executable, "-m", "frtfeed", "fetch", "-v", "--now", NOW]
    with open("/dev/full", "wb") as full:
        told = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert (2, 1) == (told.returncode, told.stderr.count(b"\n"))
    assert b"standard output: cannot be written: No space left on device" in told.stderr
    assert 2 == len(inbox(here))


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [["source", "list"], ["source", "show", "a"], ["source", "check"], ["opml", "export"], ["review"]],
    ids=" ".join,
)
def test_a_full_disk_behind_any_list_is_told(here: Path, web: Site, words: list[str]) -> None:
    """What only shows ends with one line, too, where it cannot be written."""
    project(here, web, source("a", "https://a.example/feed"))
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "frtfeed", *words, "--now", NOW]
        told = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, check=False)
    said = b"standard output: cannot be written: No space left on device. Make room, or send it elsewhere.\n"
    assert (2, said) == (told.returncode, told.stderr)


def test_termination_is_told(here: Path, web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service manager's SIGTERM ends a fetch with a word and the status of its signal."""
    project(here, web)
    monkeypatch.setattr("frtfeed.cli.inbox.fetch_and_tell", lambda *_, **__: signal.raise_signal(signal.SIGTERM))
    before = signal.getsignal(signal.SIGTERM)
    told = ask("fetch")
    assert (143, True) == (told.exit_code, "terminated: what was taken in counts" in told.output)
    assert before == signal.getsignal(signal.SIGTERM)


def test_a_dry_run_shows_which_rule_did_what(here: Path, web: Site) -> None:
    """A dry run names for each item what would become of it and why, and changes nothing."""
    web.routes["/a"] = atom(*THREE)
    rules = '[intake]\nexclude = { words = ["podcast"] }\n[intake.topics]\nPolicing = ["police"]\n'
    project(here, web, rules + source("a", web.url("/a")))
    told = ask("fetch", "--dry-run", "--now", NOW).output
    for said in (
        "new      a: Police scan faces at the station – no rule against it [Policing (“police” in the title)]",
        "dropped  a: Facial Recognition Market Size, Share, Forecast to 2030 – market reports: a market's",
        "dropped  a: A podcast on cameras – [intake] exclude.words: the words “podcast”",
        "1 story would be new, 0 would be changed, 0 told already, 2 dropped",
    ):
        assert said in told
    assert ({}, False) == (inbox(here), (here / ".frtfeed").exists())
    ask("fetch", "--now", NOW)
    assert "1 told already" in ask("fetch", "--dry-run", "--now", NOW).output
    assert 1 == len(inbox(here))


def test_a_source_is_asked_politely_or_at_once(here: Path, web: Site) -> None:
    """A source that is not due is left alone; one that is named is asked now, for all that it has."""
    web.routes["/a"] = Answer(body=atom(*THREE).body, etag='"1"')
    path = project(here, web, source("a", web.url("/a")))
    ask("fetch", "--now", NOW)
    assert "0 of 1 source asked" in ask("fetch", "--now", NOW).output
    assert "1 of 1 source asked: 0 stories new" in ask("fetch", "--now", LATER).output
    assert '"1"' == web.asked[-1].headers.get("if-none-match")
    path.write_text(path.read_text(encoding="utf-8") + "[intake]\ndrop_market_reports = false\n", encoding="utf-8")
    assert "1 story new" in ask("fetch", "--source", "a", "--now", LATER).output
    assert "nowhere: no such source. Known: a." in ask("fetch", "--source", "nowhere").output


def test_a_change_at_the_source_is_told(here: Path, web: Site) -> None:
    """With --verbose each item says what became of it: which field changed, which one an editor keeps."""
    web.routes["/a"] = atom(entry(1, "Police scan faces at the station"))
    project(here, web, source("a", web.url("/a")))
    ask("fetch", "--now", NOW)
    (name,) = inbox(here)
    file = here / "seeds/inbox" / name
    file.write_text(file.read_text(encoding="utf-8").replace("Police scan", "Officers scan"), encoding="utf-8")
    web.routes["/a"] = atom(entry(1, "Police scanned faces at the station", "They were told now."))
    told = ask("fetch", "--verbose", "--now", LATER).output
    assert "changed  a: Police scanned faces at the station – its excerpt changed; kept as edited: title" in told
    assert ("Officers scan" in (text := file.read_text(encoding="utf-8")), "They were told now." in text) == (
        True,
        True,
    )


@pytest.mark.parametrize(("keywords", "out"), [('["police", "faces"]', 1), ('["lidar"]', 0)])
def test_on_auto_the_threshold_publishes(here: Path, web: Site, keywords: str, out: int) -> None:
    """On auto nobody reviews: a story above the threshold goes out, one below it waits, for quality or company."""
    web.routes["/a"] = atom(entry(1, "Police scan faces at the station"))
    project(
        here,
        web,
        f"[quality]\nkeywords = {keywords}\n[publish]\nalone = 30\n" + source("a", web.url("/a"), 'publish = "auto"'),
    )
    ask("fetch", "--now", NOW)
    assert ["published: auto"] == [
        line for text in inbox(here).values() for line in text.splitlines() if line.startswith("published:")
    ]
    ask("build", "--now", NOW)
    assert out == len(json.loads((here / "out/feed.json").read_bytes())["items"])
    assert "0 waiting" in ask("review").output
    if not out:
        assert "below the threshold" in ask("explain", "Police scan", "--now", NOW).output


def test_review_obeys_its_keys(here: Path, web: Site) -> None:
    """Each key does what it says at once: read, next, back, publish, drop, undo; an unknown one shows the keys."""
    web.routes["/a"] = atom(*THREE[::2])
    project(here, web, source("a", web.url("/a")))
    ask("fetch", "--now", NOW)
    before = inbox(here)
    told = ask("review", keys="?rnbd\nu q")
    assert (before, True) == (inbox(here), "0 published, 0 dropped, 2 waiting" in told.output)
    for said in (
        "p publish · d drop",
        "[1 of 2] A podcast",
        "[2 of 2] Police scan",
        "Travellers were",
        "no longer dropped",
    ):
        assert said in told.output
    told = ask("review", keys="p d p r n b u")
    assert "That was the last one" in told.output
    assert "1 published, 0 dropped, 1 waiting" in told.output
    assert 1 == sum("published: true" in text for text in inbox(here).values())
    assert "[1 of 1] Police scan" in ask("review", keys="").output
    assert "0 waiting" in ask("review", keys="dq").output.splitlines()[-1]
    assert "0 published, 0 dropped, 0 waiting" in ask("review").output


def test_an_interrupted_review_has_lost_nothing(here: Path, web: Site) -> None:
    """What was decided before the end of a pipe, or before a file that fails, has been done."""
    web.routes["/a"] = atom(*THREE[::2])
    project(here, web, source("a", web.url("/a")))
    ask("fetch", "--now", NOW)
    record = here / "seeds/inbox/a-record.txt"
    record.write_text(
        "A record\n\nOccurred: May 2019\n\nProse about it, long enough to be prose.\n\nOperator: A\nCountry: UK\n\n"
        "Published: June 2019\nPublished: no\n",
        encoding="utf-8",
    )
    told = ask("review", keys="dnp")
    assert (2, True) == (told.exit_code, "a-record.txt: no front matter that can be changed" in told.output)
    assert 2 == len(inbox(here))


def test_a_file_in_another_encoding_is_left_to_its_editor(here: Path, web: Site) -> None:
    """A file that is not UTF-8 is shown, and changed by hand only."""
    project(here, web)
    file = here / "seeds/inbox/a.md"
    file.parent.mkdir()
    fields = "title: café\npublished: no\nwebUrl: https://a.example/1\npublishedDateTime: 2024-03-12"
    content = f"---\n{fields}\n---\n".encode("latin-1")
    file.write_bytes(content)
    told = ask("review", keys="p")
    assert (2, True, content) == (told.exit_code, "no front matter that can be" in told.output, file.read_bytes())


def test_a_file_that_has_gone_meanwhile_is_told(here: Path, web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A story that somebody moves while it is reviewed is passed over and waits no more; the others are reviewed."""
    web.routes["/a"] = atom(*THREE)
    project(here, web, source("a", web.url("/a")))
    ask("fetch", "--now", NOW)
    stories = reviewing.waiting(load_config(here / "frtfeed.toml"))
    stories[0].path.unlink()
    monkeypatch.setattr(reviewing, "waiting", lambda config: stories)
    assert "0 published, 0 dropped, 1 waiting" in ask("review", keys="pbp").output
    for key, said in (("p", "1 published, 0 dropped, 0 waiting"), ("d", "0 published, 1 dropped, 0 waiting")):
        told = ask("review", keys=key * 2)
        assert (0, True) == (told.exit_code, said in told.output)
        assert "not there any more: left alone" in told.output


PAGE = (
    "<!doctype html><html lang='en'><head><title>Serco told to stop</title>"
    "<meta property='og:site_name' content='The Paper'>{}</head><body><article><h1>Serco told to stop</h1>"
    + "<p>The regulator has told the company to stop scanning the faces of its staff at once.</p>" * 3
    + "</article></body></html>"
)
DATED = PAGE.format("<meta property='article:published_time' content='2024-02-23T12:00:00Z'>")


def test_a_page_is_imported(here: Path, web: Site) -> None:
    """A page's address becomes a hidden story file; it says what was understood, and does not come twice."""
    web.routes["/serco"] = Answer(body=DATED.encode(), headers={"Content-Type": "text/html"})
    project(here, web)
    told = ask("import", web.url("/serco"), "--topic", "Workplace", "--now", NOW)
    assert 0 == told.exit_code
    for said in ("Serco told to stop", "article: The Paper · 23 February 2024 · Workplace", web.url("/serco")):
        assert said in told.output
    (text,) = inbox(here).values()
    assert ("published: false" in text, "<p>" in text) == (True, False)
    assert "told already in seeds/inbox/2024-02-23-serco-told-to-stop-" in ask("import", web.url("/serco")).output


def test_what_a_page_does_not_tell_is_asked_for(here: Path, web: Site) -> None:
    """Without a terminal, a page without its date says what is missing; the option gives it."""
    project(here, web)
    Path("page.html").write_text(PAGE.format(""), encoding="utf-8")
    told = ask("import", "page.html", "--yes")
    assert (2, True) == (told.exit_code, "page.html: no date" in told.output)
    assert "Say what is missing with --date." in told.output
    told = ask("import", "page.html", "--date", "2024-02-23", "--url", "https://paper.example/serco", "--provider", "P")
    assert 0 == told.exit_code
    (text,) = inbox(here).values()
    for line in ("publishedDateTime: 2024-02-23\n", 'webUrl: "https://paper.example/serco"', 'name: "P"'):
        assert line in text


def test_the_text_of_a_page_is_imported(here: Path, web: Site) -> None:
    """A page saved as text takes the date that it is given; without an address its own text is kept."""
    project(here, web)
    prose = "The ministry is planning to fit people on bail with watches that scan their faces."
    Path("page.txt").write_text(f"Ministry to scan faces\n\n{prose}\n\n{prose} Again.\n", encoding="utf-8")
    assert "Say what is missing with --date." in ask("import", "page.txt").output
    assert 0 == ask("import", "page.txt", "--date", "2 August 2022", "-q").exit_code
    (text,) = inbox(here).values()
    assert ('title: "Ministry to scan faces"' in text, f"<p>{prose}</p>" in text) == (True, True)
    assert "told already" in ask("import", "page.txt", "--date", "2 August 2022").output


def test_an_incident_record_is_imported(here: Path, web: Site) -> None:
    """A record becomes the story file of an incident, with its facts and its text."""
    project(here, web)
    Path("record.txt").write_text(
        "A station scans faces\n\nOccurred: May 2019\n\nProse about it, long enough to be prose.\n\n"
        "Operator: Argent; Police\nCountry: UK\n\nPage info\nPublished: June 2019\n",
        encoding="utf-8",
    )
    assert 0 == ask("import", "record.txt", "--yes").exit_code
    (text,) = inbox(here).values()
    for line in ("type: incident", "occurred: 2019-05\n", "publishedDateTime: 2019-06\n", '  - "Argent"', "<p>Prose"):
        assert line in text
    assert "1 published" in ask("review", keys="p").output
    assert "1 story" in ask("build", "--now", NOW).output


def test_a_story_may_be_made_of_answers(here: Path, web: Site) -> None:
    """A page without an article is a story all the same where title, date and address are given."""
    project(here, web)
    Path("page.html").write_text("<html><body>Sign in to read.</body></html>", encoding="utf-8")
    told = ask("import", "page.html")
    assert (2, True) == (told.exit_code, "Say what is missing with --title, --date, --url." in told.output)
    given = ("--title", "Behind a wall", "--date", "2024-03-01", "--url", "https://wall.example/1")
    assert 0 == ask("import", "page.html", *given).exit_code
    assert 'name: "wall.example"' in next(iter(inbox(here).values()))


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits there and answers."""
    monkeypatch.setattr("frtfeed.cli.options.on_terminal", lambda: True)


@pytest.mark.usefixtures("terminal")
def test_an_editor_is_asked(here: Path, web: Site) -> None:
    """On a terminal a missing date is asked for, and nothing is written without a yes."""
    project(here, web)
    Path("page.html").write_text(PAGE.format(""), encoding="utf-8")
    told = ask("import", "page.html", keys="2024-02-23\n\nn\n")
    assert ("Published on" in told.output, "Its address" in told.output, {}) == (True, True, inbox(here))
    assert 0 == ask("import", "page.html", keys="2024-02-23\nhttps://paper.example/1\ny\n").exit_code
    assert "publishedDateTime: 2024-02-23" in next(iter(inbox(here).values()))


@pytest.mark.usefixtures("terminal")
def test_a_wrong_answer_is_asked_again(here: Path, web: Site) -> None:
    """A date that is none loses nothing of what was said before."""
    project(here, web)
    Path("page.html").write_text("<html><body>Sign in to read.</body></html>", encoding="utf-8")
    told = ask("import", "page.html", keys="Behind a wall\nsoon\n2024-03-01\nx\nhttps://wall.example/1\ny\n")
    assert 0 == told.exit_code
    for said in ("--date: not a date: 'soon'", "--url: not an http or https address: 'x'"):
        assert said in told.output
    assert 'title: "Behind a wall"' in next(iter(inbox(here).values()))


@pytest.mark.usefixtures("terminal")
def test_the_end_of_input_ends_a_review(here: Path, web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-D ends a review as q does."""
    web.routes["/a"] = atom(*THREE[::2])
    project(here, web, source("a", web.url("/a")))
    ask("fetch", "--now", NOW)

    def at_end() -> str:
        raise EOFError

    monkeypatch.setattr("click.getchar", at_end)
    assert "0 published, 0 dropped, 2 waiting" in ask("review").output


@pytest.mark.usefixtures("terminal")
def test_review_listens_to_keys_on_a_terminal(here: Path, web: Site) -> None:
    """On a terminal a key counts at once, without Enter."""
    web.routes["/a"] = atom(*THREE[::2])
    project(here, web, source("a", web.url("/a")))
    ask("fetch", "--now", NOW)
    assert "1 published, 1 dropped, 0 waiting" in ask("review", keys="PDq").output


@pytest.mark.usefixtures("terminal")
def test_a_choice_is_asked_for(here: Path, web: Site) -> None:
    """On a terminal the feeds of a page are numbered, and one is asked for."""
    project(here, web)
    web.routes |= {"/": page("/news", "/video"), "/video": atom(title="Video")}
    assert "video: Video" in ask("source", "add", web.url("/"), keys="2\n").output


def test_run_fetches_on_its_schedule(here: Path, web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """`run` has a job for the sources, if there are any, that reads them and tells of it."""
    web.routes["/a"] = atom(*THREE)
    path = project(here, web, source("a", web.url("/a")))
    seen: dict[str, str] = {}

    def run_once(jobs: dict[str, tuple[str, Callable[[], None]]], **given: object) -> None:
        seen.update({name: cron for name, (cron, _) in jobs.items()})
        if seen["fetch"]:
            jobs["fetch"][1]()

    monkeypatch.setattr("frtfeed.schedule.run_jobs", run_once)
    assert "2 stories new" in ask("run", "--now", NOW).output
    assert {"fetch": "5,35 * * * *", "build": "*/15 * * * *"} == seen
    path.write_text(path.read_text(encoding="utf-8").partition("[[source]]")[0], encoding="utf-8")
    ask("run")
    assert "" == seen["fetch"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.html"], "nowhere.html: cannot be read: No such file"),
        (["/404"], "answered 404"),
        (["/empty"], "an empty page"),
        (["frtfeed.toml", "--date", "soon"], "--date: not a date: 'soon'"),
        (["frtfeed.toml", "--url", "x"], "--url: not an http or https address: 'x'"),
        (["binary", "--date", "2024-03-01"], "not a text file. Say what is missing with"),
    ],
)
def test_what_cannot_be_imported_says_so(here: Path, web: Site, words: list[str], said: str) -> None:
    """A page that is not there, an answer that is none: said, and nothing is written."""
    project(here, web)
    web.routes["/empty"] = Answer()
    Path("binary").write_bytes(b"a\x00b")
    place = web.url(words[0]) if words[0].startswith("/") else words[0]
    told = ask("import", place, *words[1:])
    assert (2, True, {}) == (told.exit_code, said in told.output, inbox(here))
