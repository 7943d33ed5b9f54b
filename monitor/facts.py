"""What an event says: plain JSON made from what is known. The shapes stand in alerts/render.py. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from storage.model import Copy, Reading, Report
from storage.values import Finding, FindingKind

AT_MOST = 60  # findings of one sort in an event; the counts tell how many there are
FRESH = (FindingKind.NEW, FindingKind.MIXED, FindingKind.RETURNED)


def of_report(report: Report) -> dict[str, Any]:
    """The facts that name a report."""
    return {
        "report": report.name,
        "place": {"code": report.place, "name": report.place_name or "未知"},
        "year": report.year,
        "meeting_on": report.meeting_on.isoformat() if report.meeting_on else None,
        "session": report.session,
        "speaker": report.speaker,
        "whole": report.whole,
        "inferred": list(report.inferred),
    }


def of_copy(copy: Copy, reading: Reading, names: Mapping[str, str]) -> dict[str, Any]:
    """The facts of the copy to trust; `names` gives the names of sources by their ids."""
    return {
        "url": reading.url,
        "source": reading.source,
        "source_name": names.get(reading.source, reading.source),
        "tier": reading.tier,
        "why": copy.why,
        "published_on": reading.published_on.isoformat() if reading.published_on else None,
    }


def of_findings(findings: Sequence[Finding], against: Report | None) -> dict[str, Any]:
    """Counts over all findings, and the first AT_MOST of each sort that an alert shows."""
    fresh = sorted((f for f in findings if f.kind in FRESH), key=lambda f: -f.novelty)
    dropped = [f for f in findings if f.kind is FindingKind.DROPPED]
    return {
        "against": {"report": against.name, "year": against.year} if against else None,
        "counts": {str(kind): n for kind, n in Counter(f.kind for f in findings).items()},
        "initiatives": [of_initiative(f) for f in fresh[:AT_MOST]],
        "targets": [
            {"name": t.name, "old": t.old, "new": t.new, "unit": t.unit}
            for f in findings
            if f.kind is FindingKind.REVISED
            for t in f.targets
        ][:AT_MOST],
        "dropped": [{"text": f.text, "heading": f.heading} for f in dropped[:AT_MOST]],
    }


def of_initiative(finding: Finding) -> dict[str, Any]:
    """One new commitment with the closest thing said before."""
    prior = finding.prior[0] if finding.prior else None
    return {
        "kind": str(finding.kind),
        "text": finding.text,
        "heading": finding.heading,
        "novelty": round(finding.novelty, 3),
        "new": list(finding.new),
        "prior": {"text": prior.text, "year": prior.year, "likeness": round(prior.likeness, 1)} if prior else None,
    }
