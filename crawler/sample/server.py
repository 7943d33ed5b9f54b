"""HTTP/1.1 on loopback for the sites of the sample, with a log from which politeness can be measured."""

import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from socket import SHUT_RDWR, socket
from typing import Protocol, cast

from crawler.sample.answer import Answer

LOOPBACK = "127.0.0.1"
BEAT = 0.05  # seconds between two looks at whether to close


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the server saw it.

    started, ended  seconds of one monotonic clock, common to all sites; `ended` is taken before the last byte
                    leaves, so that a client that waits for it never seems to overlap
    asked           the request's headers, names in lower case
    """

    site: str
    method: str
    path: str
    status: int
    started: float
    ended: float
    asked: Mapping[str, str]


class Respond(Protocol):
    """What the server asks for each request."""

    def __call__(self, site: str, path: str, asked: Mapping[str, str]) -> Answer:
        """The answer of a site to a path with query."""


class SiteServer(ThreadingHTTPServer):
    """One site on a port of its own, a thread a connection."""

    daemon_threads = False  # closing waits for them
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, site: str, port: int, respond: Respond, log: list[Request]) -> None:
        super().__init__((LOOPBACK, port), _Exchange)
        self.site = site
        self.respond = respond
        self.log = log
        self.closing = threading.Event()
        self._open: set[socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(BEAT,), name=f"sample-{site}")

    def start(self) -> None:
        """Serve in a thread of its own until `close`."""
        self._thread.start()

    def process_request(self, request: object, client_address: object) -> None:
        """Remember the connection, so that closing can end one that idles."""
        with self._lock:
            self._open.add(cast("socket", request))
        super().process_request(request, client_address)  # type: ignore[arg-type]

    def shutdown_request(self, request: object) -> None:
        """Forget the connection and close it."""
        with self._lock:
            self._open.discard(cast("socket", request))
        super().shutdown_request(request)  # type: ignore[arg-type]

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing where a client left early, which is its right; all else is a bug and is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def close(self) -> None:
        """Stop listening, end every open connection, wait for its thread."""
        self.closing.set()
        self.shutdown()
        with self._lock:
            for connection in self._open:
                _hang_up(connection)
        self.server_close()
        self._thread.join()


def _hang_up(connection: socket) -> None:
    try:
        connection.shutdown(SHUT_RDWR)
    except OSError:  # the other side was quicker
        return


class _Exchange(BaseHTTPRequestHandler):
    """Requests of one connection."""

    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    timeout = 30
    wbufsize = 1 << 16
    disable_nagle_algorithm = True
    server: SiteServer

    def do_GET(self) -> None:
        """Answer, and note it in the log."""
        started = time.monotonic()
        asked = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.respond(self.server.site, self.path, asked)
        self._send(answer, started, asked)

    do_HEAD = do_GET  # noqa: N815

    def _send(self, answer: Answer, started: float, asked: Mapping[str, str]) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.stream is None:
            self._note(answer, started, asked)
            self._whole(answer)
            return
        try:
            self._piecemeal(answer)
        finally:
            self._note(answer, started, asked)

    def _whole(self, answer: Answer) -> None:
        if answer.status != 304 and "Content-Length" not in answer.headers:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    def _piecemeal(self, answer: Answer) -> None:
        """Chunks until they end, the client leaves or the site closes; the connection is closed after."""
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.flush()
        chunks: Iterator[bytes] = answer.stream() if answer.stream and self.command != "HEAD" else iter(())
        for chunk in chunks:
            if self.server.closing.wait(answer.pause):
                return
            self.wfile.write(chunk)
            self.wfile.flush()

    def _note(self, answer: Answer, started: float, asked: Mapping[str, str]) -> None:
        ended = time.monotonic()
        site = self.server.site
        self.server.log.append(Request(site, self.command, self.path, answer.status, started, ended, asked))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class names it
        """Nothing on standard error: the log is kept as values."""


def most_at_once(requests: Iterable[Request]) -> int:
    """The largest number of requests that were being answered at one moment."""
    edges = sorted(edge for request in requests for edge in ((request.started, 1), (request.ended, -1)))
    running = most = 0
    for _, step in edges:
        running += step
        most = max(most, running)
    return most


def shortest_gap(requests: Iterable[Request]) -> float:
    """Seconds between the beginnings of two requests, where it was shortest; infinite for fewer than two."""
    begun = sorted(request.started for request in requests)
    return min((later - earlier for earlier, later in pairwise(begun)), default=float("inf"))
