"""Columns of a terminal: how wide a text is, and how it is broken; PURE. CJK characters take two columns."""

import unicodedata
from collections.abc import Sequence

from monitor.views.marks import Segment


def wide(character: str) -> int:
    """Columns of one character (Unicode Standard Annex #11; ambiguous ones as terminals of the West show them)."""
    if unicodedata.combining(character) or unicodedata.category(character) == "Mn":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def width(text: str) -> int:
    """Columns of a text."""
    return sum(map(wide, text))


def padded(text: str, columns: int) -> str:
    """The text, filled with spaces to so many columns."""
    return text + " " * (columns - width(text))


def folded(segments: Sequence[Segment], columns: int) -> list[list[Segment]]:
    """The segments broken into lines of at most so many columns; a line break in the text begins a line."""
    lines: list[list[Segment]] = [[]]
    used = 0
    for segment in segments:
        kept = ""
        for character in segment.text:
            size = wide(character)
            if used + size > columns or character == "\n":
                lines[-1].append(Segment(kept, segment.mark))
                lines.append([])
                kept, used = "", 0
            if character != "\n":
                kept, used = kept + character, used + size
        lines[-1].append(Segment(kept, segment.mark))
    return [[segment for segment in line if segment.text] for line in lines]
