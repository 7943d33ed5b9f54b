"""Small charts: bars for a terminal, SVG for a page; PURE."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from monitor.views.safe import inline
from monitor.views.width import padded, width

BLOCKS = " ▏▎▍▌▋▊▉"
BAR, ROW, COLUMN = 300, 24, 8.6  # of the SVG, in its units: the longest bar, a row, a column of its text


@dataclass(frozen=True, slots=True)
class Point:
    """One bar: what it is of, how long (at least 0), the number as written, and the series, "" or outcome."""

    label: str
    value: float
    written: str
    series: str = ""


def bars(points: Sequence[Point], columns: int = 30) -> list[str]:
    """A line for each point, the longest bar so many columns wide; [] for no points."""
    labels = [inline(point.label) for point in points]
    widest = max(map(width, labels), default=0)
    lengths = [share(point, points) * columns for point in points]
    return [
        f"{padded(label, widest)} {padded(bar(length), columns)} {inline(point.written)}".rstrip()
        for label, length, point in zip(labels, lengths, points, strict=True)
    ]


def share(point: Point, points: Sequence[Point]) -> float:
    """A point's part of the greatest, 0–1."""
    greatest = max(abs(other.value) for other in points)
    return abs(point.value) / greatest if greatest else 0.0


def bar(length: float) -> str:
    """A bar of that many columns, to an eighth."""
    eighths = round(length * 8)
    return ("█" * (eighths // 8) + BLOCKS[eighths % 8]).rstrip()


def svg(points: Sequence[Point], title: str) -> Markup:
    """The same as SVG, with its title for those who do not see it; texts are escaped."""
    left = 12 + COLUMN * max((width(inline(point.label)) for point in points), default=0)
    right = 12 + COLUMN * max((width(inline(point.written)) for point in points), default=0)
    rows = [svg_row(point, k, left, share(point, points) * BAR) for k, point in enumerate(points)]
    head = Markup(
        '<svg viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" aria-label="{2}"><title>{2}</title>'
        '<line class="axis" x1="{3}" x2="{3}" y1="2" y2="{1}"/>'
    ).format(round(left + BAR + right), ROW * len(points) + 8, inline(title), round(left, 1))
    return head + Markup("").join(rows) + Markup("</svg>")


def svg_row(point: Point, k: int, left: float, length: float) -> Markup:
    """The bar of one point with its label before it and its number behind."""
    return Markup(
        '<text x="{0}" y="{1}" text-anchor="end">{2}</text><rect class="bar {9}" x="{3}" y="{4}" width="{5}" '
        'height="{6}"/><text x="{7}" y="{1}">{8}</text>'
    ).format(
        round(left - 8, 1),
        ROW * k + 18,
        inline(point.label),
        round(left, 1),
        ROW * k + 6,
        round(length, 1),
        ROW - 8,
        round(left + length + 8, 1),
        inline(point.written),
        point.series,
    )
