"""What is muted: questions and writes. The caller's session commits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_
from sqlmodel import Session, col, select

from storage.model import Mute


@dataclass(frozen=True, slots=True)
class Muted:
    """What nobody wants to hear of: `places` by their codes with all that lies in them, `sources` by their ids."""

    places: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def covers(self, kind: str, subject: str, place: str | None) -> bool:
        """Is an event of this kind, subject and place code muted?"""
        if kind.startswith("source.") and subject in self.sources:
            return True
        return place is not None and any(place.startswith(within(code)) for code in self.places)


def within(code: str) -> str:
    """The beginning that the codes of a place and all places in it share: 110000 → 11, 110100 → 1101."""
    return re.sub(r"(00){1,2}$", "", code)


def mute(session: Session, subject: str, until: datetime | None, now: datetime, state: str = "") -> None:
    """Mute a subject (source:ID or place:CODE) until a time, or for ever; an earlier word about it goes."""
    unmute(session, subject, state)
    session.add(Mute(subject=subject, state=state, until=until, made_at=now))
    session.flush()


def unmute(session: Session, subject: str, state: str = "") -> bool:
    """Hear of a subject again; was it muted?"""
    gone = delete(Mute).where(col(Mute.subject) == subject, col(Mute.state) == state)
    return bool(session.execute(gone.returning(col(Mute.id))).all())


def mutes(session: Session, now: datetime) -> list[Mute]:
    """All that hold now, newest first."""
    held = or_(col(Mute.until).is_(None), col(Mute.until) > now)
    return list(session.exec(select(Mute).where(held).order_by(col(Mute.id).desc())))


def muted(session: Session, now: datetime) -> Muted:
    """What is muted now, acknowledgements left out."""
    subjects = [row.subject.partition(":") for row in mutes(session, now) if not row.state]
    return Muted(_named(subjects, "place"), _named(subjects, "source"))


def _named(subjects: Sequence[tuple[str, str, str]], sort: str) -> tuple[str, ...]:
    return tuple(name for what, _, name in subjects if what == sort)


def acknowledged(session: Session, source: str, state: str, now: datetime) -> bool:
    """Has somebody said that they know of this state of a source?"""
    return any(row.subject == f"source:{source}" and row.state == state for row in mutes(session, now))
