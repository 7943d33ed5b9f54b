"""From list pages to articles: what the families have in common."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from parsel import Selector
from scrapy import Request, Spider
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import Response

from crawler.spiders.article import Article, Desk, Kept
from crawler.spiders.links import Link, links, looks_like_article, next_list, says, tree
from storage.errors import Blocked, EmptyList, FetchError, LayoutChanged, ReportwatchError
from storage.values import Page, Source

LIST_PAGES = 50  # the most that are read of one list, where the source does not say otherwise
# 412 and 521 come with the cookie challenges of Chinese firewalls, 202 with those of some CDNs, 451 is RFC 7725.
REFUSALS = frozenset((202, 401, 403, 412, 418, 429, 451, 521))
GONE = frozenset((404, 410))
HOME = frozenset(("", "/", "/index.html", "/index.htm", "/index.shtml"))  # where dead columns are sent to
SHELL = 60  # characters that a page which only runs a script shows at most
SCRIPTED = re.compile(r"location(\.href)?\s*=|location\.(replace|assign)\s*\(")

Steps = Iterator[Request | Article]


def told(step: Callable[..., Steps]) -> Callable[..., Steps]:
    """A callback whose errors go to the desk; one that says the site refuses ends the crawl."""

    @wraps(step)
    def run(self: "ListingSpider", *args: Any, **kwargs: Any) -> Steps:
        try:
            yield from step(self, *args, **kwargs)
        except ReportwatchError as error:
            self.desk.fault(error)
            if isinstance(error, Blocked):
                self.desk.count("refusals")
                raise CloseSpider("blocked") from error

    return run


def kept(response: Response) -> Kept:
    """The page that was kept before anybody saw it."""
    found = response.meta["kept"]
    if not isinstance(found, Kept):
        raise TypeError(f"{response.url}: handed on without being kept")
    return found


def check_status(page: Page) -> None:
    """Whether the answer is a page at all.

    raises  Blocked when the site refuses, LayoutChanged when it is gone, FetchError when the server is in trouble
    """
    if page.status in REFUSALS:
        raise Blocked(f"{page.url}: status {page.status}, the site refuses; read robots.txt and ask, do not disguise")
    if page.status in GONE:
        raise LayoutChanged(f"{page.url}: status {page.status}, the page has moved; find it and mend the source")
    if page.status != 200:
        raise FetchError(f"{page.url}: status {page.status}")


class ListingSpider(Spider):
    """List pages, the articles they link to, and the way from one list page to the next.

    Lists are read until nothing is new, and all of them when the last run ended early. A family says which links
    may be articles and how an article is put together.

    stopping  once set, no request is made any more
    """

    name = "listing"

    def __init__(self, source: Source, desk: Desk, stopping: asyncio.Event, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.source = source
        self.desk = desk
        self.stopping = stopping
        self.asked: set[str] = set()
        self.most = int(source.options.get("pages", LIST_PAGES))

    async def start(self) -> AsyncIterator[Request]:
        """The first list page."""
        yield self.ask(self.source.start, self.listed, number=1)

    def ask(self, url: str, step: Callable[..., Steps], **kwargs: Any) -> Request:
        """A request whose answer goes to the step, with these arguments, and whose failure to the desk.

        Scrapy's filter of doubles is off: it would drop the second half of a redirect loop without a word.
        """
        return Request(url, callback=step, errback=self.failed, cb_kwargs=kwargs, dont_filter=True)

    @told
    def listed(self, response: Response, number: int) -> Steps:
        """A list page."""
        page = kept(response).page
        check_status(page)
        elements = tree(page)
        articles = self.articles(elements, page.url)
        if number == 1:
            self.check_list(page, elements, articles)
        self.desk.count("lists")
        wanted = [link for link in articles if says(link, self.source.title)]
        self.desk.count("links", len(wanted))
        more = self.goes_on(wanted, kept(response))
        for link in wanted:
            if link.url not in self.asked:
                self.asked.add(link.url)
                yield self.ask(link.url, self.article)
        following = self.following(elements, page.url, number) if more and number < self.most else None
        if following:
            yield self.ask(following, self.listed, number=number + 1)

    def check_list(self, page: Page, elements: Selector, articles: tuple[Link, ...]) -> None:
        """Whether the first list page is the list that was asked for.

        raises  LayoutChanged for the home page in its place, and for a page that only runs a script; EmptyList
        """
        if urlsplit(page.url).path in HOME and urlsplit(self.source.start).path not in HOME:
            raise LayoutChanged(f"{self.source.start}: leads to the home page {page.url}; the column has moved")
        if articles:
            return
        text = "".join(elements.xpath("//body//text()[not(parent::script or parent::style)]").getall())
        if len(text.strip()) < SHELL and SCRIPTED.search(" ".join(elements.css("script::text").getall())):
            raise LayoutChanged(f"{page.url}: only a script that leads elsewhere; give the address it leads to")
        raise EmptyList(f"{page.url}: a list without a link to an article; has the column moved, or its layout?")

    def articles(self, elements: Selector, url: str) -> tuple[Link, ...]:
        """Links that may lead to articles, by conventions or by the source's options."""
        options = self.source.options
        found = links(elements, url, options.get("list"))
        return tuple(link for link in found if looks_like_article(link, url, options.get("article")))

    def following(self, elements: Selector, url: str, number: int) -> str | None:
        """The address of the next list page, by conventions or by the source's option."""
        return next_list(elements, url, number, selector=self.source.options.get("next"))

    def goes_on(self, wanted: list[Link], listed: Kept) -> bool:
        """Whether the next list page may hold something new."""
        if self.desk.thorough:
            return True
        if wanted:
            return not all(self.desk.knows(link.url) or not self.desk.allows(link.url) for link in wanted)
        return not listed.unchanged

    @told
    def article(self, response: Response) -> Steps:
        """An article of one page; what it says, and whether it says anything, is for others to judge."""
        yield from self.handed_on(kept(response))

    def handed_on(self, *pages: Kept) -> Steps:
        """The article, unless the server was in trouble; where the site refuses, the refusal is handed on and told."""
        last = pages[-1].page
        if last.status not in (200, *GONE, *REFUSALS):
            check_status(last)
        yield Article(self.source, pages)
        if last.status in REFUSALS:
            check_status(last)

    def failed(self, failure: Any) -> None:
        """A request without an answer."""
        error = failure.value
        if self.stopping.is_set() and isinstance(error, IgnoreRequest):
            return
        if isinstance(error, IgnoreRequest):
            error = FetchError(f"{failure.request.url}: {error}")
        self.desk.fault(error)
