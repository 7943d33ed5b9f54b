"""Chat robots by apprise, which really posts to a receiver on loopback."""

import json
import sys

import pytest
from aiohttp import web

from alerts import robot
from alerts.masking import secrets_of
from alerts.outbox import Post, deliver, send
from alerts.render import render
from monitor.settings import load
from storage.errors import BadSetting, DeliveryError
from storage.outbox import deliveries_of
from storage.save import save_event
from storage.values import RobotChannel

pytest.importorskip("apprise", reason="an extra")
OPENED = ("127.0.0.0/8",)
TOKEN = "a-token-of-some-length"


@pytest.fixture
async def group():
    """A receiver of apprise's json:// and what it got; the channel that leads to it."""
    got, answers = [], []

    async def take(request: web.Request) -> web.Response:
        got.append(await request.json())
        return answers.pop(0) if answers else web.Response(text="ok")

    app = web.Application()
    app.router.add_post(f"/{TOKEN}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    channel = RobotChannel("group", f"json://127.0.0.1:{runner.addresses[0][1]}/{TOKEN}")
    yield channel, got, answers
    await runner.cleanup()


async def test_a_robot_is_told_in_short_and_a_second_telling_is_known_by_its_last_line(group, message):
    channel, got, _ = group
    for _ in range(2):
        await robot.send(message, channel, OPENED)
    assert got[0]["title"] == message.subject
    assert got[0]["message"].endswith(f"\n[{message.key[:12]}]")
    assert got[0] == got[1]


async def test_whatever_an_alert_says_it_fits_the_tightest_robot(group, facts, clock):
    facts["initiatives"] = [
        {"kind": "new", "text": "开通三条低空物流示范线。" * 40, "heading": "", "novelty": 0.9}
    ] * 60
    long = render("report.new", "x", facts, key="cd" * 16, recipient="group", created_at=clock.now)
    channel, got, _ = group
    await robot.send(long, channel, OPENED)
    assert len((got[0]["title"] + got[0]["message"]).encode()) <= 2048
    assert "…" in got[0]["message"]


async def test_a_robot_inside_is_refused_by_the_guard_unless_it_is_opened(group, message):
    channel, got, _ = group
    with pytest.raises(DeliveryError, match="not a public address") as refused:
        await robot.send(message, channel)
    assert not refused.value.transient
    assert got == []


@pytest.mark.parametrize("address", ["dbus://", "nonsense://x", "dingtalk://", "syslog://", "macosx://"])
async def test_what_is_no_robot_on_the_network_is_not_told(message, address):
    with pytest.raises(DeliveryError):
        await robot.send(message, RobotChannel("group", address), OPENED)


async def test_a_robot_that_fails_is_tried_again_and_its_token_is_in_no_row(group, engine, clock):
    channel, _, answers = group
    answers.append(web.Response(status=500, text=f"no such robot {TOKEN}"))
    with pytest.raises(DeliveryError) as failed:
        await send(
            render("alert.test", "x", {}, key="a", recipient="group", created_at=clock.now), channel, clock.now, OPENED
        )
    assert failed.value.transient
    assert TOKEN not in str(failed.value)
    answers.append(web.Response(status=500))
    from storage.database import reading, writing

    with writing(engine) as session:
        save_event(session, "a", "report.new", "a", {}, clock.now, [("group", "group")])
    post = Post((channel,), opened=OPENED)
    assert len((await deliver(engine, post, clock)).refused) == 1
    clock.forward(minutes=1)
    assert len((await deliver(engine, post, clock)).sent) == 1
    with reading(engine) as session:
        assert TOKEN not in json.dumps([attempt.answer for attempt in deliveries_of(session, 1)])


def test_all_parts_of_an_address_are_secrets():
    secrets = secrets_of(
        RobotChannel(
            "group", "dingtalk://SEC0123456789@token-9876543210/13800000000?x=%E4%BD%A0%E5%A5%BD%E5%90%97%E6%9C%8B"
        )
    )
    assert {"SEC0123456789", "token-9876543210", "13800000000"} <= set(secrets)
    assert "token" not in repr(RobotChannel("group", "dingtalk://token-9876543210"))


def test_settings_name_a_robot_by_a_variable_and_say_what_is_missing(tmp_path, monkeypatch):
    file = tmp_path / "settings.toml"
    file.write_text('[[receivers]]\nname = "group"\naddress_env = "ROBOT"\n', "utf-8")
    settings = load(file, environ={})
    assert settings.everyone() == [("group", "group")]
    with pytest.raises(BadSetting, match="ROBOT is not set"):
        settings.channels({})
    assert settings.channels({"ROBOT": "feishu://token"}) == (RobotChannel("group", "feishu://token"),)
    with pytest.raises(BadSetting, match="write it as apprise does"):
        settings.channels({"ROBOT": "token"})
    monkeypatch.setitem(sys.modules, "apprise", None)
    monkeypatch.setattr(robot, "find_spec", lambda _: None)
    with pytest.raises(BadSetting, match=r"install reportwatch\[apprise\]"):
        settings.channels({"ROBOT": "feishu://token"})


async def test_without_the_extra_a_robot_says_what_to_install(message, monkeypatch):
    monkeypatch.setattr(robot, "find_spec", lambda _: None)
    with pytest.raises(DeliveryError, match=r"install reportwatch\[apprise\]"):
        await robot.send(message, RobotChannel("group", "feishu://token"), OPENED)
