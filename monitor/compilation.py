"""Does a page hold several reports? Such a page is a copy of none of them."""

import re
from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from monitor.overlap import Folded, folded, overlap

# On folded text, which has neither digits nor punctuation: the salutation after its meeting, and who reports for whom.
# One of them stands once in all 70 provincial and Hailar reports and in the national ones but 1964's.
MEETING = r"代表大会.{0,16}会议上?.{0,50}?各位代表"
REPORTING = r"我.{0,3}?(?:代表|受).{0,24}?(?:政府|国务院|委员会|公署).{0,40}?(?:报告|审议)"
OPENINGS = tuple(map(re.compile, (MEETING, REPORTING, rf"{MEETING}|各位代表.{{0,12}}?{REPORTING}")))
BEFORE = 60  # title and meeting before an opening
APART = 400  # openings nearer to each other are one
AGAIN = 0.5  # of a stretch; a third of a single report's 5-grams occur in it more than once
LEAST = 1_000  # Han characters that make a report's worth; shorter stretches are lists and teasers


def openings(letters: str) -> list[int]:
    """Where reports begin in a folded text.

    By the kind of opening that occurs most often. Shuffled paragraphs tear the meeting of one report from who reports,
    so they count together only where both have their salutation.
    """
    return max((apart(match.start() for match in kind.finditer(letters)) for kind in OPENINGS), key=len)


def apart(places: Iterable[int]) -> list[int]:
    """These places without those that follow another closely."""
    found: list[int] = []
    for place in places:
        if not found or place - found[-1] > APART:
            found.append(place)
    return found


def reports_within(text: Folded) -> list[Folded]:
    """The different reports a page holds one after the other; fewer than two where it is no compilation.

    A page that holds the same report several times, as some reprints do, is no compilation.
    """
    starts = openings(text.letters)
    if len(starts) < 2:
        return []
    edges = [max(0, start - BEFORE) for start in starts] + [len(text)]
    stretches = [folded(text.letters[a:b]) for a, b in pairwise(edges) if b - a >= LEAST]
    values, count = np.unique(text.anchors, return_counts=True)
    repeated = values[count > 1]
    if all(np.isin(stretch.anchors, repeated).mean() > AGAIN for stretch in stretches):
        return []
    parts: list[Folded] = []
    for stretch in stretches:
        if not any(alike(stretch, part) for part in parts):
            parts.append(stretch)
    return parts if len(parts) > 1 else []


def alike(text: Folded, other: Folded) -> bool:
    """Is half of either text in the other?"""
    return any(overlap(a, b).part >= AGAIN for a, b in ((text, other), (other, text)))
