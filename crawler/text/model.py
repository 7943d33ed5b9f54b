"""How likely one character follows others in a government report."""

import lzma
import math
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from crawler.text.fold import converter, folding

# Made by tests/bench/ngrams.py from the reports of 31 provinces of 2025 and 2026, of Hailar 2012–2019 and of the State
# Council 1954–2026: counts of pairs and triples of folded characters, as powers of two.
SOURCE = "ngrams.xz"
UNSEEN = -16.0  # log probability of a character that no report uses
BACKOFF = -2.5  # of a pair that no report has, beside that of its second character
DOUBT = 20  # pairs that a character is taken to have beside those counted
PAIRED = 0.35  # share of the pair's probability in that of a triple
NOTHING: dict[str, float] = {}


class Model:
    """Log probabilities of characters behind one or two others. Both scripts and all widths count alike.

    rows     by context of one or two characters: the log probabilities of those that follow
    singles  log probabilities of characters where the context tells nothing
    """

    def __init__(self, counts: dict[str, dict[str, int]]) -> None:
        self.rows: dict[str, dict[str, float]] = {}
        singles: dict[str, int] = {}
        for context, found in counts.items():
            if len(context) > 1:
                continue
            total = math.log(sum(found.values()) + DOUBT)
            self.rows[context] = {second: math.log(times) - total for second, times in found.items()}
            for second, times in found.items():
                singles[second] = singles.get(second, 0) + times
        whole = math.log(sum(singles.values()) or 1)
        self.pairs = {context: found for context, found in counts.items() if len(context) == 1}
        self.triples = {context: found for context, found in counts.items() if len(context) == 2}
        self.singles = {char: BACKOFF + math.log(times) - whole for char, times in singles.items()}

    def row(self, context: str) -> dict[str, float]:
        """Log probabilities of the characters known to follow one, the likeliest first."""
        return self.rows.get(context[-1:], NOTHING)

    def follows(self, context: str, char: str) -> float:
        """Log probability that a folded character follows one or two others."""
        known = self.row(context).get(char)
        score = self.singles.get(char, UNSEEN) if known is None else known
        triples = self.triples.get(context[-2:])
        if triples is None:
            return score
        times = triples.get(char, 0)
        total = self.pairs.get(context[-2:-1], {}).get(context[-1:], 1)
        return math.log(PAIRED * math.exp(score) + (1 - PAIRED) * min(1.0, times / total))

    def text(self, chars: Iterable[str], before: str = "。") -> float:
        """Log probability of a text behind one or two characters, all folded."""
        total = 0.0
        for char in chars:
            total += self.follows(before, char)
            before = before[-1:] + char
        return total


@cache
def model() -> Model:
    """The model of government reports; read once a process."""
    rows = lzma.decompress(files("crawler.text").joinpath(SOURCE).read_bytes()).decode("utf-8").split("\n")
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        context, *groups = row.split("\t")
        found = counts.setdefault(context, {})
        for group in groups:
            found.update(dict.fromkeys(group[1:], middle(ord(group[0]) - 96)))
    return Model(counts)


def middle(bits: int) -> int:
    """The count in the middle of those that have so many bits: 1, 2, 5, 11, 23 …"""
    return ((1 << bits) * 3 - 2) >> 2 or 1


@cache
def folded(char: str) -> str:
    """One character as the model knows it; "" for one that folds away."""
    code = int(folding()[ord(char)])
    plain = str(converter("t2s").convert(chr(code)))[:1] if code else ""
    return "着" if plain == "著" else plain
