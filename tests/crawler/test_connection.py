"""A proxy, and servers with old TLS or a certificate of their own, all on loopback."""

import asyncio
import ssl
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from crawl_bench import Bench, Site, listing, report
from warcio.archiveiterator import ArchiveIterator

from crawler import guard
from storage import model
from storage.values import Source

PAGES = {"/list/": listing(("/a/2026001.html", "2026年澜汀区政府工作报告")), "/a/2026001.html": report(2026)}


@dataclass
class Proxy:
    """A proxy that forwards http and tunnels https; `asked` are the first lines it was sent."""

    address: str = ""
    asked: list[str] = field(default_factory=list)


@asynccontextmanager
async def proxied() -> AsyncIterator[Proxy]:
    made = Proxy()

    async def pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while some := await source.read(1 << 16):
            sink.write(some)
            await sink.drain()
        sink.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b"":
            made.asked.append(head.split(b"\r\n")[0].decode())
            method, target, _ = made.asked[-1].split()
            host, _, port = (target if method == "CONNECT" else urlsplit(target).netloc).partition(":")
            onward, back = await asyncio.open_connection(host.replace("faraway.example", "127.0.0.1"), int(port))
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await asyncio.gather(pour(reader, back), pour(onward, writer))
                return
            sent = head.replace(target.encode(), urlsplit(target).path.encode(), 1)
            back.write(sent.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
            writer.write(await onward.read(-1))
            back.close()

    server = await asyncio.start_server(serve, "127.0.0.1")
    made.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield made
    server.close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that a server made for itself, with its key."""
    folder = tmp_path_factory.mktemp("tls")
    name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = [*["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"], *name]
    subprocess.run([*made, "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True)
    (folder / "both.pem").write_bytes((folder / "key.pem").read_bytes() + (folder / "cert.pem").read_bytes())
    return folder / "both.pem"


@pytest.fixture
def old_server(certificate: Path) -> Iterator[str]:
    """A server with nothing newer than TLS 1.1, whose certificate is its own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.load_cert_chain(certificate)
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    yield from served(context)


@pytest.fixture
def own_server(certificate: Path) -> Iterator[str]:
    """A server with today's TLS, whose certificate is its own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    yield from served(context)


def served(context: ssl.SSLContext) -> Iterator[str]:
    class Exchange(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = PAGES.get(self.path, "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def get_request(self) -> tuple[ssl.SSLSocket, object]:
            connection, peer = self.socket.accept()
            return context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), peer

        def handle_error(self, *_: object) -> None:
            """A client that goes away in the handshake."""

    server = Quiet(("127.0.0.1", 0), Exchange)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}/list/"
    server.shutdown()
    thread.join()
    server.server_close()


def heads(bench: Bench) -> list[dict[str, str]]:
    """The headers of all records of pages in the archive."""
    bench.archive.close()
    found = []
    for file in bench.archive.folder.glob("*.warc.gz"):
        with file.open("rb") as stream:
            found += [dict(record.rec_headers.headers) for record in ArchiveIterator(stream)]
    return [record for record in found if record["WARC-Type"] == "response"]


async def test_all_is_fetched_through_the_proxy_names_included(site: Site, bench: Bench) -> None:
    site.pages |= PAGES
    port = urlsplit(site.address).port
    source = Source("far", "far", "column", f"http://faraway.example:{port}/list/", 1)
    async with proxied() as proxy:
        receipt = (await bench.crawl(source, proxy=proxy.address))[0]
    assert (receipt["reason"], receipt["fresh"]) == ("finished", 1)
    assert [line.split()[1] for line in proxy.asked] == [
        f"http://faraway.example:{port}{path}" for path in ("/robots.txt", "/list/", "/a/2026001.html")
    ]
    assert all(record["Reportwatch-Proxy"] == "yes" for record in heads(bench))


async def test_https_goes_through_the_proxy_in_a_tunnel(own_server: str, bench: Bench) -> None:
    source = Source("own", "own", "column", own_server, 1, options={"tls": "unverified"})
    async with proxied() as proxy:
        receipt = (await bench.crawl(source, proxy=proxy.address))[0]
    assert (receipt["reason"], receipt["fresh"]) == ("finished", 1)
    assert all(line.startswith(f"CONNECT 127.0.0.1:{urlsplit(own_server).port} ") for line in proxy.asked)


async def test_a_private_address_written_as_a_number_is_refused_in_front_of_a_proxy(bench: Bench) -> None:
    source = Source("inside", "inside", "column", "http://10.1.2.3/list/", 1)
    async with proxied() as proxy:
        receipt = (await bench.crawl(source, proxy=proxy.address))[0]
    assert (receipt["reason"], proxy.asked) == ("refused", [])


async def test_a_proxy_that_is_not_there_is_named(bench: Bench, unused_tcp_port: int) -> None:
    source = Source("far", "far", "column", "http://faraway.example/list/", 1)
    receipt = (await bench.crawl(source, proxy=f"http://127.0.0.1:{unused_tcp_port}"))[0]
    assert receipt["reason"] == "failed"
    assert "the proxy cannot be used" in receipt["errors"][0][2]


@pytest.mark.parametrize("url", ["http://localhost/", "http://app.localhost/", "http://127.0.0.1/", "http://[::1]/"])
def test_the_proxys_own_machine_is_no_page(url: str) -> None:
    with pytest.raises(guard.AddressRefused):
        guard.check_literal(url)


@pytest.mark.parametrize(
    "url", ["socks5://127.0.0.1:1080", "http://proxy", "http://", "http://proxy:80/path", "proxy:80"]
)
def test_what_is_no_proxy_is_told(url: str) -> None:
    with pytest.raises(ValueError, match="http://host:port"):
        guard.check_proxy(url)


async def test_a_certificate_of_its_own_is_refused_unless_the_source_says_so(own_server: str, bench: Bench) -> None:
    strict = Source("own", "own", "column", own_server, 1)
    receipt = (await bench.crawl(strict))[0]
    assert (receipt["reason"], receipt["pages"]) == ("failed", 0)
    assert "options.tls" in receipt["errors"][0][2]
    lax = Source("own", "own", "column", own_server, 1, options={"tls": "unverified"})
    assert (await bench.crawl(lax))[0]["reason"] == "finished"
    told = heads(bench)
    assert {record["WARC-Protocol"] for record in told} == {"tls/1.3"}
    assert all("certificate was not checked" in record["Reportwatch-TLS"] for record in told)


async def test_old_tls_is_spoken_only_where_the_source_says_so(
    old_server: str, bench: Bench, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # the certificate is to be trusted: only the TLS is old
    source = Source("old", "old", "column", old_server, 1)
    assert (await bench.crawl(source))[0]["reason"] == "failed"
    receipt = (await bench.crawl(Source("old", "old", "column", old_server, 1, options={"tls": "old"})))[0]
    assert (receipt["reason"], receipt["fresh"]) == ("finished", 1)
    told = heads(bench)
    assert {record["WARC-Protocol"] for record in told} == {"tls/1.1"}
    assert all(record["Reportwatch-TLS"].startswith("old: ") and record["WARC-Cipher-Suite"] for record in told)
    assert len(bench.rows(model.Page)) == len(told)
