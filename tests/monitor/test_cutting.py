"""A page with several reports, taken apart."""

import random

import pytest
from invented import PLACES, laid_out, sentences

from monitor.cutting import cut
from monitor.identity import identify_text

DISTRICTS = [f"{place}{letter}" for letter in "东西" for place in PLACES][:17]


def report(place: str, year: int = 2031, count: int = 60, seed: int | None = None) -> str:
    """A report that begins with the title 云岭市X区人民政府工作报告."""
    text = laid_out(place, year, sentences(random.Random(seed or f"{place}{year}"), count, 0.05))
    return text.replace("政府工作报告", f"{place}区人民政府工作报告", 1).strip()


def pieces(text: str) -> list[str]:
    return [text[part.start : part.end] for part in cut(text)]


def test_two_reports_are_cut_between_closing_and_title():
    texts = [report(place) for place in DISTRICTS[:2]]
    assert pieces("\n".join(texts)) == texts
    assert [part.title for part in cut("\n".join(texts))] == [text.split("\n")[0] for text in texts]


def contents(places: list[str], dots: str = "……………………") -> str:
    lines = [f"{place}区人民政府工作报告{dots and f'{dots}{40 * k + 1}'}" for k, place in enumerate(places)]
    return "\n".join(["云岭市及所属各区2031年政府工作报告汇编", "2031-12-25 07:03:52", "目录", *lines])


@pytest.mark.parametrize("dots", ["……………………", "........ ", ""])
def test_seventeen_reports_after_a_table_of_contents_are_cut_exactly(dots: str):
    texts = [report(place) for place in DISTRICTS]
    assert pieces(contents(DISTRICTS, dots) + "\n" + "\n".join(texts)) == texts


def test_a_page_printed_as_one_paragraph_is_cut_too():
    texts = [report(place).replace("\n", " ") for place in DISTRICTS[:3]]
    assert pieces(" ".join(texts)) == texts


def test_a_head_that_the_page_repeats_begins_nothing():
    texts = [report(place) for place in DISTRICTS[:2]]
    head, lines = "\n".join(texts[0].split("\n")[:2]), texts[0].split("\n")
    middle = len(lines) // 2
    paged = "\n".join([*lines[:middle], *lines[:5], *lines[middle:]])
    assert pieces("\n".join([head, paged, texts[1]])) == [paged, texts[1]]


def test_a_report_printed_twice_counts_once():
    one, other = (report(place) for place in DISTRICTS[:2])
    assert pieces(f"{one}\n{one}") == []
    assert pieces(f"{one}\n{other}\n{one}") == [one, other]


def test_a_fragment_among_whole_reports_is_a_part_of_its_own():
    one, other, third = (report(place) for place in DISTRICTS[:3])
    fragment = other[: len(other) // 4]
    assert pieces(f"{one}\n{fragment}\n{third}") == [one, fragment, third]
    tail = "\n".join(other.split("\n")[8:])
    assert pieces(f"政府工作报告篇一\n{one}\n政府工作报告篇二\n{tail}\n政府工作报告篇三\n{third}")[1].endswith(tail)


def test_a_teaser_of_another_report_makes_no_compilation():
    one, other = (report(place) for place in DISTRICTS[:2])
    assert cut("\n".join([one, "相关报告", other[:250]])) == ()


def test_a_report_without_salutation_is_known_by_its_title_behind_a_closing():
    one, other, third = (report(place) for place in DISTRICTS[:3])
    bare = "\n".join(["白鹭洲经济技术开发区管委会2031年度工作报告", *other.split("\n")[6:]])
    assert pieces(f"{one}\n{bare}\n{third}") == [one, bare, third]


def test_years_of_one_place_are_reports_of_their_own():
    texts = [report("青浦溪河", year) for year in (2029, 2030, 2031)]
    assert pieces("\n".join(texts)) == texts


def test_a_plan_report_of_the_same_meeting_is_cut_off_the_report():
    one = report("石桥屯河")
    plan = "\n".join(
        [
            "关于石桥屯河区2030年国民经济和社会发展计划执行情况与2031年计划草案的报告",
            *one.split("\n")[1:2],
            "各位代表：",
            "受石桥屯河区人民政府委托，现将2030年计划执行情况与2031年计划草案的报告提请大会审议。",
            *report("凤鸣岗老", seed=5).split("\n")[6:],
        ]
    )
    assert pieces(one + "\n" + plan) == [one, plan]


def test_each_part_says_which_report_it_is():
    texts = [report(place) for place in ("海淀", "西城")]
    found = [identify_text(piece) for piece in pieces("\n".join(texts))]
    assert [identity.place.name for identity in found if identity.place] == ["北京市海淀区", "北京市西城区"]


@pytest.mark.corpus
def test_no_single_report_is_cut(shared):
    files = [
        f
        for pattern in ("prov/*/*.txt", "hailar/*.txt", "national/*[058]/*.txt")
        for f in shared.glob(f"corpus/{pattern}")
    ]
    assert len(files) > 140
    assert [file for file in files if cut(file.read_text("utf-8", "replace"))] == []


@pytest.mark.corpus
def test_real_reports_on_one_page_are_each_found_with_their_place_and_their_end(shared):
    files = random.Random(3).sample(sorted(shared.glob("corpus/prov/2026/*.txt")), 17)
    texts = [file.read_text("utf-8").strip() for file in files]
    found = pieces("\n".join(["各省政府工作报告汇编", *texts]))
    assert [identify_text(piece).place.name for piece in found] == [file.stem for file in files]
    assert all(text[-400:-200] in piece for text, piece in zip(texts, found, strict=True))
