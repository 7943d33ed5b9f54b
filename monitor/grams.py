"""Character n-grams of whole documents as arrays; PURE.

A document is a list of clauses. Every n-gram of up to four characters fits a 64-bit number, so that a document's
n-grams are one array, looked up, counted and joined at once; a Python loop over them costs a hundred times as much.
Numbers count as one character (增长5% and 增长6.5% have the same n-grams); marks end an n-gram.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crawler.text.fold import fold

Codes = NDArray[np.uint64]
Numbers = NDArray[np.float64]
Indices = NDArray[np.intp]

BETWEEN = "\ue000"  # a private-use character: no fold touches it, no report holds it
NUMBER = re.compile(r"\d+(?:\.\d+)?")
UNICODE = 0x110000
OWNER, OWNERS = np.uint64(16), np.uint64(0xFFFF)  # bits beside three characters in which an owner's number fits
# Share of all pairs of owners that an n-gram must join for a product of matrices to be the cheaper way.
OFTEN = 1 / 32
TILE = 1 << 18  # multiplications up to which OpenBLAS starts no second thread
LONGEST = 4  # characters of 16 bits in a number of 64


def kept_characters() -> NDArray[np.uint64]:
    """For every code point itself where it can stand in an n-gram (Han, Latin, 0), else 0."""
    table = np.zeros(UNICODE, dtype=np.uint64)
    for first, last in ((0x3400, 0x9FFF), (0x41, 0x5A), (0x61, 0x7A), (0x30, 0x30)):
        table[first : last + 1] = np.arange(first, last + 1)
    return table


KEPT = kept_characters()


@dataclass(frozen=True, slots=True)
class Grams:
    """The n-grams of a document in order: what, and in which clause."""

    codes: Codes
    owner: Indices


@dataclass(frozen=True, slots=True)
class Letters:
    """The n-grams of a document by size, from single characters to LONGEST, and how many clauses it has."""

    sizes: tuple[Grams, ...]
    clauses: int

    def grams(self, size: int) -> Grams:
        """The n-grams of `size` characters in order of the text; none reaches over a mark or a clause's end."""
        return self.sizes[size - 1]

    def only(self, clauses: NDArray[np.bool_]) -> "Letters":
        """The n-grams of these clauses alone, the clauses counted anew."""
        return Letters(tuple(only(grams, clauses) for grams in self.sizes), int(clauses.sum()))


def only(grams: Grams, owners: NDArray[np.bool_]) -> Grams:
    """The n-grams of these owners in the same order, the owners counted anew."""
    kept = owners[grams.owner]
    return Grams(grams.codes[kept], (np.cumsum(owners) - 1)[grams.owner[kept]])


def packed(codes: Codes, owner: Indices, size: int) -> Grams:
    """The n-grams of a size of a row of characters, 0 for marks."""
    count = max(0, len(codes) - size + 1)
    numbers = np.zeros(count, dtype=np.uint64)
    whole = np.ones(count, dtype=bool)
    for k in range(size):
        shifted = codes[k : k + count]
        numbers = (numbers << np.uint64(16)) | shifted
        whole &= shifted != 0
    return Grams(numbers[whole], owner[:count][whole])


def folded(clauses: Sequence[str], table: str | None = None) -> list[str]:
    """The clauses in the form that is compared; all of a document are folded in one go, by one script table."""
    whole = fold(BETWEEN.join(clause.replace(BETWEEN, "") for clause in clauses), table)
    return whole.split(BETWEEN) if clauses else []


def letters_of(clauses: Sequence[str]) -> Letters:
    """The n-grams of folded clauses."""
    whole = NUMBER.sub("0", "".join(clause + BETWEEN for clause in clauses))
    points = np.frombuffer(whole.encode("utf-32-le", "replace"), dtype=np.uint32)
    owner = np.cumsum(points == ord(BETWEEN)) - (points == ord(BETWEEN))
    codes = KEPT[points]
    return Letters(tuple(packed(codes, owner.astype(np.intp), n) for n in range(1, LONGEST + 1)), len(clauses))


def pack(gram: str) -> int:
    """The number of one n-gram."""
    code = 0
    for character in gram:
        code = code << 16 | ord(character)
    return code


