"""Printed pages to running text: without heads, feet and page numbers, lines joined to paragraphs."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import ceil

NUMBER = re.compile(r"^[\s—–\-·.|/]*(?:第?\s*\d{1,4}\s*页?)(?:\s*[,，/共]*\s*\d{1,4}\s*页?)?[\s—–\-·.|/]*$")
DIGITS = re.compile(r"\d+")
HEADING = re.compile(
    r"^\s*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]|第[一二三四五六七八九十]+(?:部分|章|节)|\d{1,2}[.．、]\s*(?=[一-鿿])|"
    r"[—─]{1,2}|各位代表|附件)"
)
ENDED = re.compile(r"[。！？：；!?:;”）)]\s*$")
FULL = 0.82  # of the usual width: a line that long runs on into the next
OFTEN = 0.5  # of the pages: a line at the edge that comes back so often is a running head
EDGE = 2  # lines at the top and the bottom of a page in which running heads stand
SPACED = re.compile(
    r"(?<=[\u2e80-\u9fff\uff00-\uffef、。《》“”‘’])[ \t\xa0]+(?=[\u2e80-\u9fff\uff00-\uffef、。《》“”‘’])"
)
DIGIT_SPACED = re.compile(
    r"(?<=[一-鿿])[ \t\xa0]+(?=[\d.]+[ \t\xa0]*[一-鿿%％])|(?<=[\d%％])[ \t\xa0]+(?=[一-鿿，。；、])"
)


def flow(pages: Sequence[Sequence[str]]) -> list[str]:
    """The paragraphs of printed pages, in order.

    A line runs on into the next when it fills the width of the page and the next does not begin as a heading or
    with an indent; spaces that a PDF puts between characters go.
    """
    lines = [line.rstrip() for page in bare(pages) for line in page if line.strip()]
    if not lines:
        return []
    width = sorted(len(tight(line)) for line in lines)[ceil(0.9 * (len(lines) - 1))]
    paragraphs = [lines[0].strip()]
    for before, line in pairwise(lines):
        if runs_on(before, line, width):
            paragraphs[-1] = attached(paragraphs[-1], line.strip())
        else:
            paragraphs.append(line.strip())
    return [tight(line) for line in paragraphs if tight(line)]


def bare(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """The pages without page numbers and running heads."""
    filled = [[line for line in page if line.strip()] for page in pages]
    edges = ([line for line in [*page[:EDGE], *page[-EDGE:]] if not ENDED.search(line)] for page in filled)
    seen = Counter(key for lines in edges for key in set(map(shape, lines)))
    running = {key for key, times in seen.items() if len(filled) >= 4 and times >= OFTEN * len(filled)}
    return [
        [
            line
            for at, line in enumerate(page)
            if not (edge(at, len(page)) and (NUMBER.match(line) or shape(line) in running))
        ]
        for page in filled
    ]


def edge(at: int, length: int) -> bool:
    """Is a line among the first or last of its page?"""
    return at < EDGE or at >= length - EDGE


def shape(line: str) -> str:
    """A line with its numbers made alike."""
    return DIGITS.sub("#", "".join(line.split()))


def runs_on(before: str, line: str, width: int) -> bool:
    """Does a paragraph go on from one printed line to the next?"""
    if HEADING.match(line) or line.startswith(("    ", "\u3000\u3000")):
        return False
    filled = len(tight(before)) >= FULL * width
    return filled and not (ENDED.search(before) and len(tight(before)) < 0.95 * width)


def attached(before: str, line: str) -> str:
    """Two lines as one, with a space only between Latin words."""
    space = " " if before[-1:].isascii() and before[-1:].isalpha() and line[:1].isascii() and line[:1].isalpha() else ""
    return before + space + line


def tight(line: str) -> str:
    """A line without the spaces that a PDF or a typist put between Chinese characters and around numbers."""
    return DIGIT_SPACED.sub("", SPACED.sub("", line)).strip()
