"""What is new in this year's plan; PURE.

The question an analyst asks of each sentence: does it name a measure at all, and does last year's report, review and
plan, mention that same measure anywhere? `compare` answers for every sentence of the new plan, with the sentences
of last year that speak for or against it, and then names the measures of the old plan of which nothing is left: those
that would be new if the years were exchanged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from crawler.text.fold import table_of
from monitor.align import Side, plan_of, side_of
from monitor.change import LEAST, Replacement
from monitor.commonness import Commonness, commonness
from monitor.direction import way_of
from monitor.evidence import Found, Table, clause_signs, find, sentence_signs
from monitor.grams import Numbers
from monitor.reasons import reasons_of
from monitor.returning import has_returned, recovered
from monitor.targets import as_written
from monitor.weighing import Model, chance, model
from storage.values import Finding, FindingKind, Outline, Part, Passage, Prior, TargetChange

PLAN = (Part.PLAN, Part.CLOSING)
SUBSTANCE = (Part.REVIEW, Part.OUTLOOK, Part.PLAN, Part.CLOSING)
SHOWN = 4  # prior sentences with a finding
# Chosen on shared/gold with each pair left out in turn: `train_novelty.py judge`.
NEW = 0.46  # novelty from which a sentence counts as new
REVISED = 0.6  # and up to which one with a changed number counts as revised instead
FRESH = 0.4  # share of the best clause's chance that a clause needs to be a new fragment
SLOGAN = 0.5


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found between two sides and made of it; a row for each clause or sentence of the new one.

    signs    of the sentences
    fresh    chance that a clause is new
    slogan   chance that a sentence names no measure
    novelty  chance that it names one that is new
    mixed    whether, if so, it names an old one as well
    """

    found: Found
    signs: Table
    fresh: Numbers
    slogan: Numbers
    novelty: Numbers
    mixed: NDArray[np.bool_]

    def kinds(self) -> dict[int, FindingKind]:
        """What became of each sentence of the new side, by its index."""
        return {k: self.kind(k) for k in range(len(self.novelty))}

    def kind(self, k: int) -> FindingKind:
        """What became of one sentence of the new side."""
        novelty = self.novelty[k]
        if novelty <= REVISED and self.moved(k):
            return FindingKind.REVISED
        if novelty > NEW:
            return FindingKind.MIXED if self.mixed[k] else FindingKind.NEW
        return FindingKind.GENERIC if self.slogan[k] > SLOGAN else FindingKind.CONTINUED

    def moved(self, k: int) -> list[Replacement]:
        """The numbers of one sentence that differ from the old ones; none of one that stands there word for word."""
        return [r for r in self.found.numbers[k] if r.changed and r.agreement >= LEAST] if self.novelty[k] else []


def judge(new: Side, old: Side, counts: Commonness, weights: Model) -> Judgement:
    """What is new on the new side. A clause that the old side has word for word is not; nor a sentence of such."""
    found = find(new, old, counts, weights.ranking)
    kept = set(old.clauses.texts)
    repeated = np.array([text in kept for text in new.clauses.texts], dtype=bool)
    odds = weights.clause.odds(clause_signs(found))
    signs = sentence_signs(found, odds)
    slogan = chance(weights.slogan.odds(signs))
    novelty = (1 - slogan) * chance(weights.new.odds(signs))
    told = np.bincount(new.clauses.owner, ~repeated, len(new.passages)) > 0
    mixed = weights.mixed.odds(signs) > 0
    return Judgement(found, signs, np.where(repeated, 0.0, chance(odds)), slogan, novelty * told, mixed)


def compare(
    old: Outline,
    new: Outline,
    earlier: Sequence[tuple[int, Outline]] = (),
    old_year: int | None = None,
    *,
    weights: Model | None = None,
) -> list[Finding]:
    """Findings for every sentence of the new plan in order, then for those of the old plan that nothing answers to.

    The plan is what `Outline.of(PLAN, CLOSING)` gives; last year's sentences are those of its review, outlook and
    plan, or all of them where the old text has no parts.

    earlier   reports before the old one, with their years: what stands there but not in the old one has returned
    old_year  year of the old report, told with every prior sentence
    weights   by default those shipped with the program
    """
    weights = weights or model()
    counts = commonness()
    before, after = side(old), side(new)
    plan = plan_of(after)
    judged = judge(plan, before, counts, weights)
    findings = findings_of(judged, judged.kinds(), old_year, weights)
    for year, outline in sorted(earlier, key=lambda pair: -pair[0]):
        findings = returned(findings, judged, judge(plan, side(outline), counts, weights), counts, year)
    return findings + dropped(plan_of(before), after, counts, weights)


