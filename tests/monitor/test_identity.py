"""Which report a text is: invented heads with the traps of real ones, then the real ones where they are kept."""

import csv
import json
from datetime import date

import pytest
from opencc import OpenCC

from monitor.identity import identify, identify_text, session_told
from monitor.places import NATION, learn
from storage.values import Kind, Place, Reading, Verdict

learn(
    [
        Place("990000", "云岭市", "云岭"),
        Place("990101", "云岭市澜汀区", "澜汀"),
        Place("990102", "云岭市砚溪区", "砚溪"),
    ]
)
SALUTE = "各位代表：\n现在，我代表区人民政府向大会报告工作，请予审议，并请区政协委员提出意见。"
BODY = "\n".join(
    [
        "一、2024年工作回顾",
        *["一年来，我们新建了学校，修好了道路，群众得到了实惠，投资同比增长了百分之五。"] * 60,
        "二、2025年主要任务",
        *["今年要加快建设新校，推进修路，加强治理，力争投资增长百分之六以上，实施好民生实事。"] * 60,
        "各位代表！让我们更加紧密地团结起来，为建设美丽澜汀而努力奋斗！",
    ]
)
LINE = "——2025年1月8日在云岭市澜汀区第五届人民代表大会第四次会议上"


def of(*lines, url="", title=None):
    return identify_text("\n".join(lines), url, title)


def test_a_whole_report_is_known_by_place_and_meeting():
    found = of("政府工作报告", LINE, "云岭市澜汀区人民政府区长 王 强", SALUTE, BODY)
    assert (found.kind, found.whole, found.inferred) == (Kind.REPORT, True, ())
    assert found.place == Place("990101", "云岭市澜汀区", "澜汀")
    assert (found.meeting_on, found.year) == (date(2025, 1, 8), 2025)
    assert (found.session, found.speaker) == ("澜汀区第五届人民代表大会第四次会议", "王强")


def test_a_traditional_copy_is_the_same_report():
    lines = ("政府工作报告", LINE, "澜汀区人民政府区长 王强", SALUTE, BODY)
    assert of(*map(OpenCC("s2t").convert, lines)) == of(*lines)


@pytest.mark.parametrize(
    "line",
    [
        "--2025年1月8日在澜汀区第五届人民代表大会第四次会议上",
        "2025年1月8日在澜汀区第五届人民代表大会第四次会议上的报告",
        "——在2025年1月8日在澜汀区第五届人民代表大会第四次会议上",
        "——２０２５年１月８日在澜汀区第五届\n人民代表大会第四次会议上",
        "——2 0 2 5 年1 月8 日在澜汀区第五届人民代表大会第四次会议上",
        "——二○二五年一月八日在澜汀区第五届人民代表大会第四次会议上",
        "——二O二五年一月八日在澜汀区第五届人民代表大会第四次会议上",
        "2025年1月8日王强区长在澜汀区第五届人民代表大会第四次会议的政府工作报告",
        "——2025年1月8日区长王强在澜汀区第五届人民代表大会第四次会议上的讲话",
        "——2025年1月8日和9日在澜汀区第五届人民代表大会第四次会议上",
    ],
)
def test_the_meetings_day_is_read_however_the_line_is_written(line):
    found = of("政府工作报告", *line.split("\n"), SALUTE, BODY)
    assert (found.meeting_on, found.inferred) == (date(2025, 1, 8), ())
    assert found.session == "澜汀区第五届人民代表大会第四次会议"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("澜汀区人民政府代区长  王强", "王强"),
        ("区长王强", "王强"),
        ("自治区主席 艾力·吐尔逊", "艾力·吐尔逊"),
        ("云岭市市长 欧阳 明 月", "欧阳明月"),
        ("澜汀区人民政府区长", None),
    ],
)
def test_the_speakers_name_loses_its_inner_spaces_and_may_be_missing(line, name):
    assert of("政府工作报告", LINE, line, SALUTE, BODY).speaker == name


