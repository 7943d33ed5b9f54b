"""What of a comparison stands where a report is known in part only; PURE.

The missing part of the old report could hold what looks new, that of the new one what looks dropped or untold.
"""

from collections.abc import Sequence
from dataclasses import replace

from storage.values import Finding, FindingKind

UNSURE = (FindingKind.NEW, FindingKind.MIXED, FindingKind.RETURNED)
UNTOLD = (FindingKind.DROPPED, FindingKind.UNMENTIONED)
WHY = "the earlier report is known in part only, and the missing part could hold this: not called"


def standing(findings: Sequence[Finding], *, old_whole: bool, new_whole: bool) -> list[Finding]:
    """The findings that may be told.

    A part of the old report missing: what would be NEW, MIXED or RETURNED is UNJUDGED, its reasons say why, and it has
    no novelty. A part of the new one missing: nothing is DROPPED and nothing UNMENTIONED.
    """
    kept = [f for f in findings if new_whole or f.kind not in UNTOLD]
    return [withheld(f) if not old_whole and f.kind in UNSURE else f for f in kept]


def withheld(finding: Finding) -> Finding:
    """The finding without a judgement."""
    why = f"{WHY} {finding.kind}"
    return replace(finding, kind=FindingKind.UNJUDGED, novelty=0.0, new=(), reasons=(why, *finding.reasons))
