"""Small charts: bars for a terminal, SVG for a page; PURE."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from monitor.views.safe import inline
from monitor.views.width import padded, width

BLOCKS = " ▏▎▍▌▋▊▉"
BAR, ROW, LEFT, RIGHT = 320, 24, 150, 130  # of the SVG, in its units


@dataclass(frozen=True, slots=True)
class Point:
    """One bar: what it is of, how long (at least 0), and the number as written."""

    label: str
    value: float
    written: str


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
    height = ROW * len(points) + 8
    rows = [
        Markup(
            '<text x="{0}" y="{1}" text-anchor="end">{2}</text>'
            '<rect class="bar" x="{3}" y="{4}" width="{5}" height="{6}"/><text x="{7}" y="{1}">{8}</text>'
        ).format(
            LEFT - 8,
            ROW * k + 18,
            inline(point.label),
            LEFT,
            ROW * k + 6,
            round(share(point, points) * BAR, 1),
            ROW - 8,
            LEFT + round(share(point, points) * BAR, 1) + 8,
            inline(point.written),
        )
        for k, point in enumerate(points)
    ]
    head = Markup(
        '<svg viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" aria-label="{2}"><title>{2}</title>'
        '<line class="axis" x1="{3}" x2="{3}" y1="2" y2="{1}"/>'
    ).format(LEFT + BAR + RIGHT, height, inline(title), LEFT)
    return head + Markup("").join(rows) + Markup("</svg>")
