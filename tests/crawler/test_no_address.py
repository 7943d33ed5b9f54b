"""A start that is no address is a fault of its source, told as any other."""

import pytest
from crawl_bench import Bench

from storage.values import Source


@pytest.mark.parametrize("family", ["single", "column"])
async def test_a_start_that_is_no_address_is_told(
    bench: Bench, family: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    starts = ("notaurl", "ftp://x/", "http://")
    found = await bench.crawl(*(Source(f"s{n}", "站", family, start, 4) for n, start in enumerate(starts)))
    told = {line["source"]: line["errors"] for line in found}
    assert [errors[0][0] for _, errors in sorted(told.items())] == ["AddressRefused"] * 3
    assert "only http and https are fetched" in told["s0"][0][2]
    assert {line["reason"] for line in found} == {"refused"}
    assert "Traceback" not in capfd.readouterr().err + caplog.text
