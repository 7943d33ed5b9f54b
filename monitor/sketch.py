"""Which reports may be copies of each other, without holding every one against every other.

A text is folded to its Han characters in simplified form: digits, punctuation, white space, width and script then
cannot tell two copies apart, whether numbers are masked or paragraphs glued. Every five characters in a row
(a 5-gram) get a 32-bit hash, and the 5-grams whose hash is a multiple of 64 are the text's sketch: about n / 64
numbers for n characters. Since the same 5-gram is kept or left out in every text alike, a sketch of a fifth of a text
is a fifth of the sketch of the text (modulo sampling: Broder, "On the resemblance and containment of documents", 1997),
so containment can be read from sketches, which MinHash signatures cannot give.

`Index` answers in memory which known reports share enough of a sketch. Its rows, (hash, key), can lie in a database
table just as well, and `likeliest` ranks what the table says:

    SELECT hash, count(*) FROM sketch WHERE hash IN (…) GROUP BY hash     -> counts
    SELECT hash, key FROM sketch WHERE hash IN (…those of `rarest`…)      -> rows

Let a key stand for a report, not for a copy, and add of each copy only the rows its report lacks: a report reprinted a
thousand times then has each hash once, and how often a hash occurs says how common the phrase is among reports. That
counts: provincial reports of one year share up to .2 of their 5-grams, as much as a copy keeps that lost 30 % of its
characters, but what they share are stock phrases.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint16]
Hashes = NDArray[np.uint32]
Places = NDArray[np.int64]
Flags = NDArray[np.bool_]
Weights = NDArray[np.float64]

GRAM = 5  # characters; shorter ones are shared by any two reports, longer ones die when characters are dropped
KEEP = 64  # 1 in 64: a fifth of a report of 15 000 characters keeps about 46 hashes
GOLDEN = 0x9E3779B1  # 2**32 over the golden ratio, a full-period multiplier
FACTOR, SQUARE = np.uint32(GOLDEN), np.uint32(GOLDEN**2 & 0xFFFFFFFF)
MIX = ((np.uint32(16), np.uint32(0x85EBCA6B)), (np.uint32(13), np.uint32(0xC2B2AE35)))  # MurmurHash3, fmix32

STRETCH = 128  # characters looked at together
# Share of level-1 characters of GB 2312 in a stretch: running text has .95 and more, UTF-8 read as GBK .3.
# Seen on corpus/national, whose cjc2019 copies turn to mojibake in 30 years, and on the provincial reports.
COMMON = 0.75

# Two pages of one site have its navigation in common. A line without commas is navigation if it is shorter than LINE or
# its pieces between spaces are shorter than PIECE; PDFs break running text into lines of 30 characters and more.
NEWLINE, STOP, SPACE = 10, 1, 2
LINE, PIECE = 20, 8
RUNNING = 0.34  # of a stretch; headings stand between paragraphs

# Least shared hashes, and least share of the smaller sketch by weight, for which texts are worth verifying. A copy that
# lost 30 % of its characters keeps .7 ** 5 = .168 of its 5-grams. Tuned on the national, provincial and Hailar reports
# and on copies made of them; measured by `python tests/bench/copies.py`.
SHARED = 3
CONTAINED = 0.05

# Of each query only about this many rows are looked at, the rarest hashes first: phrases of very many reports say least
# and cost most. Nothing is left out where there is nothing rarer to go by.
ROWS = 4_000
RAREST = 24
DENSE = 16  # keys up to so many times the number of rows are counted in a table rather than sorted
LIKELY = 4  # candidates worth verifying: the right one is first, but for texts that lost a third of their characters

HAN_FIRST, HAN_LAST = 0x4E00, 0x9FFF
EXTENSION_A = (0x3400, 0x4DBF)
HIGH, LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
COMPATIBLE = (
    *range(0x2E80, 0x2FE0),
    *range(0xF900, 0xFB00),
)  # radicals as PDFs write them, and compatibility ideographs


@lru_cache(maxsize=1)
def character_table() -> Codes:
    """For each of the 65 536 characters of the basic plane its simplified form; 0 for what is no Han character.

    Made at first use from OpenCC's table of single characters (about 30 ms), so importing this costs nothing.
    """
    from opencc import OpenCC

    table = np.zeros(1 << 16, np.uint16)
    han = [*range(HAN_FIRST, HAN_LAST + 1), *range(EXTENSION_A[0], EXTENSION_A[1] + 1)]
    simple = OpenCC("t2s").convert("\n".join(map(chr, han))).split("\n")
    table[han] = [ord(s) if len(s) == 1 and ord(s) < 1 << 16 else code for code, s in zip(han, simple, strict=True)]
    for code in COMPATIBLE:
        plain = unicodedata.normalize("NFKC", chr(code))
        if len(plain) == 1 and ord(plain) < 1 << 16:
            table[code] = table[ord(plain)]
    return table


def units_of(text: str) -> Codes:
    """The text as units of UTF-16."""
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16)


def han_codes(text: str) -> Codes:
    """The Han characters of a text in simplified form, as numbers; everything else is left out."""
    codes = character_table()[units_of(text)]
    return codes[codes > 0]


def readable(text: str) -> tuple[Codes, Flags]:
    """The Han characters of a text, and for each stretch of 128 of them: is it running text? See `sound`, `prose`."""
    units = units_of(text)
    codes = character_table()[units]
    han = np.flatnonzero(codes)
    codes = codes[han]
    flags = sound(codes)
    edges, running = prose(units)
    if len(flags) and not running.all():
        starts = np.arange(0, len(codes), STRETCH)
        share = np.add.reduceat(np.repeat(running, np.diff(np.searchsorted(han, edges))).astype(np.uint8), starts)
        flags &= share >= RUNNING * np.diff(starts, append=len(codes))
    return codes, flags


def prose(units: Codes) -> tuple[Places, Flags]:
    """The edges of the lines, and of each: is it running text, not navigation, which has short pieces and no commas?"""
    kinds = marks()[units]
    edges = np.concatenate([[0], np.flatnonzero(units == NEWLINE) + 1, [len(units)]])
    stops, spaces = (np.diff(np.searchsorted(np.flatnonzero(kinds == kind), edges)) for kind in (STOP, SPACE))
    length = np.diff(edges) - spaces
    running: Flags = (stops > 0) | ((length >= LINE) & (length >= PIECE * (spaces + 1)))
    return edges, running


@lru_cache(maxsize=1)
def marks() -> NDArray[np.uint8]:
    """Of the basic plane: STOP for a mark that ends a clause, SPACE for what stands between pieces, else 0."""
    table = np.zeros(1 << 16, np.uint8)
    table[[ord(mark) for mark in "。，；！？,;、"]] = STOP
    table[[ord(mark) for mark in " \t|\u00a0\u3000"]] = SPACE
    return table


def gram_hashes(codes: Codes) -> Hashes:
    """The hash of the 5-gram that begins at each position; the same on every machine and in every run."""
    wide = codes.astype(np.uint32)
    if len(wide) < GRAM:
        return wide[:0]
    two = wide[:-1] * FACTOR + wide[1:]
    four = two[:-2] * SQUARE + two[2:]
    total = four[:-1] * FACTOR + wide[GRAM - 1 :]
    for shift, factor in MIX:
        total ^= total >> shift
        total *= factor
    total ^= total >> MIX[0][0]
    return total


def sound(codes: Codes) -> Flags:
    """For each stretch of 128 Han characters, the last one shorter: is it running text, and not mojibake?"""
    if not len(codes):
        return np.zeros(0, np.bool_)
    starts = np.arange(0, len(codes), STRETCH)
    common = np.add.reduceat(common_characters()[codes], starts)
    flags: Flags = common >= COMMON * np.diff(starts, append=len(codes))
    return flags


def kept(hashes: Hashes, flags: Flags) -> Hashes:
    """The sketch of a text whose 5-grams have these hashes; of its stretches only the sound ones count."""
    where = np.flatnonzero(hashes & np.uint32(KEEP - 1) == 0)
    return np.unique(hashes[where[flags[where // STRETCH]]])


def sketch(text: str) -> Hashes:
    """The kept hashes of a text, each once, ascending; empty where there is no running text."""
    codes, flags = readable(text)
    return kept(gram_hashes(codes), flags)


@lru_cache(maxsize=1)
def common_characters() -> NDArray[np.uint8]:
    """Of the basic plane: 1 for the 3 755 commonest simplified characters (GB 2312-80, level 1: rows 16–55), else 0."""
    table = np.zeros(1 << 16, np.uint8)
    for row in range(16, 56):
        cells = bytes(byte for cell in range(1, 95) for byte in (0xA0 + row, 0xA0 + cell))
        for character in cells.decode("gb2312", "ignore"):
            table[ord(character)] = HAN_FIRST <= ord(character) <= HAN_LAST
    return table


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


def weights_of(counts: Places, known: int) -> Weights:
    """What sharing each hash says, 0–1, where so many of `known` keys have it: nothing if all have it."""
    weights: Weights = 1 - np.log(np.maximum(counts, 1)) / np.log(known + 2)
    return weights


def rarest(counts: Sequence[int] | Places) -> Places:
    """Which hashes' rows are worth reading, as ascending indices, by how many rows each has."""
    order = np.argsort(counts, kind="stable")
    within = int(np.searchsorted(np.cumsum(np.asarray(counts)[order]), ROWS, "right"))
    return np.sort(order[: max(RAREST, within)])


