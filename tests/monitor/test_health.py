from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from monitor.health import GOOD, State, change, health, observe
from monitor.timetable import last_due, next_due, trigger
from storage.database import connect, migrate, writing
from storage.errors import BadSetting
from storage.model import Event, Receipt
from storage.mutes import mute
from storage.values import Source

NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)
GRACE = timedelta(hours=12)
DAILY = Source("lanting", "兰亭区政府网", "column", "http://lanting.example/", 1, place="990102", cron="30 6 * * *")


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def receipt(days, reason="finished", ended=True, **columns):
    start = days_ago(days)
    columns = {"pages": 3, "links": 2} | columns if reason in GOOD else columns
    return Receipt(
        source="lanting", started_at=start, ended_at=start if ended else None, reason=reason if ended else "", **columns
    )


def judged(*receipts, last_good=None):
    good = [r.started_at for r in receipts if r.reason in GOOD and r.pages]
    return health(DAILY, receipts, last_good or max(good, default=None), NOW, GRACE)


def test_a_source_that_has_not_run_has_never_worked_and_nobody_is_told():
    found = judged()
    assert found.state is State.NEVER_WORKED
    assert change(None, found) is None


@pytest.mark.parametrize(
    ("reason", "state", "kind"),
    [
        ("empty", State.SILENT, "source.silent"),
        ("blocked", State.BLOCKED, "source.blocked"),
        ("moved", State.BROKEN, "source.broken"),
        ("refused", State.BROKEN, "source.broken"),
        ("crashed", State.BROKEN, "source.broken"),
        ("killed", State.BROKEN, "source.broken"),
        ("missing", State.BROKEN, "source.broken"),
        ("a reason of tomorrow", State.BROKEN, "source.broken"),
    ],
)
def test_the_last_run_shows_the_state(reason, state, kind):
    found = judged(receipt(0.1, reason), receipt(1))
    assert (found.state, found.since, found.last_good) == (state, days_ago(0.1), days_ago(1))
    assert change(None, found) == kind
    assert change(str(state), found) is None
    never = judged(receipt(0.1, reason))
    assert never.state is State.NEVER_WORKED
    assert change(None, never) == kind
    assert change("never-worked", never) is None


def test_one_accident_of_the_network_is_none_and_two_are_a_fault():
    once = judged(receipt(0.1, "failed"), receipt(1))
    assert once.state is State.WORKING
    assert "could not be reached" in once.why
    twice = judged(receipt(0.1, "failed"), receipt(1, "failed"), receipt(2))
    assert (twice.state, twice.since) == (State.BROKEN, days_ago(1))
    assert judged(receipt(0.1, "failed"), receipt(1, "empty"), receipt(2)).state is State.SILENT


def test_stopped_and_running_runs_say_nothing():
    assert judged(receipt(0, ended=False), receipt(0.1, "stopped"), receipt(1, "blocked"), receipt(2)).state is (
        State.BLOCKED
    )


@pytest.mark.parametrize(
    "columns",
    [{"pages": 0}, {"links": 5, "fresh": 0, "errors": [["FetchError", 5, "404"]]}],
    ids=["without a page", "every article failed"],
)
def test_an_empty_result_is_no_success(columns):
    assert judged(receipt(0.1, **columns), receipt(1)).state is State.BROKEN


def test_some_failed_pages_leave_a_source_working():
    found = judged(receipt(0.1, "partly", links=5, fresh=2, errors=[["FetchError", 3, "timeout"]]))
    assert found.state is State.WORKING


def test_a_source_whose_time_is_long_past_is_late():
    found = judged(receipt(2))
    assert found.state is State.LATE
    assert change("working", found) == "source.late"
    assert judged(receipt(1)).state is State.WORKING, "due nine hours ago, the grace is twelve"


def test_a_source_that_recovers_is_told_once():
    found = judged(receipt(0.1), receipt(1, "blocked"))
    assert change("blocked", found) == "source.recovered"
    assert change("working", found) is None
    assert change(None, found) is None


