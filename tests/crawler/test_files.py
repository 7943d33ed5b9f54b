"""Files that belong to a page, and what a page says in spite of its counters."""

import io
from datetime import UTC, date, datetime, timedelta

import docx
import pytest
from crawl_bench import Bench, Site, listing, report

from crawler.prose import lines_of, prose_of
from crawler.revisit import Visit, is_due, visit_of
from crawler.sample.web import sample_web
from crawler.spiders.files import files_of
from storage import model
from storage.values import Page

NOW = datetime(2026, 1, 7, tzinfo=UTC)
PAGE = "http://www.lanting.example/zwgk/202501/t20250117_1.html"
NOTICE = """<html><head><title>关于印发2025年《政府工作报告》的通知</title></head><body>
<div class="info">发布日期：2025-01-17</div><div class="content"><p>各镇人民政府、街道办事处，区政府各委、办、局：</p>
<p>现将区长在区第五届人民代表大会第四次会议上所作的《政府工作报告》印发给你们，请认真贯彻落实。</p></div>
<p><a href="{}">{}</a></p></body></html>"""


def document(year: int) -> bytes:
    """The report of report() as a docx."""
    made = docx.Document()
    for line in lines_of(report(year).encode()):
        made.add_paragraph(line)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def belonging(body: str, pattern: str = "政府工作报告") -> list[str]:
    found = files_of(Page(PAGE, NOW, body.encode()), pattern)
    return [url.removeprefix("http://www.lanting.example/zwgk/202501/") for url in found]


def test_the_file_of_a_notice_belongs_to_it() -> None:
    assert belonging(NOTICE.format("P020250117.pdf", "附件：2025年政府工作报告.pdf")) == ["P020250117.pdf"]


def test_a_page_with_a_text_needs_no_file() -> None:
    body = NOTICE.replace("</body>", f"<p>{'政府工作报告的全文在此。' * 200}</p></body>")
    assert belonging(body.format("1.pdf", "政府工作报告")) == []


def test_of_one_document_in_several_formats_the_best_is_taken() -> None:
    named = (("1.pdf", "政府工作报告（PDF）"), ("1.docx", "政府工作报告（docx）"), ("1.doc", "政府工作报告"))
    assert belonging(listing(*named)) == ["1.docx"]


def test_files_whose_names_say_nothing_are_taken_where_none_says_more() -> None:
    assert belonging('<a href="a.pdf">附件1</a><a href="b.pdf">附件2</a>') == ["a.pdf", "b.pdf"]
    assert belonging('<a href="a.pdf">附件1</a><a href="b.pdf">附件2：政府工作报告</a>') == ["b.pdf"]


@pytest.mark.parametrize(
    "markup",
    [
        '<iframe src="r.pdf"></iframe>',
        '<iframe src="/js/pdfjs/web/viewer.html?file=/zwgk/202501/r.pdf"></iframe>',
        '<object data="r.pdf"></object>',
        '<a href="/viewer?file=/zwgk/202501/r.pdf">在线阅读</a>',
    ],
)
def test_a_file_in_a_frame_or_a_viewer_is_found(markup: str) -> None:
    assert belonging(f"<body>{markup}</body>") == ["r.pdf"]


def test_a_file_elsewhere_is_left_alone() -> None:
    assert belonging('<a href="http://cdn.example/1.pdf">政府工作报告</a>') == []


async def test_a_notice_and_its_file_are_one_article_dated_by_the_notice(site: Site, bench: Bench) -> None:
    site.pages["/list/"] = listing(("/a/t20250117_1.html", "关于印发2025年《政府工作报告》的通知"))
    site.pages["/a/t20250117_1.html"] = NOTICE.format("./P1.docx", "2025年政府工作报告.docx")
    site.pages["/a/P1.docx"] = (200, {"Content-Type": "application/octet-stream"}, document(2025))
    receipt = (await bench.crawl(site.source()))[0]
    assert (receipt["reason"], receipt["fresh"]) == ("finished", 1)
    [reading] = bench.rows(model.Reading)
    assert reading.url.endswith("t20250117_1.html")
    assert len(reading.pages) == 2
    assert reading.published_on == date(2025, 1, 17)
    assert "今年我们将推进第29项工程建设" in reading.text


