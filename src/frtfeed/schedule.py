"""The clock: jobs on cron expressions. The only home of APScheduler."""

import signal
from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any

from frtfeed.errors import ConfigError

__all__ = ["run_jobs"]

# A machine that slept, or a build that took long, must not lose the run that was due: it is
# made up for within a day, once (coalesce), instead of APScheduler's one second.
MISFIRE_GRACE_S = 24 * 3600
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
STOP_SIGNALS = {signal.SIGTERM, signal.SIGINT}


def run_jobs(
    jobs: Mapping[str, tuple[str, Callable[[], None]]], *, zone: tzinfo, report: Callable[[str], None]
) -> None:
    """
    Run jobs on their schedules until SIGTERM or SIGINT; a job under way is finished first.

    Args:
        jobs: by name, a cron expression of five fields ("" for never) and what to call.
            No two run at once.
        zone: in which the expressions are read.
        report: is told of the schedule, of missed runs and failures, a line each.

    Raises:
        ConfigError: an expression that is not one, or no job at all.
    """
    from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobExecutionEvent
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler

    triggers = {name: _trigger(name, cron, zone=zone) for name, (cron, _) in jobs.items() if cron}
    if not triggers:
        raise ConfigError('[run]: no job has a schedule. Write for example build = "*/15 * * * *".')
    # One worker: jobs never overlap, whatever their number.
    scheduler = BackgroundScheduler(timezone=zone, executors={"default": ThreadPoolExecutor(1)})
    for name, trigger in triggers.items():
        scheduler.add_job(
            jobs[name][1],
            trigger,
            id=name,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=MISFIRE_GRACE_S,
        )

    def tell(event: JobExecutionEvent) -> None:
        report(f"{event.job_id}: failed: {event.exception}" if event.exception else f"{event.job_id}: a run was missed")

    scheduler.add_listener(tell, EVENT_JOB_ERROR | EVENT_JOB_MISSED)
    # The signals are waited for, not handled: a handler could interrupt the scheduler's own locks.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        scheduler.start()
        report(f"running {', '.join(f'{name} at {jobs[name][0]!r}' for name in triggers)} ({zone})")
        signal.sigwait(STOP_SIGNALS)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    report("stopping when the job under way has finished")
    scheduler.pause()
    # Asking for the jobs waits for the round of starts under way: a shutdown in the midst of one
    # takes the jobs from under it and ends in a traceback (APScheduler 3.11: JobLookupError).
    scheduler.get_jobs()
    scheduler.shutdown(wait=True)


def _trigger(name: str, cron: str, *, zone: tzinfo) -> Any:
    """Read a cron expression as crontab(5) does, which APScheduler alone does not."""
    from apscheduler.triggers.cron import CronTrigger

    try:
        if len(cron.split()) != 5:
            raise ValueError(f"it has {len(cron.split())} fields")
        minute, hour, day, month, weekday = cron.split()
        if "*" not in (day, weekday):
            raise ValueError("a day of the month and a day of the week exclude each other: one must be *")
        return CronTrigger(
            minute=minute, hour=hour, day=day, month=month, day_of_week=_weekdays(weekday), timezone=zone
        )
    except ValueError as error:
        raise ConfigError(
            f"[run] {name}: not a cron expression: {cron!r}: {error}. "
            'Write five fields, for example "*/15 * * * *" or "0 7 * * mon".'
        ) from error


def _weekdays(field: str) -> str:
    """
    Spell out a day-of-week field: "1-5" is mon,tue,wed,thu,fri; 0 and 7 are Sunday.

    APScheduler 3 counts from Monday where cron counts from Sunday (its issue 286), so it gets names only.
    """
    if field == "*":
        return field
    days = set()
    for part in field.lower().split(","):
        span, _, step = part.partition("/")
        first, _, last = ("0-6" if span == "*" else span).partition("-")
        if not first or (span.endswith("-") and span != "*") or (step and not step.isdecimal()) or step == "0":
            raise ValueError(f"not a day of the week: {part!r}")
        start, end = _weekday(first), _weekday(last or first)
        for offset in range(0, (end - start) % 7 + 1, int(step or 1)):
            days.add((start + offset) % 7)
    return ",".join(WEEKDAYS[day] for day in sorted(days))


def _weekday(text: str) -> int:
    """Read a day of the week: 0 to 7 or its English name."""
    if text in WEEKDAYS:
        return WEEKDAYS.index(text)
    if not text.isdecimal() or int(text) > 7:
        raise ValueError(f"not a day of the week: {text!r}")
    return int(text) % 7
