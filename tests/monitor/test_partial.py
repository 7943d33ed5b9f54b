"""Facts about what may be told where a report is known in part only."""

import pytest

from monitor.partial import standing
from storage.values import Finding, FindingKind, Part

FINDINGS = [Finding(kind, f"{kind}。", "", Part.PLAN, k, 0.5, reasons=("why",)) for k, kind in enumerate(FindingKind)]


def kinds(*, old_whole: bool, new_whole: bool) -> set[FindingKind]:
    return {f.kind for f in standing(FINDINGS, old_whole=old_whole, new_whole=new_whole)}


def test_of_whole_reports_everything_stands():
    assert standing(FINDINGS, old_whole=True, new_whole=True) == FINDINGS


def test_nothing_is_new_that_the_missing_part_of_the_old_report_could_hold():
    called = kinds(old_whole=False, new_whole=True)
    assert called.isdisjoint({FindingKind.NEW, FindingKind.MIXED, FindingKind.RETURNED})
    assert FindingKind.DROPPED in called


def test_nothing_is_dropped_or_untold_that_the_missing_part_of_the_new_report_could_hold():
    called = kinds(old_whole=True, new_whole=False)
    assert called.isdisjoint({FindingKind.DROPPED, FindingKind.UNMENTIONED})
    assert FindingKind.NEW in called


@pytest.mark.parametrize("kind", ["new", "mixed", "returned"])
def test_a_sentence_that_is_not_judged_says_why(kind):
    (finding,) = standing([f for f in FINDINGS if f.kind == kind], old_whole=False, new_whole=True)
    assert (finding.kind, finding.text, finding.novelty) == (FindingKind.UNJUDGED, f"{kind}。", 0)
    assert finding.reasons[0].endswith(f"could hold this: not called {kind}")
