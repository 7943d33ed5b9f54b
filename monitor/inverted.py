"""Inverted lists: which known reports share so much of a sketch that their texts are worth verifying.

Rows (hash, key) lie in a database table, of which `likeliest` ranks what it says, or in memory, in an `Index`. Let a
key stand for a report, not for a copy, and add of each copy only the rows its report lacks: one reprinted a thousand
times then has each hash once, and how often a hash occurs says how common the phrase is among reports. That counts:
provincial reports of one year share up to .2 of their 5-grams, as much as a copy keeps that lost 30 % of its
characters, but what they share are stock phrases.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from monitor.sketch import KEEP, Flags, Hashes, Places, between

Weights = NDArray[np.float64]
Rows = NDArray[np.uint64]

# Least shared hashes, and least share of the smaller sketch by weight, for which texts are worth verifying. A copy that
# lost 30 % of its characters keeps .7 ** 5 = .168 of its 5-grams. Tuned on the national, provincial and Hailar reports
# and on copies made of them; measured by `python tests/bench/copies.py`.
SHARED = 3
CONTAINED = 0.05

# Of each query only about this many rows are looked at, the rarest hashes first: phrases of very many reports say least
# and cost most. Nothing is left out where there is nothing rarer to go by.
ROWS = 4_000
RAREST = 24
# A table is asked for no more keys of a hash than this and one: its cost is then the same however much is known. A
# phrase of more reports tells none of them apart. Measured by `python tests/bench/scale.py`.
MANY = 64
LOGARITHMS = np.log(np.maximum(np.arange(MANY + 2), 1))
# Of a longer sketch every second hash is asked for: enough for a report of 8 000 characters and more, at half the cost.
ASKED = 128
DENSE = 16  # keys up to so many times the number of rows are counted in a table rather than sorted
LIKELY = 4  # candidates worth verifying: the right one is first, but for texts that lost a third of their characters
HEAVIEST = 16 * LIKELY  # keys whose sizes are looked at
LEVELS = 16  # an array of the index is at least so many times as long as the next

HIGH, LOW = np.uint64(32), np.uint64(0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known key that shares hashes with a query.

    shared     how many
    contained  share of the smaller sketch that is shared, each hash weighed by how rare it is, 0–1
    """

    key: int
    shared: int
    contained: float


def enough(shared: int, size: int, other: int) -> bool:
    """Do two sketches of these sizes share so much that their texts are worth verifying? Rarity is not weighed."""
    return shared >= SHARED and shared >= CONTAINED * min(size, other)


def asked(hashes: Hashes) -> tuple[Hashes, ...]:
    """What known reports are asked for, one after the other until one shares enough: of a long text half its sketch.

    Then all of it, for of a text in which a third of the characters are others half may share too little.
    """
    return (hashes,) if len(hashes) <= ASKED else (hashes[hashes & np.uint32(2 * KEEP - 1) == 0], hashes)


def weights_of(counts: Places, known: int) -> Weights:
    """What sharing each hash says, 0–1, where so many of `known` keys have it: nothing if all or very many have it."""
    weights: Weights = 1 - LOGARITHMS.take(counts, mode="clip") / math.log(known + 2)
    weights[counts > MANY] = 0
    return weights


def rarest(counts: Sequence[int] | Places) -> Places:
    """Which hashes' rows are worth reading, as ascending indices, by how many rows each has."""
    order = np.argsort(counts, kind="stable")
    within = int(np.searchsorted(np.cumsum(np.asarray(counts)[order]), ROWS, "right"))
    return np.sort(order[: max(RAREST, within)])


def likeliest(
    size: int,
    wanted: int,
    rows: tuple[Sequence[int], Sequence[int]],
    sizes_of: Callable[[Sequence[int]], Mapping[int, int]],
    known: int,
    limit: int = LIKELY,
) -> list[Candidate]:
    """The keys worth verifying against a text of this sketch, the likeliest first, from a table's rows.

    size      how many hashes the sketch has
    wanted    how many of them are `asked`
    rows      those of them that are known, those alike together, and keys that have them, side by side; where
              more than MANY keys have a hash, any MANY + 1 of them
    sizes_of  how many hashes each of these keys has; asked once, for the keys that share most
    known     how many keys there are in all
    """
    values, keys = (np.array(side, np.int64) for side in rows)
    edges = between(0, (values[1:] != values[:-1]).nonzero()[0] + 1, len(values))
    had = edges[1:] - edges[:-1]
    counts = had
    weights = weights_of(counts, known)
    unknown = wanted - len(counts)  # hashes that no key has, which weigh 1
    counts = np.where(counts > MANY, 0, counts)
    if int(counts.sum()) > ROWS:
        left = rarest(counts)
        counts = np.where(np.isin(np.arange(len(counts)), left), counts, 0)
    shares = heaviest(tallied(keys[np.repeat(counts > 0, had)], np.repeat(weights, counts)))
    sizes = sizes_of(shares.keys.tolist()) if len(shares.keys) else {}
    own = np.array([sizes.get(key, 0) for key in shares.keys.tolist()], np.int64)
    return ranked(shares, own, float(weights.sum()) + unknown, size, limit)


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """What keys share with a query: how many hashes, and their weights summed."""

    keys: Places
    shared: Places
    weighed: Weights

    def at(self, where: Places | Flags) -> "Shares":
        """Those at these places."""
        return Shares(self.keys[where], self.shared[where], self.weighed[where])


