"""Pages that scripts write, in a real Chromium where there is one; a site on loopback."""

import asyncio
import json
import shutil
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest
from crawl_bench import Bench, Site, report

from crawler import browser
from crawler.sources import load
from storage.values import Source

needs_chromium = pytest.mark.skipif(
    find_spec("playwright") is None or not any(map(shutil.which, browser.NAMES)),
    reason="no playwright (the extra `browser`) or no Chromium here",
)
TITLE = "2026年澜汀区政府工作报告"
SHELL = """<html><head><link rel="stylesheet" href="/look.css"><script src="/app.js"></script></head>
<body><img src="/logo.png"><ul id="rows"></ul></body></html>"""
SCRIPT = """
addEventListener("DOMContentLoaded", async () => {
  for (const address of OTHERS) try { await fetch(address) } catch (error) {}
  const rows = await (await fetch("/api/rows")).json();
  document.getElementById("rows").innerHTML = rows.map(r => `<li><a href="${r[0]}">${r[1]}</a></li>`).join("");
});
"""


def written(site: Site, others: list[str]) -> Source:
    """A site whose list is written by a script, which also asks for other addresses."""
    site.pages |= {
        "/list/": SHELL,
        "/app.js": (200, {"Content-Type": "text/javascript"}, SCRIPT.replace("OTHERS", json.dumps(others))),
        "/api/rows": (200, {"Content-Type": "application/json"}, json.dumps([["/a/2026001.html", TITLE]])),
        "/a/2026001.html": report(2026),
    }
    return site.source(options={"browser": "true"})


@needs_chromium
async def test_a_list_that_a_script_writes_is_read_in_a_browser(site: Site, bench: Bench) -> None:
    receipt = (await bench.crawl(written(site, [])))[0]
    assert (receipt["reason"], receipt["fresh"]) == ("finished", 1)
    assert site.paths == ["/list/", "/app.js", "/api/rows", "/a/2026001.html"]  # no picture, no style
    assert {request.asked["user-agent"] for request in site.log} == {"reportwatch/0.1 (+mailto:tests@example.org)"}
    spans = sorted((request.started, request.ended) for request in site.log)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


@needs_chromium
async def test_what_a_script_asks_for_is_under_guard_and_robots(site: Site, bench: Bench) -> None:
    reached = []
    server = await asyncio.start_server(lambda *_: reached.append(1), "127.0.0.1")
    inside = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /private/\n"
    source = written(site, [inside, "http://localhost:9/", "http://169.254.169.254/latest/", "/private/rows"])
    receipt = (await bench.crawl(source, opened=[site.address.removeprefix("http://")]))[0]
    server.close()
    assert (receipt["reason"], receipt["fresh"], reached) == ("finished", 1, [])
    assert "/private/rows" not in site.paths


@needs_chromium
@pytest.mark.parametrize("status", [200, 412])
async def test_a_challenge_ends_blocked_and_its_script_never_runs(site: Site, bench: Bench, status: int) -> None:
    source = written(site, [])
    body = "<html><script>$_ts={};fetch('/passed')</script><script src='/app.js'></script></html>"
    site.pages["/list/"] = (status, {}, body)
    receipt = (await bench.crawl(source))[0]
    assert (receipt["reason"], site.paths) == ("blocked", ["/list/"])
    assert receipt["errors"][0][0] == "Blocked"


async def test_without_the_extra_the_error_names_it(
    site: Site, bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(browser, "find_spec", lambda _: None)
    await bench.crawl(written(site, []))
    line = json.loads(capsys.readouterr().out)
    assert (line["reason"], site.log) == ("failed", [])
    assert "reportwatch[browser]" in line["errors"][0][2]


def test_a_source_asks_for_a_browser_with_true(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("- {id: a, name: a, family: column, start: 'http://a.example/', tier: 1, options: {browser: true}}")
    assert load([file])[0].options == {"browser": "true"}
