"""A CMS that reprints reports over several pages: 123.html, 123_2.html …, every page with title and navigation."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from crawler.sample import alter
from crawler.sample.answer import Answer, Target, html
from crawler.sample.documents import chinese
from crawler.sample.library import Library, SampleReport
from crawler.sample.pages import chunks, noon, render

PAGE_CHARACTERS = 900  # so that a report of the sample makes four pages
LISTED = 5
OLDEST = 2023


@dataclass(frozen=True, slots=True)
class Article:
    """One reprint, over several pages."""

    number: int
    title: str
    pages: tuple[tuple[str, ...], ...]
    report: SampleReport

    def name(self, page: int) -> str:
        """`123.html` for the first page (1), `123_2.html` for the second."""
        return f"{self.number}.html" if page == 1 else f"{self.number}_{page}.html"


@dataclass(frozen=True)
class PagedSite:
    """文稿汇编网: both districts since 2023, masked and damaged here and there."""

    library: Library
    id: str = "paged"
    name: str = "文稿汇编网"
    robots: str | None = "User-agent: *\nDisallow: /plus/\nDisallow: /member/\n"

    @cached_property
    def articles(self) -> tuple[Article, ...]:
        """All reprints of both days, newest first."""
        found = [_article(report) for report in self.library.reports if report.year >= OLDEST]
        return tuple(sorted(found, key=lambda article: article.number, reverse=True))

    def answer(self, target: Target, day: int) -> Answer | None:
        """The page at a path, or None where there is none."""
        shown = [article for article in self.articles if article.report.day <= day]
        path = target.path
        if path in ("/", "/baogao/", "/baogao/index.html"):
            return self._list(shown, 1)
        if path.startswith("/baogao/list_5_"):
            number = path.removeprefix("/baogao/list_5_").removesuffix(".html")
            return self._list(shown, int(number)) if number.isdecimal() else None
        for article in shown:
            for page in range(1, len(article.pages) + 1):
                if path == f"/baogao/yl/{article.name(page)}":
                    return self._page(article, page, shown)
        return None

    def _list(self, shown: list[Article], number: int) -> Answer | None:
        last = -(-len(shown) // LISTED)
        if not 1 <= number <= last:
            return None
        listed = shown[(number - 1) * LISTED : number * LISTED]
        return html(render("paged/list.html", site=self, articles=listed, number=number, last=last))

    def _page(self, article: Article, page: int, shown: list[Article]) -> Answer:
        place = shown.index(article)
        text = render(
            "paged/article.html",
            site=self,
            article=article,
            page=page,
            before=shown[place + 1] if place + 1 < len(shown) else None,
            after=shown[place - 1] if place else None,
            hot=[other for other in shown if other is not article][:6],
        )
        on = article.report.meeting_on + timedelta(40)
        return html(text, content_type="text/html", modified=noon(on.year, on.month, on.day))


def _article(report: SampleReport) -> Article:
    number = 9000 + report.year % 100 * 20 + int(report.place.code) % 10 * 3
    title = f"(云岭市){report.place.name}人民政府工作报告({chinese(report.meeting_on)})"
    change = CHANGES.get((report.district, report.year), tuple)
    return Article(number, title, chunks(change(report.lines), PAGE_CHARACTERS), report)


CHANGES: dict[tuple[str, int], Callable[[tuple[str, ...]], tuple[str, ...]]] = {
    ("澜汀区", 2023): alter.mask_years,
    ("砚溪区", 2024): alter.drop_characters,
    ("砚溪区", 2025): alter.mask_numbers,
    ("澜汀区", 2026): alter.drop_characters,
}
