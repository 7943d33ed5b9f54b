"""Crawls over real HTTP on loopback: what is followed, what is kept, how a run ends."""

import gzip
from collections.abc import Callable, Mapping

import pytest
from crawl_bench import Bench, Reply, Site, listing, report

from crawler.pipelines import record_of
from storage import model, queries
from storage.database import reading as asking
from storage.values import Source


def portal(site: Site) -> Source:
    """A column of two pages with two reports among other news."""
    site.pages["/list/"] = listing(
        ("/a/t20250108_1.html", "2025年澜汀区政府工作报告"),
        ("/a/t20250109_2.html", "关于召开安全生产会议的通知"),
        more='<a href="index_1.html">下一页</a>',
    )
    site.pages["/list/index_1.html"] = listing(("/a/t20240108_3.html", "2024年澜汀区政 府 工 作 報 告"))
    site.pages["/a/t20250108_1.html"] = report(2025)
    site.pages["/a/t20240108_3.html"] = report(2024)
    return site.source()


async def test_a_column_is_followed_to_its_articles(site: Site, bench: Bench) -> None:
    receipt = (await bench.crawl(portal(site)))[0]
    assert site.paths == ["/list/", "/a/t20250108_1.html", "/list/index_1.html", "/a/t20240108_3.html"]
    assert receipt["reason"] == "finished"
    assert {name: receipt[name] for name in ("requests", "pages", "unchanged", "links", "readings", "fresh")} == {
        "requests": 5,
        "pages": 5,
        "unchanged": 0,
        "links": 2,
        "readings": 2,
        "fresh": 2,
    }
    assert receipt["errors"] == []
    assert [row.url[-8:] for row in bench.rows(model.Reading)] == ["8_1.html", "8_3.html"]


async def test_every_response_is_kept_and_comes_back(site: Site, bench: Bench) -> None:
    body = report(2025).encode("gb18030")
    source = portal(site)
    site.pages["/a/t20250108_1.html"] = (
        200,
        {"Content-Type": "text/html; charset=gbk", "Content-Encoding": "gzip", "ETag": '"1"'},
        gzip.compress(body),
    )
    site.pages["/a/t20240108_3.html"] = (302, {"Location": "/moved/3.html"}, "")
    await bench.crawl(source)
    rows = {row.url.removeprefix(site.address): row for row in bench.rows(model.Page)}
    assert {path: row.status for path, row in rows.items()} == {
        "/robots.txt": 404,
        "/list/": 200,
        "/a/t20250108_1.html": 200,
        "/list/index_1.html": 200,
        "/a/t20240108_3.html": 302,
        "/moved/3.html": 404,
    }
    for row in rows.values():
        assert len(bench.archive.body(record_of(row))) == row.size
    assert bench.archive.body(record_of(rows["/a/t20250108_1.html"])) == body
    assert rows["/a/t20250108_1.html"].etag == '"1"'


async def test_what_has_not_changed_is_not_sent_again(site: Site, bench: Bench) -> None:
    def conditional(body: str) -> Callable[[Mapping[str, str]], Reply]:
        def answer(asked: Mapping[str, str]) -> Reply:
            known = asked.get("if-none-match") == '"v1"'
            return (304, {"ETag": '"v1"'}, "") if known else (200, {"ETag": '"v1"'}, body)

        return answer

    source = portal(site)
    site.pages = {path: conditional(str(page)) for path, page in site.pages.items()}
    await bench.crawl(source)
    site.log.clear()
    bench.age(hours=22)
    receipt = (await bench.crawl(source))[0]
    assert [request.status for request in site.log] == [304, 304]
    assert site.paths == ["/list/", "/a/t20250108_1.html"]
    assert (receipt["reason"], receipt["unchanged"], receipt["fresh"], receipt["bytes"]) == ("finished", 2, 0, 0)
    assert len(bench.rows(model.Reading)) == 2


async def test_the_same_bytes_make_no_second_reading(site: Site, bench: Bench) -> None:
    source = portal(site)
    await bench.crawl(source)
    bench.age(hours=22)
    receipt = (await bench.crawl(source))[0]
    assert (receipt["readings"], receipt["fresh"]) == (0, 0)
    again = [row for row in bench.rows(model.Page) if row.revisit]
    assert [row.url.removeprefix(site.address) for row in again] == ["/list/", "/a/t20250108_1.html"]
    assert bench.archive.body(record_of(again[1])).decode() == report(2025)


async def test_an_edited_article_is_read_again(site: Site, bench: Bench) -> None:
    source = portal(site)
    await bench.crawl(source)
    bench.age(hours=22)
    site.pages["/a/t20250108_1.html"] = report(2025, "<p>新增一段文字，说明报告有改动。</p>")
    receipt = (await bench.crawl(source))[0]
    assert (receipt["readings"], receipt["fresh"], receipt["unchanged"]) == (1, 1, 1)


