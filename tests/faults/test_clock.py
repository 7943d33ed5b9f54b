"""Clocks that are set back and forward, and hours that come twice or never."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.health import State, health_of
from monitor.schedule import Plan, missed, set_back
from monitor.settings import Settings
from monitor.timetable import last_due, next_due
from storage import outbox
from storage.database import connect, migrate, writing
from storage.model import Receipt
from storage.save import save_event
from storage.values import Source

NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)
LEASE = timedelta(minutes=3)
SOURCE = Source("lanting", "兰亭", "column", "http://lanting.example/", 1, cron="30 6 * * *")


@pytest.fixture
def engine(tmp_path):
    made = connect(f"sqlite:///{tmp_path / 'known.db'}")
    migrate(made)
    yield made
    made.dispose()


@pytest.mark.parametrize("wrong", [timedelta(days=30), timedelta(days=1500)])
def test_an_alert_that_was_written_and_leased_while_the_clock_was_ahead_is_sent_now(engine, wrong):
    with writing(engine) as session:
        save_event(session, "a", "report.new", "a", {}, NOW + wrong, [("office", "x")])
        assert outbox.lease_due(session, "office", NOW + wrong, NOW + wrong, LEASE)
    with writing(engine) as session:
        assert outbox.lease_due(session, "office", NOW, NOW, LEASE)
        assert outbox.lease_due(session, "office", NOW, NOW, LEASE) == []


def test_a_run_that_is_dated_in_the_future_does_not_hide_what_came_of_later_ones(engine):
    with writing(engine) as session:
        for days, reason in ((400, "finished"), (-1, "blocked")):
            at = NOW + timedelta(days=days)
            session.add(
                Receipt(source="lanting", started_at=at, ended_at=at, reason=reason, pages=reason == "finished")
            )
            session.flush()
        assert health_of(session, SOURCE, NOW, timedelta(hours=12)).state is State.BLOCKED
        assert missed(session, SOURCE, NOW, "Asia/Shanghai")


def test_a_source_whose_runs_are_all_in_the_future_is_late(engine):
    with writing(engine) as session:
        at = NOW + timedelta(days=400)
        session.add(Receipt(source="lanting", started_at=at, ended_at=at, reason="finished", pages=1))
        session.flush()
        assert health_of(session, SOURCE, NOW, timedelta(hours=12)).state is State.LATE


@pytest.mark.parametrize(
    ("wall", "back"), [(60, False), (10, False), (-1, True), (-86400, True), (86400, False), (0, False)]
)
def test_only_a_clock_that_goes_back_is_one_that_was_set_back(wall, back):
    assert set_back(timedelta(seconds=wall), 60.0) is back


async def test_jobs_are_laid_out_again_after_the_clock_was_set_back(engine, tmp_path):
    settings = Settings(storage={"folder": tmp_path}, schedule={"quiet_first": False})

    def launch(_sources, _quiet):
        return ["true"], b""

    plan = Plan(settings, engine, [SOURCE], launch, lambda: datetime.now(UTC))
    plan.start()
    ahead = datetime.now(UTC) + timedelta(days=30)
    for job in plan._jobs.get_jobs():
        job.modify(next_run_time=ahead)
    plan.realign()
    soon = datetime.now(UTC) + timedelta(days=1, minutes=11)
    times = [job.next_run_time for job in plan._jobs.get_jobs()]
    assert times
    assert all(time <= soon for time in times)
    await plan.stop()


@pytest.mark.parametrize(
    ("line", "now", "due"),
    [
        # 02:30 does not exist in Berlin on 2026-03-29, and exists twice on 2026-10-25: once each all the same
        ("30 2 * * *", datetime(2026, 3, 29, 12, tzinfo=UTC), datetime(2026, 3, 30, 0, 30, tzinfo=UTC)),
        ("30 2 * * *", datetime(2026, 10, 25, 2, 0, tzinfo=UTC), datetime(2026, 10, 26, 1, 30, tzinfo=UTC)),
        ("30 6 * * *", datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 4, 30, tzinfo=UTC)),
        ("30 6 * * *", datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 5, 30, tzinfo=UTC)),
    ],
)
def test_a_cron_line_keeps_its_local_hour_over_daylight_saving(line, now, due):
    assert next_due(line, now, "Europe/Berlin") == due
    assert last_due(line, due, "Europe/Berlin") == due