def test_a_december_meeting_opens_the_next_years_report():
    line = "——2021年12月15日在澜汀区第五届人民代表大会第一次会议上"
    body = BODY.replace("2025年", "2022年").replace("2024年", "2021年")
    assert of("政府工作报告", line, SALUTE, body).year == 2022
    found = of("政府工作报告", line, SALUTE)
    assert (found.year, found.inferred) == (2022, ("year",))


def test_a_title_of_a_wrong_year_does_not_outweigh_the_meeting():
    assert of("解读2020年澜汀区政府工作报告全文", LINE, SALUTE, BODY).year == 2025


def test_a_damaged_day_is_concluded_and_marked():
    found = of("政府工作报告", LINE.replace("2025年1月8日", "202518日"), SALUTE, BODY)
    assert (found.meeting_on, found.inferred) == (date(2025, 1, 8), ("meeting_on",))


def test_an_unreadable_day_is_unknown():
    found = of("政府工作报告", LINE.replace("2025年1月8日", "20xx年x月x日"), SALUTE, BODY)
    assert (found.meeting_on, found.year, found.inferred) == (None, 2025, ())


def test_dates_of_notice_and_publication_are_not_the_meetings():
    found = of(
        *("澜汀区人民政府关于印发2025年政府工作报告的通知", "日期：2025-02-09 10:30", "生成日期 2025年2月9日"),
        *(
            "各街道办事处：现将《政府工作报告》印发给你们。",
            "澜汀区人民政府 2025年2月1日",
            "政府工作报告",
            SALUTE,
            BODY,
        ),
    )
    assert (found.kind, found.year, found.meeting_on) == (Kind.REPORT, 2025, None)


def test_a_masked_session_is_unknown_and_an_extraordinary_one_keeps_its_name():
    assert of("政府工作报告", "——2025年1月8日在澜汀区第五届人民代表大会**次会议上", SALUTE, BODY).session is None
    found = of("政府工作报告", "——2011年1月8日在澜汀区人民代表大会（临时）第二次会议上", SALUTE, BODY)
    assert found.session == "澜汀区人民代表大会（临时）第二次会议"


def test_a_session_in_short_is_written_out():
    assert of("澜汀区五届人大四次会议政府工作报告", SALUTE, BODY).session == "澜汀区第五届人民代表大会第四次会议"


def test_namesakes_are_told_apart_by_the_host():
    lines = ("朝阳区十八届人大一次会议政府工作报告", "代区长 王强", SALUTE, BODY)
    assert of(*lines, url="http://chaoyang.changchun.gov.cn/zfgzbg/1.html").place.code == "220104"
    assert of(*lines, url="http://www.bjchy.gov.cn/affair/1.html").place.code == "110105"
    guessed = of(*lines)
    assert (guessed.place.code, guessed.inferred) == ("110105", ("place",))


def test_an_unknown_place_is_said_and_the_report_kept():
    found = of("政府工作报告", "——2025年1月8日在青砚郡第五届人民代表大会第四次会议上", SALUTE, BODY)
    assert (found.kind, found.place, found.session) == (Kind.REPORT, None, None)


def test_a_development_zone_is_not_the_city_it_lies_in():
    head = ("北京经济技术开发区管委会2022年度工作报告", "一、2022年工作", "二、2023年工作")
    assert of(*head, url="https://kfqgw.beijing.gov.cn/zwgkkfq/1.html").place is None


def test_a_later_pages_place_is_concluded_from_the_one_its_title_names():
    found = of(*BODY.split("\n")[30:], title="(云岭市)云岭市澜汀区 2025")
    assert (found.place.code, "place" in found.inferred) == ("990101", True)


def test_the_state_council_reports_for_the_nation():
    line = "——2025年3月5日在第十四届全国人民代表大会第三次会议上"
    found = of("政府工作报告", line, "国务院总理 李强", "各位代表：", "现在，我代表国务院，向大会报告政府工作。", BODY)
    assert (found.place, found.session, found.speaker) == (NATION, "第十四届全国人民代表大会第三次会议", "李强")


def test_a_first_page_of_several_is_not_whole():
    cut = BODY.split("二、2025年")[0]
    assert not of("政府工作报告", LINE, SALUTE, cut).whole
    assert of("政府工作报告", LINE, SALUTE, cut).kind is Kind.REPORT


