"""How a page is fetched: the guard, the turn, the request; then its bytes are kept, and only then unpacked and seen."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Self

import aiohttp
import yarl
from scrapy import Request, Spider
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Headers, Response

from crawler import guard
from crawler.browser import Browser, wanted
from crawler.connection import context_of, session_for, told
from crawler.pipelines import Desk
from crawler.spiders.listing import ListingSpider
from crawler.turns import Turns, host_of
from crawler.verdict import CHALLENGE
from storage.archive import Answer, unpack
from storage.errors import AddressRefused, ArchiveDamaged, Blocked, FetchError, TooLarge

log = logging.getLogger("reportwatch.crawl")

CHUNK = 1 << 16
FULL_AGAIN = timedelta(days=7)  # after that a page is fetched in full once more: servers err about what has changed
NOT_MODIFIED = 304


def spider_of(crawler: Crawler) -> ListingSpider:
    """The spider that is run."""
    spider = crawler.spider
    if not isinstance(spider, ListingSpider):
        raise TypeError(f"{spider} is no spider of ours")
    return spider


def desk_of(crawler: Crawler) -> Desk:
    """The desk that the spider works for."""
    desk = spider_of(crawler).desk
    if not isinstance(desk, Desk):
        raise TypeError(f"{desk} is not the desk")
    return desk


class FetchHandler(BaseDownloadHandler):
    """One request after another, each to an address that the guard lets pass, in the host's turn.

    The response has its body as sent, still packed, and its headers as sent.
    """

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        self._spider = spider_of(crawler)
        self._opened = guard.openings(settings.getlist("GUARD_OPENED"))
        self._turns = Turns(Path(settings["TURNS_FOLDER"]))
        self._delay = max(settings.getfloat("TURNS_DELAY"), 0)
        self._timeout = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._cap = settings.getint("DOWNLOAD_MAXSIZE")
        self._proxy: str | None = settings.get("PROXY")
        self._tls = self._spider.source.options.get("tls")
        self._context = context_of(self._tls)
        self._session: aiohttp.ClientSession | None = None
        self._agent = settings["USER_AGENT"]
        self._one_by_one = asyncio.Lock()
        self._browser: Browser | None = None
        if wanted(self._spider.source):
            host = host_of(self._spider.source.start)
            self._browser = Browser(partial(self._for_script, host), self._agent, self._cap)

    async def download_request(self, request: Request) -> Response:
        """The answer.

        raises  AddressRefused, TooLarge, FetchError; IgnoreRequest when the crawl is being stopped
        """
        fetching = asyncio.ensure_future(self._in_turn(request))
        stopping = asyncio.ensure_future(self._spider.stopping.wait())
        await asyncio.wait({fetching, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if fetching.done():
            return await fetching
        fetching.cancel()
        raise IgnoreRequest("the crawl is being stopped")

    async def close(self) -> None:
        """End the connections, and the browser."""
        if self._browser is not None:
            await self._browser.close()
        if self._session is not None:
            await self._session.close()

    async def _in_turn(self, request: Request) -> Response:
        self._check(request.url)
        own = self._spider.source.delay
        pause = max(self._delay if own is None else own, request.meta.get("crawl_delay", 0))
        async with self._turns.turn(host_of(request.url), pause) as leave_alone:
            response = await self._answer(request)
            leave_alone(retry_after(response))
            return await self._rendered(request, response) if self._browser else response

    async def _rendered(self, request: Request, response: Response) -> Response:
        """A page of a source that needs a browser, as its scripts make it; a challenge is left as it came."""
        kind = text_of(response, "Content-Type").lower()
        if self._browser is None or request.meta.get("asks_robots") or response.status != 200 or "html" not in kind:
            return response
        encodings = text_of(response, "Content-Encoding").split(",")
        if found := CHALLENGE.search(unpack(response.body, encodings, self._cap).decode("utf-8", "replace")):
            request.meta["challenge"] = found[0]
            return response
        request.meta["connection"] = {**request.meta["connection"], "Reportwatch-Rendered": "by Chromium"}
        return await self._browser.rendered(response)

    async def _for_script(self, host: str, request: Request) -> Response:
        """What a script of a page asks for: in the turn that its page holds, or in that of another host."""
        self._check(request.url)
        if not self._spider.desk.allows(request.url):
            raise Blocked(f"{request.url}: robots.txt disallows it")
        request.headers.setdefault("User-Agent", self._agent)
        async with self._one_by_one:
            if host_of(request.url) == host:
                return await self._answer(request)
            async with self._turns.turn(host_of(request.url), 0):
                return await self._answer(request)

    def _check(self, url: str) -> None:
        try:
            if self._proxy:
                guard.check_literal(url, self._opened)
            else:
                guard.check_url(url)
        except guard.AddressRefused as error:
            raise AddressRefused(str(error)) from error

    async def _answer(self, request: Request) -> Response:
        try:
            async with (
                asyncio.timeout(self._timeout),
                self._connected().request(
                    request.method,
                    yarl.URL(request.url, encoded=True),
                    data=request.body or None,
                    headers=request.headers.to_tuple_list(),
                    allow_redirects=False,
                    proxy=self._proxy,
                    ssl=self._context,
                ) as answer,
            ):
                request.meta["connection"] = told(answer, self._tls, proxied=self._proxy is not None)
                body = await self._body(answer, request.url)
                headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.raw_headers]
                return Response(request.url, answer.status, Headers(_grouped(headers)), body, request=request)
        except guard.AddressRefused as error:
            raise AddressRefused(f"{request.url}: {error}") from error
        except TimeoutError as error:
            raise FetchError(f"{request.url}: no whole answer within {self._timeout:g} s") from error
        except (aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError) as error:
            raise FetchError(f"{request.url}: the proxy cannot be used: {error}") from error
        except aiohttp.ClientSSLError as error:
            raise FetchError(
                f"{request.url}: {error}; options.tls of the source says what may be done about it"
            ) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise FetchError(f"{request.url}: {type(error).__name__}: {error}") from error

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = session_for(self._opened, self._proxy, partial(self._spider.desk.count, "requests"))
        return self._session

    async def _body(self, answer: aiohttp.ClientResponse, url: str) -> bytes:
        if (answer.content_length or 0) > self._cap:
            raise TooLarge(f"{url}: {answer.content_length} bytes, the cap is {self._cap}")
        body = bytearray()
        async for chunk in answer.content.iter_chunked(CHUNK):
            body += chunk
            if len(body) > self._cap:
                answer.close()
                raise TooLarge(f"{url}: more than the cap of {self._cap} bytes")
        self._spider.desk.count("bytes", len(body))
        return bytes(body)


def _grouped(headers: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Values by name, but for Transfer-Encoding, which is undone."""
    grouped: dict[str, list[str]] = {}
    for name, value in headers:
        if name.lower() != "transfer-encoding":
            grouped.setdefault(name, []).append(value)
    return grouped


