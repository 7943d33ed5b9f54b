"""What a year's report says that the year before did not: diff."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.hall import Database, Json, SettingsFile, hall, the_place
from monitor.cli.show import DIFFERENT, DONE, clean, emit, plain, tell
from storage.errors import NotKnown
from storage.values import Finding, FindingKind, Prior

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.model import Report

app = typer.Typer()
ALIKE = {FindingKind.CONTINUED, FindingKind.GENERIC}
TITLES = {
    FindingKind.NEW: "new 新举措",
    FindingKind.MIXED: "partly new 部分新增",
    FindingKind.RETURNED: "returned 重新提出",
    FindingKind.REVISED: "targets moved 指标调整",
    FindingKind.DROPPED: "dropped 不再提及",
    FindingKind.CONTINUED: "continued 延续",
    FindingKind.GENERIC: "generic 一般表述",
}
SHOWN = (FindingKind.NEW, FindingKind.MIXED, FindingKind.RETURNED, FindingKind.REVISED, FindingKind.DROPPED)


@app.command()
def diff(
    place: Annotated[str, typer.Argument(help="Name or code.")],
    year: Annotated[int, typer.Argument(help="Year of the plan.")],
    against: Annotated[
        int | None, typer.Option(help="An earlier year; else the newest of which the whole is known.")
    ] = None,
    only: Annotated[str, typer.Option(help="Kinds to show, e.g. new,dropped; `all` for every sentence.")] = "",
    top: Annotated[int | None, typer.Option(min=1, help="The N most novel of each kind.")] = None,
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """What became of the report's sentences since an earlier year. Exit status 1 where anything differs."""
    from monitor.cli.files import kinds_of
    from storage.database import reading

    kinds = set(FindingKind) if only == "all" else kinds_of(only) or set(SHOWN)
    with hall(settings, database) as known, reading(known.engine) as session:
        report, earlier, findings = found(session, the_place(place).code, year, against)
        chosen = [f for f in findings if f.kind in kinds]
        if as_json:
            for finding in limited(chosen, top):
                emit({"report": report.name, "against": earlier.name, **dict(plain(finding))})  # type: ignore[call-overload]
        else:
            show(report, earlier, findings, limited(chosen, top))
    return DIFFERENT if any(f.kind not in ALIKE for f in findings) else DONE


def found(session: "Session", code: str, year: int, against: int | None) -> "tuple[Report, Report, list[Finding]]":
    """The report, the earlier one, and what became of every sentence; NotKnown with what to do."""
    from storage import queries

    report = queries.report_named(session, f"{code}/{year}")
    if report is None:
        years = ", ".join(str(r.year) for r in queries.reports(session, [code])) or "none"
        raise NotKnown(f"{code}/{year}: not known; years known of this place: {years}")
    earlier = (
        queries.year_before(session, report) if against is None else queries.report_named(session, f"{code}/{against}")
    )
    if earlier is None:
        wanted = (
            "no earlier whole report of this place is known" if against is None else f"{code}/{against} is not known"
        )
        raise NotKnown(
            f"{report.name}: {wanted}; `reportwatch add FILE --place {code}` takes one that no source brings"
        )
    if earlier.year is not None and against is None and earlier.year != year - 1:
        tell(f"reportwatch: {code}/{year - 1} is not known whole; compared with {earlier.year}")
    comparison = queries.last_comparison(session, report.id or 0, earlier.id)
    if comparison is not None:
        return report, earlier, queries.findings_of(session, comparison.id or 0)
    return report, earlier, compared(session, report, earlier)


def compared(session: "Session", report: "Report", earlier: "Report") -> list[Finding]:
    """A comparison that nobody saved, made now."""
    from monitor.novelty import compare
    from storage import queries

    new, old = queries.outline_of(session, report.id or 0), queries.outline_of(session, earlier.id or 0)
    if new is None or old is None:
        raise NotKnown(f"{report.name}: no whole text of it and of {earlier.name} is known")
    return compare(old, new, old_year=earlier.year)


def limited(findings: Sequence[Finding], top: int | None) -> list[Finding]:
    """The most novel of each kind, kinds in the order they are shown."""
    chosen: list[Finding] = []
    for kind in TITLES:
        same = [f for f in findings if f.kind is kind]
        chosen += same if top is None else sorted(same, key=lambda f: -f.novelty)[:top]
    return chosen


def show(report: "Report", earlier: "Report", findings: Sequence[Finding], chosen: Sequence[Finding]) -> None:
    """Findings for the eye: by kind, then by heading, with the closest sentence of the year before."""
    counts = Counter(f.kind for f in findings)
    print(clean(f"{report.place_name} {report.year} against {earlier.year}"))
    print("  ".join(f"{kind} {counts[kind]}" for kind in TITLES if counts[kind]) or "nothing differs")
    for kind in TITLES:
        same = [f for f in chosen if f.kind is kind]
        if same:
            print(f"\n{TITLES[kind]}")
        heading = ""
        for finding in same:
            if finding.heading and finding.heading not in (heading, finding.text):
                heading = finding.heading
                print(clean(f"  {heading}"))
            print(clean(lines_of(finding)), end="")


def lines_of(finding: Finding) -> str:
    """One finding: its sentence with the new fragments marked, what moved, and what it answers to."""
    text = finding.text
    for fragment in finding.new if finding.kind is FindingKind.MIXED else ():
        text = text.replace(fragment, f"【{fragment}】", 1)
    lines = [f"  {finding.novelty:4.2f} {text}"]
    lines += [f"         {t.name}: {t.old} → {t.new} {t.unit}" for t in finding.targets]
    lines += [f"       ← {said(prior)}" for prior in finding.prior[:1]]
    return "\n".join(lines) + "\n"


def said(prior: Prior) -> str:
    """An earlier sentence with its year."""
    return f"{f'{prior.year}: ' if prior.year else ''}{prior.text}"
