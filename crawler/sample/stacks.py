"""云岭资料库: one host with three ways in: a JSON interface, a feed, and an archive of numbered pages.

The interface lists the notices of the people's congresses, each with the report as a file; the feed is a reader's
reprints; the archive is old reports among other papers, known by their numbers alone.
"""

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from io import BytesIO
from xml.sax.saxutils import escape

from crawler.sample import alter
from crawler.sample.answer import Answer, Target, html
from crawler.sample.documents import chinese
from crawler.sample.library import Library, SampleReport
from crawler.sample.pages import noon, render
from crawler.sample.places import YANXI
from crawler.sample.reprints import Article, after

LISTED = 2  # rows of one answer of the interface
FIRST, LAST = 8000, 8009  # numbers of the archive
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Stacks:
    """All that the host holds; `name` and `robots` as every site has them."""

    library: Library
    id: str = "stacks"
    name: str = "云岭资料库"
    robots: str | None = "User-agent: *\nDisallow: /admin/\n"

    @cached_property
    def notices(self) -> tuple[SampleReport, ...]:
        """The reports that the interface knows, newest first: those of one district since 2024."""
        return tuple(report for report in self.library.of(YANXI) if report.year >= 2024)

    @cached_property
    def reprints(self) -> tuple[Article, ...]:
        """The entries of the feed, newest first."""
        found = [
            Article(
                f"/weekly/{report.year}/{int(report.place.code) % 10}.html",
                f"【存档】{report.year}年{report.place.name}政府工作报告",
                alter.add_tokens(report.lines, "（云岭资料库整理）", every=9),
                after(report, 50),
                report.day,
            )
            for report in self.library.reports
            if report.year >= 2025 and report.place != YANXI
        ]
        return (*found, Article("/weekly/2024/9.html", "资料库改版说明", PAPER, noon(2024, 6, 1), 1))

    @cached_property
    def papers(self) -> dict[str, Article]:
        """The archive, by path: every second number is another paper."""
        old = [report for report in self.library.reports if report.year in (2022, 2023)]
        kept: dict[str, Article] = {}
        for number in range(FIRST, LAST):
            path = f"/archives/{number}.html"
            report = old[(number - FIRST) // 2 % len(old)] if number % 2 else None
            title = f"{report.year}年{report.place.name}人民政府工作报告" if report else f"馆藏目录第{number % 100}号"
            lines = report.lines if report else PAPER
            kept[path] = Article(path, title, lines, noon(2023, 5, 1, 9, number % 60), 1)
        return kept

    def answer(self, target: Target, day: int) -> Answer | None:
        """The page at a path, or None where there is none."""
        match target.path.strip("/").split("/"):
            case ["api", "search"]:
                return self._rows(target.query.get("pageNum", "1"), day)
            case ["rdgb", name]:
                return self._notice(name, day)
            case ["weekly.xml"]:
                return self._feed(day)
            case ["archives"]:
                newest = list(self.papers.values())[-2:]
                return html(render("stacks/list.html", site=self, articles=newest))
        found = self.papers.get(target.path) or next((a for a in self.reprints if a.path == target.path), None)
        return self._article(found) if found and found.day <= day else None

    def _rows(self, page: str, day: int) -> Answer | None:
        if not page.isdecimal() or page == "0":
            return None
        shown = [report for report in self.notices if report.day <= day]
        rows = [
            {"title": notice_title(report), "docPubUrl": f"/rdgb/{report.year}.html", "pubDate": str(report.meeting_on)}
            for report in shown[(int(page) - 1) * LISTED : int(page) * LISTED]
        ]
        body = json.dumps({"code": 200, "total": len(shown), "rows": rows}, ensure_ascii=False)
        return Answer(body.encode(), 200, {"Content-Type": "application/json;charset=UTF-8"})

    def _notice(self, name: str, day: int) -> Answer | None:
        for report in self.notices:
            if report.day <= day and name == f"{report.year}.html":
                on = report.meeting_on + timedelta(5)
                text = render(
                    "stacks/notice.html", site=self, report=report, title=notice_title(report), on=chinese(on)
                )
                return html(text, modified=noon(on.year, on.month, on.day))
            if report.day <= day and name == f"{report.year}.docx":
                return Answer(docx(report.lines), 200, {"Content-Type": DOCX})
        return None

    def _feed(self, day: int) -> Answer:
        text = render("stacks/weekly.xml", site=self, articles=[a for a in self.reprints if a.day <= day])
        return Answer(text.encode(), 200, {"Content-Type": "application/rss+xml; charset=utf-8"})

    def _article(self, article: Article) -> Answer:
        return html(render("stacks/article.html", site=self, article=article), modified=article.published)


def notice_title(report: SampleReport) -> str:
    """关于印发……《政府工作报告》的通知."""
    return f"{report.place.name}人民代表大会关于印发{report.year}年《政府工作报告》的通知"


def docx(lines: Sequence[str]) -> bytes:
    """The smallest document of a word processor with these paragraphs (ECMA-376); the same lines, the same bytes."""
    paragraphs = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
        f'ContentType="{DOCX}.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{OFFICE}/'
        'officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{OFFICE}/wordprocessingml/2006/main"><w:body>{paragraphs}</w:body>'
        "</w:document>",
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), text)
    return out.getvalue()


PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org"
PAPER = (
    "本馆所藏地方文献按入藏先后编号，编号不分年代与门类，读者可凭编号到阅览室调阅。",
    "复制馆藏须登记姓名与用途，每人每日以二十页为限，珍本只供阅览。",
    "编目人员每季度核对一次架位，发现错架、缺页及时登记，读者如有发现亦请告知。",
)
