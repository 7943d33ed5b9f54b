"""The sample web: invented sites, each on its own port of loopback, on the first or the second day.

Day one knows the reports of 2022 to 2025; on day two those of 2026 and their reprints have come out.
`SampleWeb.answer` is a pure function of site, day, path and request headers; `serve` puts it on real HTTP.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Protocol

from jinja2 import Environment, StrictUndefined

from crawler.sample.answer import Answer, Target, fit, html, plain, target
from crawler.sample.library import read_library
from crawler.sample.server import LOOPBACK, Request, SiteServer
from crawler.sample.sites import sites


class Site(Protocol):
    """One invented site. `robots`: its robots.txt, None where it has none."""

    @property
    def id(self) -> str:
        """Short name, as in the registry."""

    @property
    def name(self) -> str:
        """As the site calls itself."""

    @property
    def robots(self) -> str | None:
        """Text of robots.txt."""

    def answer(self, target: Target, day: int, /) -> Answer | None:
        """The page at a path, or None where there is none."""


@dataclass(frozen=True)
class SampleWeb:
    """All sites, without a socket."""

    sites: Mapping[str, Site]

    def answer(self, site: str, address: str, *, day: int = 1, asked: Mapping[str, str] | None = None) -> Answer:
        """What a site answers to path and query; `asked` are the request's headers, names in lower case."""
        asking = target(address)
        place = self.sites[site]
        if asking.path == "/robots.txt" and place.robots is not None:
            return fit(plain(place.robots), asked or {})
        found = place.answer(asking, day)
        return fit(found, asked or {}) if found else html(NOT_FOUND, status=404)


def sample_web(reports: Traversable | None = None) -> SampleWeb:
    """The sample web over the reports in a folder; without one, over those that come with the package."""
    return SampleWeb({site.id: site for site in sites(read_library(reports))})


@dataclass
class RunningWeb:
    """The sample web on loopback. Set `day` to 2 and the new reports are out."""

    web: SampleWeb
    day: int = 1
    log: list[Request] = field(default_factory=list)
    ports: dict[str, int] = field(default_factory=dict)

    def host(self, site: str) -> str:
        """127.0.0.1:port of a site."""
        return f"{LOOPBACK}:{self.ports[site]}"

    def address(self, site: str, path: str = "/") -> str:
        """The address of a path on a site."""
        return f"http://{self.host(site)}{path}"

    def registry(self) -> str:
        """The sample's sources, as YAML of the registry's format, with today's ports."""
        template = (files("crawler.sample") / "sources.yaml").read_text("utf-8")
        addresses = {site: self.address(site, "") for site in self.web.sites}
        # YAML quotes what it must; nothing here is HTML
        return Environment(undefined=StrictUndefined, autoescape=False).from_string(template).render(addresses)  # noqa: S701

    def requests(self, site: str | None = None) -> list[Request]:
        """What was asked so far, of one site or of all, in the order of the answers."""
        return [request for request in list(self.log) if site in (None, request.site)]

    def respond(self, site: str, path: str, asked: Mapping[str, str]) -> Answer:
        """The answer of today; what the servers ask."""
        return self.web.answer(site, path, day=self.day, asked=asked)


@contextmanager
def serve(day: int = 1, *, port: int = 0, reports: Traversable | None = None) -> Iterator[RunningWeb]:
    """The sample web, running until the block ends.

    port     of the first site, the others follow; 0 lets the system choose
    reports  a folder of texts in place of the package's
    raises   OSError where a port is taken
    """
    running = RunningWeb(sample_web(reports), day)
    servers: list[SiteServer] = []
    try:
        for number, site in enumerate(running.web.sites):
            servers.append(SiteServer(site, port + number if port else 0, running.respond, running.log))
            running.ports[site] = servers[-1].server_address[1]
            servers[-1].start()
        yield running
    finally:
        _close(servers)


def registry_at(port: int) -> str:
    """The registry of the sample web as it is served from that port on; nothing is served."""
    web = sample_web()
    return RunningWeb(web, ports={site: port + number for number, site in enumerate(web.sites)}).registry()


def _close(servers: list[SiteServer]) -> None:
    """End all servers side by side: each waits for the beat of its own loop."""
    with ThreadPoolExecutor(max(1, len(servers))) as pool:
        for ending in [pool.submit(server.close) for server in servers]:
            ending.result()


NOT_FOUND = "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>"