def side(outline: Outline) -> Side:
    """What a report says, without head and glossary, made ready for comparison; all of it where it has no parts."""
    return side_of(outline.of(*SUBSTANCE) or outline.passages, table_of(outline.text))


def findings_of(judged: Judgement, kinds: Mapping[int, FindingKind], year: int | None, weights: Model) -> list[Finding]:
    """What became of some sentences of the new side, by their index."""
    reasons = reasons_of(judged.found, judged.signs, weights, kinds, judged.slogan, judged.novelty)
    return [finding_of(judged, k, kind, year, reasons[k]) for k, kind in kinds.items()]


def finding_of(judged: Judgement, k: int, kind: FindingKind, year: int | None, reasons: tuple[str, ...]) -> Finding:
    """What became of one sentence of the new side."""
    passage: Passage = judged.found.new.passages[k]
    return Finding(
        kind,
        passage.text,
        passage.heading,
        passage.part,
        passage.position,
        round(judged.novelty.item(k), 4),
        fragments(judged, k) if kind in (FindingKind.NEW, FindingKind.MIXED) else (),
        priors(judged, k, year),
        changes(judged, k),
        reasons,
    )


def fragments(judged: Judgement, k: int) -> tuple[str, ...]:
    """The new clauses of a sentence, verbatim; neighbours as one fragment."""
    clauses = judged.found.new.clauses
    start, stop = np.searchsorted(clauses.owner, [k, k + 1]).tolist()
    fresh = judged.fresh[start:stop].tolist()
    least = FRESH * max(fresh)
    chosen = [start + n for n, chance in enumerate(fresh) if chance >= least]
    text, spans = judged.found.new.passages[k].text, clauses.spans
    opens = [n for n in chosen if n - 1 not in chosen]
    closes = [n for n in chosen if n + 1 not in chosen]
    return tuple(text[spans[first][0] : spans[last][1]] for first, last in zip(opens, closes, strict=True))


def priors(judged: Judgement, k: int, year: int | None) -> tuple[Prior, ...]:
    """The old sentences that answer to one of the new side, best first."""
    alignment = judged.found.alignment
    ranked = zip(alignment.candidates[k].tolist(), alignment.likeness[k].tolist(), strict=True)
    answers = [(judged.found.old.passages[j], like) for j, like in ranked if like > 0][:SHOWN]
    return tuple(Prior(p.text, p.heading, p.part, round(like, 1), year) for p, like in answers)


def changes(judged: Judgement, k: int) -> tuple[TargetChange, ...]:
    """The numbers of a sentence that differ from last year's for the same thing."""
    return tuple(change_of(judged, k, r) for r in judged.moved(k))


def change_of(judged: Judgement, k: int, one: Replacement) -> TargetChange:
    """A number of a sentence and the old one that it replaces, each as its report writes it."""
    new, old = judged.found.new, judged.found.old
    j = judged.found.alignment.candidates[k, one.sentence]
    mine, theirs = (new.passages[k].text, new.folded[k]), (old.passages[j].text, old.folded[j])
    return TargetChange(
        as_written(one.new.name, *mine),
        as_written(one.old.value or "", *theirs),
        as_written(one.new.value or "", *mine),
        as_written(one.new.unit, *mine),
        way_of(one.old, old.folded[j], one.new, new.folded[k]),
    )


def returned(
    findings: list[Finding], judged: Judgement, before: Judgement, counts: Commonness, year: int
) -> list[Finding]:
    """The findings with those that stood in an earlier year's report marked as returned from it.

    judged  against last year's report
    before  against the earlier year's
    """
    plan, old = judged.found.new, judged.found.old
    back = has_returned(plan, judged.novelty, before.novelty, recovered(plan, old, before.found.old, counts))
    return [
        replace(found, kind=FindingKind.RETURNED, prior=priors(before, k, year))
        if back[k] and found.kind in (FindingKind.NEW, FindingKind.MIXED)
        else found
        for k, found in enumerate(findings)
    ]


def dropped(old: Side, new: Side, counts: Commonness, weights: Model) -> list[Finding]:
    """Findings for the sentences of the old plan whose measures stand in no part of the new report.

    A closing calls to work and promises nothing that could be dropped.
    """
    judged = judge(old, new, counts, weights)
    planned = {k for k, passage in enumerate(old.passages) if passage.part is not Part.CLOSING}
    gone = {k: kind for k, kind in judged.kinds().items() if kind is FindingKind.NEW and k in planned}
    return [replace(found, kind=FindingKind.DROPPED, prior=()) for found in findings_of(judged, gone, None, weights)]
