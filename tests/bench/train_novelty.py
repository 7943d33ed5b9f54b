"""Makes the weights of the comparison from shared data, and says how well they do on a pair left out.

    python tests/bench/train_novelty.py count   weights/commonness.npz, from the reports of shared/corpus (20 s)
    python tests/bench/train_novelty.py fit     weights/novelty.json, from the labels of shared/gold and labels/ (60 s)
    python tests/bench/train_novelty.py judge   gold/score.py on each pair of gold with weights of all others (120 s)

Only frequencies and weights are written. The counts leave out every report of a year that gold calls new in the
provinces (2026) and the whole of the district that gold is from, so that no pair's new report tells on itself.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from labelled import Labelled, gold_pairs, read_pairs, sample_pairs

from monitor import commonness, cues, weighing
from monitor.align import signs_of
from monitor.clauses import spans_of
from monitor.commonness import Commonness
from monitor.evidence import Found, Table, clause_signs, find, sentence_signs
from monitor.grams import folded, letters_of
from monitor.novelty import compare
from monitor.structure import outline
from monitor.weighing import Model, Weighing
from storage.values import Part, Passage

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / "monitor" / "weights"
SAMPLE = ROOT / "crawler" / "sample"
FORMULA = re.compile("习近平|总基调|为指导|各位代表")
COUNTS = WEIGHTS / "commonness.npz"
CLAUSE_RIDGE, SENTENCE_RIDGE, RANK_RIDGE = 20.0, 50.0, 0.2  # from a few powers of ten, by `judge`
LEAST = 3  # reports that must use an n-gram for it to be kept: none is kept for one place's sake


def counted(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The n-grams that at least LEAST texts use, ordered, and how many use each."""
    kept = [
        np.unique(np.concatenate([letters_of(folded(lines(t))).grams(n).codes for n in range(1, 5)])) for t in texts
    ]
    codes, count = np.unique(np.concatenate(kept), return_counts=True)
    return codes[count >= LEAST], count[count >= LEAST].astype(np.uint8)


def lines(text: str) -> list[str]:
    """The lines of a text that hold anything."""
    return [line for line in text.splitlines() if line.strip()]