async def test_lists_are_read_until_nothing_is_new(site: Site, bench: Bench) -> None:
    source = portal(site)
    await bench.crawl(source)
    site.log.clear()
    await bench.crawl(source)
    assert "/list/index_1.html" not in site.paths
    site.pages["/list/"] = listing(
        ("/a/t20260108_4.html", "2026年澜汀区政府工作报告"), more='<a href="index_1.html">下一页</a>'
    )
    site.pages["/a/t20260108_4.html"] = report(2026)
    await bench.crawl(source)
    assert "/list/index_1.html" in site.paths


async def test_after_a_run_that_ended_early_all_lists_are_read(site: Site, bench: Bench) -> None:
    source = portal(site)
    site.pages["/a/t20240108_3.html"] = (500, {}, "")
    receipt = (await bench.crawl(source))[0]
    assert receipt["reason"] == "partly"
    assert receipt["errors"] == [["FetchError", 1, f"{site.address}/a/t20240108_3.html: status 500"]]
    site.pages["/a/t20240108_3.html"] = report(2024)
    receipt = (await bench.crawl(source))[0]
    assert (receipt["reason"], receipt["fresh"]) == ("finished", 1)


async def test_the_bound_on_list_pages_is_kept(site: Site, bench: Bench) -> None:
    for number in range(1, 9):
        site.pages[f"/list/?currentPage={number}"] = listing(
            (f"/a/{number}001.html", f"201{number}年政府工作报告"),
            more=f'<a href="?currentPage={number + 1}">{number + 1}</a>',
        )
        site.pages[f"/a/{number}001.html"] = report(2010 + number)
    source = site.source("/list/?currentPage=1", options={"pages": "3"})
    await bench.crawl(source)
    assert [path for path in site.paths if path.startswith("/list")] == [f"/list/?currentPage={n}" for n in (1, 2, 3)]


async def test_an_article_over_several_pages_is_one_reading(site: Site, bench: Bench) -> None:
    site.pages["/b/"] = listing(("/b/11697.html", "(云岭市)澜汀区人民政府工作报告(2025年1月7日)"))
    half = report(2025).index("<p>二、2025年重点任务")
    pager = '<a href="11697.html">1</a><a href="11697_2.html">2</a><a href="{}">下一页</a>'
    site.pages["/b/11697.html"] = report(2025)[:half] + pager.format("11697_2.html")
    site.pages["/b/11697_2.html"] = "<body>" + report(2025)[half:] + pager.format("#")
    receipt = (await bench.crawl(site.source("/b/", "paged")))[0]
    assert (receipt["reason"], receipt["readings"]) == ("finished", 1)
    reading = bench.rows(model.Reading)[0]
    assert reading.url == f"{site.address}/b/11697.html"
    with asking(bench.engine) as session:
        assert [page.url[-12:] for page in queries.pages_of(session, reading)] == ["b/11697.html", "11697_2.html"]
    assert "一、2024年工作回顾" in reading.text
    assert "二、2025年重点任务" in reading.text


async def test_half_an_article_is_left_for_the_next_run(site: Site, bench: Bench) -> None:
    site.pages["/b/"] = listing(("/b/11697.html", "澜汀区人民政府工作报告"))
    site.pages["/b/11697.html"] = report(2025) + '<a href="11697_2.html">下一页</a>'
    site.pages["/b/11697_2.html"] = (503, {}, "")
    source = site.source("/b/", "paged")
    receipt = (await bench.crawl(source))[0]
    assert (receipt["reason"], receipt["readings"]) == ("partly", 0)
    site.pages["/b/11697_2.html"] = report(2025)
    assert (await bench.crawl(source))[0]["fresh"] == 1


async def test_a_thread_is_one_whatever_its_address(site: Site, bench: Bench) -> None:
    board = "/forum.php?mod=forumdisplay&fid=2"
    site.pages[board] = listing(
        ("forum.php?mod=viewthread&amp;tid=7&amp;extra=page%3D1", "2025年澜汀区政府工作报告"),
        ("forum.php?mod=viewthread&amp;tid=7&amp;extra=page%3D1&amp;page=2", "2"),
        ("forum.php?mod=redirect&amp;tid=7&amp;goto=lastpost#lastpost", "2025-3-1 10:00"),
        ("forum.php?mod=viewthread&amp;tid=8&amp;sid=Xy12Zz", "闲聊"),
        ("forum.php?mod=viewthread&amp;tid=7&amp;sid=Ab34Cc", "2025年澜汀区政府工作报告"),
    )
    site.pages["/forum.php?mod=viewthread&tid=7"] = report(2025)
    receipt = (await bench.crawl(site.source(board, "forum")))[0]
    assert site.paths == [board, "/forum.php?mod=viewthread&tid=7"]
    assert (receipt["reason"], receipt["links"], receipt["fresh"]) == ("finished", 1, 1)


