"""Each family of sites over real HTTP on loopback: what is followed, and the name of each way it can fail."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from crawl_bench import Bench, Reply, Site, listing, report
from sqlmodel import Session, select

from crawler.spiders.epaper import SHANGHAI
from storage import model
from storage.values import Source

HTML = {"Content-Type": "text/html; charset=utf-8"}
JSON = {"Content-Type": "application/json"}


def reports(site: Site, *years: int) -> None:
    """An article for each year at /a/YEAR001.html."""
    for year in years:
        site.pages[f"/a/{year}001.html"] = report(year)


def rows(*years: int) -> str:
    named = [{"t": f"<b>{year}</b>年政府工作报告", "u": f"/a/{year}001.html", "d": f"{year}-01-09"} for year in years]
    return json.dumps({"code": 200, "data": {"rows": [*named, {"t": "其他通知", "u": "/a/9.html"}] if years else []}})


def api(site: Site, **more: str) -> Source:
    return site.source(
        "/api/search?channel=1,2&p=1", "api", options={"rows": "data.rows", "link": "u", "text": "t", **more}
    )


def outcome(receipt: dict[str, Any]) -> tuple[str, list[str]]:
    return receipt["reason"], [name for name, _, _ in receipt["errors"]]


async def test_an_interface_is_asked_page_by_page_until_it_has_no_more(site: Site, bench: Bench) -> None:
    reports(site, 2025, 2024, 2023)
    site.pages["/api/search?channel=1,2&p=1"] = (200, JSON, rows(2025, 2024))
    site.pages["/api/search?channel=1,2&p=2"] = (200, JSON, rows(2023))
    site.pages["/api/search?channel=1,2&p=3"] = (200, JSON, rows())
    receipt = (await bench.crawl(api(site, page="p", referer="http://www.lanting.example/list/")))[0]
    assert (receipt["reason"], receipt["fresh"]) == ("finished", 3)
    assert [path for path in site.paths if path.startswith("/api")][-1].endswith("p=3")
    asked = next(request.asked for request in site.log if request.path.startswith("/api"))
    assert asked["referer"] == "http://www.lanting.example/list/"
    assert asked["accept"].startswith("application/json")


async def test_an_interface_is_posted_a_form_and_kept_under_an_address_for_each_page(site: Site, bench: Bench) -> None:
    reports(site, 2025, 2024)

    def answer(asked: Mapping[str, str]) -> Reply:
        page = parse_qs(asked["body"])["pageNo"][0]
        return 200, {**JSON, "ETag": '"1"'}, rows(*{"1": (2025,), "2": (2024,)}.get(page, ()))

    site.pages["/api"] = answer
    options = {"method": "post", "body": "channel=77&pageNo=1&pageSize=1", "page": "pageNo"}
    options |= {"rows": "data.rows", "link": "u", "text": "t"}
    receipt = (await bench.crawl(site.source("/api", "api", options=options)))[0]
    assert (receipt["reason"], receipt["fresh"]) == ("finished", 2)
    posts = [request for request in site.log if request.method == "POST"]
    assert [parse_qs(request.asked["body"])["pageNo"] for request in posts] == [["1"], ["2"], ["3"]]
    kept = [row.url for row in bench.rows(model.Page) if "/api" in row.url]
    assert len(set(kept)) == 3
    assert "__wb_method=POST&channel=77" in kept[0]


async def test_an_interface_is_posted_json(site: Site, bench: Bench) -> None:
    reports(site, 2025)
    site.pages["/api"] = lambda asked: (200, JSON, rows(2025) if json.loads(asked["body"])["page"] == 1 else rows())
    options = {"method": "post", "body": '{"channel": 77, "page": 1}', "page": "page"}
    options |= {"rows": "data.rows", "link": "u", "text": "t"}
    receipt = (await bench.crawl(site.source("/api", "api", options=options)))[0]
    assert (receipt["reason"], receipt["fresh"]) == ("finished", 1)
    assert site.log[1].asked["content-type"].startswith("application/json")


async def test_an_interface_may_answer_with_html_inside_json(site: Site, bench: Bench) -> None:
    reports(site, 2025)
    inner = listing(("/a/2025001.html", "2025年政府工作报告"))
    site.pages["/api"] = (200, JSON, json.dumps({"data": {"html": inner}}))
    receipt = (await bench.crawl(site.source("/api", "api", options={"html": "data.html"})))[0]
    assert (receipt["reason"], receipt["fresh"]) == ("finished", 1)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ((200, HTML, "<html><body>系统维护中</body></html>"), ("dead-api", ["ApiChanged"])),
        ((200, JSON, '{"code": 500, "msg": "error"}'), ("dead-api", ["ApiChanged"])),
        ((200, JSON, '{"data": {"rows": [{"id": 7}]}}'), ("dead-api", ["ApiChanged"])),
        ((200, JSON, '{"data": {"rows": []}}'), ("empty", ["EmptyList"])),
        ((404, JSON, ""), ("moved", ["ColumnMoved"])),
        ((500, JSON, ""), ("failed", ["FetchError"])),
        ((412, HTML, "<script>$_ts</script>"), ("blocked", ["Blocked"])),
    ],
)
async def test_each_fault_of_an_interface_has_its_name(
    site: Site, bench: Bench, page: Reply, expected: tuple[str, list[str]]
) -> None:
    site.pages["/api/search?channel=1,2&p=1"] = page
    assert outcome((await bench.crawl(api(site)))[0]) == expected


async def test_a_list_may_be_json_in_the_page(site: Site, bench: Bench) -> None:
    reports(site, 2025)
    site.pages["/list/"] = f'<html><body><div id="json" style="display:none">{rows(2025)}</div></body></html>'
    options = {"json": "#json", "rows": "data.rows", "link": "u", "text": "t"}
    receipt = (await bench.crawl(site.source(options=options)))[0]
    assert (receipt["reason"], receipt["fresh"]) == ("finished", 1)
    site.pages["/list/"] = "<html><body><div id='app'></div></body></html>"
    assert outcome((await bench.crawl(site.source(options=options)))[0]) == ("changed", ["LayoutChanged"])


async def test_a_list_may_be_written_by_a_script(site: Site, bench: Bench) -> None:
    reports(site, 2025)
    site.pages["/list/"] = (
        "<html><body><ul><script>document.write('<li><a href=\"' + '/a/2025001.html' + '\">2025\\u5e74政府工作报告"
        "<\\/a></li>');</script></ul></body></html>"
    )
    assert (await bench.crawl(site.source()))[0]["fresh"] == 1


async def test_shells_are_followed_within_the_site(site: Site, bench: Bench) -> None:
    reports(site, 2025)
    site.pages["/list/"] = "<html><head><script>window.location.replace('./index.html');</script></head></html>"
    site.pages["/list/index.html"] = "<meta http-equiv='refresh' content='0; url=/new/list.html'>"
    site.pages["/new/list.html"] = listing(("/s/2025.html", "2025年政府工作报告"))
    site.pages["/s/2025.html"] = '<script>location.href = "/a/2025001.html";</script>'
    receipt = (await bench.crawl(site.source()))[0]
    assert site.paths == ["/list/", "/list/index.html", "/new/list.html", "/s/2025.html", "/a/2025001.html"]
    assert (receipt["reason"], receipt["fresh"]) == ("finished", 1)


async def test_shells_in_a_circle_end(site: Site, bench: Bench) -> None:
    site.pages["/list/"] = "<script>location.replace('/b/');</script>"
    site.pages["/b/"] = "<script>location.replace('/list/');</script>"
    assert outcome((await bench.crawl(site.source()))[0]) == ("changed", ["LayoutChanged"])
    assert len(site.paths) == 4


async def test_pages_turned_by_a_script_are_read(site: Site, bench: Bench) -> None:
    reports(site, 2025, 2024)
    pager = '<a href="javascript:next(2)">下一页</a>'
    site.pages["/list/"] = listing(("/a/2025001.html", "2025年政府工作报告"), more=pager)
    site.pages["/list/page_2.shtml"] = listing(("/a/2024001.html", "2024年政府工作报告"))
    receipt = (await bench.crawl(site.source(options={"pager": "page_{}.shtml"})))[0]
    assert (receipt["reason"], receipt["fresh"]) == ("finished", 2)


async def test_pages_turned_by_an_unknown_script_are_told(site: Site, bench: Bench) -> None:
    reports(site, 2025)
    pager = '<a href="javascript:next(2)">下一页</a>'
    site.pages["/list/"] = listing(("/a/2025001.html", "2025年政府工作报告"), more=pager)
    receipt = (await bench.crawl(site.source()))[0]
    assert outcome(receipt) == ("finished", ["LayoutChanged"])
    assert "options.pager" in receipt["errors"][0][2]


async def test_a_column_that_moved_is_found_by_the_texts_of_links(site: Site, bench: Bench) -> None:
    reports(site, 2025)
    site.pages["/"] = listing(("/zwgk/", "政务公开"), ("/zwgk/x1.html", "政务公开指南"))
    site.pages["/zwgk/"] = listing(("/gh/", " 规划计划 "))
    site.pages["/gh/"] = listing(("/gh/new/", "政府工作报告"))
    site.pages["/gh/new/"] = listing(("/a/2025001.html", "2025年政府工作报告"))
    source = site.source(options={"via": "政务公开/规划计划/政府工作报告"})
    receipt = (await bench.crawl(source))[0]
    assert (receipt["reason"], receipt["fresh"]) == ("finished", 1)
    assert site.paths == ["/list/", "/", "/zwgk/", "/gh/", "/gh/new/", "/a/2025001.html"]
    assert receipt["errors"][0][2].endswith(f"the column now is {site.address}/gh/new/; write that in the source")
    site.log.clear()
    receipt = (await bench.crawl(site.source("/", options=source.options)))[0]
    assert (outcome(receipt), site.paths) == (("finished", []), ["/", "/zwgk/", "/gh/", "/gh/new/"])


async def test_a_column_that_cannot_be_found_has_moved(site: Site, bench: Bench) -> None:
    site.pages["/"] = listing(("/zwgk/", "政务公开"))
    site.pages["/zwgk/"] = listing(("/gh/", "规划"))
    receipt = (await bench.crawl(site.source(options={"via": "政务公开/规划计划"})))[0]
    assert outcome(receipt) == ("moved", ["ColumnMoved"])


async def test_options_that_find_nothing_any_more_are_a_changed_layout(site: Site, bench: Bench) -> None:
    site.pages["/list/"] = listing(("/a/2025001.html", "2025年政府工作报告"))
    receipt = (await bench.crawl(site.source(options={"list": "#ul_old"})))[0]
    assert outcome(receipt) == ("changed", ["LayoutChanged"])
    receipt = (await bench.crawl(site.source(options={"article": r"/t\d{8}_"})))[0]
    assert outcome(receipt) == ("changed", ["LayoutChanged"])


RSS = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>x</title>
<item><title>2025年澜汀区政府工作报告</title><link>/a/2025001.html</link></item>
<item><title>通知</title><link>/a/9.html</link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><link rel="next" href="/feed?p=2"/>
<entry><title>2025年政府工作报告</title>
<link rel="edit" href="/e"/><link href="/a/2025001.html"/></entry></feed>"""
MAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{0}/a/2025001.html</loc></url>
<url><loc>{0}/about.html</loc></url></urlset>"""


@pytest.mark.parametrize("feed", [RSS, ATOM])
async def test_a_feed_is_followed_to_its_articles(site: Site, bench: Bench, feed: str) -> None:
    reports(site, 2025, 2024)
    site.pages["/feed"] = (200, {"Content-Type": "application/xml"}, feed)
    site.pages["/feed?p=2"] = ATOM.replace("2025", "2024").replace('rel="next"', 'rel="self"')
    receipt = (await bench.crawl(site.source("/feed", "feed")))[0]
    assert (receipt["reason"], receipt["fresh"]) == ("finished", 2 if feed is ATOM else 1)


async def test_a_site_map_is_read_through_its_index(site: Site, bench: Bench) -> None:
    reports(site, 2025)
    site.pages["/sitemap.xml"] = (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<sitemap><loc>{site.address}/m1.xml</loc></sitemap>"
        "<sitemap><loc>http://elsewhere.example/m.xml</loc></sitemap></sitemapindex>"
    )
    site.pages["/m1.xml"] = MAP.format(site.address)
    receipt = (await bench.crawl(site.source("/sitemap.xml", "feed", options={"article": r"/a/\d+"})))[0]
    assert site.paths == ["/sitemap.xml", "/m1.xml", "/a/2025001.html"]
    assert (receipt["reason"], receipt["fresh"]) == ("finished", 1)


@pytest.mark.parametrize(
    ("feed", "expected"),
    [
        ("<html><body>首页</body></html>", "changed"),
        ("no markup at all", "changed"),
        ("<rss><channel/></rss>", "empty"),
        (
            '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><rss><channel><title>&e;</title></channel></rss>',
            "empty",
        ),
        ((404, {}, ""), "moved"),
    ],
)
async def test_each_fault_of_a_feed_has_its_name(site: Site, bench: Bench, feed: Reply | str, expected: str) -> None:
    site.pages["/feed"] = feed
    assert (await bench.crawl(site.source("/feed", "feed")))[0]["reason"] == expected


async def test_an_epaper_is_read_section_by_section_and_once(site: Site, bench: Bench) -> None:
    issue = "/rb/html/2025-01/09"
    site.pages["/rb/"] = f"<script>location.replace('{issue}/node_1.htm');</script>"
    sections = f'<a href="{issue}/node_1.htm">第01版：要闻</a><a href="{issue}/node_2.htm">第02版：两会</a>'
    site.pages[f"{issue}/node_1.htm"] = listing(("content_1001.htm", "新春灯会开幕"), more=sections)
    site.pages[f"{issue}/node_2.htm"] = listing(("content_1002.htm", "政府工作报告（摘登）"), more=sections)
    site.pages[f"{issue}/content_1002.htm"] = report(2025)
    source = site.source("/rb/", "epaper")
    receipt = (await bench.crawl(source))[0]
    assert (receipt["reason"], receipt["fresh"]) == ("finished", 1)
    assert site.paths == ["/rb/", *(f"{issue}/{name}.htm" for name in ("node_1", "node_2", "content_1002"))]
    site.log.clear()
    await bench.crawl(source)
    assert site.paths == ["/rb/", f"{issue}/node_1.htm"]


async def test_issues_of_an_epaper_that_were_missed_are_looked_for(site: Site, bench: Bench) -> None:
    today = datetime.now(SHANGHAI).date()
    issues = [f"/rb/html/{today - timedelta(days=back):%Y-%m/%d}" for back in range(6)]

    def out(issue: str, year: int) -> None:
        site.pages["/rb/"] = f"<script>location.replace('{issue}/node_1.htm');</script>"
        site.pages[f"{issue}/node_1.htm"] = listing(
            ("content_1001.htm", "新春灯会开幕"), more='<a href="node_2.htm">第02版：两会</a>'
        )
        site.pages[f"{issue}/node_2.htm"] = listing(("content_1002.htm", "政府工作报告（摘登）"))
        site.pages[f"{issue}/content_1002.htm"] = report(year)

    out(issues[4], 2022)
    source = site.source("/rb/", "epaper")
    await bench.crawl(source)
    with Session(bench.engine) as session:
        session.exec(select(model.Receipt)).one().started_at -= timedelta(days=4)
        session.commit()
    for back, year in ((2, 2023), (0, 2024)):  # nothing came out on the two other days
        out(issues[back], year)
    site.log.clear()
    receipt = (await bench.crawl(source))[0]
    assert (receipt["reason"], receipt["fresh"], receipt["errors"]) == ("finished", 2, [])
    fronts = [path for path in site.paths if path.endswith("node_1.htm")]
    assert fronts == [f"{issue}/node_1.htm" for issue in issues[:4]]  # not the one that was seen, and none before it
    site.log.clear()
    await bench.crawl(source)
    assert site.paths == ["/rb/", f"{issues[0]}/node_1.htm"]


async def test_an_epaper_without_anything_is_empty(site: Site, bench: Bench) -> None:
    site.pages["/rb/"] = "<html><body>数字报维护</body></html>"
    assert (await bench.crawl(site.source("/rb/", "epaper")))[0]["reason"] == "empty"


def numbered(site: Site, **more: str) -> Source:
    """An archive of the numbers 1 to 9, of which the even ones are reports; the list shows the newest."""
    for n in range(1, 10):
        title = f"{2010 + n}年政府工作报告" if n % 2 == 0 else "随笔一则"
        site.pages[f"/archives/{n}.html"] = (
            report(2010 + n)
            .replace("<title>", f"<title>{title}")
            .replace("政府工作报告", "政府工作报告" if n % 2 == 0 else "随笔")
        )
    del site.pages["/archives/6.html"]
    site.pages["/archives/"] = listing(("/archives/9.html", "随笔一则的标题"))
    options = {"numbers": "1-9", "pager": "/archives/{}.html", **more}
    return site.source("/archives/", "numbered", options=options)


async def test_a_numbered_site_is_dug_through_newest_first_a_few_a_run(site: Site, bench: Bench) -> None:
    source = numbered(site, batch="3")
    asked = []
    for _ in range(4):
        site.log.clear()
        receipt = (await bench.crawl(source))[0]
        asked.append([path.removeprefix("/archives/").removesuffix(".html") for path in site.paths[1:]])
        assert receipt["reason"] == "finished"
    assert asked == [["9", "8", "7"], ["6", "5", "4"], ["3", "2", "1"], []]
    assert [row.url[-6:] for row in bench.rows(model.Reading)] == ["8.html", "4.html", "2.html"]


async def test_new_numbers_come_before_the_old(site: Site, bench: Bench) -> None:
    source = numbered(site, batch="2")
    await bench.crawl(source)
    site.pages["/archives/11.html"] = report(2021)
    site.pages["/archives/"] = listing(("/archives/11.html", "2021年澜汀区政府工作报告"))
    site.log.clear()
    await bench.crawl(source)
    assert site.paths == ["/archives/", "/archives/11.html", "/archives/10.html", "/archives/7.html"]


async def test_a_numbered_site_without_a_list_is_dug_through_all_the_same(site: Site, bench: Bench) -> None:
    source = numbered(site)
    site.pages["/archives/"] = "<html><body>无目录</body></html>"
    receipt = (await bench.crawl(source))[0]
    assert outcome(receipt) == ("finished", ["EmptyList"])
    assert receipt["fresh"] == 3
