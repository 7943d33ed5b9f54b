"""A page of any system, built from known lines, gives back exactly these lines."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from systems import MARKUPS, SYSTEMS, TITLE, page

from crawler.text.extract import extract

PIECES = (
    "发展",
    "建设",
    "民生",
    "改革",
    "云水河",
    "园区",
    "学校",
    "增长6.1%",
    "完成120个",
    "到位42亿元",
    "推进",
    "提升",
    "持续",
)
ENDS = ("。", "；", "！")


@st.composite
def reports(draw: st.DrawFn) -> list[str]:
    """The lines of a report: salutation, headings, paragraphs, items, a closing; no two alike."""
    chance = random.Random(draw(st.integers(0, 2**32)))

    def sentence() -> str:
        return (
            "全区" + "、".join(chance.choices(PIECES, k=chance.randint(4, 12))) + "，取得积极成效" + chance.choice(ENDS)
        )

    rows = ["各位代表：", "现在，我代表云水区人民政府，向大会报告政府工作，请予审议，并请区政协委员提出意见。"]
    for number in "一二三"[: draw(st.integers(1, 3))]:
        rows.append(f"{number}、第{number}部分工作")
        for count in "一二三四五"[: draw(st.integers(2, 5))]:
            rows += [f"（{count}）第{number}部分第{count}方面"] * draw(st.booleans())
            rows.append(f"{number}之{count}，{sentence()}{sentence()}{sentence()}")
            rows += [f"——{number}之{count}再有{sentence()}"] * draw(st.booleans())
    return [*rows, "各位代表！蓝图已经绘就，奋斗正当其时。让我们团结一心、真抓实干，为建设美好云水而努力奋斗！"]


@pytest.mark.parametrize("system", SYSTEMS)
@given(rows=reports(), markup=st.sampled_from(sorted(MARKUPS)))
@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_the_lines_of_a_report_come_back_exactly(system, rows, markup):
    found = extract(page(system, MARKUPS[markup](rows)))
    assert found.lines == rows
    assert found.title == TITLE
    assert str(found.published_on)[:7] in ("2024-01", "2024-02")
