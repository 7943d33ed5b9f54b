"""Which of the copies of a report to trust."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from monitor.placing import Copy
from monitor.sketch import Hashes

WHOLE = 0.95  # of what the copies agree on; wording lost in a whole copy is below that
SIMILAR = 0.93  # of the longest copy's running text: a missing page is worse than a related article below the text
FULL = 0.99  # of it; shorter by less, a copy only has less beside the text


def canonical(copies: Sequence[Copy]) -> tuple[int, str]:
    """Which copy to trust, as its index, and why: whole, then undamaged, then by source, script, order, wording, date.

    Whole is what has nearly all that the copies agree on, and about as much running text as the longest that has: so
    neither lost characters nor a shared cut nor navigation decides. At least one copy must be given.
    """
    if len(copies) == 1:
        return 0, reason(copies, 0, Standing(1.0, 1.0, whole=True))
    standings = standings_of(copies)

    def order(index: int) -> tuple[object, ...]:
        copy, standing = copies[index], standings[index]
        state = copy.condition
        return (
            not standing.whole,
            state.damaged if standing.whole else -round(standing.share, 1),
            0 if standing.whole else -round(standing.size, 1),
            copy.tier or 9,
            state.traditional >= 0.2,
            copy.repeated,
            not state.ordered,
            not copy.begins,
            -round(standing.share, 2),
            standing.size < FULL,
            copy.published_on or date.max,
            len(copy.text),
            copy.text,
        )

    best = min(range(len(copies)), key=order)
    return best, reason(copies, best, standings[best])


@dataclass(frozen=True, slots=True)
class Standing:
    """How a copy stands among the others.

    share  of what the copies agree on, it has so much, 0–1
    size   its readable running text as a share of the longest one's of those that have nearly all of that
    whole  does it have nearly all of both?
    """

    share: float
    size: float
    whole: bool


def standings_of(copies: Sequence[Copy]) -> list[Standing]:
    """How each copy stands among all; twins count once."""
    agreed = agreed_on(list({copy.folded.letters: copy.prose for copy in copies}.values()))
    shares = [part_of(copy.prose, agreed) for copy in copies]
    sizes = [len(copy.prose) * (1 - copy.condition.unreadable) for copy in copies]
    # What lost or changed characters makes 5-grams of its own, and would seem the longest.
    most = max((size for size, share in zip(sizes, shares, strict=True) if share >= WHOLE), default=max(sizes))
    return [
        Standing(share, size / max(1.0, most), share >= WHOLE and size >= SIMILAR * most)
        for share, size in zip(shares, sizes, strict=True)
    ]


def agreed_on(contents: Sequence[Hashes]) -> Hashes:
    """The hashes that at least two of these have, and a quarter of them: many damaged copies agree by chance."""
    if not contents:
        return np.zeros(0, np.uint32)
    values, count = np.unique(np.concatenate(contents), return_counts=True)
    return values[count >= max(2, len(contents) / 4)]


def part_of(content: Hashes, agreed: Hashes) -> float:
    """How much of what is agreed on a copy has, 0–1; 1 where nothing is."""
    return float(np.isin(agreed, content).mean()) if len(agreed) else 1.0


def reason(copies: Sequence[Copy], best: int, standing: Standing) -> str:
    """Why this copy is the one to trust, in words."""
    copy = copies[best]
    said = [*(copy.condition.words or ("no damage seen",))]
    if copy.condition.traditional < 0.2:
        said.append("simplified characters")
    if copy.tier is not None:
        said.append(f"source tier {copy.tier}")
    if len(copies) == 1:
        return f"the only copy; {', '.join(said)}"
    rank = "whole" if standing.whole else "the fullest of copies that are all partial or damaged"
    agreed = f"has {round(100 * standing.share)} % of what at least two of {len(copies)} copies agree on"
    return f"{rank}: {agreed}; {', '.join(said)}"
