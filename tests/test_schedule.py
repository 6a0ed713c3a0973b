"""Jobs on cron expressions."""

import signal
import threading
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from frtfeed import schedule
from frtfeed.errors import ConfigError
from frtfeed.schedule import run_jobs

LONDON = ZoneInfo("Europe/London")


def next_run(cron: str, after: datetime) -> datetime:
    """Return when an expression is next due."""
    return schedule._trigger("build", cron, zone=LONDON).get_next_fire_time(None, after).astimezone(UTC)


@pytest.mark.parametrize(
    ("cron", "due"),
    [
        pytest.param("*/15 * * * *", datetime(2024, 6, 7, 12, 15, tzinfo=UTC), id="every quarter of an hour"),
        pytest.param("0 7 * * *", datetime(2024, 6, 8, 6, 0, tzinfo=UTC), id="seven in London's summer"),
        pytest.param("0 7 * * 0", datetime(2024, 6, 9, 6, 0, tzinfo=UTC), id="0 is Sunday, as in cron"),
        pytest.param("0 7 * * 7", datetime(2024, 6, 9, 6, 0, tzinfo=UTC), id="7 is Sunday too"),
        pytest.param("0 7 * * 1", datetime(2024, 6, 10, 6, 0, tzinfo=UTC), id="1 is Monday"),
        pytest.param("0 7 * * 1-5", datetime(2024, 6, 10, 6, 0, tzinfo=UTC), id="working days"),
        pytest.param("0 7 * * fri-mon", datetime(2024, 6, 8, 6, 0, tzinfo=UTC), id="a span over the week's end"),
        pytest.param("0 7 * * */3", datetime(2024, 6, 8, 6, 0, tzinfo=UTC), id="every third day from Sunday"),
        pytest.param("0 7 * * TUE,thu", datetime(2024, 6, 11, 6, 0, tzinfo=UTC), id="names in any case"),
        pytest.param("0 7 1 * *", datetime(2024, 7, 1, 6, 0, tzinfo=UTC), id="the first of the month"),
    ],
)
def test_expressions_mean_what_cron_means(cron: str, due: datetime) -> None:
    """A cron expression is due when crontab(5) says, on the site's clock."""
    assert due == next_run(cron, datetime(2024, 6, 7, 12, 1, tzinfo=UTC))  # a Friday


@pytest.mark.parametrize(
    ("cron", "said"),
    [
        pytest.param("hourly", "not a cron expression: 'hourly'", id="a word"),
        pytest.param("61 * * * *", "not a cron expression", id="minute 61"),
        pytest.param("0 7 * *", "it has 4 fields", id="four fields"),
        pytest.param("0 7 * * mon-", "not a day of the week: 'mon-'", id="an open span"),
        pytest.param("0 7 * * */0", "not a day of the week: '\\*/0'", id="a step of nothing"),
        pytest.param("0 7 * * 8", "not a day of the week: '8'", id="day 8"),
        pytest.param("0 7 * * funday", "not a day of the week: 'funday'", id="no day"),
        pytest.param("0 7 1 * 1", "exclude each other", id="day of month and of week"),
    ],
)
def test_a_wrong_expression_is_told(cron: str, said: str) -> None:
    """An expression that is not one is named with the job and an example."""
    with pytest.raises(ConfigError, match=said):
        run_jobs({"build": (cron, lambda: None)}, zone=LONDON, report=lambda line: None)


def test_no_job_is_told() -> None:
    """A scheduler with nothing to do says so instead of waiting for ever."""
    with pytest.raises(ConfigError, match="no job has a schedule"):
        run_jobs({"build": ("", lambda: None)}, zone=LONDON, report=lambda line: None)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_on_a_signal_when_the_job_has_finished(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """SIGTERM and SIGINT end the scheduler; a job under way is finished first, a failing one reported."""
    from apscheduler.triggers.date import DateTrigger

    monkeypatch.setattr(schedule, "_trigger", lambda name, cron, zone: DateTrigger(timezone=zone))  # due at once
    started, finished, told = threading.Event(), threading.Event(), []

    def job() -> None:
        started.set()
        signal.pthread_kill(threading.main_thread().ident or 0, number)  # other threads of a test run take it, too
        finished.set()
        raise RuntimeError("no disk")

    run_jobs({"build": ("now", job)}, zone=LONDON, report=told.append)
    assert started.is_set()
    assert finished.is_set()
    assert ["running build at 'now' (Europe/London)", "stopping when the job under way has finished"] == [
        line for line in told if "failed" not in line
    ]
    assert "build: failed: no disk" in told
