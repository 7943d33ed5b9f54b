"""Signs of life for others: an address that is asked for, a file that Prometheus' node exporter collects."""

import asyncio
import logging
import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
from sqlmodel import Session

from alerts.masking import masked, tokens
from crawler import guard
from monitor.health import GOOD, health_of
from monitor.timetable import SHANGHAI
from storage import outbox, queries, runs
from storage.seen_again import how_many_held
from storage.values import Source

PATIENCE = aiohttp.ClientTimeout(total=20)
log = logging.getLogger("reportwatch.pulse")
HELP = {
    "reportwatch_alive_timestamp_seconds": "When the scheduler wrote this.",
    "reportwatch_sources": "Sources by their state.",
    "reportwatch_source_last_success_timestamp_seconds": "Start of the last run of a source that worked.",
    "reportwatch_alerts": "Alerts by their state.",
    "reportwatch_reports": "Reports known.",
    "reportwatch_readings_waiting": "Readings that the desk has still to look at.",
    "reportwatch_readings_held": "Readings that are held back until they are seen again.",
}
Samples = Mapping[str, Sequence[tuple[Mapping[str, str], float]]]


async def ping(url: str, opened: Sequence[str]) -> bool:
    """Ask for an address; was it answered well? Whether it may be reached is for the guard to say."""
    try:
        guard.check_url(url)
        connector = guard.connector(guard.openings(opened))
        async with (
            aiohttp.ClientSession(connector=connector, timeout=PATIENCE) as session,
            session.get(url, allow_redirects=False, headers={"user-agent": "reportwatch"}) as response,
        ):
            if response.ok:
                return True
            log.warning("heartbeat.refused status=%d", response.status)
    except (guard.AddressRefused, aiohttp.ClientError, OSError) as error:
        log.warning("heartbeat.failed error=%s message=%s", type(error).__name__, masked(str(error), tokens(url)))
    return False


def samples(
    session: Session, sources: Sequence[Source], now: datetime, grace: timedelta, zone: str = SHANGHAI
) -> Samples:
    """What can be counted; grace and zone as monitor.health has them."""
    states = [health_of(session, source, now, grace, zone) for source in sources]
    by_state = {str(found.state): 0 for found in states}
    for found in states:
        by_state[str(found.state)] += 1
    good = {source.id: runs.last_good(session, source.id, GOOD) for source in sources}
    return {
        "reportwatch_alive_timestamp_seconds": [({}, now.timestamp())],
        "reportwatch_sources": [({"state": state}, count) for state, count in sorted(by_state.items())],
        "reportwatch_source_last_success_timestamp_seconds": [
            ({"source": name}, at.timestamp()) for name, at in sorted(good.items()) if at
        ],
        "reportwatch_alerts": [({"state": s}, n) for s, n in sorted(outbox.waiting(session).items())],
        "reportwatch_reports": [({}, queries.how_many_reports(session))],
        "reportwatch_readings_waiting": [({}, len(queries.readings_to_watch(session)))],
        "reportwatch_readings_held": [({}, how_many_held(session))],
    }


def exposition(wanted: Samples) -> str:
    """The samples in Prometheus' text format, version 0.0.4; all are gauges."""
    lines = []
    for name, found in wanted.items():
        lines += [f"# HELP {name} {HELP[name]}", f"# TYPE {name} gauge"]
        for labels, value in found:
            written = ",".join(f'{label}="{escaped(text)}"' for label, text in labels.items())
            lines.append(f"{name}{{{written}}} {value:.15g}" if written else f"{name} {value:.15g}")
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """A label's value: backslash, quote and line feed are escaped."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def write(path: Path, text: str) -> None:
    """Put a file in place whole, so that nobody collects half of it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, "utf-8")
    beside.chmod(0o644)
    beside.replace(path)


async def expose(path: Path, wanted: Samples) -> None:
    """Write the samples; a folder that is not there or full is told in the log, and holds nothing up."""
    try:
        await asyncio.to_thread(write, path, exposition(wanted))
    except OSError as error:
        log.warning("metrics.unwritten file=%s error=%s", path, error.strerror)
