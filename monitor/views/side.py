"""Two columns: the year before at the left, this year at the right, changes marked by characters; PURE."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from monitor.views.marks import Segment, changed, is_edited, painted
from monitor.views.safe import inline
from monitor.views.shown import OF_THE_OLD, TITLES, Entry, Shown, by_kind
from monitor.views.text import head, sentence, sources
from monitor.views.width import folded, width

NARROWEST = 40
CITE = 42  # columns that a citation takes on one line; with fewer it is broken between its parts
GAP = " │ "


def side(view: Shown, columns: int = 120, *, colour: bool = False) -> str:
    """Rows of two columns that take so many columns of a terminal together, CJK characters counting two."""
    half = (max(columns, NARROWEST) - len(GAP)) // 2
    lines = [*head(view), "", row([Segment(inline(view.old.label))], [Segment(inline(view.new.label))], half)]
    for kind, groups in by_kind(view):
        lines += ["─" * half + "─┼─" + "─" * half, row([], [Segment(TITLES[kind])], half)]
        for heading, entries in groups:
            if heading:
                lines += beside([], [Segment(inline(heading))], half, colour=colour)
            for entry in entries:
                lines += entry_rows(view, entry, half, colour=colour)
    return "\n".join([*lines, "", *sources(view.sources), ""])


def entry_rows(view: Shown, entry: Entry, half: int, *, colour: bool) -> list[str]:
    """One finding beside the sentence it answers to, and where both stand."""
    old, new = facing(entry)
    finding = entry.finding
    prior = finding.prior[0] if finding.prior else None
    gap = " " if half >= CITE else "\n"
    own = f"[{inline(view.cited(finding).label)} {finding.part}]{gap}{inline(entry.id)}{gap}{finding.novelty:.2f}"
    other = f"[{inline(view.behind(prior).label)} {prior.part}]{gap}likeness {prior.likeness:.0f}" if prior else ""
    cites = (own, other) if finding.kind in OF_THE_OLD else (other, own)
    return [
        *beside(old, new, half, colour=colour),
        *beside([Segment(cites[0])], [Segment(cites[1])], half, colour=colour),
        f"{' ' * half} │",
    ]


def facing(entry: Entry) -> tuple[Sequence[Segment], Sequence[Segment]]:
    """The old sentence and the new one, marked; by characters where they are one that was edited."""
    finding = entry.finding
    prior = finding.prior[0] if finding.prior else None
    if finding.kind in OF_THE_OLD:
        return [Segment(inline(finding.text))], [Segment(inline(prior.text))] if prior else []
    if prior is None:
        return [], sentence(entry, prior)
    old, new = inline(prior.text), inline(finding.text)
    return changed(old, new) if is_edited(old, new) else ([Segment(old)], sentence(entry, prior))


def beside(old: Sequence[Segment], new: Sequence[Segment], half: int, *, colour: bool) -> list[str]:
    """Two stretches side by side, broken into lines; marks that are no colours take columns too."""
    if not colour:
        old, new = [Segment(painted(old, colour=False))], [Segment(painted(new, colour=False))]
    pairs: Iterable[tuple[list[Segment], list[Segment]]] = zip_longest(
        folded(old, half), folded(new, half), fillvalue=[]
    )
    return [row(left, right, half) for left, right in pairs]


def row(left: Sequence[Segment], right: Sequence[Segment], half: int) -> str:
    """One line of both columns; colours take none."""
    spaces = " " * (half - width("".join(segment.text for segment in left)))
    return f"{painted(left, colour=True)}{spaces}{GAP}{painted(right, colour=True)}".rstrip()
