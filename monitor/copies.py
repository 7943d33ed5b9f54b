"""Copies of one report, and which of them to trust.

For files, `group` does all of it. For a database the same pieces, all pure, in this order:

    text = prepared(reading.text, tier=…, published_on=…)    # once for each new reading
    rows = text.folded.sketch                                # (hash, report) rows; monitor.sketch says how to ask
    home = placed(text, [(report, its canonical copy), …])   # the few likeliest reports; a compilation asks for each
                                                             # of `text.reports` by its own sketch
    home.report      the report it is a copy of; None: a report of its own, or none at all (`home.related`)
    home.joins       further reports that this copy shows to be the same one: merge them into `home.report`
    home.related     reports it is a digest or a compilation of: tie it to them, never store it as their copy
    index, why = canonical(copies of the report)             # when a copy has come; then for each copy
    likeness(copies[index], copy)                            # how it stands to the canonical one

Only the canonical copies of candidate reports are read, never all texts. Copies of the same `folded.letters` are the
same text: keep a digest of that string, and a further exact reprint needs neither a query nor a verification.

A report is led by the copy that says most, and a text is held against leaders only, so two texts are in one report if
its leader has both. A page with several reports leads none and joins none, or it would chain them together.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import islice

import numpy as np

from monitor import sameness
from monitor.compilation import openings, reports_within
from monitor.condition import Condition, condition
from monitor.overlap import Folded, folded
from monitor.sameness import Decision, Verdict, same_report
from monitor.sketch import Hashes, Index, han_codes
from storage.values import CopyGroup, GroupedCopy, Likeness, Reading

WHOLE = 0.95  # of what the copies agree on; wording lost in a whole copy is below that
PROSE = 40  # Han characters of a line, or a full stop in it: navigation has neither
SIMILAR = 0.8  # of the longest copy's prose; related articles below a report are rarely a quarter of it
OPINIONS = 5  # copies of a report asked where the first leaves it open

__all__ = ["Copy", "Placement", "canonical", "group", "likeness", "placed", "prepared", "same_report"]


@dataclass(frozen=True)
class Copy:
    """A text made ready to be placed. `tier` as in Source, 1 the best; None where it is not known."""

    text: str
    folded: Folded
    tier: int | None = None
    published_on: date | None = None

    @cached_property
    def condition(self) -> Condition:
        """In what state it is."""
        return condition(self.text, han_codes(self.text))

    @cached_property
    def reports(self) -> list[Folded]:
        """The different reports on the page, where it holds several; else none."""
        return reports_within(self.folded)

    @cached_property
    def prose(self) -> Hashes:
        """Hashes of the different 5-grams of its running text, one in eight; ascending."""
        lines = [line for line in self.text.splitlines() if "。" in line or len(line) >= PROSE]
        return np.unique(folded("\n".join(lines)).anchors)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a text belongs among known reports, by their keys; see the module's head."""

    report: int | None
    why: str
    joins: tuple[int, ...] = ()
    related: tuple[int, ...] = ()


def prepared(text: str, *, tier: int | None = None, published_on: date | None = None) -> Copy:
    """A text made ready to be placed: 0.3 ms for 15 000 characters."""
    return Copy(text, folded(text), tier, published_on)


def placed(
    copy: Copy, candidates: Iterable[tuple[int, Copy]], others: Callable[[int], Iterable[Copy]] = lambda _: ()
) -> Placement:
    """Which of the candidate reports a text is a copy of.

    candidates  (key, leading copy), the likeliest first
    others      further copies of a report, asked for only where the leading one leaves it open: what looks like a
                digest of it may be a plain stretch of another, if the leading one has its paragraphs in another order
    """
    if copy.reports:
        return compiled(copy, candidates)
    same: list[tuple[int, Decision]] = []
    related: list[int] = []
    for key, leading in candidates:
        decision = same_report(copy.folded, leading.folded)
        if decision.verdict is Verdict.RELATED:
            further = (same_report(copy.folded, one.folded) for one in islice(others(key), OPINIONS))
            decision = next((d for d in further if d.verdict is Verdict.SAME), decision)
        if decision.verdict is Verdict.SAME:
            same.append((key, decision))
        elif decision.verdict is Verdict.RELATED:
            related.append(key)
    if not same:
        return Placement(None, "a digest" if related else "nothing alike is known", (), tuple(related))
    same.sort(key=lambda found: -found[1].matched)
    (home, decision), rest = same[0], same[1:]
    return Placement(home, decision.why, tuple(key for key, other in rest if bridging(copy, decision, other)))


