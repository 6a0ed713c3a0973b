"""What becomes of an item of a feed, and why."""

from datetime import UTC, datetime, timedelta

import pytest

from frtfeed.edit.intake import decide, item_date, item_names, item_story, stated_date, title_key, topic_reasons
from frtfeed.model import Image, Provider, When
from frtfeed.policies import IntakePolicy
from frtfeed.sources import FeedItem, Rule, Source

NOW = datetime(2024, 3, 13, tzinfo=UTC)
SOURCE = Source(key="watch", url="https://watch.example/feed", title="The Watch", site_url="https://watch.example/")


def item(**given: object) -> FeedItem:
    """Make an item of SOURCE about face scans at a station."""
    defaults: dict[str, object] = {
        "guid": "1",
        "url": "https://watch.example/stories/1",
        "title": "Police scan faces at the station",
        "summary": "Travellers were not told that cameras compared them with a watchlist.",
        "published": When(at=NOW - timedelta(days=2)),
        "language": "en-GB",
        "categories": ("Transport",),
    }
    return FeedItem(**{**defaults, **given})  # type: ignore[arg-type]


def rule(kind: str, field: str, *values: str) -> Rule:
    return Rule(kind=kind, field=field, values=values, name=f"{kind} {field}")  # type: ignore[arg-type]


def decided(*rules: Rule, own: tuple[Rule, ...] = (), topics: object = (), **given: object) -> tuple[str, str, str]:
    """Decide on an item; return verdict, rule and reason."""
    source = Source(key="watch", url="https://watch.example/feed", title="The Watch", topics=("Rail",), rules=own)
    policy = IntakePolicy(rules=rules, topics=topics)  # type: ignore[arg-type]
    found = decide(item(**given), source=source, policy=policy, now=NOW)
    return found.verdict, found.rule, found.reason


@pytest.mark.parametrize(
    ("tried", "given", "expected"),
    [
        pytest.param(rule("include", "words", "face scan", "watchlist"), {}, "kept", id="a word of the text"),
        pytest.param(rule("include", "words", "POLICE SCAN"), {}, "kept", id="a phrase, any case"),
        pytest.param(rule("include", "words", "lice"), {}, "dropped", id="no part of a word"),
        pytest.param(rule("include", "words", "travel*"), {}, "kept", id="the beginning of a word"),
        pytest.param(rule("include", "words", "*"), {}, "kept", id="anything"),
        pytest.param(rule("include", "words", "–"), {}, "dropped", id="no word at all"),
        pytest.param(rule("include", "words", "人脸识别"), {"title": "机场启用人脸识别系统"}, "kept", id="no spaces"),
        pytest.param(rule("exclude", "words", "watchlist"), {}, "dropped", id="an unwanted word"),
        pytest.param(rule("exclude", "words", "podcast"), {}, "kept", id="an unwanted word that is not there"),
        pytest.param(rule("include", "topic", "rail"), {}, "kept", id="a topic of the source"),
        pytest.param(rule("include", "topic", "transport"), {}, "kept", id="a category of the item"),
        pytest.param(rule("exclude", "topic", "Sport"), {}, "kept", id="another topic"),
        pytest.param(rule("include", "language", "en"), {}, "kept", id="a language, whatever the country"),
        pytest.param(rule("include", "language", "en-US"), {}, "dropped", id="another country"),
        pytest.param(rule("include", "language", "de"), {"language": "den"}, "dropped", id="another language"),
        pytest.param(rule("include", "language", "de"), {"language": ""}, "kept", id="a language that is not named"),
        pytest.param(rule("exclude", "language", "en"), {"language": ""}, "kept", id="not to be excluded by it either"),
        pytest.param(rule("include", "provider", "watch.example"), {}, "kept", id="a domain"),
        pytest.param(rule("include", "provider", "the watch"), {}, "kept", id="a name"),
        pytest.param(rule("exclude", "provider", "example"), {}, "dropped", id="a domain above"),
        pytest.param(rule("exclude", "provider", "atch.example"), {}, "kept", id="the end of a domain is another"),
        pytest.param(rule("exclude", "provider", "x"), {"url": "", "title": "T"}, "kept", id="a source itself"),
        pytest.param(rule("include", "age", "2"), {}, "kept", id="young enough"),
        pytest.param(rule("include", "age", "1"), {}, "dropped", id="too old"),
        pytest.param(rule("include", "age", "0"), {}, "kept", id="no limit"),
        pytest.param(rule("include", "age", "1"), {"published": None}, "kept", id="without a date it is new"),
    ],
)  # fmt: skip
def test_rules(tried: Rule, given: dict[str, object], expected: str) -> None:
    """A rule keeps or drops an item by its words, topics, language, provider or age, and names itself."""
    verdict, name, _ = decided(tried, **given)
    assert (expected, tried.name if expected == "dropped" else "") == (verdict, name)


