"""Is a source well? Judged by what its runs brought, as their receipts say, never by an exit status.

`health` is pure. `observe` writes an event where the state of a source has changed since the last event about it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile

from sqlmodel import Session

from monitor.peers import Silence, silence_of
from monitor.timetable import SHANGHAI, last_due
from storage import runs
from storage.model import Receipt
from storage.mutes import acknowledged
from storage.save import save_event
from storage.values import Source

Addressed = Callable[[str, str | None, float], Sequence[tuple[str, str]]]


class State(StrEnum):
    """How a source is."""

    NEVER_WORKED = "never-worked"
    WORKING = "working"
    LATE = "late"
    SILENT = "silent"
    BLOCKED = "blocked"
    BROKEN = "broken"
    RETIRED = "retired"


# Why a run ended (crawler.pipelines.reason_of, and what the scheduler enters), and the state that shows. "failed" is
# the network: once is an accident. Runs that were stopped, or are under way, say nothing.
SHOWN = {
    "finished": State.WORKING,
    "partly": State.WORKING,
    "empty": State.SILENT,
    "blocked": State.BLOCKED,
}
GOOD = ("finished", "partly")
MUTE = ("stopped",)
ACCIDENT = "failed"
REMIND = timedelta(days=1)
ACCIDENTS = 2  # in a row that make a source broken
KINDS = {
    State.WORKING: "source.recovered",
    State.LATE: "source.late",
    State.SILENT: "source.silent",
    State.BLOCKED: "source.blocked",
    State.BROKEN: "source.broken",
    State.RETIRED: "source.retired",
}
CALM = (State.WORKING, State.RETIRED)  # nobody is reminded of these
NAGGED = timedelta(days=120)  # for so long people are reminded that others have what a source has not


@dataclass(frozen=True, slots=True)
class Health:
    """How a source is, and why.

    since      start of the first of the runs that show it; None before the first run
    last_good  start of the last run that worked
    shown      the state of the last run, also where none ever worked
    """

    state: State
    why: str
    since: datetime | None = None
    last_good: datetime | None = None
    shown: State | None = None


def health(
    source: Source,
    receipts: Sequence[Receipt],
    last_good: datetime | None,
    now: datetime,
    grace: timedelta,
    zone: str = SHANGHAI,
    beside: Silence | None = None,
) -> Health:
    """The health of a source.

    receipts   its last runs, newest first
    last_good  start of the last run that worked, however long ago
    grace      how long after its time a run may start
    beside     that others have what it has not (monitor.peers)
    """
    retired = source.options.get("retired")
    if retired:
        return Health(State.RETIRED, f"it is retired: {retired}", None, last_good, State.RETIRED)
    telling = [receipt for receipt in receipts if receipt.ended_at is not None and receipt.reason not in MUTE]
    if not telling:
        return Health(State.NEVER_WORKED if last_good is None else State.WORKING, "no run yet", None, last_good)
    why = reason(telling[0])
    base = past_accident(telling)
    shown, since = outcome(base[0]), streak(base)[-1].started_at
    if last_good is None:
        return Health(State.NEVER_WORKED, why, since, None, shown)
    if shown is State.WORKING:
        due = last_due(source.cron, now - grace, zone)
        begun = [receipt.started_at for receipt in receipts if receipt.started_at <= now]  # clocks are set back
        if due is not None and max(begun, default=due - grace) < due:
            return Health(State.LATE, f"was due at {due.isoformat()} and has not run", due, last_good, State.LATE)
        if beside is not None and last_good > beside.since:
            return Health(State.SILENT, beside.why, beside.since, last_good, State.SILENT)
    return Health(shown, why, since, last_good, shown)


def past_accident(telling: Sequence[Receipt]) -> Sequence[Receipt]:
    """The runs from which the state is told, newest first: a single accident leaves what was before it."""
    accidents = len(streak(telling)) if telling[0].reason == ACCIDENT else ACCIDENTS
    return telling[accidents:] if accidents < min(ACCIDENTS, len(telling)) else telling


def streak(telling: Sequence[Receipt]) -> list[Receipt]:
    """The newest runs that ended alike."""
    first = (outcome(telling[0]), telling[0].reason == ACCIDENT)
    return list(takewhile(lambda receipt: (outcome(receipt), receipt.reason == ACCIDENT) == first, telling))


def outcome(receipt: Receipt) -> State:
    """The state that one run shows, by what it brought. An empty result is no success."""
    if receipt.reason not in GOOD:
        return SHOWN.get(receipt.reason, State.BROKEN)
    failed = sum(error[1] for error in receipt.errors)
    if receipt.pages == 0 or (receipt.links > 0 and receipt.fresh == 0 and failed >= receipt.links):
        return State.BROKEN
    return State.WORKING


def reason(receipt: Receipt) -> str:
    """Why a run ended as it did, in words, with the first error it met."""
    said = {
        "finished": "ran to its end",
        "partly": "ran to its end, some pages could not be had",
        "empty": "the list holds no link to an article",
        "moved": "the column is not where the source says",
        "changed": "the page is not laid out as its spider knows it",
        "dead-api": "the interface no longer answers with its list",
        "blocked": "the site refuses us",
        "refused": "its address is not one that may be reached",
        "failed": "could not be reached",
        "crashed": "the crawl broke off with an error nobody foresaw",
        "killed": "the crawl's process was killed",
        "missing": "the crawl's process left no receipt",
    }.get(receipt.reason, receipt.reason)
    if receipt.reason in GOOD and receipt.pages == 0:
        said = "ran to its end without a single page"
    first = f": {receipt.errors[0][0]}: {receipt.errors[0][2]}" if receipt.errors else ""
    return said + first


def change(before: str | None, found: Health) -> str | None:
    """The kind of event that a state is, after the state that was told last; None where nothing has changed."""
    if found.shown is None or str(found.state) == before:
        return None
    if found.state is State.WORKING and before is None:
        return None
    return kind_of(found)


def kind_of(found: Health) -> str:
    """The kind of event that tells of a state; of a source that never worked, the state that its last run shows."""
    return KINDS.get(found.state) or KINDS[found.shown or State.BROKEN]


def reminder(before: str | None, found: Health, told_at: datetime | None, now: datetime) -> int:
    """For how many days a source has been unwell, if it is time to say so again; 0 where it is not."""
    if found.state in CALM or str(found.state) != before or told_at is None or timedelta() <= now - told_at < REMIND:
        return 0
    days = max((now - (found.since or told_at)).days, 1)
    return 0 if found.state is State.SILENT and days > NAGGED.days else days


def observe(
    session: Session,
    sources: Sequence[Source],
    addressed: Addressed,
    now: datetime,
    grace: timedelta,
    zone: str = SHANGHAI,
) -> list[str]:
    """Write one event for each source whose state has changed, and a reminder a day of trouble that goes on.

    A reminder is not written where somebody has acknowledged the state. Returns keys of the events.
    """
    written = []
    for source in sources:
        found = health_of(session, source, now, grace, zone)
        before = runs.last_state_told(session, source.id)
        kind, days = change(before, found), 0
        if kind is None:
            days = reminder(before, found, runs.last_told(session, source.id), now)
            if not days or acknowledged(session, source.id, str(found.state), now):
                continue
            kind = kind_of(found)
        facts = {
            "source": source.id,
            "name": source.name,
            "url": source.start,
            "state": str(found.state),
            "before": before,
            "why": found.why,
            "since": found.since.isoformat() if found.since else None,
            "last_good": found.last_good.isoformat() if found.last_good else None,
        } | ({"reminder": days} if days else {})
        key = f"{kind}:{source.id}:{now.isoformat()}"
        if save_event(session, key, kind, source.id, facts, now, addressed(kind, source.place, 1.0)):
            written.append(key)
    return written


def health_of(session: Session, source: Source, now: datetime, grace: timedelta, zone: str = SHANGHAI) -> Health:
    """The health of a source, by what the database knows of its runs."""
    receipts = runs.last_runs(session, source.id)
    good = runs.last_good(session, source.id, GOOD)
    return health(source, receipts, good, now, grace, zone, silence_of(session, source, now, zone))
