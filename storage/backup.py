"""All that is known in one file: database, archive, settings. Taken while others write.

A tar (POSIX.1-2001 pax) of plain files, the manifest last, for it holds the digest of every other. The database is
read first and in one go, the archive after it: bytes are kept before their row is, so every row finds its record.
What a crawl appends meanwhile may be in the archive's files and in no row, as after a crash.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from storage.archive import holding
from storage.errors import BadArgument, StorageError

FORMAT = 1  # raised when an older program could not restore what a newer one writes
MANIFEST = "manifest.json"
DATABASE = "database/reportwatch.db"
ARCHIVE = "archive/"
SETTINGS = "settings/"
WARCS = "*.warc.gz"
BLOCK = 512  # bytes that a tar gives to a name, and that a file is filled up to


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of a backup: its length in bytes and the sha256 of it, in hexadecimal."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `revision` is the schema's, None where the database is not in it or has no tables."""

    program: str
    made_at: datetime
    revision: str | None
    files: Mapping[str, Kept]

    def document(self) -> bytes:
        """As it stands in the backup."""
        whole = {"format": FORMAT} | asdict(self) | {"made_at": self.made_at.isoformat()}
        return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def back_up(
    file: Path, engine: Engine | None, archive: Path, settings: Mapping[str, Path], program: str, now: datetime
) -> Manifest:
    """Write a backup; the file appears when it is complete and on disk, and only its owner may read it.

    engine    of an SQLite database; None leaves the database out
    settings  files by their names in the backup, below settings/
    program   name and version
    raises    BadArgument where the file is there already or its folder is not; StorageError when the disk does not
              take it, the database cannot be read, or a file shrinks while it is read
    """
    if file.exists() or not file.parent.is_dir():
        what = "is there already; name another file" if file.exists() else "its folder does not exist"
        raise BadArgument(f"{file}: {what}")
    try:
        with (
            holding(archive) if archive.is_dir() else nullcontext(),
            tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as scratch,
        ):
            copy = Path(scratch) / "database"
            revision = snapshot(engine, copy) if engine is not None else None
            found = {DATABASE: copy} if engine is not None else {}
            found |= {ARCHIVE + warc.name: warc for warc in sorted(archive.glob(WARCS)) if warc.is_file()}
            found |= {SETTINGS + name: path for name, path in settings.items()}
            require_room(file.parent, sum(path.stat().st_size + 2 * BLOCK for path in found.values()))
            return _write(file, Path(scratch) / "whole", found, lambda files: Manifest(program, now, revision, files))
    except OSError as error:
        raise StorageError(f"backup {file}: {error.filename or ''} {error.strerror or error}") from error


def snapshot(engine: Engine, into: Path) -> str | None:
    """Copy an SQLite database as it is at one moment, while others write; the revision of its schema.

    One step for all pages (https://www.sqlite.org/backup.html): a copy in several begins anew whenever somebody
    writes. The copy is one file, without a write-ahead log.
    """
    try:
        with closing(engine.raw_connection()) as source, closing(sqlite3.connect(into)) as copy:
            source.driver_connection.backup(copy)  # type: ignore[union-attr]  # a sqlite3.Connection
            copy.execute("PRAGMA journal_mode = DELETE").close()
            return revision_of(copy)
    except (OperationalError, sqlite3.Error) as error:
        raise StorageError(f"database {engine.url.database}: {error}") from error


def revision_of(connection: sqlite3.Connection) -> str | None:
    """The revision of a database's schema; None where it has none."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def require_room(folder: Path, size: int) -> None:
    """StorageError where a folder's disk has not that many bytes free."""
    free = shutil.disk_usage(folder).free
    if free < size:
        raise StorageError(f"{folder}: {size >> 20} MiB are needed and {free >> 20} MiB free; nothing was written")


def _write(file: Path, made: Path, found: Mapping[str, Path], manifest: Any) -> Manifest:
    with _private(made) as out:
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            kept = {}
            for name, path in found.items():
                with path.open("rb") as source:
                    kept[name] = _add(tar, name, source, os.fstat(source.fileno()).st_size)
            whole: Manifest = manifest(kept)
            document = whole.document()
            _add(tar, MANIFEST, BytesIO(document), len(document))
        out.flush()
        os.fsync(out.fileno())
    made.rename(file)
    sync_folder(file.parent)
    return whole


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """A new file for its owner alone: settings may hold secrets."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file


class Digesting:
    """A file that takes the digest of what is read from it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._sha256 = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes."""
        chunk = self._file.read(size)
        self._sha256.update(chunk)
        return chunk

    @property
    def digest(self) -> str:
        """sha256 of all that was read, in hexadecimal."""
        return self._sha256.hexdigest()


def _add(tar: tarfile.TarFile, name: str, source: IO[bytes], size: int) -> Kept:
    """The first `size` bytes of a file, which others may be adding to."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    reading = Digesting(source)
    tar.addfile(member, reading)
    return Kept(size, reading.digest)


def sync_folder(folder: Path) -> None:
    """The names of a folder are on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
