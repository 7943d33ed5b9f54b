"""Sketch: a few numbers of a text by which its copies are known.

A text is folded to its Han characters in simplified form: digits, punctuation, white space, width and script then
cannot tell two copies apart, whether numbers are masked or paragraphs glued. Every five characters in a row
(a 5-gram) get a 32-bit hash, and the 5-grams whose hash is a multiple of 64 are the text's sketch: about n / 64
numbers for n characters. Since the same 5-gram is kept or left out in every text alike, a sketch of a fifth of a text
is a fifth of the sketch of the text (modulo sampling: Broder, "On the resemblance and containment of documents", 1997),
so containment can be read from sketches, which MinHash signatures cannot give. `monitor.inverted` finds by them.
"""

import unicodedata
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint16]
Letters = NDArray[np.uint32]
Hashes = NDArray[np.uint32]
Places = NDArray[np.int64]
Flags = NDArray[np.bool_]

GRAM = 5  # characters; shorter ones are shared by any two reports, longer ones die when characters are dropped
KEEP = 64  # 1 in 64: a fifth of a report of 15 000 characters keeps about 46 hashes
GOLDEN = 0x9E3779B1  # 2**32 over the golden ratio, a full-period multiplier
FACTOR, SQUARE = np.uint32(GOLDEN), np.uint32(GOLDEN**2 & 0xFFFFFFFF)
MIX = ((np.uint32(16), np.uint32(0x85EBCA6B)), (np.uint32(13), np.uint32(0xC2B2AE35)))  # MurmurHash3, fmix32

SHIFT = 7
STRETCH = 1 << SHIFT  # characters looked at together
LONG = 1 << 18  # characters of a text; for longer ones nothing is kept ready
# Share of level-1 characters of GB 2312 in a stretch: running text has .95 and more, UTF-8 read as GBK .3.
# Seen on corpus/national, whose cjc2019 copies turn to mojibake in 30 years, and on the provincial reports.
COMMON = 0.75

# Two pages of one site have its navigation in common. A line without commas is navigation if it is shorter than LINE or
# its pieces between spaces are shorter than PIECE; PDFs break running text into lines of 30 characters and more.
STOP, SPACE, NEWLINE = np.uint16(1), np.uint16(2), np.uint16(3)
EACH = np.array([0, 1, 1 << 32, 0])  # one stop, one space, in two halves of a number
LINE, PIECE = 20, 8
RUNNING = 0.34  # of a stretch; headings stand between paragraphs

HAN_FIRST, HAN_LAST = 0x4E00, 0x9FFF
# In the table of marks Han characters are told by their codes less BASE, the rare ones with the highest bit set.
BASE, FIRST_HAN, CODE, RARE = np.uint32(0x2000), np.uint16(0x2E80 - 0x2000), np.uint16(0x7FFF), np.uint16(0x8000)
EXTENSION_A = (0x3400, 0x4DBF)
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


def readable(text: str) -> tuple[Letters, Flags]:
    """The Han characters of a text, and for each stretch of 128 of them: is it running text? See `sound`, `prose`."""
    marked = marked_table().take(units_of(text))
    han = (marked >= FIRST_HAN).nonzero()[0]
    letters = marked.take(han)
    bounds = stretches(len(letters))
    length = bounds[1:] - bounds[:-1]
    flags = few((letters >= RARE).nonzero()[0], length)
    edges, running = prose(marked)
    if len(flags) and not running.all():
        edges = han.searchsorted(edges)
        # Han characters of running text before each edge; in between they grow one by one or not at all.
        before = np.zeros(len(edges))
        ((edges[1:] - edges[:-1]) * running).cumsum(out=before[1:])
        share = np.interp(bounds, edges, before)
        flags &= share[1:] - share[:-1] >= RUNNING * length
    letters &= CODE
    plain = letters.astype(np.uint32)
    plain += BASE
    return plain, flags


def prose(marked: Codes) -> tuple[Places, Flags]:
    """The edges of the lines, and of each: is it running text, not navigation, which has short pieces and no commas?"""
    marks = (marked - STOP < NEWLINE).nonzero()[0]
    kinds = marked.take(marks)
    lines = (kinds == NEWLINE).nonzero()[0]
    edges = between(0, marks.take(lines) + 1, len(marked))
    bounds = between(0, lines + 1, len(kinds))
    before = np.zeros(len(kinds) + 1, np.int64)
    EACH.take(kinds).cumsum(out=before[1:])  # stops and spaces are counted in one pass
    counts = before.take(bounds)
    counts = counts[1:] - counts[:-1]
    pieces = counts >> 32
    length = edges[1:] - edges[:-1] - pieces
    running: Flags = (counts & 0xFFFFFFFF > 0) | ((length >= LINE) & (length >= PIECE * (pieces + 1)))
    return edges, running


