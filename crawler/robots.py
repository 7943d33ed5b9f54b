"""robots.txt, as RFC 9309 has it: 4xx means free, 5xx or silence means stay away, a copy serves for a day."""

from datetime import UTC, datetime, timedelta
from typing import Self

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawler.fetching import desk_of
from crawler.pipelines import UNMODIFIED, robots_of
from storage.errors import ArchiveDamaged, Blocked, FetchError

DAY = timedelta(hours=24)  # §2.4
LIMIT = 500 << 10  # bytes that are read of it, §2.5


class RobotsMiddleware:
    """Asks a host's robots.txt before its first page, and lets pass what it allows."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._desk = desk_of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let the request pass, with the host's Crawl-delay in its meta.

        raises  Blocked where robots.txt disallows the address, FetchError where it cannot be had
        """
        if request.meta.get("asks_robots"):
            return
        address = robots_of(request.url)
        if address not in self._desk.robots:
            self._desk.robots[address] = self._remembered(address) or await self._asked(address)
        rules = self._desk.robots[address]
        if isinstance(rules, FetchError):
            request.meta["dont_retry"] = True
            raise rules
        if not self._desk.allows(request.url):
            raise Blocked(f"{request.url}: {address} disallows it for {self._desk.agent}")
        request.meta["crawl_delay"] = rules.crawl_delay(self._desk.agent) or 0

    def _remembered(self, address: str) -> Protego | None:
        """The rules of today's copy, where there is one."""
        known = self._desk.last(address)
        if known is None or datetime.now(UTC) - known.fetched_at >= DAY:
            return None
        try:
            return rules_of(200 if known.status == UNMODIFIED else known.status, self._desk.body(known))
        except ArchiveDamaged:
            return None  # then it is asked for again

    async def _asked(self, address: str) -> Protego | FetchError:
        """The rules, none at all where there is no robots.txt; the error where the server cannot say."""
        asking = Request(address, callback=NO_CALLBACK, meta={"asks_robots": True}, priority=1000)
        try:
            answer = await self._crawler.engine.download_async(asking)
        except FetchError as error:
            return error
        except IgnoreRequest:
            return Protego.parse("")  # more than five redirects: as if it were not there, §2.3.1.2
        away = FetchError(f"{address}: status {answer.status}, so the site is left alone (RFC 9309 §2.3.1.4)")
        return rules_of(answer.status, answer.body) or away


def rules_of(status: int, body: bytes) -> Protego | None:
    """What a robots.txt with this status and body says; None for stay away, and for a redirect, which says nothing."""
    if 400 <= status < 500 and status != 429:
        return Protego.parse("")
    return Protego.parse(body[:LIMIT].decode("utf-8-sig", "replace")) if status == 200 else None
