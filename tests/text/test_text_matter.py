"""What belongs to an article beside its body: subtitle, lead, abstract, notes; and what does not."""

import pytest

from crawler.text.extract import extract

TITLE = "云水区打造更优营商环境"
BODY = [
    f"{n}、全面完成第{n}项重点任务，新增公园绿地{k}公顷，改造老旧小区{k}个，新建学校{k}所，群众满意度持续提升。"
    for k, n in enumerate("一二三四五六七八", 2)
]
LEAD = "云水区今年把优化营商环境作为头号工程，推出四十项改革举措，企业开办时间压缩到半天，惠及二万户市场主体。"
NOTES = ["名词解释", "[1]两区建设：国家服务业扩大开放综合示范区和自由贸易试验区。", "[2]三城一区：科学城的总称。"]


def page(above: str = "", inside: str = "", below: str = "", title: str = TITLE) -> str:
    """A page with something between title and container, in the container before the text, and behind it."""
    text = "".join(f"<p>{line}</p>" for line in BODY)
    return (
        f"<html><head><title>{title}_云水日报</title></head><body><div><a href='/'>首页</a><a href='/a'>要闻</a></div>"
        f"<div class='m'><h1>{title}</h1>{above}<div class='n'>{inside}{text}</div>{below}</div>"
        "<div>云水日报社 版权所有</div></body></html>"
    )


@pytest.mark.parametrize(
    "chrome",
    [
        "<p>2024-01-22 16:10　来源：云水日报　作者：文献</p>",
        "<p>分享到：<a href='#'>微信</a> <a href='#'>微博</a></p><p>字号：大 中 小</p>",
        "<p>云水日报官方网站 www.example.com</p>",
        "<p>导语：下面是小编为大家整理的云水区营商环境材料，供大家参考，希望对大家有所帮助！</p>",
        "<p>7 分钟</p>",
        f"<p>内容摘要：{BODY[0]}{BODY[1][:20]}……</p>",
        "<div class='share'>关注云水，了解更多的改革举措和营商环境的消息，请到云水日报的页面上来，欢迎您的到来！</div>",
    ],
)
def test_chrome_between_title_and_text_is_left_out(chrome):
    assert extract(page(above=chrome)).lines == BODY


@pytest.mark.parametrize(
    "chrome",
    [
        f"<p>内容摘要：{BODY[0]}{BODY[1][:20]}……</p>",
        f"<div>【导读】</div><div>{BODY[0]}{BODY[1]}{BODY[2][:9]}</div>",
        "<p>下面是小编为大家整理的云水区营商环境材料，供大家参考，希望对大家有所帮助！</p>",
        "<p>2024-01-22 16:10　来源：云水日报　作者：文献</p>",
    ],
)
def test_what_a_site_puts_before_the_text_is_left_out(chrome):
    assert extract(page(inside=chrome)).lines == BODY


def test_an_abstract_of_its_own_is_kept():
    assert extract(page(inside=f"<p>内容提要：{LEAD}</p>")).lines == [f"内容提要：{LEAD}", *BODY]


def test_a_title_alone_is_no_line_of_the_text():
    found = extract(page())
    assert found.lines == BODY
    assert found.title == TITLE


def test_a_subtitle_is_kept_below_its_title():
    assert extract(page(above="<h3>四十项举措惠及二万户市场主体</h3>")).lines == [
        TITLE,
        "四十项举措惠及二万户市场主体",
        *BODY,
    ]


def test_a_lead_outside_the_container_is_kept():
    stamp = "<p>2024-01-22 16:10</p>"
    assert extract(page(above=f"{stamp}<p class='lead'>{LEAD}</p>")).lines == [TITLE, LEAD, *BODY]


def test_meeting_and_speaker_above_the_container_are_kept():
    opening = ["——2024年1月4日在云水区第五届人民代表大会第四次会议上", "云水区人民政府区长 文 献"]
    above = "<p>2024-01-22</p>" + "".join(f"<p align='center'>{line}</p>" for line in opening)
    assert extract(page(above=above)).lines == [TITLE, *opening, *BODY]


def test_columns_of_links_beside_the_text_are_no_part_of_it():
    row = "<li><a href='/{n}'>河山区召开新年第一会，部署{n}项任务</a><span>评论 {n}0 赞 {n}5</span></li>"
    column = "<div class='r'><h3>热点</h3><ul>" + "".join(row.format(n=n) for n in range(60)) + "</ul></div>"
    wide = page().replace("<div class='n'>", "<ul class='two'><li class='l'><div class='n'>")
    wide = wide.replace("</div></div><div>云水日报社", f"</div></li><li>{column}</li></ul></div><div>云水日报社")
    assert extract(wide).lines == BODY


def test_a_closing_line_stays_though_a_word_of_a_site_is_in_it():
    last = "市民可在微信上办理全部事项，不必再到大厅排队，以后还将推出更多便民服务"
    assert extract(page().replace(f"<p>{BODY[-1]}</p>", f"<p>{BODY[-1]}</p><p>{last}</p>")).lines == [*BODY, last]


def test_the_front_matter_of_a_paper_is_kept_whole():
    front = [
        "作者：文献：云水大学，云水",
        "关键词：营商环境；改革",
        "摘要：本文基于四十项举措，讨论了县域营商环境的改革路径，提出了三点建议。",
    ]
    above = "<p>2024-01-22</p>" + "".join(f"<p>{line}</p>" for line in front)
    assert extract(page(above=above)).lines == [TITLE, *front, *BODY]


def test_notes_behind_the_container_are_kept_up_to_the_first_line_of_the_site():
    below = (
        "<div>"
        + "".join(f"<p>{line}</p>" for line in NOTES)
        + "</div><p>责任编辑：文献</p><p>本站声明：转载请注明。</p>"
    )
    assert extract(page(below=below)).lines == [*BODY, *NOTES]


def test_a_heading_of_notes_without_notes_is_left_out():
    assert extract(page(below="<h3>附件</h3><ul><li><a href='/f.pdf'>重点任务.pdf</a></li></ul>")).lines == BODY


def test_a_list_of_links_inside_the_text_goes_with_its_heading():
    links = "<table><tr><td>推荐阅读</td><td><a href='/1'>云水区统计公报发布</a></td></tr></table>"
    links += "<p><a href='/2'>河山区新年第一会</a></p>"
    text = "".join(f"<p>{line}</p>" for line in BODY)
    middle = text.replace("<p>五、", f"<p>延伸阅读：<a href='/3'>云水区去年的营商环境</a></p>{links}<p>五、")
    assert extract(page().replace(text, middle)).lines == BODY


def test_the_name_of_a_site_is_not_taken_for_the_title():
    source = page(title="营商环境").replace("<h1>营商环境</h1>", "<h1>营 商</h1>")
    banner = source.replace("_云水日报</title>", "_云水日报社官方网站</title>").replace(
        "<div class='m'>", "<p>云水日报社官方网站</p><div class='m'><p>更优的营商环境在云水</p>"
    )
    assert extract(banner).lines[0] != "云水日报社官方网站"
    assert extract(banner).title == "营商环境"
