"""One message to a chat robot (DingTalk, Feishu, WeCom, …), by apprise, which is an extra.

apprise makes its own requests, so it works in a process of its own, `python -m alerts.robot`, in which every
connection asks the guard as it is made (an audit hook, PEP 578), and no program can be started. The address, which is
a secret, goes to its standard input. What a robot answers is not known beyond yes and no, and robots know no ids: a
message that comes twice is known by the last line of its text.
"""

import asyncio
import io
import json
import logging
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from alerts.clip import BEYOND, clip, encodable, printable
from crawler import guard
from storage.errors import DeliveryError
from storage.values import Message, RobotChannel

PATIENCE = 60.0  # seconds, the start of the process included
BUDGET = 1_900  # bytes of UTF-8; the tightest of the robots (WeCom) takes 2 048
ANSWER = 300  # characters
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH", "PYTHONPYCACHEPREFIX", "SSL_CERT_FILE", "SSL_CERT_DIR")
FORBIDDEN = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "syslog.syslog")
LACKING = "chat robots need apprise: install reportwatch[apprise]"


def installed() -> bool:
    """Is the extra there?"""
    return find_spec("apprise") is not None


async def send(message: Message, channel: RobotChannel, opened: Sequence[str] = ()) -> str:
    """Have apprise tell a robot; returns what it said.

    opened  ranges that the settings open, as crawler.guard writes them
    raises  DeliveryError; not transient where the guard refuses, the address is none that apprise knows, or apprise
            is not installed; whatever else a robot or the network says is tried again
    """
    if not installed():
        raise DeliveryError(f"{channel.name}: {LACKING}", transient=False)
    subject, text = told(message)
    job = {"address": channel.address, "subject": subject, "text": text, "opened": list(opened)}
    ended = await talk(json.dumps(job).encode())
    found = json.loads(ended) if ended.startswith(b"{") else {"outcome": "failed", "said": "no answer from apprise"}
    said = clip(printable(str(found["said"])), ANSWER)
    if found["outcome"] == "sent":
        return said or "taken"
    raise DeliveryError(f"{channel.name}: {said or 'not taken'}", transient=found["outcome"] == "failed")


def told(message: Message) -> tuple[str, str]:
    """Subject and text within the budget: whole lines from the top, and the id by which a second one is known."""
    subject, mark = clip(encodable(message.subject), 120), f"\n[{message.key[:12]}]"
    left = BUDGET - len((subject + mark + BEYOND).encode())
    lines: list[str] = []
    for line in encodable(message.text).strip().splitlines():
        left -= len(line.encode()) + 1
        if left < 0:
            lines.append(BEYOND)
            break
        lines.append(line)
    return subject, "\n".join(lines) + mark


async def talk(job: bytes) -> bytes:
    """What the process says to a job; b"" where it took too long or fell over."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "alerts.robot",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={name: os.environ[name] for name in KEPT if name in os.environ},
    )
    try:
        async with asyncio.timeout(PATIENCE):
            return (await child.communicate(job))[0]
    except TimeoutError:
        return b""
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


class Watch:
    """The audit hook: connections ask the guard, programs are not started. What it refused stands in `refused`."""

    def __init__(self, opened: Sequence[str]) -> None:
        self._opened = guard.openings(opened)
        self.refused = ""

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        """Called by the interpreter before it does something that can be watched."""
        if event in FORBIDDEN:
            self.refused = f"{event} is not allowed to a robot"
            raise guard.AddressRefused(self.refused)
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            self.connecting(arguments[1])

    def connecting(self, address: object) -> None:
        """Whether a socket may be connected to an address; only IP addresses may be."""
        try:
            if not isinstance(address, tuple) or not isinstance(address[0], str):
                raise guard.AddressRefused(f"{type(address).__name__} in place of an address")
            guard.check_address(address[0], int(address[1]), self._opened)
        except (guard.AddressRefused, ValueError) as error:
            self.refused = str(error)
            raise guard.AddressRefused(self.refused) from error


def notify(address: str, subject: str, text: str, opened: Sequence[str]) -> dict[str, str]:
    """Tell a robot, in this process and under watch; `outcome` is sent, failed or refused, `said` is in words."""
    import apprise

    heard = io.StringIO()
    logging.basicConfig(stream=heard, level=logging.WARNING, format="%(message)s")
    asset = apprise.AppriseAsset(storage_mode=apprise.PersistentStoreMode.MEMORY, secure_logging=True, async_mode=False)
    robot = apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
    if robot is None:
        return {"outcome": "refused", "said": "the address is none that apprise knows, or lacks a part"}
    watch = Watch(opened)
    sys.addaudithook(watch)
    try:
        taken = robot.notify(body=text, title=subject)
    except (guard.AddressRefused, OSError, TypeError, ValueError) as error:
        taken = False
        heard.write(f"{type(error).__name__}: {error}")
    if watch.refused:
        return {"outcome": "refused", "said": watch.refused}
    return {"outcome": "sent" if taken else "failed", "said": heard.getvalue()}


if __name__ == "__main__":
    json.dump(notify(**json.loads(sys.stdin.buffer.read())), sys.stdout)
