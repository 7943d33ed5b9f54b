"""Which new measures stood in an earlier year's report, though not in last year's; PURE."""

import numpy as np

from monitor import cues
from monitor.align import Side
from monitor.commonness import Commonness
from monitor.grams import Grams, Numbers, distinct, regrouped, shared_weight

# Chosen on the invented reports of crawler/sample, whose truth says what returned: 13 of 13, with 1 more that had not.
RECOVERED, TOLD = 10.0, 7.0  # rarity of what only the earlier year has; less is enough where the sentence says 重启
FALL = 0.2  # by which a measure is less novel against the earlier year


def recovered(new: Side, old: Side, earlier: Side, commonness: Commonness) -> Numbers:
    """For each new sentence the most that one earlier sentence has of what the old report lacks.

    Summed rarity of n-grams of three characters.
    """
    count = len(new.passages)
    grams = distinct(regrouped(new.letters.grams(3), new.clauses.owner))
    lacking = ~np.isin(grams.codes, old.letters.grams(3).codes)
    kept = Grams(grams.codes[lacking], grams.owner[lacking])
    there = distinct(regrouped(earlier.letters.grams(3), earlier.clauses.owner))
    shared = shared_weight(kept, there, commonness.rarity(kept.codes), (count, len(earlier.passages)))
    return np.asarray(shared.max(axis=1, initial=0.0), dtype=np.float64)


def has_returned(new: Side, novelty: Numbers, before: Numbers, found: Numbers) -> list[bool]:
    """Does each new sentence come back to a measure of the earlier year?

    novelty  against last year's report
    before   against the earlier one
    found    what `recovered` gave
    """
    says = np.array([bool(cues.RETURNING.search(t)) for t in new.folded], dtype=bool)
    back = (found >= RECOVERED) & (novelty - before >= FALL) | (found >= TOLD) & says
    return [bool(flag) for flag in back]
