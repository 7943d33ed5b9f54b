"""Which addresses may be reached: public ones, and what the settings open by name. Every fetch and every webhook asks.

A name is checked when the connection is made, on the addresses that it is made to: the resolver's answer is the one
that is connected to, so a name that changes its mind in between (DNS rebinding) gains nothing. A host with one public
and one private address is refused as a whole.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# The IANA special-purpose address registries (RFC 6890 and its updates), written out because is_global has changed
# with the version of Python; multicast; and what carries an IPv4 address inside (6to4, Teredo, IPv4-compatible).
CLOSED: tuple[tuple[Network, str], ...] = tuple(
    (ipaddress.ip_network(network), why)
    for network, why in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "AS112"),
        ("192.52.193.0/24", "AMT"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "AS112"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::/96", "loopback or IPv4-compatible"),
        ("64:ff9b:1::/48", "local translation"),
        ("100::/64", "discard"),
        ("2001::/23", "protocol assignments, Teredo"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("2620:4f:8000::/48", "AS112"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "segment routing"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: how a machine with IPv6 alone reaches an IPv4 one
# What inet_aton takes for an address and ip_address does not: 2130706433, 0x7f.1, 0177.0.0.1, 127.1
DISGUISED = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+)){0,3}\.?", re.IGNORECASE)
UNFIT = re.compile(r"[\x00-\x20\x7f\\]")


class AddressRefused(Exception):
    """The address is not public, and no setting opens it; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A range that the settings open, on one port or on all."""

    network: Network
    port: int | None = None


def openings(ranges: Iterable[str]) -> tuple[Opening, ...]:
    """Ranges as settings write them: 127.0.0.0/8, 127.0.0.1:8080, ::1, [::1]:8080.

    raises  ValueError naming the range that is none
    """
    return tuple(map(_opening, ranges))


def _opening(text: str) -> Opening:
    found = re.fullmatch(
        r"\[(?P<v6>[^\]]+)\](?::(?P<port6>\d+))?|(?P<v4>[^:]+):(?P<port4>\d+)|(?P<bare>.+)", text.strip()
    )
    if found is None:
        raise ValueError(f"{text!r} is no range; write 127.0.0.0/8, 127.0.0.1:8080 or [::1]:8080")
    network = found["v6"] or found["v4"] or found["bare"]
    port = found["port6"] or found["port4"]
    try:
        return Opening(ipaddress.ip_network(network, strict=False), int(port) if port else None)
    except ValueError as error:
        raise ValueError(f"{text!r} is no range: {error}; write 127.0.0.0/8, 127.0.0.1:8080 or [::1]:8080") from error


def check_url(url: str) -> None:
    """What can be told from the text of an address: scheme, host, port, and tricks that parsers read differently.

    raises  AddressRefused
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise AddressRefused(f"{url!r}: {error}") from error
    if parts.scheme not in ("http", "https"):
        raise AddressRefused(f"{url!r}: only http and https are fetched")
    if UNFIT.search(url):
        raise AddressRefused(f"{url!r}: a space, control character or backslash in an address")
    if "@" in parts.netloc:
        raise AddressRefused(f"{url!r}: a name or password before the host")
    if not host or port == 0:
        raise AddressRefused(f"{url!r}: no host, or port 0")
    if DISGUISED.fullmatch(host) and not _is_address(host):
        raise AddressRefused(f"{url!r}: a number in place of a host")


# What is true no more once a proxy makes the connections.
UNPROMISED = (
    "names are resolved by the proxy, so that addresses which are not public are refused only where they are written "
    "as numbers; that no name leads into a private network is now for the proxy to see to"
)


def check_proxy(url: str) -> str:
    """The address of a proxy, http://host:port with a name and password before the host where it wants them.

    raises  ValueError for any other scheme, or for no host
    """
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname or not parts.port or parts.path.strip("/") or UNFIT.search(url):
        raise ValueError("a proxy is written http://host:port, or http://name:password@host:port")
    return url


def check_literal(url: str, opened: Sequence[Opening] = ()) -> None:
    """All that can be checked of an address that a proxy connects to: its text, and its host where that is a number.

    raises  AddressRefused
    """
    check_url(url)
    parts = urlsplit(url)
    host = parts.hostname or ""
    if _is_address(host):
        check_address(host, parts.port or (443 if parts.scheme == "https" else 80), opened)
    elif host.rstrip(".") == "localhost" or host.rstrip(".").endswith(".localhost"):
        raise AddressRefused(f"{url!r}: a name of the proxy's own machine")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def check_address(address: str, port: int, opened: Sequence[Opening] = (), host: str = "") -> None:
    """Whether an address, as the resolver or the socket has it, may be connected to.

    raises  AddressRefused naming host, address, the reason and how to open it
    """
    ip = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    if any(ip in opening.network and opening.port in (None, port) for opening in opened):
        return
    why = next((why for network, why in CLOSED if ip in network), None)
    if why is None and ip.is_global and not ip.is_multicast:
        return
    named = f"{host} ({address})" if host and host != address else address
    raise AddressRefused(f"{named} port {port}: not a public address ({why or 'reserved'}); only settings may open it")


def _unwrapped(ip: Address) -> Address:
    """The IPv4 address inside a mapped or translated one; itself otherwise."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip in TRANSLATED:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip


async def checked_addresses(host: str, port: int, opened: Sequence[Opening] = ()) -> list[tuple[str, int]]:
    """Addresses of a host, all of them checked: connect to these and resolve no more.

    raises  AddressRefused when any of them is closed; OSError (socket.gaierror) when the name is not known
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys((str(info[4][0]), port) for info in found))
    for address, _ in addresses:
        check_address(address, port, opened, host)
    return addresses


class Resolver(AbstractResolver):
    """The system's resolver, whose answers are checked before anybody connects to them."""

    def __init__(self, opened: Sequence[Opening]) -> None:
        self._opened = opened
        self._asked = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """All addresses of a host.

        raises  AddressRefused when one of them is closed; OSError when the name is not known
        """
        found = await self._asked.resolve(host, port, family)
        for answer in found:
            check_address(answer["host"], port, self._opened, host)
        return found

    async def close(self) -> None:
        """Nothing is held."""


def connector(opened: Sequence[Opening] = (), *, limit: int = 4) -> aiohttp.TCPConnector:
    """A connector for aiohttp that refuses closed addresses; one for crawls and webhooks alike.

    Names are checked as they are resolved, and every address, literal ones too, as its socket is made.
    aiohttp lets AddressRefused through as it is. Redirects are the caller's: check_url for each.
    """

    def make_socket(info: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
        family, kind, protocol, _, peer = info
        check_address(str(peer[0]), int(str(peer[1])), opened)
        return socket.socket(family, kind, protocol)

    return aiohttp.TCPConnector(resolver=Resolver(opened), socket_factory=make_socket, limit=limit)
