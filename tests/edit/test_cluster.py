"""Which stories are about one event."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frtfeed.edit.cluster import cluster
from frtfeed.edit.event import Event
from frtfeed.edit.rank import by_date
from frtfeed.model import Story
from tests.edit.stories import story

FACES = ("facial recognition",)
SERCO = (
    ("Serco ordered to stop using facial recognition technology to monitor staff", "The regulator ordered Serco."),
    ("Serco Leisure ordered to stop using facial recognition on 2,000 staff", "Serco Leisure staff were scanned."),
    ("Leisure operator Serco ordered to axe facial recognition of workers", "Serco Leisure scanned workers' faces."),
)


def told(title: str, *, excerpt: str = "", outlet: str = "", days: float = 0, **given: object) -> Story:
    """Make a story whose id comes from its words, its outlet and its day."""
    name = f"{title}-{outlet}-{days}"
    return story(
        name.replace(" ", "-").lower(), title=title, excerpt=excerpt, outlet=outlet or "o.example", days=days, **given
    )  # type: ignore[arg-type]


def clustered(*stories: Story, related: dict[str, tuple[str, ...]] | None = None) -> list[list[str]]:
    """Cluster stories; return the titles of each event, in order of their first stories."""
    events = cluster(sorted(stories, key=by_date), related=related or {}, keywords=FACES)
    return [[each.title for each in event.stories] for event in events]


def parts(events: list[Event]) -> set[frozenset[str]]:
    """Return which ids stand together."""
    return {frozenset(each.id for each in event.stories) for event in events}


def serco() -> list[Story]:
    """Make three reports on one order, each by another outlet."""
    return [told(t, excerpt=e, outlet=f"paper{n}.example", days=n / 10) for n, (t, e) in enumerate(SERCO)]


def test_reports_of_one_event_stand_together() -> None:
    """Three outlets on one event are one event, with a reason for each but the first."""
    (event,) = cluster(serco(), related={}, keywords=FACES)
    assert ["first on the event", "its words are like the event’s", "its words are like the event’s"] == [
        event.joins[each.id].reason for each in event.stories
    ]
    assert all(event.joins[each.id].likeness > 0.25 for each in event.stories[1:])


@pytest.mark.parametrize(
    "titles",
    [
        pytest.param(
            ["Airports using biometrics in Kansas this year", "Airports using biometrics in Texas this year"],
            id="one report for each state",
        ),
        pytest.param(
            ["Acme earned the Analytics specialisation", "Contoso earned the Analytics specialisation"],
            id="a badge for each company",
        ),
        pytest.param(
            [
                "Global Gait Recognition Market 2024: size, share, forecast to 2030",
                "Global Iris Recognition Market 2024: size, share, forecast to 2031",
            ],
            id="a report for each market",
        ),
        pytest.param(["Live facial recognition", "Facial recognition now"], id="the feed's own keywords"),
        pytest.param(["Deepfakes", "Deepfakes"], id="a title of one word"),
    ],
)
def test_templates_do_not_group(titles: list[str]) -> None:
    """Titles of one template around other names, or of nothing but keywords, are events of their own."""
    assert len(titles) == len(clustered(*(told(t, outlet=f"o{n}.example", days=n / 9) for n, t in enumerate(titles))))


def test_a_series_of_one_outlet_does_not_group() -> None:
    """One outlet's posts in one form are each an event."""
    series = [
        told(f"General availability: {what}", excerpt="Now generally available to all customers.", days=n)
        for n, what in enumerate(["Face login for kiosks", "Gait search for stations", "Iris gates for borders"])
    ]
    assert 3 == len(clustered(*series))


def test_a_press_release_comes_again() -> None:
    """The same title twenty days later, or with a word changed, joins; a year later it does not."""
    title = "Facewatch opens its cameras to an independent audit of matches"
    again = "Facewatch opens its cameras to an independent review of matches"
    assert 1 == len(clustered(told(title, outlet="a.example"), told(title, outlet="b.example", days=20)))
    assert 1 == len(clustered(told(title, outlet="a.example"), told(again, outlet="b.example", days=20)))
    assert 2 == len(clustered(told(title, outlet="a.example"), told(title, outlet="b.example", days=365)))
    sky = "Serco ordered to stop using facial recognition technology to monitor staff"
    lawyers = "ICO orders Serco to stop using facial recognition technology to monitor staff"
    assert 1 == len(clustered(told(sky, outlet="sky.example"), told(lawyers, outlet="law.example", days=18)))


