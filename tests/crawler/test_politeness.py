"""Politeness, measured against the log of the server."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from crawl_bench import AGENT, Bench, Reply, Site, listing, report
from scrapy.http import Response
from sqlalchemy import update
from sqlmodel import Session

from crawler.fetching import retry_after
from crawler.robots import rules_of
from crawler.sample.server import most_at_once, shortest_gap
from storage import model


def column(site: Site, count: int = 4) -> None:
    """A list of articles that nobody wants to read closely."""
    site.pages["/list/"] = listing(*((f"/a/{n}001.html", f"{n}年政府工作报告") for n in range(count)))
    for n in range(count):
        site.pages[f"/a/{n}001.html"] = f"<p>{n}</p>"


async def test_one_request_at_a_time_with_the_delay_between(site: Site, bench: Bench) -> None:
    column(site)
    await bench.crawl(site.source(), delay=0.08)
    assert len(site.log) == 6
    assert most_at_once(site.log) == 1
    assert shortest_gap(site.log) >= 0.08


async def test_sources_that_share_a_host_share_its_turns(site: Site, bench: Bench) -> None:
    column(site)
    await asyncio.gather(
        bench.crawl(site.source(), delay=0.05), bench.crawl(site.source(), site.source("/list/?x=1"), delay=0.05)
    )
    assert len(site.log) >= 8  # robots.txt, three lists, four articles: what one has read the other leaves alone
    assert most_at_once(site.log) == 1
    assert shortest_gap(site.log) >= 0.05


async def test_a_source_may_ask_for_a_longer_delay(site: Site, bench: Bench) -> None:
    column(site, 1)
    await bench.crawl(site.source(delay=0.15))
    assert shortest_gap(site.log) >= 0.15


async def test_crawl_delay_is_obeyed(site: Site, bench: Bench) -> None:
    column(site, 2)
    site.pages["/robots.txt"] = "User-agent: reportwatch\nCrawl-delay: 0.2\n"
    await bench.crawl(site.source())
    assert len(site.log) == 4
    assert shortest_gap(site.log) >= 0.2


async def test_the_user_agent_is_named_with_a_contact(site: Site, bench: Bench) -> None:
    column(site)
    await bench.crawl(site.source())
    assert {request.asked["user-agent"] for request in site.log} == {AGENT}
    assert not any("cookie" in request.asked or "referer" in request.asked for request in site.log)


async def test_cookies_are_not_sent_back(site: Site, bench: Bench) -> None:
    column(site)
    site.pages["/list/"] = (200, {"Set-Cookie": "a=b"}, str(site.pages["/list/"]))
    await bench.crawl(site.source())
    assert not any("cookie" in request.asked for request in site.log)


async def test_retry_after_is_obeyed(site: Site, bench: Bench) -> None:
    column(site, 1)
    answers: list[Reply] = [(503, {"Retry-After": "1"}, ""), (200, {}, report(2025))]
    site.pages["/a/0001.html"] = lambda _: answers.pop(0)
    receipt = (await bench.crawl(site.source()))[0]
    first, second = (request for request in site.log if request.path == "/a/0001.html")
    assert second.started - first.ended >= 1.0
    assert (receipt["reason"], receipt["fresh"]) == ("finished", 1)


async def test_a_site_that_asks_for_an_hour_gets_it(site: Site, bench: Bench) -> None:
    column(site, 2)
    site.pages["/a/0001.html"] = (429, {"Retry-After": "3600"}, "")
    receipt = (await bench.crawl(site.source()))[0]
    assert site.paths == ["/list/", "/a/0001.html"]
    assert receipt["reason"] == "partly"
    assert "left alone" in receipt["errors"][0][2]
    site.log.clear()
    assert (await bench.crawl(site.source()))[0]["reason"] == "failed"
    assert site.log == []


async def test_what_robots_txt_disallows_is_not_asked_for(site: Site, bench: Bench) -> None:
    column(site, 2)
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /\n\nUser-agent: Reportwatch\nDisallow: /a/1\n"
    receipt = (await bench.crawl(site.source()))[0]
    assert site.paths == ["/list/", "/a/0001.html"]
    assert receipt["reason"] == "finished"
    assert receipt["errors"][0][:2] == ["Blocked", 1]


async def test_a_site_that_forbids_robots_is_left_alone(site: Site, bench: Bench) -> None:
    column(site)
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /"
    receipt = (await bench.crawl(site.source()))[0]
    assert site.paths == []
    assert receipt["reason"] == "blocked"


@pytest.mark.parametrize("page", [(503, {}, ""), (429, {}, "")])
async def test_a_robots_txt_in_trouble_means_stay_away(site: Site, bench: Bench, page: Reply) -> None:
    column(site)
    site.pages["/robots.txt"] = page
    receipt = (await bench.crawl(site.source()))[0]
    assert site.paths == []
    assert receipt["reason"] == "failed"
    assert [error[:2] for error in receipt["errors"]] == [["FetchError", 1]]


@pytest.mark.parametrize(
    "page", [(404, {}, ""), (403, {}, ""), "<html>首页</html>", (302, {"Location": "/robots.txt"}, "")]
)
async def test_no_robots_txt_means_free(site: Site, bench: Bench, page: Reply | str) -> None:
    column(site, 1)
    site.pages["/robots.txt"] = page
    assert (await bench.crawl(site.source()))[0]["reason"] == "finished"


async def test_robots_txt_is_asked_for_once_a_day(site: Site, bench: Bench) -> None:
    column(site, 1)
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /b/"
    for _ in range(2):
        await bench.crawl(site.source())
    assert [request.path for request in site.log].count("/robots.txt") == 1
    with Session(bench.engine) as session:
        session.execute(update(model.Page).values(fetched_at=datetime.now(UTC) - timedelta(hours=25)))
        session.commit()
    await bench.crawl(site.source())
    assert [request.path for request in site.log].count("/robots.txt") == 2


async def test_after_a_week_a_page_is_fetched_in_full(site: Site, bench: Bench) -> None:
    column(site, 1)
    site.pages["/list/"] = (200, {"ETag": '"1"'}, str(site.pages["/list/"]))
    await bench.crawl(site.source())
    await bench.crawl(site.source())
    assert [request.asked.get("if-none-match") for request in site.log if request.path == "/list/"] == [None, '"1"']
    with Session(bench.engine) as session:
        session.execute(update(model.Page).values(fetched_at=datetime.now(UTC) - timedelta(days=8)))
        session.commit()
    site.log.clear()
    await bench.crawl(site.source())
    assert [request.asked.get("if-none-match") for request in site.log if request.path == "/list/"] == [None]


def test_retry_after_is_read_in_both_forms() -> None:
    now = datetime(2026, 1, 7, tzinfo=UTC)

    def asked(value: str, status: int = 503) -> float:
        return retry_after(Response("http://a/", status, {"Retry-After": value}), now)

    assert asked("120") == 120
    assert asked(format_datetime(now + timedelta(seconds=90), usegmt=True)) == 90
    assert asked(format_datetime(now - timedelta(seconds=90), usegmt=True)) == 0
    assert asked("soon") == asked("-5") == asked("") == asked("120", 200) == 0


def test_a_robots_txt_with_a_mark_or_too_long_is_read_all_the_same() -> None:
    rules = rules_of(200, b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /a\r\n" + b"#" * 600_000 + b"\nDisallow: /b\n")
    assert rules is not None
    assert not rules.can_fetch("http://x/a", "reportwatch")
    assert rules.can_fetch("http://x/b", "reportwatch")
