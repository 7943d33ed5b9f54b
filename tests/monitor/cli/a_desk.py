"""A database of invented reports, filled as crawls leave it, and the commands on it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from crawler.sample.places import SAMPLE_PLACES, told
from monitor.cli.main import main
from monitor.places import learn
from monitor.watch import Desk, settle
from storage import outbox, queries, save, values
from storage.archive import digest_of
from storage.database import open_database, reading, writing
from storage.model import Alert, Event, Page, Reading
from storage.seen_again import sighting

NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)
NUMBERS = count(1)
TEXTS = files("crawler.sample") / "reports"


def text_of(year: int, place: str = "990101") -> str:
    return (TEXTS / f"{place}-{year}.txt").read_text("utf-8")


def addressed(_kind: str, _place: str | None, _novelty: float) -> Sequence[tuple[str, str]]:
    return [("mail", "a@example.org")]


class ADesk:
    """A folder with settings and a database."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str] | None = None) -> None:
        learn(SAMPLE_PLACES)
        self.capsys = capsys
        self.file = folder / "settings.toml"
        self.file.write_text(f'[storage]\nfolder = "{folder}"\n[crawl]\nbuiltin = false\n{told()}', "utf-8")
        self.url = f"sqlite:///{folder / 'reportwatch.db'}"
        self.engine: Engine = open_database(self.url)

    def put(self, text: str, url: str, *, tier: int = 1, quiet: bool = False, reader: int = 1) -> None:
        """A page is fetched and read, and the desk concludes."""
        number = next(NUMBERS)
        of = values.Source(f"s{number}", "站", "column", "http://x.example/", tier)
        with writing(self.engine) as session:
            page = Page(
                source=of.id,
                url=url,
                fetched_at=NOW,
                status=200,
                digest=digest_of(text.encode()),
                size=1,
                warc="a.warc.gz",
                offset=number,
            )
            session.add(page)
            session.flush()
            print_ = save.fingerprint(reader, url, [page.digest])
            again = sighting(session, url, print_, NOW)[1] if queries.is_read(session, print_) else ""
            made = save.save_reading(session, said(text, url, reader), of, [page], NOW, quiet=quiet, again=again)
            assert made is not None
        self.settle()

    def reread(self, url: str, text: str | None = None, reader: int = 9) -> None:
        """The same bytes are read again by a better reader."""
        with writing(self.engine) as session:
            old = queries.last_reading(session, url)
            assert old is not None
            of = values.Source(old.source, "站", "column", "http://x.example/", old.tier)
            again = said(text or old.text, url, reader)
            pages = queries.pages_of(session, old)
            assert save.save_reading(session, again, of, pages, NOW, quiet=True, said=old.said) is not None
        self.settle()

    def settle(self) -> None:
        assert settle(self.engine, Desk(addressed), lambda: NOW).failed == []

    def run(self, *words: str) -> tuple[int, str, str]:
        assert self.capsys is not None
        status = main([*words, "--settings", str(self.file), "--database", self.url])
        return status, *self.capsys.readouterr()

    def lines(self, *words: str) -> list[dict[str, Any]]:
        status, out, err = self.run(*words, "--json")
        assert status in (0, 1), err
        return [json.loads(line) for line in out.splitlines()]

    def lines_of(self, *words: str) -> list[dict[str, Any]]:
        """What a command on files alone prints."""
        assert self.capsys is not None
        assert main([*words, "--json"]) == 0
        return [json.loads(line) for line in self.capsys.readouterr().out.splitlines()]

    def one(self, *words: str) -> dict[str, Any]:
        [line] = self.lines(*words)
        return line

    def names(self) -> list[str]:
        return sorted(line["report"] for line in self.lines("reports"))

    def urls(self, report: str) -> list[str]:
        """Addresses of its copies, the canonical one first."""
        return [line["url"] for line in self.lines("copies", report)]

    def told(self) -> list[tuple[str, str, str]]:
        """Key and kind of each event, and the state of its alert."""
        with reading(self.engine) as session:
            rows = session.exec(select(Event, Alert).join(Alert).order_by(Event.id)).all()  # type: ignore[arg-type]
            return [(event.key, event.kind, alert.state) for event, alert in rows]

    def send(self) -> None:
        """All alerts that are due are sent."""
        with writing(self.engine) as session:
            for alert in session.exec(select(Alert).where(Alert.state == outbox.DUE)).all():
                outbox.mark_sent(session, save.required(alert.id), NOW, "250 OK")

    def outcome(self, url: str) -> str:
        with reading(self.engine) as session:
            row = queries.last_reading(session, url)
            assert isinstance(row, Reading)
            return row.outcome


def said(text: str, url: str, reader: int) -> values.Reading:
    """What a reader of that version says of a page."""
    return values.Reading(url, values.Verdict.OK, "read", None, text, "utf-8", "hans", reader)
