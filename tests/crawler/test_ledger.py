"""What a crawl knows of addresses, and the rows that wait."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from crawl_bench import Bench

from crawler.ledger import Ledger
from storage import model
from storage.archive import Answer
from storage.errors import StorageError

NOON = datetime(2026, 1, 7, 12, tzinfo=UTC)
URL = "http://a.example/{}.html"


def row(bench: Bench, number: int, *, hours: int = 0, status: int = 200) -> model.Page:
    """The row of an answer that the archive has, not synced."""
    at, body = NOON + timedelta(hours=hours), f"{number} {hours}".encode()
    record = bench.archive.keep(Answer(URL.format(number), at, status, [], body, body), sync=False)
    return model.Page(
        source="a",
        url=URL.format(number),
        fetched_at=at,
        status=status,
        size=len(body),
        warc=record.warc,
        offset=record.offset,
        digest=record.digest,
    )


def test_rows_that_wait_are_written_together_and_numbered_in_order(bench: Bench) -> None:
    ledger = Ledger(bench.engine, bench.archive)
    ledger.write()
    rows = [row(bench, number) for number in range(5)]
    for each in rows:
        ledger.add(each)
    with ledger.writing():
        pass
    assert [page.url for page in bench.rows(model.Page)] == [URL.format(number) for number in range(5)]
    assert [each.id for each in rows] == [page.id for page in bench.rows(model.Page)]


def test_the_last_page_of_an_address_is_the_newest_that_was_one(bench: Bench) -> None:
    ledger = Ledger(bench.engine, bench.archive)
    for each in (row(bench, 1), row(bench, 1, hours=2), row(bench, 1, hours=3, status=503), row(bench, 2)):
        ledger.add(each)
    ledger.write()
    fresh = Ledger(bench.engine, bench.archive)
    known = fresh.known(URL.format(1))
    assert known is not None
    assert known.fetched_at == NOON + timedelta(hours=2)
    assert fresh.known(URL.format(3)) is None
    assert known.digest == ledger.known(URL.format(1)).digest  # type: ignore[union-attr]


def test_a_body_that_waits_is_found_as_one_that_is_written(bench: Bench) -> None:
    ledger = Ledger(bench.engine, bench.archive)
    ledger.add(row(bench, 1))
    waiting = row(bench, 2)
    ledger.add(waiting)
    found = ledger.holds(waiting.digest)
    ledger.write()
    assert found == ledger.holds(waiting.digest)
    assert found is not None


def test_no_row_tells_of_bytes_that_the_disk_did_not_take(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (Ledger(bench.engine, bench.archive) for _ in range(2))
    one.add(row(bench, 1))
    other.add(row(bench, 2))  # each first row is written at once
    one.add(row(bench, 3))
    other.add(row(bench, 4))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StorageError, match="No space left"):
            one.write()
    for ledger in (one, other):  # both wrote to the same file, and what waited of both is gone
        with pytest.raises(StorageError, match="fetched again"):
            ledger.write()
        ledger.write()
    assert [page.url for page in bench.rows(model.Page)] == [URL.format(1), URL.format(2)]
