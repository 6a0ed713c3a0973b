"""The front door: whole paths, as a user types them."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import click
import pytest
from click.testing import CliRunner, Result

from frtfeed.cli import COMMANDS, LISTED, digest, inbox, main, site, sources
from frtfeed.deliver.folder import locked

NOW = "2024-03-13T00:00:00Z"


def ask(*words: object) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def write(folder: Path, name: str, *lines: str, title: str = "A story", url: str = "") -> Path:
    """Write a story file into the seeds of a project."""
    path = folder / "seeds" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    address = url or f"https://outlet.example/{Path(name).stem}"
    head = ["---", f'title: "{title}"', f'webUrl: "{address}"', "publishedDateTime: 2024-03-12T10:00:00Z"]
    path.write_text("\n".join([*head, *lines, "---", ""]), encoding="utf-8")
    return path


def tree(root: Path) -> dict[str, tuple[bytes, int]]:
    """Return every file's bytes and modification time."""
    return {
        path.relative_to(root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_init_makes_a_project_that_builds(here: Path) -> None:
    """A new project builds without a problem, and everything that was promised lies in out/."""
    assert 0 == ask("init", "site").exit_code
    os.chdir(here / "site")
    built = ask("build", "--strict", "--now", NOW)
    assert (0, True) == (built.exit_code, "Open out/index.html" in built.output)
    names = set(tree(here / "site/out"))
    assert {
        "index.html", "atom.xml", "rss.xml", "feed.json", "feeds.opml", "build.json", "assets/style.css",
        "incidents/index.html", "incidents/atom.xml", "topics/ai/rss.xml", "topics/ai/feed.json",
        "digest/index.html", "digest/atom.xml",
        *(f"digest/2024-W08/{name}" for name in ("index.html", "email.html", "email.txt", "email.eml")),
    } <= names  # fmt: skip


def test_init_changes_nothing_that_is_there(here: Path) -> None:
    """A file that is already there is left as it is, and said to be."""
    (here / "frtfeed.toml").write_text("[site]\n", encoding="utf-8")
    told = ask("init")
    assert "[site]\n" == (here / "frtfeed.toml").read_text(encoding="utf-8")
    assert "frtfeed.toml: already there" in told.output


def test_a_second_build_touches_nothing(here: Path) -> None:
    """Building again writes no file, build.json included."""
    write(here, "a.md")
    ask("build", "--now", NOW)
    before = tree(here / "out")
    told = ask("build", "--now", NOW)
    assert before == tree(here / "out")
    assert "0 files written" in told.output


def test_the_same_input_gives_the_same_bytes(here: Path) -> None:
    """Two folders of the same stories give the same output, timings apart, whatever the hash seed."""
    write(here, "a.md", "topics: [AI, Courts, ai]")
    write(here, "b/c.md", "topics: [Courts]", title="Another story")
    outputs = []
    for seed in ("1", "2"):
        out = here / f"out{seed}"
        command = [sys.executable, "-m", "frtfeed", "build", "--out", out, "--now", NOW]
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True)
        files = {name: content for name, (content, _) in tree(out).items()}
        report = json.loads(files.pop("build.json"))
        assert report.pop("timings")
        outputs.append((files, report))
    assert outputs[0] == outputs[1]


def test_a_withdrawn_story_leaves_everywhere(here: Path) -> None:
    """`published: false` takes a story, and what only it mentions, out of every file; its pages go."""
    body = ["related:", '  - title: "Only mentioned"', '    webUrl: "https://m.example/1"']
    kept = [*body, "    publishedDateTime: 2024-03-12T09:00:00Z"]
    write(here, "kept.md", title="Kept")
    write(here, "gone.md", "topics: [Vanishing]", *kept, title="Secret plan")
    ask("build", "--now", NOW)
    assert (here / "out/topics/vanishing/index.html").exists()
    write(here, "gone.md", "published: false", "topics: [Vanishing]", *kept, title="Secret plan")
    assert 0 == ask("build", "--now", NOW).exit_code
    assert not (here / "out/topics/vanishing").exists()
    everything = b"".join(content for content, _ in tree(here / "out").values()).lower()
    for trace in (b"secret plan", b"only mentioned", b"m.example", b"gone", b"vanishing"):
        assert trace not in everything
    assert 1 == json.loads((here / "out/build.json").read_bytes())["counts"]["hidden"]


def test_an_empty_result_never_replaces_a_good_one(here: Path) -> None:
    """When no story is left, the old output stays unless --allow-empty says otherwise."""
    path = write(here, "a.md")
    ask("build", "--now", NOW)
    before = tree(here / "out")
    path.unlink()
    told = ask("build", "--now", NOW)
    assert (2, before) == (told.exit_code, tree(here / "out"))
    assert "--allow-empty" in told.output
    assert 0 == ask("build", "--now", NOW, "--allow-empty").exit_code
    assert before != tree(here / "out")


def test_an_empty_folder_builds_an_empty_site(here: Path) -> None:
    """A folder without stories gives valid, empty feeds, and the build says so."""
    (here / "seeds").mkdir()
    told = ask("build", "--now", NOW)
    assert (0, True) == (told.exit_code, "0 stories" in told.output)
    assert b"<feed" in (here / "out/atom.xml").read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["build"], "seeds: no such folder", id="no seeds"),
        pytest.param(["build", "--seeds", "s", "--out", "s/out"], "lies inside the seeds folder", id="out in seeds"),
        pytest.param(["build", "--seeds", "s", "--now", "yesterday"], "--now: not a date: 'yesterday'", id="now"),
        pytest.param(["build", "--config", "no.toml"], "no.toml: cannot be read", id="config"),
        pytest.param(["check"], "seeds: no such folder", id="check without seeds"),
        pytest.param(["explain", "x"], "seeds: no such folder", id="explain without seeds"),
        pytest.param(["check", "--seeds", "s", "nosuch"], "nosuch: no such file", id="check of nothing"),
        pytest.param(["check", "--seeds", "s", ".."], "..: not below s", id="check elsewhere"),
        pytest.param(["build", "-q", "-v"], "exclude each other", id="quiet and verbose"),
        pytest.param(["explain"], "name a story, or say --all", id="explain nothing"),
        pytest.param(["build", "--seeds", "s", "--out", "."], "would be published", id="seeds in out"),
        pytest.param(["run"], "not a cron expression", id="run without a schedule"),
    ],
)
def test_what_cannot_be_done_says_so(here: Path, words: list[str], said: str) -> None:
    """A command that cannot be done leaves with status 2 and a message without a traceback."""
    (here / "s").mkdir()
    if words == ["run"]:
        (here / "frtfeed.toml").write_text('[run]\nbuild = "often"', encoding="utf-8")
    told = ask(*words)
    assert (2, True) == (told.exit_code, said in told.output)


