"""Which addresses may be reached."""

import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from crawler import guard

CLOSED = (
    "127.0.0.1 127.8.9.10 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 0.0.0.0",
    "0.1.2.3 100.64.0.1 100.127.255.255 192.88.99.1 192.0.0.8 192.0.0.170 192.0.2.1 198.18.0.1 198.19.255.255",
    "198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255",
    "::1 :: fc00::1 fdff::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 3fff::1 3fff:fff::1 2001:db8::1 100::1 5f00::1",
    "::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 ::10.0.0.1 2002:7f00:1:: 2002:808:808::",
    "2001:0:7f00:1::1 2001:0:808:808::1 64:ff9b::127.0.0.1 64:ff9b::169.254.169.254 64:ff9b:1::1",
)


@pytest.mark.parametrize("address", " ".join(CLOSED).split())
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(guard.AddressRefused, match="only settings may open it"):
        guard.check_address(address, 80)


@pytest.mark.parametrize("address", ["8.8.8.8", "202.108.0.1", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_a_public_address_may_be_reached(address: str) -> None:
    guard.check_address(address, 80)


@pytest.mark.parametrize(
    "host",
    ["2130706433", "017700000001", "0x7f000001", "0x7f.1", "127.1", "127.0.1", "0177.0.0.1", "0x7f.0x0.0x0.0x1", "0"],
)
def test_a_number_in_place_of_a_host_is_refused(host: str) -> None:
    with pytest.raises(guard.AddressRefused, match="a number in place of a host"):
        guard.check_url(f"http://{host}/")


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1"])
async def test_what_the_resolver_makes_of_a_number_is_refused_too(host: str) -> None:
    with pytest.raises(guard.AddressRefused, match=r"127\.0\.0\.1"):
        await guard.checked_addresses(host, 80)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.cn/",
        "gopher://127.0.0.1:25/",
        "source:http://127.0.0.1/",
        "javascript:alert(1)",
        "//example.cn/",
        "http:///path",
        "http://example.cn:0/",
        "http://example.cn:99999/",
        "http://user@example.cn/",
        "http://example.cn@127.0.0.1/",
        "http://127.0.0.1:8888\\@example.cn/",
        "http://example.cn\\.evil/",
        "http://exam ple.cn/",
        "http://example.cn/a\r\nHost: b",
        "http://[::1/",
    ],
)
def test_an_address_with_a_trick_is_refused(url: str) -> None:
    with pytest.raises(guard.AddressRefused):
        guard.check_url(url)


@pytest.mark.parametrize(
    "url", ["http://www.bjchy.gov.cn/a?b=@c", "https://x.cn:8443/", "http://[2400:3200::1]/", "http://163.com/"]
)
def test_an_ordinary_address_passes(url: str) -> None:
    guard.check_url(url)


def test_a_range_is_opened_by_name() -> None:
    opened = guard.openings(["127.0.0.0/8", "[::1]:8080", "10.1.2.3"])
    guard.check_address("127.0.0.1", 80, opened)
    guard.check_address("::ffff:127.0.0.1", 80, opened)
    guard.check_address("::1", 8080, opened)
    guard.check_address("10.1.2.3", 1, opened)
    for address, port in (("::1", 80), ("10.1.2.4", 1), ("192.168.0.1", 80)):
        with pytest.raises(guard.AddressRefused):
            guard.check_address(address, port, opened)


def test_a_range_may_name_one_port() -> None:
    opened = guard.openings(["127.0.0.1:8025"])
    guard.check_address("127.0.0.1", 8025, opened)
    with pytest.raises(guard.AddressRefused):
        guard.check_address("127.0.0.1", 8026, opened)


@pytest.mark.parametrize("text", ["localhost", "127.0.0.1/33", "127.0.0.1:port", "", "[::1"])
def test_a_range_that_is_none_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="no range"):
        guard.openings([text])


async def test_a_host_with_one_private_address_is_refused_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def two_faced(*args: object, **kwargs: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", two_faced)
    with pytest.raises(guard.AddressRefused, match=r"two\.faced \(10\.0\.0\.1\)"):
        await guard.checked_addresses("two.faced", 80)
    with pytest.raises(guard.AddressRefused, match=r"two\.faced \(10\.0\.0\.1\)"):
        await guard.Resolver(()).resolve("two.faced", 80)


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """A server on loopback; what comes back is its port."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="reached")

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def fetch(host: str, port: int, opened: list[str]) -> str:
    connector = guard.connector(guard.openings(opened))
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        session.get(f"http://{host}:{port}/", allow_redirects=False) as answer,
    ):
        return await answer.text()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f.1"])
async def test_a_connection_to_a_closed_address_is_never_made(host: str, port: int) -> None:
    with pytest.raises(guard.AddressRefused):
        await fetch(host, port, [])
    with pytest.raises(guard.AddressRefused):
        await fetch(host, port, [f"127.0.0.1:{port + 1}"])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_connection_to_an_opened_address_is_made(host: str, port: int) -> None:
    assert await fetch(host, port, ["127.0.0.0/8", "::1"]) == "reached"
