"""A newspaper's summary of a report: third person, shortened sentences, bullets; never the report."""

import re
from itertools import pairwise

from crawler.sample.documents import chinese
from crawler.sample.library import SampleReport
from crawler.sample.pages import is_heading

BULLETS = 7
NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|第[一二三四五]部分\s?)")
YEAR = re.compile(r"20\d\d年|今年")  # headings of whole parts have it, and are no news
GOALS = re.compile(r"[^。]*预期目标[^。]*。")


def digest(report: SampleReport) -> tuple[str, ...]:
    """The summary's paragraphs."""
    opening = (
        f"本报讯（记者 池暮 通讯员 苇杭）{chinese(report.meeting_on)}，{report.place.name}{report.session}开幕，"
        f"区人民政府区长代表区人民政府向大会作工作报告。本报摘登其中要点。"
    )
    plan = report.lines[len(report.lines) // 2 :]
    bullets = [
        f"◎{NUMBERING.sub('', heading)} 报告提出，{report.district}今年将{shortened(text)}"
        for heading, text in pairwise(plan)
        if is_heading(heading) and not YEAR.search(heading) and not is_heading(text)
    ]
    goals = GOALS.search("\n".join(report.lines))
    figures = (f"◎数字 报告为全区定下这样的目标：{shortened(goals[0].strip(), 60)}",) if goals else ()
    return (opening, *figures, *bullets[:BULLETS], "（报告全文以政府网站发布为准）")


def shortened(text: str, characters: int = 40) -> str:
    """The first sentence, cut at a comma once it is so long."""
    sentence = text.split("。")[0]
    clauses = sentence.split("，")
    kept = clauses[0]
    for clause in clauses[1:]:
        if len(kept) + len(clause) > characters:
            break
        kept += f"，{clause}"
    return kept + "。"
