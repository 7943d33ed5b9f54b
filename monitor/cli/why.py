"""Why it is known so: which copy leads, how each stands to it, what persons said, what became of an address."""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.hall import Database, Hall, Json, SettingsFile, hall
from monitor.cli.known import report_line
from monitor.cli.show import DONE, clean, emit
from storage.errors import NotKnown

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.model import Copy, Reading, Report, Ruling

app = typer.Typer()
TOLD = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) UTC")  # as rulings.spoken tells a time, and why_address


@app.command()
def why(
    what: Annotated[str, typer.Argument(metavar="REPORT|URL", help="A report's name or the address of a page.")],
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """Why this copy is the canonical one; or what became of an address."""
    from storage import queries
    from storage.database import reading

    with hall(settings, database) as known, reading(known.engine) as session:
        address = "://" in what
        lines = why_address(session, what) if address else why_report(session, queries.the_report(session, what))
    for line in lines:
        shown = {name: on_clock(value, known) for name, value in line.items()}
        if as_json:
            emit(shown)
        else:
            print(clean(f"{shown['step']:10} {shown['what']}"))
    return DONE


def on_clock(value: object, known: Hall) -> object:
    """A value with its times as the clock of the schedule shows them: those that are one, those told in a sentence."""
    if isinstance(value, datetime):
        return known.clock(value)
    if not isinstance(value, str):
        return value
    return TOLD.sub(lambda found: str(known.clock(datetime.fromisoformat(f"{found[1]}+00:00"))), value)


def why_report(session: "Session", report: "Report") -> list[dict[str, Any]]:
    """What it is taken for, why one copy leads, how each other stands to it, and what persons said."""
    from storage import rulings

    line = report_line(session, report)
    lines = [{"step": "report", "what": identity_of(line)}, {"step": "canonical", "what": line["why"]}]
    lines += why_copies(session, report)
    return lines + [word_of(row) for row in rulings.rulings(session, report, withdrawn=False)]


def identity_of(line: dict[str, Any]) -> str:
    """Place and meeting, in words; what was concluded is said to be."""
    concluded = set(line["inferred"])
    names = {"place": "place", "year": "year", "meeting_on": "meeting", "session": "session"}
    said = [
        f"{shown} {line[name] or 'not known'}{' (inferred)' if name in concluded else ''}"
        for name, shown in names.items()
    ]
    return ", ".join(said)


def why_copies(session: "Session", report: "Report") -> list[dict[str, Any]]:
    """Each copy held against the leading one: relation, likeness, how much of each the other has, what differs."""
    from storage import queries

    rows = queries.copies_of(session, report.id or 0)
    leading = next((reading for copy, reading in rows if copy.canonical), None)
    return [why_copy(copy, reading, leading) for copy, reading in rows]


def why_copy(copy: "Copy", reading: "Reading", leading: "Reading | None") -> dict[str, Any]:
    """How one copy stands to the leading one."""
    from monitor import copies
    from monitor.filing import prepared
    from monitor.views.editions import counted, disagreeing

    line = {
        "step": "copy",
        "url": reading.url,
        "canonical": copy.canonical,
        "relation": copy.relation,
        "likeness": copy.likeness,
        "coverage": copy.coverage,
    }
    notes = "; ".join(copy.notes)
    if leading is None or copy.canonical:
        said = {"within": 100.0, "notes": copy.notes, "differs": ""}
        return line | said | {"what": f"{reading.url}: {copy.relation}, canonical{'; ' * bool(notes)}{notes}"}
    within = copies.likeness(prepared(leading), prepared(reading)).within
    differs = counted(disagreeing(leading.text, reading.text))
    figures = f"likeness {copy.likeness}, has {copy.coverage} % of the canonical copy, which has {within} % of it"
    what = f"{reading.url}: {copy.relation}, {figures}; {notes}{'; ' * bool(notes)}{differs}"
    return line | {"within": within, "notes": copy.notes, "differs": differs, "what": what}


def word_of(row: "Ruling") -> dict[str, Any]:
    """What a person said, by whom and when, as a step."""
    from storage import rulings

    said = " ".join(f"{name}={value}" for name, value in row.said.items() if name != "names")
    names = " ".join(row.said.get("names", ()))
    return {
        "step": "word",
        "what": f"{row.act} {said}{names}: {rulings.spoken(row)}".replace("  ", " ").replace(" :", ":"),
        "ruling": row.id,
        "by": row.person,
        "at": row.at,
    }


def why_address(session: "Session", url: str) -> list[dict[str, Any]]:
    """What became of an address, step by step: fetched, archived, read, decided; and what persons said of it."""
    from storage import parts, queries, rulings

    row = queries.last_reading(session, url)
    pages = queries.pages_of(session, row) if row and row.part_of is not None else queries.pages_at(session, url)
    if not pages and row is None:
        raise NotKnown(f"{url}: never fetched; `reportwatch sources` lists what is watched")
    lines = [
        {"step": "fetched", "what": f"{page.fetched_at:%Y-%m-%d %H:%M} UTC, status {page.status}, {page.size} bytes"}
        | {"archive": f"{page.warc}:{page.offset}", "digest": page.digest}
        for page in pages[:3]
    ]
    if row is None:
        return [*lines, {"step": "read", "what": "no: it is no article of its source"}]
    each = [
        {"step": f"part {part.part}", "what": f"{part.url}: {part.title or 'without title'}: {part.outcome or 'waits'}"}
        for part in parts.parts_of(session, row.id or 0)
    ]
    words = [word_of(ruling) for ruling, _ in reversed(rulings.about(session, url))]
    return lines + why_reading(row) + each + words


def mended(repairs: list[dict[str, Any]]) -> str:
    """How much of a text was mended, and is lost, in words; a mend that is less than half sure is a guess."""
    sure = [repair.get("sure", 1.0) for repair in repairs]
    lost, guessed = sure.count(0), sum(0 < one < 0.5 for one in sure)
    said = [
        f"{len(sure) - lost} repairs",
        f"{guessed} of them guesses" * bool(guessed),
        f"{lost} places lost" * bool(lost),
    ]
    return ", ".join(filter(None, said))


def why_reading(row: "Reading") -> list[dict[str, Any]]:
    """How a page was read and what the desk made of it; what was said of it when it was added."""
    encoding = row.encoding if row.confidence >= 1 else f"{row.encoding} for {row.confidence:.0%} sure"
    figures = f"{encoding}, {row.script}, {len(row.text)} characters, {mended(row.repairs)}"
    steps = [{"step": "read", "what": f"{row.verdict}: {row.why} ({figures})"}]
    if row.part_of is not None:
        steps.append({"step": "cut", "what": f"report {row.part} of the page"})
    if row.said:
        said = " ".join(f"{name}={value}" for name, value in row.said.items())
        steps.append({"step": "word", "what": f"{said}: said when it was added"})
    return [*steps, {"step": "decided", "what": row.outcome or "not yet; `reportwatch crawl` will"}]
