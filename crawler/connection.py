"""How a host is connected to: directly under the guard or through a proxy, and with which TLS.

Old TLS is a source's own setting (options.tls), never a fallback: who asks for it knows that the connection can be
listened to or answered by somebody else. What was agreed on is kept with every page that came over TLS.
"""

import ssl
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import aiohttp

from crawler import guard

OLD = "old"  # TLS 1.0 and weak ciphers are accepted; the certificate is checked all the same
UNVERIFIED = "unverified"  # the certificate is not checked, old TLS is accepted as well


def context_of(tls: str | None) -> ssl.SSLContext | bool:
    """What aiohttp is to demand of a server's TLS: True for today's usual."""
    if tls not in (OLD, UNVERIFIED):
        return True
    context = ssl.create_default_context()
    # By name rather than TLSv1: naming that is deprecated, and what the library still has is what can be had.
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.options |= ssl.OP_LEGACY_SERVER_CONNECT if hasattr(ssl, "OP_LEGACY_SERVER_CONNECT") else 0x4
    if tls == UNVERIFIED:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class Answered(aiohttp.ClientResponse):
    """A response that remembers over which TLS it came."""

    agreed: tuple[str, str] | None = None  # version and cipher suite

    async def start(self, connection: Any) -> "Answered":
        """Read the headers; by the end of the body the connection may be gone."""
        transport = connection.transport
        socket = transport.get_extra_info("ssl_object") if transport is not None else None
        if socket is not None:
            self.agreed = (socket.version() or "", (socket.cipher() or ("",))[0])
        await super().start(connection)
        return self


def session_for(opened: Sequence[guard.Opening], proxy: str | None, sent: Callable[[], None]) -> aiohttp.ClientSession:
    """A session whose connections the guard checks; with a proxy, connections are made to it alone.

    sent  called for each request as it leaves: once more where an idle connection turned out to be dead, never where
          none could be made
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=4) if proxy else guard.connector(opened),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        timeout=aiohttp.ClientTimeout(total=None),
        skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        response_class=Answered,
        trace_configs=[_telling(sent)],
    )


def _telling(sent: Callable[[], None]) -> aiohttp.TraceConfig:
    async def told_of(*_: object) -> None:
        sent()

    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(told_of)
    return trace


def told(answer: aiohttp.ClientResponse, tls: str | None, *, proxied: bool) -> Mapping[str, str]:
    """How an answer came, as headers of its record in the archive; the first two are those that Heritrix writes."""
    found: dict[str, str] = {}
    if isinstance(answer, Answered) and answer.agreed:
        version, cipher = answer.agreed
        found = {"WARC-Protocol": f"tls/{version.removeprefix('TLSv')}", "WARC-Cipher-Suite": cipher}
        if tls:
            found["Reportwatch-TLS"] = f"{tls}: {MEANS[tls]}"
    if proxied:
        found["Reportwatch-Proxy"] = "yes"
    return found


MEANS = {
    OLD: "old versions and ciphers were allowed",
    UNVERIFIED: "the certificate was not checked, old versions and ciphers were allowed",
}
