"""Facts about which sentence answers to which, on invented sentences."""

import numpy as np
import pytest

from monitor.align import align, side_of
from monitor.clauses import clauses_of
from monitor.commonness import commonness
from monitor.grams import distinct, folded, letters_of, pack, shared_weight
from monitor.weighing import model
from storage.values import Part, Passage

OLD = (
    "去年新建口袋公园12处，群众出行更加便利。",
    "加快推进滨江湿地修复工程，年内完成岸线整治8公里。",
    "支持龙头企业建设智能工厂，培育专精特新企业20家。",
    "办好区运动会，开展全民健身活动。",
)
NEW = (
    "培育专精特新企业30家，支持企业建设智能工厂和数字车间。",
    "完成滨江湿地修复工程岸线整治，打造城市生态客厅。",
)


def passages(sentences: tuple[str, ...], part: Part = Part.PLAN) -> list[Passage]:
    """Sentences as passages of one part, a paragraph each."""
    return [Passage(i, i, 0, part, "", text) for i, text in enumerate(sentences)]


def best(new: tuple[str, ...], old: tuple[str, ...]) -> list[str]:
    """The best answer to each new sentence."""
    found = align(side_of(passages(new)), side_of(passages(old)), commonness(), model().ranking)
    return [old[row[0]] for row in found.candidates]


def test_a_reworded_and_moved_sentence_finds_its_answer():
    assert best(NEW, OLD) == [OLD[2], OLD[1]]


def test_every_sentence_answers_best_to_itself():
    assert best(OLD, OLD) == list(OLD)


def test_likeness_is_100_for_the_same_words_and_0_for_none_in_common():
    found = align(side_of(passages(("新建口袋公园",))), side_of(passages(OLD[:1])), commonness(), model().ranking)
    assert 0 < found.likeness[0, 0] < 100
    same = align(side_of(passages(OLD)), side_of(passages(OLD)), commonness(), model().ranking)
    assert same.likeness[:, 0] == pytest.approx(100)
    none = align(side_of(passages(("天地玄黄",))), side_of(passages(("宇宙洪荒",))), commonness(), model().ranking)
    assert none.likeness[0, 0] == pytest.approx(0)


def test_a_target_answers_to_a_target_rather_than_to_a_result():
    review = passages(("完成老旧小区改造46个。",), Part.REVIEW)
    plan = [Passage(1, 1, 0, Part.PLAN, "", "老旧小区改造50个。")]
    found = align(side_of(passages(("改造老旧小区60个。",))), side_of([*review, *plan]), commonness(), model().ranking)
    assert found.candidates[0, 0] == 1


def test_clauses_part_at_commas_and_give_their_place_in_the_sentence():
    sentence = "加快建设，新增1,200个车位；完工。"
    clauses = clauses_of([sentence])
    assert [sentence[a:b] for a, b in clauses.spans] == ["加快建设", "新增1,200个车位", "完工"]


def test_every_sentence_has_a_clause():
    clauses = clauses_of(["。", "", "好"])
    assert clauses.owner.tolist() == clauses.first.tolist() == [0, 1, 2]


def test_numbers_count_as_one_character():
    assert letters_of(["增长5.5%"]).grams(3).codes.tolist() == letters_of(["增长12%"]).grams(3).codes.tolist()


def test_no_n_gram_reaches_over_a_mark_or_a_clause():
    grams = letters_of(["甲乙、丙", "丁"]).grams(2)
    assert grams.codes.tolist() == [pack("甲乙")]


def test_folding_keeps_the_number_of_clauses_even_with_stray_private_characters():
    assert folded(["甲\ue000乙", "丙"]) == ["甲乙", "丙"]


def test_shared_weight_counts_each_n_gram_once():
    left, right = letters_of(["甲乙甲乙", "丙丁"]), letters_of(["甲乙丙丁甲乙", "戊己"])
    new, old = distinct(left.grams(2)), distinct(right.grams(2))
    shared = shared_weight(new, old, np.ones(len(new.codes)), (2, 2))
    assert shared.tolist() == [[1, 0], [1, 0]]
