"""The labelled pairs of shared/gold as the comparison sees them."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crawler.text.fold import table_of
from monitor.align import Side, side_of
from monitor.novelty import PLAN, SUBSTANCE
from monitor.structure import outline


@dataclass(frozen=True, slots=True)
class Labelled:
    """A pair of shared/gold, ready to learn from; a row for each sentence of the new plan.

    flagged  labelled NEW or MIXED
    mixed    labelled MIXED
    slogan   labelled GENERIC
    links    for each sentence the indices of the old sentences that answer to it
    fresh    for each clause whether it lies in a quoted new fragment
    """

    name: str
    new: Side
    old: Side
    flagged: np.ndarray
    mixed: np.ndarray
    slogan: np.ndarray
    links: list[set[int]]
    fresh: np.ndarray


def rows_of(path: Path) -> list[list[str]]:
    """The rows of a table of shared/gold."""
    return [line.split("\t") for line in path.read_text("utf-8").splitlines() if line.strip()]


def plain(text: str) -> str:
    """Letters and digits alone, as gold/score.py matches sentences."""
    return re.sub(r"\W+", "", text)


def labelled(shared: Path, folder: Path) -> Labelled:
    """A pair with its labels; every sentence of the new plan must have one."""
    pair = json.loads((folder / "pair.json").read_text("utf-8"))
    old, new = (outline((shared / "corpus" / pair[side]).read_text("utf-8")) for side in ("prior", "new"))
    labels = {row[0]: row for row in rows_of(folder / "labels.tsv")}
    texts = {name: plain(text) for name, text in rows_of(folder / "prior.tsv")}
    told = [(plain(text), labels[name]) for name, text in rows_of(folder / "items.tsv")]
    sides = side_of(new.of(*PLAN), table_of(new.text)), side_of(old.of(*SUBSTANCE), table_of(old.text))
    found = matched([plain(p.text) for p in sides[0].passages], told)
    answers = [{texts[name] for name in row[2].split(",") if name != "-"} for row in found]
    links = [{k for k, p in enumerate(sides[1].passages) if plain(p.text) in wanted} for wanted in answers]
    kinds = np.array([row[1] for row in found])
    fragments = [row[3].split("|") if row[3] != "-" else [] for row in found]
    flagged, mixed, slogan = np.isin(kinds, ["NEW", "MIXED"]), kinds == "MIXED", kinds == "GENERIC"
    return Labelled(folder.name, *sides, flagged, mixed, slogan, links, fresh(sides[0], fragments))


def matched(sentences: Sequence[str], told: list[tuple[str, list[str]]]) -> list[list[str]]:
    """For each sentence the label of the same words, in order of the text."""
    rest = list(told)
    found = []
    for sentence in sentences:
        index = next(k for k, (text, _) in enumerate(rest) if sentence and (sentence in text or text in sentence))
        found.append(rest.pop(index)[1])
    return found


def fresh(side: Side, fragments: list[list[str]]) -> np.ndarray:
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
