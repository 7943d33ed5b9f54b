"""Damage that can be undone: every mend is recorded; what cannot be mended stays as it is, and is recorded as lost."""

import html
import re
from collections.abc import Sequence
from typing import NamedTuple

from crawler.text.decode import AS_GBK, AS_LATIN, again, likeness
from crawler.text.glyphs import INVISIBLE, LOST, RADICALS, UNPRINTED
from crawler.text.pages import ENDED, attached, runs_on, tight
from crawler.text.shifted import HIT, Mender, lossy

INSIDE = "[" + "".join(map(chr, sorted(INVISIBLE))) + "]"
HIDDEN = re.compile(rf"(?<=\S){INSIDE}+(?=\S)")  # at the end of a line they are but white space
# What no sound text holds; as a regular expression it took half of all reading.
STRANGE = frozenset(map(chr, {*RADICALS, *INVISIBLE, *UNPRINTED, *map(ord, "\ufffd■□▇█"), *range(0xE000, 0xF900)}))
TONED = re.compile(r"(?<=[\u3400-\u9fff])[（(][a-zü]*[āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜ][a-zü]*[）)]")
PINYIN = re.compile(r"(?<=[\u3400-\u9fff])[（(][a-züāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜ]{1,6}[）)]")
ENTITY = re.compile(r"&\s?(#?[a-z0-9](?:\s?[a-z0-9]){1,9})\s?[;；]", re.IGNORECASE)
AMPERSAND = re.compile(r"&amp;", re.IGNORECASE)
HAN = re.compile("[\u3400-\u9fff]")
SPREAD = re.compile(r"(?<=[\u3400-\u9fff])[ \u3000\xa0]+(?=[\u3400-\u9fff])")
QUOTED = re.compile(r"(?<=[\u3400-\u9fff])\?(?=[\u3400-\u9fff][^“”「」?]{0,20}[”」])")
SUBHEAD = re.compile(r"^\s*[（(]([一二三四五六七八九十]+)[）)]")
HEAD = re.compile(r"^\s*[一二三四五六七八九十]+、")
NUMBERS = (*"一二三四五六七八九十", *("十" + digit for digit in "一二三四五六七八九"), "二十")
LEAST = 10  # spaces between characters; fewer are the layout of a title or of a name
SHIFTED = "GBK shifted by one byte"
NAMES = {"utf-8": "UTF-8", "gb18030": "GBK", "latin": "Latin-1"}


WRAPPED = 12  # lines that a text must have to be taken for one that was broken at a width
RAGGED = 1.12  # of the usual width: no line of such a text is longer


class Mend(NamedTuple):
    """What stood there, what stands there now, by which rule, and how sure that is, from 0 to 1.

    What is lost for good stands there as before, and is sure to 0.
    """

    before: str
    after: str
    how: str
    sure: float = 1.0


def repair(lines: Sequence[str], *, spread: bool = False) -> tuple[list[str], tuple[Mend, ...]]:
    """The lines with what is damaged mended, and a record of the mends. A clean text comes back as it is.

    spread  may a typist's spaces stand between all characters of a line, and line breaks inside sentences, as in text
            dumps and old documents?
    """
    mends: list[Mend] = []
    whole = "\n".join(lines)
    out = list(lines)
    if len(AS_GBK.findall(whole)) * 40 > len(whole) or AS_LATIN.search(whole):
        out = [misread(line, mends) for line in out]
    strange = not STRANGE.isdisjoint(whole)
    if strange:
        out = [glyphs(controls(line, mends), mends) for line in out]
    if TONED.search(whole):
        out = [annotated(line, mends) for line in out]
    if "&" in whole and ENTITY.search(AMPERSAND.sub("", whole)):  # one &amp; alone may be meant
        out = [entities(line, mends) for line in out]
    if HIT.search(whole) and not lossy(whole):
        out = shifted(out, mends)
    if spread:
        out = unwrapped([closed(line, mends) for line in out], mends)
    if strange:
        mends += [mend for line in out for mend in lost(line)]
    return [line for line in out if line.strip()], tuple(mends)


