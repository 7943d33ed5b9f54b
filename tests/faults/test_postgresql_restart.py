"""PostgreSQL is restarted in the middle: of a delivery, and under a scheduler that holds its lock there."""

import asyncio
import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from postgres_cluster import Cluster, running_cluster
from sqlalchemy import Engine
from sqlmodel import select

from alerts.outbox import Post, deliver
from monitor.instance import only_instance
from storage.database import connect, migrate, reading, writing
from storage.errors import DatabaseBusy, StorageError
from storage.model import Alert
from storage.save import save_event
from storage.values import WebhookChannel

NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four bytes").decode()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as made:
        yield made


@pytest.fixture
def engine(cluster: Cluster) -> Iterator[Engine]:
    made = connect(cluster.url)
    migrate(made)
    yield made
    made.dispose()


def restart(cluster: Cluster) -> None:
    cluster.stop()
    cluster.start()


def test_a_scheduler_takes_its_lock_again_after_a_restart(cluster: Cluster, engine: Engine) -> None:
    other = connect(cluster.url)
    with only_instance(engine) as right:
        restart(cluster)
        right()
        with pytest.raises(DatabaseBusy, match="another scheduler runs on it"):
            only_instance(other).__enter__()
        cluster.stop()
        with pytest.raises(StorageError):
            right()
        cluster.start()
        right()
    with only_instance(other):
        pass
    other.dispose()


def test_a_scheduler_learns_that_another_took_over_while_the_server_was_away(cluster: Cluster, engine: Engine) -> None:
    other = connect(cluster.url)
    with only_instance(engine) as right:
        restart(cluster)
        with only_instance(other), pytest.raises(DatabaseBusy):
            right()
        right()
    other.dispose()


def test_questions_and_changes_say_that_the_server_is_away(cluster: Cluster, engine: Engine) -> None:
    cluster.stop()
    with pytest.raises(StorageError), reading(engine) as session:
        session.exec(select(Alert)).all()
    with pytest.raises(StorageError), writing(engine) as session:
        save_event(session, "away", "report.new", "a", {}, NOW)
    cluster.start()
    with reading(engine) as session:
        assert session.exec(select(Alert)).all() == []


async def test_an_alert_taken_while_the_server_went_away_is_sent_again_under_the_same_id(
    cluster: Cluster, engine: Engine
) -> None:
    got = []

    async def take(request: web.Request) -> web.Response:
        got.append(request.headers["webhook-id"])
        if len(got) == 1:
            await asyncio.to_thread(cluster.stop)
        return web.Response()

    app = web.Application()
    app.router.add_post("/", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    post = Post(
        (WebhookChannel("hook", f"http://127.0.0.1:{runner.addresses[0][1]}/", SECRET),), opened=("127.0.0.0/8",)
    )
    with writing(engine) as session:
        save_event(session, "a", "report.new", "a", {}, NOW, [("hook", "hook")])
    with pytest.raises(StorageError):
        await deliver(engine, post, lambda: NOW)
    cluster.start()
    assert len((await deliver(engine, post, lambda: NOW + timedelta(minutes=5))).sent) == 1
    with reading(engine) as session:
        assert got == [session.exec(select(Alert.key)).one()] * 2
    await runner.cleanup()
