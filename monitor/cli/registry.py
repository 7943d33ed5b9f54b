"""The sources and how they are: sources, status."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from monitor.cli.hall import Database, Hall, Json, SettingsFile, hall, table
from monitor.cli.show import DONE, PARTLY, clean, emit, tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from monitor.expectation import Group
    from storage.values import Source

app = typer.Typer()


actions = typer.Typer()
app.add_typer(actions, name="sources")
Ids = Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]…", help="Ids; all where left out.")]


@actions.callback(invoke_without_command=True)
def sources(
    context: typer.Context,
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """The registry, checked, with the health of each source; a dry run of sources; a new source."""
    from storage.errors import BadArgument

    if context.invoked_subcommand is None:
        return list_sources([], settings, database, whole=False, as_json=as_json)
    told = context.get_parameter_source("settings")
    if as_json or database or (told is not None and told.name == "COMMANDLINE"):  # a variable holds for all actions
        name = context.invoked_subcommand
        raise BadArgument(f"options go behind the action: reportwatch sources {name} … --settings FILE")
    return DONE


@actions.command("show")
def show_(ids: Ids = None, as_json: Json = False, settings: SettingsFile = None, database: Database = None) -> int:
    """Whole entries, with the health of each source."""
    return list_sources(ids or [], settings, database, whole=True, as_json=as_json)


@actions.command("check")
def check_(ids: Ids = None, as_json: Json = False, settings: SettingsFile = None) -> int:
    """A dry run of each source, step by step: robots.txt, list, links, articles, text, date, place. Saves nothing.

    Exit status 3 where one does not work.
    """
    return check_sources(ids or [], settings, as_json=as_json)


@actions.command("add")
def add_(
    url: Annotated[str, typer.Argument(help="The page that lists reports, a board or a feed; not the front page.")],
    place: Annotated[str | None, typer.Option(help="The place that the site publishes for.")] = None,
    title: Annotated[str | None, typer.Option(help="Regular expression for the texts of links.")] = None,
    name: Annotated[str | None, typer.Option(help="What the source is called.")] = None,
    id_: Annotated[str | None, typer.Option("--id", help="Its id: short, lower case, for good.")] = None,
    family: Annotated[str | None, typer.Option(help="Its family, where the page does not tell it.")] = None,
    tier: Annotated[int | None, typer.Option(help="1 portal, 2 congress, 3 newspaper, 4 reprint, 5 mirror.")] = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="Write the entry even if the dry run fails.")] = False,
    as_json: Json = False,
    settings: SettingsFile = None,
) -> int:
    """Probe an address, name its family, try it, and write its entry to the file of your own sources."""
    said = {"id": id_, "name": name, "family": family, "title": title, "tier": tier}
    return add_source(url, place, said, settings, anyway=anyway, as_json=as_json)


def list_sources(ids: list[str], settings: Path | None, database: str | None, *, whole: bool, as_json: bool) -> int:
    """The registry with the health of each source."""
    from monitor.registry import registered
    from storage.database import reading

    with hall(settings, database) as known, reading(known.engine) as session:
        lines = [source_line(known, session, s) for s in among(registered(known.settings), ids)]
    show_sources(lines, whole=whole, as_json=as_json)
    return DONE


def among(every: "Sequence[Source]", ids: list[str]) -> "list[Source]":
    """The sources of these ids, all where none is given; NotKnown names those that no file has."""
    from storage.errors import NotKnown

    strangers = set(ids) - {source.id for source in every}
    if strangers:
        raise NotKnown(f"no source {', '.join(sorted(strangers))}; `reportwatch sources` lists them")
    return [source for source in every if not ids or source.id in ids]


def check_sources(ids: list[str], settings: Path | None, *, as_json: bool) -> int:
    """A dry run of each source that is not retired, one after another; exit status 3 where one does not work."""
    from monitor.cli.probing import check
    from monitor.registry import registered
    from monitor.settings import load

    known = load(settings)
    failed = 0
    for source in among(registered(known), ids):
        retired = source.options.get("retired")
        steps = [retired_step(source.id, retired)] if retired else check(source, known)
        show_steps(steps, as_json=as_json)
        failed += not steps[-1]["ok"]
    return PARTLY if failed else DONE


def retired_step(name: str, why: str) -> dict[str, Any]:
    """What a dry run says of a source that is retired: nothing is asked of its site, and nothing is wrong with it."""
    return {"source": name, "step": "retired", "ok": True, "found": f"not looked at, it is retired: {why}"}


def show_steps(steps: list[dict[str, Any]], *, as_json: bool) -> None:
    """The steps of a dry run."""
    for step in steps:
        if as_json:
            emit(step)
        else:
            print(clean(f"{step['source']:<12} {'ok ' if step['ok'] else '-- '} {step['step']:<9}{step['found']}"))
    sys.stdout.flush()


def add_source(
    url: str, place: str | None, said: dict[str, Any], settings: Path | None, *, anyway: bool, as_json: bool
) -> int:
    """Probe an address, name its family, and write its entry to the user's own sources."""
    from monitor.cli.entering import checked, new_entry, put
    from monitor.cli.probing import written
    from monitor.places import learn
    from monitor.settings import load

    known = load(settings)
    learn(known.places)
    entry, steps, why = new_entry(url, checked(url, place, said), known, anyway=anyway)
    tell(f"reportwatch: {why}")
    show_steps(steps, as_json=as_json)
    works = bool(steps[-1]["ok"])
    if not works and not anyway:
        tell("reportwatch: not written; --anyway writes it all the same, for you to mend:")
        tell(written(entry))
        return PARTLY
    tell(f"reportwatch: written to {put(entry, known)} as {entry['id']}")
    return DONE if works else PARTLY