def test_reasons() -> None:
    """A decision says in words what matched, or that nothing did."""
    include = rule("include", "words", "watchlist", "lidar")
    assert ("kept", "", "the words “watchlist”") == decided(include)
    assert ("dropped", include.name, "the words: none of “watchlist”, “lidar”") == decided(include, summary="")
    assert ("dropped", "exclude topic", "the topic “Rail”") == decided(rule("exclude", "topic", "Rail"))
    assert ("dropped", "include age", "2 days old") == decided(rule("include", "age", "1"))
    assert ("kept", "", "no rule against it") == decided()


def test_the_first_rule_that_says_no_decides() -> None:
    """Rules are tried in order, those for all before those of the source."""
    first, second = rule("exclude", "words", "police"), rule("exclude", "words", "station")
    assert first.name == decided(first, own=(second,))[1]
    assert "market reports" == decided(first, title="Police Scanner Market Size, Share, Forecast to 2030")[1]


def test_a_source_makes_its_own_exception() -> None:
    """A source's include rule takes the place of the one for all on the same field, and of no other."""
    general = (rule("include", "words", "lidar"), rule("exclude", "words", "podcast"))
    assert "dropped" == decided(*general)[0]
    assert "kept" == decided(*general, own=(rule("include", "words", "*"),))[0]
    assert "dropped" == decided(*general, own=(rule("include", "words", "*"),), summary="A podcast")[0]
    assert "dropped" == decided(*general, own=(rule("include", "topic", "Rail"),))[0]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"title": "", "summary": ""}, "neither a title nor a text"),
        ({"url": "", "summary": ""}, "neither an address nor a text"),
        ({"url": "https://watch.example/", "summary": ""}, "neither an address nor a text"),
    ],
    ids=["no title", "no address", "a home page is no address"],
)
def test_what_cannot_be_a_story(given: dict[str, object], reason: str) -> None:
    """An item that could never be a story is dropped, and says why."""
    assert ("dropped", "what a story needs", reason) == decided(**given)


def test_market_reports_may_be_wanted() -> None:
    """The shipped set can be turned off."""
    policy = IntakePolicy(drop_market_reports=False)
    spam = item(title="Face Market Size, Share, Forecast to 2030")
    assert "kept" == decide(spam, source=SOURCE, policy=policy, now=NOW).verdict


def test_topics_are_explained() -> None:
    """Topics come from the source and from configured keywords, each once, with what gave it."""
    policy = IntakePolicy(
        topics=(("Policing", ("police", "officers")), ("Lists", ("watchlist",)), ("RAIL", ("station",)), ("No", ("x",)))
    )
    source = Source(key="watch", url="https://watch.example/feed", topics=("Rail", "rail"))
    found = decide(item(), source=source, policy=policy, now=NOW).topics
    assert [
        ("Rail", "a topic of watch"),
        ("Policing", "“police” in the title"),
        ("Lists", "“watchlist” in the text"),
    ] == [(match.topic, match.because) for match in found]


def story(source: Source = SOURCE, policy: IntakePolicy | None = None, **given: object) -> object:
    policy = policy or IntakePolicy()
    decision = decide(item(**given), source=source, policy=policy, now=NOW)
    return item_story(decision, source=source, policy=policy, now=NOW)


def test_an_item_becomes_a_story() -> None:
    """A story has the item's address, title, date, picture and excerpt, and nobody else's full text."""
    found = story(
        url="https://watch.example/stories/1?utm_source=rss",
        content_html="<p>All of it.</p>",
        updated=When(at=NOW),
        image_url="https://watch.example/1.jpg",
        image_width=640,
    )
    assert "https://watch.example/stories/1" == found.url
    assert ("https://watch.example/stories/1",) == found.names
    assert (Image(url="https://watch.example/1.jpg", width=640),) == found.images
    assert (NOW - timedelta(days=2), NOW, ()) == (found.at, found.updated, found.body)
    assert Provider(name="The Watch", domain="watch.example") == found.provider


@pytest.mark.parametrize(
    ("publish", "general", "expected"),
    [
        ("", "review", (True, True, False)),
        ("", "auto", (False, False, True)),
        ("auto", "review", (False, False, True)),
        ("review", "auto", (True, True, False)),
    ],
)
def test_review_or_auto(publish: str, general: str, expected: tuple[bool, bool, bool]) -> None:
    """In review a story is hidden; in auto the threshold decides; a source overrides the configuration."""
    source = Source(key="watch", url="https://watch.example/feed", publish=publish)  # type: ignore[arg-type]
    found = story(source, IntakePolicy(publish=general))  # type: ignore[arg-type]
    assert expected == (found.hidden, found.stated, found.auto)


def test_an_item_without_an_address_brings_its_text() -> None:
    """Where there is no address the item's own text is the story, its HTML if it has some."""
    assert "<p>All of it.</p>" == story(url="", content_html="<p>All of it.</p>").body[0].html
    assert "<p>Short.</p>" == story(url="", summary="Short.").body[0].html
    assert "Short." == story(url="", title="", summary="Short.").title
    assert "All of it." == story(content_html="<p>All of it.</p>", summary="").excerpt
    assert ("watch 1",) == story(url="").names


