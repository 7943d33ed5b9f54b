"""When somebody is told: at once, in a daily or weekly digest, never in quiet hours. Pure; local times in a zone."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
AT_ONCE, DAILY, WEEKLY = "at-once", "daily", "weekly"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a recipient wants to be told.

    every    at-once, daily or weekly
    at       local time of the digest; also of the one that holds what is over the cap
    weekday  of the weekly digest, 0 is Monday
    quiet    local times between which nothing is sent; may go over midnight
    cap      alerts a day that are sent at once, the others wait for a daily digest; 0 for no cap
    """

    every: str = AT_ONCE
    at: time = time(8)
    weekday: int = 0
    quiet: tuple[time, time] | None = None
    cap: int = 0

    @property
    def said(self) -> str:
        """The rhythm in words."""
        when = {AT_ONCE: "at once", DAILY: f"daily at {self.at:%H:%M}"}
        words = [when.get(self.every, f"weekly, {DAYS[self.weekday]} at {self.at:%H:%M}")]
        if self.quiet:
            words.append(f"not from {self.quiet[0]:%H:%M} to {self.quiet[1]:%H:%M}")
        if self.cap and self.every == AT_ONCE:
            words.append(f"{self.cap} a day at most, the rest at {self.at:%H:%M}")
        return ", ".join(words)


def next_digest(rhythm: Rhythm, sort: str, now: datetime, zone: str) -> datetime:
    """The next time that a digest of that sort is due, UTC, after now."""
    local = now.astimezone(ZoneInfo(zone))
    for days in range(9):
        day = local.date() + timedelta(days=days)
        due = datetime.combine(day, rhythm.at, ZoneInfo(zone)).astimezone(UTC)
        if due > now and (sort != WEEKLY or day.weekday() == rhythm.weekday):
            return due
    raise AssertionError("nine days hold every weekday twice")


def past_quiet(rhythm: Rhythm, now: datetime, zone: str) -> datetime:
    """Now, or the end of the quiet hours that now lies in; UTC."""
    if rhythm.quiet is None:
        return now
    start, end = rhythm.quiet
    local = now.astimezone(ZoneInfo(zone))
    clock = local.time()
    over_midnight = end <= start
    inside = (clock >= start or clock < end) if over_midnight else start <= clock < end
    if not inside:
        return now
    day = local.date() + timedelta(days=int(over_midnight and clock >= start))
    return datetime.combine(day, end, ZoneInfo(zone)).astimezone(UTC)


def day_began(now: datetime, zone: str) -> datetime:
    """Midnight of the local day, UTC."""
    local = now.astimezone(ZoneInfo(zone))
    return datetime.combine(local.date(), time(), ZoneInfo(zone)).astimezone(UTC)
