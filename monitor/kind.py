"""What a document is: a report, a digest of one, a compilation of several, or something else; PURE.

A report is known by what only a report has: the salutation with 我代表…政府…报告, the meeting line, the title. What
merely speaks about a report (news, resolutions, task tables, explanations), and the reports of others (standing
committees, 政协, courts, plan and budget), must not pass for one.
"""

import re

from storage.values import Kind

HAN = "[\u4e00-\u9fff]"
HEAD = 500  # characters in which a document says what it is, chrome included
SPEAKS = re.compile(r"我代表.{0,24}(?:政府|国务院).{0,40}报告|我受国务院")
SPOKEN = re.compile(r"(?:我|现)?(?:受.{2,14}委托|(?:我|现)?代表.{0,24}政府|我代表国务院|代表国务院).{0,40}报告")
REVIEWED = re.compile(r"请予?审议|请.{0,20}审议|提出意见|提出宝贵意见|各位代表")
MEETING = re.compile(r"\d日.{0,22}在.{2,24}(?:届|代表大会).{0,24}会议")
TITLE = re.compile(r"(?:政府|国务院)工作报告|政府工作的?报告")
OTHERS = re.compile(
    r"(?:常务委员会|常委会|人大|政协|政治协商会议.{0,20}|法院|检察院|委员会|[局委厅]|党组|纪委|工会)工作报告|审计工作报告|法治政府建设.{0,10}报告"
)
# The State Council's report was on the plan in 1955, 1958, 1982 and 1996. A plan report proper is handed in on behalf
# of the government (受…委托,现将…), so one that somebody speaks, or that is titled 政府工作报告 as well, is none.
PLANS = re.compile(r"(?:计划|预算|决算)(?:\(?草案\)?)?(?:执行|的|和|与|及).{0,40}报告")
ABOUT = re.compile(
    r"(?:一图|图解|图说|秒)读?懂?.{0,12}政府工作报告|解读|名词解释$|热烈反响|学习贯彻|宣讲|征求.{0,30}意见|征集.{0,30}政府工作报告|意见建议|专家|热议|"
    r"代表委员|审议《?政府工作报告|关于.{0,30}政府工作报告》?的(?:决议|决定)|(?:任务|工作|目标|事项)(?:分解|清单|台账)|"
    r"(?:全年|上半年|季度|任务|工作)?(?:完成|进展|落实|推进)情况|折子工程|分工方案|重点工作.{0,8}分工"
)
RESOLVED = re.compile(r"会议?,?(?:认真)?(?:审议|听取).{0,30}(?:所作|作)的?《?政府工作报告|批准(?:了|这个).{0,10}报告")
TOLD = re.compile(
    r"(?<!工)作(?:了)?.{0,8}政府工作报告|(?<!工)作的《?政府工作报告|政府工作报告》?(?:提出|指出|明确|显示|中提到|全面总结)"
)
SUMMED_UP = re.compile(
    r"报告提出|报告指出|提出了?.{0,12}(?:任务|目标)|谈到|报告明确|报告显示|在报告中|部署|要点|亮点|划重点|速览|摘登|摘编"
)
HEADLINED = re.compile(
    r"政府工作报告[》(\[【—-]{0,2}(?:摘登|摘编|摘要|要点|亮点|速览|数读|划重点|[:|丨].{6,}|里的|中的|.{0,6}亮出)|^聚焦|亮出.{0,16}成绩单"
)
NEWS = re.compile(r"本报讯|本网讯|记者|讯\(|电\(|(?:隆重)?开幕|胜利闭幕|召开")
ENCYCLOPEDIC = re.compile(r"中文名:|外文名|词条|基本介绍-")
SEVERAL = re.compile(
    r"工作报告[^。]{0,4}(?:\d+|[二三四五六七八九十])篇|[几\d多]篇[^。]{0,10}工作报告|工作报告\(?篇[一1]|工作报告[^。]{0,4}汇编|及所属各区"
)
EACH = re.compile(
    r"(?:报告|范文|第).{0,4}篇\s*(?:[一二三四五六七八九十]|\d+)|篇(?:[一二三四五六七八九十]|\d{1,2})(?=[:各\s]|$)"
)
PARTS = re.compile(
    r"回顾\d{4}年|\d{4}年(?:政府)?工作的?回顾|(?:\d{4}|今)年.{0,8}(?:工作|重点|主要)任务|\d{4}年(?:重点)?工作(?:安排|总体要求)"
)
GOVERNED = re.compile("政府工作|全[省市区县旗州盟]")
CALLED = re.compile("让我们|紧密地?团结")
CUT = re.compile("摘登|摘编|(?<!内容)摘要|节选")
ISSUED = re.compile("印发.{0,40}政府工作报告|政府工作报告.{0,60}印发")
LONG = 8000  # characters; what has a meeting line and is longer is the report, whatever it is called (1964: 摘要)