async def test_a_page_without_any_text_is_read_by_its_file(site: Site, bench: Bench) -> None:
    site.pages["/list/"] = listing(("/a/t20250117_1.html", "2025年政府工作报告"))
    site.pages["/a/t20250117_1.html"] = '<html><body><a href="./P1.docx">政府工作报告.docx</a></body></html>'
    site.pages["/a/P1.docx"] = (200, {"Content-Type": "application/octet-stream"}, document(2025))
    await bench.crawl(site.source())
    [reading] = bench.rows(model.Reading)
    assert (reading.verdict, reading.url[-14:]) == ("ok", "20250117_1.html"[-14:])


async def test_a_file_that_is_gone_leaves_the_notice(site: Site, bench: Bench) -> None:
    site.pages["/list/"] = listing(("/a/t20250117_1.html", "关于印发2025年《政府工作报告》的通知"))
    site.pages["/a/t20250117_1.html"] = NOTICE.format("./P1.docx", "2025年政府工作报告.docx")
    receipt = (await bench.crawl(site.source()))[0]
    assert (receipt["reason"], receipt["fresh"]) == ("finished", 1)
    assert len(bench.rows(model.Reading)[0].pages) == 1


async def test_a_file_that_fails_or_is_forbidden_is_not_mistaken_for_none(site: Site, bench: Bench) -> None:
    site.pages["/list/"] = listing(("/a/t20250117_1.html", "关于印发2025年《政府工作报告》的通知"))
    site.pages["/a/t20250117_1.html"] = NOTICE.format("/files/P1.docx", "2025年政府工作报告.docx")
    site.pages["/files/P1.docx"] = (500, {}, "")
    receipt = (await bench.crawl(site.source()))[0]
    assert (receipt["reason"], receipt["readings"]) == ("partly", 0)
    site.pages["/files/P1.docx"] = (200, {}, document(2025))
    receipt = (await bench.crawl(site.source()))[0]
    assert (receipt["reason"], receipt["fresh"]) == ("finished", 1)


async def test_a_forbidden_file_leaves_the_notice(site: Site, bench: Bench) -> None:
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /files/"
    site.pages["/list/"] = listing(("/a/t20250117_1.html", "关于印发2025年《政府工作报告》的通知"))
    site.pages["/a/t20250117_1.html"] = NOTICE.format("/files/P1.docx", "2025年政府工作报告.docx")
    receipt = (await bench.crawl(site.source()))[0]
    assert (receipt["readings"], receipt["errors"][0][0]) == (1, "Blocked")


def noisy(text: str, day: int) -> str:
    """A thread as Discuz! serves it on a day: another nonce, another count, another reply."""
    return (
        f"<html><head><script>var formhash = '{day:08x}';</script></head><body>"
        f"<div>查看: {930 + day}|回复: {day}</div><p>今日: {day} 昨日: {day * 3}</p>"
        f'<table><tr><td class="t_f" id="postmessage_11">{text}</td></tr></table>'
        f'<div id="post_12"><td class="t_f" id="postmessage_12">第{day}个回复，{"谢谢楼主分享" * day}</td></div>'
        f"<p>GMT+8, 2026-1-{day} 08:00 , Processed in 0.0{day} second(s)</p></body></html>"
    )


async def test_a_thread_whose_counters_moved_is_not_read_again(site: Site, bench: Bench) -> None:
    site.pages["/list/"] = listing(("/t/1001.html", "2025年政府工作报告"))
    texts = {"old": report(2025), "new": report(2025).replace("第7项工程", "第七项工程")}
    receipts = []
    for day, text in ((1, "old"), (2, "old"), (3, "old"), (4, "new")):
        site.pages["/t/1001.html"] = noisy(texts[text], day)
        receipts.append((await bench.crawl(site.source()))[0])
        bench.age(hours=22)
    assert [(r["readings"], r["fresh"]) for r in receipts] == [(1, 1), (0, 0), (0, 0), (1, 1)]


