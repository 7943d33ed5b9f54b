"""Which of last year's numbers a number of this year's plan replaces; PURE."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.align import Alignment, Side
from storage.values import Part, Passage, Target

# Things are counted by one word this year and another the next: 岗位5000个, then 5700人.
COUNTERS = frozenset("人名户家个项件条座台部套处所张辆只栋幢间位支批对列架艘笔宗口眼盏片块段")
SCALES = {"十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}
SCALED = re.compile("^[十百千万亿]+")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
# Stretches of several years.
SPAN = re.compile('五年|[三四]年[来间]|年均|十[一二三四五六]五"?(?:规划)?(?:时期|期间|末|以来)')
RESULT = 0.85  # of the agreement is left where last year's number is a result and no target
RANK = 0.95  # and for each sentence that answers better
LEAST = 0.35  # agreement from which two numbers count as of one thing: best `revised` F1 by `train_novelty.py judge`
ANSWERS = 5  # old sentences asked for a number


@dataclass(frozen=True, slots=True)
class Replacement:
    """A target and last year's number for the same thing.

    sentence   index of the old sentence among those that were offered
    agreement  0–1, how surely both are of the same thing
    """

    new: Target
    old: Target
    sentence: int
    agreement: float

    @property
    def changed(self) -> bool:
        """Do the numbers differ?"""
        return amount_of(self.new) != amount_of(self.old)


def amount_of(target: Target) -> float | None:
    """The number in ones (15000 for 1.5万), the upper end of a range; None where there is none."""
    written = list(NUMBER.finditer(target.value or ""))
    if not written:
        return None
    amount = float(written[-1][0].replace(",", ""))
    scaled = SCALED.match(target.unit)
    for character in (target.value or "")[written[-1].end() :] + (scaled[0] if scaled else ""):
        amount *= SCALES.get(character, 1.0)
    return amount


def measured(target: Target) -> str:
    """The unit without its scale and in ordinary width: 元 for 亿元, % for ％."""
    return SCALED.sub("", target.unit).replace("％", "%") or target.unit


def pairs_of(words: str) -> set[str]:
    """The pairs of characters of words."""
    return {words[i : i + 2] for i in range(len(words) - 1)}


def agreement(new: Target, old: Target) -> float:
    """0–1: are both numbers of the same thing? By unit, kind of number and the pairs of characters of the names."""
    if new.value is None or old.value is None or new.growth != old.growth:
        return 0.0
    units = {measured(new), measured(old)}
    if len(units) > 1 and not units <= COUNTERS:
        return 0.0
    mine, theirs = pairs_of(new.name), pairs_of(old.name)
    common = len(mine & theirs)
    if not common:
        return 0.0
    alike = common / (len(mine) + len(theirs)) + common / min(len(mine), len(theirs)) / 2
    return alike if len(units) == 1 else 0.8 * alike


def numbers_of(new: Side, old: Side, alignment: Alignment) -> list[tuple[Replacement, ...]]:
    """For each new sentence what its numbers replace in the old sentences that answer to it best.

    A number for five years and one for a year are of different things, whatever they count.
    """
    spans = [of_years(passage, text) for passage, text in zip(old.passages, old.folded, strict=True)]
    found = []
    for k, (targets, row) in enumerate(zip(new.targets, alignment.candidates.tolist(), strict=True)):
        span = of_years(new.passages[k], new.folded[k]) if targets else False
        asked = [(old.targets[j] if spans[j] is span else (), bool(old.planned[j])) for j in row[:ANSWERS]]
        found.append(replacements(targets, asked))
    return found


def of_years(passage: Passage, folded: str) -> bool:
    """Does a sentence speak of several years? One of an outlook does."""
    return passage.part is Part.OUTLOOK or bool(SPAN.search(folded))


def replacements(targets: Sequence[Target], priors: Sequence[tuple[Sequence[Target], bool]]) -> tuple[Replacement, ...]:
    """For each target with a number the one that agrees with it best in the prior sentences, as far as any does.

    priors  the targets of prior sentences, likelier sentences first, each with whether it stands in the plan: a target
            replaces a target rather than a result
    """
    olds = [
        (RANK**k * (1.0 if planned else RESULT), k, target)
        for k, (found, planned) in enumerate(priors)
        for target in found
    ]
    kept = []
    for new in targets:
        ranked = [(factor * alike, k, old) for factor, k, old in olds if (alike := agreement(new, old))]
        if ranked:
            score, k, old = max(ranked, key=lambda r: (r[0], amount_of(r[2]) == amount_of(new)))
            kept.append(Replacement(new, old, k, score))
    return tuple(kept)
