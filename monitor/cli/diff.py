"""What a year's report says that the year before did not, and what was edited or differs between copies: diff."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.forms import Format
from monitor.cli.hall import Database, Hall, Json, SettingsFile, hall, the_place
from monitor.cli.rendering import show_views
from monitor.cli.show import DIFFERENT, DONE, PARTLY, tell
from monitor.views.shown import USUAL, Shown, chosen, judged, shown
from storage.errors import BadArgument, NotKnown
from storage.values import Finding, FindingKind

if TYPE_CHECKING:
    from sqlmodel import Session

    from monitor.cli.citing import Library
    from storage.model import Report

app = typer.Typer()
YEAR = "Year of the plan; behind a REPORT the earlier year, as --against."
Against = Annotated[int | None, typer.Option(help="An earlier year; else the newest of which the whole is known.")]
Versions = Annotated[bool, typer.Option("--versions", help="URL or REPORT: what was silently edited at an address.")]
Copies = Annotated[bool, typer.Option("--copies", help="REPORT: where its copies disagree.")]


@app.command()
def diff(
    what: Annotated[str | None, typer.Argument(metavar="PLACE|URL|REPORT", help="Name or code.")] = None,
    year: Annotated[int | None, typer.Argument(metavar="YEAR", help=YEAR)] = None,
    all_of: Annotated[int | None, typer.Option("--year", help="All places of this year.")] = None,
    against: Against = None,
    form: Annotated[Format, typer.Option("--format", help="How to show it.")] = Format.TEXT,
    only: Annotated[str, typer.Option(help="Kinds to show, e.g. new,dropped; `all` for every sentence.")] = "",
    top: Annotated[int | None, typer.Option(min=1, help="The N most novel of each kind.")] = None,
    explain: Annotated[bool, typer.Option(help="Say how each score comes about.")] = False,
    versions: Versions = False,
    copies: Copies = False,
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """What became of the report's sentences since an earlier year. Exit status 1 where anything differs."""
    form = Format.JSON if as_json else form
    with hall(settings, database) as known:
        if versions or copies:
            from monitor.cli.editions import show_editions

            if versions and copies:
                raise BadArgument("diff: --versions and --copies ask for different things; give one of them")
            return show_editions(known, named(wanted(what), year or all_of), form, top, versions=versions)
        kinds = kinds_of(only)
        if what is None:
            whole, failed = every(known, all_of, against)
        else:
            whole, failed = [single(known, what, year if year is not None else all_of, against)], 0
        show_views([chosen(view, kinds, top) for view in whole], form, explain=explain)
    if failed:
        return PARTLY
    return DIFFERENT if any(differs(view) for view in whole) else DONE


def wanted(what: str | None) -> str:
    """The argument, which must be there."""
    if what is None:
        raise BadArgument("diff: give a place and a year, a URL or a report such as 110108/2023")
    return what


def named(what: str, year: int | None) -> str:
    """The address, or the name of the report that a place and a year, or its name, tell; BadArgument without a year."""
    code, _, own = what.partition("/")
    if "://" in what or (year is None and own):
        return what
    if own:
        raise BadArgument(f"diff {what} {year}: its versions and copies are of one year; leave {year} out")
    if year is None:
        raise BadArgument(f"diff {what}: of which year? `reportwatch reports {what}` lists those known")
    return f"{the_place(code).code}/{year}"


def kinds_of(only: str) -> set[FindingKind]:
    """The kinds to show: those named, all, or those that an analyst looks for."""
    from monitor.cli.files import kinds_of as those

    return set(FindingKind) if only == "all" else those(only) or set(USUAL)


def differs(view: Shown) -> bool:
    """Is there anything but what went on as it was? What became of last year's plan is no difference of the plans."""
    return any(view.counts.get(kind) for kind in (*USUAL, "unjudged"))


