"""Does a page hold several reports? Such a page is a copy of none of them."""

import re
from itertools import pairwise

from monitor.overlap import Folded, folded, overlap

# On folded text, which has neither digits nor punctuation: the salutation after its meeting, or who reports for whom.
# One of them stands once in all 70 provincial and Hailar reports and in the national ones but 1955's and 1964's.
OPENING = re.compile(
    r"代表大会.{0,16}会议上?.{0,50}?各位代表"
    r"|我.{0,3}?(?:代表|受).{0,24}?(?:政府|国务院|委员会|公署).{0,40}?(?:报告|审议)"
)
BEFORE = 60  # title and meeting before an opening
APART = 400  # openings nearer to each other are one
ONCE = 0.7  # share of 5-grams that are different ones; a text printed twice has .5, any single report more than .8
LEAST = 1_000  # Han characters that make a report's worth; shorter stretches are lists and teasers


def openings(letters: str) -> list[int]:
    """Where reports begin in a folded text."""
    found: list[int] = []
    for match in OPENING.finditer(letters):
        if not found or match.start() - found[-1] > APART:
            found.append(match.start())
    return found


def reports_within(text: Folded) -> list[Folded]:
    """The different reports a page holds one after the other; fewer than two where it is no compilation.

    A page that holds the same report several times, as some reprints do, is no compilation.
    """
    starts = openings(text.letters)
    if len(starts) < 2 or text.content < ONCE * len(text.anchors):
        return []
    edges = [max(0, start - BEFORE) for start in starts] + [len(text)]
    stretches = [(a, b) for a, b in pairwise(edges) if b - a >= LEAST]
    parts: list[Folded] = []
    for start, end in stretches:
        part = folded(text.letters[start:end])
        if all(overlap(part, known).matched.mean() < 0.5 > overlap(known, part).matched.mean() for known in parts):
            parts.append(part)
    return parts if len(parts) > 1 else []
