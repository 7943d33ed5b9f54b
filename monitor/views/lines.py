"""Findings as plain JSON objects and as rows of a table; PURE."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from monitor.views.safe import cell
from monitor.views.shown import Citation, Entry, Shown

BOM = "\ufeff"  # or Excel takes UTF-8 for the code page of the machine
COLUMNS = (
    *("id", "place", "report", "against", "kind", "mark", "novelty", "heading", "part", "text", "new", "targets"),
    *("prior_year", "prior_part", "prior_likeness", "prior_text"),
    *("stands_in", "source", "url", "date", "digest", "archive"),
    *("prior_stands_in", "prior_source", "prior_url", "prior_date", "prior_digest", "prior_archive", "reasons"),
)


def finding_lines(view: Shown) -> Iterator[dict[str, Any]]:
    """An object for each finding: its fields, the reports' names, citations of it and of what it answers to."""
    for entry in view.entries:
        finding = entry.finding
        yield {
            "report": view.new.report,
            "against": view.old.report,
            "id": entry.id,
            "kind": finding.kind,
            "text": finding.text,
            "heading": finding.heading,
            "part": finding.part,
            "position": finding.position,
            "novelty": finding.novelty,
            "new": finding.new,
            "prior": finding.prior,
            "targets": finding.targets,
            "reasons": finding.reasons,
            "mark": finding.mark,
            "source": cited(view.cited(finding)),
            "prior_sources": [cited(view.behind(prior)) for prior in finding.prior],
            "notes": view.notes,
        }


def cited(citation: Citation) -> dict[str, Any]:
    """A citation as an object."""
    return {
        "report": citation.report,
        "place": citation.place,
        "year": citation.year,
        "source": citation.source,
        "url": citation.url,
        "meeting_on": citation.meeting_on,
        "published_on": citation.published_on,
        "fetched_on": citation.fetched_on,
        "digest": citation.digest,
        "archive": citation.archive,
    }


def finding_rows(view: Shown, *, explain: bool = False) -> Iterator[dict[str, Any]]:
    """A row for each finding, by COLUMNS."""
    for entry in view.entries:
        yield {**own_cells(view, entry), **prior_cells(view, entry), "reasons": own_reasons(entry, explain=explain)}


def own_reasons(entry: Entry, *, explain: bool) -> str:
    """The reasons in one cell."""
    return "; ".join(entry.finding.reasons) if explain else ""


def own_cells(view: Shown, entry: Entry) -> dict[str, Any]:
    """What a finding says itself, and where it stands."""
    finding = entry.finding
    source = view.cited(finding)
    return {
        "id": entry.id,
        "place": view.new.place,
        "report": view.new.report,
        "against": view.old.report,
        "kind": finding.kind,
        "mark": finding.mark,
        "novelty": finding.novelty,
        "heading": finding.heading,
        "part": finding.part,
        "text": finding.text,
        "new": " | ".join(finding.new),
        "targets": " | ".join(str(t) for t in finding.targets),
        **place_cells(source, ""),
    }


def prior_cells(view: Shown, entry: Entry) -> dict[str, Any]:
    """The closest earlier sentence and where it stands; nothing where there is none."""
    prior = next(iter(entry.finding.prior), None)
    if prior is None:
        return {}
    source = view.behind(prior)
    return {
        "prior_year": source.year,
        "prior_part": prior.part,
        "prior_likeness": prior.likeness,
        "prior_text": prior.text,
        **place_cells(source, "prior_"),
    }


def place_cells(citation: Citation, prefix: str) -> dict[str, str]:
    """A citation in cells."""
    return {
        f"{prefix}stands_in": citation.report,
        f"{prefix}source": citation.source,
        f"{prefix}url": citation.url,
        f"{prefix}date": citation.dated,
        f"{prefix}digest": " ".join(citation.digest),
        f"{prefix}archive": " ".join(citation.archive),
    }


def sheet(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """CSV (RFC 4180) that a spreadsheet opens as it is: UTF-8 with a byte-order mark, no cell a formula."""
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([[cell(row.get(column)) for column in columns] for row in rows])
    return out.getvalue()
