"""What hostile pages hide, glue and mix into a text: a page for each."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from systems import SYSTEMS, page

from crawler.text.extract import extract

LINES = [
    "各位代表：",
    "现在，我代表云水区人民政府，向大会报告政府工作，请予审议，并请区政协委员提出意见。",
    "一、2023年工作回顾",
    "过去一年，全区上下凝心聚力、攻坚克难，地区生产总值增长6.1%，城乡居民收入稳步增长，民生福祉持续改善。",
    "（一）坚持创新驱动，发展动能更加强劲",
    "新增高新技术企业86家，建成孵化基地4个；云水河科创走廊开工，引进项目31个，到位资金42亿元。",
    "——环境更加宜居。空气优良天数达到298天，完成造林2.3万亩，建成口袋公园12处，河湖水质全部达标。",
    "各位代表！蓝图已经绘就，奋斗正当其时。让我们团结一心、真抓实干，为建设美好云水而努力奋斗！",
]
TOKEN = "w7k#p2"


def built(rows: list[str], style: str = "", system: str = "portal") -> str:
    """A page of a portal with these paragraphs."""
    body = "".join(f"<p>{row}</p>" for row in rows)
    return page(system, body).replace("</head>", f"<style>{style}</style></head>")


HIDING = {
    "display": f"<span style='display:none'>{TOKEN}</span>",
    "visibility": f"<i style='visibility: hidden'>{TOKEN}</i>",
    "font size": f"<font style='font-size:0px;color:#FFF'>{TOKEN}</font>",
    "white ink": f"<span style='color: #ffffff'>{TOKEN}</span>",
    "white ink of a font": f"<font color='white'>{TOKEN}</font>",
    "white ink by channels": f"<em style='color:rgb(255,255,255)'>{TOKEN}</em>",
    "no opacity": f"<span style='opacity:0'>{TOKEN}</span>",
    "a place off the page": f"<span style='position:absolute;left:-9999px'>{TOKEN}</span>",
    "an attribute": f"<span hidden>{TOKEN}</span>",
    "Discuz!'s jammer": f"<font class='jammer'>{TOKEN}</font>",
    "a class of the page's own": f"<span class='xq3f'>{TOKEN}</span>",
    "a class among several": f"<b class='a zz9'>{TOKEN}</b>",
}
STYLE = "body{margin:0} .xq3f, .zz9 {display:none} .t{color:#333}"


@pytest.mark.parametrize("hiding", HIDING)
def test_text_that_nobody_sees_is_left_out(hiding):
    rows = [row[:6] + HIDING[hiding] + row[6:] if len(row) > 20 else row for row in LINES]
    assert extract(built(rows, STYLE)).lines == LINES


def test_a_hidden_paragraph_is_left_out():
    rows = [
        row
        for line in LINES
        for row in (line, f"<span style='display:none'>更多内容请到{TOKEN}查看，谢谢您的关注！</span>")
    ]
    assert extract(built(rows)).lines == LINES


def test_white_ink_on_a_coloured_ground_is_seen():
    rows = [
        f"<span style='background:#c00'><font color='#ffffff'>{LINES[2]}</font></span>" if row == LINES[2] else row
        for row in LINES
    ]
    assert extract(built(rows)).lines == LINES


ADS = {
    "by its class": "<div class='ad-inline'><p>写作素材库限时优惠，三万篇范文任你挑选，点击领取！</p></div>",
    "by its label": "<p>【广告】写作素材库限时优惠</p>",
    "by its script": "<script>document.write('<p>写作素材库限时优惠，点击领取！</p>')</script>",
    "in a frame": "<iframe src='/ad.html'>写作素材库限时优惠</iframe>",
    "among related links": "<p>相关阅读：<a href='/1'>河山区政府工作报告</a></p><p><a href='/2'>云水区统计公报</a></p>",
}


@pytest.mark.parametrize("ad", ADS)
def test_advertisements_inside_the_text_are_left_out(ad):
    body = "".join(f"<p>{row}</p>" for row in LINES[:4]) + ADS[ad] + "".join(f"<p>{row}</p>" for row in LINES[4:])
    assert extract(page("portal", body)).lines == LINES


def glued(between: str) -> tuple[str, list[str]]:
    """A long report in one paragraph, and its paragraphs; headings keep a space behind them."""
    rows = ["各位代表：现在，我代表云水区人民政府，向大会报告政府工作，请予审议。"]
    for part in "一二三四":
        rows.append(f"{part}、第{part}部分工作")
        for count in "一二三四五六":
            rows += [
                f"（{count}）第{part}部分第{count}方面任务",
                f"围绕第{part}部分第{count}方面，{LINES[3]}{LINES[5]}{LINES[3]}",
            ]
    whole = "".join(row + (between if row.endswith("。") else " ") for row in rows)
    return f"<p>{whole}</p>", rows


@pytest.mark.parametrize("between", ["", " ", "　"])
def test_paragraphs_come_back_where_everything_stands_in_one(between):
    body, rows = glued(between)
    assert extract(page("portal", body)).lines == rows


def test_a_paragraph_that_counts_its_points_stays_whole():
    points = "".join(f"（{n}）完善第{n}项制度，推进第{n}项改革，办好第{n}件实事；" for n in "一二三四五六七八九")
    rows = [*LINES[:3], f"重点做好以下工作：{points}到年底全部完成。", *LINES[3:]]
    assert extract(built(rows)).lines == rows


def test_the_cells_of_a_row_stay_apart_however_the_source_is_broken():
    table = (
        "<table>"
        + "".join(f"<tr>\n<td>\n<div>指标{n}</div>\n</td>\n<td>{n}%</td>\n</tr>\n" for n in range(3))
        + "</table>"
    )
    rows = [*LINES[:4], table, *LINES[4:]]
    assert extract(built(rows)).lines == [*LINES[:4], "指标0 0%", "指标1 1%", "指标2 2%", *LINES[4:]]


def test_two_containers_of_a_kind_are_one_body():
    half = [f"{n}、第{n}项任务，{LINES[3]}{LINES[5]}" for n in "一二三四五六七八九十"]
    boxes = ["".join(f"<p>{row}</p>" for row in rows) for rows in (half[:5], half[5:])]
    body = "</div><div class='TRS_Editor'>".join(boxes)
    assert extract(page("portal", body)).lines == half


FRAGMENTS = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<div class='content'>",
            "</div>",
            "<span style='display:none'>",
            "</span>",
            "<td>",
            "<table>",
            "</table>",
        ),
        *(
            "<font color=white>",
            "</font>",
            "<br>",
            "<h1>",
            "<a href=x>",
            "</a>",
            "<style>.a{",
            "}</style>",
            "<script>",
            "\x00",
            "\ud800",
        ),
        *(
            "一、工作回顾",
            "各位代表：",
            "内容摘要：",
            "责任编辑：文献",
            "2024-01-22",
            "增长6.1%，持续改善。",
            "　　",
            "\n",
            "&nbsp;",
            "&#0;",
            "<!--",
            "]]>",
        ),
    ]
)


@given(st.lists(FRAGMENTS, max_size=60), st.sampled_from(sorted(SYSTEMS)))
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_no_soup_of_tags_raises_and_the_same_soup_reads_the_same(pieces, system):
    soup = "".join(pieces)
    for source in (soup, page(system, soup)):
        first, again = extract(source), extract(source)
        assert first == again
        assert all(line and line == line.strip() for line in first.lines)
