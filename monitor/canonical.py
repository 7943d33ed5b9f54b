"""Which of the copies of a report to trust."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from monitor.placing import Copy
from monitor.sketch import Hashes

WHOLE = 0.95  # of what the copies agree on; wording lost in a whole copy is below that
SIMILAR = 0.8  # of the longest copy's prose; related articles below a report are rarely a quarter of it
WORN = 0.03  # of the common text; two printings of one text differ by less


def canonical(copies: Sequence[Copy]) -> tuple[int, str]:
    """Which copy to trust, as its index, and why: whole, then undamaged, then by source, script, order, wording, date.

    Whole is what has nearly all that at least two copies have, and about as much running text as the longest: so
    neither a shared cut nor one copy's navigation decides. At least one copy must be given.
    """
    standings = standings_of(copies)

    def order(index: int) -> tuple[object, ...]:
        copy, standing = copies[index], standings[index]
        state = copy.condition
        return (
            not standing.whole,
            state.damaged if standing.whole else -round(standing.share, 1),
            0 if standing.whole else -round(standing.size, -2),
            copy.tier or 9,
            state.traditional >= 0.2,
            copy.repeated,
            not state.ordered,
            not copy.begins,
            -round(standing.share, 2),
            round(standing.surplus, 2),
            copy.published_on or date.max,
            len(copy.text),
            copy.text,
        )

    best = min(range(len(copies)), key=order)
    return best, reason(copies, best, standings[best])


@dataclass(frozen=True, slots=True)
class Standing:
    """How a copy stands among the others.

    share    of what at least two copies have, it has so much, 0–1
    size     of its readable running text, in different anchors
    surplus  what it has alone, as a share of what is common; where every copy has much alone, words were lost in some,
             and it is what the copy lacks of the longest one instead
    """

    share: float
    size: float
    surplus: float
    whole: bool


def standings_of(copies: Sequence[Copy]) -> list[Standing]:
    """How each copy stands among all; twins count once."""
    twins = {copy.folded.letters: copy.prose for copy in copies}
    agreed = agreed_on(list(twins.values()))
    shares = [part_of(copy.prose, agreed) for copy in copies]
    sizes = [len(copy.prose) * (1 - copy.condition.unreadable) for copy in copies]
    common = max(1.0, *(share * len(agreed) for share in shares))
    alone = [(size - share * len(agreed)) / common for share, size in zip(shares, sizes, strict=True)]
    worn = min(alone) > WORN
    return [
        Standing(share, size, (max(sizes) - size) / common if worn else extra, whole(share, size, max(sizes)))
        for share, size, extra in zip(shares, sizes, alone, strict=True)
    ]


def whole(share: float, size: float, most: float) -> bool:
    """Is a copy with this share of the common text, and so much text, a whole one?"""
    return share >= WHOLE and size >= SIMILAR * most


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
