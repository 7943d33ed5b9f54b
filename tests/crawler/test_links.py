"""The links of a list page, and the way to the next."""

from datetime import UTC, datetime

import pytest

from crawler.spiders.forum import thread_address
from crawler.spiders.links import Link, links, looks_like_article, next_list, page_number, same_site, says, tree
from storage.values import Page

LIST = "http://www.lanting.example/zwgk/zfgzbg/"


def page(body: str, url: str = LIST, codec: str = "utf-8", content_type: str = "text/html") -> Page:
    return Page(url, datetime(2026, 1, 7, tzinfo=UTC), body.encode(codec), content_type=content_type)


def following(body: str, url: str = LIST, number: int = 1, selector: str | None = None) -> str | None:
    return next_list(tree(page(body, url)), url, number, selector=selector)


def test_links_are_joined_made_canonical_and_told_once() -> None:
    body = """<a href="./202501/t1.html#top" title="2025年政府工作报告">2025年政…</a>
        <a href="\t202501/t1.html\n">全文</a>
        <a href="javascript:void(0)">收藏</a><a href="#">顶部</a><a href="mailto:a@b">信</a><a href="http://[bad/">坏</a>
        <a href="//WWW.Lanting.Example/b;jsessionid=1A2B?x=1&sid=Zz9&y=2">b</a>"""
    assert links(tree(page(body)), LIST) == (
        Link(f"{LIST}202501/t1.html", ("2025年政…", "2025年政府工作报告", "全文")),
        Link("http://www.lanting.example/b?x=1&y=2", ("b",)),
    )


def test_a_base_in_the_page_counts() -> None:
    body = '<head><base href="/gk/"></head><a href="1.html">一</a>'
    assert links(tree(page(body)), LIST)[0].url == "http://www.lanting.example/gk/1.html"


def test_links_may_be_sought_in_a_part_of_the_page() -> None:
    body = '<div class="nav"><a href="/1.html">导航</a></div><ul id="list"><a href="/2.html">正文</a></ul>'
    assert [link.url[-6:] for link in links(tree(page(body)), LIST, "#list")] == ["2.html"]


def test_links_after_the_end_of_the_page_count() -> None:
    assert len(links(tree(page('<html><body></body></html><a href="/2.html">下一页</a>')), LIST)) == 1


@pytest.mark.parametrize(
    ("codec", "declared"), [("gb18030", "text/html"), ("gb18030", "text/html; charset=utf-8"), ("big5", "text/html")]
)
def test_titles_are_read_whatever_the_page_is_encoded_in(codec: str, declared: str) -> None:
    text = "瀾汀區人民政府工作報告" if codec == "big5" else "澜汀区人民政府工作报告"
    found = links(
        tree(page(f"<p>{text * 9}</p><a href='/1.html'>{text}</a>", codec=codec, content_type=declared)), LIST
    )
    assert found[0].texts == (text,)


@pytest.mark.parametrize(
    "text",
    [
        "2025年政府工作报告",
        "政 府 工 作 报 告",
        "政府工作報告",
        "澜汀区人民政府工作报告（2025年）",
        "政府\u3000工作报告",
    ],
)
def test_a_title_matches_in_any_width_script_and_spacing(text: str) -> None:
    assert says(Link(LIST, (text,)), "政府工作报告")


def test_another_title_does_not_match() -> None:
    assert not says(Link(LIST, ("人大常委会工作报告", "政府工作")), "政府工作报告")
    assert says(Link(LIST, ("甲", "北京市海淀区人民政府工作报告")), "北京.*政府工作报告")


@pytest.mark.parametrize(
    "url",
    [
        "http://www.lanting.example/zwgk/zfgzbg/202501/t20250108_448.html",
        "http://www.lanting.example/zwgk/zfgzbg/8a24fe8377dd20e70177f7230ec61228.html",
        "http://www.lanting.example/zwfw/zfgzbg/2217499/index.html",
        "http://www.lanting.example/xxgk/xxxq/pnidpv972138.html",
        "http://zfxxgk.lanting.example/pages/22.html",
        "https://lanting.example/paper/news.php?id=18914",
        "http://www.lanting.example/archives/5440/",
        "http://www.lanting.example/zwgk/zfgzbg/202604/P020260409367928917439.pdf",
    ],
)
def test_addresses_of_articles_are_known_as_such(url: str) -> None:
    assert looks_like_article(Link(url, ("政府工作报告",)), LIST)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        (LIST, "政府工作报告"),
        (f"{LIST}index_2.html", "政府工作报告"),
        (f"{LIST}?currentPage=2", "政府工作报告"),
        ("http://www.lanting.example/zwgk/", "政务公开"),
        ("http://www.lanting.example/zwgk/ghjh/index.html", "规划计划"),
        ("http://www.elsewhere.example/202501/t20250108_448.html", "政府工作报告"),
        ("http://www.lanting.example/202501/t20250108_448.html", "12"),
    ],
)
def test_other_links_of_a_list_are_not_taken_for_articles(url: str, text: str) -> None:
    assert not looks_like_article(Link(url, (text,)), LIST)


def test_a_source_may_say_what_its_articles_look_like() -> None:
    assert looks_like_article(Link("http://cdn.example/report", ("报告",)), LIST, "/report$")
    assert not looks_like_article(Link(f"{LIST}202501/t20250108_448.html", ("报告",)), LIST, "/report$")


