"""What the reprints of the sample do to a report."""

from crawler.sample import alter
from crawler.sample.digest import shortened
from crawler.sample.documents import chinese
from crawler.sample.library import read_library
from crawler.sample.pages import chunks, is_heading
from crawler.sample.traditional import out_of_step, traditional, with_pinyin

LONG = "加快建设滨水步道，沿线新增驿站三十六处，" * 5


def test_years_are_masked_in_headings_only():
    lines = ("一、2024年工作回顾", "2024年，全区上下同心。")
    assert alter.mask_years(lines) == ("一、20xx年工作回顾", "2024年，全区上下同心。")


def test_every_third_line_with_a_percent_sign_loses_it():
    lines = ("增长1%。", "没有", "增长2%。", "增长3.5%左右。")
    assert alter.strip_percent(lines) == ("增长1%。", "没有", "增长2%。", "增长3.5左右。")


def test_a_count_is_masked():
    assert alter.mask_numbers(["新建36处。"] * 4)[-1] == "新建**处。"


def test_a_character_is_lost_in_the_middle_of_a_long_line():
    lost = alter.drop_characters([LONG], every=1)[0]
    assert len(lost) == len(LONG) - 1


def test_tokens_are_added_to_long_lines():
    assert alter.add_tokens([LONG, "短"], "q8j", every=1) == (LONG + "q8j", "短")


def test_the_head_is_taken_off_at_the_salutation():
    assert alter.without_head(["政府工作报告", "——某日在某会上", "各位代表：", "现在"]) == ("各位代表：", "现在")
    assert alter.without_head(["没有称呼"]) == ("没有称呼",)


def test_a_cut_keeps_whole_lines_of_the_beginning():
    assert alter.cut(["一二三四", "五六七八", "九十"], 0.5) == ("一二三四", "五六七八")


def test_script_is_converted_by_character_or_by_word():
    assert traditional("经济质量") == "經濟質量"
    assert "專案" in traditional("签约项目", "s2twp")


def test_pinyin_is_glued_to_some_characters():
    assert with_pinyin("報會報會", every=2) == "報會(huì)報會(huì)"


def test_gbk_pairs_fall_out_of_step_as_on_real_clones():
    assert out_of_step("　（一）統籌推進") == "?。ㄒ唬┙y籌推進"


def test_a_few_lines_of_a_real_text_are_damaged_and_the_rest_is_whole():
    report = next(r for r in read_library().reports if r.place.code == "990102")
    before = traditional("\n".join(report.lines)).split("\n")
    after = out_of_step("\n".join(before)).split("\n")
    assert 1 <= sum(old != new for old, new in zip(before, after, strict=True)) <= 4


def test_a_sentence_is_shortened_at_a_comma():
    assert shortened("建设步道，种树，" + "修桥" * 30 + "。后面。") == "建设步道，种树。"


def test_pages_end_with_whole_lines():
    assert chunks(["一二三", "四五六", "七"], 4) == (("一二三", "四五六"), ("七",))


def test_headings_are_numbered_short_and_without_a_full_stop():
    assert is_heading("一、2024年工作回顾")
    assert is_heading("第一部分　2024年工作回顾")
    assert is_heading("（三）守好平安底线")
    assert not is_heading("一、会议指出，要抓好落实。")


def test_dates_are_written_without_zero_padding():
    assert chinese(read_library().reports[0].meeting_on).startswith("2026年1月")
