"""The reports that one page holds: a compilation's parts, each a reading of its own at the page's address."""

from datetime import datetime
from urllib.parse import urldefrag

from sqlmodel import Session, col, or_, select

from storage.model import Copy, Reading
from storage.save import fingerprint, required


def address_of(url: str, number: int) -> str:
    """The address of a part: the page's, with the part's position on it, from 1."""
    return f"{urldefrag(url)[0]}#report-{number}"


def save_part(
    session: Session, page: Reading, number: int, text: str, title: str, place_hint: str | None, now: datetime
) -> Reading | None:
    """The row of one report of a compilation, waiting for the desk; None when it was saved before.

    page    the reading of the whole page
    number  position on the page, from 1
    """
    url = address_of(page.url, number)
    print_ = fingerprint(page.reader, url, [page.fingerprint])
    if session.exec(select(Reading.id).where(Reading.fingerprint == print_)).first() is not None:
        return None
    row = Reading(
        source=page.source,
        tier=page.tier,
        place_hint=place_hint,
        url=url,
        fingerprint=print_,
        reader=page.reader,
        pages=list(page.pages),
        made_at=now,
        verdict=page.verdict,
        why=page.why,
        title=title or None,
        text=text,
        encoding=page.encoding,
        script=page.script,
        repairs=[repair for repair in page.repairs if repair["after"] and repair["after"] in text],
        published_on=page.published_on,
        confidence=page.confidence,
        quiet=page.quiet,
        part_of=required(page.id),
        part=number,
    )
    session.add(row)
    session.flush()
    return row


def parts_of(session: Session, reading_id: int) -> list[Reading]:
    """The reports that a page was cut into, in order."""
    return list(session.exec(select(Reading).where(Reading.part_of == reading_id).order_by(col(Reading.part))))


def standing_copies_of_page(session: Session, row: Reading, report_id: int) -> list[Copy]:
    """The copies of a report that stand today and came from an earlier reading of this one's page, or a part of it."""
    page = urldefrag(row.url)[0] if row.part_of is not None else row.url
    readings = select(Reading.id).where(Reading.url == page)
    found = (
        select(Copy)
        .join(Reading, col(Copy.reading_id) == col(Reading.id))
        .where(Copy.report_id == report_id, col(Copy.superseded_at).is_(None), Reading.id != row.id)
        .where(or_(Reading.url == page, col(Reading.part_of).in_(readings)))
    )
    if row.part_of is not None:
        found = found.where(or_(col(Reading.part_of).is_(None), Reading.part_of != row.part_of))
    return list(session.exec(found))
