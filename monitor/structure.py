"""A report taken apart: parts by their role, headings at their real level, sentences at their positions; PURE.

Every government work report looks back (review) and sets tasks (plan); in years when a five-year plan or a new
term begins an outlook stands between. The words of the headings tell; where they do not (Fujian writes
一张蓝图绘到底), the text under them does. A comparison must answer for `PLAN` and `CLOSING` together:
`Outline.of(Part.PLAN, Part.CLOSING)` is what the annotators of shared/gold cut.
"""

import re
from itertools import pairwise

from crawler.text.fold import fold, fold_all, table_of
from monitor.headings import Heading, Sentence, heading_of, levels_of, sentences_of
from storage.values import Outline, Part, Passage

HEADED = (Part.REVIEW, Part.OUTLOOK, Part.PLAN)

LOOKING_BACK = re.compile(
    r"回顾|总结|成就|成绩|历程|取得新?|(?:工作|完成|执行|进展)情况|(?:过去|五年来|一年来|上届|本届)[^,]{0,8}工作$"
)
LOOKED_BACK = re.compile(r"回顾|总结|(?:过去|五年来|一年来)[^,]{0,8}工作$")
# One heading for the year gone and the aims of the next: the tasks come under the headings after it.
BOTH = re.compile(r"工作的?回顾[和与及].*\d{4}年")
DONE = re.compile(r"(?:完成|执行|进展|落实)情况")
TASKS = re.compile(r"目标|任务|安排|部署|要求|思路|考虑|举措|重点|打算|建议|设想")
# 十五五开好局 and 十四五收官之年 speak of a year; 十五五主要目标 speaks of five.
LOOKING_FAR = re.compile(
    r"十[一二三四五六]五[\"”]?(?!.{0,3}(?:开|收官|起步))|[今未来]{1,2}后?[三四五几十]年|五年规划|规划《?纲要|远景|20[3-9]\d年"
)
YEARS_AHEAD = re.compile(
    r"十[一二三四五六]五[\"”]?(?:时期|期间)|[今未来]{1,2}后?[三四五几十]年|规划《?纲要|到20[3-9]\d年"
)
THIS_YEAR = re.compile(r"今年|明年|新的一年|来年|下一年|下一步")
SETS_TASKS = re.compile(
    r"(?:主要|重点|目标|工作|中心|具体)任务|工作(?:安排|部署|重点|打算|建议|思路)|重点工作|主要工作"
)
GOVERNMENT = re.compile(r"政府(?:自身|治理|效能|系统|建设|履职)|自身建设|(?:人民满意|服务型|法治|廉洁)的?.{0,8}政府")
GLOSSARY = re.compile(
    r"(?:名词|术语|用语|词语|词汇|概念|简称|缩略语)的?(?:解释|注释|注解|说明|释义|解读|简释)|^[《(\[【]?注[释解]?[)\]】]?:?$|"
    r"^(?:有关)?名词|工作报告》?(?:的|有关|相关)?(?:注释|注解|释义)$"
)
TITLE = re.compile(r"工作报告(?:[(].*)?$")
ANNEX = re.compile(r"^附(?:件|表|录)\s*[一二三四五\d]*[:：]?")
# What the deputies voted to have done is a plan; a table of projects is none.
PROJECTS = re.compile(r"(?:实事|民生|惠民)[^。]{0,12}$|(?:项目|工程)[^。表]{0,12}$")
# An entry of a glossary that has lost its title: “三区三线”：指…, 3.PM2.5：大气中…
ENTRY = re.compile(
    r"^(?:\d{1,3}[.、)\]]|[(\[【]\d{1,3}[)\]】]|[①-⑳]|注\d*:)?[\"《]?[^。;,:]{1,40}[\"》]?(?:\([^)]{1,60}\))?[\"》]?(?::|,?是?指)"
)
NUMBERED = re.compile(r"^(?:\d{1,3}[.、)\]]|[(\[【]\d{1,3}[)\]】]|[①-⑳]|[\"《])")
YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年")
YEAR_AIM = re.compile(
    r"(?:今年|明年|新的一年|(?:19|20)\d\d年?)[^。五]{0,40}(?:预期目标|总体要求|总的要求|主要目标|工作思路|重点任务)"
)
LAST_WORDS = re.compile(r"让我们|紧密地?团结|奋斗|而努力|万岁")
ADDRESS = re.compile(r"^(?:各位代表|同志们|各位委员)")
SALUTATION = re.compile(r"^各位代表[:,!]?$|请予?审[议查]|[向作].{0,12}报告(?:政府)?工作")
BODY = 1500  # characters of a section that are asked when its heading says nothing
CLOSING = 1500  # characters; the longest closing of the 70 reports of shared/corpus has 700
FOREWORD = 800  # characters between salutation and first heading that may still belong to the head


