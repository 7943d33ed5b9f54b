"""How common words are in reports: of how many reports, and of what kind of sentence; facts shipped with the program.

`weights/commonness.npz` is made by `tests/bench/train_novelty.py count` from the provincial reports of 2025 and the
national ones of 1995–2025: no text, only how many of these reports use an n-gram, and how much more often it
stands in slogans and headings than in sentences with numbers. A slogan is what everybody says.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor.grams import Codes, Numbers

FILE = "weights/commonness.npz"


@dataclass(frozen=True, slots=True)
class Commonness:
    """Counts of n-grams over reports.

    codes    n-grams that at least three reports use, ordered
    reports  how many use each
    total    how many reports were counted
    tones    characters and pairs of characters, ordered
    tone     log odds of each in slogans and headings against sentences with numbers
    """

    codes: Codes
    reports: NDArray[np.uint8]
    total: int
    tones: Codes
    tone: Numbers

    def users(self, codes: Codes) -> Numbers:
        """How many reports use each n-gram; 1 for those that fewer than three do."""
        return looked_up(self.codes, self.reports, codes, missing=1.0)

    def rarity(self, codes: Codes) -> Numbers:
        """Inverse document frequency of each n-gram, 0 (everywhere) to about 3.7 (nowhere), natural logarithm."""
        return np.maximum(np.log((self.total + 1) / (self.users(codes) + 0.5)), 0.0)

    def slogan(self, codes: Codes) -> Numbers:
        """Log odds of each character or pair: above 0 in slogans, below in sentences with numbers."""
        return looked_up(self.tones, self.tone, codes, missing=0.0)


def looked_up(keys: Codes, values: NDArray[np.generic], codes: Codes, *, missing: float) -> Numbers:
    """The value of each code in an ordered table."""
    place = np.searchsorted(keys, codes)
    place[place == len(keys)] = 0
    found = keys[place] == codes if len(keys) else np.zeros(len(codes), dtype=bool)
    return np.where(found, values[place].astype(np.float64) if len(keys) else 0.0, missing)


def load(path: Path) -> Commonness:
    """The counts of a file that `train_novelty.py count` wrote; the codes are kept as differences, which pack well."""
    with np.load(path, allow_pickle=False) as kept:
        return Commonness(
            np.cumsum(kept["steps"], dtype=np.uint64),
            kept["reports"],
            int(kept["total"]),
            np.cumsum(kept["tone_steps"], dtype=np.uint64),
            kept["tone"].astype(np.float64),
        )


def save(commonness: Commonness, path: Path) -> None:
    """Writes what `load` reads."""
    np.savez_compressed(
        path,
        steps=np.diff(commonness.codes, prepend=np.uint64(0)),
        reports=commonness.reports,
        total=np.int64(commonness.total),
        tone_steps=np.diff(commonness.tones, prepend=np.uint64(0)),
        tone=commonness.tone.astype(np.float16),
    )


@cache
def commonness() -> Commonness:
    """The counts shipped with the program, read once."""
    with as_file(files("monitor") / FILE) as path:
        return load(path)
