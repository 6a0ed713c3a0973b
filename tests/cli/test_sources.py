"""Sources, as an editor follows them: added, seen, paused, removed, taken in and out as OPML."""

import json
import tomllib
from pathlib import Path

import pytest

from tests.cli.site import LATER, NOW, ask, atom, entry, page, project, source
from tests.fetch.server import Answer, Site, redirect


def sources(folder: Path) -> list[dict[str, object]]:
    return tomllib.loads((folder / "frtfeed.toml").read_text(encoding="utf-8")).get("source", [])


def test_a_feed_is_added(here: Path, web: Site) -> None:
    """A feed's address is enough: it is read, named, shown, and written below the rest of the file."""
    before = project(here, web, "# mine\n").read_text(encoding="utf-8")
    web.routes["/feed"] = atom(entry(1, "Police scan faces"))
    told = ask("source", "add", web.url("/feed"), "--topic", "Policing", "--publish", "auto")
    assert 0 == told.exit_code
    for said in ("the-watch: The Watch", "1 item", "– Police scan faces", "--source the-watch --dry-run"):
        assert said in told.output
    assert (here / "frtfeed.toml").read_text(encoding="utf-8").startswith(before)
    assert [
        {
            "name": "the-watch",
            "url": web.url("/feed"),
            "title": "The Watch",
            "site_url": "https://watch.example/",
            "topics": ["Policing"],
            "publish": "auto",
        }
    ] == sources(here)


@pytest.mark.parametrize("words", [(), ("--choose", "1")], ids=["the only one", "chosen"])
def test_a_page_leads_to_its_feed(here: Path, web: Site, words: tuple[str, ...]) -> None:
    """A page's address is enough, too."""
    project(here, web)
    web.routes |= {"/": page("/feed"), "/feed": atom()}
    assert 0 == ask("source", "add", web.url("/"), "--quiet", *words).exit_code
    assert [web.url("/feed")] == [each["url"] for each in sources(here)]


def test_a_page_without_a_word_is_searched(here: Path, web: Site) -> None:
    """Where a page names no feed, the places where feeds usually lie are tried."""
    project(here, web)
    web.routes |= {"/": page(), "/rss.xml": atom()}
    assert 0 == ask("source", "add", web.url("/")).exit_code
    assert [web.url("/rss.xml")] == [each["url"] for each in sources(here)]


def test_several_feeds_are_a_choice(here: Path, web: Site) -> None:
    """Several feeds are numbered, and --choose takes one."""
    project(here, web)
    web.routes |= {"/": page("/news", "/comments", "/video"), "/video": atom(title="Video")}
    told = ask("source", "add", web.url("/"))
    assert 2 == told.exit_code
    for said in ("1. news", "2. video", "3. comments", "3 feeds found. Say which one with --choose N."):
        assert said in told.output
    assert [] == sources(here)
    assert "there is no feed 9" in ask("source", "add", web.url("/"), "--choose", 9).output
    assert 0 == ask("source", "add", web.url("/"), "--choose", 2, "--name", "film").exit_code
    assert [("film", "Video")] == [(each["name"], each["title"]) for each in sources(here)]


def test_a_feed_that_has_moved_is_added_where_it_lives(here: Path, web: Site) -> None:
    """A permanent redirect is followed once and for all."""
    project(here, web)
    web.routes |= {"/old": redirect(web.url("/new"), 301), "/new": atom()}
    ask("source", "add", web.url("/old"))
    assert [web.url("/new")] == [each["url"] for each in sources(here)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["/nowhere"], "answered 404"),
        (["/plain"], "no feed, and the page names none"),
        (["/named", "--choose", "1"], "answered 404"),
        (["/liar", "--choose", "1"], "not a feed. Choose another one."),
        (["/ours", "--name", "one"], "--name: taken already: 'one'. Try 'one-2'."),
        (["/ours", "--name", "A b"], "not lower case letters and digits joined by -: 'A b'. Try 'a-b'."),
        (["/same"], "followed already, as one."),
    ],
)
def test_what_cannot_be_added_says_so(here: Path, web: Site, words: list[str], said: str) -> None:
    """An address without a feed, a name that is taken: said, and nothing is changed."""
    path = project(here, web, source("one", web.url("/same")))
    before = path.read_bytes()
    web.routes |= {
        "/plain": page(),
        "/named": page("/gone"),
        "/liar": page("/plain"),
        "/ours": atom(),
        "/same": atom(),
    }
    told = ask("source", "add", web.url(words[0]), *words[1:])
    assert (2, True, before) == (told.exit_code, said in told.output, path.read_bytes())


