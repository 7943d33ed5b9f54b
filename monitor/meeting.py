"""What the head of a report says of its meeting: the day, the session, the speaker; PURE.

The meeting line (——2025年1月6日在北京市西城区第十七届人民代表大会第五次会议上) comes with any dash or none, broken
over lines, with the speaker between date and place, and once in a while damaged (202014日).
"""

import re
from dataclasses import dataclass
from datetime import date

NUMERAL = "〇零一二三四五六七八九"
TENS = "一二三四五六七八九十百"
DAY = (
    rf"(?P<y>\d{{4}}|[{NUMERAL}○OＯo0]{{4}})年(?P<m>1[0-2]|0?[1-9]|[{TENS}]{{1,2}})月(?P<d>[0-3]?\d|[{TENS}]{{1,3}})日"
)
HAN = "[\u4e00-\u9fff]"
SESSION = rf"(?:第?[{TENS}\d]+届|人民代表大会)"
READ = tuple(
    re.compile(pattern)
    for pattern in (
        # the day before 在, a speaker perhaps between: 2025年1月15日龚正市长在上海市第十六届
        rf"{DAY}(?:(?:和|至|-)(?:\d+月)?\d+日)?[,]?(?:上午|下午)?[{HAN[1:-1]}·]{{0,18}}?[在于]{HAN}{{0,24}}?{SESSION}",
        rf"工作报告[-—(:]{{1,2}}{DAY}",
        rf"-{DAY}(?:在|{HAN}{{2,12}}{SESSION})",
        rf"^{DAY}{HAN}{{2,20}}{SESSION}{HAN}{{2,12}}次会议",
        rf"{DAY}(?:上午|下午)?,?{HAN}{{2,20}}{SESSION}[^。]{{0,24}}(?:开幕|召开|作.{{0,4}}政府工作报告)",
    )
)
DAMAGED = re.compile(rf"(?P<y>20\d\d)年?(?P<m>1[0-2]|[1-9])月?(?P<d>[1-3]\d|[1-9])日在{HAN}{{2,20}}{SESSION}")
DAY_ONLY = re.compile(
    rf"(?:(?<![年\d])|(?<=[xX×*]年))(?P<m>1[0-2]|[1-9])月(?P<d>[1-3]?\d)日[,]?(?:上午|下午)?[^。]{{0,40}}?{SESSION}"
)
NUMBERED = re.compile(
    rf"(?:(?:第(?P<k>[{TENS}\d]+)届|(?<!第)(?P<k2>[{TENS}\d]+)届)?(?P<all>全国)?(?:人民代表大会|人大)(?P<extra>\(临时\))?"
    rf"|人民代表大会(?P<extra2>\(临时\)))第?(?P<n>[{TENS}\d]+)次会议"
)
TITLES = "区长|市长|县长|省长|州长|盟长|旗长|主席|总理|主任|专员"
NAME = rf"(?P<name>(?!各位|现在|代表|同志|作政|政府|工作){HAN}{{2,4}}?(?:·{HAN}{{2,8}})*)"
SPEAKERS = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        rf"(?:{TITLES}):?\n?{NAME}(?=$|各位|同志|所?作|在{HAN}|代表{HAN}|[(]|[A-Za-z0-9])",
        rf"日{NAME}(?:代理?)?(?:{TITLES})在",
        rf"{HAN}(?:{TITLES}){NAME}(?=$)",
    )
)


@dataclass(frozen=True, slots=True)
class Meeting:
    """What the head says: day and session, speaker without inner spaces; `partial`: a day without year."""

    on: date | None = None
    damaged_on: date | None = None
    partial: tuple[int, int] | None = None
    session: tuple[str, str] | None = None
    speaker: str | None = None


def meeting_of(lines: list[str]) -> Meeting:
    """The meeting as the folded lines of a head tell it."""
    joined = "".join(lines)
    on = first_day(READ, joined)
    damaged = None if on else first_day((DAMAGED,), joined)
    partial = None if on or damaged else DAY_ONLY.search(joined)
    return Meeting(
        on,
        damaged,
        (int(partial["m"]), int(partial["d"])) if partial else None,
        session_of(joined),
        speaker_of("\n".join(lines)),
    )


def first_day(patterns: tuple[re.Pattern[str], ...], text: str) -> date | None:
    """The first day that one of the patterns reads, the patterns in order of their trust."""
    for pattern in patterns:
        for found in pattern.finditer(text):
            if day := day_of(found["y"], found["m"], found["d"]):
                return day
    return None


def day_of(year: str, month: str, day: str) -> date | None:
    """A day written in digits or in Chinese numerals; None for one that does not exist."""
    for letter in "○OＯo0":
        year = year.replace(letter, "〇") if not year.isdigit() else year
    digits = "".join(str(max(NUMERAL.find(c) - 1, 0)) if c in NUMERAL else c for c in year)
    try:
        return date(int(digits), number_of(month), number_of(day))
    except ValueError:
        return None


def number_of(text: str) -> int:
    """The value of a number up to 99 in digits or in Chinese numerals: 十七, 二十三, 17; 0 where there is none."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    value = "零一二三四五六七八九".find
    return (10 * value(tens or "一") if ten else 0) + (max(value(ones), 0) if ones else 0)


def numeral_of(number: int) -> str:
    """The Chinese numeral of a number from 1 to 99: 17 → 十七."""
    tens, ones = divmod(number, 10)
    digits = "零一二三四五六七八九"
    return ("" if tens < 2 else digits[tens]) + ("十" if tens else "") + (digits[ones] if ones else "")


def session_of(text: str) -> tuple[str, str] | None:
    """What comes before and after the place in the name of the session, written out in full.

    六届人大五次会议 gives ("", "第六届人民代表大会第五次会议"); masked numbers (第十六届…**次会议) give None.
    """
    for found in NUMBERED.finditer(text):
        term = found["k"] or found["k2"]
        extra = "（临时）" if found["extra"] or found["extra2"] else ""
        if not term and not extra:
            continue
        whole = "全国" if found["all"] else ""
        numbered = f"第{numeral_of(number_of(term))}届" if term else ""
        return found["all"] or "", f"{numbered}{whole}人民代表大会{extra}第{numeral_of(number_of(found['n']))}次会议"
    return None


def speaker_of(text: str) -> str | None:
    """Who speaks, from folded lines: the name after 区长, 代市长, 自治区主席 …, inner spaces gone."""
    for pattern in SPEAKERS:
        if found := pattern.search(text):
            return found["name"]
    return None
