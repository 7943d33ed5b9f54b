"""Crawls in processes of their own: at most so many at once, none for ever, none left behind."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LEASH = (sys.executable, "-I", "-S", str(Path(__file__).with_name("leash.py")))
LONGEST_LINE = 1 << 20  # bytes of a child's output; a receipt has a few hundred
GRACE = 7.0  # seconds from SIGTERM to SIGKILL; the crawler takes five to end what is under way


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended. `status` is its exit status, negative for a signal; `reason` is of a receipt.

    reason  "" (by itself), "killed" (by a signal that was not ours, or over its limit), "stopped" (with us)
    why     in words
    """

    status: int
    reason: str
    why: str
    output: bytes = b""


class Children:
    """The children of one scheduler.

    jobs    how many may run at once
    limit   seconds after which one is ended
    """

    def __init__(self, jobs: int, limit: float) -> None:
        self._room = asyncio.Semaphore(jobs)
        self._limit = limit
        self._live: dict[int, asyncio.subprocess.Process] = {}
        self.stopping = False

    @property
    def running(self) -> int:
        """How many run now."""
        return len(self._live)

    async def run(
        self, command: Sequence[str], told: bytes = b"", heard: Callable[[bytes], None] | None = None
    ) -> Ended | None:
        """Run a command as soon as there is room; None when we were stopped before it began.

        Whoever is cancelled while it waits ends the child first: SIGTERM, so that it closes its receipts.

        told    goes to its standard input
        heard   gets each whole line of its standard output as it comes
        raises  OSError when it cannot be started
        """
        async with self._room:
            if self.stopping:
                return None
            child = await asyncio.create_subprocess_exec(
                *LEASH,
                str(os.getpid()),
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                start_new_session=True,
                limit=LONGEST_LINE,
            )
            self._live[child.pid] = child
            try:
                return await self._watch(child, told, heard)
            except asyncio.CancelledError:
                await end(child)
                raise
            finally:
                kill_group(child.pid, signal.SIGKILL)
                self._live.pop(child.pid, None)

    async def _watch(
        self, child: asyncio.subprocess.Process, told: bytes, heard: Callable[[bytes], None] | None
    ) -> Ended:
        """Wait for its end, at most until the limit."""
        talking = asyncio.ensure_future(talk(child, told, heard))
        try:
            output = await asyncio.wait_for(asyncio.shield(talking), self._limit)
        except TimeoutError:
            await end(child)
            output = await talking
            return Ended(_status(child), "killed", f"over the limit of {self._limit / 60:g} minutes", output)
        if self.stopping:
            return Ended(_status(child), "stopped", "the scheduler was stopped", output)
        status = _status(child)
        if status < 0:
            return Ended(status, "killed", f"signal {signal.Signals(-status).name}", output)
        return Ended(status, "", f"exit status {status}", output)

    async def end(self) -> None:
        """End all, and start none any more: SIGTERM, and SIGKILL to the whole group after the grace."""
        self.stopping = True
        await asyncio.gather(*(end(child) for child in tuple(self._live.values())))


async def talk(child: asyncio.subprocess.Process, told: bytes, heard: Callable[[bytes], None] | None) -> bytes:
    """Tell a child what it has to know, hear it to its end; all that it said."""
    assert child.stdin is not None
    assert child.stdout is not None
    with suppress(BrokenPipeError, ConnectionResetError):  # it ended before it listened; its status tells
        child.stdin.write(told)
        await child.stdin.drain()
    child.stdin.close()
    said = bytearray()
    async for line in child.stdout:
        said += line
        if heard and line.endswith(b"\n"):
            heard(line)
    await child.wait()
    return bytes(said)


async def end(child: asyncio.subprocess.Process) -> None:
    """End a child and all that it started."""
    kill_group(child.pid, signal.SIGTERM)
    with suppress(TimeoutError):
        await asyncio.wait_for(child.wait(), GRACE)
    kill_group(child.pid, signal.SIGKILL)
    await child.wait()


def kill_group(leader: int, number: signal.Signals) -> None:
    """Signal a process group that may be gone already."""
    with suppress(ProcessLookupError):
        os.killpg(leader, number)


def _status(child: asyncio.subprocess.Process) -> int:
    return child.returncode if child.returncode is not None else 0
