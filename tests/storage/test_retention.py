"""Old files of the archive go when it outgrows its budget; what anything rests on stays."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from storage import queries, save, values
from storage.archive import Answer, Archive, Record, digest_of
from storage.database import reading, writing
from storage.errors import ArchiveDamaged, DatabaseBusy
from storage.model import Page
from storage.retention import prune
from storage.soundness import archive_faults, pages_to_check

TODAY = date(2026, 6, 1)
LIST = "http://a.example/list"


class Kept:
    """A database and the archive beside it."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.archive = Archive(folder)

    def put(self, day: date, url: str, body: bytes, *, read: bool = False, status: int = 200) -> Record:
        """A page as a crawl of that day keeps it, in a file of its own."""
        now = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        with Archive(self.archive.folder) as archive, writing(self.engine) as session:
            same = queries.page_with_body(session, digest_of(body))
            known = Record(same.warc, same.offset, same.digest, same.revisit) if same else None
            record = archive.keep(Answer(url, now, status, [], body, body), known)
            row = save.save_page(session, values.Page(url, now, body, status, "", "portal"), None, record)
            if read:
                said = values.Reading(url, values.Verdict.OK, "", None, body.decode(), "utf-8", "hans", 1)
                save.save_reading(session, said, values.Source("portal", "站", "column", url, 1), [row], now)
        return record

    def prune(self, budget: int | None = 0, *, dry_run: bool = False) -> list[str]:
        done = prune(self.engine, self.archive, budget, TODAY, dry_run=dry_run)
        return [stored.name for stored in done.gone]

    def files(self) -> list[str]:
        return sorted(path.name for path in self.archive.folder.glob("*.gz"))

    def faults(self) -> list[str]:
        with reading(self.engine) as session:
            return archive_faults(self.archive, pages_to_check(session, None))


@pytest.fixture
def kept(engine: Engine, tmp_path: Path) -> Kept:
    return Kept(engine, tmp_path / "archive")


def day(number: int) -> date:
    return date(2026, 1, 1) + timedelta(days=number)


def test_superseded_list_pages_go_and_their_rows_with_them(kept: Kept) -> None:
    old = [kept.put(day(n), LIST, b"list %d" % n) for n in range(3)]
    assert kept.prune() == [old[0].warc, old[1].warc]
    assert kept.files() == [old[2].warc]
    with reading(kept.engine) as session:
        assert [page.warc for page in session.exec(select(Page))] == [old[2].warc]
    assert kept.faults() == []


def test_what_was_read_stays_though_newer_readings_follow(kept: Kept) -> None:
    versions = [kept.put(day(n), "http://a.example/report", b"version %d" % n, read=True) for n in range(3)]
    assert kept.prune() == []
    assert kept.files() == [record.warc for record in versions]


def test_the_file_that_a_needed_page_refers_to_stays(kept: Kept) -> None:
    first = kept.put(day(1), LIST, b"as ever")
    between = kept.put(day(2), LIST, b"changed for a day")
    again = kept.put(day(3), LIST, b"as ever")
    assert again.revisit
    assert kept.prune() == [between.warc]
    assert kept.files() == [first.warc, again.warc]
    assert kept.faults() == []


def test_the_last_page_that_had_a_body_stays_after_an_error(kept: Kept) -> None:
    kept.put(day(1), LIST, b"list")
    kept.put(day(2), LIST, b"gone", status=404)
    kept.put(day(3), LIST, b"away", status=404)
    assert len(kept.prune()) == 1
    with reading(kept.engine) as session:
        page = queries.last_page(session, LIST)
        assert page is not None
        assert page.status == 200
    assert kept.faults() == []


def test_the_oldest_go_first_and_no_more_than_the_budget_asks(kept: Kept) -> None:
    files = [kept.put(day(n), LIST, b"list %d" % n).warc for n in range(5)]
    size = sum((kept.archive.folder / name).stat().st_size for name in files)
    assert kept.prune(size) == []
    assert kept.prune(size - 1) == files[:1]


def test_a_dry_run_says_it_and_leaves_all(kept: Kept) -> None:
    files = [kept.put(day(n), LIST, b"list %d" % n).warc for n in range(3)]
    assert kept.prune(dry_run=True) == files[:2]
    assert kept.files() == files


def test_young_files_and_those_of_others_stay(kept: Kept) -> None:
    for back in (2, 1, 0):
        kept.put(TODAY - timedelta(days=back), LIST, b"list %d" % back)
    (kept.archive.folder / "my-own.warc.gz").write_bytes(b"not ours")
    gone = kept.prune()
    assert [name[:8] for name in gone] == ["20260530"]
    assert (kept.archive.folder / "my-own.warc.gz").exists()


def test_what_still_does_not_fit_is_told(kept: Kept) -> None:
    record = kept.put(day(1), "http://a.example/report", b"read", read=True)
    done = prune(kept.engine, kept.archive, 10, TODAY)
    assert done.over == (kept.archive.folder / record.warc).stat().st_size - 10


def test_nothing_is_removed_on_a_guess(kept: Kept) -> None:
    kept.put(day(1), LIST, b"as ever")
    kept.put(day(2), LIST, b"between")
    again = kept.put(day(3), LIST, b"as ever")
    file = kept.archive.folder / again.warc
    file.write_bytes(file.read_bytes()[: again.offset + 20])
    before = kept.files()
    with pytest.raises(ArchiveDamaged):
        kept.prune()
    assert kept.files() == before


def test_nothing_is_removed_while_a_crawl_keeps_answers(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.retention.WAIT", 0)
    old = kept.put(day(1), LIST, b"list 1")
    kept.put(day(2), LIST, b"list 2")
    script = (
        "import sys\nfrom pathlib import Path\nfrom datetime import datetime, UTC\n"
        "from storage.archive import Answer, Archive\narchive = Archive(Path(sys.argv[1]))\n"
        "archive.keep(Answer('http://b.example/', datetime.now(UTC), 200, [], b'x', b'x'))\n"
        "print('kept', flush=True)\nsys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(kept.archive.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as crawl:
        assert crawl.stdout is not None
        crawl.stdout.readline()
        with pytest.raises(DatabaseBusy, match="a crawl or a backup"):
            kept.prune()
        crawl.kill()
    assert kept.prune() == [old.warc]


def test_a_body_whose_file_went_is_kept_anew(kept: Kept) -> None:
    kept.put(day(1), LIST, b"as ever")
    kept.put(day(2), LIST, b"changed")
    assert len(kept.prune()) == 1
    again = kept.put(day(3), LIST, b"as ever")
    assert not again.revisit
    with reading(kept.engine) as session:
        assert len(session.exec(select(Page).where(col(Page.url) == LIST)).all()) == 2
    assert kept.faults() == []
