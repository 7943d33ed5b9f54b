"""A mail server and a webhook receiver on loopback, for the demo: alerts are really sent, and first refused."""

import asyncio
import json
import secrets
import threading
import warnings
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of aiosmtpd's own imports
    from aiosmtpd.smtp import SMTP

LOOPBACK = "127.0.0.1"


def fresh_secret() -> str:
    """A secret as Standard Webhooks has it."""
    return f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"


@dataclass
class Receivers:
    """What arrived, and what was refused; `refusals` is how many mails and how many requests are refused at first."""

    secret: str = field(default_factory=fresh_secret)
    refusals: int = 1
    mails: list[EmailMessage] = field(default_factory=list)
    documents: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    smtp_port: int = 0
    http_port: int = 0

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        """A mail: refused for now, or taken."""
        if sum(said.startswith("451") for said in self.refused) < self.refusals:
            self.refused.append("451 4.7.1 greylisted, try again later")
            return self.refused[-1]
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    async def take(self, request: web.Request) -> web.Response:
        """A webhook: refused for now, or taken if its signature is right."""
        body = await request.read()
        if sum(said.startswith("503") for said in self.refused) < self.refusals:
            self.refused.append("503 Service Unavailable")
            return web.Response(status=503)
        try:
            Webhook(self.secret).verify(body, dict(request.headers))
        except WebhookVerificationError:
            return web.Response(status=401)
        self.documents.append(json.loads(body))
        return web.Response(status=204)


@contextmanager
def receiving() -> Iterator[Receivers]:
    """Both servers, in a thread of their own, until the block ends."""
    receivers, loop, ready = Receivers(), asyncio.new_event_loop(), threading.Event()
    stop = asyncio.Event()

    async def serve() -> None:
        mail = await loop.create_server(lambda: SMTP(receivers, hostname="mail.sample", loop=loop), LOOPBACK, 0)
        app = web.Application()
        app.router.add_post("/hook", receivers.take)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, LOOPBACK, 0)
        await site.start()
        receivers.smtp_port = mail.sockets[0].getsockname()[1]
        receivers.http_port = runner.addresses[0][1]
        ready.set()
        await stop.wait()
        mail.close()
        await runner.cleanup()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), name="receivers")
    thread.start()
    try:
        ready.wait()
        yield receivers
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
