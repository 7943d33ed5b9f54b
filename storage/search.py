"""Full text of the passages, any number of characters long.

Every Han character is a word of its own, and a query is a phrase of them: FTS5 `unicode61` on SQLite,
`tsvector('simple')` on PostgreSQL. FTS5's trigram tokenizer finds nothing for two-character words such as 就业.
"""

import re

from sqlalchemy import text
from sqlmodel import Session, col, select

from crawler.text.fold import fold
from storage.model import Passage, Report

HAN = re.compile(r"([\u3400-\u9fff\U00020000-\U0003ffff])")


def words(passage: str) -> str:
    """The folded text with a space around every Han character and in place of all punctuation."""
    return " ".join(re.sub(r"[^\w.%]+", " ", HAN.sub(r" \1 ", fold(passage))).split())


def index_passages(session: Session, report_id: int) -> None:
    """Make the passages of a report searchable."""
    rows = [
        {"id": passage.id, "words": words(passage.text)}
        for passage in session.exec(select(Passage).where(Passage.report_id == report_id))
    ]
    if rows:
        session.execute(
            text("INSERT INTO passage_search (rowid, words) VALUES (:id, :words)".replace("rowid", key(session))), rows
        )


def forget_passages(session: Session, report_id: int) -> None:
    """Take the passages of a report out of the index; before they leave their table."""
    known = "(SELECT id FROM passage WHERE report_id = :report)"
    session.execute(text(f"DELETE FROM passage_search WHERE {key(session)} IN {known}"), {"report": report_id})  # noqa: S608


def key(session: Session) -> str:
    """The column of passage_search that holds the passage's id."""
    return "rowid" if session.get_bind().dialect.name == "sqlite" else "passage_id"


def passages_with(session: Session, query: str, limit: int = 50) -> list[tuple[Report, Passage]]:
    """Passages that hold every word of the query (words are parted by spaces), newest year first."""
    phrases = [words(word) for word in query.split() if words(word)]
    if not phrases:
        return []
    if key(session) == "rowid":
        found = text("SELECT rowid FROM passage_search WHERE passage_search MATCH :query").bindparams(
            query=" AND ".join(f'"{phrase}"' for phrase in phrases)
        )
    else:
        tests = " AND ".join(
            f"to_tsvector('simple', words) @@ phraseto_tsquery('simple', :p{n})" for n in range(len(phrases))
        )
        found = text(f"SELECT passage_id FROM passage_search WHERE {tests}").bindparams(  # noqa: S608
            **{f"p{n}": phrase for n, phrase in enumerate(phrases)}
        )
    ids = [row[0] for row in session.execute(found)]
    chosen = (
        select(Report, Passage)
        .join(Passage, col(Passage.report_id) == col(Report.id))
        .where(col(Passage.id).in_(ids))
        .order_by(col(Report.year).desc(), col(Report.place), col(Passage.position))
        .limit(limit)
    )
    return [(report, passage) for report, passage in session.exec(chosen)]
