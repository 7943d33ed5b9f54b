"""Which report is this? Place and meeting, never the year of the title; PURE.

Everything is read from the head: title, meeting line, speaker, salutation. What the head does not show is
concluded where something else tells (the plan's year, the host) and then named in `inferred`; else it is None.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from crawler.text.fold import fold, fold_all, table_of
from monitor.cutting import Cut, cut
from monitor.kind import SEVERAL, kind_of, spoken_in
from monitor.meeting import Meeting, meeting_of
from monitor.places import NATION, Division, ending, meant, named_by_host, table
from monitor.structure import outline
from storage.values import Identity, Kind, Outline, Part, Place, Reading

HEAD_LINES, HEAD_LENGTH = 90, 2500  # the head of a page, chrome included
WHOLE = 2000  # characters; the shortest whole report of shared/corpus has 8 400
READINGS = re.compile(r"(?<=[\u4e00-\u9fff])\([a-züāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜ]{1,6}\)")
YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年")
TITLE_YEAR = re.compile(r"((?:19|20)\d\d)(?:年度?[^。,\d]{0,24}?)?政府工作报告|政府工作报告[(]((?:19|20)\d\d)年")
TASK_YEAR = re.compile(r"((?:19|20)\d\d)年(?:政府)?的?(?:主要|重点)?(?:工作)?(?:任务|安排|总体要求|重点)")
PAST_YEAR = re.compile(r"((?:19|20)\d\d)年(?:政府)?工作的?(?:回顾|总结)|回顾(20\d\d)年|(20\d\d)年.{0,6}成绩单")
# A place stands before these, the surest first.
ANCHORS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?=第[一二三四五六七八九十\d]{1,3}届人)|(?=[一二三四五六七八九十]{1,3}届人大)|(?=人民代表大会)",
        r"(?=(?:人民)?政府工作(?:的)?报告)|(?=及所属各区)",
        r"(?=人民政府)|(?=(?:代理?)?(?:区|市|县|省|州|盟|旗)长)",
    )
)
TIME = re.compile(r"(?:19|20)\d\d年?度?$")
OPENED = re.compile(r"(?P<day>\d{4}年\d+月\d+日).{0,12}在(?P<at>.{2,20}?)第?.{1,3}届.{0,30}会议.{0,80}各位代表")
LINK = re.compile("一图|图解|解读|相关|上一篇|下一篇")
TITLE_LENGTH = 60  # characters; the longest title of shared/corpus/heads.tsv, a notice's, has 58
FIRST_MONTH = 10  # from October on a local congress hears next year's plan; 换届 meetings fall in December
NATIONAL = re.compile(r"届全国人民代表大会第|国务院总理|我(?:代表|受)国务院|国务院政府工作报告")
# A development zone has a committee, no code, and is not the city it lies in.
ZONE = re.compile(r"(?:开发区|园区|新区|示范区)(?:管理委员会|管委会).{0,14}工作报告")
DIVISION = re.compile(r"[\u4e00-\u9fff]{1,9}?(?:自治[区州县旗]|[省市区县旗州盟])")


def identify(reading: Reading, concluded: int | None = None) -> Identity:
    """What a reading is; see `identify_text`."""
    return identify_text(reading.text, reading.url, reading.title, concluded)


def identify_text(text: str, url: str = "", title: str | None = None, concluded: int | None = None) -> Identity:
    """Which report a text is, from its own words and, where these are silent, from its address.

    Unknown is None. `inferred` names the fields that were concluded, not read. In either script.

    concluded  the year of the plan as something else tells it, for a text that tells none
    """
    return identified(text, url, title, concluded)[0]


def identified(
    text: str, url: str = "", title: str | None = None, concluded: int | None = None, parts: int | None = None
) -> tuple[Identity, Outline]:
    """Which report a text is, as `identify_text` says, and the outline that this was read from.

    parts  how many reports `cut` finds in the text, where that was asked before
    """
    lines = folded_lines(text)
    head = head_of(fold(title or ""), lines)
    outlined = outline(text)
    meeting = meeting_of(head)
    several = len(cut(text)) if parts is None else parts
    kind, why = kind_of(title_of(head), lines, max(meetings_in("".join(lines)), several))
    place, place_read = place_of(head, "".join(lines), url)
    planned, planned_read = planned_year(head, outlined)
    planned = planned or concluded
    on = meeting.on or meeting.damaged_on or completed(meeting.partial, planned)
    year, year_read = year_of(on, planned, planned_read=planned_read, national=place == NATION)
    guessed = {"place": not place_read, "meeting_on": not meeting.on, "year": not year_read}
    known = {"place": place, "meeting_on": on, "year": year}
    inferred = tuple(name for name, guess in guessed.items() if guess and known[name] is not None)
    session = session_of(meeting, place)
    whole = is_whole(kind, lines, outlined)
    return Identity(kind, why, place, year, on, session, meeting.speaker, whole, inferred), outlined


def session_told(reading: Reading) -> str | None:
    """The session that the head names, as in `identify` but without its place: 第十七届人民代表大会第三次会议.

    A tenth of the cost of `identify`.
    """
    session = meeting_of(head_of(fold(reading.title or ""), folded_lines(reading.text))).session
    return session[1] if session else None


def folded_lines(text: str) -> list[str]:
    """The lines of a text, folded, without readings of rare characters; those that fold to nothing are left out."""
    return [plain for line in fold_all(text.split("\n"), table_of(text)) if (plain := READINGS.sub("", line))]


def within(reading: Reading) -> list[tuple[Cut, Identity]]:
    """The reports of a compilation, in order, and which each is; by its own words, for the address is the page's."""
    return [(part, identify_text(reading.text[part.start : part.end], "", part.title)) for part in cut(reading.text)]


