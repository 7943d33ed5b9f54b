"""Where two texts say the same: stretches of one laid against their places in the other, verified by rapidfuzz.

Windows of one text are placed in the other by the 5-grams both have (one in eight is looked at), and the characters
of each window are then counted that really occur there in order (longest common subsequence). Nothing of it is
quadratic in the length of a text, and no text is held against another as a whole.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from monitor.sketch import STRETCH, Flags, Hashes, Places, gram_hashes, kept, readable

WINDOW = STRETCH  # 128 characters, about three sentences: stock phrases do not fill one
ANCHOR = 8  # one 5-gram in eight places a window; of a copy that lost 30 % of its characters 3 a window are left
# Share of a window's characters that the other text must have in order. Copies that lost 30 % of their characters have
# .7 and more; of windows of another year's or place's report one in ten reaches it, never more than four in a row
# (corpus/hailar, prov, national; measured by `python tests/bench/copies.py`).
MATCHED = 0.6
GAP = 2
LED = 0.4  # share of windows found from which those between are looked for; of other reports a fifth is found at most
REPEATS = 4  # of a 5-gram that occurs more often, as all do in a page that is printed six times, the first places count


@dataclass(frozen=True, slots=True, eq=False)
class Folded:
    """A text made ready to be compared.

    letters  its Han characters, simplified (see sketch.han_codes)
    sketch   see sketch.sketch
    anchors  hashes of the 5-grams in sound windows that place windows, ascending
    places   where each anchor begins in `letters`
    sound    for each window of the text: is it running text, not mojibake and not navigation?
    content  number of different anchors: how much it says, however often it is printed on one page
    """

    letters: str
    sketch: Hashes
    anchors: Hashes
    places: Places
    sound: Flags
    content: int

    def __len__(self) -> int:
        return len(self.letters)


def folded(text: str) -> Folded:
    """The text made ready to be compared."""
    codes, flags = readable(text)
    hashes = gram_hashes(codes)
    places = np.flatnonzero(hashes & np.uint32(ANCHOR - 1) == 0)
    places = places[flags[places // STRETCH]]
    places = places[np.argsort(hashes[places], kind="stable")]
    anchors = hashes[places]
    content = int(np.count_nonzero(np.diff(anchors))) + (len(anchors) > 0)
    letters = codes.astype("<u2").tobytes().decode("utf-16-le")
    return Folded(letters, kept(hashes, flags), anchors, places, flags, content)


@dataclass(frozen=True, slots=True, eq=False)
class Overlap:
    """The windows of a text and where another text has them.

    starts  where each window begins in the text
    width   characters of a window
    sound   is the window running text? Others count for nothing
    shared  share of the window's characters that the other text has in order at `places`, 0–1
    places  middle of the window in the other text; −1 where it has none
    """

    starts: Places
    width: int
    sound: Flags
    shared: NDArray[np.float64]
    places: Places

    @property
    def matched(self) -> Flags:
        """Which windows the other text has."""
        return (self.shared >= MATCHED) & self.sound

    @property
    def part(self) -> float:
        """Share of the windows of running text that the other text has, 0–1."""
        return int(self.matched.sum()) / max(1, int(self.sound.sum()))


@dataclass(frozen=True, slots=True)
class Run:
    """Windows that follow each other in both texts.

    windows     matched ones among them
    start, end  stretch of the text
    low, high   stretch of the other text
    common      characters that both stretches have in order
    """

    windows: int
    start: int
    end: int
    low: int
    high: int
    common: float


def overlap(text: Folded, other: Folded) -> Overlap:
    """How much of each window of `text` is found in `other`, and where; of windows of running text only."""
    width = min(WINDOW, max(1, len(text)))
    starts = np.minimum(np.arange(0, len(text), width), len(text) - width)
    windows, offsets = anchored(text, other, width)
    places = placed(windows, offsets, starts, width)
    shared = np.zeros(len(starts))
    chosen = ((places >= 0) & text.sound).nonzero()[0]
    equal = verbatim(text, other, starts[chosen], places[chosen] - width // 2, width)
    shared[chosen[equal]] = 1.0
    for index in chosen[~equal].tolist():
        shared[index] = common(text, other, int(starts[index]), int(places[index]), width)
    found = Overlap(starts, width, text.sound, shared, places)
    between(found, text, other)
    return found


def common(text: Folded, other: Folded, start: int, middle: int, width: int) -> float:
    """Share of a window's characters that the other text has in order around this place, 0–1."""
    around = other.letters[max(0, middle - width) : middle + width]
    return float(LCSseq.similarity(text.letters[start : start + width], around)) / width


