"""A report's rows written again after a person's word: fields, name, sketch, sentences, comparisons."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, or_, select

from monitor import filing, naming, saying
from monitor.identity import identify
from monitor.word import told, word_on
from storage import queries, rulings, save
from storage.errors import BadArgument
from storage.model import Comparison, Copy, Reading, Report, Sketch
from storage.search import forget_passages, index_passages

EMPTY = {"place": None, "place_name": "", "year": None, "meeting_on": None, "session": None, "speaker": None}


def rank_again(session: Session, report: Report, now: datetime) -> None:
    """Choose the canonical copy again, take it apart, and hold the report against the years around it."""
    before = queries.canonical_copy(session, save.required(report.id))
    chosen = filing.rank(session, report)
    if before is None or before[0].id != chosen[0].id or not queries.passages_of(session, save.required(report.id)):
        filing.take_apart(session, report, chosen[1], whole=identify(filing.value_of(chosen[1])).whole)
    naming.drop_unfit(session, report)
    filing.compare_around(session, report, now)
    naming.retell(session, report)


def settle_name(session: Session, report: Report, now: datetime) -> None:
    """The name that follows from place and year, and what follows from that.

    raises  BadArgument where another report has it
    """
    name = naming.name_of(report.place, report.year)
    other = queries.report_named(session, name) if name else None
    if other is not None and other.id != report.id:
        raise BadArgument(
            f"{name} is known already, as another report; if they are one: `reportwatch merge {name} {report.name}`"
        )
    if name is None and not report.name.startswith(naming.UNKNOWN):
        name = f"{naming.UNKNOWN}/{queries.copies_of(session, save.required(report.id))[0][1].id}"
    if name is not None and name != report.name:
        naming.renamed(session, report, name)
    filing.adopt(session, report, now)
    rank_again(session, report, now)


def lay_over(session: Session, report: Report, said: dict[str, str]) -> None:
    """Write over a report's fields what a person said of them."""
    fields = saying.fields_of(report, said)
    rewritten(session, report, {**fields, "inferred": [name for name in report.inferred if name not in fields]})


def rewritten(session: Session, report: Report, fields: dict[str, object]) -> None:
    """The report with these fields; its sentences are searched under its year."""
    key, year = save.required(report.id), report.year
    for name, value in fields.items():
        setattr(report, name, value)
    session.add(report)
    session.flush()
    if report.year != year:
        forget_passages(session, key, year)
        index_passages(session, key)


def conclude_again(session: Session, report: Report) -> None:
    """What is known of a report, concluded anew from its copies, with persons' words over it; not its name."""
    key = save.required(report.id)
    fresh = Report(name=report.name, found_at=report.found_at)
    for _, reading in queries.copies_of(session, key):
        identity = told(identify(filing.value_of(reading)), reading, word_on(session, reading))
        name = filing.name_of(identity)
        if naming.name_of(fresh.place, fresh.year) in (None, name):
            save.fill(fresh, identity)
    rewritten(session, report, {name: getattr(fresh, name) for name in (*EMPTY, "inferred")})
    lay_over(session, report, rulings.said_of(session, key))


def sketch_again(session: Session, report: Report) -> None:
    """The sketch of a report from the copies that it has today."""
    session.execute(delete(Sketch).where(col(Sketch.report_id) == report.id))
    for _, reading in queries.copies_of(session, save.required(report.id)):
        save.extend_sketch(session, report, map(int, filing.prepared(reading).folded.sketch))


def leave(session: Session, report: Report, rows: Sequence[tuple[Copy, Reading]], now: datetime) -> None:
    """Copies leave a report, with the earlier ones of their addresses; without any it is forgotten."""
    urls = {reading.url for _, reading in rows}
    gone = [copy for copy, row in queries.every_copy(session, save.required(report.id)) if row.url in urls]
    for copy in gone:
        copy.canonical, copy.superseded_at = False, copy.superseded_at or now
        session.add(copy)
    session.flush()
    if not queries.copies_of(session, save.required(report.id)):
        naming.retire(session, report, "a person said that it is no report")
        save.forget_report(session, report)
        return
    rank_again(session, report, now)
    for copy in gone:
        resting = or_(col(Comparison.copy_id) == copy.id, col(Comparison.against_copy_id) == copy.id)
        for row in session.exec(select(Comparison).where(resting)).all():
            save.drop_comparisons(session, row.report_id, row.against_id)
        session.delete(copy)
    session.flush()
    sketch_again(session, report)
