"""Labelled pairs of reports as the comparison sees them.

Three sources: shared/gold; the invented reports of crawler/sample; and `labels/`, further pairs of shared/corpus that
were labelled for training by reading both reports whole, after gold/GUIDE.md, by a language model and without any
similarity program. Of these only offsets and kinds are kept: rows of (start of a sentence in the new text, kind, the
new fragments as start-end). No links to old sentences and no numbers were noted. Pairs of one district skip a year.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from crawler.text.fold import table_of
from monitor.align import Side, side_of
from monitor.novelty import PLAN, SUBSTANCE
from monitor.structure import outline

LABELS = Path(__file__).resolve().parent / "labels"
# What a sentence of labels/ counts against one of gold, which two readers labelled. Between .15 and 1 the figures of a
# pair left out hardly move (`train_novelty.py judge`); the less, the nearer to gold's own measure of a slogan.
READ = 0.25


@dataclass(frozen=True, slots=True)
class Labelled:
    """A pair of reports, ready to learn from; a row for each sentence of the new plan.

    flagged  labelled new or mixed
    mixed    labelled mixed
    slogan   labelled generic
    links    for each sentence the indices of the old sentences that answer to it
    fresh    for each clause whether it lies in a quoted new fragment
    weight   how much its sentences count
    """

    name: str
    new: Side
    old: Side
    flagged: np.ndarray
    mixed: np.ndarray
    slogan: np.ndarray
    links: list[set[int]]
    fresh: np.ndarray
    weight: float = 1.0


def rows_of(path: Path) -> list[list[str]]:
    """The rows of a table."""
    return [line.split("\t") for line in path.read_text("utf-8").splitlines() if line.strip()]


def plain(text: str) -> str:
    """Letters and digits alone, as gold/score.py matches sentences."""
    return re.sub(r"\W+", "", text)


@dataclass(frozen=True, slots=True)
class Label:
    """What a reader made of one sentence: kind, the old sentences that answer to it, the new fragments."""

    text: str
    kind: str
    answers: frozenset[str]
    fragments: tuple[str, ...]


def gold_pairs(shared: Path) -> list[Labelled]:
    """The pairs of shared/gold, labelled by reading."""
    return [gold_pair(shared, path.parent) for path in sorted((shared / "gold").glob("*/pair.json"))]


def gold_pair(shared: Path, folder: Path) -> Labelled:
    """One pair of shared/gold."""
    pair = json.loads((folder / "pair.json").read_text("utf-8"))
    old, new = ((shared / "corpus" / pair[side]).read_text("utf-8") for side in ("prior", "new"))
    rows = {row[0]: row for row in rows_of(folder / "labels.tsv")}
    texts = {name: plain(text) for name, text in rows_of(folder / "prior.tsv")}
    labels = [
        Label(
            plain(text),
            rows[name][1].lower(),
            frozenset(texts[answer] for answer in parts(rows[name][2], ",")),
            parts(rows[name][3], "|"),
        )
        for name, text in rows_of(folder / "items.tsv")
    ]
    return labelled(folder.name, old, new, labels)


def read_pairs(shared: Path) -> list[Labelled]:
    """The pairs of shared/corpus that were labelled for training; they say nothing of links."""
    return [read_pair(shared, path) for path in sorted(LABELS.glob("*.tsv"))]


def read_pair(shared: Path, path: Path) -> Labelled:
    """One pair of `labels/`."""
    (_, before), (_, after), *rows = rows_of(path)
    old, new = ((shared / "corpus" / name).read_text("utf-8") for name in (before, after))
    told = {int(start): (kind, parts(spans, ",")) for start, kind, spans in rows}
    labels = [
        Label(plain(p.text), told[p.start][0], frozenset(), tuple(stretch(new, span) for span in told[p.start][1]))
        for p in outline(new).of(*PLAN)
        if p.start in told
    ]
    return replace(labelled(path.stem, old, new, labels), weight=READ)


def stretch(text: str, span: str) -> str:
    """What stands at a span, which is written start-end."""
    start, end = map(int, span.split("-"))
    return text[start:end]


def sample_pairs(sample: Path) -> list[Labelled]:
    """The pairs of the sample's invented reports with what their author meant each sentence to be."""
    pairs = []
    for path in sorted((sample / "truth").glob("*.tsv")):
        place, year = path.stem.split("-")
        old, new = ((sample / "reports" / f"{place}-{y}.txt").read_text("utf-8") for y in (int(year) - 1, year))
        labels = [
            Label(plain(row[1]), row[0], frozenset(map(plain, parts(row[2], "|"))), parts(row[3], "|"))
            for row in rows_of(path)[1:]
            if row[0] != "dropped"
        ]
        pairs.append(labelled(path.stem, old, new, labels))
    return pairs


def parts(cell: str, mark: str) -> tuple[str, ...]:
    """The parts of a cell; none for a dash."""
    return tuple(cell.split(mark)) if cell != "-" else ()


def labelled(name: str, old: str, new: str, labels: list[Label]) -> Labelled:
    """Two texts as sides with their labels; sentences of the new plan without a label are left out."""
    before, after = outline(old), outline(new)
    found = matched([plain(p.text) for p in after.of(*PLAN)], labels)
    told = [(p, label) for p, label in zip(after.of(*PLAN), found, strict=True) if label]
    new_side = side_of([p for p, _ in told], table_of(new))
    old_side = side_of(before.of(*SUBSTANCE), table_of(old))
    kinds = np.array([label.kind for _, label in told])
    return Labelled(
        name,
        new_side,
        old_side,
        np.isin(kinds, ["new", "mixed"]),
        kinds == "mixed",
        kinds == "generic",
        [{k for k, p in enumerate(old_side.passages) if plain(p.text) in label.answers} for _, label in told],
        fresh(new_side, [label.fragments for _, label in told]),
    )


def matched(sentences: Sequence[str], labels: list[Label]) -> list[Label | None]:
    """For each sentence the label of the same words, in order of the text."""
    rest = list(labels)
    found: list[Label | None] = []
    for sentence in sentences:
        same = [label for label in rest if sentence and (sentence in label.text or label.text in sentence)]
        found.append(same[0] if same else None)
        if same:
            rest.remove(same[0])
    return found


def fresh(side: Side, fragments: list[tuple[str, ...]]) -> np.ndarray:
    """Does each clause share more than half of itself, or of a fragment, with a quoted new fragment?"""
    flags = []
    for (start, end), owner in zip(side.clauses.spans, side.clauses.owner, strict=True):
        sentence = side.passages[owner].text
        best = 0.0
        for fragment in fragments[owner]:
            at = sentence.find(fragment) if fragment in sentence else sentence.find(fragment[:6])
            common = min(end, at + len(fragment)) - max(start, at) if at >= 0 else 0
            best = max(best, common / min(end - start, len(fragment)))
        flags.append(best > 0.5)
    return np.array(flags)
