"""Where a text belongs among known reports: a copy of one, a digest, a compilation, or a report of its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice

import numpy as np

from monitor import sameness
from monitor.compilation import openings, reports_within
from monitor.condition import Condition, condition
from monitor.overlap import Folded, folded
from monitor.sameness import Decision, Verdict, same_report
from monitor.sketch import Hashes, han_codes
from storage.values import Likeness

PROSE = 40  # Han characters of a line, or a full stop in it: navigation has neither
OPINIONS = 5  # copies of a report asked where the first leaves it open
OPEN = 0.15  # share of the windows found above which "different" is left open; other reports have .11 at most


@dataclass(frozen=True)
class Copy:
    """A text made ready to be placed. `tier` as in Source, 1 the best; None where it is not known."""

    text: str
    folded: Folded
    tier: int | None = None
    published_on: date | None = None
    collected: bool = False  # it opens several meetings, though its reports may be too alike to be told apart

    @cached_property
    def condition(self) -> Condition:
        """In what state it is."""
        return condition(self.text, han_codes(self.text))

    @cached_property
    def reports(self) -> list[Folded]:
        """The different reports on the page, where it holds several; else none."""
        return reports_within(self.folded)

    @property
    def several(self) -> bool:
        """Is it a page with several reports?"""
        return self.collected or bool(self.reports)

    @cached_property
    def begins(self) -> bool:
        """Does a report begin within its first tenth? Of a tail or of shuffled paragraphs it does not."""
        return any(start <= 0.1 * len(self.folded) for start in openings(self.folded.letters)[:1])

    @property
    def repeated(self) -> bool:
        """Is the text printed several times on its page? A third of the 5-grams of any report occur again."""
        return self.folded.content < 0.6 * len(self.folded.anchors) and not self.condition.damaged

    @cached_property
    def prose(self) -> Hashes:
        """Hashes of the different 5-grams of its running text, one in eight; ascending."""
        lines = [line for line in self.text.splitlines() if "。" in line or len(line) >= PROSE]
        return np.unique(folded("\n".join(lines)).anchors)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a text belongs among known reports, by their keys.

    report   the report it is a copy of; None for a report of its own, or none at all
    joins    further reports that it shows to be the same one
    related  reports it is a digest or a compilation of
    open     reports it shares too much with to be sure that it is no copy
    """

    report: int | None
    why: str
    joins: tuple[int, ...] = ()
    related: tuple[int, ...] = ()
    open: tuple[int, ...] = ()


def prepared(text: str, *, tier: int | None = None, published_on: date | None = None, collected: bool = False) -> Copy:
    """A text made ready to be placed: 0.3 ms for 15 000 characters."""
    return Copy(text, folded(text), tier, published_on, collected)


def placed(
    copy: Copy, candidates: Iterable[tuple[int, Copy]], others: Callable[[int], Iterable[Copy]] = lambda _: ()
) -> Placement:
    """Which of the candidate reports a text is a copy of.

    candidates  (key, leading copy), the likeliest first
    others      further copies of a report, asked for only where the leading one leaves it open: what looks like a
                digest of it may be a plain stretch of another, if the leading one has its paragraphs in another order
    """
    if copy.several:
        return compiled(copy, candidates)
    decisions = [(key, decided(copy, leading, others, key)) for key, leading in candidates]
    same = sorted(((k, d) for k, d in decisions if d.verdict is Verdict.SAME), key=lambda found: -found[1].matched)
    related = tuple(key for key, d in decisions if d.verdict is Verdict.RELATED)
    unsure = tuple(key for key, d in decisions if d.verdict is not Verdict.SAME and d.matched >= OPEN)
    if not same:
        why = next((d.why for _, d in decisions if d.verdict is Verdict.RELATED), "nothing alike is known")
        return Placement(None, why, (), related, unsure)
    (home, decision), rest = same[0], same[1:]
    joins = tuple(key for key, other in rest if bridging(copy, decision, other))
    return Placement(home, decision.why, joins, (), unsure)


def decided(copy: Copy, leading: Copy, others: Callable[[int], Iterable[Copy]], key: int) -> Decision:
    """Whether a text is a copy of the report led by this copy; others are asked where that leaves it open."""
    decision = same_report(copy.folded, leading.folded)
    if decision.verdict is Verdict.SAME or decision.matched < OPEN:
        return decision
    further = (same_report(copy.folded, one.folded) for one in islice(others(key), OPINIONS))
    return next((found for found in further if found.verdict is Verdict.SAME), decision)


def bridging(copy: Copy, decision: Decision, other: Decision) -> bool:
    """Does a text show that two reports are pieces of one? It does if it holds both and begins as one report does."""
    return not (decision.within or other.within) and len(openings(copy.folded.letters)) == 1


def compiled(copy: Copy, candidates: Iterable[tuple[int, Copy]]) -> Placement:
    """The reports that a page with several of them holds."""
    related = tuple(
        key
        for key, leading in candidates
        if any(
            same_report(part, leading.folded).verdict is not Verdict.DIFFERENT for part in copy.reports or [copy.folded]
        )
    )
    return Placement(None, f"a compilation of {len(copy.reports) or 'several'} reports", (), related)


def likeness(canonical: Copy, copy: Copy) -> Likeness:
    """How a copy stands to the canonical one, and what differs."""
    return sameness.likeness(canonical.folded, copy.folded, copy.condition)
