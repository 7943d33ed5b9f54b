"""Are two texts copies of one report, and how do they differ?

Decided on windows of 128 Han characters of the text that says less, mojibake left out (overlap.overlap). Of two copies
the windows are found in the other text; of reports of consecutive years or of two places, one in ten, here and there. A
digest takes sentences from all over its report: little of it follows on in both, and much is skipped in between.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np

from monitor.condition import Condition
from monitor.overlap import WINDOW, Folded, Overlap, Run, covered, overlap, runs
from monitor.sketch import GRAM
from storage.values import Likeness, Relation

# Tuned on corpus/national, prov and hailar and copies made of them, measured by `python tests/bench/copies.py`:
HALF, CLOSE = 0.5, 0.8  # half of the windows, if they are alike on average; copies in the same words have all
MOST = 0.8  # of the windows, however much was lost in each; ends of other years' reports have up to .63
LONG, LONGEST = 8, 24  # windows in one run, alike or however unlike; other reports have four, or ten in a stock ending
REPEATED = 0.6  # share of its 5-grams that a text of more than MANY windows has from the other, in whatever order
MANY = 16
SURE = 6  # windows found; fewer may be a stock opening or ending
WHOLE, MUCH = 40, 0.6  # windows of a text so long that of other reports so many are not found, alike or not
FEWEST = 4  # windows found that tell anything at all: 400 characters can be a stock ending
ALIKE = 0.9  # of the characters of so few windows
DENSE = (
    0.6  # share of the other text, and of the stretch between first and last place in it, that digests leave unfilled
)
SHORT = 4  # windows in a row, on average, in a digest at most
QUOTED = 0.4  # share of its 5-grams that a digest has from its report; other reports share .3 at most
# Of a digest that keeps half of the sentences nearly all phrases are its report's, and at every other step it leaves
# some out; of a copy that lost characters a sixth are, of one that lacks pages few steps leap.
VERBATIM, LEAPS = 0.8, 0.3
WORTH = 8  # windows of a digest at least; a shorter one may be all stock phrases


class Verdict(StrEnum):
    """What two texts are to each other."""

    SAME = "same"
    RELATED = "related"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether two texts are copies of one report.

    matched   share of the readable windows of the shorter text that the longer one has, 0–1
    within    is the first text the shorter one?
    """

    verdict: Verdict
    why: str
    matched: float
    within: bool


def same_report(text: Folded, other: Folded) -> Decision:
    """Are these copies of one report, or is one a digest of the other? The same whichever comes first."""
    within = (text.content, len(text), text.letters) <= (other.content, len(other), other.letters)
    short, long = (text, other) if within else (other, text)
    if short.letters == long.letters:
        return Decision(Verdict.SAME, "the same characters", 1.0, within)
    found = overlap(short, long)
    hits, windows = int(found.matched.sum()), int(found.sound.sum())
    pieces = runs(found, len(long))
    leaping = (skipping(pieces) or leaps(found) >= LEAPS) and not going_on(short, long)
    verdict, why = judged(pieces, hits, windows, short, long, leaping=leaping)
    return Decision(verdict, why, found.part, within)


def judged(
    found: list[Run], hits: int, windows: int, short: Folded, long: Folded, *, leaping: bool
) -> tuple[Verdict, str]:
    """The verdict on runs of matched windows, and why; `leaping`: is much left out in between, as in digests?"""
    longest = max((run.windows for run in found), default=0)
    share = f"{round(100 * hits / max(1, windows))} % of the shorter one's {windows} windows"
    quoted = quoting(short, long)
    verbatim = quoted >= (QUOTED if skipping(found) else VERBATIM)
    if windows >= WORTH and leaping and verbatim and lacking(short, long):
        return (
            Verdict.RELATED,
            f"a digest: {round(100 * quoted)} % of its phrases are in the longer one, from all over it",
        )
    alike = [run.common >= CLOSE * WINDOW * run.windows for run in found]
    close = sum(r.common for r in found) >= CLOSE * WINDOW * sum(r.windows for r in found)
    enough = hits >= (HALF if close else MUCH if windows >= WHOLE else MOST) * windows
    if enough and (hits >= SURE or exact(found, hits)):
        return Verdict.SAME, f"{share} are in the longer one"
    if longest >= LONGEST or any(a and r.windows >= LONG for a, r in zip(alike, found, strict=True)):
        return Verdict.SAME, f"{longest} windows in a row are in both, though only {share}"
    if windows >= MANY and quoted >= REPEATED:
        return Verdict.SAME, f"{round(100 * quoted)} % of its phrases are in the longer one, in another order"
    return Verdict.DIFFERENT, f"only {share} are in the longer one"


def exact(found: list[Run], hits: int) -> bool:
    """Are so few windows one run and nearly letter for letter the same?"""
    return len(found) == 1 and hits >= FEWEST and found[0].common >= ALIKE * (found[0].end - found[0].start)


