"""What differs between two texts of one report: edited at one address, or copied to another; PURE."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from crawler.text.fold import fold
from monitor.views.marks import GONE, NEW, Segment, edits, painted
from monitor.views.safe import inline

AROUND = 14  # characters shown on each side of a difference
LONG = 40  # characters from which a stretch is told by its ends and its length
NUMBERS = re.compile(r"[0-9〇零一二三四五六七八九十百千万亿%％.]+")


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two texts differ.

    sort    number, words, missing (the second has nothing there) or added (only the second has it)
    before  what stands in front of it in both, `after` behind it
    """

    sort: str
    old: str
    new: str
    before: str = ""
    after: str = ""


def edited(old: str, new: str) -> list[Difference]:
    """How one text became the other, paragraph by paragraph; paragraphs that only moved are missing and added."""
    a, b = old.split("\n"), new.split("\n")
    blocks: list[list[int]] = []
    for code in Indel.opcodes(a, b):
        if code.tag == "equal":
            continue
        span = [code.src_start, code.src_end, code.dest_start, code.dest_end]
        if blocks and blocks[-1][1] == span[0] and blocks[-1][3] == span[2]:
            blocks[-1][1], blocks[-1][3] = span[1], span[3]
        else:
            blocks.append(span)
    pairs = [("\n".join(a[i:j]), "\n".join(b[k:m])) for i, j, k, m in blocks]
    return [Difference(sort_of(was, now), was, now) for was, now in pairs if was.strip() or now.strip()]


def disagreeing(canonical: str, copy: str) -> list[Difference]:
    """Where a copy departs from the canonical text: not by script, width, spaces or paragraphs, which say nothing."""
    old, new = fold(canonical), fold(copy)
    return [
        Difference(
            sort_of(edit.old, edit.new),
            edit.old,
            edit.new,
            old[max(0, edit.old_start - AROUND) : edit.old_start],
            old[edit.old_start + len(edit.old) : edit.old_start + len(edit.old) + AROUND],
        )
        for edit in edits(old, new)
    ]


def sort_of(old: str, new: str) -> str:
    """What sort of difference that is."""
    if not new.strip():
        return "missing"
    if not old.strip():
        return "added"
    return "number" if NUMBERS.findall(old) != NUMBERS.findall(new) else "words"


def counted(differences: Sequence[Difference]) -> str:
    """How many of each sort, in words."""
    counts = Counter(difference.sort for difference in differences)
    missing = sum(len(d.old) for d in differences if d.sort == "missing")
    said = [f"{sort} {counts[sort]}" for sort in ("number", "words", "missing", "added") if counts[sort]]
    return "  ".join(said) + (f"  ({missing} characters missing)" if missing else "") if said else "no difference"


def difference_lines(differences: Sequence[Difference], *, colour: bool) -> Iterator[str]:
    """A line for each difference, numbers first: what stands around it, what is gone and what is new."""
    for difference in sorted(differences, key=lambda d: d.sort != "number"):
        segments = [Segment(inline(difference.before)), *inner(difference), Segment(inline(difference.after))]
        yield f"  {difference.sort:8}{painted(segments, colour=colour)}"


def inner(difference: Difference) -> tuple[Segment, ...]:
    """What is gone and what is new; two paragraphs are held against each other by characters."""
    old, new = inline(difference.old), inline(difference.new)
    if old and new and max(len(old), len(new)) > LONG:
        return woven(old, new)
    return tuple(Segment(shortened(text), mark) for text, mark in ((old, GONE), (new, NEW)) if text)


def woven(old: str, new: str) -> tuple[Segment, ...]:
    """Both texts as one, with what is gone and what is new in place; a long stretch of what stayed is shortened."""
    segments: list[Segment] = []
    at = 0
    for edit in edits(old, new):
        segments += [Segment(shortened(old[at : edit.old_start]))]
        segments += [Segment(shortened(text), mark) for text, mark in ((edit.old, GONE), (edit.new, NEW)) if text]
        at = edit.old_start + len(edit.old)
    return (*segments, Segment(shortened(old[at:])))


def shortened(text: str) -> str:
    """A long text by its ends and its length."""
    if len(text) <= LONG:
        return text
    return f"{text[:AROUND]}…({len(text) - 2 * AROUND} more)…{text[-AROUND:]}"
