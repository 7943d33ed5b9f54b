"""A long winter in short: scheduled crawls of the sample web, one after another, and what the scheduler grows by.

    python tests/bench/soak.py [--crawls 1000] [--warm 200] [--sources weekly clone wall]

Time is accelerated by its intervals: a cron line fires every half second, deliveries, looks and heartbeats every one
or two, and each crawl is a process of its own that fetches over real HTTP, as always. The sample web changes its day
every 50 crawls, and alerts are really sent. Every 25 crawls a line: crawls, seconds, resident memory of the scheduler,
its open files, its children. Exit status 1 where memory over the crawls after the first --warm spreads by more than
5 % of its middle, where files or processes are left, or where a crawl has no good receipt.
"""

import argparse
import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import yaml
from apscheduler.triggers.interval import IntervalTrigger

from crawler.sample.places import SAMPLE_PLACES
from crawler.sample.web import RunningWeb, serve
from monitor.children import LEASH
from monitor.cli.receivers import receiving
from monitor.places import learn

SPREAD = 0.05  # of the middle: what the issue allows over the last 800 of 1 000
EVERY, TURN = 25, 50  # crawls between two lines, and between two days of the sample web
PAGE = os.sysconf("SC_PAGE_SIZE")
MIB = 1 << 20
SETTINGS = """\
[storage]
folder = "known"
[crawl]
contact = "mailto:soak@example.org"
opened = ["loopback"]
builtin = false
delay = 0.0
[schedule]
jitter = 0
metrics = "metrics.prom"
all_quiet = true
[[mail]]
name = "mail"
host = "127.0.0.1"
port = {smtp}
security = "none"
sender = "reportwatch@example.org"
recipients = ["one@example.org"]
[[webhook]]
name = "hook"
url = "http://127.0.0.1:{http}/hook"
secret = "{secret}"
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """The scheduler at one moment: crawls that have ended, seconds since the start, MiB, open files, children."""

    crawls: int
    seconds: float
    memory: float
    files: int
    children: int


def scheduler(folder: Path) -> None:
    """Schedule with the intervals of the soak, in this process, until SIGTERM."""
    from datetime import timedelta

    from monitor import schedule
    from monitor.registry import registered
    from monitor.settings import load
    from storage.database import open_database

    schedule.trigger = lambda *_: IntervalTrigger(seconds=0.5)  # type: ignore[assignment]
    schedule.DELIVERY = schedule.HEARTBEAT = timedelta(seconds=1)
    schedule.LOOK = timedelta(seconds=2)
    settings = load(folder / "settings.toml")
    learn(SAMPLE_PLACES)
    asyncio.run(schedule.run(settings, open_database(settings.storage.database), registered(settings)))


def prepare(folder: Path, web: RunningWeb, sources: Sequence[str], **ports: object) -> None:
    """Settings, and the sources that are crawled, each of a host of its own."""
    entries = [entry | {"delay": 0.0} for entry in yaml.safe_load(web.registry()) if entry["id"] in sources]
    (folder / "sources").mkdir()
    (folder / "sources" / "own.yaml").write_text(yaml.safe_dump(entries, allow_unicode=True), "utf-8")
    (folder / "settings.toml").write_text(SETTINGS.format(**ports), "utf-8")


def receipts(database: Path) -> dict[str, int]:
    """How many runs have ended, by their reason."""
    if not database.exists():
        return {}
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30) as connection:
        ended = "SELECT reason, count(*) FROM receipt WHERE ended_at IS NOT NULL GROUP BY reason"
        try:
            found = dict(connection.execute(ended).fetchall())
        except sqlite3.OperationalError:  # the tables are not made yet
            found = {}
    connection.close()
    return found


def children(pid: int) -> int:
    """Processes that a process has started, dead ones that nobody buried among them."""
    return len(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


def sample(pid: int, crawls: int, begun: float) -> Sample:
    """The scheduler as it is now."""
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / MIB
    files = len(os.listdir(f"/proc/{pid}/fd"))
    return Sample(crawls, time.monotonic() - begun, resident, files, children(pid))


def watched(process: "subprocess.Popen[bytes]", web: RunningWeb, folder: Path, crawls: int) -> Iterator[Sample]:
    """A sample after each crawl, until there were so many; the web's day changes meanwhile."""
    begun, known, pause = time.monotonic(), 0, threading.Event()
    while known < crawls:
        pause.wait(0.2)
        if process.poll() is not None:
            raise SystemExit(f"the scheduler ended by itself: {process.returncode}")
        ended = sum(receipts(folder / "known" / "reportwatch.db").values())
        if ended > known:
            known = ended
            web.day = 1 + known // TURN % 2
            yield sample(process.pid, known, begun)


