"""Sketches and the index: what is folded away, what is kept, what costs."""

import random
import subprocess
import sys

import numpy as np
import pytest
from invented import CHROME, dropped, mojibake, replaced, report, traditional

from monitor.inverted import MANY, Index, enough, likeliest, rarest
from monitor.sketch import han_codes, sketch

SUM_OF_ONE = 168_575_354_560  # of the sketch of report(1); another value means that every database must be read again


def shared(text: str, other: str) -> float:
    """Share of the smaller sketch that both texts have."""
    a, b = sketch(text), sketch(other)
    return len(np.intersect1d(a, b)) / min(len(a), len(b))


@pytest.mark.parametrize("table", ["s2t", "s2hk"])
def test_traditional_script_changes_nothing_in_a_sketch(table: str):
    text = report(1)
    assert np.array_equal(sketch(text), sketch(traditional(text, table)))


def test_width_digits_punctuation_and_spaces_change_nothing_in_a_sketch():
    text = report(2)
    other = "　".join(text.replace("0", "０").replace("，", ",").replace("8", "x"))
    assert np.array_equal(sketch(text), sketch(other))


def test_radicals_and_compatibility_ideographs_are_the_characters_they_look_like():
    assert np.array_equal(han_codes("⼯作報告年"), han_codes("工作报告年"))


def test_characters_beyond_the_basic_plane_and_lone_surrogates_are_left_out():
    assert bytes(han_codes("工\ud800作\U00020000报")) == bytes(han_codes("工作报"))


@pytest.mark.parametrize("text", ["", "四个字吗", "no Chinese at all, only words", "2031 %"])
def test_a_text_without_running_chinese_has_an_empty_sketch(text: str):
    assert len(sketch(text)) == 0


def test_a_sketch_keeps_about_one_hash_in_64_characters_each_once_and_ascending():
    text = report(3, 400)
    found = sketch(text)
    assert len(han_codes(text)) / 64 * 0.7 < len(found) < len(han_codes(text)) / 64 * 1.2
    assert np.all(np.diff(found.astype(np.int64)) > 0)


def test_the_hash_is_the_same_on_every_machine():
    assert (
        sketch("推进河岸湿地修复工程三百二十处" * 30).tolist() == sketch("推進河岸濕地修復工程三百二十處" * 30).tolist()
    )
    assert int(sketch(report(1)).astype(np.uint64).sum()) == SUM_OF_ONE


def test_a_fifth_of_a_text_is_wholly_contained_in_its_sketch():
    text = report(4)
    assert shared(text[: len(text) // 5], text) >= 0.95


def test_a_text_that_lost_a_third_of_its_characters_keeps_a_sixth_of_its_sketch():
    text = report(5, 400)
    assert 0.1 < shared(dropped(text, 0.3, random.Random(1)), text) < 0.3
    assert 0.1 < shared(replaced(text, 0.3, random.Random(1)), text) < 0.3


def test_mojibake_adds_nothing_to_a_sketch():
    text = report(6)
    assert shared(text[:3000], mojibake(text, 3000)) > 0.95
    assert len(sketch(mojibake(text, 3000))) <= 1.1 * len(sketch(text[:3000]))


def test_the_index_names_the_report_of_a_fifth_first():
    index = Index()
    texts = [report(seed) for seed in range(40)]
    for key, text in enumerate(texts):
        index.add(key, sketch(text))
    found = [index.candidates(sketch(text[-len(text) // 5 :])) for text in texts]
    assert [candidates[0].key for candidates in found] == list(range(40))
    assert all(candidates[0].contained > 0.5 for candidates in found)


def test_the_index_says_the_same_whatever_the_order_of_adding():
    texts = {key: sketch(report(key)) for key in range(30)}
    one, other = Index(), Index()
    for key, hashes in texts.items():
        one.add(key, hashes)
    for key, hashes in reversed(texts.items()):
        other.add(key, hashes)
    query = sketch(CHROME + report(7)[:2000])
    assert one.candidates(query) == other.candidates(query)


def test_an_empty_index_and_an_empty_sketch_have_no_candidates():
    index = Index()
    assert index.candidates(sketch(report(1))) == []
    index.add(1, sketch(report(1)))
    assert index.candidates(sketch("")) == []
    assert len(index) == 1


def test_a_report_that_grew_by_hashes_of_a_copy_is_found_by_them():
    index = Index()
    whole = sketch(report(8))
    index.add(1, whole[::2])
    index.add(1, whole[1::2])
    assert [(c.key, c.shared) for c in index.candidates(whole)] == [(1, len(whole))]


def test_a_phrase_of_all_reports_makes_no_candidate():
    index = Index()
    stock = sketch("全面贯彻落实党的方针政策坚持稳中求进工作总基调完整准确全面贯彻新发展理念" * 3)
    texts = [np.union1d(stock, sketch(report(seed))) for seed in range(60)]
    for key, hashes in enumerate(texts):
        index.add(key, hashes)
    new = index.candidates(np.union1d(stock, sketch(report(1000))))
    assert all(candidate.contained < 0.1 for candidate in new)


def sides(rows: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Rows as a table tells them: hashes and keys, those of one hash together."""
    return [value for value, _ in sorted(rows)], [key for _, key in sorted(rows)]


def test_rows_of_a_table_are_ranked_as_the_index_ranks():
    texts = {key: sketch(report(key)) for key in range(20)}
    index, rows = Index(), []
    for key, hashes in texts.items():
        index.add(key, hashes)
        rows += [(value, key) for value in hashes.tolist()]
    query = sketch(report(3)[:3000] + report(11)[:1000])
    mine = [(value, key) for value, key in rows if value in set(query.tolist())]
    sizes = {key: len(hashes) for key, hashes in texts.items()}
    ranked = likeliest(len(query), len(query), sides(mine), lambda _: sizes, len(texts))
    assert ranked == index.candidates(query)


def test_a_phrase_of_more_reports_than_a_table_is_asked_for_says_nothing():
    query, own = np.arange(64, 64 * 41, 64, np.uint32), 64 * 40
    common = [(value, key) for value in query.tolist() for key in (range(MANY + 1) if value < own - 640 else [7])]
    assert [
        c.key for c in likeliest(len(query), len(query), sides(common), lambda keys: dict.fromkeys(keys, 40), 1000)
    ] == [7]


def test_a_report_that_is_gone_is_no_candidate():
    query = np.arange(0, 640, 64, np.uint32)
    rows = [(value, key) for value in query.tolist() for key in (3, 4)]
    assert [c.key for c in likeliest(len(query), len(query), sides(rows), lambda _: {4: 10}, 1000)] == [4]


def test_the_rarest_hashes_are_read_and_the_commonest_left_when_rows_are_many():
    counts = np.array([1] * 50 + [30_000] * 5)
    assert rarest(counts).tolist() == list(range(50))
    assert len(rarest(np.array([30_000] * 40))) == 24


def test_three_shared_hashes_and_a_twentieth_of_the_smaller_sketch_are_enough():
    assert enough(3, 60, 240)
    assert not enough(2, 10, 10)
    assert not enough(5, 200, 200)


def test_importing_the_sketch_does_not_load_the_script_converter():
    code = "import sys, monitor.copies; sys.exit('opencc' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