def test_a_later_page_is_a_report_and_not_whole():
    found = of("（云岭市）澜汀区人民政府工作报告（2025年1月8日）", *BODY.split("\n")[30:])
    assert (found.kind, found.whole, found.meeting_on) == (Kind.REPORT, False, date(2025, 1, 8))


SPOKEN = "各位代表：\n我受区人大常委会委托，向大会报告工作，请予审议。"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"澜汀区人民代表大会常务委员会工作报告\n{LINE}\n{SPOKEN}", Kind.OTHER),
        (f"政协澜汀区委员会常务委员会工作报告\n{LINE}\n各位委员：\n我代表常务委员会报告工作，请予审议。", Kind.OTHER),
        (f"澜汀区人民法院工作报告\n{LINE}\n各位代表：\n现在，我代表区人民法院报告工作，请予审议。", Kind.OTHER),
        (
            f"关于澜汀区2024年国民经济和社会发展计划执行情况与2025年计划草案的报告\n{LINE}\n各位代表：\n受区人民政府委托，现将报告提请大会审议。",
            Kind.OTHER,
        ),
        (
            f"关于澜汀区2024年预算执行情况和2025年预算草案的报告\n{LINE}\n各位代表：\n受区政府委托，现将报告提请审议。",
            Kind.OTHER,
        ),
        (
            "澜汀区第五届人民代表大会第四次会议关于政府工作报告的决议\n会议审议了王强区长所作的《政府工作报告》，决定批准这个报告。",
            Kind.OTHER,
        ),
        ("2025年澜汀区政府工作报告重点任务分解表\n序号 任务 责任单位 进展情况", Kind.OTHER),
        ("2025年澜汀区政府工作报告重点工作全年完成情况\n序号 任务", Kind.OTHER),
        ("一图读懂2025年澜汀区政府工作报告\n新建学校2所", Kind.OTHER),
        ("本报讯（记者 李静）1月8日上午，澜汀区第五届人民代表大会第四次会议开幕。王强作政府工作报告。", Kind.OTHER),
        ("澜汀区代表热议政府工作报告\n区长王强所作的《政府工作报告》令人振奋。", Kind.OTHER),
        ("学校食堂招标公告\n澜汀区第二小学食堂公开招标。", Kind.OTHER),
        ("欢迎收听今天的报纸摘要\n总统今天访问邻国。", Kind.OTHER),
        ("新手攻略\n主要任务是练级。", Kind.OTHER),
        ("澜汀区政府工作报告摘登\n今年要办这些事\n◎新建2所学校", Kind.DIGEST),
        ("2025年澜汀区政府工作报告：加快修路，新建学校2所\n今年将加快修路。", Kind.DIGEST),
        ("1月8日，区长王强作政府工作报告，提出2025年主要任务。报告提出，要修路。", Kind.DIGEST),
        ("区长王强在区人代会上作区人民政府工作报告\n回顾2024年\n全区修了路。", Kind.DIGEST),
        ("2024年工作回顾\n2024年全区修了路。\n2025年主要任务\n要建桥。", Kind.DIGEST),
        ("云岭市各区2025年政府工作报告汇编\n目录", Kind.COMPILATION),
        ("澜汀区政府工作报告5篇\n小编整理了多篇报告", Kind.COMPILATION),
    ],
)
def test_what_is_no_report_is_not_taken_for_one(text, kind):
    assert identify_text(text).kind is kind


def test_two_reports_on_one_page_are_a_compilation():
    other = LINE.replace("澜汀", "砚溪").replace("1月8日", "1月9日")
    assert of("政府工作报告", LINE, SALUTE, BODY, "政府工作报告", other, SALUTE, BODY).kind is Kind.COMPILATION


def test_one_report_twice_on_a_page_is_no_compilation():
    assert of("政府工作报告", LINE, SALUTE, BODY, "政府工作报告", LINE, SALUTE, BODY).kind is Kind.REPORT


