"""Pages that scripts write, in Chromium: for sources that say so alone, and never to get past a challenge.

Chromium connects to nobody. The page was fetched like any other; what its scripts ask for is fetched here too, one
after another, under the same guard, and handed in. Whatever found a way around that is sent to a proxy that is not
there. Pictures, films, fonts and styles are left out, and nothing is remembered from one page to the next.

Playwright is used directly: scrapy-playwright's handler demands the Twisted reactor, which crawls do without.
"""

import os
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.http import Response

from crawler.spiders.links import same_site
from storage.archive import unpack
from storage.errors import BadSource, FetchError, ReportwatchError
from storage.values import Source

if TYPE_CHECKING:
    from playwright.async_api import Browser as Chromium
    from playwright.async_api import Playwright, Route

LEFT_OUT = frozenset(("image", "media", "font", "stylesheet", "texttrack", "eventsource", "websocket", "manifest"))
MOST = 60  # requests that the scripts of a page may make
HOPS = 5  # redirects that are followed for one of them
QUIET = 10.0  # seconds for the scripts to come to rest
NAMES = ("chromium", "chromium-browser", "google-chrome")
INSTALL = "pip install 'reportwatch[browser]'; on Debian also: apt install chromium"
HEADERS = frozenset(("accept", "content-type", "referer", "x-requested-with"))  # of a script's, that are handed on
ARGUMENTS = (
    "--proxy-server=http://127.0.0.1:9",  # the discard port: whatever is not handed in comes to nothing
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)

Fetch = Callable[[Request], Awaitable[Response]]


def wanted(source: Source) -> bool:
    """Whether the pages of a source are to be rendered."""
    return source.options.get("browser") == "true"


def check_installed(source: Source) -> None:
    """Whether a source that wants a browser can have one.

    raises  BadSource naming the extra to install
    """
    if wanted(source) and find_spec("playwright") is None:
        where = source.origin or source.id
        raise BadSource([f"{where}: options.browser needs the extra `browser` and Chromium: {INSTALL}"])


class Browser:
    """Chromium, started with the first page; `fetch` gets what its scripts ask for, or raises ReportwatchError."""

    def __init__(self, fetch: Fetch, agent: str, cap: int) -> None:
        self._fetch = fetch
        self._agent = agent
        self._cap = cap
        self._playwright: Playwright | None = None
        self._chromium: Chromium | None = None

    async def close(self) -> None:
        """End it."""
        if self._chromium is not None:
            await self._chromium.close()
        if self._playwright is not None:
            await self._playwright.stop()
        self._chromium = self._playwright = None

    async def rendered(self, page: Response) -> Response:
        """The page as it stands when its scripts have come to rest, or after QUIET seconds.

        raises  FetchError when Chromium cannot be started or fails
        """
        from playwright.async_api import Error

        try:
            body = await self._content(page)
        except Error as error:
            raise FetchError(f"{page.url}: Chromium: {error.message.splitlines()[0]}") from error
        if len(body) > self._cap:
            raise FetchError(f"{page.url}: more than {self._cap} bytes when rendered")
        headers = page.headers.copy()
        headers.pop("Content-Encoding", None)
        headers["Content-Type"] = "text/html; charset=utf-8"
        return page.replace(body=body, headers=headers)

    async def _content(self, page: Response) -> bytes:
        from playwright.async_api import TimeoutError as Slow

        chromium = await self._started()
        context = await chromium.new_context(user_agent=self._agent, locale="zh-CN", service_workers="block")
        try:
            await context.route("**/*", Handing(self._fetch, page, self._cap))
            tab = await context.new_page()
            await tab.goto(page.url, wait_until="domcontentloaded", timeout=QUIET * 1000)
            with suppress(Slow):  # a page that never rests is taken as it is
                await tab.wait_for_load_state("networkidle", timeout=QUIET * 1000)
            content: str = await tab.content()
            return content.encode()
        finally:
            await context.close()

    async def _started(self) -> "Chromium":
        from playwright.async_api import async_playwright

        if self._chromium is None:
            self._playwright = await async_playwright().start()
            sandboxed = os.geteuid() != 0  # root has no sandbox to be had; nobody should crawl as root
            self._chromium = await self._playwright.chromium.launch(
                executable_path=next(filter(None, map(shutil.which, NAMES)), None),
                args=list(ARGUMENTS),
                chromium_sandbox=sandboxed,
            )
        return self._chromium


class Handing:
    """Hands a page what it asks for: itself first, then what its scripts want, from the guard's side of the wall."""

    def __init__(self, fetch: Fetch, page: Response, cap: int) -> None:
        self._fetch = fetch
        self._page = page
        self._cap = cap
        self._left = MOST

    async def __call__(self, route: "Route") -> None:
        """Answer one request."""
        asked = route.request
        if asked.is_navigation_request() and asked.url == self._page.url and asked.method == "GET":
            await self._hand(route, self._page)
            return
        stranger = asked.is_navigation_request() and not same_site(asked.url, self._page.url)
        if asked.resource_type in LEFT_OUT or asked.method not in ("GET", "POST") or stranger or self._left <= 0:
            await route.abort()
            return
        self._left -= 1
        headers = {
            name: value for name, value in asked.headers.items() if name in ("accept", "content-type", "referer")
        }
        request = Request(asked.url, method=asked.method, body=asked.post_data_buffer or b"", headers=headers)
        try:
            await self._hand(route, await self._followed(request))
        except (ReportwatchError, ValueError):
            await route.abort()

    async def _followed(self, request: Request) -> Response:
        """The answer at the end of the redirects: those that Chromium follows are not shown to us."""
        for _ in range(HOPS):
            answer = await self._fetch(request)
            target = answer.headers.get("Location")
            if answer.status not in (301, 302, 303, 307, 308) or not target:
                return answer
            request = Request(answer.urljoin(target.decode("latin-1")), headers=request.headers)
        raise FetchError(f"{request.url}: more than {HOPS} redirects")

    async def _hand(self, route: "Route", answer: Response) -> None:
        encodings = [value.decode("latin-1") for value in answer.headers.getlist("Content-Encoding")]
        body = unpack(answer.body, ",".join(encodings).split(","), self._cap)
        kept: dict[str, Any] = {
            name: (answer.headers.get(name) or b"").decode("latin-1")
            for name in ("Content-Type", "Access-Control-Allow-Origin")
            if name in answer.headers
        }
        await route.fulfill(status=answer.status, headers=kept, body=body)
