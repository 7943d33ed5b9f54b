"""How likely one character follows others in a government report."""

import lzma
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crawler.text.fold import fold

# Made by tests/bench/ngrams.py from the reports of 31 provinces of 2025 and 2026, of Hailar 2012–2019 and of the State
# Council 1954–2026: how often one to four symbols are followed by another, rounded.
SOURCE = "ngrams.xz"
ORDER = 5  # symbols of the longest sequences
BOUND = 6200  # symbols at most; sequences of five are numbers below 2 ** 63 to that base
CLASSES = 3  # counts are kept as powers of the cube root of 2
# What is taken off a count of one, of two, of more, for sequences of two to five: modified Kneser-Ney smoothing
# (Chen and Goodman 1998). Tuned on the reports of one half of the places and years with counts of the other half: 4.28
# bits a symbol, where a single discount on plain counts leaves 4.51.
DISCOUNTS = ((0.7, 1.0, 1.3), (0.75, 1.1, 1.4), (0.8, 1.15, 1.45), (0.85, 1.2, 1.5))
OF_A_TEXT = ((0.7, 0.7, 0.7), *((0.5, 0.5, 0.5),) * 3)  # for a single text, where repetition is the rule
UNSEEN = 1e-7  # probability of a symbol that nothing tells of
END = "\n"
# Opening and closing quotation marks, which fold alike, stay apart here; all digits are one.
OPENING = {ord(mark): "\ue001" for mark in "“„‟「『〝﹁"} | {ord(mark): "\ue002" for mark in "”」』〞〟﹂"}
OPENED = {0xE001: "“", 0xE002: "”"} | {ord(digit): "0" for digit in "123456789"} | {ord("著"): "着"}
Numbers = NDArray[np.int64]
Chances = NDArray[np.float32]
Discounts = tuple[tuple[float, float, float], ...]


class Table(NamedTuple):
    """Sequences of one length, in order, as numbers to the base BOUND, and how often each occurs."""

    keys: Numbers
    counts: NDArray[np.float64]


