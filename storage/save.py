"""Writes. Each is idempotent, takes the caller's session, and commits nothing: the caller's transaction does."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, select

from crawler.text.fold import fold
from storage import queries, values
from storage.model import (
    Alert,
    Comparison,
    Copy,
    Event,
    Finding,
    Page,
    Passage,
    Reading,
    Receipt,
    Report,
    Ruling,
    Sketch,
)
from storage.search import forget_passages, index_passages
from storage.sentences import save_passages as save_passages
from storage.sentences import table_of

if TYPE_CHECKING:
    from storage.archive import Record


def open_receipt(session: Session, source: str, now: datetime) -> Receipt:
    """A receipt for a run that starts now."""
    receipt = Receipt(source=source, started_at=now)
    session.add(receipt)
    session.flush()
    return receipt


def close_receipt(
    session: Session,
    receipt_id: int,
    now: datetime,
    reason: str,
    counts: Mapping[str, int],
    errors: Sequence[tuple[str, int, str]] = (),
) -> Receipt:
    """The receipt with its end, its reason and what was counted.

    counts  by the names of Receipt's columns: requests, bytes, pages, unchanged, links, readings, fresh
    errors  (name, how often, first message)
    """
    receipt = session.get_one(Receipt, receipt_id)
    receipt.ended_at, receipt.reason = now, reason
    for name, count in counts.items():
        setattr(receipt, name, count)
    receipt.errors = [list(error) for error in errors]
    session.add(receipt)
    return receipt


def save_page(
    session: Session,
    page: values.Page,
    receipt_id: int | None,
    record: "Record",
    etag: str | None = None,
    modified: str | None = None,
) -> Page:
    """The row of a page that the archive keeps; the same record is saved once."""
    known = session.exec(select(Page).where(Page.warc == record.warc, Page.offset == record.offset)).first()
    if known is not None:
        return known
    row = page_row(page, receipt_id, record, etag, modified)
    session.add(row)
    session.flush()
    return row


def page_row(
    page: values.Page, receipt_id: int | None, record: "Record", etag: str | None, modified: str | None
) -> Page:
    """The row of a page that the archive keeps, not saved yet."""
    return Page(
        receipt_id=receipt_id,
        source=page.source,
        url=page.url,
        fetched_at=page.fetched_at,
        status=page.status,
        content_type=page.content_type,
        digest=record.digest,
        size=len(page.body),
        warc=record.warc,
        offset=record.offset,
        revisit=record.revisit,
        etag=etag,
        modified=modified,
    )


def fingerprint(reader: int, url: str, digests: Iterable[str]) -> str:
    """What makes a reading the same one: its reader, its address, its bytes."""
    return hashlib.sha256("\n".join([str(reader), url, *digests]).encode()).hexdigest()


def save_reading(
    session: Session,
    reading: values.Reading,
    source: values.Source,
    pages: Sequence[Page],
    now: datetime,
    *,
    quiet: bool = False,
    said: Mapping[str, str] | None = None,
    prose: str = "",
    again: str = "",
) -> Reading | None:
    """The row of a reading, waiting for the desk; None when the same bytes were read by this reader before.

    prose  print of the pages' standing lines, see crawler.prose
    said  a person's word about it, by the names of Reading.said
    again  what tells these bytes from the same ones read earlier, where another text stood between (storage.seen_again)
    """
    print_ = fingerprint(reading.reader, reading.url, [*(page.digest for page in pages), *([again] if again else [])])
    if session.exec(select(Reading.id).where(Reading.fingerprint == print_)).first() is not None:
        return None
    row = Reading(
        source=source.id,
        tier=source.tier,
        place_hint=source.place,
        fingerprint=print_,
        prose=prose,
        pages=[page.id for page in pages],
        made_at=now,
        quiet=quiet,
        said=dict(said or {}),
        repairs=[asdict(repair) for repair in reading.repairs],
        **{name: getattr(reading, name) for name in READ},
    )
    session.add(row)
    session.flush()
    return row


def save_prose(session: Session, reading: Reading, prose: str) -> None:
    """A reading stands; its pages have this print today."""
    row = session.get_one(Reading, required(reading.id))
    row.prose = prose
    session.add(row)


READ = ("url", "reader", "verdict", "why", "title", "text", "encoding", "script", "published_on", "confidence")


def extend_sketch(session: Session, report: Report, hashes: Iterable[int]) -> None:
    """Add to a report's sketch the hashes of a copy that it lacks."""
    report_id = required(report.id)
    known = set(session.exec(select(Sketch.hash).where(Sketch.report_id == report_id))) if report.hashes else set()
    rows = [{"hash": value, "report_id": report_id} for value in sorted(set(hashes) - known)]
    if rows:
        session.execute(insert(table_of(Sketch)), rows)
    report.hashes = len(known) + len(rows)
    session.add(report)


