"""A machine that is suspended across due times: afterwards one run for all of them, and none twice at once."""

import asyncio
import os
import signal
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlmodel import select
from test_schedule import PATIENCE, database, empty, lines, ran, receipts, scheduler, source, stop

from monitor.schedule import Plan
from monitor.settings import Settings
from storage.database import connect, reading, writing
from storage.model import Receipt

__all__ = ["database", "empty", "lines"]
DUE = "* * * * *"  # every minute; REPORTWATCH_TEST_EVERY makes a minute of it a second


async def quiet(lines, seconds: float) -> int:
    """How many children tell us that they live within a time."""
    told = 0
    try:
        async with asyncio.timeout(seconds):
            while True:
                await lines.told.get()
                told += 1
    except TimeoutError:
        return told


async def test_a_suspended_scheduler_runs_once_for_all_that_was_due_and_never_twice_at_once(
    database, lines, monkeypatch
):
    monkeypatch.setenv("REPORTWATCH_TEST_EVERY", "1")
    with writing(connect(database)) as session:
        ran(session, "a", datetime.now(UTC))
    async with scheduler(database, lines, f"a=work@{DUE}") as running:
        await lines.next()
        os.kill(running.pid, signal.SIGSTOP)
        assert await quiet(lines, 3.5) <= 1, "what ran already may go on"
        before = len(receipts(database)["a"])
        os.kill(running.pid, signal.SIGCONT)
        woken = datetime.now(UTC)
        await lines.next()
        await lines.next()
        await stop(running)
    with reading(connect(database)) as session:
        runs = session.exec(select(Receipt).where(Receipt.source == "a").order_by(Receipt.id)).all()
    assert len(runs) > before
    late = [run for run in runs[before:] if run.started_at < woken + timedelta(seconds=0.7)]
    assert len(late) <= 1, "three were due meanwhile"
    for first, second in pairwise(runs):
        assert first.ended_at is not None
        assert second.started_at >= first.ended_at


@pytest.mark.parametrize(("slept", "caught_up"), [(timedelta(days=3), True), (timedelta(hours=2), False)])
async def test_what_was_due_in_a_long_sleep_is_caught_up_though_it_is_beyond_the_grace(
    database, lines, slept, caught_up
):
    woken = datetime(2026, 1, 23, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai; due at 06:30, more than 12 hours ago
    started = []

    def launch(sources, _quiet):
        started.extend(source.id for source in sources)
        return ["true"], b""

    with writing(connect(database)) as session:
        ran(session, "a", woken - slept - timedelta(hours=1))
    plan = Plan(Settings(storage={"database": database}), connect(database), [source()], launch, lambda: woken)
    plan.leapt(slept, 60.0)
    jobs = [job for job in plan._jobs.get_jobs() if job.func == plan.catch_up]
    assert bool(jobs) is caught_up
    for job in jobs:
        await asyncio.wait_for(plan.catch_up(*job.args), PATIENCE)
    assert started == (["a"] if caught_up else [])


async def test_what_ran_meanwhile_is_not_caught_up_a_second_time(database):
    now = datetime(2026, 1, 23, 15, 0, tzinfo=UTC)
    started = []
    plan = Plan(
        Settings(storage={"database": database}),
        connect(database),
        [source()],
        lambda *_: started.append(1),
        lambda: now,
    )
    with writing(connect(database)) as session:
        ran(session, "a", now - timedelta(hours=1))
    from monitor.schedule import groups

    await plan.catch_up(groups([source()])[0])
    assert started == []
