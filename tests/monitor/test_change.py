"""Facts about which number replaces which, on invented targets."""

import pytest

from monitor.align import align, side_of
from monitor.change import agreement, amount_of, numbers_of, replacements
from monitor.commonness import commonness
from monitor.targets import targets_of
from monitor.weighing import model
from storage.values import Part, Passage, Target


@pytest.mark.parametrize(
    ("value", "unit", "amount"),
    [("1.5万", "个", 15000), ("240", "亿元", 240e8), ("5-6", "%", 6), ("1,200", "套", 1200), (None, "", None)],
)
def test_a_number_as_written_has_an_amount(value, unit, amount):
    assert amount_of(Target("停车位", value, unit)) == amount


def test_the_same_thing_agrees_and_another_does_not():
    assert agreement(Target("老旧小区", "50", "个"), Target("老旧小区", "46", "个")) == 1
    assert agreement(Target("老旧小区", "50", "个"), Target("口袋公园", "46", "个")) == 0


def test_growth_is_not_held_against_a_level_nor_money_against_a_count():
    level, growth = targets_of("旅游收入达到60亿元，增长12%。")
    assert agreement(growth, level) == 0
    assert agreement(Target("投资", "8", "亿元"), Target("投资项目", "8", "个")) == 0


def test_a_counting_word_may_change():
    assert agreement(Target("城镇新增就业", "5700", "人"), Target("城镇新增就业", "5000", "个")) > 0.5


def test_a_target_replaces_a_target_rather_than_a_result():
    new = targets_of("改造老旧小区60个。")
    result, target = targets_of("改造老旧小区46个。"), targets_of("改造老旧小区50个。")
    (found,) = replacements(new, [(result, False), (target, True)])
    assert (found.old.value, found.sentence, found.changed) == ("50", 1, True)


def test_the_same_number_is_no_change():
    (found,) = replacements(targets_of("新建学校1.2万所。"), [(targets_of("新建学校12000所。"), True)])
    assert not found.changed


def numbers(old: str, part: Part, new: str) -> list[bool]:
    """For the numbers of one plan sentence that replace one of an old sentence: do they differ?"""
    sides = [side_of([Passage(0, 0, 0, where, "", text)]) for where, text in ((Part.PLAN, new), (part, old))]
    found = align(*sides, commonness(), model().ranking)
    return [r.changed for r in numbers_of(*sides, found)[0]]


def test_a_target_of_five_years_is_none_of_a_year():
    assert numbers("城镇新增就业4500人。", Part.PLAN, "城镇新增就业4600人。") == [True]
    assert numbers("城镇新增就业2.2万人。", Part.OUTLOOK, "城镇新增就业4600人。") == []
    assert numbers("五年来城镇新增就业2.1万人。", Part.REVIEW, "城镇新增就业4600人。") == []


def test_of_two_numbers_of_one_name_the_same_one_answers():
    new = (Target("就业", "1500", "人"),)
    (found,) = replacements(new, [((Target("就业", "5300", "人"), Target("就业", "1500", "人")), True)])
    assert not found.changed
