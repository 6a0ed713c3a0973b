"""Tests of src/frtfeed/times.py."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed import times
from frtfeed.model import Precision, When

LONDON = ZoneInfo("Europe/London")


def utc(*parts: int) -> datetime:
    """Return an instant in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("written", "at", "precision", "assumed"),
    [
        pytest.param("2024-03-12T10:56:00Z", utc(2024, 3, 12, 10, 56), "time", False, id="ISO"),
        pytest.param("2024-03-12 10:56", utc(2024, 3, 12, 10, 56), "time", True, id="no zone"),
        pytest.param("2024-07-12 10:56:07.25", utc(2024, 7, 12, 9, 56, 7), "time", True, id="summer, no zone"),
        pytest.param("2024-03-12T10:56+01:00", utc(2024, 3, 12, 9, 56), "time", False, id="offset"),
        pytest.param("2024-03-12T10:56-0530", utc(2024, 3, 12, 16, 26), "time", False, id="offset without colon"),
        pytest.param("2024-03-12T10:56+01", utc(2024, 3, 12, 9, 56), "time", False, id="offset of hours"),
        pytest.param("2024/3/2", utc(2024, 3, 2), "day", False, id="slashes"),
        pytest.param("2024-07-02", utc(2024, 7, 1, 23), "day", False, id="a day begins in its zone"),
        pytest.param("Tue, 12 Mar 2024 10:56:00 +0000", utc(2024, 3, 12, 10, 56), "time", False, id="RFC 5322"),
        pytest.param("Tue, 12 Mar 2024 10:56:00 EST", utc(2024, 3, 12, 15, 56), "time", False, id="zone by name"),
        pytest.param("12 Mar 24 10:56", utc(2024, 3, 12, 10, 56), "time", True, id="two digits of a year"),
        pytest.param("2 Aug 2022", utc(2022, 8, 1, 23), "day", False, id="short month"),
        pytest.param("Tuesday, 2nd August 2022", utc(2022, 8, 1, 23), "day", False, id="weekday and ordinal"),
        pytest.param("Sept. 3, 2022", utc(2022, 9, 2, 23), "day", False, id="month first"),
        pytest.param("March 2023", utc(2023, 3, 1), "month", False, id="month"),
        pytest.param("2023-03", utc(2023, 3, 1), "month", False, id="month as number"),
        pytest.param(" 2021 ", utc(2021, 1, 1), "year", False, id="year"),
    ],
)
def test_parse_when(written: str, at: datetime, precision: Precision, assumed: bool) -> None:
    """A date is read as people write it, as exactly as it was written."""
    assert (When(at=at, precision=precision), assumed) == times.parse_when(written, zone=LONDON)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "soon",
        "2021-13-40",
        "2023-02-29",
        "31 April 2022",
        "0000",
        "2024-03-12T25:00:00Z",
        "2024-03-12T10:56:99Z",
        "2024-03-12T10:00+99:00",
        "1710240960",
        "by 30 December 2023",
        "2 Aug 2022 10:00 and then",
        "1 Jan 99999999999 00:00:00",
        "99 Aug 22 10:00",
    ],
)
def test_parse_when_refuses(written: str) -> None:
    """What no calendar has is no date."""
    with pytest.raises(ValueError, match=r".") as caught:
        times.parse_when(written, zone=UTC)
    assert not isinstance(caught.value, times.CalendarError)


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        pytest.param("0001-01-01", 10, id="first"),
        pytest.param("0001-01-01T00:00:00Z", 0, id="a program's word for no date"),
        pytest.param("1899-12-31", 0, id="older than any story"),
        pytest.param("9999-12-31T23:00", -10, id="last"),
        pytest.param("9999-12-31T23:00:00-10:00", 0, id="last, by its own offset"),
        pytest.param("Fri, 31 Dec 9999 23:00:00 -1000", 0, id="last, RFC 5322"),
    ],
)
def test_parse_when_at_the_end_of_time(written: str, hours: int) -> None:
    """A date that no story has, or that leaves the calendar in another zone, is known as such."""
    with pytest.raises(times.CalendarError, match="outside the calendar"):
        times.parse_when(written, zone=timezone(timedelta(hours=hours)))


