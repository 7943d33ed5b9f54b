"""Is all well? doctor: each part looked at, and what to do about what is not."""

import asyncio
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.cli.hall import Database, Json, SettingsFile
from monitor.cli.show import DONE, PARTLY, clean, emit
from storage.errors import BadSetting, BadSource, DeliveryError, StorageError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from alerts.outbox import Channel
    from monitor.settings import Settings

app = typer.Typer()
OK, WARN, FAIL = "ok", "warn", "fail"
SAMPLE = 200  # pages whose records are read unless --all: under a second
SHOWN = 10  # faults of one kind that are listed
SLACK = timedelta(minutes=5)  # by which the clocks of two machines may differ
ADVICE = {  # what to do about a warning of the settings, by what it begins with
    "crawl.proxy": "let the proxy refuse private networks, or take crawl.proxy out where no proxy is needed",
    "templates": "make that folder, or mend `templates` in the settings file",
}
BUILT = datetime(2026, 1, 1, tzinfo=UTC)  # the program is younger than this: an earlier clock is wrong


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at: ok, warn or fail, what was found, and what to do about it."""

    check: str
    state: str
    found: str
    do: str = ""


@app.command()
def doctor(
    every: Annotated[bool, typer.Option("--all", help="Read every record of the archive, not a sample.")] = False,
    send: Annotated[bool, typer.Option("--send", help="Send a test to each webhook and chat robot.")] = False,
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """Look at settings, clock, disk, database, archive, sources, mail and webhooks; exit status 3 if one fails."""
    failed = False
    for line in examined(settings, database, every=every, send=send):
        failed = failed or line.state == FAIL
        if as_json:
            emit(line)
        else:
            print(clean(f"{line.state:5} {line.check:9} {line.found}"), flush=True)
            if line.do:
                print(clean(f"{'':15} → {line.do}"), flush=True)
    return PARTLY if failed else DONE


def examined(file: Path | None, database: str | None, *, every: bool, send: bool) -> Iterator[Line]:
    """All lines, as they are found; without settings that hold there is nothing more to look at."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    from monitor.settings import load

    try:
        settings = load(file, database)
    except BadSetting as error:
        for fault in str(error).splitlines():
            yield Line("settings", FAIL, fault, "mend that line; `reportwatch doctor` looks at the rest then")
        return
    try:
        url = make_url(settings.storage.database)
    except ArgumentError:
        do = "write sqlite:///FILE or postgresql://HOST/NAME"
        yield Line("settings", FAIL, "storage.database is no database URL", do)
        return
    yield from settings_lines(settings)
    yield from secrets_lines(settings)
    yield from clock_lines(settings, datetime.now(UTC))
    yield from disk_lines(settings)
    yield from writable_lines(settings, Path(url.database or "") if url.get_backend_name() == "sqlite" else None)
    yield from sources_lines(settings)
    yield from stored_lines(settings, every=every)
    yield from asyncio.run(channel_lines(settings, send=send))


def settings_lines(settings: "Settings") -> Iterator[Line]:
    """Which file they are from, and what should not stay so."""
    from monitor.settings import default_file

    if settings.file is None:
        yield Line("settings", WARN, f"no file at {default_file()}; all are defaults", "reportwatch init writes one")
    else:
        yield Line("settings", OK, str(settings.file))
    for warning in settings.warnings():
        found, _, do = warning.partition(": chmod")
        advice = next((do for about, do in ADVICE.items() if warning.startswith(about)), "set it in the settings file")
        yield Line("settings", WARN, found, f"chmod{do}" if do else advice)
    if not settings.everyone():
        found = "no [[mail]], [[webhook]] or [[receivers]]: nobody is told of anything"
        yield Line("settings", WARN, found, "add one of them")


def secrets_lines(settings: "Settings") -> Iterator[Line]:
    """Whether every secret can be had, and by nobody else."""
    faults: list[str] = []
    for entry in settings.mail:
        entry.password_from(os.environ, faults)
    for hook in settings.webhook:
        hook.secret_from(os.environ, faults)
    for robot in settings.receivers:
        robot.address_from(os.environ, faults)
    for fault in faults:
        yield Line("secrets", FAIL, fault, "set the variable or write the file, for the service too")
    for channel in (*settings.mail, *settings.webhook, *settings.receivers):
        path = channel.named.expanduser() if channel.named else None
        if path is not None and path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Line("secrets", WARN, f"{path} can be read by others", f"chmod 600 {path}")
    if not faults and settings.everyone():
        yield Line("secrets", OK, "every channel has the secret that it names")


