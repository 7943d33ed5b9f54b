"""Whose turn it is at a host: one request at a time, with a pause between two, over all sources and processes.

A file a host holds the lock (flock, so a killed process lets go) and remembers when the last answer ended and until
when the host asked to be left alone. A wall clock, for the file outlives processes; one that was set back never makes
anybody wait longer than the pause.
"""

import asyncio
import fcntl
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from storage.errors import FetchError, StorageError

POLL = 0.02  # seconds between two looks at a lock that another process holds
PATIENCE = 120.0  # seconds that a Retry-After may ask for; beyond that the source is left for its next run
PORTS = {"http": 80, "https": 443}


def host_of(url: str) -> str:
    """The host whose patience a request uses: its name, with the port where that is not the usual one."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    return host if parts.port in (None, *PORTS.values()) else f"{host}:{parts.port}"


class Turns:
    """The lock files of a folder."""

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._now = now

    @asynccontextmanager
    async def turn(self, host: str, pause: float) -> AsyncIterator[Callable[[float], None]]:
        """Wait for the turn and hold it; what comes back takes the seconds for which the host asks to be left alone.

        pause   seconds between the end of the last answer and this request
        raises  FetchError when the host asked for more than PATIENCE seconds; StorageError when the file cannot be had
        """
        descriptor = self._open(host)
        try:
            await _lock(descriptor)
            ended, until = _remembered(descriptor)
            now = self._now()
            if ended > now:  # the clock was set back, and what was remembered means nothing now
                ended, until = now, 0.0
            if until - now > PATIENCE:
                raise FetchError(f"{host} asked to be left alone for {until - now:.0f} more seconds")
            await asyncio.sleep(max(ended + pause - now, until - now, 0))
            until = 0.0

            def leave_alone(seconds: float) -> None:
                nonlocal until
                until = self._now() + seconds

            try:
                yield leave_alone
            finally:
                _remember(descriptor, self._now(), until)
        finally:
            os.close(descriptor)

    def _open(self, host: str) -> int:
        name = "".join(c if c.isalnum() or c in ".-" else "_" for c in host)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return os.open(self._folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StorageError(f"lock of {host} in {self._folder}: {error.strerror}") from error


async def _lock(descriptor: int) -> None:
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        await asyncio.sleep(POLL)


def _remembered(descriptor: int) -> tuple[float, float]:
    """End of the last answer, and until when the host is left alone; zeros for a new file or one cut short."""
    words = os.pread(descriptor, 100, 0).decode("ascii", "replace").split()
    try:
        ended, until = map(float, words)
    except ValueError:
        return 0.0, 0.0
    return ended, until


def _remember(descriptor: int, ended: float, until: float) -> None:
    line = f"{ended:017.6f} {until:017.6f}\n".encode()
    os.pwrite(descriptor, line, 0)
