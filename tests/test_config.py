"""frtfeed.toml becomes a frozen configuration; every mistake is reported at once."""

from pathlib import Path

import pytest

from frtfeed.asked import CONFIG_NAME
from frtfeed.config import PLACEHOLDER_URL, load_config
from frtfeed.errors import ConfigError
from frtfeed.fetch.listing import project_files
from frtfeed.sources import FetchPolicy

SOURCE = "[[source]]\nname = '{}'\nurl = 'https://a.example/feed'\n"


def written(folder: Path, text: str) -> Path:
    """Write a configuration file."""
    path = folder / CONFIG_NAME
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(folder: Path, text: str) -> list[str]:
    """Return what is said of a configuration, a line each, without the file's name."""
    path = written(folder, text)
    with pytest.raises(ConfigError) as told:
        load_config(path)
    return [line.removeprefix(f"{path}: ") for line in str(told.value).splitlines()]


def test_without_a_file_there_are_defaults() -> None:
    """frtfeed runs without a configuration: a placeholder address, weekly editions, UTC."""
    config = load_config(None)
    assert (PLACEHOLDER_URL, "weekly", "UTC", Path("seeds"), Path("out")) == (
        config.site.url,
        config.feed.period,
        str(config.site.zone),
        config.seeds,
        config.out,
    )


def test_folders_are_relative_to_the_file(tmp_path: Path) -> None:
    """A configuration means its own neighbourhood, wherever the command runs; options mean the command's."""
    path = written(tmp_path, '[paths]\nseeds = "stories"')
    assert tmp_path / "stories" == load_config(path).seeds
    assert Path("elsewhere") == load_config(path, seeds=Path("elsewhere")).seeds
    assert Path("site") == load_config(path, out=Path("site")).out


def test_values_reach_their_rooms(tmp_path: Path) -> None:
    """What the file says is what scoring, feeds, site and mail get."""
    config = load_config(
        written(
            tmp_path,
            """
            [site]
            url = "https://faces.example/news"
            timezone = "Europe/London"
            id = "https://old.example/"
            [feed]
            limit = 5
            [rank]
            half_life_days = 7
            [edition]
            period = "daily"
            [quality]
            providers = ["Listed.Example"]
            [mail]
            from_name = "Desk"
            [run]
            build = "0 7 * * mon"
            """,
        )
    )
    assert ("https://faces.example/news/", "https://old.example/", "Desk") == (
        config.site.url,
        config.site.id,
        config.site.sender.name,
    )
    assert (5, 7.0, "daily", frozenset({"listed.example"}), "0 7 * * mon") == (
        config.feed.limit,
        config.feed.half_life_days,
        config.feed.period,
        config.score.providers,
        config.run.build,
    )


