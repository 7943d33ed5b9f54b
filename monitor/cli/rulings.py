"""A person's word against the program's: set, pin, merge, split; rulings lists them and takes them back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.hall import Database, Hall, Json, SettingsFile, hall
from monitor.cli.show import DONE, PARTLY, clean, emit, tell
from storage.errors import BadArgument, NotKnown

if TYPE_CHECKING:
    from pathlib import Path

    from sqlmodel import Session

    from storage.model import Copy, Reading, Report, Ruling

app = typer.Typer()
ReportName = Annotated[str, typer.Argument(metavar="REPORT", help="As `reports` lists them: 110108/2023")]
COPY = "Address of the copy, or its source where only one copy is from there."
By = Annotated[str | None, typer.Option("--by", help="Who says so; else the user's name.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; shown by `why`.")]


@app.command("set")
def set_(
    what: Annotated[str, typer.Argument(metavar="REPORT|URL", help="A report, or an address that holds none yet.")],
    words: Annotated[list[str], typer.Argument(metavar="NAME=VALUE…", help="place meeting year kind session speaker")],
    by: By = None,
    reason: Reason = "",
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """Say which report it is, place=海淀 meeting=2025-01-07, or what it is, kind=digest; place= takes it back."""
    from monitor import saying

    with speaking(settings, database) as (session, now):
        said = saying.parsed(words, now.date())
        speak = set_address if "://" in what else set_report
        line = speak(session, now, what, said, who(by), checked(reason))
    return said_so(settings, database, line, as_json=as_json)


def set_address(
    session: "Session", now: datetime, url: str, said: dict[str, str], person: str, reason: str
) -> dict[str, Any]:
    """What was said, or taken back, of an address, as a line."""
    from monitor import ruling
    from storage import rulings as kept

    if said == {"kind": ""}:
        held = [row for row, _ in kept.about(session, url) if row.act == kept.SET]
        return take_back(session, now, url, held[0] if held else None, person)
    if not all(said.values()):
        raise BadArgument(f"{url}: kind= alone takes back what was said of an address, all of it")
    return line_of(session, ruling.set_address(session, the_reading(session, url), said, person, now, reason))


def set_report(
    session: "Session", now: datetime, name: str, said: dict[str, str], person: str, reason: str
) -> dict[str, Any]:
    """What was said, or taken back, of a report, as a line with its name now; null where it is no report now."""
    from monitor import ruling
    from storage import queries
    from storage import rulings as kept
    from storage.model import Report

    if said == {"kind": ""} and queries.report_named(session, name) is None:
        row = kept.no_report_by(session, name)
        if row is not None and row.act == kept.SET:
            return take_back(session, now, name, row, person)
    report, taken = the_report(session, name), [field for field in said if not said[field]]
    given = {field: value for field, value in said.items() if value}
    row = ruling.unset(session, report, taken, person, now) if taken else None
    if given:
        row = ruling.set_report(session, report, given, person, now, reason)
    if row is None:
        raise BadArgument(f"{name}: nobody said anything of its {', '.join(taken)}")
    still = session.get(Report, report.id)
    return line_of(session, row) | {"was": name, "report": still.name if still else None}


def take_back(session: "Session", now: datetime, what: str, row: "Ruling | None", person: str) -> dict[str, Any]:
    """A word about the kind taken back, as a line; BadArgument where there is none."""
    from monitor import ruling

    if row is None:
        raise BadArgument(f"{what}: nobody said anything of its kind")
    ruling.take_back(session, row, person, now)
    return line_of(session, row)


@app.command()
def pin(
    report: ReportName,
    copy: Annotated[str | None, typer.Argument(metavar="COPY", help=COPY)] = None,
    none: Annotated[bool, typer.Option("--none", help="Take the pin back.")] = False,
    by: By = None,
    reason: Reason = "",
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """Say which copy of a report is the one to trust, whatever the program thinks of it."""
    from monitor import ruling

    if (copy is None) != none:
        raise BadArgument(f"pin {report}: give a copy, or --none; `reportwatch copies {report}` lists them")
    with speaking(settings, database) as (session, now):
        row = the_report(session, report)
        if copy is None:
            old = ruling.unpin(session, row, who(by), now)
            if not old:
                raise BadArgument(f"{report}: no copy of it is pinned")
            line = line_of(session, old[-1])
        else:
            chosen, reading = copy_of(session, row, copy)
            state = {"relation": chosen.relation, "notes": list(chosen.notes)}  # as long as another leads
            line = line_of(session, ruling.pin(session, row, reading.url, who(by), now, checked(reason))) | state
        line["report"] = row.name
    if line.get("relation", "same") != "same":
        tell(f"reportwatch: that copy is {line['relation']}: {'; '.join(line['notes']) or 'see `why`'}")
    return said_so(settings, database, line, as_json=as_json)


@app.command()
def merge(
    report: ReportName,
    others: Annotated[list[str], typer.Argument(metavar="REPORT…", help="Reports that are the same one.")],
    force: Annotated[bool, typer.Option("--force", help="Though they are of different places or years.")] = False,
    by: By = None,
    reason: Reason = "",
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """Say that these are one report, which keeps the first one's name; `split` parts them again."""
    from monitor import ruling

    with speaking(settings, database) as (session, now):
        row = the_report(session, report)
        rest = [the_report(session, name) for name in dict.fromkeys(others)]
        for other in rest:
            mergeable(row, other, force=force)
        line = line_of(session, ruling.merge(session, row, rest, who(by), now, checked(reason))) | {"report": row.name}
    return said_so(settings, database, line, as_json=as_json)


