"""Where sentences of known reports are quoted from: the canonical copy, its pages, their records in the archive."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.cli.hall import Hall
from monitor.views.shown import Citation
from storage import queries

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.model import Reading, Report

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Library:
    """What citations need besides the report: names of sources by their ids, and the archive's folder."""

    names: Mapping[str, str]
    folder: Path


def library(known: Hall) -> Library:
    """The registry's names and the archive of these settings."""
    from monitor.registry import registered

    return Library({source.id: source.name for source in registered(known.settings)}, known.settings.archive.resolve())


def citation(session: "Session", report: "Report", shelf: Library) -> Citation:
    """Where a report is quoted from; without an address where no copy of it stands."""
    canonical = queries.canonical_copy(session, report.id or 0)
    bare = Citation(report.name, report.place_name or "未知", report.year, "", "", report.meeting_on)
    return bare if canonical is None else of_reading(session, canonical[1], bare, shelf)


def of_reading(session: "Session", row: "Reading", bare: Citation, shelf: Library) -> Citation:
    """A citation of one reading of that report."""
    pages = queries.pages_of(session, row)
    return Citation(
        bare.report,
        bare.place,
        bare.year,
        shelf.names.get(row.source, row.source),
        row.url,
        bare.meeting_on,
        row.published_on,
        pages[0].fetched_at.astimezone(SHANGHAI).date() if pages else None,
        tuple(page.digest for page in pages),
        tuple(f"{page.warc}:{page.offset}" for page in pages),
        shelf.folder.as_uri(),
    )


def past(session: "Session", report: "Report", shelf: Library) -> dict[int, Citation]:
    """Citations of all earlier reports of the place, by their years."""
    if report.place is None or report.year is None:
        return {}
    earlier = [r for r in queries.reports(session, [report.place]) if r.year is not None and r.year < report.year]
    return {r.year: citation(session, r, shelf) for r in earlier if r.year is not None}
