"""The fitted weights by which signs become odds; kept as JSON that a person can read.

`weights/novelty.json` is made by `tests/bench/train_novelty.py fit` from shared/gold (four pairs of reports, 718
sentences labelled by reading), at a quarter of the weight from seven further pairs of tests/bench/labels (1342
sentences), and, for slogans, from the invented reports of crawler/sample. Logistic regressions: on a pair left out,
boosted and random trees, a kernel machine and a small network were worse by .003 to .011 of AUC and averages with them
no better than noise; vectors of words from a singular value decomposition added nothing, those of a multilingual
sentence encoder .004: a measure on the same theme is not the same measure.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np

from monitor.align import SIGNS
from monitor.grams import Numbers

FILE = "weights/novelty.json"
WEIGHINGS = ("clause", "slogan", "new", "mixed")


@dataclass(frozen=True, slots=True)
class Weighing:
    """A logistic regression over named signs, in their own units; `usual` is the mean of each where it was fitted."""

    weights: dict[str, float]
    bias: float
    usual: dict[str, float]

    def odds(self, signs: dict[str, Numbers]) -> Numbers:
        """Log odds of each row."""
        total = np.full(len(next(iter(signs.values()))), self.bias)
        for name, weight in self.weights.items():
            total += weight * signs[name]
        return total


@dataclass(frozen=True, slots=True)
class Model:
    """All that was fitted.

    ranking  weight of each of align.SIGNS
    clause   odds that a clause is new
    slogan   odds that a sentence names no measure
    new      odds that a sentence that names one holds a new one
    mixed    odds that a sentence that holds a new one holds an old one as well
    """

    ranking: Numbers
    clause: Weighing
    slogan: Weighing
    new: Weighing
    mixed: Weighing


def chance(odds: Numbers) -> Numbers:
    """Probabilities of log odds."""
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))))


def load(path: Path) -> Model:
    """The model of a file that `train_novelty.py fit` wrote."""
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    parts = {
        name: Weighing(kept[name]["weights"], float(kept[name]["bias"]), kept[name]["usual"]) for name in WEIGHINGS
    }
    return Model(np.array([kept["ranking"][sign] for sign in SIGNS]), **parts)


def save(model: Model, path: Path) -> None:
    """Writes what `load` reads."""
    kept: dict[str, Any] = {"ranking": dict(zip(SIGNS, model.ranking.round(4).tolist(), strict=True))}
    for name in WEIGHINGS:
        weighing: Weighing = getattr(model, name)
        weights = {sign: round(weight, 4) for sign, weight in weighing.weights.items()}
        usual = {sign: round(value, 3) for sign, value in weighing.usual.items()}
        kept[name] = {"bias": round(weighing.bias, 4), "weights": weights, "usual": usual}
    path.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@cache
def model() -> Model:
    """The model shipped with the program, read once."""
    with as_file(files("monitor") / FILE) as path:
        return load(path)
