import asyncio
import shutil
import signal
import sys
import time
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select

from monitor.children import Children
from monitor.instance import only_instance
from monitor.schedule import groups, missed, run
from monitor.settings import Settings
from storage.database import connect, migrate, reading, writing
from storage.errors import DatabaseBusy
from storage.model import Event, Receipt
from storage.values import Source

HERE = Path(__file__).parent
YEARLY = "0 3 29 2 *"  # never while the tests run
PATIENCE = 30


class Lines:
    """The children that told us they live; each line ends when its child, and all it started, are dead."""

    def __init__(self):
        self.told: asyncio.Queue[str] = asyncio.Queue()
        self.ends: asyncio.Queue[None] = asyncio.Queue()
        self.port = 0

    async def listen(self, reader, writer):
        line = await reader.readline()
        self.told.put_nowait(line.decode().strip())
        with suppress(ConnectionResetError):
            await reader.read()
        self.ends.put_nowait(None)
        writer.close()

    async def next(self) -> str:
        return await asyncio.wait_for(self.told.get(), PATIENCE)

    async def end(self) -> None:
        await asyncio.wait_for(self.ends.get(), PATIENCE)


@pytest.fixture
async def lines():
    lines = Lines()
    server = await asyncio.start_server(lines.listen, "127.0.0.1", 0)
    lines.port = server.sockets[0].getsockname()[1]
    yield lines
    server.close()


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A database of today's schema, made once and copied for each test."""
    file = tmp_path_factory.mktemp("empty") / "known.db"
    engine = connect(f"sqlite:///{file}")
    migrate(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return file


@pytest.fixture
def database(empty, tmp_path):
    return f"sqlite:///{shutil.copy(empty, tmp_path / 'known.db')}"


@asynccontextmanager
async def scheduler(database, lines, *sources):
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(HERE / "a_scheduler.py"),
        database,
        str(lines.port),
        *sources,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def stop(process) -> float:
    """Seconds from SIGTERM to the end."""
    asked = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
    return time.monotonic() - asked


def receipts(database) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with reading(connect(database)) as session:
        for receipt in session.exec(select(Receipt).order_by(Receipt.id)):
            found.setdefault(receipt.source, []).append(receipt.reason)
    return found


def ran(session, source, started, reason="finished"):
    session.add(Receipt(source=source, started_at=started, ended_at=started, reason=reason, pages=1))


async def test_sigterm_ends_all_that_run_and_until_then_no_second_scheduler_may_start(database, lines):
    async with scheduler(database, lines, f"a=brood@{YEARLY}", f"b=wait@{YEARLY}", f"c=wait@{YEARLY}") as running:
        assert {(await lines.next()).split()[0] for _ in range(3)} == {"brood", "wait"}
        with pytest.raises(DatabaseBusy, match=rf"another scheduler runs on it \(process {running.pid}\)"):
            await run(Settings(storage={"database": database}), connect(database), [])
        assert await stop(running) < 10
        for _ in range(3):
            await lines.end()
    assert receipts(database) == {"a": ["stopped"], "b": ["stopped"], "c": ["stopped"]}
    with reading(connect(database)) as session, only_instance(connect(database)):
        assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        assert session.exec(select(Event)).all() == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
async def test_a_killed_scheduler_takes_its_children_along_and_the_next_one_catches_up_what_was_missed(database, lines):
    with writing(connect(database)) as session:
        ran(session, "done", datetime.now(UTC))
    async with scheduler(database, lines, f"a=spin@{YEARLY}", f"done=work@{YEARLY}") as running:
        assert (await lines.next()).split()[:2] == ["spin", "a"]
        running.kill()
        await lines.end()
    async with scheduler(database, lines, f"a=work@{YEARLY}", f"done=work@{YEARLY}") as running:
        assert (await lines.next()).split()[:2] == ["work", "a"]
        await lines.end()
        await stop(running)
    found = receipts(database)
    assert found["done"] == ["finished"]
    assert found["a"][0] == "killed"


async def test_a_child_without_a_closed_receipt_is_an_event_and_hosts_share_children(database, lines):
    with writing(connect(database)) as session:
        for name in ("old-1", "old-2"):
            ran(session, name, datetime(2001, 1, 1, tzinfo=UTC))
    wanted = ("a=die", "b=leave", "old-1=work", "old-2=work", "new-1=work", "new-2=work")
    async with scheduler(database, lines, *(f"{name}@{YEARLY}" for name in wanted)) as running:
        told = [await lines.next() for _ in range(4)]
        log = ""
        while log.count("source.changed") < 2:
            log += (await asyncio.wait_for(running.stderr.readline(), PATIENCE)).decode()
        await stop(running)
    assert "work old-1,old-2 quiet=False" in told
    assert "work new-1,new-2 quiet=True" in told, "the first run of a source is quiet"
    found = receipts(database)
    assert (found["a"], found["b"]) == (["killed"], ["crashed"])
    with reading(connect(database)) as session:
        events = {event.subject: event for event in session.exec(select(Event))}
    assert {subject: event.kind for subject, event in events.items()} == {"a": "source.broken", "b": "source.broken"}
    assert events["a"].facts["state"] == "never-worked"
    assert "SIGKILL" in events["a"].facts["why"]


def source(name="a", cron="30 6 * * *", start="http://a.example/"):
    return Source(name, name, "column", start, 1, cron=cron)


NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)  # 16:00 in Beijing; 06:30 there was 22:30 UTC the day before


