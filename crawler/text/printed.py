"""The lines of one page of a PDF in the order they are read: columns one after the other.

pypdf gives text in the order in which the file draws it. That is the order of reading but where a program drew two
columns row by row; such a page shows running text on both sides of an empty middle, again and again from left to right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdf import PageObject

ROWS = 5  # that many rows with text on both sides make columns
SIDES = 0.6  # of the rows must have both
FILLED = 0.6  # of its column a row fills in running text; a cell of a table does not
SWITCHES = 0.5  # of the two-sided rows are drawn across, or the columns are in order as they are
MARGIN = 0.02  # of the page's width: how far a column may reach beyond the middle


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text on a page: its place from the left and the bottom, its estimated end, in points."""

    left: float
    right: float
    bottom: float
    text: str


def lines_on(page: "PageObject") -> list[str]:
    """The lines of a page; the errors are pypdf's."""
    pieces: list[Piece] = []

    def drawn(text: str, matrix: list[float], placed: list[float], _font: object, size: float) -> None:
        said = text.strip()
        if said:
            across = placed[4] * matrix[0] + placed[5] * matrix[2] + matrix[4]
            up = placed[4] * matrix[1] + placed[5] * matrix[3] + matrix[5]
            high = size * abs(placed[0] * matrix[0])
            pieces.append(Piece(across, across + high * wide(said), up, said))

    text = page.extract_text(visitor_text=drawn) or ""
    return in_columns(pieces, float(page.mediabox.width)) or text.split("\n")


def wide(text: str) -> float:
    """Width of a text in heights of its font: a Chinese character is as wide as high, a Latin one half as wide."""
    return sum(0.5 if ord(character) < 0x2E80 else 1.0 for character in text)


def in_columns(pieces: Sequence[Piece], width: float) -> list[str]:
    """The lines of a page that was drawn across its two columns, column by column; [] for any other page."""
    middle, margin = width / 2, MARGIN * width
    rows: dict[int, tuple[list[Piece], list[Piece], list[Piece]]] = {}
    sides = []
    for piece in pieces:
        side = 1 if piece.left >= middle - margin else 0 if piece.right <= middle + margin else 2
        sides.append(side)
        rows.setdefault(round(piece.bottom), ([], [], []))[side].append(piece)
    both = [row for row in rows.values() if row[0] and row[1] and not row[2]]
    switches = sum(before == 0 and after == 1 for before, after in pairwise(sides))
    if len(both) < ROWS or len(both) < SIDES * len(rows) or switches < SWITCHES * len(both):
        return []
    begin = min(piece.left for row in both for piece in row[0])
    filled = sorted(max(piece.right for piece in row[0]) - begin for row in both)[len(both) // 2]
    return read_down(rows) if filled >= FILLED * (middle - begin) else []


def read_down(rows: dict[int, tuple[list[Piece], list[Piece], list[Piece]]]) -> list[str]:
    """Down the left column, down the right one; what goes across both parts what is above from what is below."""
    lines: list[str] = []
    left: list[str] = []
    right: list[str] = []
    for height in sorted(rows, reverse=True):
        sides = [joined(side) for side in rows[height]]
        if sides[2]:
            lines += [*left, *right, joined([piece for side in rows[height] for piece in side])]
            left, right = [], []
        else:
            left += [sides[0]] if sides[0] else []
            right += [sides[1]] if sides[1] else []
    return [*lines, *left, *right]


def joined(pieces: Sequence[Piece]) -> str:
    """The pieces of a row from left to right."""
    return "".join(piece.text for piece in sorted(pieces, key=lambda piece: piece.left))