def clock_lines(settings: "Settings", now: datetime) -> Iterator[Line]:
    """Whether the time can be right, and what the schedule's clock says."""
    zone = settings.schedule.timezone
    local = now.astimezone(ZoneInfo(zone))
    shown = f"{local:%Y-%m-%d %H:%M} {zone} (UTC{local:%z})"
    if now < BUILT:
        yield Line("clock", FAIL, f"{shown} is before this program was made", "set the clock; run NTP")
    elif zone == "Asia/Shanghai" and local.utcoffset() != timedelta(hours=8):
        yield Line("clock", FAIL, f"{shown}: China is UTC+8", "mend the machine's time zone database (tzdata)")
    else:
        yield Line("clock", OK, shown)


def disk_lines(settings: "Settings") -> Iterator[Line]:
    """Room on the disks that a crawl writes to."""
    from monitor.disk import free, places

    wanted = settings.storage.min_free
    for place in places(settings):
        left, room = free(place), os.statvfs(place)
        do = "free some; `reportwatch prune --dry-run` says what of the archive may go"
        if left < wanted:
            yield Line("disk", FAIL, f"{place}: {left} MiB free; no crawl starts below {wanted}", do)
        elif left < 2 * wanted or (room.f_files and room.f_favail < 1000):
            yield Line("disk", WARN, f"{place}: {left} MiB and {room.f_favail} file names free", do)
        else:
            yield Line("disk", OK, f"{place}: {left} MiB free")


def writable_lines(settings: "Settings", database: Path | None) -> Iterator[Line]:
    """Whether what is there may be written to by the user that asks."""
    from monitor.disk import places

    for path in (*places(settings), settings.archive, settings.turns, *([database] if database else [])):
        if path.exists() and not os.access(path, os.W_OK | (os.X_OK if path.is_dir() else 0)):
            yield Line(
                "disk", FAIL, f"{path} cannot be written by user {os.geteuid()}", "chown it, or run as its owner"
            )


def sources_lines(settings: "Settings") -> Iterator[Line]:
    """Whether the registry can be read."""
    from crawler.sources import crawlable
    from monitor.registry import registered

    try:
        every = registered(settings)
    except BadSource as error:
        for fault in error.faults[:SHOWN]:
            yield Line("sources", FAIL, fault, "mend that entry")
        return
    except BadSetting as error:
        yield Line("sources", FAIL, str(error), "mend crawl.retired in the settings")
        return
    watched = sum(crawlable(source) for source in every)
    state, do = (OK, "") if watched else (WARN, "add one (README, Add a source) or set crawl.builtin")
    yield Line("sources", state, f"{watched} are watched, {len(every) - watched} may not be crawled", do)


