"""Questions and writes about many addresses at once: what a crawl asks and saves for every page that it fetches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, insert
from sqlalchemy import select as columns
from sqlmodel import Session, col, desc, select

from storage.model import Page, Reading
from storage.queries import BATCH
from storage.seen_again import HELD

COLUMNS = tuple(name for name in Page.model_fields if name != "id")


@dataclass(frozen=True, slots=True)
class Print:
    """The newest reading of an address, without its text.

    held  the desk doubts it, and waits for the page to say so again
    """

    reader: int
    prose: str
    fingerprint: str
    held: bool


def last_pages(session: Session, urls: Sequence[str]) -> dict[str, Page]:
    """The newest response from each of these addresses that had a body worth asking for again."""
    found: dict[str, Page] = {}
    newest = func.row_number().over(partition_by=col(Page.url), order_by=(desc(Page.fetched_at), desc(Page.id)))
    for some in _batches(urls):
        ranked = select(Page.id, newest.label("rank")).where(col(Page.url).in_(some), Page.status == 200).subquery()
        rows = session.exec(select(Page).join(ranked, col(Page.id) == ranked.c.id).where(ranked.c.rank == 1))
        found |= {row.url: row for row in rows}
    return found


def last_prints(session: Session, urls: Sequence[str]) -> dict[str, Print]:
    """The newest reading of each of these addresses; parts of a compilation have none of their own."""
    found: dict[str, Print] = {}
    for some in _batches(urls):
        newest = (
            select(func.max(Reading.id))
            .where(col(Reading.url).in_(some), col(Reading.part_of).is_(None))
            .group_by(col(Reading.url))
        )
        told = (Reading.url, Reading.reader, Reading.prose, Reading.fingerprint, Reading.released_at, Reading.outcome)
        for url, reader, prose, fingerprint, released, outcome in session.execute(
            columns(*map(col, told)).where(col(Reading.id).in_(newest))
        ):
            found[url] = Print(reader, prose, fingerprint, held=released is None and outcome.startswith(HELD))
    return found


def where_body_lies(session: Session, digest: str) -> tuple[str, int] | None:
    """File and offset of the record that holds this body in full."""
    wanted = columns(col(Page.warc), col(Page.offset)).where(col(Page.digest) == digest, col(Page.revisit).is_(False))
    found = session.execute(wanted.order_by(col(Page.id)).limit(1)).first()
    return (found[0], found[1]) if found else None


def save_pages(session: Session, rows: Sequence[Page]) -> list[int]:
    """Rows of pages that the archive keeps; their keys, in order. They are marked with them when this returns."""
    if not rows:
        return []
    wanted = insert(Page).returning(col(Page.id), sort_by_parameter_order=True)
    keys = session.execute(wanted, [{name: getattr(row, name) for name in COLUMNS} for row in rows]).scalars().all()
    for row, key in zip(rows, keys, strict=True):
        row.id = key
    return [key for key in keys if key is not None]


def _batches(urls: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(urls), BATCH):
        yield urls[start : start + BATCH]