def show_sources(lines: list[dict[str, Any]], *, whole: bool, as_json: bool) -> None:
    """Sources as JSON, as whole entries, or as a table."""
    if as_json:
        for line in lines:
            emit(line)
    elif whole:
        for line in lines:
            print(clean("\n".join(f"{name:10} {'–' if v is None else v}" for name, v in line.items())) + "\n")
    else:
        shown = ("id", "name", "family", "place", "tier", "certainty", "state", "start")
        table(shown, [[line[name] for name in shown] for line in lines])


def source_line(known: Hall, session: "Session", source: "Source") -> dict[str, Any]:
    """A source, where its entry stands, and how it is."""
    from crawler.sources import crawlable
    from monitor.health import health_of

    found = health_of(session, source, datetime.now(UTC), grace_of(known), known.settings.schedule.timezone)
    crawled = crawlable(source) or "retired" in source.options
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
    from monitor.expecting import lines as overdue_lines
    from monitor.registry import registered
    from storage import outbox, queries
    from storage.database import reading
    from storage.seen_again import how_many_held

    with hall(settings, database) as known, reading(known.engine) as session:
        every = registered(known.settings)
        lines = [
            status_line(known, session, source) for source in every if crawlable(source) or "retired" in source.options
        ]
        groups = expected_groups(known, session, every)
        waiting = outbox.waiting(session)
        undone, held = len(queries.readings_to_watch(session)), how_many_held(session)
    if as_json:
        for line in lines:
            emit(line)
        for found in groups:
            if found.overdue:
                emit({"overdue": found})
        emit({"alerts": waiting, "readings_waiting": undone, "readings_held": held})
        return DONE
    shown = ("source", "state", "last_run", "reason", "pages", "fresh", "next_due", "why")
    table(shown, [[line[name] for name in shown] for line in lines])
    print(f"\ntimes are {known.settings.schedule.timezone}")
    for said in overdue_lines(groups):
        print(clean(said))
    print(f"alerts: {', '.join(f'{count} {state}' for state, count in sorted(waiting.items())) or 'none yet'}")
    if held:
        print(f"pages held back until they are seen again: {held}")
    if undone:
        tell(f"reportwatch: {undone} readings wait for the desk; the next crawl settles them")
    return DONE


def expected_groups(known: Hall, session: "Session", every: "Sequence[Source]") -> "list[Group]":
    """The places whose reports should be out, as of today."""
    from monitor.expecting import expected

    schedule = known.settings.schedule
    return expected(session, every, datetime.now(ZoneInfo(schedule.timezone)).date(), schedule.slack)


def local(time: datetime, zone: str) -> str:
    """A time as the clock of the schedule shows it."""
    return time.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def status_line(known: Hall, session: "Session", source: "Source") -> dict[str, Any]:
    """How a source is, what its last run brought, when the next is due."""
    from monitor.timetable import next_due
    from storage import runs

    longest = timedelta(minutes=known.settings.crawl.limit)
    last = next(iter(runs.last_runs(session, source.id, 1)), None)
    line = source_line(known, session, source)
    zone = known.settings.schedule.timezone
    now = datetime.now(UTC)
    due = None if "retired" in source.options else next_due(source.cron, now, zone)
    return {
        "source": source.id,
        "state": line["state"],
        "last_run": local(last.started_at, zone) if last else None,
        "reason": (last.reason or ("under way", "interrupted")[runs.interrupted(last, now, longest)]) if last else None,
        "requests": last.requests if last else None,
        "pages": last.pages if last else None,
        "fresh": last.fresh if last else None,
        "errors": last.errors if last else [],
        "next_due": local(due, zone) if due else None,
        "why": line["why"],
    }
