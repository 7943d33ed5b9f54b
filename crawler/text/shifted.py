"""GBK bytes shifted by one: `?。ㄒ唬┙y籌` is `　（一）統籌`.

How it came about: a program replaced ！ (A3A1), 。 (A1A3), ； (A3BB) or ？ (A3BF) byte by byte in a GBK text, and hit
the second byte of one character with the first of the next. The lead byte before became `?`, and all pairs after it
are shifted, until a second byte below 0x80 falls into step again, or a punctuation mark that was replaced in its turn
leaves another `?` before it. Pairs that landed in undefined or private areas of GBK were dropped by a later decoder.

How it is undone: the run is encoded as GBK again, a lead byte is put back, and among all ways to cut the bytes, with
dropped pairs put in between, the one is taken that the model of reports finds likeliest.
"""

import math
import re
from collections import Counter
from functools import cache
from heapq import nlargest
from itertools import islice, pairwise
from typing import NamedTuple

from crawler.text.fold import only_hans, only_hant, script_of
from crawler.text.model import folded, model

HIT = re.compile(r"\?[。！；？!;?]")
ALONE = re.compile(r"(?<=[\u3400-\u9fff])\?(?=[\u3400-\u9fff])")
REPLACED = {
    "。": b"\xa1\xa3",
    "！": b"\xa3\xa1",
    "!": b"\xa3\xa1",
    "；": b"\xa3\xbb",
    ";": b"\xa3\xbb",
    "？": b"\xa3\xbf",
    "?": b"\xa3\xbf",
}
WIDENED = {"!": "！", ";": "；"}  # a later hand folded these to ASCII, inside a run too
ENDINGS = 200  # ways to end a run that are held against what follows it
LIKELY = 250  # characters tried between two dropped pairs, the commonest first
BEAM = 16  # paths kept after each character
NARROW = 8  # paths tried with a dropped pair, and characters tried for it
INDENT = -1.0  # log probability of the full-width space, not of the model, at the start of a line
OWN = 0.12  # weight of the text itself, beside the reports that the model knows
FULLSTOP = -2.0  # log probability beside its own of one of the marks replaced: the program met that one first
LOST = 0.3  # what a dropped pair makes up for: every character more makes a text less likely
FOREIGN = -5.0  # log probability of a character of the other script
NUMBERED = 8.0  # the same of the number that a heading should have
GAIN = 1.0  # a character, on average, by which the mended text must be likelier than the damaged one
SOUND = -6.0  # average log probability of a stretch that is left as it stands
LEAST = -8.0  # average log probability below which no text is believed
LONGEST = 60  # characters of a run
PATIENCE = 20  # marks tried in vain before a text is taken for sound
MOST = 100  # mended runs that earn one; the worst text known has 16
REWARD = 2  # and how many more for each that was mended


class Glyph(NamedTuple):
    """A character of the model: one of its bytes (the other is given), itself, its fold."""

    byte: int
    char: str
    fold: str


class Way(NamedTuple):
    """A way to read the bytes so far: its score, its text, the folds of its last two characters, the byte that waits.

    Where a dropped pair is being crossed, `pending` is the first byte of that pair and `crossing` is true.
    """

    score: float
    text: str
    last: str
    pending: int
    crossing: bool = False


class Run(NamedTuple):
    """A damaged stretch: what stands there, as pairs of bytes after the mark that was hit, and how it ends.

    stop    index in the line behind the run
    pairs   the shifted pairs
    tail    the byte that fell into step, None where it was lost
    """

    stop: int
    pairs: list[tuple[int, int]]
    tail: int | None


@cache
def dropped() -> frozenset[tuple[int, int]]:
    """Pairs of bytes that a decoder of GBK has no character for, or a private one."""
    return frozenset(
        (lead, trail)
        for lead in range(0x81, 0xFF)
        for trail in (*range(0x80, 0xFF),)
        if not (lead == 0x80 or trail == 0x7F) and char_of(lead, trail) is None
    )


@cache
def starters() -> frozenset[int]:
    """First bytes of dropped pairs."""
    return frozenset(lead for lead, _ in dropped())


@cache
def char_of(lead: int, trail: int) -> str | None:
    """The GBK character of two bytes, None where there is none."""
    try:
        char = bytes((lead, trail)).decode("gbk")
    except UnicodeDecodeError:
        return None
    return char if len(char) == 1 and not "\ue000" <= char <= "\uf8ff" else None


@cache
def with_lead(lead: int) -> tuple[Glyph, ...]:
    """Characters of the model that have a lead byte, by their second."""
    return tuple(Glyph(trail, *found) for trail in range(0x40, 0xFF) if (found := known(lead, trail)))


@cache
def with_trail(trail: int) -> tuple[Glyph, ...]:
    """Characters of the model that have a second byte, by their lead byte."""
    return tuple(Glyph(lead, *found) for lead in range(0x81, 0xFF) if (found := known(lead, trail)))


