"""Questions and writes about runs: what the scheduler knows of what it started. The caller's session commits."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import func
from sqlalchemy import select as columns
from sqlmodel import Session, col, desc, select

from storage.model import Copy, Event, Reading, Receipt, Report


def last_runs(session: Session, source: str, limit: int = 30) -> list[Receipt]:
    """The last receipts of a source, newest first; in the order they were written, for clocks are set back."""
    wanted = select(Receipt).where(Receipt.source == source).order_by(desc(Receipt.id))
    return list(session.exec(wanted.limit(limit)))


def last_good(session: Session, source: str, reasons: Collection[str]) -> datetime | None:
    """Start of the last run that ended for one of the reasons and brought a page."""
    return session.exec(
        select(func.max(Receipt.started_at)).where(
            Receipt.source == source, col(Receipt.reason).in_(reasons), Receipt.pages > 0
        )
    ).one()


def last_start(session: Session, source: str, without: Collection[str] = ()) -> datetime | None:
    """Start of the last run that has ended, but for those that ended for one of the reasons."""
    return session.exec(
        select(func.max(Receipt.started_at)).where(
            Receipt.source == source, col(Receipt.ended_at).is_not(None), col(Receipt.reason).not_in(without)
        )
    ).one()


def last_state_told(session: Session, source: str) -> str | None:
    """The state in the last event about a source; None where there was none."""
    facts = session.exec(
        select(Event.facts).where(Event.subject == source, col(Event.kind).like("source.%")).order_by(desc(Event.id))
    ).first()
    return str(facts["state"]) if facts and facts.get("state") else None


def last_told(session: Session, source: str) -> datetime | None:
    """When the last event about a source was written; None where there was none."""
    wanted = select(Event.at).where(Event.subject == source, col(Event.kind).like("source.%"))
    return session.exec(wanted.order_by(desc(Event.id))).first()


def happened_since(session: Session, since: datetime, without: Collection[str]) -> bool:
    """Has there been an event since then, but for these kinds?"""
    wanted = select(Event.id).where(col(Event.at) > since, col(Event.kind).not_in(without)).limit(1)
    return session.exec(wanted).first() is not None


def reports_seen(session: Session) -> list[tuple[str, int, date | None]]:
    """(place code, year, first day it was out) of every report whose place and year are known.

    The day is that of its earliest publication that is not before its meeting, else that of the meeting, else None.
    """
    wanted = (
        columns(col(Report.place), col(Report.year), col(Report.meeting_on), func.min(col(Reading.published_on)))
        .join(Copy, col(Copy.report_id) == col(Report.id), isouter=True)
        .join(Reading, col(Copy.reading_id) == col(Reading.id), isouter=True)
        .where(col(Report.place).is_not(None), col(Report.year).is_not(None))
        .group_by(col(Report.id), col(Report.place), col(Report.year), col(Report.meeting_on))
    )
    seen = []
    for place, year, meeting, published in session.execute(wanted):
        days = [day for day in (meeting, published) if day is not None]
        seen.append((str(place), int(year or 0), max(days, default=None)))
    return seen


def places_told(session: Session, kind: str, subject: str) -> set[str]:
    """Codes of the places that events of a kind and subject have named."""
    facts = session.exec(select(Event.facts).where(Event.kind == kind, Event.subject == subject))
    return {str(place["code"]) for told in facts for place in told.get("places", [])}


def settle_receipts(
    session: Session, sources: Sequence[str], since: datetime | None, now: datetime, reason: str, why: str
) -> list[str]:
    """Close what a dead process left open, and leave a receipt for each source that has none since then.

    since    when the process was started; None: only close what is open
    returns  ids of the sources it was needed for
    """
    needed = []
    for source in sources:
        open_ = select(Receipt).where(Receipt.source == source, col(Receipt.ended_at).is_(None))
        left = list(session.exec(open_))
        for receipt in left:
            receipt.ended_at, receipt.reason = now, reason
            receipt.errors = [*receipt.errors, ["ProcessEnded", 1, why]]
            session.add(receipt)
        absent = False
        if since is not None and not _has_run(session, source, since):
            absent = True
            kind = reason if reason == "stopped" else "missing"
            errors = [["ProcessEnded", 1, why]]
            session.add(Receipt(source=source, started_at=since, ended_at=now, reason=kind, errors=errors))
        if left or absent:
            needed.append(source)
    session.flush()
    return needed


def _has_run(session: Session, source: str, since: datetime) -> bool:
    wanted = select(Receipt.id).where(Receipt.source == source, col(Receipt.started_at) >= since)
    return session.exec(wanted).first() is not None


def open_sources(session: Session) -> list[str]:
    """Sources that have a receipt which nobody has closed."""
    return sorted(set(session.exec(select(Receipt.source).where(col(Receipt.ended_at).is_(None)))))
