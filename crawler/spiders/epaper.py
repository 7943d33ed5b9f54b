"""A newspaper's e-paper (电子报): the front page of the newest issue, its sections (版), their articles; and the issues
that came out since it was looked at last.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from parsel import Selector
from scrapy.http import Response

from crawler.spiders.links import Link, links, says, tree
from crawler.spiders.listing import GONE, ListingSpider, Steps, kept, told
from storage.values import Page

# node_2.htm and nbs.D110000jhsb_01.htm are Founder's names of sections, layout_2.html those of another maker.
SECTION = re.compile(r"/(node_\w+|nbs\.\w+|layout_?\w+|page_?\d+)\.s?html?$")
NAMED = r"^\W*第?[A-Za-z]?\d{1,3}版|^\W*[A-Z]\d{1,2}\W"
ISSUE = re.compile(r"/(20\d\d)([-/]?)(\d\d)([-/]?)(\d\d)/")
SECTIONS = 40  # the most that an issue is read of
BACK = 31  # days, the most that is looked back over
SHANGHAI = ZoneInfo("Asia/Shanghai")


class EpaperSpider(ListingSpider):
    """All sections of today's issue, whatever front page leads to it; one that was seen is not asked for again.

    Issues of the days since the last run that came to its end are looked for too, by the date in the address.
    """

    name = "epaper"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sections: set[str] = set()

    @told
    def listed(self, response: Response, number: int, hops: int = 0) -> Steps:
        """The front page or a section; every section it names is asked for once."""
        yield from self.steps(response, number, hops)
        page = kept(response).page
        if page.status != 200 or self.leads_on(page, 0):
            return
        yield from self.rest_of_issue(page)
        if number == 1:
            for url in self.desk.due(list(self.missed(page.url)), read=False):
                yield self.ask(url, self.earlier)

    @told
    def earlier(self, response: Response) -> Steps:
        """The front page of an issue that was missed; on some days no paper comes out."""
        page = kept(response).page
        if page.status in GONE:
            return
        yield from self.steps(response, 2, 0)
        if page.status == 200:
            yield from self.rest_of_issue(page, limit=SECTIONS)

    def rest_of_issue(self, page: Page, limit: int | None = None) -> Steps:
        """Requests for the sections that a page names and nobody has asked for."""
        fresh = [link.url for link in sections_of(page) if link.url not in self.sections | {page.url}]
        room = SECTIONS - min(len(self.sections), SECTIONS) if limit is None else limit
        self.sections |= {page.url, *fresh}
        for url in self.desk.due(fresh[:room], read=False):
            yield self.ask(url, self.listed, number=2)

    def missed(self, front: str) -> Iterator[str]:
        """Front pages of the days between this issue and the last run that finished, newest first."""
        last, found = self.desk.last_finished(), ISSUE.search(front)
        if last is None or found is None:
            return
        year, first, month, second, day = found.groups()
        today, since = date(int(year), int(month), int(day)), last.astimezone(SHANGHAI).date()
        for back in range(1, min((today - since).days, BACK) + 1):
            on = today - timedelta(days=back)
            yield f"{front[: found.start()]}/{on:%Y}{first}{on:%m}{second}{on:%d}/{front[found.end() :]}"

    def articles(self, elements: Selector, url: str) -> tuple[Link, ...]:
        """Links to articles; sections are none."""
        return tuple(link for link in super().articles(elements, url) if not is_section(link))

    def check_list(self, page: Page, elements: Selector, articles: tuple[Link, ...]) -> None:
        """A front page may name sections only."""
        if not sections_of(page):
            super().check_list(page, elements, articles)

    def following(self, elements: Selector, url: str, number: int) -> str | None:  # noqa: ARG002
        """None: the next section (下一版) is one of the sections."""
        return None


def is_section(link: Link) -> bool:
    """Whether a link leads to a section of an issue, by its address or by what it says."""
    return SECTION.search(link.url) is not None or (ISSUE.search(link.url) is not None and says(link, NAMED))


def sections_of(page: Page) -> tuple[Link, ...]:
    """The sections that a page names, of the same issue: in its folder, or below it for a front page."""
    folder = page.url.rsplit("/", 1)[0]
    return tuple(link for link in links(tree(page), page.url) if is_section(link) and link.url.startswith(folder))
