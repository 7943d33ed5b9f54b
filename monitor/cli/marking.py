"""A person's word against the program's: mark, marks."""

from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.hall import Database, Json, SettingsFile, hall
from monitor.cli.show import DONE, clean, emit, tell
from monitor.views.shown import id_of
from storage.errors import BadArgument, NotKnown

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.model import Comparison, Report
    from storage.values import Finding

app = typer.Typer()


class Mark(StrEnum):
    """What a person says of a finding."""

    NEW = "new"
    NOT_NEW = "not-new"
    NONE = "none"


@app.command()
def mark(
    finding: Annotated[str, typer.Argument(help="Its id, as `diff` shows it: 110108/2023:1f3a90c2")],
    said: Annotated[Mark, typer.Argument(metavar="new|not-new|none", help="`none` takes an earlier word back.")],
    against: Annotated[
        int | None, typer.Option(help="The earlier year it was compared with, if not the newest.")
    ] = None,
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """Say that a finding is new, or is not; kept through later comparisons, shown by diff, exported by marks."""
    from storage import queries, save
    from storage.database import writing

    name, _, sentence = finding.rpartition(":")
    if not name or not sentence:
        raise BadArgument(f"{finding}: no id of a finding; `reportwatch diff` shows them, such as 110108/2023:1f3a90c2")
    word = "" if said is Mark.NONE else str(said)
    with hall(settings, database) as known, writing(known.engine) as session:
        every = queries.finding_rows(session, comparison_of(session, name, against))
        rows = [row for row in every if id_of(name, queries.finding_of(row)) == finding]
        if not rows:
            raise NotKnown(f"{finding}: no such finding; `reportwatch diff` shows their ids")
        unmarked = not word and not any(row.mark for row in rows)
        save.mark_findings(session, rows, word)
        text = rows[0].text
    if unmarked:
        tell(f"reportwatch: {finding}: it was not marked; `reportwatch marks` lists what is")
    if as_json:
        emit({"id": finding, "mark": word, "text": text})
    else:
        print(clean(f"{finding}: {said}: {text}"))
    return DONE


def comparison_of(session: "Session", name: str, against: int | None) -> int:
    """The key of a report's comparison; made and saved where nobody saved it."""
    from monitor.cli.diff import pair
    from monitor.filing import compare_with
    from storage import queries, save

    known = queries.the_report(session, name)
    if known.place is None or known.year is None:
        raise NotKnown(f"{name}: its place or year is not known, so it is compared with nothing")
    report, earlier = pair(session, known.place, known.year, against)
    ids = save.required(report.id), save.required(earlier.id)
    if queries.last_comparison(session, *ids) is None:
        compare_with(session, report, earlier, datetime.now(UTC))
    made = queries.last_comparison(session, *ids)
    if made is None:
        raise NotKnown(f"{name}: it could not be compared with {earlier.name}")
    return save.required(made.id)


@app.command()
def marks(
    export: Annotated[Path | None, typer.Option(help="Write labels into this folder, a folder a pair.")] = None,
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """What persons have marked; with --export as labels that the comparison can be measured and trained by."""
    from storage.database import reading

    with hall(settings, database) as known, reading(known.engine) as session:
        found = list(marked(session))
        for comparison, report, against, findings in found:
            if export is not None:
                write_labels(session, export, comparison, report, against, findings)
    for _, report, against, findings in found:
        for finding in findings:
            if finding.mark:
                show_mark(report, against, finding, as_json=as_json)
    if not found:
        tell("reportwatch: no finding is marked yet; `reportwatch mark FINDING not-new` marks one")
    return DONE


def show_mark(report: "Report", against: "Report", finding: "Finding", *, as_json: bool) -> None:
    """One mark, as JSON or for the eye."""
    line = {"id": id_of(report.name, finding), "against": against.name, "mark": finding.mark, "kind": finding.kind}
    if as_json:
        emit({**line, "text": finding.text})
    else:
        print(clean(f"{line['id']}  {finding.mark}  ({finding.kind} against {against.year})  {finding.text}"))


def marked(session: "Session") -> "Iterator[tuple[Comparison, Report, Report, list[Finding]]]":
    """The comparisons with marks: the report, the earlier one, all findings."""
    from storage import queries
    from storage.model import Report

    for row in queries.marked_comparisons(session):
        reports = session.get_one(Report, row.report_id), session.get_one(Report, row.against_id)
        yield row, *reports, queries.findings_of(session, row.id or 0)


def write_labels(
    session: "Session",
    folder: Path,
    comparison: "Comparison",
    report: "Report",
    against: "Report",
    findings: "list[Finding]",
) -> None:
    """The three files of one pair, in a folder named for it."""
    from monitor.views.labels import labelled
    from storage import queries

    new, old = queries.outline_of(session, comparison.report_id), queries.outline_of(session, comparison.against_id)
    if new is None or old is None:
        tell(f"reportwatch: {report.name}: the texts compared are gone; its marks are not exported")
        return
    made = labelled(new, old, findings)
    home = folder / f"{report.name}-{against.year}".replace("/", "-")
    try:
        home.mkdir(parents=True, exist_ok=True)
        for name, text in (("items", made.items), ("prior", made.prior), ("labels", made.labels)):
            (home / f"{name}.tsv").write_text(text, "utf-8")
    except OSError as error:
        raise BadArgument(f"--export {home}: cannot be written: {error.strerror}; name a folder that can") from error
    tell(f"reportwatch: {made.count} labels in {home}")