def test_one_bad_file_harms_no_other(here: Path) -> None:
    """A bad file is named with file, line, field and value; the rest is built; --strict exits with 1."""
    write(here, "good.md")
    write(here, "bad.md", "quality: -5", title="Bad number")
    (here / "seeds/broken.md").write_text("---\ntitle: [\n---\n", encoding="utf-8")
    told = ask("build", "--now", NOW)
    assert 0 == told.exit_code
    assert "seeds/bad.md:5: warning: quality: " in told.output
    assert "'-5'" in told.output
    assert "seeds/broken.md" in told.output
    assert b"A story" in (here / "out/index.html").read_bytes()
    assert 1 == ask("build", "--now", NOW, "--strict").exit_code
    assert 1 == ask("check", "--now", NOW).exit_code
    told = ask("check", "--now", NOW, "seeds/bad.md", "seeds/good.md")
    assert (0, True) == (told.exit_code, "2 files read: 0 errors, 1 warning" in told.output)


def test_check_speaks_json(here: Path) -> None:
    """`check --json` prints an object a line that a program may read."""
    write(here, "bad.md", "quality: -5")
    lines = [json.loads(line) for line in ask("check", "--now", NOW, "--json").output.splitlines()]
    mail = ("from_address", "postal_address", "unsubscribe_url", "unsubscribe_mailto", "list_id")
    assert [
        ("frtfeed.toml", "[site] url"),
        *(("frtfeed.toml", f"[mail] {key}") for key in mail),
        ("bad.md", "quality"),
    ] == [(each["path"], each["field"]) for each in lines]


