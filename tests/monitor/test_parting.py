"""The desk and pages with several reports, on a real database."""

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from crawler.sample.places import SAMPLE_PLACES
from monitor.places import learn
from monitor.watch import Desk, settle
from storage import queries, save, values
from storage.database import connect, migrate, reading, writing
from storage.model import Event, Page, Reading

NOW = datetime(2026, 2, 1, 8, 0, tzinfo=UTC)
TEXTS = files("crawler.sample") / "reports"
URL = "http://docs.example/1.html"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    learn(SAMPLE_PLACES)
    made = connect(f"sqlite:///{tmp_path / 'known.db'}")
    migrate(made)
    yield made
    made.dispose()


def text_of(name: str) -> str:
    return (TEXTS / f"{name}.txt").read_text("utf-8").strip()


def put(engine: Engine, text: str, *, reader: int = 1, hint: str | None = None, url: str = URL) -> int:
    """A reading as a crawl would leave it, waiting for the desk; its key."""
    source = values.Source("docs", "文档之家", "column", "http://docs.example/", 4, place=hint)
    said = values.Reading(url, values.Verdict.OK, "read", None, text, "utf-8", "hans", reader)
    with writing(engine) as session:
        number = reader * 10 + len(text)
        page = Page(
            source="docs", url=url, fetched_at=NOW, status=200, digest=str(number), size=1, warc="a", offset=number
        )
        session.add(page)
        session.flush()
        row = save.save_reading(session, said, source, [page], NOW)
        assert row is not None
        return save.required(row.id)


def settled(engine: Engine) -> list[str]:
    done = settle(engine, Desk(), lambda: NOW)
    assert done.failed == []
    return done.reports


def test_a_page_read_again_replaces_all_its_parts_and_tells_nothing_twice(engine: Engine) -> None:
    text = "\n".join(text_of(name) for name in ("990101-2026", "990102-2026"))
    put(engine, text)
    assert settled(engine) == ["990101/2026", "990102/2026"]
    put(engine, text, reader=2)
    assert settled(engine) == []
    with reading(engine) as session:
        for name in ("990101/2026", "990102/2026"):
            [(_, row)] = queries.copies_of(session, save.required(queries.the_report(session, name).id))
            assert row.reader == 2
        assert len(session.exec(select(Event)).all()) == 2


def test_only_the_page_is_read_again_by_a_newer_reader(engine: Engine) -> None:
    put(engine, "\n".join(text_of(name) for name in ("990101-2026", "990102-2026")))
    settled(engine)
    with reading(engine) as session:
        assert [row.url for row in queries.newest_readings(session, 2)] == [URL]


def test_a_page_of_one_report_that_becomes_a_compilation_keeps_one_copy_of_it(engine: Engine) -> None:
    put(engine, text_of("990101-2026"))
    settled(engine)
    put(engine, "\n".join(text_of(name) for name in ("990102-2026", "990101-2026")))
    assert settled(engine) == ["990102/2026"]
    with reading(engine) as session:
        [(_, row)] = queries.copies_of(session, save.required(queries.the_report(session, "990101/2026").id))
        assert row.url == f"{URL}#report-2"


def test_a_fragment_on_the_page_is_a_partial_copy_of_its_report(engine: Engine) -> None:
    whole = text_of("990102-2026")
    put(engine, whole, url="http://portal.example/1.html")
    settled(engine)
    put(engine, "\n".join([text_of("990101-2026"), whole[: len(whole) // 3], text_of("990101-2025")]))
    assert settled(engine) == ["990101/2026", "990101/2025"]
    with reading(engine) as session:
        copies = queries.copies_of(session, save.required(queries.the_report(session, "990102/2026").id))
        assert [(copy.relation, row.part) for copy, row in copies] == [("same", 0), ("partial", 2)]


def test_the_place_of_the_source_is_none_of_the_parts_where_another_is_named(engine: Engine) -> None:
    nameless = text_of("990101-2026").replace("云岭市", "").replace("澜汀区", "我区")
    put(engine, "\n".join([text_of("990102-2026"), nameless]), hint="990102")
    settled(engine)
    with reading(engine) as session:
        rows = session.exec(select(Reading).where(Reading.part > 0).order_by(Reading.part)).all()
        assert [row.place_hint for row in rows] == ["990102", "990102"]
    put(engine, "\n".join([text_of("990101-2025"), nameless]), hint="990102", url="http://docs.example/2.html")
    settled(engine)
    with reading(engine) as session:
        rows = session.exec(select(Reading).where(Reading.url.startswith("http://docs.example/2.html#"))).all()
        assert [row.place_hint for row in rows] == [None, None]
