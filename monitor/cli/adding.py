"""Readings that no crawl makes: of a file or an address that a person gives, and of archived pages once more."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from crawler.reader import READER
from crawler.reading import page_of_file, read
from monitor.cli.hall import Hall
from monitor.cli.show import reason
from monitor.registry import registered
from monitor.watch import Desk, settle
from storage import queries, save
from storage.archive import Answer, Archive, Record
from storage.database import reading, writing
from storage.errors import BadArgument, ReportwatchError, StorageError
from storage.model import Reading
from storage.values import Kind, Page, Source

ADDED = "added"


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def add_one(known: Hall, what: str, said: Mapping[str, str]) -> dict[str, Any]:
    """Take a file or an address in; what became of it."""
    try:
        url = taken_in(known, what, said)
    except (OSError, ReportwatchError) as error:
        return {"what": what, "url": None, "report": None, "kind": None, "outcome": reason(error, what)}
    settle(known.engine, Desk(), now)
    with reading(known.engine) as session:
        row = queries.last_reading(session, url)
        report = queries.report_of(session, row.id or 0) if row else None
        outcome = row.outcome if row else "could not be fetched; `reportwatch status` tells why"
        kind = row.kind if row else None
    return {"what": what, "url": url, "report": report.name if report else None, "kind": kind, "outcome": outcome}


def taken(line: Mapping[str, Any]) -> bool:
    """Is it known now? A digest or a compilation is, though it is no copy of a report."""
    return line["report"] is not None or line["kind"] in (Kind.DIGEST, Kind.COMPILATION)


def taken_in(known: Hall, what: str, said: Mapping[str, str]) -> str:
    """Fetch or read it, and keep it; its address. BadArgument for an address that is not fetched."""
    if "://" not in what:
        return add_file(known, Path(what), said)
    if not what.lower().startswith(("http://", "https://")):
        raise BadArgument(f"{what}: only http and https are fetched")
    return add_address(known, what, said)


def source_of(url: str, family: str = "file") -> Source:
    """The source that stands for what a person adds; a reprint's tier until the person says otherwise."""
    return Source(ADDED, "added by hand", family, url, 4)


def add_file(known: Hall, path: Path, said: Mapping[str, str]) -> str:
    """Archive a file as if its address had answered with it, and read it; returns the address."""
    page = page_of_file(path, None)
    url = path.resolve().as_uri()
    answer = Answer(url, now(), 200, [("Content-Type", page.content_type)], page.body, page.body)
    with Archive(known.settings.archive) as archive:
        record = archive.keep(answer)
    kept = Page(url, answer.fetched_at, page.body, 200, page.content_type, ADDED)
    result = read([kept])
    with writing(known.engine) as session:
        row = save.save_page(session, kept, None, record)
        save.save_reading(session, result, source_of(url), [row], now(), quiet=True, said=said)
    return url


def add_address(known: Hall, url: str, said: Mapping[str, str]) -> str:
    """Fetch an article under the same manners as any crawl; returns its address."""
    import asyncio

    from monitor.crawling import Errand, crawl

    errand = Errand((source_of(url, "single"),), quiet=True, said=said)
    asyncio.run(crawl([[errand]], known.settings, {}, lambda _line: None))
    return url


def reread_all(known: Hall) -> tuple[dict[str, int], list[str]]:
    """Read every archived article with today's reader; the new readings never alert."""
    counts, faults = {"articles": 0, "changed": 0, "failed": 0}, []
    names = {source.id: source for source in registered(known.settings)}
    archive = Archive(known.settings.archive)
    for row in newest_readings(known.engine):
        counts["articles"] += 1
        try:
            counts["changed"] += reread_one(known.engine, archive, row, names)
        except ReportwatchError as error:
            counts["failed"] += 1
            faults.append(f"{row.url}: {error}")
    archive.close()
    done = settle(known.engine, Desk(), now)
    return counts, [*faults, *done.failed]


def newest_readings(engine: Engine) -> Iterator[Reading]:
    """The newest reading of every address that an older reader made."""
    with reading(engine) as session:
        rows = queries.newest_readings(session, READER)
    yield from rows


def reread_one(engine: Engine, archive: Archive, row: Reading, names: Mapping[str, Source]) -> int:
    """1 where today's reader reads the same bytes otherwise."""
    with reading(engine) as session:
        pages = queries.pages_of(session, row)
    if not pages:
        raise StorageError("its pages are not in the database")
    bodies = [archive.body(Record(page.warc, page.offset, page.digest, page.revisit)) for page in pages]
    kept = [
        Page(page.url, page.fetched_at, body, page.status, page.content_type, page.source)
        for page, body in zip(pages, bodies, strict=True)
    ]
    said = read(kept)
    source = names.get(row.source) or Source(row.source, row.source, "file", row.url, row.tier, row.place_hint)
    with writing(engine) as session:
        fresh = save.save_reading(session, said, source, pages, now(), quiet=True, said=row.said)
        if fresh is None:
            return 0
    return int((said.text, str(said.verdict)) != (row.text, row.verdict))
