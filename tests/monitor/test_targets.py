"""Named quantities, as reports write them."""

import re

import pytest

from crawler.text.fold import fold
from monitor.targets import as_written, targets_of
from storage.values import Target


def growth(name, value, qualifier=""):
    return Target(name, value, "%", qualifier, growth=True)


@pytest.mark.parametrize(
    ("sentence", "target"),
    [
        ("地区生产总值增长5%左右", growth("地区生产总值", "5", "左右")),
        ("地区生产总值增长5%-6%", growth("地区生产总值", "5-6")),
        ("万元地区生产总值能耗下降3.5%", growth("万元地区生产总值能耗", "3.5")),
        ("国民生产总值平均每年增长百分之七点九", growth("国民生产总值", "百分之七点九")),
        ("新增停车位1.5万个", Target("停车位", "1.5万", "个")),
        ("建设1.5万个停车位", Target("停车位", "1.5万", "个")),
        ("新增机动车停车位1.5万个", Target("机动车停车位", "1.5万", "个")),
        ("新建充电桩500个", Target("充电桩", "500", "个")),
        ("建成40公里以上环湖绿道", Target("环湖绿道", "40", "公里", "以上")),
        ("服务60岁以上老人1000人", Target("服务60岁以上老人", "1000", "人")),
        ("新筹集保障性租赁住房2万套", Target("保障性租赁住房", "2万", "套")),
        ("建设和美乡村12个", Target("和美乡村", "12", "个")),
        ("一期36条产线全部投产", Target("产线", "36", "条")),
        ("打通50条断头路", Target("断头路", "50", "条")),
        ("改造背街巷道10条", Target("背街巷道", "10", "条")),
        ("城镇调查失业率控制在5%以内", Target("城镇调查失业率", "5", "%", "以内")),
        ("城镇调查失业率不超过5.5%", Target("城镇调查失业率", "5.5", "%", "不超过")),
        ("细颗粒物年均浓度控制在29微克/立方米左右", Target("细颗粒物年均浓度", "29", "微克/立方米", "左右")),
        ("旅游收入突破60亿元", Target("旅游收入", "60", "亿元")),
        ("城镇新增就业80万至85万人", Target("城镇新增就业", "80万至85万", "人")),
        ("公交与轨道50米内换乘比例提升至93%", Target("公交与轨道50米内换乘比例", "93", "%", growth=True)),
        ("打造15分钟便民生活圈20个", Target("15分钟便民生活圈", "20", "个")),
        ("推进20个重点区域环境整治", Target("重点区域环境整治", "20", "个")),
        ("完成望城路等15条道路工程", Target("道路工程", "15", "条")),
        ("居民收入增长和经济增长同步", Target("居民收入", None, "", "同步")),
        ("居民人均可支配收入稳步增长", Target("居民人均可支配收入", None, "", "稳步增长")),
        ("一般公共预算收入完成数与2019年持平", Target("一般公共预算收入完成数", None, "", "持平")),
    ],
)
def test_a_quantity_has_a_name_without_its_verb(sentence, target):
    assert targets_of(sentence) == (target,)


def test_a_change_and_a_level_of_one_thing_are_two_targets():
    assert targets_of("地区生产总值增长8%，达到296亿元；") == (
        growth("地区生产总值", "8"),
        Target("地区生产总值", "296", "亿元"),
    )


def test_rates_after_分别_are_shared_out():
    assert targets_of("工业、建筑业增加值分别增长6%和4%。") == (growth("工业", "6"), growth("建筑业增加值", "4"))
    assert targets_of("城乡居民人均可支配收入分别增长4.7%、6.6%。") == (
        growth("城乡居民人均可支配收入", "4.7"),
        growth("城乡居民人均可支配收入", "6.6"),
    )


def test_numbers_of_one_thing_in_a_row_share_its_name():
    assert targets_of("完成3800户、58万平方米棚户区改造") == (
        Target("棚户区", "3800", "户"),
        Target("棚户区", "58万", "平方米"),
    )


def test_several_things_in_a_row_keep_their_own_names():
    assert targets_of("实施30项疏堵工程，新建2000张家庭养老床位、200个互助养老服务点") == (
        Target("疏堵工程", "30", "项"),
        Target("家庭养老床位", "2000", "张"),
        Target("互助养老服务点", "200", "个"),
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "2026年是关键一年",
        "12345热线更好用",
        "深化“1+3”改革",
        "第3次会议",
        "重点做好9个方面工作",
        "3月5日",
        "5G进村",
        "",
    ],
)
def test_years_ordinals_and_numbers_in_names_are_no_quantities(sentence):
    assert targets_of(sentence) == ()


@pytest.mark.parametrize("text", ["新增停車位　１．５萬個。", "新增停车位 1.5万个。", "新增停車位——１．５萬個。"])
def test_words_of_the_fold_are_found_as_the_sentence_has_them(text):
    assert as_written("1.5万", text, fold(text)) in text


@pytest.mark.corpus
def test_the_numbers_that_annotators_saw_revised_are_read(shared):
    """Of the REVISED sentences' new numbers, the share that some target carries (measured: 44 of 44)."""
    wanted = read = 0
    for folder in sorted((shared / "gold").glob("*-20*")):
        texts = dict(line.split("\t") for line in (folder / "items.tsv").read_text("utf-8").splitlines())
        for line in (folder / "labels.tsv").read_text("utf-8").splitlines():
            name, label, *_, pairs, _ = line.split("\t")
            numbers = re.findall(r"→\D*?(\d[\d.]*)", pairs) if label == "REVISED" else []
            values = " ".join(t.value or "" for t in targets_of(texts[name]))
            wanted += len(numbers)
            read += sum(number in values for number in numbers)
    assert wanted > 40
    assert read == wanted
