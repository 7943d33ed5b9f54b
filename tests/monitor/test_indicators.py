"""Facts about main targets, on invented reports."""

from collections import Counter
from pathlib import Path

import pytest

from monitor.indicators import Year, figures, years
from monitor.lineage import follow
from monitor.structure import outline
from monitor.views.story import chapters, points
from monitor.views.yearly import narrow_lines, place_rows, year_rows
from monitor.views.yearly import points as charts
from storage.values import Outline, Part


def report(year: int, review: str, plan: str, outlook: str = "") -> Outline:
    """A report of that year with these sentences."""
    return outline(
        "\n".join(
            (
                f"一、{year - 1}年工作回顾",
                review,
                *(("二、“十五五”时期主要目标", outlook) if outlook else ()),
                f"三、{year}年工作安排",
                plan,
                "各位代表，让我们团结奋斗！",
            )
        )
    )


def written(text: str, part: Part = Part.PLAN) -> dict[str, str]:
    both = report(2031, text, "做好各项工作。") if part is Part.REVIEW else report(2031, "去年成绩很好。", text)
    return {key: figure.written for key, figure in figures(both, part, 2031).items()}


@pytest.mark.parametrize(
    ("sentence", "key", "shown"),
    [
        ("地区生产总值增长5%左右。", "gdp", "5%左右"),
        ("经济增长5%左右。", "gdp", "5%左右"),
        ("一般公共预算收入同口径增长3%。", "revenue", "3%"),
        ("城镇新增就业80万人以上。", "jobs", "80万人以上"),
        ("城镇调查失业率控制在5.5%以内。", "unemployment", "5.5%以内"),
        ("居民消费价格涨幅2%左右。", "prices", "2%左右"),
        ("居民人均可支配收入与经济增长同步。", "income", "同步"),
        ("城镇、农村居民人均可支配收入分别增长4%、6%。", "income-rural", "6%"),
        ("PM2.5年均浓度控制在29微克/立方米以内。", "pm25", "29微克/立方米以内"),
        ("细颗粒物年均浓度不高于31微克/立方米。", "pm25", "不高于31微克/立方米"),
        ("单位地区生产总值能耗下降3.5%。", "energy", "↓3.5%"),
        ("粮食产量稳定在50万吨以上。", "grain", "50万吨以上"),
    ],
)
def test_a_main_target_is_known_by_its_name_and_unit(sentence: str, key: str, shown: str) -> None:
    assert written(sentence)[key] == shown


def test_a_fall_is_told_as_a_fall() -> None:
    assert written("固定资产投资下降2.1%。", Part.REVIEW)["investment"] == "↓2.1%"


@pytest.mark.parametrize(
    "sentence",
    [
        "“十五五”时期，地区生产总值年均增长6%。",
        "到2035年，地区生产总值增长60%。",
        "今后五年，地区生产总值增长30%。",
        "人均地区生产总值增长5%。",
        "一般公共预算支出增长5%。",
    ],
)
def test_targets_of_many_years_and_other_quantities_are_no_years_target(sentence: str) -> None:
    assert written(sentence) == {}


def test_a_five_year_outlook_is_not_mixed_up_with_the_plan() -> None:
    text = report(2031, "去年，地区生产总值增长5.1%。", "地区生产总值增长5%左右。", "地区生产总值增长33%，年均增长6%。")
    assert figures(text, Part.PLAN, 2031)["gdp"].written == "5%左右"
    assert [row.target.written for row in years("澜汀区", {2031: text}) if row.target] == ["5%左右"]


def test_a_review_of_five_years_gives_no_outcome_but_its_last_year_does() -> None:
    review = "五年来，地区生产总值年均增长7%。城镇新增就业40万人。\n2030年，地区生产总值增长5.2%，城镇新增就业8万人。"
    found = written(review, Part.REVIEW)
    assert (found["gdp"], found["jobs"]) == ("5.2%", "8万人")


REPORTS = {
    2030: report(2030, "去年，地区生产总值增长4%。", "地区生产总值增长6%左右，城镇新增就业4000人。"),
    2031: report(2031, "去年，地区生产总值增长5.8%，城镇新增就业4100人。", "地区生产总值增长5.5%左右。"),
}


def rows() -> list[Year]:
    return years("澜汀区", REPORTS)


def test_target_outcome_and_next_target_stand_in_one_row() -> None:
    assert place_rows(rows()) == [
        ["地区生产总值增速", "2030", "6%左右", "5.8%", "5.5%左右"],
        ["", "2031", "5.5%左右", "", ""],
        ["城镇新增就业", "2030", "4000人", "4100人", ""],
    ]


def test_a_year_shows_the_year_before_as_well() -> None:
    of_2031 = [row for row in rows() if row.year == 2031]
    assert year_rows(of_2031)[0] == ["澜汀区", "地区生产总值增速", "6%左右", "5.8%", "5.5%左右", ""]


def test_a_narrow_terminal_shows_what_each_target_led_to_line_by_line() -> None:
    assert narrow_lines(rows(), by_place=False) == [
        *("", "地区生产总值增速", "  2030  6%左右 → 5.8%", "  2031  5.5%左右"),
        *("", "城镇新增就业", "  2030  4000人 → 4100人"),
    ]
    of_2031 = [row for row in rows() if row.year == 2031]
    assert narrow_lines(of_2031, by_place=True)[:4] == [
        *("", "地区生产总值增速", "  澜汀区  5.5%左右", "    2030: 6%左右 → 5.8%")
    ]


def test_a_chart_needs_two_years() -> None:
    assert [(title, len(found)) for title, found in charts(rows())] == [("地区生产总值增速", 3)]


LIFE = [
    (2028, report(2028, "去年加装电梯10部。", "加装电梯20部。")),
    (2029, report(2029, "去年修路。", "修路。")),
    (2030, report(2030, "去年修路。", "修桥。")),
    (2031, report(2031, "去年修桥。", "重启加装电梯，完成加装电梯30部。")),
    (2032, report(2032, "加装电梯31部。", "修桥。")),
]


def test_an_initiative_is_seen_first_dropped_and_returned() -> None:
    story = chapters(follow(LIFE, "加装电梯"), [year for year, _ in LIFE])
    assert [(c.year, c.standing) for c in story] == [
        (2028, "first seen"),
        (2029, "dropped"),
        (2030, "absent"),
        (2031, "returned"),
        (2032, "reported"),
    ]


def test_the_numbers_of_an_initiative_are_those_of_what_the_words_name() -> None:
    mentions = follow(LIFE, "电梯")
    assert [(p.label, p.value) for p in points(mentions, "电梯")] == [
        ("2028 review", 10),
        ("2028 plan", 20),
        ("2031 plan", 30),
        ("2032 review", 31),
    ]
    assert points(mentions, "无人机") == []


@pytest.mark.corpus
def test_the_main_targets_of_most_provinces_are_read(shared: Path) -> None:
    """Of the 31 plans for 2026 and reviews of 2025; measured: 31 and 31 growth rates, 30 and 25 of jobs."""
    found: Counter[tuple[str, str]] = Counter()
    for file in sorted((shared / "corpus" / "prov" / "2026").glob("*.txt")):
        text = outline(file.read_text("utf-8"))
        for part in (Part.PLAN, Part.REVIEW):
            found.update((part.value, key) for key in figures(text, part, 2026))
    assert found["plan", "gdp"] >= 30, found
    assert found["review", "gdp"] >= 30, found
    assert found["plan", "jobs"] >= 29, found
    assert found["review", "jobs"] >= 24, found
