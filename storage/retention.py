"""Old files of the archive, removed when it grows beyond a budget; never one that anything rests on.

A file goes whole or not at all. It stays as long as a page in it was read (a reading, and so a copy, a report and its
findings, must lead back to its bytes), or is the newest answer of its address (the next crawl asks whether that has
changed), or holds the body that such a page refers to. What can go is the list pages of yesteryear.
"""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from storage.archive import Archive, Record, holding
from storage.backup import WARCS, sync_folder
from storage.database import WAIT, reading, writing
from storage.errors import DatabaseBusy, StorageError
from storage.model import Page, Reading

OURS = re.compile(r"(\d{4})(\d{2})(\d{2})-\d+-\d+\.warc\.gz")
YOUNG = timedelta(days=2)  # a crawl that began before midnight still writes into the file of its day
POLL = 0.2  # seconds


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of the archive; size in bytes, `why` it has to stay, "" where it may go."""

    name: str
    size: int
    why: str


@dataclass(frozen=True, slots=True)
class Pruning:
    """What goes and what stays; sizes in bytes. `budget` None: all goes that may."""

    gone: tuple[Stored, ...]
    kept: tuple[Stored, ...]
    budget: int | None

    @property
    def left(self) -> int:
        """Size of what stays."""
        return sum(stored.size for stored in self.kept)

    @property
    def over(self) -> int:
        """Bytes by which what stays is beyond the budget."""
        return max(self.left - self.budget, 0) if self.budget is not None else 0


def survey(session: Session, archive: Archive, today: date) -> list[Stored]:
    """The files of the archive, oldest first.

    raises  ArchiveDamaged when a record that says where a body lies cannot be read: nothing is removed on a guess
    """
    needed = needed_files(session, archive)
    files = sorted(path for path in archive.folder.glob(WARCS) if path.is_file())
    return [Stored(path.name, path.stat().st_size, _why(path.name, needed, today)) for path in files]


def _why(name: str, needed: set[str], today: date) -> str:
    ours = OURS.fullmatch(name)
    if ours is None:
        return "not named by reportwatch"
    if date(*map(int, ours.groups())) > today - YOUNG:
        return "may still be written"
    return "holds what was read or is the newest of its address" if name in needed else ""


def needed_files(session: Session, archive: Archive) -> set[str]:
    """Names of the files that something rests on."""
    read = {key for keys in session.exec(select(Reading.pages)) for key in keys}
    newest: dict[tuple[str, bool], Page] = {}
    needed: dict[int | None, Page] = {}
    for page in session.exec(select(Page).order_by(col(Page.fetched_at), col(Page.id))):
        newest[page.url, page.status == 200] = page  # a body to ask again for, and a last word of another kind
        if page.id in read:
            needed[page.id] = page
    needed |= {page.id: page for page in newest.values()}
    return {name for page in needed.values() for name in _files(archive, page)}


def _files(archive: Archive, page: Page) -> tuple[str, str]:
    """The file of a page, and the one that holds its body."""
    record = Record(page.warc, page.offset, page.digest, page.revisit)
    return page.warc, archive.origin(record).warc


def chosen(files: Sequence[Stored], budget: int | None) -> Pruning:
    """Which files go: the oldest of those that may, until the rest is within the budget."""
    size = sum(stored.size for stored in files)
    gone = []
    for stored in files:
        if not stored.why and (budget is None or size > budget):
            gone.append(stored)
            size -= stored.size
    return Pruning(tuple(gone), tuple(stored for stored in files if stored not in gone), budget)


def prune(engine: Engine, archive: Archive, budget: int | None, today: date, *, dry_run: bool = False) -> Pruning:
    """Remove what may go; with `dry_run` only say what would.

    Rows before files: a file without rows is harmless, and goes the next time.

    budget  bytes that the archive may have
    raises  DatabaseBusy while a crawl runs; ArchiveDamaged as survey() does; StorageError when a file cannot be removed
    """
    if not archive.folder.is_dir():
        return Pruning((), (), budget)
    if dry_run:
        with reading(engine) as session:
            return chosen(survey(session, archive, today), budget)
    with _alone(archive.folder):
        with writing(engine) as session:
            pruning = chosen(survey(session, archive, today), budget)
            for stored in pruning.gone:
                session.execute(delete(Page).where(col(Page.warc) == stored.name))
        _remove(archive.folder, pruning.gone)
    return pruning


def _remove(folder: Path, gone: Sequence[Stored]) -> None:
    try:
        for stored in gone:
            (folder / stored.name).unlink(missing_ok=True)
        sync_folder(folder)
    except OSError as error:
        raise StorageError(f"archive {error.filename}: {error.strerror}") from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """The folder while nobody keeps answers in it, nor takes a backup of it."""
    deadline = time.monotonic() + WAIT
    while True:
        try:
            with holding(folder, alone=True, patient=False):
                yield
                return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise DatabaseBusy(f"archive {folder}: a crawl or a backup uses it; prune when none does") from None
            time.sleep(POLL)