@given(
    st.one_of(
        st.text(),
        st.from_regex(r"\w{0,3},? ?\d{1,4}[ /-]\w{1,4}[ /-]\d{1,5}[T ]?[\d:]{0,8} ?[A-Z+\-\d]{0,5}", fullmatch=True),
    )
)
def test_parse_when_anything(written: str) -> None:
    """Any text is a date in UTC, or raises ValueError and nothing else."""
    try:
        when, _ = times.parse_when(written, zone=LONDON)
    except ValueError:
        return
    assert UTC == when.at.tzinfo


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("2 Aug 2022", True, id="a date"),
        pytest.param("Tue, 2 Aug 2022 10:00 GMT", True, id="a date with its time"),
        pytest.param("by 2 Aug 2022", False, id="in words"),
        pytest.param("March 2023", False, id="a month"),
        pytest.param("2022", False, id="a year"),
        pytest.param(f"2 Aug 2022{' ' * 40}x", False, id="too long"),
    ],
)
def test_is_date_only(line: str, expected: bool) -> None:
    """A line is a date when it is a full one and nothing else."""
    assert expected == times.is_date_only(line)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("By Jane Doe | 2 August 2022 | 4 min read", utc(2022, 8, 2), id="byline"),
        pytest.param("Published Aug. 2nd, 2022, 10:00", utc(2022, 8, 2), id="month first"),
        pytest.param("Updated 2022-08-02T10:00:00+02:00.", utc(2022, 8, 2, 8), id="ISO"),
        pytest.param("By Jane Doe, August 2022", None, id="no day"),
        pytest.param("On 31 April 2022", None, id="no calendar has it"),
    ],
)
def test_find_day(line: str, expected: datetime | None) -> None:
    """A line's first full date is found among its other words."""
    found = times.find_day(line, zone=UTC)
    assert expected == (found and found.at)


def test_rfc3339() -> None:
    """Dates leave in UTC with Z and four digits of year."""
    cet = timezone(timedelta(hours=1))
    assert "2024-03-12T09:56:00Z" == times.rfc3339(datetime(2024, 3, 12, 10, 56, tzinfo=cet))
    assert "0044-03-15T12:00:00Z" == times.rfc3339(utc(44, 3, 15, 12))


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        pytest.param(When(at=utc(2022, 8, 2, 23, 30)), "3 August 2022", id="the reader's day"),
        pytest.param(When(at=utc(2022, 8, 1, 23), precision="day"), "2 August 2022", id="day"),
        pytest.param(When(at=utc(2022, 7, 31, 23), precision="month"), "August 2022", id="month"),
        pytest.param(When(at=utc(2022, 1, 1), precision="year"), "2022", id="year"),
        pytest.param(
            When(at=utc(2022, 8, 1, 23), precision="day", estimated=True), "2 August 2022 (estimated)", id="estimated"
        ),
    ],
)
def test_for_people(when: When, expected: str) -> None:
    """People see a date as exact as it is known, in their zone."""
    assert expected == times.for_people(when, zone=LONDON)


@pytest.mark.parametrize(
    ("period", "key", "start", "end"),
    [
        pytest.param("daily", "2024-04-01", utc(2024, 3, 31, 23), utc(2024, 4, 1, 23), id="daily"),
        pytest.param("weekly", "2024-W14", utc(2024, 3, 31, 23), utc(2024, 4, 7, 23), id="weekly"),
        pytest.param("monthly", "2024-04", utc(2024, 3, 31, 23), utc(2024, 4, 30, 23), id="monthly"),
    ],
)
def test_periods(period: times.Period, key: str, start: datetime, end: datetime) -> None:
    """A period begins and ends at midnight of the site's zone; half past eleven in UTC may be tomorrow."""
    at = utc(2024, 3, 31, 23, 30)
    assert key == times.period_key(at, period, zone=LONDON)
    assert (start, end) == times.period_span(at, period, zone=LONDON)


@given(
    st.integers(min_value=0, max_value=4_000_000_000),
    st.sampled_from(["daily", "weekly", "monthly"]),
)
def test_periods_tile(timestamp: int, period: times.Period) -> None:
    """Every instant lies in its period, and the next period begins where this one ends."""
    instant = datetime.fromtimestamp(timestamp, UTC)
    start, end = times.period_span(instant, period, zone=LONDON)
    assert start <= instant < end
    assert end == times.period_span(end, period, zone=LONDON)[0]


@given(st.from_regex(r"[0-9]{4}-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]Z", fullmatch=True))
def test_dates_of_programs(written: str) -> None:
    """The one spelling that is read quickly means what it means among the others; a space asks for these."""

    def read(text: str) -> object:
        try:
            return times.parse_when(text, zone=UTC)
        except ValueError as error:
            return type(error)

    assert read(f" {written}") == read(written)
