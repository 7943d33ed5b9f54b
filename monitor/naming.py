"""A report gets another name: its events go on under it, and comparisons that no longer fit are dropped.

Nobody is told again of a report that was told of under its old name; an alert not yet sent is told better.
"""

from collections.abc import Iterator

from sqlmodel import Session, col, or_, select

from monitor import facts
from storage import outbox, queries, save
from storage.model import Alert, Comparison, Event, Report

UNKNOWN = "unknown"


def name_of(place: str | None, year: int | None) -> str | None:
    """Place code/year; None where one of them is not known."""
    return f"{place}/{year}" if place and year else None


def renamed(session: Session, report: Report, name: str) -> None:
    """The report bears that name from now on, which no other report may have."""
    old, report.name = report.name, name
    session.add(report)
    session.flush()
    event = queries.event_named(session, f"report.new:{old}")
    if event is not None:
        free = queries.event_named(session, f"report.new:{name}") is None
        event.key = f"report.new:{name}" if free else f"report.new:{old}#{report.id}"
        if free and untold(session, event):
            event.subject = name
        session.add(event)
        session.flush()
    drop_unfit(session, report)
    retell(session, report)


def retell(session: Session, report: Report) -> None:
    """An alert of this report that nobody was sent yet says what is known of it now."""
    key = f"report.new:{report.name}"
    event = queries.event_named(session, key)
    if event is not None:
        save.amend_event(session, key, event.kind, event.facts | facts.of_report(report))


def retire(session: Session, report: Report, why: str) -> None:
    """The report is no more: what was not sent of it is not sent, and its name is free for a report to come."""
    event = queries.event_named(session, f"report.new:{report.name}")
    if event is None:
        return
    event.key = f"report.new:{report.name}#{report.id}"
    session.add(event)
    for alert in session.exec(select(Alert).where(Alert.event_id == event.id, Alert.state == outbox.DUE)):
        if alert.leased_until is None:
            alert.state, alert.error = outbox.UNWANTED, why
            session.add(alert)
    session.flush()


def untold(session: Session, event: Event) -> bool:
    """Was nobody told of an event yet?"""
    told = select(Alert.id).where(Alert.event_id == event.id, or_(Alert.state != outbox.DUE, col(Alert.attempts) > 0))
    return session.exec(told).first() is None


def drop_unfit(session: Session, report: Report) -> None:
    """Comparisons of which the two reports are not of one place, the earlier one first, are dropped."""
    for row in touching(session, report):
        new, old = session.get_one(Report, row.report_id), session.get_one(Report, row.against_id)
        if new.place is None or new.place != old.place or (new.year or 0) <= (old.year or 0):
            save.drop_comparisons(session, row.report_id, row.against_id)


def touching(session: Session, report: Report) -> Iterator[Comparison]:
    """The comparisons that a report has a part in."""
    either = or_(col(Comparison.report_id) == report.id, col(Comparison.against_id) == report.id)
    yield from session.exec(select(Comparison).where(either)).all()