def test_quiet_prints_nothing_when_all_is_well(here: Path) -> None:
    """A cron run without problems sends no mail."""
    write(here, "a.md")
    told = ask("build", "--quiet", "--now", NOW)
    assert (0, "") == (told.exit_code, told.output)


def test_verbose_shows_stages(here: Path) -> None:
    """With --verbose each stage shows its time."""
    write(here, "a.md")
    told = ask("build", "--verbose", "--now", NOW)
    assert [True] * 4 == [stage in told.output for stage in ("parse", "group", "render", "deliver")]


def test_a_second_build_leaves(here: Path) -> None:
    """While one build writes, another leaves with status 2 and says why."""
    write(here, "a.md")
    with locked(here / "out"):
        told = ask("build", "--now", NOW)
    assert (2, True) == (told.exit_code, "another build is writing here" in told.output)


def test_a_template_mistake_leaves_the_old_output(here: Path) -> None:
    """A template that does not render is named with file and line; nothing is changed."""
    write(here, "a.md")
    ask("build", "--now", NOW)
    before = tree(here / "out")
    (here / "templates").mkdir()
    (here / "templates/front.html").write_text("fine\n{{ nothing.there }}\n", encoding="utf-8")
    told = ask("build", "--now", NOW)
    assert (2, before) == (told.exit_code, tree(here / "out"))
    assert "front.html, line 2" in told.output


def test_a_projects_template_wins(here: Path) -> None:
    """A file in the project's templates/ takes the place of frtfeed's own."""
    write(here, "a.md")
    (here / "templates").mkdir()
    (here / "templates/front.html").write_text("{{ site.title }} by hand", encoding="utf-8")
    ask("build", "--now", NOW)
    assert "FRT feed by hand" == (here / "out/index.html").read_text(encoding="utf-8").strip()


@pytest.mark.parametrize("name", ["serco.md", "serco", "https://www.outlet.example/serco/?utm_source=x", "Serco ord"])
def test_explain_finds_a_story_by_any_name(here: Path, name: str) -> None:
    """A file, a stem, an address in any form and a part of a title all name a story."""
    write(here, "serco.md", "topics: [AI]", title="Serco ordered to stop facial recognition")
    told = ask("explain", name, "--now", NOW)
    assert 0 == told.exit_code
    for said in ("Rank 1 of 1", "Quality 17", "+2  topics", "+15  keywords", "Heat of the event 17"):
        assert said in told.output


def test_explain_says_what_became_of_a_story(here: Path) -> None:
    """A covered, a hidden, a waiting and a mentioned story each get their answer."""
    related = ["related:", '  - title: "Mentioned"', '    webUrl: "https://m.example/1"']
    write(here, "lead.md", *related, "    publishedDateTime: 2024-01-01T09:00:00Z", title="Lead")
    write(here, "covered.md", "heat: -1", title="Covered")
    write(here, "hidden.md", "published: false", title="Hidden")
    write(here, "later.md", title="Later")
    path = here / "seeds/later.md"
    path.write_text(path.read_text(encoding="utf-8").replace("2024-03-12", "2024-03-14"), encoding="utf-8")
    answers = {
        name: json.loads(ask("explain", name, "--json", "--now", NOW).output)
        for name in ("Lead", "Covered", "Hidden", "Later", "Mentioned")
    }
    assert {
        "Lead": "lead",
        "Covered": "covered",
        "Hidden": "hidden",
        "Later": "skipped",
        "Mentioned": "mention",
    } == {name: answer["role"] for name, answer in answers.items()}
    assert [answers["Lead"]["group"]] == answers["Mentioned"]["background_of"]
    assert "Background of" in ask("explain", "Mentioned", "--now", NOW).output
    assert "Background" in ask("explain", "Lead", "--now", NOW).output
    assert "heat: -1 keeps it from leading." in ask("explain", "Covered", "--now", NOW).output
    assert "held back" in ask("explain", "Later", "--now", NOW).output


