"""Crawls as child processes: `python -m crawler`, one for the sources that share a host, a few side by side."""

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

Lines = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Errand:
    """Sources of one host that one process crawls. `quiet` readings never alert; `said` is a person's word on them."""

    sources: tuple[Source, ...]
    quiet: bool = False
    said: Mapping[str, str] | None = None


def errands(sources: Sequence[Source], first: frozenset[str]) -> list[list[Errand]]:
    """What processes to run: errands of one host after another, hosts side by side.

    first   ids of sources that never had a finished run: what they bring is back-fill and quiet
    """
    by_host = groupby(sorted(sources, key=lambda s: host_of(s.start)), key=lambda s: host_of(s.start))
    hosts = [list(same) for _, same in by_host]
    return [
        [
            Errand(part, quiet)
            for quiet in (True, False)
            if (part := tuple(source for source in same if (source.id in first) is quiet))
        ]
        for same in hosts
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
