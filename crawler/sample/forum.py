"""A forum as Discuz! X3.4 serves it: boards in pages, threads with the report in the first post, and its chrome."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from crawler.sample import alter
from crawler.sample.answer import Answer, Target, html, moved
from crawler.sample.library import Library, SampleReport
from crawler.sample.pages import noon, render

BOARD = "42"
LISTED = 6
POSTED = 10


@dataclass(frozen=True, slots=True)
class Post:
    """What one user wrote. `pid`: its number over the whole forum."""

    pid: int
    author: str
    at: datetime
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread; the first post opens it. `style`: how the editor of its day marked up lines (br, div, font)."""

    tid: int
    subject: str
    posts: tuple[Post, ...]
    day: int
    style: str = "br"
    sticky: bool = False

    def views(self, day: int) -> int:
        """Grows from day to day, as the counters of forums do: no news."""
        return 131 + self.tid % 97 * 7 + day * 16


@dataclass(frozen=True)
class Forum:
    """县域资料社: reports of both districts since 2022, each in a thread, among other talk."""

    library: Library
    id: str = "forum"
    name: str = "县域资料社"
    robots: str | None = None

    @cached_property
    def threads(self) -> tuple[Thread, ...]:
        """All threads of both days, newest first, the pinned ahead."""
        found = [_thread(report) for report in self.library.reports]
        newest = max(report.year for report in self.library.reports if report.day == 1)
        found += _talk(newest)
        return tuple(sorted(found, key=lambda thread: (not thread.sticky, -thread.posts[0].at.timestamp())))

    def answer(self, target: Target, day: int) -> Answer | None:
        """The page at an address, or None where there is none."""
        if target.path in ("/", "/index.php"):
            return moved("/forum.php", 301)
        wanted = _short_form(target) or (target.query if target.path == "/forum.php" else None)
        if wanted is None:
            return None
        shown = [thread for thread in self.threads if thread.day <= day]
        match wanted.get("mod"):
            case "forumdisplay":
                return self._board(shown, wanted.get("fid", ""), wanted.get("page", "1"), day)
            case "viewthread":
                return self._viewthread(shown, wanted.get("tid", ""), wanted.get("page", "1"), day)
            case None:
                return self._html("index.html", threads=shown[:5], day=day)
        return None

    def _board(self, shown: list[Thread], fid: str, page: str, day: int) -> Answer | None:
        pages = -(-len(shown) // LISTED)
        if fid != BOARD or not page.isdecimal():
            return None
        number = min(max(int(page), 1), pages)  # Discuz! shows the last page for any number beyond it
        listed = shown[(number - 1) * LISTED : number * LISTED]
        return self._html("board.html", threads=listed, number=number, pages=pages, day=day)

    def _viewthread(self, shown: list[Thread], tid: str, page: str, day: int) -> Answer | None:
        thread = next((thread for thread in shown if str(thread.tid) == tid), None)
        if thread is None or not page.isdecimal():
            return html(render("forum/alert.html", site=self, text="抱歉，指定的主题不存在或已被删除或正在被审核"))
        pages = -(-len(thread.posts) // POSTED)
        number = min(max(int(page), 1), pages)
        posts = list(enumerate(thread.posts, start=1))[(number - 1) * POSTED : number * POSTED]
        return self._html("thread.html", thread=thread, posts=posts, number=number, pages=pages, day=day)

    def _html(self, template: str, **values: object) -> Answer:
        return html(render(f"forum/{template}", site=self, board=BOARD, **values), kept=False)


def _short_form(target: Target) -> dict[str, str] | None:
    """forum-42-2.html and thread-1201-1-1.html say the same as the long addresses."""
    parts = target.path.strip("/").removesuffix(".html").split("-")
    match parts:
        case ["forum", fid, page]:
            return {"mod": "forumdisplay", "fid": fid, "page": page}
        case ["thread", tid, page, _]:
            return {"mod": "viewthread", "tid": tid, "page": page}
    return None


def _thread(report: SampleReport) -> Thread:
    tid = 69_000 + report.year % 100 * 40 + int(report.place.code) % 10
    on = report.meeting_on + timedelta(75)
    at = noon(on.year, on.month, on.day, 19, 25).replace(second=tid % 60)
    change = CHANGES.get((report.district, report.year), tuple)
    subject = TITLES.get((report.district, report.year), f"{report.year}年{report.place.name}政府工作报告")
    opening = Post(tid * 3, "资料搬运工", at, change(report.lines))
    style = ("br", "font", "div")[report.year % 3]
    return Thread(tid, subject, (opening, *_replies(tid * 3, at, report.year)), report.day, style)


def _replies(pid: int, at: datetime, year: int) -> tuple[Post, ...]:
    """Two replies to most reports, thirteen, so two pages, to those of 2024."""
    said = CHATTER * 3 if year == 2024 else CHATTER[year % 3 : year % 3 + 2]
    return tuple(
        Post(pid + number, f"路人{number:02d}", at + timedelta(hours=5 * number), (line,))
        for number, line in enumerate(said[:13], start=1)
    )


def _talk(year: int) -> list[Thread]:
    """Threads that are no reports, though their subjects may name one."""
    at = noon(year, 3, 2, 10, 8)
    written = [
        (68_001, "【版规】发帖前请先看完本帖", True, RULES),
        (
            69_810,
            f"求{year - 4}年澜汀区政府工作报告全文，有的朋友发一下",
            False,
            ("如题，写论文要用，找了一圈没找到，谢谢！",),
        ),
        (69_811, f"{year - 1}年云岭市国民经济和社会发展统计公报", False, STATISTICS),
        (69_812, "大家觉得今年的政府工作报告里哪句话最实在？", False, ("我先说：少修路，多修厕所。",)),
    ]
    return [
        Thread(tid, subject, (Post(tid * 3, "云岭老陈", at, lines), *_replies(tid * 3, at, year)), 1, sticky=sticky)
        for tid, subject, sticky, lines in written
    ]


TITLES = {("砚溪区", 2023): "2022年云岭市砚溪区政府工作报告"}  # the uploader named the wrong year

CHANGES: dict[tuple[str, int], Callable[[tuple[str, ...]], tuple[str, ...]]] = {
    ("砚溪区", 2022): alter.without_head,
    ("澜汀区", 2024): alter.strip_percent,
    ("砚溪区", 2026): alter.strip_percent,
}

CHATTER = (
    "感谢楼主分享！",
    "收藏了，写材料正好用得上",
    "沙发，每天来看看",
    "楼主辛苦，有没有往年的？",
    "顶一个，数据很全",
)
RULES = (
    "一、请勿发布广告、灌水及与本版无关的内容。",
    "二、转载资料请注明出处，标题写清年份和地区。",
    "三、求助请到求助区，本版只放资料原文。",
    "违者扣除金币并删帖，情节严重的禁言七天。",
)
STATISTICS = (
    "初步核算，全年全市实现地区生产总值3128.4亿元，按不变价格计算，比上年增长5.2%。",
    "其中，第一产业增加值61.7亿元，增长2.1%；第二产业增加值1204.9亿元，增长5.6%；第三产业增加值1861.8亿元，增长5.0%。",
    "年末全市常住人口412.6万人，城镇化率71.3%。全年居民消费价格比上年上涨0.4%。",
)