def test_a_redirector_is_looked_behind() -> None:
    """A search alert's link is taken for the address that it carries, and known by both."""
    alert = "https://www.google.com/url?rct=j&url=https://paper.example/a&ct=ga"
    assert "https://paper.example/a" == story(url=alert).url
    names = item_names(item(url=alert), source=SOURCE)
    assert ("watch 1", "https://paper.example/a") == (names[0], names[-1])
    assert 3 == len(names)


def test_names_hold_through_changes_of_the_address() -> None:
    """Tracking keys, AMP and the scheme change no name; a home page is none."""
    plain = item_names(item(url="https://watch.example/1"), source=SOURCE)
    assert plain == item_names(item(url="http://www.watch.example/1/?utm_medium=rss"), source=SOURCE)
    assert ("watch 1",) == item_names(item(url="https://watch.example/"), source=SOURCE)
    assert ("watch 1", "https://watch.example?p=7") == item_names(item(url="https://watch.example/?p=7"), source=SOURCE)


@pytest.mark.parametrize(
    ("published", "updated", "expected"),
    [
        pytest.param(NOW - timedelta(days=3), NOW, NOW - timedelta(days=3), id="stated"),
        pytest.param(None, NOW - timedelta(days=1), NOW - timedelta(days=1), id="only updated"),
        pytest.param(None, None, NOW, id="none: first seen"),
        pytest.param(NOW + timedelta(hours=5), None, NOW + timedelta(hours=5), id="a clock that is ahead"),
        pytest.param(NOW + timedelta(days=90), None, NOW, id="a mistake"),
    ],
)
def test_dates(published: datetime | None, updated: datetime | None, expected: datetime) -> None:
    """A date in the future is a mistake, and an item without one is as old as its discovery."""
    dates = [When(at=at) if at else None for at in (published, updated)]
    assert expected == item_date(item(published=dates[0], updated=dates[1]), now=NOW).at


@pytest.mark.parametrize("updated", [NOW - timedelta(days=2), NOW - timedelta(days=3), NOW + timedelta(days=9)])
def test_an_update_says_something_new(updated: datetime) -> None:
    """An update that is not after the publication, or in the future, is none."""
    assert story(updated=When(at=updated)).updated is None
    assert story(updated=When(at=NOW - timedelta(days=2) + timedelta(milliseconds=5))).updated is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"provider": "Paper", "provider_domain": "paper.example"}, Provider(name="Paper", domain="paper.example")),
        ({"provider": "Paper", "url": "https://paper.example/1"}, Provider(name="Paper", domain="paper.example")),
        ({"url": "https://paper.example/1"}, Provider(name="paper.example", domain="paper.example")),
        ({"url": ""}, Provider(name="The Watch", domain="watch.example")),
    ],
    ids=["as it says", "its host", "another host than the source's", "no address"],
)
def test_providers(given: dict[str, object], expected: Provider) -> None:
    """An item's provider is whom it names, else the source on whose site it lies, else its host."""
    assert expected == story(**given).provider


def test_a_nameless_source_of_nothing() -> None:
    """An item without address at a source without title has no provider."""
    assert story(Source(key="x", url="https://watch.example/feed"), url="").provider is None


def test_titles_are_compared_by_their_words() -> None:
    """A re-issue may differ in case, quotes and dashes."""
    assert title_key("Police scan faces – again") == title_key("POLICE SCAN ‘faces’: again")


def test_a_text_too_large_for_a_file_is_left_out() -> None:
    """Of a text that no build would read the summary is kept; a picture's address of such a length is dropped."""
    found = item(url="", content_html="<p>" + "&amp;" * 200_000 + "</p>", image_url="https://a.example/" + "a" * 9000)
    decision = decide(found, source=SOURCE, policy=IntakePolicy(), now=NOW)
    story = item_story(decision, source=SOURCE, policy=IntakePolicy(), now=NOW)
    assert ((), f"<p>{found.summary}</p>") == (story.images, story.body[0].html)
    assert ("dropped", "what a story needs") == decided(url="https://a.example/" + "a" * 9000)[:2]


def test_a_date_is_stated_or_not() -> None:
    """What a feed says of the day counts unless it is still to come."""
    day = NOW - timedelta(days=2)
    ahead = When(at=NOW + timedelta(days=9))
    assert day == stated_date(item(), now=NOW).at  # type: ignore[union-attr]
    assert day == stated_date(item(published=ahead, updated=When(at=day)), now=NOW).at  # type: ignore[union-attr]
    assert stated_date(item(published=ahead), now=NOW) is None


def test_a_topic_is_given_by_its_first_keyword() -> None:
    """Each topic is told once, with the keyword that gives it."""
    policy = IntakePolicy(
        topics=(("Policing", ("officers", "police")), ("policing", ("police",)), ("Rail", ("train",)))
    )
    found = topic_reasons("Police scan faces", "Officers say so.", policy=policy)
    assert [("Policing", "“police” in the title")] == [(each.topic, each.because) for each in found]
