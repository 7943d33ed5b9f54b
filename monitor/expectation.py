"""Which places should have given their report by now: by their own history, else by their peers. Pure.

Districts meet in the first half of January, cities and provinces after them until February; where a new term begins
(换届: 2021, 2026, every five years) districts meet in December already, so a report's year is that of its plan, and
days are counted from its 1 January, those in December before it below zero. A place is called late by what is known
of it, never by the calendar alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

MUNICIPALITIES = ("11", "12", "31", "50")  # 北京, 天津, 上海, 重庆: their districts belong to no city
NATION = "000000"
EARLIEST, LATEST = -45, 200  # days from 1 January in which a report of the year comes out; anything else is a re-post
REMEMBERED = 3  # years after which a place that gave no report is not expected any more
PEERS, SHARE = 4, 0.75  # places of a group, and how many of them must be out, for the others to be late by their peers
BEHIND = 14  # days after the middle of its peers until a place without a history is late
STALE = 120  # days after which a late report is not news any more: what is missing then was never watched for


@dataclass(frozen=True, slots=True)
class Seen:
    """A report that is known: its place, its year, and the first day it was out, where that is known."""

    place: str
    year: int
    day: date | None


@dataclass(frozen=True, slots=True)
class Overdue:
    """A place whose report should be out: by how many days later than ever, and the latest day so far (month-day).

    Both are None where the place has no history and only its peers tell.
    """

    place: str
    days: int | None = None
    latest: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Places under one other: how many reports of a year are expected, how many are out, which are overdue."""

    parent: str
    year: int
    expected: int
    out: int
    overdue: tuple[Overdue, ...]


def year_due(today: date) -> int:
    """The year whose reports are coming out: from December on the next."""
    return today.year + (today.month == 12)


def parent_of(place: str) -> str:
    """The code of the place that a place lies in: 110108 → 110000, 330106 → 330100 → 330000 → 000000."""
    if place.endswith("0000"):
        return NATION
    if place.endswith("00") or place[:2] in MUNICIPALITIES:
        return f"{place[:2]}0000"
    return f"{place[:4]}00"


def expectations(seen: Iterable[Seen], watched: Iterable[str], today: date, slack: int) -> list[Group]:
    """The groups of places in the year that is due.

    seen     the reports known, of all years
    watched  codes of places that a source stands for, whether it may be crawled or not
    slack    days after the latest day so far until a place is called late
    """
    year = year_due(today)
    days = offsets(seen)
    recent = {place for place, years in days.items() if any(year - REMEMBERED <= known < year for known in years)}
    out = {place for place, years in days.items() if year in years}
    groups = defaultdict(set)
    for place in recent | out | set(watched):
        groups[parent_of(place)].add(place)
    return [_group(parent, places, out, days, today, slack) for parent, places in sorted(groups.items())]


def offsets(seen: Iterable[Seen]) -> dict[str, dict[int, int | None]]:
    """By place and year: days from 1 January of the year until the report was out; None where that is not known."""
    days: dict[str, dict[int, int | None]] = defaultdict(dict)
    for report in seen:
        offset = (report.day - date(report.year, 1, 1)).days if report.day else None
        days[report.place][report.year] = offset if offset is not None and EARLIEST <= offset <= LATEST else None
    return days


def _group(
    parent: str,
    places: set[str],
    out: set[str],
    days: Mapping[str, Mapping[int, int | None]],
    today: date,
    slack: int,
) -> Group:
    year = year_due(today)
    now = (today - date(year, 1, 1)).days
    here = [offset for place in places & out if (offset := days[place].get(year)) is not None]
    behind = _behind(places, out, here, now, slack)
    late = [_overdue(place, days.get(place, {}), year, now, slack, behind) for place in sorted(places - out)]
    return Group(parent, year, len(places), len(places & out), tuple(found for found in late if found))


def _behind(places: set[str], out: set[str], here: Sequence[int], now: int, slack: int) -> bool:
    """Are those of the group that are not out behind their peers?"""
    if len(places) < PEERS or len(places & out) < SHARE * len(places) or not here:
        return False
    return slack < now - (median(here) + BEHIND) <= STALE


def _overdue(
    place: str,
    years: Mapping[int, int | None],
    year: int,
    now: int,
    slack: int,
    behind: bool,  # noqa: FBT001
) -> Overdue | None:
    """Is a place that is not out late? Its own history has the word, where there is one."""
    history = [offset for known, offset in years.items() if known < year and offset is not None]
    if not history:
        return Overdue(place) if behind else None
    latest = max(history)
    if not slack < now - latest <= STALE:
        return None
    day = date(year, 1, 1) + timedelta(days=latest)
    return Overdue(place, now - latest, f"{day:%m-%d}")
