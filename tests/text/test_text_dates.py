"""The day of publication, and no other."""

from datetime import date

import pytest

from crawler.text.dates import day_of, in_closing, in_lines, in_url


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023-4-13 19:35:56", date(2023, 4, 13)),
        ("2024年1月11日", date(2024, 1, 11)),
        ("2021.02.20", date(2021, 2, 20)),
        ("二〇二三年一月四日", date(2023, 1, 4)),
        ("二O一O年十二月二十一日", date(2010, 12, 21)),
        ("二零二二年十月十日", date(2022, 10, 10)),
        ("2023-02-30", None),
        ("第12345678号", None),
    ],
)
def test_days_are_read_as_they_are_written(text, day):
    assert day_of(text) == day


@pytest.mark.parametrize(
    ("lines", "day"),
    [
        (["日期：2021-03-03 16:10 来源：区政府办公室 打印页面"], date(2021, 3, 3)),
        (["发表于 2023-4-13 19:35:56 | 只看该作者"], date(2023, 4, 13)),
        (["[发布日期]", "2024-02-01"], date(2024, 2, 1)),
        (["时间:2023-03-16 作者:某某 阅读:644"], date(2023, 3, 16)),
        (["云水区政府工作报告", "2024年1月11日"], date(2024, 1, 11)),
        (["2024-01-29 09:12:45来源：云水日报作者："], date(2024, 1, 29)),
        (["——2024年1月4日在云水区第五届人民代表大会第四次会议上"], None),
        (["云水区政府工作报告（2024年1月4日）"], None),
        (["今天是2026年1月1日 星期四"], None),
        (["[成文日期] 2020-01-15"], None),
        (["Copyright 2010-01-01 版权所有"], None),
        ([], None),
    ],
)
def test_only_the_day_of_publication_counts(lines, day):
    assert in_lines(lines) == day


def test_a_label_wins_over_a_bare_stamp():
    assert in_lines(["2020年1月1日", "发布时间：2024-02-01"]) == date(2024, 2, 1)


def test_a_forum_may_sign_below_the_text():
    assert in_closing(["为建设美好云水而奋斗！", "发表于 2004年12月27日 12:40"]) == date(2004, 12, 27)


def test_a_bare_time_below_the_text_is_not_enough():
    assert in_closing(["会议时间：2024年1月4日"]) is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://example.gov.cn/gongkai/202102/t20210201_2249908.html", date(2021, 2, 1)),
        ("https://example.gov.cn/art/2022/9/21/art_10543_414539.html", date(2022, 9, 21)),
        ("https://example.cn/html/2025-01/08/content_208929.htm", date(2025, 1, 8)),
        ("https://example.com/archives/5440.html", None),
        ("https://example.gov.cn/forum.php?tid=69566", None),
    ],
)
def test_an_address_may_hold_the_day(url, day):
    assert in_url(url) == day
