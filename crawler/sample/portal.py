"""Portals of the two districts: a column with list pages, and its articles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from crawler.sample.answer import Answer, Target, html, moved
from crawler.sample.documents import COLUMN, Document, documents
from crawler.sample.library import Library
from crawler.sample.pages import render
from storage.values import Place


@dataclass(frozen=True, slots=True)
class Charset:
    """How an old article is served: its codec, what the header says, what the meta tag says."""

    codec: str = "utf-8"
    header: str = "text/html; charset=utf-8"
    meta: str = "utf-8"


MODERN = Charset()
MISLABELLED = Charset("gb18030", "text/html; charset=utf-8", "gb2312")
UNLABELLED = Charset("gb18030", "text/html", "")


@dataclass(frozen=True)
class Portal:
    """One district's portal.

    titles   of its reports, with {year}, {place}, {district} and {session}; by year where it had another habit
    lag      days from the meeting to the report
    paged    articles on a list page
    charsets of articles by the year of their report
    """

    id: str
    place: Place
    library: Library
    titles: Mapping[int, str]
    lag: int
    paged: int
    robots: str | None = None
    charsets: Mapping[int, Charset] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """As the site calls itself."""
        return f"{self.place.name}人民政府"

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """All articles of both days, newest first."""
        found = [
            document
            for report in self.library.of(self.place)
            for document in documents(report, self._title(report.year, report.session), self.lag)
        ]
        return tuple(sorted(found, key=lambda document: document.published, reverse=True))

    def answer(self, target: Target, day: int) -> Answer | None:
        """The page at a path, or None where there is none."""
        path = target.path.lstrip("/")
        if path in ("", "index.html", "zwgk/", "zwgk/ghjh/"):
            return html(self._page("home.html", sections=SECTIONS.get(path, SECTIONS[""])))
        if f"{path}/" in ("zwgk/", "zwgk/ghjh/", COLUMN):
            return moved(f"/{path}/", 301)
        if path.startswith(COLUMN + "index") or path == COLUMN:
            return self._list(path.removeprefix(COLUMN), day)
        for document in self.documents:
            if document.day <= day and path == document.folder + document.path:
                return self._article(document)
        return None

    def _title(self, year: int, session: str) -> str:
        pattern = self.titles.get(year, self.titles[0])
        district = self.place.name.removeprefix("云岭市")
        return pattern.format(year=year, place=self.place.name, district=district, session=session)

    def _list(self, name: str, day: int) -> Answer | None:
        shown = [document for document in self.documents if document.day <= day]
        pages = [shown[start : start + self.paged] for start in range(0, len(shown), self.paged)]
        names = ["index.html", *(f"index_{number}.html" for number in range(1, len(pages)))]
        number = names.index(name or "index.html") if (name or "index.html") in names else None
        if number is None:
            return None
        text = self._page("list.html", documents=pages[number], number=number, names=names, column=COLUMN)
        return html(text, modified=max(document.published for document in shown))

    def _article(self, document: Document) -> Answer:
        charset = self.charsets.get(document.year, MODERN)
        text = self._page(
            "article.html",
            document=document,
            charset=charset,
            related=[other for other in self.documents if other.year == document.year - 1][:3],
        )
        return html(text, charset=charset.codec, content_type=charset.header, modified=document.published)

    def _page(self, template: str, **values: object) -> str:
        return render(f"{self.id}/{template}", portal=self, **values)


SECTIONS = {
    "": (("zwgk/", "政务公开"), ("zwfw/", "政务服务"), ("hdjl/", "互动交流")),
    "zwgk/": (("ghjh/", "规划计划"), ("zcwj/", "政策文件"), ("czxx/", "财政信息")),
    "zwgk/ghjh/": (("fzgh/", "发展规划"), ("zfgzbg/", "政府工作报告"), ("jhgh/", "年度计划")),
}
