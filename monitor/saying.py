"""What a person says of a report, as written (place=海淀 meeting=2025-01-07) and as the fields that follow from it."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date

from monitor.identity import FIRST_MONTH, year_of
from monitor.places import NATION, find
from storage.errors import BadArgument
from storage.model import Report
from storage.values import Kind

NAMES = {
    "place": "place",
    "meeting": "meeting_on",
    "year": "year",
    "kind": "kind",
    "session": "session",
    "speaker": "speaker",
}
UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # Unicode's categories of what is not shown but acts, and of line breaks
FIRST_YEAR = 1949  # the year before has no government that reports


def parsed(words: Sequence[str], today: date) -> dict[str, str]:
    """What was written as NAME=VALUE, by the names of Reading.said; "" where a word is taken back (place=).

    raises  BadArgument for what is no such word, an unknown place or kind, a day or year that no report can have
    """
    said: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or name not in NAMES:
            raise BadArgument(f"{word}: write NAME=VALUE; names are {', '.join(NAMES)}")
        said[NAMES[name]] = checked(name, printable(value.strip(), f"{name}="), today)
    return said


def printable(value: str, what: str) -> str:
    """The value; BadArgument for one with line breaks or characters that command a terminal or turn a line round."""
    if any(unicodedata.category(c) in UNSEEN for c in value):
        raise BadArgument(f"{what}{value!r}: has control characters or line breaks; write it without")
    return value


def checked(name: str, value: str, today: date) -> str:
    """A value as it is kept: codes of places, days as ISO 8601."""
    if not value or name in ("session", "speaker"):
        return value
    if name == "place":
        return code_of(value)
    if name == "meeting":
        return day(value, today, "meeting=")
    if name == "year":
        return str(plausible(int(value), today, f"year={value}")) if value.isdecimal() else refuse_year(value)
    kinds = [str(kind) for kind in Kind]
    if value not in kinds:
        raise BadArgument(f"kind={value}: known are {', '.join(kinds)}")
    return value


def code_of(name: str) -> str:
    """The code of a place; BadArgument where there is none of that name, or more than one."""
    found = find(name)
    if len(found) == 1:
        return found[0].code
    if not found:
        raise BadArgument(f"{name}: no such place; give its name (海淀区, 北京市海淀区) or its 行政区划代码 (110108)")
    listed = ", ".join(f"{place.code} {place.name}" for place in found[:12])
    raise BadArgument(f"{name}: more than one place is called so: {listed}")


def day(text: str, today: date, what: str = "--meeting ") -> str:
    """A meeting's day as ISO 8601; BadArgument for anything else, and for one that no report was given on."""
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise BadArgument(f"{what}{text}: {error}; write 2024-01-08") from error
    plausible(found.year, today, f"{what}{text}")
    return found.isoformat()


def plausible(year: int, today: date, what: str) -> int:
    """The year; BadArgument for one before 1949 or after the next."""
    if not FIRST_YEAR <= year <= today.year + 1:
        raise BadArgument(f"{what}: reports are of {FIRST_YEAR} to {today.year + 1}")
    return year


def refuse_year(value: str) -> str:
    """BadArgument for what is no year."""
    raise BadArgument(f"year={value}: no year; write 2024")


def fields_of(report: Report, said: Mapping[str, str]) -> dict[str, object]:
    """The columns of a report that a word gives it, the year that follows from a meeting among them.

    raises  BadArgument where year and meeting do not agree
    """
    fields: dict[str, object] = {name: said[name] for name in ("session", "speaker") if said.get(name)}
    places = find(said["place"]) if said.get("place") else []
    if places:
        fields |= {"place": places[0].code, "place_name": places[0].name}
    year = int(said["year"]) if said.get("year") else None
    if said.get("meeting_on"):
        meeting = date.fromisoformat(said["meeting_on"])
        national = fields.get("place", report.place) == NATION.code
        fields["meeting_on"] = meeting
        year = year or year_of(meeting, report.year, planned_read=False, national=national)[0]
    if year is not None:
        fields["year"] = year
        agreeing(fields.get("meeting_on", report.meeting_on), year)
    return fields


def agreeing(meeting: object, year: int) -> None:
    """BadArgument where a report of that year cannot have been given that day."""
    if not isinstance(meeting, date) or year == meeting.year:
        return
    if year != meeting.year + 1 or meeting.month < FIRST_MONTH:
        raise BadArgument(f"year={year} does not go with the meeting of {meeting}; set both: year=… meeting=…")
