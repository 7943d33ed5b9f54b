"""What crawls are tested with: a site of a few pages on loopback, and a crawl in this process."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from crawler.job import Job
from crawler.sample.server import Request
from storage import model
from storage.archive import Archive
from storage.database import connect, open_database
from storage.values import Source

AGENT = "reportwatch/0.1 (+mailto:tests@example.org)"
Reply = tuple[int, Mapping[str, str], str | bytes]


@dataclass
class Site:
    """Pages by path; a page may be a function of the request's headers. `log` as the sample web keeps it."""

    address: str
    pages: dict[str, Reply | str | Callable[[Mapping[str, str]], Reply]] = field(default_factory=dict)
    log: list[Request] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order, robots.txt left out."""
        return [request.path for request in self.log if request.path != "/robots.txt"]

    def source(self, start: str = "/list/", family: str = "column", **more: Any) -> Source:
        """A source on this site."""
        return Source("site", "a site", family, self.address + start, 1, **more)


@pytest.fixture
def site() -> Iterator[Site]:
    """A site without pages; every address it does not know answers 404."""

    class Exchange(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            started = time.monotonic()
            asked = {name.lower(): value for name, value in self.headers.items()}
            asked["body"] = self.rfile.read(int(asked.get("content-length", 0))).decode()
            found = made.pages.get(self.path, (404, {}, "<h1>404</h1>"))
            found = found(asked) if callable(found) else found
            status, headers, body = found if isinstance(found, tuple) else (200, {}, found)
            sent = body.encode() if isinstance(body, str) else body
            made.log.append(Request("site", self.command, self.path, status, started, time.monotonic(), asked))
            self.send_response(status)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Exchange)
    server.daemon_threads = True
    made = Site(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Bench:
    """A database and an archive to crawl into."""

    folder: Path
    engine: Engine
    archive: Archive

    def job(self, *sources: Source, **more: Any) -> dict[str, Any]:
        """A job over these sources, without a delay, loopback opened."""
        return {
            "sources": [asdict(source) for source in sources],
            "database": f"sqlite:///{self.folder}/reportwatch.db",
            "archive": str(self.folder / "archive"),
            "turns": str(self.folder / "turns"),
            "agent": AGENT,
            "opened": ["127.0.0.0/8"],
            "delay": 0.0,
            "timeout": 10.0,
            **more,
        }

    async def crawl(self, *sources: Source, **more: Any) -> list[dict[str, Any]]:
        """Crawl in this process; what comes back are the receipts as results, by the order they were opened in."""
        from crawler.__main__ import Crawl  # here, so that tests of leaves do not wait for every room to be imported

        before = len(self.rows(model.Receipt))
        await Crawl(Job.model_validate(self.job(*sources, **more)), self.engine, self.archive).run()
        return [receipt.model_dump() for receipt in self.rows(model.Receipt)[before:]]

    def age(self, **time_: float) -> None:
        """Let time pass: all that was fetched was fetched so much earlier."""
        with Session(self.engine) as session:
            for page in session.exec(select(model.Page)):
                page.fetched_at -= timedelta(**time_)
                session.add(page)
            session.commit()

    def rows(self, table: Any) -> list[Any]:
        """All rows of a table, in order."""
        with Session(self.engine) as session:
            return list(session.exec(select(table).order_by(table.id)))


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database without rows, to copy: migrating takes longer than most crawls here."""
    folder = tmp_path_factory.mktemp("empty")
    open_database(f"sqlite:///{folder}/reportwatch.db").dispose()
    return folder / "reportwatch.db"


@pytest.fixture
def bench(tmp_path: Path, empty: Path) -> Iterator[Bench]:
    """An empty database and archive."""
    shutil.copy(empty, tmp_path / "reportwatch.db")
    engine = connect(f"sqlite:///{tmp_path}/reportwatch.db")
    with Archive(tmp_path / "archive") as archive:
        yield Bench(tmp_path, engine, archive)
    engine.dispose()


def listing(*links: tuple[str, str], more: str = "") -> str:
    """A list page with these links: address and text."""
    return (
        "<html><body><ul>" + "".join(f'<li><a href="{u}">{t}</a></li>' for u, t in links) + f"</ul>{more}</body></html>"
    )


def report(year: int, extra: str = "") -> str:
    """A page that holds a report of an invented district, long enough to be one; no two lines are alike."""
    done, planned = (
        "".join(f"<p>{verb}第{n}项工程建设，{verb}{n}个社区的服务设施和各项民生工作。</p>" for n in range(1, 30))
        for verb in ("过去一年完成了", "今年我们将推进")
    )
    return (
        f"<html><head><title>{year}年澜汀区政府工作报告</title></head><body><h1>政府工作报告</h1>"
        f"<p>——{year}年1月7日在云岭市澜汀区第五届人民代表大会第四次会议上</p><p>各位代表：</p>"
        f"<p>一、{year - 1}年工作回顾</p>{done}<p>二、{year}年重点任务</p>{planned}{extra}</body></html>"
    )
