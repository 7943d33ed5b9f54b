"""Servers that misbehave: whatever they do, an alert is sent at least once, and every time under the same id."""

import asyncio
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web
from sqlmodel import select

from alerts import webhook
from alerts.outbox import Post, deliver
from storage.database import reading, writing
from storage.model import Alert
from storage.save import save_event


def tell(engine, clock, addressed):
    with writing(engine) as session:
        save_event(session, "report.new:990102/2026", "report.new", "990102/2026", {}, clock.now, addressed)


def alert(engine, **wanted) -> Alert:
    with reading(engine) as session:
        return session.exec(select(Alert).filter_by(**wanted)).one()


class Dropping:
    """An SMTP server that takes a mail and hangs up before it says so, once; then it is like any other."""

    def __init__(self):
        self.mails: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.test\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                self.mails.append((await reader.readuntil(b"\r\n.\r\n")).decode())
                if len(self.mails) == 1:
                    break
            if verb == b"QUIT":
                break
            writer.write(b"250 OK\r\n")
        writer.close()


def header(mail: str, name: str) -> str:
    return next(line for line in mail.splitlines() if line.startswith(f"{name}: "))


async def test_a_mail_that_was_taken_without_a_reply_comes_again_with_the_same_message_id(engine, clock, postbox):
    dropping = Dropping()
    server = await asyncio.start_server(dropping.serve, "127.0.0.1", 0)
    channel = replace(postbox.channel, port=server.sockets[0].getsockname()[1])
    tell(engine, clock, [("office", "one@example.org")])
    post = Post((channel,))
    assert len((await deliver(engine, post, clock)).refused) == 1
    clock.forward(minutes=1)
    assert len((await deliver(engine, post, clock)).sent) == 1
    first, second = dropping.mails
    for name in ("Message-ID", "Date", "X-Reportwatch-Alert"):
        assert header(first, name) == header(second, name)
    server.close()


async def test_a_document_that_was_taken_too_slowly_comes_again_under_the_same_id(engine, clock, receiver, monkeypatch):
    monkeypatch.setattr(webhook, "PATIENCE", aiohttp.ClientTimeout(total=0.3))
    gone, taken = asyncio.Event(), []

    async def slow(request: web.Request) -> web.Response:
        taken.append(request.headers["webhook-id"])
        await request.read()
        if len(taken) == 1:
            await gone.wait()
        return web.Response(text="thanks")

    app = web.Application()
    app.router.add_post("/hook", slow)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    channel = replace(receiver.channel, url=f"http://127.0.0.1:{runner.addresses[0][1]}/hook")
    post = Post((channel,), opened=receiver.opened)
    tell(engine, clock, [("hook", "hook")])
    assert len((await deliver(engine, post, clock)).refused) == 1
    monkeypatch.setattr(webhook, "PATIENCE", aiohttp.ClientTimeout(total=30))
    clock.forward(minutes=1)
    assert len((await deliver(engine, post, clock)).sent) == 1
    assert taken == [alert(engine).key] * 2
    gone.set()
    await runner.cleanup()


@pytest.mark.parametrize("status", [413, 307])
async def test_a_receiver_that_cannot_take_it_is_given_up_and_told_of_by_mail(engine, clock, postbox, receiver, status):
    receiver.answers = [web.Response(status=status, headers={"Location": "http://169.254.169.254/latest/meta-data/"})]
    tell(engine, clock, [("hook", "hook")])
    post = Post((postbox.channel, receiver.channel), opened=receiver.opened)
    for _ in range(2):
        await deliver(engine, post, clock)
    assert len(receiver.got) == 1
    assert {address for address, _ in postbox.mails} == {"one@example.org", "two@example.org"}
    assert str(status) in alert(engine, state="dead").error


async def test_a_mail_that_is_blocked_for_its_content_is_given_up_and_told_of_by_webhook(
    engine, clock, postbox, receiver
):
    postbox.at_data = ["552 5.2.3 content rejected"]
    tell(engine, clock, [("office", "one@example.org")])
    post = Post((postbox.channel, receiver.channel), opened=receiver.opened)
    for _ in range(2):
        await deliver(engine, post, clock)
    [(_, document)] = receiver.got
    assert document["type"] == "alert.dead"
    assert "552" in document["data"]["why"]
