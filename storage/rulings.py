"""A person's word against the program's: set, pin, merge, split. Kept for ever, and never written over.

Each takes the caller's session and commits nothing. What follows from a word is concluded in monitor/.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select

from storage.errors import NotKnown
from storage.model import Reading, Report, RuledAddress, Ruling
from storage.save import required

SET, PIN, MERGE, SPLIT = "set", "pin", "merge", "split"


def save_ruling(
    session: Session,
    act: str,
    report: Report | None,
    said: Mapping[str, Any],
    person: str,
    now: datetime,
    *,
    addresses: Sequence[Reading] = (),
    parted: Report | None = None,
    reason: str = "",
    named: str = "",
) -> Ruling:
    """A word, and the addresses it is about with the readings it was said of."""
    row = Ruling(
        act=act,
        report_id=required(report.id) if report else None,
        parted_id=required(parted.id) if parted else None,
        named=named or (report.name if report else ""),
        said=dict(said),
        person=person,
        reason=reason,
        at=now,
    )
    session.add(row)
    session.flush()
    for reading in addresses:
        session.add(RuledAddress(ruling_id=required(row.id), url=reading.url, reading_id=required(reading.id)))
    session.flush()
    return row


def spoken(ruling: Ruling) -> str:
    """Who said something, and when, for the eye."""
    because = f": {ruling.reason}" if ruling.reason else ""
    return f"{ruling.person}'s word of {ruling.at:%Y-%m-%d %H:%M} UTC (ruling {ruling.id}){because}"


def withdraw(session: Session, ruling: Ruling, person: str, now: datetime) -> None:
    """The word is taken back; it stays in the list."""
    ruling.withdrawn_at, ruling.withdrawn_by = now, person
    session.add(ruling)
    session.flush()


def the_ruling(session: Session, number: int) -> Ruling:
    """The word of that number; NotKnown with what to do."""
    found = session.get(Ruling, number)
    if found is None:
        raise NotKnown(f"no ruling {number} is known; `reportwatch rulings` lists them")
    return found


def rulings(session: Session, report: Report | None = None, *, withdrawn: bool = True) -> list[Ruling]:
    """All words, or those about one report, oldest first."""
    wanted = select(Ruling).order_by(col(Ruling.id))
    if report is not None:
        wanted = wanted.where(or_(col(Ruling.report_id) == report.id, col(Ruling.parted_id) == report.id))
    if not withdrawn:
        wanted = wanted.where(col(Ruling.withdrawn_at).is_(None))
    return list(session.exec(wanted))


def standing(session: Session, report_id: int, act: str) -> list[Ruling]:
    """The words of that sort that hold for a report, oldest first."""
    wanted = select(Ruling).where(Ruling.report_id == report_id, Ruling.act == act, col(Ruling.withdrawn_at).is_(None))
    return list(session.exec(wanted.order_by(col(Ruling.id))))


def said_of(session: Session, report_id: int) -> dict[str, Any]:
    """What persons have set of a report; a later word stands over an earlier one."""
    said: dict[str, Any] = {}
    for row in standing(session, report_id, SET):
        said |= row.said
    return said


def pinned(session: Session, report_id: int) -> Ruling | None:
    """The word that says which copy of a report to trust; `said` has its url."""
    found = standing(session, report_id, PIN)
    return found[-1] if found else None


def about(session: Session, url: str) -> list[tuple[Ruling, Reading]]:
    """The words that hold for an address with the readings they were said of, the latest first."""
    wanted = (
        select(Ruling, Reading)
        .join(RuledAddress, col(RuledAddress.ruling_id) == col(Ruling.id))
        .join(Reading, col(Reading.id) == col(RuledAddress.reading_id))
        .where(RuledAddress.url == url, col(Ruling.withdrawn_at).is_(None))
        .order_by(col(Ruling.id).desc())
    )
    return [(ruling, reading) for ruling, reading in session.exec(wanted)]


def addresses_of(session: Session, ruling: Ruling) -> list[str]:
    """The addresses that a word is about."""
    wanted = select(RuledAddress.url).where(RuledAddress.ruling_id == ruling.id).order_by(col(RuledAddress.id))
    return list(session.exec(wanted))


def refused(session: Session) -> list[tuple[Ruling, Reading]]:
    """The readings of which a person said that they are no report."""
    wanted = (
        select(Ruling, Reading)
        .join(RuledAddress, col(RuledAddress.ruling_id) == col(Ruling.id))
        .join(Reading, col(Reading.id) == col(RuledAddress.reading_id))
        .where(Ruling.act == SET, col(Ruling.report_id).is_(None), col(Ruling.withdrawn_at).is_(None))
    )
    return [(r, reading) for r, reading in session.exec(wanted) if r.said.get("kind", "report") != "report"]


def no_report_by(session: Session, name: str) -> Ruling | None:
    """The word by which what bore that name is no report any more: set to another kind, or merged into another."""
    wanted = select(Ruling).where(col(Ruling.act).in_((SET, MERGE)), col(Ruling.withdrawn_at).is_(None))
    for row in session.exec(wanted.order_by(col(Ruling.id).desc())):
        if name in row.said.get("names", ()):
            return row
        if row.named == name and row.report_id is None and row.said.get("kind", "report") != "report":
            return row
    return None


def no_report(session: Session, name: str) -> str:
    """Why there is no report of that name, and what to do."""
    row = no_report_by(session, name)
    if row is None:
        return f"no report {name!r} is known; `reportwatch reports` lists those that are"
    into = session.get(Report, row.report_id) if row.report_id else None
    back = f"`reportwatch rulings --take-back {row.id}` takes that back"
    if row.act == SET:
        return f"{name} is no report but {row.said['kind']} by {row.person}'s word (ruling {row.id}); {back}"
    return f"{name} is merged into {into.name if into else row.named} by {row.person}'s word (ruling {row.id}); {back}"


def merged(session: Session, reports: Collection[int]) -> list[tuple[int, Reading]]:
    """Readings that are copies of one of these reports by a person's word, whatever their texts say."""
    wanted = (
        select(Ruling.report_id, Reading)
        .join(RuledAddress, col(RuledAddress.ruling_id) == col(Ruling.id))
        .join(Reading, col(Reading.id) == col(RuledAddress.reading_id))
        .where(col(Ruling.report_id).in_(reports), Ruling.act == MERGE, col(Ruling.withdrawn_at).is_(None))
    )
    return [(key, reading) for key, reading in session.exec(wanted) if key is not None]


def parted(session: Session, one: int, other: int) -> bool:
    """Has a person split one of these reports off the other?"""
    both = (one, other)
    wanted = select(Ruling.id).where(
        Ruling.act == SPLIT,
        col(Ruling.withdrawn_at).is_(None),
        col(Ruling.report_id).in_(both),
        col(Ruling.parted_id).in_(both),
    )
    return session.exec(wanted).first() is not None


def hand_over(session: Session, old: Report, new: Report) -> None:
    """The words about a report are about another now, which it became part of."""
    for row in rulings(session, old):
        row.report_id = new.id if row.report_id == old.id else row.report_id
        row.parted_id = new.id if row.parted_id == old.id else row.parted_id
        session.add(row)
    session.flush()
