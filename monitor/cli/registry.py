"""The sources and how they are: sources, status."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from monitor.cli.hall import Database, Hall, Json, SettingsFile, hall, table
from monitor.cli.show import DONE, clean, emit, tell

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.values import Source

app = typer.Typer()


@app.command()
def sources(
    action: Annotated[str | None, typer.Argument(metavar="[show]", help="`show SOURCE…` gives whole entries.")] = None,
    ids: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]…")] = None,
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """The registry, checked, with the health of each source."""
    from monitor.registry import registered
    from storage.database import reading
    from storage.errors import BadArgument, NotKnown

    if action not in (None, "show"):
        raise BadArgument(f"sources {action}: no such action; `sources` lists, `sources show SOURCE` gives an entry")
    with hall(settings, database) as known, reading(known.engine) as session:
        every = registered(known.settings)
        strangers = set(ids or []) - {source.id for source in every}
        if strangers:
            raise NotKnown(f"no source {', '.join(sorted(strangers))}; `reportwatch sources` lists them")
        lines = [source_line(known, session, source) for source in every if not ids or source.id in ids]
    show_sources(lines, whole=action == "show", as_json=as_json)
    return DONE


def show_sources(lines: list[dict[str, Any]], *, whole: bool, as_json: bool) -> None:
    """Sources as JSON, as whole entries, or as a table."""
    if as_json:
        for line in lines:
            emit(line)
    elif whole:
        for line in lines:
            print(clean("\n".join(f"{name:10} {value}" for name, value in line.items())) + "\n")
    else:
        shown = ("id", "name", "family", "place", "tier", "certainty", "state", "start")
        table(shown, [[line[name] for name in shown] for line in lines])


def source_line(known: Hall, session: "Session", source: "Source") -> dict[str, Any]:
    """A source, where its entry stands, and how it is."""
    from crawler.sources import crawlable
    from monitor.health import health_of

    found = health_of(session, source, datetime.now(UTC), grace_of(known), known.settings.schedule.timezone)
    crawled = crawlable(source)
    return {
        "id": source.id,
        "name": source.name,
        "family": source.family,
        "start": source.start,
        "place": source.place,
        "tier": source.tier,
        "cron": source.cron,
        "certainty": source.certainty,
        "evidence": source.evidence,
        "state": str(found.state) if crawled else "not crawled",
        "why": found.why if crawled else "robots.txt forbids it; its reports come from others",
        "since": found.since,
        "last_good": found.last_good,
        "origin": source.origin,
    }


def grace_of(known: Hall) -> timedelta:
    """How long after its time a run may start."""
    return timedelta(hours=known.settings.schedule.grace)


@app.command()
def status(
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """What is due, late, failing or silent; the last receipts; alerts that are not delivered."""
    from crawler.sources import crawlable
    from monitor.registry import registered
    from storage import outbox, queries
    from storage.database import reading

    with hall(settings, database) as known, reading(known.engine) as session:
        lines = [status_line(known, session, source) for source in registered(known.settings) if crawlable(source)]
        waiting = outbox.waiting(session)
        undone = len(queries.readings_to_watch(session))
    if as_json:
        for line in lines:
            emit(line)
        emit({"alerts": waiting, "readings_waiting": undone})
        return DONE
    shown = ("source", "state", "last_run", "reason", "pages", "fresh", "next_due", "why")
    table(shown, [[line[name] for name in shown] for line in lines])
    print(f"\ntimes are {known.settings.schedule.timezone}")
    print(f"alerts: {', '.join(f'{count} {state}' for state, count in sorted(waiting.items())) or 'none yet'}")
    if undone:
        tell(f"reportwatch: {undone} readings wait for the desk; the next crawl settles them")
    return DONE


def local(time: datetime, zone: str) -> str:
    """A time as the clock of the schedule shows it."""
    return time.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def status_line(known: Hall, session: "Session", source: "Source") -> dict[str, Any]:
    """How a source is, what its last run brought, when the next is due."""
    from monitor.timetable import next_due
    from storage import queries

    last = next(iter(queries.receipts_of(session, source.id, 1)), None)
    line = source_line(known, session, source)
    zone = known.settings.schedule.timezone
    due = next_due(source.cron, datetime.now(UTC), zone)
    return {
        "source": source.id,
        "state": line["state"],
        "last_run": local(last.started_at, zone) if last else None,
        "reason": (last.reason or "under way") if last else None,
        "requests": last.requests if last else None,
        "pages": last.pages if last else None,
        "fresh": last.fresh if last else None,
        "errors": last.errors if last else [],
        "next_due": local(due, zone) if due else None,
        "why": line["why"],
    }
