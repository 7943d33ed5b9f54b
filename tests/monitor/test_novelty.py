"""Metamorphic facts about the comparison, on invented reports of a fictional district."""

import random

import pytest
from opencc import OpenCC

from monitor.novelty import compare
from monitor.structure import outline
from storage.values import Finding, FindingKind, Outline, Part

REVIEW = (
    "全年地区生产总值增长6.1%，一般公共预算收入完成38.2亿元。",
    "青屿湾污水处理厂二期建成投用，新增日处理能力4万吨。",
    "完成老旧小区改造46个，加装电梯120部。",
    "开通社区微循环公交线路6条。",
)
AIMS = (
    "今年经济社会发展主要预期目标是：地区生产总值增长6%左右，新增城镇就业1.2万人，细颗粒物年均浓度控制在30微克/立方米。"
)
INDUSTRY = (
    "建设海洋装备产业园，引进龙头企业8家，完成投资25亿元。",
    "实施“灯塔工厂”培育计划，支持12家企业智能化改造。",
    "办好青屿国际帆船节，打造滨海旅游品牌。",
    "推进渔港经济区二期工程，改造泊位18个。",
)
LIVELIHOOD = (
    "改造老旧小区50个，加装电梯150部，惠及居民9000户。",
    "新建普惠性幼儿园3所，新增学位1080个。",
    "推进区中医院迁建，年底前完成主体结构封顶。",
    "建设社区养老服务驿站10个，推广“一键呼叫”服务。",
)
CLOSING = "各位代表，让我们更加紧密地团结起来，同心同德、奋发进取，为建设美丽青屿而努力奋斗！"
INSERTED = "筹建青屿数字渔业交易中心，出台《海上风电运维条例》，首批建设氢能渡轮码头4座。"
NOTABLE = {FindingKind.NEW, FindingKind.MIXED, FindingKind.REVISED, FindingKind.RETURNED, FindingKind.DROPPED}


def report(
    year: int = 2031,
    aims: str = AIMS,
    industry: tuple[str, ...] = INDUSTRY,
    livelihood: tuple[str, ...] = LIVELIHOOD,
    review: tuple[str, ...] = REVIEW,
) -> str:
    """A report of the district as a text of paragraphs."""
    return "\n".join(
        (
            "政府工作报告",
            "各位代表：",
            "现在，我代表区人民政府向大会报告工作，请予审议。",
            "一、过去一年工作回顾",
            "".join(review),
            f"二、{year}年工作安排",
            aims,
            "（一）做强海洋经济",
            *industry,
            "（二）增进民生福祉",
            "".join(livelihood),
            CLOSING,
        )
    )


def found(old: str, new: str) -> list[Finding]:
    """Findings that say something changed."""
    return [f for f in compare(outline(old), outline(new)) if f.kind in NOTABLE]


def test_identical_reports_give_nothing_new():
    findings = compare(outline(report()), outline(report()))
    assert {f.kind for f in findings} <= {FindingKind.CONTINUED, FindingKind.GENERIC}
    assert max(f.novelty for f in findings) == 0


@pytest.mark.parametrize("seed", range(5))
def test_shuffled_paragraphs_give_nothing(seed):
    order = random.Random(seed)
    shuffled = report(
        industry=tuple(order.sample(INDUSTRY, len(INDUSTRY))),
        livelihood=tuple(order.sample(LIVELIHOOD, len(LIVELIHOOD))),
    )
    assert found(report(), shuffled) == []


@pytest.mark.parametrize("place", range(len(INDUSTRY) + 1))
def test_one_inserted_sentence_gives_exactly_that_one(place):
    with_it = report(industry=(*INDUSTRY[:place], INSERTED, *INDUSTRY[place:]))
    assert [(f.kind, f.text) for f in found(report(), with_it)] == [(FindingKind.NEW, INSERTED)]


def test_one_removed_sentence_is_dropped():
    without = report(industry=INDUSTRY[:1] + INDUSTRY[2:])
    assert [(f.kind, f.text) for f in found(report(), without)] == [(FindingKind.DROPPED, INDUSTRY[1])]


@pytest.mark.parametrize(
    "changed",
    [
        OpenCC("s2t").convert(report()),
        report().translate({c: c + 0xFEE0 for c in range(0x21, 0x7F)}),
        report().replace("“", "「").replace("”", "」"),
        report().replace("，", "， ").replace("年", "年 "),
    ],
    ids=["script", "width", "quotes", "spacing"],
)
def test_script_width_quotes_and_spacing_give_nothing(changed):
    assert found(report(), changed) == []


def test_exchanging_the_years_exchanges_new_and_dropped():
    one, other = report(industry=(*INDUSTRY[:2], INSERTED)), report()
    there, back = found(one, other), found(other, one)
    assert [f.text for f in there if f.kind is FindingKind.DROPPED] == [INSERTED]
    assert [f.text for f in back if f.kind is FindingKind.NEW] == [INSERTED]
    assert {f.text for f in there if f.kind is FindingKind.NEW} == {
        f.text for f in back if f.kind is FindingKind.DROPPED
    }


