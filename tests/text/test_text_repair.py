"""What is damaged comes back, and what is sound stays as it is."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.text.beam import char_of
from crawler.text.repair import SHIFTED, repair

SOUND = [
    "——2024年1月4日在云水区第五届人民代表大会第四次会议上",
    "一、2023年工作回顾",
    "（一）坚持创新驱动，高质量发展迈出新步伐",
    "地区生产总值增长5.5%左右，城镇调查失业率控制在5%以内，居民收入增长和经济增长同步。",
    "难道这样的问题就解决不了吗？当然不是！我们有信心、有决心做好“六保”工作。",
    "A & B公司投资3亿元（AT&T参与），建成R&D中心1个。",
    "政 府 工 作 报 告",
    "区长 文 献",
]


def broken(line: str, mark: bytes) -> str:
    """A line in which a program has replaced a mark byte by byte at the first place where it crosses characters."""
    body = line.encode("gbk")
    starts, at = set(), 0
    while at < len(body):
        starts.add(at)
        at += 2 if body[at] >= 0x81 else 1
    hit = next(i for i in range(1, len(body)) if body[i : i + 2] == mark and i not in starts and body[i - 1] >= 0x81)
    return loosely(body[: hit - 1]) + "?" + mark.decode("gbk") + loosely(body[hit + 2 :])


def loosely(body: bytes) -> str:
    """Bytes as a careless decoder of GBK reads them: undefined and private pairs are dropped."""
    text, at = "", 0
    while at < len(body):
        if body[at] < 0x80:
            text, at = text + chr(body[at]), at + 1
        elif at + 1 == len(body) or body[at + 1] < 0x40:
            text, at = text + "?", at + 1
        else:
            text, at = text + (char_of(body[at], body[at + 1]) or ""), at + 2
    return text


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("堅決做好“六保”工作，較好完成了全年任務。", b"\xa3\xa1"),
        ("確保“十四五”開好局、起好步，以優異成績。", b"\xa3\xa1"),
        ("加強交通運輸、特種設備、危化品和人員密集場所安全監管。", b"\xa3\xbb"),
    ],
)
def test_a_run_of_shifted_gbk_comes_back(line, mark):
    damaged = broken(line, mark)
    assert damaged != line
    lines, mends = repair([damaged, "推進經濟社會發展，保障和改善民生，完成各項任務。"])
    assert lines[0] == line
    assert {mend.how for mend in mends} == {SHIFTED}


def test_a_shifted_heading_comes_back_with_its_number():
    headings = ["一、2020年工作回顧", "（一）統籌推進疫情防控", "（二）聚焦重點持續用力"]
    lines, _ = repair([*headings, "?。ㄈ┯煤谩皟蓞^”建設機遇,全力推動產業發展"])
    assert lines[-1].startswith("（三）用好“兩區”建設機遇")


def test_a_clean_text_comes_back_untouched():
    assert repair(SOUND, spread=True) == (SOUND, ())


def test_a_text_full_of_lost_characters_is_not_mended_by_guessing():
    lines = ["?持以習近平新時代中?特色社?主?思想?指?，全?完成各?任?。" * 3 + "提升??持以?水平"]
    assert repair(lines) == (lines, ())


@pytest.mark.parametrize(
    ("damaged", "sound"),
    [
        ("⼯业和⺠生", "工业和民生"),
        ("政府\u200b工作\ufeff报告", "政府工作报告"),
        ("工作報(bào)告，各區(qū)縣(xiàn)", "工作報告，各區縣"),
        ("实现“&ldqu o;两个确保&rdquo ;”", "实现““两个确保””"),
        ("新增就业5.2&nbsp;万人，R&amp;D投入增长", "新增就业5.2\xa0万人，R&D投入增长"),
        ("实现&#x201 C;两个确保& rdquo；", "实现“两个确保”"),
        ("政府\x00工作\x0b报告\ufffe", "政府工作报告"),
        ("æ”¿åº\x9cå·¥ä½\x9cæŠ¥å‘Š", "政府工作报告"),
        ("Õþ¸®¹¤×÷±¨¸æ", "政府工作报告"),
        ("⽀持⺠营经济，⻓期向好，⻘年创业", "支持民营经济，长期向好，青年创业"),
    ],
)
def test_small_damage_is_mended_and_recorded(damaged, sound):
    lines, mends = repair([damaged])
    assert lines == [sound]
    assert len(mends) == 1


def test_a_line_of_utf8_read_as_gbk_comes_back():
    line = "全面推进乡村振兴，加快农业农村现代化"
    wrong = line.encode("utf-8").decode("gb18030", "replace")
    lines, mends = repair([wrong])
    assert lines[0][:6] == line[:6]
    assert mends


def test_spaces_between_all_characters_go_in_dumps_only():
    line = "全 面 推 进 乡 村 振 兴 ， 加 快 农 业 农 村 现 代 化"
    assert repair([line], spread=True)[0] == ["全面推进乡村振兴，加快农业农村现代化"]
    assert repair([line])[0] == [line]


WRAPPED = [
    "各位代表：现在，我代表区人民政府，向大会报告政府工作，请予",
    "审议，并请区政协各位委员提出意见。",
    "一、过去一年工作回顾",
    *[
        "过去一年，全区上下坚持稳中求进工作总基调，统筹推进各项工作",
        "任务，全年实现地区生产总值增长百分之五，财政收入稳步增长，",
        "居民人均可支配收入与经济增长基本同步，较好完成了各项任务。",
    ]
    * 3,
]


def test_line_breaks_inside_sentences_go_in_dumps_only():
    lines, mends = repair(WRAPPED, spread=True)
    assert lines[0].endswith("请予审议，并请区政协各位委员提出意见。")
    assert lines[1] == WRAPPED[2]
    assert "各项工作任务，全年" in lines[2]
    assert [mend.how for mend in mends] == ["line breaks inside sentences"] * (len(lines) - 1)
    assert repair(WRAPPED)[0] == WRAPPED


def test_lines_of_a_page_are_no_broken_sentences():
    page = ["全区经济社会发展取得新成效" + "，各项任务全面完成" * n + "。" for n in range(16)]
    assert repair(page, spread=True) == (page, ())


@pytest.mark.parametrize("line", ["推动经济■■发展", "推动经\ufffd发展", "推动经\ue123发展", "新建□□学校，完成"])
def test_what_is_lost_is_marked_and_stays(line):
    lines, (mark,) = repair([line])
    assert lines == [line]
    assert mark.before == mark.after
    assert mark.sure == 0


def test_half_a_surrogate_pair_is_a_lost_character():
    lines, mends = repair(["推动\ud842发展"])
    assert lines == ["推动\ufffd发展"]
    assert [mend.sure for mend in mends] == [1.0, 0.0]


@pytest.mark.parametrize("line", ["■ 推动经济发展", "□是 □否", "力争R&amp;D经费增长8%", "完整企业网络。\u200c"])
def test_bullets_boxes_and_harmless_marks_are_no_damage(line):
    assert repair([line]) == ([line], ())


def test_a_mend_says_how_sure_it_is():
    damaged = broken("堅決做好“六保”工作，較好完成了全年任務。", b"\xa3\xa1")
    _, (mend,) = repair([damaged, "推進經濟社會發展，保障和改善民生，完成各項任務。"])
    assert 0.5 < mend.sure <= 1


def test_pinyin_in_a_clean_text_is_left_alone_without_tones():
    assert repair(["地区生产总值(gdp)增长"])[0] == ["地区生产总值(gdp)增长"]


@given(st.lists(st.text(max_size=80), max_size=6))
def test_repairing_never_raises(lines):
    repaired, _ = repair(lines, spread=True)
    assert len(repaired) <= len(lines)


@given(st.lists(st.sampled_from(SOUND), max_size=8))
def test_sound_lines_in_any_order_stay_as_they_are(lines):
    assert repair(lines, spread=True) == (lines, ())


@given(st.lists(st.text(max_size=60) | st.sampled_from(SOUND), max_size=6))
def test_what_was_repaired_needs_no_repair(lines):
    once, _ = repair(lines)
    twice, mends = repair(once)
    assert twice == once
    assert all(mend.sure == 0 for mend in mends)


@pytest.mark.corpus
def test_the_reports_of_provinces_and_of_hailar_stay_as_they_are(shared: Path):
    files = sorted([*shared.glob("corpus/prov/*/*.txt"), *shared.glob("corpus/hailar/*.txt")])
    assert len(files) == 70
    for file in files:
        lines = [line for line in file.read_text("utf-8").splitlines() if line.strip()]
        assert repair(lines, spread=True) == (lines, ()), file.stem
