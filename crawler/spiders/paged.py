"""A CMS that spreads its articles over several pages: 123.html, 123_2.html and so on."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from scrapy.http import Response

from crawler.spiders.article import Kept
from crawler.spiders.links import canonical, links, page_number, tree
from crawler.spiders.listing import GONE, ListingSpider, Steps, kept, told
from storage.values import Page

ARTICLE_PAGES = 60  # a report of 30 000 characters fills six of the longest kind, forty of the shortest


class PagedSpider(ListingSpider):
    """All pages of an article, in order, handed on as one article."""

    name = "paged"

    @told
    def article(self, response: Response, hops: int = 0, before: tuple[Kept, ...] = ()) -> Steps:
        """A page of an article, or a shell that leads to its first."""
        page = kept(response)
        target = self.leads_on(page.page, hops) if page.page.status == 200 and not before else None
        if target:
            yield self.ask(target, self.article, hops=hops + 1)
        else:
            yield from self.joined(page, before)

    def joined(self, page: Kept, before: tuple[Kept, ...]) -> Steps:
        """The next page of an article is asked for, or the whole is handed on.

        A page in the middle that cannot be had leaves the article for the next run: half a report looks like a change.
        One that the site no longer has is the end.
        """
        if before and page.page.status in GONE:
            yield from self.handed_on(*before)
            return
        pages = (*before, page)
        following = next_page_of(page.page, before[0].page.url if before else page.page.url, len(pages) + 1)
        if page.page.status == 200 and following and len(pages) < ARTICLE_PAGES:
            yield self.ask(following, self.article, before=pages)
        else:
            yield from self.with_files(*pages)


def next_page_of(page: Page, first: str, number: int) -> str | None:
    """The address of an article's page of that number, where this page links to it."""
    if "html" not in page.content_type.lower() and urlsplit(page.url).path.lower().endswith((".pdf", ".docx")):
        return None
    return _numbered((link.url for link in links(tree(page), page.url)), canonical(first), number)


def _numbered(urls: Iterable[str], first: str, number: int) -> str | None:
    return next((url for url in urls if page_number(first, url) == number), None)
