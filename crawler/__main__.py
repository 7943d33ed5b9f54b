"""One crawl in one process: `python -m crawler` reads a job from standard input and prints a line for each source.

The exit status only says whether the job could be read (2 where not). What came of it stands in the receipts.
"""

import asyncio
import gc
import json
import logging
import signal
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from scrapy import signals
from scrapy.crawler import AsyncCrawlerRunner
from sqlalchemy import Engine

from crawler import settings
from crawler.browser import check_installed
from crawler.job import Job
from crawler.pipelines import Desk, plain
from crawler.spiders.api import ApiSpider
from crawler.spiders.column import ColumnSpider
from crawler.spiders.epaper import EpaperSpider
from crawler.spiders.feed import FeedSpider
from crawler.spiders.forum import ForumSpider
from crawler.spiders.listing import ListingSpider
from crawler.spiders.numbered import NumberedSpider
from crawler.spiders.paged import PagedSpider
from crawler.spiders.single import SingleSpider
from crawler.turns import host_of
from storage import queries
from storage.archive import Archive
from storage.database import open_database, reading
from storage.errors import BadSource, ReportwatchError
from storage.values import Source

if TYPE_CHECKING:
    from monitor import watch

FAMILIES: dict[str, type[ListingSpider]] = {
    spider.name: spider
    for spider in (
        ColumnSpider,
        ForumSpider,
        PagedSpider,
        ApiSpider,
        FeedSpider,
        EpaperSpider,
        NumberedSpider,
        SingleSpider,
    )
}
WRONG = 2
PAUSE = 1.0  # seconds for which a reading may wait for the next

log = logging.getLogger("reportwatch.crawl")


def main() -> int:
    """Run the job on standard input."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
    for noisy in ("scrapy", "asyncio", "alembic", "aiohttp"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # warns of a Referer that nobody wants to send
    logging.getLogger("scrapy.downloadermiddlewares.redirect").setLevel(logging.ERROR)
    gc.freeze()  # modules live as long as the process: nobody need look whether they are garbage
    gc.set_threshold(20_000, 20, 50)
    try:
        job = Job.model_validate_json(sys.stdin.buffer.read())
        logging.getLogger().setLevel(job.log)
        engine = open_database(job.database)
        with Archive(job.archive) as archive:
            asyncio.run(Crawl(job, engine, archive).run())
    except (ValidationError, ReportwatchError) as error:
        sys.stderr.write(f"crawl.refused error={type(error).__name__} message={error}\n")
        return WRONG
    return 0


def concluding(job: Job, engine: Engine) -> Callable[[], None]:
    """What lets the desk of the monitor draw its conclusions from all that was read and waits.

    The desk is fetched when there is something to conclude: on most nights there is not, and it is a third of the
    program.
    """

    @cache
    def desk() -> "watch.Desk":
        from monitor.places import learn
        from monitor.settings import load
        from monitor.watch import Desk as Watch

        known = load(job.settings)
        learn(known.places)
        return Watch(known.addressed, job.names)

    def conclude() -> None:
        with reading(engine) as session:
            waiting = queries.readings_to_watch(session, 1)
        if waiting:
            from monitor.watch import settle

            told(settle(engine, desk(), lambda: datetime.now(UTC)))

    return conclude


def told(done: "watch.Settled") -> None:
    """Say in the log what the desk found, and what it stumbled over."""
    for name in done.reports:
        log.info("report.found report=%s", name)
    for fault in done.failed:
        log.error("watch.failed %s", fault)


class Crawl:
    """The sources of a job: one after another where they share a host, side by side otherwise."""

    def __init__(self, job: Job, engine: Engine, archive: Archive) -> None:
        self._job = job
        self._engine = engine
        self._archive = archive
        self._stopping = asyncio.Event()
        self._settle = concluding(job, engine)
        self._settled = 0.0
        self._runner = AsyncCrawlerRunner(
            settings.for_job(job.agent, job.opened, job.turns, job.delay, job.timeout, job.cap, job.proxy)
        )

    async def run(self) -> None:
        """Crawl all sources, or as many as there is time for before the process is asked to stop."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        self._settle()
        by_host = groupby(sorted(self._job.watched(), key=_host), key=_host)
        groups = [list(sources) for _, sources in by_host]
        await asyncio.gather(*(self._in_order(group) for group in groups))
        self._settle()

    def stop(self) -> None:
        """Ask every crawl to end: requests under way are dropped and no other is made; what was saved stays."""
        log.info("crawl.stopping")
        self._stopping.set()

    async def _in_order(self, sources: Sequence[Source]) -> None:
        for source in sources:
            if self._stopping.is_set():
                return
            await self._one(source)

    async def _one(self, source: Source) -> None:
        """Crawl one source and print its line; a database or archive that cannot be used ends this source alone."""
        log.info("crawl.start source=%s start=%s", source.id, source.start)
        try:
            line = await self._receipted(source)
        except ReportwatchError as error:
            log.exception("crawl.failed source=%s", source.id)
            line = {"source": source.id, "reason": "failed", "errors": [(type(error).__name__, 1, plain(error))]}
        log.info("crawl.end source=%s reason=%s", source.id, line["reason"])
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        sys.stdout.flush()

    async def _receipted(self, source: Source) -> dict[str, object]:
        """Crawl one source; its receipt, closed whatever happens."""
        if source.family not in FAMILIES:
            raise BadSource([f"{source.origin or source.id}: family {source.family!r} has no spider"])
        check_installed(source)
        desk = Desk(
            self._engine,
            self._archive,
            source,
            agent=self._job.agent,
            saved=self._settle_now_and_then,
            quiet=self._job.quiet,
            said=self._job.said,
        )
        crawler = self._runner.create_crawler(FAMILIES[source.family])
        for unforeseen in (signals.spider_error, signals.item_error):
            crawler.signals.connect(_entered(desk), signal=unforeseen, weak=False)
        ended = False
        try:
            await self._runner.crawl(crawler, source=source, desk=desk, stopping=self._stopping)
            ended = True
        finally:
            line = desk.close(stopped=self._stopping.is_set() or not ended)
        self._settle()
        return line

    def _settle_now_and_then(self) -> None:
        """Settle what waits, once in a while: many readings together cost less than one at a time."""
        if time.monotonic() - self._settled >= PAUSE:
            self._settle()
            self._settled = time.monotonic()


def _entered(desk: Desk) -> Callable[..., None]:
    """A receiver of Scrapy's signals that enters the failure's error in the receipt."""

    def enter(failure: Any) -> None:
        desk.fault(failure.value)

    return enter


def _host(source: Source) -> str:
    return host_of(source.start)


if __name__ == "__main__":
    sys.exit(main())
