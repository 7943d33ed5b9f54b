"""Full text of the passages, any number of characters long.

Every Han character is a word of its own, and a query is a phrase of them: FTS5 `unicode61` on SQLite,
`tsvector('simple')` on PostgreSQL. FTS5's trigram tokenizer finds nothing for two-character words such as 就业.
"""

import re
from collections.abc import Sequence

from sqlalchemy import select as columns
from sqlalchemy import text
from sqlmodel import Session, col, select

from crawler.text.fold import fold_all
from storage.model import Passage, Report

YEAR = 1 << 40  # passages that a database may have: no year runs into the next
HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
WORD = re.compile(rf"[{HAN}]|(?:[^\W{HAN}]|[.%])+")


def words(passage: str) -> str:
    """The folded text with a space around every Han character and in place of all punctuation."""
    return words_of([passage])[0]


def words_of(passages: Sequence[str]) -> list[str]:
    """The `words` of each passage of one text; folded together, which costs a tenth of one by one."""
    return [" ".join(WORD.findall(passage)) for passage in fold_all(passages)]


def index_passages(session: Session, report_id: int) -> None:
    """Make the passages of a report searchable, under the report's year."""
    year = session.get_one(Report, report_id).year
    kept = session.execute(columns(col(Passage.id), col(Passage.text)).where(col(Passage.report_id) == report_id)).all()
    rows = [
        {"id": ordered(year, passage_id), "words": said}
        for (passage_id, _), said in zip(kept, words_of([passage for _, passage in kept]), strict=True)
    ]
    if rows:
        insert = f"INSERT INTO passage_search ({key(session)}, words) VALUES (:id, :words)"  # noqa: S608
        session.execute(text(insert), rows)


def forget_passages(session: Session, report_id: int, year: int | None) -> None:
    """Take the passages of a report, indexed under that year, out of the index; before they leave their table."""
    known = "(SELECT id + :year FROM passage WHERE report_id = :report)"
    call = text(f"DELETE FROM passage_search WHERE {key(session)} IN {known}")  # noqa: S608
    session.execute(call, {"report": report_id, "year": ordered(year, 0)})


def ordered(year: int | None, passage_id: int | None) -> int:
    """The key of a passage in the index: year first, so that the newest hits come first without sorting them all."""
    return (year or 0) * YEAR + (passage_id or 0)


def key(session: Session) -> str:
    """The column of passage_search that holds the key of the passage."""
    return "rowid" if session.get_bind().dialect.name == "sqlite" else "passage_id"


def passages_with(session: Session, query: str, limit: int = 50) -> list[tuple[Report, Passage]]:
    """Passages that hold every word of the query (words are parted by spaces), newest year first.

    Costs what the first `limit` hits cost, however many there are, on SQLite.
    """
    phrases = [words(word) for word in query.split() if words(word)]
    if not phrases:
        return []
    if key(session) == "rowid":
        test = "passage_search MATCH :query"
        values = {"query": " AND ".join(f'"{phrase}"' for phrase in phrases)}
    else:
        phrase = "to_tsvector('simple', words) @@ phraseto_tsquery('simple', :p{})"
        test = " AND ".join(phrase.format(n) for n in range(len(phrases)))
        values = {f"p{n}": phrase for n, phrase in enumerate(phrases)}
    name = key(session)
    found = text(f"SELECT {name} FROM passage_search WHERE {test} ORDER BY {name} DESC LIMIT :limit")  # noqa: S608
    ids = [row[0] % YEAR for row in session.execute(found, values | {"limit": limit})]
    chosen = (
        select(Report, Passage)
        .join(Passage, col(Passage.report_id) == col(Report.id))
        .where(col(Passage.id).in_(ids))
        .order_by(col(Report.year).desc(), col(Report.place), col(Passage.position))
    )
    return [(report, passage) for report, passage in session.exec(chosen)]
