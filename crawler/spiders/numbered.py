"""A site whose articles are only numbered: what its list shows, and the numbers below, newest first, a few a run."""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urljoin

from scrapy.http import Response

from crawler.spiders.article import Kept
from crawler.spiders.links import Link, canonical, links, says, tree
from crawler.spiders.listing import Steps, kept, told
from crawler.spiders.paged import PagedSpider
from storage.errors import EmptyList

BATCH = 20  # numbers that a run goes back, where the source does not say otherwise


class NumberedSpider(PagedSpider):
    """Articles by number: options.pager is their address with {} for the number, options.numbers the range.

    The start page tells how far the numbers have come. Each run asks for those below that nobody has asked for yet,
    newest first, `batch` at most: a back-fill that may be stopped anywhere and goes on where it was. A page whose
    title is not what the source is watched for is kept and not read.
    """

    name = "numbered"

    @told
    def listed(self, response: Response, number: int, hops: int = 0) -> Steps:
        """The list page, then the numbers."""
        page = kept(response)
        try:
            yield from self.steps(response, number, hops)
        except EmptyList as error:
            self.desk.fault(error)
            self.desk.count("lists")
        if number == 1:
            yield from self.back(page)

    def back(self, listed: Kept) -> Steps:
        """Requests for the numbers of this run."""
        options = self.source.options
        low, high = (int(n) for n in options["numbers"].split("-"))
        address = urljoin(self.source.start, options["pager"])
        newest = max((n for n in numbers_in(listed, address) if n >= low), default=high)
        for url in islice(self.unasked(address, low, newest), int(options.get("batch", BATCH))):
            self.asked.add(url)
            yield self.ask(url, self.dug_up)

    def unasked(self, address: str, low: int, newest: int) -> Iterator[str]:
        """Addresses that nobody has asked for, newest first."""
        for top in range(newest, low - 1, -100):
            urls = [canonical(address.replace("{}", str(n))) for n in range(top, max(top - 100, low - 1), -1)]
            yield from (url for url in urls if url not in self.asked and not self.desk.knows(url))

    @told
    def dug_up(self, response: Response) -> Steps:
        """A page found by its number: an article where its title says so."""
        page = kept(response)
        if page.page.status == 200 and says(title_of(page), self.source.title):
            self.desk.count("links")
            yield from self.joined(page, ())
        else:
            yield from ()


def title_of(page: Kept) -> Link:
    """What a page calls itself, as the texts of a link to it."""
    elements = tree(page.page)
    texts = ["".join(part.css("::text").getall()).strip() for part in elements.css("title, h1, h2")]
    return Link(page.page.url, tuple(text for text in texts if text))


def numbers_in(listed: Kept, address: str) -> Iterator[int]:
    """The numbers of the articles that a page links to."""
    pattern = re.escape(canonical(address)).replace(r"\{\}", r"(\d{1,12})")
    for link in links(tree(listed.page), listed.page.url):
        if found := re.fullmatch(pattern, link.url):
            yield int(found[1])
