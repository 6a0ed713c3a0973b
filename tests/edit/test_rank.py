"""In what order."""

from hypothesis import given
from hypothesis import strategies as st

from frtfeed.edit.rank import by_date, rank
from frtfeed.model import Group, Provider
from frtfeed.records import replace
from tests.edit.stories import MONDAY, story


def group(name: str, *, heat: int = 50, quality: int = 50, days: float = 0) -> Group:
    """Make a group of one story."""
    lead = story(name, days=days)
    return Group(id=name, lead=lead, coverage=(), background=(), updated=lead.at, quality=quality, heat=heat)


def ids(groups: tuple[Group, ...]) -> list[str]:
    """Return the ids in order."""
    return [each.id for each in groups]


def test_rank_is_by_heat_quality_newest_id() -> None:
    """Heat first, then quality, then newest, then id."""
    groups = [
        group("d-cool", heat=40, quality=90, days=9),
        group("c-old", quality=40, days=0),
        group("b-new", quality=40, days=1),
        group("a-new", quality=40, days=1),
        group("hot", heat=60, quality=1),
        group("better", quality=41),
    ]
    assert ["hot", "better", "a-new", "b-new", "c-old", "d-cool"] == ids(rank(groups))


def test_half_life_lets_the_newer_one_pass() -> None:
    """With a half-life of seven days, a week is worth fifty points of heat."""
    hot, new = group("hot", heat=100), group("new", heat=51, days=7)
    assert ["hot", "new"] == ids(rank([hot, new]))
    assert ["new", "hot"] == ids(rank([hot, new], half_life_days=7))
    assert ["hot", "new"] == ids(rank([hot, group("new", heat=49, days=7)], half_life_days=7))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), max_size=8), st.randoms())
def test_rank_ignores_the_order_it_is_given(values: list[tuple[int, int, int]], random) -> None:
    """Any order in gives one order out."""
    groups = [group(f"g{n}", heat=heat, quality=quality, days=days) for n, (heat, quality, days) in enumerate(values)]
    shuffled = list(groups)
    random.shuffle(shuffled)
    assert rank(groups) == rank(shuffled)


def test_one_provider_does_not_fill_the_top() -> None:
    """At most so many leads of one provider stand among the first ten; its others follow in their order."""
    loud = [group(f"loud-{n}", heat=100 - n) for n in range(6)]
    rest = [
        replace(each, lead=replace(each.lead, provider=Provider(name=each.id)))
        for each in (group(f"rest-{n}", heat=50 - n) for n in range(9))
    ]
    nobody = replace(rest[0], id="nobody", heat=40, lead=replace(rest[0].lead, provider=None))
    ranked = ids(rank([*loud, *rest, nobody], per_provider=2))
    assert ["loud-0", "loud-1", *(f"rest-{n}" for n in range(8))] == ranked[:10]
    assert ["loud-2", "loud-3", "loud-4", "loud-5", "rest-8", "nobody"] == ranked[10:]
    assert ids(rank(loud)) == ids(rank(loud, per_provider=1))


def test_by_date_breaks_ties_by_id() -> None:
    """Stories of one instant are in the order of their ids."""
    one, two = story("s", id="urn:b"), story("s", id="urn:a")
    assert [two, one] == sorted([one, two], key=by_date)
    assert by_date(two) == (MONDAY, "urn:a")
