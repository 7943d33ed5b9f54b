"""Cron lines: when a source is due, was due, will be due. Pure; the zone is Asia/Shanghai unless the settings differ.

Days of the week are written by name: 1 is Monday to cron and Tuesday to APScheduler, whose reading of the line this is.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from storage.errors import BadSetting

SHANGHAI = "Asia/Shanghai"
# Stretches that are searched backwards for the last time a line was due: most are daily, some once a year, and
# 29 February comes every eight years at the least.
BACK = tuple(timedelta(days=days) for days in (1 / 24, 1, 8, 32, 367, 8 * 367))


@lru_cache(maxsize=512)
def trigger(line: str, zone: str = SHANGHAI, jitter: float | None = None) -> CronTrigger:
    """The trigger of a line of five fields.

    jitter  seconds by which it may fire later, at random
    raises  BadSetting for a line that is none, or that numbers the days of the week
    """
    fields = line.split()
    if len(fields) != 5:
        raise BadSetting(f"cron line {line!r}: five fields are wanted: minute hour day month day-of-the-week")
    if any(character.isdigit() for character in fields[4].partition("/")[0]):
        raise BadSetting(f"cron line {line!r}: write days of the week by name: mon, tue, …")
    names = ("minute", "hour", "day", "month", "day_of_week")
    try:
        return CronTrigger(**dict(zip(names, fields, strict=True)), timezone=ZoneInfo(zone), jitter=jitter)
    except ValueError as error:
        raise BadSetting(f"cron line {line!r}: {error}") from error


def next_due(line: str, now: datetime, zone: str = SHANGHAI) -> datetime | None:
    """The first time after now, UTC; None where there is none."""
    due = trigger(line, zone).get_next_fire_time(None, now.astimezone(ZoneInfo(zone)) + timedelta(microseconds=1))
    return due.astimezone(UTC) if due else None


def last_due(line: str, now: datetime, zone: str = SHANGHAI) -> datetime | None:
    """The last time until now, UTC; None where there was none in eight years."""
    for stretch in BACK:
        due = next_due(line, now - stretch, zone)
        if due is None or due > now:
            continue
        while (later := next_due(line, due, zone)) is not None and later <= now:
            due = later
        return due
    return None
