"""What the years say together: targets, follow."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.forms import YearFormat
from monitor.cli.hall import Database, Json, SettingsFile, hall, table, the_place
from monitor.cli.rendering import columns as width
from monitor.cli.rendering import write
from monitor.cli.show import DONE, clean, emit, plain
from monitor.views.shown import Citation
from storage.errors import NotKnown

if TYPE_CHECKING:
    from sqlmodel import Session

    from monitor.cli.citing import Library
    from monitor.indicators import Year
    from storage.model import Report
    from storage.values import Outline

app = typer.Typer()
Cited = dict[tuple[str, int], Citation]
NARROW, WIDE = 80, 96  # columns of a terminal that the table of a place and that of a year take
Form = Annotated[YearFormat, typer.Option("--format", help="How to show it.")]


@app.command()
def targets(
    what: Annotated[str, typer.Argument(metavar="PLACE|YEAR", help="A place over its years, or all places in a year.")],
    form: Form = YearFormat.TEXT,
    chart: Annotated[bool | None, typer.Option(help="Bars below the table; a page has them anyway.")] = None,
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """The main targets by year: target, the outcome told a year later, the next target."""
    from monitor.cli.citing import library
    from storage.database import reading

    with hall(settings, database) as known, reading(known.engine) as session:
        if len(what) == 4 and what.isdigit():
            rows, cited = of_year(session, library(known), int(what))
            title, by_place = f"main targets 主要目标 {what}", True
        else:
            place = the_place(what)
            rows, cited = of_place(session, library(known), place.code)
            title, by_place = f"main targets 主要目标 {place.name}", False
    if not rows:
        raise NotKnown(f"{what}: no main targets in the reports known; `reportwatch reports` lists those")
    form = YearFormat.JSON if as_json else form
    drawn = form is YearFormat.HTML if chart is None else chart
    show_targets(title, rows, cited, form, by_place=by_place, chart=drawn)
    return DONE


def of_place(session: "Session", shelf: "Library", code: str) -> "tuple[list[Year], Cited]":
    """The indicators of a place over all its years."""
    from monitor.cli.citing import citation
    from monitor.indicators import years

    texts = outlines(session, code)
    name = next((report.place_name for report, _ in texts), code)
    cited = {(name, report.year or 0): citation(session, report, shelf) for report, _ in texts}
    return years(name, {report.year or 0: text for report, text in texts}), cited


def of_year(session: "Session", shelf: "Library", year: int) -> "tuple[list[Year], Cited]":
    """The indicators of all places in one year."""
    from storage import queries

    rows: list[Year] = []
    cited: Cited = {}
    for report in queries.reports(session, year=year):
        if report.place is not None:
            found, sources = of_place(session, shelf, report.place)
            rows += [row for row in found if row.year == year]
            cited |= sources
    return rows, cited


def outlines(session: "Session", code: str) -> "list[tuple[Report, Outline]]":
    """The reports of a place with what they say, oldest first; partial ones too, for what they say they say."""
    from storage import queries

    found = [(report, queries.outline_of(session, report.id or 0)) for report in queries.reports(session, [code])]
    return sorted(
        ((report, text) for report, text in found if text is not None and report.year is not None),
        key=lambda pair: pair[0].year or 0,
    )


def show_targets(
    title: str, rows: "Sequence[Year]", cited: Cited, form: YearFormat, *, by_place: bool, chart: bool
) -> None:
    """Main targets in the form asked for."""
    from monitor.views import yearly
    from monitor.views.lines import sheet

    year = rows[0].year
    columns = [c.format(year - 1, year) for c in yearly.YEAR_COLUMNS] if by_place else list(yearly.PLACE_COLUMNS)
    cells = yearly.year_rows(rows) if by_place else yearly.place_rows(rows)
    charts = yearly.points(rows, by_place=by_place) if chart else []
    if form is YearFormat.JSON:
        for line in yearly.objects(rows, cited):
            emit(line)
    elif form is YearFormat.CSV:
        write(sheet(yearly.SHEET_COLUMNS, yearly.sheet_rows(rows, cited)))
    elif form is YearFormat.HTML:
        from monitor.views.page import targets_page

        write(targets_page(title, columns, cells, charts, list(quotes(rows, cited))))
    else:
        print(clean(title))
        if width() < (WIDE if by_place else NARROW):
            print("\n".join(map(clean, yearly.narrow_lines(rows, by_place=by_place))))
        else:
            table(columns, cells)
        show_charts(charts)
        show_sources(cited[key] for key in sorted(cited))


def show_charts(charts: Iterable[tuple[str, Sequence[Any]]]) -> None:
    """Bars of each chart, under its title."""
    from monitor.views.chart import bars

    for name, points in charts:
        print(clean(f"\n{name}"))
        for line in bars(points, page=width() - 2):
            print(f"  {clean(line)}")


def show_sources(citations: Iterable[Citation]) -> None:
    """The reports that were asked."""
    from monitor.views.text import sources

    print("\n" + "\n".join(sources(list(dict.fromkeys(citations)))))


def quotes(rows: "Sequence[Year]", cited: Cited) -> Iterable[tuple[str, Citation, str]]:
    """The sentences that the figures stand in, each once: (sentence, where, part)."""
    from monitor.views.yearly import FIGURES, report_year

    found = [
        (figure.passage.text, cited[row.place, report_year(row, name)], str(figure.passage.part))
        for row in rows
        for name in FIGURES
        if (figure := getattr(row, name)) is not None
    ]
    return dict.fromkeys(found)


@app.command()
def follow(
    place: Annotated[str, typer.Argument(help="Name or code.")],
    words: Annotated[list[str], typer.Argument(help="All of them must stand in a sentence.")],
    form: Form = YearFormat.TEXT,
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """One initiative through all years known: first seen, planned, dropped, returned, with its numbers."""
    from monitor.cli.citing import citation, library
    from monitor.lineage import follow as followed
    from monitor.views.story import chapters
    from storage.database import reading

    with hall(settings, database) as known, reading(known.engine) as session:
        found = the_place(place)
        texts = outlines(session, found.code)
        shelf = library(known)
        cited = {report.year or 0: citation(session, report, shelf) for report, _ in texts}
        notes = gaps([(report.year or 0, report.whole) for report, _ in texts])
        mentions = followed([(report.year or 0, text) for report, text in texts], " ".join(words))
    if not texts:
        raise NotKnown(f"{place}: no report of it is known; `reportwatch reports` lists those that are")
    story = chapters(mentions, list(cited))
    if not story:
        raise NotKnown(f"{' '.join(words)}: in no report of {found.name} that is known ({', '.join(map(str, cited))})")
    show_story(f"{found.name} {' '.join(words)}", story, cited, notes, YearFormat.JSON if as_json else form)
    return DONE


def gaps(years: Sequence[tuple[int, bool]]) -> list[str]:
    """What a reader must know: years that are missing in between, and those of which the report is partial."""
    if not years:
        return []
    known = {year for year, _ in years}
    missing = [str(year) for year in range(min(known), max(known)) if year not in known]
    partial = [str(year) for year, whole in years if not whole]
    notes = [f"no report is known of {', '.join(missing)}"] if missing else []
    said = "what it does not mention may stand in the rest"
    return notes + ([f"known in part only: {', '.join(partial)}; {said}"] if partial else [])


def show_story(
    title: str, story: Sequence[Any], cited: Mapping[int, Citation], notes: Sequence[str], form: YearFormat
) -> None:
    """An initiative in the form asked for."""
    from monitor.views.lines import sheet
    from monitor.views.story import STORY_COLUMNS, points, story_rows

    numbers = points([mention for chapter in story for mention in chapter.mentions], title.partition(" ")[2])
    if form is YearFormat.JSON:
        for row in story_rows(story, cited):
            emit(plain(row))
    elif form is YearFormat.CSV:
        write(sheet(STORY_COLUMNS, story_rows(story, cited)))
    elif form is YearFormat.HTML:
        from monitor.views.page import story_page

        write(story_page(title, story, numbers, cited, notes))
    else:
        tell_story(title, story, notes)
        show_charts([("numbers", numbers)] if numbers else [])
        show_sources(cited[chapter.year] for chapter in story if chapter.mentions)
    sys.stdout.flush()


def tell_story(title: str, story: Sequence[Any], notes: Sequence[str]) -> None:
    """An initiative year by year, for the eye."""
    print(clean(title))
    for note in notes:
        print(clean(f"note: {note}"))
    for chapter in story:
        print(f"\n{chapter.year}  {chapter.standing}")
        for mention in chapter.mentions:
            print(clean(f"  [{chapter.year} {mention.passage.part}] {mention.passage.text}"))
