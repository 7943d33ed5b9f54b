"""One scheduler a database: a second one is refused as long as the first lives."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from storage.errors import DatabaseBusy, StorageError

SCHEDULER = 7_204_062  # number of the PostgreSQL advisory lock


@contextmanager
def only_instance(engine: Engine) -> Iterator[None]:
    """Hold the right to schedule: a locked file beside an SQLite database, an advisory lock on PostgreSQL.

    Both go with the process, however it ends.

    raises  DatabaseBusy when another process holds it; StorageError when the file cannot be made
    """
    if engine.dialect.name == "postgresql":
        with _advisory(engine):
            yield
    elif engine.url.database and engine.url.database != ":memory:":
        with _file(Path(f"{os.path.realpath(engine.url.database)}.scheduler")):
            yield
    else:
        yield


@contextmanager
def _file(path: Path) -> Iterator[None]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror}") from error
    try:
        _lock(descriptor, path)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
        raise DatabaseBusy(
            f"database {path.with_suffix('')}: another scheduler runs on it (process {holder or 'unknown'})"
        ) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)


@contextmanager
def _advisory(engine: Engine) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(text("SELECT pg_try_advisory_lock(:number)"), {"number": SCHEDULER}).scalar():
            raise DatabaseBusy(f"database {engine.url.database}: another scheduler runs on it")
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": SCHEDULER})