def test_what_worked_long_ago_has_worked():
    found = judged(*(receipt(n, "blocked") for n in range(30)), last_good=days_ago(99))
    assert (found.state, found.last_good) == (State.BLOCKED, days_ago(99))


def test_each_change_is_one_event_to_those_who_want_it(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'known.db'}")
    migrate(engine)
    story = ["finished", "blocked", "blocked", "empty", "finished", "finished", "crashed"]
    asked = []

    def addressed(kind, place, novelty):
        asked.append((kind, place, novelty))
        return [("office", "one@example.org")]

    for day, reason in enumerate(story):
        now = NOW + timedelta(days=day)
        with writing(engine) as session:
            pages = 1 if reason in GOOD else 0
            session.add(Receipt(source="lanting", started_at=now, ended_at=now, reason=reason, pages=pages))
            session.flush()
            for _ in range(2):
                observe(session, [DAILY], addressed, now, GRACE)
    with writing(engine) as session:
        events = session.exec(select(Event).order_by(Event.id)).all()
    told = [(e.kind, e.facts["before"], e.facts["state"]) for e in events if "reminder" not in e.facts]
    assert told == [
        ("source.blocked", None, "blocked"),
        ("source.silent", "blocked", "silent"),
        ("source.recovered", "silent", "working"),
        ("source.broken", "working", "broken"),
    ]
    assert asked[0] == ("source.blocked", "990102", 1.0)
    engine.dispose()


def test_lines_are_read_in_the_time_of_beijing():
    assert next_due("30 6 * * *", NOW) == datetime(2026, 1, 20, 22, 30, tzinfo=UTC)
    assert last_due("30 6 * * *", NOW) == datetime(2026, 1, 19, 22, 30, tzinfo=UTC)
    assert last_due("0 16 * * *", NOW) == NOW
    assert next_due("0 16 * * *", NOW) == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("line", "due"),
    [
        ("* * * * *", NOW),
        ("*/7 15 * * *", datetime(2026, 1, 20, 7, 56, tzinfo=UTC)),
        ("30 6 * * mon", datetime(2026, 1, 18, 22, 30, tzinfo=UTC)),
        ("0 0 1 * *", datetime(2025, 12, 31, 16, 0, tzinfo=UTC)),
        ("0 12 29 2 *", datetime(2024, 2, 29, 4, 0, tzinfo=UTC)),
        ("0 0 31 2 *", None),
    ],
)
def test_the_last_time_is_found_however_rare(line, due):
    assert last_due(line, NOW) == due


@pytest.mark.parametrize("line", ["30 6 * * 1", "0 6 * * mon,3", "30 6 * *", "61 6 * * *", "every day", ""])
def test_lines_that_mislead_are_refused(line):
    with pytest.raises(BadSetting, match="cron line"):
        trigger(line)


def test_trouble_that_goes_on_is_said_again_once_a_day_until_somebody_acknowledges_it_or_it_ends(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'known.db'}")
    migrate(engine)

    def seen(hours: float, reason: str = "blocked") -> list[str]:
        now = NOW + timedelta(hours=hours)
        with writing(engine) as session:
            session.add(Receipt(source="lanting", started_at=now, ended_at=now, reason=reason, pages=reason in GOOD))
            session.flush()
            keys = observe(session, [DAILY], lambda *_: [], now, GRACE)
            events = [session.exec(select(Event).where(Event.key == key)).one() for key in keys]
            return [f"{event.kind} {event.facts.get('reminder')}" for event in events]

    assert seen(0, "finished") == []
    assert [seen(hours) for hours in (24, 30, 47)] == [["source.blocked None"], [], []]
    assert [seen(hours) for hours in (48, 49, 72)] == [["source.blocked 1"], [], ["source.blocked 2"]]
    with writing(engine) as session:
        mute(session, "source:lanting", None, NOW, "blocked")
    assert seen(96) == []
    assert seen(97, "empty") == ["source.silent None"]
    assert seen(121, "empty") == ["source.silent 1"]
    assert seen(122, "finished") == ["source.recovered None"]
    assert seen(170, "finished") == []
    engine.dispose()
