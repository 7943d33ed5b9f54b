"""Reports by content alone, filed by the thousand: the desk's own pieces, in one transaction for many texts.

What the desk does besides for a reading by itself, and what no copy by content needs: identity, outline, sentences for
the search, comparison with other years, the choice among copies (which needs all of them), events.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, text
from sqlmodel import Session

from crawler.text.decode import decode
from crawler.text.fold import script_of
from monitor import copies, filing
from storage.model import Copy, Reading, Report
from storage.sentences import table_of

NOW = datetime(2026, 1, 20, tzinfo=UTC)
REMEMBERED = 1_000  # leading copies kept ready for comparison; others are read from the database again


class Shelf:
    """Reports in a database, being filed within one transaction of the caller's."""

    def __init__(self) -> None:
        self.ready: OrderedDict[int, copies.Copy] = OrderedDict()
        self.readings: list[dict[str, Any]] = []
        self.copies: list[dict[str, Any]] = []
        self.numbers = {"reading": 0, "report": 0}

    def file(self, session: Session, documents: Sequence[tuple[str, bytes]]) -> None:
        """Read, fold, sketch, place and store these pages: (address, bytes)."""
        for url, body in documents:
            decoded = decode(body, None)
            self.put(session, url, decoded.text, decoded.encoding)
        session.execute(insert(table_of(Reading)), self.readings)
        session.execute(insert(table_of(Copy)), self.copies)
        self.readings.clear()
        self.copies.clear()
        while len(self.ready) > REMEMBERED:
            self.ready.popitem(last=False)

    def put(self, session: Session, url: str, said: str, encoding: str) -> None:
        """Place one text by its content, and note the rows that follow."""
        copy = copies.prepared(said)
        self.numbers["reading"] += 1
        self.readings.append(reading_row(self.numbers["reading"], url, said, encoding))
        sketches = [part.sketch for part in copy.reports] or [copy.folded.sketch]
        keys = dict.fromkeys(key for sketch in sketches for key in filing.likely(session, sketch))
        home = copies.placed(copy, [(key, self.leading(session, key)) for key in keys], lambda _: ())
        report = home.report
        if report is None:
            report = self.begin(session, copy)
        elif copy.folded.content > self.ready[report].folded.content:
            self.lead(session, report, copy)
        for other in home.joins:
            self.join(session, report, other)
        self.copies.append(copy_row(self.numbers["reading"], report, canonical=self.ready[report] is copy))

    def begin(self, session: Session, copy: copies.Copy) -> int:
        """A report of its own, findable at once."""
        self.numbers["report"] += 1
        key, hashes = self.numbers["report"], copy.folded.sketch.tolist()
        session.execute(insert(table_of(Report)), [report_row(key, len(hashes))])
        session.connection().exec_driver_sql("INSERT INTO sketch VALUES (?, ?)", [(value, key) for value in hashes])
        self.remember(key, copy)
        return key

    def lead(self, session: Session, report: int, copy: copies.Copy) -> None:
        """A copy that says more leads its report, and can be found by all it says."""
        had = set(self.ready[report].folded.sketch.tolist())
        fresh = [value for value in copy.folded.sketch.tolist() if value not in had]
        if fresh:
            rows = [(value, report) for value in fresh]
            session.connection().exec_driver_sql("INSERT OR IGNORE INTO sketch VALUES (?, ?)", rows)
        session.execute(
            text("UPDATE report SET hashes = hashes + :more WHERE id = :key"), {"more": len(fresh), "key": report}
        )
        session.execute(text("UPDATE copy SET canonical = 0 WHERE report_id = :key"), {"key": report})
        for row in self.copies:
            row["canonical"] &= row["report_id"] != report
        self.remember(report, copy)

    def join(self, session: Session, report: int, other: int) -> None:
        """Two reports are one."""
        named = {"key": report, "other": other}
        for said in (
            "UPDATE copy SET report_id = :key, canonical = 0 WHERE report_id = :other",
            "INSERT OR IGNORE INTO sketch SELECT hash, :key FROM sketch WHERE report_id = :other",
            "DELETE FROM sketch WHERE report_id = :other",
            "DELETE FROM report WHERE id = :other",
        ):
            session.execute(text(said), named)
        for row in self.copies:
            if row["report_id"] == other:
                row["report_id"], row["canonical"] = report, False
        self.ready.pop(other, None)

    def leading(self, session: Session, key: int) -> copies.Copy:
        """The copy that leads a report, from memory or from the database."""
        if key not in self.ready:
            ask = "SELECT text FROM reading JOIN copy ON reading_id = reading.id WHERE report_id = :key AND canonical"
            self.remember(key, copies.prepared(session.execute(text(ask), {"key": key}).scalar_one()))
        self.ready.move_to_end(key)
        return self.ready[key]

    def remember(self, key: int, copy: copies.Copy) -> None:
        """Keep a leading copy ready; those not yet stored are never forgotten within a transaction."""
        self.ready[key] = copy
        self.ready.move_to_end(key)


def reading_row(key: int, url: str, said: str, encoding: str) -> dict[str, Any]:
    """A reading as a row of its table."""
    known: dict[str, Any] = {"id": key, "source": "bench", "tier": 4, "url": url, "fingerprint": url, "prose": ""}
    known |= {"reader": 1, "pages": [], "made_at": NOW, "verdict": "ok", "why": "", "text": said, "encoding": encoding}
    return known | {
        "script": script_of(said),
        "repairs": [],
        "quiet": True,
        "said": {},
        "watched_at": NOW,
        "outcome": "",
    }


def copy_row(reading: int, report: int, *, canonical: bool) -> dict[str, Any]:
    """A copy as a row of its table."""
    known: dict[str, Any] = {"report_id": report, "reading_id": reading, "relation": "same", "likeness": 100.0}
    return known | {"coverage": 100.0, "notes": [], "canonical": canonical, "why": "", "added_at": NOW}


def report_row(key: int, hashes: int) -> dict[str, Any]:
    """A report of which nothing is known but its text, as a row of its table."""
    known: dict[str, Any] = {"id": key, "name": f"unknown/{key}", "place_name": "", "whole": False, "inferred": []}
    return known | {"hashes": hashes, "found_at": NOW}


def homes(session: Session) -> Iterator[tuple[str, int]]:
    """(address, report) of every copy."""
    ask = "SELECT url, report_id FROM copy JOIN reading ON reading.id = reading_id ORDER BY reading_id"
    yield from ((str(url), int(report)) for url, report in session.execute(text(ask)))
