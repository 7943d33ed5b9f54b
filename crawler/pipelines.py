"""The one desk from Scrapy to storage: bytes first, reading second.

A response is in the archive before a spider sees it, and on disk before its row is in the database (crawler.ledger).
An article is read when it is complete, and its reading saved in one transaction, whatever the verdict.
"""

import logging
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy.crawler import Crawler
from sqlalchemy import Engine

from crawler.ledger import Ledger
from crawler.prose import prose_of
from crawler.reader import READER
from crawler.spiders.article import Article, Kept
from storage import model, queries, runs, save
from storage.archive import Answer, Archive, Record, digest_of
from storage.database import reading as asking
from storage.database import writing
from storage.errors import FetchError, ReportwatchError, StorageError
from storage.seen_again import matters, sighting
from storage.values import Page, Reading, Source

log = logging.getLogger("reportwatch.crawl")

UNMODIFIED = 304
COLUMNS = ("requests", "bytes", "pages", "unchanged", "links", "readings", "fresh")


class Desk:
    """One source's run: what it may ask, what it tells, and what is saved of it.

    agent    the User-Agent; `agent` of the desk is its first word, the name that robots.txt is asked for
    saved    called after each reading that was not known
    quiet    the readings never alert: back-fill
    said     a person's word about the readings
    """

    def __init__(
        self,
        engine: Engine,
        archive: Archive,
        source: Source,
        *,
        agent: str,
        saved: Callable[[], None],
        quiet: bool = False,
        said: Mapping[str, str] | None = None,
    ) -> None:
        self._engine = engine
        self._archive = archive
        self._saved = saved
        self._quiet = quiet
        self._said = said or {}
        self.source = source
        self.agent = agent.split("/")[0]
        self.counts: Counter[str] = Counter()
        self.faults: list[Exception] = []
        self._ledger = Ledger(engine, archive)
        self.robots: dict[str, Protego | FetchError] = {}  # rules, or why there are none, by address of robots.txt
        with writing(engine) as session:
            last = runs.last_runs(session, source.id, 1)
            self._receipt = save.open_receipt(session, source.id, datetime.now(UTC)).id
        self._thorough = not last or last[0].reason != "finished"

    @property
    def thorough(self) -> bool:
        """Whether the last run ended early or there was none: every list page is to be read."""
        return self._thorough

    def last_finished(self) -> datetime | None:
        """When the source's last run began that came to its end; None where none did."""
        with asking(self._engine) as session:
            return runs.last_good(session, self.source.id, ("finished",))

    def count(self, name: str, number: int = 1) -> None:
        """Add to the receipt's count of that name."""
        self.counts[name] += number

    def fault(self, error: Exception) -> None:
        """Enter an error in the receipt, and in the log."""
        self.faults.append(error)
        expected = isinstance(error, ReportwatchError)
        log.warning(
            "crawl.fault source=%s error=%s message=%s",
            self.source.id,
            type(error).__name__,
            plain(error),
            exc_info=None if expected else error,
        )

    def known(self, url: str) -> model.Page | None:
        """The last page that came from an address."""
        return self._ledger.known(url)

    def last(self, url: str) -> model.Page | None:
        """The last answer from an address, whatever its status."""
        return self._ledger.last(url)

    def knows(self, url: str) -> bool:
        """Whether what an address holds has been seen."""
        visit = self._ledger.visits([url])[url]
        return visit is not None and visit.settled

    def due(self, urls: Sequence[str], *, read: bool = True) -> list[str]:
        """Those of the addresses that are to be fetched now; see crawler.revisit.

        read  whether an address that was seen, but never read to its end, is due as well
        """
        return self._ledger.due(urls, datetime.now(UTC), read=read)

    def allows(self, url: str) -> bool:
        """Whether robots.txt, where it has been asked for, allows an address."""
        rules = self.robots.get(robots_of(url))
        return not isinstance(rules, Protego) or rules.can_fetch(url, self.agent)

    def body(self, row: model.Page) -> bytes:
        """The body of a page, from the archive."""
        return self._archive.body(record_of(row))

    def keep(self, answer: Answer, before: model.Page | None) -> Kept:
        """The answer as a page: its bytes in the archive, then its row in the database.

        before  the last page that came from this address
        """
        digest = digest_of(answer.body)
        same = record_of(before) if before is not None and before.digest == digest else None
        if same is None and answer.body:
            same = self._ledger.holds(digest)
        record = self._archive.keep(answer, same, sync=False)
        headers = {name.lower(): value for name, value in answer.headers}
        kind = self._hinted(headers.get("content-type", ""))
        page = Page(answer.url, answer.fetched_at, answer.body, answer.status, kind, self.source.id)
        row = self._saved_row(page, record, headers)
        unchanged = before is not None and (before.digest, before.status) == (row.digest, row.status)
        self.count("pages")
        self.count("unchanged", int(unchanged))
        return Kept(page, row, unchanged)

    def _hinted(self, content_type: str) -> str:
        """The type with the source's charset, where the server says none; the reader takes it as a hint, no more."""
        hint = self.source.options.get("charset")
        markup = not content_type or content_type.lower().startswith("text/")
        return (
            f"{content_type or 'text/html'}; charset={hint}"
            if hint and markup and "charset" not in content_type.lower()
            else content_type
        )

    def _saved_row(self, page: Page, record: Record, headers: Mapping[str, str]) -> model.Page:
        """The row of an answer; it is known from now on."""
        row = save.page_row(page, self._receipt, record, headers.get("etag"), headers.get("last-modified"))
        self._ledger.add(row)
        return row

    def stands(self, answer: Answer, known: model.Page) -> Kept:
        """The known page, which the server says has not changed; that it said so is kept too.

        raises  ArchiveDamaged when its bytes are lost
        """
        body = self.body(known)
        record = self._archive.keep(answer, record_of(known), sync=False)
        said = Page(answer.url, answer.fetched_at, body, UNMODIFIED, known.content_type, self.source.id)
        self._saved_row(said, record, {})
        self.count("pages")
        self.count("unchanged")
        page = Page(known.url, known.fetched_at, body, known.status, known.content_type, known.source)
        return Kept(page, known, unchanged=True)

    def understand(self, article: Article) -> None:
        """Read an article, and save what it says; unless it says what it said when it was read last."""
        found = self._unread(article)
        if found is None:
            return
        from crawler.reading import read  # a third of a crawl's start, and most crawls have nothing to read

        prose, again = found
        with asking(self._engine) as session:
            last = queries.last_reading(session, article.url)
        standing = last is not None and last.prose == prose
        said = read([kept.page for kept in article.pages])
        self.count("readings")
        if last is not None and says_the_same(last, said):
            self._remember(last, prose)
            self._sighting(article.url, None)
            return
        # what only a newer reader reads otherwise is no news
        with self._ledger.writing() as session:
            row = save.save_reading(
                session,
                said,
                article.source,
                [kept.row for kept in article.pages],
                datetime.now(UTC),
                quiet=self._quiet or standing,
                said=self._said,
                prose=prose,
                again=again,
            )
        self._ledger.forget(article.url)
        if row is not None:
            self.count("fresh")
            log.info("crawl.reading source=%s url=%s verdict=%s", self.source.id, article.url, said.verdict)
            self._saved()

    def _unread(self, article: Article) -> tuple[str, str] | None:
        """Print of an article and mark for a new reading; None where it says what it said when it was read last."""
        before = self._ledger.print_of(article.url)
        doubted = before is not None and before.held
        print_ = save.fingerprint(READER, article.url, [kept.row.digest for kept in article.pages])
        if before is not None and before.fingerprint == print_ and not doubted:
            return None
        prose = prose_of([kept.page.body for kept in article.pages])
        same = before is not None and (before.reader, before.prose) == (READER, prose)
        if same:
            self.count("unchanged", sum(not kept.unchanged for kept in article.pages))
            if not doubted:
                return None
        with asking(self._engine) as session:
            read_before = same or queries.is_read(session, print_)
        again = self._sighting(article.url, None if same else print_) if read_before else ""
        return None if read_before and not again else (prose, again)

    def _sighting(self, url: str, print_: str | None) -> str:
        """What was read before is seen again: the mark for a new reading, where it comes back after another text."""
        with asking(self._engine) as session:
            if not matters(session, url, print_):
                return ""
        self._ledger.forget(url)
        with writing(self._engine) as session:
            released, again = sighting(session, url, print_, datetime.now(UTC))
        if released:
            log.info("crawl.seen_again source=%s url=%s", self.source.id, url)
            self._saved()
        return again

    def _remember(self, last: model.Reading, prose: str) -> None:
        """Today's print of a reading that stands, so that the same page is not read again tomorrow."""
        self._ledger.forget(last.url)
        with writing(self._engine) as session:
            save.save_prose(session, last, prose)

    def close(self, *, stopped: bool = False) -> dict[str, object]:
        """Close the receipt; what comes back is it, as a line of the result."""
        reason = reason_of(self.counts, self.faults, stopped=stopped)
        counts = {name: self.counts[name] for name in COLUMNS}
        errors = [
            (name, number, next(plain(fault) for fault in self.faults if type(fault).__name__ == name))
            for name, number in Counter(type(fault).__name__ for fault in self.faults).items()
        ]
        if self._receipt is None:
            raise StorageError(f"source {self.source.id}: its receipt has no number")
        with self._ledger.writing() as session:
            save.close_receipt(session, self._receipt, datetime.now(UTC), reason, counts, errors)
        return {"source": self.source.id, "reason": reason, **counts, "errors": errors}