def joined(grams: Sequence[Grams]) -> Grams:
    """Several sizes as one; their numbers cannot meet, for a longer n-gram has a larger number."""
    return Grams(np.concatenate([g.codes for g in grams]), np.concatenate([g.owner for g in grams]))


def regrouped(grams: Grams, groups: Indices) -> Grams:
    """The same n-grams owned by the groups (sentences) that the clauses belong to."""
    return Grams(grams.codes, groups[grams.owner])


def distinct(grams: Grams) -> Grams:
    """Each n-gram, of three characters at most, once per owner; ordered by n-gram, then by owner."""
    width = np.uint64(max(1, int(grams.owner.max(initial=0)).bit_length()))
    if width > OWNER:  # a text of more than 65 536 clauses
        order = np.lexsort((grams.owner, grams.codes))
        codes, owner = grams.codes[order], grams.owner[order]
        fresh = np.ones(len(codes), dtype=bool)
        fresh[1:] = (codes[1:] != codes[:-1]) | (owner[1:] != owner[:-1])
        return Grams(codes[fresh], owner[fresh])
    keys = np.sort(grams.codes << OWNER | grams.owner.astype(np.uint64))
    fresh = np.ones(len(keys), dtype=bool)
    fresh[1:] = keys[1:] != keys[:-1]
    kept = keys[fresh]
    return Grams(kept >> OWNER, (kept & OWNERS).astype(np.intp))


def shared_weight(left: Grams, right: Grams, weight: Numbers, shape: tuple[int, int]) -> NDArray[np.float64]:
    """For each pair of owners the summed weight of the n-grams that both have.

    left, right  distinct n-grams, ordered by n-gram
    weight       of each n-gram of `left`
    shape        number of owners on the left and on the right
    """
    fresh = np.ones(len(left.codes), dtype=bool)
    fresh[1:] = left.codes[1:] != left.codes[:-1]
    each, place = left.codes[fresh], np.cumsum(fresh) - 1  # each n-gram is looked up once, however many have it
    first = np.searchsorted(right.codes, each, side="left")
    count = np.searchsorted(right.codes, each, side="right") - first
    often = np.bincount(place, minlength=len(each)) * count > OFTEN * shape[0] * shape[1]
    ours = ~often[place]
    summed = by_pairs(left.owner[ours], weight[ours], right.owner, first[place[ours]], count[place[ours]], shape)
    if often.any():
        column = np.cumsum(often) - 1
        mine, theirs = np.zeros((shape[0], column[-1] + 1)), np.zeros((column[-1] + 1, shape[1]))
        mine[left.owner[~ours], column[place[~ours]]] = weight[~ours]
        start, total = first[often], count[often]
        theirs[np.repeat(np.arange(len(start)), total), right.owner[stretches(start, total)]] = 1.0
        summed += product(mine, theirs)
    return summed


def product(left: Numbers, right: Numbers) -> Numbers:
    """`left @ right`, by tiles so small that a BLAS keeps to one thread: threads that wait cost half as much again."""
    deep, columns = right.shape
    wide = min(columns, max(2, TILE // (4 * deep)))
    high = max(2, TILE // (deep * wide))
    whole = np.empty((len(left), columns))
    for row in range(0, len(left), high):
        for column in range(0, columns, wide):
            tile = np.s_[row : row + high], np.s_[column : column + wide]
            whole[tile] = left[tile[0]] @ right[:, tile[1]]
    return whole


def by_pairs(
    owner: Indices, weight: Numbers, partners: Indices, first: Indices, count: Indices, shape: tuple[int, int]
) -> NDArray[np.float64]:
    """The summed weight of each pair of owners, every meeting of an n-gram counted by itself."""
    cell = np.repeat(owner, count) * shape[1] + partners[stretches(first, count)]
    summed = np.bincount(cell, np.repeat(weight, count), minlength=shape[0] * shape[1])
    return np.asarray(summed.reshape(shape), dtype=np.float64)


def stretches(first: Indices, count: Indices) -> Indices:
    """The indices of stretches one after the other: first, first + 1, … of each."""
    return np.repeat(first - (np.cumsum(count) - count), count) + np.arange(int(count.sum()))
