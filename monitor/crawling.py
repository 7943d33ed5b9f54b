"""Crawls as child processes: `python -m crawler`, one for the sources that share a host, a few side by side."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from crawler.turns import host_of
from monitor.settings import Settings
from storage.values import Source

GRACE = 8.0  # seconds that a child may take to end once it is asked to

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


def job(errand: Errand, settings: Settings, names: Mapping[str, str]) -> bytes:
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
            "delay": crawl.delay,
            "timeout": crawl.timeout,
            "cap": crawl.max_body,
            "quiet": errand.quiet,
            "said": dict(errand.said or {}),
            "settings": str(settings.file) if settings.file else None,
            "names": dict(names),
        },
        ensure_ascii=False,
    ).encode()


async def crawl(lanes: Sequence[Sequence[Errand]], settings: Settings, names: Mapping[str, str], told: Lines) -> int:
    """Run all errands; `told` gets a line for each source as it ends. Returns how many sources have no line."""
    limit = asyncio.Semaphore(settings.crawl.jobs)

    async def lane(errands_: Sequence[Errand]) -> int:
        missing = 0
        for errand in errands_:
            async with limit:
                missing += await run(errand, job(errand, settings, names), told)
        return missing

    return sum(await asyncio.gather(*(lane(errands_) for errands_ in lanes)))


async def run(errand: Errand, document: bytes, told: Lines) -> int:
    """One crawl process; a source it has no line for did not come to its end."""
    missing = {source.id for source in errand.sources}
    async with child(document) as process:
        assert process.stdout is not None
        async for line in process.stdout:
            result = json.loads(line)
            missing.discard(result["source"])
            told(result)
        await process.wait()
    return len(missing)


@asynccontextmanager
async def child(document: bytes) -> AsyncIterator[asyncio.subprocess.Process]:
    """A crawl process that has its job; asked to end, and then made to, if we have to leave before it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "crawler", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdin is not None
        process.stdin.write(document)
        process.stdin.write_eof()
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), GRACE)
            except TimeoutError:
                process.kill()
                await process.wait()
