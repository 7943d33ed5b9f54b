"""Which sentence of last year's report answers to which of this year's; PURE.

All sentences of both reports are held against each other at once by their characters and pairs of characters, each
weighted by how few reports use it; the few likeliest of each are then ranked by more signs: rapidfuzz's ratio, place
in the plan, and whether the neighbours have their answers near by. The ranking's weights were fitted on
shared/gold by `tests/bench/train_novelty.py` (right best sentence on a pair left out: see there).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from monitor.clauses import Clauses, clauses_of
from monitor.commonness import Commonness
from monitor.cues import DIGIT
from monitor.grams import (
    Grams,
    Indices,
    Letters,
    Numbers,
    chosen,
    distinct,
    folded,
    joined,
    letters_of,
    regrouped,
    shared_weight,
)
from monitor.targets import targets_of
from storage.values import Part, Passage, Target

CANDIDATES = 15  # hold a right sentence in 99 % of shared/gold; 8 in 97 %
LENGTH = 0.35  # power of the old sentence's weight that it is divided by: between a containment (0) and a cosine (.5)
SIGNS = ("containing", "phrases", "overlap", "planned", "distance", "neighbours", "ratio")
PAD = 2  # sentences to either side that count as neighbours


@dataclass(frozen=True, slots=True)
class Side:
    """One report, or what is compared of it, taken apart for comparison.

    folded   the sentences in the form that is compared
    targets  the named numbers of each sentence
    place    0–1, where in its part each sentence stands
    planned  whether it stands in the plan
    """

    passages: tuple[Passage, ...]
    clauses: Clauses
    letters: Letters
    folded: tuple[str, ...]
    targets: tuple[tuple[Target, ...], ...]
    place: Numbers
    planned: NDArray[np.bool_]

    def sentence_grams(self, *sizes: int) -> Grams:
        """Distinct n-grams of these sizes, owned by sentences."""
        grams = joined([self.letters.grams(size) for size in sizes])
        return distinct(regrouped(grams, self.clauses.owner), len(self.passages))


@dataclass(frozen=True, slots=True)
class Alignment:
    """For each new sentence the old ones that may answer to it, best first.

    candidates  indices of old sentences, one row for each new sentence
    score       the ranking's score of each, larger is better, comparable within a row
    likeness    0–100: weighted share of characters and pairs in common
    """

    candidates: Indices
    score: Numbers
    likeness: Numbers


def side_of(passages: Sequence[Passage], table: str | None = None) -> Side:
    """Passages made ready for comparison; `table` is the script table of their text, as `table_of` gives it."""
    clauses = clauses_of([p.text for p in passages], table)
    planned = np.array([p.part in (Part.PLAN, Part.CLOSING) for p in passages], dtype=bool)
    sentences = tuple(folded([p.text for p in passages], table))
    targets = tuple(targets_of(s) if DIGIT.search(s) else () for s in sentences)
    return Side(tuple(passages), clauses, letters_of(clauses.texts), sentences, targets, places(planned), planned)


def plan_of(side: Side) -> Side:
    """The plan of a report alone."""
    kept = np.flatnonzero(side.planned).tolist()
    clauses = side.planned[side.clauses.owner]
    return Side(
        tuple(side.passages[k] for k in kept),
        side.clauses.only(side.planned),
        chosen(side.letters, clauses),
        tuple(side.folded[k] for k in kept),
        tuple(side.targets[k] for k in kept),
        side.place[side.planned],
        side.planned[side.planned],
    )


def places(planned: NDArray[np.bool_]) -> Numbers:
    """Where each sentence stands in its half, from 0 to 1."""
    place = np.zeros(len(planned))
    for half in (planned, ~planned):
        place[half] = np.arange(half.sum()) / max(1, half.sum())
    return place


def weights_of(side: Side, commonness: Commonness, sizes: tuple[int, ...], power: float) -> tuple[Grams, Numbers]:
    """Distinct n-grams of the sentences, and the weight of each."""
    grams = side.sentence_grams(*sizes)
    return grams, commonness.rarity(grams.codes) ** power


def common(
    new: Side, old: Side, commonness: Commonness, sizes: tuple[int, ...], power: float
) -> tuple[Numbers, Numbers, Numbers]:
    """Weight that each new and old sentence have in common, and the whole weight of the new and of the old ones."""
    left, weight = weights_of(new, commonness, sizes, power)
    right, other = weights_of(old, commonness, sizes, power)
    shape = (len(new.passages), len(old.passages))
    return (
        shared_weight(left, right, weight, shape),
        totals(left, weight, shape[0]),
        totals(right, other, shape[1]),
    )


def totals(grams: Grams, weight: Numbers, owners: int) -> Numbers:
    """Weight of all n-grams of each owner, never quite 0."""
    return np.asarray(np.bincount(grams.owner, weight, owners) + 1e-9, dtype=np.float64)


def signs_of(new: Side, old: Side, commonness: Commonness) -> tuple[Indices, Numbers, Numbers]:
    """The candidates of each new sentence, their likeness, and their signs in the order of SIGNS."""
    characters, new_weight, old_weight = common(new, old, commonness, (1, 2), 0.5)
    pairs, new_pairs, old_pairs = common(new, old, commonness, (2, 3), 1.0)
    cosine = characters / np.sqrt(np.outer(new_weight, old_weight))
    overlap = characters / old_weight**LENGTH
    overlap /= overlap.max(axis=1, keepdims=True, initial=0.0) + 1e-9
    count = min(CANDIDATES, len(old.passages))
    candidates = np.argsort(-overlap, axis=1, kind="stable")[:, :count]
    rows = np.arange(len(new.passages))[:, None]
    signs = np.stack(
        [
            (characters / old_weight)[rows, candidates],
            (pairs / np.sqrt(np.outer(new_pairs, old_pairs)))[rows, candidates],
            overlap[rows, candidates],
            old.planned[candidates].astype(np.float64),
            np.abs(new.place[:, None] - old.place[candidates]),
            neighbours(cosine)[rows, candidates],
            ratios(new, old, candidates),
        ],
        axis=-1,
    )
    return candidates, 100 * cosine[rows, candidates], signs


def neighbours(cosine: Numbers) -> Numbers:
    """How well the sentences around each pair answer to each other: the best of the two before and the two after."""
    rows, columns = cosine.shape
    padded = np.pad(cosine, PAD)
    best = np.zeros_like(cosine)
    for down in (-2, -1, 1, 2):
        for along in (-2, -1, 0, 1, 2):
            near = padded[PAD + down : PAD + down + rows, PAD + along : PAD + along + columns]
            np.maximum(best, near if abs(down) == 1 else near / 1.2, out=best)
    return best


def ratios(new: Side, old: Side, candidates: Indices) -> Numbers:
    """Ratio by rapidfuzz of each new sentence and its candidates, 0–1."""
    return np.array(
        [
            [fuzz.ratio(sentence, old.folded[k]) / 100 for k in row]
            for sentence, row in zip(new.folded, candidates, strict=True)
        ]
    ).reshape(candidates.shape)


def align(new: Side, old: Side, commonness: Commonness, ranking: Numbers) -> Alignment:
    """The old sentences that may answer to each new one, best first.

    ranking  the weight of each of SIGNS
    """
    candidates, likeness, signs = signs_of(new, old, commonness)
    score = signs @ ranking
    order = np.argsort(-score, axis=1, kind="stable")
    rows = np.arange(len(new.passages))[:, None]
    return Alignment(candidates[rows, order], score[rows, order], likeness[rows, order])
