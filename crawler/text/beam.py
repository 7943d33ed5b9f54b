"""Reads GBK bytes that are one out of step: the likeliest text behind them, by the model of reports.

A way is one reading of the bytes so far. Each pair of bytes that is at hand holds the second byte of one character and
the first of the next. Before it pairs may have been dropped, and with each of them a second and a first byte.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crawler.text.fold import only_hans, only_hant, script_of
from crawler.text.model import END, ORDER, Chances, Grams, Numbers, letter, letters, model

Bools = NDArray[np.bool_]
# Tuned on the reports of half the provinces with counts of the other half: tests/bench/shifted.py SHARED --ngrams FILE
# --half 0. A width of 20 loses 7 of 400 runs; 64 wins none. MANY is what the two headings of the seed of Shijingshan
# need in which 治理 without 政府 stands.
WIDTH = 32  # ways kept after each character
NARROW = 12  # ways tried with a dropped pair
FEW = 4  # ways tried with a further one
BEHIND = 14.0  # how far, in log probability, a way may be behind the best
MANY = 3.0  # log probability that a third dropped pair in a row costs, and a fourth: words of a report fit anywhere
ENDINGS = 120  # ways to end a run that are held against what follows it
OWN = 0.2  # weight of the text itself, beside the reports that the model knows
FOREIGN = -5.0  # log probability of a character of the other script, or of a form that the text does not use
INDENT = -1.0  # log probability of the full-width space, not of the model, at the start of a line
NUMBERED = 8.0  # what the number that a heading should have is worth


class Glyphs(NamedTuple):
    """The characters of GBK that the model knows, and the pairs of bytes that a decoder drops.

    at       number of the glyph of two bytes, -1 for none
    dropped  is a pair undefined or private?
    """

    chars: list[str]
    symbols: Numbers
    leads: Numbers
    trails: Numbers
    at: Numbers
    dropped: Bools


class Ways(NamedTuple):
    """Readings of the bytes so far, as columns: score, the last four symbols, the byte that waits, the text."""

    scores: NDArray[np.float64]
    contexts: Numbers
    pending: Numbers
    texts: list[str]


@cache
def char_of(lead: int, trail: int) -> str | None:
    """The GBK character of two bytes, None where there is none."""
    try:
        char = bytes((lead, trail)).decode("gbk")
    except UnicodeDecodeError:
        return None
    return char if len(char) == 1 and not "\ue000" <= char <= "\uf8ff" else None


@cache
def glyphs() -> Glyphs:
    """All of them; made once a process."""
    symbols = model().symbols
    dropped = np.zeros((256, 256), bool)
    rows: list[tuple[str, int, int, int]] = []
    for lead in range(0x81, 0xFF):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            char = char_of(lead, trail)
            dropped[lead, trail] = char is None and trail >= 0x80
            if char and not "\ufe30" <= char <= "\ufe4f" and (symbol := symbols.get(letter(char))):
                rows.append((char, symbol, lead, trail))
    symbols_of, leads, trails = (np.array([row[n] for row in rows], np.int64) for n in (1, 2, 3))
    at = np.full((256, 256), -1, np.int64)
    at[leads, trails] = np.arange(len(rows))
    return Glyphs([row[0] for row in rows], symbols_of, leads, trails, at, dropped)


class Beam:
    """The search through one text.

    own     probabilities after the text itself
    strain  log probability, by glyph, for one that the text's script or habit speaks against
    """

    def __init__(self, text: str) -> None:
        self.glyphs = glyphs()
        self.model = model()
        self.own: Grams = self.model.of_text(text.splitlines())
        self.rows: dict[int, Chances] = {}
        foreign = only_hans() if script_of(text) == "hant" else only_hant()
        seen = frozenset(text)
        forms = frozenset(letter(char) for char in seen if char > "\x7f")
        strange = [char in foreign or (char not in seen and letter(char) in forms) for char in self.glyphs.chars]
        self.strain = np.where(strange, FOREIGN, 0.0)
        known = set(self.model.grams.keys[0].tolist()) | set(self.own.keys[0].tolist())
        usual = np.isin(self.glyphs.symbols, list(known)) & ~np.array(strange)
        starts: Bools = np.asarray(self.glyphs.dropped.any(axis=1))[self.glyphs.trails]
        self.free = np.flatnonzero(usual)
        self.by_lead = [np.flatnonzero(self.glyphs.leads == lead) for lead in range(256)]
        self.by_trail = [np.flatnonzero(self.glyphs.trails == trail) for trail in range(256)]
        self.into = [found[starts[found]] for found in self.by_lead]
        self.between = np.flatnonzero(usual & starts)

    def row(self, last: int) -> Chances:
        """Log probabilities of all symbols behind one, by the model and the text together."""
        if last not in self.rows:
            mixed = (1 - OWN) * self.model.grams.row(last) + OWN * self.own.row(last)
            self.rows[last] = np.log(mixed)
        return self.rows[last]

    def chances(self, contexts: Numbers, symbols: Numbers) -> NDArray[np.float64]:
        """Log probabilities of symbols behind four others, pair by pair."""
        reports, own = self.model.grams, self.own
        mixed = (1 - OWN) * reports.chances(contexts, symbols) + OWN * own.chances(contexts, symbols)
        return np.log(mixed.astype(np.float64))

    def begun(self, before: str, trail: int, pending: int, *, indent: bool) -> Ways:
        """The ways to read the first character, whose lead byte became `?`; a full-width space where a line begins."""
        start = Ways(np.zeros(1), np.array([self.context(before)]), np.zeros(1, np.int64), [""])
        ways = [self.grown(start, self.by_trail[trail], WIDTH)]
        if indent:
            stop = np.array([self.context("")])
            ways.append(Ways(np.array([INDENT]), stop, np.zeros(1, np.int64), ["\u3000"]))
        kept = self.best(ways, WIDTH)
        return kept._replace(pending=np.full(len(kept.texts), pending))

    def context(self, before: str) -> list[int]:
        """The last four symbols of a text."""
        return [*[0] * (ORDER - 2), *self.model.numbers("。" + letters(before))][1 - ORDER :]

    def grown(self, ways: Ways, chosen: Numbers, width: int, allowed: Bools | None = None) -> Ways:
        """All ways with one more character, which is any of the chosen glyphs; the best of them.

        allowed  may this way (row) be followed by this glyph (column)?
        """
        symbols = self.glyphs.symbols[chosen]
        rough: NDArray[np.float64] = np.stack([self.row(last)[symbols] for last in ways.contexts[:, -1].tolist()])
        rough = rough.astype(np.float64) + ways.scores[:, None] + self.strain[chosen]
        if allowed is not None:
            rough = np.where(allowed, rough, -np.inf)
        flat = rough.ravel()
        count = min(2 * width, flat.size)
        top = np.argpartition(-flat, count - 1)[:count]
        return self.longer(ways, *np.divmod(top[np.isfinite(flat[top])], len(chosen)), chosen)

    def longer(self, ways: Ways, parents: Numbers, picks: Numbers, chosen: Numbers) -> Ways:
        """These ways, each with one of the chosen glyphs behind."""
        added = chosen[picks]
        contexts, symbols = ways.contexts[parents], self.glyphs.symbols[added]
        scores = ways.scores[parents] + self.strain[added]
        if len(added):
            scores = scores + self.chances(contexts, symbols)
        texts = [ways.texts[way] + self.glyphs.chars[glyph] for way, glyph in zip(parents, added, strict=True)]
        return Ways(scores, np.column_stack([contexts[:, 1:], symbols]), self.glyphs.trails[added], texts)

    def best(self, found: list[Ways], width: int) -> Ways:
        """The likeliest of several, best first; of those that differ in the past only, one."""
        scores = np.concatenate([ways.scores for ways in found])
        contexts = np.concatenate([ways.contexts for ways in found])
        pending = np.concatenate([ways.pending for ways in found])
        texts = [text for ways in found for text in ways.texts]
        kept: dict[tuple[int, ...], int] = {}
        for at in np.argsort(-scores, kind="stable").tolist():
            if len(kept) == width or scores[at] < scores.max() - BEHIND:
                break
            kept.setdefault((*contexts[at].tolist(), int(pending[at])), at)
        at = list(kept.values())
        return Ways(scores[at], contexts[at], pending[at], [texts[one] for one in at])

    def stepped(self, ways: Ways, lead: int, trail: int, number: str | None = None) -> Ways:
        """All ways to go on over one pair at hand: as it is, or with dropped pairs before it."""
        glyph = self.glyphs.at[ways.pending, lead]
        able = np.flatnonzero(glyph >= 0)
        found = [self.longer(ways, able, np.arange(len(able)), glyph[able])]
        landing = self.by_trail[lead]
        for middle in self.dropping(ways, number, found[0]):
            allowed = self.glyphs.dropped[middle.pending[:, None], self.glyphs.leads[landing]]
            if allowed.any():
                found.append(self.grown(middle, landing, WIDTH, allowed))
        kept = self.best(found, WIDTH)
        return kept._replace(pending=np.full(len(kept.texts), trail))

    def dropping(self, ways: Ways, number: str | None, rivals: Ways) -> list[Ways]:
        """The ways into a dropped pair, into a second one behind it, and so on, as far as they may beat the rivals."""
        floor = rivals.scores.max(initial=-np.inf) - BEHIND - NUMBERED * (number is not None)
        found = []
        middle = self.waiting(first(ways, NARROW), self.into)
        for few, cost in ((NARROW, 0.0), (FEW, 0.0), (FEW, MANY), (FEW, MANY)):
            middle = middle._replace(scores=middle.scores - cost)
            middle = chosen(middle, middle.scores > floor)
            if not middle.texts:
                break
            found.append(middle)
            middle = self.guessed(first(middle, few), self.between, number)
        return found

    def waiting(self, ways: Ways, table: list[Numbers]) -> Ways:
        """All ways with one more character, which begins with the byte that waits."""
        found = [first(ways, 0)]
        waiting = [byte for byte in set(ways.pending.tolist()) if len(table[byte])]
        found += [self.grown(chosen(ways, ways.pending == byte), table[byte], WIDTH) for byte in waiting]
        return self.best(found, WIDTH) if len(found) > 1 else found[0]

    def guessed(self, ways: Ways, chosen: Numbers, number: str | None) -> Ways:
        """All ways with one more character of which no byte is left."""
        allowed = self.glyphs.dropped[ways.pending[:, None], self.glyphs.leads[chosen]]
        grown = self.grown(ways, chosen, WIDTH, allowed)
        if number:
            hits = [text.endswith(("（" + number, "(" + number)) for text in grown.texts]
            grown = grown._replace(scores=grown.scores + NUMBERED * np.array(hits, float))
        return self.best([grown], WIDTH) if grown.texts else grown

    def ended(self, ways: Ways, number: str | None) -> Ways:
        """All ways to end where the second byte of the last character is lost."""
        found = [self.waiting(ways, self.by_lead)]
        middles = self.dropping(ways, number, found[0])
        found += [self.guessed(first(middle, NARROW), self.free, number) for middle in middles]
        return self.best(found, ENDINGS)

    def likeliest(self, ways: Ways) -> tuple[str, float]:
        """The best text, and its share among all of them."""
        best = int(np.argmax(ways.scores))
        return ways.texts[best], float(1 / np.exp(ways.scores - ways.scores[best]).sum())

    def followed(self, ways: Ways, text: str, *, ends: bool = False) -> Ways:
        """The ways with their scores for what stands behind the run, and for the line to end then; their texts stay."""
        for symbol in self.model.numbers(letters(text) + END * ends):
            symbols = np.full(len(ways.texts), symbol)
            scores = ways.scores + self.chances(ways.contexts, symbols)
            ways = ways._replace(scores=scores, contexts=np.column_stack([ways.contexts[:, 1:], symbols]))
        return ways

    def score(self, text: str, before: str) -> NDArray[np.float64]:
        """Log probabilities of the symbols of a text behind another, one by one."""
        context, symbols = self.context(before), self.model.numbers(letters(text))
        sequence = np.array([*context, *symbols])
        contexts = np.lib.stride_tricks.sliding_window_view(sequence, ORDER - 1)[: len(symbols)]
        return self.chances(contexts, sequence[ORDER - 1 :])


def chosen(ways: Ways, which: Bools) -> Ways:
    """Some of the ways."""
    at = np.flatnonzero(which)
    return Ways(ways.scores[at], ways.contexts[at], ways.pending[at], [ways.texts[one] for one in at])


def first(ways: Ways, count: int) -> Ways:
    """The best of ways that are in order."""
    return Ways(ways.scores[:count], ways.contexts[:count], ways.pending[:count], ways.texts[:count])
