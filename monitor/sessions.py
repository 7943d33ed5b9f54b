"""Which year a session was held in, by the sessions around it: local congresses meet once a year; PURE.

第十六届…第五次会议 of a year that is known says what year 第六次会议 opened: the next. An extra session in between, for
an election, makes that wrong; so what comes out is a conclusion, and is to be marked as one.
"""

import re
from collections.abc import Iterable

from monitor.meeting import number_of

NUMBERED = re.compile("第([一二三四五六七八九十]+)届.*?第([一二三四五六七八九十]+)次会议")


def numbers_of(session: str) -> tuple[int, int] | None:
    """Term and number of a session by its full name; None where it has none, as extraordinary ones."""
    found = NUMBERED.search(session)
    return (number_of(found[1]), number_of(found[2])) if found else None


def year_among(session: str, known: Iterable[tuple[str, int]]) -> int | None:
    """The report's year of a session, from those of the same congress whose years were read; None where it stays open.

    Between two sessions it is sure if these lie as many years apart as their numbers; beside one it is the year next to
    it, if the numbers are next to each other. A year that another session has is not given.
    """
    own = numbers_of(session)
    if own is None:
        return None
    years = {numbers: year for name, year in known if (numbers := numbers_of(name)) and numbers != own}
    term = {number: year for (of, number), year in years.items() if of == own[0]}
    before = max((number for number in term if number < own[1]), default=None)
    after = min((number for number in term if number > own[1]), default=None)
    year = None
    if before is not None and after is not None:
        even = term[after] - term[before] == after - before
        year = term[before] + own[1] - before if even else None
    elif before is not None and own[1] - before == 1:
        year = term[before] + 1
    elif after is not None and after - own[1] == 1:
        year = term[after] - 1
    return None if year in years.values() else year
