"""Texts that say the same fold alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.text.fold import fold, fold_all, script_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("經濟增長５％左右", "经济增长5%左右"),
        ("著力提升治理能力，並看著未來", "着力提升治理能力,并看着未来"),
        ("「十四五」時期——開好局", "“十四五”时期--开好局"),
        ("⼯⼈⺠\u200b政\ufeff府", "工人民政府"),
        ("政 府　工\xa0作\n报告", "政府工作报告"),
        ("公共衞生體系", "公共卫生体系"),
        ("每人平均收入與高品質發展，資訊網路", "人均收入与高质量发展,信息网络"),
        ("〔2024〕５号", "[2024]5号"),
    ],
)
def test_script_width_spaces_and_marks_do_not_count(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize("text", ["新增就业", "核心技术", "建立机制", "水平提高"])
def test_mainland_words_in_traditional_script_keep_their_words(text):
    from crawler.text.fold import converter

    assert fold(converter("s2t").convert(text)) == text


def test_marks_stay():
    assert fold("一、稳增长，保就业；5.5%。") == "一、稳增长,保就业;5.5%。"


@pytest.mark.parametrize(
    ("text", "script"), [("經濟發展", "hant"), ("经济发展", "hans"), ("", "hans"), ("2024", "hans"), ("人口", "hans")]
)
def test_the_script_is_told_by_characters_the_other_lacks(text, script):
    assert script_of(text) == script


@given(st.text(max_size=200))
def test_folding_never_raises_and_is_stable(text):
    once = fold(text)
    assert " " not in once
    assert fold(once) == fold(once)


@given(st.lists(st.text("经濟增長５％—-… \n\ufdd0", max_size=6), max_size=5))
def test_texts_folded_together_fold_as_each_by_itself(texts: list[str]):
    assert fold_all(texts, "tw2s") == [fold(text.replace("\ufdd0", ""), "tw2s") for text in texts]


def test_an_escaped_ampersand_is_no_difference():
    assert fold("力争R&amp;D经费增长") == fold("力争R&D经费增长")
