"""One crawl in one process: its input, its output, its end."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from crawl_bench import Bench, Site, listing, report

from crawler.__main__ import main
from crawler.pipelines import record_of
from storage import model

Start = Callable[[dict[str, Any]], subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts the process of a job; whatever still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def run(job: dict[str, Any]) -> subprocess.Popen[str]:
        started.append(spawn(job))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


def spawn(job: dict[str, Any]) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "crawler"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "error::ResourceWarning"},
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(job))
    process.stdin.close()
    process.stdin = None
    return process


def column(site: Site, count: int) -> None:
    """A list of reports."""
    site.pages["/list/"] = listing(*((f"/a/{n}001.html", f"{n}年政府工作报告") for n in range(2000, 2000 + count)))
    for n in range(2000, 2000 + count):
        site.pages[f"/a/{n}001.html"] = report(n)


def wait_for(process: subprocess.Popen[str], word: str) -> str:
    """The first line on standard error that has the word."""
    assert process.stderr is not None
    return next(line for line in process.stderr if word in line)


def test_a_line_for_each_source_and_logs_beside(site: Site, bench: Bench, start: Start) -> None:
    column(site, 2)
    source, other = site.source(), site.source("/gone/")
    job = bench.job(source, other)
    job["sources"][1]["id"] = "other"
    out, err = start(job).communicate(timeout=60)
    lines = [json.loads(line) for line in out.splitlines()]
    assert [(line["source"], line["reason"], line["fresh"]) for line in lines] == [
        ("site", "finished", 2),
        ("other", "moved", 0),
    ]
    assert lines[1]["errors"][0][:2] == ["ColumnMoved", 1]
    assert "crawl.end source=site reason=finished" in err
    assert "Traceback" not in err
    assert "Warning" not in err


def test_a_job_that_cannot_be_read_is_refused(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    job = json.dumps({**bench.job(), "agent": "Mozilla/5.0", "extra": 1})
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(job.encode())))
    assert main() == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "agent" in err
    assert "extra" in err


async def test_a_source_that_cannot_be_run_leaves_the_others(
    site: Site, bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    column(site, 1)
    receipts = await bench.crawl(site.source(family="telepathy"), site.source())
    assert [receipt["reason"] for receipt in receipts] == ["finished"]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["reason"] for line in lines] == ["failed", "finished"]
    assert lines[0]["errors"][0][0] == "BadSource"


def test_sigterm_ends_a_crawl_within_seconds_and_keeps_what_was_saved(site: Site, bench: Bench, start: Start) -> None:
    column(site, 9)
    process = start(bench.job(site.source(), delay=0.3))
    wait_for(process, "crawl.reading")
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=8)
    assert process.returncode == 0
    assert json.loads(out)["reason"] == "stopped"
    assert "Traceback" not in err
    receipt = bench.rows(model.Receipt)[0]
    assert (receipt.reason, receipt.fresh) == ("stopped", len(bench.rows(model.Reading)))
    assert 1 <= receipt.fresh < 9


def test_sigterm_ends_a_request_under_way(site: Site, bench: Bench, start: Start) -> None:
    site.pages["/robots.txt"] = "User-agent: *\nCrawl-delay: 100"
    process = start(bench.job(site.source()))
    wait_for(process, "crawl.start")
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=8)
    assert json.loads(out)["reason"] == "stopped"


async def test_a_killed_crawl_loses_nothing_that_was_saved(site: Site, bench: Bench, start: Start) -> None:
    column(site, 6)
    process = start(bench.job(site.source(), delay=0.02))
    for _ in range(3):
        wait_for(process, "crawl.reading")
    process.kill()
    process.communicate()
    assert bench.rows(model.Receipt)[0].ended_at is None
    pages, readings = bench.rows(model.Page), bench.rows(model.Reading)
    assert len(readings) >= 3
    for page in pages:
        assert len(bench.archive.body(record_of(page))) == page.size
    assert (await bench.crawl(site.source()))[0]["reason"] == "finished"
    assert len(bench.rows(model.Reading)) == 6
