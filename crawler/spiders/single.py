"""One article, wherever it is from, that a person gave the address of."""

from crawler.spiders.listing import Steps, told
from crawler.spiders.paged import PagedSpider


class SingleSpider(PagedSpider):
    """The article at the source's start address, with all its pages; there is no list."""

    name = "single"

    @told
    def begun(self) -> Steps:
        """The article's first page; a person's word stands for the list that would name it."""
        self.check_start()
        self.desk.count("lists")
        self.desk.count("links")
        yield self.ask(self.source.start, self.article)