def outline(text: str) -> Outline:
    """The report as passages with their parts; any text has an outline, a report or not.

    The passages, with the white space between them, give the text back. What stands before the first heading is
    HEAD, unless it is long (a later page of several): then its words decide.
    """
    sentences = sentences_of(text)
    table = table_of(text)
    folded = fold_all([s.text for s in sentences], table)
    headings = [
        Heading(i, found[0], fold(found[1], table))
        for i, s in enumerate(sentences)
        if (found := heading_of(s) or titled(s, folded[i]))
    ]
    tops = tops_of(headings, folded)
    parts = parts_of(tops, folded)
    first = tops[0].index if tops else 0
    told = {h.index for h in tops}
    kept = [h for h in headings if h.index in told or (h.index > first and parts[h.index] in HEADED)]
    return Outline(text, passages_of(sentences, parts, levels_of(kept, told)))


def titled(sentence: Sentence, folded: str) -> tuple[str, str] | None:
    """Glyph class and words of a line that names an annex or a glossary, though a colon stands in it."""
    if not (sentence.opens and sentence.whole and len(folded) <= 60) or folded[-1:] in "。;!":
        return None
    return ("none", sentence.text) if ANNEX.match(folded) or GLOSSARY.search(folded.rstrip(":")) else None


def passages_of(sentences: list[Sentence], parts: list[Part], levels: dict[int, int]) -> tuple[Passage, ...]:
    """The sentences as passages, each with its part and the nearest heading above."""
    heading, passages = "", []
    for i, sentence in enumerate(sentences):
        if i and parts[i] is not parts[i - 1] and i not in levels:
            heading = ""
        passages.append(
            Passage(i, sentence.paragraph, sentence.start, parts[i], heading, sentence.text, levels.get(i, 0))
        )
        if i in levels:
            heading = sentence.text
    return tuple(passages)


def role_of(words: str, year: int | None) -> Part | None:
    """The part a heading announces, or None where its words do not say; `year` is the plan's, as far as known."""
    if GLOSSARY.search(words.rstrip(":")):
        return Part.GLOSSARY
    back, far, tasks = LOOKING_BACK.search(words), LOOKING_FAR.search(words), TASKS.search(words)
    if DONE.search(words) or (back and not tasks) or BOTH.search(words):
        return Part.REVIEW
    now = THIS_YEAR.search(words) or (year is not None and f"{year}年" in words)
    if now and (tasks or re.search("工作|展望", words)):
        return Part.PLAN
    if far and (tasks or not back):
        return Part.OUTLOOK
    if back:
        return Part.REVIEW
    return Part.PLAN if SETS_TASKS.search(words) else None


def tops_of(headings: list[Heading], folded: list[str]) -> list[Heading]:
    """The headings of the first level: those of the glyph class that carries the roles, then annexes and glossary."""
    start = greeted(folded)
    annexes = [h for h in headings if h.glyph == "none" and h.index >= start and annexed(h.words)]
    annexes = annexes or entries_behind(folded)
    end = annexes[0].index if annexes else len(folded)
    body = [h for h in headings if start <= h.index < end and not TITLE.search(h.words)]
    year = year_of(body)
    roles = {h.index: role for h in body if (role := role_of(h.words, year)) and said(h.words)}
    glyph = top_glyph(body, roles)
    tops: list[Heading] = []
    for heading in body:
        if heading.glyph == glyph and (heading.index in roles or belongs(heading, tops, folded)):
            tops.append(heading)
    later = {h.words: h.index for h in tops}
    listed = {a.index for a, b in pairwise(tops) if later[a.words] > a.index and b.index == a.index + 1}
    return [h for h in tops if h.index not in listed] + annexes


def annexed(words: str) -> bool:
    """Does a heading begin a glossary or an annex?"""
    return GLOSSARY.search(words.rstrip(":")) is not None or ANNEX.match(words) is not None


def entries_behind(folded: list[str]) -> list[Heading]:
    """The first of the entries of a glossary without a title that follow the last call of a report; [] without any."""
    last = next(
        (i for i in range(len(folded) - 1, -1, -1) if LAST_WORDS.search(folded[i]) and "指" not in folded[i]), -1
    )
    rest = [(i, text) for i, text in enumerate(folded[last + 1 :], last + 1) if NUMBERED.match(text)]
    found = [i for i, text in rest if ENTRY.match(text)]
    if last < 0 or len(found) < 2 or found[0] != last + 1 or len(found) < 0.8 * len(rest):
        return []
    return [Heading(found[0], "none", "名词解释")]


def year_of(headings: list[Heading]) -> int | None:
    """The latest year that headings name: the plan's, in a report that has one."""
    return max((int(y) for h in headings for y in YEAR.findall(h.words)), default=None)


def said(words: str) -> bool:
    """Does the heading say its part in so many words: a year, 回顾, 十五五时期, 今年?"""
    return any(p.search(words) for p in (YEAR, LOOKED_BACK, LOOKING_FAR, THIS_YEAR))


