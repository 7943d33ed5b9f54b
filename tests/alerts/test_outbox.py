import asyncio
import random
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from sqlmodel import select

from alerts.outbox import GIVE_UP, LEASE, Post, deliver, exhausted, wait
from storage import outbox
from storage.database import reading, writing
from storage.model import Alert, Event
from storage.save import save_event

SENDER = Path(__file__).parent / "killed_sender.py"


@pytest.fixture
def post(postbox, receiver) -> Post:
    return Post((postbox.channel, receiver.channel), opened=receiver.opened)


def tell(engine, clock, addressed, facts=None, key="report.new:990102/2026"):
    with writing(engine) as session:
        save_event(session, key, key.partition(":")[0], key.partition(":")[2], facts or {}, clock.now, addressed)


def alerts(engine, **wanted) -> list[Alert]:
    with reading(engine) as session:
        found = session.exec(select(Alert).order_by(Alert.id)).all()
    return [alert for alert in found if all(getattr(alert, name) == value for name, value in wanted.items())]


def outcomes(engine, alert: Alert) -> list[str]:
    with reading(engine) as session:
        return [delivery.outcome for delivery in outbox.deliveries_of(session, alert.id)]


async def test_an_alert_refused_at_first_is_sent_a_minute_later_and_once(engine, post, postbox, receiver, clock, facts):
    postbox.at_rcpt["one@example.org"] = ["451 4.3.0 try again later"]
    receiver.answers = [web.Response(status=503)]
    tell(engine, clock, [("office", "one@example.org"), ("hook", "hook")], facts)
    tally = await deliver(engine, post, clock)
    assert (len(tally.sent), len(tally.refused)) == (0, 2)
    clock.forward(seconds=59)
    assert (await deliver(engine, post, clock)).sent == []
    clock.forward(seconds=1)
    assert len((await deliver(engine, post, clock)).sent) == 2
    clock.forward(days=1)
    assert (await deliver(engine, post, clock)).sent == []
    assert len(postbox.mails) == 1
    assert [headers["webhook-id"] for headers, _ in receiver.got] == [alerts(engine, channel="hook")[0].key] * 2
    for alert in alerts(engine, state="sent"):
        assert outcomes(engine, alert) == ["refused", "sent"]
        assert alert.attempts == 2
        assert alert.error == ""


async def test_a_bad_recipient_neither_holds_up_nor_repeats_another(engine, post, postbox, clock):
    postbox.at_rcpt["one@example.org"] = ["451 later"] * 5
    for number in range(3):
        tell(
            engine,
            clock,
            [("office", "one@example.org"), ("office", "two@example.org")],
            key=f"report.new:99010{number}/2026",
        )
    for _ in range(3):
        await deliver(engine, post, clock)
        clock.forward(minutes=1)
    assert [address for address, _ in postbox.mails].count("two@example.org") == 3


async def test_a_hanging_channel_does_not_hold_up_another(engine, post, postbox, receiver, clock):
    async def hang(reader, writer):
        try:
            await reader.read()
        finally:
            writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    stuck = replace(postbox.channel, port=server.sockets[0].getsockname()[1])
    tell(engine, clock, [("office", "one@example.org"), ("hook", "hook")])
    round_ = asyncio.create_task(deliver(engine, replace(post, channels=(stuck, receiver.channel)), clock))
    await asyncio.wait_for(receiver.arrived.wait(), 10)
    assert not round_.done()
    round_.cancel()
    with pytest.raises(asyncio.CancelledError):
        await round_
    server.close()


async def test_a_recipient_refused_for_good_is_dead_and_everybody_else_is_told(engine, post, postbox, receiver, clock):
    postbox.at_rcpt["one@example.org"] = ["550 5.1.1 no such user"]
    tell(engine, clock, [("office", "one@example.org")])
    await deliver(engine, post, clock)
    [dead] = alerts(engine, state="dead")
    assert "no such user" in dead.error
    assert outcomes(engine, dead) == ["rejected"]
    await deliver(engine, post, clock)
    [(address, mail)] = postbox.mails
    assert address == "two@example.org"
    assert "one@example.org" in mail["Subject"]
    [(_, document)] = receiver.got
    assert document["type"] == "alert.dead"
    assert document["data"]["event"]["key"] == "report.new:990102/2026"


async def test_many_dead_alerts_of_one_recipient_are_told_once_a_day(engine, post, postbox, receiver, clock):
    postbox.at_rcpt["one@example.org"] = ["550 5.1.1 no such user"] * 4
    for number in range(3):
        tell(engine, clock, [("office", "one@example.org")], key=f"report.new:99010{number}/2026")
    for _ in range(2):
        await deliver(engine, post, clock)
    assert len(receiver.got) == 1
    clock.forward(days=1)
    tell(engine, clock, [("office", "one@example.org")], key="report.new:990109/2026")
    for _ in range(2):
        await deliver(engine, post, clock)
    assert len(receiver.got) == 2


async def test_when_every_channel_is_dead_it_ends(engine, post, postbox, receiver, clock):
    for recipient in postbox.channel.recipients:
        postbox.at_rcpt[recipient] = ["550 5.1.1 no such user"] * 99
    receiver.answers = [web.Response(status=410) for _ in range(99)]
    tell(engine, clock, [("office", "one@example.org")])
    for _ in range(6):
        await deliver(engine, post, clock)
    assert alerts(engine, state="due") == []
    assert len(alerts(engine)) <= 5


