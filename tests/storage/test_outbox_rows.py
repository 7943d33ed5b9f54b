from datetime import timedelta

import pytest

from storage import outbox
from storage.database import reading, writing
from storage.save import save_event

LEASE = timedelta(minutes=3)


@pytest.fixture
def told(engine, now):
    with writing(engine) as session:
        facts = {"report": "990102/2026", "place": {"name": "云州市兰亭区"}}
        addressed = [("office", "one@example.org"), ("office", "two@example.org"), ("hook", "hook")]
        save_event(session, "report.new:990102/2026", "report.new", "990102/2026", facts, now, addressed)
    return engine


def lease(engine, now, channel="office", limit=9):
    with writing(engine) as session:
        return outbox.lease_due(session, channel, now, now, LEASE, limit)


def test_a_leased_alert_is_nobody_elses_until_the_lease_runs_out(told, now):
    first, second = lease(told, now)
    assert (first.recipient, second.recipient) == ("one@example.org", "two@example.org")
    assert first.facts["place"]["name"] == "云州市兰亭区"
    assert lease(told, now + LEASE - timedelta(seconds=1)) == []
    assert lease(told, now + LEASE) == [first, second]


def test_an_alert_is_sent_refused_or_dead_and_each_attempt_is_kept(told, now):
    first, second = lease(told, now)
    [hook] = lease(told, now, "hook")
    later = now + timedelta(minutes=1)
    with writing(told) as session:
        outbox.mark_sent(session, first.id, now, "250 OK")
        outbox.mark_refused(session, second.id, now, "451 later", later)
        outbox.mark_dead(session, hook.id, now, "410 gone")
    with reading(told) as session:
        assert outbox.waiting(session) == {"sent": 1, "due": 1, "dead": 1}
        assert outbox.next_due(session) == later
        assert [d.answer for d in outbox.deliveries_of(session, hook.id)] == ["410 gone"]
    assert lease(told, now) == []
    [again] = lease(told, later)
    assert (again.key, again.attempts) == (second.key, 1)


def test_what_is_sent_stays_sent(told, now):
    first, _ = lease(told, now)
    with writing(told) as session:
        outbox.mark_sent(session, first.id, now, "250 OK")
        outbox.mark_refused(session, first.id, now, "451 a second sender was late", now)
        assert outbox.revive(session, now, ("sent", "dead")) == 0
    with reading(told) as session:
        assert outbox.waiting(session) == {"sent": 1, "due": 2}


def test_channels_that_nobody_serves_are_found(told, now):
    with reading(told) as session:
        assert outbox.due_elsewhere(session, ["hook"], now) == ["office"]
        assert outbox.due_elsewhere(session, ["hook", "office"], now) == []
