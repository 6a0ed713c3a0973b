"""Why an event is here, who was first, what is on record: in a few words."""

import pytest

from frtfeed.edit.score import text_key
from frtfeed.model import Facts, Group, Member, Part, Provider, When
from frtfeed.records import replace
from frtfeed.render.why import Named, brief, facts, outlet, outlets, why
from tests.render import samples
from tests.render.letters import CLOSED


def told(group: Group) -> str:
    """Return the reasons of a group in the sample edition."""
    return " · ".join(map(str, why(group, edition=CLOSED, zone=samples.BERLIN)))


def day(text: str) -> When:
    """Return a date without a time of day."""
    return When(at=samples.moment(text), precision="day")


def covered(lead: object, *dates: object) -> Group:
    """Return a group whose lead, by The Gazette, and whose coverage, by others, have these dates."""
    others = (samples.COURIER, samples.HERALD)
    return samples.group(
        samples.story("lead", "Lead", published=lead),
        coverage=tuple(
            samples.member(f"c{n}", "Other", provider, published=date)
            for n, (provider, date) in enumerate(zip(others, dates, strict=False))
        ),
    )


def scored(**parts: str) -> Group:
    """Return a group that stands alone, with these terms of its quality."""
    given = (Part(name=name, points=10, because=because) for name, because in parts.items())
    return replace(covered(MORNING), quality_parts=(*given, Part(name="long title", points=-5, because="long")))


MORNING, NOON = samples.on("2024-02-15T08:00"), samples.on("2024-02-15T12:00")


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        pytest.param(covered(MORNING), "heat 50 · one outlet", id="one outlet"),
        pytest.param(
            covered(NOON, MORNING),
            "heat 50 · 2 outlets · first reported by Courier, 15 February",
            id="another was first",
        ),
        pytest.param(
            covered(day("2024-02-15"), day("2024-02-17")),
            "heat 50 · 2 outlets · first reported by The Gazette & Sons, 15 February",
            id="days apart",
        ),
        pytest.param(
            covered(day("2024-02-15"), NOON), "heat 50 · 2 outlets · first reported 15 February", id="too rough"
        ),
        pytest.param(
            covered(samples.on("2023-12-31T12:00"), MORNING),
            "heat 50 · 2 outlets · first reported by The Gazette & Sons, 31 December 2023",
            id="another year",
        ),
        pytest.param(covered(None, None), "heat 50 · 2 outlets", id="no dates"),
        pytest.param(replace(covered(MORNING), heat=0), "one outlet", id="no heat"),
        pytest.param(
            samples.group(samples.story("x", "X", pin=True), heat=9),
            "chosen by the editor · heat 9 · one outlet",
            id="pinned",
        ),
        pytest.param(samples.RECORD, "heat 45 · an incident record", id="an incident alone"),
        pytest.param(samples.OWN, "heat 40 · told here only", id="a story of one's own"),
        pytest.param(
            scored(provider="a listed provider", keywords="“facial recognition” in the title", image="a picture"),
            "heat 50 · one outlet · a listed outlet, “facial recognition” in the title",
            id="its merits",
        ),
        pytest.param(
            scored(provider="an official source", keywords="2 hits in the title, inside words too", featured="x"),
            "heat 50 · one outlet · an official source, listed words in the title, featured",
            id="other merits",
        ),
    ],
)
def test_reasons_are_told_in_words(group: Group, expected: str) -> None:
    """Heat, outlets and the first of them, as far as the dates tell; the edition's year goes without saying."""
    assert expected == told(group)


def test_growth_is_a_reason() -> None:
    """What an earlier edition told is here again because it has grown."""
    edition = replace(CLOSED, updates=frozenset({samples.RECORD.id}))
    assert ("heat 45", "an incident record", "grown since it was told before") == why(
        samples.RECORD, edition=edition, zone=samples.BERLIN
    )


SYNDICATED = "The regulator has told the operator to give up scanning the faces of its employees."


