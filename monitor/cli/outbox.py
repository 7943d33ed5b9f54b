"""The outbox: alerts and what can be done about them; who is told what."""

import asyncio
import secrets
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from monitor.cli.hall import Database, Hall, Json, SettingsFile, hall, table, the_place
from monitor.cli.show import DONE, PARTLY, clean, emit, tell
from storage.errors import BadArgument, DeliveryError, NotKnown

if TYPE_CHECKING:
    from alerts.outbox import Channel, Post
    from monitor.settings import Settings

app = typer.Typer()
group = typer.Typer(invoke_without_command=True, help="The outbox: what is due, sent, held, and given up.")
app.add_typer(group, name="alerts")
Target = Annotated[str, typer.Argument(metavar="SOURCE|PLACE", help="Id of a source, or a place by name or code.")]


@group.callback()
def alerts(
    context: typer.Context,
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """The outbox, newest first: what is due, held for a digest, sent, and given up (the dead letters)."""
    if context.invoked_subcommand is not None:
        return DONE
    from storage import outbox, queries
    from storage.database import reading

    states = (outbox.DUE, outbox.SENT, outbox.DEAD, outbox.GATHERED, outbox.MUTED, outbox.UNWANTED)
    with hall(settings, database) as known, reading(known.engine) as session:
        lines = [
            {
                "id": alert.id,
                "event": event.key,
                "channel": alert.channel,
                "recipient": alert.recipient,
                "state": f"held ({alert.held})" if alert.held else alert.state,
                "attempts": alert.attempts,
                "created_at": alert.created_at,
                "due_at": alert.due_at,
                "sent_at": alert.sent_at,
                "error": alert.error,
            }
            for alert, event in queries.alerts(session, states)
        ]
    show(lines, ("id", "event", "channel", "recipient", "state", "attempts", "error"), as_json=as_json)
    return DONE


def show(lines: list[dict[str, Any]], columns: tuple[str, ...], *, as_json: bool) -> None:
    """Lines as JSON, or some of their columns as a table."""
    if as_json:
        for line in lines:
            emit(line)
    else:
        table(columns, [[shown(line[name]) for name in columns] for line in lines])


def shown(value: Any) -> Any:
    """A value as a cell of a table says it."""
    return ("no", "yes")[value] if isinstance(value, bool) else ", ".join(value) if isinstance(value, list) else value


@group.command()
def retry(
    ids: Annotated[list[int] | None, typer.Argument(metavar="[ID]…", help="Ids of alerts; all that are dead.")] = None,
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """Make alerts due again that were given up, and send what is due; with ids, those that are held or waiting too."""
    from monitor.cli.crawl import send_due
    from storage import outbox
    from storage.database import writing

    with hall(settings, database) as known:
        with writing(known.engine) as session:
            states = (outbox.DEAD, outbox.DUE, outbox.MUTED, outbox.UNWANTED) if ids else (outbox.DEAD,)
            revived = outbox.revive(session, datetime.now(UTC), states, ids or ())
        if ids and revived < len(set(ids)):
            tell(f"reportwatch: {len(set(ids)) - revived} of these are sent already, or none of that id is known")
        asyncio.run(send_due(known))
    if as_json:
        emit({"revived": revived})
    else:
        print(f"{revived} alerts are due again")
    return PARTLY if ids and revived < len(set(ids)) else DONE


@group.command("test")
def try_out(
    channel: Annotated[str, typer.Argument(help="Name of a channel of the settings.")],
    as_json: Json = False,
    settings: SettingsFile = None,
) -> int:
    """Send a real alert through a channel, to all its recipients; exit status 3 where one was not taken."""
    from monitor.posting import post_of
    from monitor.settings import load

    known = load(settings)
    post = post_of(known)
    found = post.channel(channel)
    if found is None:
        names = ", ".join(entry.name for entry in post.channels) or "none"
        raise BadArgument(f"{channel}: the settings have no such channel; they have {names}")
    lines = asyncio.run(tried(post, found))
    show(lines, ("channel", "recipient", "sent", "answer"), as_json=as_json)
    return DONE if all(line["sent"] for line in lines) else PARTLY


async def tried(post: "Post", channel: "Channel") -> list[dict[str, Any]]:
    """A test alert sent to each recipient of a channel, and what the channel answered."""
    from alerts.outbox import recipients, send
    from alerts.render import render

    lines = []
    for recipient in recipients(channel):
        now = datetime.now(UTC)
        message = render(
            "alert.test",
            channel.name,
            {"channel": channel.name, "recipient": recipient},
            key=secrets.token_hex(16),
            recipient=recipient,
            created_at=now,
            language=post.language,
            templates=post.templates,
        )
        try:
            sent, answer = True, await send(message, channel, now, post.opened)
        except DeliveryError as error:
            sent, answer = False, str(error)
        lines.append({"channel": channel.name, "recipient": recipient, "sent": sent, "answer": answer})
    return lines


@group.command()
def mute(
    target: Target,
    until: Annotated[str | None, typer.Option(help="First day to hear of it again, 2026-03-01; else for ever.")] = None,
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """Send nothing about a source's state, or about a place and all that lies in it; it is still kept."""
    from storage import mutes
    from storage.database import writing

    with hall(settings, database) as known:
        subject = subject_of(known, target)
        now = datetime.now(UTC)
        end = day(until, known.settings.schedule.timezone) if until else None
        if end is not None and end <= now:
            raise BadArgument(f"--until {until}: that day has begun already; give the first day to hear of it again")
        with writing(known.engine) as session:
            mutes.mute(session, subject, end, now)
    said(subject, f"muted {f'until {until}' if until else 'for ever'}", as_json=as_json)
    return DONE


@group.command()
def unmute(target: Target, as_json: Json = False, settings: SettingsFile = None, database: Database = None) -> int:
    """Hear of a source or a place again."""
    from storage import mutes
    from storage.database import writing

    with hall(settings, database) as known:
        subject = subject_of(known, target)
        with writing(known.engine) as session:
            if not mutes.unmute(session, subject):
                raise NotKnown(f"{subject} is not muted; `reportwatch alerts muted` lists what is")
    said(subject, "heard of again", as_json=as_json)
    return DONE


@group.command("ack", hidden=True)
@group.command()
def acknowledge(
    source: Annotated[str, typer.Argument(help="Id of a source.")],
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """Be reminded no more of the state a source is in; a change of state is told again."""
    from storage import mutes, runs
    from storage.database import writing

    with hall(settings, database) as known, writing(known.engine) as session:
        subject = subject_of(known, source)
        state = runs.last_state_told(session, source)
        if not subject.startswith("source:") or state in (None, "working"):
            raise NotKnown(f"{source}: nobody was told that anything is wrong with it")
        mutes.mute(session, subject, None, datetime.now(UTC), state or "")
    said(subject, f"acknowledged: {state}", as_json=as_json)
    return DONE


@group.command()
def muted(as_json: Json = False, settings: SettingsFile = None, database: Database = None) -> int:
    """What is muted or acknowledged."""
    from storage import mutes
    from storage.database import reading

    with hall(settings, database) as known, reading(known.engine) as session:
        rows = mutes.mutes(session, datetime.now(UTC))
        lines = [
            {
                "subject": row.subject,
                "state": row.state,
                "until": known.clock(row.until),
                "since": known.clock(row.made_at),
            }
            for row in rows
        ]
    show(lines, ("subject", "state", "until", "since"), as_json=as_json)
    return DONE


def subject_of(known: Hall, target: str) -> str:
    """source:ID or place:CODE; BadArgument where there is neither."""
    from monitor.registry import registered

    if any(source.id == target for source in registered(known.settings)):
        return f"source:{target}"
    try:
        return f"place:{the_place(target).code}"
    except BadArgument as error:
        raise BadArgument(f"no source {target}; and {error}") from error


def day(text: str, zone: str) -> datetime:
    """The beginning of a day; BadArgument for anything else."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), ZoneInfo(zone)).astimezone(UTC)
    except ValueError as error:
        raise BadArgument(f"--until {text}: {error}; write 2026-03-01") from error


def said(subject: str, what: str, *, as_json: bool) -> None:
    """What was done, on a line."""
    if as_json:
        emit({"subject": subject, "done": what})
    else:
        print(clean(f"{subject} {what}"))


@app.command()
def subscriptions(as_json: Json = False, settings: SettingsFile = None) -> int:
    """Who is told what and when, checked; exit status 3 where somebody is never told, 2 where a secret is missing."""
    from monitor.settings import load

    known = load(settings)
    lines = told_what(known)
    show(lines, ("channel", "recipient", "places", "kinds", "words", "novelty", "when"), as_json=as_json)
    never = [f"{line['channel']} {line['recipient']}" for line in lines if line["when"] == "never"]
    for who in never:
        tell(f"reportwatch: {who}: no subscription is theirs, so they are told nothing")
    known.channels()  # its error names every secret that is missing
    return PARTLY if never else DONE


def told_what(known: "Settings") -> list[dict[str, Any]]:
    """A line for every recipient and subscription; where there are subscriptions and none is theirs: never."""
    from monitor.subscription import Subscription

    lines = []
    for channel, recipient in known.everyone():
        theirs = [entry for entry in known.subscriptions if entry.is_for(channel, recipient)]
        when = "never" if known.subscriptions and not theirs else ""
        for entry in theirs or [Subscription(channel=channel)]:
            line = {
                "channel": channel,
                "recipient": recipient,
                "places": [f"{known.code_of(name)} {name}" for name in entry.places] or "all",
                "kinds": list(entry.kinds) or "all",
                "words": list(entry.words) or "any",
                "novelty": entry.novelty,
                "when": when or entry.rhythm.said,
            }
            lines.append(line)
    return lines
