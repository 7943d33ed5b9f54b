"""From list pages to articles: what the families have in common."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from parsel import Selector
from scrapy import Request, Spider
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import Response

from crawler import guard
from crawler.spiders.article import Article, Desk, Kept
from crawler.spiders.files import files_of
from crawler.spiders.instead import instead_of_list
from crawler.spiders.links import (
    Link,
    links,
    looks_like_article,
    next_list,
    same_site,
    says,
    tree,
    written_links,
)
from crawler.spiders.scripts import is_shell, leads_to, turns_by_script
from storage.errors import AddressRefused, Blocked, ColumnMoved, FetchError, LayoutChanged, ReportwatchError
from storage.values import Page, Source

LIST_PAGES = 50  # the most that are read of one list, where the source does not say otherwise
SHELL_BYTES = 8192  # shells seen have 160; beyond this nobody looks whether a page is one
HOPS = 3  # shells that are followed one after another
# 412 and 521 come with the cookie challenges of Chinese firewalls, 202 with those of some CDNs, 451 is RFC 7725.
REFUSALS = frozenset((202, 401, 403, 412, 418, 429, 451, 521))
GONE = frozenset((404, 410))
HOME = frozenset(("", "/", "/index.html", "/index.htm", "/index.shtml"))  # where dead columns are sent to

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

    raises  Blocked when the site refuses, ColumnMoved when it is gone, FetchError when the server is in trouble
    """
    if page.status in REFUSALS:
        raise Blocked(f"{page.url}: status {page.status}, the site refuses; read robots.txt and ask, do not disguise")
    if page.status in GONE:
        raise ColumnMoved(f"{page.url}: status {page.status}, the page has moved; find it and mend the source")
    if page.status != 200:
        raise FetchError(f"{page.url}: status {page.status}")