def test_explain_all_names_every_file(here: Path) -> None:
    """`explain --all --json` prints one object for each file read, whatever became of it."""
    serco = "Serco ordered to stop using face scans on its staff"
    write(here, "a-lead.md", "quality: 50", title=serco)
    write(here, "b-coverage.md", title=serco, url="https://other.example/b")
    write(here, "c-covered.md", "heat: -1", title="Quite another matter entirely")
    write(here, "d-hidden.md", "published: false", title=serco, url="https://third.example/d")
    write(here, "e-merged.md", title=serco, url="https://www.outlet.example/a-lead?utm_source=x")
    (here / "seeds/f-skipped.md").write_text("---\ntitle: [\n---\n", encoding="utf-8")
    (here / "seeds/g-record.txt").write_text(
        "A record of cameras\n\nOccurred: May 2019\n\nProse about it, long enough to be prose.\n\n"
        "Operator: Argent\nCountry: UK\n\nPage info\nPublished: June 2019\n",
        encoding="utf-8",
    )
    told = [json.loads(line) for line in ask("explain", "--all", "--json", "--now", NOW).output.splitlines()]
    assert ["lead", "coverage", "covered", "hidden", "merged", "skipped", "lead"] == [each["role"] for each in told]
    lead, coverage, covered, hidden, merged, skipped, record = told
    assert lead["group"] == coverage["group"] == hidden["group"] == merged["group"]
    assert [lead["id"], lead["id"], None] == [each["lead"] for each in (lead, coverage, covered)]
    assert [1, None, None] == [each["rank"] for each in (lead, coverage, skipped)]
    assert all(each["reasons"] for each in (lead, coverage, covered, hidden, merged, skipped))
    keys = set("path id title group role background_of lead rank heat quality reasons".split())
    assert [keys] * 7 == [set(each) for each in told]
    assert "g-record.txt" == record["path"]
    assert "the same story as a-lead.md" in ask("explain", "e-merged.md", "--now", NOW).output
    assert "YAML that does not parse" in ask("explain", "f-skipped.md", "--now", NOW).output
    plain = ask("explain", "--all", "--now", NOW)
    assert (0, 7) == (plain.exit_code, len(plain.output.splitlines()))


def test_explain_tells_the_whole_event(here: Path) -> None:
    """An explanation shows the members with reasons, what was nearly joined, and what the editor's hand did."""
    title = "Serco ordered to stop using face scans on its staff"
    write(here, "a.md", "group: serco", "lead: true", title=title)
    write(here, "b.md", "group: serco", title="Quite another matter entirely", url="https://other.example/b")
    write(here, "c.md", title="Airports using biometrics in Kansas this year", url="https://k.example/c")
    write(here, "d.md", title="Airports using biometrics in Texas this year", url="https://t.example/d")
    told = ask("explain", "a.md", "--now", NOW).output
    for said in ("The event", "its editor calls the event “serco”", "The editor's hand", "lead: true makes it lead"):
        assert said in told
    assert "Told as coverage under: Serco ordered" in ask("explain", "b.md", "--now", NOW).output
    near = [ask("explain", name, "--now", NOW).output for name in ("c.md", "d.md")]
    assert any("Nearly joined" in each for each in near)


def test_explain_says_what_the_threshold_held_back(here: Path) -> None:
    """Under `threshold` a story below it is hidden, and explain says why."""
    write(here, "a.md", "quality: 10", title="Below the threshold")
    (here / "frtfeed.toml").write_text('[publish]\nunmarked = "threshold"', encoding="utf-8")
    told = ask("explain", "a.md", "--now", NOW)
    assert "below the threshold" in told.output