@cache
def known(lead: int, trail: int) -> tuple[str, str] | None:
    """The character of two bytes and its fold, if reports use it."""
    char = char_of(lead, trail)
    fold = folded(char) if char and not "\ufe30" <= char <= "\ufe4f" else ""
    return (char, fold) if char and fold in model().singles else None


@cache
def by_fold() -> dict[str, tuple[tuple[int, Glyph], ...]]:
    """All characters of the model with a second byte above ASCII, by their folds."""
    found: dict[str, list[tuple[int, Glyph]]] = {}
    for lead in range(0x81, 0xFF):
        for glyph in with_lead(lead):
            if glyph.byte >= 0x81:
                found.setdefault(glyph.fold, []).append((lead, glyph))
    return {fold: tuple(glyphs) for fold, glyphs in found.items()}


def shapes(fold: str) -> tuple[tuple[int, Glyph], ...]:
    """The characters that fold to one: lead byte, and the rest."""
    return by_fold().get(fold, ())


class Mender:
    """Restores the runs of one text.

    foreign  characters of the script that the text is not in
    seen     characters of the text; folds: the same, folded. Of two forms of one mark the text's own is taken
    patience how many marks may still be tried; mended: how many were
    own      how often, of a character's uses in the text itself, another follows, times OWN
    """

    def __init__(self, text: str) -> None:
        self.foreign = only_hans() if script_of(text) == "hant" else only_hant()
        self.model = model()
        self.patience, self.mended = PATIENCE, 0
        self.seen = frozenset(text)
        plain = [char for char in map(folded, text) if char]
        pairs = Counter(pairwise(plain))
        singles = Counter(plain)
        self.folds = frozenset(singles)
        self.own = {pair: OWN * times / singles[pair[0]] for pair, times in pairs.items()}

    def mend(self, line: str, expected: str | None = None) -> tuple[str, list[tuple[str, str]]]:
        """A line with its shifted runs put right, and each run before and after.

        expected  the number that a heading （N） at the head of the line should have; it decides where bytes are lost
        """
        runs: list[tuple[str, str]] = []
        at = 0
        while self.patience > 0 and (found := HIT.search(line, at)):
            at, start = found.end(), found.start()
            run = run_at(line, start + 1)
            if run is None or (not run.pairs and bare(line, start, run.stop)):
                continue
            self.patience -= 1
            after = self.restored(line, start, run, expected)
            if after is None:
                continue
            self.patience += REWARD if self.mended < MOST else 0
            self.mended += 1
            runs.append((line[start : run.stop], after.lstrip("\u3000")))
            line = line[:start] + after + line[run.stop :]
            at = start + len(after)
        return line.strip("\u3000"), runs

    def restored(self, line: str, start: int, run: Run, expected: str | None) -> str | None:
        """The text of a run, None where no reading is much likelier than what stands there."""
        hit = REPLACED[line[start + 1]]
        context = "".join(filter(None, map(folded, line[max(0, start - 3) : start])))[-2:] or "。"
        ways = self.opened(hit, context, start=not line[:start].strip("\u3000"))
        for lead, trail in run.pairs:
            ways = self.step(ways, lead, trail, expected)
        letter = run.pairs[-1][1] if run.pairs and run.pairs[-1][1] < 0x80 else None
        rest = line[run.stop : run.stop + 6]
        ended = best(self.finish(ways, run.tail, letter, rest, expected))
        if not ended:
            return None
        after = ended[0].text
        return after if self.believable(line[start : run.stop] + rest, after + rest, context) else None

    def opened(self, hit: bytes, context: str, *, start: bool) -> list[Way]:
        """The first character, whose lead byte became `?`; a full-width space where a paragraph begins."""
        ways = [
            Way(self.gain(context, char, fold) + FULLSTOP * (char in REPLACED), char, context[-1:] + fold, hit[1])
            for _, char, fold in with_trail(hit[0])
        ]
        if start and hit == b"\xa1\xa3":
            ways.append(Way(INDENT, "\u3000", "。", hit[1]))
        return best(ways)

    def gain(self, before: str, char: str, fold: str) -> float:
        """Log probability of a character behind one or two folded ones."""
        score = self.model.follows(before, fold)
        if own := self.own.get((before[-1:], fold)):
            score = math.log((1 - OWN) * math.exp(score) + own)
        strange = char in self.foreign or (char not in self.seen and fold in self.folds)
        return score + FOREIGN if strange else score

    def step(self, ways: list[Way], lead: int, trail: int, expected: str | None) -> list[Way]:
        """All ways to go on over one shifted pair: as it is, or with one or two dropped pairs before it."""
        found = [self.longer(way, *glyph, trail) for way in ways if (glyph := known(way.pending, lead))]
        for middle in self.dropping(ways, expected):
            found += self.landed(middle, lead, trail)
        return best(found)

    def longer(self, way: Way, char: str, fold: str, pending: int, *, crossing: bool = False) -> Way:
        """A way with one more character."""
        score = way.score + self.gain(way.last, char, fold) + (LOST if crossing else 0.0)
        return Way(score, way.text + char, way.last[-1:] + fold, pending, crossing)

    def dropping(self, ways: list[Way], expected: str | None) -> list[Way]:
        """The ways into a dropped pair, and through it into a second one."""
        once = best([middle for way in ways[:NARROW] for middle in self.across(way)])
        twice = best([middle for way in once[:NARROW] for middle in self.guessed(way, expected)])
        return once + twice

    def across(self, way: Way) -> list[Way]:
        """The character of the waiting byte and the first of a dropped pair, whose second is not known yet."""
        return [
            self.longer(way, char, fold, trail, crossing=True)
            for trail, char, fold in with_lead(way.pending)
            if trail in starters()
        ]

    def guessed(self, way: Way, expected: str | None, *, last: bool = False) -> list[Way]:
        """Between two dropped pairs: any character whose bytes complete the one and begin the other.

        last  there is no other: the second byte was lost when a mark behind it was replaced
        """
        found = []
        for fold in islice(self.model.row(way.last), LIKELY):
            for lead, (trail, char, _) in shapes(fold):
                if (way.pending, lead) in dropped() and (last or trail in starters()):
                    more = self.longer(way, char, fold, trail, crossing=not last)
                    bonus = NUMBERED if way.last[-1:] == "(" and fold == expected else 0.0
                    found.append(more._replace(score=more.score + bonus))
        return found

    def landed(self, way: Way, lead: int, trail: int) -> list[Way]:
        """Out of a dropped pair: the character whose lead byte it held and whose second is at hand."""
        return [
            self.longer(way, char, fold, trail)
            for first, char, fold in with_trail(lead)
            if (way.pending, first) in dropped()
        ]

    def finish(
        self, ways: list[Way], tail: int | None, letter: int | None, rest: str, expected: str | None
    ) -> list[Way]:
        """The end of a run: a byte that falls into step, a letter that was swallowed, or a lost byte."""
        if letter is not None:
            found = [self.longer(way, chr(letter), folded(chr(letter)), 0) for way in ways]
        elif tail is not None:
            found = self.step(ways, tail, 0, expected)
        else:
            found = [
                self.longer(way, char, fold, 0)
                for way in ways
                for trail, char, fold in with_lead(way.pending)
                if trail >= 0x81
            ]
            middles = best([middle for way in ways[:NARROW] for middle in self.across(way)])
            found += [ended for middle in middles[:NARROW] for ended in self.guessed(middle, expected, last=True)]
        found = nlargest(ENDINGS, found)
        behind = [fold for fold in map(folded, rest) if fold]
        tails = {last: self.model.text(behind, last) for last in {way.last for way in found}}
        return [way._replace(score=way.score + tails[way.last]) for way in found]

    def believable(self, before: str, after: str, context: str) -> bool:
        """Is the mended text a text, and much likelier than the damaged one?"""
        was, now = ([char for char in map(folded, text) if char] for text in (before, after))
        likely = self.model.text(now, context) / max(1, len(now))
        stands = self.model.text(was, context) / max(1, len(was))
        return likely > LEAST and stands < SOUND and likely > stands + GAIN


