from datetime import timedelta

import pytest

from monitor.instance import only_instance
from storage import runs
from storage.alive import this_process
from storage.database import connect, reading, writing
from storage.errors import DatabaseBusy
from storage.model import Receipt
from storage.save import save_event


def ran(session, started, reason="finished", source="a", pages=1, process=""):
    ended = started if reason else None
    session.add(Receipt(source=source, started_at=started, ended_at=ended, reason=reason, pages=pages, process=process))
    session.flush()


def test_receipts_of_a_dead_process_are_closed_and_missing_ones_written(engine, now):
    with writing(engine) as session:
        ran(session, now, reason="")
        needed = runs.settle_receipts(session, ["a", "b"], now, now, "killed", "signal SIGKILL")
        assert needed == ["a", "b"]
        assert runs.settle_receipts(session, ["a", "b"], now, now, "killed", "again") == []
        assert runs.open_sources(session) == []
    with reading(engine) as session:
        assert [(r.reason, r.errors) for r in runs.last_runs(session, "a")] == [
            ("killed", [["ProcessEnded", 1, "signal SIGKILL"]])
        ]
        assert [r.reason for r in runs.last_runs(session, "b")] == ["missing"]


def test_what_a_living_process_has_open_is_its_own(engine, now):
    day, longest = timedelta(days=1), timedelta(hours=2)
    dead = this_process().rsplit(" ", 1)[0] + " 1"  # of another start
    with writing(engine) as session:
        ran(session, now, "", "by-hand", process=this_process())
        ran(session, now - day, "", "killed", process=dead)
        ran(session, now - day, "", "elsewhere", process="other boot 1 1")
        assert runs.open_sources(session, surely=True) == ["killed"]
        assert runs.open_sources(session) == ["elsewhere", "killed"]
        found = {source: runs.last_runs(session, source)[0] for source in ("by-hand", "killed", "elsewhere")}
        ended = {source for source, run in found.items() if runs.interrupted(run, now, longest)}
        assert ended == {"killed", "elsewhere"}
        assert not runs.interrupted(found["elsewhere"], now - day, longest)
        everyone = ["by-hand", "killed", "elsewhere"]
        assert runs.settle_receipts(session, everyone, None, now, "killed", "x") == ["killed", "elsewhere"]


def test_a_source_is_read_in_by_a_whole_run_or_by_two_that_lacked_something(engine, now):
    with writing(engine) as session:
        for source, reasons in {"a": ("failed", "partly"), "b": ("partly", "partly"), "c": ("finished",)}.items():
            for reason in reasons:
                ran(session, now, reason, source)
        assert [runs.past_back_fill(session, source) for source in "abc"] == [False, True, True]


def test_a_source_that_a_stopped_scheduler_did_not_come_to_is_stopped_and_not_missing(engine, now):
    with writing(engine) as session:
        runs.settle_receipts(session, ["a"], now, now, "stopped", "the scheduler was stopped")
        assert [r.reason for r in runs.last_runs(session, "a")] == ["stopped"]


def test_the_last_good_run_brought_a_page_and_the_last_start_is_of_a_run_that_ended(engine, now):
    day = timedelta(days=1)
    with writing(engine) as session:
        assert runs.last_good(session, "a", ("finished",)) is None
        assert runs.last_start(session, "a") is None
        ran(session, now - 4 * day)
        ran(session, now - 3 * day, pages=0)
        ran(session, now - 2 * day, "stopped")
        ran(session, now - day, "")
        ran(session, now, source="b")
        assert runs.last_good(session, "a", ("finished",)) == now - 4 * day
        assert runs.last_start(session, "a") == now - 2 * day
        assert runs.last_start(session, "a", ("stopped",)) == now - 3 * day
        assert [r.started_at for r in runs.last_runs(session, "a", 2)] == [now - day, now - 2 * day]


def test_the_state_told_last_is_that_of_the_newest_event(engine, now):
    with writing(engine) as session:
        assert runs.last_state_told(session, "a") is None
        for number, state in enumerate(("blocked", "working")):
            save_event(session, f"source:{number}", "source.blocked", "a", {"state": state}, now)
        save_event(session, "other", "report.new", "a", {"state": "x"}, now)
        assert runs.last_state_told(session, "a") == "working"


def test_one_scheduler_holds_a_database_until_it_lets_go(engine, database):
    second = connect(database)
    with only_instance(engine), pytest.raises(DatabaseBusy, match="another scheduler runs on it"):
        only_instance(second).__enter__()
    with only_instance(second):
        pass
    second.dispose()


def test_schedulers_of_two_databases_do_not_meet(tmp_path):
    with only_instance(connect(f"sqlite:///{tmp_path}/a.db")), only_instance(connect(f"sqlite:///{tmp_path}/b.db")):
        pass
