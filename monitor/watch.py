"""The desk: a new reading becomes report, copy, findings and events, all in one transaction.

A reading waits in the database until the desk has concluded what it is; whoever was killed in between loses nothing,
for the next call of `settle` finds it waiting still.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from crawler.text.fold import fold
from monitor import facts, filing, trust
from monitor.edits import tell_edited
from monitor.filing import adopt, tie, value_of
from monitor.identity import identified, identify
from monitor.parting import parted
from monitor.word import obeyed, told, word_on
from storage import queries, save
from storage.database import reading as asking
from storage.database import writing
from storage.model import Reading, Report
from storage.values import Finding, FindingKind, Identity, Kind, Verdict

log = logging.getLogger("reportwatch.watch")

# Verdicts under which a text may still be a copy: what a login wall lets through is the beginning of a report.
READABLE = (Verdict.OK, Verdict.LOGIN_WALL)
SHORTEST = 400  # characters; shorter pages that call themselves reports are notices, lists and covers


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
    done, seen = Settled(), set[int]()
    while waiting := [key for key in waiting_in(engine) if key not in seen]:
        seen.update(waiting)
        for key in waiting:
            try:
                with writing(engine) as session:
                    row = session.get_one(Reading, key)
                    if row.watched_at is None:
                        settle_one(session, desk, row, now(), done)
                        done.readings += 1
            except Exception as error:  # the one place where this job is run: one page must not stop all others
                log.exception("watch.failed reading=%s", key)
                done.failed.append(f"reading {key}: {type(error).__name__}: {error}")
    return done


def waiting_in(engine: Engine) -> list[int]:
    """The readings that wait; asked again after each round, for a page's reports wait once it is cut."""
    with asking(engine) as session:
        return queries.readings_to_watch(session)


def settle_one(session: Session, desk: Desk, row: Reading, now: datetime, done: Settled) -> None:
    """Decide what one reading is, and save what follows."""
    said = value_of(row)
    if said.verdict not in READABLE:
        save.conclude(session, row, f"not read: {row.verdict}: {row.why}", None, now)
        return
    if trust.held(session, row, now):
        return
    word = word_on(session, row)
    divisible = row.part_of is None and not word.said and word.home is None
    if divisible and parted(session, row, said, now):
        return
    read, outlined = identified(said.text, said.url, said.title, parts=0 if divisible else None)
    placed = replace(filing.placed(session, filing.prepared(row)), outlined=outlined)
    identity, placed = obeyed(session, told(read, row, word), placed, word)
    home, kind = placed.home.report, identity.kind
    stranger = filing.known_whole(session, identity) if home is None else None
    related = [placed.likely[key] for key in (*((home,) if home is not None else ()), *placed.home.related)]
    if kind in (Kind.DIGEST, Kind.COMPILATION) or (related and home is None):
        sort = Kind.DIGEST if kind is Kind.REPORT else kind
        relate(session, row, replace(identity, kind=sort), related, now)
    elif kind is Kind.OTHER and home is None:
        save.conclude(session, row, f"not a report: {identity.why}", identity, now)
    elif home is None and not word.said and len(row.text) < SHORTEST:
        save.conclude(session, row, f"not a report: only {len(row.text)} characters", identity, now)
    elif stranger is not None and not identity.whole and not word.said:
        save.conclude(session, row, f"no copy: shares nothing with the whole text of {stranger.name}", identity, now)
    else:
        # What is a copy by its content is one, though its page has no head: a last part, for instance.
        file_report(session, desk, row, replace(identity, kind=Kind.REPORT), placed, now, done)


def relate(session: Session, row: Reading, identity: Identity, related: Sequence[Report], now: datetime) -> None:
    """Tie a digest or a compilation to its report, if that is known; it is no copy of it."""
    name = filing.name_of(identity)
    report = next(iter(related), None) or (queries.report_named(session, name) if name else None)
    save.conclude(
        session, row, f"{identity.kind} of {report.name if report else 'a report not known yet'}", identity, now
    )
    if report is not None:
        tie(session, report, row, now)


def file_report(
    session: Session,
    desk: Desk,
    row: Reading,
    identity: Identity,
    placed: filing.Placed,
    now: datetime,
    done: Settled,
) -> None:
    """A copy of a report: file it, and where that changes what is known, compare and tell."""
    earlier = queries.standing_copy_at(session, row.url) if row.part_of is not None else None  # a page: trust.held
    if earlier is not None and earlier[0].report_id != placed.home.report:
        earlier = None  # another report had this position on the page
    same_reader = earlier is not None and earlier[1].reader == row.reader
    if earlier is not None and same_reader and len(fold(row.text)) < trust.SHRUNK * len(fold(earlier[1].text)):
        save.conclude(
            session, row, f"held back: much shorter than reading {earlier[1].id} of the same page", identity, now
        )
        return
    replaced = queries.standing_copy_at(session, row.url)
    filed = filing.file_copy(session, row, identity, placed, now)
    save.conclude(
        session, row, f"{'a new report' if filed.fresh else 'copy of'} {filed.report.name}: {filed.why}", identity, now
    )
    if filed.fresh:
        done.reports.append(filed.report.name)
        adopt(session, filed.report, now)
    if filed.moved:
        was_whole = filed.report.whole
        chosen = filed.now[1]
        whole, outlined = identity.whole, placed.outlined
        if chosen.id != row.id:
            whole, outlined = identify(value_of(chosen)).whole, None
        filing.take_apart(session, filed.report, chosen, whole=whole, outlined=outlined)
        findings, against = filing.compare_around(session, filed.report, now)
        if not row.quiet:
            tell(session, desk, filed, findings, against, now, whole_now=filed.report.whole and not was_whole)
    else:
        retell(session, desk, filed)
    tell_edited(session, desk.addressed, desk.names, filed, replaced, row, now)


def retell(session: Session, desk: Desk, filed: filing.Filed) -> None:
    """One more copy of a report that nobody was told of yet: the event says how many there are, and why this one."""
    key = f"report.new:{filed.report.name}"
    event = queries.event_named(session, key)
    if event is not None:
        save.amend_event(session, key, event.kind, event.facts | standing(session, desk, filed))


def standing(session: Session, desk: Desk, filed: filing.Filed) -> dict[str, Any]:
    """The facts of the canonical copy among the others."""
    count = len(queries.copies_of(session, save.required(filed.report.id)))
    return {"canonical": facts.of_copy(*filed.now, desk.names), "copies": count}


def tell(
    session: Session,
    desk: Desk,
    filed: filing.Filed,
    findings: Sequence[Finding],
    against: Report | None,
    now: datetime,
    *,
    whole_now: bool,
) -> None:
    """One event for a new report, said better until it is sent; then one more if it was partial and now is whole."""
    report, (copy, reading) = filed.report, filed.now
    said = facts.of_report(report) | standing(session, desk, filed) | facts.of_findings(findings, against)
    key, kind = f"report.new:{report.name}", "report.new" if report.whole else "report.partial"
    if not filed.fresh and save.amend_event(session, key, kind, said):
        return
    if not filed.fresh and whole_now and filed.before:
        key, kind = f"copy.better:{report.name}:{reading.fingerprint[:16]}", "copy.better"
        before = facts.of_copy(*filed.before, desk.names)
        said |= {"before": {name: before[name] for name in ("url", "source", "source_name", "tier")}, "why": copy.why}
    elif not filed.fresh:
        return
    novelty = max((f.novelty for f in findings if f.kind is not FindingKind.DROPPED), default=1.0)
    save.save_event(session, key, kind, report.name, said, now, desk.addressed(kind, report.place, novelty))