async def test_a_page_that_only_its_counters_change_grows_old_like_any_other(site: Site, bench: Bench) -> None:
    site.pages["/list/"] = listing(("/t/1001.html", "2025年政府工作报告"))
    asked = []
    for day in range(1, 13):
        site.pages["/t/1001.html"] = noisy(report(2025), day)
        await bench.crawl(site.source())
        asked.append("/t/1001.html" in site.paths)
        site.log.clear()
        bench.age(hours=24)
    assert asked == [True] * 8 + [False] * 4


async def test_a_page_that_reads_the_same_makes_no_second_reading(site: Site, bench: Bench) -> None:
    site.pages["/list/"] = listing(("/t/1001.html", "2025年政府工作报告"))
    site.pages["/t/1001.html"] = report(2025)
    await bench.crawl(site.source())
    for number in (1, 0):
        bench.age(hours=22)
        site.pages["/t/1001.html"] = report(2025).replace(
            "</body>", '<div id="foot"><a href="/">友情链接新增</a></div></body>'
        )
        receipt = (await bench.crawl(site.source()))[0]
        assert (receipt["readings"], receipt["fresh"]) == (number, 0)


def test_an_edited_number_or_heading_changes_the_print() -> None:
    body = report(2025)
    prints = {
        prose_of([text.encode()])
        for text in (body, body.replace("第3项", "第33项"), body.replace("重点任务", "主要任务"))
    }
    assert len(prints) == 3
    assert prose_of([body.encode("gb18030")]) == prose_of([body.encode("gb18030")])


def test_a_thread_of_the_sample_has_one_print_on_both_days() -> None:
    web = sample_web()
    one, two = (web.answer("forum", "/thread-70001-1-1.html", day=day).body for day in (1, 2))
    assert one != two
    assert prose_of([one]) == prose_of([two])
    assert len("".join(lines_of(one))) > 2000


async def test_a_day_without_news_costs_one_request_for_each_list(site: Site, bench: Bench) -> None:
    years = range(2015, 2025)
    site.pages["/list/"] = listing(
        *((f"/a/{year}001.html", f"{year}年政府工作报告") for year in years[:5]), more='<a href="2.html">下一页</a>'
    )
    site.pages["/list/2.html"] = listing(*((f"/a/{year}001.html", f"{year}年政府工作报告") for year in years[5:]))
    for year in years:
        site.pages[f"/a/{year}001.html"] = report(year)
    await bench.crawl(site.source())
    costs = []
    for hours in (1, 22, 24 * 3, 24 * 6, 24 * 3, 24 * 6, 24 * 60, 24 * 8, 24 * 30):
        bench.age(hours=hours)
        site.log.clear()
        await bench.crawl(site.source())
        costs.append(len(site.paths))
    assert costs == [1, 6, 6, 6, 1, 6, 6, 1, 6]  # ages: 1 h, 23 h, 4 d, 10 d, 13 d, 19 d, 79 d, 87 d, 117 d


def test_an_address_is_asked_for_often_then_weekly_then_monthly() -> None:
    def due(age: float, rest: float) -> bool:
        checked = NOW - timedelta(days=rest)
        return is_due(Visit(200, checked, checked - timedelta(days=age)), NOW)

    assert [due(1, 0.5), due(1, 0.9), due(8, 5), due(8, 7), due(70, 20), due(70, 30)] == [False, True] * 3
    assert is_due(Visit(503, NOW, NOW), NOW)


def test_what_an_address_holds_stands_since_its_body_is_the_same() -> None:
    days = [NOW + timedelta(days=n) for n in range(6)]
    assert visit_of([]) is None
    assert visit_of([(days[0], 200, "a"), (days[1], 304, "a"), (days[2], 200, "a")]) == Visit(200, days[2], days[0])
    assert visit_of([(days[0], 200, "a"), (days[1], 200, "b"), (days[2], 500, "e")]) == Visit(500, days[2], days[1])
    assert visit_of([(days[0], 200, "a"), (days[1], 500, "e"), (days[2], 200, "a")]) == Visit(200, days[2], days[0])
    assert visit_of([(days[0], 200, "a"), (days[1], 404, "x")]) == Visit(404, days[1], days[1])
