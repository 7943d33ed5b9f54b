"""The outbox's questions and writes. Each takes the caller's session and commits nothing.

An alert is due, then leased for a while by the one who sends it, then sent, due again, or dead. A sender that dies
leaves a lease that runs out, and the alert is sent again under the same key.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, update
from sqlmodel import Session, col, select

from storage.model import Alert, Delivery, Event
from storage.save import required

DUE, SENT, DEAD = "due", "sent", "dead"
GATHERED, MUTED, UNWANTED = "gathered", "muted", "unwanted"
FURTHEST = timedelta(days=8)  # no alert is put off for longer: a weekly digest is seven days away at most
ACCEPTED, REFUSED, REJECTED = "sent", "refused", "rejected"


@dataclass(frozen=True, slots=True)
class Leased:
    """An alert that is ours to send for a while, with the event it tells of."""

    id: int
    key: str
    channel: str
    recipient: str
    attempts: int
    created_at: datetime
    event_key: str
    kind: str
    subject: str
    facts: Mapping[str, Any]


def lease_due(
    session: Session, channel: str, due_by: datetime, now: datetime, lease: timedelta, limit: int = 1
) -> list[Leased]:
    """Alerts of a channel that were due by then and are nobody's, longest due first; ours until now + lease.

    One that is leased or put off for longer than anybody ever does was written while the clock was wrong: it is due.
    """
    leased_until, due_at = col(Alert.leased_until), col(Alert.due_at)
    free = or_(leased_until.is_(None), leased_until <= now, leased_until > now + 2 * lease)
    due = or_(due_at <= due_by, due_at > due_by + FURTHEST)
    wanted = (
        select(Alert, Event)
        .join(Event, col(Alert.event_id) == col(Event.id))
        .where(Alert.state == DUE, Alert.held == "", Alert.channel == channel, due, free)
        .order_by(col(Alert.due_at), col(Alert.id))
        .limit(limit)
    )
    leased = []
    for alert, event in session.exec(wanted).all():
        alert.leased_until = now + lease
        session.add(alert)
        leased.append(_leased(alert, event))
    return leased


def _leased(alert: Alert, event: Event) -> Leased:
    return Leased(
        id=required(alert.id),
        key=alert.key,
        channel=alert.channel,
        recipient=alert.recipient,
        attempts=alert.attempts,
        created_at=alert.created_at,
        event_key=event.key,
        kind=event.kind,
        subject=event.subject,
        facts=event.facts,
    )


def due_elsewhere(session: Session, channels: Collection[str], now: datetime) -> list[str]:
    """Channels that have alerts due and are none of these."""
    wanted = select(Alert.channel).where(
        Alert.state == DUE, Alert.held == "", col(Alert.due_at) <= now, col(Alert.channel).not_in(channels)
    )
    return sorted(set(session.exec(wanted)))


def unarranged(session: Session, limit: int = 200) -> list[tuple[Alert, Event]]:
    """Due alerts of which nobody has decided yet when to send them, oldest first."""
    wanted = (
        select(Alert, Event)
        .join(Event, col(Alert.event_id) == col(Event.id))
        .where(Alert.state == DUE, col(Alert.arranged_at).is_(None))
        .order_by(col(Alert.id))
        .limit(limit)
    )
    return [(alert, event) for alert, event in session.exec(wanted)]


def digests_due(session: Session, now: datetime) -> list[tuple[str, str, str]]:
    """(channel, recipient, sort) of those for whom alerts are held whose digest is due."""
    wanted = select(Alert.channel, Alert.recipient, Alert.held).where(
        Alert.state == DUE, Alert.held != "", or_(col(Alert.due_at) <= now, col(Alert.due_at) > now + FURTHEST)
    )
    return sorted(set(session.exec(wanted)))


def held(session: Session, channel: str, recipient: str, sort: str, now: datetime) -> list[tuple[Alert, Event]]:
    """What a digest that is due holds, oldest first."""
    wanted = (
        select(Alert, Event)
        .join(Event, col(Alert.event_id) == col(Event.id))
        .where(Alert.state == DUE, Alert.held == sort, Alert.channel == channel, Alert.recipient == recipient)
        .where(or_(col(Alert.due_at) <= now, col(Alert.due_at) > now + FURTHEST))
        .order_by(col(Alert.id))
    )
    return [(alert, event) for alert, event in session.exec(wanted)]


def alert_of(session: Session, event_id: int) -> Alert:
    """The alert of an event that is told to one recipient alone."""
    return session.exec(select(Alert).where(Alert.event_id == event_id)).one()


def at_once_since(session: Session, channel: str, recipient: str, since: datetime) -> int:
    """How many alerts a recipient was or will be told at once that were arranged since then."""
    wanted = select(func.count()).where(
        Alert.channel == channel,
        Alert.recipient == recipient,
        Alert.held == "",
        col(Alert.state).in_((DUE, SENT)),
        col(Alert.arranged_at) >= since,
    )
    return session.exec(wanted.select_from(Alert)).one()


def mark_sent(session: Session, alert_id: int, now: datetime, answer: str) -> None:
    """The channel took it."""
    _attempted(session, alert_id, now, ACCEPTED, answer, state=SENT, sent_at=now, error="")


def mark_refused(session: Session, alert_id: int, now: datetime, answer: str, due_at: datetime) -> None:
    """The channel did not take it now; try again at `due_at`."""
    _attempted(session, alert_id, now, REFUSED, answer, due_at=due_at, error=answer)


def mark_dead(session: Session, alert_id: int, now: datetime, answer: str) -> None:
    """It is given up; telling others of it is the caller's, in the same transaction."""
    _attempted(session, alert_id, now, REJECTED, answer, state=DEAD, error=answer)


def _attempted(session: Session, alert_id: int, now: datetime, outcome: str, answer: str, **changes: object) -> None:
    """An attempt and what follows from it. An alert that somebody else has finished meanwhile stays as it is."""
    session.add(Delivery(alert_id=alert_id, at=now, outcome=outcome, answer=answer))
    session.execute(
        update(Alert)
        .where(col(Alert.id) == alert_id, col(Alert.state) == DUE)
        .values(attempts=Alert.attempts + 1, leased_until=None, **changes)
    )


def revive(session: Session, now: datetime, states: Collection[str] = (DEAD,), ids: Collection[int] = ()) -> int:
    """Make alerts due now that were given up, or that wait for a later attempt; how many."""
    wanted = select(Alert.id).where(col(Alert.state).in_([state for state in states if state != SENT]))
    if ids:
        wanted = wanted.where(col(Alert.id).in_(ids))
    keys = session.exec(wanted).all()
    session.execute(
        update(Alert)
        .where(col(Alert.id).in_(keys))
        .values(state=DUE, held="", attempts=0, due_at=now, leased_until=None)
    )
    return len(keys)


def next_due(session: Session) -> datetime | None:
    """When the next alert is due; None when none is."""
    return session.exec(select(func.min(Alert.due_at)).where(Alert.state == DUE)).one()


def waiting(session: Session) -> dict[str, int]:
    """How many alerts there are in each state."""
    return dict(session.exec(select(Alert.state, func.count()).group_by(Alert.state)).all())


def deliveries_of(session: Session, alert_id: int) -> list[Delivery]:
    """The attempts to send an alert, oldest first."""
    return list(session.exec(select(Delivery).where(Delivery.alert_id == alert_id).order_by(col(Delivery.id))))
