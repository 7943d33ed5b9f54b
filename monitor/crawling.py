"""Crawls as child processes: `python -m crawler`, each for some hosts, a few side by side."""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from crawler.turns import host_of
from monitor.children import Children
from monitor.settings import Settings
from storage.values import Source

HOSTS = 10  # that a process crawls at once
Lines = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Errand:
    """Sources that one process crawls. `quiet` readings never alert; `said` is a person's word on them."""

    sources: tuple[Source, ...]
    quiet: bool = False
    said: Mapping[str, str] | None = None


def errands(sources: Sequence[Source], first: frozenset[str], jobs: int) -> list[list[Errand]]:
    """What processes to run: errands of the same hosts after another, groups of hosts side by side.

    A process crawls several hosts at once, for it takes as long to start as to look at fifty lists; sources that share
    a host share a process.

    first   ids of sources that never had a finished run: what they bring is back-fill and quiet
    jobs    processes that may run at once: as many groups there are at least
    """
    by_host = groupby(sorted(sources, key=lambda s: host_of(s.start)), key=lambda s: host_of(s.start))
    hosts = [list(same) for _, same in by_host]
    count = max(jobs, -(-len(hosts) // HOSTS))
    groups = [[source for host in hosts[n::count] for source in host] for n in range(count)]
    return [
        [
            Errand(part, quiet)
            for quiet in (True, False)
            if (part := tuple(source for source in group if (source.id in first) is quiet))
        ]
        for group in groups
        if group
    ]


def job(errand: Errand, settings: Settings, names: Mapping[str, str], log: str = "INFO") -> bytes:
    """The document that a crawl process reads from its standard input; see crawler.job."""
    crawl = settings.crawl
    return json.dumps(
        {
            "sources": [asdict(source) | {"options": dict(source.options)} for source in errand.sources],
            "database": settings.storage.database,
            "archive": str(settings.archive),
            "turns": str(settings.turns),
            "agent": settings.agent,
            "opened": list(crawl.opened),
            "proxy": crawl.proxy,
            "delay": crawl.delay,
            "timeout": crawl.timeout,
            "cap": crawl.max_body,
            "quiet": errand.quiet,
            "said": dict(errand.said or {}),
            "settings": str(settings.file) if settings.file else None,
            "names": dict(names),
            "log": log,
        },
        ensure_ascii=False,
    ).encode()


def command() -> tuple[str, ...]:
    """The command line of a crawl process; its job goes to its standard input, where no other user can read it."""
    return (sys.executable, "-m", "crawler")


async def crawl(
    lanes: Sequence[Sequence[Errand]], settings: Settings, names: Mapping[str, str], told: Lines, log: str = "WARNING"
) -> int:
    """Run all errands; `told` gets a line for each source as it ends. Returns how many sources have no line.

    Whoever cancels it, Ctrl-C for instance, leaves no process behind.
    """
    children = Children(settings.crawl.jobs, settings.crawl.limit * 60)

    async def lane(errands_: Sequence[Errand]) -> int:
        return sum([await run(children, errand, job(errand, settings, names, log), told) for errand in errands_])

    return sum(await asyncio.gather(*(lane(errands_) for errands_ in lanes)))


async def run(children: Children, errand: Errand, document: bytes, told: Lines) -> int:
    """One crawl process; a source it has no line for did not come to its end."""
    missing = {source.id for source in errand.sources}

    def heard(line: bytes) -> None:
        result = json.loads(line)
        missing.discard(result["source"])
        told(result)

    await children.run(command(), document, heard)
    return len(missing)
