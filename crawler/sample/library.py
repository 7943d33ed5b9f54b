"""The texts that the sites of the sample print: the reports of two invented districts."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable

from crawler.sample.places import LANTING, YANXI
from storage.values import Place

NEWEST_OF_DAY_ONE = 2025
MEETING = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日在")
SESSION = re.compile(r"第[一二三四五六七八九十]+届人民代表大会第[一二三四五六七八九十]+次会议")


@dataclass(frozen=True)
class SampleReport:
    """One report, a paragraph a line, as its government would have it."""

    place: Place
    year: int
    lines: tuple[str, ...]

    @property
    def day(self) -> int:
        """The day of the sample on which it comes out: 1 or 2."""
        return 1 if self.year <= NEWEST_OF_DAY_ONE else 2

    @cached_property
    def meeting_on(self) -> date:
        """The day of the meeting, as the head of the report says it."""
        found = MEETING.search("\n".join(self.lines[:8]))
        if found is None:
            raise ValueError(f"{self.place.code}-{self.year}: no day of a meeting in the first 8 lines")
        return date(*map(int, found.groups()))

    @cached_property
    def session(self) -> str:
        """第七届人民代表大会第四次会议 and the like; "" where the head does not say."""
        found = SESSION.search("".join(self.lines[:8]))
        return found[0] if found else ""

    @property
    def district(self) -> str:
        """澜汀区: the name without its city."""
        return self.place.name.removeprefix("云岭市")


@dataclass(frozen=True)
class Library:
    """All reports of the sample, newest first."""

    reports: tuple[SampleReport, ...]

    def of(self, place: Place) -> tuple[SampleReport, ...]:
        """The reports of one district, newest first."""
        return tuple(report for report in self.reports if report.place == place)

    def on(self, day: int) -> tuple[SampleReport, ...]:
        """What is out on this day, newest first."""
        return tuple(report for report in self.reports if report.day <= day)


def read_library(folder: Traversable | None = None) -> Library:
    """The reports in a folder of files `<code>-<year>.txt`; without one, those that come with the package.

    raises  FileNotFoundError where the folder holds no report
    """
    folder = folder or files("crawler.sample") / "reports"
    reports = [
        SampleReport(place, int(path.name[7:11]), tuple(path.read_text("utf-8").rstrip("\n").split("\n")))
        for place in (LANTING, YANXI)
        for path in folder.iterdir()
        if re.fullmatch(rf"{place.code}-20\d\d\.txt", path.name)
    ]
    if not reports:
        raise FileNotFoundError(f"{folder}: no reports of the sample there")
    return Library(tuple(sorted(reports, key=lambda report: report.year, reverse=True)))