def stored_lines(settings: "Settings", *, every: bool) -> Iterator[Line]:
    """The database, and the archive that its pages lie in; an SQLite file that is not there is not made."""
    from sqlalchemy.engine import make_url

    from storage.database import connect

    url = make_url(settings.storage.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        yield Line("database", WARN, f"{url.database}: not there yet", "the first crawl makes it, or restore a backup")
        return
    engine = connect(settings.storage.database)
    try:
        current = False
        for line in database_lines(engine):
            current = current or line.state == OK
            yield line
        if current:
            yield from known_lines(settings, engine, every=every)
    except StorageError as error:
        do = "restore the last backup" if url.get_backend_name() == "sqlite" else "is it running, and may we connect?"
        yield Line("database", FAIL, str(error), do)
    finally:
        engine.dispose()


def database_lines(engine: "Engine") -> Iterator[Line]:
    """Revision and soundness."""
    from storage.soundness import database_faults, revision_of, revisions

    revision, known = revision_of(engine), revisions()
    shown = engine.url.render_as_string(hide_password=True)
    if revision != known[0]:
        newer = revision is not None and revision not in known
        do = "install the newer reportwatch that made it" if newer else "reportwatch migrate (after a backup)"
        found = f"{shown}: schema {revision or 'empty'}, this program has {known[0]}"
        yield Line("database", FAIL if newer else WARN, found, do)
        return
    faults = database_faults(engine)
    for fault in faults[:SHOWN]:
        yield Line("database", FAIL, fault, "stop the scheduler and restore the last backup; keep this file")
    if not faults:
        yield Line("database", OK, f"{shown}: sound, schema {revision}")


def known_lines(settings: "Settings", engine: "Engine", *, every: bool) -> Iterator[Line]:
    """The archive's records, the clock against the last page, how the sources are, alerts that were given up."""
    from storage import outbox
    from storage.archive import Archive
    from storage.database import reading
    from storage.soundness import archive_faults, newest_page, pages_to_check

    with reading(engine) as session:
        newest = newest_page(session)
        if newest is not None and newest.fetched_at > datetime.now(UTC) + SLACK:
            found = f"a page was fetched at {newest.fetched_at:%Y-%m-%d %H:%M} UTC, which is in the future"
            yield Line("clock", FAIL, found, "the clock was set back; set it right, run NTP")
        pages = pages_to_check(session, None if every else SAMPLE)
        faults = archive_faults(Archive(settings.archive), pages)
        for fault in faults[:SHOWN]:
            yield Line("archive", FAIL, fault, "restore that file from a backup")
        if len(faults) > SHOWN:
            yield Line("archive", FAIL, f"{len(faults)} of {len(pages)} records in all", "is storage.folder right?")
        if not faults:
            how = "all" if every else "a sample of"
            yield Line("archive", OK, f"{settings.archive}: {how} {len(pages)} records read, digests right")
        dead = outbox.waiting(session).get(outbox.DEAD, 0)
    if dead:
        yield Line("alerts", WARN, f"{dead} were given up", "reportwatch alerts shows them, with the reason")
    yield from health_lines(settings, engine)


def health_lines(settings: "Settings", engine: "Engine") -> Iterator[Line]:
    """Sources that do not work."""
    from crawler.sources import crawlable
    from monitor.health import State, health_of
    from monitor.registry import registered
    from storage.database import reading

    try:
        sources = [source for source in registered(settings) if crawlable(source)]
    except (BadSource, BadSetting):
        return  # told already
    schedule = settings.schedule
    with reading(engine) as session:
        for source in sources:
            found = health_of(session, source, datetime.now(UTC), timedelta(hours=schedule.grace), schedule.timezone)
            if found.shown is not None and found.state is not State.WORKING:
                do = f"reportwatch sources show {source.id}"
                yield Line("sources", WARN, f"{source.id} is {found.state}: {found.why}", do)


async def channel_lines(settings: "Settings", *, send: bool) -> list[Line]:
    """Every channel that has its secret, all at once."""
    try:
        channels = settings.channels()
    except BadSetting:
        return []  # told already, by name
    return list(await asyncio.gather(*(channel_line(settings, channel, send=send) for channel in channels)))


async def channel_line(settings: "Settings", channel: "Channel", *, send: bool) -> Line:
    """One channel: a mail server is greeted and logged in to; a webhook is connected to, and posted to if asked."""
    from alerts.reach import find, greet
    from storage.values import MailChannel, RobotChannel

    if isinstance(channel, RobotChannel):
        return await robot_line(settings, channel, send=send)
    opened = settings.crawl.opened
    try:
        if isinstance(channel, MailChannel):
            return Line("mail", OK, f"{channel.name}: {await greet(channel)}")
        assert not isinstance(channel, RobotChannel)
        found = await find(channel, opened)
        if send:
            found = f"{found}, and took a test: {await posted(channel, opened, settings.language)}"
        return Line("webhook", OK, f"{channel.name}: {found}")
    except DeliveryError as error:
        mail = isinstance(channel, MailChannel)
        do = (
            "mend host, port, security or login"
            if mail
            else "mend url, or start what listens there; crawl.opened opens addresses of your own"
        )
        return Line("mail" if mail else "webhook", FAIL, str(error), do)


async def robot_line(settings: "Settings", channel: "Channel", *, send: bool) -> Line:
    """A chat robot: nothing can be asked of it without telling it something."""
    if not send:
        return Line("robot", OK, f"{channel.name}: apprise is there; --send has it say something")
    try:
        said = await posted(channel, settings.crawl.opened, settings.language)
    except DeliveryError as error:
        return Line("robot", FAIL, str(error), "mend its address; crawl.opened opens addresses of your own")
    return Line("robot", OK, f"{channel.name}: took a test: {said}")


async def posted(channel: "Channel", opened: tuple[str, ...], language: str) -> str:
    """What a webhook or a robot answers to a test."""
    from uuid import uuid4

    from alerts.outbox import send
    from alerts.render import render

    now = datetime.now(UTC)
    facts = {"channel": channel.name, "recipient": channel.name}
    message = render(
        "alert.test",
        channel.name,
        facts,
        key=uuid4().hex,
        recipient=channel.name,
        created_at=now,
        language=language,
    )
    return await send(message, channel, now, opened)