def likeliest(
    hashes: Hashes,
    counts: Mapping[int, int],
    rows: Iterable[tuple[int, int]],
    sizes: Mapping[int, int],
    known: int,
    limit: int = LIKELY,
) -> list[Candidate]:
    """The keys worth verifying against a text of this sketch, the likeliest first, from a table's rows.

    counts  of each hash of the sketch that is known: how many keys have it
    rows    (hash, key) of those hashes, or of the rarest of them
    sizes   of each key in the rows: how many hashes it has
    known   how many keys there are in all
    """
    weights = weights_of(np.array([counts.get(value, 0) for value in hashes.tolist()], np.int64), known)
    weight = dict(zip(hashes.tolist(), weights.tolist(), strict=True))
    pairs = list(rows)
    keys = np.array([key for _, key in pairs], np.int64)
    return ranked(
        keys, np.array([weight[value] for value, _ in pairs]), float(weights.sum()), len(hashes), sizes, limit
    )


def ranked(
    keys: Places, weight: Weights, total: float, size: int, sizes: Mapping[int, int], limit: int
) -> list[Candidate]:
    """Keys of rows that share enough, by how much of the smaller sketch they share.

    total, size  weight and number of all hashes of the query
    """
    known, shared, weighed = tallied(keys, weight)
    heaviest = np.argsort(-weighed, kind="stable")[: 16 * limit]
    found = []
    for key, number, heavy in zip(*(values[heaviest].tolist() for values in (known, shared, weighed)), strict=True):
        smaller = total * min(1.0, sizes[key] / size)
        if heavy >= CONTAINED * smaller:
            found.append(Candidate(key, number, min(1.0, heavy / max(smaller, 1e-9))))
    return sorted(found, key=lambda c: (-c.contained, c.key))[:limit]


