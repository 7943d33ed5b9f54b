"""The sentences of a report, written in bulk: their table and the full text over it."""

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete, insert, select
from sqlmodel import Session, SQLModel

from storage import values
from storage.model import Passage, Report
from storage.search import forget_passages, index_passages

if TYPE_CHECKING:
    from sqlalchemy import Table


def table_of(model: type[SQLModel]) -> "Table":
    """The table itself, into which rows go without an object for each: eight times as fast."""
    return cast("Table", model.__table__)  # type: ignore[attr-defined]


PASSAGE = table_of(Passage)


def save_passages(session: Session, report: Report, outline: values.Outline) -> None:
    """The sentences of a report's canonical copy, in place of those it had; searchable at once.

    Where the sentences are those it has, nothing is written.
    """
    report_id = report.id
    if report_id is None:
        raise ValueError("a report without a key: it was not flushed")
    rows = [passage_row(report_id, passage) for passage in outline.passages]
    known = select(*(column for column in PASSAGE.columns if column.name != "id"))
    had = session.execute(known.where(PASSAGE.c.report_id == report_id).order_by(PASSAGE.c.position)).mappings()
    if [dict(row) for row in had] == rows:
        return
    forget_passages(session, report_id, report.year)
    session.execute(delete(PASSAGE).where(PASSAGE.c.report_id == report_id))
    if rows:
        session.execute(insert(PASSAGE), rows)
    index_passages(session, report_id)


def passage_row(report_id: int, passage: values.Passage) -> dict[str, Any]:
    """A passage as a row of its table."""
    return {
        "report_id": report_id,
        "position": passage.position,
        "paragraph": passage.paragraph,
        "start": passage.start,
        "part": str(passage.part),
        "heading": passage.heading,
        "text": passage.text,
        "level": passage.level,
    }