def controls(line: str, mends: list[Mend]) -> str:
    """A line without control characters; half a surrogate pair is a lost character."""
    plain = line.translate(UNPRINTED)
    if plain != line:
        before = line.encode("utf-8", "backslashreplace").decode("utf-8")
        mends.append(Mend(before, plain, "control characters"))
    return plain


def lost(line: str) -> list[Mend]:
    """A record of each stretch of a line that cannot be mended, with some characters around it."""
    stretches = [(max(0, found.start() - 5), found.end() + 5) for found in LOST.finditer(line)]
    return [Mend(line[start:end], line[start:end], "lost characters, not mended", 0.0) for start, end in stretches]


def glyphs(line: str, mends: list[Mend]) -> str:
    """Radicals as characters, and no marks of zero width between others."""
    seen = HIDDEN.sub("", line)
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
    while plain != (further := ENTITY.sub(character, plain)):  # &amp;nbsp; was escaped twice
        plain = further
    if plain != line:
        mends.append(Mend(line, plain, "HTML entities"))
    return plain


def misread(line: str, mends: list[Mend]) -> str:
    """A line decoded rightly, where that makes it Chinese: UTF-8 that was read as GBK (鏀垮簻 = 政府) or as Latin-1, or
    GBK that was read as Latin-1 (Õþ¸® = 政府).
    """
    if len(AS_GBK.findall(line)) * 6 >= len(line):
        ways = [("gb18030", "utf-8")]
    elif len(AS_LATIN.findall(line)) * 6 >= len(line) and not HAN.search(line):
        ways = [("latin", "utf-8"), ("latin", "gb18030")]
    else:
        return line
    for wrong, right in ways:
        plain = again(line, wrong, right)
        if likeness(plain) >= likeness(line) + 0.2:
            sure = max(0.0, min(1.0, likeness(plain) + 0.3))
            mends.append(Mend(line, plain, f"{NAMES[right]} read as {NAMES[wrong]}", sure))
            return plain
    return line


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
            mends += [Mend(run.before, run.after, SHIFTED, round(run.sure, 3)) for run in runs]
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
            mends.append(Mend(line[around], plain[around], "a lost ·", 0.9))
    return plain


def closed(line: str, mends: list[Mend]) -> str:
    """A line without the spaces between its characters, where most of them have one behind."""
    spaces = len(SPREAD.findall(line))
    if spaces < LEAST or spaces * 2 < len(HAN.findall(line)) - 1:
        return line
    plain = tight(line)
    mends.append(Mend(line, plain, "spaces between characters"))
    return plain


def unwrapped(lines: list[str], mends: list[Mend]) -> list[str]:
    """The paragraphs of a text that was broken at a width, inside sentences; the lines as they are of any other."""
    sizes = sorted(len(line) for line in lines)
    width = sizes[int(0.9 * (len(sizes) - 1))] if sizes else 0
    full = [line for line in lines if len(line) >= 0.9 * width]
    open_ended = sum(not ENDED.search(line) for line in full)
    if len(lines) < WRAPPED or not 15 <= width <= 80 or sizes[-1] > RAGGED * width or open_ended * 2 < len(lines):
        return lines
    out = [[lines[0]]]
    for line in lines[1:]:
        if runs_on(out[-1][-1], line, width):
            out[-1].append(line)
        else:
            out.append([line])
    return [whole_of(parts, mends) for parts in out]


def whole_of(parts: list[str], mends: list[Mend]) -> str:
    """The lines of a paragraph as one."""
    whole = parts[0]
    for part in parts[1:]:
        whole = attached(whole, part.lstrip("\u3000 "))
    if len(parts) > 1:
        mends.append(Mend("\n".join(parts), whole, "line breaks inside sentences", 0.9))
    return whole
