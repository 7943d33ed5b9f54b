"""A column of a portal: list pages, and articles of one page each."""

import logging
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler.spiders.links import Link, links, same_site, says, tree
from crawler.spiders.listing import HOME, ListingSpider, Steps, check_status, kept, told
from crawler.spiders.rows import document_of, rows_of
from storage.errors import ColumnMoved, EmptyList, LayoutChanged
from storage.values import Page

log = logging.getLogger("reportwatch.crawl")


class ColumnSpider(ListingSpider):
    """A column page, and the articles it links to.

    Its list may be JSON in an element of the page (options.json). Where the column has left its address and
    options.via says by which links it is reached, it is looked for from the home page down.
    """

    name = "column"
    seeking = False

    def contents(self, page: Page, number: int) -> tuple[tuple[Link, ...], Request | None]:
        """What a list page holds, in links or as JSON."""
        options = self.source.options
        if "json" not in options:
            return super().contents(page, number)
        elements = tree(page)
        text = "".join(elements.css(f"{options['json']}::text").getall()) or (
            elements.css(options["json"]).css("::attr(value)").get() or ""
        )
        if not text.strip():
            raise LayoutChanged(f"{page.url}: nothing in options.json {options['json']!r}")
        found = rows_of(document_of(text, page.url), options, page.url)
        if not found and number == 1:
            raise EmptyList(f"{page.url}: no rows in {options['json']!r}")
        following = self.following(elements, page.url, number)
        return found, self.ask(following, self.listed, number=number + 1) if following else None

    @property
    def way(self) -> list[str]:
        """The texts of the links that lead from the home page to the column."""
        return [word for word in self.source.options.get("via", "").split("/") if word]

    def ask_list(self, number: int) -> Request:
        """The request for the first list page; for the home page, where only the way from there is known."""
        if urlsplit(self.source.start).path in HOME and self.way:
            self.seeking = True
            return self.ask(self.source.start, self.sought, words=self.way)
        return super().ask_list(number)

    @told
    def listed(self, response: Response, number: int, hops: int = 0) -> Steps:
        """A list page; the way to it from the home page where it has moved."""
        try:
            yield from self.steps(response, number, hops)
        except (ColumnMoved, EmptyList):
            if number > 1 or self.seeking or not self.way:
                raise
            self.seeking = True
            yield self.ask(urljoin(self.source.start, "/"), self.sought, words=self.way)

    @told
    def sought(self, response: Response, words: list[str], hops: int = 0) -> Steps:
        """A page on the way to the column: the link with the next word is followed, the last one is the list."""
        page = kept(response).page
        check_status(page)
        target = self.leads_on(page, hops)
        if target:
            yield self.ask(target, self.sought, words=words, hops=hops + 1)
            return
        found = next((link for link in links(tree(page), page.url) if _leads(link, words[0], page.url)), None)
        if found is None:
            raise ColumnMoved(f"{self.source.start}: {page.url} has no link that says {words[0]!r}; find the column")
        if len(words) > 1:
            yield self.ask(found.url, self.sought, words=words[1:])
            return
        if urlsplit(self.source.start).path not in HOME:
            self.desk.fault(
                ColumnMoved(f"{self.source.start}: the column now is {found.url}; write that in the source")
            )
        log.info("column.found source=%s url=%s", self.source.id, found.url)
        yield self.ask(found.url, self.listed, number=1)


def _leads(link: Link, word: str, here: str) -> bool:
    """Whether a link within the site says just this word."""
    return same_site(link.url, here) and says(link, rf"^\W*{word}\W*$")