def conclude(session: Session, reading: Reading, outcome: str, identity: values.Identity | None, now: datetime) -> None:
    """The desk is done with a reading: what it took it for, and what became of it, in words."""
    reading.watched_at, reading.outcome = now, outcome
    if identity is not None:
        reading.kind, reading.year = str(identity.kind), identity.year
        reading.place = identity.place.code if identity.place else None
    session.add(reading)


def save_report(session: Session, name: str, identity: values.Identity, now: datetime) -> tuple[Report, bool]:
    """The report of that name, and whether it is new; what a better copy knows fills what was unknown or inferred."""
    report = session.exec(select(Report).where(Report.name == name)).first()
    fresh = report is None
    if report is None:
        report = Report(name=name, found_at=now)
    year = report.year
    fill(report, identity)
    session.add(report)
    session.flush()
    if report.year != year and not fresh:
        forget_passages(session, required(report.id), year)
        index_passages(session, required(report.id))
    return report, fresh


def fill(report: Report, identity: values.Identity) -> None:
    """What an identity knows fills what is unknown of a report, or was concluded and is read here."""
    place, inferred = identity.place, set(report.inferred)
    fields = {field: getattr(identity, field) for field in ("year", "meeting_on", "session", "speaker")}
    for field, value in {"place": place and place.code, **fields}.items():
        guessed = field in identity.inferred
        weak = getattr(report, field) is None or (field in inferred and not guessed)
        if value is None or not weak:
            continue
        setattr(report, field, value)
        inferred = inferred | {field} if guessed else inferred - {field}
        report.place_name = place.name if field == "place" and place else report.place_name
    report.inferred = sorted(inferred)


def save_copy(
    session: Session, report: Report, reading: Reading, likeness: values.Likeness, now: datetime, relation: str = ""
) -> Copy:
    """The copy that a reading is of a report; `relation` overrides the likeness's, for related documents."""
    copy = session.exec(select(Copy).where(Copy.reading_id == reading.id)).first()
    if copy is None:
        copy = Copy(
            report_id=required(report.id),
            reading_id=required(reading.id),
            added_at=now,
            relation="",
            likeness=0,
            coverage=0,
        )
    copy.report_id = required(report.id)
    copy.relation = relation or str(likeness.relation)
    copy.likeness, copy.coverage, copy.notes = likeness.likeness, likeness.coverage, list(likeness.notes)
    session.add(copy)
    session.flush()
    return copy


def forget_report(session: Session, report: Report) -> None:
    """Remove a report whose copies now belong to another: its sentences, sketch and comparisons go with it."""
    report_id = required(report.id)
    forget_passages(session, report_id, report.year)
    touching = select(Comparison.id).where((Comparison.report_id == report_id) | (Comparison.against_id == report_id))
    session.execute(delete(Finding).where(col(Finding.comparison_id).in_(touching)))
    for table, column in ((Comparison, Comparison.report_id), (Comparison, Comparison.against_id)):
        session.execute(delete(table).where(col(column) == report_id))
    for copy in session.exec(select(Copy).where(Copy.report_id == report_id)).all():
        session.delete(copy)
    session.execute(delete(Passage).where(col(Passage.report_id) == report_id))
    session.execute(delete(Sketch).where(col(Sketch.report_id) == report_id))
    # A person's word stays, about nothing.
    session.execute(update(Ruling).where(col(Ruling.report_id) == report_id).values(report_id=None))
    session.execute(update(Ruling).where(col(Ruling.parted_id) == report_id).values(parted_id=None))
    session.flush()
    session.delete(report)
    session.flush()


def supersede(session: Session, copy: Copy, now: datetime) -> None:
    """A newer reading of its address takes a copy's place; the copy stays, for the history."""
    copy.superseded_at, copy.canonical = now, False
    session.add(copy)


