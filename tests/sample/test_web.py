"""The sample web without a socket: what its sites answer on each day."""

import json
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin

import pytest
import yaml
from lxml import html

from crawler.sample.__main__ import main
from crawler.sample.library import read_library
from crawler.sample.places import LANTING, SAMPLE_PLACES, YANXI
from crawler.sample.portal import COLUMN
from crawler.sample.web import RunningWeb, SampleWeb, sample_web
from crawler.text.attachments import lines_of_document


@pytest.fixture(scope="module")
def web() -> SampleWeb:
    return sample_web()


def text_of(web: SampleWeb, site: str, path: str, day: int = 1, codec: str = "utf-8") -> str:
    answer = web.answer(site, path, day=day)
    assert answer.status == 200, (site, path)
    return answer.body.decode(codec)


def links(web: SampleWeb, site: str, path: str, day: int = 1) -> dict[str, str]:
    """Address by the link's whole text, as a reader sees it or as its title attribute has it."""
    page = html.fromstring(text_of(web, site, path, day))
    return {
        a.get("title") or a.text_content().strip(): urljoin(path, a.get("href"))
        for a in page.iter("a")
        if not a.get("href").startswith(("javascript", "#"))
    }


def addresses(web: SampleWeb, site: str, path: str, day: int) -> set[str]:
    page = html.fromstring(text_of(web, site, path, day))
    return {urljoin(path, href) for href in page.xpath("//a/@href")}


def lists_of(web: SampleWeb, site: str, day: int) -> Iterator[dict[str, str]]:
    for number in range(9):
        path = f"/{COLUMN}index_{number}.html" if number else f"/{COLUMN}"
        if web.answer(site, path, day=day).status == 200:
            yield links(web, site, path, day)


def portal_links(web: SampleWeb, site: str, day: int) -> dict[str, str]:
    return {title: path for page in lists_of(web, site, day) for title, path in page.items()}


def folded(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_the_places_of_the_sample_use_codes_that_no_province_has():
    assert [place.code for place in SAMPLE_PLACES] == ["990000", "990101", "990102"]
    assert all(place.name.startswith("云岭市") for place in SAMPLE_PLACES)


def test_five_years_of_both_districts_are_in_the_library():
    library = read_library()
    for place in (LANTING, YANXI):
        assert [report.year for report in library.of(place)] == [2026, 2025, 2024, 2023, 2022]
        assert all(report.session.startswith("第") for report in library.of(place))


def test_a_folder_without_reports_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="no reports"):
        read_library(tmp_path)


@pytest.mark.parametrize(
    ("site", "word"), [("lanting", "2026年澜汀区政府工作报告"), ("yanxi", "2026年云岭市砚溪区人民政府工作报告")]
)
def test_the_new_report_is_on_the_portal_on_day_two_only(web, site, word):
    assert word not in portal_links(web, site, day=1)
    path = portal_links(web, site, day=2)[word]
    assert web.answer(site, path, day=1).status == 404
    assert re.fullmatch(rf"/{COLUMN}2026\d\d/t2026\d{{4}}_\d+\.html", path)
    assert "各位代表" in text_of(web, site, path, day=2)


@pytest.mark.parametrize("site", ["lanting", "yanxi"])
def test_a_portals_list_has_pages_and_holds_other_documents_too(web, site):
    assert len(list(lists_of(web, site, day=1))) >= 2
    titles = " ".join(portal_links(web, site, day=1))
    for other in ("预算（草案）的报告", "常务委员会工作报告", "一图读懂", "决议", "征集"):
        assert other in titles


def test_the_column_is_reached_by_link_texts_from_the_home_page(web):
    for site in ("lanting", "yanxi"):
        path = "/"
        for word in ("政务公开", "规划计划", "政府工作报告"):
            path = links(web, site, path)[word]
        assert path == f"/{COLUMN}"


def test_every_report_of_a_portal_is_there_word_for_word(web):
    for site, place in (("lanting", LANTING), ("yanxi", YANXI)):
        portal = web.sites[site]
        for report in read_library().of(place):
            document = next(d for d in portal.documents if d.lines == report.lines)
            codec = portal.charsets[report.year].codec if report.year in portal.charsets else "utf-8"
            page = text_of(web, site, f"/{document.folder}{document.path}", 2, codec)
            shown = folded(unescape(re.sub("<[^>]+>", "", page)))
            assert folded("".join(report.lines)) in shown