@pytest.mark.parametrize(
    ("started", "reason", "expected"),
    [
        (None, "", True),
        (datetime(2026, 1, 19, 22, 29, tzinfo=UTC), "finished", True),
        (datetime(2026, 1, 19, 22, 30, tzinfo=UTC), "finished", False),
        (datetime(2026, 1, 19, 22, 31, tzinfo=UTC), "failed", False),
        (datetime(2026, 1, 19, 22, 31, tzinfo=UTC), "stopped", True),
        (datetime(2026, 1, 19, 22, 31, tzinfo=UTC), "killed", True),
    ],
)
def test_a_run_is_missed_when_none_that_counts_began_since_it_was_due(database, started, reason, expected):
    with writing(connect(database)) as session:
        if started:
            ran(session, "a", started, reason)
            session.flush()
        assert missed(session, source(), NOW, "Asia/Shanghai") is expected


def test_groups_are_by_host_and_by_line():
    made = groups(
        [
            source("b", start="http://x.example/1"),
            source("a", start="http://x.example/2"),
            source("c", cron="0 9 * * mon", start="http://x.example/3"),
            source("d", start="http://x.example:8080/"),
        ]
    )
    assert [[s.id for s in group.sources] for group in made] == [["c"], ["a", "b"], ["d"]]


async def test_a_child_over_its_limit_is_ended():
    ended = await Children(1, 0.2).run([sys.executable, "-c", "while True: pass"])
    assert ended is not None
    assert (ended.reason, ended.why.startswith("over the limit")) == ("killed", True)


async def test_no_more_children_run_at_once_than_allowed():
    children = Children(2, PATIENCE)
    code = "import time; a = time.monotonic(); sum(range(3_000_000)); print(a, time.monotonic())"
    ended = await asyncio.gather(*(children.run([sys.executable, "-I", "-S", "-c", code]) for _ in range(5)))
    spans = [tuple(map(float, child.output.split())) for child in ended]
    for start, _ in spans:
        assert sum(a <= start < b for a, b in spans) <= 2


async def test_a_child_reads_its_job_from_standard_input():
    ended = await Children(1, PATIENCE).run([sys.executable, "-c", "print(input())"], "报告\n".encode())
    assert (ended.status, ended.reason, ended.output.decode()) == (0, "", "报告\n")


async def test_a_command_that_does_not_exist_ends_and_is_no_success():
    ended = await Children(1, PATIENCE).run(["/no/such/command"])
    assert ended.status != 0
