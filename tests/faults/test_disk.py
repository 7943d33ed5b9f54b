"""A full disk, a read-only database, a locked one: an error that says so, and nothing half-done."""

import asyncio
import base64
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import event
from sqlmodel import select

from alerts.outbox import Post, deliver
from storage import database as opening
from storage.database import connect, migrate, reading, writing
from storage.errors import DatabaseBusy, StorageError
from storage.model import Alert, Event
from storage.save import save_event
from storage.values import WebhookChannel

NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four bytes").decode()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    engine = connect(f"sqlite:///{tmp_path / 'known.db'}")
    migrate(engine)
    engine.dispose()
    return tmp_path / "known.db"


def test_on_a_full_disk_the_error_says_so_and_all_that_was_committed_stands(file: Path):
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    room = file.stat().st_size + 400_000
    command = [sys.executable, str(Path(__file__).with_name("a_writer.py")), f"sqlite:///{file}", str(room)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=120)
    committed, error, *words = said.stdout.split()
    assert error == "StorageError", said.stderr
    assert "disk" in " ".join(words)
    assert int(committed) > 5
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM event").fetchone() == (int(committed),)
        assert connection.execute("SELECT count(*) FROM alert").fetchone() == (int(committed),)


def test_a_database_that_cannot_be_written_says_so(file: Path):
    engine = connect(f"sqlite:///{file}")
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only = ON").close())
    with pytest.raises(StorageError, match="readonly"), writing(engine) as session:
        save_event(session, "a", "report.new", "a", {}, NOW)
    engine.dispose()


async def test_a_database_that_is_locked_loses_no_alert(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(opening, "WAIT", 0.1)
    got = []

    async def take(request: web.Request) -> web.Response:
        got.append(request.headers["webhook-id"])
        locker.execute("BEGIN IMMEDIATE")
        return web.Response()

    app = web.Application()
    app.router.add_post("/", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    channel = WebhookChannel("hook", f"http://127.0.0.1:{runner.addresses[0][1]}/", SECRET)
    locker = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    engine = connect(f"sqlite:///{file}")
    with writing(engine) as session:
        save_event(session, "a", "report.new", "a", {}, NOW, [("hook", "hook")])
    post = Post((channel,), opened=("127.0.0.0/8",))
    with pytest.raises(DatabaseBusy):  # it was taken, and could not be marked
        await asyncio.wait_for(deliver(engine, post, lambda: NOW), 30)
    locker.execute("ROLLBACK")
    with reading(engine) as session:
        assert session.exec(select(Alert.state)).one() == "due"
    later = NOW.replace(hour=9)
    locker.close()
    locker = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    assert len((await deliver(engine, post, lambda: later)).sent) == 1
    with reading(engine) as session:
        assert got == [session.exec(select(Alert.key)).one()] * 2
        assert len(session.exec(select(Event)).all()) == 1
    engine.dispose()
    locker.close()
    await runner.cleanup()