def of_page(whole: Identity, reading: Reading, parts: Sequence[Identity]) -> Identity:
    """A page with several reports: only what all its reports have in common, or else its own title names.

    whole  what `identify` says of the page: the place and the meeting of its first report, as if the page were that
    parts  the reports on it; none where they could not be told apart
    """
    plain = own_title(reading)
    names = ("place", "year", "meeting_on", "session", "speaker")
    common: dict[str, set[Any]] = {name: {getattr(part, name) for part in parts} for name in names}
    shared: dict[str, Any] = {name: found.pop() if len(found) == 1 else None for name, found in common.items()}
    inferred = tuple(
        name for name in names if shared[name] is not None and any(name in part.inferred for part in parts)
    )
    if shared["place"] is None and (division := titled(plain)):
        shared["place"] = division.place
    if shared["year"] is None and len(years := set(YEAR.findall(plain))) == 1:
        shared["year"] = int(years.pop())
    return replace(whole, **shared, inferred=inferred)


def own_title(reading: Reading) -> str:
    """What a page with several reports calls itself; its first line may be the title of its first report already."""
    first = fold(reading.text.partition("\n")[0][:HEAD_LENGTH])
    return fold(reading.title or "") or (first[:TITLE_LENGTH] if SEVERAL.search(first) else "")


def head_of(title: str, lines: list[str]) -> list[str]:
    """Title and first lines, down to the first that is long enough to be of the body."""
    head, length = [title] if title else [], 0
    for line in lines[:HEAD_LINES]:
        head.append(line[:HEAD_LENGTH])
        length += len(line)
        if length > HEAD_LENGTH or any("各位代表" in above for above in head[-3:-1]):
            break
    return head


def title_of(head: list[str]) -> str:
    """What the document calls itself: the page's title, else its first line, and the lines that name a report."""
    titles = [line for line in head if len(line) <= TITLE_LENGTH and "工作报告" in line and not LINK.match(line)]
    return "\n".join(dict.fromkeys([head[0][:TITLE_LENGTH], *titles])) if head else ""


def meetings_in(text: str) -> int:
    """How many different meetings the text opens with a meeting line and a salutation."""
    return len({found.group("day", "at") for found in OPENED.finditer(text)})


def place_of(head: list[str], text: str, url: str) -> tuple[Place | None, bool]:
    """The place, and whether it was read (True) or concluded."""
    near = "".join(head)
    if NATIONAL.search(near):
        return NATION, True
    if ZONE.search(near):
        return None, False
    for pattern in ANCHORS:
        for anchor in pattern.finditer(near):
            before = TIME.sub("", near[max(0, anchor.start() - 24) : anchor.start()])
            if found := ending(before):
                division, read = meant([d for d, _ in found], near, text, url)
                if division:
                    return division.place, read
    division = titled(head[0] if head else "") or most_named(text) or hosted(url)
    return (division.place, False) if division else (None, False)