def bridging(copy: Copy, decision: Decision, other: Decision) -> bool:
    """Does a text show that two reports are pieces of one? It does if it holds both and begins as one report does."""
    return not (decision.within or other.within) and len(openings(copy.folded.letters)) == 1


def compiled(copy: Copy, candidates: Iterable[tuple[int, Copy]]) -> Placement:
    """The reports that a page with several of them holds."""
    related = tuple(
        key
        for key, leading in candidates
        if any(same_report(part, leading.folded).verdict is not Verdict.DIFFERENT for part in copy.reports)
    )
    return Placement(None, f"a compilation of {len(copy.reports)} reports", (), related)


def likeness(canonical: Copy, copy: Copy) -> Likeness:
    """How a copy stands to the canonical one, and what differs."""
    return sameness.likeness(canonical.folded, copy.folded, copy.condition)


def canonical(copies: Sequence[Copy]) -> tuple[int, str]:
    """Which copy to trust, as its index, and why: whole, then sound, then by source, script, completeness, date.

    Whole is what has nearly all that at least two copies have, and about as much running text as the longest: so
    neither a shared cut nor one copy's navigation decides.
    """
    shares = agreement([copy.prose for copy in copies])
    sizes = [len(copy.prose) * (1 - copy.condition.unreadable) for copy in copies]
    whole = [share >= WHOLE and size >= SIMILAR * max(sizes) for share, size in zip(shares, sizes, strict=True)]

    def order(index: int) -> tuple[object, ...]:
        copy = copies[index]
        state = copy.condition
        return (
            not whole[index],
            state.damaged,
            round(-sizes[index], -2) if not whole[index] else 0,
            copy.tier or 9,
            state.traditional >= 0.2,
            -round(shares[index], 2),
            copy.published_on or date.max,
            len(copy.text),
            copy.text,
        )

    best = min(range(len(copies)), key=order)
    return best, reason(copies, best, shares[best], whole=whole[best])


def agreement(contents: Sequence[Hashes]) -> list[float]:
    """Of each copy: which share of what at least two copies have does it have, 0–1; 1 where no two share anything."""
    values, count = np.unique(np.concatenate(contents), return_counts=True) if contents else (np.zeros(0), np.zeros(0))
    agreed = values[count >= 2]
    return [float(np.isin(agreed, content).mean()) if len(agreed) else 1.0 for content in contents]


def reason(copies: Sequence[Copy], best: int, share: float, *, whole: bool) -> str:
    """Why this copy is the one to trust, in words."""
    copy = copies[best]
    said = [*(copy.condition.words or ("no damage seen",))]
    if copy.condition.traditional < 0.2:
        said.append("simplified characters")
    if copy.tier is not None:
        said.append(f"source tier {copy.tier}")
    if len(copies) == 1:
        return f"the only copy; {', '.join(said)}"
    standing = "whole" if whole else "the fullest of copies that are all partial or damaged"
    agreed = f"has {round(100 * share)} % of what at least two of {len(copies)} copies agree on"
    return f"{standing}: {agreed}; {', '.join(said)}"


@dataclass(slots=True)
class Report:
    """A report while files are grouped: its copies by number, the longest sound one first, and what is tied to it."""

    members: list[int]
    related: list[int] = field(default_factory=list)
    hashes: Hashes = field(default_factory=lambda: np.zeros(0, np.uint32))