def test_one_article_of_each_portal_is_gb18030_under_a_wrong_label_or_none(web):
    for site, year, label in (("lanting", 2023, "text/html; charset=utf-8"), ("yanxi", 2022, "text/html")):
        document = next(d for d in web.sites[site].documents if d.year == year and "各位代表：" in d.lines)
        answer = web.answer(site, f"/{document.folder}{document.path}")
        assert answer.headers["Content-Type"] == label
        assert "各位代表" in answer.body.decode("gb18030")
        with pytest.raises(UnicodeDecodeError):
            answer.body.decode("utf-8")


def test_a_long_title_is_cut_in_one_portals_list_and_whole_in_its_title_attribute(web):
    page = text_of(web, "yanxi", f"/{COLUMN}")
    whole = re.search(r'title="([^"]+)"[^>]*>[^<]+…<', page)
    assert whole
    assert len(whole[1]) > 24


def test_the_board_names_every_thread_by_an_address_with_a_page_in_it(web):
    board = links(web, "forum", "/forum.php?mod=forumdisplay&fid=42", day=2)
    assert "/forum.php?mod=viewthread&tid=70041&extra=page%3D1" in board.values()
    assert board["下一页"].endswith("page=2")


def test_three_addresses_of_a_thread_show_the_same_posts(web):
    addresses = ("/forum.php?mod=viewthread&tid=70001", "/thread-70001-1-1.html")
    pages = {text_of(web, "forum", address) for address in addresses}
    pages.add(text_of(web, "forum", "/forum.php?mod=viewthread&tid=70001&extra=page%3D1"))
    assert len(pages) == 1


def test_the_first_post_holds_the_report_and_the_others_chatter(web):
    page = html.fromstring(text_of(web, "forum", "/thread-70002-1-1.html"))
    posts = [" ".join(post.itertext()) for post in page.xpath('//td[starts-with(@id, "postmessage_")]')]
    assert "各位代表" in posts[0]
    assert all(len(post) < 100 for post in posts[1:])
    assert posts[1:]


def test_a_threads_second_page_holds_replies_only(web):
    page = text_of(web, "forum", "/forum.php?mod=viewthread&tid=69961&page=2")
    assert "各位代表" not in page
    assert "postmessage_" in page


def test_views_of_a_thread_grow_while_its_text_stays(web):
    one, two = (text_of(web, "forum", "/thread-70001-1-1.html", day) for day in (1, 2))
    assert one != two
    assert re.findall(r'(?s)id="postmessage_.*?</td>', one) == re.findall(r'(?s)id="postmessage_.*?</td>', two)


def test_a_forum_gives_no_validators(web):
    assert "ETag" not in web.answer("forum", "/forum.php?mod=forumdisplay&fid=42").headers


def test_an_unknown_thread_is_a_notice_with_status_200(web):
    assert "不存在" in text_of(web, "forum", "/forum.php?mod=viewthread&tid=1")


def test_an_articles_pages_together_are_the_report(web):
    report = next(r for r in read_library().of(LANTING) if r.year == 2025)
    article = next(a for a in web.sites["paged"].articles if a.report.place == LANTING and a.report.year == 2025)
    assert len(article.pages) >= 3
    texts = []
    for page in range(1, len(article.pages) + 1):
        shown = html.fromstring(text_of(web, "paged", f"/baogao/yl/{article.name(page)}"))
        assert shown.xpath("string(//h1)") == article.title
        texts += [p.text_content().strip() for p in shown.xpath('//div[@id="content"]/p')]
    assert tuple(texts) == report.lines


def test_the_paged_sites_list_leads_to_its_second_page(web):
    assert links(web, "paged", "/baogao/")["下一页"] == "/baogao/list_5_2.html"
    assert web.answer("paged", "/baogao/list_5_9.html").status == 404


def test_the_newspaper_prints_a_summary_and_never_the_report(web):
    start = "/cloud/lanmu/lianghui.htm"
    [new, *_] = sorted(addresses(web, "paper", start, 2) - addresses(web, "paper", start, 1))
    page = text_of(web, "paper", new, 2)
    assert page.count("◎") >= 5
    assert "报告提出" in page
    assert "我代表" not in page


def test_the_wall_shows_a_beginning_and_asks_to_log_in(web):
    path = links(web, "wall", "/c-12.html")["2025年云岭市澜汀区政府工作报告（全文）"]
    page = text_of(web, "wall", path)
    assert "登录后阅读全文" in page
    assert "各位代表" in page
    assert len(page) < 3000


