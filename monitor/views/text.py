"""Findings for the eye, in a terminal or a mail; PURE."""

from monitor.views.marks import Segment, changed, fragments, is_edited, painted
from monitor.views.safe import clean, inline
from monitor.views.shown import TITLES, Citation, Entry, Shown, by_kind
from storage.values import FindingKind, Prior

MARKED = (FindingKind.NEW, FindingKind.MIXED)
BOLD, DIM, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def text(view: Shown, *, colour: bool = False, explain: bool = False) -> str:
    """By kind, then by heading, ranked; the new fragments marked, the closest earlier sentence below, sources last."""
    lines = [*head(view), *sections(view, colour=colour, explain=explain)]
    return "\n".join([*lines, "", *sources(view.sources), ""])


def head(view: Shown) -> list[str]:
    """Which reports, how many findings, what to know."""
    counts = "  ".join(f"{kind} {view.counts[kind]}" for kind in TITLES if view.counts.get(kind))
    notes = [f"note: {inline(note)}" for note in view.notes]
    return [inline(f"{view.new.place} {view.new.label} against {view.old.label}"), counts or "nothing differs", *notes]


def sections(view: Shown, *, colour: bool, explain: bool) -> list[str]:
    """All findings, kind by kind."""
    lines: list[str] = []
    for kind, groups in by_kind(view):
        lines += ["", f"{BOLD}{TITLES[kind]}{PLAIN}" if colour else TITLES[kind]]
        for heading, entries in groups:
            if heading and [heading] != [entry.finding.text for entry in entries]:
                lines.append(f"  {inline(heading)}")
            for entry in entries:
                lines += entry_lines(view, entry, colour=colour, explain=explain)
    return lines


def entry_lines(view: Shown, entry: Entry, *, colour: bool, explain: bool) -> list[str]:
    """One finding: its sentence, what moved, what it answers to, why."""
    finding = entry.finding
    prior = finding.prior[0] if finding.prior else None
    said = sentence(entry, prior)
    mark = f" ({finding.mark} by hand)" if finding.mark else ""
    cited = f"[{inline(view.cited(finding).label)} {finding.part}] {inline(entry.id)}{mark}"
    lines = [f"  {finding.novelty:4.2f} {painted(said, colour=colour)}  {dimmed(cited, colour=colour)}"]
    lines += [f"         {inline(str(t))}" for t in finding.targets]
    if prior is not None:
        where = f"[{inline(view.behind(prior).label)} {prior.part}] likeness {prior.likeness:.0f}"
        lines.append(f"       ← {inline(prior.text)}  {dimmed(where, colour=colour)}")
    return lines + [f"       · {inline(reason)}" for reason in finding.reasons if explain]


def sentence(entry: Entry, prior: Prior | None) -> tuple[Segment, ...]:
    """The sentence on one line, marked: new fragments as found, or against the earlier sentence where numbers moved."""
    finding, line = entry.finding, inline(entry.finding.text)
    if finding.kind in MARKED:
        return fragments(line, [inline(fragment) for fragment in finding.new])
    if finding.kind is FindingKind.REVISED and prior is not None and is_edited(inline(prior.text), line):
        return changed(inline(prior.text), line)[1]
    return (Segment(line),)


def dimmed(words: str, *, colour: bool) -> str:
    """Words that step back."""
    return f"{DIM}{words}{PLAIN}" if colour else words


def sources(citations: list[Citation]) -> list[str]:
    """The reports that are quoted, a line each."""
    return ["sources 来源", *(f"  [{inline(c.label)}] {described(c)}" for c in citations)]


def described(citation: Citation) -> str:
    """A citation in one line: report, place, source, address, date, digest, record of the archive."""
    parts = [citation.report, citation.place, citation.source, citation.url, citation.dated]
    return clean(" · ".join(inline(part) for part in (*parts, *citation.digest, *citation.archive) if part))
