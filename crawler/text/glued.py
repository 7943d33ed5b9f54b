"""Paragraphs of a text whose line breaks were lost: everything in one <p>, or on one line of a dump."""

import re
from collections.abc import Sequence

from crawler.text.lines import Line

# The longest of the 6829 lines of corpus/prov and corpus/hailar has 1761; a report in one line has ten thousand.
LONGEST = 2000  # characters of a paragraph
HEADING = 45  # characters of a heading
NUMBER = r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十][部章]分?)"
# Behind a full stop: a numbered heading, an item with a dash, the salutation; behind a space: a numbered heading.
BEGIN = re.compile(
    rf"(?<=[。！？；：…”!?;])[ \u3000]*(?={NUMBER}|[—─]{{2}}(?!\d)|各位代表[：:！])|"
    rf"(?<=[一-鿿])[ \u3000]+(?={NUMBER})"
)
HEAD = re.compile(rf"({NUMBER}[^。！？；：:!?;]{{2,{HEADING}}}?)[ \u3000]+(?=[一-鿿“《])")


def unglued(lines: Sequence[Line]) -> list[Line]:
    """The lines, those longer than any paragraph parted at their headings and items; else as they are."""
    return [part for line in lines for part in (parted(line) if len(line.text) > LONGEST else [line])]


def parted(line: Line) -> list[Line]:
    """The paragraphs of one line, by the numbers of their headings."""
    found = []
    for piece in BEGIN.split(line.text):
        head = HEAD.match(piece)
        found += [head[1], piece[head.end() :]] if head else [piece]
    return [Line(text, line.linked, line.aside) for text in found if text]
