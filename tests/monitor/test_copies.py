"""Copies of one report: what is grouped, what is not, how copies differ, which is trusted."""

import random
from datetime import date

import invented
import pytest
from invented import CHROME, PLACES, digest, dropped, mojibake, next_year, report, sentences, shuffled

from monitor.copies import canonical, group, likeness, placed, prepared, same_report
from monitor.sameness import Verdict as Sameness
from storage.values import CopyGroup, Reading, Relation, Verdict

RNG = random.Random(5)


def read(text: str, published_on: date | None = None) -> Reading:
    return Reading("", Verdict.OK, "", None, text, "text", "hans", 0, (), published_on)


def grouped(*texts: str) -> list[CopyGroup]:
    """Groups of texts named 0, 1, 2 …"""
    return group([(str(number), read(text)) for number, text in enumerate(texts)])


def members(*texts: str) -> list[set[str]]:
    return [{copy.path for copy in found.copies} for found in grouped(*texts)]


COPIES = dict(invented.copies(report(1), random.Random(2)))


@pytest.mark.parametrize("kind", COPIES)
def test_every_kind_of_copy_joins_its_report_and_no_other(kind: str):
    assert members(report(1), COPIES[kind], next_year(1), report(2)) == [{"0", "1"}, {"2"}, {"3"}]


def test_all_kinds_of_copies_at_once_are_one_group_led_by_a_whole_one():
    names = ["original", *COPIES]
    found = grouped(report(1), *COPIES.values())
    assert len(found) == 1
    assert names[int(found[0].canonical)] in ("original", "whole")


def test_the_order_of_the_files_changes_nothing():
    texts = {str(n): t for n, t in enumerate([*COPIES.values(), next_year(1), report(2), report(2)[:2000]])}
    names = list(texts)
    before = {frozenset(c.path for c in g.copies) for g in group([(n, read(texts[n])) for n in names])}
    random.Random(3).shuffle(names)
    assert {frozenset(c.path for c in g.copies) for g in group([(n, read(texts[n])) for n in names])} == before


