"""Dates as people write them, as aware UTC; and as people read them."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal

from frtfeed.model import Precision, When

__all__ = [
    "CalendarError",
    "Period",
    "find_day",
    "for_people",
    "is_date_only",
    "parse_when",
    "period_key",
    "period_span",
    "rfc3339",
]

Period = Literal["daily", "weekly", "monthly"]

MONTHS = "January February March April May June July August September October November December".split()
MONTH_NUMBERS = {name[:length].lower(): n for n, name in enumerate(MONTHS, 1) for length in (3, len(name))}
MONTH_NUMBERS["sept"] = 9
_MONTH = "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True))
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_CLOCK = (
    r"(?:[T\s]\s*(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?"
)
PATTERNS = tuple(
    re.compile(f"^{_WEEKDAY}{pattern}$", re.IGNORECASE)
    for pattern in (
        rf"(?P<y>\d{{4}})-(?P<m>\d{{1,2}})-(?P<d>\d{{1,2}}){_CLOCK}",
        rf"(?P<y>\d{{4}})/(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}}){_CLOCK}",
        r"(?P<y>\d{4})-(?P<m>\d{1,2})",
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<m>{_MONTH})\.?,?\s+(?P<y>\d{{4}}){_CLOCK}",
        rf"(?P<m>{_MONTH})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}}){_CLOCK}",
        rf"(?P<m>{_MONTH})\.?,?\s+(?P<y>\d{{4}})",
        r"(?P<y>\d{4})",
    )
)

# As programs write dates, this format's own among them; PATTERNS read the same in it, in ten times the time.
IN_UTC = re.compile(r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\dZ", re.ASCII)
# Zones by name and years of two digits, which the patterns above leave to the standard library.
RFC_5322 = re.compile(
    r"^(?:[a-z]{3},\s*)?\d{1,2}\s[a-z]{3}\s\d{2,4}\s\d{1,2}:\d{2}(?::\d{2})?(?:\s(?:[a-z]{1,5}|[+-]\d{4})(?:\s\(.*\))?)?$",
    re.IGNORECASE | re.ASCII,
)
# A full date inside a line: "By Jane Doe, 2 August 2022, 4 min read".
DAY_IN_LINE = re.compile(
    rf"(?<!\w)(?:\d{{4}}-\d{{2}}-\d{{2}}(?:[T ]\d{{2}}:\d{{2}}(?::\d{{2}}(?:\.\d+)?)?(?:Z|[+-]\d{{2}}:?\d{{2}})?)?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s(?:{_MONTH})\.?,?\s\d{{4}}|(?:{_MONTH})\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}})(?!\w)",
    re.IGNORECASE,
)


# Programs write year 1 for "no date" (Go's zero time), and in another zone it is before all calendars.
TOO_EARLY, TOO_LATE = 1899, 9999  # years


class CalendarError(ValueError):
    """A date before the year 1900 or in the year 9999."""


def parse_when(text: str, *, zone: tzinfo) -> tuple[When, bool]:
    """
    Read a date: ISO 8601, RFC 5322, or as in "2 Aug 2022", "August 2, 2022", "March 2023", "2021".

    Args:
        zone: taken when the text has a time, or a day, but no zone of its own.

    Returns:
        The date in UTC, and whether its zone had to be assumed (times of day only).

    Raises:
        ValueError: not a date, or one that no calendar has; CalendarError for one that no story has.
    """
    if IN_UTC.fullmatch(text):
        return When(at=_of_ours(datetime.fromisoformat(text))), False
    text = " ".join(text.split())
    for pattern in PATTERNS:
        if found := pattern.match(text):
            return _when(found, zone)
    if not RFC_5322.match(text):  # parsedate_to_datetime ignores whatever follows a date
        raise ValueError(f"not a date: {text!r}")
    from email.utils import parsedate_to_datetime  # it brings half of email, for a date that few files have

    at = parsedate_to_datetime(text)
    return When(at=_utc(at, zone)), at.tzinfo is None


def is_date_only(text: str) -> bool:
    """Tell whether a line is a full date and nothing else: "2 Aug 2022" is, "by 2 Aug 2022" is not."""
    if len(text) > 40:
        return False
    try:
        when, _ = parse_when(text, zone=UTC)
    except ValueError:
        return False
    return when.precision in ("day", "time")


def find_day(text: str, *, zone: tzinfo) -> When | None:
    """Return the first full date inside a line, such as a byline; None where there is none that a calendar has."""
    found = DAY_IN_LINE.search(" ".join(text.split()))
    if not found:
        return None
    try:
        return parse_when(found[0], zone=zone)[0]
    except ValueError:
        return None


def rfc3339(at: datetime) -> str:
    """Write a date as RFC 3339 in UTC with Z: one reader drops offsets (CONFORMANCE)."""
    # strftime leaves years before 1000 without their zeros.
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def for_people(when: When, *, zone: tzinfo) -> str:
    """Write a date as exact as it is known: "2 August 2022", "March 2023", "2 August 2022 (estimated)"."""
    # A day, month or year was stated for the zone it was read in; all first instants lie in it.
    local = when.at.astimezone(zone)
    day = {
        "time": f"{local.day} {MONTHS[local.month - 1]} {local.year:04}",
        "day": f"{local.day} {MONTHS[local.month - 1]} {local.year:04}",
        "month": f"{MONTHS[local.month - 1]} {local.year:04}",
        "year": f"{local.year:04}",
    }[when.precision]
    return f"{day} (estimated)" if when.estimated else day


def period_key(at: datetime, period: Period, *, zone: tzinfo) -> str:
    """Name the period that an instant falls in: "2024-02-23", "2024-W08" (ISO week), "2024-02"."""
    local = at.astimezone(zone)
    if period == "daily":
        return f"{local.date().isoformat()}"
    if period == "monthly":
        return f"{local.year:04}-{local.month:02}"
    week = local.isocalendar()
    return f"{week.year:04}-W{week.week:02}"


def period_span(at: datetime, period: Period, *, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the first instant of the period that an instant falls in, and of the one after it, in UTC."""
    today = at.astimezone(zone).date()
    if period == "daily":
        first, after = today, today + timedelta(days=1)
    elif period == "monthly":
        first = today.replace(day=1)
        after = (first + timedelta(days=32)).replace(day=1)
    else:
        first = today - timedelta(days=today.weekday())
        after = first + timedelta(days=7)
    return _midnight(first, zone), _midnight(after, zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    """Return the instant, in UTC, at which a day begins in a zone."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _when(found: re.Match[str], zone: tzinfo) -> tuple[When, bool]:
    """Turn a match of one of PATTERNS into a date; ValueError where no calendar has it."""
    part = found.groupdict()
    month = part.get("m")
    number = 1 if month is None else int(month) if month.isdigit() else MONTH_NUMBERS[month.lower()]
    day = part.get("d")
    clock = part.get("clock")
    precision: Precision = "time" if clock else "day" if day else "month" if month else "year"
    at = datetime(int(part["y"] or 0), number, int(day or 1))  # noqa: DTZ001  its zone follows below
    if clock:
        hour, minute, *seconds = clock.replace(",", ".").split(":")
        at = at.replace(hour=int(hour), minute=int(minute), second=int(float(seconds[0])) if seconds else 0)
    offset = part.get("zone")
    if offset is None:
        return When(at=_utc(at, zone), precision=precision), clock is not None
    return When(at=_utc(at.replace(tzinfo=_offset(offset)), zone), precision=precision), False


def _offset(text: str) -> tzinfo:
    """Read Z, UTC, GMT, +01:00, +0100 or +01."""
    if text[0] not in "+-":
        return UTC
    return datetime.strptime(f"{text[0]}{text[1:].replace(':', ''):0<4}", "%z").tzinfo or UTC


def _utc(at: datetime, zone: tzinfo) -> datetime:
    """Return an instant in UTC; CalendarError where its year is none of ours."""
    return (_of_ours(at) if at.tzinfo else _of_ours(at).replace(tzinfo=zone)).astimezone(UTC)


def _of_ours(at: datetime) -> datetime:
    """Return a date as it is; CalendarError where its year is none of ours."""
    if TOO_EARLY < at.year < TOO_LATE:
        return at
    raise CalendarError(f"outside the calendar: {at}")