def titled(title: str) -> Division | None:
    """The one division that a title names, the lowest of those that lie in each other."""
    found = [d for match in DIVISION.finditer(title[:TITLE_LENGTH]) for d, _ in ending(match.group()) if not d.past]
    lowest = [d for d in found if not any(d in other.above for other in found)]
    return lowest[0] if len({d.code for d in lowest}) == 1 else None


def most_named(text: str) -> Division | None:
    """The division that a text without an anchor names most, thrice at least and twice as often as the next."""
    counts: Counter[str] = Counter()
    for found in DIVISION.finditer(text):
        names = ending(found.group())
        if len(names) == 1 and found.group().endswith(names[0][0].name):
            counts[names[0][0].code] += 1
    ranked = [*counts.most_common(2), ("", 0), ("", 0)]
    clear = ranked[0][1] >= 3 and ranked[0][1] >= 2 * ranked[1][1]
    return table().by_code[ranked[0][0]] if clear else None


def hosted(url: str) -> Division | None:
    """The division whose government's host the address names, where it is a single one."""
    host = urlsplit(url).hostname or ""
    if not host.endswith("gov.cn"):
        return None
    named = named_by_host(url)
    known = [table().by_code[code] for code in named]
    lowest = [d for d in known if not any(d in other.above for other in known)]
    return lowest[0] if len(lowest) == 1 else None


def planned_year(head: list[str], outlined: Outline) -> tuple[int | None, bool]:
    """The year of the plan: by its heading, the title or the tasks the head names; else the year after the review's."""
    near = "".join(head)
    plans = [p.text for p in outlined.of(Part.PLAN) if p.level == 1]
    reviews = [p.text for p in outlined.of(Part.REVIEW) if p.level == 1]
    for read, years in (
        (True, [y for text in plans for y in YEAR.findall(fold(text))]),
        (True, [y for found in TITLE_YEAR.findall(near) for y in found if y]),
        (True, TASK_YEAR.findall(near)),
        (False, [y for text in (*map(fold, reviews), near) for found in PAST_YEAR.findall(text) for y in found if y]),
    ):
        if years:
            return (int(years[0]), True) if read else (max(map(int, years)) + 1, False)
    return told_year(outlined), False


def told_year(outlined: Outline) -> int | None:
    """The year that the plan's sentences name most, twice at least, if the review's do not speak of a later one."""
    plan, review = (
        Counter(year for p in outlined.of(part) for year in YEAR.findall(fold(p.text)))
        for part in (Part.PLAN, Part.REVIEW)
    )
    ranked = [*plan.most_common(2), ("", 0), ("", 0)]
    clear = ranked[0][1] >= 2 and ranked[0][1] > ranked[1][1]
    later = max(map(int, review), default=0)
    return int(ranked[0][0]) if clear and int(ranked[0][0]) >= later else None


def completed(partial: tuple[int, int] | None, planned: int | None) -> date | None:
    """The day of a meeting told without its year: in the plan's year, or, from October on, in the year before."""
    if not partial or not planned:
        return None
    month, day = partial
    try:
        return date(planned - (month >= FIRST_MONTH), month, day)
    except ValueError:
        return None


def year_of(on: date | None, planned: int | None, *, planned_read: bool, national: bool) -> tuple[int | None, bool]:
    """The report's year: the plan's, where the meeting's day allows it; a meeting at a year's end opens the next."""
    if on is None:
        return planned, planned_read
    late = on.month >= FIRST_MONTH and not national
    if planned in (on.year, on.year + 1) and (late or planned == on.year):
        return planned, planned_read
    return on.year + late, not late


def session_of(meeting: Meeting, place: Place | None) -> str | None:
    """The session by its name, of which the place is the last division: 海淀区第十七届人民代表大会第三次会议."""
    if meeting.session is None:
        return None
    national, numbered = meeting.session
    if national:
        return numbered
    division = table().by_code.get(place.code) if place else None
    return f"{division.name}{numbered}" if division else None


def is_whole(kind: Kind, lines: list[str], outlined: Outline) -> bool:
    """Does the text reach from the head of a report to its closing, with review and plan between?"""
    if kind is not Kind.REPORT or sum(map(len, lines)) < WHOLE or Part.CLOSING not in outlined.parts:
        return False
    opened = spoken_in("".join(lines)[:4000]) or any("届" in line and "会议" in line for line in lines[:20])
    return opened and (Part.PLAN in outlined.parts) and (Part.REVIEW in outlined.parts)
