"""A column of a portal: list pages, and articles of one page each."""

from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response

from crawler.spiders.links import Link, links, same_site, says, tree
from crawler.spiders.listing import ListingSpider, Steps, check_status, kept, told
from crawler.spiders.rows import document_of, rows_of
from storage.errors import ColumnMoved, EmptyList, LayoutChanged
from storage.values import Page


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

    @told
    def listed(self, response: Response, number: int, hops: int = 0) -> Steps:
        """A list page; the way to it from the home page where it has moved."""
        try:
            yield from self.steps(response, number, hops)
        except (ColumnMoved, EmptyList) as error:
            words = [word for word in self.source.options.get("via", "").split("/") if word]
            if number > 1 or self.seeking or not words:
                raise
            self.seeking = True
            self.desk.fault(error)
            yield self.ask(urljoin(self.source.start, "/"), self.sought, words=words)

    @told
    def sought(self, response: Response, words: list[str]) -> Steps:
        """A page on the way to the column: the link with the next word is followed, the last one is the list."""
        page = kept(response).page
        check_status(page)
        target = self.leads_on(page, 0)
        if target:
            yield self.ask(target, self.sought, words=words)
            return
        way = next((link for link in links(tree(page), page.url) if _leads(link, words[0], page.url)), None)
        if way is None:
            raise ColumnMoved(f"{page.url}: no link says {words[0]!r}; the column has to be found by a person")
        if len(words) > 1:
            yield self.ask(way.url, self.sought, words=words[1:])
            return
        self.desk.fault(ColumnMoved(f"{self.source.start}: the column now is {way.url}; write that in the source"))
        yield self.ask(way.url, self.listed, number=1)


def _leads(link: Link, word: str, here: str) -> bool:
    """Whether a link within the site says just this word."""
    return same_site(link.url, here) and says(link, rf"^\W*{word}\W*$")