def mergeable(report: "Report", other: "Report", *, force: bool) -> None:
    """BadArgument for a report and itself, and, unless forced, for two of different places or years."""
    if other.id == report.id:
        raise BadArgument(f"{other.name}: a report is one with itself already")
    differ = [
        name
        for name in ("place", "year")
        if None not in (getattr(report, name), getattr(other, name)) and getattr(report, name) != getattr(other, name)
    ]
    if differ and not force:
        raise BadArgument(f"{report.name} and {other.name} differ in {' and '.join(differ)}; --force merges them still")


@app.command()
def split(
    report: ReportName,
    copies: Annotated[list[str], typer.Argument(metavar="COPY…", help="Addresses or sources of the copies.")],
    by: By = None,
    reason: Reason = "",
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """Say that these copies are another report than the rest; `set` says which, `merge` takes it back."""
    from monitor import ruling

    with speaking(settings, database) as (session, now):
        row = the_report(session, report)
        rows = [copy_of(session, row, name) for name in dict.fromkeys(copies)]
        ruled, made = ruling.split(session, row, rows, who(by), now, checked(reason))
        line = line_of(session, ruled) | {"report": made.name, "was": row.name}
    return said_so(settings, database, line, as_json=as_json)


@app.command()
def rulings(
    report: Annotated[str | None, typer.Argument(metavar="[REPORT]", help="Of this one; else all.")] = None,
    number: Annotated[int | None, typer.Option("--take-back", metavar="N", help="Take that one back.")] = None,
    by: By = None,
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """What persons have said, oldest first, with who and when; --take-back N lets the program decide again."""
    from monitor import ruling
    from storage import rulings as kept
    from storage.database import reading

    if number is not None:
        with speaking(settings, database) as (session, now):
            row = kept.the_ruling(session, number)
            ruling.take_back(session, row, who(by), now)
            line = line_of(session, row)
        return said_so(settings, database, line, as_json=as_json)
    with hall(settings, database) as known, reading(known.engine) as session:
        of = the_report(session, report) if report else None
        lines = [line_of(session, row) for row in kept.rulings(session, of)]
    for line in lines:
        show(known, line, as_json=as_json)
    if not lines:
        tell("reportwatch: nobody has said anything against the program yet")
    return DONE


@contextmanager
def speaking(settings: "Path | None", database: str | None) -> "Iterator[tuple[Session, datetime]]":
    """A transaction in which a person speaks, and the time."""
    from storage.database import writing

    with hall(settings, database) as known, writing(known.engine) as session:
        yield session, datetime.now(UTC)


def said_so(settings: "Path | None", database: str | None, line: dict[str, Any], *, as_json: bool) -> int:
    """Let the desk file what waits now, and show what was said; 3 where the desk failed."""
    from monitor.watch import Desk, settle

    with hall(settings, database) as known:
        done = settle(known.engine, Desk(), lambda: datetime.now(UTC))
        show(known, line, as_json=as_json)
    for fault in done.failed:
        tell(f"reportwatch: {fault}")
    if line["act"] == "set" and not line["taken_back_at"]:
        tell(f"reportwatch: `reportwatch rulings --take-back {line['ruling']}` takes it back")
    return PARTLY if done.failed else DONE


def who(by: str | None) -> str:
    """The person's name; BadArgument where it could not be shown on a line."""
    import getpass

    from monitor.saying import printable

    return printable(by or getpass.getuser(), "--by ")


def checked(reason: str) -> str:
    """The reason; BadArgument where it could not be shown on a line."""
    from monitor.saying import printable

    return printable(reason, "--reason ")


def the_report(session: "Session", name: str) -> "Report":
    """The report of that name."""
    from storage import queries

    return queries.the_report(session, name)


def the_reading(session: "Session", url: str) -> "Reading":
    """What was read at an address last; NotKnown where nothing was."""
    from storage import queries

    row = queries.last_reading(session, url)
    if row is None:
        raise NotKnown(f"{url}: never read; `reportwatch add {url}` fetches it")
    return row


def copy_of(session: "Session", report: "Report", name: str) -> "tuple[Copy, Reading]":
    """A copy of a report, by its address or its source; what is wrong and where to look where it is none."""
    from storage import queries

    rows = queries.copies_of(session, report.id or 0)
    found = [(copy, row) for copy, row in rows if name in (row.url, row.source)]
    if len(found) == 1:
        return found[0]
    if found:
        raise BadArgument(f"{name}: {len(found)} copies of {report.name} are from there; give the address of one")
    standing = queries.standing_copy_at(session, name)
    other = queries.report_of(session, standing[1].id or 0) if standing else None
    if other is not None and other.id != report.id:
        raise BadArgument(f"{name} is a copy of {other.name}, not of {report.name}; `merge` makes both one report")
    if other is not None:
        raise BadArgument(f"{name} is related to {report.name} and no copy of it")
    raise NotKnown(f"{report.name} has no copy {name}; `reportwatch copies {report.name}` lists those it has")


def line_of(session: "Session", row: "Ruling") -> dict[str, Any]:
    """A word as one line."""
    from storage import rulings as kept
    from storage.model import Report

    report, parted = (session.get(Report, key) if key else None for key in (row.report_id, row.parted_id))
    return {
        "ruling": row.id,
        "act": row.act,
        "report": report.name if report else None,
        "named": row.named,
        "from": parted.name if parted else None,
        "said": row.said,
        "urls": kept.addresses_of(session, row),
        "by": row.person,
        "at": row.at,
        "reason": row.reason or None,
        "taken_back_at": row.withdrawn_at,
        "taken_back_by": row.withdrawn_by or None,
    }


def show(known: Hall, line: dict[str, Any], *, as_json: bool) -> None:
    """One word, as JSON or for the eye; times as the clock of the schedule shows them."""
    line = line | {name: known.clock(line[name]) for name in ("at", "taken_back_at")}
    if as_json:
        emit(line)
        return
    said = "  ".join(f"{name}={value}" for name, value in line["said"].items() if name != "names")
    about = said_of(line["said"].get("names", ()), line["urls"] if line["act"] != "merge" else ())
    now = f" → {line['report']}" if line["report"] not in (None, line["named"]) else ""
    back = f"taken back {line['taken_back_at']} by {line['taken_back_by']}" if line["taken_back_at"] else ""
    because = f"({line['reason']})" if line["reason"] else ""
    word = f"{line['act']} {line['named']}{now}"
    print(
        clean("  ".join(filter(None, (str(line["ruling"]), line["at"], line["by"], word, said, about, because, back))))
    )


def said_of(names: Sequence[str], urls: Sequence[str]) -> str:
    """Reports and addresses, one after the other."""
    return " ".join([*names, *urls])
