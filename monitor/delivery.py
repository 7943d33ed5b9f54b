"""What became of last year's plan, by this year's review: delivered, in part, not mentioned; PURE.

The mirror of `novelty.compare`: each sentence of the old plan that names a measure is held against the new report's
review alone. What the new plan says again is a promise and no delivery.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from monitor.align import plan_of, review_of
from monitor.change import Replacement, amount_of
from monitor.commonness import Commonness, commonness
from monitor.direction import CEILING, LOW, way_of
from monitor.evidence import pairs_in_sentences
from monitor.grams import Numbers, shared_weight
from monitor.novelty import Judgement, change_of, judge, priors, side
from monitor.weighing import Model, model
from storage.values import Finding, FindingKind, Outline, Target, TargetChange

# Chosen on crawler/sample (112 sentences of two old plans labelled by reading: tests/monitor/deliveries.tsv), looked
# at on shared/corpus/hailar 2014–2015: the share of a clause's weight that one sentence of the review holds, and the
# rarity of what a whole sentence has in common with one, of which MASS counts for as much as a whole clause.
SPOKEN_OF, MASS = 0.42, 50.0
AGREED = 0.5  # agreement from which a number that is told is of the thing that was planned
MEASURE = 0.3  # chance that a sentence names no measure, from which it is held to promise nothing
SHORT = re.compile(
    "(?:未能?|没有|没能|尚未)(?:如期|全部|按期)?(?:完成|达到|达标|实现|落实)|(?:少于|低于|不及|未达)[^，。；]{0,12}(?:目标|计划|预期)"
)


def delivery(old: Outline, new: Outline, year: int | None = None, *, weights: Model | None = None) -> list[Finding]:
    """A finding for each sentence of the old plan that names a measure, in order: DELIVERED, PARTLY or UNMENTIONED.

    `text`, `heading`, `part` and `position` are those of the old plan's sentence; `prior` the sentences of the new
    review that answer to it; `targets` what was planned (`old`) and what is told (`new`), where both have a number.
    `novelty` is 0: nothing of it is new. [] where the new report has no review.

    year  of the new report, told with every sentence of its review
    """
    weights = weights or model()
    promised, told = plan_of(side(old)), review_of(side(new))
    if not told.passages or not promised.passages:
        return []
    judged = judge(promised, told, commonness(), weights)
    spoken = spoken_of(judged, commonness())
    named = [k for k in range(len(promised.passages)) if names_measure(judged, k)]
    return [finding_of(judged, k, float(spoken[k]), year) for k in named]


def spoken_of(judged: Judgement, counts: Commonness) -> Numbers:
    """How surely the review speaks of each promised sentence: above SPOKEN_OF it does."""
    new, old = judged.found.new, judged.found.old
    covered = np.zeros(len(new.passages))
    np.maximum.at(covered, new.clauses.owner, judged.found.cover["sentence"])
    pairs = pairs_in_sentences(new)
    shape = (len(new.passages), len(old.passages))
    common = shared_weight(pairs, pairs_in_sentences(old), counts.rarity(pairs.codes), shape)
    return np.asarray(covered + common.max(axis=1, initial=0.0) / MASS)


def names_measure(judged: Judgement, k: int) -> bool:
    """Does a sentence promise anything?"""
    return bool(judged.slogan[k] <= MEASURE) and judged.found.new.passages[k].level == 0


def finding_of(judged: Judgement, k: int, spoken: float, year: int | None) -> Finding:
    """What the review says of one sentence of the old plan."""
    passage = judged.found.new.passages[k]
    outcomes = [r for r in judged.found.numbers[k] if r.agreement >= AGREED]
    told = spoken >= SPOKEN_OF or bool(outcomes)
    short = list(shortfalls(judged, k, outcomes)) if told else []
    kind = FindingKind.UNMENTIONED if not told else FindingKind.PARTLY if short else FindingKind.DELIVERED
    return Finding(
        kind,
        passage.text,
        passage.heading,
        passage.part,
        passage.position,
        0.0,
        prior=priors(judged, k, year) if told else (),
        targets=tuple(outcome_of(judged, k, r) for r in outcomes) if told else (),
        reasons=(*short, f"the review has {spoken:.2f} of it, {SPOKEN_OF} is enough"),
    )


def outcome_of(judged: Judgement, k: int, one: Replacement) -> TargetChange:
    """What was planned and what is told of it: the old report's number is the promised one."""
    found = change_of(judged, k, one)
    j = judged.found.alignment.candidates[k, one.sentence]
    way = way_of(one.new, judged.found.new.folded[k], one.old, judged.found.old.folded[j])
    return replace(found, old=found.new, new=found.old, way=way)


def shortfalls(judged: Judgement, k: int, outcomes: list[Replacement]) -> Iterator[str]:
    """Why a sentence is delivered in part only, in words: numbers that fall short, then the review's own word."""
    for one in outcomes:
        if falls_short(one.new, one.old):
            yield f"{one.new.name}: {one.old.value}{one.old.unit} told, {written(one.new)} planned"
    answer = judged.found.old.folded[judged.found.alignment.candidates[k, 0]]
    if found := SHORT.search(answer):
        yield f"the review says: {found[0]}"


def written(target: Target) -> str:
    """A target as a plan writes it."""
    return f"{target.value}{target.unit}{target.qualifier}"


def falls_short(planned: Target, told: Target) -> bool:
    """Is what is told worse than what was planned? Less of it, or more where the plan sets a ceiling."""
    aim, outcome = amount_of(planned), amount_of(told)
    if aim is None or outcome is None:
        return False
    ceiling = planned.qualifier in CEILING or bool(LOW.search(planned.name))
    return outcome > aim if ceiling else outcome < aim
