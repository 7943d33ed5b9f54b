"""What a night without news costs: all 18 places and 20 reprint sites, each a host on loopback, nothing new on any.

    python tests/bench/nightly.py [--hosts 38] [--articles 20]

`reportwatch crawl` as a person or cron calls it, its processes included, delay off. first: all is read. young: a day
later, when every article is looked at again. old: articles of three months, of which none is due; this is a night out
of season. CPU, wall, requests, memory of the largest process; then what the last two would be for the 2 900 counties of
China, each a host of its own.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from crawl import age, cpu_of, pages, without

COUNTIES = 2900
SETTINGS = """
[storage]
folder = "{folder}"
database = "sqlite:///{folder}/bench.db"
[crawl]
contact = "mailto:bench@example.org"
opened = ["loopback"]
builtin = false
delay = 0.0
"""
ENTRY = "- {{id: host{n}, name: host {n}, family: column, start: 'http://127.0.0.1:{port}/list/', tier: 4}}\n"


def settled(folder: Path, ports: Sequence[int]) -> Path:
    """A settings file beside the sources of these ports."""
    (folder / "sources").mkdir()
    entries = "".join(ENTRY.format(n=n, port=port) for n, port in enumerate(ports))
    (folder / "sources" / "own.yaml").write_text(entries, "utf-8")
    (folder / "settings.toml").write_text(SETTINGS.format(folder=folder), "utf-8")
    return folder / "settings.toml"


def night(settings: Path) -> tuple[float, float, int, int]:
    """CPU and wall in seconds, requests, sources that finished."""
    program = [sys.executable, "-m", "monitor.cli", "crawl", "--no-deliver", "--json", "--settings", str(settings)]
    env = without({**os.environ, "PYTHONPYCACHEPREFIX": str(settings.parent / "byte-code")})
    begun = time.monotonic()
    spent, out = cpu_of(program, env=env)
    lines = [json.loads(line) for line in out.splitlines()]
    finished = sum(line["reason"] == "finished" for line in lines)
    return spent, time.monotonic() - begun, sum(line["requests"] for line in lines), finished


def main() -> int:
    """Print both nights, and the second one for the whole country."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=38)
    parser.add_argument("--articles", type=int, default=20, help="that each host has")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="reportwatch-nightly-") as made,
        pages(asked.hosts * asked.articles, asked.hosts) as (ports, _),
    ):
        settings = settled(Path(made), ports)
        for name, before in (("first", 0), ("young", 22), ("", 2160), ("old", 22)):
            if before:
                age(Path(made), before)
            spent, wall, requests, finished = night(settings)
            if not name:
                continue
            largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            told = f"{requests} requests, CPU {spent:.1f} s, wall {wall:.1f} s, <= {largest:.0f} MB"
            print(f"{name}: {finished} of {asked.hosts} finished, {told}", flush=True)
            if name != "first":
                times = COUNTIES / asked.hosts
                print(f"   {COUNTIES} counties: {requests * times:.0f} requests, CPU {spent * times / 60:.1f} min")
    return 0


if __name__ == "__main__":
    sys.exit(main())
