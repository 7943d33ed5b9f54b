import socket
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from aiohttp import web
from standardwebhooks import Webhook

from alerts import webhook
from alerts.render import encode
from storage.errors import DeliveryError

NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)


async def test_a_document_arrives_signed(receiver, message):
    assert await webhook.send(message, receiver.channel, NOW, receiver.opened) == "200 thanks"
    [(headers, got)] = receiver.got  # the receiver has checked the signature
    assert got == message.document
    assert headers["webhook-id"] == message.key
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))


async def test_the_reference_implementation_accepts_the_signature(receiver, message):
    now = datetime.now(UTC)
    await webhook.send(message, receiver.channel, now, receiver.opened)
    [(headers, _)] = receiver.got
    assert Webhook(receiver.channel.secret).verify(encode(message.document), headers) == message.document


@pytest.mark.parametrize(
    ("status", "transient"),
    [(500, True), (503, True), (429, True), (408, True), (400, False), (401, False), (404, False), (410, False)],
)
async def test_the_status_says_whether_to_try_again(receiver, message, status, transient):
    receiver.answers = [web.Response(status=status, text="no\x1b[2J")]
    with pytest.raises(DeliveryError, match=rf"^hook: {status} no\[2J$") as refused:
        await webhook.send(message, receiver.channel, NOW, receiver.opened)
    assert refused.value.transient is transient


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), ("Tue, 20 Jan 2026 08:10:00 GMT", 600), ("Tue, 20 Jan 2026 07:00:00 GMT", 0), ("soon", None)],
)
async def test_retry_after_is_heard(receiver, message, value, seconds):
    receiver.answers = [web.Response(status=429, headers={"Retry-After": value})]
    with pytest.raises(DeliveryError) as refused:
        await webhook.send(message, receiver.channel, NOW, receiver.opened)
    assert refused.value.retry_after == seconds


async def test_a_redirect_is_not_followed_and_said(receiver, message):
    receiver.answers = [web.Response(status=302, headers={"Location": "http://169.254.169.254/latest"})]
    with pytest.raises(DeliveryError, match=r"302 \(moved to http://169\.254\.169\.254/latest\)") as refused:
        await webhook.send(message, receiver.channel, NOW, receiver.opened)
    assert not refused.value.transient
    assert len(receiver.got) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "127.1"])
async def test_an_address_that_is_not_public_is_refused_unless_opened(receiver, message, host):
    url = receiver.channel.url.replace("127.0.0.1", host)
    with pytest.raises(DeliveryError) as refused:
        await webhook.send(message, replace(receiver.channel, url=url), NOW)
    assert not refused.value.transient
    assert receiver.got == []


async def test_nobody_there_is_transient(receiver, message):
    with socket.socket() as idle:
        idle.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{idle.getsockname()[1]}/hook"
        with pytest.raises(DeliveryError) as refused:
            await webhook.send(message, replace(receiver.channel, url=url), NOW, receiver.opened)
    assert refused.value.transient


@pytest.mark.parametrize("secret", ["whsec_", "whsec_!!!a"])
async def test_a_secret_that_is_none_is_said(receiver, message, secret):
    with pytest.raises(DeliveryError, match="secret") as refused:
        await webhook.send(message, replace(receiver.channel, secret=secret), NOW, receiver.opened)
    assert not refused.value.transient


async def test_a_long_answer_is_cut(receiver, message):
    receiver.answers = [web.Response(status=500, text="长" * 1_000_000)]
    with pytest.raises(DeliveryError) as refused:
        await webhook.send(message, receiver.channel, NOW, receiver.opened)
    assert len(str(refused.value)) < 400
