"""A person's marks as labels, in the form that the comparison is measured and trained by; PURE.

Three files a pair of reports, tab-separated: items.tsv (id, sentence of the new plan), prior.tsv (id, sentence of the
old report) and labels.tsv (id, label, ids of the prior sentences, new fragments, number pairs, confidence).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.views.safe import inline
from monitor.views.shown import OF_THE_OLD
from storage.values import Finding, FindingKind, Outline, Part

NONE = "-"


@dataclass(frozen=True, slots=True)
class Labelled:
    """The contents of the three files, and how many marks they hold."""

    items: str
    prior: str
    labels: str
    count: int


def labelled(new: Outline, old: Outline, findings: Sequence[Finding]) -> Labelled:
    """The marks among the findings as labels; marks of dropped sentences have no form here and are left out."""
    items = [(f"N{k:03}", passage) for k, passage in enumerate(new.of(Part.PLAN, Part.CLOSING), 1)]
    priors = [(f"P{k:03}", passage) for k, passage in enumerate(old.passages, 1)]
    ids = {passage.text: name for name, passage in reversed(priors)}
    marked = {f.position: f for f in findings if f.mark and f.kind not in OF_THE_OLD}
    lines = [line_of(name, marked[passage.position], ids) for name, passage in items if passage.position in marked]
    return Labelled(rows(items), rows(priors), "".join(f"{line}\n" for line in lines), len(lines))


def rows(sentences: Sequence[tuple[str, object]]) -> str:
    """Sentences with their ids, a line each."""
    return "".join(f"{name}\t{inline(getattr(passage, 'text', ''))}\n" for name, passage in sentences)


def line_of(name: str, finding: Finding, ids: Mapping[str, str]) -> str:
    """One label."""
    label = label_of(finding)
    answers = (
        [ids[prior.text] for prior in finding.prior if prior.text in ids] if label not in ("NEW", "GENERIC") else []
    )
    fragments = [inline(fragment) for fragment in finding.new] if label in ("NEW", "MIXED") else []
    pairs = [inline(f"{t.old}{t.unit}→{t.new}{t.unit}") for t in finding.targets] if label == "REVISED" else []
    sure = "high" if finding.mark == "new" else "low"
    return "\t".join(
        (name, label, ",".join(answers[:4]) or NONE, "|".join(fragments) or NONE, "、".join(pairs) or NONE, sure)
    )


def label_of(finding: Finding) -> str:
    """The label that a mark stands for. "not-new" does not say what else: the program's own view decides, as unsure."""
    if finding.mark == "new":
        return "MIXED" if finding.kind is FindingKind.MIXED else "NEW"
    if finding.targets:
        return "REVISED"
    return "CONTINUED" if finding.prior and finding.kind is not FindingKind.GENERIC else "GENERIC"
