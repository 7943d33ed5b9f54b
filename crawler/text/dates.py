"""The day on which a page says it was published; never the meeting's, never the footer's."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from lxml.etree import _Element as Element

from crawler.text.lines import text_of

# Names of meta tags: the government's own standard (国办发〔2017〕47号, annex: PubDate), Open Graph, Dublin Core and
# custom.
METAS = (
    "pubdate",
    "publishdate",
    "firstpublishedtime",
    "article:published_time",
    "og:release_date",
    "datepublished",
    "dc.date.issued",
    "dc.date",
    "weibo: article:create_at",
    "apub:time",
    "createdate",
    "date",
)
SEPARATED = (
    r"(?P<y>(?:19|20)\d\d)\s*[-/.年－]\s*(?P<m>0?[1-9]|1[0-2])\s*[-/.月－]\s*(?P<d>3[01]|[12]\d|0?[1-9])(?!\d)\s*日?"
)
DATE = re.compile(r"(?<!\d)" + SEPARATED)
DIGITS = "〇○零ОO0Ｏ一二三四五六七八九十"
CHINESE = re.compile(rf"([{DIGITS}]{{4}})年([一二三四五六七八九十]{{1,3}})月([一二三四五六七八九十]{{1,3}})日")
LABEL = re.compile(
    r"(?:发布|發布|发表|發表|更新|录入|上传|添加|公开|公開|刊发|刊登|投稿|编辑|创建|信息)?(?:时间|時間|日期)\s*[\]】]?\s*[:：]?\s*|"
    r"(?:发表于|發表於|发布于|發佈於|刊于)\s*[:：]?\s*|(?:发布|发表|更新)\s*[:：]\s*"
)
SIGNED = re.compile(
    r"(?:(?:发布|發布|发表|發表)(?:时间|時間|日期|于|於)\s*[:：]?\s*|[本该][帖贴文]由?.{1,20}?于\s*)(?=(?:19|20)\d\d\s*[-/.年])"
)
# Labels of other days: the law's, the document's own, today's.
OTHER = re.compile(
    r"(?:成文|生成|实施|施行|废止|生效|失效|印发|回复|注册|登录|截止|开始|结束|有效|今天是)(?:时间|日期)?\W*$"
)
TODAY = re.compile(r"今天是|今日是|现在是|星期|农历")
NOW = re.compile(r"今天是|今日是|现在是")
EDITION = re.compile(r"第\s*[A-Z]?\d{1,3}\s*版")  # a newspaper's page: the day with its weekday is that of the edition
COPYRIGHT = re.compile(r"copyright|版权|©|ICP|备案", re.IGNORECASE)
MEETING = re.compile(r"^\s*在.{0,40}(?:会议|大会|全会|两会)|^\s*(?:召开|举行|闭幕|开幕)")
URL = (
    re.compile(r"/t?(?P<y>20[0-3]\d|199\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?=[_./-]|\d{3,}\.|$)"),
    re.compile(r"/(?P<y>20[0-3]\d)[-/](?P<m>0?[1-9]|1[0-2])[-/](?P<d>3[01]|[12]\d|0?[1-9])(?=[/_.-])"),
)


def day_of(text: str) -> date | None:
    """The first day written in a text: 2023-4-13, 2024年1月11日, 2021.02.20, 二〇二三年一月四日; None without one."""
    found = DATE.search(text)
    if found:
        return valid(int(found["y"]), int(found["m"]), int(found["d"]))
    han = CHINESE.search(text)
    return valid(year_of(han[1]), numeral(han[2]), numeral(han[3])) if han else None


def valid(year: int, month: int, day: int) -> date | None:
    """The day, or None where the calendar lacks it."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def year_of(digits: str) -> int:
    """A year written digit by digit: 二〇二三, 二O一O."""
    return int("".join(str("一二三四五六七八九".find(char) + 1) for char in digits))


def numeral(text: str) -> int:
    """A number up to 99 in Chinese: 四, 十二, 二十一."""
    tens, _, ones = text.rpartition("十") if "十" in text else ("", "", text)
    one = "一二三四五六七八九".find(ones) + 1 if ones else 0
    if "十" not in text:
        return one
    return 10 * ("一二三四五六七八九".find(tens) + 1 if tens else 1) + one


def in_tags(root: Element) -> date | None:
    """The day that a page's meta tags, JSON-LD or <time> element give."""
    if found := posted(root):
        return found
    named: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").strip().lower()
        named.setdefault(name, meta.get("content") or "")
    for name in METAS:
        if name in named and (day := day_of(named[name])):
            return day
    for script in root.iter("script"):
        if script.get("type") == "application/ld+json" and (found := published(script.text or "")):
            return found
    return None


def posted(root: Element) -> date | None:
    """The day of a forum's first post; today and yesterday hide the full time in a title."""
    for mark in root.iter("em"):
        if (mark.get("id") or "").startswith("authorposton"):
            titles = [node.get("title") or "" for node in mark.iter() if node.get("title")]
            return day_of(" ".join([*titles, text_of(mark)]))
    return None


def published(text: str) -> date | None:
    """DatePublished of a JSON-LD block, well-formed or not."""
    found = re.search(r"\"datePublished\"\s*:\s*\"([^\"]+)\"", text)
    return day_of(found[1]) if found else None


def in_lines(lines: Sequence[str], *, bare: bool = True) -> date | None:
    """The day that the lines before a body give: the first labelled one, else the last that stands alone.

    bare  are days without a label taken, where a line is a stamp and little more?
    """
    for at, line in enumerate(lines):
        found = labelled(line) or (labelled(line + " " + lines[at + 1]) if ends_in_label(line, lines, at) else None)
        if found:
            return found
    return last_stamp(lines) if bare else None


def in_closing(lines: Iterable[str]) -> date | None:
    """The day that a signature at the end of a body gives as that of its publication; a bare 时间 is not enough."""
    for line in lines:
        if len(line) < 120 and (found := SIGNED.search(line)):
            return day_of(line[found.end() : found.end() + 20])
    return None


def ends_in_label(line: str, lines: Sequence[str], at: int) -> bool:
    """Does a line break off after a label, its value in the next cell?"""
    return (
        len(line) < 20
        and at + 1 < len(lines)
        and LABEL.search(line) is not None
        and DATE.match(lines[at + 1]) is not None
    )


def labelled(line: str) -> date | None:
    """The day behind a label of publication in a line."""
    for label in LABEL.finditer(line):
        found = DATE.match(line, label.end()) or CHINESE.match(line, label.end())
        if not found or OTHER.search(line[: label.end()].rstrip(" :：]】")) or MEETING.match(line[found.end() :]):
            continue
        return day_of(found[0])
    return None


def last_stamp(lines: Sequence[str]) -> date | None:
    """The last day among the lines that are a stamp and little more."""
    day = None
    today = NOW if any(EDITION.search(line) for line in lines) else TODAY
    for line in lines:
        found = DATE.search(line) or CHINESE.search(line)
        if not found or len(line) > len(found[0]) + 60 or today.search(line) or COPYRIGHT.search(line):
            continue
        before, after = line[: found.start()], line[found.end() :]
        if MEETING.match(after) or re.search(r"[（(]\s*$|[一-鿿]{8,}", before) or OTHER.search(before):
            continue
        day = day_of(found[0]) or day
    return day


def in_url(url: str) -> date | None:
    """The day in a page's address: t20210303_2249908.html, 202102/20210220, 2022/9/21, 2022-01/07."""
    for pattern in URL:
        if found := pattern.search(url):
            return valid(int(found["y"]), int(found["m"]), int(found["d"]))
    return None