def test_a_column_of_one_outlet_is_not_a_release() -> None:
    """One outlet's weekly title over another text each time is an event each time."""
    columns = [
        told("The week in surveillance and civil rights", excerpt=text, days=7 * n + 1)
        for n, text in enumerate(
            ["Serco and the regulator.", "Kansas airports and the border agency.", "A Paris trial."]
        )
    ]
    assert 3 == len(clustered(*columns))


def test_boilerplate_joins_nothing() -> None:
    """One outlet's words under every story, or a paper's invitation under each of its own, make no event."""
    words = "Sign up to our newsletter for the best of the week, every Friday, and continue reading below."
    titles = ["Council bans face scans in schools", "Airport buys new cameras from Idemia", "Court fines Clearview"]
    for outlets in (["a.example"] * 3, ["a.example", "b.example", "c.example"]):
        stories = [
            told(title, excerpt=words, outlet=outlet, days=n / 10)
            for n, (title, outlet) in enumerate(zip(titles, outlets, strict=True))
        ]
        assert 3 == len(clustered(*stories))


def test_a_merge_heeds_the_templates() -> None:
    """Two events whose first titles are one template with other names are not made one by a third story."""
    italy = [told("Regulator in Italy fines Clearview over face scans", outlet=f"i{n}.example") for n in range(2)]
    greece = [
        told("Regulator in Greece fines Clearview over face scans", outlet=f"g{n}.example", days=0.1) for n in range(2)
    ]
    both = told("Clearview fined over face scans by regulators in Italy and Greece", outlet="z.example", days=0.2)
    found = clustered(*italy, *greece, both)
    assert 2 == len(found)


def test_a_group_closes() -> None:
    """An event takes no story more than thirty days after its first, however alike."""
    chain = [told(SERCO[0][0], excerpt=SERCO[0][1], outlet=f"o{n}.example", days=6 * n) for n in range(7)]
    filler = [told(f"Filler number {n} about gates", outlet=f"f{n}.example", days=36 + n / 1000) for n in range(600)]
    late = told(SERCO[0][0], excerpt=SERCO[0][1], outlet="late.example", days=37)
    together = clustered(*chain, *filler, late)
    assert [6, 2] == [len(each) for each in together if each[0] == SERCO[0][0]]


def _dense_day(seed: int) -> list[Story]:
    """Make 300 stories on ten events of one day, told in ten ways that the events share."""
    random = Random(seed)  # noqa: S311  the same every time
    who = "Serco Clearview Amazon Microsoft Facewatch Idemia Axon Hikvision Rekor Corsight".split()
    where = "London Paris Berlin Madrid Toronto Sydney Mumbai Lagos Tokyo Oslo".split()
    what = [
        "stop scanning staff", "pay a fine", "hand over police footage", "delete its database", "halt airport gates",
        "explain school cameras", "drop the stadium trial", "open its algorithm", "settle a class action",
        "leave the border contract",
    ]  # fmt: skip
    verbs = ["ordered to", "told to", "must", "forced to", "agrees to", "refuses to", "faces call to", "pressed to"]
    stories = []
    for number in range(300):
        event = number % 10
        actor, place, deed, verb = who[event], where[event], what[event], random.choice(verbs)
        title = random.choice(
            [
                f"{actor} {verb} {deed} in {place} over facial recognition",
                f"Facial recognition: {place} regulator says {actor} must {deed}",
                f"{place} rules against {actor}: facial recognition firm {verb} {deed}",
            ]
        )
        excerpt = random.choice(
            [
                f"The company {actor} has been {verb} {deed}, a {place} official said on Monday.",
                f"Police and privacy groups in {place} reacted. The technology had been used for years.",
                f"A spokesperson said {actor} would appeal. The technology is used by police and shops.",
            ]
        )
        outlet = f"o{random.randrange(120)}.example"
        stories.append(story(f"e{event}-{number}", title=title, excerpt=excerpt, outlet=outlet, days=random.random()))
    return sorted(stories, key=by_date)


@pytest.mark.parametrize("seed", range(4))
def test_a_dense_day_does_not_collapse(seed: int) -> None:
    """Three hundred stories on ten events never make a group more than twice the largest event."""
    sizes = [len(event.stories) for event in cluster(_dense_day(seed), related={}, keywords=FACES)]
    assert max(sizes) <= 60
    assert len(sizes) >= 10


def test_noise_does_not_collapse() -> None:
    """In a stream that says the same few words over and over, no group swallows it."""
    random = Random(7)  # noqa: S311  the same every time
    words = "police privacy data camera trial law staff border school match error court".split()
    stream = [
        story(f"n{n}", title=" ".join(random.choices(words, k=6)), outlet=f"o{n % 90}.example", days=n / 100)
        for n in range(600)
    ]
    assert max(len(event.stories) for event in cluster(stream, related={})) <= 60