def skipping(found: list[Run]) -> bool:
    """Are these pieces of a digest: short, and with much left out between them?"""
    if not found:
        return True
    hits, longest = sum(run.windows for run in found), max(run.windows for run in found)
    if hits > SHORT * len(found) or 2 * longest > hits:
        return False
    span = max(run.high for run in found) - min(run.low for run in found)
    return covered(found) < DENSE * span


def going_on(short: Folded, long: Folded) -> bool:
    """Does the middle half of the shorter text stand in the longer one as it is? Stock phrases of a text that is cut
    out of one place can be found at many.
    """
    quarter = len(short) // 4
    return short.letters[quarter : len(short) - quarter] in long.letters


def leaps(found: Overlap) -> float:
    """Share of the steps from window to window at which the longer text goes on by much more than the shorter, 0–1."""
    index = np.flatnonzero(found.matched)
    ahead, there = np.diff(found.starts[index]), np.diff(found.places[index])
    return float((there - ahead > found.width // 4).mean()) if len(index) > 1 else 0.0


def lacking(short: Folded, long: Folded) -> bool:
    """Is much of the longer text not in the shorter one? Repeated or worn, it may be all there."""
    return quoting(long, short) < DENSE and overlap(long, short).part < DENSE


def likeness(canonical: Folded, copy: Folded, now: Condition) -> Likeness:
    """How a copy in this condition stands to the canonical one, and what differs, in words."""
    if copy.letters == canonical.letters:
        return Likeness(Relation.DAMAGED if now.damaged else Relation.SAME, 100.0, 100.0, now.words)
    found = overlap(copy, canonical)
    pieces = runs(found, len(canonical))
    here, there = sum(r.end - r.start for r in pieces), sum(r.high - r.low for r in pieces)
    alike = 200 * sum(r.common for r in pieces) / max(1, here + there)
    coverage = 100 * covered(pieces) / max(1, len(canonical))
    within = 100 * here / max(1, len(copy))
    notes = [*now.words]
    if scrambled(pieces):
        alike = max(alike, 100 * quoting(copy, canonical) ** (1 / GRAM))
        coverage = max(coverage, 100 * quoting(canonical, copy))
        within = max(within, 100 * quoting(copy, canonical))
        notes.append("paragraphs in another order")
    alike, coverage, within = min(100.0, alike), min(100.0, coverage), min(100.0, within)
    notes += [*wording(alike, here, there), *extent(pieces, coverage, len(canonical)), *beyond(pieces, len(copy))]
    relation = Relation.SAME if coverage >= 90 else Relation.PARTIAL
    if now.damaged or alike < 97:
        relation = Relation.DAMAGED
    return Likeness(relation, round(alike, 1), round(coverage, 1), tuple(notes), round(within, 1))


def quoting(text: Folded, other: Folded) -> float:
    """Share of the different 5-grams of a text that the other has too, anywhere, 0–1."""
    if not len(text.anchors) or not len(other.anchors):
        return 0.0
    different = text.anchors[np.append(True, text.anchors[1:] != text.anchors[:-1])]
    there = other.anchors.take(other.anchors.searchsorted(different), mode="clip")
    return float((there == different).mean())


def scrambled(pieces: list[Run]) -> bool:
    """Do the runs stand in another order than in the other text?"""
    lows = [run.low for run in pieces]
    return sum(b < a for a, b in pairwise(lows)) >= max(3, len(pieces) // 5)


def wording(alike: float, here: int, there: int) -> list[str]:
    """Within the stretch both have: characters lost or replaced."""
    if alike >= 98.5:
        return []
    lost = 1 - here / max(1, there)
    if lost >= 0.03 and alike >= 100 * (1 - lost * 0.75):
        return [f"{round(100 * lost)} % of the characters missing"]
    return [f"{round(100 - alike)} % of the characters differ"]


def extent(pieces: list[Run], coverage: float, size: int) -> list[str]:
    """Which stretch of the canonical copy, of that size, is there."""
    if not pieces:
        return ["nothing in common with the canonical copy"]
    said = []
    low, high = min(r.low for r in pieces), max(r.high for r in pieces)
    if low > 0.04 * size:
        said.append(f"begins {round(100 * low / size)} % into the report")
    if high < 0.96 * size:
        said.append(f"ends early, at {round(100 * high / size)} %")
    if (high - low) / size - coverage / 100 > 0.05:
        said.append("passages missing in between")
    return said


def beyond(pieces: list[Run], size: int) -> list[str]:
    """What the copy, of that size, has that the canonical one has not."""
    if not pieces:
        return []
    said = []
    first, last = min(r.start for r in pieces), max(r.end for r in pieces)
    for name, other in (("before", first), ("after", size - last)):
        if other > max(0.03 * size, WINDOW):
            said.append(f"{other} other characters {name}")
    doubled = sum(r.high - r.low for r in pieces) - covered(pieces)
    if doubled > 0.5 * covered(pieces):
        said.append("holds text twice")
    return said