def faults(samples: list[Sample], warm: int, reasons: dict[str, int], left: int) -> Iterator[str]:
    """What grew, was left or failed."""
    late = [one for one in samples if one.crawls > warm]
    memory, middle = [one.memory for one in late], median(one.memory for one in late)
    spread = (max(memory) - min(memory)) / middle
    low, high = min(memory), max(memory)
    print(f"memory after the first {warm}: {low:.1f} to {high:.1f} MiB, spread {spread:.1%} of {middle:.1f}")
    if spread > SPREAD:
        yield f"memory is not flat: {spread:.1%}"
    quarter = max(len(late) // 4, 1)
    first, last = min(one.files for one in late[:quarter]), min(one.files for one in late[-quarter:])
    print(f"open files at rest: {first} at first, {last} at last; receipts: {reasons}; processes left: {left}")
    if last > first:
        yield f"files are left open: {first} → {last}"
    if max(one.children for one in late) > 4:
        yield f"children pile up: {max(one.children for one in late)}"
    if bad := {reason: count for reason, count in reasons.items() if reason not in ("finished", "stopped")}:
        yield f"crawls went wrong: {bad}"
    if left:
        yield f"{left} processes outlive the scheduler"


def crawlers(folder: Path) -> int:
    """Processes that still work in the folder."""
    found = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            found += str(folder).encode() in (process / "cmdline").read_bytes()
            found += any(str(folder) in os.readlink(file) for file in (process / "fd").iterdir())
        except OSError:
            continue
    return found


def run(crawls: int, warm: int, sources: Sequence[str]) -> list[str]:
    """The soak; all that is wrong."""
    with (
        tempfile.TemporaryDirectory(prefix="reportwatch-soak-") as home,
        serve(day=1) as web,
        receiving() as receivers,
    ):
        folder = Path(home)
        receivers.refusals = 0
        ports = {"smtp": receivers.smtp_port, "http": receivers.http_port, "secret": receivers.secret}
        prepare(folder, web, sources, **ports)
        with (folder / "log").open("wb") as log:
            command = [*LEASH, str(os.getpid()), sys.executable, __file__, "--scheduler", home]
            process = subprocess.Popen(command, stderr=log)
        samples, shown = [], 0
        try:
            for one in watched(process, web, folder, crawls):
                samples.append(one)
                if one.crawls // EVERY > shown:
                    shown = one.crawls // EVERY
                    print(
                        *(f"{value:.1f}" if isinstance(value, float) else value for value in astuple(one)), flush=True
                    )
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        print(f"SIGTERM: exit status {process.returncode}; received: {len(receivers.mails)} mails")
        return list(faults(samples, warm, receipts(folder / "known" / "reportwatch.db"), crawlers(folder)))


def astuple(one: Sample) -> tuple[float, ...]:
    """The figures of a sample."""
    return (one.crawls, one.seconds, one.memory, one.files, one.children)


def main() -> int:
    """As the head of this file says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--crawls", type=int, default=1000)
    parser.add_argument("--warm", type=int, default=200)
    parser.add_argument("--sources", nargs="*", default=["weekly", "clone", "wall"])
    parser.add_argument("--scheduler", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.scheduler:
        scheduler(given.scheduler)
        return 0
    wrong = run(given.crawls, given.warm, given.sources)
    for fault in wrong:
        print(fault)
    print(f"{given.crawls} crawls, {len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