def test_an_editors_mention_makes_likelier_and_decides_nothing() -> None:
    """What an editor names beside a story joins sooner, but not whatever it says."""
    lead = told("Serco ordered to stop scanning its staff", outlet="a.example")
    other = told("Quite another matter entirely", outlet="b.example", days=0.1)
    assert 2 == len(clustered(lead, other, related={lead.id: (other.id,)}))
    near = told("Regulator on staff scanning at leisure firm", outlet="c.example", days=0.2)
    named = cluster([lead, near], related={lead.id: (near.id,)}, keywords=FACES)
    plain = cluster([lead, near], related={}, keywords=FACES)
    assert _likeness(named, near) > _likeness(plain, near)


def _likeness(events: list[Event], of: Story) -> float:
    """Return how like its event, or the one it nearly joined, a story was."""
    join = next(event.joins[of.id] for event in events if of.id in event.joins)
    return max(join.likeness, join.near.likeness if join.near else 0.0)


def test_a_near_miss_says_why() -> None:
    """A story that nearly joined an event says which, how like it was, and why it did not."""
    one = told("Airports using biometrics in Kansas this year", outlet="a.example")
    other = told("Airports using biometrics in Texas this year", outlet="b.example", days=0.1)
    events = cluster([one, other], related={}, keywords=FACES)
    near = events[1].joins[other.id].near
    assert near is not None
    assert (one.id, "the titles are one template with other names") == (near.id, near.why_not)


def test_two_events_shown_to_be_one_merge_into_the_older() -> None:
    """A story that fits two events joins them where their wholes are alike; the older one stays."""
    first = told("Serco Leisure scanned the faces of its staff", outlet="a.example")
    second = told("Leisure staff clocks halted at pools by the regulator", outlet="b.example", days=5)
    both = told(f"{first.title}: {second.title.lower()}", outlet="c.example", days=5.1)
    assert 2 == len(clustered(first, second))
    assert [[first.title, second.title, both.title]] == clustered(first, second, both)


def test_events_that_share_little_stay_two() -> None:
    """A round-up that fits two events joins one of them; the events stay apart."""
    first = told("Serco Leisure scanned the faces of its staff", outlet="a.example")
    second = told("Regulator halts fingerprint clocks at pools in Kent", outlet="b.example", days=0.1)
    roundup = told(f"{first.title}: {second.title}", outlet="c.example", days=0.2)
    assert 2 == len(clustered(first, second, roundup))


class TestTheEditorsHand:
    """`group` and `solo` in a story's own file."""

    def test_a_name_puts_together_whatever_the_likeness(self) -> None:
        """Stories of one `group:` are one event, years apart; what is like them may join too."""
        one = told("Deepfakes of faces fool phones", group="x", outlet="a.example")
        two = told("Parliament debates a bill", group="x", outlet="b.example", days=900)
        assert [[one.title, two.title]] == clustered(one, two)
        like = told("Deepfakes of faces fool phones and tablets", outlet="c.example", days=0.1)
        assert [[one.title, like.title, two.title]] == clustered(one, like, two)

    def test_two_names_never_merge(self) -> None:
        """Events that the editor calls by two names stay two, however alike."""
        a, b, c = serco()
        named = [
            told(each.title, excerpt=each.excerpt, outlet=f"n{n}.example", group=f"g{n}")
            for n, each in enumerate((a, b))
        ]
        assert 2 == len(clustered(*named, c))

    def test_a_name_reaches_an_event_that_has_closed(self) -> None:
        """A story joins the event of its name however long ago that closed."""
        old = told("Deepfakes of faces fool phones", group="x", outlet="a.example")
        filler = [told(f"Filler {n} about gate {n * 3}", outlet=f"f{n}.example", days=50 + n / 999) for n in range(600)]
        late = told("Parliament debates a bill", group="x", outlet="b.example", days=90)
        assert [old.title, late.title] in clustered(old, *filler, late)

    def test_a_name_goes_with_a_merge(self) -> None:
        """When a named event turns out to be part of an older one, later stories of that name follow it."""
        first = told("Serco Leisure scanned the faces of its staff", outlet="a.example")
        second = told(
            "Leisure staff clocks halted at pools by the regulator", outlet="b.example", days=3, group="serco"
        )
        both = told(f"{first.title}: {second.title.lower()}", outlet="c.example", days=3.1)
        later = told("Parliament debates a bill", outlet="d.example", days=60, group="serco")
        assert [[first.title, second.title, both.title, later.title]] == clustered(first, second, both, later)

    def test_solo_keeps_apart(self) -> None:
        """A story with `solo: true` neither joins nor is joined."""
        title, text = SERCO[0]
        alone = told(title, excerpt=text, solo=True, outlet="s.example")
        assert [[title], [title, title]] == clustered(
            alone, *(told(title, excerpt=text, outlet=f"o{n}.example", days=1) for n in range(2))
        )


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_yesterday_then_today_equals_both_at_once(seed: int) -> None:
    """What came before is grouped the same whether or not the later stories are there, but for what these join."""
    stories = _dense_day(seed % 5)[:: 1 + seed % 4]
    at = seed % len(stories)
    before = cluster(stories[:at], related={}, keywords=FACES)
    whole = cluster(stories, related={}, keywords=FACES)
    later = {each.id for each in stories[at:]}
    untouched = {frozenset(ids) for ids in parts(whole) if not ids & later}
    assert untouched <= parts(before)
    # A story to come may show two events to be one, never part what stood together.
    for ids in parts(before):
        assert any(ids <= other for other in parts(whole))


