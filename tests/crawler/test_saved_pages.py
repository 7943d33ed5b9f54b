"""A saved page of each family, and what its spider makes of it. The pages are invented, after real layouts."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.spiders.article import Kept
from crawler.spiders.epaper import is_section, sections_of
from crawler.spiders.feed import entries_of, parsed
from crawler.spiders.forum import thread_address
from crawler.spiders.links import Link, links, looks_like_article, next_list, tree, written_links
from crawler.spiders.numbered import numbers_in
from crawler.spiders.paged import next_page_of
from crawler.spiders.rows import document_of, rows_of
from crawler.spiders.scripts import leads_to
from storage import model
from storage.values import Page

PAGES = Path(__file__).parent / "pages"
SITE = "http://www.weize.example"


def saved(name: str, path: str) -> Page:
    kind = "application/xml" if name.endswith("xml") else "text/html"
    return Page(f"{SITE}{path}", datetime(2026, 1, 7, tzinfo=UTC), (PAGES / name).read_bytes(), content_type=kind)


def articles(page: Page) -> list[str]:
    elements = tree(page)
    found: tuple[Link, ...] = links(elements, page.url) + written_links(elements, page.url)
    return [link.url.removeprefix(SITE) for link in found if looks_like_article(link, page.url)]


def following(page: Page, number: int = 1, **more: Any) -> str | None:
    found = next_list(tree(page), page.url, number, **more)
    return found.removeprefix(SITE) if found else None


def test_a_column_of_eportal() -> None:
    page = saved("eportal.html", "/wzqrmzf/zwfw/zfgzbg/index.html")
    assert articles(page) == [f"/wzqrmzf/zwfw/zfgzbg/{n}/index.html" for n in (2217499, 653139, 653120)]
    assert following(page) == "/wzqrmzf/zwfw/zfgzbg/index.html?currentPage=2"


def test_a_column_whose_pages_are_turned_by_a_function() -> None:
    page = saved("huilan.html", "/zwgk/ghjh/")
    assert articles(page) == ["/zwgk/ghjh/202501/1266102.shtml", "/zwgk/ghjh/202502/1266177.shtml"]
    assert following(page) == "/zwgk/ghjh/index_2.shtml"
    assert following(page, template="list{}.html") == "/zwgk/ghjh/list2.html"


def test_a_list_that_a_script_writes() -> None:
    page = saved("written.html", "/zfgzbg/")
    assert articles(page) == ["/zfgzbg/202501/t20250118_31001.shtml", "/zfgzbg/202401/t20240119_30412.shtml"]
    assert written_links(tree(page), page.url)[1].texts == ("2024年政府工作报告",)


def test_a_list_as_json_in_the_page() -> None:
    page = saved("embedded.html", "/zck/")
    text = "".join(tree(page).css("#json::text").getall())
    found = rows_of(document_of(text, page.url), {"rows": "docs", "link": "path", "text": "name"}, page.url)
    assert found[0] == Link(f"{SITE}/zwgk/zfgzbg/202504/P020250409.pdf", ("2025年政府工作报告",))
    built = rows_of(document_of(text, page.url), {"rows": "docs", "link": "/doc/{id}.html", "text": "name"}, page.url)
    assert built[1].url == f"{SITE}/doc/40102.html"


def test_a_shell() -> None:
    page = saved("shell.html", "/zwgk/")
    assert leads_to(tree(page), page.url) == f"{SITE}/zwgk/zfxxgk/fdzdgknr/index.html"


def test_an_interface() -> None:
    page = saved("search.json", "/sjkf-api/search?pageNum=1")
    options = {"rows": "rows", "link": "docPubUrl", "text": "title", "base": "http://zyk.weize.example/"}
    found = rows_of(document_of(page.body.decode(), page.url), options, page.url)
    assert [link.url.split("/")[2] for link in found] == ["zyk.weize.example"] * 2
    assert rows_of(document_of(f"back({page.body.decode()});", page.url), options, page.url) == found


def test_a_feed() -> None:
    page = saved("feed.xml", "/rss.xml")
    found = list(entries_of(parsed(page), page.url))
    assert [(link.url.removeprefix(SITE), link.texts) for link in found] == [
        ("/a/1.html", ("WEIZE 2025",)),
        ("/a/2.html", ("<b>2024</b>",)),
    ]


def test_a_section_of_an_epaper() -> None:
    page = saved("section.html", "/wzsb/html/2025-01/09/node_2.htm")
    folder = "/wzsb/html/2025-01/09"
    assert [link.url.removeprefix(SITE) for link in sections_of(page)] == [
        f"{folder}/node_1.htm",
        f"{folder}/node_2.htm",
    ]
    told = [link for link in links(tree(page), page.url) if looks_like_article(link, page.url) and not is_section(link)]
    assert [link.url.rsplit("/", 1)[1] for link in told] == ["content_208929.htm", "content_208930.htm?div=-1"]


def test_a_board_of_discuz() -> None:
    page = saved("board.html", "/forum.php?mod=forumdisplay&fid=42")
    threads = [thread_address(link.url) for link in links(tree(page), page.url)]
    assert {thread.removeprefix(SITE) for thread in threads if thread} == {
        "/thread-101-1-1.html",
        "/forum.php?mod=viewthread&tid=69571",
        "/thread-69571-1-1.html",
    }
    assert following(page) == "/forum.php?mod=forumdisplay&fid=42&page=2"


def test_an_article_over_pages() -> None:
    page = saved("article.html", "/baogao/hb/11697.html")
    assert next_page_of(page, page.url, 2) == f"{SITE}/baogao/hb/11697_2.html"
    assert next_page_of(page, page.url, 4) is None


def test_a_site_of_numbers() -> None:
    page = saved("numbered.html", "/archives/")
    row = model.Page(
        source="x", url=page.url, fetched_at=page.fetched_at, status=200, digest="d", size=1, warc="w", offset=0
    )
    assert list(numbers_in(Kept(page, row), f"{SITE}/archives/{{}}.html")) == [6045, 6039]