def bare(line: str, start: int, stop: int) -> bool:
    """Are marks without a shifted pair between them just somebody's question marks?"""
    before, after = line[start - 1 : start], line[stop : stop + 1]
    return not "\u3400" <= before <= "\u9fff" or after in ("?", "!", "？", "！")


def lossy(text: str) -> bool:
    """Does ? stand for lost characters all over a text? Then no single one shows a shift."""
    return len(ALONE.findall(text)) > max(10, 2 * len(HIT.findall(text)))


def run_at(line: str, at: int) -> Run | None:
    """The run whose hit mark stands at an index; None where the text behind it cannot be one."""
    pairs: list[tuple[int, int]] = []
    for index in range(at + 1, min(len(line), at + LONGEST)):
        char = line[index]
        if char == "?":
            return Run(index + 1, pairs, None)
        byte = 0x80 if char == "€" else ord(char)
        if char not in WIDENED and byte <= 0x80:
            return Run(index + 1, pairs, byte) if byte >= 0x40 else None
        try:
            lead, trail = WIDENED.get(char, char).encode("gbk")
        except (UnicodeEncodeError, ValueError):
            return None
        pairs.append((lead, trail))
        if trail < 0x80:
            return Run(index + 1, pairs, None)
    return Run(len(line), pairs, None) if at + LONGEST > len(line) else None


def best(ways: list[Way]) -> list[Way]:
    """The likeliest ways, the best first; of those that differ in the past only, one."""
    kept: dict[tuple[str, int], Way] = {}
    for way in sorted(ways, reverse=True):
        kept.setdefault((way.text[-2:], way.pending), way)
        if len(kept) == BEAM:
            break
    return list(kept.values())
