"""Sentences of a text, and which of them are headings; PURE.

A heading is known by its glyph (一、 第一部分 （一） 1. ① ● 一是 …) or, where it has none, by being a short line
without a full stop. Its level comes from the order in which glyphs nest, not from the glyph: under 第一部分 or
an unnumbered 2024年工作回顾, 一、 is the second level.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

NUMERAL = "[一二三四五六七八九十]"
# The first that matches wins. 一、二级 and 三、四线 are enumerations, no headings.
GLYPHS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("part", rf"第{NUMERAL}{{1,3}}(?:部分|篇|章)\s*[、:：.]?"),
        ("first", rf"第{NUMERAL}{{1,3}}[、,，]"),
        ("han", rf"{NUMERAL}{{1,3}}\s*[、.．]\s*(?!{NUMERAL}{{1,2}}(?:[、级线类产]|是))"),
        ("paren", rf"[(（〔﹝]\s*{NUMERAL}{{1,3}}\s*[)）〕﹞]\s*、?"),
        ("paren-digit", r"[(（]\d{1,2}[)）]\s*、?"),
        ("circled", r"[①-⑳㈠-㈩]"),
        ("digit", r"\d{1,2}\s*(?:[.．](?!\d)|、)|\d{1,2}\s+(?=[\u4e00-\u9fff])"),
        ("bullet", r"[●◎◆■▲★○◇•·▪※]"),
        ("item", rf"{NUMERAL}{{1,3}}(?:是|要|、?是要)"),
        ("dash", r"[—―─-]{2,}"),
    )
)
LEAVES = ("dash", "bullet", "item")  # nothing but their own text hangs on these
STOP = re.compile(r"[。！？；!?;]+[”’」』）)】》]*")
# A gap as wide as two ideographic spaces stands for a lost line break, in copies that lost all of theirs.
GAP = re.compile(r"[^\S\n]*(?:\u3000[^\S\n]*\u3000|\u3000\xa0|\t\t|[ \xa0]{4})[^\S\n]*")
FLATTENED = 600  # characters; the longest honest paragraph that has such gaps inside is a meeting line of 60
LONGEST_LINE, LONGEST_RUN_IN = 60, 50  # characters of a heading, alone and before its text; 9 of 10 are under 30
# Where a flattened copy runs heading and text together: …工作回顾2024年是…, or with a space that was a line's end.
ENDINGS = """
回顾 回顧 任务 任務 重点工作 重點工作 主要工作 工作安排 安排建议 安排建議 工作建议 总体要求 總體要求 主要目标 主要目標
预期目标 目标 自身建设 自身建設 成就 成绩 主要考虑 重要要求 重大举措 战略举措 思路
"""
BEGINNINGS = """
20 今年 过去 過去 刚刚 剛剛 一年来 五年来 面对 “十 我们 各位 做好 全省 全市 全区 全國 （一） (一) 一是 坚持 综合
习近平 根据
"""
RUN_ON = re.compile(
    rf"(?:第{NUMERAL}部分|{NUMERAL}、|(?=20\d\d年|过去|[“十]))[^。，,；：:！？\n]{{2,36}}?"
    rf"(?:{'|'.join(ENDINGS.split())})(?=\s+\S|{'|'.join(map(re.escape, BEGINNINGS.split()))})"
)
SPACED = re.compile(
    rf"(?:第{NUMERAL}部分|{NUMERAL}{{1,2}}、|[（(]{NUMERAL}{{1,2}}[)）])\s*"
    r"(?=(?:[^\s。；：]*[\u4e00-\u9fff]){4})[^\s。；：]{4,40}(?=\s+\S)"
)
WRITTEN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of a text up to its full stop; `whole` where it is all of its line (or of its flattened paragraph)."""

    start: int
    text: str
    paragraph: int
    opens: bool
    whole: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """A sentence that heads others: its index among the sentences, glyph class and words, folded, without the glyph."""

    index: int
    glyph: str
    words: str


def sentences_of(text: str) -> list[Sentence]:
    """All sentences in order; between them lies white space only.

    A sentence ends at 。！？； (either width) with the quotes and brackets that close there, at the end of its
    line, and, in lines that hold a whole report, at gaps and after a heading that runs on into text.
    """
    found: list[Sentence] = []
    offset = 0
    for number, line in enumerate(text.split("\n")):
        for start, end in paragraphs_of(line):
            cuts = cuts_of(line, start, end)
            found.extend(
                Sentence(offset + a, line[a:b], number, opens=stands or k == 0, whole=stands or len(cuts) == 1)
                for k, (a, b, stands) in enumerate(cuts)
            )
        offset += len(line) + 1
    return found


def paragraphs_of(line: str) -> list[tuple[int, int]]:
    """The line as it is, or the paragraphs of a flattened one."""
    if len(line) <= FLATTENED:
        return [(0, len(line))]
    edges = [0, *(edge for gap in GAP.finditer(line) for edge in gap.span()), len(line)]
    return list(zip(edges[::2], edges[1::2], strict=True))


def cuts_of(line: str, start: int, end: int) -> list[tuple[int, int, bool]]:
    """The sentences of one paragraph as (start, end, stands alone), without white space around, empty ones left out."""
    edges = [start, *(stop.end() for stop in STOP.finditer(line, start, end)), end]
    cuts = []
    for left, right in pairwise(edges):
        first, last = trimmed(line, left, right)
        heading = (
            (RUN_ON.match(line, first, last) or SPACED.match(line, first, last)) if len(line) > FLATTENED else None
        )
        if heading:
            cuts.append((first, heading.end(), True))
            first, last = trimmed(line, heading.end(), last)
        if first < last:
            cuts.append((first, last, False))
    return cuts


def trimmed(line: str, start: int, end: int) -> tuple[int, int]:
    """The stretch without white space at its ends."""
    stretch = line[start:end]
    return start + len(stretch) - len(stretch.lstrip()), end - (len(stretch) - len(stretch.rstrip()))


def glyph_of(text: str) -> tuple[str, str]:
    """The class of the glyph a sentence begins with and the words after it; ("none", text) without one."""
    for name, pattern in GLYPHS:
        if glyph := pattern.match(text):
            return name, text[glyph.end() :].strip()
    return "none", text


def heading_of(sentence: Sentence) -> tuple[str, str] | None:
    """Glyph class and words of a sentence that is a heading; None where it is running text."""
    text = sentence.text
    glyph, words = glyph_of(text)
    if not WRITTEN.search(words) or not (sentence.opens or glyph in ("part", "han", "paren")):
        return None
    stop = STOP.search(text[-3:])
    if stop and "。" not in stop.group():
        return None
    if stop:
        return (glyph, words.rstrip("。")) if glyph != "none" and len(text) <= LONGEST_RUN_IN else None
    if not sentence.whole and len(text) > 40:
        return None
    longest = 40 if glyph == "none" else LONGEST_LINE
    return (glyph, words) if len(text) <= longest and not re.search("[:：]|[,，、…]$", words) else None


def levels_of(headings: list[Heading], tops: set[int]) -> dict[int, int]:
    """The level of each heading by sentence index: 1 for the tops, then by the order in which glyphs nest below."""
    levels: dict[int, int] = {}
    nest: list[str] = []
    for heading in headings:
        if heading.index in tops:
            nest = []
            levels[heading.index] = 1
            continue
        if heading.glyph in nest:
            del nest[nest.index(heading.glyph) + 1 :]
        else:
            while heading.glyph not in LEAVES and nest[-1:] and nest[-1] in LEAVES:
                nest.pop()
            nest.append(heading.glyph)
        levels[heading.index] = 1 + len(nest)
    return levels