class Grams:
    """Probabilities of symbols behind up to four others, by discounting with interpolation.

    tables  for one to five symbols; all beginnings of a longer sequence are among the shorter ones
    """

    def __init__(self, tables: list[Table], discounts: Discounts) -> None:
        self.keys = [table.keys for table in tables]
        self.shares = [np.zeros(len(table.keys), np.float32) for table in tables]
        self.left = [np.ones(len(table.keys), np.float32) for table in tables]
        for n, off in enumerate(discounts, 1):
            self.weigh(n, tables[n], tables[n - 1], off)
        self.single = np.bincount(tables[1].keys % BOUND, minlength=BOUND) + 0.1
        self.single[np.setdiff1d(np.arange(BOUND), tables[0].keys)] = 0
        self.single = (self.single / self.single.sum() + UNSEEN).astype(np.float32)

    def weigh(self, n: int, table: Table, shorter: Table, discounts: tuple[float, float, float]) -> None:
        """Fill in the shares of sequences of n + 1 symbols, and what they leave to shorter ones."""
        context = np.searchsorted(shorter.keys, table.keys // BOUND)
        total = np.bincount(context, table.counts, len(shorter.keys))
        off = np.select([table.counts < 1.5, table.counts < 2.5], discounts[:2], discounts[2])
        shares = np.maximum(table.counts - off, 0.0) / total[context]
        self.shares[n] = shares.astype(np.float32)
        self.left[n - 1] = np.maximum(1e-3, 1 - np.bincount(context, shares, len(shorter.keys))).astype(np.float32)

    def row(self, last: int) -> Chances:
        """Probabilities of all symbols behind one."""
        keys = self.keys[1]
        begin, end = np.searchsorted(keys, (last * BOUND, (last + 1) * BOUND))
        row = self.single * found(self.keys[0], self.left[0], np.array([last]), 1.0)
        row[keys[begin:end] % BOUND] += self.shares[1][begin:end]
        return row

    def chances(self, contexts: Numbers, symbols: Numbers) -> Chances:
        """Probabilities of symbols behind four others, pair by pair.

        contexts  (n, ORDER - 1), the oldest first; symbols (n,)
        """
        chances: Chances = self.single[symbols]
        context = np.zeros(len(symbols), np.int64)
        for n in range(1, ORDER):
            context += contexts[:, ORDER - 1 - n] * BOUND ** (n - 1)
            left = found(self.keys[n - 1], self.left[n - 1], context, 1.0)
            chances = chances * left + found(self.keys[n], self.shares[n], context * BOUND + symbols, 0.0)
        return chances


class Model:
    """The symbols that reports are written in, and how they follow each other."""

    def __init__(self, alphabet: str, tables: list[Table]) -> None:
        self.symbols = {symbol: number for number, symbol in enumerate(alphabet, 1)}
        self.grams = Grams(continued(tables), DISCOUNTS)

    def numbers(self, text: str) -> list[int]:
        """The symbols of a folded text as numbers; BOUND - 1 for those no report uses."""
        return [self.symbols.get(symbol, BOUND - 1) for symbol in text]

    def of_text(self, lines: Iterable[str]) -> Grams:
        """Probabilities after the lines of one text alone; what the model does not know ends a sequence."""
        coded = [[self.symbols.get(symbol, 0) for symbol in letters(line) + END] for line in lines]
        return Grams(counted(coded, self.symbols["。"]), OF_A_TEXT)


def continued(tables: list[Table]) -> list[Table]:
    """Tables in which a sequence that is not of the longest counts once for each symbol that it has stood behind."""
    out = [tables[0]]
    for n in range(1, len(tables) - 1):
        inner = np.searchsorted(tables[n].keys, tables[n + 1].keys % BOUND ** (n + 1))
        times = np.bincount(inner, minlength=len(tables[n].keys)).astype(np.float64)
        out.append(Table(tables[n].keys, np.maximum(times, 1.0)))
    return [*out, tables[-1]]


def found(keys: Numbers, values: Chances, wanted: Numbers, missing: float) -> Chances:
    """The values of the keys that are wanted."""
    if not len(keys):
        return np.full(len(wanted), missing, np.float32)
    at = np.minimum(keys.searchsorted(wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, values[at], np.float32(missing))


def counted(lines: list[list[int]], start: int) -> list[Table]:
    """Counts of all sequences of one to five symbols that do not leave a line; before a line stands a full stop."""
    symbols = np.array([number for line in lines for number in (0, start, *line)] or [0], np.int64)
    tables = []
    for n in range(1, ORDER + 1):
        parts = [symbols[at : len(symbols) - n + 1 + at] for at in range(n)]
        keys = sum((part * BOUND ** (n - 1 - at) for at, part in enumerate(parts)), np.zeros(len(parts[0]), np.int64))
        whole = np.all([part != 0 for part in parts], axis=0)
        unique, counts = np.unique(keys[whole], return_counts=True)
        tables.append(Table(unique, counts.astype(np.float64)))
    return tables


@cache
def model() -> Model:
    """The model of government reports; read once a process."""
    return unpacked(lzma.decompress(files("crawler.text").joinpath(SOURCE).read_bytes()))


def packed(alphabet: str, tables: list[Table]) -> bytes:
    """A model as bytes: alphabet; then for each length how many follow each shorter sequence, which, how often."""
    parts = [alphabet.encode("utf-8"), split(tables[0].keys), classes(tables[0].counts)]
    for shorter, table in pairwise(tables):
        context = np.searchsorted(shorter.keys, table.keys // BOUND)
        last = table.keys % BOUND
        first = np.diff(context, prepend=-1) != 0
        steps = np.where(first, last, last - np.roll(last, 1))
        parts += [split(np.bincount(context, minlength=len(shorter.keys))), split(steps), classes(table.counts)]
    return b"".join(len(part).to_bytes(4, "little") + part for part in parts)


def unpacked(body: bytes) -> Model:
    """The model that `packed` gave."""
    parts, at = [], 0
    while at < len(body):
        size = int.from_bytes(body[at : at + 4], "little")
        parts.append(body[at + 4 : at + 4 + size])
        at += 4 + size
    tables = [Table(joined(parts[1]), counts_of(parts[2]))]
    for at in range(3, len(parts), 3):
        followers, steps = joined(parts[at]), joined(parts[at + 1])
        context = np.repeat(np.arange(len(followers)), followers)
        sums = np.cumsum(steps)
        before = np.concatenate(([0], sums))[np.cumsum(followers) - followers]
        tables.append(Table(tables[-1].keys[context] * BOUND + sums - before[context], counts_of(parts[at + 2])))
    return Model(parts[0].decode("utf-8"), tables)


def split(numbers: Numbers) -> bytes:
    """Numbers below 65536, all low bytes before all high ones."""
    return (numbers & 255).astype(np.uint8).tobytes() + (numbers >> 8).astype(np.uint8).tobytes()


def joined(body: bytes) -> Numbers:
    """The numbers that `split` took apart."""
    low, high = np.frombuffer(body, np.uint8).astype(np.int64).reshape(2, -1)
    return low + (high << 8)


def classes(counts: NDArray[np.float64]) -> bytes:
    """Counts as rounded logarithms, a byte each."""
    return np.round(np.log2(counts) * CLASSES).astype(np.uint8).tobytes()


def counts_of(body: bytes) -> NDArray[np.float64]:
    """The counts that `classes` rounded."""
    return np.asarray(2.0 ** (np.frombuffer(body, np.uint8) / CLASSES))


def letters(text: str) -> str:
    """A text as the model knows it: folded, with quotation marks that open and close, one digit for all."""
    return fold(text.translate(OPENING)).translate(OPENED)


@cache
def letter(char: str) -> str:
    """One character as the model knows it; "" for one that folds away."""
    return END if char == END else letters(char)[:1]