# A run that never got past its list: the error's name says what a person has to do.
ENDS = {
    "EmptyList": "empty",
    "ColumnMoved": "moved",
    "LayoutChanged": "changed",
    "ApiChanged": "dead-api",
    "Blocked": "blocked",
    "AddressRefused": "refused",
}


def reason_of(counts: Counter[str], faults: list[Exception], *, stopped: bool) -> str:
    """Why a run ended.

    finished   lists and pages were seen to the end; an article may be missing for good, and the errors name it
    partly     some pages could not be had this time
    stopped    somebody asked it to stop
    blocked    no list was seen, or the site refused half-way
    empty moved changed dead-api refused failed  no list was seen: it has no link to an article, is gone from its
               address, is laid out otherwise, its interface answers otherwise, may not be reached, could not be
    crashed    an error that nobody foresaw
    """
    if any(not isinstance(fault, ReportwatchError) for fault in faults):
        return "crashed"
    if stopped:
        return "stopped"
    if counts["refusals"]:
        return "blocked"
    if not counts["lists"]:
        return next((ENDS[type(fault).__name__] for fault in faults if type(fault).__name__ in ENDS), "failed")
    if any(
        fault.transient or isinstance(fault, StorageError) for fault in faults if isinstance(fault, ReportwatchError)
    ):
        return "partly"
    return "finished"


def says_the_same(last: model.Reading, said: Reading) -> bool:
    """Whether this reader made the same of an address when it was read last."""
    known = (last.reader, last.verdict, last.title, last.text, last.published_on)
    return known == (said.reader, str(said.verdict), said.title, said.text, said.published_on)


def plain(error: Exception) -> str:
    """An error's message on one line, without what a terminal would take for a command: addresses come from pages."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", str(error))


def robots_of(url: str) -> str:
    """The address of the robots.txt that an address is under."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def record_of(row: model.Page) -> Record:
    """Where a page's bytes lie."""
    return Record(row.warc, row.offset, row.digest, row.revisit)


class ReadingPipeline:
    """Hands articles to the desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it."""
        desk = getattr(crawler.spider, "desk", None)
        if not isinstance(desk, Desk):
            raise TypeError(f"{desk} is not the desk")
        return cls(desk)

    def process_item(self, item: Article) -> Article:
        """The article, read."""
        try:
            self._desk.understand(item)
        except ReportwatchError as error:
            self._desk.fault(error)
        return item