def test_repeated_runs_agree() -> None:
    """Two passes over the same stories give the same events, reasons and likenesses."""
    stories = _dense_day(3)
    assert cluster(stories, related={}) == cluster(stories, related={})


def test_memory_is_bounded_by_the_window() -> None:
    """What is too old to be compared with is forgotten: a long stream keeps its end only."""
    from frtfeed.edit.cluster import Pass
    from frtfeed.edit.weights import gist_of

    run = Pass({}, (), {}.__getitem__)
    for number in range(3000):
        each = told(f"Story {number} on subject {number * 7}", outlet=f"o{number}.example", days=number / 2)
        run.place(each, gist_of(each))
    assert len(run._seen) <= 2 * 30 + 1
    assert len(run._events) <= 2 * 30 + 1
    for index, days in ((run._by_word, 7), (run._by_title, 30)):
        remembered = {number for numbers in index._notes.values() for number in numbers}
        assert len(remembered) <= 2 * 2 * days + 2


SCRIPTS = {
    "Japanese": (
        "警察が渋谷駅で顔認証カメラを試験導入",
        "渋谷駅の顔認証カメラ、警察が試験導入",
        "京都の大学が図書館を開館",
    ),
    "Chinese": (
        "警方在上海地铁试用人脸识别摄像头",
        "上海地铁人脸识别摄像头由警方试用",
        "北京大学新图书馆开放",
    ),
    "Korean": (
        "서울경찰이 지하철역에서 얼굴인식 카메라 시험",
        "지하철역 얼굴인식 카메라, 서울경찰이 시험",
        "부산의 대학이 도서관을 연다",
    ),
    "Thai": (
        "ตำรวจทดลองกล้องจดจำใบหน้าที่สถานีสยาม",
        "กล้องจดจำใบหน้าที่สถานีสยาม ตำรวจทดลอง",
        "มหาวิทยาลัยเปิดห้องสมุด",
    ),
    "Cyrillic": (
        "Полиция Москвы проверит камеры в метро",
        "Камеры в метро проверит полиция Москвы",
        "Вуз открыл музей для всех",
    ),
    "Arabic": (
        "الشرطة تختبر كاميرات الوجوه في محطة دبي",
        "كاميرات الوجوه: شرطة دبي تختبر في المحطة",
        "جامعة تفتح مكتبة جديدة للطلاب",
    ),
    "Hebrew": (
        "המשטרה בוחנת מצלמות זיהוי פנים בתחנת חיפה",
        "מצלמות זיהוי פנים בתחנת חיפה: המשטרה בוחנת",
        "אוניברסיטה פותחת ספרייה חדשה",
    ),
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_events_are_told_in_any_script(script: str) -> None:
    """Two headlines on one event group in every script; another matter in that script stays apart."""
    one, other, aside = SCRIPTS[script]
    stories = [told(title, outlet=f"o{n}.example", days=n / 10) for n, title in enumerate((one, other, aside))]
    assert [[one, other], [aside]] == clustered(*stories)


def test_a_title_without_a_telling_word_stays_alone() -> None:
    """Empty excerpts and titles of the commonest words group with nothing."""
    assert 2 == len(clustered(told("It is", outlet="a.example"), told("It is", outlet="b.example", days=1)))
    assert 2 == len(clustered(told("?!", outlet="a.example"), told("?!", outlet="b.example", days=1)))
