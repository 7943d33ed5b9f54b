"""A real SMTP server and a real webhook receiver, each answering as a test tells it."""

import asyncio
import base64
import hashlib
import hmac
import json
import shutil
import warnings
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import Engine

from storage.database import connect, migrate
from storage.values import MailChannel, Message, WebhookChannel

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from aiosmtpd.smtp import SMTP

SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four bytes").decode()


class Postbox:
    """What a mail server took, and the answers it gives first, by recipient."""

    def __init__(self):
        self.mails: list[tuple[str, EmailMessage]] = []
        self.at_rcpt: dict[str, list[str]] = defaultdict(list)
        self.at_data: list[str] = []
        self.channel: MailChannel

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.at_rcpt[address]:
            return self.at_rcpt[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.at_data:
            return self.at_data.pop(0)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.mails += [(address, mail) for address in envelope.rcpt_tos]
        return "250 taken"


@pytest.fixture
async def postbox() -> AsyncIterator[Postbox]:
    box = Postbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, hostname="mail.test", loop=loop), "127.0.0.1", 0)
    box.channel = MailChannel(
        name="office",
        host="127.0.0.1",
        port=server.sockets[0].getsockname()[1],
        sender="报告 <watch@example.org>",
        recipients=("one@example.org", "two@example.org"),
        security="none",
    )
    yield box
    server.close()


class Receiver:
    """What a webhook receiver got, signatures checked; and the answers it gives first."""

    def __init__(self):
        self.got: list[tuple[dict, dict]] = []
        self.answers: list[web.Response] = []
        self.arrived = asyncio.Event()
        self.channel: WebhookChannel
        self.opened = ("127.0.0.0/8",)

    async def take(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        stamp, key = request.headers["webhook-timestamp"], request.headers["webhook-id"]
        signed = f"{key}.{stamp}.".encode() + body
        expected = hmac.new(base64.b64decode(SECRET.removeprefix("whsec_")), signed, hashlib.sha256).digest()
        assert request.headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()
        self.got.append((dict(request.headers), json.loads(body)))
        self.arrived.set()
        return self.answers.pop(0) if self.answers else web.Response(text="thanks")


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    box = Receiver()
    app = web.Application()
    app.router.add_post("/hook", box.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    box.channel = WebhookChannel(name="hook", url=f"http://127.0.0.1:{port}/hook", secret=SECRET)
    yield box
    await runner.cleanup()


class Clock:
    """A clock that only moves when told."""

    def __init__(self, now: datetime):
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **parts: float) -> None:
        self.now += timedelta(**parts)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 1, 20, 8, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of today's schema, made once and copied for each test."""
    file = tmp_path_factory.mktemp("empty") / "known.db"
    engine = connect(f"sqlite:///{file}")
    migrate(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return file


@pytest.fixture
def engine(empty: Path, tmp_path: Path) -> Iterator[Engine]:
    made = connect(f"sqlite:///{shutil.copy(empty, tmp_path / 'known.db')}")
    yield made
    made.dispose()


@pytest.fixture
def facts() -> dict:
    """The facts of a new report of an invented district."""
    return {
        "report": "990102/2026",
        "place": {"code": "990102", "name": "云州市兰亭区"},
        "year": 2026,
        "meeting_on": "2026-01-08",
        "session": "第九届人民代表大会第五次会议",
        "speaker": "顾长河",
        "whole": True,
        "inferred": [],
        "canonical": {
            "url": "http://lanting.example/1.html",
            "source": "lanting",
            "source_name": "兰亭区政府网",
            "tier": 1,
            "why": "政府门户的全文",
            "published_on": "2026-01-10",
        },
        "copies": 4,
        "against": {"report": "990102/2025", "year": 2025},
        "counts": {"new": 1, "mixed": 1, "revised": 1, "dropped": 1, "continued": 30},
        "initiatives": [
            {
                "kind": "new",
                "text": "开通三条低空物流示范线。",
                "heading": "（一）产业",
                "novelty": 0.93,
                "new": ["低空物流示范线"],
                "prior": {"text": "扩建河东物流园。", "year": 2025, "likeness": 41.2},
            },
            {"kind": "mixed", "text": "老街改造二期开工。", "heading": "", "novelty": 0.6, "new": [], "prior": None},
        ],
        "targets": [{"name": "地区生产总值增长", "old": "5.5", "new": "5", "unit": "%", "qualifier": "左右"}],
        "dropped": [{"text": "修建南渡老桥。", "heading": "城建"}],
    }


@pytest.fixture
def message(clock: Clock, facts: dict) -> Message:
    from alerts.render import render

    return render("report.new", "990102/2026", facts, key="ab" * 16, recipient="one@example.org", created_at=clock.now)