async def test_a_board_for_members_only_is_blocked(site: Site, bench: Bench) -> None:
    site.pages["/forum-2-1.html"] = '<div id="messagetext" class="alert_info"><p>您需要先登录才能继续本操作</p></div>'
    receipt = (await bench.crawl(site.source("/forum-2-1.html", "forum")))[0]
    assert receipt["reason"] == "blocked"


async def test_a_verdict_other_than_ok_is_saved_too(site: Site, bench: Bench) -> None:
    source = portal(site)
    site.pages["/a/t20250108_1.html"] = (404, {}, "<h1>页面不存在</h1>")
    receipt = (await bench.crawl(source))[0]
    assert receipt["reason"] == "finished"
    assert next(row.verdict for row in bench.rows(model.Reading)) != "ok"


async def test_a_refusal_is_saved_and_ends_the_run(site: Site, bench: Bench) -> None:
    source = portal(site)
    site.pages["/a/t20250108_1.html"] = (412, {}, "<script>$_ts={}</script>")
    receipt = (await bench.crawl(source))[0]
    assert receipt["reason"] == "blocked"
    assert receipt["errors"][0][:2] == ["Blocked", 1]
    assert [row.verdict for row in bench.rows(model.Reading)] == ["blocked"]
    assert "/a/t20240108_3.html" not in site.paths


@pytest.mark.parametrize(
    ("page", "reason", "error"),
    [
        (listing(("/zwgk/", "政务公开")), "empty", "EmptyList"),
        ((200, {}, ""), "empty", "EmptyList"),
        ((404, {}, ""), "moved", "ColumnMoved"),
        ((301, {"Location": "/"}, ""), "moved", "ColumnMoved"),
        ("<script>location.replace('/new/list/')</script>", "moved", "ColumnMoved"),
        ("<script>location.replace('http://elsewhere.example/')</script>", "changed", "LayoutChanged"),
        ("<script>location.replace(where())</script>", "changed", "LayoutChanged"),
        ((403, {}, ""), "blocked", "Blocked"),
        ((521, {}, "<script>document.cookie=1</script>"), "blocked", "Blocked"),
        ((502, {}, ""), "failed", "FetchError"),
        ((302, {"Location": "/list/"}, ""), "failed", "FetchError"),
        ((302, {"Location": "http://10.0.0.1/list/"}, ""), "refused", "AddressRefused"),
        ((302, {"Location": "http://169.254.169.254/latest/meta-data/"}, ""), "refused", "AddressRefused"),
        ((302, {"Location": "file:///etc/passwd"}, ""), "failed", "FetchError"),
        ((200, {"Content-Encoding": "gzip"}, gzip.compress(b"0" * 3_000_000)), "failed", "TooLarge"),
        ((200, {"Content-Encoding": "gzip"}, b"<html>"), "failed", "FetchError"),
        ("0" * 1_100_000, "failed", "TooLarge"),
    ],
)
async def test_each_fault_of_a_list_has_its_name(
    site: Site, bench: Bench, page: Reply | str, reason: str, error: str
) -> None:
    site.pages["/list/"] = page
    site.pages["/"] = listing(("/a/1001.html", "新闻一则"))
    receipt = (await bench.crawl(site.source(), cap=1_000_000))[0]
    assert (receipt["reason"], [name for name, _, _ in receipt["errors"]]) == (reason, [error])
    assert receipt["ended_at"] is not None
    assert bench.rows(model.Reading) == []


async def test_an_address_that_is_not_public_is_not_asked(site: Site, bench: Bench) -> None:
    receipt = (await bench.crawl(portal(site), opened=[]))[0]
    assert receipt["reason"] == "refused"
    assert receipt["requests"] == 0
    assert site.log == []


async def test_an_error_cannot_command_a_terminal(site: Site, bench: Bench) -> None:
    message = "请先登录后才能浏览\x1b[2J\n本版"
    site.pages["/forum-2-1.html"] = f'<div id="messagetext"><p>{message}</p></div>'
    receipt = (await bench.crawl(site.source("/forum-2-1.html", "forum")))[0]
    assert receipt["errors"][0][2].isprintable()


async def test_a_bug_is_no_success(site: Site, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr("crawler.reading.read", broken)
    receipt = (await bench.crawl(portal(site)))[0]
    assert (receipt["reason"], receipt["errors"][0][:2]) == ("crashed", ["KeyError", 2])
