"""What follows from a person's word: set, pin, merge and split a report, and the word taken back.

Each works in the caller's session and transaction, writes the ruling first, and leaves groups, sentences, comparisons
and events as if the program had known. Nobody is alerted: the person knows; an alert not yet sent is told better.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from monitor import filing, naming, rewriting
from monitor.identity import identify
from storage import queries, rulings, save
from storage.errors import BadArgument
from storage.model import Copy, Reading, Report, Ruling
from storage.values import Kind


def set_report(
    session: Session, report: Report, said: dict[str, str], person: str, now: datetime, reason: str = ""
) -> Ruling:
    """A report is of this place, meeting, year; or, by its kind, none at all: then its copies are filed again.

    said    by the names of OF_REPORT and "kind"; place by its code, days and years as text
    raises  BadArgument where another report has that place and year, or where year and meeting do not agree
    """
    if said.get("kind", Kind.REPORT) != Kind.REPORT:
        rows = queries.copies_of(session, save.required(report.id))
        readings = [reading for _, reading in rows]
        row = rulings.save_ruling(
            session, rulings.SET, None, said, person, now, addresses=readings, reason=reason, named=report.name
        )
        file_again(session, report, rows, now)
        return row
    own = {name: value for name, value in said.items() if name != "kind"}
    row = rulings.save_ruling(session, rulings.SET, report, own, person, now, reason=reason)
    rewriting.lay_over(session, report, own)
    rewriting.settle_name(session, report, now)
    return row


def unset(session: Session, report: Report, names: Sequence[str], person: str, now: datetime) -> Ruling | None:
    """What was said of these fields holds no longer; the last word that changed by it, None where there was none."""
    last = None
    for row in rulings.standing(session, save.required(report.id), rulings.SET):
        kept = {name: value for name, value in row.said.items() if name not in names}
        if kept == row.said:
            continue
        rulings.withdraw(session, row, person, now)
        last = row
        if kept:
            rulings.save_ruling(session, rulings.SET, report, kept, row.person, row.at, reason=row.reason)
    if last is not None:
        rewriting.conclude_again(session, report)
        rewriting.settle_name(session, report, now)
    return last


def set_address(
    session: Session, reading: Reading, said: dict[str, str], person: str, now: datetime, reason: str = ""
) -> Ruling:
    """What one address holds: a report of that place and meeting, or a document of another kind; it is filed again.

    raises  BadArgument for the place or meeting of what is a copy of a report: the report's is set instead
    """
    report = queries.report_of(session, save.required(reading.id))
    rows = [
        pair for pair in (queries.every_copy(session, report.id or 0) if report else []) if pair[1].id == reading.id
    ]
    copy = next((copy for copy, _ in rows if copy.relation != queries.RELATED), None)
    if report is not None and copy is not None and said.get("kind", Kind.REPORT) == Kind.REPORT:
        raise BadArgument(f"{reading.url} is a copy of {report.name}: set that report, or split the copy off first")
    kind = {} if "kind" in said else {"kind": str(Kind.REPORT)}
    row = rulings.save_ruling(
        session, rulings.SET, None, {**said, **kind}, person, now, addresses=[reading], reason=reason, named=reading.url
    )
    if report is not None:
        file_again(session, report, rows, now)
    else:
        wait(session, reading)
    return row


def pin(session: Session, report: Report, url: str, person: str, now: datetime, reason: str = "") -> Ruling:
    """One copy is the one to trust; a word about another copy is taken back."""
    unpin(session, report, person, now)
    row = rulings.save_ruling(session, rulings.PIN, report, {"url": url}, person, now, reason=reason)
    rewriting.rank_again(session, report, now)
    return row


def unpin(session: Session, report: Report, person: str, now: datetime) -> list[Ruling]:
    """The program chooses the copy to trust again; the words that were taken back."""
    old = rulings.standing(session, save.required(report.id), rulings.PIN)
    for row in old:
        rulings.withdraw(session, row, person, now)
    if old:
        rewriting.rank_again(session, report, now)
    return old


def merge(
    session: Session, report: Report, others: Sequence[Report], person: str, now: datetime, reason: str = ""
) -> Ruling:
    """These are one report: the copies of the others are copies of the first; who split them takes that back."""
    for other in others:
        for row in rulings.rulings(session, other, withdrawn=False):
            undone = row.act == rulings.SPLIT and {row.report_id, row.parted_id} == {report.id, other.id}
            if undone or (row.report_id == other.id and row.act in (rulings.SET, rulings.PIN)):
                rulings.withdraw(session, row, person, now)
    names = [other.name for other in others]
    readings = [reading for o in others for _, reading in queries.copies_of(session, save.required(o.id))]
    row = rulings.save_ruling(
        session, rulings.MERGE, report, {"names": names}, person, now, addresses=readings, reason=reason
    )
    for other in others:
        naming.retire(session, other, f"a person said that it is the same report as {report.name}")
        filing.join(session, report, other)
    rewriting.conclude_again(session, report)
    rewriting.rank_again(session, report, now)
    return row


def split(
    session: Session,
    report: Report,
    rows: Sequence[tuple[Copy, Reading]],
    person: str,
    now: datetime,
    reason: str = "",
) -> tuple[Ruling, Report]:
    """These copies are another report, named by what they call themselves where no other has that name.

    raises  BadArgument where no copy would be left
    """
    left = {copy.id for copy, _ in queries.copies_of(session, save.required(report.id))} - {c.id for c, _ in rows}
    if not left:
        raise BadArgument(f"{report.name}: no copy of it would be left; `set` says what place and meeting it is of")
    urls = {reading.url for _, reading in rows}
    for word in rulings.rulings(session, report, withdrawn=False):
        if word.act == rulings.MERGE and urls.issuperset(rulings.addresses_of(session, word)):
            rulings.withdraw(session, word, person, now)
    made = named_by(session, rows[0][1], now)
    moving = [p for p in queries.every_copy(session, save.required(report.id)) if p[1].url in urls]
    filing.move(session, moving, made)
    readings = [reading for _, reading in rows]
    row = rulings.save_ruling(
        session, rulings.SPLIT, made, {}, person, now, addresses=readings, parted=report, reason=reason
    )
    rewriting.sketch_again(session, report)
    for one in (report, made):
        rewriting.conclude_again(session, one)
        rewriting.rank_again(session, one, now)
    return row, made


def named_by(session: Session, reading: Reading, now: datetime) -> Report:
    """A new report named by what a reading calls itself; unknown/N where another has that name."""
    identity = replace(identify(filing.value_of(reading)), kind=Kind.REPORT)
    name = filing.name_of(identity)
    taken = name is None or queries.report_named(session, name) is not None
    return save.save_report(session, f"{naming.UNKNOWN}/{reading.id}" if taken else str(name), identity, now)[0]


def take_back(session: Session, row: Ruling, person: str, now: datetime) -> None:
    """A word no longer holds, and what it changed is concluded anew by the program.

    raises  BadArgument where it was taken back before
    """
    if row.withdrawn_at is not None:
        raise BadArgument(f"ruling {row.id} was taken back on {row.withdrawn_at:%Y-%m-%d} by {row.withdrawn_by}")
    rulings.withdraw(session, row, person, now)
    report = session.get(Report, row.report_id) if row.report_id else None
    if row.act in (rulings.MERGE, rulings.SPLIT) or report is None:
        for url in rulings.addresses_of(session, row):
            free(session, url, now)
    elif row.act == rulings.PIN:
        rewriting.rank_again(session, report, now)
    else:
        rewriting.conclude_again(session, report)
        rewriting.settle_name(session, report, now)


def free(session: Session, url: str, now: datetime) -> None:
    """What stands at an address is filed again, as the program thinks."""
    standing = queries.standing_copy_at(session, url)
    if standing is None:
        reading = queries.last_reading(session, url)
        if reading is not None:
            wait(session, reading)
        return
    file_again(session, session.get_one(Report, standing[0].report_id), [standing], now)


def file_again(session: Session, report: Report, rows: Sequence[tuple[Copy, Reading]], now: datetime) -> None:
    """These copies leave their report, and their readings wait for the desk; a report without copies is forgotten."""
    for _, reading in rows:
        wait(session, reading)
    rewriting.leave(session, report, rows, now)


def wait(session: Session, reading: Reading) -> None:
    """The desk looks at a reading once more, and tells nobody."""
    reading.watched_at, reading.quiet = None, True
    session.add(reading)
