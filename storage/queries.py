"""Questions, named as questions. Each takes a session and changes nothing."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, text
from sqlalchemy import select as columns
from sqlmodel import Session, col, desc, select

from storage import values
from storage.errors import NotKnown
from storage.model import Alert, Comparison, Copy, Event, Finding, Page, Passage, Reading, Receipt, Report

RELATED = "related"
BATCH = 500  # values in one IN (…): SQLite's oldest limit is 999


def last_page(session: Session, url: str) -> Page | None:
    """The newest response from an address that had a body worth asking for again."""
    return session.exec(
        select(Page).where(Page.url == url, Page.status == 200).order_by(desc(Page.fetched_at), desc(Page.id))
    ).first()


def pages_at(session: Session, url: str) -> list[Page]:
    """All responses from an address, newest first."""
    return list(session.exec(select(Page).where(Page.url == url).order_by(desc(Page.fetched_at), desc(Page.id))))


def standing_copy_at(session: Session, url: str) -> tuple[Copy, Reading] | None:
    """The copy that an address gives today."""
    return session.exec(
        select(Copy, Reading)
        .join(Reading, col(Copy.reading_id) == col(Reading.id))
        .where(Reading.url == url, col(Copy.superseded_at).is_(None))
        .order_by(desc(Copy.id))
    ).first()


def digests_of(session: Session, place: str, year: int) -> list[Reading]:
    """Digests and compilations that the desk took for this place's and year's."""
    kinds = (values.Kind.DIGEST, values.Kind.COMPILATION)
    wanted = select(Reading).where(Reading.place == place, Reading.year == year, col(Reading.kind).in_(kinds))
    return list(session.exec(wanted))


def last_answer(session: Session, url: str) -> Page | None:
    """The newest response from an address, whatever its status."""
    return session.exec(select(Page).where(Page.url == url).order_by(desc(Page.fetched_at), desc(Page.id))).first()


def answers_at(session: Session, urls: Sequence[str]) -> dict[str, list[tuple[datetime, int, str]]]:
    """Time, status and digest of all answers from each of these addresses, oldest first; by the index on addresses."""
    found: dict[str, list[tuple[datetime, int, str]]] = {}
    for start in range(0, len(urls), BATCH):
        wanted = select(Page.url, Page.fetched_at, Page.status, Page.digest).where(
            col(Page.url).in_(urls[start : start + BATCH])
        )
        for url, at, status, digest in session.exec(wanted.order_by(col(Page.fetched_at), col(Page.id))):
            found.setdefault(url, []).append((at, status, digest))
    return found


def read_since(session: Session, urls: Sequence[str]) -> dict[str, datetime]:
    """When the pages were fetched that the newest reading of each of these addresses was made from; only those read."""
    newest: dict[str, int] = {}
    for start in range(0, len(urls), BATCH):
        wanted = select(Reading.url, Reading.pages).where(col(Reading.url).in_(urls[start : start + BATCH]))
        newest |= {url: pages[0] for url, pages in session.exec(wanted.order_by(col(Reading.id))) if pages}
    times: dict[int, datetime] = {}
    keys = sorted(set(newest.values()))
    for start in range(0, len(keys), BATCH):
        fetched = select(Page.id, Page.fetched_at).where(col(Page.id).in_(keys[start : start + BATCH]))
        times |= {key: at for key, at in session.exec(fetched) if key is not None}
    return {url: times[key] for url, key in newest.items() if key in times}


def page_with_body(session: Session, digest: str) -> Page | None:
    """The page whose record holds this body in full."""
    return session.exec(
        select(Page).where(Page.digest == digest, col(Page.revisit).is_(False)).order_by(col(Page.id))
    ).first()


def is_read(session: Session, fingerprint: str) -> bool:
    """Whether the same bytes have been read by the same reader; `save.fingerprint` says what that means."""
    return session.exec(select(Reading.id).where(Reading.fingerprint == fingerprint)).first() is not None


def pages_of(session: Session, reading: Reading) -> list[Page]:
    """The pages a reading was made from, in order."""
    return [page for page in (session.get(Page, key) for key in reading.pages) if page is not None]


def readings_to_watch(session: Session, limit: int = 100) -> list[int]:
    """Ids of the readings that the desk has still to look at, oldest first."""
    waiting = select(Reading.id).where(col(Reading.watched_at).is_(None)).order_by(col(Reading.id)).limit(limit)
    return [key for key in session.exec(waiting) if key is not None]


def last_reading(session: Session, url: str) -> Reading | None:
    """The newest reading of an address."""
    return session.exec(select(Reading).where(Reading.url == url).order_by(desc(Reading.id))).first()


def readings_at(session: Session, url: str) -> list[Reading]:
    """All readings of an address, oldest first."""
    return list(session.exec(select(Reading).where(Reading.url == url).order_by(col(Reading.id))))


def last_print(session: Session, url: str) -> tuple[int, str] | None:
    """Reader and print of the newest reading of an address, without its text."""
    wanted = select(Reading.reader, Reading.prose).where(Reading.url == url).order_by(desc(Reading.id)).limit(1)
    return session.exec(wanted).first()


class SketchRows(NamedTuple):
    """Hashes and the reports that have them, side by side; and the highest number of a report there is."""

    hashes: list[int]
    reports: list[int]
    last: int


def sketch_rows(session: Session, hashes: Sequence[int], most: int) -> SketchRows:
    """The rows of those of these hashes that are known, of each so many at most; those of a hash stand together.

    Cost is that of the rows told, however many there are, and never that of the texts.
    """
    if session.get_bind().dialect.name == "sqlite":
        # All rows come as one string, past SQLAlchemy: a hundred would take longer to fetch than to find.
        cursor = session.connection().connection.cursor()
        last, told = cursor.execute(ROWS_OF_SQLITE, (json.dumps(list(hashes)), most)).fetchone()
    else:
        last, told = session.execute(text(ROWS_OF_POSTGRESQL), {"hashes": list(hashes), "most": most}).one()
    numbers = list(map(int, told.split(","))) if told else []
    return SketchRows(numbers[::2], numbers[1::2], last or 0)


ROWS_OF_SQLITE = """
SELECT (SELECT max(id) FROM report), group_concat(found) FROM (
  SELECT (
    SELECT group_concat(value || ',' || report_id) FROM (SELECT report_id FROM sketch WHERE hash = value LIMIT ?2)
  ) AS found FROM json_each(?1)
)
"""
ROWS_OF_POSTGRESQL = """
SELECT (SELECT max(id) FROM report), string_agg(value || ',' || report_id, ',' ORDER BY value)
FROM unnest(CAST(:hashes AS bigint[])) AS value
CROSS JOIN LATERAL (SELECT report_id FROM sketch WHERE hash = value LIMIT :most) AS few
"""


def sketch_sizes(session: Session, reports: Collection[int]) -> dict[int, int]:
    """How many hashes each of these reports has."""
    keys = ",".join(str(int(key)) for key in reports) or "NULL"
    rows = session.execute(text(f"SELECT id, hashes FROM report WHERE id IN ({keys})"))  # noqa: S608  (whole numbers)
    return {int(key): int(size) for key, size in rows}


def how_many_reports(session: Session) -> int:
    """Number of reports known."""
    return session.exec(select(func.count()).select_from(Report)).one()


def report_named(session: Session, name: str) -> Report | None:
    """The report of that name, such as 110108/2023."""
    return session.exec(select(Report).where(Report.name == name)).first()


def newest_readings(session: Session, reader: int) -> list[Reading]:
    """The newest reading of every page, where an older reader than that made it; its parts come with it."""
    newest = select(func.max(Reading.id)).where(col(Reading.part_of).is_(None)).group_by(col(Reading.url))
    return list(session.exec(select(Reading).where(col(Reading.id).in_(newest), Reading.reader < reader)))


def has_finished(session: Session, source: str) -> bool:
    """Whether a source ever had a run that came to its end."""
    finished = select(Receipt.id).where(Receipt.source == source, Receipt.reason == "finished").limit(1)
    return session.exec(finished).first() is not None


def report_of(session: Session, reading_id: int) -> Report | None:
    """The report that a reading is a copy of."""
    return session.exec(
        select(Report).join(Copy, col(Copy.report_id) == col(Report.id)).where(Copy.reading_id == reading_id)
    ).first()


def reports(session: Session, places: Collection[str] | None = None, year: int | None = None) -> list[Report]:
    """Reports known, by place and newest first."""
    wanted = select(Report).order_by(col(Report.place), desc(Report.year))
    if places is not None:
        wanted = wanted.where(col(Report.place).in_(places))
    if year is not None:
        wanted = wanted.where(Report.year == year)
    return list(session.exec(wanted))


def years_known(session: Session, place: str) -> list[int]:
    """Years of which a whole report of the place is known, newest first."""
    wanted = select(Report.year).where(Report.place == place, col(Report.whole)).order_by(desc(Report.year))
    return [year for year in session.exec(wanted) if year is not None]


def year_before(session: Session, report: Report) -> Report | None:
    """The newest earlier report of the same place of which the whole text is known."""
    if report.place is None or report.year is None:
        return None
    return session.exec(
        select(Report)
        .where(Report.place == report.place, col(Report.year) < report.year, col(Report.whole))
        .order_by(desc(Report.year))
    ).first()


def year_after(session: Session, report: Report) -> Report | None:
    """The next later report of the same place of which the whole text is known."""
    if report.place is None or report.year is None:
        return None
    return session.exec(
        select(Report)
        .where(Report.place == report.place, col(Report.year) > report.year, col(Report.whole))
        .order_by(col(Report.year))
    ).first()


def copies_of(session: Session, report_id: int, *, related: bool = False) -> list[tuple[Copy, Reading]]:
    """Copies of a report that stand today, the canonical one first; or the documents that are only related to it."""
    kind = Copy.relation == RELATED if related else Copy.relation != RELATED
    found = (
        select(Copy, Reading)
        .join(Reading, col(Copy.reading_id) == col(Reading.id))
        .where(Copy.report_id == report_id, kind, col(Copy.superseded_at).is_(None))
        .order_by(desc(Copy.canonical), desc(Copy.coverage), col(Reading.tier), col(Copy.id))
    )
    return [(copy, reading) for copy, reading in session.exec(found)]


def every_copy(session: Session, report_id: int) -> list[tuple[Copy, Reading]]:
    """All rows of a report: copies that stand, those superseded, and documents related to it."""
    found = select(Copy, Reading).join(Reading, col(Copy.reading_id) == col(Reading.id))
    return [(copy, row) for copy, row in session.exec(found.where(Copy.report_id == report_id).order_by(col(Copy.id)))]


def canonical_copy(session: Session, report_id: int) -> tuple[Copy, Reading] | None:
    """The copy to trust."""
    found = (
        select(Copy, Reading)
        .join(Reading, col(Copy.reading_id) == col(Reading.id))
        .where(Copy.report_id == report_id, col(Copy.canonical), col(Copy.superseded_at).is_(None))
        .where(Copy.relation != RELATED)
    )
    return session.exec(found.limit(1)).first()


def passages_of(session: Session, report_id: int) -> list[Passage]:
    """The sentences of a report, in order."""
    return list(session.exec(select(Passage).where(Passage.report_id == report_id).order_by(col(Passage.position))))


def outline_of(session: Session, report_id: int) -> values.Outline | None:
    """The outline of a report's canonical copy, as it was saved; None where it has none."""
    canonical = canonical_copy(session, report_id)
    if canonical is None:
        return None
    wanted = columns(*(col(getattr(Passage, name)) for name in PASSAGE)).where(col(Passage.report_id) == report_id)
    rows = session.execute(wanted.order_by(col(Passage.position)))
    passages = (
        values.Passage(position, paragraph, start, values.Part(part), heading, said, level)
        for position, paragraph, start, part, heading, said, level in rows
    )
    return values.Outline(canonical[1].text, tuple(passages))