class Grouping:
    """Reports found so far among files; texts come the longest sound one first."""

    def __init__(self, copies: Sequence[Copy]) -> None:
        self.copies = copies
        self.reports: dict[int, Report] = {}
        self._index = Index()
        self._moved: dict[int, int] = {}

    def place(self, number: int) -> None:
        """Put a copy with its report, or with nothing yet."""
        copy = self.copies[number]
        sketches = [part.sketch for part in copy.reports] or [copy.folded.sketch]
        keys = dict.fromkeys(self._home(c.key) for s in sketches for c in self._index.candidates(s))
        found = placed(copy, [(key, next(self._members(key))) for key in keys], self._members)
        if found.related:
            for key in found.related:
                self.reports[key].related.append(number)
            return
        home = number if found.report is None else found.report
        report = self.reports.setdefault(home, Report([]))
        report.members.append(number)
        if not copy.reports:
            self._learn(home, copy.folded.sketch)
        for other in found.joins:
            self._join(home, other)

    def _members(self, key: int) -> Iterator[Copy]:
        """The copies of a report, the leading one first."""
        return (self.copies[number] for number in self.reports[key].members)

    def _home(self, key: int) -> int:
        """The report that a key of the index stands for by now."""
        while key in self._moved:
            key = self._moved[key]
        return key

    def _learn(self, home: int, sketch: Hashes) -> None:
        """Index what the report has not had yet."""
        report = self.reports[home]
        fresh = np.setdiff1d(sketch, report.hashes, assume_unique=True)
        if len(fresh):
            self._index.add(home, fresh)
            report.hashes = np.union1d(report.hashes, fresh)

    def _join(self, home: int, other: int) -> None:
        """Two reports are one."""
        gone, kept = self.reports.pop(other), self.reports[home]
        self._moved[other] = home
        kept.members += gone.members
        kept.related += [number for number in gone.related if number not in kept.related]
        kept.members.sort(key=lambda number: -self.copies[number].folded.content)


def group(readings: Sequence[tuple[str, Reading]]) -> list[CopyGroup]:
    """The files (path, reading) as groups of copies of one report, in the order of their first file.

    Every file is a copy in one group, a group of its own if need be, or `related` to one or more: a digest or a
    compilation. By content alone; the time grows in proportion to the number of files.
    """
    paths = [path for path, _ in readings]
    copies = [prepared(reading.text, published_on=reading.published_on) for _, reading in readings]
    twins: dict[str, list[int]] = {}
    for number, copy in enumerate(copies):
        twins.setdefault(copy.folded.letters or f"\0{number}", []).append(number)
    grouping = Grouping(copies)
    for numbers in sorted(
        twins.values(), key=lambda n: (bool(copies[n[0]].reports), -copies[n[0]].folded.content, n[0])
    ):
        grouping.place(numbers[0])
    alike = {numbers[0]: numbers for numbers in twins.values()}
    groups = [
        (
            sorted(twin for number in report.members for twin in alike[number]),
            sorted(twin for number in set(report.related) for twin in alike[number]),
        )
        for report in grouping.reports.values()
    ]
    return [described(paths, copies, members, related) for members, related in sorted(groups)]


def described(paths: Sequence[str], copies: Sequence[Copy], members: list[int], related: list[int]) -> CopyGroup:
    """The group of these files, each held against the canonical one."""
    best, why = canonical([copies[number] for number in members])
    trusted = members[best]
    order = [trusted, *(number for number in members if number != trusted)]
    held = [(paths[number], likeness(copies[trusted], copies[number])) for number in order]
    return CopyGroup(
        canonical=paths[trusted],
        why=why,
        copies=tuple(GroupedCopy(path, now.relation, now.likeness, now.coverage, now.notes) for path, now in held),
        related=tuple(paths[number] for number in related),
    )
