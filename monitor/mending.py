"""Where a copy is damaged and another is sound: what stands there in the other, for showing; PURE.

A damaged stretch is found in the other copy by the characters in front of it and behind it. Nothing is ever written
into the copy itself: a reader is shown the sound text, and where it is from.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from monitor.condition import MASKS, UNREADABLE, within
from monitor.sketch import Codes, Flags, Places, character_table, common_characters, units_of

ANCHOR = 12  # Han characters that a stretch is found by, before it and behind it
LENGTHS = (ANCHOR, 2 * ANCHOR, 4 * ANCHOR)  # stock phrases are said again within one report
REACHES = (0, 6, 14, 30)  # how far from the damage they may stand, if those next to it are worn too
SPAN = 16  # Han characters that are looked at together for mojibake
RARE = 0.4  # share of them outside level 1 of GB 2312: running text has .05, UTF-8 read as GBK .7
ROOM = 4  # times the damaged characters that the sound ones may be, and SLACK more
SLACK = 60
ASTRAL = re.compile("[\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Mend:
    """A stretch of a text that is damaged: text[start:end] reads `sound` in the copy of that index."""

    start: int
    end: int
    sound: str
    copy: int


@dataclass(frozen=True, slots=True)
class Spread:
    """A text with its Han characters, simplified, and the place of each."""

    text: str
    letters: str
    places: Places


def spread(text: str) -> Spread:
    """The text laid out; characters beyond the basic plane count as damaged ones, so that places are those of units."""
    plain = ASTRAL.sub("\ufffd", text)
    units = character_table()[units_of(plain)]
    places = np.nonzero(units)[0]
    return Spread(plain, units[places].tobytes().decode("utf-16-le"), places)


def mends(text: str, others: Sequence[str]) -> list[Mend]:
    """What the other copies, the most trusted first, read where this one is damaged; in order, none overlapping."""
    damaged = list(damages(text))
    if not damaged or not others:
        return []
    own, sound = spread(text), [spread(other) for other in others]
    plain = simplified(text) == own.text  # then what comes from a traditional copy is shown in simplified characters
    found: list[Mend] = []
    for start, end in damaged:
        mend = next(
            (m for number, other in enumerate(sound) if (m := mended(own, start, end, other, number)) is not None), None
        )
        if mend is not None and (not found or mend.start >= found[-1].end):
            found.append(replace(mend, sound=simplified(mend.sound)) if plain else mend)
    return found


def damages(text: str) -> Iterator[tuple[int, int]]:
    """Where a text is damaged: unreadable characters, mojibake, masked numbers; stretches near each other are one."""
    units = units_of(ASTRAL.sub("\ufffd", text))
    bad = within(units, UNREADABLE) | mojibake(units)
    for found in MASKS.finditer(text):
        bad[found.start() : found.end()] = True
    edges = np.flatnonzero(np.diff(np.concatenate([[False], bad, [False]]).astype(np.int8)))
    pending: tuple[int, int] | None = None
    for start, end in edges.reshape(-1, 2).tolist():
        if pending and start - pending[1] <= ANCHOR:
            pending = (pending[0], end)
            continue
        if pending:
            yield pending
        pending = (start, end)
    if pending:
        yield pending


def mojibake(units: Codes) -> Flags:
    """For each unit: does it stand among Han characters of which too many are rare?"""
    places = np.nonzero(character_table()[units])[0]
    flags = np.zeros(len(units), np.bool_)
    if len(places) < SPAN:
        return flags
    rare = common_characters()[character_table()[units[places]]] == 0
    sums = np.concatenate([[0], np.cumsum(rare)])
    for first in np.flatnonzero(sums[SPAN:] - sums[:-SPAN] >= RARE * SPAN).tolist():
        flags[places[first] : places[first + SPAN - 1] + 1] = True
    return flags


def mended(own: Spread, start: int, end: int, other: Spread, number: int) -> Mend | None:
    """What another copy reads in place of text[start:end]; None where it cannot be told, or is damaged there too."""
    left, right = int(np.searchsorted(own.places, start)), int(np.searchsorted(own.places, end))
    for reach in REACHES:
        low = after_anchor(own.letters[: max(0, left - reach)], other.letters)
        after = own.letters[right + reach :][:ANCHOR]
        if low is None or len(after) < ANCHOR:
            continue
        high = other.letters.find(after, low, low + ROOM * (end - start) + 2 * reach + SLACK)
        if high < 0:
            continue
        first, last = int(own.places[left - reach - 1]) + 1, int(own.places[right + reach])
        text = other.text[int(other.places[low - 1]) + 1 : int(other.places[high])]
        if text != own.text[first:last] and is_sound(other, low, high):
            return Mend(first, last, text, number)
    return None


def after_anchor(before: str, letters: str) -> int | None:
    """Where in the other letters these end, by so many of the last of them as occur there only once."""
    for length in LENGTHS:
        anchor = before[-length:]
        found = letters.find(anchor) if len(anchor) == length else -1
        if found < 0:
            return None
        if letters.find(anchor, found + 1) < 0:
            return found + length
    return None


def is_sound(other: Spread, low: int, high: int) -> bool:
    """Is the stretch of another copy between two of its characters undamaged? Its anchors may have masked numbers."""
    first = int(other.places[max(0, low - ANCHOR)])
    last = int(other.places[min(high + ANCHOR, len(other.places)) - 1]) + 1
    start, end = int(other.places[low - 1]) + 1, int(other.places[high])
    return not any(a + first < end and b + first > start for a, b in damages(other.text[first:last]))


def simplified(text: str) -> str:
    """The text with each Han character in its simplified form."""
    codes = units_of(ASTRAL.sub("\ufffd", text))
    simple = character_table()[codes]
    return np.where(simple > 0, simple, codes).astype(np.uint16).tobytes().decode("utf-16-le", "surrogatepass")


def applied(text: str, found: Sequence[Mend]) -> str:
    """The text with the sound stretches in their places."""
    pieces, at = [], 0
    for mend in found:
        pieces += [text[at : mend.start], mend.sound]
        at = mend.end
    return "".join([*pieces, text[at:]])
