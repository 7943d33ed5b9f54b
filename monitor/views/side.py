"""Two columns: the year before at the left, this year at the right, changes marked by characters; PURE."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from monitor.views.marks import Segment, changed, painted
from monitor.views.safe import inline
from monitor.views.shown import Entry, Shown, by_kind
from monitor.views.text import ALMOST, head, sentence, sources
from monitor.views.width import folded, padded, width
from storage.values import FindingKind

NARROWEST = 40
GAP = " │ "


def side(view: Shown, columns: int = 120, *, colour: bool = False) -> str:
    """Rows of two columns that take so many columns of a terminal together, CJK characters counting two."""
    half = (max(columns, NARROWEST) - len(GAP)) // 2
    lines = [*head(view), "", row(label(view.old.label), label(view.new.label), half)]
    for kind, groups in by_kind(view):
        lines += ["─" * half + "─┼─" + "─" * half, row(label(""), label(f"{kind}"), half)]
        for heading, entries in groups:
            if heading:
                lines += beside([], [Segment(inline(heading))], half, colour=colour)
            for entry in entries:
                lines += entry_rows(view, entry, half, colour=colour)
    return "\n".join([*lines, "", *sources(view.sources), ""])


def label(words: str) -> str:
    """Words on one line."""
    return inline(words)


def entry_rows(view: Shown, entry: Entry, half: int, *, colour: bool) -> list[str]:
    """One finding beside the sentence it answers to, and where both stand."""
    old, new = facing(entry)
    finding = entry.finding
    prior = finding.prior[0] if finding.prior else None
    own = f"[{inline(view.cited(finding).label)} {finding.part}] {inline(entry.id)} {finding.novelty:.2f}"
    other = f"[{inline(view.behind(prior).label)} {prior.part}] likeness {prior.likeness:.0f}" if prior else ""
    cites = (own, other) if finding.kind is FindingKind.DROPPED else (other, own)
    return [
        *beside(old, new, half, colour=colour),
        *beside([Segment(cites[0])], [Segment(cites[1])], half, colour=colour),
        f"{' ' * half} │",
    ]


def facing(entry: Entry) -> tuple[Sequence[Segment], Sequence[Segment]]:
    """The old sentence and the new one, marked; by characters where they are one that was edited."""
    finding = entry.finding
    prior = finding.prior[0] if finding.prior else None
    if finding.kind is FindingKind.DROPPED:
        return [Segment(inline(finding.text))], []
    if prior is None:
        return [], sentence(entry, prior)
    if prior.likeness >= ALMOST:
        return changed(inline(prior.text), inline(finding.text))
    return [Segment(inline(prior.text))], sentence(entry, prior)


def beside(old: Sequence[Segment], new: Sequence[Segment], half: int, *, colour: bool) -> list[str]:
    """Two stretches side by side, broken into lines; marks that are no colours take columns too."""
    spare = 0 if colour else 4
    pairs: Iterable[tuple[list[Segment], list[Segment]]] = zip_longest(
        folded(old, half - spare), folded(new, half - spare), fillvalue=[]
    )
    return [
        row(painted(left, colour=colour), painted(right, colour=colour), half, width("".join(s.text for s in left)))
        if colour
        else row(painted(left, colour=False), painted(right, colour=False), half)
        for left, right in pairs
    ]


def row(left: str, right: str, half: int, taken: int | None = None) -> str:
    """One line of both columns; `taken` is what the left one shows, where colours make it longer."""
    filled = padded(left, half) if taken is None else left + " " * (half - taken)
    return f"{filled}{GAP}{right}".rstrip()