def between(found: Overlap, text: Folded, other: Folded) -> None:
    """Windows without a place, or with a wrong one, beside some that have theirs are looked for where they would be.

    Where three characters in ten were replaced, a window in fifteen keeps none of the 5-grams that places go by.
    """
    matched = found.matched
    known = np.flatnonzero(matched)
    if not len(known) or len(known) < LED * int(found.sound.sum()):
        return
    for index in np.flatnonzero(found.sound & ~matched).tolist():
        at = int(np.searchsorted(known, index))
        for near in known[max(0, at - 1) : at + 1].tolist():
            middle = int(found.places[near] + found.starts[index] - found.starts[near])
            if abs(near - index) > GAP or not 0 <= middle < len(other):
                continue
            share = common(text, other, int(found.starts[index]), middle, found.width)
            if share > found.shared[index]:
                found.shared[index], found.places[index] = share, middle


def verbatim(text: Folded, other: Folded, starts: Places, places: Places, width: int) -> Flags:
    """Which windows the other text has at these places, character by character; others have to be aligned."""
    inside = (places >= 0) & (places + width <= len(other))
    found = np.zeros(len(starts), np.bool_)
    here, there = (np.frombuffer(t.letters.encode("utf-16-le"), np.uint16) for t in (text, other))
    steps = np.arange(width)
    found[inside] = (here[starts[inside, None] + steps] == there[places[inside, None] + steps]).all(axis=1)
    return found


def anchored(text: Folded, other: Folded, width: int) -> tuple[Places, Places]:
    """For each anchor that both texts have: the window of `text` it lies in, and how far `other` has it behind."""
    first = np.searchsorted(other.anchors, text.anchors, "left")
    count = np.searchsorted(other.anchors, text.anchors, "right") - first
    known = np.flatnonzero(count)
    windows, offsets = [], []
    for repeat in range(REPEATS):
        chosen = known[count[known] > repeat]
        here = text.places[chosen]
        windows.append(here // width)
        offsets.append(other.places[first[chosen] + repeat] - here)
    return np.concatenate(windows), np.concatenate(offsets)


def placed(windows: Places, offsets: Places, starts: Places, width: int) -> Places:
    """The middle of each window in the other text: where most of its anchors agree within half a window; else −1."""
    middles = np.full(len(starts), -1, np.int64)
    if not len(windows):
        return middles
    half = width // 2 or 1
    steps = offsets // half
    span = int(steps.max() - steps.min()) + 1
    votes = windows * span + (steps - steps.min())
    bins, owner, count = np.unique(votes, return_inverse=True, return_counts=True)
    total = np.bincount(owner, offsets).astype(np.float64) / count
    best = np.lexsort((-count, bins // span))
    window, chosen = np.unique(bins[best] // span, return_index=True)
    middles[window] = np.maximum(0, starts[window] + total[best][chosen].astype(np.int64) + half)
    return middles


def runs(found: Overlap, size: int) -> list[Run]:
    """The matched windows, joined where they follow each other in both texts; `size` is the other text's length.

    Up to two windows between may be unmatched; the other text may have lost or gained half of its characters.
    """
    index = np.flatnonzero(found.matched)
    if not len(index):
        return []
    starts, places, width = found.starts[index], found.places[index], found.width
    ahead, there = np.diff(starts), np.diff(places)
    follows = (ahead <= (GAP + 1) * width) & (there > 0.5 * ahead - width / 4) & (there < 1.5 * ahead + width / 4)
    edges = [0, *(np.flatnonzero(~follows) + 1).tolist(), len(index)]
    return [run_of(found, index[low:high], size) for low, high in pairwise(edges)]


def run_of(found: Overlap, index: Places, size: int) -> Run:
    """The run of these windows."""
    first, last, width = index[0], index[-1], found.width
    start, end = int(found.starts[first]), int(found.starts[last]) + width
    low, high = int(found.places[first]), int(found.places[last])
    rate = (high - low) / max(1, end - width - start) if high > low else 1.0
    inner = index[1:-1] if len(index) > 4 else index  # the outermost may be half other text
    half = round(width / 2 * min(2.0, max(0.5, rate)))
    return Run(
        windows=len(index),
        start=start,
        end=end,
        low=max(0, low - half),
        high=min(size, high + half),
        common=float(found.shared[inner].mean()) * len(index) * width,
    )


def covered(found: list[Run]) -> int:
    """Characters of the other text that the runs lie on, each counted once."""
    total = reached = 0
    for run in sorted(found, key=lambda r: r.low):
        total += max(0, run.high - max(run.low, reached))
        reached = max(reached, run.high)
    return total
