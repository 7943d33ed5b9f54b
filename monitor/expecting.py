"""The daily look for reports that should be out: what is known, held against history and peers, becomes events."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from monitor.expectation import NATION, Group, Overdue, Seen, expectations
from monitor.health import Addressed, State, health_of
from monitor.places import find
from storage import mutes, runs
from storage.save import save_event
from storage.values import Source

KIND, QUIET = "place.late", "all.quiet"
ALWAYS = (QUIET, "alert.digest")  # events that are no news
MORNING = 8  # o'clock
DAY = timedelta(days=1)


def expected(session: Session, sources: Sequence[Source], today: date, slack: int) -> list[Group]:
    """The groups of places in the year that is due, as of today; see monitor.expectation."""
    seen = [Seen(place, year, day) for place, year, day in runs.reports_seen(session)]
    return expectations(seen, [source.place for source in sources if source.place], today, slack)


def expect(
    session: Session, sources: Sequence[Source], addressed: Addressed, now: datetime, slack: int, zone: str
) -> list[str]:
    """Write one event for each group in which a place is newly late; keys of the events.

    sources  the registry, those included that may not be crawled: their places are expected from elsewhere
    """
    muted = mutes.muted(session, now)
    written = []
    for group in expected(session, sources, now.astimezone(ZoneInfo(zone)).date(), slack):
        subject = f"{group.parent}/{group.year}"
        told = runs.places_told(session, KIND, subject)
        late = [place for place in group.overdue if place.place not in told and not muted.covers(KIND, "", place.place)]
        if not late:
            continue
        key = f"{KIND}:{subject}:{','.join(place.place for place in late)}"
        facts = facts_of(group, late)
        if save_event(session, key, KIND, subject, facts, now, for_any(addressed, late)):
            written.append(key)
    return written


def all_quiet(
    session: Session, sources: Sequence[Source], addressed: Addressed, now: datetime, grace: timedelta, zone: str
) -> list[str]:
    """Once a day, from MORNING on: an event that nothing has happened for a day; its key, if there was one to write."""
    local = now.astimezone(ZoneInfo(zone))
    if local.hour < MORNING or runs.happened_since(session, now - DAY, ALWAYS):
        return []
    states = [health_of(session, source, now, grace, zone).state for source in sources]
    facts = {"day": local.date().isoformat(), "sources": len(states), "working": states.count(State.WORKING)}
    key = f"{QUIET}:{facts['day']}"
    written = save_event(session, key, QUIET, str(facts["day"]), facts, now, addressed(QUIET, None, 1.0))
    return [key] if written else []


def for_any(addressed: Addressed, late: Sequence[Overdue]) -> list[tuple[str, str]]:
    """Whoever wants to know of one of the places."""
    pairs = [pair for place in late for pair in addressed(KIND, place.place, 1.0)]
    return list(dict.fromkeys(pairs))


def facts_of(group: Group, late: Sequence[Overdue]) -> dict[str, Any]:
    """What the event says; the shape stands in alerts/render.py."""
    return {
        "group": {"code": group.parent, "name": named(group.parent)},
        "year": group.year,
        "expected": group.expected,
        "out": group.out,
        "places": [
            {"code": place.place, "name": named(place.place), "days": place.days, "latest": place.latest}
            for place in late
        ],
    }


def named(code: str) -> str:
    """The name of a place; its code where it has none."""
    if code == NATION:
        return "全国"
    found = find(code)
    return found[0].name if found else code


def lines(groups: Sequence[Group], name: Callable[[str], str] = named) -> list[str]:
    """What `status` says of the groups in which something is late, in English."""
    said = []
    for group in groups:
        if group.overdue:
            head = f"{group.out} of {group.expected} reports of {group.year} are out in {name(group.parent)}"
            said.append("; ".join([head, *(late(place, name) for place in group.overdue)]))
    return said


def late(place: Overdue, name: Callable[[str], str]) -> str:
    """By how much a place is late."""
    if place.days is None:
        return f"{name(place.place)} is not, most of its peers are"
    return f"{name(place.place)} is {place.days} days later than ever before (latest {place.latest})"
