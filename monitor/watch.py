"""The desk: a new reading becomes report, copy, findings and events, all in one transaction.

A reading waits in the database until the desk has concluded what it is; whoever was killed in between loses nothing,
for the next call of `settle` finds it waiting still.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from crawler.text.fold import fold
from monitor import facts
from monitor.copies import canonical, likeness, same_report
from monitor.identity import identify
from monitor.novelty import compare
from monitor.places import find
from monitor.sketch import enough, sketch
from monitor.structure import outline
from storage import queries, save, values
from storage.database import reading as asking
from storage.database import writing
from storage.model import Copy, Reading, Report
from storage.values import FindingKind, Identity, Kind, Likeness, Relation, Verdict

log = logging.getLogger("reportwatch.watch")

# Verdicts under which a text may still be a copy: what a login wall lets through is the beginning of a report.
READABLE = (Verdict.OK, Verdict.LOGIN_WALL)
SHRUNK = 0.7  # a page that lost more than 30 % of its text is held back: blank pages and walls come and go
NOBODY: Mapping[str, str] = {}


def nobody(_kind: str, _place: str | None, _novelty: float) -> Sequence[tuple[str, str]]:
    """Events are kept, and nobody is told."""
    return ()


@dataclass(frozen=True)
class Desk:
    """What the desk has to know besides the database.

    addressed   (channel, recipient) pairs for an event of a kind, about a place, with a highest novelty
    names       names of the sources, by their ids
    """

    addressed: Callable[[str, str | None, float], Sequence[tuple[str, str]]] = nobody
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Settled:
    """What the desk did: readings looked at, reports that were not known, readings that made it stumble."""

    readings: int = 0
    reports: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def settle(engine: Engine, desk: Desk, now: Callable[[], datetime]) -> Settled:
    """Draw the conclusions from every reading that waits; one transaction each."""
    done = Settled()
    with asking(engine) as session:
        waiting = queries.readings_to_watch(session)
    for key in waiting:
        try:
            with writing(engine) as session:
                row = session.get_one(Reading, key)
                if row.watched_at is None:
                    settle_one(session, desk, row, now(), done)
                    done.readings += 1
        except Exception as error:  # noqa: BLE001 (the one place where this job is run: one page must not stop all others)
            log.exception("watch.failed reading=%s", key)
            done.failed.append(f"reading {key}: {type(error).__name__}: {error}")
    return done


def settle_one(session: Session, desk: Desk, row: Reading, now: datetime, done: Settled) -> None:
    """Decide what one reading is, and save what follows."""
    said = value_of(row)
    if said.verdict not in READABLE:
        save.conclude(session, row, f"not read: {row.verdict}: {row.why}", None, now)
        return
    identity = with_hint(identify(said), row.place_hint)
    if identity.kind is Kind.OTHER:
        save.conclude(session, row, f"not a report: {identity.why}", identity, now)
    elif identity.kind is Kind.REPORT:
        file_copy(session, desk, row, identity, now, done)
    else:
        relate(session, row, identity, now)


def value_of(row: Reading) -> values.Reading:
    """The reading that a row keeps."""
    return values.Reading(
        row.url,
        Verdict(row.verdict),
        row.why,
        row.title,
        row.text,
        row.encoding,
        row.script,
        row.reader,
        tuple(values.Repair(**repair) for repair in row.repairs),
        row.published_on,
    )


def with_hint(identity: Identity, hint: str | None) -> Identity:
    """The identity, with the place its source publishes for where the text names none."""
    if identity.place is not None or hint is None:
        return identity
    places = find(hint)
    return replace(identity, place=places[0], inferred=(*identity.inferred, "place")) if places else identity


def relate(session: Session, row: Reading, identity: Identity, now: datetime) -> None:
    """Tie a digest or a compilation to its report, if that is known; it is no copy of it."""
    report = queries.report_named(session, name_of(identity, row))
    save.conclude(session, row, f"{identity.kind} of {report.name if report else 'a report not known yet'}", identity, now)
    if report is not None:
        save.save_copy(session, report, row, Likeness(Relation.PARTIAL, 0, 0), now, relation=queries.RELATED)


def name_of(identity: Identity, row: Reading) -> str:
    """Place code/year; of what is not known, the reading's number keeps it apart."""
    if identity.place is None or identity.year is None:
        return f"unknown/{row.id}"
    return f"{identity.place.code}/{identity.year}"


def file_copy(session: Session, desk: Desk, row: Reading, identity: Identity, now: datetime, done: Settled) -> None:
    """Find or make the report this is a copy of, choose the canonical copy again, compare, tell."""
    earlier = queries.standing_copy_at(session, row.url)
    if earlier is not None and len(fold(row.text)) < SHRUNK * len(fold(earlier[1].text)):
        save.conclude(session, row, f"held back: much shorter than reading {earlier[1].id} of the same page", identity, now)
        return
    known, why = known_report(session, row, identity)
    report, fresh = save.save_report(session, known or free_name(session, identity, row), identity, now)
    save.extend_sketch(session, report, map(int, sketch(row.text)))
    copy = save.save_copy(session, report, row, Likeness(Relation.SAME, 100, 100), now)
    if earlier is not None and earlier[0].report_id == report.id:
        save.supersede(session, earlier[0], now)
    save.conclude(session, row, f"copy of {report.name}: {why}", identity, now)
    before = queries.canonical_copy(session, save.required(report.id))
    if rank_copies(session, report):
        findings, against = draw_findings(session, report, now)
        tell(session, desk, report, before, fresh, copy, findings, against, quiet=row.quiet, now=now)
    if fresh:
        done.reports.append(report.name)
        adopt(session, report, now)
