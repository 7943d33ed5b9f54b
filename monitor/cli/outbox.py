"""The outbox: alerts."""

import typer

from monitor.cli.hall import Database, Json, SettingsFile, hall, table
from monitor.cli.show import DONE, emit

app = typer.Typer()


@app.command()
def alerts(
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """The outbox: what is due, sent, and given up (the dead letters), newest first."""
    from storage import queries
    from storage.database import reading

    with hall(settings, database) as known, reading(known.engine) as session:
        lines = [
            {
                "event": event.key,
                "channel": alert.channel,
                "recipient": alert.recipient,
                "state": alert.state,
                "attempts": alert.attempts,
                "created_at": alert.created_at,
                "due_at": alert.due_at,
                "sent_at": alert.sent_at,
                "error": alert.error,
            }
            for alert, event in queries.alerts(session)
        ]
    if as_json:
        for line in lines:
            emit(line)
        return DONE
    shown = ("event", "channel", "recipient", "state", "attempts", "error")
    table(shown, [[line[name] for name in shown] for line in lines])
    return DONE
