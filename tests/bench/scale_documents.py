"""Invented reports by the ten thousand, and copies of them, for `scale.py` and `copies.py`.

A report has about 15 000 characters: undertakings with names of their own, among phrases that all reports share. Of its
5-grams .6 are its own and a tenth occurs in very many others; of 70 real reports' (shared/corpus/prov and hailar) .58
and .09. Each report comes in one to six copies of the kinds that reprints make, the report itself among them, in random
order among some thousand others, as reprints appear within weeks.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import invented
import numpy as np
from numpy.typing import NDArray

from crawler.text.fold import converter

CLAUSES = 960  # which make 15 000 characters
STOCK = 0.08  # share of the clauses that are stock phrases, each as long as five of the others
WINDOW = 3_000  # documents that wait to be shuffled
NAMES = "".join(invented.NAMES)


@dataclass(frozen=True)
class Document:
    """A text of the bench: of which report, which kind of copy; "report" is the report itself."""

    report: str
    kind: str
    text: str


def column(words: list[str]) -> NDArray[np.uint16]:
    """Words of one length, as rows of characters."""
    return np.array([[ord(c) for c in word] for word in words], np.uint16)


COLUMNS = [column(words) for words in (invented.DOING, list(NAMES), list(NAMES), list(NAMES), invented.FIRST)]
COLUMNS += [column(words) for words in (invented.SECOND, list("123456789"), list("0123456789"), list("个处家户项台亩"))]


@lru_cache(WINDOW // 3)
def report(seed: int) -> str:
    """The report of one invented district, out of arrays: in a tenth of the time that `invented.report` takes."""
    dice = np.random.default_rng(seed)
    rows = np.concatenate([words[dice.integers(0, len(words), CLAUSES)] for words in COLUMNS], axis=1)
    wide, said = rows.shape[1], rows.tobytes().decode("utf-16-le")
    clauses = [said[at : at + wide] for at in range(0, len(said), wide)]
    stock = dice.integers(0, len(invented.STOCK), CLAUSES)
    for at in np.flatnonzero(dice.random(CLAUSES) < STOCK).tolist():
        clauses[at] = invented.STOCK[stock[at]]
    body = ["，".join(clauses[at : at + 3]) for at in range(0, CLAUSES, 3)]
    rng = random.Random(seed)
    return invented.laid_out(rng.choice(invented.PLACES) + rng.choice(invented.FIRST)[0], 2031, body)


def dropped(text: str, share: float, seed: int) -> str:
    """The text with this share of its characters lost."""
    units = np.frombuffer(text.encode("utf-16-le"), np.uint16)
    return units[np.random.default_rng(seed).random(len(units)) >= share].tobytes().decode("utf-16-le")


@cache
def kinds() -> dict[str, Callable[[str, int], str]]:
    """How each kind of copy is made of a text."""
    made: dict[str, Callable[[str, int], str]] = {
        "whole": lambda text, _: invented.CHROME * 3 + text + invented.CHROME * 2,
        "last 1/5": lambda text, _: text[-len(text) // 5 :],
        "traditional": lambda text, _: str(converter("s2t").convert(text)),
        "damaged": lambda text, seed: invented.mojibake(text, len(text) // (2 + seed % 3)),
        "30 % dropped": lambda text, seed: dropped(text, 0.3, seed),
    }
    for fifths in range(1, 5):
        made[f"first {fifths}/5"] = lambda text, _, fifths=fifths: text[: len(text) * fifths // 5]  # type: ignore[misc]
    return made


def stream(seed: int) -> Iterator[Document]:
    """Documents without end, in random order within a window."""
    rng, number = random.Random(seed), 0
    waiting: list[tuple[int, str]] = []
    while True:
        while len(waiting) < WINDOW:
            number += 1
            waiting += [
                (number, "report"),
                *((number, kind) for kind in rng.sample(sorted(kinds()), rng.randint(0, 5))),
            ]
        at = rng.randrange(len(waiting))
        waiting[at], waiting[-1] = waiting[-1], waiting[at]
        of, kind = waiting.pop()
        text = report(seed * 10_000_000 + of)
        yield Document(str(of), kind, text if kind == "report" else kinds()[kind](text, of))
