"""Copies of one report, and which of them to trust.

For files, `group` does all of it. For a database the same pieces, all pure, in this order:

    text = prepared(reading.text, tier=…, published_on=…)    # once for each new reading
    rows = text.folded.sketch                                # (hash, report) rows; monitor.sketch says how to ask
    home = placed(text, [(report, its canonical copy), …])   # the few likeliest reports; a compilation asks for each
                                                             # of `text.reports` by its own sketch
    home.report      the report it is a copy of; None: a report of its own, or none at all (`home.related`)
    home.joins       further reports that this copy shows to be the same one: merge them into `home.report`
    home.related     reports it is a digest or a compilation of: tie it to them, never store it as their copy
    home.open        reports it may yet turn out to belong to, when they get a better copy
    index, why = canonical(copies of the report)             # when a copy has come; then for each copy
    likeness(copies[index], copy)                            # how it stands to the canonical one

Only the canonical copies of candidate reports are read, never all texts. Copies of the same `folded.letters` are the
same text: keep a digest of that string, and a further exact reprint needs neither a query nor a verification.

A report is led by the copy that says most, and a text is held against leaders only, so two texts are in one report if
its leader has both. A page with several reports leads none and joins none, or it would chain them together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np

from monitor.canonical import agreed_on, canonical, part_of
from monitor.compilation import openings
from monitor.identity import folded_lines, meetings_in
from monitor.inverted import Index
from monitor.placing import OPINIONS, Copy, Placement, likeness, placed, prepared
from monitor.sameness import Verdict, same_report
from monitor.sketch import Hashes
from storage.values import CopyGroup, GroupedCopy, Reading

__all__ = ["Copy", "Placement", "canonical", "group", "likeness", "placed", "prepared", "same_report"]

NEAR = 0.25  # of the weight of the smaller sketch; other reports share .2 at most, weighed by rarity less
RANKED = 16  # copies by which the leading one is chosen again; more change nothing


@dataclass(slots=True)
class Report:
    """A report while files are grouped: its copies by number, the leading one first, and what is tied to it."""

    members: list[int] = field(default_factory=list)
    related: list[int] = field(default_factory=list)
    hashes: Hashes = field(default_factory=lambda: np.zeros(0, np.uint32))


class Grouping:
    """Reports found so far among files; `settle` when all are placed."""

    def __init__(self, copies: Sequence[Copy]) -> None:
        self.copies = copies
        self.reports: dict[int, Report] = {}
        self._index = Index()
        self._moved: dict[int, int] = {}
        self._open: list[tuple[int, int]] = []

    def place(self, number: int) -> None:
        """Put a copy with its report, or tie it to some, or let it begin one."""
        copy = self.copies[number]
        sketches = [part.sketch for part in copy.reports] or [copy.folded.sketch]
        keys = dict.fromkeys(self._home(c.key) for s in sketches for c in self._index.candidates(s))
        found = placed(copy, [(key, next(self._members(key))) for key in keys], self._members)
        self._open += [(number, key) for key in (*found.open, *(() if copy.several else found.related))]
        if found.related:
            for key in found.related:
                self.reports[key].related.append(number)
            return
        home = number if found.report is None else found.report
        self._add(home, number)
        for other in found.joins:
            self._join(home, other)

    def settle(self) -> None:
        """Look again at what was left open, now that reports are led by their best copies."""
        for number, key in [*self._open, *self._near()]:
            home, other = self._home(number), self._home(key)
            if home == other:
                continue
            leads = home in self.reports
            text = next(self._members(home)) if leads else self.copies[number]
            known = islice(self._members(other), OPINIONS)
            if not any(same_report(text.folded, one.folded).verdict is Verdict.SAME for one in known):
                continue
            if leads:
                self._join(other, home)
            else:
                self._untie(number)
                self._add(other, number)

    def _near(self) -> list[tuple[int, int]]:
        """Reports whose leading copies share more than other reports do: two that began with worn copies of one."""
        leading = {key: report.members[0] for key, report in self.reports.items()}
        return [
            (number, candidate.key)
            for key, number in leading.items()
            for candidate in self._index.candidates(self.copies[number].folded.sketch)
            if candidate.contained >= NEAR and self._home(candidate.key) != key and not self.copies[number].several
        ]

    def _members(self, key: int) -> Iterator[Copy]:
        """The copies of a report, the leading one first."""
        return (self.copies[number] for number in self.reports[key].members)

    def _home(self, key: int) -> int:
        """The report that a key of the index, or a copy, belongs to by now; itself where it belongs to none."""
        while key in self._moved:
            key = self._moved[key]
        return key

    def _add(self, home: int, number: int) -> None:
        """The copy is one of this report; index what the report has not had yet."""
        report = self.reports.setdefault(home, Report())
        report.members.append(number)
        if home != number:
            self._moved[number] = home
        copy = self.copies[number]
        fresh = np.setdiff1d(copy.folded.sketch, report.hashes, assume_unique=True)
        if len(fresh) and not copy.several:
            self._index.add(home, fresh)
            report.hashes = np.union1d(report.hashes, fresh)
        self._lead(report)

    def _lead(self, report: Report) -> None:
        """Let the copy lead that has most of what the copies agree on, and begins as a report does."""
        if not 3 <= len(report.members) <= RANKED:
            return
        sketches = {number: self.copies[number].folded.sketch for number in report.members}
        agreed = agreed_on(list(sketches.values()))
        shares = {number: round(part_of(sketch, agreed), 1) for number, sketch in sketches.items()}
        report.members.sort(
            key=lambda number: (-shares[number], not self.copies[number].begins, -len(sketches[number]))
        )

    def _untie(self, number: int) -> None:
        """A text is no digest after all."""
        for report in self.reports.values():
            if number in report.related:
                report.related.remove(number)

    def _join(self, home: int, other: int) -> None:
        """Two reports are one."""
        gone, kept = self.reports.pop(other), self.reports[home]
        self._moved[other] = home
        kept.members += gone.members
        kept.related += [number for number in gone.related if number not in kept.related]
        kept.hashes = np.union1d(kept.hashes, gone.hashes)
        self._lead(kept)


def group(readings: Sequence[tuple[str, Reading]]) -> list[CopyGroup]:
    """The files (path, reading) as groups of copies of one report, in the order of their first file.

    Every file is a copy in one group, a group of its own if need be, or `related` to one or more: a digest or a
    compilation. By content alone; the time grows in proportion to the number of files.
    """
    paths = [path for path, _ in readings]
    copies = [ready(reading) for _, reading in readings]
    twins: dict[str, list[int]] = {}
    for number, copy in enumerate(copies):
        twins.setdefault(copy.folded.letters or f"\0{number}", []).append(number)
    grouping = Grouping(copies)
    for numbers in sorted(twins.values(), key=lambda n: (copies[n[0]].several, -copies[n[0]].folded.content, n[0])):
        grouping.place(numbers[0])
    grouping.settle()
    alike = {numbers[0]: numbers for numbers in twins.values()}
    groups = [
        (
            sorted(twin for number in report.members for twin in alike[number]),
            sorted(twin for number in set(report.related) for twin in alike[number]),
        )
        for report in grouping.reports.values()
    ]
    return [described(paths, copies, members, related) for members, related in sorted(groups)]


def ready(reading: Reading) -> Copy:
    """A reading made ready to be grouped.

    A page that opens several meetings is a compilation, though its reports may be worded so alike that no cut shows.
    """
    copy = prepared(reading.text, published_on=reading.published_on)
    if copy.reports or len(openings(copy.folded.letters)) < 2:
        return copy
    return replace(copy, collected=meetings_in("".join(folded_lines(reading.text))) > 1)


def described(paths: Sequence[str], copies: Sequence[Copy], members: list[int], related: list[int]) -> CopyGroup:
    """The group of these files, each held against the canonical one."""
    best, why = canonical([copies[number] for number in members])
    trusted = members[best]
    order = [trusted, *(number for number in members if number != trusted)]
    held = [(paths[number], likeness(copies[trusted], copies[number])) for number in order]
    return CopyGroup(
        canonical=paths[trusted],
        why=why,
        copies=tuple(
            GroupedCopy(path, now.relation, now.likeness, now.coverage, now.notes, now.within) for path, now in held
        ),
        related=tuple(paths[number] for number in related),
    )