def kind_of(title: str, lines: list[str], places: int) -> tuple[Kind, str]:
    """The kind of a document and why.

    title   the page's title and the first lines that are one, folded
    lines   all lines, folded
    places  of how many different places (or meetings) the document holds a salutation or a meeting line
    """
    text = "".join(lines)
    head, spoken = text[:HEAD], spoken_in(text[:4000])
    if several(title, head, lines, places):
        return Kind.COMPILATION, "several reports on one page"
    if other := foreign(title, head, speaks=bool(SPEAKS.search(text[:4000]))):
        return Kind.OTHER, other
    if spoken:
        return Kind.REPORT, "the speaker addresses the deputies and reports for the government"
    return unspoken(title, head, text)


def spoken_in(text: str) -> bool:
    """Does somebody report for a government here, in the first person, to deputies?"""
    spoken = SPOKEN.search(text)
    return bool(spoken and REVIEWED.search(text[max(0, spoken.start() - 120) : spoken.end() + 120]))


def several(title: str, head: str, lines: list[str], places: int) -> bool:
    """Are there several reports?"""
    named = SEVERAL.search(title) or SEVERAL.search(head)
    return (
        places > 1 or bool(named) or len({m[0] for line in lines if len(line) <= 40 and (m := EACH.search(line))}) > 1
    )


def foreign(title: str, head: str, *, speaks: bool) -> str:
    """The body whose report it is, where that is not the government; else ""."""
    found = OTHERS.search(title)
    if not TITLE.search(head):
        found = found or OTHERS.search(head[:200])
    if not speaks and not TITLE.search(title):
        found = found or PLANS.search(title) or (None if TITLE.search(head) else PLANS.search(head[:200]))
    return f"another body's report: {found[0]}" if found else ""


def unspoken(title: str, head: str, text: str) -> tuple[Kind, str]:
    """The kind of a document whose head has no salutation: a later page, a notice, a digest, news."""
    long = bool(MEETING.search(head)) and len(text) > LONG
    found = HEADLINED.search(title) or (CUT.search(title) if TITLE.search(title + text) else None)
    if not long and found:
        return Kind.DIGEST, f"a headline that sums the report up: {found[0]}"
    if found := RESOLVED.search(head) or ABOUT.search(title) or ENCYCLOPEDIC.search(head):
        return Kind.OTHER, f"about a report: {found[0]}"
    if ISSUED.search(title) or ISSUED.search(head):
        return Kind.REPORT, "issued with a notice"
    if not long and (told := TOLD.search(title) or TOLD.search(head)):
        summed = SUMMED_UP.search(head) or PARTS.search(text)
        return (Kind.DIGEST, "sums the report up") if summed else (Kind.OTHER, f"news of the meeting: {told[0]}")
    if MEETING.search(head) or TITLE.search(title) or TITLE.search(head[:200]):
        return Kind.REPORT, "titled a government work report"
    if "各位代表" in text and "讲话" not in head and (text.count("我们") > 2 or CALLED.search(text)):
        return Kind.REPORT, "a later page: the speaker addresses the deputies"
    if NEWS.search(head):
        return Kind.OTHER, "news"
    if (PARTS.search(head) and GOVERNED.search(text)) or TITLE.search(text):
        return Kind.DIGEST, "parts of a report without title, meeting or salutation"
    return Kind.OTHER, "no government work report"
