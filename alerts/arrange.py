"""Decides when each alert is sent: at once, after quiet hours, in a digest, or not at all for what is muted.

Works in the caller's session, in the transaction that leases what is due: nothing is sent undecided. A digest is an
event with one alert of its own; what it gathers is bound to it in the same transaction, so that it is sent under one
id as often as it has to be tried.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from alerts.rhythm import AT_ONCE, DAILY, Rhythm, day_began, next_digest, past_quiet
from alerts.words import at
from storage import mutes, outbox
from storage.model import Alert, Event
from storage.save import required, save_event

DIGEST, DEAD_LETTER = "alert.digest", "alert.dead"
MOST = 200  # events that a digest names; it says how many more there are
FIRST = 3  # initiatives of a report that a digest shows
ORDER = ("report.new", "report.partial", "report.edited", "copy.better", "place.late")

Rhythms = Callable[[str, str, str, Mapping[str, Any]], Rhythm | None]


def at_once(_channel: str, _recipient: str, _kind: str, _facts: Mapping[str, Any]) -> Rhythm | None:
    """Everybody is told everything at once."""
    return Rhythm()


def arrange(session: Session, rhythms: Rhythms, zone: str, now: datetime) -> None:
    """Decide on every alert that nobody has decided on; then gather the digests that are due.

    rhythms  how (channel, recipient) wants to hear of an event of a kind, with its facts; None: not at all
    """
    while fresh := outbox.unarranged(session):
        muted = mutes.muted(session, now)
        for alert, event in fresh:
            rhythm = rhythms(alert.channel, alert.recipient, event.kind, event.facts)
            decide(session, alert, event, rhythm, muted, zone, now)
        session.flush()
    for channel, recipient, sort in outbox.digests_due(session, now):
        gather(session, channel, recipient, sort, now)


def decide(
    session: Session, alert: Alert, event: Event, rhythm: Rhythm | None, muted: mutes.Muted, zone: str, now: datetime
) -> None:
    """Send it at once, later, in a digest, or not."""
    alert.arranged_at = now
    session.add(alert)
    if event.kind in (DIGEST, DEAD_LETTER):
        return
    if muted.covers(event.kind, event.subject, place_of(event.facts)):
        alert.state, alert.error = outbox.MUTED, "muted"
    elif rhythm is None:
        alert.state, alert.error = outbox.UNWANTED, "no subscription of the recipient asks for it"
    else:
        time_it(session, alert, rhythm, zone, now)


def time_it(session: Session, alert: Alert, rhythm: Rhythm, zone: str, now: datetime) -> None:
    """Set when an alert that is wanted is due."""
    sort = "" if rhythm.every == AT_ONCE else rhythm.every
    if not sort and rhythm.cap:
        session.flush()
        told = outbox.at_once_since(session, alert.channel, alert.recipient, day_began(now, zone))
        sort = DAILY if told > rhythm.cap else ""
    alert.held = sort
    if sort:
        alert.due_at = next_digest(rhythm, sort, now, zone)
    elif (loud := past_quiet(rhythm, now, zone)) > now:
        alert.due_at = max(alert.due_at, loud)


def place_of(facts: Mapping[str, Any]) -> str | None:
    """The code of the place that an event is about; None where it is about none."""
    code = at(facts, "place", "code")
    return code if isinstance(code, str) else None


def gather(session: Session, channel: str, recipient: str, sort: str, now: datetime) -> None:
    """Make a digest of what is held for a recipient, due now."""
    pairs = outbox.held(session, channel, recipient, sort, now)
    key = f"{DIGEST}:{channel} {recipient}:{sort}:{now.isoformat()}"
    facts = digest_facts(sort, [event for _, event in pairs])
    event = save_event(session, key, DIGEST, f"{channel} {recipient}", facts, now, [(channel, recipient)])
    assert event is not None, "a digest of the same instant has gathered these already"
    outbox.alert_of(session, required(event.id)).arranged_at = now
    for alert, _ in pairs:
        alert.state, alert.error, alert.held = outbox.GATHERED, key, ""
        session.add(alert)
    session.flush()


def digest_facts(sort: str, events: Sequence[Event]) -> dict[str, Any]:
    """What a digest says: reports before sources, each in the order it came."""
    ranked = sorted(events, key=lambda event: ORDER.index(event.kind) if event.kind in ORDER else len(ORDER))
    return {"every": sort, "total": len(events), "events": [entry_of(event) for event in ranked[:MOST]]}


def entry_of(event: Event) -> dict[str, Any]:
    """An event of a digest, in short; the facts have the shapes of alerts/render.py."""
    facts = event.facts
    names = ("place", "year", "against", "counts", "name", "why", "state", "reminder", "places", "out", "expected")
    initiatives = facts.get("initiatives")
    short = [{"text": at(found, "text")} for found in (initiatives if isinstance(initiatives, list) else [])[:FIRST]]
    kept = {name: facts[name] for name in names if name in facts}
    return {
        "kind": event.kind,
        "subject": event.subject,
        "at": event.at.isoformat(),
        "url": at(facts, "canonical", "url") or at(facts, "url"),
        "facts": kept | ({"initiatives": short} if short else {}),
    }