@pytest.mark.parametrize(
    ("excerpts", "expected"),
    [
        pytest.param([SYNDICATED] * 3, "3 outlets, one text", id="one text"),
        pytest.param([SYNDICATED, SYNDICATED.upper(), "Another story."], "3 outlets, 2 texts", id="one of its own"),
        pytest.param(["Too short to tell."] * 3, "3 outlets", id="short excerpts prove nothing"),
    ],
)
def test_copies_of_one_text_are_told_as_such(excerpts: list[str], expected: str) -> None:
    """Outlets that print one agency's report are counted, and said to be one voice, as heat has it."""
    first, second, third = (
        samples.story(name, name, provider=provider, url=f"https://{provider.domain}/{name}", excerpt=excerpt)
        for name, provider, excerpt in zip(
            "abc", (samples.GAZETTE, samples.COURIER, samples.HERALD), excerpts, strict=True
        )
    )
    group = samples.group(first, coverage=tuple(Member(story=each, reason="same event") for each in (second, third)))
    told = replace(group, texts=len({text_key(story) for story in (first, second, third)}))
    assert expected in why(told, edition=CLOSED, zone=samples.BERLIN)


@pytest.mark.parametrize(
    ("name", "text", "markup"),
    [
        pytest.param("Sky", "by Sky, now", "by Sky, now", id="ASCII"),
        pytest.param("Zürich", "by Zürich, now", "by <bdi>Zürich</bdi>, now", id="Latin"),
        pytest.param("<b>&", "by <b>&, now", "by &lt;b&gt;&amp;, now", id="markup"),
        pytest.param("الجزيرة", "by \u2068الجزيرة\u2069, now", "by <bdi>الجزيرة</bdi>, now", id="Arabic"),
    ],
)
def test_a_name_leaves_the_words_around_it_in_their_order(name: str, text: str, markup: str) -> None:
    """A name that runs from right to left would take the date behind it along: it is isolated in both forms."""
    named = Named("by ", name, ", now")
    assert (text, markup) == (str(named), named.__html__())


def test_a_month_stays_a_month() -> None:
    """A date is told as exactly as it is known."""
    assert "March 2023" == brief(samples.month(2023, 3), year=2024, zone=samples.BERLIN)
    assert "March" == brief(samples.month(2023, 3), year=2023, zone=samples.BERLIN)


def test_facts_are_the_records_own_words() -> None:
    """Who developed, who deployed, where, which issue; "alleged" stays, what is not stated is not there."""
    stated = Facts(developers=("NEC (alleged)", "Facegate"), countries=("UK",), issues=("Privacy", "Bias"))
    expected = (("Developed by", "NEC (alleged), Facegate"), ("Where", "UK"), ("Issue", "Privacy, Bias"))
    assert expected == facts(replace(samples.INCIDENT, facts=stated))
    assert () == facts(samples.POLICE.lead)


@pytest.mark.parametrize(
    ("provider", "url", "expected"),
    [
        pytest.param(Provider(name="Sky", domain="sky.com"), "https://sky.com/a", "Sky", id="name"),
        pytest.param(Provider(name="", domain="sky.com"), "", "sky.com", id="domain"),
        pytest.param(None, "https://www.sky.com/a", "sky.com", id="address"),
        pytest.param(None, "", "", id="unknown"),
    ],
)
def test_an_outlet_goes_by_the_best_name_there_is(provider: Provider | None, url: str, expected: str) -> None:
    """Its name, else its domain, else the host of the story's address."""
    assert expected == outlet(samples.story("x", "X", provider=provider, url=url))


def test_outlets_are_counted_once() -> None:
    """A provider counts once however often it tells the event, and one that nobody knows does not."""
    again = samples.member("again", "Again")
    nobody = samples.member("nobody", "Nobody")
    nobody = replace(nobody, story=replace(nobody.story, provider=None))
    lead = samples.POLICE.lead
    assert 2 == outlets(samples.group(lead, coverage=(again, samples.member("more", "More"), nobody)))
    assert 1 == outlets(samples.group(replace(lead, provider=None)))


def test_what_its_editor_rated_says_so() -> None:
    """Where a lone story's file states its quality, that is the reason, and no word of its title."""
    stated = (Part(name="quality", points=74, because="given in the file"),)
    group = replace(samples.group(samples.story("lead", "Lead"), coverage=()), heat=74, quality_parts=stated)
    assert told(group).endswith("one outlet · rated by its editor")
