"""What differs between two texts of one report: edited at one address, or copied to another; PURE."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rapidfuzz.distance import Indel

from crawler.text.fold import fold
from monitor.views.marks import GONE, NEW, Edit, Segment, edits, painted
from monitor.views.safe import inline

AROUND = 14  # characters shown on each side of a difference
LONG = 40  # characters from which a stretch is told by its ends and its length
ORDER = ("number", "name", "words", "missing", "added")
LONGEST = 200  # characters of a sentence on either side of a difference
ENDS = re.compile("[。！？；!?;]")
NAME_LENGTH = 8
QUOTED_BEFORE, QUOTED_AFTER = re.compile(r"[“\"《「][^”\"》」]*$"), re.compile(r"[^“\"《「]{0,12}[”\"》」]")
OFFICE = re.compile("(?:书记|区长|市长|县长|省长|州长|主席|总理|主任|同志)[\u4e00-\u9fff]{0,2}$")
PLACE = re.compile("[\u4e00-\u9fff]{1,5}(?:省|市|区|县|镇|乡|街道|村|路|街|桥|河|湖|山|园区|大道|水库)")
NUMBERS = re.compile(r"[0-9〇零一二三四五六七八九十百千万亿%％.]+")


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two texts differ.

    sort      number, name, words, missing (the second has nothing there) or added (only the second has it)
    before    what stands in front of it in both, `after` behind it
    sentence  the sentence of the first text that it stands in, and `other` the second text's; as they are compared
    """

    sort: str
    old: str
    new: str
    before: str = ""
    after: str = ""
    sentence: str = ""
    other: str = ""


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
    found = []
    for edit in edits(old, new):
        start, end = edit.old_start, edit.old_start + len(edit.old)
        before, after = old[max(0, start - AROUND) : start], old[end : end + AROUND]
        sort = sort_of(edit.old, edit.new)
        if sort == "words" and is_name(edit, before, after):
            sort = "name"
        sentence = sentence_at(old, start, end)
        other = sentence_at(new, edit.new_start, edit.new_start + len(edit.new))
        found.append(Difference(sort, edit.old, edit.new, before, after, sentence, other))
    return found


def sentence_at(text: str, start: int, end: int) -> str:
    """The sentence, or sentences, that a stretch of a text stands in."""
    ends = [found.end() for found in ENDS.finditer(text, max(0, start - LONGEST), start)]
    low = ends[-1] if ends else max(0, start - LONGEST)
    close = ENDS.search(text, max(start, end - 1), end + LONGEST)
    return text[low : close.end() if close else min(len(text), end + LONGEST)]


def is_name(edit: Edit, before: str, after: str) -> bool:
    """Is a word that differs part of a name: in quotes or title marks, of a place, or of a person with an office?"""
    if max(len(edit.old), len(edit.new)) > NAME_LENGTH:
        return False
    quoted = QUOTED_BEFORE.search(before) and QUOTED_AFTER.match(after)
    both = (f"{word}{after}" for word in (edit.old, edit.new))
    return bool(quoted or OFFICE.search(before) or any(PLACE.match(text) for text in both))


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
    said = [f"{sort} {counts[sort]}" for sort in ORDER if counts[sort]]
    return "  ".join(said) + (f"  ({missing} characters missing)" if missing else "") if said else "no difference"


def difference_lines(differences: Sequence[Difference], *, colour: bool) -> Iterator[str]:
    """A line for each difference, numbers and names first: what stands around it, what is gone and what is new."""
    for difference in sorted(by_sentence(differences), key=lambda d: (d.sort != "number", d.sort != "name")):
        segments = [Segment(inline(difference.before)), *inner(difference), Segment(inline(difference.after))]
        yield f"  {difference.sort:8}{painted(segments, colour=colour)}"


def by_sentence(differences: Sequence[Difference]) -> Iterator[Difference]:
    """Differences of one sentence of both texts as one, told by the sentences; by the first of its sorts in ORDER."""
    for (sentence, other), group in groupby(differences, key=lambda d: (d.sentence, d.other)):
        found = list(group)
        if len(found) == 1 or not sentence or not other:
            yield from found
            continue
        yield Difference(min((d.sort for d in found), key=ORDER.index), sentence, other, sentence=sentence, other=other)


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
