"""云岭晨报: the e-paper of a newspaper, an issue in sections, with a summary of each new report."""

from dataclasses import dataclass
from datetime import datetime

from crawler.sample.answer import Answer, Target, html
from crawler.sample.digest import digest
from crawler.sample.library import Library
from crawler.sample.pages import noon, render
from crawler.sample.reprints import Article, after

COLUMN = "/cloud/lanmu/lianghui.htm"
SECTIONS = ("第A01版：要闻", "第A02版：两会专栏")


@dataclass(frozen=True)
class Paper:
    """The front page is a script that leads to the newest issue; articles of all issues stay at their addresses."""

    articles: tuple[Article, ...]
    id: str = "paper"
    name: str = "云岭晨报数字报"
    robots: str | None = "User-agent: *\nCrawl-delay: 0.5\n"

    def answer(self, target: Target, day: int) -> Answer | None:
        """The page at a path, or None where there is none."""
        shown = [article for article in self.articles if article.day <= day]
        issue = f"/cloud/html/{shown[0].published:%Y-%m/%d}"
        if target.path in ("/", "/cloud/", "/cloud/index.htm"):
            return html(render("paper/front.html", first=f"{issue}/node_1.htm"), modified=shown[0].published)
        if target.path == COLUMN:
            return html(render("paper/list.html", site=self, articles=shown, sections=(), number=2))
        for number in (1, 2):
            if target.path == f"{issue}/node_{number}.htm":
                return self._section(number, shown)
        found = next((article for article in shown if article.path == target.path), None)
        return self._article(found) if found else None

    def _section(self, number: int, shown: list[Article]) -> Answer:
        """A section: news in the first, what the congresses decided in the second."""
        told = [article for article in shown if ("报告（摘登）" in article.title) is (number == 2)]
        sections = [(f"node_{n}.htm", name) for n, name in enumerate(SECTIONS, start=1)]
        return html(render("paper/list.html", site=self, articles=told, sections=sections, number=number))

    def _article(self, article: Article) -> Answer:
        return html(render("paper/article.html", site=self, article=article), modified=article.published)


def paper(library: Library) -> Paper:
    """A summary of each new report the day after its meeting, among other news."""
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
        for on in [after(report, 1)]
    ]
    articles += [Article(path, title, lines, on, 1) for path, title, lines, on in NEWS]
    return Paper(tuple(sorted(articles, key=_published, reverse=True)))


def _published(article: Article) -> datetime:
    return article.published


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
