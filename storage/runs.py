"""Questions and writes about runs: what the scheduler knows of what it started. The caller's session commits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlalchemy import select as columns
from sqlmodel import Session, col, desc, select

from storage.alive import lives
from storage.model import Copy, Event, Reading, Receipt, Report, UtcDateTime
from storage.queries import RELATED


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


@dataclass(frozen=True, slots=True)
class Brought:
    """That a source has brought copies of reports of a place, and when the first came; `stands_for` its own place."""

    source: str
    tier: int
    stands_for: str | None
    place: str | None
    first: datetime


def brought(session: Session, year: int, place: str | None = None) -> list[Brought]:
    """What each source brought of a year: of one place, or of all; digests and compilations are no copies."""
    what = (col(Reading.source), col(Reading.tier), col(Reading.place_hint), col(Report.place))
    wanted = (
        columns(*what, func.min(col(Reading.made_at), type_=UtcDateTime()))
        .join(Copy, col(Copy.reading_id) == col(Reading.id))
        .join(Report, col(Copy.report_id) == col(Report.id))
        .where(col(Report.year) == year, col(Copy.relation) != RELATED)
        .group_by(*what)
    )
    if place is not None:
        wanted = wanted.where(col(Report.place) == place)
    return [Brought(*row) for row in session.execute(wanted)]


def brought_before(session: Session, source: str, year: int) -> bool:
    """Did a source bring a copy of a report of an earlier year?"""
    wanted = (
        select(Copy.id)
        .join(Reading, col(Copy.reading_id) == col(Reading.id))
        .join(Report, col(Copy.report_id) == col(Report.id))
        .where(Reading.source == source, col(Report.year) < year, Copy.relation != RELATED)
    )
    return session.exec(wanted.limit(1)).first() is not None


def places_told(session: Session, kind: str, subject: str) -> set[str]:
    """Codes of the places that events of a kind and subject have named."""
    facts = session.exec(select(Event.facts).where(Event.kind == kind, Event.subject == subject))
    return {str(place["code"]) for told in facts for place in told.get("places", [])}


def settle_receipts(
    session: Session, sources: Sequence[str], since: datetime | None, now: datetime, reason: str, why: str
) -> list[str]:
    """Close what a dead process left open, and leave a receipt for each source that has none since then.

    What a process that still lives has open is its own: somebody crawls by hand.

    since    when the process was started; None: only close what is open
    returns  ids of the sources it was needed for
    """
    needed = []
    for source in sources:
        open_ = select(Receipt).where(Receipt.source == source, col(Receipt.ended_at).is_(None))
        left = [receipt for receipt in session.exec(open_) if lives(receipt.process) is not True]
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


def open_sources(session: Session, *, surely: bool = False) -> list[str]:
    """Sources that have a receipt which nobody has closed, and whose process does not live, as far as can be told.

    surely  only those whose process is known to be dead: it ran on this machine
    """
    unended = session.exec(select(Receipt.source, Receipt.process).where(col(Receipt.ended_at).is_(None)))
    dead = (False,) if surely else (False, None)
    return sorted({source for source, process in unended if lives(process) in dead})


def interrupted(receipt: Receipt, now: datetime, longest: timedelta) -> bool:
    """Has a run that nobody has closed ended all the same? Its process is dead, or has taken longer than any may."""
    if receipt.ended_at is not None:
        return False
    alive = lives(receipt.process)
    return alive is False or (alive is None and not timedelta() <= now - receipt.started_at <= longest)


def past_back_fill(session: Session, source: str) -> bool:
    """Has a source been read in? A run came to its end, or two did but for some pages: what comes now is news."""
    ended = select(Receipt.reason).where(
        Receipt.source == source, col(Receipt.reason).in_(("finished", "partly")), Receipt.pages > 0
    )
    reasons = list(session.exec(ended.order_by(col(Receipt.id)).limit(2)))
    return "finished" in reasons or len(reasons) > 1
