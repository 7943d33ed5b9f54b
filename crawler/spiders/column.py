"""A column of a portal: list pages, and articles of one page each."""

from crawler.spiders.listing import ListingSpider


class ColumnSpider(ListingSpider):
    """A column page, and the articles it links to."""

    name = "column"