def test_names_are_unique(here: Path, web: Site) -> None:
    """Two feeds of one title get two names; one without a title gets its host's."""
    project(here, web)
    web.routes |= {"/1": atom(), "/2": atom(), "/3": atom(title="")}
    for path in web.routes:
        ask("source", "add", web.url(path))
    assert ["the-watch", "the-watch-2", "127-0-0-1"] == [each["name"] for each in sources(here)]


def test_without_a_project_there_is_nothing_to_add_to(here: Path, web: Site) -> None:
    """A source needs a configuration to stand in."""
    told = ask("source", "add", "http://127.0.0.1:1/")
    assert (2, True) == (told.exit_code, "127.0.0.1" in told.output)


def test_sources_are_seen_and_changed(here: Path, web: Site) -> None:
    """A source is listed, shown, paused, resumed and removed by its name."""
    project(here, web, source("one", web.url("/1"), 'topics = ["Rail"]', 'include = { words = ["face"] }'))
    assert "one" in ask("source", "list").output
    (facts,) = [json.loads(line) for line in ask("source", "list", "--json").output.splitlines()]
    assert ("one", "never asked", ["include words: face"]) == (facts["name"], facts["health"], facts["rules"])
    assert facts == json.loads(ask("source", "show", "one", "--json").output)
    assert "topics     Rail" in ask("source", "show", "one").output
    assert "one: paused" in ask("source", "pause", "one").output
    assert "paused, never read" in ask("source", "list").output
    assert "frtfeed source resume one" in ask("fetch", "--source", "one").output
    assert 0 == ask("source", "resume", "one").exit_code
    assert "never asked" in ask("source", "list").output
    assert 0 == ask("source", "remove", "one").exit_code
    assert "No source yet" in ask("source", "list").output
    assert "There is none yet." in ask("source", "remove", "one").output


def test_a_removed_source_is_forgotten(here: Path, web: Site) -> None:
    """A source that is removed and added again is asked as a new one."""
    path = project(here, web, source("one", web.url("/1")))
    web.routes["/1"] = atom(entry(1, "Police scan faces"))
    text = path.read_text(encoding="utf-8")
    ask("fetch", "--now", NOW)
    ask("source", "remove", "one")
    path.write_text(text, encoding="utf-8")
    assert "never asked" in ask("source", "list").output


def test_health_is_said_in_words(here: Path, web: Site) -> None:
    """`source check` and `check` name what fails, since when, and what to do; one bad day is no alarm."""
    project(
        here, web, source("good", web.url("/good")) + source("bad", web.url("/bad")) + source("gone", web.url("/410"))
    )
    web.routes |= {"/good": atom(), "/bad": Answer(status=500), "/410": Answer(status=410)}
    ask("fetch", "--now", NOW)
    told = ask("source", "check", "--now", NOW)
    assert 1 == told.exit_code
    for said in (
        "well, last read 13 March 2024 at 00:00, next poll 13 March 2024",
        "failed once, never read: answered 500",
        "gone for good (410), never read: remove it",
        "3 sources, 1 in need of you",
    ):
        assert said in told.output
    assert ["gone"] == [line.split()[0] for line in ask("source", "check", "-q", "--now", NOW).output.splitlines()]
    assert "note: [[source]] bad: failed once" in ask("check", "--now", NOW).output
    for day in range(14, 17):
        ask("fetch", "--source", "bad", "--now", f"2024-03-{day}")
    told = ask("check", "--now", LATER)
    assert "warning: [[source]] bad: failed 4 times, never read" in told.output
    assert "warning: [[source]] gone: gone for good (410)" in told.output
    ask("source", "pause", "bad")
    ask("source", "remove", "gone")
    assert 0 == ask("source", "check").exit_code
    assert "[[source]]" not in ask("check", "--now", LATER).output