def test_every_mistake_is_reported_at_once(tmp_path: Path) -> None:
    """Unknown tables and keys, wrong types and impossible values are all named, with what to write."""
    assert mistakes(
        tmp_path,
        """
        mail = "x"
        [sites]
        [feed]
        limits = 5
        max = "many"
        [edition]
        period = "hourly"
        [quality]
        keywords = "faces"
        zebra = 1
        [rank]
        half_life_days = true
        [site]
        title = 7
        timezone = "London"
        """,
    ) == [
        "mail: a table is wanted: write [mail] on a line of its own.",
        "[sites]: unknown table. Did you mean site?",
        "[feed] limits: unknown key. Did you mean limit?",
        "[feed] max: a whole number is wanted, not 'many'.",
        '[edition] period: one of "daily", "weekly", "monthly" is wanted, not \'hourly\'.',
        "[quality] keywords: a list of texts is wanted, not 'faces'.",
        "[quality] zebra: unknown key. Known: profile, keywords, providers, official.",
        "[rank] half_life_days: a number is wanted, not True.",
        "[site] title: a text in quotes is wanted, not 7.",
        "[site] timezone: an IANA name such as \"Europe/London\" is wanted, not 'London'.",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param('[site]\nurl = "faces.example"', "[site] url: an absolute http or https address", id="no scheme"),
        pytest.param('[site]\nurl = "https://f.example/?a=1"', "[site] url: an absolute", id="query"),
        pytest.param('[site]\nurl = "https://example..org/"', "[site] url: an absolute", id="an empty label"),
        pytest.param('[site]\nurl = "https://x:abc/"', "[site] url: an absolute", id="a port in letters"),
        pytest.param('[site]\nurl = "https://user:pw@x.example/"', "[site] url: an absolute", id="a password"),
        pytest.param('[site]\nlanguage = "not a lang!!"', "[site] language: a language tag", id="language"),
        pytest.param('[mail]\nfrom_address = "no\\nBcc: x"', "[mail] from_address: an address", id="from"),
        pytest.param('[mail]\nunsubscribe_mailto = "x"', "[mail] unsubscribe_mailto: an address", id="mailto"),
        pytest.param('[mail]\nunsubscribe_url = "javascript:x"', "[mail] unsubscribe_url: an https", id="unsubscribe"),
        pytest.param(
            '[mail]\nunsubscribe_url = "http://a.example/"', "[mail] unsubscribe_url: an https address", id="no TLS"
        ),
        pytest.param(
            '[mail]\nunsubscribe_url = "https://a.example/a b"',
            "[mail] unsubscribe_url: an address without",
            id="blank",
        ),
        pytest.param(
            '[mail]\nunsubscribe_url = "https://ü.example/"',
            "[mail] unsubscribe_url: an address in ASCII",
            id="no ASCII",
        ),
        pytest.param(
            f'[mail]\nunsubscribe_url = "https://a.example/{"x" * 600}"',
            "[mail] unsubscribe_url: at most 600",
            id="long",
        ),
        pytest.param('[mail]\nlist_id = "bad id"', "[mail] list_id: a name", id="list id"),
        pytest.param('[mail]\npostal_address = "a\\nb"', "[mail] postal_address: must be one line", id="postal"),
        pytest.param("[rank]\nper_provider = -1", "[rank] per_provider: 0 (off) or more", id="per provider"),
        pytest.param("[edition]\nmemory = -1", "[edition] memory: 0 (off) or more", id="memory"),
        pytest.param('[site]\ntitle = " "', "[site] title: must not be empty.", id="empty title"),
        pytest.param("[feed]\nlimit = 0", "[feed] limit: must be positive, not 0.", id="limit"),
        pytest.param("[feed]\nmin_days = -1", "[feed] min_days: must be positive, not -1.", id="days"),
        pytest.param("[feed]\nmax = 9", "[feed] max: must not be below limit (50), not 9.", id="max below limit"),
        pytest.param("[rank]\nhalf_life_days = -1", "[rank] half_life_days: 0 (off) or more", id="half-life"),
        pytest.param("[publish]\nalone = -1", "[publish] alone: 0 or more", id="threshold"),
        pytest.param("[intake]\nmax_age_days = -1", "[intake] max_age_days: 0 (off) or more", id="age"),
        pytest.param("[intake]\ninclude = 7", "[intake] include: a table of lists", id="include"),
        pytest.param(
            "[intake.include]\nword = []", "[intake] include. word: unknown key. Did you mean words?", id="word"
        ),
        pytest.param("[intake.topics]\nX = []", "[intake.topics] X: a name and its keywords", id="topic"),
        pytest.param("[intake]\ntopics = 7", "[intake] topics: a table of lists of texts", id="topics"),
        pytest.param("source = 7", "source: a list of tables is wanted: write [[source]]", id="source"),
        pytest.param("[[sources]]\nurl = 'x'", "[sources]: unknown table. Did you mean source?", id="sources"),
        pytest.param(SOURCE.format("A B"), "[[source]] A B: name: lower case letters and digits", id="name"),
        pytest.param("[[source]]\nurl = 'https://a.example/f'", "[[source]] 1: name: lower case", id="no name"),
        pytest.param("[[source]]\nname = 'a'\nurl = 'f'", "[[source]] a: url: the http or https", id="source's url"),
        pytest.param(SOURCE.format("a") * 2, "[[source]] a: name: two sources are called 'a'.", id="two of a name"),
        pytest.param(SOURCE.format("a") + "max_age_days = -1", "[[source]] a: max_age_days: 0 (off)", id="its age"),
        pytest.param(SOURCE.format("a") + "paused = 1", "[[source]] a: paused: true or false", id="paused"),
        pytest.param("[fetch]\ntotal_s = 0", "[fetch] total_s: 1 or more is wanted, not 0.", id="no time"),
        pytest.param("[fetch]\ngap_s = -0.5", "[fetch] gap_s: 0 or more is wanted, not -0.5.", id="gap"),
        pytest.param("[fetch]\ngap_s = inf", "[fetch] gap_s: 0 or more is wanted, not inf.", id="endless gap"),
        pytest.param("[fetch]\nceiling_s = 60", "[fetch] ceiling_s: must not be below floor_s (1500)", id="ceiling"),
        pytest.param("[fetch]\nallow = ['localhost']", "[fetch] allow: host:port as in", id="allow"),
        pytest.param("[fetch]\ncontact = 'x (y)'", "[fetch] contact: a web or mail address", id="contact"),
        pytest.param('[site]\ntimezone = "../etc"', "[site] timezone: an IANA name", id="a path as zone"),
        pytest.param("[site", "not TOML", id="not TOML"),
    ],
)
def test_what_cannot_be_right_is_said(tmp_path: Path, text: str, said: str) -> None:
    """A value of the right type that cannot be meant is named with its table and key."""
    lines = mistakes(tmp_path, text)
    assert [True] == [line.startswith(said) for line in lines]


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    """A configuration that is not UTF-8 is named with the byte where it breaks."""
    path = tmp_path / CONFIG_NAME
    path.write_bytes(b"[site]\ntitle = '\xe9'")
    with pytest.raises(ConfigError, match="not UTF-8 at byte 16"):
        load_config(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A configuration that was named and is not there is a failure, not a default."""
    with pytest.raises(ConfigError, match="No such file"):
        load_config(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("url", "printed"),
    [
        ("https://faces.example", "https://faces.example/"),
        ("HTTPS://Faces.Example:8080/News", "https://faces.example:8080/News/"),
        ("https://bücher.example/b%20c/", "https://xn--bcher-kva.example/b%20c/"),
    ],
)
def test_the_sites_address_is_printed_in_one_form(tmp_path: Path, url: str, printed: str) -> None:
    """Feeds and mail hold the address as a URI, whatever the spelling in the file."""
    assert printed == load_config(written(tmp_path, f'[site]\nurl = "{url}"')).site.url


@pytest.mark.parametrize("out", [".", ".."])
def test_the_seeds_never_lie_inside_the_output(tmp_path: Path, out: str) -> None:
    """Seeds inside the output would be published with it, hidden stories among them."""
    with pytest.raises(ConfigError, match="hidden stories would be published"):
        load_config(None, seeds=tmp_path / "seeds", out=tmp_path / out)


@pytest.mark.parametrize("out", ["seeds", "seeds/out", "seeds/../seeds/x"])
def test_the_output_never_lies_inside_the_seeds(tmp_path: Path, out: str) -> None:
    """Output inside the seeds would be read as stories by the next build."""
    with pytest.raises(ConfigError, match="lies inside the seeds folder"):
        load_config(None, seeds=tmp_path / "seeds", out=tmp_path / out)


def test_the_example_configuration_names_every_key(tmp_path: Path) -> None:
    """The commented example holds every key there is, and its defaults load."""
    from frtfeed.config import SourceTable, Tables
    from frtfeed.records import fields

    text = (project_files() / CONFIG_NAME).read_text(encoding="utf-8")
    for table in fields(Tables):
        many = table.name == "source"
        section = text.partition(f"[{table.name}]{']' if many else ''}\n")[2].partition("\n[")[0]
        for key in fields(SourceTable if many else table.default_factory):  # type: ignore[arg-type]
            assert f"{key.name} = " in section, f"[{table.name}] {key.name}"
    uncommented = "\n".join(line[2:] if line.startswith("# ") and " = " in line else line for line in text.splitlines())
    prose_kept_out = "\n".join(line for line in uncommented.splitlines() if not line.startswith("#"))
    assert load_config(written(tmp_path, prose_kept_out)).site.title


def test_limits_reach_the_fetching(tmp_path: Path) -> None:
    """What the file says of fetching is the policy; hosts are compared in lower case."""
    policy = load_config(
        written(tmp_path, "[fetch]\ntotal_s = 5\nredirects = 0\nallow = ['Intranet:80', '[::1]:80']")
    ).fetch
    assert (5.0, 0, frozenset({"intranet:80", "[::1]:80"})) == (policy.total_s, policy.redirects, policy.allow)
    assert FetchPolicy(max_items=policy.max_items) == FetchPolicy()


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("", ""),
        ("[site]\nurl = 'https://news.example/x'", "https://news.example/x/"),
        ("[site]\nurl = 'https://news.example/'\n[fetch]\ncontact = 'desk@news.example'", "desk@news.example"),
    ],
    ids=["placeholder", "site", "own"],
)
def test_servers_are_told_whom_to_write_to(tmp_path: Path, text: str, contact: str) -> None:
    """The contact is the site, unless the file names another; a placeholder is none."""
    assert contact == load_config(written(tmp_path, text)).fetch.contact


def test_sources_and_rules_reach_the_newsroom(tmp_path: Path) -> None:
    """Sources stand in the file's order, their rules behind those for all, each named as the file has it."""
    config = load_config(
        written(
            tmp_path,
            """
            [publish]
            alone = 60
            [intake]
            publish = "auto"
            max_age_days = 9
            exclude = { words = ["podcast"], providers = ["x.example"] }
            include = { languages = ["en"] }
            [intake.topics]
            Policing = ["police"]
            [[source]]
            name = "one"
            url = " https://one.example/feed "
            topics = ["Rail"]
            max_age_days = 0
            [source.include]
            topics = ["Policing"]
            [[source]]
            name = "two"
            url = "https://two.example/feed"
            publish = "review"
            paused = true
            """,
        )
    )
    one, two = config.sources
    assert ("one", "https://one.example/feed", ("Rail",), "", False) == (
        one.key,
        one.url,
        one.topics,
        one.publish,
        one.paused,
    )
    assert ("two", "review", True, ()) == (two.key, two.publish, two.paused, two.rules)
    assert [
        ("exclude", "words", ("podcast",), "[intake] exclude.words"),
        ("exclude", "provider", ("x.example",), "[intake] exclude.providers"),
        ("include", "language", ("en",), "[intake] include.languages"),
        ("include", "age", ("9",), "[intake] max_age_days"),
        ("include", "topic", ("Policing",), "one include.topics"),
        ("include", "age", ("0",), "one max_age_days"),
    ] == [(rule.kind, rule.field, rule.values, rule.name) for rule in (*config.intake.rules, *one.rules)]
    assert ("auto", (("Policing", ("police",)),)) == (config.intake.publish, config.intake.topics)
    assert (60, 50) == (config.threshold.alone, config.threshold.with_others)
    assert tmp_path / ".frtfeed" == config.state
