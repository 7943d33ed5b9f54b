"""What is shown of a comparison: findings with their ids, and where each quoted sentence stands; PURE."""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby

from crawler.text.fold import fold
from storage.values import Finding, FindingKind, Prior

WORDS = {
    "new": "new 新举措",
    "mixed": "partly new 部分新增",
    "returned": "returned 重新提出",
    "revised": "targets moved 指标调整",
    "dropped": "dropped 不再提及",
    "unjudged": "not judged 无法判断",
    "partly": "delivered in part 部分完成",
    "unmentioned": "not mentioned in the review 未见交代",
    "delivered": "delivered 已完成",
    "continued": "continued 延续",
    "generic": "generic 一般表述",
}
TITLES = {kind: words for name, words in WORDS.items() for kind in FindingKind if kind == name}  # in this order
USUAL = (FindingKind.NEW, FindingKind.MIXED, FindingKind.RETURNED, FindingKind.REVISED, FindingKind.DROPPED)
UNSURE = (FindingKind.NEW, FindingKind.MIXED, FindingKind.RETURNED)
OF_THE_OLD = frozenset({"dropped", "delivered", "partly", "unmentioned"})  # kinds whose sentence is the old report's
UNTOLD = frozenset({"dropped", "unmentioned"})


@dataclass(frozen=True, slots=True)
class Citation:
    """Where the sentences of one report are quoted from.

    report   its name, place code/year; a path for a file that no database knows
    url      address of the copy, as fetched; a path for a file
    digest   sha256:hex of the bytes, of each page in order
    archive  file:offset of the record of each page, in order
    folder   address of the archive's folder, "" where it is unknown
    """

    report: str
    place: str
    year: int | None
    source: str
    url: str
    meeting_on: date | None = None
    published_on: date | None = None
    fetched_on: date | None = None
    digest: tuple[str, ...] = ()
    archive: tuple[str, ...] = ()
    folder: str = ""

    @property
    def label(self) -> str:
        """What a quoted sentence is marked with: the year, or the report's name where that is unknown."""
        return str(self.year) if self.year is not None else self.report

    @property
    def dated(self) -> str:
        """When it was published, or else fetched, or else given, in words; "" where nothing is known."""
        for day, said in (
            (self.published_on, "published"),
            (self.fetched_on, "fetched"),
            (self.meeting_on, "given"),
        ):
            if day is not None:
                return f"{said} {day.isoformat()}"
        return ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding with its id."""

    id: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Shown:
    """A comparison as it is shown.

    past     citations of earlier reports by their years, the old one among them
    entries  the findings chosen, in the order of the report
    counts   over all findings, shown or not
    notes    what the reader must know: a year that is missing, a copy that is partial
    """

    new: Citation
    old: Citation
    entries: tuple[Entry, ...]
    counts: Mapping[str, int]
    notes: tuple[str, ...] = ()
    past: Mapping[int, Citation] = field(default_factory=dict)

    def cited(self, finding: Finding) -> Citation:
        """Where a finding's sentence stands: a dropped one in the old report."""
        return self.old if finding.kind in OF_THE_OLD else self.new

    def behind(self, prior: Prior) -> Citation:
        """Where the sentence stands that one answers to; that of a delivery is told by the new report."""
        if prior.year is not None and prior.year == self.new.year:
            return self.new
        return self.past.get(prior.year, self.old) if prior.year is not None else self.old

    @property
    def sources(self) -> list[Citation]:
        """The reports that are quoted, the new one first."""
        quoted = [self.behind(prior) for entry in self.entries for prior in entry.finding.prior]
        return list(dict.fromkeys([self.new, self.old, *quoted]))


def id_of(report: str, finding: Finding) -> str:
    """The public id of a finding: the report, and 8 hexadecimal digits of sha256 over its folded sentence.

    110108/2023:1f3a90c2 means that sentence whichever copy is canonical, wherever it stands in it. Sentences that occur
    twice share an id, as they would share a person's word.
    """
    return f"{report}:{hashlib.sha256(fold(finding.text).encode()).hexdigest()[:8]}"


def shown(
    new: Citation,
    old: Citation,
    findings: Sequence[Finding],
    *,
    past: Mapping[int, Citation] | None = None,
    notes: Sequence[str] = (),
) -> Shown:
    """All findings, with their ids."""
    entries = tuple(Entry(id_of(new.report, finding), finding) for finding in findings)
    return Shown(new, old, entries, Counter(str(f.kind) for f in findings), tuple(notes), past or {})


def chosen(whole: Shown, kinds: Collection[FindingKind], top: int | None) -> Shown:
    """Of these kinds, the N most novel of each; kinds in the order they are shown, sentences in that of the report."""
    entries: list[Entry] = []
    for kind in TITLES:
        same = [e for e in whole.entries if e.finding.kind is kind and kind in kinds]
        best = same if top is None else sorted(same, key=novel)[:top]
        entries += [entry for entry in same if entry in best]
    return replace(whole, entries=tuple(entries))


def novel(entry: Entry) -> float:
    """The most novel first."""
    return -entry.finding.novelty


def judged(
    findings: Sequence[Finding], *, new_whole: bool = True, old_whole: bool = True
) -> tuple[list[Finding], list[str]]:
    """The findings that stand although a report is known in part, and what is held back, in words.

    Nothing is called new that the missing part of the old report could hold, nor dropped that the new one could.
    """
    kept, notes = list(findings), []
    if not old_whole:
        held = [f for f in kept if f.kind in UNSURE or f.kind == "unjudged"]
        kept = [f for f in kept if f.kind not in UNSURE]
        notes.append(
            f"the earlier report is known in part only: nothing is called new, {len(held)} sentences are not judged"
        )
    if not new_whole:
        kept = [f for f in kept if f.kind not in UNTOLD]
        notes.append("the report is known in part only: nothing is called dropped")
    return kept, notes


def by_kind(view: Shown) -> list[tuple[FindingKind, list[tuple[str, list[Entry]]]]]:
    """Entries by kind, in each by heading, ranked: the heading with the most novel sentence first, so in a heading."""
    found = []
    for kind in TITLES:
        same = [entry for entry in view.entries if entry.finding.kind is kind]
        ordered = sorted(same, key=lambda e: e.finding.heading)
        groups = [
            (heading, sorted(group, key=novel)) for heading, group in groupby(ordered, lambda e: e.finding.heading)
        ]
        if groups:
            found.append((kind, sorted(groups, key=lambda pair: novel(pair[1][0]))))
    return found
