"""Two more sites with single-page articles: a clone in traditional script, a login wall; and what the paper shares."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.sample import alter
from crawler.sample.answer import Answer, Target, html
from crawler.sample.documents import chinese
from crawler.sample.library import Library, SampleReport
from crawler.sample.pages import noon, render
from crawler.sample.traditional import out_of_step, traditional, with_pinyin


@dataclass(frozen=True, slots=True)
class Article:
    """One page of such a site; `day`: since which day of the sample."""

    path: str
    title: str
    lines: tuple[str, ...]
    published: datetime
    day: int


@dataclass(frozen=True)
class Reprints:
    """A list page, and articles of one page each."""

    id: str
    name: str
    start: str
    articles: tuple[Article, ...]
    robots: str | None = None

    def answer(self, target: Target, day: int) -> Answer | None:
        """The page at a path, or None where there is none."""
        shown = [article for article in self.articles if article.day <= day]
        if target.path in ("/", self.start):
            return html(render(f"{self.id}/list.html", site=self, articles=shown))
        for article in shown:
            if article.path == target.path:
                return self._article(article, shown)
        return None

    def _article(self, article: Article, shown: list[Article]) -> Answer:
        others = [other for other in shown if other is not article][:5]
        text = render(f"{self.id}/article.html", site=self, article=article, others=others)
        return html(text, modified=article.published)


def clone(library: Library) -> Reprints:
    """公文書屋: both districts since 2024, in traditional script, with glued pinyin or broken bytes."""
    articles = tuple(_in_traditional(report) for report in library.reports if report.year >= 2024)
    return Reprints("clone", "公文書屋", "/pages/", articles)


def wall(library: Library) -> Reprints:
    """墨香文档: the first quarter of a report, the rest for members."""
    articles = tuple(
        Article(
            f"/p-{88_000 + report.year % 100 * 10 + int(report.place.code) % 10}.html",
            f"{report.year}年{report.place.name}政府工作报告（全文）",
            alter.cut(report.lines, 0.25),
            after(report, 100),
            report.day,
        )
        for report in library.reports
        if report.year >= 2025
    )
    return Reprints("wall", "墨香文档", "/c-12.html", articles, "User-agent: *\nDisallow: /download/\n")


def _in_traditional(report: SampleReport) -> Article:
    text = "\n".join(f"　　{line}" for line in report.lines)
    body = with_pinyin(traditional(text, "s2twp")) if report.district == "澜汀区" else out_of_step(traditional(text))
    number = report.year % 100 * 4 + int(report.place.code) % 10
    title = traditional(f"{report.place.name}人民政府工作报告（{chinese(report.meeting_on)}）")
    return Article(f"/pages/{number}.html", title, tuple(body.split("\n")), after(report, 90), report.day)


def after(report: SampleReport, days: int) -> datetime:
    """Half past five in the morning, so many days after the report's meeting."""
    on = report.meeting_on + timedelta(days)
    return noon(on.year, on.month, on.day, 5, 30)
