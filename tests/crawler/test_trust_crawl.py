"""A page that shrinks, turns strange or comes back, through real crawls: what stands, and when something else does."""

from datetime import timedelta
from importlib.resources import files

import pytest
from crawl_bench import Bench, Site, listing
from sqlmodel import Session, select

from crawler.sample.places import SAMPLE_PLACES
from monitor.places import learn
from storage import model, queries
from storage.values import Source

PAGE = "/a/t20250108_1.html"
LINES = (files("crawler.sample") / "reports" / "990101-2025.txt").read_text("utf-8").splitlines()
NOTE = "新增一段文字，说明这份报告有改动。"


def page_of(lines: list[str]) -> str:
    body = "".join(f"<p>{line}</p>" for line in lines)
    return f"<html><head><title>2025年澜汀区政府工作报告</title></head><body><div>{body}</div></body></html>"


WHOLE, EDITED, SHORT = page_of(LINES), page_of([*LINES[:30], NOTE, *LINES[30:]]), page_of(LINES[: len(LINES) // 2])
ENGLISH = "<html><body><h1>Work report</h1>" + "<p>The district government reports.</p>" * 200 + "</body></html>"


@pytest.fixture(autouse=True)
def places() -> None:
    learn(SAMPLE_PLACES)


async def day(site: Site, bench: Bench, page: str) -> None:
    """A day later: the page says this, and is crawled."""
    bench.age(hours=24)
    with Session(bench.engine) as session:
        for row in session.exec(select(model.Reading)):
            row.held_at = row.held_at - timedelta(hours=24) if row.held_at else None
            session.add(row)
        session.commit()
    site.pages[PAGE] = page
    await bench.crawl(source_of(site))


def source_of(site: Site) -> Source:
    site.pages["/list/"] = listing((PAGE, "2025年澜汀区政府工作报告"))
    return site.source()


def stands(site: Site, bench: Bench) -> str:
    """Which of the pages stands."""
    with Session(bench.engine) as session:
        found = queries.standing_copy_at(session, site.address + PAGE)
        assert found is not None
        text = found[1].text
    return "edited" if NOTE in text else "whole" if LINES[-1] in text else "short"


async def test_a_page_that_shrank_is_a_version_only_when_it_is_fetched_again_and_says_the_same(
    site: Site, bench: Bench
) -> None:
    await day(site, bench, EDITED)
    await day(site, bench, SHORT)
    assert stands(site, bench) == "edited"
    assert bench.rows(model.Reading)[-1].outcome.startswith("held back: much shorter")
    await bench.crawl(source_of(site))
    assert stands(site, bench) == "edited", "the same day is too early"
    await day(site, bench, SHORT)
    assert stands(site, bench) == "short"
    assert len(bench.rows(model.Reading)) == 2


async def test_a_page_that_flickers_is_not_believed_until_it_stays(site: Site, bench: Bench) -> None:
    for page in (EDITED, SHORT, EDITED, SHORT):
        await day(site, bench, page)
        assert stands(site, bench) == "edited"
    await day(site, bench, SHORT)
    assert stands(site, bench) == "short"


async def test_a_page_in_another_language_changes_nothing(site: Site, bench: Bench) -> None:
    for page in (EDITED, ENGLISH, ENGLISH):
        await day(site, bench, page)
        assert stands(site, bench) == "edited"
    assert bench.rows(model.Reading)[-1].outcome.startswith(("held back", "not read"))


async def test_a_text_that_comes_back_after_another_stands_again(site: Site, bench: Bench) -> None:
    for page, expected in ((WHOLE, 1), (EDITED, 2), (WHOLE, 3), (EDITED, 4), (EDITED, 4)):
        await day(site, bench, page)
        assert len(bench.rows(model.Reading)) == expected
        assert (stands(site, bench) == "edited") is (page == EDITED)
    copies = bench.rows(model.Copy)
    assert [copy.superseded_at is None for copy in copies] == [False, False, False, True]
