"""Servers and networks that misbehave below HTTP: a real server for each; the run ends, and its receipt says why."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from crawl_bench import Bench, listing
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from storage import model
from storage.values import Source

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]
LIST = listing(("/a/1001.html", "2025年澜汀区政府工作报告")).encode()
NO_ROBOTS = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def said(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """An answer that closes its connection."""
    head = "\r\n".join((f"HTTP/1.1 {status}", "Content-Type: text/html; charset=utf-8", "Connection: close", *headers))
    return head.encode() + b"\r\n\r\n" + body


async def reset_in_the_middle(writer: asyncio.StreamWriter) -> None:
    writer.write(said(LIST[:50], f"Content-Length: {len(LIST)}"))
    await writer.drain()
    writer.transport.abort()


async def reset_at_once(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def a_byte_at_a_time(writer: asyncio.StreamWriter) -> None:
    writer.write(said(b"", "Content-Length: 100000"))
    while not writer.is_closing():
        writer.write(b" ")
        await writer.drain()
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 0.05)


async def nonsense(writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x16\x03\x01 this is no HTTP\r\n\r\n")


def whole(answer: bytes) -> Answer:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    return write


class Server:
    """Answers robots.txt with 404 and all else as it is told; `asked` are the paths."""

    def __init__(self) -> None:
        self.answer: Answer | None = None
        self.pages: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            path = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1].decode()
            self.asked.append(path)
            if path == "/robots.txt":
                writer.write(NO_ROBOTS)
            elif path in self.pages:
                writer.write(self.pages[path])
            elif self.answer:
                await self.answer(writer)
            else:
                await reader.read()  # until the other side gives up
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def source(self, scheme: str = "http", host: str = "127.0.0.1") -> Source:
        return Source("site", "a site", "column", f"{scheme}://{host}:{self.port}/list/", 1)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    running = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = running.sockets[0].getsockname()[1]
    yield made
    running.close()


@pytest.mark.parametrize(
    "answer",
    [
        reset_in_the_middle,
        reset_at_once,
        a_byte_at_a_time,
        None,
        nonsense,
        whole(b""),
        whole(said(LIST[:60], f"Content-Length: {len(LIST)}")),
        whole(said(LIST, f"Content-Length: {len(LIST) - 40}")),
        whole(said(LIST, "Content-Length: many")),
        whole(said(b"zz\r\nno chunks\r\n", "Transfer-Encoding: chunked")),
        whole(said(b"\x1f\x8b\x08 cut", "Content-Encoding: gzip")),
        whole(said(b"not brotli", "Content-Encoding: br")),
        whole(said(b"", status="304 Not Modified")),
        whole(said(b"", status="500 Internal Server Error")),
    ],
    ids=lambda answer: getattr(answer, "__name__", "never"),
)
async def test_a_list_that_did_not_come_is_a_failed_run_and_nothing_is_read(
    server: Server, bench: Bench, answer: Answer | None
) -> None:
    server.answer = answer
    receipt = (await bench.crawl(server.source(), timeout=0.5))[0]
    assert (receipt["reason"], receipt["errors"][0][:2]) == ("failed", ["FetchError", 1])
    assert receipt["ended_at"] is not None
    assert bench.rows(model.Reading) == []


async def test_a_list_whose_every_article_is_gone_is_no_success(server: Server, bench: Bench) -> None:
    from monitor.health import State, outcome

    server.pages["/list/"] = said(LIST)
    server.answer = reset_at_once
    await bench.crawl(server.source(), timeout=30.0)
    assert outcome(bench.rows(model.Receipt)[-1]) is State.BROKEN


async def test_a_robots_txt_that_never_comes_means_stay_away(server: Server, bench: Bench) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1000):
            pass
        writer.close()

    mute = await asyncio.start_server(serve, "127.0.0.1", 0)
    server.port = mute.sockets[0].getsockname()[1]
    receipt = (await bench.crawl(server.source(), timeout=0.3))[0]
    assert (receipt["reason"], receipt["pages"]) == ("failed", 0)
    assert "robots.txt" in receipt["errors"][0][2]
    mute.close()


async def test_nobody_there_and_no_such_name_are_failed_runs(server: Server, bench: Bench) -> None:
    refused = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = refused.sockets[0].getsockname()[1]
    refused.close()
    await refused.wait_closed()
    server.port = port
    for source in (server.source(), server.source(host="no-such-name.invalid")):
        receipt = (await bench.crawl(source, timeout=3.0))[0]
        assert (receipt["reason"], receipt["errors"][0][0]) == ("failed", "FetchError")
        assert receipt["requests"] == 0, "none left"


def certificate(folder: Path, name: str, began: timedelta, ends: timedelta) -> Path:
    """A certificate that signs itself, for a name, valid from so long ago until so long from now."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "site.test")])
    alternative: x509.GeneralName = (
        x509.IPAddress(ipaddress.ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - began)
        .not_valid_after(now + ends)
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "site.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return file


@pytest.mark.parametrize(
    ("name", "began", "ends", "trusted", "why"),
    [
        ("127.0.0.1", 10, 10, True, ""),
        ("127.0.0.1", 10, 10, False, "certificate"),
        ("127.0.0.1", 10, -1, True, "expired"),
        ("other.example", 10, 10, True, "certificate"),
    ],
    ids=["sound", "signed by itself", "expired", "of another host"],
)
async def test_a_certificate_that_does_not_hold_is_a_failed_run_and_says_so(
    server: Server,
    bench: Bench,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    began: int,
    ends: int,
    trusted: bool,
    why: str,
) -> None:
    file = certificate(tmp_path, name, timedelta(days=began), timedelta(days=ends))
    if trusted:
        monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", ssl.create_default_context(cafile=str(file)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server.answer = whole(said(LIST))
    secure = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=context)
    server.port = secure.sockets[0].getsockname()[1]
    receipt = (await bench.crawl(server.source("https"), timeout=30.0))[0]
    secure.close()
    assert receipt["requests"] == len(server.asked), "none leaves for a server that is not trusted"
    if not why:
        assert receipt["links"] == 1
        return
    assert (receipt["reason"], receipt["errors"][0][0]) == ("failed", "FetchError")
    assert why in receipt["errors"][0][2]
    assert bench.rows(model.Page) == []
