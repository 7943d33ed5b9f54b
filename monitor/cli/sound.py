"""The text of a report as a reader is shown it: where the leading copy is damaged, what a sound one reads there."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from monitor.views.safe import inline

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.model import Report

AROUND = 8  # characters shown in front of what was mended
SHOWN = 12  # places told one by one


def sound_text(session: "Session", report: "Report") -> tuple[str, list[dict[str, Any]]]:
    """The text, and each place of it that is from another copy: what stood there, what stands there now, from where.

    The copies themselves stay as they are.
    """
    from monitor.mending import applied, damages, mends
    from storage import queries

    rows = queries.copies_of(session, report.id or 0)
    canonical = next((reading for copy, reading in rows if copy.canonical), None)
    if canonical is None:
        return "", []
    text = canonical.text
    if next(damages(text), None) is None:
        return text, []
    others = [reading for _, reading in rows if reading.id != canonical.id]
    found = mends(text, [reading.text for reading in others])
    told = [
        {
            "before": text[max(0, mend.start - AROUND) : mend.start],
            "was": text[mend.start : mend.end],
            "now": mend.sound,
            "url": others[mend.copy].url,
        }
        for mend in found
    ]
    return applied(text, found), told


def lines_of(mended: list[dict[str, Any]]) -> Iterator[str]:
    """For the eye: how many places are from which copy, then the places."""
    for url, count in Counter(mend["url"] for mend in mended).items():
        yield f"mended     {count} {'place' if count == 1 else 'places'}, damaged there, from {url}"
    for mend in mended[:SHOWN]:
        yield f"           …{inline(mend['before'])}【{inline(mend['now'])}】 for {inline(mend['was'])}"
    if len(mended) > SHOWN:
        yield f"           … and {len(mended) - SHOWN} more; --json shows them"