def single(known: Hall, what: str, year: int | None, against: int | None) -> Shown:
    """One place's comparison; a report may be named as a whole, 110108/2023."""
    from monitor.cli.citing import library
    from storage.database import reading

    code, _, own = what.partition("/")
    if own.isdigit():
        if None not in (year, against):
            raise BadArgument(f"diff {what}: --against {against} and {year} are two earlier years; give one of them")
        what, year, against = code, int(own), against if year is None else year
    if year is None:
        raise BadArgument(f"diff {what}: of which year? `reportwatch reports {what}` lists those known")
    with reading(known.engine) as session:
        return view_of(session, library(known), the_place(what).code, year, against)


def every(known: Hall, year: int | None, against: int | None) -> tuple[list[Shown], int]:
    """The comparisons of all places of a year, and how many reports of it could not be compared, which is said."""
    from monitor.cli.citing import library
    from storage import queries
    from storage.database import reading

    if year is None:
        raise BadArgument("diff: give a place and a year, or --year YEAR for all places")
    views, failed, shelf = [], 0, library(known)
    with reading(known.engine) as session:
        reports = queries.reports(session, year=year)
        if not reports:
            years = ", ".join(map(str, sorted({r.year for r in queries.reports(session) if r.year}))) or "none"
            raise NotKnown(f"diff --year {year}: no report of this year is known; years known: {years}")
        for report in reports:
            try:
                views.append(view_of(session, shelf, report.place or report.name, year, against))
            except NotKnown as error:
                tell(f"reportwatch: {error}")
                failed += 1
    return views, failed


def view_of(session: "Session", shelf: "Library", code: str, year: int, against: int | None) -> Shown:
    """The comparison of one report, with citations and what a reader must know."""
    from monitor.cli.citing import citation, past

    report, earlier = pair(session, code, year, against)
    findings, notes = judged(findings_of(session, report, earlier), new_whole=report.whole, old_whole=earlier.whole)
    if earlier.year is not None and against is None and earlier.year != year - 1:
        notes.insert(0, f"{code}/{year - 1} is not known whole; compared with {earlier.year}")
    return shown(
        citation(session, report, shelf),
        citation(session, earlier, shelf),
        findings,
        past=past(session, report, shelf),
        notes=notes,
    )


def pair(session: "Session", code: str, year: int, against: int | None) -> "tuple[Report, Report]":
    """The report and the earlier one; NotKnown with what to do."""
    from storage import queries, rulings

    report = queries.report_named(session, f"{code}/{year}")
    if report is None:
        if rulings.no_report_by(session, f"{code}/{year}"):
            raise NotKnown(rulings.no_report(session, f"{code}/{year}"))
        years = ", ".join(str(r.year) for r in queries.reports(session, [code])) or "none"
        raise NotKnown(f"{code}/{year}: not known; years known of this place: {years}")
    if against is not None and against >= year:
        raise BadArgument(f"--against {against}: not before {year}")
    if against is None:
        earlier, missing = queries.year_before(session, report), known_in_part(session, report)
    else:
        earlier, missing = queries.report_named(session, f"{code}/{against}"), f"{code}/{against} is not known"
    if earlier is None:
        raise NotKnown(
            f"{report.name}: {missing}; `reportwatch add FILE --place {code}` takes one that no source brings"
        )
    return report, earlier


def known_in_part(session: "Session", report: "Report") -> str:
    """Why there is nothing to compare a report with by itself: earlier years not known, or none of them whole."""
    from storage import queries

    years = [r.year for r in queries.reports(session, [report.place or ""]) if r.year and r.year < (report.year or 0)]
    if not years:
        return "no earlier report of this place is known"
    of = ", ".join(map(str, years))
    return f"of earlier years only parts are known ({of}); --against {years[0]} compares with what there is"


def findings_of(session: "Session", report: "Report", earlier: "Report") -> Sequence[Finding]:
    """What became of every sentence: as saved, or compared now where nobody saved it."""
    from monitor.filing import found_between
    from storage import queries

    comparison = queries.last_comparison(session, report.id or 0, earlier.id)
    if comparison is not None:
        return queries.findings_of(session, comparison.id or 0)
    findings, deliveries = found_between(session, report, earlier)
    if not findings:
        raise NotKnown(f"{report.name}: no plan is known of it, or no text of {earlier.name}")
    return [*findings, *deliveries]