def retry_after(response: Response, now: datetime | None = None) -> float:
    """Seconds for which the server asks to be left alone (RFC 9110 §10.2.3); 0 where it does not."""
    written = text_of(response, "Retry-After").strip()
    if response.status not in (429, 503) or not written:
        return 0.0
    if written.isascii() and written.isdigit():
        return float(written)
    try:
        until = parsedate_to_datetime(written)
    except ValueError:
        return 0.0
    return max((until - (now or datetime.now(UTC))).total_seconds(), 0.0) if until.tzinfo else 0.0


def text_of(response: Response, name: str) -> str:
    """A header's value, or ""."""
    return (response.headers.get(name) or b"").decode("latin-1")


class TransientRetryMiddleware(RetryMiddleware):
    """Again what may succeed soon, and only that; the host's turn keeps the pauses and Retry-After."""

    def process_exception(
        self,
        request: Request,
        exception: Exception,
        spider: Spider | None = None,  # noqa: ARG002
    ) -> Request | None:
        """A request in place of one whose failure was transient, twice at most."""
        if isinstance(exception, FetchError) and exception.transient and not request.meta.get("dont_retry"):
            return self._retry(request, exception)
        return None


class KeepMiddleware:
    """Nearest to the network: asks for what has changed only, and has each response kept as it came.

    The response that goes on has the body unpacked, and `kept` in its meta. For 304 the known page goes on.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._desk = desk_of(crawler)
        self._cap = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._renders = wanted(self._desk.source)  # whose pages change though what leads to them does not

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Ask conditionally for a page that is known, unless that was long ago."""
        for name in ("If-None-Match", "If-Modified-Since"):
            request.headers.pop(name, None)
        known = self._desk.known(_address(request, request.url))
        request.meta["known"] = known
        whole = request.meta.get("unconditional") or request.method != "GET" or self._renders
        if whole or known is None or datetime.now(UTC) - known.fetched_at > FULL_AGAIN:
            return
        if known.etag:
            request.headers["If-None-Match"] = known.etag
        if known.modified:
            request.headers["If-Modified-Since"] = known.modified

    def process_response(self, request: Request, response: Response) -> Response | Request:
        """The response, kept.

        raises  Blocked for a challenge in place of a page that was to be rendered
        raises  FetchError or TooLarge for bytes that cannot be unpacked, after they are kept
        """
        known, now = request.meta.get("known"), datetime.now(UTC)
        if response.status == NOT_MODIFIED and known is not None:
            try:
                kept = self._desk.stands(_answer(request, response, response.body, now), known)
            except ArchiveDamaged as error:
                log.warning("archive.damaged url=%s error=%s", request.url, error)
                return _once_more(request)
            request.meta["kept"] = kept
            return response.replace(status=kept.page.status, body=kept.page.body)
        encodings = [value.decode("latin-1") for value in response.headers.getlist("Content-Encoding")]
        try:
            body = unpack(response.body, ",".join(encodings).split(","), self._cap)
        except ValueError as error:
            self._desk.keep(_answer(request, response, response.body, now), known)
            kind = TooLarge if "more than" in str(error) else FetchError
            raise kind(f"{request.url}: {error}") from error
        request.meta["kept"] = self._desk.keep(_answer(request, response, body, now), known)
        if mark := request.meta.get("challenge"):
            raise Blocked(
                f"{request.url}: a challenge of a firewall ({mark}); read robots.txt and ask, do not disguise"
            )
        response.headers.pop("Content-Encoding", None)
        return response.replace(body=body)


def _address(request: Request, url: str) -> str:
    """The address that an answer is known by: that of a POST has its body in it."""
    return str(request.meta.get("identity", url)) if request.method == "POST" else url


def _answer(request: Request, response: Response, body: bytes, now: datetime) -> Answer:
    headers = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    ]
    how = request.meta.get("connection", {})
    return Answer(_address(request, response.url), now, response.status, headers, response.body, body, how)


def _once_more(request: Request) -> Request:
    """The request, without conditions."""
    return request.replace(meta={**request.meta, "unconditional": True}, dont_filter=True)