@pytest.mark.parametrize(("name", "said"), [("nothing", "no such story"), ("story", "2 stories fit")])
def test_explain_asks_back(here: Path, name: str, said: str) -> None:
    """A name that fits none, or several, is answered with what to write."""
    write(here, "a.md", title="One story")
    write(here, "b.md", title="Another story")
    told = ask("explain", name, "--now", NOW)
    assert (2, True) == (told.exit_code, said in told.output)


def test_help_names_every_command() -> None:
    """`frtfeed --help` lists the commands; each has help of its own."""
    told = ask("--help").output
    for command in ("init", "build", "check", "explain", "serve", "run"):
        assert command in told
        assert 0 == ask(command, "--help").exit_code


@pytest.mark.parametrize("name", COMMANDS)
def test_help_lists_what_a_command_says_of_itself(name: str) -> None:
    """The list of commands says of each what its own help begins with."""
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert name == command.name
    assert LISTED[name].get_short_help_str(limit=1000) == command.get_short_help_str(limit=1000)


def test_help_lists_all_commands() -> None:
    """A command that is written, and is no part of another, is listed."""
    written = {
        command
        for module in (site, digest, inbox, sources)
        for command in vars(module).values()
        if isinstance(command, click.Command)
    }
    parts = {part for group in written if isinstance(group, click.Group) for part in group.commands.values()}
    assert set(COMMANDS) == {command.name for command in written - parts}


def test_a_command_that_is_not_there_is_refused() -> None:
    """A word that is no command ends with the status of a wrong call."""
    assert 2 == ask("bulid").exit_code


def test_help_stays_quick() -> None:
    """`frtfeed --help` imports none of the heavy packages, and no command."""
    command = [sys.executable, "-X", "importtime", "-m", "frtfeed", "--help"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    modules = {line.rpartition("|")[2].strip() for line in told.splitlines()}
    loaded = {module.partition(".")[0] for module in modules}
    heavy = {"feedgen", "jinja2", "premailer", "apscheduler", "lxml", "rich", "ftfy", "nh3", "yaml", "msgspec"}
    assert set() == loaded & heavy
    assert "click" in loaded
    assert ["frtfeed.cli"] == [module for module in sorted(modules) if module.startswith("frtfeed.cli")]


@pytest.fixture
def process(here: Path) -> Iterator[object]:
    """Start a command of frtfeed as a process of its own; end it afterwards."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-u", "-m", "frtfeed", *words]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=here))
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.communicate()


def line_with(stream: Iterator[str], word: str) -> str:
    """Read a process's lines until one holds a word."""
    return next(line for line in stream if word in line)


@pytest.mark.slow
def test_serve_shows_and_rebuilds(here: Path, process) -> None:
    """`serve` shows the output on loopback, and builds again when a story changes."""
    write(here, "a.md", title="First")
    running = process("serve", "--port", "0", "--now", NOW)
    watchdog = threading.Timer(30, running.kill)
    watchdog.start()
    address = line_with(running.stdout, "http://").split()[0]
    with urlopen(f"{address}atom.xml") as reply:  # noqa: S310  loopback
        assert "application/atom+xml; charset=utf-8" == reply.headers["Content-Type"]
        assert b"First" in reply.read()
    write(here, "b.md", title="Second")
    line_with(running.stdout, "2 stories")
    with urlopen(f"{address}index.html") as reply:  # noqa: S310  loopback
        assert b"Second" in reply.read()
    running.send_signal(signal.SIGTERM)
    assert 0 == running.wait()
    watchdog.cancel()


@pytest.mark.slow
def test_run_stops_cleanly(here: Path, process) -> None:
    """`run` says what it runs and when, and ends with status 0 on SIGTERM."""
    write(here, "a.md")
    (here / "frtfeed.toml").write_text('[run]\nbuild = "0 7 * * mon"', encoding="utf-8")
    running = process("run")
    watchdog = threading.Timer(20, running.kill)
    watchdog.start()
    assert "build at '0 7 * * mon'" in line_with(running.stderr, "running")
    running.send_signal(signal.SIGTERM)
    assert 0 == running.wait()
    watchdog.cancel()
