"""Which sentence of last year's report answers to which of this year's; PURE.

All sentences of both reports are held against each other at once by their characters and pairs of characters, each
weighted by how few reports use it; the few likeliest of each are then ranked by more signs: rapidfuzz's ratio, place
in the plan, and whether the neighbours have their answers near by. The ranking's weights were fitted on
shared/gold by `tests/bench/train_novelty.py` (right best sentence on a pair left out: see there).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from monitor.clauses import Clauses, clauses_of
from monitor.commonness import Commonness
from monitor.cues import DIGIT
from monitor.grams import (
    Codes,
    Grams,
    Indices,
    Letters,
    Numbers,
    distinct,
    folded,
    joined,
    letters_of,
    only,
    regrouped,
    shared_weight,
)
from monitor.targets import targets_of
from storage.values import Part, Passage, Target

CANDIDATES = 15  # hold a right sentence in 99 % of shared/gold; 8 in 97 %
LENGTH = 0.35  # power of the old sentence's weight that it is divided by: between a containment (0) and a cosine (.5)
SIGNS = ("containing", "phrases", "overlap", "planned", "distance", "neighbours", "ratio")
PAD = 2  # sentences to either side that count as neighbours
FARTHER = 1.2  # the second neighbour counts for this much less
Weigh = Callable[[Codes], Numbers]


@dataclass(frozen=True, slots=True)
class Side:
    """One report, or what is compared of it, taken apart for comparison.

    folded      the sentences in the form that is compared
    targets     the named numbers of each sentence
    characters  distinct n-grams of one and two characters, owned by sentences, ordered
    phrases     likewise of two and three
    pairs       distinct pairs of characters, owned by clauses, ordered
    place       0–1, where in its part each sentence stands
    planned     whether it stands in the plan
    """

    passages: tuple[Passage, ...]
    clauses: Clauses
    letters: Letters
    folded: tuple[str, ...]
    targets: tuple[tuple[Target, ...], ...]
    characters: Grams
    phrases: Grams
    pairs: Grams
    place: Numbers
    planned: NDArray[np.bool_]


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
    letters = letters_of(clauses.texts)
    one, two, three = (regrouped(letters.grams(n), clauses.owner) for n in (1, 2, 3))
    return Side(
        tuple(passages),
        clauses,
        letters,
        sentences,
        tuple(targets_of(s) if DIGIT.search(s) else () for s in sentences),
        distinct(joined([one, two])),
        distinct(joined([two, three])),
        distinct(letters.grams(2)),
        places(planned),
        planned,
    )


def plan_of(side: Side) -> Side:
    """The plan of a report alone."""
    return part_of(side, side.planned)


def review_of(side: Side) -> Side:
    """The sentences of a report's review alone, without its headings: what is told as done."""
    return part_of(side, np.array([p.part is Part.REVIEW and not p.level for p in side.passages], dtype=bool))


def part_of(side: Side, chosen: NDArray[np.bool_]) -> Side:
    """The chosen sentences of a report alone."""
    kept = np.flatnonzero(chosen).tolist()
    clauses = chosen[side.clauses.owner]
    return Side(
        tuple(side.passages[k] for k in kept),
        side.clauses.only(chosen),
        side.letters.only(clauses),
        tuple(side.folded[k] for k in kept),
        tuple(side.targets[k] for k in kept),
        only(side.characters, chosen),
        only(side.phrases, chosen),
        only(side.pairs, clauses),
        side.place[chosen],
        side.planned[chosen],
    )


def places(planned: NDArray[np.bool_]) -> Numbers:
    """Where each sentence stands in its half, from 0 to 1."""
    place = np.zeros(len(planned))
    for half in (planned, ~planned):
        place[half] = np.arange(half.sum()) / max(1, half.sum())
    return place


def common(left: Grams, right: Grams, shape: tuple[int, int], weigh: Weigh) -> tuple[Numbers, Numbers, Numbers]:
    """Weight that each new and old sentence have in common, and the whole weight of the new and of the old ones."""
    weight = weigh(left.codes)
    return (
        shared_weight(left, right, weight, shape),
        totals(left, weight, shape[0]),
        totals(right, weigh(right.codes), shape[1]),
    )


def totals(grams: Grams, weight: Numbers, owners: int) -> Numbers:
    """Weight of all n-grams of each owner, never quite 0."""
    return np.asarray(np.bincount(grams.owner, weight, owners) + 1e-9, dtype=np.float64)


def signs_of(new: Side, old: Side, commonness: Commonness) -> tuple[Indices, Numbers, Numbers]:
    """The candidates of each new sentence, their likeness, and their signs in the order of SIGNS."""
    shape = (len(new.passages), len(old.passages))
    characters, new_weight, old_weight = common(
        new.characters, old.characters, shape, lambda codes: np.sqrt(commonness.rarity(codes))
    )
    pairs, new_pairs, old_pairs = common(new.phrases, old.phrases, shape, commonness.rarity)
    cosine = characters / np.sqrt(np.outer(new_weight, old_weight))
    overlap = characters / old_weight**LENGTH
    overlap /= overlap.max(axis=1, keepdims=True, initial=0.0) + 1e-9
    count = min(CANDIDATES, len(old.passages))
    candidates = likeliest(overlap, count)
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


def likeliest(overlap: Numbers, count: int) -> Indices:
    """The columns of the largest values of each row, largest first."""
    if count < overlap.shape[1]:
        kept = np.sort(np.argpartition(-overlap, count - 1, axis=1)[:, :count], axis=1)
    else:
        kept = np.tile(np.arange(count), (len(overlap), 1))
    order = np.argsort(-np.take_along_axis(overlap, kept, axis=1), axis=1, kind="stable")
    return np.take_along_axis(kept, order, axis=1)


def neighbours(cosine: Numbers) -> Numbers:
    """How well the sentences around each pair answer to each other: the best of the two before and the two after."""
    rows, columns = cosine.shape
    padded = np.pad(cosine, PAD)
    along = padded[:, :columns].copy()
    for shift in range(1, 2 * PAD + 1):
        np.maximum(along, padded[:, shift : shift + columns], out=along)
    near = np.maximum(along[PAD - 1 : PAD - 1 + rows], along[PAD + 1 : PAD + 1 + rows])
    return np.maximum(near, np.maximum(along[:rows], along[2 * PAD :]) / FARTHER)


def ratios(new: Side, old: Side, candidates: Indices) -> Numbers:
    """Ratio by rapidfuzz of each new sentence and its candidates, 0–1."""
    count = candidates.shape[1]
    mine = [sentence for sentence in new.folded for _ in range(count)]
    theirs = [old.folded[k] for k in candidates.ravel().tolist()]
    found = process.cpdist(mine, theirs, scorer=fuzz.ratio, dtype=np.float64)
    return np.asarray(found.reshape(candidates.shape) / 100, dtype=np.float64)


def align(new: Side, old: Side, commonness: Commonness, ranking: Numbers) -> Alignment:
    """The old sentences that may answer to each new one, best first.

    ranking  the weight of each of SIGNS
    """
    candidates, likeness, signs = signs_of(new, old, commonness)
    score = signs @ ranking
    order = np.argsort(-score, axis=1, kind="stable")
    rows = np.arange(len(new.passages))[:, None]
    return Alignment(candidates[rows, order], score[rows, order], likeness[rows, order])
