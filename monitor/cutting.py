"""Where the reports of a page that holds several begin and end; PURE.

A report begins with its head: title, meeting line, speaker, salutation, who reports for whom; any of them may be lost,
and titles stand in tables of contents too. What looks like a head and has no text of its own behind it is none.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice, pairwise

import numpy as np

from crawler.text.fold import fold, table_of
from monitor.headings import FLATTENED, sentences_of
from monitor.kind import EACH, OTHERS, PLANS, SEVERAL
from monitor.meeting import meeting_of
from monitor.overlap import Folded, folded

REPORT = 1_000  # folded characters that make a report's worth; two such stretches make a compilation
FRAGMENT = 300  # of a further one on such a page; shorter are entries of a table of contents, teasers, repeated heads
CLOSED = 600  # characters before a bare title in which the report before must have come to its end
HEAD = 8  # lines that a head may have above its salutation
LINE = 120  # characters of a meeting line, with the speaker and what he does there
AGAIN = 0.5  # of the 5-grams of a stretch; a third of those of any report stand in other reports too

MEETING = r"[\d一二三四五六七八九十]日[^。]{0,22}?[在于][^。]{2,30}?(?:届|代表大会)[^。]{0,30}?会议"
GREETED = re.compile(MEETING + r"[^。]{0,90}?各位代表")
REPORTING = re.compile(
    r"(?:我.{0,3}?(?:代表|受)[^。]{0,24}?(?:政府|国务院|委员会|公署)|受[^。]{2,24}?委托)[^。]{0,40}?(?:报告|审议)"
)
MET = re.compile(MEETING)
AT = re.compile(r"日.{0,18}?[在于](.{2,20}?)第?[一二三四五六七八九十\d]+届")
STOP = re.compile("[。;!?]")
LISTED = re.compile(
    r"[.·…_-]{2,}\d*$|…|(?<![\d篇第(])\d{1,3}$|目录|名词|注释|附[件表录]|解读|一图|相关|[上下]一篇|通知$"
)
PLACE_LINE = re.compile(r"(?:政府|人民|管委会|委员会|大会|会议|[省市区县旗州盟届])$")
CALLED = re.compile("让我们|团结|奋斗|谢谢|破浪|前进|贡献")


@dataclass(frozen=True, slots=True)
class Cut:
    """One report of a page: text[start:end], without white space at its ends; its title line, "" where it has none."""

    start: int
    end: int
    title: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A line of the text, or a sentence of a line that holds a whole report: where it begins, as it is, folded."""

    start: int
    text: str
    folded: str

    @property
    def title(self) -> bool:
        """Does it name a report, as a line of its own, and not in a table of contents?"""
        text = self.folded
        return (
            4 <= len(text) <= 60
            and "报告" in text
            and not (STOP.search(text) or LISTED.search(text) or SEVERAL.search(text) or MET.search(text))
        )

    @property
    def marker(self) -> bool:
        """Does it number a report: 篇二, 第3篇?"""
        return len(self.folded) <= 40 and EACH.search(self.folded) is not None


@dataclass(frozen=True, slots=True)
class Lines:
    """The units of a text, their folded forms joined by line breaks, and where each begins in that."""

    units: list[Unit]
    joined: str
    offsets: list[int]

    def at(self, place: int) -> int:
        """Number of the unit that a place of the joined text lies in."""
        return bisect_right(self.offsets, place) - 1


@dataclass(frozen=True, slots=True)
class Stretch:
    """Units first to last, the last excluded, and what their head says: day and place of the meeting, whose report."""

    first: int
    last: int
    key: tuple[date, str, bool] | None
    known: Folded


def cut(text: str) -> tuple[Cut, ...]:
    """The reports that a page holds one after the other, in order; none where it is no compilation.

    Each is cut from its title line to the next one's. A report that is printed twice counts once, the head that a
    page repeats begins nothing, and what has less text than FRAGMENT is left out.
    """
    if len(list(islice(openings(fold(text)), 2))) < 2:
        return ()
    lines = lines_of(text)
    starts = starts_of(lines)
    stretches = different(list(stretches_of(text, lines, starts)))
    sizes = [size(lines, stretch) for stretch in stretches]
    if sum(length >= REPORT for length in sizes) < 2:
        return ()
    return tuple(cut_of(text, lines, s) for s, length in zip(stretches, sizes, strict=True) if length >= FRAGMENT)


def lines_of(text: str) -> Lines:
    """The text as units; lines that fold to nothing are left out."""
    table, units, offset = table_of(text), [], 0
    for line in text.split("\n"):
        pieces = [(0, line)] if len(line) <= FLATTENED else [(s.start, s.text) for s in sentences_of(line)]
        units += [Unit(offset + at, piece, plain) for at, piece in pieces if (plain := fold(piece, table))]
        offset += len(line) + 1
    offsets = [0]
    for unit in units:
        offsets.append(offsets[-1] + len(unit.folded) + 1)
    return Lines(units, "\n".join(unit.folded for unit in units), offsets[:-1])


def openings(plain: str) -> Iterator[re.Match[str]]:
    """What only the head of a report says, in a folded text: its meeting before the salutation, or who reports."""
    end = 0
    for found in sorted([*GREETED.finditer(plain), *REPORTING.finditer(plain)], key=re.Match.start):
        if found.start() >= end:
            yield found
        end = max(end, found.end() + 150)


