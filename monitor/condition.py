"""In what state a copy is: unreadable stretches, masked numbers, the script it is written in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from crawler.text.glyphs import BOXES
from monitor.sketch import Codes, Flags, character_table, sound, units_of

BOX = frozenset("■□▇█")
MASK = "xXｘＸ×*＊※"
MASKS = re.compile(rf"(?<![A-Za-zＡ-Ｚａ-ｚ])[{MASK}]+(?![A-Za-zＡ-Ｚａ-ｚ])")
NUMERALS = "一二三四五六七八九十"
NUMBERED = tuple(
    re.compile(rf"^[ \t\u3000]*{before}([{NUMERALS}]+){after}", re.MULTILINE)
    for before, after in (("", "、"), ("[（(]", "[）)]"))
)
# Units of UTF-16 that are no text: C1 controls, private use, the replacement mark; and Latin-1 letters, if in threes.
UNREADABLE = ((0x80, 0xA0), (0xE000, 0xF900), (0xFFFD, 0xFFFE))
LATIN = (0xA1, 0x100)
DIGITS = ((0x30, 0x3A), (0xFF10, 0xFF1A))


@dataclass(frozen=True, slots=True)
class Condition:
    """The state of a text; shares from 0 to 1.

    unreadable   share of its characters that are replacement marks, private use, boxes, or in stretches of mojibake
    masked       share of its numbers that are masked by x or *
    traditional  share of its Han characters that are written in traditional script
    ordered      do its numbered headings follow each other?
    """

    unreadable: float
    masked: float
    traditional: float
    ordered: bool

    @property
    def damaged(self) -> bool:
        """Is a part of it lost to the reader?"""
        return self.unreadable >= 0.005 or self.masked >= 0.1

    @property
    def words(self) -> tuple[str, ...]:
        """What is not as it should be, in words."""
        said = []
        if self.unreadable >= 0.005:
            said.append(f"{max(1, round(100 * self.unreadable))} % unreadable")
        if self.masked >= 0.1:
            said.append("numbers masked")
        if self.traditional >= 0.2:
            said.append("traditional characters")
        return tuple(said)


def condition(text: str, codes: Codes) -> Condition:
    """The state of a text with these Han characters (sketch.han_codes)."""
    size, flags = max(1, len(codes)), sound(codes)
    units = units_of(text)
    lost = unreadable(units) + (0 if BOX.isdisjoint(text) else sum(map(len, BOXES.findall(text))))
    masks = len(MASKS.findall(text)) if any(mark in text for mark in MASK) else 0
    simple = character_table()[units]
    return Condition(
        unreadable=max(1 - float(flags.mean()) if len(flags) > 1 else 0.0, lost / max(1, len(units))),
        masked=masks / max(1, numbers(units) + masks),
        traditional=np.count_nonzero((simple > 0) & (simple != units)) / size,
        ordered=ordered(text),
    )


def within(units: Codes, ranges: Iterable[tuple[int, int]]) -> Flags:
    """For each unit: is it in one of these ranges, their ends left out?"""
    found = np.zeros(len(units), np.bool_)
    for low, high in ranges:
        found |= (units >= low) & (units < high)
    return found


def unreadable(units: Codes) -> int:
    """How many units are no text."""
    latin = within(units, [LATIN])
    threes = latin[2:] & latin[1:-1] & latin[:-2]
    return int(np.count_nonzero(within(units, UNREADABLE)) + np.count_nonzero(threes))


def numbers(units: Codes) -> int:
    """How many runs of digits there are."""
    digits = within(units, DIGITS)
    return int(np.count_nonzero(digits[1:] & ~digits[:-1]) + np.count_nonzero(digits[:1]))


def ordered(text: str) -> bool:
    """Do numbered headings, 一、 and （一） each by itself, mostly follow each other or begin again? Yes if few."""
    steps = []
    for kind in NUMBERED:
        values = [number_of(match) for match in kind.findall(text)]
        steps += [b == a + 1 or b == 1 for a, b in pairwise(values)]
    return len(steps) < 3 or sum(steps) >= 0.8 * len(steps)


def number_of(numeral: str) -> int:
    """一 to 九十九 as a number."""
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return NUMERALS.index(numeral[-1]) + 1
    return 10 * (NUMERALS.index(tens[-1]) + 1 if tens else 1) + (NUMERALS.index(ones[0]) + 1 if ones else 0)
