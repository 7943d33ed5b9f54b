from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlmodel import select

from alerts.outbox import Post, deliver
from alerts.rhythm import Rhythm, next_digest, past_quiet
from storage import mutes
from storage.database import reading, writing
from storage.model import Alert
from storage.save import save_event

ZONE = "Asia/Shanghai"


def tell(engine, clock, facts, number=2, kind="report.new", addressed=(("office", "one@example.org"),)):
    name = f"9901{number:02}/2026"
    with writing(engine) as session:
        save_event(session, f"{kind}:{name}", kind, name, facts, clock.now, list(addressed))


def states(engine) -> list[str]:
    with reading(engine) as session:
        return [alert.state for alert in session.exec(select(Alert).order_by(Alert.id))]


@pytest.fixture
def post(postbox, receiver) -> Post:
    return Post((postbox.channel, receiver.channel), opened=receiver.opened)


def rhythmic(post: Post, rhythm: Rhythm | None) -> Post:
    return replace(post, rhythms=lambda *_: rhythm)


async def test_a_daily_digest_comes_at_its_hour_as_one_mail_and_names_all(engine, post, postbox, clock, facts):
    daily = rhythmic(post, Rhythm("daily", time(8)))
    for number in range(3):
        tell(engine, clock, facts, number)
    tell(engine, clock, {"name": "兰亭区政府网", "why": "the site refuses us"}, kind="source.blocked")
    await deliver(engine, daily, clock)
    assert postbox.mails == []
    clock.now = datetime(2026, 1, 21, 0, 0, tzinfo=UTC)  # 8 o'clock in Shanghai
    for _ in range(2):
        await deliver(engine, daily, clock)
    [(_, mail)] = postbox.mails
    assert "每日汇总：4 项" in mail["Subject"]
    body = mail.get_body(("plain",)).get_content()
    assert body.count("云州市兰亭区 2026 年政府工作报告") == 3
    assert "兰亭区政府网：网站拒绝访问" in body
    assert "开通三条低空物流示范线" in body
    assert states(engine) == ["gathered"] * 4 + ["sent"]


async def test_a_digest_that_is_refused_comes_again_under_the_same_id_though_more_is_held(
    engine, post, postbox, clock, facts
):
    daily = rhythmic(post, Rhythm("daily", time(8)))
    tell(engine, clock, facts, 1)
    await deliver(engine, daily, clock)
    clock.forward(hours=16)
    postbox.at_data = ["451 later"]
    await deliver(engine, daily, clock)
    tell(engine, clock, facts, 2)
    clock.forward(minutes=1)
    await deliver(engine, daily, clock)
    [(_, mail)] = postbox.mails
    assert "1 项" in mail["Subject"]
    with reading(engine) as session:
        [digest] = session.exec(select(Alert).where(Alert.state == "sent")).all()
    assert mail["X-Reportwatch-Alert"] == digest.key
    assert digest.attempts == 2


async def test_what_is_over_the_cap_waits_for_a_digest_that_says_how_much_more(engine, post, receiver, clock, facts):
    capped = rhythmic(post, Rhythm(cap=3))
    for number in range(99):
        tell(engine, clock, facts, number, addressed=[("hook", "hook")])
    await deliver(engine, capped, clock)
    assert len(receiver.got) == 3
    clock.forward(hours=16)
    await deliver(engine, capped, clock)
    await deliver(engine, capped, clock)
    [(_, digest)] = receiver.got[3:]
    assert digest["data"]["total"] == 96
    assert len(digest["data"]["events"]) + digest["data"]["more"]["events"] == 96


async def test_a_mail_that_cannot_show_all_says_and_so_many_more(engine, post, postbox, clock, facts):
    daily = rhythmic(post, Rhythm("daily", time(8)))
    for number in range(57):
        tell(engine, clock, facts, number)
    await deliver(engine, daily, clock)
    clock.forward(days=1)
    for _ in range(2):
        await deliver(engine, daily, clock)
    [(_, mail)] = postbox.mails
    assert "另有 37 项" in mail.get_body(("plain",)).get_content()
    assert "另有 37 项" in mail.get_body(("html",)).get_content()


async def test_in_quiet_hours_nothing_is_sent_and_afterwards_all_of_it(engine, post, postbox, clock, facts):
    quiet = rhythmic(post, Rhythm(quiet=(time(22), time(7))))
    clock.now = datetime(2026, 1, 20, 15, 0, tzinfo=UTC)  # 23 o'clock in Shanghai
    tell(engine, clock, facts)
    await deliver(engine, quiet, clock)
    clock.forward(hours=7, minutes=59)
    await deliver(engine, quiet, clock)
    assert postbox.mails == []
    clock.forward(minutes=1)
    await deliver(engine, quiet, clock)
    assert len(postbox.mails) == 1


async def test_what_is_muted_or_not_asked_for_is_kept_and_not_sent(engine, post, postbox, clock, facts):
    with writing(engine) as session:
        mutes.mute(session, "place:990100", clock.now + timedelta(days=1), clock.now)
        mutes.mute(session, "source:990105/2026", None, clock.now)
    tell(engine, clock, facts, 1)
    tell(engine, clock, {"name": "x"}, 5, kind="source.broken")
    tell(engine, clock, facts | {"place": {"code": "110108", "name": "海淀区"}}, 3)
    await deliver(engine, post, clock)
    assert states(engine) == ["muted", "muted", "sent"]
    clock.forward(days=1)
    tell(engine, clock, facts, 4)
    await deliver(engine, post, clock)
    assert len(postbox.mails) == 2
    tell(engine, clock, facts, 6)
    await deliver(engine, rhythmic(post, None), clock)
    assert states(engine)[-1] == "unwanted"


def test_digests_keep_their_local_hour_when_the_clocks_change():
    rhythm = Rhythm("daily", time(8))
    saturday = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    assert next_digest(rhythm, "daily", saturday, "Europe/Berlin") == datetime(2026, 3, 29, 6, 0, tzinfo=UTC)
    friday = saturday - timedelta(days=1)
    assert next_digest(rhythm, "daily", friday, "Europe/Berlin") == datetime(2026, 3, 28, 7, 0, tzinfo=UTC)
    monday = next_digest(Rhythm("weekly", time(8), 0), "weekly", saturday, ZONE)
    assert monday == datetime(2026, 3, 30, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(("hour", "until"), [(14, 23), (22, 23), (23, 23), (13, 13)])
def test_quiet_hours_go_over_midnight(hour, until):
    rhythm = Rhythm(quiet=(time(22), time(7)))
    now = datetime(2026, 1, 20, hour, 0, tzinfo=UTC)
    assert past_quiet(rhythm, now, ZONE) == datetime(2026, 1, 20, until, 0, tzinfo=UTC)