def between(first: int, places: Places, last: int) -> Places:
    """The places, with one before and one behind them."""
    found = np.empty(len(places) + 2, np.int64)
    found[0], found[1:-1], found[-1] = first, places, last
    return found


@lru_cache(maxsize=1)
def every() -> Places:
    """Where stretches of a long text begin."""
    return np.arange(0, LONG + STRETCH, STRETCH)


def stretches(size: int) -> Places:
    """Where each stretch of 128 characters of a text of this size begins, and where the last one ends."""
    count = -(-size // STRETCH) + 1
    bounds = every()[:count].copy() if size < LONG else np.arange(0, count * STRETCH, STRETCH)
    bounds[-1] = size
    return bounds


@lru_cache(maxsize=1)
def marked_table() -> Codes:
    """For each unit of UTF-16: of a Han character the simplified form, marked RARE if it is; else what it parts.

    STOP for a mark that ends a clause, SPACE for what stands between pieces, NEWLINE, and 0 for all others. One look-up
    a character is what a sketch has to spend; three tables would cost as much as all the rest.
    """
    simple = character_table()
    table = np.where(simple > 0, simple - BASE, 0).astype(np.uint16)
    table[(simple > 0) & (common_characters()[simple] == 0)] |= RARE
    table[[ord(mark) for mark in "。，；！？,;、"]] = STOP
    table[[ord(mark) for mark in " \t|\u00a0\u3000"]] = SPACE
    table[ord("\n")] = NEWLINE
    return table


def gram_hashes(letters: Letters) -> Hashes:
    """The hash of the 5-gram that begins at each position; the same on every machine and in every run."""
    if len(letters) < GRAM:
        return letters[:0]
    two = letters[:-1] * FACTOR
    two += letters[1:]
    four = two[:-2] * SQUARE
    four += two[2:]
    total = four[:-1] * FACTOR
    total += letters[GRAM - 1 :]
    shifted = np.empty_like(total)
    for shift, factor in MIX:
        total ^= np.right_shift(total, shift, out=shifted)
        total *= factor
    total ^= np.right_shift(total, MIX[0][0], out=shifted)
    return total


def sound(codes: Codes) -> Flags:
    """For each stretch of 128 Han characters, the last one shorter: is it running text, and not mojibake?"""
    bounds = stretches(len(codes))
    return few((common_characters()[codes] == 0).nonzero()[0], bounds[1:] - bounds[:-1])


def few(rare: Places, length: Places) -> Flags:
    """For each stretch, by its length: are so few of its characters, at these places of the text, rare ones?"""
    flags: Flags = length - np.bincount(rare >> SHIFT, minlength=len(length)) >= COMMON * length
    return flags


def kept(hashes: Hashes, flags: Flags) -> Hashes:
    """The sketch of a text whose 5-grams have these hashes; of its stretches only the sound ones count."""
    where = (hashes & np.uint32(KEEP - 1) == 0).nonzero()[0]
    found = hashes.take(where if flags.all() else where[flags.take(where >> SHIFT)])
    found.sort()
    first = np.ones(len(found), np.bool_)
    np.not_equal(found[1:], found[:-1], out=first[1:])
    once: Hashes = found[first]
    return once


def sketch(text: str) -> Hashes:
    """The kept hashes of a text, each once, ascending; empty where there is no running text."""
    letters, flags = readable(text)
    return kept(gram_hashes(letters), flags)


@lru_cache(maxsize=1)
def common_characters() -> NDArray[np.uint8]:
    """Of the basic plane: 1 for the 3 755 commonest simplified characters (GB 2312-80, level 1: rows 16–55), else 0."""
    table = np.zeros(1 << 16, np.uint8)
    for row in range(16, 56):
        cells = bytes(byte for cell in range(1, 95) for byte in (0xA0 + row, 0xA0 + cell))
        for character in cells.decode("gb2312", "ignore"):
            table[ord(character)] = HAN_FIRST <= ord(character) <= HAN_LAST
    return table
