"""What tests/bench/crawl.py measures against: a Scrapy spider that follows lists and calls trafilatura.extract."""

import sys
from collections.abc import Iterator
from typing import Any

import scrapy
import trafilatura
from scrapy.crawler import CrawlerProcess


class Bare(scrapy.Spider):
    """Lists to articles."""

    name = "bare"
    start_urls = tuple(f"http://127.0.0.1:{port}/list/" for port in sys.argv[1:])
    found = 0

    def parse(self, response: Any) -> Iterator[Any]:
        yield from response.follow_all(css="li a", callback=self.article)

    def article(self, response: Any) -> None:
        Bare.found += bool(trafilatura.extract(response.text))


if __name__ == "__main__":
    process = CrawlerProcess({"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "DOWNLOAD_DELAY": 0})
    process.crawl(Bare)
    process.start()
    print(Bare.found)
