"""What is known: reports, show, copies, search."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.hall import Database, Json, SettingsFile, hall, table, the_place
from monitor.cli.show import DONE, clean, emit, tell
from storage.errors import BadArgument

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.model import Copy, Reading, Report

app = typer.Typer()
ReportName = Annotated[str, typer.Argument(help="Place code/year, as `reports` lists them: 110108/2023")]


@app.command()
def reports(
    place: Annotated[str | None, typer.Argument(help="Name or code; all places where it is left out.")] = None,
    year: Annotated[int | None, typer.Option(help="Of this year only.")] = None,
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """Reports known, with their canonical copies."""
    from storage import queries
    from storage.database import reading

    with hall(settings, database) as known, reading(known.engine) as session:
        codes = None if place is None else [the_place(place).code]
        lines = [report_line(session, report) for report in queries.reports(session, codes, year)]
    if as_json:
        for line in lines:
            emit(line)
        return DONE
    shown = ("report", "place", "meeting_on", "speaker", "whole", "copies", "url")
    table(shown, [[yes(line[name]) for name in shown] for line in lines])
    return DONE


def yes(value: object) -> object:
    """Truth values as words."""
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


def report_line(session: "Session", report: "Report") -> dict[str, Any]:
    """A report and its canonical copy, as one line."""
    from storage import queries

    copies = queries.copies_of(session, report.id or 0)
    canonical = next((pair for pair in copies if pair[0].canonical), None)
    return {
        "report": report.name,
        "place": report.place_name or None,
        "code": report.place,
        "year": report.year,
        "meeting_on": report.meeting_on,
        "session": report.session,
        "speaker": report.speaker,
        "whole": report.whole,
        "inferred": report.inferred,
        "copies": len(copies),
        "url": canonical[1].url if canonical else None,
        "source": canonical[1].source if canonical else None,
        "why": among_copies(canonical[0].why, report) if canonical else None,
    }


def among_copies(why: str, report: "Report") -> str:
    """Why a copy leads; one that has all its copies have is no whole report where each of them was cut."""
    return why.replace("whole: has", "as much as any copy: has", 1) if not report.whole else why


@app.command()
def show(
    report: ReportName,
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """The text of a report, from its canonical copy; where that is damaged, as a sound copy reads, which is said."""
    from monitor.cli.sound import lines_of, sound_text
    from storage import queries
    from storage.database import reading

    with hall(settings, database) as known, reading(known.engine) as session:
        row = queries.the_report(session, report)
        line = report_line(session, row)
        missing = missing_in(session, row)
        text, mended = sound_text(session, row)
    if as_json:
        emit({**line, "text": text, "mended": mended})
        return DONE
    for name in ("report", "place", "year", "meeting_on", "session", "speaker", "whole", "copies", "url", "why"):
        shown = "–" if line[name] is None else yes(line[name])
        inferred = " (inferred)" if name in line["inferred"] else ""
        print(clean(f"{name:11}{shown}{missing if name == 'whole' else inferred}"))
    for said in lines_of(mended):
        print(clean(said))
    print(clean(f"\n{text}"))
    return DONE


def missing_in(session: "Session", report: "Report") -> str:
    """What a report that is not whole lacks, in words."""
    from storage import queries
    from storage.values import Part

    if report.whole:
        return ""
    parts = {passage.part for passage in queries.passages_of(session, report.id or 0)}
    lacking = [str(part) for part in (Part.REVIEW, Part.PLAN, Part.CLOSING) if part not in parts]
    if lacking:
        return f": no {', no '.join(lacking)} is known of it"
    canonical = queries.canonical_copy(session, report.id or 0)
    return headless(canonical[1]) if canonical else ""


def headless(row: "Reading") -> str:
    """Why a text that has all parts is no whole report, in words: too short for one, or without its head."""
    from monitor.filing import value_of
    from monitor.identity import WHOLE, identify

    length = sum(len(line.strip()) for line in row.text.splitlines())
    if length < WHOLE:
        return f": {length} characters are known of it, and a whole one has {WHOLE} at least"
    head = identify(value_of(row))
    return ": as much as any copy has" if head.session or head.speaker else ": its head is not known"


@app.command()
def copies(
    report: ReportName,
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """Copies of a report, the one to trust first, and the documents related to it."""
    from storage import queries
    from storage.database import reading

    with hall(settings, database) as known, reading(known.engine) as session:
        key = queries.the_report(session, report).id or 0
        found = [*queries.copies_of(session, key), *queries.copies_of(session, key, related=True)]
        lines = [copy_line(copy, row) for copy, row in found]
    if as_json:
        for line in lines:
            emit(line)
        return DONE
    shown = ("canonical", "relation", "likeness", "coverage", "source", "url")
    table(shown, [[yes(line[name]) for name in shown] for line in lines])
    for line in lines:
        said = "; ".join([*([line["why"]] if line["why"] else []), *line["notes"]])
        if said:
            print(clean(f"{line['source']}: {said}"))
    return DONE


def copy_line(copy: "Copy", row: "Reading") -> dict[str, Any]:
    """A copy and where it is from, as one line."""
    return {
        "canonical": copy.canonical,
        "relation": copy.relation,
        "likeness": copy.likeness,
        "coverage": copy.coverage,
        "tier": row.tier,
        "source": row.source,
        "url": row.url,
        "part": row.part or None,
        "published_on": row.published_on,
        "why": copy.why,
        "notes": copy.notes,
    }


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(help="All of them must stand in a sentence.")],
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """Sentences that hold all the words, newest year first."""
    from storage.database import reading
    from storage.search import passages_with
    from storage.search import words as folded

    if not any(map(folded, words)):
        raise BadArgument(f"search {' '.join(words)!r}: no word to search for; give one with letters, 汉字 or digits")
    with hall(settings, database) as known, reading(known.engine) as session:
        found = passages_with(session, " ".join(words), limit)
        for report, passage in found:
            line = {
                "report": report.name,
                "place": report.place_name,
                "year": report.year,
                "part": passage.part,
                "heading": passage.heading,
                "text": passage.text,
            }
            if as_json:
                emit(line)
            else:
                print(clean(f"{report.name}  {passage.part:8} {passage.text}"))
    if not found:
        tell(f"reportwatch: {' '.join(words)}: in no sentence of the reports known")
    return DONE
