"""Two crawl processes on the sample web at once: politeness over sources and processes, by the web's own log."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from crawl_bench import Bench

from crawler.sample.server import most_at_once, shortest_gap
from crawler.sample.web import RunningWeb, serve
from crawler.sources import load
from storage.values import Source

DELAY = 0.08


@pytest.fixture(scope="module")
def web() -> Iterator[RunningWeb]:
    with serve() as running:
        yield running


def sources(web: RunningWeb, folder: Path) -> dict[str, Source]:
    file = folder / "sample.yaml"
    file.write_text(web.registry().replace("delay: 0.05", f"delay: {DELAY}"), "utf-8")
    return {source.id: source for source in load([file])}


def test_sources_of_one_host_take_turns_over_processes(web: RunningWeb, bench: Bench) -> None:
    known = sources(web, bench.folder)
    jobs = [bench.job(known["congress"], known["paper"]), bench.job(known["weekly"], known["archives"])]
    started = []
    for job in jobs:
        process = subprocess.Popen([sys.executable, "-m", "crawler"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert process.stdin is not None
        process.stdin.write(json.dumps(job).encode())
        process.stdin.close()
        started.append(process)
    reasons = {}
    for process in started:
        assert process.stdout is not None
        reasons |= {line["source"]: line["reason"] for line in map(json.loads, process.stdout)}
        process.stdout.close()
        process.wait()
    assert reasons == dict.fromkeys(("congress", "paper", "weekly", "archives"), "finished")
    stacks, paper = web.requests("stacks"), web.requests("paper")
    assert len(stacks) >= 15
    assert most_at_once(stacks) == 1
    assert shortest_gap(stacks) >= DELAY
    assert shortest_gap(paper) >= 0.5  # its robots.txt asks for half a second
    assert {request.path for request in stacks if request.path == "/robots.txt"} == {"/robots.txt"}


async def test_a_second_look_on_a_day_without_news_costs_a_request_for_each_list(web: RunningWeb, bench: Bench) -> None:
    known = sources(web, bench.folder)
    watched = [known[name] for name in ("lanting", "yanxi", "congress", "weekly")]
    await bench.crawl(*watched)
    del web.log[:]
    receipts = await bench.crawl(*watched)
    assert [receipt["reason"] for receipt in receipts] == ["finished"] * 4
    assert {receipt["source"]: receipt["requests"] for receipt in receipts} == {source.id: 1 for source in watched}
    assert len(web.requests()) == 4
