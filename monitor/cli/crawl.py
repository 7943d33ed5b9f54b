"""Bringing reports in: crawl, add, reread."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.hall import Database, Hall, Json, SettingsFile, hall, table, the_place
from monitor.cli.show import DONE, PARTLY, clean, emit, tell
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.values import Source

app = typer.Typer()
GOOD = ("finished",)
COLUMNS = ("source", "reason", "requests", "pages", "unchanged", "links", "readings", "fresh")


@app.command()
def crawl(
    sources: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]…", help="Ids; all where left out.")] = None,
    deliver: Annotated[bool, typer.Option(help="Send the alerts that are due afterwards.")] = True,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="A line for every page, on standard error.")] = False,
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """Crawl now, politely; exit status 3 if any source failed."""
    from monitor.registry import chosen, registered

    with hall(settings, database, makes=True) as known:
        for warning in known.settings.warnings():
            tell(f"reportwatch: {warning}")
        every = registered(known.settings)
        wanted = chosen(every, sources or [])
        short = short_of_room(known)
        names, log = {source.id: source.name for source in every}, "INFO" if verbose else "WARNING"
        lines, missing = ([], 0) if short else crawled(known, wanted, names, log)
        if not sources:
            look(known, every)
        if deliver:
            asyncio.run(send_due(known))
    if short:
        raise StorageError(short)
    show_lines(lines, as_json=as_json)
    for line in lines:
        for name, count, message in line["errors"]:
            tell(f"{line['source']}: {name} ×{count}: {message}")
    if missing:
        tell(f"reportwatch: {missing} sources did not come to their end; `reportwatch status` shows which")
    return PARTLY if missing or any(line["reason"] not in GOOD for line in lines) else DONE


def short_of_room(known: Hall) -> str:
    """Why no crawl may start, with an event that says so; "" where one may."""
    from monitor import disk
    from storage.database import writing

    why = disk.shortage(known.settings)
    if why:
        with writing(known.engine) as session:
            disk.tell_shortage(session, known.settings, why, datetime.now(UTC))
    return why


def crawled(
    known: Hall, sources: "Sequence[Source]", names: dict[str, str], log: str = "ERROR"
) -> tuple[list[dict[str, Any]], int]:
    """Crawl these sources; a line for each that came to its end, and how many did not."""
    from monitor.crawling import crawl as run
    from monitor.crawling import errands
    from monitor.health import observe
    from storage import runs
    from storage.database import writing

    with writing(known.engine) as session:
        dead = runs.open_sources(session, surely=True)
        runs.settle_receipts(session, dead, None, datetime.now(UTC), "killed", "its process is dead")
        first = frozenset(s.id for s in sources if not runs.past_back_fill(session, s.id))
    lines: list[dict[str, Any]] = []
    begun = datetime.now(UTC)
    lanes = errands(sources, first, known.settings.crawl.jobs)
    missing = asyncio.run(run(lanes, known.settings, names, lines.append, log))
    with writing(known.engine) as session:
        ended = {line["source"] for line in lines}
        dead = [source.id for source in sources if source.id not in ended]
        runs.settle_receipts(session, dead, begun, datetime.now(UTC), "killed", "its process ended without a word")
        schedule = known.settings.schedule
        grace = timedelta(hours=schedule.grace)
        observe(session, sources, known.settings.addressed, datetime.now(UTC), grace, schedule.timezone)
    return lines, missing


def look(known: Hall, every: "Sequence[Source]") -> None:
    """What the scheduler does once an hour, for those who crawl by a timer: what is late, upkeep."""
    from crawler.sources import crawlable
    from monitor.expecting import all_quiet, expect
    from monitor.health import observe
    from monitor.upkeep import Upkeep
    from storage.database import writing

    now, schedule, told = datetime.now(UTC), known.settings.schedule, known.settings.addressed
    grace, zone = timedelta(hours=schedule.grace), schedule.timezone
    Upkeep(known.engine, known.settings).look(now)
    with writing(known.engine) as session:
        observe(session, [source for source in every if "retired" in source.options], told, now, grace, zone)
        expect(session, every, told, now, schedule.slack, zone)
        if schedule.all_quiet:
            all_quiet(session, [source for source in every if crawlable(source)], told, now, grace, zone)


async def send_due(known: Hall) -> None:
    """Deliver what is due."""
    from alerts.outbox import deliver as delivered
    from monitor.posting import post_of

    post = post_of(known.settings)
    if not post.channels:
        return
    tally = await delivered(known.engine, post, lambda: datetime.now(UTC))
    if tally.sent or tally.refused or tally.dead:
        tell(f"alerts: {len(tally.sent)} sent, {len(tally.refused)} to be tried again, {len(tally.dead)} given up")


def show_lines(lines: list[dict[str, Any]], *, as_json: bool) -> None:
    """What came of each source."""
    if as_json:
        for line in lines:
            emit(line)
    else:
        table(COLUMNS, [[line[name] for name in COLUMNS] for line in lines])


@app.command()
def add(
    what: Annotated[list[str], typer.Argument(metavar="FILE|URL…", help="A report, in any format that read takes.")],
    place: Annotated[str | None, typer.Option(help="Its place: name or code.")] = None,
    meeting: Annotated[str | None, typer.Option(help="Day of the meeting, 2024-01-08.")] = None,
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """Take a report that no source brings, last year's for instance. Never alerts."""
    from monitor.cli.adding import add_one, taken
    from monitor.saying import day

    with hall(settings, database, makes=True) as known:
        said = {"place": the_place(place).code} if place else {}
        if meeting:
            said["meeting_on"] = day(meeting, datetime.now(UTC).date())
        lines = [add_one(known, name, said) for name in what]
    failed = 0
    for line in lines:
        said_of = f"{line['what']}: {line['outcome']}"
        if as_json:
            emit(line)
        elif taken(line):
            print(clean(said_of))
        if not taken(line):
            failed += 1
            tell(f"reportwatch: {said_of}")
    return PARTLY if failed else DONE


@app.command()
def reread(
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """Read all archived pages again with today's reader; never alerts."""
    from monitor.cli.adding import reread_all

    with hall(settings, database) as known:
        counts, faults = reread_all(known)
    for fault in faults:
        tell(f"reportwatch: {fault}")
    if as_json:
        emit(counts)
    else:
        print(
            f"{counts['articles']} articles read again: {counts['changed']} read otherwise, {counts['failed']} failed"
        )
    return PARTLY if faults else DONE