def required(key: int | None) -> int:
    """The key of a row that has been flushed."""
    if key is None:
        raise ValueError("a row without a key: it was not flushed")
    return key


def save_comparison(
    session: Session,
    new: tuple[Report, Copy],
    old: tuple[Report, Copy],
    findings: Sequence[values.Finding],
    now: datetime,
) -> Comparison:
    """A comparison and its findings; one for the same two copies is replaced, marks of a person are kept."""
    (report, copy), (against, against_copy) = new, old
    marks = drop_comparisons(session, required(report.id), required(against.id))
    row = Comparison(
        report_id=required(report.id),
        against_id=required(against.id),
        copy_id=required(copy.id),
        against_copy_id=required(against_copy.id),
        made_at=now,
    )
    session.add(row)
    session.flush()
    found = [finding_row(required(row.id), rank, finding, marks) for rank, finding in enumerate(findings)]
    if found:
        session.execute(insert(table_of(Finding)), found)
    return row


def mark_findings(session: Session, rows: Iterable[Finding], mark: str) -> None:
    """Keep a person's word about these findings: new, not-new, or "" to take it back."""
    for row in rows:
        row.mark = mark
        session.add(row)


def drop_comparisons(session: Session, report_id: int, against_id: int) -> dict[str, str]:
    """Forget the comparisons of two reports; the marks a person gave, by folded sentence: a better copy keeps them."""
    same = select(Comparison).where(Comparison.report_id == report_id, Comparison.against_id == against_id)
    marks: dict[str, str] = {}
    for row in session.exec(same).all():
        for finding in session.exec(select(Finding).where(Finding.comparison_id == row.id, Finding.mark != "")):
            marks[fold(finding.text)] = finding.mark
        session.execute(delete(Finding).where(col(Finding.comparison_id) == row.id))
        session.delete(row)
    session.flush()
    return marks


def finding_row(comparison_id: int, rank: int, finding: values.Finding, marks: Mapping[str, str]) -> dict[str, Any]:
    """A finding as a row of its table."""
    return {
        "comparison_id": comparison_id,
        "rank": rank,
        "kind": str(finding.kind),
        "part": str(finding.part),
        "position": finding.position,
        "heading": finding.heading,
        "text": finding.text,
        "novelty": finding.novelty,
        "new": list(finding.new),
        "prior": [asdict(prior) | {"part": str(prior.part)} for prior in finding.prior],
        "targets": [asdict(target) for target in finding.targets],
        "reasons": list(finding.reasons),
        "mark": marks.get(fold(finding.text), "") if marks else "",
    }


def save_event(
    session: Session,
    key: str,
    kind: str,
    subject: str,
    facts: Mapping[str, Any],
    now: datetime,
    addressed: Sequence[tuple[str, str]] = (),
) -> Event | None:
    """An event and an alert for each (channel, recipient), in the same transaction; None when the key is known."""
    if queries.event_named(session, key) is not None:
        return None
    event = Event(key=key, kind=kind, subject=subject, at=now, facts=dict(facts))
    session.add(event)
    session.flush()
    for channel, recipient in dict.fromkeys(addressed):
        name = hashlib.sha256(f"{key}\n{channel}\n{recipient}".encode()).hexdigest()[:32]
        if session.exec(select(Alert.id).where(Alert.key == name)).first() is not None:
            # An event that has another key by now was told under this one: no second message may look like its own.
            name = hashlib.sha256(f"{key}\n{channel}\n{recipient}\n{event.id}".encode()).hexdigest()[:32]
        session.add(
            Alert(
                event_id=required(event.id),
                channel=channel,
                recipient=recipient,
                key=name,
                created_at=now,
                due_at=now,
            )
        )
    session.flush()
    return event


def amend_event(session: Session, key: str, kind: str, facts: Mapping[str, Any]) -> bool:
    """Say an event better while nobody has been told of it; False where somebody has, or there is none of that key."""
    event = queries.event_named(session, key)
    if event is None:
        return False
    alerts = session.exec(select(Alert).where(Alert.event_id == event.id)).all()
    if any(alert.attempts or alert.leased_until or alert.state != "due" for alert in alerts):
        return False
    event.kind, event.facts = kind, dict(facts)
    session.add(event)
    return True