PASSAGE = ("position", "paragraph", "start", "part", "heading", "text", "level")  # as in values.Passage


def last_comparison(session: Session, report_id: int, against_id: int | None = None) -> Comparison | None:
    """The newest comparison of a report, against that one if it is given."""
    wanted = select(Comparison).where(Comparison.report_id == report_id).order_by(desc(Comparison.id))
    if against_id is not None:
        wanted = wanted.where(Comparison.against_id == against_id)
    return session.exec(wanted).first()


def findings_of(session: Session, comparison_id: int) -> list[values.Finding]:
    """The findings of a comparison, in the order of the report."""
    return [finding_of(row) for row in finding_rows(session, comparison_id)]


def finding_rows(session: Session, comparison_id: int) -> list[Finding]:
    """The rows of these findings."""
    wanted = select(Finding).where(Finding.comparison_id == comparison_id).order_by(col(Finding.rank))
    return list(session.exec(wanted))


def marked_comparisons(session: Session) -> list[Comparison]:
    """The comparisons of which a person has marked a finding, oldest first."""
    marked = select(Finding.comparison_id).where(Finding.mark != "")
    return list(session.exec(select(Comparison).where(col(Comparison.id).in_(marked)).order_by(col(Comparison.id))))


def finding_of(row: Finding) -> values.Finding:
    """The finding that a row keeps."""
    return values.Finding(
        values.FindingKind(row.kind),
        row.text,
        row.heading,
        values.Part(row.part),
        row.position,
        row.novelty,
        tuple(row.new),
        tuple(values.Prior(**{**prior, "part": values.Part(prior["part"])}) for prior in row.prior),
        tuple(values.TargetChange(**target) for target in row.targets),
        tuple(row.reasons),
        row.mark,
    )


def event_named(session: Session, key: str) -> Event | None:
    """The event of that key."""
    return session.exec(select(Event).where(Event.key == key)).first()


def alerts(
    session: Session, states: Sequence[str] = ("due", "sent", "dead"), limit: int = 100
) -> list[tuple[Alert, Event]]:
    """The outbox, newest first."""
    found = (
        select(Alert, Event)
        .join(Event, col(Alert.event_id) == col(Event.id))
        .where(col(Alert.state).in_(states))
        .order_by(desc(Alert.id))
        .limit(limit)
    )
    return [(alert, event) for alert, event in session.exec(found)]


def the_report(session: Session, name: str) -> Report:
    """The report of that name; NotKnown with what to do where there is none."""
    from storage import rulings  # which asks questions, too

    report = report_named(session, name)
    if report is None:
        raise NotKnown(rulings.no_report(session, name))
    return report
