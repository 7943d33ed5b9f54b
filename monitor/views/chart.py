"""Small charts: bars for a terminal, SVG for a page; PURE."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from monitor.views.safe import inline
from monitor.views.width import padded, width

BLOCKS = " ▏▎▍▌▋▊▉"
LEAST = 8  # columns of a terminal that the longest bar must have to stand beside its number
# Of the SVG, in its units: the longest bar, a row, a column of its text; the page of a telephone, and what of it is
# the least that a row must leave for the longest bar.
BAR, ROW, COLUMN = 300, 24, 7.6
PAGE, SHORTEST = 328, 90


@dataclass(frozen=True, slots=True)
class Point:
    """One bar: what it is of, how long (at least 0), the number as written, and the series, "" or outcome."""

    label: str
    value: float
    written: str
    series: str = ""


def bars(points: Sequence[Point], columns: int = 30, page: int = 120) -> list[str]:
    """A line for each point, the longest bar so many columns wide; [] for no points.

    On a page of fewer columns the bars are shorter; where nothing is left for them they stand below their numbers.
    """
    labels = [inline(point.label) for point in points]
    numbers = [inline(point.written) for point in points]
    widest = max(map(width, labels), default=0)
    room = min(columns, page - widest - max(map(width, numbers), default=0) - 2)
    drawn = [bar(share(point, points) * (room if room >= LEAST else min(columns, page))) for point in points]
    told = zip(labels, drawn, numbers, strict=True)
    if room >= LEAST:
        return [f"{padded(label, widest)} {padded(line, room)} {number}".rstrip() for label, line, number in told]
    return [line for label, drawing, number in told for line in (f"{label} {number}", drawing)]


def share(point: Point, points: Sequence[Point]) -> float:
    """A point's part of the greatest, 0–1."""
    greatest = max(abs(other.value) for other in points)
    return abs(point.value) / greatest if greatest else 0.0


def bar(length: float) -> str:
    """A bar of that many columns, to an eighth."""
    eighths = round(length * 8)
    return ("█" * (eighths // 8) + BLOCKS[eighths % 8]).rstrip()


def svg(points: Sequence[Point], title: str) -> Markup:
    """The same as SVG, with its title for those who do not see it; texts are escaped.

    No wider than a telephone shows: label, bar and number in one row, or, where they are too long for that, the bar
    below its label and number.
    """
    left = 12 + COLUMN * max((width(inline(point.label)) for point in points), default=0)
    right = 12 + COLUMN * max((width(inline(point.written)) for point in points), default=0)
    longest = min(BAR, PAGE - left - right)
    beside = longest >= SHORTEST
    draw, height, edge = (beside_bar, ROW, left) if beside else (above_bar, ROW + 14, 0.0)
    length = longest if beside else PAGE
    rows = [draw(point, k, edge, share(point, points) * length) for k, point in enumerate(points)]
    head = Markup(
        '<svg viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" aria-label="{2}"><title>{2}</title>'
        '<line class="axis" x1="{3}" x2="{3}" y1="2" y2="{1}"/>'
    ).format(round(left + longest + right if beside else PAGE), height * len(points) + 8, inline(title), round(edge, 1))
    return head + Markup("").join(rows) + Markup("</svg>")


def beside_bar(point: Point, k: int, left: float, length: float) -> Markup:
    """The bar of one point with its label before it and its number behind."""
    top = ROW * k + 6
    return (
        words(left - 8, top + 12, "end", point.label)
        + rectangle(point, left, top, length)
        + words(left + length + 8, top + 12, "start", point.written)
    )


def above_bar(point: Point, k: int, left: float, length: float) -> Markup:
    """The bar of one point below its label and number."""
    top = (ROW + 14) * k + 6
    said = f"{inline(point.label)} · {inline(point.written)}"
    return words(left + 2, top + 11, "start", said) + rectangle(point, left, top + 17, length, 9)


def rectangle(point: Point, left: float, top: float, length: float, height: float = ROW - 8) -> Markup:
    """The bar itself."""
    return Markup('<rect class="bar {}" x="{}" y="{}" width="{}" height="{}"/>').format(
        point.series, round(left, 1), top, round(length, 1), height
    )


def words(left: float, baseline: float, anchor: str, text: str) -> Markup:
    """A text of the chart."""
    return Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(
        round(left, 1), baseline, anchor, inline(text)
    )
