"""One scheduler a database: a second one is refused as long as the first lives."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from storage.errors import DatabaseBusy, StorageError

SCHEDULER = 7_204_062  # number of the PostgreSQL advisory lock


@contextmanager
def only_instance(engine: Engine) -> Iterator[Callable[[], None]]:
    """Hold the right to schedule: a locked file beside an SQLite database, an advisory lock on PostgreSQL.

    Both go with the process, however it ends. A PostgreSQL server that is restarted forgets its locks: what comes back
    is to be called now and then, and takes the lock again where it is gone.

    raises  DatabaseBusy when another process holds it; StorageError when the file cannot be made, or the server does
            not answer. So does what comes back
    """
    if engine.dialect.name == "postgresql":
        lock = _Advisory(engine)
        try:
            lock.hold()
            yield lock.hold
        finally:
            lock.close()
    elif engine.url.database and engine.url.database != ":memory:":
        with _file(Path(f"{os.path.realpath(engine.url.database)}.scheduler")):
            yield _nothing
    else:
        yield _nothing


def _nothing() -> None:
    """A file's lock is never lost."""


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


class _Advisory:
    """A lock of a session of PostgreSQL: it goes with the connection."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def hold(self) -> None:
        """Have the lock: the connection that has it still answers, or another one takes it."""
        try:
            if self._connection is not None:
                self._connection.execute(text("SELECT 1"))
                return
        except DBAPIError:
            self.close()
        try:
            self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            ask = text("SELECT pg_try_advisory_lock(:number)")
            taken = self._connection.execute(ask, {"number": SCHEDULER}).scalar()
        except DBAPIError as error:
            self.close()
            raise StorageError(f"database {self._engine.url.database}: {error.orig}") from error
        if not taken:
            self.close()
            raise DatabaseBusy(f"database {self._engine.url.database}: another scheduler runs on it")

    def close(self) -> None:
        """Let go; the lock is the connection's, so it must not go back to the pool."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