def test_a_source_that_is_gone_can_be_asked_again(here: Path, web: Site) -> None:
    """A source that said it was gone for good is not asked, that is said, and `source resume` ends it."""
    project(here, web, source("one", web.url("/1")))
    web.routes["/1"] = Answer(status=410)
    ask("fetch", "--now", NOW)
    web.routes["/1"] = atom(entry(1, "Police scan faces"))
    told = ask("fetch", "--source", "one", "--now", LATER)
    assert (2, True) == (
        told.exit_code,
        "one: gone for good (410). Ask it again with: frtfeed source resume one" in told.output,
    )
    assert "0 of 1 source asked" in ask("fetch", "--now", LATER).output
    assert 0 == ask("source", "resume", "one").exit_code
    assert "1 story new" in ask("fetch", "--now", LATER).output


def test_no_password_is_shown(here: Path, web: Site) -> None:
    """What stands before an address's @ stays in the configuration."""
    project(here, web, source("one", "https://me:secret@a.example/feed"))
    for words in (["source", "show", "one"], ["source", "list", "--json"], ["opml", "export"]):
        told = ask(*words).output
        assert ("https://a.example/feed" in told, "secret" in told) == (True, False)


def test_a_feed_address_is_an_address(here: Path, web: Site) -> None:
    """feed: before an address is how browsers once handed it to a reader."""
    project(here, web)
    web.routes["/feed"] = atom()
    assert 0 == ask("source", "add", f"feed:{web.url('/feed')}").exit_code
    assert [web.url("/feed")] == [each["url"] for each in sources(here)]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("C++", "+ does not count: it is read as “c”: 'C++'"),
        (".NET", ". does not count"),
        ("face scan*", ""),
        ("A.I.", ""),
        ("met police's", ""),
        ("Ständer-Gesicht", ""),
    ],
)
def test_a_word_that_loses_its_signs_is_told(here: Path, web: Site, word: str, said: str) -> None:
    """`check` warns of a rule whose word is read as something else than it says."""
    project(here, web, f'[intake]\nexclude = {{ words = ["{word}"] }}\n[intake.topics]\n"T" = ["{word}"]\n')
    told = ask("check", "--now", NOW).output
    assert bool(said) == ("does not count" in told)
    assert told.count(said) >= 2 if said else True


def test_a_move_is_said(here: Path, web: Site) -> None:
    """A source that has moved for good is asked there, and its health says what to write."""
    project(here, web, source("one", web.url("/old")))
    web.routes |= {"/old": redirect(web.url("/new"), 301), "/new": atom()}
    ask("fetch", "--now", NOW)
    assert f"moved to {web.url('/new')}: write that into frtfeed.toml" in ask("source", "list").output


def test_opml_goes_in_and_out(here: Path, web: Site) -> None:
    """The feeds of another reader are followed, folders as topics; what is followed already is left; and out again."""
    project(here, web, source("one", "https://one.example/feed"))
    Path("in.opml").write_text(
        '<opml version="2.0"><head/><body><outline text="Policing">'
        '<outline type="rss" text="One" xmlUrl="https://www.one.example/feed"/>'
        '<outline type="rss" text="Two" xmlUrl="https://two.example/feed"/>'
        '<outline type="rss" text="Bad" xmlUrl="javascript:x"/></outline></body></opml>',
        encoding="utf-8",
    )
    told = ask("opml", "import", "in.opml")
    assert (0, True) == (told.exit_code, "1 source added to frtfeed.toml, 1 followed already" in told.output)
    assert 1 == told.output.count("in.opml: Bad: not an http or https address: 'javascript:x'. Subscription skipped.")
    assert [("one", None), ("two", ["Policing"])] == [(each["name"], each.get("topics")) for each in sources(here)]
    assert 'xmlUrl="https://two.example/feed"' in ask("opml", "export").output
    assert "out.opml: 2 sources" in ask("opml", "export", "out.opml").output
    ask("source", "remove", "two")
    assert 0 == ask("opml", "import", "out.opml").exit_code
    assert ["one", "two"] == [each["name"] for each in sources(here)]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["import", "nowhere.opml"], 2, "nowhere.opml: cannot be read"),
        (["import", "frtfeed.toml"], 1, "not OPML"),
        (["export", "no/such/folder"], 2, "cannot be written"),
    ],
)
def test_opml_that_cannot_be(here: Path, web: Site, words: list[str], status: int, said: str) -> None:
    """A file that is no OPML, or cannot be read or written, is said."""
    project(here, web)
    told = ask("opml", *words)
    assert (status, True) == (told.exit_code, said in told.output)
