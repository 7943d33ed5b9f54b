"""What an address says is seen again: held back, it may be believed now; replaced, it has come back.

The caller's session commits.
"""

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, desc, select

from storage import queries
from storage.model import Reading

HELD = "held back"  # the beginning of the outcome of a reading that the desk doubts
AGAIN = timedelta(hours=20)  # after which it may be believed; a day's run may be some hours early


def matters(session: Session, url: str, fingerprint: str | None) -> bool:
    """Whether anything may follow from seeing these bytes again; mostly nothing does, and nobody need write."""
    newest = select(Reading.fingerprint, Reading.outcome, Reading.released_at)
    newest = newest.where(Reading.url == url, col(Reading.part_of).is_(None)).order_by(desc(Reading.id)).limit(1)
    row = session.exec(newest).first()
    if row is None:
        return False
    return (fingerprint or row[0]) != row[0] or (row[2] is None and row[1].startswith(HELD))


def sighting(session: Session, url: str, fingerprint: str | None, now: datetime) -> tuple[bool, str]:
    """What follows from seeing bytes that were read before.

    fingerprint  of the bytes; None where they say what the newest reading of the address says
    returns  whether the desk is to be asked once more about the newest reading, for it was held back and is seen
             again, nothing else having been seen between; and a mark for a new reading of these bytes, where another
             text had taken their place ("" where none is needed)
    """
    newest = select(Reading).where(Reading.url == url, col(Reading.part_of).is_(None)).order_by(desc(Reading.id))
    row = session.exec(newest.limit(1)).first()
    if row is None:
        return False, ""
    if fingerprint is None or row.fingerprint == fingerprint:
        return _release(session, row, now), ""
    standing = queries.standing_copy_at(session, url)
    if standing is None or standing[1].fingerprint == fingerprint or standing[1].part_of is not None:
        _doubt_again(session, row)
        return False, ""
    return False, f"after {standing[1].fingerprint}"


def _release(session: Session, row: Reading, now: datetime) -> bool:
    if row.released_at is not None or not row.outcome.startswith(HELD):
        return False
    if row.held_at is None:
        row.held_at = now
    elif now - row.held_at >= AGAIN:
        row.released_at, row.watched_at = now, None
    session.add(row)
    return row.released_at is not None


def _doubt_again(session: Session, row: Reading) -> None:
    """What stands was seen after what is held back: should that come again, it counts as seen for the first time."""
    if row.held_at is not None and row.released_at is None:
        row.held_at = None
        session.add(row)


def how_many_held(session: Session) -> int:
    """How many readings are held back now."""
    held = select(func.count()).select_from(Reading)
    return session.exec(held.where(col(Reading.held_at).is_not(None), col(Reading.released_at).is_(None))).one()
