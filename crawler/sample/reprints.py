"""Three more sites with single-page articles: a clone in traditional script, a newspaper, a login wall."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.sample import alter
from crawler.sample.answer import Answer, Target, html
from crawler.sample.digest import digest
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


def paper(library: Library) -> Reprints:
    """云岭晨报: a summary of each new report the day after its meeting, among other news."""
    articles = [
        Article(
            f"/cloud/html/{on:%Y-%m/%d}/content_{3000 + report.year % 100 * 10 + int(report.place.code) % 10}.htm",
            f"{report.district}政府工作报告（摘登）",
            digest(report),
            on,
            report.day,
        )
        for report in library.reports
        if report.year >= 2025
        for on in [_after(report, 1)]
    ]
    articles += [Article(path, title, lines, on, 1) for path, title, lines, on in NEWS]
    newest_first = tuple(sorted(articles, key=lambda article: article.published, reverse=True))
    return Reprints(
        "paper", "云岭晨报数字报", "/cloud/lanmu/lianghui.htm", newest_first, "User-agent: *\nCrawl-delay: 0.5\n"
    )


def wall(library: Library) -> Reprints:
    """墨香文档: the first quarter of a report, the rest for members."""
    articles = tuple(
        Article(
            f"/p-{88_000 + report.year % 100 * 10 + int(report.place.code) % 10}.html",
            f"{report.year}年{report.place.name}政府工作报告（全文）",
            alter.cut(report.lines, 0.25),
            _after(report, 100),
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
    return Article(f"/pages/{number}.html", title, tuple(body.split("\n")), _after(report, 90), report.day)


def _after(report: SampleReport, days: int) -> datetime:
    on = report.meeting_on + timedelta(days)
    return noon(on.year, on.month, on.day, 5, 30)


NEWS = (
    (
        "/cloud/html/2025-02/18/content_3107.htm",
        "云岭湖候鸟数量创下新高",
        (
            "本报讯（记者 池暮）记者昨日从市湿地保护中心获悉，今冬在云岭湖越冬的候鸟达到4.2万只。",
            "市民可在观鸟平台免费借用望远镜。工作人员提醒，观鸟时请勿投喂、勿使用闪光灯。",
        ),
        noon(2025, 2, 18, 5, 30),
    ),
    (
        "/cloud/html/2025-03/06/content_3122.htm",
        "政府工作报告引发我市代表委员热烈反响",
        (
            "“听了国务院总理作的政府工作报告，很受鼓舞。”云岭市的全国人大代表在接受本报记者采访时说。",
            "代表们表示，要把报告中的部署带回云岭，变成看得见的项目和摸得着的实惠。",
        ),
        noon(2025, 3, 6, 5, 30),
    ),
)
