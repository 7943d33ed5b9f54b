"""A page gives back exactly the lines it was built from."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.text.extract import extract

BODY = [
    "——2024年1月4日在云水区第五届人民代表大会第四次会议上",
    "云水区人民政府区长 文 献",
    "各位代表：",
    "现在，我代表云水区人民政府，向大会报告政府工作，请予审议，并请区政协各位委员提出意见。",
    "一、2023年工作回顾",
    "过去一年，全区上下凝心聚力、攻坚克难，地区生产总值增长6.1%，城乡居民收入稳步增长，民生福祉持续改善。",
    "（一）坚持创新驱动，发展动能更加强劲",
    "新增高新技术企业86家，建成孵化基地4个；云水河科创走廊开工，引进项目31个，到位资金42亿元。",
    "——环境更加宜居。空气优良天数达到298天，完成造林2.3万亩，建成口袋公园12处，河湖水质全部达标。",
    "二、2024年重点任务",
    "今年经济社会发展主要预期目标是：地区生产总值增长6%左右，一般公共预算收入增长5%，居民收入与经济同步增长。",
    "（一）全力稳增长、促转型",
    "实施项目攻坚行动，安排重点项目120个，年度投资180亿元；开展消费提振活动，新增限上商贸企业20家。",
    "各位代表！蓝图已经绘就，奋斗正当其时。让我们团结一心、真抓实干，为建设美好云水而努力奋斗！",
]
NAV = "<div class='header'><a href='/'>首页</a><a href='/a'>政务公开</a><a href='/b'>互动交流</a></div>"
CRUMBS = "<div class='position'>您当前所在的位置：<a href='/'>首页</a> > <a href='/x'>政府工作报告</a></div>"
FOOT = "<div class='bottom'>主办：云水区人民政府办公室　网站标识码：1101990001　某ICP备00000000号</div>"
RELATED = "<div><h4>相关信息</h4><ul><li><a href='/1'>一图读懂2024年云水区政府工作报告</a></li></ul></div>"


def page(inner: str) -> str:
    """A page of a portal around a body."""
    head = "<head><title>2024年云水区政府工作报告_云水区人民政府</title></head>"
    title = "<h1>2024年云水区政府工作报告</h1><p>日期：2024-01-22 16:10　来源：区政府办公室　<a href='#'>打印</a></p>"
    return f"<html>{head}<body>{NAV}{CRUMBS}<div class='main'>{title}{inner}{RELATED}</div>{FOOT}</body></html>"


def paragraphs(lines: list[str]) -> str:
    return "<div id='zoom'>" + "".join(f"<p>　　{line}</p>" for line in lines) + "</div>"


LAYOUTS = {
    "paragraphs in a known container": paragraphs,
    "paragraphs in an unknown one": lambda lines: "<div>" + "".join(f"<p>{line}</p>\n" for line in lines) + "</div>",
    "line breaks": lambda lines: "<div class='content'>" + "<br>".join(lines) + "</div>",
    "doubled line breaks": lambda lines: "<td>" + "<br/><br/>\n　　".join(lines) + "</td>",
    "a layout table": lambda lines: "<table>" + "".join(f"<tr><td>{line}</td></tr>" for line in lines) + "</table>",
    "Word's markup": lambda lines: (
        "<div class='TRS_Editor'>"
        + "".join(f"<p class='MsoNormal'><span>{x[:5]}<span lang='EN-US'>{x[5:]}</span></span></p>" for x in lines)
        + "</div>"
    ),
    "indents of the source": lambda lines: "<div id='content'>\n　　" + "\n　　".join(lines) + "</div>",
    "one block with ideographic spaces": lambda lines: "<p>　　" + "　　".join(lines) + "</p>",
    "a Discuz post": lambda lines: (
        "<table><tr><td class='pls'>积分 90 <p>签到天数: 7 天</p></td><td>"
        "<em id='authorposton7'>发表于 2024-2-3 10:11:12</em><table><tr><td class='t_f' id='postmessage_7'>"
        "<i class='pstatus'> 本帖最后由 某人 于 2024-2-4 编辑 </i><br>"
        + "<br>\n".join(lines)
        + "</td></tr></table></td></tr></table>"
        + "<table><tr><td class='t_f' id='postmessage_8'>感谢楼主分享，写得真好！</td></tr></table>"
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS, ids=list(LAYOUTS))
def test_every_layout_gives_the_same_lines(layout):
    found = extract(page(LAYOUTS[layout](BODY)))
    lines = found.lines
    assert [line for line in lines if line != found.title] == BODY


def test_title_and_day_come_from_the_page():
    found = extract(page(paragraphs(BODY)))
    assert found.title == "2024年云水区政府工作报告"
    assert str(found.published_on) == "2024-01-22"


def test_a_wrapped_source_line_is_one_line_again():
    wrapped = [line[:20] + "\n" + line[20:] for line in BODY]
    assert extract(page(paragraphs(wrapped))).lines == BODY


@pytest.mark.parametrize(
    "junk",
    [
        "<div class='ad-inline'><p>【广告】写作素材库，限时优惠，点击领取！</p></div>",
        "<p style='display:none'>隐藏的文字，复制时才看得见。</p>",
        "<span class='jammer'>q8j$%2</span>",
        "<script>document.write('点击查看更多精彩内容。')</script>",
    ],
)
def test_junk_inside_the_body_is_left_out(junk):
    inner = "<div id='zoom'>" + junk.join(f"<p>{line}</p>" for line in BODY) + "</div>"
    assert extract(page(inner)).lines == BODY


def test_the_rows_of_a_data_table_stay_rows():
    table = "<table>" + "".join(f"<tr><td>指标{n}</td><td>{n}%</td></tr>" for n in range(3)) + "</table>"
    lines = extract(page(paragraphs([*BODY[:8], table, *BODY[8:]]))).lines
    assert "指标1 1%" in lines


def test_a_report_that_asks_questions_in_links_keeps_them():
    linked = [f"<a href='/t'>{BODY[5][:6]}</a>{BODY[5][6:]}" if line == BODY[5] else line for line in BODY]
    assert extract(page(paragraphs(linked))).lines == BODY


def test_entities_in_json_ld_are_a_body_of_last_resort():
    script = (
        '<script type="application/ld+json">{"@type":"NewsArticle","articleBody":"' + "。".join(BODY) + '"}</script>'
    )
    found = extract(f"<html><head>{script}</head><body><div id='app'></div></body></html>")
    assert "地区生产总值增长6.1%" in "".join(found.lines)


WORDS = st.text(alphabet="云水河山人民政府工作发展建设新增项目，。；1234567890", min_size=30, max_size=90)


@given(st.lists(WORDS.map(lambda text: "今年" + text + "完成。"), min_size=12, max_size=30))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_known_lines_come_back_exactly(lines):
    assert extract(page(paragraphs(lines))).lines == lines


@given(st.text(max_size=600))
@settings(deadline=None, max_examples=50)
def test_no_text_raises(text):
    extract(text)
    extract(f"<html><body><div>{text}</div></body></html>")


@pytest.mark.parametrize("tag", ["<div>", "<table><tr><td>", "<font>", "<a href=x>", "<ul><li>"])
def test_very_deep_pages_are_read(tag):
    assert BODY[7] in extract(tag * 3000 + "".join(f"<p>{line}</p>" for line in BODY)).lines