def starts_of(lines: Lines) -> list[int]:
    """Numbers of the units that reports begin with, ascending."""
    units = lines.units
    starts = {head_above(units, lines.at(found.start())) for found in openings(lines.joined)}
    titles = [at for at, unit in enumerate(units) if unit.title]
    starts |= {
        head_above(units, at) for at in titles if MET.search("\n".join(u.folded for u in units[at + 1 : at + 4]))
    }
    markers = [at for at, unit in enumerate(units) if unit.marker]
    if len({units[at].folded for at in markers}) > 1:
        starts.update(markers)
    starts.update(at for at in titles if closed(lines, at))
    named = {at for at in starts if units[at].marker or any(unit.title for unit in units[at : at + 3])}
    return [at for at in sorted(starts) if at in named or not in_head(lines, at, starts)]


def in_head(lines: Lines, at: int, starts: set[int]) -> bool:
    """Does this unit stand in the head that another start begins: near to it, or without a sentence between?"""
    before = max((start for start in starts if start < at), default=None)
    if before is None:
        return False
    near = lines.offsets[at] - lines.offsets[before] < FRAGMENT
    return near or "。" not in lines.joined[lines.offsets[before] : lines.offsets[at]]


def head_above(units: list[Unit], at: int) -> int:
    """The unit that the head begins with whose meeting, salutation or title is here.

    The nearest title above, with what of it stands on lines before. Of three titles and more in a row all but the
    last are a table of contents.
    """
    top = max(0, at - HEAD)
    title = next((k for k in range(at, top - 1, -1) if units[k].title or (ended(units[k]) and k < at)), -1)
    if title < 0 or not units[title].title:
        near = range(at, top - 1, -1)
        return next((k for k in near if len(units[k].folded) <= LINE and MET.search(units[k].folded)), at)
    run = title
    while run > 0 and units[run - 1].title:
        run -= 1
    if title - run == 1 and units[title].folded.endswith("政府工作报告") and len(units[title].folded) < 10:
        title = run
    while title > 0 and wrapped(units[title - 1]):
        title -= 1
    return title


def ended(unit: Unit) -> bool:
    """Is it running text, or an entry of a table of contents?"""
    return len(unit.folded) > 60 or STOP.search(unit.folded[-2:]) is not None or LISTED.search(unit.folded) is not None


def wrapped(unit: Unit) -> bool:
    """Is it the first line of a title over two lines?"""
    return len(unit.folded) <= 20 and not ended(unit) and PLACE_LINE.search(unit.folded) is not None


def closed(lines: Lines, at: int) -> bool:
    """Has a report come to its end just before this unit?"""
    before = lines.joined[max(0, lines.offsets[at] - CLOSED) : lines.offsets[at]]
    return at > 0 and ended(lines.units[at - 1]) and "各位代表" in before and CALLED.search(before) is not None


def stretches_of(text: str, lines: Lines, starts: list[int]) -> Iterator[Stretch]:
    """From start to start, and what stands before the first one, where there is as much as a report's worth."""
    units = lines.units
    for first, last in pairwise([*([0] if starts[0] else []), *starts, len(units)]):
        length = lines.offsets[last - 1] + len(units[last - 1].folded) - lines.offsets[first]
        if length < (FRAGMENT if first in starts else REPORT):
            continue
        end = units[last - 1].start + len(units[last - 1].text)
        yield Stretch(
            first, last, key_of(units[first : min(last, first + HEAD)]), folded(text[units[first].start : end])
        )


def key_of(head: list[Unit]) -> tuple[date, str, bool] | None:
    """Day and place of the meeting, and whether the report is another body's; None where the day is not told."""
    texts = [unit.folded[:200] for unit in head]
    near = "".join(texts)
    day, at = meeting_of(texts).on, AT.search(near)
    foreign = bool(OTHERS.search(near[:120]) or PLANS.search(near[:120]))
    return (day, at[1] if at else "", foreign) if day else None


def different(stretches: list[Stretch]) -> list[Stretch]:
    """The stretches that are reports of their own.

    One that says what an earlier one said is left out. One that merely repeats the head of the one before it, as a
    reprint over several pages does, goes on with it.
    """
    found: list[Stretch] = []
    for stretch in stretches:
        if any(alike(stretch.known, other.known) for other in found):
            continue
        if found and stretch.key and stretch.key == found[-1].key:
            before = found.pop()
            found.append(Stretch(before.first, stretch.last, before.key, before.known))
        else:
            found.append(stretch)
    return found


def alike(text: Folded, other: Folded) -> bool:
    """Is half of either text in the other?"""
    pairs = ((text.anchors, other.anchors), (other.anchors, text.anchors))
    return any(len(a) > 0 and float(np.isin(a, b).mean()) > AGAIN for a, b in pairs)


def size(lines: Lines, stretch: Stretch) -> int:
    """Folded characters of a stretch."""
    end = lines.offsets[stretch.last] if stretch.last < len(lines.units) else len(lines.joined)
    return end - lines.offsets[stretch.first]


def cut_of(text: str, lines: Lines, stretch: Stretch) -> Cut:
    """The stretch in the text."""
    units = lines.units[stretch.first : stretch.last]
    start, end = units[0].start, units[-1].start + len(units[-1].text)
    piece = text[start:end]
    start, end = start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))
    return Cut(start, end, next((unit.text.strip() for unit in units[:HEAD] if unit.title), ""))
