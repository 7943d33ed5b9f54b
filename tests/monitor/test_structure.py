"""Parts, headings and sentences of reports: invented ones here, the 70 real ones where they are kept."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from monitor.structure import outline
from storage.values import Outline, Part

REVIEW = "一年来，全区完成投资30亿元，同比增长5%。新建了3所学校。群众得到了实惠。"
AIMS = "今年经济社会发展主要预期目标是：地区生产总值增长5%左右。要新建2所学校，加快修路。"
END = "各位代表！蓝图已经绘就。让我们更加紧密地团结起来，为建设美丽澜汀而努力奋斗！"
HEAD = """政府工作报告
——2025年1月8日在澜汀区第五届人民代表大会第四次会议上
各位代表：
现在，我代表区人民政府向大会报告工作，请予审议。"""


def report(*lines: str) -> Outline:
    return outline("\n".join((HEAD, *lines, END)))


def first_of(part: Part, outlined: Outline) -> str:
    return next((p.text for p in outlined.of(part)), "")


def headings(outlined: Outline) -> list[tuple[int, str]]:
    return [(p.level, p.text) for p in outlined.passages if p.level]


@pytest.mark.parametrize(
    ("review", "plan"),
    [
        ("一、2024年工作回顾", "二、2025年主要任务"),
        ("一、二〇二四年工作回顾", "二、今年工作安排"),
        ("一、五年来的工作", "二、今后五年奋斗目标和2025年主要任务建议"),
        ("第一部分 过去五年工作回顾", "第二部分 2025年工作安排"),
        ("2024年工作回顾", "2025年工作安排"),
        ("一年工作回顾", "新的一年主要任务"),
        ("一、2024年工作", "二、2025年工作"),
        ("一、20xx年工作回顾", "二、20xx年主要任务"),
        ("二、2024年工作回顾", "三、2025年重点工作"),
        ("1、2024年工作回顾", "2、2025年工作安排"),
        ("1.2024年工作回顾", "2.2025年工作安排"),
        ("（一）2024年工作回顾", "（二）2025年工作安排"),
        ("● 2024年工作回顾", "● 2025年工作安排"),
        ("◎回顾2024年", "◎展望2025年"),
        ("一、“十三五”时期经济社会发展回顾", "二、2025年重点任务"),
        ("一、风雨兼程，澜汀取得新成效", "二、不负重托，再启新航程"),
    ],
)
def test_a_plan_begins_at_its_heading_whatever_glyph_it_carries(review, plan):
    outlined = report(review, REVIEW, plan, AIMS)
    assert outlined.parts == (Part.REVIEW, Part.PLAN, Part.CLOSING)
    assert first_of(Part.REVIEW, outlined) == review
    assert first_of(Part.PLAN, outlined) == plan


def test_outlook_and_plan_are_told_apart():
    outlined = report(
        "一、2025年工作回顾", REVIEW, "二、“十五五”时期主要目标任务", "到2030年要更美。", "三、2026年重点工作", AIMS
    )
    assert outlined.parts == (Part.REVIEW, Part.OUTLOOK, Part.PLAN, Part.CLOSING)


def test_an_outlook_after_the_plan_does_not_take_the_last_part_along():
    outlined = report(
        *("一、工作回顾", REVIEW, "二、2026年工作安排", AIMS, "三、“十五五”时期主要目标任务", "到2030年要更美。"),
        *("四、全面提升政府治理效能", "要转变作风。"),
    )
    parts = {p.text: p.part for p in outlined.passages}
    assert parts["到2030年要更美。"] is Part.OUTLOOK
    assert parts["要转变作风。"] is Part.PLAN


def test_outlook_and_plan_under_one_heading_are_plan():
    outlined = report("一、2025年工作回顾", REVIEW, "二、“十五五”时期目标任务和2026年工作安排", AIMS)
    assert first_of(Part.PLAN, outlined).startswith("二、")
    assert Part.OUTLOOK not in outlined.parts


def test_levels_come_from_order_not_from_glyph():
    outlined = report(
        *("第一部分 2024年工作回顾", "一、旧城换了新颜", "（一）修了路", REVIEW),
        *("第二部分 2025年工作安排", "一、让城市更美", "1.修路", "二、让百姓更富"),
    )
    assert headings(outlined) == [
        (1, "第一部分 2024年工作回顾"),
        (2, "一、旧城换了新颜"),
        (3, "（一）修了路"),
        (1, "第二部分 2025年工作安排"),
        (2, "一、让城市更美"),
        (3, "1.修路"),
        (2, "二、让百姓更富"),
    ]


def test_a_heading_that_runs_into_its_text_heads_it():
    outlined = report("一、2024年工作回顾", "（一）产业更强。" + REVIEW, "二、2025年主要任务", AIMS)
    assert (2, "（一）产业更强。") in headings(outlined)
    assert next(p for p in outlined.passages if p.text.startswith("新建了")).heading == "（一）产业更强。"


def test_a_list_of_headings_on_top_is_no_part():
    outlined = report(
        "一、2024年工作回顾", "二、2025年主要任务", "一、2024年工作回顾", REVIEW, "二、2025年主要任务", AIMS
    )
    assert [p.text for p in outlined.of(Part.PLAN)][:2] == ["二、2025年主要任务", AIMS.split("。")[0] + "。"]
    assert Part.REVIEW in outlined.parts


def test_the_deputies_projects_after_the_closing_are_plan_and_the_glossary_is_not():
    text = ["一、2024年工作回顾", REVIEW, "二、2025年主要任务", AIMS, END, "附件1", "2025年民生实事", "一、建学校2所。"]
    outlined = outline("\n".join([HEAD, *text, "附件2", "名词解释", "1.“两重”：指国家重大战略。"]))
    parts = {p.text: p.part for p in outlined.passages}
    assert parts["一、建学校2所。"] is Part.PLAN
    assert parts["1.“两重”：指国家重大战略。"] is Part.GLOSSARY
    assert parts["各位代表！"] is Part.CLOSING


@pytest.mark.parametrize("gap", ["\u3000\u3000", " ", ""])
def test_a_report_that_lost_its_line_breaks_keeps_its_parts(gap):
    lines = [HEAD, "一、2024年工作回顾", "过去一年，" + REVIEW * 20, "二、2025年主要任务", AIMS * 10, END]
    outlined = outline(gap.join(gap.join(lines).split("\n")))
    assert outlined.parts == (Part.REVIEW, Part.PLAN, Part.CLOSING)
    assert first_of(Part.PLAN, outlined) == "二、2025年主要任务"


def test_a_text_without_headings_turns_to_the_plan_where_the_years_aims_are_told():
    outlined = outline(f"{HEAD}\n{REVIEW * 3}\n{AIMS}\n{END}")
    assert first_of(Part.PLAN, outlined).startswith("今年经济社会发展主要预期目标是")


def test_sentences_end_at_stops_and_semicolons_of_either_width_with_the_quotes_that_close():
    outlined = outline("他说：“好！”我们修路；建桥;植树？是的。一句没有句号")
    texts = [p.text for p in outlined.passages]
    assert texts == ["他说：“好！”", "我们修路；", "建桥;", "植树？", "是的。", "一句没有句号"]


@given(st.text(alphabet="一二、（）()。；！“”\n \u3000\t各位代表2025年工作回顾任务12.●—：让我们", max_size=300))
def test_passages_with_the_white_space_between_them_give_any_text_back(text):
    end = 0
    for passage in outline(text).passages:
        assert text[passage.start : passage.start + len(passage.text)] == passage.text
        assert not text[end : passage.start].strip()
        end = passage.start + len(passage.text)
    assert not text[end:].strip()


def plan_starts() -> list[tuple[str, str]]:
    lines = (Path(__file__).parent / "plan_starts.tsv").read_text("utf-8").splitlines()
    return [(file, words) for file, words in (line.split("\t") for line in lines if not line.startswith("#"))]


def letters(text: str) -> str:
    return re.sub(r"\W+", "", text)


@pytest.mark.corpus
def test_the_plan_of_all_70_real_reports_is_found_in_either_script(shared):
    hant = OpenCC("s2t").convert
    missed = []
    for file, words in plan_starts():
        text = (shared / "corpus" / file).read_text("utf-8")
        for changed in (str, hant):
            if first_of(Part.PLAN, outline(changed(text))) != changed(words):
                missed.append(file)
    assert missed == []


@pytest.mark.corpus
@pytest.mark.parametrize(("gap", "floor"), [("\u3000\u3000", 70), (" ", 70), ("", 66)])
def test_the_plan_of_a_flattened_real_report_is_found(shared, gap, floor):
    found = 0
    for file, words in plan_starts():
        flat = re.sub(r"\s*\n\s*", gap, (shared / "corpus" / file).read_text("utf-8"))
        found += letters(first_of(Part.PLAN, outline(flat))).startswith(letters(words))
    assert found >= floor


@pytest.mark.corpus
@pytest.mark.parametrize("pair", ["beijing-2026", "hailar-2013", "hailar-2015", "shaanxi-2026"])
def test_plan_and_closing_are_the_sentences_that_annotators_cut(shared, pair):
    folder = shared / "gold" / pair
    new = json.loads((folder / "pair.json").read_text("utf-8"))["new"]
    outlined = outline((shared / "corpus" / new).read_text("utf-8"))
    cut = [letters(line.split("\t")[1]) for line in (folder / "items.tsv").read_text("utf-8").splitlines()]
    assert [letters(p.text) for p in outlined.of(Part.PLAN, Part.CLOSING) if letters(p.text)] == cut


@pytest.mark.parametrize(
    "title",
    [
        "名词解释：",
        "附件：《政府工作报告》名词解释",
        "附：名词解释",
        "《政府工作报告》相关名词术语解释",
        "注：",
        "用语说明",
        "",
    ],
)
def test_a_glossary_is_a_part_of_its_own_by_whatever_title_or_none(title: str):
    entries = ["1.“两重”：指国家重大战略实施和重点领域安全能力建设。", "2.“两新”：指设备更新和以旧换新。"]
    text = [HEAD, "一、2024年工作回顾", REVIEW, "二、2025年主要任务", AIMS, END, *([title] if title else []), *entries]
    outlined = outline("\n".join(text))
    assert outlined.parts == (Part.REVIEW, Part.PLAN, Part.CLOSING, Part.GLOSSARY)
    assert [p.text for p in outlined.of(Part.GLOSSARY)][-2:] == entries


def test_the_link_to_a_glossary_above_the_report_ends_nothing():
    text = ["附件：《政府工作报告》名词解释", HEAD, "一、2024年工作回顾", REVIEW, "二、2025年主要任务", AIMS, END]
    assert outline("\n".join(text)).parts == (Part.REVIEW, Part.PLAN, Part.CLOSING)


def test_a_table_of_projects_behind_the_report_is_an_annex_and_no_plan():
    text = [
        "一、2024年工作回顾",
        REVIEW,
        "二、2025年主要任务",
        AIMS,
        END,
        "附件",
        "2025年政府投资项目表",
        "1.云水路改造",
    ]
    assert outline("\n".join([HEAD, *text])).parts[-1] is Part.GLOSSARY