def top_glyph(headings: list[Heading], roles: dict[int, Part]) -> str | None:
    """The glyph class with most of the different parts among its headings; else 第一部分, else 一、."""
    classes = dict.fromkeys(h.glyph for h in headings)
    carried = {g: [roles[h.index] for h in headings if h.glyph == g and h.index in roles] for g in classes}
    best = max(classes, key=lambda g: (len(set(carried[g])), len(carried[g])), default=None)
    if best is not None and carried[best]:
        return best
    return next((g for g in ("part", "han") if sum(h.glyph == g for h in headings) > 1), None)


def belongs(heading: Heading, tops: list[Heading], folded: list[str]) -> bool:
    """Does a heading that names no part carry on the row of top headings, by its number or its matter?"""
    if heading.glyph == "none":
        return bool(tops and GOVERNMENT.search(heading.words))
    numbers = [number_of(folded[h.index]) for h in (*tops[-1:], heading)]
    return numbers[0] == 1 if len(numbers) == 1 else 0 < numbers[1] - numbers[0] <= 3


def number_of(text: str) -> int:
    """The number that a heading's Chinese numeral stands for, 0 without one."""
    numeral = re.match(r"第?([一二三四五六七八九十]+)", text)
    if not numeral:
        return 0
    tens, ten, ones = numeral.group(1).rpartition("十")
    digit = "零一二三四五六七八九".find
    return (digit(tens or "一") * 10 if ten else 0) + (digit(ones) if ones else 0)


def parts_of(tops: list[Heading], folded: list[str]) -> list[Part]:
    """The part of each sentence."""
    end = len(folded)
    first = tops[0].index if tops else end
    parts = before(folded[:first], alone=not tops)
    year = year_of(tops)
    for k, top in enumerate(tops):
        until = tops[k + 1].index if k + 1 < len(tops) else end
        part = part_of(top, folded[top.index : until], year, parts[-1] if parts else Part.HEAD)
        parts.extend([part] * (until - top.index))
    annex = next((h.index for h in tops if annexed(h.words)), end)
    start = closing_of(parts, folded, annex)
    return [*parts[:start], *[Part.CLOSING] * (annex - start), *parts[annex:]]


def part_of(top: Heading, sentences: list[str], year: int | None, previous: Part) -> Part:
    """The part of a section: what its heading announces, else what its text does."""
    if annex := ANNEX.match(top.words):
        title = top.words[annex.end() :] or "".join(sentences[1:2])
        return Part.GLOSSARY if GLOSSARY.search(title.rstrip(":")) or not PROJECTS.search(title) else Part.PLAN
    if role := role_of(top.words, year):
        return role
    if previous is Part.PLAN or (GOVERNMENT.search(top.words) and previous is not Part.HEAD):
        return Part.PLAN
    return told_by("".join(sentences))


def told_by(text: str) -> Part:
    """The part that running text belongs to, by what it speaks of: the year's aims, the years ahead, the past."""
    opening = text[:BODY]
    if YEAR_AIM.search(opening):
        return Part.PLAN
    if len(YEARS_AHEAD.findall(opening)) > 1:
        return Part.OUTLOOK
    done = len(re.findall(r"了|一年来|五年来|同比|比上年|累计|荣获|连续", text))
    meant = len(re.findall(r"要|将|力争|确保|推进|加快|实施|加强|完善", text))
    return Part.REVIEW if done * 3 > meant else Part.PLAN


def greeted(folded: list[str]) -> int:
    """How many sentences there are down to the salutation and what the speaker asks of the meeting; 0 without one."""
    end = 0
    for i, sentence in enumerate(folded[:60]):
        if SALUTATION.search(sentence) and (not end or i - end < 3):
            end = i + 1
    return end


def before(folded: list[str], *, alone: bool) -> list[Part]:
    """The parts of what precedes the first heading; `alone` where the text has no heading at all."""
    head = greeted(folded) or next((i for i, s in enumerate(folded) if s[-1:] in "。;!"), len(folded))
    rest = folded[head:]
    parts = [Part.HEAD] * head
    if not alone and sum(map(len, rest)) < FOREWORD:
        return parts + [Part.HEAD] * len(rest)
    aims = next((i for i, s in enumerate(rest) if i and YEAR_AIM.match(s)), None)
    if alone and aims is not None:
        return parts + [told_by("".join(rest[:aims]))] * aims + [Part.PLAN] * (len(rest) - aims)
    return parts + ([told_by("".join(rest))] * len(rest) if rest else [])


def closing_of(parts: list[Part], folded: list[str], end: int) -> int:
    """Where the closing begins: at the last 各位代表 that leads to a call, within CLOSING characters; else `end`."""
    length = 0
    for i in range(end - 1, -1, -1):
        length += len(folded[i])
        if length > CLOSING or parts[i] is Part.HEAD:
            return end
        rest = "".join(folded[i:end])
        if ADDRESS.match(folded[i]) and LAST_WORDS.search(rest):
            called = re.search("让我们|紧密地?团结", rest)
            return i if called or parts[i] is not Part.REVIEW else end
    return end