@pytest.mark.parametrize("seed", range(6))
def test_consecutive_years_are_never_one_report_though_a_third_is_said_again(seed: int):
    old, new = report(seed), next_year(seed, kept=0.33)
    assert members(old, new, old[: len(old) // 5], new[-len(new) // 5 :]) == [{"0", "2"}, {"1", "3"}]


def test_reports_that_share_half_their_sentences_as_stock_phrases_stay_apart():
    texts = [
        invented.laid_out(PLACES[n], 2031, sentences(random.Random(n), 120, stock=0.5)) for n in range(len(PLACES))
    ]
    assert len(members(*texts)) == len(PLACES)


def test_pieces_of_a_report_that_do_not_touch_are_joined_by_the_whole():
    text = report(4)
    assert members(text[:2000], text[-2000:]) == [{"0"}, {"1"}]
    assert members(text[:2000], text[-2000:], text) == [{"0", "1", "2"}]


def test_a_report_reprinted_many_times_does_not_vanish():
    reprints = [CHROME * (n % 3) + report(5) + f"第{n}页" for n in range(60)]
    assert len(members(*reprints, report(6))) == 2


def test_pages_of_one_site_are_not_joined_by_its_navigation():
    short, other = report(1)[:1200], report(2)[:1200]
    assert members(CHROME * 20 + short + CHROME * 20, CHROME * 20 + other + CHROME * 20) == [{"0"}, {"1"}]


def test_a_page_with_two_reports_is_related_to_both_and_joins_neither():
    one, other = report(1), report(2)
    found = grouped(one, other, one + "\n" + other, one[:2000], other[-2000:])
    assert [{c.path for c in g.copies} for g in found] == [{"0", "3"}, {"1", "4"}]
    assert [g.related for g in found] == [("2",), ("2",)]


def test_a_page_with_two_reports_of_which_none_is_known_is_a_group_of_its_own():
    found = grouped(report(1) + "\n" + report(2), report(3))
    assert [g.canonical for g in found] == ["0", "1"]


def test_a_page_that_prints_a_report_six_times_is_a_copy_and_no_compilation():
    found = grouped(report(1) * 6, report(1), report(1)[:1500], shuffled(report(1) * 6, RNG))
    assert len(found) == 1
    assert found[0].canonical == "1"
    assert "holds text twice" in next(c.notes for c in found[0].copies if c.path == "0")


@pytest.mark.parametrize("share", [0.2, 0.35])
def test_a_digest_is_related_and_no_copy(share: float):
    text = report(7, 300)
    found = grouped(text, digest(text, share, RNG), report(8))
    assert [{c.path for c in g.copies} for g in found] == [{"0"}, {"2"}]
    assert found[0].related == ("1",)


def test_exact_copies_are_the_same_whole_and_wholly_alike():
    found = grouped(report(1), report(1))
    assert [(c.relation, c.likeness, c.coverage, c.notes) for c in found[0].copies] == [
        (Relation.SAME, 100, 100, ())
    ] * 2


def test_every_file_is_somewhere_even_an_empty_one():
    found = grouped("", report(1), "", "短", report(1)[:3000])
    assert sorted(c.path for g in found for c in g.copies) == ["0", "1", "2", "3", "4"]
    assert len(found) == 4


def test_nothing_gives_no_group():
    assert group([]) == []


NOTED = [
    ("first 1/5", Relation.PARTIAL, "ends early, at 20 %"),
    ("first 4/5", Relation.PARTIAL, "ends early, at 80 %"),
    ("last 1/5", Relation.PARTIAL, "begins 80 % into the report"),
    ("s2t", Relation.SAME, "traditional characters"),
    ("damaged", Relation.DAMAGED, "unreadable"),
    ("30 % dropped", Relation.DAMAGED, "% of the characters missing"),
    ("30 % replaced", Relation.DAMAGED, "% of the characters differ"),
    ("masked", Relation.DAMAGED, "numbers masked"),
    ("shuffled", Relation.SAME, "paragraphs in another order"),
    ("chrome and 1/5", Relation.PARTIAL, "other characters before"),
]


@pytest.mark.parametrize(("kind", "relation", "note"), NOTED)
def test_a_copy_says_what_is_different(kind: str, relation: Relation, note: str):
    found = likeness(prepared(report(1)), prepared(COPIES[kind]))
    assert found.relation is relation
    assert any(note in said for said in found.notes), found.notes


@pytest.mark.parametrize("fifths", [1, 2, 3, 4])
def test_coverage_is_the_share_of_the_canonical_copy_that_is_there(fifths: int):
    found = likeness(prepared(report(1, 300)), prepared(report(1, 300)[: len(report(1, 300)) * fifths // 5]))
    assert found.coverage == pytest.approx(20 * fifths, abs=1.5)
    assert found.likeness > 99


@pytest.mark.parametrize("lost", [0.1, 0.3])
def test_likeness_is_that_of_the_stretch_both_have(lost: float):
    text = report(1, 300)
    found = likeness(prepared(text), prepared(dropped(text[: len(text) // 2], lost, RNG)))
    assert found.likeness == pytest.approx(200 * (1 - lost) / (2 - lost), abs=3)
    assert found.coverage == pytest.approx(50, abs=3)


def test_the_decision_is_the_same_whichever_text_comes_first():
    one, other = prepared(report(1)).folded, prepared(COPIES["first 2/5"]).folded
    assert same_report(one, other).verdict is same_report(other, one).verdict is Sameness.SAME
    assert same_report(one, other).within is not same_report(other, one).within


def test_a_stock_ending_of_three_hundred_characters_is_no_copy():
    ending = "。".join(invented.STOCK[-4:]) * 2
    assert same_report(prepared(report(1)).folded, prepared(ending[:300]).folded).verdict is Sameness.DIFFERENT


def chosen(*texts: str) -> int:
    return canonical([prepared(text) for text in texts])[0]


def test_the_whole_copy_is_trusted_before_a_partial_one():
    assert chosen(report(1)[:5000], report(1), report(1)[:5000]) == 1


def test_a_clean_copy_is_trusted_before_one_with_masked_numbers_or_mojibake():
    assert chosen(COPIES["masked"], report(1)) == 1
    assert chosen(mojibake(report(1), 6000), report(1)) == 1


def test_simplified_characters_are_trusted_before_traditional_ones():
    assert chosen(COPIES["s2twp"], report(1)) == 1


def test_ordered_paragraphs_are_trusted_before_shuffled_ones():
    assert chosen(shuffled(report(1, 300), random.Random(8)), report(1, 300)) == 1


def test_a_copy_without_lost_characters_is_trusted():
    assert chosen(dropped(report(1), 0.05, RNG), report(1)) == 1
    assert chosen(dropped(report(1), 0.3, RNG), dropped(report(1), 0.2, RNG), report(1), report(1)[:3000]) == 2


def test_of_whole_copies_the_better_source_is_trusted_then_the_earlier_day():
    text = report(1)
    tiers = [prepared(CHROME + text, tier=4), prepared(text + CHROME, tier=1), prepared(text)]
    assert canonical(tiers)[0] == 1
    days = [prepared(text, published_on=date(2031, 3, 2)), prepared(text, published_on=date(2031, 2, 1))]
    assert canonical(days)[0] == 1


def test_a_partial_copy_from_the_best_source_does_not_win():
    assert canonical([prepared(report(1)[:3000], tier=1), prepared(report(1), tier=5)])[0] == 1


def test_the_reason_is_in_words():
    assert "whole" in canonical([prepared(report(1), tier=2), prepared(report(1)[:3000])])[1]
    assert "source tier 2" in canonical([prepared(report(1), tier=2), prepared(report(1)[:3000])])[1]
    assert canonical([prepared(report(1))])[1] == "the only copy; no damage seen, simplified characters"


def test_a_new_text_is_placed_among_known_reports_by_key():
    known = [(11, prepared(report(1))), (12, prepared(report(2)))]
    assert placed(prepared(report(2)[:2000]), known).report == 12
    assert placed(prepared(report(3)), known).report is None
    assert placed(prepared(report(1) + report(2)), known).related == (11, 12)
    assert placed(prepared(report(3)), []).report is None


def test_a_whole_text_shows_that_two_pieces_are_one_report():
    text = report(1)
    home = placed(prepared(text), [(1, prepared(text[:2500])), (2, prepared(text[-2500:]))])
    assert {home.report, *home.joins} == {1, 2}


def test_another_copy_is_asked_where_the_leading_one_leaves_it_open():
    text = report(1, 300)
    leading, fifth = prepared(shuffled(text, random.Random(1))), prepared(text[: len(text) // 5])
    assert placed(fifth, [(1, leading)], lambda _: [prepared(text)]).report == 1


@pytest.mark.parametrize("sentences_in_it", [150, 330])
def test_three_characters_in_ten_replaced_leave_a_copy_a_copy(sentences_in_it: int):
    for seed in range(30):
        text = report(500 + seed, sentences_in_it)
        worn = invented.replaced(text, 0.3, random.Random(seed))
        later = next_year(500 + seed, sentences_in_it, kept=0.3)
        assert same_report(prepared(worn).folded, prepared(text).folded).verdict is Sameness.SAME
        assert same_report(prepared(worn).folded, prepared(later).folded).verdict is Sameness.DIFFERENT


def test_a_digest_that_keeps_half_of_the_sentences_is_related_and_a_copy_that_lacks_pages_is_one():
    for seed in range(12):
        text = report(700 + seed, 300)
        half = digest(text, 0.5, random.Random(seed))
        third = len(text) // 3
        lacking = text[:third] + text[2 * third :]
        assert same_report(prepared(half).folded, prepared(text).folded).verdict is Sameness.RELATED
        assert same_report(prepared(lacking).folded, prepared(text).folded).verdict is Sameness.SAME


@pytest.mark.parametrize("seed", range(4))
def test_an_end_of_stock_sentences_that_stand_all_over_its_report_is_a_copy_and_no_digest(seed: int):
    draw = random.Random(seed)
    words = [
        "推进",
        "深化",
        "改革",
        "产业",
        "创新",
        "发展",
        "民生",
        "保障",
        "生态",
        "治理",
        "城市",
        "乡村",
        "教育",
        "医疗",
        "服务",
        "质量",
        "安全",
        "建设",
        "项目",
        "开放",
    ]
    stock = ["".join(draw.choices(words, k=14)) + "。" for _ in range(26)]
    said = [
        draw.choice(stock) if draw.random() < 0.6 else f"{''.join(draw.choices(words, k=12))}{number}个。"
        for number in range(400)
    ]
    text = "\n".join(said)
    assert same_report(prepared(text[-len(text) // 5 :]).folded, prepared(text).folded).verdict is Sameness.SAME