def tallied(keys: Places, weight: Weights) -> tuple[Places, Places, Weights]:
    """The keys that occur at least SHARED times, how often, and their weights summed."""
    if len(keys) and int(keys.max()) < DENSE * len(keys):
        values = np.arange(int(keys.max()) + 1)
        shared, weighed = np.bincount(keys), np.bincount(keys, weight)
    else:
        values, owner, count = np.unique(keys, return_inverse=True, return_counts=True)
        shared, weighed = count, np.bincount(owner, weight, len(values))
    often = shared >= SHARED
    return values[often].astype(np.int64), shared[often].astype(np.int64), weighed[often].astype(np.float64)


class Index:
    """Hashes of known reports by key, kept as a few sorted arrays of eight bytes a row.

    Adding costs the same on average however much is known: arrays are merged when the last has grown to a quarter of
    the one before, so there are only about log4(rows) of them.
    """

    def __init__(self) -> None:
        self._levels: list[NDArray[np.uint64]] = []
        self._sizes: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._sizes)

    def add(self, key: int, hashes: Hashes) -> None:
        """The key has these hashes too; of those it has already, none may be given again. `key` is below 2 ** 32."""
        self._sizes[key] = self._sizes.get(key, 0) + len(hashes)
        level = (np.sort(hashes).astype(np.uint64) << HIGH) | np.uint64(key)
        while self._levels and len(self._levels[-1]) < 4 * len(level):
            level = np.sort(np.concatenate([self._levels.pop(), level]), kind="stable")
        self._levels.append(level)

    def candidates(self, hashes: Hashes, limit: int = LIKELY) -> list[Candidate]:
        """The keys worth verifying against a text of this sketch, the likeliest first."""
        if not len(hashes) or not self._sizes:
            return []
        spans = [self._span(level, hashes) for level in self._levels]
        counts = sum((last - first for first, last in spans), np.zeros(len(hashes), np.int64))
        weights = weights_of(counts, len(self._sizes))
        keys, weight = self._rows(spans, rarest(counts), weights)
        return ranked(keys, weight, float(weights.sum()), len(hashes), self._sizes, limit)

    @staticmethod
    def _span(level: NDArray[np.uint64], hashes: Hashes) -> tuple[Places, Places]:
        """Where the rows of each hash begin and end in a level."""
        wide = hashes.astype(np.uint64) << HIGH
        return np.searchsorted(level, wide, "left"), np.searchsorted(level, wide | LOW, "right")

    def _rows(self, spans: list[tuple[Places, Places]], chosen: Places, weights: Weights) -> tuple[Places, Weights]:
        """Keys of all rows of the chosen hashes, and what each row weighs."""
        keys, weight = [], []
        for level, (first, last) in zip(self._levels, spans, strict=True):
            count = (last - first)[chosen]
            ends = np.cumsum(count)
            where = np.arange(ends[-1]) + np.repeat(first[chosen] - ends + count, count)
            keys.append((level[where] & LOW).astype(np.int64))
            weight.append(np.repeat(weights[chosen], count))
        return np.concatenate(keys), np.concatenate(weight)
