"""Facts about following an initiative, on invented reports."""

from monitor.lineage import follow
from monitor.structure import outline
from storage.values import Part


def report(year: int, *measures: str) -> str:
    """A report with these measures in its plan."""
    return "\n".join(
        (
            "一、过去一年工作回顾",
            "过去一年，全区经济稳步增长。",
            f"二、{year}年工作安排",
            *measures,
            "各位代表，让我们团结奋斗！",
        )
    )


YEARS = [
    (2032, outline(report(2032, "加装电梯200部。", "新建学校2所。"))),
    (2030, outline(report(2030, "启动老楼加装电梯试点，完成加装电梯20部。"))),
    (2031, outline(report(2031, "建设公园3处。"))),
]


def test_mentions_come_oldest_first_with_their_numbers():
    mentions = follow(YEARS, "加装电梯")
    assert [(m.year, m.targets[0].value, m.targets[0].unit) for m in mentions] == [
        (2030, "20", "部"),
        (2032, "200", "部"),
    ]
    assert {m.passage.part for m in mentions} == {Part.PLAN}


def test_all_words_must_stand_in_the_sentence():
    assert [m.year for m in follow(YEARS, "电梯 试点")] == [2030]
    assert follow(YEARS, "电梯 公园") == []


def test_script_and_width_of_the_words_do_not_matter():
    assert [m.year for m in follow(YEARS, "電梯")] == [2030, 2032]
    assert follow(YEARS, "　") == []


def test_numbers_are_given_in_the_script_and_width_of_the_report():
    (mention,) = follow([(2030, outline(report(2030, "新增機動車停車位１．５萬個。")))], "停车位")
    assert [(t.name, t.value, t.unit) for t in mention.targets] == [("機動車停車位", "１．５萬", "個")]