def tallied(keys: Places, weight: Weights) -> Shares:
    """The keys that occur at least SHARED times, how often, and the sum of their weights; ascending."""
    if not len(keys):
        return Shares(keys, keys, weight)
    if int(keys.max()) < DENSE * len(keys):
        shared = np.bincount(keys)
        often = (shared >= SHARED).nonzero()[0]
        weighed = np.bincount(keys, weight).astype(np.float64, copy=False)
        return Shares(often, shared[often], weighed[often])
    order = keys.argsort(kind="stable")
    keys = keys.take(order)
    edges = between(0, (keys[1:] != keys[:-1]).nonzero()[0] + 1, len(keys))
    first, shared = edges[:-1], edges[1:] - edges[:-1]
    often = (shared >= SHARED).nonzero()[0]
    weighed = np.add.reduceat(weight.take(order), first)
    return Shares(keys.take(first.take(often)), shared.take(often), weighed.take(often))


def heaviest(shares: Shares) -> Shares:
    """Those that share most by weight, if there are very many."""
    if len(shares.keys) <= HEAVIEST:
        return shares
    return shares.at(shares.weighed >= np.partition(shares.weighed, -HEAVIEST)[-HEAVIEST])


def ranked(shares: Shares, sizes: Places, total: float, size: int, limit: int) -> list[Candidate]:
    """Keys that share enough, by how much of the smaller sketch they share.

    sizes        how many hashes each key has; 0 for one that is gone
    total, size  weight and number of all hashes of the query
    """
    smaller = total * np.minimum(1.0, sizes / max(1, size)) + 1e-9
    contained = shares.weighed / smaller
    worth = ((contained >= CONTAINED) & (sizes > 0)).nonzero()[0]
    contained = np.minimum(1.0, contained[worth])
    order = np.lexsort((shares.keys[worth], -contained))[:limit]
    chosen = worth[order]
    rows = zip(shares.keys[chosen].tolist(), shares.shared[chosen].tolist(), contained[order].tolist(), strict=True)
    return [Candidate(*row) for row in rows]


class Index:
    """Hashes of known reports by key, kept as a few sorted stretches of one array, eight bytes a row.

    Adding costs the same on average however much is known: stretches are merged when the last has grown to a
    sixteenth of the one before, so there are only about log16(rows) of them.
    """

    def __init__(self) -> None:
        self._rows: Rows = np.empty(1 << 12, np.uint64)
        self._edges = [0]
        self._numbers: dict[int, int] = {}
        self._keys, self._sizes = np.zeros(1 << 8, np.int64), np.zeros(1 << 8, np.int64)

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, key: int, hashes: Hashes) -> None:
        """The key has these hashes too; of those it has already, none may be given again."""
        number = self._numbered(key)
        self._sizes[number] += len(hashes)
        begin = self._edges[-1]
        end = begin + len(hashes)
        if end > len(self._rows):
            self._rows = np.concatenate([self._rows[:begin], np.empty(end, np.uint64)])
        self._rows[begin:end] = (hashes.astype(np.uint64) << HIGH) | np.uint64(number)
        while len(self._edges) > 1 and begin - self._edges[-2] < LEVELS * (end - begin):
            self._edges.pop()
            begin = self._edges[-1]
        self._rows[begin:end].sort(kind="stable")  # merges: it goes by the runs that are there
        self._edges.append(end)

    def candidates(self, hashes: Hashes, limit: int = LIKELY) -> list[Candidate]:
        """The keys worth verifying against a text of this sketch, the likeliest first."""
        if not len(hashes) or not self._numbers:
            return []
        for wanted in asked(hashes):
            found = self._sharing(len(hashes), wanted, limit)
            if found:
                return found
        return []

    def _sharing(self, size: int, wanted: Hashes, limit: int) -> list[Candidate]:
        """The keys that share enough of these hashes of a sketch of that size."""
        first, count = self._spans(wanted)
        counts = count.sum(axis=0)
        weights = weights_of(counts, len(self._numbers))
        if counts.max() > MANY:
            count[:, counts > MANY] = 0
        if int(count.sum()) > ROWS:
            left = np.zeros(len(wanted), np.bool_)
            left[rarest(count.sum(axis=0))] = True
            count *= left
        shares = heaviest(tallied(*self._read(first, count, weights)))
        if not len(shares.keys):
            return []
        named = Shares(self._keys.take(shares.keys), shares.shared, shares.weighed)
        return ranked(named, self._sizes.take(shares.keys), float(weights.sum()), size, limit)

    def _numbered(self, key: int) -> int:
        """The number of a key among all, in the order they came."""
        number = self._numbers.setdefault(key, len(self._numbers))
        if number == len(self._keys):
            self._keys, self._sizes = (np.concatenate([known, known]) for known in (self._keys, self._sizes))
            self._sizes[number:] = 0
        self._keys[number] = key
        return number

    def _spans(self, hashes: Hashes) -> tuple[Places, Places]:
        """Where the rows of each hash begin in each stretch, and how many they are."""
        wide = hashes.astype(np.uint64) << HIGH
        ends = np.concatenate([wide, wide | LOW])
        spans = np.empty((len(self._edges) - 1, 2, len(hashes)), np.int64)
        for level, (begin, end) in enumerate(pairwise(self._edges)):
            spans[level] = self._rows[begin:end].searchsorted(ends).reshape(2, -1) + begin
        return spans[:, 0], spans[:, 1] - spans[:, 0]

    def _read(self, first: Places, count: Places, weights: Weights) -> tuple[Places, Weights]:
        """Numbers of the keys of these rows, and what each row weighs."""
        some = count.ravel().nonzero()[0]
        count, first = count.ravel()[some], first.ravel()[some]
        ends = count.cumsum()
        where = np.repeat(first - ends + count, count)
        where += np.arange(len(where))
        numbers = (self._rows.take(where) & LOW).astype(np.int64)
        return numbers, np.repeat(weights[some % len(weights)], count)
