"""What is new in this year's plan; PURE.

The question an analyst asks of each sentence: does it name a measure at all, and does last year's report, review and
plan, mention that same measure anywhere? `compare` answers for every sentence of the new plan, with the sentences
of last year that speak for or against it, and then names the measures of the old plan of which nothing is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crawler.text.fold import table_of
from monitor.align import Alignment, Side, align, side_of
from monitor.commonness import Commonness, commonness
from monitor.evidence import Table, clause_signs, covers, known_of, sentence_signs
from monitor.grams import Numbers
from monitor.weighing import Model, chance, model
from storage.values import Finding, FindingKind, Outline, Part, Prior

PLAN = (Part.PLAN, Part.CLOSING)
SUBSTANCE = (Part.REVIEW, Part.OUTLOOK, Part.PLAN, Part.CLOSING)
SHOWN = 4  # prior sentences with a finding
NEW = 0.43  # novelty from which a sentence counts as new: best F1 on pairs left out, `train_novelty.py judge`
SLOGAN = 0.5


@dataclass(frozen=True, slots=True)
class Judgement:
    """Both sides and what was made of them; a row for each clause or sentence of the new one.

    fresh    chance that a clause is new
    slogan   chance that a sentence names no measure
    novelty  chance that it names one that is new
    """

    new: Side
    old: Side
    alignment: Alignment
    cover: Table
    fresh: Numbers
    slogan: Numbers
    novelty: Numbers


def judge(new: Side, old: Side, counts: Commonness, weights: Model) -> Judgement:
    """What is new on the new side."""
    alignment = align(new, old, counts, weights.ranking)
    known = known_of(new, old, counts)
    cover = covers(new, old, known, alignment)
    odds = weights.clause.odds(clause_signs(new, known, cover, counts))
    signs = sentence_signs(new, known, alignment, counts, odds)
    slogan = chance(weights.slogan.odds(signs))
    novelty = (1 - slogan) * chance(weights.new.odds(signs))
    return Judgement(new, old, alignment, cover, chance(odds), slogan, novelty)


def compare(
    old: Outline,
    new: Outline,
    earlier: Sequence[tuple[int, Outline]] = (),
    old_year: int | None = None,
    *,
    weights: Model | None = None,
) -> list[Finding]:
    """Findings for every sentence of the new plan in order, then for those of the old plan that nothing answers to.

    earlier   reports before the old one, with their years: what stands there but not in the old one has returned
    old_year  year of the old report, told with every prior sentence
    weights   by default those shipped with the program
    """
    weights = weights or model()
    counts = commonness()
    new_side = side_of(new.of(*PLAN), table_of(new.text))
    old_side = side_of(old.of(*SUBSTANCE), table_of(old.text))
    judged = judge(new_side, old_side, counts, weights)
    return [finding_of(judged, k, old_year) for k in range(len(new_side.passages))]


def finding_of(judged: Judgement, k: int, year: int | None) -> Finding:
    """What became of one sentence."""
    passage = judged.new.passages[k]
    novelty, slogan = float(judged.novelty[k]), float(judged.slogan[k])
    kind = FindingKind.NEW if novelty > NEW else FindingKind.GENERIC if slogan > SLOGAN else FindingKind.CONTINUED
    priors = tuple(
        Prior(p.text, p.heading, p.part, round(float(like), 1), year)
        for p, like in zip(
            [judged.old.passages[j] for j in judged.alignment.candidates[k][:SHOWN]],
            judged.alignment.likeness[k],
            strict=False,
        )
    )
    return Finding(kind, passage.text, passage.heading, passage.part, passage.position, round(novelty, 4), prior=priors)
