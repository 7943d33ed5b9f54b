"""`reportwatch run`: looks at each source when its cron line says so, and sends what is due, until it is told to stop.

The settings and the registry are the truth; nothing of the plan is stored. What was missed while nobody ran is read
from the receipts and caught up once at the start. Crawls are processes of their own (monitor/children.py); what came
of them is judged by their receipts (monitor/health.py).
"""

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Engine
from sqlmodel import Session

from alerts.outbox import Channel, Tally, bury_orphans, deliver_to, transact
from crawler.turns import host_of
from monitor import disk, pulse
from monitor.children import Children, Ended
from monitor.crawling import Errand, command, job
from monitor.expecting import all_quiet, expect
from monitor.health import MUTE, observe
from monitor.instance import only_instance
from monitor.posting import post_of
from monitor.settings import Settings
from monitor.timetable import last_due, next_due, trigger
from monitor.upkeep import Upkeep
from storage import outbox, runs
from storage.database import reading, writing
from storage.errors import DatabaseBusy, StorageError
from storage.values import Source

Clock = Callable[[], datetime]
Launch = Callable[[Sequence[Source], bool], tuple[Sequence[str], bytes]]

STAGGER = 2.0  # seconds between the starts of runs that are caught up
RETRY = timedelta(minutes=5)  # after which a crawl is tried again that the database did not let begin
DELIVERY = timedelta(minutes=1)
LOOK = timedelta(hours=1)  # between two looks for sources that are late
HEARTBEAT = timedelta(minutes=5)
TICK = 60.0  # seconds between two looks at the clock, and by which it may be corrected without a word
DEADLINE = 9.5  # seconds after SIGTERM at which the process ends come what may
log = logging.getLogger("reportwatch.schedule")


@dataclass(frozen=True, slots=True)
class Group:
    """Sources of one host that are due together: one child looks at them, one after another."""

    host: str
    cron: str
    sources: tuple[Source, ...]


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def set_back(wall: timedelta, steady: float) -> bool:
    """Was the clock set back while so much time went by on it, and so many seconds on a clock that nobody sets?"""
    return wall.total_seconds() < steady - TICK


def groups(sources: Sequence[Source]) -> list[Group]:
    """The sources by host and cron line."""

    def key(source: Source) -> tuple[str, str]:
        return host_of(source.start), source.cron

    by_key = groupby(sorted(sources, key=lambda source: (*key(source), source.id)), key)
    return [Group(host, cron, tuple(same)) for (host, cron), same in by_key]


def missed(session: Session, source: Source, now: datetime, zone: str) -> bool:
    """Was the source due since its last run that nobody stopped or killed? True for one that never ran."""
    last = runs.last_start(session, source.id, (*MUTE, "killed", "missing"))
    due = last_due(source.cron, now, zone)
    return last is None or last > now or (due is not None and last < due)  # in the future: the clock was set back


def launch_crawler(settings: Settings, names: Mapping[str, str]) -> Launch:
    """How a crawl is started: a process of its own, told its job on standard input."""

    def launch(sources: Sequence[Source], quiet: bool) -> tuple[Sequence[str], bytes]:  # noqa: FBT001
        return command(), job(Errand(tuple(sources), quiet), settings, names)

    return launch


