"""The sample web on real HTTP."""

import gzip
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from typing import Self

import pytest

from crawler.sample.server import Request, most_at_once, shortest_gap
from crawler.sample.web import RunningWeb, serve

COLUMN = "/zwgk/ghjh/zfgzbg/"


@pytest.fixture
def web() -> Iterator[RunningWeb]:
    with serve() as running:
        yield running


class Client:
    """A connection to one site, closed with the block."""

    def __init__(self, web: RunningWeb, site: str) -> None:
        self.connection = HTTPConnection(web.host(site), timeout=10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def get(self, path: str, **headers: str) -> HTTPResponse:
        self.connection.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        return self.connection.getresponse()


def test_a_list_answers_304_to_its_etag_until_day_two(web):
    with Client(web, "lanting") as client:
        first = client.get(COLUMN)
        first.read()
        again = client.get(COLUMN, If_None_Match=first.headers["ETag"])
        assert (again.status, again.read()) == (304, b"")
        web.day = 2
        changed = client.get(COLUMN, If_None_Match=first.headers["ETag"])
        assert changed.status == 200
        assert "2026年澜汀区政府工作报告" in changed.read().decode()


def test_an_article_answers_304_to_its_date(web):
    with Client(web, "paper") as client:
        path = "/cloud/html/2025-02/18/content_3107.htm"
        first = client.get(path)
        first.read()
        again = client.get(path, If_Modified_Since=first.headers["Last-Modified"])
        assert (again.status, again.read()) == (304, b"")
        older = client.get(path, If_Modified_Since="Mon, 01 Jan 2024 00:00:00 GMT")
        assert older.status == 200
        older.read()
        unreadable = client.get(path, If_Modified_Since="yesterday")
        assert unreadable.status == 200
        unreadable.read()


def test_gzip_is_sent_where_it_is_taken(web):
    with Client(web, "lanting") as client:
        plain = client.get(COLUMN).read()
        packed = client.get(COLUMN, Accept_Encoding="gzip, deflate")
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.read()) == plain


def test_head_has_headers_and_no_body(web):
    with Client(web, "lanting") as client:
        client.connection.request("HEAD", COLUMN)
        answer = client.connection.getresponse()
        assert int(answer.headers["Content-Length"]) > 1000
        assert answer.read() == b""
        assert client.get(COLUMN).status == 200


def test_each_site_has_a_host_of_its_own(web):
    assert len({web.host(site) for site in web.web.sites}) == len(web.web.sites)


def test_the_log_keeps_what_was_asked_with_its_headers(web):
    with Client(web, "wall") as client:
        client.get("/c-12.html?x=1", User_Agent="watcher").read()
    [asked] = web.requests("wall")
    assert (asked.method, asked.path, asked.status) == ("GET", "/c-12.html?x=1", 200)
    assert asked.asked["user-agent"] == "watcher"
    assert asked.started <= asked.ended
    assert web.requests("forum") == []


def test_many_clients_at_once_are_all_served(web):
    statuses: list[int] = []

    def ask() -> None:
        with Client(web, "paged") as client:
            for _ in range(5):
                answer = client.get("/baogao/")
                answer.read()
                statuses.append(answer.status)

    clients = [threading.Thread(target=ask) for _ in range(12)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    assert statuses == [200] * 60
    assert len(web.requests("paged")) == 60


def test_one_client_after_the_other_never_seems_to_overlap(web):
    for _ in range(40):
        with Client(web, "forum") as client:
            client.get("/forum.php").read()
    assert most_at_once(web.requests()) == 1


def test_politeness_is_read_from_the_log():
    def request(started: float, ended: float) -> Request:
        return Request("a", "GET", "/", 200, started, ended, {})

    log = [request(0.0, 2.0), request(1.0, 3.0), request(5.0, 6.0)]
    assert most_at_once(log) == 2
    assert most_at_once(log[1:]) == 1
    assert shortest_gap(log) == 1.0
    assert shortest_gap(log[:1]) == float("inf")


def test_a_slow_page_and_an_idle_connection_do_not_keep_the_web_from_closing():
    with serve() as web:
        idle = Client(web, "lanting")
        idle.get(COLUMN).read()
        slow = Client(web, "faults")
        answer = slow.get("/drip")
        assert answer.read(20).startswith(b"<html>")
    answer.close()
    for client in (idle, slow):
        client.connection.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sample-")]


def test_a_client_may_leave_in_the_middle_of_an_oversize_page(web):
    with Client(web, "faults") as client:
        answer = client.get("/oversize")
        assert "Content-Length" not in answer.headers
        assert len(answer.read(1 << 20)) == 1 << 20
        answer.close()
    with Client(web, "faults") as client:
        assert client.get("/").status == 200


def test_clients_that_hang_up_rudely_leave_no_word_on_standard_error(capfd):
    with serve() as web:
        for line in (b"GET /oversize HTTP/1.1", b"GET /drip HTTP/1.1", b"GET / HTTP/1.1", b"GE"):
            with socket.create_connection(("127.0.0.1", web.ports["faults"])) as client:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closing resets
                client.sendall(line + b"\r\nHost: x\r\n\r\n" if b"HTTP" in line else line)
    assert capfd.readouterr().err == ""


def test_an_oversize_page_may_say_so_beforehand(web):
    with Client(web, "faults") as client:
        answer = client.get("/oversize-declared")
        assert int(answer.headers["Content-Length"]) == 64 << 20
        answer.close()


def test_a_bomb_is_small_on_the_wire(web):
    with Client(web, "faults") as client:
        answer = client.get("/bomb")
        assert answer.headers["Content-Encoding"] == "gzip"
        packed = answer.read()
        assert len(packed) < 1 << 17
        assert len(gzip.decompress(packed)) == (64 << 20) + len("<html><body>")


def test_redirects_lead_in_circles_and_to_private_addresses(web):
    with Client(web, "faults") as client:
        for name, location in (("loop", "/loop-back"), ("loop-back", "/loop"), ("private", "http://10.11.12.13/zwgk/")):
            answer = client.get(f"/{name}")
            answer.read()
            assert answer.headers["Location"] == location


def test_a_port_that_is_taken_is_an_error(web):
    with pytest.raises(OSError, match="in use"), serve(port=web.ports["lanting"]):
        pass


def test_a_person_can_look_at_it_until_a_signal_comes():
    command = [sys.executable, "-m", "crawler.sample", "--port", "0", "--day", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        process.terminate()
        assert process.wait(10) == 0