class ListingSpider(Spider):
    """List pages, the articles they link to, and the way from one list page to the next.

    Lists are read until nothing is new, and all of them when the last run ended early. A family says which links
    may be articles, where the list goes on, and how an article is put together.

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
        self.room = int(source.options["most"]) if "most" in source.options else None

    async def start(self) -> AsyncIterator[Request | Article]:
        """What a run begins with; an address that cannot be asked for is a fault like any other."""
        for request in self.begun():
            yield request

    @told
    def begun(self) -> Steps:
        """The first list page.

        raises  AddressRefused for a start that is no address
        """
        self.check_start()
        yield self.ask_list(1)

    def check_start(self) -> None:
        """Whether the source's start is an address: Scrapy raises what nobody can act on."""
        try:
            guard.check_url(self.source.start)
        except guard.AddressRefused as error:
            raise AddressRefused(str(error)) from error

    def ask_list(self, number: int) -> Request:
        """The request for the first list page."""
        return self.ask(self.source.start, self.listed, number=number)

    def ask(self, url: str, step: Callable[..., Steps], **kwargs: Any) -> Request:
        """A request whose answer goes to the step, with these arguments, and whose failure to the desk.

        Scrapy's filter of doubles is off: it would drop the second half of a redirect loop without a word.
        """
        return Request(url, callback=step, errback=self.failed, cb_kwargs=kwargs, dont_filter=True)

    @told
    def listed(self, response: Response, number: int, hops: int = 0) -> Steps:
        """A list page, or a shell that leads to it."""
        yield from self.steps(response, number, hops)

    def steps(self, response: Response, number: int, hops: int) -> Steps:
        """What follows from a list page: its articles, and the next list page while there may be something new."""
        page = kept(response).page
        check_status(page)
        target = self.leads_on(page, hops)
        if target:
            yield self.ask(target, self.listed, number=number, hops=hops + 1)
            return
        articles, following = self.contents(page, number)
        self.desk.count("lists")
        wanted = [link for link in articles if self.wants(link)]
        self.desk.count("links", len(wanted))
        due = list(self.ask_articles(wanted))  # at once: what is known is asked of the database in one go
        more = self.goes_on(wanted, kept(response))
        yield from due
        if following and more and number < self.most:
            yield following

    def leads_on(self, page: Page, hops: int) -> str | None:
        """Where a page that is only a script leads to, within the site.

        raises  LayoutChanged where it names no address, or leads away or in a circle
        """
        if len(page.body) > SHELL_BYTES or not self.is_markup(page):
            return None
        elements = tree(page)
        if not is_shell(elements):
            return None
        target = leads_to(elements, page.url)
        if target is None or hops >= HOPS or not same_site(target, page.url):
            where = f"to {target}" if target else "elsewhere"
            raise LayoutChanged(f"{page.url}: only a script that leads {where}; give the address of the list itself")
        return target

    def is_markup(self, page: Page) -> bool:
        """Whether a page is HTML, as far as its beginning tells."""
        return b"<" in page.body[:512] and not page.body[:5].startswith((b"<?xml", b"%PDF-"))

    def contents(self, page: Page, number: int) -> tuple[tuple[Link, ...], Request | None]:
        """What a list page holds: links that may lead to articles, and the request for the next list page."""
        elements = tree(page)
        articles = self.articles(elements, page.url)
        if number == 1:
            self.check_list(page, elements, articles)
        following = self.following(elements, page.url, number)
        if not following and number == 1 and turns_by_script(elements):
            self.desk.fault(
                LayoutChanged(f"{page.url}: its pages are turned by a script that is not known; set options.pager")
            )
        return articles, self.ask(following, self.listed, number=number + 1) if following else None

    def wants(self, link: Link) -> bool:
        """Whether the link's text says that it leads to what the source is watched for."""
        return says(link, self.source.title)

    def ask_articles(self, wanted: Iterable[Link]) -> Steps:
        """Requests for the articles that are due, each address once, as many as the source lets a run ask for."""
        fresh = [link.url for link in wanted if link.url not in self.asked]
        self.asked.update(fresh)
        for url in self.desk.due(fresh):
            if self.room is not None:
                if self.room <= 0:
                    self.desk.count("left")
                    continue
                self.room -= 1
            yield self.ask(url, self.article)

    def check_list(self, page: Page, elements: Selector, articles: tuple[Link, ...]) -> None:
        """Whether the first list page is the list that was asked for.

        raises  ColumnMoved for the home page in its place; LayoutChanged where the source's options find nothing any
                more; Blocked for a refusal or a login wall with status 200; EmptyList
        """
        if urlsplit(page.url).path in HOME and urlsplit(self.source.start).path not in HOME:
            raise ColumnMoved(f"{self.source.start}: leads to the home page {page.url}; the column has moved")
        if articles:
            return
        options = self.source.options
        if "list" in options and not elements.css(options["list"]):
            raise LayoutChanged(f"{page.url}: nothing matches options.list {options['list']!r}")
        if "article" in options and any(looks_like_article(link, page.url) for link in links(elements, page.url)):
            raise LayoutChanged(f"{page.url}: no address matches options.article {options['article']!r}")
        raise instead_of_list(page.url, elements)

    def articles(self, elements: Selector, url: str) -> tuple[Link, ...]:
        """Links that may lead to articles, by conventions or by the source's options; also those that scripts write."""
        options = self.source.options
        found = links(elements, url, options.get("list")) + written_links(elements, url)
        return tuple(link for link in found if looks_like_article(link, url, options.get("article")))

    def following(self, elements: Selector, url: str, number: int) -> str | None:
        """The address of the next list page, by conventions or by the source's options."""
        options = self.source.options
        return next_list(elements, url, number, selector=options.get("next"), template=options.get("pager"))

    def goes_on(self, wanted: list[Link], listed: Kept) -> bool:
        """Whether the next list page may hold something new."""
        if self.desk.thorough:
            return True
        if wanted:
            return not all(self.desk.knows(link.url) or not self.desk.allows(link.url) for link in wanted)
        return not listed.unchanged

    @told
    def article(self, response: Response, hops: int = 0) -> Steps:
        """An article of one page; what it says, and whether it says anything, is for others to judge."""
        page = kept(response)
        target = self.leads_on(page.page, hops) if page.page.status == 200 else None
        if target:
            yield self.ask(target, self.article, hops=hops + 1)
        else:
            yield from self.with_files(page)

    def with_files(self, *pages: Kept) -> Steps:
        """The article, once the files that belong to it have come, where its pages have little text of their own."""
        first = pages[0].page
        found = files_of(first, self.source.title) if first.status == 200 and self.is_markup(first) else ()
        if len(pages) == 1 and found:
            yield self.ask_file(pages, found)
        else:
            yield from self.handed_on(*pages)

    def ask_file(self, before: tuple[Kept, ...], files: tuple[str, ...]) -> Request:
        """The request for the first of the files; where it cannot be had for good, the article goes without it."""
        request = self.ask(files[0], self.attached, before=before, files=files[1:])
        return request.replace(errback=self.unattached)

    @told
    def attached(self, response: Response, before: tuple[Kept, ...], files: tuple[str, ...]) -> Steps:
        """A file of an article: the next is asked for, or the whole is handed on as one."""
        page = kept(response)
        if page.page.status not in (200, *GONE):
            check_status(page.page)
        pages = (*before, page) if page.page.status == 200 else before
        yield from [self.ask_file(pages, files)] if files else self.handed_on(*pages)

    def unattached(self, failure: Any) -> Steps:
        """A file without an answer: one that will never come is done without, another leaves the article for later."""
        self.failed(failure)
        error = failure.value
        if isinstance(error, ReportwatchError) and not error.transient:
            yield from self.handed_on(*failure.request.cb_kwargs["before"])

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
        if failure.request.meta.get("challenge"):
            self.desk.count("refusals")
            raise CloseSpider("blocked")
