"""A page with several reports, from the site to the comparison: crawled, cut, filed, grouped, told."""

from importlib.resources import files

import pytest
from crawl_bench import Bench, Site, listing

from crawler.sample.places import SAMPLE_PLACES
from monitor.cli.why import why_address
from monitor.places import learn
from storage import parts, queries, save
from storage.database import reading as asking

TEXTS = files("crawler.sample") / "reports"


@pytest.fixture(autouse=True)
def places() -> None:
    learn(SAMPLE_PLACES)


def lines_of(name: str) -> list[str]:
    """A report of the sample, with a title that names its place."""
    place = {"990101": "澜汀区", "990102": "砚溪区"}[name[:6]]
    return [f"云岭市{place}人民政府工作报告", *(TEXTS / f"{name}.txt").read_text("utf-8").strip().split("\n")[1:]]


def page(lines: list[str], title: str = "云岭市及所属各区政府工作报告汇编") -> str:
    body = "".join(f"<p>{line}</p>" for line in lines)
    menu = '<div class="nav"><a href="/">首页</a> <a href="/list/">报告</a></div>'
    foot = "<div>上一篇：没有了</div><div>版权所有 文档之家 京ICP备00000000号</div>"
    head = f"<h1>{title}</h1><div>2026-02-01 08:00:00</div>"
    body = f"<body>{menu}{head}<div class='content'>{body}</div>{foot}</body>"
    return f"<html><head><title>{title}_文档之家</title></head>{body}</html>"


def compilation(names: list[str]) -> str:
    contents = ["目录", *(f"{lines_of(name)[0]}……………{9 * k + 1}" for k, name in enumerate(names))]
    return page([*contents, *(line for name in names for line in lines_of(name))])


def site_with(site: Site, names: list[str]) -> None:
    """A compilation of these reports, and two of them on pages of their own."""
    site.pages["/list/"] = listing(
        ("/a/1.html", "云岭市及所属各区政府工作报告汇编"),
        ("/a/2.html", "澜汀区2026年政府工作报告"),
        ("/a/3.html", "澜汀区2025年政府工作报告"),
    )
    site.pages["/a/1.html"] = compilation(names)
    for number, name in ((2, "990101-2026"), (3, "990101-2025")):
        site.pages[f"/a/{number}.html"] = page(lines_of(name), "澜汀区政府工作报告")


async def test_each_report_of_a_page_is_filed_with_other_copies_compared_and_told(site: Site, bench: Bench) -> None:
    names = ["990101-2026", "990102-2026", "990102-2025"]
    site_with(site, names)
    await bench.crawl(site.source())
    with asking(bench.engine) as session:
        whole = queries.last_reading(session, f"{site.address}/a/1.html")
        assert whole is not None
        assert (whole.kind, whole.outcome.split(":")[0]) == ("compilation", "compilation of 3 reports")
        rows = parts.parts_of(session, save.required(whole.id))
        assert [row.text.split("\n") for row in rows] == [lines_of(name) for name in names]
        assert [row.url for row in rows] == [f"{whole.url}#report-{n}" for n in (1, 2, 3)]
        homes = [queries.report_of(session, save.required(row.id)) for row in rows]
        assert [home.name for home in homes if home] == ["990101/2026", "990102/2026", "990102/2025"]
        report = queries.the_report(session, "990101/2026")
        copies = queries.copies_of(session, save.required(report.id))
        assert sorted(row.url.removeprefix(site.address) for _, row in copies) == ["/a/1.html#report-1", "/a/2.html"]
        for name in ("990101/2026", "990102/2026"):
            assert queries.last_comparison(session, save.required(queries.the_report(session, name).id)) is not None
            assert queries.event_named(session, f"report.new:{name}") is not None


async def test_a_page_that_moves_its_reports_keeps_one_copy_of_each(site: Site, bench: Bench) -> None:
    site_with(site, ["990102-2026", "990102-2025"])
    await bench.crawl(site.source())
    bench.age(days=400)
    site.pages["/a/1.html"] = compilation(["990101-2026", "990102-2026", "990102-2025"])
    await bench.crawl(site.source())
    with asking(bench.engine) as session:
        for name, part in (("990102/2026", "report-2"), ("990102/2025", "report-3")):
            copies = queries.copies_of(session, save.required(queries.the_report(session, name).id))
            assert [row.url.rpartition("#")[2] for _, row in copies] == [part]
        assert len(queries.copies_of(session, save.required(queries.the_report(session, "990101/2026").id))) == 2


async def test_why_tells_what_became_of_each_report_of_the_page(site: Site, bench: Bench) -> None:
    site_with(site, ["990102-2026", "990102-2025"])
    await bench.crawl(site.source())
    with asking(bench.engine) as session:
        lines = why_address(session, f"{site.address}/a/1.html")
        assert [line["step"] for line in lines] == ["fetched", "read", "decided", "part 1", "part 2"]
        assert "990102/2026" in lines[3]["what"]
        of_part = why_address(session, f"{site.address}/a/1.html#report-2")
        assert [line["step"] for line in of_part] == ["fetched", "read", "cut", "decided"]
        assert of_part[2]["what"] == "report 2 of the page"