async def test_after_a_week_of_refusals_an_alert_is_given_up(engine, post, postbox, receiver, clock):
    postbox.at_rcpt["one@example.org"] = ["451 later"] * 99
    start = clock.now
    tell(engine, clock, [("office", "one@example.org")])
    while alerts(engine, channel="office", recipient="one@example.org")[0].state == "due":
        await deliver(engine, post, clock)
        clock.now = max(clock.now, alerts(engine)[0].due_at)
    spent = clock.now - start
    assert timedelta(days=7) <= spent <= timedelta(days=8)
    await deliver(engine, post, clock)
    assert receiver.got[0][1]["type"] == "alert.dead"


def test_waits_double_from_a_minute_to_a_day():
    waits = [wait(n) for n in range(1, 30)]
    assert waits[:4] == [timedelta(minutes=n) for n in (1, 2, 4, 8)]
    assert max(waits) == waits[-1] == timedelta(days=1)
    attempts = next(n for n in range(1, 100) if exhausted(n))
    assert GIVE_UP <= sum(waits[: attempts - 1], timedelta()) < GIVE_UP + timedelta(days=1)


async def test_a_receiver_that_asks_for_more_time_gets_it(engine, post, receiver, clock):
    receiver.answers = [web.Response(status=429, headers={"Retry-After": "3600"})]
    tell(engine, clock, [("hook", "hook")])
    await deliver(engine, post, clock)
    assert alerts(engine)[0].due_at == clock.now + timedelta(hours=1)


async def test_a_channel_or_recipient_that_the_settings_no_longer_have_is_dead_with_the_reason(
    engine, post, receiver, clock
):
    tell(engine, clock, [("fax", "1234"), ("office", "gone@example.org")])
    await deliver(engine, post, clock)
    assert {alert.error for alert in alerts(engine, state="dead")} == {
        "the settings have no channel fax",
        "gone@example.org is no longer a recipient of office",
    }
    await deliver(engine, post, clock)
    assert len(receiver.got) == 2


async def test_an_alert_that_cannot_be_rendered_waits_and_holds_up_nobody(engine, post, receiver, clock, facts, caplog):
    tell(engine, clock, [("hook", "hook")], facts | {"initiatives": 7})
    tell(engine, clock, [("hook", "hook")], facts, key="report.new:990103/2026")
    tally = await deliver(engine, post, clock)
    assert (len(tally.sent), len(tally.refused)) == (1, 1)
    assert "not rendered: TypeError" in alerts(engine, state="due")[0].error


async def test_two_senders_at_once_send_once(engine, post, postbox, clock):
    for number in range(10):
        tell(engine, clock, [("office", "one@example.org")], key=f"report.new:{number}")
    await asyncio.gather(*(deliver(engine, post, clock) for _ in range(3)))
    assert len(postbox.mails) == 10


async def test_a_sender_killed_before_it_could_mark_sends_again_under_the_same_id(engine, clock, receiver, post):
    release = asyncio.Event()

    class Slow(web.Response):
        async def prepare(self, request):
            await release.wait()
            return await super().prepare(request)

    receiver.answers = [Slow()]
    tell(engine, clock, [("hook", "hook")])
    database = engine.url.render_as_string(hide_password=False)
    arguments = (str(SENDER), database, receiver.channel.url, receiver.channel.secret)
    sender = await asyncio.create_subprocess_exec(sys.executable, *arguments)
    await asyncio.wait_for(receiver.arrived.wait(), 20)
    sender.kill()
    assert await sender.wait() == -9
    release.set()
    assert (await deliver(engine, post, clock)).sent == [], "the lease still runs"
    clock.now += LEASE
    assert len((await deliver(engine, post, clock)).sent) == 1
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert len(receiver.got) == 2


@pytest.mark.parametrize("seed", range(3))
async def test_every_event_ends_delivered_or_dead_never_absent(seed, engine, post, postbox, receiver, clock):
    chance = random.Random(seed)
    mails = [chance.choice(["451 later", "550 5.1.1 no", "550 5.7.1 policy", "421 bye"]) for _ in range(6)]
    postbox.at_rcpt["one@example.org"] = mails
    receiver.answers = [web.Response(status=chance.choice([200, 302, 404, 429, 500])) for _ in range(6)]
    for number in range(3):
        tell(engine, clock, post.everyone(), key=f"report.new:{number}")
    for _ in range(60):
        await deliver(engine, post, clock)
        with reading(engine) as session:
            due = outbox.next_due(session)
        if due is None:
            break
        clock.now = max(clock.now, due)
    taken = {mail["X-Reportwatch-Alert"] for _, mail in postbox.mails} | {h["webhook-id"] for h, _ in receiver.got}
    with reading(engine) as session:
        assert outbox.waiting(session).get("due", 0) == 0
        told = set(session.exec(select(Event.key).where(Event.kind == "alert.dead")))
    for alert in alerts(engine):
        assert alert.state in ("sent", "dead")
        assert (alert.state == "sent") <= (alert.key in taken)
        if alert.state == "dead":
            assert any(key.startswith(f"alert.dead:{alert.channel} {alert.recipient} ") for key in told)
    assert len(postbox.mails) == len({mail["Message-ID"] for _, mail in postbox.mails})


async def test_dead_alerts_can_be_sent_again(engine, post, postbox, clock):
    postbox.at_rcpt["one@example.org"] = ["550 5.1.1 no such user"]
    tell(engine, clock, [("office", "one@example.org")])
    await deliver(engine, post, clock)
    with writing(engine) as session:
        assert outbox.revive(session, clock.now) == 1
    await deliver(engine, post, clock)
    assert "one@example.org" in [address for address, _ in postbox.mails]