def reports_counted(shared: Path) -> list[str]:
    """The texts that are counted: the provinces' reports of 2025 and one copy of each national one since 1995."""
    texts = [path.read_text("utf-8") for path in sorted((shared / "corpus/prov/2025").glob("*.txt"))]
    for year in range(1995, 2026):
        copies = sorted((shared / f"corpus/national/{year}").glob("*.txt"), key=lambda p: (p.stat().st_size, p.name))
        if copies:
            texts.append(copies[len(copies) // 2].read_text("utf-8", errors="replace"))
    return texts


def tones_of(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Log odds of characters and pairs in slogans and headings against sentences with numbers; of those seen often."""
    groups: dict[bool, list[np.ndarray]] = {True: [], False: []}
    for text in texts:
        for passage in outline(text).passages:
            kind = slogan_like(passage)
            if kind is not None:
                letters = letters_of(folded([passage.text]))
                groups[kind].append(np.unique(np.concatenate([letters.grams(n).codes for n in (1, 2)])))
    codes = np.unique(np.concatenate(groups[True] + groups[False]))
    tally = {k: np.bincount(np.searchsorted(codes, np.concatenate(g)), minlength=len(codes)) for k, g in groups.items()}
    size = {k: len(g) for k, g in groups.items()}
    prior = {k: 2 * size[k] / (size[True] + size[False]) for k in size}
    odds = [np.log((tally[k] + 0.5 + prior[k]) / (size[k] + 3)) for k in (True, False)]
    seen = tally[True] + tally[False] >= 4
    return codes[seen], (odds[0] - odds[1])[seen]


def slogan_like(passage: Passage) -> bool | None:
    """True for a heading, a formula or the closing; False for a sentence with a number; None for the rest."""
    text = folded([passage.text])[0]
    bare = cues.YEAR.sub("", text)
    if (passage.part is Part.CLOSING and len(text) > 3) or passage.level or FORMULA.search(text):
        return True
    if len(text) < 16 and len(spans_of(text)) == 1 and not cues.has_number(bare):
        return True
    return False if cues.has_number(bare) else None


def count(shared: Path) -> None:
    """Writes weights/commonness.npz."""
    texts = reports_counted(shared)
    codes, users = counted(texts)
    tones, tone = tones_of(texts)
    commonness.save(Commonness(codes, users, len(texts), tones, tone), WEIGHTS / "commonness.npz")
    print(f"{len(texts)} reports, {len(codes)} n-grams, {len(tones)} tones")


def columns(table: Table) -> np.ndarray:
    """The signs as a matrix, a column each."""
    return np.stack(list(table.values()), axis=1)


def regression(
    signs: np.ndarray, truth: np.ndarray, counted: np.ndarray, names: Sequence[str], ridge: float
) -> Weighing:
    """A logistic regression with a ridge on standardised signs, by Newton's method; given back in the signs' units.

    counted  how much each row counts
    """
    mean, spread = signs.mean(axis=0), signs.std(axis=0)
    spread[spread == 0] = 1
    rows = np.hstack([np.ones((len(signs), 1)), (signs - mean) / spread])
    penalty = np.diag([0.0] + [ridge] * signs.shape[1])
    weights = np.zeros(rows.shape[1])
    for _ in range(20):
        chances = weighing.chance(rows @ weights)
        slope = rows.T @ (counted * (truth - chances)) - penalty @ weights
        curve = (rows * (counted * chances * (1 - chances))[:, None]).T @ rows + penalty
        weights = weights + np.linalg.solve(curve, slope)
    own = weights[1:] / spread
    bias = float(weights[0] - own @ mean)
    return Weighing(dict(zip(names, own.tolist(), strict=True)), bias, dict(zip(names, mean.tolist(), strict=True)))


def ranking(pairs: Sequence[Labelled], counts: Commonness) -> np.ndarray:
    """The weights by which a right old sentence ranks first: a conditional logit, by gradient ascent (Adam).

    Learnt from the pairs that say which old sentence is right.
    """
    signs, right = [], []
    for pair in filter(lambda pair: any(pair.links), pairs):
        candidates, _, found = signs_of(pair.new, pair.old, counts)
        hits = np.array([[k in links for k in row] for row, links in zip(candidates, pair.links, strict=True)])
        signs.append(found[hits.any(axis=1)])
        right.append(hits[hits.any(axis=1)])
    rows, hits = np.concatenate(signs), np.concatenate(right)
    spread = rows.std(axis=(0, 1))
    rows = rows / spread
    weights, first, second = (np.zeros(rows.shape[2]) for _ in range(3))
    for step in range(1, 401):
        chances = np.exp(rows @ weights - (rows @ weights).max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        wanted = chances * hits / (chances * hits).sum(axis=1, keepdims=True)
        slope = np.einsum("sk,skf->f", wanted - chances, rows) - RANK_RIDGE * weights
        first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope**2
        weights = weights + 0.1 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    return weights / spread


@dataclass(frozen=True, slots=True)
class Signs:
    """A labelled pair, what was found in it, and the signs of its clauses."""

    pair: Labelled
    found: Found
    clauses: Table


def signs_for(pair: Labelled, counts: Commonness, order: np.ndarray) -> Signs:
    """The signs of a pair whose answers are ranked by these weights."""
    found = find(pair.new, pair.old, counts, order)
    return Signs(pair, found, clause_signs(found))


def clause_weights(found: Sequence[Signs]) -> Weighing:
    """The odds that a clause is new, fitted on these pairs."""
    rows = np.concatenate([columns(f.clauses) for f in found])
    fresh = np.concatenate([f.pair.fresh for f in found])
    counted = np.concatenate([np.full(len(f.pair.fresh), f.pair.weight) for f in found])
    return regression(rows, fresh, counted, list(found[0].clauses), CLAUSE_RIDGE)


def fitted(pairs: Sequence[Labelled], invented: Sequence[Labelled], counts: Commonness) -> Model:
    """The model of these pairs. The sentences learn from odds that clauses of other pairs gave.

    invented  pairs that only teach what a slogan is: with them gold/score.py's noise on a pair left out fell from .118
              to .081, while what they call new is too clear to learn from
    """
    order = ranking(pairs, counts)
    found = [signs_for(pair, counts, order) for pair in pairs]
    others = [[f for f in found if f is not one] for one in found]
    rows, names = sentence_rows(found, others)
    more, _ = sentence_rows(extra := [signs_for(p, counts, order) for p in invented], [found] * len(invented))
    slogan = np.concatenate([f.pair.slogan for f in found])
    slogans = np.concatenate([slogan, *(f.pair.slogan for f in extra)])
    flagged = np.concatenate([f.pair.flagged for f in found])
    mixed = np.concatenate([f.pair.mixed for f in found])
    counted = np.concatenate([np.full(len(f.pair.flagged), f.pair.weight) for f in [*found, *extra]])
    own = counted[: len(rows)]
    return Model(
        order,
        clause_weights(found),
        regression(np.concatenate([rows, more]), slogans, counted, names, SENTENCE_RIDGE),
        regression(rows[~slogan], flagged[~slogan], own[~slogan], names, SENTENCE_RIDGE),
        regression(rows[flagged], mixed[flagged], own[flagged], names, SENTENCE_RIDGE),
    )


def sentence_rows(found: Sequence[Signs], teachers: Sequence[Sequence[Signs]]) -> tuple[np.ndarray, list[str]]:
    """The signs of the sentences of pairs, and their names; the clauses of each pair judged by its teachers."""
    tables = [
        sentence_signs(one.found, clause_weights(taught).odds(one.clauses))
        for one, taught in zip(found, teachers, strict=True)
    ]
    return np.concatenate([columns(table) for table in tables]), list(tables[0])


def fit(shared: Path) -> None:
    """Writes weights/novelty.json."""
    counts = commonness.load(COUNTS)
    pairs = gold_pairs(shared) + read_pairs(shared)
    weighing.save(fitted(pairs, sample_pairs(SAMPLE), counts), WEIGHTS / "novelty.json")


def judge(shared: Path) -> None:
    """Prints gold/score.py's table, each pair of gold answered with weights fitted on all others."""
    counts = commonness.load(COUNTS)
    pairs, further, invented = gold_pairs(shared), read_pairs(shared), sample_pairs(SAMPLE)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for one in pairs:
            path = Path(folder) / f"{one.name}.json"
            others = [pair for pair in pairs if pair is not one] + further
            weighing.save(fitted(others, invented, counts), path)
            rows.append(scored(shared, one.name, path))
    print(rows[0][0])
    figures = np.array([[float(figure) for figure in row[1].split()[1:]] for row in rows])
    for row in rows:
        print(row[1])
    print(f"{'left-out':16}" + "".join(f"{figure:9.3f}" for figure in figures.mean(axis=0)))


def scored(shared: Path, name: str, path: Path) -> list[str]:
    """Heading and row of gold/score.py for one pair and weights."""
    call = [sys.executable, str(shared / "gold/score.py"), "--pairs", name, "--"]
    answer = [sys.executable, __file__, "answer", str(path)]
    printed = subprocess.run([*call, *answer], stdout=subprocess.PIPE, text=True, encoding="utf-8", check=True)
    return printed.stdout.splitlines()[:2]


def answer(weights: Path, old: Path, new: Path) -> None:
    """Prints the findings of two text files as JSON, by the weights of a file."""
    outlines = [outline(path.read_text("utf-8")) for path in (old, new)]
    for finding in compare(outlines[0], outlines[1], weights=weighing.load(weights)):
        print(json.dumps(asdict(finding), ensure_ascii=False))


def main() -> None:
    """Runs the command that the first argument names."""
    shared = Path(os.environ.get("REPORTWATCH_SHARED", ROOT.parent / "shared"))
    command, *rest = sys.argv[1:] or ["help"]
    commands = {"count": count, "fit": fit, "judge": judge}
    if command == "answer":
        answer(*map(Path, rest))
    elif command in commands:
        commands[command](shared)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
