"""Sites on which everything is wrong, each fault at an address of its own."""

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from crawler.sample.answer import Answer, Target, html, moved
from crawler.sample.pages import noon, render

MEBIBYTE = 1 << 20
OVERSIZE = 64 * MEBIBYTE
DRIPS = 600
DRIP_PAUSE = 0.2


@dataclass(frozen=True)
class FaultSite:
    """A page of each kind of failure; `/` lists them."""

    id: str = "faults"
    name: str = "故障陈列馆"
    robots: str | None = None

    def answer(self, target: Target, _day: int, /) -> Answer | None:
        """The fault of that name."""
        if target.path == "/":
            return html(render("faults/home.html", names=tuple(FAULTS)))
        fault = FAULTS.get(target.path.strip("/"))
        return fault() if fault else None


@dataclass(frozen=True)
class ClosedSite:
    """A portal whose robots.txt forbids everything."""

    id: str = "closed"
    name: str = "谢绝抓取的门户"
    robots: str | None = "User-agent: *\nDisallow: /\n"

    def answer(self, _target: Target, _day: int, /) -> Answer | None:
        """A list that nobody should ask for."""
        return html(render("faults/list.html", links=(("/a.html", "2025年政府工作报告"),)))


@dataclass(frozen=True)
class AilingSite:
    """A portal whose robots.txt answers 503: RFC 9309 §2.3.1.4 says to stay away."""

    id: str = "ailing"
    name: str = "病中的门户"
    robots: str | None = None

    def answer(self, target: Target, _day: int, /) -> Answer | None:
        """503 for robots.txt, a list for all else."""
        if target.path == "/robots.txt":
            return html("<h1>503 Service Unavailable</h1>", status=503)
        return html(render("faults/list.html", links=(("/a.html", "2025年政府工作报告"),)))


def _page(name: str, status: int = 200, **headers: str) -> Callable[[], Answer]:
    def answer() -> Answer:
        made = html(render(f"faults/{name}.html"), status=status, kept=False)
        return Answer(
            made.body, status, {**made.headers, **{k.replace("_", "-"): v for k, v in headers.items()}}, kept=False
        )

    return answer


def _bare(status: int, **headers: str) -> Callable[[], Answer]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    text = f"<html><body><h1>{status}</h1></body></html>"
    return lambda: Answer(text.encode(), status, {"Content-Type": "text/html", **named}, kept=False)


def _drip() -> Answer:
    """A page that arrives a few bytes at a time, two minutes long."""
    beginning = "<html><head><title>政府工作报告</title></head><body>".encode()
    return Answer(
        headers={"Content-Type": "text/html; charset=utf-8"},
        stream=lambda: iter([beginning, *(f"<p>{number}</p>".encode() for number in range(DRIPS))]),
        pause=DRIP_PAUSE,
    )


def _oversize(*, declared: bool) -> Answer:
    """64 MiB of page; with its length in the header, or without."""
    line = ("<p>" + "政府工作报告" * 50 + "</p>\n").encode()
    chunk = line * (MEBIBYTE // len(line)) + b" " * (MEBIBYTE % len(line))

    def stream() -> Iterator[bytes]:
        yield from (chunk for _ in range(OVERSIZE // MEBIBYTE))

    headers = {"Content-Type": "text/html; charset=utf-8"}
    return Answer(headers=headers | ({"Content-Length": str(OVERSIZE)} if declared else {}), stream=stream)


@cache
def _bomb() -> Answer:
    """64 KiB on the wire, 64 MiB unpacked; packed in a moment, for one piece is repeated (RFC 1952, one member)."""
    packer, beginning, piece = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS), b"<html><body>", b" " * MEBIBYTE
    first, again = (packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH) for part in (beginning, piece))
    times, check = OVERSIZE // MEBIBYTE, zlib.crc32(beginning)
    for _ in range(times):
        check = zlib.crc32(piece, check)
    end = struct.pack("<LL", check, len(beginning) + OVERSIZE)
    packed = b"\x1f\x8b\x08" + bytes(6) + b"\xff" + first + again * times + packer.flush() + end
    return Answer(packed, 200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, kept=False)


def _cut_off() -> Answer:
    """A body that ends before its declared length."""
    body = "<html><body><p>政府工作报告".encode()
    return Answer(headers={"Content-Type": "text/html", "Content-Length": "9000"}, stream=lambda: iter([body]))


def _challenge(status: int) -> Callable[[], Answer]:
    cookie = "FSSZ0=6c1f; path=/" if status == 412 else "__jsl_ck=1749; max-age=3600; path=/"
    return _page("challenge" if status == 412 else "stub", status, Set_Cookie=cookie)


FAULTS: dict[str, Callable[[], Answer]] = {
    "blocked": _page("blocked", 403),
    "blocked-200": _page("blocked"),
    "challenge": _challenge(412),
    "cookie": _challenge(521),
    "soft-404": _page("soft404"),
    "not-found": _page("soft404", 404),
    "to-home": lambda: moved("/", 301),
    "shell": _page("shell"),
    "target": lambda: html(
        render("faults/list.html", links=(("/error", "2025年政府工作报告"),)), modified=noon(2025, 1, 9)
    ),
    "empty": lambda: html("", kept=False),
    "no-links": lambda: html(render("faults/list.html", links=())),
    "other-links": lambda: html(render("faults/list.html", links=(("/blocked", "通知公告"), ("/error", "人事任免")))),
    "error": _bare(500),
    "gateway": _bare(502),
    "unavailable": _bare(503, Retry_After="2"),
    "too-many": _bare(429, Retry_After="2"),
    "drip": _drip,
    "oversize": lambda: _oversize(declared=False),
    "oversize-declared": lambda: _oversize(declared=True),
    "bomb": _bomb,
    "cut-off": _cut_off,
    "loop": lambda: moved("/loop-back"),
    "loop-back": lambda: moved("/loop"),
    "self": lambda: moved("/self"),
    "private": lambda: moved("http://10.11.12.13/zwgk/"),
    "metadata": lambda: moved("http://169.254.169.254/latest/meta-data/"),
    "file": lambda: moved("file:///etc/hostname"),
    "login": _page("login"),
}
