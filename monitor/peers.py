"""Is a source silent where others are not? Its runs may all end well, and still it brings nothing that others have.

A source that stands for a place is held against the others that have that place's report; one that reprints many
places against the others of its tier, if it brought reports in earlier years.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlmodel import Session

from monitor.expectation import BEHIND, year_due
from storage import runs
from storage.runs import Brought
from storage.values import Source

PATIENCE = timedelta(days=BEHIND)  # after others have it
PEERS = 3  # sources of a tier from which on they tell something of the others


@dataclass(frozen=True, slots=True)
class Silence:
    """Why a source is called silent, and since when others have what it has not."""

    why: str
    since: datetime


def silence(source: Source, year: int, brought: Iterable[Brought], *, faithful: bool, now: datetime) -> Silence | None:
    """Whether a source has nothing of a year that others have had for long; None where that cannot be said.

    brought   what sources brought of the year
    faithful  did it bring reports of earlier years? Only portals are expected to without
    """
    if not faithful and (source.place is None or source.tier > 1):
        return None
    alike = [one for one in brought if one.place == source.place or (source.place is None and peer(one, source))]
    if any(one.source == source.id for one in alike):
        return None
    first: dict[str, datetime] = {}
    for one in alike:
        first[one.source] = min(one.first, first.get(one.source, one.first))
    if source.place is None and len(first) < PEERS:
        return None
    if not first:
        return None
    since = min(first.values()) if source.place else middle(first.values())
    if now - since < PATIENCE:
        return None
    if source.place:
        return Silence(f"the report of {year} is known from {len(first)} other sources but not from this one", since)
    return Silence(f"{len(first)} other sources of its kind have brought reports of {year} but this one none", since)


def peer(one: Brought, source: Source) -> bool:
    """Is what was brought from a source of many places, of the same tier?"""
    return one.tier == source.tier and not one.stands_for


def middle(times: Iterable[datetime]) -> datetime:
    """The time in the middle."""
    known = list(times)
    return datetime.fromtimestamp(median(time.timestamp() for time in known), known[0].tzinfo)


def silence_of(session: Session, source: Source, now: datetime, zone: str) -> Silence | None:
    """`silence`, by what the database knows of the year that is due."""
    year = year_due(now.astimezone(ZoneInfo(zone)).date())
    brought = runs.brought(session, year, source.place)
    if not any(one.source != source.id for one in brought):
        return None
    return silence(source, year, brought, faithful=runs.brought_before(session, source.id, year), now=now)