def test_a_reading_is_identified_by_its_title_too():
    text = f"{SALUTE}\n{BODY}"
    reading = Reading("https://example.com/1", Verdict.OK, "", "2025年澜汀区政府工作报告", text, "utf-8", "hans", 1)
    assert identify(reading).place == Place("990101", "云岭市澜汀区", "澜汀")


@pytest.mark.parametrize("head", [("政府工作报告", LINE, "云岭市澜汀区人民政府区长 王强"), ("政府工作报告",)])
def test_the_session_alone_is_the_one_that_the_identity_has(head):
    text = "\n".join([*head, SALUTE, BODY])
    reading = Reading("https://example.com/1", Verdict.OK, "", None, text, "utf-8", "hans", 1)
    named = session_told(reading)
    assert identify(reading).session == (f"澜汀区{named}" if named else None)
    assert named == ("第五届人民代表大会第四次会议" if LINE in head else None)


@pytest.mark.parametrize("text", ["", "\n\n", "。", "政府工作报告"])
def test_a_text_of_nothing_has_an_identity_that_knows_nothing(text):
    found = identify_text(text)
    assert (found.place, found.year, found.meeting_on, found.whole) == (None, None, None, False)


@pytest.mark.corpus
def test_real_openings_tell_place_meeting_and_kind(shared):
    with (shared / "corpus" / "heads.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    found = [(row, identify_text(row["head"], row["url"])) for row in rows]
    places = sum(bool(i.place) and i.place.name.endswith(row["place"].partition("+")[0]) for row, i in found)
    shown = [(row, i) for row, i in found if row["date_shown"] == "whole"]
    days = sum(str(i.meeting_on) == row["meeting_on"] and "meeting_on" not in i.inferred for row, i in shown)
    unmarked = [
        row for row, i in found if i.meeting_on and "meeting_on" not in i.inferred and row["date_shown"] != "whole"
    ]
    kinds = sum(i.kind == row["class"] for row, i in found)
    years = sum(str(i.year) == row["report_year"] for row, i in found)
    assert (len(rows), len(shown), unmarked) == (58, 31, [])
    measured = {"places": places, "days": days, "kinds": kinds, "years": years}
    floors = {"places": 58, "days": 31, "kinds": 57, "years": 49}
    assert {name: figure for name, figure in measured.items() if figure < floors[name]} == {}


@pytest.mark.corpus
def test_no_real_report_is_refused(shared):
    corpus = shared / "corpus"
    files = [*corpus.glob("prov/*/*.txt"), *corpus.glob("hailar/*.txt")]
    found = {file: identify_text(file.read_text("utf-8")) for file in files}
    assert len(files) == 70
    assert [f for f, i in found.items() if i.kind is not Kind.REPORT or not i.whole or i.inferred] == []
    assert [f for f, i in found.items() if not (i.place and i.meeting_on and i.session and i.speaker)] == []
    assert [f for f, i in found.items() if str(i.year) not in (f.parent.name, f.stem[-4:])] == []


@pytest.mark.corpus
@pytest.mark.slow
def test_no_copy_of_the_state_councils_reports_is_refused(shared):
    files = sorted((shared / "corpus" / "national").glob("*/*.txt"))[::3]
    found = {file: identify_text(file.read_text("utf-8", "replace")) for file in files}
    assert [f for f, i in found.items() if i.kind is not Kind.REPORT or i.place != NATION] == []
    assert [f for f, i in found.items() if i.year not in (None, int(f.parent.name))] == []


@pytest.mark.corpus
def test_the_seeds_are_understood(shared):
    expected = json.loads((shared / "seeds" / "expected.json").read_text("utf-8"))
    for name, wanted in expected.items():
        found = identify_text((shared / "seeds" / name).read_text("utf-8"))
        got = {
            "kind": found.kind,
            "whole": found.whole,
            "place": found.place and found.place.name,
            "code": found.place and found.place.code,
            "year": found.year,
            "meeting_on": found.meeting_on and str(found.meeting_on),
            "session": found.session,
            "speaker": found.speaker,
        }
        assert {k: got[k] for k in got.keys() & wanted.keys()} == {k: wanted[k] for k in got.keys() & wanted.keys()}, (
            name
        )
