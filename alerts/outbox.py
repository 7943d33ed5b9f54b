"""The outbox: what is due is sent; what was refused is sent later; what cannot be sent is told to somebody else.

An alert is sent outside any transaction, under a lease. A sender that is killed between sending and marking leaves
the alert to be sent again, with the same Message-ID and webhook-id: at least once, and recognisable.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from jinja2 import TemplateError
from sqlalchemy import Engine
from sqlmodel import Session

from alerts import mail, robot, webhook
from alerts.arrange import Rhythms, arrange, at_once
from alerts.masking import masked, secrets_of
from alerts.render import render
from alerts.words import SHANGHAI
from storage import outbox
from storage.database import writing
from storage.errors import DeliveryError
from storage.outbox import Leased
from storage.save import save_event
from storage.values import MailChannel, Message, RobotChannel, WebhookChannel

Channel = MailChannel | WebhookChannel | RobotChannel
Clock = Callable[[], datetime]
T = TypeVar("T")

LEASE = timedelta(minutes=3)  # longer than the patience of any sender (60 s) and the wait for a locked database (30 s)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(days=1)
GIVE_UP = timedelta(days=7)  # of waiting between attempts; a machine that was off meanwhile loses nothing
AT_ONCE = 4  # connections to one channel; mail servers commonly allow ten an address
log = logging.getLogger("reportwatch.outbox")


@dataclass(slots=True)
class Tally:
    """What a round of deliveries came to: keys of alerts."""

    sent: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Post:
    """Where alerts go, how and when.

    opened   ranges open to webhooks beside public addresses
    rhythms  how a recipient wants to hear of an event (alerts/arrange.py); zone: of its hours
    templates  a folder of templates that stand in for those of the same name in alerts/templates
    """

    channels: tuple[Channel, ...]
    language: str = "zh"
    opened: tuple[str, ...] = ()
    rhythms: Rhythms = at_once
    zone: str = "Asia/Shanghai"
    templates: Path | None = None

    def channel(self, name: str) -> Channel | None:
        """The channel of that name; None when the settings have none."""
        return next((channel for channel in self.channels if channel.name == name), None)

    def everyone(self) -> list[tuple[str, str]]:
        """(channel, recipient) of all that can be told something."""
        return [(channel.name, recipient) for channel in self.channels for recipient in recipients(channel)]


def recipients(channel: Channel) -> tuple[str, ...]:
    """Who is reached through a channel; a webhook or a robot is its own recipient, by name."""
    return channel.recipients if isinstance(channel, MailChannel) else (channel.name,)


def wait(attempts: int) -> timedelta:
    """How long to wait after that many refused attempts: a minute, doubled each time, a day at most."""
    return min(FIRST_WAIT * (1 << min(attempts - 1, 20)), LONGEST_WAIT)


def exhausted(attempts: int) -> bool:
    """Have that many attempts taken a week?"""
    return sum((wait(n) for n in range(1, attempts)), timedelta()) >= GIVE_UP


async def deliver(engine: Engine, post: Post, clock: Clock) -> Tally:
    """Send all that is due, each channel beside the others; what channels are gone had is given up.

    clock   the time, asked at each attempt
    raises  StorageError; a failed delivery is no error but a row
    """
    tally = Tally()
    lanes = [deliver_to(engine, post, channel, clock, tally) for channel in post.channels]
    await together(bury_orphans(engine, post, clock, tally), *lanes)
    return tally


async def deliver_to(engine: Engine, post: Post, channel: Channel, clock: Clock, tally: Tally | None = None) -> Tally:
    """Send what is due on one channel, a few at once; every alert is tried at most once."""
    tally = Tally() if tally is None else tally
    start = clock()
    await together(*(worker(engine, post, channel, start, clock, tally) for _ in range(AT_ONCE)))
    return tally


async def together(*tasks: Coroutine[object, object, object]) -> None:
    """Run all to their end; then raise the first error, if there was one."""
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result


async def worker(engine: Engine, post: Post, channel: Channel, start: datetime, clock: Clock, tally: Tally) -> None:
    """Lease one that was due at the start, send it, mark it; until there is none."""

    def lease(session: Session) -> list[Leased]:
        now = clock()
        arrange(session, post.rhythms, post.zone, now)
        return outbox.lease_due(session, channel.name, start, now, LEASE)

    while leased := await transact(engine, lease):
        await attempt(engine, post, channel, leased[0], clock, tally)


async def attempt(engine: Engine, post: Post, channel: Channel, leased: Leased, clock: Clock, tally: Tally) -> None:
    """One attempt at one alert, and the row that says how it went."""
    try:
        answer = await send(prepared(leased, channel, post), channel, clock(), post.opened)
    except DeliveryError as error:
        await refuse(engine, post, leased, error, clock(), tally)
        return
    await transact(engine, partial(outbox.mark_sent, alert_id=leased.id, now=clock(), answer=answer))
    tally.sent.append(leased.key)
    log.info("alert.sent key=%s channel=%s event=%s", leased.key, leased.channel, leased.event_key)


def prepared(leased: Leased, channel: Channel, post: Post) -> Message:
    """The message of an alert.

    raises  DeliveryError when its recipient is no longer one, or when it cannot be rendered: our fault, so it is
            tried again, for the next version may know better, and holds up nobody else
    """
    if leased.recipient not in recipients(channel):
        raise DeliveryError(f"{leased.recipient} is no longer a recipient of {channel.name}", transient=False)
    try:
        return render(
            leased.kind,
            leased.subject,
            leased.facts,
            key=leased.key,
            recipient=leased.recipient,
            created_at=leased.created_at,
            language=post.language,
            templates=post.templates,
        )
    except (LookupError, TypeError, ValueError, AttributeError, TemplateError) as error:
        log.exception("alert.unrendered key=%s event=%s", leased.key, leased.event_key)
        raise DeliveryError(f"not rendered: {type(error).__name__}: {error}", transient=True) from error


async def send(message: Message, channel: Channel, now: datetime, opened: Sequence[str]) -> str:
    """The channel's answer; DeliveryError where it did not take the message. Neither holds a secret of the channel."""
    try:
        if isinstance(channel, MailChannel):
            answer = await mail.send(message, channel)
        elif isinstance(channel, RobotChannel):
            answer = await robot.send(message, channel, opened)
        else:
            answer = await webhook.send(message, channel, now, opened)
    except DeliveryError as error:
        error.args = (masked(str(error), secrets_of(channel)),)
        raise
    return masked(answer, secrets_of(channel))


