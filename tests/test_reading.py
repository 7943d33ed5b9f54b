"""From bytes to a reading: pages, dumps and documents, one or several."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.reader import READER
from crawler.reading import page_of_file, read
from storage.errors import ReadError
from storage.values import Page, Verdict

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
HEAD = [
    "政府工作报告",
    "——2024年1月4日在云水区第五届人民代表大会第四次会议上",
    "云水区人民政府区长 文 献",
    "各位代表：",
]
PARAGRAPHS = [
    f"{n}、全面完成第{n}项重点任务，新增公园绿地{k}公顷，改造老旧小区{k}个，新建学校{k}所，群众满意度持续提升。"
    for k, n in enumerate("一二三四五六七八九十", 2)
]


def html(lines: list[str], extra: str = "") -> bytes:
    title = "<title>(云水市)云水区政府工作报告(2024年1月4日)_某某网</title>"
    menu = "<div class='top-toggle'><a href='/'>导航菜单</a></div>"
    heading = "<h2>(云水市)云水区政府工作报告(2024年1月4日)</h2>"
    heading += "<div class='info'>时间:2024-01-11 10:21 来源:本站 点击:次</div>"
    body = "<div class='content'>" + "".join(f"<p>　　{line}</p>" for line in lines) + "</div>"
    pager = "<div class='dede_pages'><ul><li>共3页:</li><li><a>上一页</a></li><li>1</li><li><a>2</a></li></ul></div>"
    notice = "<div class='disclaim'><p>本文仅代表作者观点，不代表本站立场。未经许可，不得转载。</p></div>"
    return f"<html><head>{title}</head><body>{menu}{heading}{extra}{body}{pager}{notice}</body></html>".encode()


def page(body: bytes, url: str = "https://example.com/baogao/9638.html", kind: str = "text/html") -> Page:
    return Page(url, WHEN, body, content_type=kind)


def test_a_page_is_read_with_title_day_and_script():
    reading = read([page(html([*HEAD, *PARAGRAPHS]))])
    assert reading.text.split("\n") == [*HEAD, *PARAGRAPHS]
    assert reading.title == "(云水市)云水区政府工作报告(2024年1月4日)"
    assert str(reading.published_on) == "2024-01-11"
    assert (reading.script, reading.encoding, reading.verdict, reading.reader) == ("hans", "utf-8", Verdict.OK, READER)


def test_the_pages_of_an_article_become_one_text_without_repeated_heads():
    abstract = "<div class='abstract'>内容摘要：全面完成第一项重点任务。</div>"
    bodies = [html([*HEAD, *PARAGRAPHS[:4]]), html([*HEAD[:2], *PARAGRAPHS[4:8]], abstract), html(PARAGRAPHS[8:])]
    reading = read([page(body, f"https://example.com/9638_{n}.html") for n, body in enumerate(bodies, 1)])
    assert reading.text.split("\n") == [*HEAD, *PARAGRAPHS]
    assert reading.url == "https://example.com/9638_1.html"


def test_every_page_of_an_article_may_repeat_a_numbered_title_and_an_abstract_in_its_text():
    title = "(云水市)云水区政府工作报告(2024年1月4日)"
    abstract = "内容摘要：" + "".join([*HEAD, *PARAGRAPHS])[:120] + "……"
    parts = ([*HEAD, *PARAGRAPHS[:4]], PARAGRAPHS[4:8], PARAGRAPHS[8:])
    bodies = [html([f"{title}({n})", abstract, *part]) for n, part in enumerate(parts, 1)]
    reading = read([page(body, f"https://example.com/9638_{n}.html") for n, body in enumerate(bodies, 1)])
    assert reading.text.split("\n") == [f"{title}(1)", *HEAD, *PARAGRAPHS]


def test_a_dump_on_one_line_has_its_paragraphs_again():
    rows = [
        f"{n}、全面完成第{n}项任务。{'新增公园绿地，改造老旧小区，群众满意度持续提升。' * 12}"
        for n in "一二三四五六七八"
    ]
    reading = read([page(dump(["".join(rows)]), kind="text/plain")])
    assert reading.text.split("\n") == rows


def test_a_sentence_over_two_pages_is_one_sentence():
    first, second = PARAGRAPHS[3] + PARAGRAPHS[4][:45], PARAGRAPHS[4][45:]
    reading = read([page(html([*HEAD, *PARAGRAPHS[:3], first])), page(html([second, *PARAGRAPHS[5:]]))])
    assert first + second in reading.text.split("\n")


def test_one_page_of_several_that_failed_is_named():
    reading = read([page(html([*HEAD, *PARAGRAPHS])), page(b"<html><body>403 Forbidden</body></html>")])
    assert reading.verdict == Verdict.BLOCKED
    assert reading.why.startswith("page 2 of 2")
    assert PARAGRAPHS[0] in reading.text


def dump(lines: list[str]) -> bytes:
    above = [
        "设为首页收藏本站",
        "查看: 766|回复: 0",
        "[北京] 2023年云水区政府工作报告",
        "[复制链接]",
        "TA的每日心情",
        "奋斗",
    ]
    above += [
        "3 天前",
        "签到天数: 751 天",
        "1万",
        "主题",
        "积分",
        "152068",
        "发表于 2023-4-13 19:35:56 | 显示全部楼层 |阅读模式",
    ]
    below = [
        "您需要登录后才可以回帖 登录 | 立即注册",
        "本版积分规则",
        "客服中心",
        "Powered by Discuz! X3.4",
        "快速回复 返回顶部 返回列表",
    ]
    return "\n".join([*above, "", *lines, "", *below]).encode()


def test_a_dump_of_a_forum_page_is_trimmed_like_the_page():
    reading = read([page(dump([*HEAD, *PARAGRAPHS]), kind="text/plain")])
    assert reading.text.split("\n") == [*HEAD, *PARAGRAPHS]
    assert str(reading.published_on) == "2023-04-13"
    assert reading.title == "2023年云水区政府工作报告"


def test_a_dump_that_begins_with_a_damaged_comment_is_no_markup():
    before = b"<!--\n   ->\n"
    reading = read([page(before + dump([*HEAD, *PARAGRAPHS]) + b"\n-->\n", kind="text/plain")])
    assert reading.text.split("\n")[-len(PARAGRAPHS) :] == PARAGRAPHS


def test_a_dump_that_repeats_its_page_is_read_once():
    reading = read([page(dump([*HEAD, *PARAGRAPHS]) + b"\n" + dump([*HEAD, *PARAGRAPHS]), kind="text/plain")])
    assert reading.text.count(PARAGRAPHS[0]) == 1


def test_no_page_is_no_reading():
    with pytest.raises(ValueError, match="no page"):
        read([])


def test_a_file_becomes_a_page_by_its_suffix(tmp_path):
    file = tmp_path / "report.txt"
    file.write_bytes(dump([*HEAD, *PARAGRAPHS]))
    found = page_of_file(file, None)
    assert found.content_type == "text/plain"
    assert found.url == file.as_uri()
    assert found.fetched_at.tzinfo is not None
    assert page_of_file(file, "https://example.com/1").url == "https://example.com/1"


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(OSError, match="missing"):
        page_of_file(tmp_path / "missing.html", None)


def test_a_file_beyond_the_cap_is_refused_by_its_size(tmp_path):
    file = tmp_path / "large.pdf"
    with file.open("wb") as out:
        out.truncate(64 * 1024 * 1024 + 1)
    with pytest.raises(ReadError, match="at most"):
        page_of_file(file, None)


@pytest.mark.parametrize("head", [b"%PDF-1.4 broken", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken"])
def test_a_broken_document_gets_a_verdict(head):
    reading = read([page(head)])
    assert reading.verdict == Verdict.UNREADABLE
    assert reading.text == ""


@given(st.binary(max_size=500), st.sampled_from(["text/html", "text/plain", "", "text/html; charset=gbk"]))
@settings(deadline=None, max_examples=60)
def test_no_bytes_raise_and_the_same_bytes_read_the_same(body, kind):
    assert read([page(body, kind=kind)]) == read([page(body, kind=kind)])


@given(st.integers(0, 40), st.integers(0, 3000), st.binary(max_size=20))
@settings(deadline=None, max_examples=60)
def test_a_wounded_page_is_still_a_reading(cut, at, wound):
    body = html([*HEAD, *PARAGRAPHS])
    reading = read([page(body[:at] + wound + body[at + cut :])])
    assert isinstance(reading.verdict, Verdict)


@pytest.mark.corpus
def test_the_seeds_are_read_as_expected(shared: Path):
    faults = []
    for name, expected in json.loads((shared / "seeds/expected.json").read_text("utf-8")).items():
        reading = read([page_of_file(shared / "seeds" / name, None)])
        faults += [(name, word) for word in expected.get("must_not_contain", []) if word in reading.text]
        faults += [(name, key) for key in ("script",) if getattr(reading, key) != expected[key]]
        if "published_on" in expected and str(reading.published_on) != expected["published_on"]:
            faults.append((name, "published_on"))
        if not reading.text.startswith(expected.get("first_line", "")):
            faults.append((name, "first_line"))
        if not reading.text.endswith(expected.get("last_line_ends", "")):
            faults.append((name, "last_line_ends"))
        mended = {**expected.get("repaired", {}), **expected.get("lost_characters", {})}
        faults += [(name, after) for after in mended.values() if after not in reading.text]
    assert faults == []