def test_every_reprint_site_has_something_new_on_day_two(web):
    starts = {"forum": "/forum.php?mod=forumdisplay&fid=42", "paged": "/baogao/", "clone": "/pages/"}
    starts |= {"paper": "/cloud/lanmu/lianghui.htm", "wall": "/c-12.html"}
    for site, start in starts.items():
        assert addresses(web, site, start, 2) - addresses(web, site, start, 1), site


def test_what_is_not_there_is_404(web):
    for site in ("lanting", "yanxi", "forum", "paged", "clone", "paper", "wall", "faults"):
        assert web.answer(site, "/no/such/page.html").status == 404


def test_one_site_forbids_a_folder_that_its_list_links_to(web):
    robots = text_of(web, "lanting", "/robots.txt")
    assert "Disallow: /hdjl/" in robots
    assert any(path.startswith("/hdjl/") for path in portal_links(web, "lanting", 1).values())


def test_robots_are_a_delay_a_ban_a_failure_or_absent(web):
    assert "Crawl-delay: 0.5" in text_of(web, "paper", "/robots.txt")
    assert "Disallow: /\n" in text_of(web, "closed", "/robots.txt")
    assert web.answer("ailing", "/robots.txt").status == 503
    assert web.answer("forum", "/robots.txt").status == 404


FAULTS = {"blocked": 403, "challenge": 412, "cookie": 521, "soft-404": 200, "to-home": 301, "shell": 200, "empty": 200}
FAULTS |= {"no-links": 200, "error": 500, "unavailable": 503, "too-many": 429, "private": 302, "login": 200}


@pytest.mark.parametrize(("name", "status"), FAULTS.items())
def test_each_fault_has_its_status(web, name, status):
    assert web.answer("faults", f"/{name}").status == status


SOURCES = ["lanting", "yanxi", "forum", "paged", "clone", "paper", "wall", "congress", "weekly", "archives"]


def test_the_registry_names_a_source_for_every_honest_site(web):
    ports = {site: 8000 + number for number, site in enumerate(web.sites)}
    entries = yaml.safe_load(RunningWeb(web, ports=ports).registry())
    assert [entry["id"] for entry in entries] == SOURCES
    assert entries[0]["start"] == f"http://127.0.0.1:8000/{COLUMN}"
    assert {entry["family"] for entry in entries} == {"column", "forum", "paged", "epaper", "api", "feed", "numbered"}


ON_ONE_HOST = dict.fromkeys(("congress", "weekly", "archives"), "stacks")


def test_every_start_of_the_registry_answers(web):
    running = RunningWeb(web, ports=dict.fromkeys(web.sites, 80))
    for entry in yaml.safe_load(running.registry()):
        path = entry["start"].removeprefix("http://127.0.0.1:80")
        assert web.answer(ON_ONE_HOST.get(entry["id"], entry["id"]), path).status == 200


def test_the_front_page_of_the_paper_leads_to_the_newest_issue(web):
    for day in (1, 2):
        [address] = re.findall(r'replace\("([^"]+)"\)', text_of(web, "paper", "/cloud/", day))
        section = links(web, "paper", address, day)["第A02版：两会专栏"]
        assert any("摘登" in title for title in links(web, "paper", section, day))


def test_the_stacks_have_an_interface_a_feed_and_numbers(web):
    rows = json.loads(text_of(web, "stacks", "/api/search?pageNum=1", 2))["rows"]
    assert "2026年《政府工作报告》的通知" in rows[0]["title"]
    [file] = [path for path in links(web, "stacks", rows[0]["docPubUrl"], 2).values() if path.endswith(".docx")]
    packed = web.answer("stacks", file, day=2).body
    assert lines_of_document(packed, "docx") == list(read_library().of(YANXI)[0].lines)
    assert json.loads(text_of(web, "stacks", "/api/search?pageNum=9"))["rows"] == []
    assert text_of(web, "stacks", "/weekly.xml", 2).count("<item>") == 3
    titles = [text_of(web, "stacks", f"/archives/{n}.html") for n in range(8000, 8009)]
    assert sum("政府工作报告" in title for title in titles) == 4


def test_the_registry_is_printed_without_serving(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["python -m crawler.sample", "--registry", "--port", "9100"])
    assert main() == 0
    assert "http://127.0.0.1:9100/" in capsys.readouterr().out
