"""What a district publishes around its report: the documents of a portal's column, true reports among others."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crawler.sample.library import SampleReport
from crawler.sample.pages import noon, render


@dataclass(frozen=True, slots=True)
class Document:
    """One article of a portal. `day`: since which day of the sample; `folder`: below the portal's root;
    `year`: of the report it belongs to.
    """

    title: str
    lines: tuple[str, ...]
    published: datetime
    source: str
    day: int
    number: int
    folder: str
    year: int

    @property
    def path(self) -> str:
        """`YYYYMM/tYYYYMMDD_number.html`, as TRS names its articles."""
        return f"{self.published:%Y%m}/t{self.published:%Y%m%d}_{self.number}.html"


CHAIRS = ("宋知砚", "何澍宁", "魏徵原")
COLUMN = "zwgk/ghjh/zfgzbg/"
BUDGETS = "zwgk/czxx/ysbg/"
OPINIONS = "hdjl/yjzj/"


def documents(report: SampleReport, title: str, lag: int) -> Iterator[Document]:
    """The report, `lag` days after its meeting, and its neighbours of the same year."""
    start = 2_400_000 + int(report.place.code) % 1000 * 1000 + report.year % 100 * 10
    yield _document(report, title, report.lines, lag, start, COLUMN)
    written = [
        (f"关于{report.place.name}人民政府工作报告的决议", "resolution", 3, COLUMN),
        (f"{report.year}年政府工作报告重点任务分工方案", "tasks", lag + 12, COLUMN),
        (f"一图读懂｜{report.year}年{report.district}政府工作报告", "explained", 1, COLUMN),
        (f"关于公开征集{report.year}年政府工作报告意见建议的公告", "opinions", -62, OPINIONS),
        (_budget(report), "budget", lag + 2, BUDGETS),
        (f"{report.place.name}人民代表大会常务委员会工作报告（{report.year}年）", "standing", lag + 4, COLUMN),
    ]
    for number, (name, template, days, folder) in enumerate(written, start=start + 1):
        lines = tuple(_text(template, report, report.meeting_on + timedelta(days)).split("\n"))
        yield _document(report, name, lines, days, number, folder)


def _budget(report: SampleReport) -> str:
    return f"关于{report.place.name}{report.year - 1}年预算执行情况和{report.year}年预算（草案）的报告"


def _document(
    report: SampleReport, title: str, lines: tuple[str, ...], days: int, number: int, folder: str
) -> Document:
    on = report.meeting_on + timedelta(days)
    published = noon(on.year, on.month, on.day, 9 + number % 8, number * 7 % 60)
    day = 1 if days < 0 else report.day  # what comes before the meeting is there on the first day
    return Document(title, lines, published, "区政府办公室", day, number, folder, report.year)


def _text(template: str, report: SampleReport, on: date) -> str:
    text = render(
        f"documents/{template}.txt",
        year=report.year,
        district=report.district,
        city_district=report.place.name,
        session=report.session,
        meeting=chinese(report.meeting_on),
        published=chinese(on),
        chair=CHAIRS[report.year % len(CHAIRS)],
        street=f"{report.place.short}桥街道",
    )
    return re.sub(r"\n+", "\n", text.strip())


def chinese(on: date) -> str:
    """2025年1月7日."""
    return f"{on.year}年{on.month}月{on.day}日"
