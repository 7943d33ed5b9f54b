"""Facts about numbers that moved for the better or the worse."""

import pytest

from monitor.direction import way_of
from monitor.novelty import compare
from monitor.structure import outline
from monitor.targets import targets_of


@pytest.mark.parametrize(
    ("old", "new", "way"),
    [
        ("地区生产总值增长5%左右", "地区生产总值增长5.5%左右", "better"),
        ("地区生产总值增长5%左右", "地区生产总值增长4.5%", "worse"),
        ("城镇调查失业率5.5%左右", "城镇调查失业率控制在5%以内", "better"),
        ("细颗粒物年均浓度32微克/立方米", "细颗粒物年均浓度34微克/立方米", "worse"),
        ("单位地区生产总值能耗下降2%", "单位地区生产总值能耗下降3%", "better"),
        ("固定资产投资下降2%", "固定资产投资下降6%", "worse"),
        ("固定资产投资下降2%", "固定资产投资增长1%", "better"),
        ("城镇新增就业1.2万人", "城镇新增就业9000人", "worse"),
        ("居民消费价格涨幅3%左右", "居民消费价格涨幅2%左右", ""),
        ("建设停车位800个", "建设停车位1200个", ""),
        ("地区生产总值增长5%左右", "地区生产总值增长5%左右", ""),
    ],
)
def test_the_way_is_told_where_a_plan_says_which_is_better(old, new, way):
    assert way_of(targets_of(old)[0], old, targets_of(new)[0], new) == way


def test_a_revised_target_says_which_way_it_moved():
    told = "一、过去一年工作回顾\n做好各项工作。\n二、{}年工作安排\n城镇调查失业率{}%左右，城镇新增就业{}万人。"
    findings = compare(outline(told.format(2030, 5.5, 2)), outline(told.format(2031, 5, 1.5)))
    moved = {change.name: change.way for finding in findings for change in finding.targets}
    assert moved == {"城镇调查失业率": "better", "城镇新增就业": "worse"}
