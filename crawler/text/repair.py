"""Damage that can be undone: every kind of mend is recorded, and what cannot be mended stays as it is."""

import html
import re
from collections.abc import Sequence
from typing import NamedTuple

from crawler.text.decode import AS_GBK, again, likeness
from crawler.text.glyphs import INVISIBLE, RADICALS
from crawler.text.pages import tight
from crawler.text.shifted import HIT, Mender, lossy

GONE = dict.fromkeys(INVISIBLE)
STRANGE = frozenset(map(chr, {*RADICALS, *INVISIBLE}))  # as a regular expression it took half of all reading
TONED = re.compile(r"(?<=[\u3400-\u9fff])[（(][a-zü]*[āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜ][a-zü]*[）)]")
PINYIN = re.compile(r"(?<=[\u3400-\u9fff])[（(][a-züāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜ]{1,6}[）)]")
ENTITY = re.compile(r"&\s?(#?[a-z0-9](?:\s?[a-z0-9]){1,9})\s?;", re.IGNORECASE)
HAN = re.compile("[\u3400-\u9fff]")
SPREAD = re.compile(r"(?<=[\u3400-\u9fff])[ \u3000\xa0]+(?=[\u3400-\u9fff])")
QUOTED = re.compile(r"(?<=[\u3400-\u9fff])\?(?=[\u3400-\u9fff][^“”「」?]{0,20}[”」])")
SUBHEAD = re.compile(r"^\s*[（(]([一二三四五六七八九十]+)[）)]")
HEAD = re.compile(r"^\s*[一二三四五六七八九十]+、")
NUMBERS = (*"一二三四五六七八九十", *("十" + digit for digit in "一二三四五六七八九"), "二十")
LEAST = 10  # spaces between characters; fewer are the layout of a title or of a name
SHIFTED = "GBK shifted by one byte"


class Mend(NamedTuple):
    """What stood there, what stands there now, by which rule."""

    before: str
    after: str
    how: str


def repair(lines: Sequence[str], *, spread: bool = False) -> tuple[list[str], tuple[Mend, ...]]:
    """The lines with what is damaged mended, and a record of the mends. A clean text comes back as it is.

    spread  may typists' spaces stand between all characters of a line, as in text dumps and old documents?
    """
    mends: list[Mend] = []
    whole = "\n".join(lines)
    out = list(lines)
    if not STRANGE.isdisjoint(whole):
        out = [glyphs(line, mends) for line in out]
    if TONED.search(whole):
        out = [annotated(line, mends) for line in out]
    if "&" in whole:
        out = [entities(line, mends) for line in out]
    if len(AS_GBK.findall(whole)) * 40 > len(whole):
        out = [misread(line, mends) for line in out]
    if HIT.search(whole) and not lossy(whole):
        out = shifted(out, mends)
    if spread:
        out = [closed(line, mends) for line in out]
    return [line for line in out if line.strip()], tuple(mends)


def glyphs(line: str, mends: list[Mend]) -> str:
    """Radicals as characters, and no marks of zero width."""
    seen = line.translate(GONE)
    plain = seen.translate(RADICALS)
    if plain != seen:
        mends.append(Mend(seen, plain, "radicals in place of characters"))
    elif seen != line:
        mends.append(Mend(line, seen, "marks of zero width"))
    return plain


def annotated(line: str, mends: list[Mend]) -> str:
    """A line without the pinyin that a converter put behind characters: 報(bào)告."""
    if not TONED.search(line):
        return line
    plain = PINYIN.sub("", line)
    mends.append(Mend(line, plain, "pinyin behind characters"))
    return plain


def entities(line: str, mends: list[Mend]) -> str:
    """A line with HTML entities that survived, or that a space splits (&ldqu o;), as characters."""

    def character(found: re.Match[str]) -> str:
        name = "&" + "".join(found[1].split()) + ";"
        plain = html.unescape(name)
        return found[0] if plain == name or len(plain) > 2 else plain

    plain = ENTITY.sub(character, line)
    if plain != line:
        mends.append(Mend(line, plain, "HTML entities"))
    return plain


def misread(line: str, mends: list[Mend]) -> str:
    """A line of UTF-8 that was read as GBK (鏀垮簻 = 政府), decoded rightly where that makes it Chinese."""
    if len(AS_GBK.findall(line)) * 6 < len(line):
        return line
    plain = again(line, "gb18030", "utf-8")
    if likeness(plain) < likeness(line) + 0.2:
        return line
    mends.append(Mend(line, plain, "UTF-8 read as GBK"))
    return plain


def shifted(lines: Sequence[str], mends: list[Mend]) -> list[str]:
    """Lines with their runs of GBK shifted by one put right, headings by their numbers."""
    mender = Mender("\n".join(lines))
    out: list[str] = []
    number = 0
    runs_before = len(mends)
    for line in lines:
        plain = line
        if HIT.search(line):
            plain, runs = mender.mend(line, NUMBERS[number] if number < len(NUMBERS) else None)
            mends += [Mend(run.before, run.after, SHIFTED) for run in runs]
        number = numbered(plain, number)
        out.append(plain)
    return [dotted(line, mends) for line in out] if len(mends) > runs_before else out


def numbered(line: str, number: int) -> int:
    """How many subheadings （N） there have been under the heading at hand, this line included."""
    if HEAD.match(line):
        return 0
    if (found := SUBHEAD.match(line)) and found[1] in NUMBERS:
        return NUMBERS.index(found[1]) + 1
    return number


def dotted(line: str, mends: list[Mend]) -> str:
    """A line of a damaged text with ? for · between the words of a quoted name: “消費季?愛尚”."""
    plain = QUOTED.sub("·", line)
    if plain != line:
        for found in QUOTED.finditer(line):
            around = slice(max(0, found.start() - 5), found.end() + 5)
            mends.append(Mend(line[around], plain[around], "a lost ·"))
    return plain


def closed(line: str, mends: list[Mend]) -> str:
    """A line without the spaces between its characters, where most of them have one behind."""
    spaces = len(SPREAD.findall(line))
    if spaces < LEAST or spaces * 2 < len(HAN.findall(line)) - 1:
        return line
    plain = tight(line)
    mends.append(Mend(line, plain, "spaces between characters"))
    return plain
