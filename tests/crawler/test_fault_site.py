"""The sample's fault site, each address of which fails otherwise: the receipt has the error of that kind alone."""

import pytest
from crawl_bench import Bench

from crawler.sample.faults import FAULTS
from crawler.sample.web import RunningWeb, serve
from storage import model
from storage.values import Source

# By fault: why the run ends, the one error in its receipt, requests that were answered.
EXPECTED = {
    "blocked": ("blocked", "Blocked", 1),
    "blocked-200": ("blocked", "Blocked", 1),
    "challenge": ("blocked", "Blocked", 1),
    "cookie": ("blocked", "Blocked", 1),
    "soft-404": ("moved", "ColumnMoved", 1),
    "not-found": ("moved", "ColumnMoved", 1),
    "to-home": ("moved", "ColumnMoved", 2),
    "shell": ("empty", "EmptyList", 2),
    "target": ("empty", "EmptyList", 1),
    "empty": ("empty", "EmptyList", 1),
    "no-links": ("empty", "EmptyList", 1),
    "other-links": ("empty", "EmptyList", 1),
    "error": ("failed", "FetchError", 3),
    "gateway": ("failed", "FetchError", 3),
    "unavailable": ("failed", "FetchError", 3),
    "too-many": ("blocked", "Blocked", 3),
    "drip": ("failed", "FetchError", 0),
    "oversize": ("failed", "TooLarge", 0),
    "oversize-declared": ("failed", "TooLarge", 0),
    "bomb": ("failed", "TooLarge", 1),
    "cut-off": ("failed", "FetchError", 0),
    "loop": ("failed", "FetchError", 6),
    "loop-back": ("failed", "FetchError", 6),
    "self": ("failed", "FetchError", 6),
    "private": ("refused", "AddressRefused", 1),
    "metadata": ("refused", "AddressRefused", 1),
    "file": ("failed", "FetchError", 1),
    "login": ("blocked", "Blocked", 1),
}
HUNG_UP = ("drip", "oversize", "oversize-declared")  # the server notes these when it has learnt that we left
DRIPS = 1.0  # seconds in which robots.txt has come, and a page that drips for two minutes has not
PATIENCE = 60.0  # seconds that nothing else here needs: a server that is slow under load makes no request be repeated
WAITS = ("unavailable", "too-many")  # they ask for two seconds, twice: tests/crawler/test_politeness.py


@pytest.fixture(scope="module")
def web():
    with serve(day=1) as running:
        yield running


def test_every_fault_is_expected() -> None:
    assert set(EXPECTED) == set(FAULTS)


@pytest.mark.parametrize("name", [name for name in FAULTS if name not in WAITS])
async def test_the_receipt_says_which_fault_was_served(web: RunningWeb, bench: Bench, name: str) -> None:
    source = Source(name, name, "column", web.address("faults", f"/{name}"), 1)
    before = len(web.requests("faults"))
    receipt = (await bench.crawl(source, timeout=DRIPS if name == "drip" else PATIENCE, cap=1_000_000))[0]
    reason, error, pages = EXPECTED[name]
    assert (receipt["reason"], [found[:2] for found in receipt["errors"]]) == (reason, [[error, 1]])
    assert receipt["pages"] == pages + 1, "robots.txt is one more"
    assert bench.rows(model.Reading) == []
    if name not in HUNG_UP:
        seen = [request for request in web.requests("faults")[before:] if request.path.strip("/") not in HUNG_UP]
        assert receipt["requests"] == len(seen), "the receipt counts what the server saw"


@pytest.mark.parametrize(
    ("site", "reason", "error"), [("closed", "blocked", "Blocked"), ("ailing", "failed", "FetchError")]
)
async def test_sites_that_robots_txt_closes_are_told_apart(
    web: RunningWeb, bench: Bench, site: str, reason: str, error: str
) -> None:
    receipt = (await bench.crawl(Source(site, site, "column", web.address(site, "/"), 1)))[0]
    assert (receipt["reason"], [found[0] for found in receipt["errors"]]) == (reason, [error])
    assert {request.path for request in web.requests(site)} == {"/robots.txt"}
