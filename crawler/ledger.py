"""What a crawl knows of addresses, asked for many at a time, and the rows of pages that wait to be written together.

An answer is in the archive before its row waits here, and on disk before its row is in the database. A row waits for
the next page at most, or as long as pages come without a pause; whoever is killed meanwhile loses rows whose pages
will be fetched again, and nothing that anybody was told.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from crawler.revisit import Visit, is_due, visit_of
from storage import model, pages, queries
from storage.archive import Archive, Record
from storage.database import reading as asking
from storage.database import writing
from storage.errors import StorageError

MOST = 50  # rows that wait
LATEST = 5.0  # seconds after the last write in which a row waits: at the usual delay each page writes the one before


class Ledger:
    """The rows of one source's run."""

    def __init__(self, engine: Engine, archive: Archive) -> None:
        self._engine = engine
        self._archive = archive
        self._waiting: list[model.Page] = []
        self._written = 0.0
        self._losses = archive.losses
        self._pages: dict[str, model.Page | None] = {}
        self._prints: dict[str, pages.Print | None] = {}
        self._visits: dict[str, Visit | None] = {}

    def known(self, url: str) -> model.Page | None:
        """The last page that came from an address."""
        if url not in self._pages:
            self._foresee([url])
        return self._pages[url]

    def last(self, url: str) -> model.Page | None:
        """The last answer from an address, whatever its status."""
        self.write()
        with asking(self._engine) as session:
            return queries.last_answer(session, url)

    def print_of(self, url: str) -> pages.Print | None:
        """The newest reading of an address, without its text."""
        if url not in self._prints:
            with asking(self._engine) as session:
                self._prints[url] = pages.last_prints(session, [url]).get(url)
        return self._prints[url]

    def holds(self, digest: str) -> Record | None:
        """The record that holds this body in full."""
        for row in self._waiting:
            if row.digest == digest and not row.revisit:
                return Record(row.warc, row.offset, digest, revisit=False)
        with asking(self._engine) as session:
            found = pages.where_body_lies(session, digest)
        return Record(*found, digest, revisit=False) if found else None

    def visits(self, urls: Sequence[str]) -> dict[str, Visit | None]:
        """What is known of each address, asked for once a run."""
        unasked = [url for url in urls if url not in self._visits]
        if unasked:
            self.write()
            with asking(self._engine) as session:
                answers = queries.answers_at(session, unasked)
            self._visits |= {url: visit_of(answers.get(url, ())) for url in unasked}
        return {url: self._visits[url] for url in urls}

    def due(self, urls: Sequence[str], now: datetime, *, read: bool) -> list[str]:
        """Those of the addresses that are to be fetched now; see crawler.revisit.

        read  whether an address that was seen, but never read to its end, is due as well
        """
        visits = self.visits(urls)
        since: dict[str, datetime] = {}
        if read:
            with asking(self._engine) as session:
                since = queries.read_since(session, urls)

        def wanted(visit: Visit | None, url: str) -> bool:
            if visit is None or (read and url not in since):
                return True
            return is_due(replace(visit, since=since[url]) if read else visit, now)

        found = [url for url in urls if wanted(visits[url], url)]
        self._foresee(found, read=read)
        return found

    def add(self, row: model.Page) -> None:
        """A row that the archive has the bytes of; it is known from now on."""
        self._waiting.append(row)
        self._visits.pop(row.url, None)
        if row.status == 200:
            self._pages[row.url] = row
        if len(self._waiting) >= MOST or time.monotonic() - self._written > LATEST:
            self.write()

    def write(self) -> None:
        """No row waits when this returns."""
        if self._waiting:
            with self.writing():
                pass

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction in which the rows that wait are written first."""
        self._archive.sync()
        if self._archive.losses != self._losses:
            self._losses = self._archive.losses
            self._waiting.clear()
            self._pages.clear()
            raise StorageError("the disk did not take the last pages; they will be fetched again")
        with writing(self._engine) as session:
            pages.save_pages(session, self._waiting)
            yield session
        self._waiting.clear()
        self._written = time.monotonic()

    def forget(self, url: str) -> None:
        """There is a new reading of that address, or one that reads otherwise."""
        self._prints.pop(url, None)

    def _foresee(self, urls: Sequence[str], *, read: bool = False) -> None:
        """Ask in one go for what will be asked of each of these addresses."""
        unasked = [url for url in urls if url not in self._pages]
        with asking(self._engine) as session:
            found = pages.last_pages(session, unasked)
            prints = pages.last_prints(session, urls) if read else {}
        self._pages |= {url: found.get(url) for url in unasked}
        if read:
            self._prints |= {url: prints.get(url) for url in urls}