@pytest.mark.parametrize(
    ("body", "number", "leads_to"),
    [
        ('<a href="index_1.html">下一页</a>', 1, f"{LIST}index_1.html"),
        ('<a href="index_1.html"> 下页 &gt;&gt; </a>', 1, f"{LIST}index_1.html"),
        ('<a href="index_1.html">›</a>', 1, f"{LIST}index_1.html"),
        ('<a href="index_1.html" title="Next">→</a>', 1, f"{LIST}index_1.html"),
        ('<a class="x" rel="next" href="?p=2">more</a>', 1, f"{LIST}?p=2"),
        (
            '<a href="?currentPage=1">1</a><a href="?currentPage=2">2</a><a href="?currentPage=9">末页</a>',
            1,
            f"{LIST}?currentPage=2",
        ),
        ('<a href="list_5_2.html">[2]</a><a href="list_5_3.html">[3]</a>', 2, f"{LIST}list_5_3.html"),
        ('<script>createPageHTML(3, 0, "index", "html");</script>', 1, f"{LIST}index_1.html"),
        ("<script>createPageHTML(3,1,'index','shtml');</script>", 2, f"{LIST}index_2.shtml"),
        ('<script>createPageHTML(3, 2, "index", "html");</script>', 3, None),
        ('<script>createPageHTML(1, 0, "index", "html");</script>', 1, None),
        ('<a href="#">下一页</a><a href="javascript:next(2)">下一页</a>', 1, None),
        (
            "<a href='javascript:next(1)'>上页</a><a href='javascript:next(3)'>下页</a>\
            <script>function next(n) { location.href = 'index_' + n + '.shtml'; }</script>",
            2,
            f"{LIST}index_3.shtml",
        ),
        ('<a href="http://ads.example/2">下一页</a>', 1, None),
        ('<a href="/news/2.html">2</a>', 1, None),
        ("<p>没有了</p>", 1, None),
    ],
)
def test_the_next_list_page_is_found_by_conventions(body: str, number: int, leads_to: str | None) -> None:
    assert following(body, number=number) == leads_to


def test_a_source_may_say_where_the_next_link_is() -> None:
    body = '<a href="/index_9.html">下一页</a><a class="go" href="/index_2.html">go</a>'
    assert following(body, selector="a.go") == "http://www.lanting.example/index_2.html"
    assert following(body, selector="a.none") is None


@pytest.mark.parametrize(
    ("first", "url", "number"),
    [
        ("/b/123.html", "/b/123_2.html", 2),
        ("/b/123.html", "/b/123-13.html", 13),
        ("/b/123.html", "/b/123.html?page=3", 3),
        ("/b/n.php?id=7", "/b/n.php?id=7&p=2", 2),
        ("/list/", "/list/index_4.html", 4),
        ("/list/", "/list/index_4.shtml", 4),
        ("/b/123.html", "/b/124_2.html", None),
        ("/b/123.html", "/b/123_2.jpg", None),
        ("/b/123.html", "/b/1234.html", None),
        ("/b/t20250108_448.html", "/b/t20250108_449.html", None),
        ("/b/n.php?id=7", "/b/n.php?id=8", None),
        ("/b/n.php?id=7", "/b/n.php?id=8&p=2", None),
        ("/b/123.html", "/b/123_2000.html", None),
    ],
)
def test_the_pages_of_an_article_are_told_from_other_articles(first: str, url: str, number: int | None) -> None:
    site = "http://a.example"
    assert page_number(site + first, site + url) == number
    assert page_number(site + first, f"http://b.example{url}") is None


@pytest.mark.parametrize(
    ("url", "thread"),
    [
        ("forum.php?mod=viewthread&tid=7", "forum.php?mod=viewthread&tid=7"),
        ("forum.php?extra=page%3D1&mod=viewthread&tid=7&page=3&ordertype=2", "forum.php?mod=viewthread&tid=7"),
        ("bbs/forum.php?mod=viewthread&tid=7&highlight=%E6", "bbs/forum.php?mod=viewthread&tid=7"),
        ("thread-7-2-5.html", "thread-7-1-1.html"),
        ("bbs/thread-7-1-3.html", "bbs/thread-7-1-1.html"),
        ("forum.php?mod=redirect&tid=7&goto=lastpost", None),
        ("forum.php?mod=forumdisplay&fid=2", None),
        ("forum.php?mod=viewthread&tid=x", None),
        ("home.php?mod=space&uid=7", None),
    ],
)
def test_a_thread_has_one_address(url: str, thread: str | None) -> None:
    assert thread_address(f"https://f.example/{url}") == (f"https://f.example/{thread}" if thread else None)


def test_a_site_includes_the_hosts_within_its_domain() -> None:
    assert same_site("http://www.bjhd.example/", "http://zyk.bjhd.example/a")
    assert same_site("http://bjhd.example/", "https://www.bjhd.example/a")
    assert not same_site("http://www.bjhd.example/", "http://notbjhd.example/")
    assert not same_site("http://www.a.gov.example/", "http://www.b.gov.example/")


def test_a_page_without_anything_has_no_links() -> None:
    assert links(tree(page("")), LIST) == ()
    assert links(tree(page("\0")), LIST) == ()