def test_a_changed_number_is_revised_with_both_numbers():
    raised = LIVELIHOOD[0].replace("50个", "80个")
    (finding,) = found(report(), report(livelihood=(raised, *LIVELIHOOD[1:])))
    assert finding.kind is FindingKind.REVISED
    assert [(t.old, t.new, t.unit) for t in finding.targets] == [("50", "80", "个")]
    assert finding.prior[0].text == LIVELIHOOD[0]


def test_numbers_are_given_as_each_report_writes_them():
    raised = "改造老舊小區８０個，加裝電梯150部，惠及居民9000戶。"
    new = OpenCC("s2t").convert(report()).replace(OpenCC("s2t").convert(LIVELIHOOD[0]), raised)
    (finding,) = found(report(), new)
    assert [(t.name, t.old, t.new, t.unit) for t in finding.targets] == [("老舊小區", "50", "８０", "個")]


def test_a_new_clause_in_an_old_sentence_is_mixed_and_quoted():
    bundled = "新建普惠性幼儿园3所，新增学位1080个，试点建设“海洋少年宫”科普基地，筹建青屿航海博物馆。"
    (finding,) = found(report(), report(livelihood=(LIVELIHOOD[0], bundled, *LIVELIHOOD[2:])))
    assert finding.kind is FindingKind.MIXED
    assert all(fragment in bundled for fragment in finding.new)
    assert "海洋少年宫" in "".join(finding.new)
    assert "新增学位" not in "".join(finding.new)


def test_what_stood_there_years_before_has_returned_with_its_year():
    with_it = outline(report(industry=(*INDUSTRY, INSERTED)))
    findings = compare(outline(report()), with_it, [(2027, with_it), (2028, outline(report()))], old_year=2030)
    (finding,) = [f for f in findings if f.kind in NOTABLE]
    assert (finding.kind, finding.text) == (FindingKind.RETURNED, INSERTED)
    assert (finding.prior[0].text, finding.prior[0].year) == (INSERTED, 2027)


def test_a_slogan_that_nobody_said_before_is_no_measure():
    slogan = "让我们以只争朝夕的精神、舍我其谁的担当，不断开创各项事业发展新局面。"
    assert found(report(), report(livelihood=(*LIVELIHOOD, slogan))) == []


def test_what_the_review_reports_as_done_is_not_new():
    planned = "加快青屿湾污水处理厂二期建设，新增日处理能力4万吨。"
    old = report()
    assert found(old, report(industry=(*INDUSTRY, planned))) == []


def test_every_sentence_of_the_plan_is_answered_once_in_order():
    new = outline(report(industry=(*INDUSTRY, INSERTED)))
    answered = [f for f in compare(outline(report()), new) if f.kind is not FindingKind.DROPPED]
    assert [f.position for f in answered] == [p.position for p in new.of(Part.PLAN, Part.CLOSING)]
    assert all(0 <= f.novelty <= 1 and f.reasons for f in answered)


def test_prior_sentences_are_single_sentences_of_the_old_report_best_first():
    old = outline(report())
    for finding in compare(old, outline(report(industry=(*INDUSTRY, INSERTED))), old_year=2030):
        assert {p.text for p in finding.prior} <= {p.text for p in old.passages}
        assert {p.year for p in finding.prior} <= {2030}


@pytest.mark.parametrize("text", ["", "。", "各位代表：", "二、2031年工作安排\n建设码头。"])
def test_a_text_with_little_in_it_is_no_error(text):
    assert isinstance(compare(Outline("", ()), outline(text)), list)
    assert isinstance(compare(outline(text), outline(report())), list)
    assert isinstance(compare(outline(report()), outline(text)), list)


def test_reasons_name_what_stands_nowhere_last_year():
    new = outline(report(industry=(*INDUSTRY, INSERTED)))
    (finding,) = [f for f in compare(outline(report()), new) if f.kind is FindingKind.NEW]
    assert "数字渔业交易" in finding.reasons[-1]
    assert finding.reasons[0].startswith("novelty 0.")


@pytest.mark.corpus
def test_real_reports_against_themselves_give_nothing_and_exchanged_years_mirror(shared):
    texts = [(shared / f"corpus/hailar/海拉尔区_{year}.txt").read_text("utf-8") for year in (2016, 2017)]
    assert [found(text, text) for text in texts] == [[], []]
    there, back = found(texts[0], texts[1]), found(texts[1], texts[0])
    assert texts_of(there, FindingKind.DROPPED) == texts_of(back, FindingKind.NEW) != []
    assert texts_of(back, FindingKind.DROPPED) == texts_of(there, FindingKind.NEW) != []


@pytest.mark.corpus
def test_one_sentence_put_into_a_real_report_is_the_one_finding(shared):
    text = (shared / "corpus/hailar/海拉尔区_2016.txt").read_text("utf-8")
    plan = outline(text).of(Part.PLAN)
    middle = next(p for p in plan[len(plan) // 2 :] if not p.level)
    with_it = text[: middle.start] + INSERTED + text[middle.start :]
    assert [(f.kind, f.text) for f in found(text, with_it)] == [(FindingKind.NEW, INSERTED)]


def texts_of(findings: list[Finding], kind: FindingKind) -> list[str]:
    """The sentences of one kind."""
    return [f.text for f in findings if f.kind is kind]
