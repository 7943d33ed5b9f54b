"""What of a sentence is new or gone, as marked stretches; PURE."""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

NEW, GONE, SAME = "new", "gone", ""
SHORTEST = 2  # characters that two texts must share in a row to count as kept: 的 between two other words is chance
DIGITS = frozenset("0123456789０１２３４５６７８９")
NUMBER = DIGITS | {"."}


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a text; `mark` is new, gone or empty."""

    text: str
    mark: str = SAME


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a text: old[start:end] became the text new; one of both may be empty."""

    old: str
    new: str
    old_start: int
    new_start: int


def fragments(text: str, new: Sequence[str]) -> tuple[Segment, ...]:
    """The text with these fragments of it marked new, in order; unmarked where they are all of it."""
    segments: list[Segment] = []
    at = 0
    for fragment in new:
        found = text.find(fragment, at)
        if fragment and found >= 0:
            segments += [Segment(text[at:found]), Segment(fragment, NEW)]
            at = found + len(fragment)
    segments.append(Segment(text[at:]))
    kept = tuple(segment for segment in segments if segment.text)
    plain = "".join(s.text for s in kept if not s.mark).strip("。；，、！ ")
    return kept if plain else (Segment(text),)


def edits(old: str, new: str) -> list[Edit]:
    """How the old text becomes the new one, by characters, numbers as wholes; changes almost side by side are one."""
    found: list[list[int]] = []
    for code in Indel.opcodes(old, new):
        if code.tag == "equal":
            continue
        span = widened(old, new, [code.src_start, code.src_end, code.dest_start, code.dest_end])
        if found and span[0] - found[-1][1] < SHORTEST and span[2] - found[-1][3] < SHORTEST:
            found[-1][1], found[-1][3] = span[1], span[3]
        else:
            found.append(span)
    return [Edit(old[a:b], new[c:d], a, c) for a, b, c, d in found]


def widened(old: str, new: str, span: list[int]) -> list[int]:
    """The span of a change, grown over the rest of the number it stands in: 800 → 1200, not 8 → 12 before 00."""
    a, b, c, d = span
    if DIGITS.isdisjoint(old[a:b] + new[c:d]):
        return span
    while a and c and old[a - 1] == new[c - 1] and old[a - 1] in NUMBER:
        a, c = a - 1, c - 1
    while b < len(old) and d < len(new) and old[b] == new[d] and old[b] in NUMBER:
        b, d = b + 1, d + 1
    return [a, b, c, d]


def changed(old: str, new: str) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """Both texts: the old one with what is gone, the new one with what is new."""
    found = edits(old, new)
    return (
        stretches(old, [(e.old_start, e.old) for e in found], GONE),
        stretches(new, [(e.new_start, e.new) for e in found], NEW),
    )


def is_edited(old: str, new: str) -> bool:
    """Is one sentence the other one edited? Below half of the characters in common, more would be marked than not."""
    return Indel.normalized_similarity(old, new) >= 0.5


def stretches(text: str, spans: Sequence[tuple[int, str]], mark: str) -> tuple[Segment, ...]:
    """The text with the stretches that begin there marked."""
    segments: list[Segment] = []
    at = 0
    for start, stretch in spans:
        segments += [Segment(text[at:start]), Segment(stretch, mark)]
        at = start + len(stretch)
    segments.append(Segment(text[at:]))
    return tuple(segment for segment in segments if segment.text)


def painted(segments: Sequence[Segment], *, colour: bool) -> str:
    """Segments for a terminal: in colour, or with 【new】 and 〔gone〕; the text must be clean already."""
    signs = (
        {NEW: ("\x1b[1;32m", "\x1b[0m"), GONE: ("\x1b[31m", "\x1b[0m")}
        if colour
        else {
            NEW: ("【", "】"),
            GONE: ("〔", "〕"),
        }
    )
    return "".join(f"{signs[s.mark][0]}{s.text}{signs[s.mark][1]}" if s.mark else s.text for s in segments)
