"""Main targets by year: rows of a table, points of a chart; PURE."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from monitor.change import amount_of
from monitor.indicators import Figure, Year
from monitor.views.chart import Point
from monitor.views.shown import Citation

FIGURES = ("before", "reached", "target", "outcome", "following")
PLACE_COLUMNS = ("indicator", "year", "target", "outcome", "next target")
YEAR_COLUMNS = ("place", "indicator", "target {0}", "outcome {0}", "target {1}", "outcome {1}")
SHEET_COLUMNS = (
    *("place", "report", "year", "indicator", "title", "target", "outcome", "next_target"),
    *("target_before", "outcome_before", "target_text", "target_in", "target_part", "target_url", "target_date"),
    *("target_digest", "outcome_text", "outcome_in", "outcome_part", "outcome_url", "outcome_date", "outcome_digest"),
)


def written(figure: Figure | None) -> str:
    """A figure as its report writes it, "" where there is none."""
    return figure.written if figure else ""


def place_rows(rows: Sequence[Year]) -> list[list[str]]:
    """Of one place: an indicator's years, one a row; years in which it has neither target nor outcome are left out."""
    shown = []
    for _, years in groupby((r for r in rows if r.target or r.outcome), lambda row: row.indicator.key):
        for k, row in enumerate(years):
            name = row.indicator.title if k == 0 else ""
            shown.append([name, str(row.year), written(row.target), written(row.outcome), written(row.following)])
    return shown


def year_rows(rows: Sequence[Year]) -> list[list[str]]:
    """Of one year: an indicator's places, one a row, with the year before for comparison."""
    ordered = sorted(enumerate(rows), key=lambda pair: (order(rows, pair[1]), pair[0]))
    return [
        [
            row.place,
            row.indicator.title,
            written(row.before),
            written(row.reached),
            written(row.target),
            written(row.outcome),
        ]
        for _, row in ordered
    ]


def narrow_lines(rows: Sequence[Year], *, by_place: bool) -> list[str]:
    """The same for a terminal too narrow for a table: under each indicator a line of target → outcome for each row."""
    shown = rows if by_place else [row for row in rows if row.target or row.outcome]
    ordered = sorted(enumerate(shown), key=lambda pair: (order(shown, pair[1]), pair[0]))
    lines: list[str] = []
    for title, group in groupby((row for _, row in ordered), lambda row: row.indicator.title):
        lines += ["", title]
        for row in group:
            lines.append(f"  {row.place if by_place else row.year}  {led_to(row.target, row.outcome)}")
            if by_place and (row.before or row.reached):
                lines.append(f"    {row.year - 1}: {led_to(row.before, row.reached)}")
    return lines


def led_to(target: Figure | None, outcome: Figure | None) -> str:
    """A target and what came of it: 5% → 4.8%; – for what is not told."""
    return f"{written(target) or '–'} → {written(outcome)}" if outcome else written(target) or "–"


def order(rows: Sequence[Year], row: Year) -> int:
    """Where an indicator first comes."""
    return next(k for k, other in enumerate(rows) if other.indicator.key == row.indicator.key)


def points(rows: Sequence[Year], *, by_place: bool = False) -> list[tuple[str, list[Point]]]:
    """A chart for each indicator with numbers at two or more places or years: target and outcome of each."""
    charts: dict[str, list[Point]] = {}
    for row in rows:
        label = row.place if by_place else str(row.year)
        for sign, figure in (("target", row.target), ("outcome", row.outcome)):
            amount = amount_of(figure.target) if figure else None
            if figure is not None and amount is not None:
                charts.setdefault(row.indicator.title, []).append(
                    Point(f"{label} {sign}", amount, figure.written, sign)
                )
    return [(title, found) for title, found in charts.items() if len({p.label.split(" ")[0] for p in found}) > 1]


def objects(rows: Sequence[Year], cited: Mapping[tuple[str, int], Citation]) -> Iterator[dict[str, Any]]:
    """An object for each row: figures as null, or as name, value, unit, qualifier, the sentence and where it stands."""
    for row in rows:
        yield {
            "place": row.place,
            "year": row.year,
            "indicator": row.indicator.key,
            "title": row.indicator.title,
            **{name: figure_object(row, name, cited) for name in FIGURES},
        }


def report_year(row: Year, name: str) -> int:
    """The year of the report in which a figure of a row stands."""
    return row.year + {"before": -1, "outcome": 1, "following": 1}.get(name, 0)


def figure_object(row: Year, name: str, cited: Mapping[tuple[str, int], Citation]) -> dict[str, Any] | None:
    """One figure with its sentence and citation."""
    figure: Figure | None = getattr(row, name)
    if figure is None:
        return None
    source = cited[row.place, report_year(row, name)]
    target = figure.target
    return {
        "written": figure.written,
        "name": target.name,
        "value": target.value,
        "unit": target.unit,
        "qualifier": target.qualifier,
        "fell": figure.fell,
        "text": figure.passage.text,
        "part": figure.passage.part,
        "report": source.report,
        "source": source.source,
        "url": source.url,
        "date": source.dated,
        "digest": source.digest,
    }


def sheet_rows(rows: Sequence[Year], cited: Mapping[tuple[str, int], Citation]) -> Iterator[dict[str, Any]]:
    """A row of cells for each, by SHEET_COLUMNS."""
    for row in rows:
        yield {
            "place": row.place,
            "report": cited[row.place, row.year].report,
            "year": row.year,
            "indicator": row.indicator.key,
            "title": row.indicator.title,
            "target": written(row.target),
            "outcome": written(row.outcome),
            "next_target": written(row.following),
            "target_before": written(row.before),
            "outcome_before": written(row.reached),
            **sentence_cells(row, "target", cited),
            **sentence_cells(row, "outcome", cited),
        }


def sentence_cells(row: Year, name: str, cited: Mapping[tuple[str, int], Citation]) -> dict[str, str]:
    """The sentence of a figure and where it stands."""
    found = figure_object(row, name, cited)
    if found is None:
        return {}
    return {
        f"{name}_text": found["text"],
        f"{name}_in": found["report"],
        f"{name}_part": str(found["part"]),
        f"{name}_url": found["url"],
        f"{name}_date": found["date"],
        f"{name}_digest": " ".join(found["digest"]),
    }
