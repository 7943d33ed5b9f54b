"""In what state a copy is: unreadable stretches, masked numbers, the script it is written in."""

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from monitor.sketch import Codes, character_table, sound

DIGITS = re.compile(r"[0-9０-９]+(?:[.．][0-9０-９]+)?")
MASKS = re.compile(r"(?<![A-Za-zＡ-Ｚａ-ｚ])[xXｘＸ×*＊※]+(?![A-Za-zＡ-Ｚａ-ｚ])")
NUMERALS = "一二三四五六七八九十"
NUMBERED = (
    re.compile(rf"^\s*([{NUMERALS}]+)、", re.MULTILINE),
    re.compile(rf"^\s*[（(]([{NUMERALS}]+)[）)]", re.MULTILINE),
)
UNREADABLE = re.compile("[\ufffd\ue000-\uf8ff\x80-\x9f]|[\xa1-\xff]{3,}")


@dataclass(frozen=True, slots=True)
class Condition:
    """The state of a text; shares from 0 to 1.

    unreadable   share of its characters that are replacement marks, private use, or in stretches of mojibake
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
    size = max(1, len(codes))
    flags = sound(codes)
    marks = sum(map(len, UNREADABLE.findall(text)))
    numbers, masks = len(DIGITS.findall(text)), len(MASKS.findall(text))
    return Condition(
        unreadable=max(1 - float(flags.mean()) if len(flags) > 1 else 0.0, marks / max(1, len(text))),
        masked=masks / max(1, numbers + masks),
        traditional=traditional(text) / size,
        ordered=ordered(text),
    )


def traditional(text: str) -> int:
    """How many characters of the text have another, simplified form."""
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16)
    simple = character_table()[units]
    return int(((simple > 0) & (simple != units)).sum())


def ordered(text: str) -> bool:
    """Do numbered headings, 一、 and （一） each by itself, mostly follow each other or begin again? Yes if few."""
    steps = []
    for kind in NUMBERED:
        numbers = [number_of(match) for match in kind.findall(text)]
        steps += [b == a + 1 or b == 1 for a, b in pairwise(numbers)]
    return len(steps) < 3 or sum(steps) >= 0.8 * len(steps)


def number_of(numeral: str) -> int:
    """一 to 九十九 as a number."""
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return NUMERALS.index(numeral[-1]) + 1
    return 10 * (NUMERALS.index(tens[-1]) + 1 if tens else 1) + (NUMERALS.index(ones[0]) + 1 if ones else 0)
