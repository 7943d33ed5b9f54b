"""The commands on the outbox, with a real webhook receiver and mail server."""

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.cli.main import main
from monitor.cli.receivers import Receivers, receiving
from storage.database import open_database, writing
from storage.save import save_event

SETTINGS = """\
language = "zh"
[storage]
folder = "known"
[crawl]
opened = ["loopback"]
builtin = false
[[mail]]
name = "mail"
host = "127.0.0.1"
port = {smtp}
security = "none"
sender = "reportwatch@example.org"
recipients = ["one@example.org", "two@example.org"]
[[webhook]]
name = "hook"
url = "http://127.0.0.1:{http}/hook"
secret = "{secret}"
"""
SOURCE = "- {id: lanting, name: 兰亭, family: column, start: 'http://lanting.example/list/', tier: 1}\n"


@pytest.fixture
def receivers():
    with receiving() as receivers:
        receivers.refusals = 0
        yield receivers


@pytest.fixture
def settings(tmp_path: Path, receivers: Receivers) -> Path:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "own.yaml").write_text(SOURCE, "utf-8")
    file = tmp_path / "settings.toml"
    file.write_text(
        SETTINGS.format(smtp=receivers.smtp_port, http=receivers.http_port, secret=receivers.secret), "utf-8"
    )
    return file


def run(capsys, settings: Path, *words: str) -> tuple[int, list[dict]]:
    capsys.readouterr()
    status = main([*words, "--json", "--settings", str(settings)])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def tell(settings: Path, kind: str = "source.broken", subject: str = "lanting", **facts: object) -> None:
    engine = open_database(f"sqlite:///{settings.parent / 'known' / 'reportwatch.db'}")
    with writing(engine) as session:
        key = f"{kind}:{subject}:{datetime.now(UTC).isoformat()}"
        save_event(session, key, kind, subject, facts, datetime.now(UTC), [("hook", "hook")])
    engine.dispose()


def states(settings: Path) -> list[str]:
    with sqlite3.connect(settings.parent / "known" / "reportwatch.db") as connection:
        return [row[0] for row in connection.execute("SELECT state FROM alert ORDER BY id")]


def test_a_test_alert_is_really_sent_to_every_recipient(capsys, settings, receivers):
    status, lines = run(capsys, settings, "alerts", "test", "mail")
    assert status == 0
    assert [line["sent"] for line in lines] == [True, True]
    assert [mail["To"] for mail in receivers.mails] == ["one@example.org", "two@example.org"]
    assert receivers.mails[0]["Subject"].startswith("【测试】")
    assert run(capsys, settings, "alerts", "test", "hook")[0] == 0
    assert receivers.documents[0]["type"] == "alert.test"


def test_a_test_that_is_refused_says_why_and_ends_with_3(capsys, settings, receivers):
    receivers.refusals = 9
    status, lines = run(capsys, settings, "alerts", "test", "mail")
    assert status == 3
    assert "451 4.7.1 greylisted" in lines[0]["answer"]
    assert run(capsys, settings, "alerts", "test", "fax")[0] == 2


def test_dead_alerts_are_sent_again_by_retry(capsys, settings, receivers):
    tell(settings)
    with sqlite3.connect(settings.parent / "known" / "reportwatch.db") as connection:
        connection.execute("UPDATE alert SET state = 'dead'")
    assert run(capsys, settings, "alerts")[1][0]["state"] == "dead"
    assert run(capsys, settings, "alerts", "retry") == (0, [{"revived": 1}])
    assert states(settings) == ["sent"]
    assert len(receivers.documents) == 1
    assert run(capsys, settings, "alerts", "retry", "1", "77")[0] == 3


def test_what_is_muted_is_not_sent_until_it_is_heard_of_again(capsys, settings, receivers):
    assert run(capsys, settings, "alerts", "mute", "lanting", "--until", "2999-01-01")[0] == 0
    assert run(capsys, settings, "alerts", "mute", "海淀区")[1][0]["subject"] == "place:110108"
    tell(settings)
    tell(settings, "report.new", "110108/2026", place={"code": "110108", "name": "海淀区"})
    run(capsys, settings, "alerts", "retry")
    assert states(settings) == ["muted", "muted"]
    assert [line["subject"] for line in run(capsys, settings, "alerts", "muted")[1]] == [
        "place:110108",
        "source:lanting",
    ]
    run(capsys, settings, "alerts", "unmute", "lanting")
    tell(settings)
    run(capsys, settings, "alerts", "retry")
    assert states(settings) == ["muted", "muted", "sent"]
    assert run(capsys, settings, "alerts", "mute", "nowhere")[0] == 2
    assert run(capsys, settings, "alerts", "mute", "lanting", "--until", "soon")[0] == 2


def test_a_known_trouble_is_acknowledged_and_only_a_known_one(capsys, settings):
    assert run(capsys, settings, "alerts", "acknowledge", "lanting")[0] != 0
    tell(settings, state="broken")
    status, [line] = run(capsys, settings, "alerts", "acknowledge", "lanting")
    assert (status, line["done"]) == (0, "acknowledged: broken")


def test_what_was_never_muted_cannot_be_unmuted_and_times_are_the_schedules(capsys, settings):
    assert run(capsys, settings, "alerts", "unmute", "lanting")[0] == 2
    run(capsys, settings, "alerts", "mute", "lanting", "--until", "2999-01-01")
    [line] = run(capsys, settings, "alerts", "muted")[1]
    assert line["until"] == "2999-01-01 00:00+08:00"
    assert run(capsys, settings, "alerts", "unmute", "lanting")[0] == 0
    assert main(["alerts", "unmute", "lanting", "--settings", str(settings)]) == 2
    assert "source:lanting is not muted" in capsys.readouterr().err
    assert run(capsys, settings, "alerts", "ack", "lanting")[0] == 2


def test_subscriptions_say_who_is_told_what_and_who_is_never_told(capsys, settings):
    assert [line["when"] for line in run(capsys, settings, "subscriptions")[1]] == ["at once"] * 3
    more = '[[subscriptions]]\nchannel = "mail"\nrecipients = ["one@example.org"]\nplaces = ["海淀区"]\n'
    more += 'every = "weekly"\nweekday = "fri"\nwords = ["养老"]\n'
    settings.write_text(settings.read_text("utf-8") + more, "utf-8")
    status, lines = run(capsys, settings, "subscriptions")
    assert status == 3
    assert [line["when"] for line in lines] == ["weekly, fri at 08:00", "never", "never"]
    assert lines[0]["places"] == ["110108 海淀区"]
    assert lines[0]["words"] == ["养老"]


def test_a_day_that_is_past_is_no_day_to_hear_of_it_again(capsys, settings):
    assert main(["alerts", "mute", "lanting", "--until", "2020-01-01", "--settings", str(settings)]) == 2
    assert "has begun already" in capsys.readouterr().err
    assert run(capsys, settings, "alerts", "muted")[1] == []


def test_a_table_says_yes_and_no_and_never_true_and_false(capsys, settings):
    assert main(["alerts", "test", "mail", "--settings", str(settings)]) == 0
    said = capsys.readouterr().out
    assert "yes" in said
    assert "True" not in said