async def refuse(engine: Engine, post: Post, leased: Leased, error: DeliveryError, now: datetime, tally: Tally) -> None:
    """Try again later, or give up."""
    attempts = leased.attempts + 1
    if not error.transient or exhausted(attempts):
        await transact(engine, lambda session: give_up(session, post, leased, str(error), now))
        tally.dead.append(leased.key)
        log.error("alert.dead key=%s channel=%s event=%s why=%s", leased.key, leased.channel, leased.event_key, error)
        return
    asked = timedelta(seconds=min(error.retry_after or 0.0, LONGEST_WAIT.total_seconds()))
    due_at = now + max(wait(attempts), asked)
    await transact(engine, partial(outbox.mark_refused, alert_id=leased.id, now=now, answer=str(error), due_at=due_at))
    tally.refused.append(leased.key)
    log.warning("alert.refused key=%s channel=%s attempts=%s why=%s", leased.key, leased.channel, attempts, error)


def give_up(session: Session, post: Post, leased: Leased, why: str, now: datetime) -> None:
    """The alert is dead, and everybody else is told in the same transaction: once a day for a recipient.

    An alert about a dead alert that dies itself is told to those who have not failed yet, so that it ends.
    """
    outbox.mark_dead(session, leased.id, now, why)
    tried = [[leased.channel, leased.recipient]]
    if leased.kind == "alert.dead":
        tried = [*leased.facts.get("tried", []), *tried]
    facts = {
        "channel": leased.channel,
        "recipient": leased.recipient,
        "event": {"key": leased.event_key, "kind": leased.kind, "subject": leased.subject},
        "attempts": leased.attempts + 1,
        "created_at": leased.created_at.isoformat(),
        "why": why,
        "tried": tried,
    }
    who = f"{leased.channel} {leased.recipient}"
    day = now.astimezone(SHANGHAI).date()
    addressed = [pair for pair in post.everyone() if list(pair) not in tried]
    save_event(session, f"alert.dead:{who} {day}", "alert.dead", who, facts, now, addressed)


async def bury_orphans(engine: Engine, post: Post, clock: Clock, tally: Tally) -> None:
    """Give up what is due on channels that the settings no longer have."""
    names = [channel.name for channel in post.channels]

    def bury(session: Session) -> list[Leased]:
        now = clock()
        arrange(session, post.rhythms, post.zone, now)
        buried = []
        for channel in outbox.due_elsewhere(session, names, now):
            for leased in outbox.lease_due(session, channel, now, now, LEASE, limit=100):
                give_up(session, post, leased, f"the settings have no channel {channel}", now)
                buried.append(leased)
        return buried

    while buried := await transact(engine, bury):
        tally.dead += [leased.key for leased in buried]
        for leased in buried:
            log.error("alert.dead key=%s channel=%s why=no such channel", leased.key, leased.channel)


async def transact(engine: Engine, change: Callable[[Session], T]) -> T:
    """One transaction in a thread: a database that another process has locked must not stop the loop."""

    def run() -> T:
        with writing(engine) as session:
            return change(session)

    return await asyncio.to_thread(run)