class Plan:
    """What runs in one scheduler: crawls, deliveries, looks at the health of sources, a heartbeat."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        sources: Sequence[Source],
        launch: Launch,
        clock: Clock,
        registry: Sequence[Source] = (),
        right: Callable[[], None] = lambda: None,
    ):
        self._settings = settings
        self._engine = engine
        self._sources = tuple(sources)
        self._registry = tuple(registry) or self._sources
        self._told_of = (*self._sources, *(source for source in self._registry if "retired" in source.options))
        self._launch = launch
        self._right = right
        self.refused: DatabaseBusy | None = None  # another scheduler took over while the database was away
        self.over = asyncio.Event()
        self._clock = clock
        self._zone = settings.schedule.timezone
        self._grace = timedelta(hours=settings.schedule.grace)
        self._post = post_of(settings)
        self._upkeep = Upkeep(engine, settings)
        self._hosts = {group.host: asyncio.Lock() for group in groups(sources)}
        self._jobs = AsyncIOScheduler(timezone=self._zone)
        self.children = Children(settings.crawl.jobs, settings.crawl.limit * 60)

    def start(self) -> None:
        """Settle what a dead scheduler left, lay out all jobs, catch up, begin."""
        with reading(self._engine) as session:
            unsettled = runs.open_sources(session)
        if unsettled:
            self._settle(unsettled, None, Ended(0, "killed", "found unfinished when the scheduler started"))
        for group in groups(self._sources):
            cron = trigger(group.cron, self._zone, self._settings.schedule.jitter * 60 or None)
            self._add(self.crawl, cron, group, misfire_grace_time=int(self._grace.total_seconds()))
        self._every(DELIVERY, self._bury)
        for channel in self._post.channels:
            self._every(DELIVERY, self._deliver, channel)
        self._every(LOOK, self._look, first=self._clock() + LOOK)
        self._every(HEARTBEAT, self._beat)
        self._catch_up()
        self._jobs.start()
        self._loop = asyncio.get_running_loop()
        self._clockwatch = asyncio.ensure_future(self._watch_clock())
        log.info("scheduler.started sources=%d jobs=%d", len(self._sources), len(self._jobs.get_jobs()))

    def _add(self, work: Callable[..., Any], when: Any, *arguments: object, **options: Any) -> None:
        """A job that never runs twice at once, and once for all the times that it missed."""
        self._jobs.add_job(work, when, args=arguments, coalesce=True, max_instances=1, **options)

    def _every(self, span: timedelta, work: Callable[..., Any], *arguments: object, first: Any = None) -> None:
        first = first or self._clock()
        self._add(
            work,
            IntervalTrigger(seconds=int(span.total_seconds())),
            *arguments,
            next_run_time=first,
            misfire_grace_time=None,
        )

    def _catch_up(self) -> None:
        """Run once, one after another, what was due while nobody ran."""
        now = self._clock()
        for number, group in enumerate(groups(self._missed(self._sources))):
            log.info("crawl.catching_up sources=%s", ",".join(source.id for source in group.sources))
            start = now + timedelta(seconds=number * STAGGER)
            self._add(self.catch_up, "date", group, run_date=start, misfire_grace_time=None)

    def _missed(self, sources: Sequence[Source]) -> list[Source]:
        with reading(self._engine) as session:
            return [source for source in sources if missed(session, source, self._clock(), self._zone)]

    async def catch_up(self, group: Group) -> None:
        """Crawl those of a group that have still not run since they were due."""
        left = await asyncio.to_thread(self._missed, group.sources)
        if left:
            await self.crawl(replace(group, sources=tuple(left)))

    async def crawl(self, group: Group) -> None:
        """One child looks at the sources of a group; where the database does not answer, later once more."""
        try:
            await self._crawl_group(group)
        except StorageError as error:
            log.error("crawl.put_off sources=%s why=%s", ",".join(source.id for source in group.sources), error)
            if not self.children.stopping:
                self._add(self.catch_up, "date", group, run_date=self._clock() + RETRY, misfire_grace_time=None)

    async def _crawl_group(self, group: Group) -> None:
        """Those that never worked are read in, and nobody is told."""
        if await asyncio.to_thread(self._short_of_room):
            return
        async with self._hosts[group.host]:
            fresh = await asyncio.to_thread(self._unheard_of, group.sources)
            rest = [source for source in group.sources if source not in fresh]
            for sources, quiet in ((fresh, True), (rest, False)):
                if sources and not self.children.stopping:
                    await self._crawl(sources, quiet=quiet)
        if not self.children.stopping:
            await asyncio.gather(*(self._deliver(channel) for channel in self._post.channels))

    def _short_of_room(self) -> bool:
        """Whether the disk is too full to crawl; then everybody is told, once a day."""
        why = disk.shortage(self._settings)
        if why:
            log.error("disk.low %s", why)
            with writing(self._engine) as session:
                disk.tell_shortage(session, self._settings, why, self._clock())
        return bool(why)

    def _unheard_of(self, sources: Sequence[Source]) -> list[Source]:
        """Those that never worked, if the settings want their first run quiet."""
        if not self._settings.schedule.quiet_first:
            return []
        with reading(self._engine) as session:
            return [source for source in sources if not runs.past_back_fill(session, source.id)]

    async def _crawl(self, sources: Sequence[Source], *, quiet: bool) -> None:
        names = ",".join(source.id for source in sources)
        started = self._clock()
        log.info("crawl.started sources=%s quiet=%s", names, quiet)
        try:
            ended = await self.children.run(*self._launch(sources, quiet))
        except OSError as error:
            ended = Ended(0, "missing", f"the crawl could not be started: {error}")
        if ended is None:
            return
        log.info("crawl.ended sources=%s status=%d why=%s", names, ended.status, ended.why)
        await asyncio.to_thread(self._settle, [source.id for source in sources], started, ended)
        if ended.reason != "stopped":
            await self._observe(sources)

    def _settle(self, sources: Sequence[str], since: datetime | None, ended: Ended) -> None:
        """Close the receipts that a child did not close itself."""
        with writing(self._engine) as session:
            unsettled = runs.settle_receipts(
                session, sources, since, self._clock(), ended.reason or "crashed", ended.why
            )
        if unsettled and ended.reason != "stopped":
            log.error("crawl.no_receipt sources=%s why=%s", ",".join(unsettled), ended.why)

    async def _observe(self, sources: Sequence[Source]) -> None:
        written = await transact(
            self._engine,
            lambda session: observe(session, sources, self._settings.addressed, self._clock(), self._grace, self._zone),
        )
        for key in written:
            log.warning("source.changed event=%s", key)

    async def _watch_clock(self) -> None:
        """Lay all jobs out again when the clock was set back: each waits for an hour that has gone.

        Where it leapt forward, the machine was asleep or the clock wrong: what was due meanwhile is caught up, even
        where that is longer ago than the grace within which a job still runs.
        """
        while True:
            wall, steady = self._clock(), time.monotonic()
            await asyncio.sleep(TICK)
            self.leapt(self._clock() - wall, time.monotonic() - steady)

    def leapt(self, wall: timedelta, steady: float) -> None:
        """So much time went by on the clock, and so many seconds on one that nobody sets."""
        if set_back(wall, steady):
            log.warning("scheduler.clock_set_back now=%s", self._clock().isoformat())
            self.realign()
        elif wall.total_seconds() > steady + TICK:
            log.warning("scheduler.clock_leapt by=%d s", wall.total_seconds() - steady)
            try:
                self._catch_up()
            except StorageError as error:
                log.error("scheduler.not_caught_up why=%s", error)

    def realign(self) -> None:
        """Every job due again by the clock as it is now."""
        now = self._clock()
        for work in self._jobs.get_jobs():
            if isinstance(work.trigger, IntervalTrigger | DateTrigger):
                work.modify(next_run_time=now)
            else:
                work.reschedule(work.trigger)

    async def _look(self) -> None:
        """Once an hour: sources that are late, reports that should be out, a day on which nothing happened."""
        await asyncio.to_thread(self._upkeep.look, self._clock())
        await self._observe(self._told_of)
        for key in await transact(self._engine, self._day):
            log.info("day.told event=%s", key)

    def _day(self, session: Session) -> list[str]:
        now, schedule, told = self._clock(), self._settings.schedule, self._settings.addressed
        late = expect(session, self._registry, told, now, schedule.slack, self._zone)
        quiet = all_quiet(session, self._sources, told, now, self._grace, self._zone) if schedule.all_quiet else []
        return late + quiet

    async def _deliver(self, channel: Channel) -> None:
        await deliver_to(self._engine, self._post, channel, self._clock)

    async def _bury(self) -> None:
        await bury_orphans(self._engine, self._post, self._clock, Tally())

    async def _beat(self) -> None:
        """A line that says the scheduler lives, and what it is about to do."""
        if not await asyncio.to_thread(self._still_ours):
            return
        waiting = await asyncio.to_thread(self._waiting)
        now = self._clock()
        due = [time for group in groups(self._sources) if (time := next_due(group.cron, now, self._zone))]
        log.info(
            "scheduler.alive running=%d next=%s due=%d dead=%d",
            self.children.running,
            min(due).isoformat() if due else "never",
            waiting.get(outbox.DUE, 0),
            waiting.get(outbox.DEAD, 0),
        )
        await self._show_life(now)

    def _still_ours(self) -> bool:
        """Whether this is still the only scheduler, and the database answers; another one that took over ends us."""
        try:
            self._right()
        except DatabaseBusy as error:
            log.error("scheduler.replaced why=%s", error)
            self.refused = error
            self._loop.call_soon_threadsafe(self.over.set)
            return False
        except StorageError as error:
            log.error("scheduler.database_away why=%s", error)
            return False
        return True

    async def _show_life(self, now: datetime) -> None:
        schedule = self._settings.schedule
        if schedule.metrics:
            await pulse.expose(schedule.metrics, await asyncio.to_thread(self._samples, now))
        if schedule.heartbeat:
            await pulse.ping(schedule.heartbeat, self._settings.crawl.opened)

    def _samples(self, now: datetime) -> pulse.Samples:
        with reading(self._engine) as session:
            return pulse.samples(session, self._sources, now, self._grace, self._zone)

    def _waiting(self) -> dict[str, int]:
        with reading(self._engine) as session:
            return outbox.waiting(session)

    async def stop(self) -> None:
        """End all children and close their receipts; then drop the rest. Leases of alerts run out by themselves."""
        self._jobs.pause()
        await self.children.end()
        for lock in self._hosts.values():  # whoever holds one is closing receipts
            async with lock:
                pass
        self._clockwatch.cancel()
        self._jobs.shutdown(wait=False)


async def run(
    settings: Settings,
    engine: Engine,
    sources: Sequence[Source],
    launch: Launch | None = None,
    clock: Clock = utc_now,
    registry: Sequence[Source] = (),
) -> None:
    """Schedule until SIGTERM or SIGINT; then end everything, within ten seconds.

    sources  those to watch, every one of them crawlable
    registry all sources, those included that may not be crawled: reports of their places are expected too
    launch   the command line and standard input of a crawl of some sources, quiet or not
    raises   DatabaseBusy when another scheduler runs on the database; BadSetting for channels without their secrets
    """
    loop = asyncio.get_running_loop()

    def stop(number: signal.Signals) -> None:
        log.info("scheduler.stopping signal=%s", number.name)
        plan.over.set()

    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns whenever a job is still at work
    with only_instance(engine) as right:
        names = {source.id: source.name for source in sources}
        plan = Plan(settings, engine, sources, launch or launch_crawler(settings, names), clock, registry, right)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop, number)
        plan.start()
        await plan.over.wait()
        # Should a thread hang on a locked database or a dead name server, the kernel ends us: nothing is half-written.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, DEADLINE)
        await plan.stop()
        if plan.refused is not None:
            raise plan.refused
    log.info("scheduler.stopped pid=%d", os.getpid())
